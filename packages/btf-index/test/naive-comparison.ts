// The index against the naive reader: every answer about some kernels, and what a walk over their BTFs says.

import { hash } from 'node:crypto';
import {
  type BtfIndex,
  type DeclarationKind,
  declarations,
  diffKernels,
  enumerator,
  type FieldAnswer,
  fieldHistory,
  fields,
  fieldsOfType,
  formatDeclaration,
  kernels,
  type LayoutField,
  layouts,
} from '@btfq/btf-index';
import type { NaiveBtf, NaiveField } from '@btfq/test-kit';

/** What was compared, and the differences found: one line each, cut after the first thirty. */
export interface Comparison {
  readonly counts: Record<string, number>;
  readonly differences: string[];
}

/** How much is compared: 1 is all, 10 every tenth name. Types asked for their members are few in any case. */
export interface ComparisonOptions {
  readonly stride?: number;
  readonly paths?: boolean;
  readonly types?: boolean;
  /** How many pairs of neighbours are compared; all by default. */
  readonly pairs?: number;
}

const LINKAGES = ['static', 'global', 'extern'];

class Judge {
  readonly counts: Record<string, number> = {};
  readonly differences: string[] = [];

  /** Compares two sets of texts, and counts what was compared. */
  same(what: string, question: string, index: Iterable<string>, naive: Iterable<string>): void {
    const [a, b] = [[...new Set(index)].sort(), [...new Set(naive)].sort()];
    this.counts[what] = (this.counts[what] ?? 0) + Math.max(1, b.length);
    if (a.length === b.length && a.every((one, i) => one === b[i])) return;
    const only = (some: string[], others: string[]): string =>
      some
        .filter((one) => !others.includes(one))
        .slice(0, 2)
        .join(' | ')
        .slice(0, 600);
    if (this.differences.length < 30)
      this.differences.push(`${what} ${question}: index ${only(a, b)}; naive ${only(b, a)}`);
  }
}

/** Compares all that the index says of these kernels, by kernel name. */
export function compareNaively(
  index: BtfIndex,
  naive: ReadonlyMap<string, NaiveBtf>,
  { stride = 1, paths = true, types = true, pairs = Number.POSITIVE_INFINITY }: ComparisonOptions = {},
): Comparison {
  const judge = new Judge();
  const every = <T>(all: Iterable<T>, offset = 0): T[] => [...all].filter((_, i) => (i + offset) % stride === 0);
  const ids = new Map(kernels(index).map(({ id, name }) => [id, name]));
  compareComposites(judge, index, naive, ids, every, paths);
  compareDeclarations(judge, index, naive, ids, every);
  compareEnumerators(judge, index, naive, ids, every);
  if (types) compareFieldsOfTypes(judge, index, naive, ids);
  const order = kernels(index).filter(({ name }) => naive.has(name));
  order.slice(0, pairs).forEach(({ id, name }, i) => {
    const next = order[(i + 1) % order.length]!;
    if (next.id === id) return;
    compareDiff(judge, index, [id, naive.get(name)!], [next.id, naive.get(next.name)!], `${name} to ${next.name}`);
  });
  return judge;
}

type Every = <T>(all: Iterable<T>, offset?: number) => T[];
type Naive = ReadonlyMap<string, NaiveBtf>;

const place = (one: { bitOffset: number; bitSize: number | null; size: number | null; type: string }): string =>
  `${one.bitOffset} ${one.bitSize} ${one.size} ${one.type}`;

function sayField(one: LayoutField): string {
  return `${one.depth} ${one.name} ${place(one)} ${one.name === '' ? (one.full ?? '') : (one.full ?? one.type)} ${(one.inner ?? []).map(sayField).join(';')}`;
}

function sayNaive(btf: NaiveBtf, one: NaiveField): string {
  return `${one.depth} ${one.name} ${place(one)} ${one.name === '' && (btf.isComposite(btf.peel(one.id)) || one.full === one.type) ? '' : one.full} ${innerOf(btf, one)}`;
}

/** The members of a named member's anonymous struct, or array of them. */
function innerOf(btf: NaiveBtf, { name, id }: { name: string; id: number }): string {
  let below = btf.peel(id, false);
  while (btf.at(below).kind === 3) below = btf.peel(btf.at(below).rest[0]!, false);
  if ((name === '' && btf.isComposite(btf.peel(id))) || !btf.isComposite(below) || btf.at(below).name !== '') return '';
  return btf
    .flatten(below)
    .map((field) => sayNaive(btf, field))
    .join(';');
}

