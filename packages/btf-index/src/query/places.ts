// Where declarations are: in the kernel itself, or in which of its modules. A place is a module (0 for the kernel itself)
// with the positions of contents where that has the declaration.

import type { DeclarationPlace } from '../answer-types.ts';
import { intersect, type Ranges, unite } from '../store/content-tree.ts';
import type { ModulePlace } from '../store/module-versions.ts';
import type { BtfIndex } from '../store/btf-index.ts';
import { type Rows, rowsOf } from '../store/row-cache.ts';
import { decoded } from '../store/sqlite-errors.ts';
import { type KernelFilter, maskOf } from './kernel-filter.ts';
import { partsOf } from './module-slots.ts';

/** What a filter calls the kernel itself. */
export const VMLINUX = 'vmlinux';

/** Whether a filter lets a module through; undefined where it lets all. */
export function moduleMask(rows: Rows, where: KernelFilter | undefined): ((module: number) => boolean) | undefined {
  const wanted = where?.module;
  if (wanted === undefined) return undefined;
  if (wanted === VMLINUX) return (module) => module === 0;
  const id = rows.name(wanted);
  return (module) => module !== 0 && module === id;
}

/** The places of these sets, each module once. */
export function placesOf(rows: Rows, sets: readonly number[], where?: KernelFilter): ModulePlace[] {
  const passes = moduleMask(rows, where);
  const found = sets.flatMap((set) => rows.places(set));
  return joinPlaces(passes === undefined ? found : found.filter(({ module }) => passes(module)));
}

/** Places with each module once; the kernel itself first. */
export function joinPlaces(places: readonly ModulePlace[]): ModulePlace[] {
  if (places.length < 2) return [...places];
  const byModule = new Map<number, Ranges[]>();
  for (const { module, ranges } of places) {
    const known = byModule.get(module);
    if (known) known.push(ranges);
    else byModule.set(module, [ranges]);
  }
  return [...byModule]
    .map(([module, ranges]) => ({ module, ranges: unite(ranges) }))
    .sort((a, b) => a.module - b.module);
}

/** The contents of places, whatever module. */
export function rangesOfPlaces(places: readonly ModulePlace[]): Ranges {
  return places.length === 0 ? [] : unite(places.map(({ ranges }) => ranges));
}

/** Kernels, and modules by name, of places. */
export function answerPlaces(
  index: BtfIndex,
  places: readonly ModulePlace[],
  where?: KernelFilter,
): { readonly kernelIds: readonly number[]; readonly places: readonly DeclarationPlace[] } {
  const catalog = index.catalog();
  const mask = maskOf(index, where);
  const [only] = places;
  const kernelIds = catalog.kernelIdsIn(rangesOfPlaces(places), mask);
  if (places.length === 1 && only?.module === 0) {
    return { kernelIds, places: kernelIds.length === 0 ? [] : [{ module: null, kernelIds }] };
  }
  const rows = rowsOf(index);
  rows.loadTexts(places.map(({ module }) => module));
  const answers = places
    .map(({ module, ranges }): DeclarationPlace => {
      return { module: module === 0 ? null : rows.text(module), kernelIds: catalog.kernelIdsIn(ranges, mask) };
    })
    .filter((place) => place.kernelIds.length > 0);
  answers.sort((a, b) => {
    if (a.module === null || b.module === null) return a.module === null ? -1 : 1;
    return a.module < b.module ? -1 : 1;
  });
  return { kernelIds, places: answers };
}

/** Kernels, and modules by name, of positions as `Rows.everywhere` has them. */
export function answerAt(index: BtfIndex, ranges: Ranges, where?: KernelFilter): ReturnType<typeof answerPlaces> {
  const rows = rowsOf(index);
  const passes = moduleMask(rows, where);
  const parts = partsOf(rows, ranges);
  return answerPlaces(index, passes === undefined ? parts : parts.filter(({ module }) => passes(module)), where);
}

/**
 * Hits with the kernels and modules where they are; those that are nowhere are left out. Without a filter that is worked out
 * when it is read: of thousands of hits a page is looked at. Whoever keeps one across a write reads it as the index is then.
 */
export function hitsAt<T extends object>(
  index: BtfIndex,
  found: readonly (T & { readonly ranges: Ranges })[],
  where: KernelFilter | undefined,
): (Omit<T, 'ranges'> & ReturnType<typeof answerPlaces>)[] {
  const there = found.filter(({ ranges }) => ranges.length > 0);
  if (where !== undefined) {
    return there
      .map(({ ranges, ...hit }) => ({ ...hit, ...answerAt(index, ranges, where) }))
      .filter(({ kernelIds }) => kernelIds.length > 0);
  }
  return there.map(({ ranges, ...hit }) => {
    let said: ReturnType<typeof answerPlaces> | undefined;
    const say = () => (said ??= decoded(index.path, () => answerAt(index, ranges)));
    return {
      ...hit,
      get kernelIds() {
        return say().kernelIds;
      },
      get places() {
        return say().places;
      },
    };
  });
}

/** Positions in the parts that a filter lets through. */
export function inParts(rows: Rows, ranges: Ranges, where: KernelFilter | undefined): Ranges {
  const passes = moduleMask(rows, where);
  if (passes === undefined) return ranges;
  const size = rows.slotSize;
  const kept = rows.slots.flatMap((module, slot) => (passes(module) ? [slot * size, (slot + 1) * size] : []));
  return intersect(ranges, kept.length === 0 ? [] : unite([kept]));
}
