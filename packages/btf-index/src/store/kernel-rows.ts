// Kernels and contents out of the file: from their tables, or, of a published file, from its catalog, and then what few
// questions ask of a kernel only when it is asked for.

import { compareReleases, releaseComparer } from '@btfq/kernel-source/identity';
import type { Kernel } from '../answer-types.ts';
import { hexOf } from '../bytes.ts';
import type { BtfIndex } from './btf-index.ts';
import { numbersOf } from './columns.ts';
import { kernelName } from './identity.ts';
import { type CatalogColumns, decodeCatalog, publishedPart } from './published-parts.ts';

/** A kernel, and the content that it has. */
export interface KernelOfContent {
  readonly kernel: Kernel;
  readonly content: number;
}

/** What a catalog is made of. */
export interface CatalogRows {
  /** In order of their ids. */
  readonly contents: readonly (readonly [id: number, parent: number | null, modules: boolean, config: boolean])[];
  /** In kernel order. */
  readonly kernels: () => readonly KernelOfContent[];
  /** The content of each kernel, in any order. */
  readonly kernelContents: () => Iterable<number>;
}

export function readCatalog(index: BtfIndex): CatalogRows {
  const packed = publishedPart(index, 'catalog');
  return packed === undefined ? fromTables(index) : fromColumns(index, decodeCatalog(packed));
}

const COLUMNS = `k.id, k.distro, k.version, k.arch, k.release, k.source, k.ingested_at, k.tool, k.content,
  c.sha256, c.bytes, c.types, c.little_endian, c.pointer_size, c.modules, k.identified, k.banner, c.config`;

function fromTables(index: BtfIndex): CatalogRows {
  const contents = index
    .statement('SELECT id, parent, modules IS NOT NULL, config IS NOT NULL FROM content ORDER BY id')
    .all() as [number, number | null, number, number][];
  return {
    contents: contents.map(([id, parent, modules, config]) => [id, parent, modules === 1, config === 1]),
    kernels: () => sortedKernels(index),
    kernelContents: () =>
      numbersOf((index.statement('SELECT json_group_array(content) FROM kernel').get() as [string])[0]),
  };
}

function sortedKernels(index: BtfIndex): KernelOfContent[] {
  const rows = index
    .statement(`SELECT ${COLUMNS} FROM kernel k JOIN content c ON c.id = k.content`)
    .all() as KernelRow[];
  const kernels = rows.map((row) => ({ kernel: kernelOf(row), content: row[8] }));
  const byRelease = releaseComparer();
  return kernels.sort((a, b) => compareKernels(a.kernel, b.kernel, byRelease));
}

function fromColumns(index: BtfIndex, { contents, kernels }: CatalogColumns): CatalogRows {
  const at = new Map(contents.id.map((id, i) => [id, i]));
  const details = detailsOf(index);
  return {
    contents: contents.id.map((id, i) => [
      id,
      contents.parent[i] || null,
      contents.modules[i] !== null,
      contents.config[i] !== null,
    ]),
    kernelContents: () => kernels.content,
    kernels: () =>
      kernels.id.map((id, i) => {
        const content = kernels.content[i]!;
        const c = at.get(content)!;
        const identity = {
          distro: kernels.distro[i]!,
          version: kernels.version[i]!,
          arch: kernels.arch[i]!,
          release: kernels.release[i]!,
        };
        const kernel: Kernel = {
          id,
          name: kernelName(identity),
          ...identity,
          get sha256() {
            return details(id).sha256;
          },
          get bytes() {
            return details(id).bytes;
          },
          get types() {
            return details(id).types;
          },
          littleEndian: contents.littleEndian[c] === 1,
          pointerSize: contents.pointerSize[c] as number | null,
          modules: contents.modules[c] as number | null,
          get source() {
            return details(id).source;
          },
          get ingestedAt() {
            return details(id).ingestedAt;
          },
          get tool() {
            return details(id).tool;
          },
          get identified() {
            return details(id).identified;
          },
          get banner() {
            return details(id).banner;
          },
          config: contents.config[c] as number | null,
        };
        return { kernel, content };
      }),
  };
}

/** Rows that are read together where one is asked for. */
const TOGETHER = 64;

function detailsOf(index: BtfIndex): (id: number) => Kernel {
  const known = new Map<number, Kernel>();
  return (id) => {
    if (!known.has(id)) {
      const first = id - (id % TOGETHER);
      const rows = index
        .statement(`SELECT ${COLUMNS} FROM kernel k JOIN content c ON c.id = k.content WHERE k.id BETWEEN ? AND ?`)
        .all(first, first + TOGETHER - 1) as KernelRow[];
      for (const row of rows) known.set(row[0], kernelOf(row));
    }
    return known.get(id) as Kernel;
  };
}

type KernelRow = [
  id: number,
  distro: string,
  version: string,
  arch: string,
  release: string,
  source: string,
  ingestedAt: string,
  tool: string,
  content: number,
  sha256: Uint8Array,
  bytes: number,
  types: number,
  littleEndian: number,
  pointerSize: number | null,
  modules: number | null,
  identified: string,
  banner: string | null,
  config: number | null,
];

function kernelOf(row: KernelRow): Kernel {
  const identity = { distro: row[1], version: row[2], arch: row[3], release: row[4] };
  if (Object.values(identity).some((word) => typeof word !== 'string')) throw new TypeError('a kernel has no name');
  return Object.freeze({
    id: row[0],
    name: kernelName(identity),
    ...identity,
    sha256: hexOf(row[9]),
    bytes: row[10],
    types: row[11],
    littleEndian: row[12] === 1,
    pointerSize: row[13],
    modules: row[14],
    source: row[5],
    ingestedAt: row[6],
    tool: row[7],
    identified: row[15],
    banner: row[16],
    config: row[17],
  });
}

/** Kernel order: distro, kernel release as versions compare, arch, then the distro's version. */
export function compareKernels(a: Kernel, b: Kernel, releases = compareReleases): number {
  if (a.distro !== b.distro) return a.distro < b.distro ? -1 : 1;
  const byRelease = releases(a.release, b.release);
  if (byRelease !== 0) return byRelease;
  if (a.arch !== b.arch) return a.arch < b.arch ? -1 : 1;
  return a.version < b.version ? -1 : a.version > b.version ? 1 : 0;
}