/** By kernel, what each of some answers says. */
function byKernel<T extends { readonly kernelIds: readonly number[] }>(
  ids: ReadonlyMap<number, string>,
  answers: readonly T[],
  say: (one: T) => string,
): string[] {
  return answers.flatMap((one) => {
    const said = say(one);
    return one.kernelIds.map((id) => `${ids.get(id)} ${said}`);
  });
}

function compareComposites(
  judge: Judge,
  index: BtfIndex,
  naive: Naive,
  ids: ReadonlyMap<number, string>,
  every: Every,
  paths: boolean,
): void {
  const named = new Map<string, [kernel: string, id: number, typedef: boolean][]>();
  for (const [kernel, btf] of naive) {
    for (const { name, id, typedef } of btf.composites()) {
      if (!named.has(name)) named.set(name, []);
      named.get(name)!.push([kernel, id, typedef]);
    }
  }
  for (const [name, all] of every(named)) {
    const said = all.map(([kernel, id, typedef]) => {
      const btf = naive.get(kernel)!;
      const fields = btf.flatten(id).map((one) => sayNaive(btf, one));
      return `${kernel} ${btf.at(id).kind === 4 ? 'struct' : 'union'} ${typedef} ${btf.at(id).third} ${fields.join('\n')}`;
    });
    judge.same(
      'layouts',
      name,
      byKernel(ids, layouts(index, name), (one) => {
        return `${one.kind} ${one.typedef === true} ${one.size} ${one.fields.map(sayField).join('\n')}`;
      }),
      said,
    );
    const asks = new Set<string>();
    for (const [kernel, id] of all) {
      const btf = naive.get(kernel)!;
      for (const one of btf.flatten(id)) {
        if (one.name === '') continue;
        asks.add(one.name);
        const inner = btf.peel(one.id);
        if (!paths || !btf.isComposite(inner)) continue;
        for (const { name: second } of btf.flatten(inner)) if (second !== '') asks.add(`${one.name}.${second}`);
      }
    }
    const all2 = [...asks].map((path) => ({ kind: 'composite', struct: name, path }) as const);
    fields(index, all2).forEach((answer, i) => {
      compareField(judge, index, naive, ids, all, name, all2[i]!.path, answer);
    });
  }
}

function compareField(
  judge: Judge,
  index: BtfIndex,
  naive: Naive,
  ids: ReadonlyMap<number, string>,
  all: readonly [kernel: string, id: number, typedef: boolean][],
  name: string,
  path: string,
  answer: FieldAnswer | undefined,
): void {
  const found = new Map<string, Set<string>>();
  for (const [kernel, id] of all) {
    const btf = naive.get(kernel)!;
    if (!found.has(kernel)) found.set(kernel, new Set());
    for (const one of btf.follow(id, path.split('.'))) {
      const bits = one.bitSize || null;
      found
        .get(kernel)!
        .add(place({ bitOffset: one.bitOffset, bitSize: bits, size: btf.size(one.type), type: btf.text(one.type) }));
    }
  }
  const said = [...found].flatMap(([kernel, places]) => [
    ...[...places].map((one) => `${kernel} ${one}`),
    ...(places.size === 0 ? [`${kernel} absent`] : places.size > 1 ? [`${kernel} ambiguous`] : []),
  ]);
  const without = [...naive.keys()].filter((kernel) => !found.has(kernel)).map((kernel) => `${kernel} without`);
  const told = [
    ...byKernel(ids, answer?.variants ?? [], place),
    ...(answer?.absentFrom ?? []).map((id) => `${ids.get(id)} absent`),
    ...(answer?.ambiguousIn ?? []).map((id) => `${ids.get(id)} ambiguous`),
    ...(answer?.withoutStruct ?? []).map((id) => `${ids.get(id)} without`),
  ];
  judge.same(path.includes('.') ? 'paths' : 'fields', `${name} ${path}`, told, [...said, ...without]);
  if (![...found.values()].some((places) => places.size > 1))
    compareHistory(judge, index, naive, ids, found, all, name, path);
}

