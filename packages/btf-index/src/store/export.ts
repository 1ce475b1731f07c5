// What went in, byte for byte.

import { parseBtf } from '@btfq/btf-format';
import { IndexError } from '../errors.ts';
import { ModuleBase } from '../prepare/module-codec.ts';
import { contentBytes } from './content-bytes.ts';
import { contains } from './content-tree.ts';
import { moduleBytes } from './module-store.ts';
import { moduleVersions } from './module-versions.ts';
import type { BtfIndex } from './btf-index.ts';
import { rowsOf } from './row-cache.ts';

/** A kernel's BTF exactly as it was ingested; its SHA-256 is checked. Throws `unknown-kernel`, `damaged`. */
export function exportBtf(index: BtfIndex, kernelId: number): Uint8Array {
  return contentBytes(index, contentOfKernel(index, kernelId)).bytes.slice(); // the caller's own
}

function contentOfKernel(index: BtfIndex, kernelId: number): number {
  const { rank, contentOf } = index.catalog();
  const content = contentOf[rank[kernelId] ?? 0xffffffff];
  if (content === undefined) throw new IndexError('unknown-kernel', `there is no kernel ${kernelId}`);
  return content;
}

const BASE = Symbol('base of modules');

/** A content's BTF for decoding its modules; the last one asked for is kept. */
export function moduleBase(index: BtfIndex, content: number): ModuleBase {
  const last = index.cached(BASE, () => ({ content: 0, base: undefined as ModuleBase | undefined }));
  if (last.base === undefined || last.content !== content) {
    last.base = new ModuleBase(parseBtf(contentBytes(index, content).bytes.slice()));
    last.content = content;
  }
  return last.base;
}

/** A module's BTF, and its distilled base where it came with one. Throws `unknown-kernel`, `unknown-module`, `damaged`. */
export function exportModule(index: BtfIndex, kernelId: number, name: string): { btf: Uint8Array; base?: Uint8Array } {
  const content = contentOfKernel(index, kernelId);
  const position = index.catalog().tree.position[content] as number;
  const versions = moduleVersions(index);
  const named = versions.named(rowsOf(index).name(name) ?? 0);
  const version = named.find((one) => contains(versions.ranges(one), position));
  if (version === undefined) throw new IndexError('unknown-module', `kernel ${kernelId} has no module ${name}`);
  const [stored, distilled] = index
    .statement('SELECT content, distilled_base FROM module WHERE id = ?')
    .get(version.id) as [number, number | null];
  const btf = moduleBytes(index, stored, () => moduleBase(index, content));
  return distilled === null ? { btf } : { btf, base: distilledBaseBytes(index, distilled) };
}

/** A distilled base's bytes: they are stored as they are. Throws `damaged`. */
export function distilledBaseBytes(index: BtfIndex, id: number): Uint8Array {
  return moduleBytes(index, id, () => {
    throw new RangeError('a distilled base has no kernel');
  });
}
