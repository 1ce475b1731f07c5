// The names of a published file in parts: see search/published-names.ts, which reads them.

import { byLength, encodeEntries, type NameEntry, type NameFacts } from '../search/entries.ts';
import { firstLetters, lastLetters, LONGEST_LIKE_SHORT } from '../search/like.ts';
import { factsOfSets, NAMED_KINDS } from '../search/local-names.ts';
import type { FoundFacts } from '../search/name-source.ts';
import { encodePieces } from '../search/pieces.ts';
import { type AlikeStart, backwards, type NameDirectory, SLICE } from '../search/published-names.ts';
import type { BtfIndex } from '../store/btf-index.ts';
import { rowsOf } from '../store/row-cache.ts';
import { BEST_LEVEL, pack } from './pack.ts';
import { piecesOf } from './pieces.ts';
import { shareLists } from './shared-lists.ts';

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
  const sorted = [...entries].sort(byText);
  const ranks = new Map(sorted.map((entry, rank) => [entry, rank]));
  const rankOf = Uint32Array.from(entries, (entry) => ranks.get(entry)!);
  const named = (some: ArrayLike<number>) =>
    Array.from(Uint32Array.from(some, (i) => rankOf[i]!).sort(), (rank) => sorted[rank] as Named);
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
  const short = sorted.filter(({ text }) => text.length <= LONGEST_LIKE_SHORT);
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
  const found = factsOfNames(index);
  const modules = new Map<string, number>();
  for (const module of new Set(found.flatMap(({ facts }) => facts.flatMap((one) => one.modules))))
    modules.set(module, 0);
  const names = [...modules.keys()].sort();
  names.forEach((module, i) => void modules.set(module, i));
  const numbered = new Map<readonly string[], number[]>();
  const numbersOf = (some: readonly string[]) => {
    let numbers = numbered.get(some);
    if (numbers === undefined) {
      numbers = some.map((module) => modules.get(module)!).sort((a, b) => a - b);
      numbered.set(some, numbers);
    }
    return numbers;
  };
  found.sort((a, b) => byLength(a.text, b.text));
  const entries = found.map(({ text, facts }, _rank): Named => {
    const own = facts.map((one): NameFacts => ({ ...one, modules: numbersOf(one.modules) }));
    return { text, lower: text.toLowerCase(), facts: own };
  });
  return { entries, modules: names };
}

interface FoundEntry {
  readonly text: string;
  readonly facts: ({ readonly kind: number } & FoundFacts)[];
}

/** Every name with what a hit says of it, by kind; what is said of the same sets of declarations is worked out once. */
function factsOfNames(index: BtfIndex): FoundEntry[] {
  const rows = rowsOf(index);
  const declared = index
    .statement(
      `SELECT d.name, n.text, d.kind, d.declaration_set FROM declaration d JOIN name n ON n.id = d.name
         WHERE d.kind IN (${NAMED_KINDS.join()}) ORDER BY d.name, d.kind, d.id`,
    )
    .all() as [name: number, text: string, kind: number, set: number][];
  rows.loadSets(declared.map(([, , , set]) => set));
  const known = new Map<string, FoundFacts>();
  const factsOf = (sets: readonly number[]) => {
    const key = sets.join();
    let facts = known.get(key);
    if (facts === undefined) known.set(key, (facts = factsOfSets(index, rows, sets)));
    return facts;
  };
  const found: FoundEntry[] = [];
  for (let from = 0, last = -1; from < declared.length; ) {
    const [name, text, kind] = declared[from] as (typeof declared)[number];
    const sets: number[] = [];
    for (; declared[from]?.[0] === name && declared[from]?.[2] === kind; from++) sets.push(declared[from]![3]);
    if (text.includes(RESERVED)) continue;
    if (name !== last) found.push({ text, facts: [] });
    found.at(-1)?.facts.push({ kind, ...factsOf(sets) });
    last = name;
  }
  return found;
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
