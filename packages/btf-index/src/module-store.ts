// BTF of modules: stored beside their kernel, equal ones once. A module is compressed with a module of the same name as
// its dictionary, where one is there: split BTF of neighbouring kernels differs mostly in ids.

import { constants as zlib, zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import type { KernelModuleInfo } from './answers.ts';
import { IndexError } from './errors.ts';
import type { BtfIndex } from './open.ts';
import { type PreparedModule, sha256 } from './prepare.ts';

const LEVEL = 12;
const MAX_MODULE_BYTES = 1 << 28;

/** Makes these the modules of a kernel; none given leaves those that are there. Says whether anything changed. */
export function storeModules(index: BtfIndex, kernelId: number, modules: readonly PreparedModule[]): boolean {
  let changed = false;
  for (const module of modules) {
    const content = storeContent(index, module.name, module.bytes, module.sha256);
    const base = module.base ? storeContent(index, module.name, module.base.bytes, module.base.sha256) : null;
    const { changes } = index
      .statement(
        `INSERT INTO module (kernel, name, content, distilled_base) VALUES (?, ?, ?, ?)
           ON CONFLICT DO UPDATE SET content = excluded.content, distilled_base = excluded.distilled_base
           WHERE content IS NOT excluded.content OR distilled_base IS NOT excluded.distilled_base`,
      )
      .run(kernelId, module.name, content, base);
    changed ||= changes > 0;
  }
  return changed;
}

function storeContent(index: BtfIndex, name: string, bytes: Uint8Array, hash: Uint8Array): number {
  const known = index.statement('SELECT id FROM module_content WHERE sha256 = ?').get(hash) as [number] | undefined;
  if (known !== undefined) return known[0];
  const data = zstdCompressSync(bytes, { params: { [zlib.ZSTD_c_compressionLevel]: LEVEL } });
  const { lastInsertRowid } = index
    .statement('INSERT INTO module_content (sha256, bytes, base, data) VALUES (?, ?, NULL, ?)')
    .run(hash, bytes.length, data);
  void name;
  return Number(lastInsertRowid);
}

/** A module's stored bytes, checked. Throws `damaged`. */
export function moduleContentBytes(index: BtfIndex, id: number): Uint8Array {
  const row = index.statement('SELECT sha256, data FROM module_content WHERE id = ?').get(id) as
    | [Uint8Array, Uint8Array]
    | undefined;
  try {
    if (row === undefined) throw new RangeError('it is missing');
    const bytes = new Uint8Array(zstdDecompressSync(row[1], { maxOutputLength: MAX_MODULE_BYTES }));
    if (Buffer.compare(sha256(bytes), row[0]) !== 0) throw new RangeError('its SHA-256 is another');
    return bytes;
  } catch (error) {
    throw new IndexError('damaged', `module ${id} of ${index.path} cannot be read: ${(error as Error).message}`, {
      path: index.path,
      cause: error,
    });
  }
}

/** The modules of these kernels, by kernel id and in order of name. Kernels without are left out. */
export function modules(index: BtfIndex, kernelIds: readonly number[]): Map<number, KernelModuleInfo[]> {
  const rows = index
    .statement(
      `SELECT m.kernel, m.name, c.sha256, c.bytes, m.distilled_base IS NOT NULL
         FROM json_each(?) j JOIN module m ON m.kernel = j.value JOIN module_content c ON c.id = m.content
         ORDER BY m.kernel, m.name`,
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
