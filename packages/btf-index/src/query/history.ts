// What happened to a field from kernel to kernel, in the order of versions, within each series of kernels that can be
// compared: one distribution, one architecture, one flavour.

import { decoded } from '../store/sqlite-errors.ts';
import type { FieldEvent, FieldPlace, Kernel, LayoutField, StructLayout } from '../answer-types.ts';
import type { CompositeKind } from './composites.ts';
import { layouts as layoutsOf, variantsByKernel } from './declarations.ts';
import { compositeWords, field } from './field.ts';
import type { BtfIndex } from '../store/btf-index.ts';
import { kernels } from './kernels.ts';
import type { KernelFilter } from './kernel-filter.ts';

/** The words of a release that are no version: `cloud-amd64`, `aws`, `generic`. */
export function flavourOf(release: string): string {
  return release
    .replace(/^[\d.]+/, '')
    .split(/[-+_.]/)
    .filter((word) => /^[a-z]/i.test(word) && !/^(rc|deb|fc|el|bpo|amzn|lp)\d/i.test(word) && word !== 'Ubuntu')
    .join('-');
}

/** Kernels by series, each in version order. */
export function seriesOf(all: readonly Kernel[]): Map<string, Kernel[]> {
  const series = new Map<string, Kernel[]>();
  for (const kernel of all) {
    const name = [kernel.distro, kernel.arch, flavourOf(kernel.release)].filter((word) => word !== '').join(' ');
    const list = series.get(name);
    if (list) list.push(kernel);
    else series.set(name, [kernel]);
  }
  return series;
}

/** The events of a field, series by series and in version order. Empty where no kernel has such a struct. */
export function fieldHistory(
  index: BtfIndex,
  kind: CompositeKind,
  struct: string,
  path: string,
  where?: KernelFilter,
): FieldEvent[] {
  return decoded(index.path, () => {
    const answer = field(index, kind, struct, path, where);
    if (answer === undefined) return [];
    const placeIn = new Map<number, FieldPlace | null>();
    for (const id of answer.absentFrom) placeIn.set(id, null);
    for (const { kernelIds, declarationIds: _, places: __, ...place } of answer.variants) {
      for (const id of kernelIds) if (!placeIn.get(id)) placeIn.set(id, place);
    }
    const layouts = new Lazy(() => variantsByKernel(layoutsOf(index, struct, where, kind)));
    const words = compositeWords(index, struct, kind);
    const events: FieldEvent[] = [];
    for (const [series, members] of seriesOf(kernels(index, where))) {
      let before: { kernel: Kernel; place: FieldPlace | null; word: string } | undefined;
      for (const kernel of members) {
        const place = placeIn.get(kernel.id);
        if (place === undefined) continue; // no such struct: nothing to compare
        const word = words.get(kernel.id) ?? '';
        if (before !== undefined && before.word !== word) {
          const evidence = `the ${before.word} ${answer.struct} became a ${word}`;
          events.push({
            series,
            change: 'became',
            fromId: before.kernel.id,
            toId: kernel.id,
            before: before.place,
            after: place,
            otherName: null,
            evidence,
          });
        }
        events.push(...changes(series, before, { kernel, place }, path, layouts));
        before = { kernel, place, word };
      }
    }
    return events;
  });
}

interface At {
  readonly kernel: Kernel;
  readonly place: FieldPlace | null;
}

function changes(
  series: string,
  from: At | undefined,
  to: At,
  path: string,
  layouts: Lazy<Map<number, StructLayout[]>>,
): FieldEvent[] {
  const event = (change: FieldEvent['change'], rename?: { name: string; evidence: string }): FieldEvent => ({
    series,
    change,
    fromId: from?.kernel.id ?? null,
    toId: to.kernel.id,
    before: from?.place ?? null,
    after: to.place,
    otherName: rename?.name ?? null,
    evidence: rename?.evidence ?? null,
  });
  const before = from?.place ?? null;
  const after = to.place;
  if (before === null && after === null) return [];
  if (before === null || after === null) {
    const renamed =
      from === undefined || path.includes('.') || path.includes('[')
        ? undefined
        : otherName(layouts.value, from, to, path, (before ?? after) as FieldPlace);
    return [event(renamed ? 'renamed' : before === null ? 'added' : 'removed', renamed)];
  }
  const found: FieldEvent[] = [];
  if (before.bitOffset !== after.bitOffset) found.push(event('moved'));
  if (before.size !== after.size || before.bitSize !== after.bitSize) found.push(event('resized'));
  if (before.type !== after.type) found.push(event('retyped'));
  return found;
}

/**
 * The name under which a field goes on: one that comes where this one goes (or the reverse) with the same type, at the
 * same offset or between the same neighbours; or, whatever its type, one that differs by underscores only and has a
 * neighbour in common, as `task_struct.state` became `__state`.
 */
function otherName(
  layouts: Map<number, StructLayout[]>,
  from: At,
  to: At,
  path: string,
  place: FieldPlace,
): { name: string; evidence: string } | undefined {
  const old = layouts.get(from.kernel.id)?.[0]?.fields ?? [];
  const young = layouts.get(to.kernel.id)?.[0]?.fields ?? [];
  const [have, lack] = from.place === null ? [young, old] : [old, young];
  const names = new Set(have.map(({ name }) => name));
  const missing = lack.filter(({ name }) => name !== '' && !names.has(name));
  const candidates = missing.filter((other) => other.type === place.type && other.bitSize === place.bitSize);
  const at = have.findIndex((one) => one.bitOffset === place.bitOffset && one.type === place.type && one.name !== '');
  const same = candidates.find((other) => other.bitOffset === place.bitOffset);
  const between = candidates.find((other) => {
    const there = lack.indexOf(other);
    return sameName(have[at - 1], lack[there - 1]) && sameName(have[at + 1], lack[there + 1]);
  });
  const alike = missing.find((other) => {
    const there = lack.indexOf(other);
    const besides = sameName(have[at - 1], lack[there - 1]) || sameName(have[at + 1], lack[there + 1]);
    return besides && bareName(other.name) === bareName(have[at]?.name ?? '');
  });
  const chosen = same ?? between ?? alike;
  if (chosen === undefined) return undefined;
  const reason =
    same !== undefined
      ? `both have the type ${place.type} and the offset ${place.offset}`
      : between !== undefined
        ? `both have the type ${place.type} and lie between the same two fields`
        : 'both lie next to the same field, and the names differ only in underscores';
  const [came, went] = from.place === null ? [path, chosen.name] : [chosen.name, path];
  return { name: chosen.name, evidence: `${went} is gone and ${came} is new: ${reason}` };
}

const bareName = (name: string): string => name.replace(/^_+|_+$/g, '');

function sameName(a: LayoutField | undefined, b: LayoutField | undefined): boolean {
  return a?.name === b?.name;
}

/** A value made when it is first needed. */
class Lazy<T> {
  private made: { value: T } | undefined;
  private readonly make: () => T;

  constructor(make: () => T) {
    this.make = make;
  }

  get value(): T {
    this.made ??= { value: this.make() };
    return this.made.value;
  }
}
