// BTF of modules, beside their kernel. Those of one kernel are stored together, as a difference from those of a kernel that
// is like it: see ../modules/module-set.ts.

import type { KernelModuleInfo } from '../answer-types.ts';
import { IndexError } from '../errors.ts';
import type { ModuleBase } from '../modules/module-base.ts';
import { decodeModuleSet, isRaw, type ModuleSet, NO_MODULES } from '../modules/module-set.ts';
import { PortableReader } from '../modules/portable-module.ts';
import { contains, decodeMembershipChanges, rangesOf } from './content-tree.ts';
import type { BtfIndex } from './btf-index.ts';

/** `module_data.id` is the content times this, and the part. */
export const PARTS = 65_536;

/** A row of `module_chain`. */
export interface ModuleChain {
  readonly content: number;
  readonly base: number | null;
  readonly steps: number;
  readonly place: number;
  readonly digest: Uint8Array;
}

/** How a content's modules are stored; undefined where they are not known. */
export function moduleChain(index: BtfIndex, content: number): ModuleChain | undefined {
  const row = index
    .statement('SELECT content, base, steps, place, digest FROM module_chain WHERE content = ?')
    .get(content) as [number, number | null, number, number, Uint8Array] | undefined;
  return row && { content: row[0], base: row[1], steps: row[2], place: row[3], digest: row[4] };
}

/**
 * The modules of a content without its numbers; with `only`, just the one of this name. `known` may have sets of the chain
 * already. Throws `damaged`.
 */
export function moduleSetOf(
  index: BtfIndex,
  content: number,
  options: { only?: string; known?: (content: number) => ModuleSet | undefined } = {},
): ModuleSet {
  try {
    const chain: number[] = [];
    let set: ModuleSet | undefined;
    for (let at: number | null = content; at !== null; ) {
      set = options.known?.(at);
      if (set !== undefined) break;
      const row = moduleChain(index, at);
      if (row === undefined || chain.length > 10_000) throw new RangeError(`the modules of content ${at} are missing`);
      chain.push(at);
      at = row.base;
    }
    set ??= NO_MODULES;
    for (let at = chain.pop(); at !== undefined; at = chain.pop()) {
      const id = at;
      set = decodeModuleSet(set, { part: (number) => partOf(index, id, number) }, index.codec, options.only);
    }
    return set;
  } catch (error) {
    throw damaged(index, `the modules of content ${content}`, error);
  }
}

function partOf(index: BtfIndex, content: number, part: number): Uint8Array {
  const row = index.statement('SELECT data FROM module_data WHERE id = ?').get(content * PARTS + part) as
    | [Uint8Array]
    | undefined;
  if (row === undefined) throw new RangeError(`part ${part} is missing`);
  return row[0];
}

function damaged(index: BtfIndex, what: string, error: unknown): IndexError {
  if (error instanceof IndexError) return error;
  return new IndexError('damaged', `${what} of ${index.path} cannot be read: ${(error as Error).message}`, {
    path: index.path,
    cause: error,
  });
}

/** A module's bytes, and its distilled base where it came with one. */
export interface ModuleBytes {
  readonly btf: Uint8Array;
  readonly base?: Uint8Array;
}

/** Gives modules of a set their bytes over their kernel, which is only asked for where it is needed. Throws `damaged`. */
export function moduleBytes(index: BtfIndex, set: ModuleSet, kernel: () => ModuleBase): (name: string) => ModuleBytes {
  let reader: PortableReader | undefined;
  return (name) => {
    try {
      const module = set.modules.get(name);
      if (module === undefined) throw new RangeError('it is missing');
      if (isRaw(module)) {
        return module.base === undefined ? { btf: module.btf } : { btf: module.btf, base: module.base };
      }
      reader ??= new PortableReader(kernel(), set.tables);
      return { btf: reader.read(module) };
    } catch (error) {
      throw damaged(index, `module ${name}`, error);
    }
  };
}

/** A row of a module as a content has it. */
export interface StoredVersion {
  readonly id: number;
  readonly name: string;
  readonly distilled: boolean;
  readonly bytes: number;
}

/** The versions of modules that a content has by its sets, by name; whether they are known, its row says. */
export function versionsOf(index: BtfIndex, content: number): StoredVersion[] {
  const { tree } = index.catalog();
  const position = tree.position[content]!;
  const sets = index
    .statement(
      'SELECT id, membership_changes FROM declaration_set WHERE id IN (SELECT DISTINCT declaration_set FROM module)',
    )
    .all() as [number, Uint8Array][];
  const having = sets.filter(([, changes]) => contains(rangesOf(tree, decodeMembershipChanges(changes)), position));
  const rows = index
    .statement(
      `SELECT m.id, n.text, m.distilled, m.bytes FROM json_each(?) j
         CROSS JOIN module m ON m.declaration_set = j.value JOIN name n ON n.id = m.name ORDER BY n.text`,
    )
    .all(JSON.stringify(having.map(([id]) => id))) as [number, string, number, number][];
  return rows.map(([id, name, distilled, bytes]) => ({ id, name, distilled: distilled === 1, bytes }));
}

/** The modules of these kernels, by kernel id and in order of name. Kernels whose modules are not known are left out. */
export function modules(index: BtfIndex, kernelIds: readonly number[]): Map<number, KernelModuleInfo[]> {
  const { kernels, rank, contentOf } = index.catalog();
  const found = new Map<number, KernelModuleInfo[]>();
  for (const kernelId of kernelIds) {
    const place = rank[kernelId]!;
    if (!kernels[place]?.modules) continue;
    const versions = versionsOf(index, contentOf[place]!);
    found.set(
      kernelId,
      versions.map(({ name, bytes, distilled }) => ({ kernelId, name, bytes, distilled })),
    );
  }
  return found;
}
