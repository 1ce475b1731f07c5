// What a published file has besides: the catalog as one small blob, declarations with unnamed members, the declarations of
// sets. They say nothing that is not in the tables, only in one place (declarations themselves: declaration-blocks.ts). publish.ts writes
// them; they count only for the state of the file that they were made of.

import type { BtfIndex } from './btf-index.ts';
import { bytesOfText, textOfBytes } from '../bytes.ts';
import { VarintReader, VarintWriter } from '../varints.ts';

const PUBLISHED = Symbol('published');
/** What a blob may unpack to. */
export const MOST_BYTES = 1 << 28;

/** Whether this file was published as it is. */
export function isPublished(index: BtfIndex): boolean {
  return index.cached(PUBLISHED, () => {
    const table = index.statement(`SELECT 1 FROM sqlite_schema WHERE name = 'published'`).get();
    if (table === undefined) return false;
    const row = index.statement(`SELECT data FROM published WHERE name = 'generation'`).get() as [string] | undefined;
    return row?.[0] === index.generation();
  });
}

/** A blob of a published file, unpacked; undefined where there is none. */
export function publishedPart(index: BtfIndex, name: string): Uint8Array | undefined {
  for (const table of ['published', 'published_more']) {
    if (!hasPublishedTable(index, table)) continue;
    const row = index.statement(`SELECT data FROM ${table} WHERE name = ?`).get(name) as [Uint8Array] | undefined;
    if (row !== undefined) return index.codec.unzstd(row[0], MOST_BYTES);
  }
  return undefined;
}

/** Rows of declarations. */
type Row = readonly [id: number, name: number, kind: number, discriminator: number, set: number, body: Uint8Array];

export function encodeHolders(
  rows: readonly {
    readonly id: number;
    readonly name: number;
    readonly kind: number;
    readonly discriminator: number;
    readonly set: number;
    readonly body: Uint8Array;
  }[],
): Uint8Array {
  const out = new VarintWriter(1024);
  for (const { id, name, kind, discriminator, set, body } of rows) {
    for (const number of [id, name, kind]) out.add(number);
    out.addSigned(discriminator);
    out.add(set);
    out.add(body.length);
    out.addBytes(body);
  }
  return out.finish();
}

/** Of a published file, the declarations that `encodeHolders` was given. */
export function publishedHolders(index: BtfIndex): Row[] | undefined {
  const bytes = publishedPart(index, 'holders');
  if (bytes === undefined) return undefined;
  const input = new VarintReader(bytes);
  const rows: Row[] = [];
  while (!input.done) {
    const [id, name, kind] = [input.next(), input.next(), input.next()];
    const [discriminator, set] = [input.nextSigned(), input.next()];
    rows.push([id, name, kind, discriminator, set, input.nextBytes(input.next())]);
  }
  return rows;
}

/** The declarations of a set, by kind and name. */
export interface SetMembers {
  readonly set: number;
  readonly members: (readonly [kind: number, name: number])[];
}

/** Sets in the order of their numbers, members in that of their names. */
export function encodeMembers(sets: readonly SetMembers[]): Uint8Array {
  const out = new VarintWriter(4096);
  let last = 0;
  for (const { set, members } of sets) {
    out.add(set - last);
    last = set;
    out.add(members.length);
    for (const [kind] of members) out.add(kind);
    let before = 0;
    for (const [, name] of members) {
      out.add(name - before);
      before = name;
    }
  }
  return out.finish();
}

/** Of a published file, the declarations of these sets; undefined where it has no such table. */
export function membersOfSets(index: BtfIndex, sets: ReadonlySet<number>): (readonly [number, number])[] | undefined {
  if (!hasPublishedTable(index, 'set_members')) return undefined;
  const part = index.statement('SELECT data FROM set_members WHERE first <= ? ORDER BY first DESC LIMIT 1');
  const found: (readonly [number, number])[] = [];
  let done = 0;
  for (const wanted of [...sets].sort((a, b) => a - b)) {
    if (wanted <= done) continue; // it was in the part of another
    const row = part.get(wanted) as [Uint8Array] | undefined;
    if (row === undefined) continue;
    const input = new VarintReader(index.codec.unzstd(row[0], MOST_BYTES));
    let set = 0;
    while (!input.done) {
      set += input.next();
      const kinds = Array.from({ length: input.next() }, () => input.next());
      let name = 0;
      for (const kind of kinds) {
        name += input.next();
        if (sets.has(set)) found.push([kind, name]);
      }
    }
    done = Math.max(wanted, set);
  }
  return found;
}

const TABLES = Symbol('tables');

/** Whether a file is published as it is and has a table: those of older versions lack some. */
export function hasPublishedTable(index: BtfIndex, name: string): boolean {
  if (!isPublished(index)) return false;
  const tables = index.cached(TABLES, () => {
    const rows = index.statement(`SELECT name FROM sqlite_schema WHERE type = 'table'`).all() as [string][];
    return new Set(rows.map(([table]) => table));
  });
  return tables.has(name);
}

/** What the catalog reads of kernels and contents, by columns. Kernels are in kernel order. */
export interface CatalogColumns {
  readonly contents: {
    readonly id: readonly number[];
    readonly parent: readonly number[];
    readonly modules: readonly (number | null)[];
    readonly config: readonly (number | null)[];
    readonly littleEndian: readonly number[];
    readonly pointerSize: readonly (number | null)[];
  };
  readonly kernels: {
    readonly id: readonly number[];
    readonly content: readonly number[];
    readonly distro: readonly string[];
    readonly version: readonly string[];
    readonly arch: readonly string[];
    readonly release: readonly string[];
  };
}

/** Numbers that grow as differences, columns of one value as that value: what packs well, as JSON. */
export function encodeCatalog(columns: CatalogColumns): Uint8Array {
  const packed = Object.fromEntries(
    Object.entries(columns).map(([table, lists]) => [
      table,
      Object.fromEntries(Object.entries(lists as Record<string, unknown[]>).map(([name, list]) => [name, pack(list)])),
    ]),
  );
  return bytesOfText(JSON.stringify(packed));
}

export function decodeCatalog(bytes: Uint8Array): CatalogColumns {
  const packed = JSON.parse(textOfBytes(bytes)) as Record<string, Record<string, unknown>>;
  return Object.fromEntries(
    Object.entries(packed).map(([table, lists]) => [
      table,
      Object.fromEntries(Object.entries(lists).map(([name, list]) => [name, unpack(list as Packed)])),
    ]),
  ) as unknown as CatalogColumns;
}

type Packed = { readonly d: readonly number[] } | { readonly w: readonly unknown[]; readonly i: readonly number[] };

/** Numbers throughout: differences. Else distinct values and which of them. */
function pack(list: readonly unknown[]): Packed {
  const numbers = list.every((value) => typeof value === 'number');
  if (numbers) return { d: list.map((value, i) => (value as number) - (i === 0 ? 0 : list[i - 1]!)) };
  const words = [...new Set(list)];
  const at = new Map(words.map((word, i) => [word, i]));
  const which = list.map((value) => at.get(value)!);
  return { w: words, i: which.map((value, i) => value - (i === 0 ? 0 : which[i - 1]!)) };
}

function unpack(packed: Packed): unknown[] {
  let last = 0;
  if ('d' in packed) return packed.d.map((difference) => (last += difference));
  return packed.i.map((difference) => packed.w[(last += difference)]);
}
