// The names of a published file in parts: see search/published-names.ts, which reads them.

import { byLength, encodeEntries, type NameEntry, type NameFacts } from '../search/entries.ts';
import { firstLetters, lastLetters, LONGEST_LIKE_SHORT } from '../search/like.ts';
import { kindsIn, localNames } from '../search/local-names.ts';
import { encodePieces } from '../search/pieces.ts';
import { type AlikeStart, backwards, type NameDirectory, SLICE } from '../search/published-names.ts';
import type { BtfIndex } from '../store/btf-index.ts';
import { BEST_LEVEL, pack } from './pack.ts';
import { piecesOf, shareLists } from './pieces.ts';

/** Packed bytes of a blob in a row of its own. */
const BLOB_BYTES = SLICE;
/** Names that come first: as many as are asked for where nobody says how many, and of each kind more than 'did you mean' needs. */
const TOP = { all: 20, ofKind: 6 };
/** Parts names from each other. */
const RESERVED = '\n';

/** All of it, packed. */
export interface NameTables {
  readonly directory: Uint8Array;
  readonly pieces: Uint8Array;
  readonly modules: Uint8Array;
  /** The bytes of all blobs, by rows. */
  readonly rows: readonly Uint8Array[];
}

export function nameTables(index: BtfIndex): NameTables {
  const { entries, modules } = allNames(index);
  const { frequent, rare } = piecesOf(entries, TOP);
  const { lists, ofPiece } = shareLists(rare, entries.length);
  const named = (some: Iterable<number>) => Array.from(some, (i) => entries[i] as Named).sort(byText);
  const blobs: Uint8Array[] = [];
  let size = 0;
  const put = (made: readonly Uint8Array[], inRows = true) => {
    const at = size;
    for (const blob of made) {
      const padding = inRows ? SLICE - blob.length : 0;
      size += blob.length + padding;
      blobs.push(blob, new Uint8Array(padding));
    }
    return { at, lengths: made.map(({ length }) => length) };
  };
  const first = [
    ...parts(
      frequent.map((piece) => named(piece.first)),
      (some) => encodeEntries(some.flat()),
    ),
  ];
  const firstEntries = first.map(({ from, to }) =>
    frequent.slice(from, to).reduce((sum, one) => sum + one.first.length, 0),
  );
  const begin = alikeParts(entries, ({ lower }) => firstLetters(lower));
  const end = alikeParts(
    entries.map((entry) => ({ ...entry, text: backwards(entry.text) })),
    ({ lower }) => lastLetters(lower),
  );
  const short = entries.filter(({ text }) => text.length <= LONGEST_LIKE_SHORT).sort(byText);
  const directory: NameDirectory = {
    top: TOP,
    first: { ...put(first.map(({ data }) => data)), entries: firstEntries },
    begin: { ...put(begin.blobs), starts: begin.starts },
    end: { ...put(end.blobs), starts: end.starts },
    short: put([...parts(short, encodeEntries)].map(({ data }) => data)),
    rare: put(
      lists.map((list) => pack(encodeEntries(named(list)), BEST_LEVEL)),
      false,
    ),
  };
  const table = {
    frequent: new Map(frequent.map((one) => [one.piece, one.first.length])),
    rare: new Map(rare.map(({ piece }, i) => [piece, ofPiece[i]!])),
  };
  const all = Buffer.concat(blobs);
  return {
    directory: pack(Buffer.from(JSON.stringify(directory)), BEST_LEVEL),
    pieces: pack(encodePieces(table), BEST_LEVEL),
    modules: pack(Buffer.from(JSON.stringify(modules))),
    rows: Array.from({ length: Math.ceil(all.length / SLICE) }, (_, i) => all.subarray(i * SLICE, (i + 1) * SLICE)),
  };
}

interface Named extends NameEntry {
  readonly lower: string;
}

/** Every name with what a hit says of it, in the order of searches. */
function allNames(index: BtfIndex): { entries: Named[]; modules: string[] } {
  const local = localNames(index);
  const modules = new Map<string, number>();
  const found = local.texts.flatMap((text, place) => {
    if (text.includes(RESERVED)) return [];
    const name = local.at(place);
    const facts = [...kindsIn(name.kinds)].map((kind) => ({ kind, ...name.facts(kind) }));
    for (const module of facts.flatMap((one) => one.modules)) modules.set(module, 0);
    return [{ text, lower: text.toLowerCase(), facts }];
  });
  const names = [...modules.keys()].sort();
  names.forEach((module, i) => void modules.set(module, i));
  const entries = found.map(({ text, lower, facts }): Named => {
    const numbered = facts.map((one): NameFacts => {
      return { ...one, modules: one.modules.map((module) => modules.get(module)!).sort((a, b) => a - b) };
    });
    return { text, lower, facts: numbered };
  });
  entries.sort((a, b) => byLength(a.text, b.text));
  return { entries, modules: names };
}

/** Cuts a list where what is packed so far fills a blob; as one blob packs, the next is expected to. */
function* parts<T>(
  list: T[],
  encode: (some: T[]) => Uint8Array,
): Generator<{ from: number; to: number; data: Uint8Array }> {
  let count = 800;
  for (let from = 0; from < list.length; ) {
    let to = Math.min(list.length, from + count);
    let data = pack(encode(list.slice(from, to)));
    for (let tries = 0; data.length > BLOB_BYTES && to - from > 1 && tries < 8; tries++) {
      to = from + Math.max(1, Math.floor(((to - from) * BLOB_BYTES * 0.97) / data.length));
      data = pack(encode(list.slice(from, to)));
    }
    yield { from, to, data };
    count = Math.max(1, Math.floor(((to - from) * BLOB_BYTES) / data.length));
    from = to;
  }
}

/** Names by their letters at one end and by length. */
function alikeParts(
  entries: readonly Named[],
  lettersOf: (entry: Named) => string,
): { starts: AlikeStart[]; blobs: Uint8Array[] } {
  const keyed = entries.map((entry) => ({ entry, letters: lettersOf(entry), length: entry.text.length }));
  keyed.sort((a, b) => compare(a.letters, b.letters) || a.length - b.length || byText(a.entry, b.entry));
  const made = [...parts(keyed, (some) => encodeEntries(some.map(({ entry }) => entry)))];
  const starts = made.map(({ from }): AlikeStart => {
    const { letters, length } = keyed[from] as (typeof keyed)[number];
    return [letters, length];
  });
  return { starts, blobs: made.map(({ data }) => data) };
}

function byText(a: NameEntry, b: NameEntry): number {
  return compare(a.text, b.text);
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
