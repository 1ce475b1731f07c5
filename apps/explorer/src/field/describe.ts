// What happened to a field, in words.
import { compareReleases, kernelName, minorOf } from '../address/kernel-id.ts';
import { listed, plural } from '../parts/words.ts';
import type { Change, FieldOver, Place } from './shapes.ts';

/** `renamed to __state between 5.10.0-32-amd64 and 6.1.0-47-amd64`. */
export function describeChange(change: Change): string {
  const to = kernelName(change.to.id).release;
  const between = change.from === null ? `in ${to}` : `between ${kernelName(change.from.id).release} and ${to}`;
  const { before, after } = change;
  switch (change.change) {
    case 'ADDED':
      return change.from === null ? `there from the first kernel on, ${to}` : `added ${between}`;
    case 'REMOVED':
      return `removed ${between}`;
    case 'RENAMED':
      return `${after === null ? 'renamed to' : 'renamed from'} ${change.otherName} ${between}`;
    case 'MOVED':
      return `moved from ${spot(before)} to ${spot(after)} ${between}`;
    case 'RESIZED':
      return `resized from ${before?.size ?? '?'} to ${after?.size ?? '?'} bytes ${between}`;
    case 'RETYPED':
      return `retyped from ${before?.type ?? '?'} to ${after?.type ?? '?'} ${between}`;
    case 'BECAME':
      return `${change.evidence ?? 'what holds it became something else'} ${between}`;
  }
}

/** A place in few words: `112`, `126, bit 3`. */
export const spot = (place: Place | null): string =>
  place === null
    ? '?'
    : place.bitSize === null
      ? String(place.offset)
      : `${place.offset}, bit ${place.bitOffset - place.offset * 8}`;

/** The answer in a few sentences: where it went, who has it where, whether it ever moved. */
export function describeField(struct: string, path: string, field: FieldOver, total: number): string[] {
  const having = field.variants.flatMap(({ kernels }) => kernels);
  const changes = field.history.filter(({ change, from }) => !(change === 'ADDED' && from === null));
  const renames = Map.groupBy(
    changes.filter(({ change }) => change === 'RENAMED'),
    ({ otherName, after }) => `${after === null} ${otherName}`,
  );
  return [
    ...[...renames.values()].map((some) => renameSentence(struct, path, some)),
    havingSentence(struct, path, field, having.length, total),
    ...changeSentences(changes),
    ...stillSentences(field, changes, having.length),
  ];
}

function havingSentence(struct: string, path: string, field: FieldOver, having: number, total: number): string {
  if (having === 0) return `No kernel of those shown has ${struct}.${path}.`;
  const offsets = [...new Set(field.variants.map(({ offset }) => offset))].sort((a, b) => a - b);
  const who = having === total ? `All ${total} kernels have it` : `${having} of ${plural(total, 'kernel')} have it`;
  if (offsets.length === 1) return `${who}, at offset ${offsets[0]}.`;
  return offsets.length < 6
    ? `${who}, at offsets ${listed(offsets.map(String))}.`
    : `${who}, at ${offsets.length} offsets from ${offsets[0]} to ${offsets.at(-1)}.`;
}

function changeSentences(changes: readonly Change[]): string[] {
  const sentences: string[] = [];
  for (const word of ['REMOVED', 'ADDED', 'MOVED', 'RESIZED', 'RETYPED', 'BECAME'] as const) {
    const distinct = [...new Set(changes.filter(({ change }) => change === word).map(describeChange))];
    if (distinct.length > 0 && distinct.length <= 2) sentences.push(`It was ${listed(distinct)}.`);
    else if (distinct.length > 2) {
      sentences.push(`It was ${word.toLowerCase()} ${distinct.length} times from a kernel to the next: see below.`);
    }
  }
  return sentences;
}

function stillSentences(field: FieldOver, changes: readonly Change[], having: number): string[] {
  if (changes.some(({ change }) => change === 'MOVED') || having < 2) return [];
  const offsets = new Set(field.variants.map(({ bitOffset }) => bitOffset));
  return offsets.size === 1
    ? ['It never moved: nothing pushed it.']
    : [
        'It never moved from a kernel to the next of its series; architectures and flavours have it in different places.',
      ];
}

/** `task_struct.state was renamed to __state after 5.10 and by 6.1 (...)`: bounds by the kernels of the index. */
function renameSentence(struct: string, path: string, some: readonly Change[]): string {
  const away = some[0]!.after === null;
  const other = some[0]!.otherName;
  const last = some
    .flatMap(({ from }) => (from ? [kernelName(from.id).release] : []))
    .sort(compareReleases)
    .at(-1);
  const first = some.map(({ to }) => kernelName(to.id).release).sort(compareReleases)[0];
  const when =
    last === undefined || first === undefined
      ? ''
      : ` after ${minorOf(last)} and by ${minorOf(first)}: ${last} is the last here with the old name, ${first} the first with the new one`;
  return away
    ? `${struct}.${path} was renamed to ${other}${when}.`
    : `${struct}.${path} is the new name of ${other}, renamed${when}.`;
}