/** Comes, goes, moves, grows and turns into: from each kernel that has the struct to the next one of its series. */
function compareHistory(
  judge: Judge,
  index: BtfIndex,
  naive: Naive,
  ids: ReadonlyMap<number, string>,
  found: ReadonlyMap<string, ReadonlySet<string>>,
  all: readonly [kernel: string, id: number, typedef: boolean][],
  name: string,
  path: string,
): void {
  // one series is enough to judge by, and several have their own test
  if (!ids.get(1)?.startsWith('random/')) return;
  const series = kernels(index).filter(({ name: kernel }) => found.has(kernel));
  const words = (kernel: string): string =>
    [
      ...new Set(
        all
          .filter(([one]) => one === kernel)
          .map(
            ([, id, typedef]) =>
              `${typedef ? 'typedef of a ' : ''}${naive.get(kernel)!.at(id).kind === 4 ? 'struct' : 'union'}`,
          ),
      ),
    ].join(' and ');
  // several of a name in one kernel: which of them 'became' what is a matter of words
  if (series.some(({ name: kernel }) => words(kernel).includes(' and '))) return;
  const said: string[] = [];
  series.forEach(({ name: kernel }, i) => {
    const previous = series[i - 1]?.name;
    const [before] = previous === undefined ? [] : found.get(previous)!;
    const [after] = found.get(kernel)!;
    const where = `${previous ?? ''} to ${kernel}`;
    if (previous !== undefined && words(previous) !== words(kernel)) said.push(`${where} became`);
    if (before === undefined && after === undefined) return;
    if (before === undefined) said.push(`${where} comes`);
    else if (after === undefined) said.push(`${where} goes`);
    else {
      const [was, is] = [parts(before), parts(after)];
      if (was[0] !== is[0]) said.push(`${where} moved`);
      if (was[1] !== is[1]) said.push(`${where} resized`);
      if (was[2] !== is[2]) said.push(`${where} retyped`);
    }
  });
  const told = fieldHistory(index, 'composite', name, path).map((event) => {
    const change =
      event.change === 'renamed' || event.change === 'added' || event.change === 'removed'
        ? event.before === null
          ? 'comes'
          : 'goes'
        : event.change;
    return `${event.fromId === null ? '' : ids.get(event.fromId)} to ${ids.get(event.toId)} ${change}`;
  });
  judge.same('histories', `${name} ${path}`, told, said);
}

/** Offset, sizes, type. */
function parts(text: string): [string, string, string] {
  const [bitOffset, bitSize, size, ...type] = text.split(' ');
  return [bitOffset!, `${bitSize} ${size}`, type.join(' ')];
}

function compareDeclarations(
  judge: Judge,
  index: BtfIndex,
  naive: Naive,
  ids: ReadonlyMap<number, string>,
  every: Every,
): void {
  const named = new Map<string, Set<string>>();
  for (const [kernel, btf] of naive) {
    for (const { kind, name, id } of btf.declarations()) {
      if (kind === 'struct' || kind === 'union' || name === '') continue;
      const key = `${kind} ${name}`;
      if (!named.has(key)) named.set(key, new Set());
      named.get(key)!.add(`${kernel} ${sayDeclaration(btf, kind, id)}`);
    }
  }
  for (const [key, said] of every(named)) {
    const [kind, name] = key.split(' ') as [DeclarationKind, string];
    const told = byKernel(ids, declarations(index, kind, name), (one) => {
      if (formatDeclaration(one as never) === '') throw new Error(`${key} has no text`);
      switch (one.kind) {
        case 'enum':
          return `${one.size} ${one.signed} ${one.enumerators.map((each) => `${each.name}=${each.value}`).join(' ')}`;
        case 'func':
          return `${one.linkage} ${one.signature} ${one.full ?? one.signature}`;
        case 'var':
          return `${one.linkage} ${one.type} ${one.full ?? one.type} ${(one.inner ?? []).map(sayField).join(';')}`;
        case 'typedef':
          return `${one.type} ${one.full ?? one.type} ${(one.inner ?? []).map(sayField).join(';')}`;
        default:
          throw new Error(`${kind} ${name} is a ${one.kind}`);
      }
    });
    judge.same(kind, name, told, said);
  }
}

