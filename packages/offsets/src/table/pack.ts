// A table as a few lists of texts that every language can hold and read back in some lines of code: printable, small,
// and exact. What most rows have in common is said once; what is said of one struct changes together and is one variant.
//
//   defaults   for each entry its slots' usual values: `1 4 0 0 1 2464`
//   variants   groups of slots that change together: `@ 5 11` names the slots, each text after it one set of values
//   rows       for each row one or more digits a group: which of its variants the row has
//   kernels    `distro version arch tail head row members`: kernels whose releases are head + tail. Each member follows
//              from the one before: a digit c = 32 * new row + 8 * dropped + n, n characters for those that are dropped
//              at the head's end, and, with a new row, its digits.
//   builds     `id row`: build ids in hexadecimal, where some are known
//
// Digits are those of digits.ts. C's tables have a denser form of variants and kernels, dense.ts, and where they are large these
// are squeezed: squeeze/.

import { buildRows, checkLines, checksum, type OffsetTable, type TableKernel } from './offset-table.ts';
import { denseGroup, denseStep } from './dense.ts';
import { DIGITS, digits, widthOf } from './digits.ts';
import { type EntrySlots, slotRows } from './slots.ts';

/** A packed table. */
export interface PackedTable {
  readonly plan: readonly EntrySlots[];
  readonly slots: number;
  readonly defaults: readonly string[];
  readonly variants: readonly string[];
  readonly rows: readonly string[];
  readonly kernels: readonly string[];
  /** `build id, row`: where none is known, empty. */
  readonly builds: readonly string[];
  readonly signatures: readonly string[];
  /** What the generated self-test must come to. */
  readonly checksum: number;
}

/** Longest text of kernels; of the dense form, as long as C's compilers must take. */
const MAX_LINE = 480;
const MAX_DENSE_LINE = 4000;

/** The table with its kernels in the order in which `kernels` has them: one distribution and flavour after the other. */
export function inSeries(table: OffsetTable): OffsetTable {
  const series = new Map<string, number[]>();
  table.kernels.forEach((kernel, i) => {
    const key = seriesKey(kernel);
    const list = series.get(key);
    if (list) list.push(i);
    else series.set(key, [i]);
  });
  const order = [...series.values()].flat();
  const pick = <T>(list: readonly T[]) => order.map((i) => list[i] as T);
  const place = new Map(order.map((i, at) => [i, at]));
  const ambiguous = table.ambiguous.map(({ entry, kernels }) => ({
    entry,
    kernels: kernels.map((i) => place.get(i)!),
  }));
  return { ...table, kernels: pick(table.kernels), rowOf: pick(table.rowOf), ambiguous };
}

/** What the kernels of a series have in common: all but the numbers of their releases. */
function seriesKey({ distro, version, arch, release }: TableKernel): string {
  return `${distro} ${version} ${arch} ${release.replace(/\d+/g, '0')}`;
}

/** Packs a table, whose kernels stand `inSeries`. `dense`: as dense.ts says. */
export function packTable(table: OffsetTable, { dense = false } = {}): PackedTable {
  const { plan, rows, signatures } = slotRows(table);
  const slots = plan.reduce((n, { count }) => n + count, 0);
  const weights = new Array<number>(rows.length).fill(0);
  for (const row of table.rowOf) weights[row] = weights[row]! + 1;
  const usual = Array.from({ length: slots }, (_, s) => mostFrequent(rows, weights, s));
  const groups = slotGroups(plan, rows);
  const packed = groups.map((group) => packGroup(group, rows));
  const rowWidth = widthOf(rows.length);
  return {
    plan,
    slots,
    defaults: plan.map(({ first, count }) => usual.slice(first, first + count).join(' ')),
    variants: packed.flatMap(({ variants, values }, g) =>
      dense
        ? denseGroup(groups[g] as number[], values, usual)
        : [`@ ${(groups[g] as number[]).join(' ')}`, ...variants],
    ),
    rows: rows.map((_, r) => packed.map(({ variants, of }) => digits(of[r]!, widthOf(variants.length))).join('')),
    builds: buildRows(table).map(([id, row]) => `${id} ${digits(row, rowWidth)}`),
    kernels: packKernels(table.kernels, table.rowOf, rowWidth, dense),
    signatures,
    checksum: checksum(checkLines(table)),
  };
}

