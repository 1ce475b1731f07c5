// A SPEC answered for all kernels of an index: columns of answers, entry by entry, and from them the distinct rows.

import type { Alternative, Cell, OffsetsSpec, OffsetTable, SpecEntry, TableKernel } from '@btfq/offsets';
import type { Kernel } from '../answer-types.ts';
import type { KernelFilter } from '../query/kernel-filter.ts';
import { buildIds } from '../store/fact-sources.ts';
import { kernels as kernelsOf } from '../query/kernels.ts';
import type { BtfIndex } from '../store/btf-index.ts';
import { AMBIGUOUS, type Column, firstOf, NONE } from './columns.ts';
import { existenceColumns, functionColumns, sizeColumns, valueColumns } from './other-columns.ts';
import { type PathPlace, pathColumns } from './path-columns.ts';

/** What an index answers to a SPEC: the table, whose kernels are the index's. */
export interface IndexedOffsetTable extends OffsetTable {
  readonly kernels: readonly (Kernel & Pick<TableKernel, 'buildId'>)[];
}

/**
 * Answers a SPEC for all kernels, or those of a filter. All entries together cost one question for each pointer that a
 * path reads; a kernel costs a number for each entry.
 *
 * ```ts
 * const table = offsetTable(index, await readOffsetsSpec(text));
 * console.log(generateTable(table, 'c'));
 * ```
 */
export function offsetTable(index: BtfIndex, spec: OffsetsSpec, where?: KernelFilter): IndexedOffsetTable {
  const columns = entryColumns(index, spec.entries, where);
  const builds = buildIds(index);
  const kernels = kernelsOf(index, where).map((kernel) =>
    builds.has(kernel.id) ? { ...kernel, buildId: builds.get(kernel.id) } : kernel,
  );
  const ranks = kernels.map(({ id }) => index.catalog().rank[id]!);
  const { rowOf, first } = distinctRows(columns, ranks);
  const rows = first.map((rank) => columns.map(({ answers, at }): Cell | null => answers[at[rank]!] ?? null));
  const ambiguous = columns.flatMap(({ at }, entry) => {
    const own = ranks.flatMap((rank, i) => (at[rank] === AMBIGUOUS ? [i] : []));
    return own.length === 0 ? [] : [{ entry, kernels: own }];
  });
  return { spec, kernels, rowOf, rows, ambiguous };
}

/** Kernels are distinguished entry by entry; `first` has a rank for each row. */
function distinctRows(
  columns: readonly Column<Cell>[],
  ranks: readonly number[],
): { rowOf: number[]; first: number[] } {
  let groups = new Array<number>(ranks.length).fill(0);
  for (const { at, answers } of columns) {
    const width = answers.length + 2;
    const numbers = new Map<number, number>();
    groups = groups.map((group, i) => {
      const key = group * width + at[ranks[i]!]! + 2;
      let number = numbers.get(key);
      if (number === undefined) numbers.set(key, (number = numbers.size));
      return number;
    });
  }
  const first: number[] = [];
  groups.forEach((group, i) => {
    if (group === first.length) first.push(ranks[i]!);
  });
  return { rowOf: groups, first };
}

/** A column of cells for each entry. */
export function entryColumns(
  index: BtfIndex,
  entries: readonly SpecEntry[],
  where: KernelFilter | undefined,
): Column<Cell>[] {
  const places = new Map<Alternative, Column<PathPlace>>();
  const led = entries.flatMap(({ kind, alternatives }) =>
    kind === 'value' || kind === 'parameter' ? [] : alternatives.filter(({ segments }) => segments.length > 0),
  );
  pathColumns(index, led, where).forEach((column, i) => void places.set(led[i] as Alternative, column));
  return entries.map((entry) => entryColumn(index, entry, places, where));
}

function entryColumn(
  index: BtfIndex,
  { kind, alternatives }: SpecEntry,
  places: ReadonlyMap<Alternative, Column<PathPlace>>,
  where: KernelFilter | undefined,
): Column<Cell> {
  switch (kind) {
    case 'offset':
    case 'container_of': {
      const columns = alternatives.map((one) => places.get(one) as Column<PathPlace>);
      return firstOf(index, columns, ({ offsets, last }, alternative): Cell => {
        const { offset, bitOffset, bitSize, size, type } = last;
        return { kind: 'field', alternative, offsets, size, bitOffset: bitOffset - offset * 8, bitSize, type };
      });
    }
    case 'size': {
      const bare = sizeColumns(index, bareTypes(alternatives), where);
      return numbers(
        index,
        alternatives.map((one) => sizeOfField(places.get(one)) ?? (bare.shift() as Column<Value>)),
      );
    }
    case 'exists': {
      const bare = existenceColumns(index, bareTypes(alternatives), where);
      const columns = alternatives.map((one) => existenceOfField(places.get(one)) ?? (bare.shift() as Column<Value>));
      return orZero(numbers(index, columns));
    }
    case 'value': {
      const asks = alternatives.map(({ type, segments: [name] }) =>
        name === undefined ? { enum: undefined, name: type } : { enum: type, name },
      );
      return numbers(index, valueColumns(index, asks, where));
    }
    case 'function': {
      const columns = functionColumns(
        index,
        alternatives.map(({ type }) => type),
        where,
      );
      return firstOf(index, columns, ({ params, signature }, alternative): Cell => {
        const parameters = params.filter(({ type }) => type !== '...').length;
        return { kind: 'function', alternative, parameters, signature };
      });
    }
    case 'parameter': {
      const columns = functionColumns(
        index,
        alternatives.map(({ type }) => type),
        where,
      ).map(({ answers, at }, i) => {
        const positions = answers.map(({ params }) =>
          params.findIndex(({ name }) => name === alternatives[i]?.segments[0]),
        );
        return {
          answers: positions.map((position) => ({ value: BigInt(position) })),
          at: at.map((answer) => (answer >= 0 && positions[answer]! < 0 ? NONE : answer)),
        };
      });
      return numbers(index, columns);
    }
  }
}

interface Value {
  readonly value: bigint;
}

function bareTypes(alternatives: readonly Alternative[]): string[] {
  return alternatives.filter(({ segments }) => segments.length === 0).map(({ type }) => type);
}

function numbers(index: BtfIndex, columns: readonly Column<Value>[]): Column<Cell> {
  return firstOf(index, columns, ({ value }, alternative): Cell => ({ kind: 'number', alternative, value }));
}

function sizeOfField(column: Column<PathPlace> | undefined): Column<Value> | undefined {
  if (column === undefined) return undefined;
  const { answers, at } = column;
  return {
    answers: answers.map(({ last }) => ({ value: BigInt(last.size ?? 0) })),
    at: at.map((answer) => (answer >= 0 && answers[answer]?.last.size === null ? NONE : answer)),
  };
}

function existenceOfField(column: Column<PathPlace> | undefined): Column<Value> | undefined {
  return (
    column && {
      answers: column.answers.map(() => ({ value: 1n })),
      at: column.at.map((one) => (one === AMBIGUOUS ? 0 : one)),
    }
  );
}

/** What does not exist is an answer, too. */
function orZero({ answers, at }: Column<Cell>): Column<Cell> {
  const no: Cell = { kind: 'number', alternative: 0, value: 0n };
  return { answers: [...answers, no], at: at.map((answer) => (answer < 0 ? answers.length : answer)) };
}
