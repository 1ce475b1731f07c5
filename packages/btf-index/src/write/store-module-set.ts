// A new content's modules into rows: as a difference from those of its parent or of an ancestor, so that chains are short. It
// goes as for the kernels' own bytes (store-bytes.ts); module-store.ts reads what is written here.

import { type EncodedSet, encodeModuleSet } from '../modules/encode-module-set.ts';
import { type ModuleSet, NO_MODULES, type SetModule } from '../modules/module-set.ts';
import { appendTables, emptyTables } from '../modules/set-tables.ts';
import type { PreparedKernel } from '../prepare/prepare.ts';
import type { BtfIndex } from '../store/btf-index.ts';
import { type ModuleChain, moduleChain, moduleSetOf, PARTS } from '../store/module-store.ts';
import { type Writer, writerOf } from './writer-cache.ts';

/** A difference below this many bytes makes the modules one of their parent's series. */
const SERIES_BYTES = 400 * 1024;
/** A set that begins a series is a difference from one with at most so many steps; a longer chain ends in a whole set. */
const MAX_ROOT_STEPS = 6;
/** Series also have steps of 8 and of 64 kernels. */
const RADIX = 8;

/** The modules of a prepared kernel. */
export function preparedSet({ modules, moduleSet }: Pick<PreparedKernel, 'modules' | 'moduleSet'>): ModuleSet {
  const tables = emptyTables();
  if (moduleSet !== undefined) appendTables(tables, moduleSet.tables);
  const own = modules.map(({ name, portable, btf, base }): [string, SetModule] => [name, portable ?? { btf, base }]);
  return { tables, modules: new Map(own) };
}

/** Stores the modules of a content, whose row need not be there yet. `parent` is the content that it is stored as a difference from. */
export function storeModuleSet(
  index: BtfIndex,
  writer: Writer,
  content: number,
  parent: number | undefined,
  modules: ModuleSet,
  digest: Uint8Array,
): void {
  const near = parent === undefined ? undefined : nearestChain(index, parent);
  const { encoded, base, place } = encode(index, writer, near, modules);
  insertSet(index, { content, base: base?.content ?? null, steps: (base?.steps ?? 0) + 1, place, digest }, encoded);
  writer.keepModuleSet(content, encoded.set);
}

/** Copies the modules of a content of one index to one of another, or of the same. */
export function copyModuleSet(
  from: BtfIndex,
  fromContent: number,
  into: BtfIndex,
  content: number,
  parent: number | undefined,
): void {
  const digest = moduleChain(from, fromContent)?.digest;
  if (digest === undefined) return;
  storeModuleSet(into, writerOf(into), content, parent, moduleSetOf(from, fromContent), digest);
}

interface Told {
  readonly encoded: EncodedSet;
  readonly base: ModuleChain | undefined;
  readonly place: number;
}

function encode(index: BtfIndex, writer: Writer, near: ModuleChain | undefined, modules: ModuleSet): Told {
  if (near !== undefined) {
    const encoded = encodeModuleSet(writer.moduleSet(near.content), modules);
    if (encoded.bytes < SERIES_BYTES) {
      const place = near.place + 1;
      const base = ancestorAt(index, near, leap(place));
      if (base.content === near.content) return { encoded, base, place };
      return { encoded: encodeModuleSet(writer.moduleSet(base.content), modules), base, place };
    }
    if (near.steps <= MAX_ROOT_STEPS) return { encoded, base: near, place: 0 };
  }
  return { encoded: encodeModuleSet(NO_MODULES, modules), base: undefined, place: 0 };
}

/** The place of the base of this place: one less in its lowest digit that is not 0. */
function leap(place: number): number {
  let unit = 1;
  while (place % (unit * RADIX) === 0) unit *= RADIX;
  return place - unit;
}

/** The modules of a content, or of its nearest ancestor that has some. */
function nearestChain(index: BtfIndex, content: number): ModuleChain | undefined {
  for (let at: number | null = content; at !== null; ) {
    const row = moduleChain(index, at);
    if (row !== undefined) return row;
    at = parentOf(index, at);
  }
  return undefined;
}

/** The ancestor of the same series at a place or before it. */
function ancestorAt(index: BtfIndex, from: ModuleChain, place: number): ModuleChain {
  let found = from;
  while (found.place > place) {
    const parent = parentOf(index, found.content);
    const next = parent === null ? undefined : nearestChain(index, parent);
    if (next === undefined || next.place >= found.place) break; // kernels between were removed
    found = next;
  }
  return found;
}

function parentOf(index: BtfIndex, content: number): number | null {
  const row = index.statement('SELECT parent FROM content WHERE id = ?').get(content) as [number | null] | undefined;
  return row?.[0] ?? null;
}

function insertSet(index: BtfIndex, row: ModuleChain, { parts }: EncodedSet): void {
  if (parts.length > PARTS) throw new RangeError('there are too many modules that are stored as they are');
  index
    .statement('INSERT INTO module_chain (content, base, steps, place, digest) VALUES (?, ?, ?, ?, ?)')
    .run(row.content, row.base, row.steps, row.place, row.digest);
  const insert = index.statement('INSERT INTO module_data (id, data) VALUES (?, ?)');
  parts.forEach((part, number) => {
    insert.run(row.content * PARTS + number, part);
  });
}

/** Takes a content's modules away; those that are differences from them become differences from their base instead. */
export function removeModuleSet(index: BtfIndex, content: number): void {
  const row = moduleChain(index, content);
  if (row === undefined) return;
  const dependents = (
    index.statement('SELECT content FROM module_chain WHERE base = ?').all(content) as [number][]
  ).map(([id]) => ({ chain: moduleChain(index, id) as ModuleChain, set: moduleSetOf(index, id) }));
  let base = row.base === null ? undefined : { content: row.base, set: moduleSetOf(index, row.base) };
  deleteSet(index, content);
  for (const { chain, set } of dependents) {
    deleteSet(index, chain.content);
    const encoded = encodeModuleSet(base?.set ?? NO_MODULES, set);
    insertSet(index, { ...chain, base: base?.content ?? null, place: base === undefined ? 0 : chain.place }, encoded);
    base ??= { content: chain.content, set: encoded.set }; // without a base the first is whole, and the others are differences from it
  }
  for (const { chain } of dependents) recountSteps(index, chain.content);
}

function deleteSet(index: BtfIndex, content: number): void {
  index.statement('DELETE FROM module_chain WHERE content = ?').run(content);
  index.statement('DELETE FROM module_data WHERE id >= ? AND id < ?').run(content * PARTS, (content + 1) * PARTS);
}

function recountSteps(index: BtfIndex, content: number): void {
  const waiting = [content];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const base = moduleChain(index, next)?.base ?? null;
    const steps = base === null ? 1 : (moduleChain(index, base)?.steps ?? 0) + 1;
    index.statement('UPDATE module_chain SET steps = ? WHERE content = ?').run(steps, next);
    for (const [above] of index.statement('SELECT content FROM module_chain WHERE base = ?').all(next) as [number][]) {
      waiting.push(above);
    }
  }
}
