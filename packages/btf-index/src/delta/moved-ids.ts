// Where the types of a base are after one delta or several, as runs: what `decodeRuns` gives as a table of all ids.

import { lastAtMost } from './pieces.ts';

/** Shorter runs are kept type by type. */
const SHORT = 8;
const GONE = -1;

/** A run of types: by their numbers in the base and in the target. */
interface Run {
  readonly from: number;
  readonly to: number;
  readonly length: number;
}

export class MovedIds {
  /** How many types the base has. */
  private readonly count: number;
  /** Long runs, in order of the base's numbers. */
  private readonly from: readonly number[];
  private readonly runs: readonly Run[];
  /** Types by themselves, whatever runs say: by their number in the base, that in the target or GONE. */
  private readonly single: ReadonlyMap<number, number>;

  private constructor(count: number, runs: readonly Run[], single: ReadonlyMap<number, number>) {
    this.count = count;
    this.runs = runs;
    this.from = runs.map(({ from }) => from);
    this.single = single;
  }

  /**
   * Of a delta: runs in order of the target, of which the last counts where several begin with the same type, and pairs of numbers of
   * the target and the base, which count most. undefined where long runs overlap.
   */
  static of(count: number, runs: readonly Run[], pairs: readonly number[]): MovedIds | undefined {
    const long = runs.filter(({ length }) => length > SHORT).sort((a, b) => a.from - b.from);
    if (long.some(({ from }, i) => i > 0 && from < long[i - 1]!.from + long[i - 1]!.length)) return undefined;
    const moved = new MovedIds(count, long, new Map());
    const single = new Map<number, number>();
    for (const { from, to, length } of runs) {
      if (length > SHORT) continue;
      for (let i = 0; i < length; i++) if (moved.byRuns(from + i) < to) single.set(from + i, to + i);
    }
    for (let p = 0; p < pairs.length; p += 2) single.set(pairs[p + 1]!, pairs[p]!);
    return new MovedIds(count, long, single);
  }

  /** Where an id is now, 0 where its type is gone. */
  id(id: number): number {
    return id === 0 || id > this.count ? id : this.number(id - 1) + 1;
  }

  private number(number: number): number {
    return this.single.get(number) ?? this.byRuns(number);
  }

  private byRuns(number: number): number {
    const run = this.runs[lastAtMost(this.from, number)];
    return run === undefined || number < run.from || number >= run.from + run.length
      ? GONE
      : run.to + number - run.from;
  }

  /** These moves and then the next ones. */
  and(next: MovedIds): MovedIds {
    const runs: Run[] = [];
    const single = new Map<number, number>();
    const images = [...this.runs].sort((a, b) => a.to - b.to);
    const begins = images.map(({ to }) => to);
    for (const [number, to] of next.single) {
      const run = images[lastAtMost(begins, number)];
      if (run !== undefined && number >= run.to && number < run.to + run.length)
        single.set(run.from + number - run.to, to);
    }
    for (const [number, to] of this.single) single.set(number, to === GONE ? GONE : next.number(to));
    for (const { from, to, length } of this.runs) {
      for (let n = Math.max(lastAtMost(next.from, to), 0); n < next.runs.length; n++) {
        const other = next.runs[n]!;
        if (other.from >= to + length) break;
        const begin = Math.max(to, other.from);
        const end = Math.min(to + length, other.from + other.length);
        if (begin < end) runs.push({ from: from + begin - to, to: other.to + begin - other.from, length: end - begin });
      }
    }
    return new MovedIds(this.count, runs, single);
  }

  /** By id, 0 for gone. */
  table(): Uint32Array {
    const ids = new Uint32Array(this.count + 1);
    for (const { from, to, length } of this.runs) for (let i = 1; i <= length; i++) ids[from + i] = to + i;
    for (const [number, to] of this.single) ids[number + 1] = to + 1;
    return ids;
  }
}
