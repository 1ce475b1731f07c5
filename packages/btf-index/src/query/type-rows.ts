// Finding rows of the table `type` by what they are made of, through its index of codes: those of a name, and those that qualify
// them, point to them or are arrays of them. Nothing else is read: it costs what is found, however many types there are.

import { TypeTag } from '../encoding/type-code.ts';
import type { BtfIndex } from '../store/btf-index.ts';
import type { Rows } from '../store/row-cache.ts';
import { VarintReader, VarintWriter } from '../varints.ts';
import { squeeze, typeText } from './type-text.ts';

function codeOf(numbers: readonly number[]): Uint8Array {
  const out = new VarintWriter(16);
  for (const number of numbers) out.add(number);
  return out.finish();
}

/** Rows whose code begins with these numbers. */
export function rowsBeginning(index: BtfIndex, ...numbers: readonly number[]): [id: number, code: Uint8Array][] {
  const from = codeOf(numbers);
  const to = from.slice();
  to[to.length - 1] = to.at(-1)! + 1; // the last byte of a varint is below 128
  return index.statement('SELECT id, code FROM type WHERE code >= ? AND code < ?').all(from, to) as [
    number,
    Uint8Array,
  ][];
}

/** The types that are a struct, union, enum, typedef or the like of a name, or of any name. */
export function typesNamed(
  index: BtfIndex,
  tag: number,
  name?: number,
): { readonly id: number; readonly name: number }[] {
  const found = name === undefined ? rowsBeginning(index, tag) : rowsBeginning(index, tag, name);
  return found.map(([id, code]) => ({ id, name: new VarintReader(code, 1).next() }));
}

const TARGETS = Symbol('what qualifiers qualify');

/** Types that are const, volatile, restrict or have a tag, by the type that it is of; and this by them. */
export function qualifiedTypes(index: BtfIndex): {
  readonly of: ReadonlyMap<number, number>;
  readonly by: ReadonlyMap<number, readonly number[]>;
} {
  return index.cached(TARGETS, () => {
    const of = new Map<number, number>();
    for (const tag of [TypeTag.Volatile, TypeTag.Const, TypeTag.Restrict]) {
      for (const { id, name: target } of typesNamed(index, tag)) of.set(id, target); // which comes where others have a name
    }
    for (const [id, code] of rowsBeginning(index, TypeTag.TypeTag)) {
      const input = new VarintReader(code, 1);
      input.next();
      input.next();
      of.set(id, input.next());
    }
    const by = new Map<number, number[]>();
    for (const [id, target] of of) {
      const known = by.get(target);
      if (known) known.push(id);
      else by.set(target, [id]);
    }
    return { of, by };
  });
}

const WORDS = /\w+|\*|\[\d*\]/g;
const QUALIFYING = new Set(['const', 'volatile', 'restrict', '__user', '__rcu', '__percpu']);
const TAGS: Readonly<Record<string, number>> = { struct: TypeTag.Struct, union: TypeTag.Union, enum: TypeTag.Enum };
const NAMED = [TypeTag.Int, TypeTag.Float, TypeTag.Typedef, TypeTag.Func, TypeTag.Var] as const;

/**
 * The types that C writes like this, spaces apart: from those of its innermost name outwards. undefined where the text has
 * more than names, qualifiers, stars and lengths of arrays.
 */
export function typesOfText(index: BtfIndex, rows: Rows, text: string): number[] | undefined {
  const wanted = squeeze(text);
  const words = wanted.match(WORDS) ?? [];
  if (words.join('') !== wanted.replaceAll(' ', '')) return undefined;
  const counts = countsOf(words);
  const found = new Map<number, string>();
  const waiting: number[] = [];
  const add = (ids: readonly number[]): void => {
    const fresh = ids.filter((id) => !found.has(id));
    rows.loadTypes(fresh);
    for (const id of fresh) {
      const own = squeeze(typeText(rows, id));
      found.set(id, own);
      if (isWithin(own, counts)) waiting.push(id);
    }
  };
  add(innermost(index, rows, words));
  const exact = index.statement('SELECT id FROM type WHERE code = ?');
  const { by } = qualifiedTypes(index);
  for (let type = waiting.pop(); type !== undefined; type = waiting.pop()) {
    add(by.get(type) ?? []);
    if (counts.has('*')) add((exact.all(codeOf([TypeTag.Ptr, type])) as [number][]).map(([id]) => id));
    if (wanted.includes('[')) add(typesIn(rowsBeginning(index, TypeTag.Array, type)));
  }
  return [...found].filter(([, own]) => own === wanted).map(([id]) => id);
}

/** The types of a text's name: without qualifiers, stars and arrays. */
function innermost(index: BtfIndex, rows: Rows, words: readonly string[]): number[] {
  const named = words.filter((word) => /^\w/.test(word) && !QUALIFYING.has(word));
  const [first, ...rest] = named;
  if (first === undefined) return [];
  const tag = TAGS[first];
  const name = rows.name(tag === undefined ? named.join(' ') : rest.join(' '));
  const nothing = named.length === 1 && first === 'void' ? typesIn(rowsBeginning(index, TypeTag.Void)) : [];
  if (name === undefined) return nothing;
  return [
    ...nothing,
    ...(tag === undefined ? NAMED : [tag]).flatMap((one) => typesNamed(index, one, name).map(({ id }) => id)),
  ];
}

function typesIn(rows: readonly [id: number, code: Uint8Array][]): number[] {
  return rows.map(([id]) => id);
}

function countsOf(words: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1);
  return counts;
}

/** Whether a text has nothing more often than there is of it: what qualifies it or points to it only has more. */
function isWithin(text: string, counts: ReadonlyMap<string, number>): boolean {
  for (const [word, count] of countsOf(text.match(WORDS) ?? [])) if (count > (counts.get(word) ?? 0)) return false;
  return true;
}
