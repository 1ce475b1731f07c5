// A plan as files or as one archive. Compression comes from the caller: it needs libraries that differ between Node
// and a browser.

import { type Container, FORMATS, type FormatRow } from './formats.ts';
import { encodeManifest, MANIFEST_NAME, type Manifest } from './manifest.ts';
import { type BundleMember, type BundlePlan, WRAPPED } from './plan.ts';
import { type TarMember, writeUstar } from './ustar.ts';

/** Whole-buffer compressors. They must give the same bytes for the same input: no times, no file names. */
export interface Compressors {
  readonly gzip: (bytes: Uint8Array) => Uint8Array;
  readonly xz: (bytes: Uint8Array) => Uint8Array;
}

/** How to pack. */
export interface PackOptions {
  /** The format's own where it is not given: `dir` may also be a tar.gz. */
  readonly container?: Container;
}

/** One file of a directory; `linkTo` is the path of an earlier file with the same bytes. */
export interface BundleFile {
  readonly path: string;
  readonly bytes: Uint8Array;
  readonly linkTo: string | undefined;
}

/** A packed bundle: one file, or the files of a directory. */
export type PackedBundle =
  | { readonly kind: 'archive'; readonly container: 'tar.gz' | 'tar.xz'; readonly bytes: Uint8Array }
  | { readonly kind: 'directory'; readonly files: readonly BundleFile[] };

/** Packs a plan with its manifest, which comes last so that no reader meets it before what it looks for. */
export function packBundle(
  plan: BundlePlan,
  manifest: Manifest,
  compress: Compressors,
  options: PackOptions = {},
): PackedBundle {
  const row: FormatRow = FORMATS[plan.format];
  const container = options.container ?? row.container;
  const members = plan.members.map((member, i) =>
    member.path.endsWith(WRAPPED) ? wrapMember(member, i, compress) : member,
  );
  const files = linkSame(members);
  const last = { path: manifestPath(row, container), bytes: encodeManifest(manifest), linkTo: undefined };
  if (container === 'directory') return { kind: 'directory', files: [...files, last] };
  const tar = writeUstar([...files, last].map((file) => tarMember(file, row.hardLinks)));
  return { kind: 'archive', container, bytes: container === 'tar.gz' ? compress.gzip(tar) : compress.xz(tar) };
}

function manifestPath(row: FormatRow, container: Container): string {
  return container !== 'directory' && row.prefix === './' ? `./${MANIFEST_NAME}` : MANIFEST_NAME;
}

function tarMember(file: BundleFile, hardLinks: boolean): TarMember {
  return { name: file.path, bytes: file.bytes, linkTo: hardLinks ? file.linkTo : undefined };
}

function linkSame(members: readonly BundleMember[]): BundleFile[] {
  const first = new Map<number, string>();
  return members.map(({ path, bytes, content }) => {
    const linkTo = first.get(content);
    if (linkTo === undefined) first.set(content, path);
    return { path, bytes, linkTo };
  });
}

/** `RELEASE.btf` in a tar.xz of its own, as BTFHub's archive has it. */
function wrapMember(member: BundleMember, content: number, compress: Compressors): BundleMember {
  const name = member.path.slice(member.path.lastIndexOf('/') + 1, -WRAPPED.length);
  const bytes = compress.xz(writeUstar([{ name, bytes: member.bytes }]));
  return { ...member, bytes, content };
}
