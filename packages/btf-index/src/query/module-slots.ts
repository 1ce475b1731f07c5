// Numbers the positions of kernels and of their modules in one range: a slot with one position for each content for the
// kernels themselves, and one more slot for each module that a question meets. Paths and layouts then treat kernels and
// modules alike, and only the last step asks which part of which kernel a position stands for.

import { intersect, type Ranges, shifted, subtract, unite } from '../store/content-tree.ts';
import type { ModulePlace } from '../store/module-versions.ts';
import type { DeclarationRow, Rows } from '../store/row-cache.ts';

/** The parts that positions stand for, each with the contents. */
export function partsOf(rows: Rows, ranges: Ranges): ModulePlace[] {
  const size = rows.slotSize;
  const last = ranges.at(-1);
  if (last === undefined) return [];
  if (last <= size) return [{ module: 0, ranges }];
  const found = new Map<number, number[]>();
  for (let i = 0; i < ranges.length; i += 2) {
    const end = ranges[i + 1]!;
    for (let from = ranges[i]!; from < end; ) {
      const slot = Math.floor(from / size);
      const to = Math.min(end, (slot + 1) * size);
      const own = found.get(slot) ?? [];
      found.set(slot, own);
      own.push(from - slot * size, to - slot * size);
      from = to;
    }
  }
  return [...found].map(([slot, own]) => ({ module: rows.slots[slot]!, ranges: own }));
}

/** The contents that positions stand for, whatever part of them. */
export function contentsAt(rows: Rows, ranges: Ranges): Ranges {
  const parts = partsOf(rows, ranges);
  return parts.length === 0 ? [] : unite(parts.map((part) => part.ranges));
}

/**
 * The declarations that a name means at these positions, each with those where it does. In a module that is the kernel's
 * where it has one, else the module's own: where both are, what means the module's says so by a discriminator.
 */
export function meantAt(
  rows: Rows,
  declared: readonly DeclarationRow[],
  ranges: Ranges,
): { row: DeclarationRow; ranges: Ranges }[] {
  const size = rows.slotSize;
  const last = ranges.at(-1);
  if (last === undefined) return [];
  const kernels = declared.map((row) => rows.ranges(row.set));
  if (last <= size) {
    return declared
      .map((row, i) => ({ row, ranges: intersect(kernels[i] as Ranges, ranges) }))
      .filter((found) => found.ranges.length > 0);
  }
  const all = kernels.some((own) => own.length > 0) ? unite(kernels) : [];
  const slots = slotsIn(ranges, size);
  const lifted = (own: Ranges) => slots.flatMap((slot) => shifted(own, slot * size)); // ascending, as the slots are
  const left = subtract(ranges, lifted(all));
  return declared
    .map((row, i) => {
      const inKernel = intersect(lifted(kernels[i] as Ranges), ranges);
      const own = left.length === 0 ? [] : intersect(rows.everywhere(row.set), left);
      return { row, ranges: own.length === 0 ? inKernel : unite([inKernel, own]) };
    })
    .filter((found) => found.ranges.length > 0);
}

function slotsIn(ranges: Ranges, size: number): number[] {
  const slots = new Set<number>();
  for (let i = 0; i < ranges.length; i += 2) {
    const first = Math.floor(ranges[i]! / size);
    const last = Math.floor((ranges[i + 1]! - 1) / size);
    for (let slot = first; slot <= last; slot++) slots.add(slot);
  }
  return [...slots].sort((a, b) => a - b);
}
