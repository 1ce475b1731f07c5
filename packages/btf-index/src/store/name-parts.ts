// The names of a published file in parts: sorted by their lower case, some hundreds to a part, each with what a hit of a
// search says of it. A list of the parts' first names says where to look.

import { bytesOfText, textOfBytes } from '../bytes.ts';
import type { BtfIndex } from './btf-index.ts';
import { namesPart, publishedPart } from './published-parts.ts';

/** Of a name as one kind: how many distinct declarations, in how many kernels, and in which modules. */
export type NameFacts = readonly [kind: number, variants: number, kernels: number, modules: readonly string[]];

/** A name of declarations. */
export interface NameEntry {
  readonly text: string;
  readonly facts: readonly NameFacts[];
}

/** Names to a part: a part takes about as much as a request brings anyway. */
const PART = 2048;

/** The parts of a file's names. */
export interface NameParts {
  /** Names whose lower case begins so. */
  beginning(lower: string): readonly NameEntry[];
  all(): readonly NameEntry[];
}

const PARTS = Symbol('name parts');

/** Undefined where the file was not published as it is. */
export function nameParts(index: BtfIndex): NameParts | undefined {
  return index.cached(PARTS, () => {
    const list = publishedPart(index, 'names');
    if (list === undefined) return undefined;
    const firsts = JSON.parse(textOfBytes(list)) as string[];
    const known = new Map<number, readonly NameEntry[]>();
    const part = (at: number): readonly NameEntry[] => {
      let entries = known.get(at);
      if (entries === undefined) {
        entries = decodePart(namesPart(index, at));
        known.set(at, entries);
      }
      return entries;
    };
    return {
      beginning(lower) {
        const found: NameEntry[] = [];
        let at = firsts.findLastIndex((first) => first < lower);
        for (at = Math.max(at, 0); at < firsts.length; at++) {
          const first = firsts[at] as string;
          if (first > lower && !first.startsWith(lower)) break;
          found.push(...part(at).filter(({ text }) => text.toLowerCase().startsWith(lower)));
        }
        return found;
      },
      all: () => firsts.flatMap((_, at) => part(at)),
    };
  });
}

/** The list of parts, and the parts in order. */
export function encodeNames(entries: readonly NameEntry[]): { list: Uint8Array; parts: Uint8Array[] } {
  const sorted = entries
    .map((entry) => ({ entry, lower: entry.text.toLowerCase() }))
    .sort((a, b) => (a.lower < b.lower ? -1 : a.lower > b.lower ? 1 : a.entry.text < b.entry.text ? -1 : 1));
  const firsts: string[] = [];
  const parts: Uint8Array[] = [];
  for (let at = 0; at < sorted.length; at += PART) {
    const some = sorted.slice(at, at + PART);
    parts.push(encodePart(some.map(({ entry }) => entry)));
    firsts.push(some[0]?.lower ?? '');
  }
  return { list: bytesOfText(JSON.stringify(firsts)), parts };
}

/** Columns: what packs well, as JSON. */
function encodePart(entries: readonly NameEntry[]): Uint8Array {
  return bytesOfText(JSON.stringify([entries.map(({ text }) => text), entries.map(({ facts }) => facts)]));
}

function decodePart(bytes: Uint8Array): NameEntry[] {
  const [texts, facts] = JSON.parse(textOfBytes(bytes)) as [string[], NameFacts[][]];
  return texts.map((text, i) => ({ text, facts: facts[i] as NameFacts[] }));
}
