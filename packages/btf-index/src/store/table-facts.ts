// The kernels' own tables (see @btfq/kernel-tables), taken apart into facts: a list's name, a key, a value. A fact that many
// kernels share is stored once; which facts a kernel has is stored as a difference from the kernel most like it.
//
// These tables came with version 0.2 of btfq and are made when the first kernel brings facts (../write/store-tables.ts): an
// index without them has none.

import type { TablePartName, TableParts, TableRecord } from '@btfq/kernel-tables';
import { IndexError } from '../errors.ts';
import { textOfBytes } from '../bytes.ts';
import { VarintReader } from '../varints.ts';
import type { BtfIndex } from './btf-index.ts';

const MAX_INFLATED = 1 << 26;

/** The tables of one kernel, in parts, and where its symbols came from. */
export interface StoredTables {
  readonly parts: TableParts;
  readonly source: 'kallsyms' | 'elf';
}

/** Whether the index has tables of any kernel. */
export function hasTableFacts(index: BtfIndex): boolean {
  return index.cached(HAS_FACTS, () => {
    return index.statement(`SELECT 1 FROM sqlite_master WHERE name = 'kernel_tables'`).get() !== undefined;
  });
}

const HAS_FACTS = Symbol('table facts');

/** The kernel's own tables, without those of its modules; undefined where the index has none of it. */
export function kernelTablesOf(index: BtfIndex, kernelId: number): StoredTables | undefined {
  if (!hasTableFacts(index)) return undefined;
  const row = index.statement('SELECT fact_set, parts, source FROM kernel_tables WHERE kernel = ?').get(kernelId) as
    | [number, string, 'kallsyms' | 'elf']
    | undefined;
  if (row === undefined) return undefined;
  const parts: Partial<Record<TablePartName, TableRecord[]>> = {};
  for (const part of row[1].split(' ')) if (!isOfModules(part)) parts[part as TablePartName] = [];
  const fact = index.statement('SELECT part, key, value FROM table_fact WHERE id = ?');
  for (const id of factsOfSet(index, row[0])) {
    const found = fact.get(id) as [TablePartName, string, string | Uint8Array] | undefined;
    if (found === undefined) throw new IndexError('damaged', `fact ${id} is missing`, { path: index.path });
    const list = parts[found[0]];
    if (list !== undefined) list.push([found[1], textOf(index, found[2])]);
  }
  for (const records of Object.values(parts)) records.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
  return { parts, source: row[2] };
}

function isOfModules(part: string): boolean {
  return part === 'moduleFunctions' || part === 'moduleFacts';
}

/** The lists of a kernel's tables that are known; undefined where the index has none of it. */
export function knownTableParts(index: BtfIndex, kernelId: number): readonly string[] | undefined {
  if (!hasTableFacts(index)) return undefined;
  const row = index.statement('SELECT parts FROM kernel_tables WHERE kernel = ?').get(kernelId) as [string] | undefined;
  return row?.[0].split(' ');
}

/** One fact of many kernels: what each says of a key. */
export interface FactAnswer {
  readonly kernelId: number;
  /** The value's JSON; null where the kernel says that there is none; undefined where it is not known. */
  readonly value: string | null | undefined;
}

/** What each of these kernels says of a key in a list. */
export function factsByKey(
  index: BtfIndex,
  part: TablePartName,
  key: string,
  kernelIds: readonly number[],
): FactAnswer[] {
  return factsByKeys(index, part, [key], kernelIds).map(({ kernelId, values }) => ({
    kernelId,
    value: values === undefined ? undefined : (values.get(key) ?? null),
  }));
}

/** What each of these kernels says of several keys; `values` undefined where the list is not known. */
export function factsByKeys(
  index: BtfIndex,
  part: TablePartName,
  keys: readonly string[],
  kernelIds: readonly number[],
): { readonly kernelId: number; readonly values: ReadonlyMap<string, string> | undefined }[] {
  if (!hasTableFacts(index)) return kernelIds.map((kernelId) => ({ kernelId, values: undefined }));
  const facts = new Map<number, { key: string; value: string }>();
  const select = index.statement('SELECT id, value FROM table_fact WHERE part = ? AND key = ?');
  for (const key of keys) {
    for (const [id, value] of select.all(part, key) as [number, string | Uint8Array][]) {
      facts.set(id, { key, value: textOf(index, value) });
    }
  }
  const wanted = [...facts.keys()];
  const sets = new Map<number, ReadonlyMap<string, string>>();
  const membership = setsWith(index, wanted);
  const row = index.statement('SELECT fact_set, parts FROM kernel_tables WHERE kernel = ?');
  return kernelIds.map((kernelId) => {
    const found = row.get(kernelId) as [number, string] | undefined;
    if (!found?.[1].split(' ').includes(part)) return { kernelId, values: undefined };
    let values = sets.get(found[0]);
    if (values === undefined) {
      const own = membership(found[0]);
      values = new Map(
        wanted.filter((id) => own.has(id)).map((id) => [facts.get(id)?.key ?? '', facts.get(id)?.value ?? '']),
      );
      sets.set(found[0], values);
    }
    return { kernelId, values };
  });
}

