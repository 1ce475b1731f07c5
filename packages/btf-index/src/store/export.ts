// What went in, byte for byte.

import { parseBtf } from '@btfq/btf-format';
import { contentBytes } from './content-bytes.ts';
import { IndexError } from '../errors.ts';
import { ModuleBase } from '../prepare/module-codec.ts';
import { distilledBaseBytes, moduleBytes } from './module-store.ts';
import type { BtfIndex } from './open.ts';

/** A kernel's BTF exactly as it was ingested; its SHA-256 is checked. Throws `unknown-kernel`, `damaged`. */
export function exportBtf(index: BtfIndex, kernelId: number): Uint8Array {
  const { rank, contentOf } = index.catalog();
  const content = contentOf[rank[kernelId] ?? 0xffffffff];
  if (content === undefined) throw new IndexError('unknown-kernel', `there is no kernel ${kernelId}`);
  return contentBytes(index, content).bytes.slice(); // the caller's own
}

const BASE = Symbol('base of modules');

/** A kernel for decoding its modules; the last one asked for is kept. */
export function moduleBase(index: BtfIndex, kernelId: number): ModuleBase {
  const last = index.cached(BASE, () => ({ kernelId: 0, base: undefined as ModuleBase | undefined }));
  if (last.base === undefined || last.kernelId !== kernelId) {
    last.base = new ModuleBase(parseBtf(exportBtf(index, kernelId)));
    last.kernelId = kernelId;
  }
  return last.base;
}

/** A module's BTF, and its distilled base where it came with one. Throws `unknown-module`, `damaged`. */
export function exportModule(index: BtfIndex, kernelId: number, name: string): { btf: Uint8Array; base?: Uint8Array } {
  const row = index
    .statement('SELECT content, distilled_base, sha256 FROM module WHERE kernel = ? AND name = ?')
    .get(kernelId, name) as [number, number | null, Uint8Array] | undefined;
  if (row === undefined) throw new IndexError('unknown-module', `kernel ${kernelId} has no module ${name}`);
  const btf = moduleBytes(index, row[0], row[2], () => moduleBase(index, kernelId));
  return row[1] === null ? { btf } : { btf, base: distilledBaseBytes(index, row[1]) };
}
