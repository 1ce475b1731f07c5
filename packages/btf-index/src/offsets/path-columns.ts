// Where a SPEC's paths lead, in every kernel: one question a segment for all entries together, from pointer to pointer.

import type { EntryPath } from '@btfq/offsets';
import type { FieldVariant } from '../answer-types.ts';
import { declarationsOf } from '../query/declarations.ts';
import { fields } from '../query/field.ts';
import type { KernelFilter } from '../query/kernel-filter.ts';
import type { BtfIndex } from '../store/btf-index.ts';
import { AMBIGUOUS, type Column, columnOf, emptyColumn, NONE } from './columns.ts';

/** Where a path leads: the offset in each struct on the way, and what the last field is. */
export interface PathPlace {
  readonly offsets: readonly number[];
  readonly last: FieldVariant;
}

interface Walk {
  readonly path: EntryPath;
  column: Column<PathPlace>;
}

/** A column for each path that has segments, in their order. */
export function pathColumns(index: BtfIndex, paths: readonly EntryPath[], where?: KernelFilter): Column<PathPlace>[] {
  const walks = paths.map((path): Walk => ({ path, column: emptyColumn(index) }));
  const first = fieldColumns(
    index,
    paths.map(({ type, segments }) => ({ struct: type, path: segments[0]! })),
    where,
  );
  walks.forEach((walk, i) => {
    const { answers, at } = first[i] as Column<FieldVariant>;
    walk.column = { at, answers: answers.map((last) => ({ offsets: [last.offset], last })) };
  });
  const deepest = Math.max(0, ...paths.map(({ segments }) => segments.length));
  for (let s = 1; s < deepest; s++) {
    const going = walks.filter(({ path }) => path.segments.length > s);
    const pointees = pointeesOf(
      index,
      going.flatMap(({ column }) => column.answers.map(({ last }) => last.type)),
    );
    const asks = new Map<string, { struct: string; path: string }>();
    const keyOf = (walk: Walk, place: PathPlace) => {
      const struct = pointees.get(place.last.type);
      return struct === undefined ? undefined : `${struct} ${walk.path.segments[s]}`;
    };
    for (const walk of going) {
      for (const place of walk.column.answers) {
        const key = keyOf(walk, place);
        const struct = pointees.get(place.last.type);
        if (key !== undefined && struct !== undefined) asks.set(key, { struct, path: walk.path.segments[s]! });
      }
    }
    const columns = fieldColumns(index, [...asks.values()], where);
    const byKey = new Map([...asks.keys()].map((key, i) => [key, columns[i] as Column<FieldVariant>]));
    for (const walk of going) walk.column = onward(index, walk.column, (place) => byKey.get(keyOf(walk, place) ?? ''));
  }
  return walks.map(({ column }) => column);
}

/** The column one pointer further. */
function onward(
  index: BtfIndex,
  column: Column<PathPlace>,
  next: (place: PathPlace) => Column<FieldVariant> | undefined,
): Column<PathPlace> {
  const { at } = emptyColumn(index);
  const answers: PathPlace[] = [];
  const nexts = column.answers.map(next);
  const made = new Map<number, number>();
  for (let r = 0; r < at.length; r++) {
    const before = column.at[r]!;
    const behind = before >= 0 ? nexts[before] : undefined;
    const after = behind === undefined ? NONE : behind.at[r]!;
    if (before === AMBIGUOUS || after === AMBIGUOUS) at[r] = AMBIGUOUS;
    if (before < 0 || after < 0) continue;
    const key = before * 0x100000 + after;
    let answer = made.get(key);
    if (answer === undefined) {
      const last = (behind as Column<FieldVariant>).answers[after] as FieldVariant;
      answer = answers.push({ offsets: [...(column.answers[before] as PathPlace).offsets, last.offset], last }) - 1;
      made.set(key, answer);
    }
    at[r] = answer;
  }
  return { answers, at };
}

function fieldColumns(
  index: BtfIndex,
  asks: readonly { readonly struct: string; readonly path: string }[],
  where: KernelFilter | undefined,
): Column<FieldVariant>[] {
  const distinct = new Map(asks.map((ask) => [`${ask.struct} ${ask.path}`, ask]));
  const answers = fields(
    index,
    [...distinct.values()].map(({ struct, path }) => ({ kind: 'composite' as const, struct, path, where })),
  );
  const columns = new Map(
    [...distinct.keys()].map((key, i) => [key, columnOf(index, answers[i]?.variants ?? [], samePlace)]),
  );
  return asks.map(({ struct, path }) => columns.get(`${struct} ${path}`) as Column<FieldVariant>);
}

function samePlace(a: FieldVariant, b: FieldVariant): boolean {
  return a.bitOffset === b.bitOffset && a.bitSize === b.bitSize && a.size === b.size && a.type === b.type;
}

const QUALIFIERS =
  /\b(?:const|volatile|restrict|__user|__rcu|__percpu|__iomem)\b|__attribute__\(\([^()]*(?:\("[^"]*"\))?\)\)/g;

/** By the text of a pointer's type, the struct or union that it leads to. Nothing where that has no name. */
function pointeesOf(index: BtfIndex, types: readonly string[]): Map<string, string> {
  const found = new Map<string, string>();
  let open = new Map([...new Set(types)].map((type) => [type, type]));
  for (let depth = 0; depth < 8 && open.size > 0; depth++) {
    const aliases = new Map<string, string>(); // a typedef may stand for the pointer
    for (const [type, text] of open) {
      const bare = text.replace(QUALIFIERS, ' ').replace(/\s+/g, ' ').trim();
      const pointer = /^((?:(?:struct|union) )?\w+) ?\*$/.exec(bare)?.[1];
      if (pointer !== undefined) found.set(type, pointer);
      else if (/^\w+$/.test(bare)) aliases.set(type, bare);
    }
    const declared = declarationsOf(index, 'typedef', [...aliases.values()]);
    open = new Map();
    for (const [type, alias] of aliases) {
      const target = declared.get(alias)?.[0]?.type;
      if (target !== undefined) open.set(type, target);
    }
  }
  return found;
}