/** The keys of a list that begin so, in any kernel. */
export function factKeys(index: BtfIndex, part: TablePartName, prefix: string, limit: number): string[] {
  if (!hasTableFacts(index)) return [];
  const rows = index
    .statement('SELECT DISTINCT key FROM table_fact WHERE part = ? AND key >= ? AND key < ? ORDER BY key LIMIT ?')
    .all(part, prefix, `${prefix}\u{10ffff}`, limit) as [string][];
  return rows.map(([key]) => key);
}

/** Which of some facts each set has: the sets are walked from their parents on, once each. */
export function setsWith(index: BtfIndex, wanted: readonly number[]): (set: number) => ReadonlySet<number> {
  const known = new Map<number, ReadonlySet<number>>();
  const of = (set: number): ReadonlySet<number> => {
    const cached = known.get(set);
    if (cached) return cached;
    const { parent, toggled } = rowOfSet(index, set);
    const own = new Set(parent === null ? [] : of(parent));
    for (const id of wanted) if (hasId(toggled, id) && !own.delete(id)) own.add(id);
    known.set(set, own);
    return own;
  };
  return of;
}

interface SetRow {
  readonly parent: number | null;
  /** Facts that it has and its parent has not, or the other way round; ascending. */
  readonly toggled: Uint32Array;
}

const SETS = Symbol('sets of facts');
/** Ids of sets that are kept: every question of tables walks them all. */
const KEPT_IDS = 16_000_000;

function rowOfSet(index: BtfIndex, set: number): SetRow {
  const kept = index.cached(SETS, () => ({ rows: new Map<number, SetRow>(), ids: 0 }));
  let row = kept.rows.get(set);
  if (row === undefined) {
    const found = index.statement('SELECT parent, data FROM table_fact_set WHERE id = ?').get(set) as
      | [number | null, Uint8Array]
      | undefined;
    if (found === undefined) throw new IndexError('damaged', `set ${set} of facts is missing`, { path: index.path });
    row = { parent: found[0], toggled: Uint32Array.from(idsOf(index, found[1])) };
    // a writer changes sets before it says that the index has changed
    if (index.readonly && kept.ids + row.toggled.length <= KEPT_IDS) {
      kept.rows.set(set, row);
      kept.ids += row.toggled.length;
    }
  }
  return row;
}

/** Whether an ascending list has an id. */
function hasId(ids: Uint32Array, id: number): boolean {
  let [from, to] = [0, ids.length];
  while (from < to) {
    const middle = (from + to) >>> 1;
    if (ids[middle]! < id) from = middle + 1;
    else to = middle;
  }
  return ids[from] === id;
}

/** The ids of a set, ascending. */
export function factsOfSet(index: BtfIndex, set: number): number[] {
  const { parent, toggled } = rowOfSet(index, set);
  const own = [...toggled];
  return parent === null ? own : difference(factsOfSet(index, parent), own);
}

/** What is in one of two ascending lists and not in the other. */
export function difference(left: readonly number[], right: readonly number[]): number[] {
  const out: number[] = [];
  let [i, j] = [0, 0];
  while (i < left.length || j < right.length) {
    const a = left[i] ?? Number.POSITIVE_INFINITY;
    const b = right[j] ?? Number.POSITIVE_INFINITY;
    if (a === b) {
      i++;
      j++;
    } else if (a < b) {
      out.push(a);
      i++;
    } else {
      out.push(b);
      j++;
    }
  }
  return out;
}

function idsOf(index: BtfIndex, data: Uint8Array): number[] {
  const reader = new VarintReader(index.codec.inflate(data, MAX_INFLATED));
  const ids: number[] = [];
  let id = 0;
  while (!reader.done) {
    id += reader.next();
    ids.push(id);
  }
  return ids;
}

export function textOf(index: BtfIndex, value: string | Uint8Array): string {
  if (typeof value === 'string') return value;
  return textOfBytes(index.codec.inflate(value, MAX_INFLATED));
}
