// What went in, byte for byte.

import { contentBytes } from './content-bytes.ts';
import { IndexError } from './errors.ts';
import { moduleContentBytes } from './module-store.ts';
import type { BtfIndex } from './open.ts';

/** A kernel's BTF exactly as it was ingested; its SHA-256 is checked. Throws `unknown-kernel`, `damaged`. */
export function exportBtf(index: BtfIndex, kernelId: number): Uint8Array {
  const { rank, contentOf } = index.catalog();
  const content = contentOf[rank[kernelId] ?? 0xffffffff];
  if (content === undefined) throw new IndexError('unknown-kernel', `there is no kernel ${kernelId}`);
  return contentBytes(index, content).bytes;
}

/** A module's BTF, and its distilled base where it came with one. Throws `unknown-module`, `damaged`. */
export function exportModule(index: BtfIndex, kernelId: number, name: string): { btf: Uint8Array; base?: Uint8Array } {
  const row = index
    .statement('SELECT content, distilled_base FROM module WHERE kernel = ? AND name = ?')
    .get(kernelId, name) as [number, number | null] | undefined;
  if (row === undefined) throw new IndexError('unknown-module', `kernel ${kernelId} has no module ${name}`);
  const btf = moduleContentBytes(index, row[0]);
  return row[1] === null ? { btf } : { btf, base: moduleContentBytes(index, row[1]) };
}
