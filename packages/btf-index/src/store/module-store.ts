// BTF of modules, beside their kernel. Most of a kernel's modules are those of the kernel before it: stored without their
// kernel's numbers they are the same bytes, and are stored once (see module-codec.ts); of those that changed, the version
// before is the dictionary.

import type { KernelModuleInfo } from '../answer-types.ts';
import { IndexError } from '../errors.ts';
import { decodeModule, type ModuleBase } from '../prepare/module-codec.ts';
import { contains, decodeToggles, rangesOf } from './content-tree.ts';
import type { BtfIndex } from './btf-index.ts';

const MAX_MODULE_BYTES = 1 << 28;

/** What is stored in a row: its chain of dictionaries unpacked. Throws RangeError, or the codec's errors. */
export function storedData(index: BtfIndex, id: number): Uint8Array {
  const chain: Uint8Array[] = [];
  for (let at: number | null = id; at !== null; ) {
    const row = index.statement('SELECT base, data FROM module_content WHERE id = ?').get(at) as
      | [number | null, Uint8Array]
      | undefined;
    if (row === undefined || chain.length > 10_000) throw new RangeError('it is missing');
    chain.push(row[1]);
    at = row[0];
  }
  let data: Uint8Array | undefined;
  for (let packed = chain.pop(); packed !== undefined; packed = chain.pop()) {
    data = new Uint8Array(index.codec.unzstd(packed, MAX_MODULE_BYTES, data));
  }
  return data as Uint8Array;
}

/** A stored module's bytes over its kernel, which is only asked for where it is needed. Throws `damaged`. */
export function moduleBytes(index: BtfIndex, id: number, kernel: () => ModuleBase): Uint8Array {
  try {
    const row = index.statement('SELECT encoded FROM module_content WHERE id = ?').get(id) as [number] | undefined;
    if (row === undefined) throw new RangeError('it is missing');
    const data = storedData(index, id);
    return row[0] === 1 ? decodeModule(kernel(), data) : data;
  } catch (error) {
    if (error instanceof IndexError) throw error;
    throw new IndexError('damaged', `module ${id} of ${index.path} cannot be read: ${(error as Error).message}`, {
      path: index.path,
      cause: error,
    });
  }
}

/** A row of a module as a content has it. */
export interface StoredVersion {
  readonly id: number;
  readonly name: string;
  readonly content: number;
  readonly distilledBase: number | null;
  readonly bytes: number;
}

/** The versions of modules that a content has by its sets, by name; whether they are known, its row says. */
export function versionsOf(index: BtfIndex, content: number): StoredVersion[] {
  const { tree } = index.catalog();
  const position = tree.position[content] as number;
  const sets = index
    .statement('SELECT id, toggles FROM declaration_set WHERE id IN (SELECT DISTINCT declaration_set FROM module)')
    .all() as [number, Uint8Array][];
  const having = sets.filter(([, toggles]) => contains(rangesOf(tree, decodeToggles(toggles)), position));
  const rows = index
    .statement(
      `SELECT m.id, n.text, m.content, m.distilled_base, m.bytes FROM json_each(?) j
         CROSS JOIN module m ON m.declaration_set = j.value JOIN name n ON n.id = m.name ORDER BY n.text`,
    )
    .all(JSON.stringify(having.map(([id]) => id))) as [number, string, number, number | null, number][];
  return rows.map(([id, name, at, distilledBase, bytes]) => ({ id, name, content: at, distilledBase, bytes }));
}

/** The modules of these kernels, by kernel id and in order of name. Kernels whose modules are not known are left out. */
export function modules(index: BtfIndex, kernelIds: readonly number[]): Map<number, KernelModuleInfo[]> {
  const { kernels, rank, contentOf } = index.catalog();
  const found = new Map<number, KernelModuleInfo[]>();
  for (const kernelId of kernelIds) {
    const place = rank[kernelId] as number;
    if (!kernels[place]?.modules) continue;
    const versions = versionsOf(index, contentOf[place] as number);
    found.set(
      kernelId,
      versions.map(({ name, bytes, distilledBase }) => ({ kernelId, name, bytes, distilled: distilledBase !== null })),
    );
  }
  return found;
}
