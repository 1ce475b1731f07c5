// BTF of modules, beside their kernel. Most of a kernel's modules are those of the kernel before it: told without their
// kernel's numbers they are the same bytes, and are stored once (see module-codec.ts).

import { zstdDecompressSync } from 'node:zlib';
import type { KernelModuleInfo } from '../answer-types.ts';
import { IndexError } from '../errors.ts';
import { decodeModule, type ModuleBase } from '../prepare/module-codec.ts';
import type { BtfIndex } from './open.ts';
import { type PreparedModule, type StoredModule, sha256 } from '../prepare/prepare.ts';
import { VarintReader, VarintWriter } from '../varints.ts';

const MAX_MODULE_BYTES = 1 << 28;

/** Adds modules to a kernel or replaces those of the same names. Says whether anything changed. */
export function storeModules(index: BtfIndex, kernelId: number, modules: readonly PreparedModule[]): boolean {
  let changed = false;
  for (const module of modules) {
    const known = index
      .statement('SELECT sha256, distilled_base IS NOT NULL FROM module WHERE kernel = ? AND name = ?')
      .get(kernelId, module.name) as [Uint8Array, number] | undefined;
    const same = known !== undefined && Buffer.compare(known[0], module.sha256) === 0;
    if (same && (known[1] === 1) === (module.base !== undefined)) continue;
    const content = storeContent(index, module.stored);
    const base = module.base ? storeContent(index, module.base) : null;
    index
      .statement(
        `INSERT OR REPLACE INTO module (kernel, name, content, distilled_base, sha256, bytes)
           VALUES (?, ?, ?, ?, ?, ?)`,
      )
      .run(kernelId, module.name, content, base, module.sha256, module.length);
    changed = true;
  }
  return changed;
}

function storeContent(index: BtfIndex, { key, length, encoded, bytes }: StoredModule): number {
  const known = index.statement('SELECT id FROM module_content WHERE sha256 = ?').get(key) as [number] | undefined;
  if (known !== undefined) return known[0];
  const data = encoded?.body ?? bytes;
  const refs = encoded && referenceRows(index, encoded.types, encoded.strings);
  const { lastInsertRowid } = index
    .statement('INSERT INTO module_content (sha256, bytes, data, refs) VALUES (?, ?, ?, ?)')
    .run(key, length, data, refs ?? null);
  return Number(lastInsertRowid);
}

/** The rows of hashes: the number of types, their rows, the rows of strings. */
function referenceRows(index: BtfIndex, types: readonly bigint[], strings: readonly bigint[]): Uint8Array {
  const out = new VarintWriter(types.length * 3 + strings.length * 3 + 8);
  const hash = Buffer.alloc(8);
  const row = (key: bigint): number => {
    hash.writeBigUInt64LE(key);
    const known = index.statement('SELECT id FROM module_reference WHERE hash = ?').get(hash) as [number] | undefined;
    if (known !== undefined) return known[0];
    return Number(index.statement('INSERT INTO module_reference (hash) VALUES (?)').run(hash).lastInsertRowid);
  };
  out.add(types.length);
  for (const key of types) out.add(row(key));
  for (const key of strings) out.add(row(key));
  return out.finish();
}

/** The rows of `module_reference` that a module's `refs` lists. */
export function decodeReferences(refs: Uint8Array): { types: number[]; strings: number[] } {
  const input = new VarintReader(refs);
  const types = Array.from({ length: input.next() }, () => input.next());
  const strings: number[] = [];
  while (!input.done) strings.push(input.next());
  return { types, strings };
}

/**
 * A stored module's bytes over its kernel, which is only asked for where it is needed. `expected` is its SHA-256. Throws
 * `damaged`.
 */
export function moduleBytes(index: BtfIndex, id: number, expected: Uint8Array, kernel: () => ModuleBase): Uint8Array {
  try {
    const row = index.statement('SELECT data, refs FROM module_content WHERE id = ?').get(id) as
      | [Uint8Array, Uint8Array | null]
      | undefined;
    if (row === undefined) throw new RangeError('it is missing');
    const bytes = row[1] === null ? unpack(row[0]) : decodeModule(kernel(), { ...keysOf(index, row[1]), body: row[0] });
    if (Buffer.compare(sha256(bytes), expected) !== 0) throw new RangeError('its SHA-256 is another');
    return bytes;
  } catch (error) {
    if (error instanceof IndexError) throw error;
    throw new IndexError('damaged', `module ${id} of ${index.path} cannot be read: ${(error as Error).message}`, {
      path: index.path,
      cause: error,
    });
  }
}

/** A distilled base's bytes: they are stored as they are, by their own SHA-256. Throws `damaged`. */
export function distilledBaseBytes(index: BtfIndex, id: number): Uint8Array {
  const row = index.statement('SELECT sha256 FROM module_content WHERE id = ?').get(id) as [Uint8Array] | undefined;
  return moduleBytes(index, id, row?.[0] ?? new Uint8Array(), () => {
    throw new RangeError('a distilled base has no kernel');
  });
}

function unpack(data: Uint8Array): Uint8Array {
  return new Uint8Array(zstdDecompressSync(data, { maxOutputLength: MAX_MODULE_BYTES }));
}

function keysOf(index: BtfIndex, refs: Uint8Array): { types: bigint[]; strings: bigint[] } {
  const { types, strings } = decodeReferences(refs);
  const key = (row: number): bigint => {
    const found = index.statement('SELECT hash FROM module_reference WHERE id = ?').get(row) as [Buffer] | undefined;
    if (found === undefined) throw new RangeError(`reference ${row} is missing`);
    return found[0].readBigUInt64LE();
  };
  return { types: types.map(key), strings: strings.map(key) };
}

/** The modules of these kernels, by kernel id and in order of name. Kernels without are left out. */
export function modules(index: BtfIndex, kernelIds: readonly number[]): Map<number, KernelModuleInfo[]> {
  const rows = index
    .statement(
      `SELECT m.kernel, m.name, m.sha256, m.bytes, m.distilled_base IS NOT NULL
         FROM json_each(?) j CROSS JOIN module m ON m.kernel = j.value ORDER BY m.kernel, m.name`,
    )
    .all(JSON.stringify(kernelIds)) as [number, string, Uint8Array, number, number][];
  const found = new Map<number, KernelModuleInfo[]>();
  for (const [kernelId, name, hash, bytes, distilled] of rows) {
    const list = found.get(kernelId) ?? [];
    found.set(kernelId, list);
    list.push({ kernelId, name, sha256: Buffer.from(hash).toString('hex'), bytes, distilled: distilled === 1 });
  }
  return found;
}
