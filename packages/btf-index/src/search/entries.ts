// Names with what a hit of a search says of them, packed in columns: alike as neighbours are, they compress well.

import { bytesOfText, textOfBytes } from '../bytes.ts';
import { VarintReader, VarintWriter } from '../varints.ts';

/** Of a name as one kind: distinct declarations, kernels, and modules by their place in the list of modules. */
export interface NameFacts {
  /** `declaration.kind`. */
  readonly kind: number;
  readonly variants: number;
  readonly kernels: number;
  readonly modules: readonly number[];
}

/** A name of declarations. */
export interface NameEntry {
  readonly text: string;
  readonly facts: readonly NameFacts[];
}

/** One bit for each kind that the name is declared as. */
export function kindBits({ facts }: NameEntry): number {
  return facts.reduce((bits, { kind }) => bits | (1 << kind), 0);
}

/** Shorter names first; the order of search within a rank. */
export function byLength(a: string, b: string): number {
  return a.length - b.length || (a < b ? -1 : a > b ? 1 : 0);
}

/** `textOf` may write a name otherwise than it is, where the reader knows how to undo it. */
export function encodeEntries(
  entries: readonly NameEntry[],
  textOf = (entry: NameEntry, _at: number) => entry.text,
): Uint8Array {
  const out = new VarintWriter(entries.length * 24 + 64);
  const facts = entries.flatMap((entry) => entry.facts);
  out.add(entries.length);
  for (const entry of entries) out.add(entry.facts.length);
  for (const { kind } of facts) out.add(kind);
  for (const { variants } of facts) out.add(variants);
  for (const { kernels } of facts) out.add(kernels);
  for (const { modules } of facts) out.add(modules.length);
  for (const { modules } of facts) {
    for (const [i, module] of modules.entries()) out.add(module - (modules[i - 1] ?? 0));
  }
  out.addBytes(bytesOfText(entries.map((entry, i) => textOf(entry, i)).join('\n')));
  return out.finish();
}

/** Throws RangeError. */
export function decodeEntries(bytes: Uint8Array): NameEntry[] {
  const input = new VarintReader(bytes);
  const column = (length: number) => {
    if (length > bytes.length) throw new RangeError('there are more names than bytes');
    return Array.from({ length }, () => input.next());
  };
  const counts = column(input.next());
  const total = counts.reduce((sum, count) => sum + count, 0);
  const [kinds, variants, kernels, moduleCounts] = [column(total), column(total), column(total), column(total)];
  const modules = moduleCounts.map((count) => {
    let last = 0;
    return column(count).map((difference) => (last += difference));
  });
  const texts = textOfBytes(input.nextBytes(bytes.length - input.at)).split('\n');
  let at = 0;
  return counts.map((count, i) => {
    const facts: NameFacts[] = [];
    for (const end = at + count; at < end; at++) {
      facts.push({
        kind: kinds[at] as number,
        variants: variants[at] as number,
        kernels: kernels[at] as number,
        modules: modules[at] as number[],
      });
    }
    return { text: texts[i] as string, facts };
  });
}

/** Entries of one key: of a word, or of a place of words. */
export interface EntryGroup {
  readonly key: string;
  readonly entries: readonly NameEntry[];
}

/** Stands for a group's word in its names. */
export const WORD_MARK = '\u0001';

/** Groups in one blob. `wordOf` gives a key's word, which names are written without. */
export function encodeGroups(groups: readonly EntryGroup[], wordOf: (key: string) => string): Uint8Array {
  const out = new VarintWriter(groups.length * 8 + 64);
  const keys = bytesOfText(groups.map(({ key }) => key).join('\n'));
  out.add(groups.length);
  for (const { entries } of groups) out.add(entries.length);
  out.add(keys.length);
  out.addBytes(keys);
  const words = groups.flatMap(({ key, entries }) => entries.map(() => wordOf(key)));
  out.addBytes(
    encodeEntries(
      groups.flatMap(({ entries }) => entries),
      ({ text }, i) => text.replace(words[i] as string, WORD_MARK),
    ),
  );
  return out.finish();
}

/** Throws RangeError. */
export function decodeGroups(bytes: Uint8Array, wordOf: (key: string) => string): EntryGroup[] {
  const input = new VarintReader(bytes);
  const count = input.next();
  if (count > bytes.length) throw new RangeError('there are more groups than bytes');
  const counts = Array.from({ length: count }, () => input.next());
  const keys = textOfBytes(input.nextBytes(input.next())).split('\n');
  const entries = decodeEntries(input.nextBytes(bytes.length - input.at));
  let at = 0;
  return counts.map((length, i) => {
    const key = keys[i] as string;
    const word = wordOf(key);
    const own = entries.slice(at, (at += length));
    return { key, entries: own.map((entry) => ({ ...entry, text: entry.text.replace(WORD_MARK, word) })) };
  });
}
