// The chart of a field as numbers: kernels along the axis by version, a line for each series (or those that are alike).
import { compareReleases, kernelName, minorOf } from '../address/kernel-id.ts';
import type { Variant } from './shapes.ts';

/** A line: some series that have the field in the same places at the same kernels. */
export interface Line {
  readonly series: string;
  readonly arch: string;
  /** Where it has the field: the place on the axis, and the offset in bytes; null where it has none. */
  readonly points: readonly { readonly x: number; readonly id: string; readonly offset: number | null }[];
}

export interface ChartModel {
  /** The releases along the axis, by their numbers; kernels of equal numbers stand at one place. */
  readonly axis: readonly string[];
  readonly lines: readonly Line[];
  readonly least: number;
  readonly most: number;
}

const numberOf = (release: string): string => /^\d+(\.\d+)*(-\d+)?/.exec(release)?.[0] ?? release;

/** `ids`: all kernels that have the struct. */
export function chartModel(ids: readonly string[], places: ReadonlyMap<string, Variant>): ChartModel {
  const axis = [...new Set(ids.map((id) => numberOf(kernelName(id).release)))].sort(compareReleases);
  const at = new Map(axis.map((release, i) => [release, i]));
  const bySeries = Map.groupBy(ids, (id) => kernelName(id).series);
  const lines = [...bySeries].map(([series, members]) => ({
    series,
    arch: kernelName(members[0]!).arch,
    points: members
      .map((id) => {
        const place = places.get(id);
        return {
          x: at.get(numberOf(kernelName(id).release))!,
          id,
          offset: place === undefined ? null : place.bitOffset / 8,
        };
      })
      .sort((a, b) => a.x - b.x),
  }));
  const offsets = [...places.values()].map(({ bitOffset }) => bitOffset / 8);
  return {
    axis,
    lines,
    least: Math.min(...offsets),
    most: Math.max(...offsets),
  };
}

/** Where the axis gets a label: the first release of each `6.1`. */
export function axisLabels(axis: readonly string[]): { readonly x: number; readonly text: string }[] {
  return axis.flatMap((release, x) =>
    x === 0 || minorOf(axis[x - 1]!) !== minorOf(release) ? [{ x, text: minorOf(release) }] : [],
  );
}

/** Round numbers between two offsets for the other axis: at most `count` and in steps that bytes like. */
export function offsetTicks(least: number, most: number, count: number): number[] {
  if (least === most) return [least];
  const span = most - least;
  const step =
    [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 2048, 4096].find((one) => span / one <= count) ?? span / count;
  const ticks: number[] = [];
  for (let tick = Math.ceil(least / step) * step; tick <= most; tick += step) ticks.push(tick);
  return ticks;
}