function sayDeclaration(btf: NaiveBtf, kind: DeclarationKind, id: number): string {
  const { third, flag, vlen, name, rest } = btf.at(id);
  if (kind === 'enum') {
    return `${third} ${flag} ${btf
      .enumerators(id)
      .map((each) => `${each.name}=${each.value}`)
      .join(' ')}`;
  }
  if (kind === 'func') return `${LINKAGES[vlen]} ${btf.text(third, name)} ${btf.text(third, name, true)}`;
  const said = `${btf.text(third)} ${btf.text(third, '', true)} ${innerOf(btf, { name: 'x', id: third })}`;
  return kind === 'var' ? `${LINKAGES[rest[0]!]} ${said}` : said;
}

function compareEnumerators(
  judge: Judge,
  index: BtfIndex,
  naive: Naive,
  ids: ReadonlyMap<number, string>,
  every: Every,
): void {
  const named = new Map<string, Set<string>>();
  for (const [kernel, btf] of naive) {
    for (const { kind, name, id } of btf.declarations()) {
      if (kind !== 'enum') continue;
      for (const one of btf.enumerators(id)) {
        if (!named.has(one.name)) named.set(one.name, new Set());
        named.get(one.name)!.add(`${kernel} ${name} ${one.value}`);
      }
    }
  }
  for (const [name, said] of every(named)) {
    const told = byKernel(ids, enumerator(index, name), (one) => `${one.enum} ${one.value}`);
    judge.same('enumerators', name, told, said);
  }
}

function compareFieldsOfTypes(judge: Judge, index: BtfIndex, naive: Naive, ids: ReadonlyMap<number, string>): void {
  const found = new Map<string, Set<string>>();
  for (const [kernel, btf] of naive) {
    for (const { name, id } of btf.composites()) {
      for (const one of btf.flatten(id)) {
        if (!found.has(one.type)) found.set(one.type, new Set());
        found.get(one.type)!.add(`${kernel} ${btf.at(id).kind === 4 ? 'struct' : 'union'} ${name}.${one.name}`);
      }
    }
  }
  for (const [type, said] of found) {
    judge.same(
      'members of types',
      type,
      byKernel(ids, fieldsOfType(index, type), (one) => `${one.kind} ${one.struct}.${one.field}`),
      said,
    );
  }
}

/** By kind and name, what each declaration says: its text, and the text without the sizes of named types. Kept: it takes seconds. */
function saidBy(btf: NaiveBtf): Map<string, Map<string, string>> {
  const known = kept.get(btf);
  if (known !== undefined) return known;
  const said = new Map<string, Map<string, string>>();
  for (const { kind, name, id } of btf.declarations()) {
    const shown = name === '' ? `{${btf.enumerators(id)[0]?.name ?? ''}, ...}` : name;
    const key = `${kind} ${shown}`;
    if (!said.has(key)) said.set(key, new Map());
    const text = btf.say(id, true);
    said.get(key)!.set(hash('sha1', text), kind === 'func' || kind === 'enum' ? '' : hash('sha1', btf.say(id, false)));
  }
  kept.set(btf, said);
  return said;
}

const kept = new WeakMap<NaiveBtf, Map<string, Map<string, string>>>();

function compareDiff(
  judge: Judge,
  index: BtfIndex,
  [fromId, from]: [number, NaiveBtf],
  [toId, to]: [number, NaiveBtf],
  question: string,
): void {
  const [before, after] = [saidBy(from), saidBy(to)];
  const said: string[] = [];
  for (const key of new Set([...before.keys(), ...after.keys()])) {
    const [was, is] = [before.get(key), after.get(key)];
    if (was === undefined) said.push(`${key} added`);
    else if (is === undefined) said.push(`${key} removed`);
    else {
      const gone = [...was].filter(([text]) => !is.has(text));
      const come = [...is].filter(([text]) => !was.has(text));
      if (gone.length === 0 && come.length === 0) continue;
      const composite = !/^(func|enum) /.test(key);
      const indirect = composite && gone.length === 1 && come.length === 1 && gone[0]![1] === come[0]![1];
      said.push(`${key} changed${indirect ? ' indirectly' : ''}`);
    }
  }
  const { entries } = diffKernels(index, fromId, toId);
  for (const { kind, name, change, details } of entries) {
    if (change === 'changed' && details.length === 0)
      judge.same('details', `${question} ${kind} ${name}`, [], ['some']);
  }
  judge.same(
    'differences',
    question,
    entries.map((one) => `${one.kind} ${one.name} ${one.change}${one.indirect ? ' indirectly' : ''}`),
    said,
  );
}