function mostFrequent(rows: readonly (readonly bigint[])[], weights: readonly number[], slot: number): bigint {
  const counts = new Map<bigint, number>();
  rows.forEach((row, r) => {
    const value = row[slot]!;
    counts.set(value, (counts.get(value) ?? 0) + weights[r]!);
  });
  let best = 0n;
  let most = -1;
  for (const [value, count] of counts) if (count > most) [best, most] = [value, count];
  return best;
}

/** Slots that differ between rows, by the type that their entry begins in: such change together. */
function slotGroups(plan: readonly EntrySlots[], rows: readonly (readonly bigint[])[]): number[][] {
  const groups = new Map<string, number[]>();
  for (const { entry, first, count } of plan) {
    const type = entry.alternatives[0]?.type ?? '';
    for (let slot = first; slot < first + count; slot++) {
      if (rows.every((row) => row[slot] === rows[0]?.[slot])) continue;
      const group = groups.get(type);
      if (group) group.push(slot);
      else groups.set(type, [slot]);
    }
  }
  return [...groups.values()];
}

function packGroup(
  group: readonly number[],
  rows: readonly (readonly bigint[])[],
): { variants: string[]; values: bigint[][]; of: number[] } {
  const numbers = new Map<string, number>();
  const values: bigint[][] = [];
  const of = rows.map((row) => {
    const own = group.map((slot) => row[slot]!);
    const text = own.join(' ');
    const known = numbers.get(text);
    if (known !== undefined) return known;
    numbers.set(text, numbers.size);
    return values.push(own) - 1;
  });
  return { variants: [...numbers.keys()], values, of };
}

/** Kernels in lines; those of one distribution and flavour follow each other, in the order of the table. */
function packKernels(
  kernels: readonly TableKernel[],
  rowOf: readonly number[],
  width: number,
  dense: boolean,
): string[] {
  const longest = dense ? MAX_DENSE_LINE : MAX_LINE;
  const series = new Map<string, { readonly kernel: TableKernel; readonly row: number }[]>();
  kernels.forEach((kernel, i) => {
    const key = seriesKey(kernel);
    const member = { kernel, row: rowOf[i]! };
    const list = series.get(key);
    if (list) list.push(member);
    else series.set(key, [member]);
  });
  const lines: string[] = [];
  for (const members of series.values()) {
    const tail = commonTail(members.map(({ kernel }) => kernel.release));
    let line = '';
    let before: { head: string; row: number } | undefined;
    for (const { kernel, row } of members) {
      const member = { head: kernel.release.slice(0, kernel.release.length - tail.length), row };
      const step = before && line.length < longest ? stepTo(before, member, width, dense) : undefined;
      if (step === undefined) {
        if (line !== '') lines.push(line);
        const { distro, version, arch } = kernel;
        line = `${distro} ${version} ${arch} ${tail} ${member.head} ${digits(row, width)} `;
      } else line += step;
      before = member;
    }
    lines.push(line);
  }
  return lines;
}

function stepTo(
  before: { readonly head: string; readonly row: number },
  { head, row }: { readonly head: string; readonly row: number },
  width: number,
  dense: boolean,
): string | undefined {
  let same = 0;
  while (same < head.length && head[same] === before.head[same]) same++;
  const dropped = before.head.length - same;
  const added = head.slice(same);
  const fits = dropped <= 3 && added.length <= 7;
  const changed = row === before.row ? 0 : 1;
  const after = changed ? digits(row, width) : '';
  const other = dense ? denseStep(before.head, head, fits ? `.${added}` : undefined) : undefined;
  if (other !== undefined) return `${DIGITS[32 * changed]}${other.slice(1)}${after}`;
  if (!fits) return undefined;
  return `${DIGITS[32 * changed + 8 * dropped + added.length]}${added}${after}`;
}

/** What all releases end in: `-cloud-amd64` of `5.10.0-32-cloud-amd64`. It has none of the numbers that they begin with. */
function commonTail(releases: readonly string[]): string {
  const [first = ''] = releases;
  const begin = (/^[\d.-]*\d/.exec(first)?.[0] ?? '').length;
  let tail = first.slice(begin);
  for (const release of releases) while (!release.endsWith(tail)) tail = tail.slice(1);
  // no number is cut in two
  return tail.length === first.length - begin ? tail : tail.replace(/^\d+/, '');
}
