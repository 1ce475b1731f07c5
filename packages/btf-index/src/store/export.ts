// What went in, byte for byte.

import { parseBtf } from '@btfq/btf-format';
import { IndexError } from '../errors.ts';
import { ModuleBase } from '../modules/module-base.ts';
import { contentBytes } from './content-bytes.ts';
import { contains } from './content-tree.ts';
import { type ModuleBytes, moduleBytes, moduleSetOf } from './module-store.ts';
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

const LAST = Symbol('modules that were asked for last');

/** A module's BTF, and its distilled base where it came with one. Throws `unknown-kernel`, `unknown-module`, `damaged`. */
export function exportModule(index: BtfIndex, kernelId: number, name: string): ModuleBytes {
  const content = contentOfKernel(index, kernelId);
  const position = index.catalog().tree.position[content]!;
  const versions = moduleVersions(index);
  const named = versions.named(rowsOf(index).name(name) ?? 0);
  if (!named.some((one) => contains(versions.ranges(one), position))) {
    throw new IndexError('unknown-module', `kernel ${kernelId} has no module ${name}`);
  }
  // who asks for a second module of a kernel will probably ask for more
  const last = index.cached(LAST, () => ({
    content: 0,
    all: undefined as ((name: string) => ModuleBytes) | undefined,
  }));
  if (last.content === content) {
    last.all ??= modulesOfContent(index, content);
    return last.all(name);
  }
  last.content = content;
  last.all = undefined;
  return modulesOfContent(index, content, name)(name);
}

/** Gives modules of a content by name; with `only`, just this one. */
export function modulesOfContent(index: BtfIndex, content: number, only?: string): (name: string) => ModuleBytes {
  const set = moduleSetOf(index, content, only === undefined ? {} : { only });
  return moduleBytes(index, set, () => moduleBase(index, content));
}
