// Pieces of names: what finding a text inside of names rests on (../search/published-names.ts reads what is made here). A piece
// that many names have is *frequent*; of such, what comes first is all that is listed. A *rare* piece is not frequent, but all of
// it but a character at either end is: so whatever is not frequent has a rare piece inside, and is looked for among the names of
// that. Rare pieces have two to five characters mostly, and are some thousands however many names there are.

import type { NameFacts } from '../search/entries.ts';

/** A frequent piece has more names than this: one in so many, within bounds. */
const ONE_IN = 300;
const FEWEST = 300;
const MOST = 2_000;
/** Names in a list that rare pieces share: its bytes come in one request. */
const MOST_NAMES = 2_700;

/** A name in lower case, and the kinds that it is declared as. */
export interface PieceName {
  readonly lower: string;
  readonly facts: readonly Pick<NameFacts, 'kind'>[];
}

/** Pieces in their order; names are places in the list that was given. */
export interface Pieces {
  /** With the names that come first, of all and of each kind: those that begin with the piece, then others, in the order that was given. */
  readonly frequent: readonly { readonly piece: string; readonly first: readonly number[] }[];
  /** With all names that have them, ascending. */
  readonly rare: readonly { readonly piece: string; readonly names: Uint32Array }[];
}

interface Candidate {
  readonly piece: string;
  count: number;
  last: number;
  /** Of a frequent one, counted from 1. */
  number: number;
  names: Uint32Array;
  readonly begin: number[];
  readonly inside: number[];
  quotas: readonly [Quota, Quota];
}

/** How many come first: of all names, and of those of a kind. */
export interface Top {
  readonly all: number;
  readonly ofKind: number;
}

/** Pieces of names, which come in the order in which a search lists them. */
export function piecesOf(names: readonly PieceName[], top: Top): Pieces {
  const many = Math.min(MOST, Math.max(FEWEST, Math.round(names.length / ONE_IN)));
  const starts = new Uint32Array(names.length + 1);
  for (const [i, { lower }] of names.entries()) starts[i + 1] = starts[i]! + lower.length;
  // of each character, the number of the frequent piece of the present length that begins there; 0 for none
  let begun = new Uint32Array(starts[names.length]!).fill(1);
  const frequent: Candidate[] = [];
  const rare: Candidate[] = [];
  for (let length = 1, found = 1; found > 0; length++) {
    const candidates = new Map<number, Candidate>();
    const visit = (see: (key: number, name: number, at: number) => void) => {
      for (const [i, { lower }] of names.entries()) {
        const from = starts[i]!;
        for (let at = 0; at + length <= lower.length; at++) {
          const before = begun[from + at]!;
          if (before === 0 || (length > 1 && begun[from + at + 1] === 0)) continue;
          see(before * 0x10000 + lower.charCodeAt(at + length - 1), i, at);
        }
      }
    };
    visit((key, i, at) => {
      const known = candidates.get(key);
      if (known === undefined) {
        const piece = (names[i] as PieceName).lower.slice(at, at + length);
        const kept = { number: 0, names: NONE, begin: [], inside: [], quotas: NO_QUOTAS };
        candidates.set(key, { piece, count: 1, last: i, ...kept });
      } else if (known.last !== i) {
        known.count++;
        known.last = i;
      }
    });
    found = 0;
    for (const one of candidates.values()) {
      one.last = -1;
      if (one.count > many) {
        one.number = ++found;
        one.quotas = [new Quota(top), new Quota(top)];
        frequent.push(one);
      } else {
        one.names = new Uint32Array(one.count);
        one.count = 0;
        rare.push(one);
      }
    }
    const next = new Uint32Array(begun.length);
    visit((key, i, at) => {
      const one = candidates.get(key) as Candidate;
      if (one.number > 0) next[starts[i]! + at] = one.number;
      if (one.last === i) return;
      one.last = i;
      if (one.number === 0) one.names[one.count++] = i;
      else if (one.quotas[at === 0 ? 0 : 1].takes((names[i] as PieceName).facts)) {
        (at === 0 ? one.begin : one.inside).push(i);
      }
    });
    begun = next;
  }
  const first = ({ begin, inside }: Candidate) => {
    const quota = new Quota(top);
    return [...begin, ...inside].filter((i) => quota.takes((names[i] as PieceName).facts));
  };
  return {
    frequent: frequent.sort(byPiece).map((one) => ({ piece: one.piece, first: first(one) })),
    rare: rare.sort(byPiece).map(({ piece, names: own }) => ({ piece, names: own })),
  };
}

const NONE = new Uint32Array(0);

function byPiece(a: Candidate, b: Candidate): number {
  return a.piece < b.piece ? -1 : a.piece > b.piece ? 1 : 0;
}

/** So many names, and of each kind. */
class Quota {
  private readonly ofKind: number;
  private readonly taken = new Map<number, number>();
  private left: number;

  constructor({ all, ofKind }: Top) {
    this.left = all;
    this.ofKind = ofKind;
  }

  /** Whether a name is one of the first, of all or of one of its kinds; it counts as one of all of them then. */
  takes(facts: PieceName['facts']): boolean {
    const { ofKind, taken } = this;
    if (this.left <= 0 && facts.every(({ kind }) => (taken.get(kind) ?? 0) >= ofKind)) return false;
    this.left--;
    for (const { kind } of facts) taken.set(kind, (taken.get(kind) ?? 0) + 1);
    return true;
  }
}

const NOTHING = new Quota({ all: 0, ofKind: 0 });
const NO_QUOTAS = [NOTHING, NOTHING] as const;

/** Lists that rare pieces share: the names of each, ascending, and by piece the list that has its names. */
export interface SharedLists {
  readonly lists: readonly Uint32Array[];
  readonly ofPiece: readonly number[];
}

/** Of two pieces that share a list, so many of the names of one have the other as well: one in these. */
const TOGETHER = 10;

/** Puts pieces together that the same names have, the most alike first, and then small lists of neighbouring pieces. */
export function shareLists(rare: Pieces['rare'], nameCount: number): SharedLists {
  const sets: (Uint32Array | undefined)[] = rare.map(({ names }) => names);
  const joined = rare.map((_, i) => i);
  const listOf = (i: number): number => {
    let at = i;
    while (joined[at] !== at) at = joined[at] = joined[joined[at]!]!;
    return at;
  };
  const join = (a: number, b: number, union: Uint32Array) => {
    const [low, high] = a < b ? [a, b] : [b, a];
    joined[high] = low;
    sets[low] = union;
    sets[high] = undefined;
  };
  for (const [a, b] of oftenTogether(rare, nameCount)) {
    const [x, y] = [listOf(a), listOf(b)];
    if (x === y) continue;
    const [one, other] = [sets[x] as Uint32Array, sets[y] as Uint32Array];
    if (Math.max(one.length, other.length) > MOST_NAMES) continue;
    const both = countOfBoth(one, other);
    const fits = one.length + other.length - both <= MOST_NAMES;
    if (fits && both * TOGETHER > Math.min(one.length, other.length)) join(x, y, unionOf(one, other));
  }
  let before: number | undefined;
  for (const [i, set] of sets.entries()) {
    if (set === undefined) continue;
    const union = before === undefined ? set : unionOf(sets[before] as Uint32Array, set);
    if (before === undefined || union.length > MOST_NAMES) before = i;
    else join(before, i, union);
  }
  const numbers = new Map<number, number>();
  for (const [i, set] of sets.entries()) if (set !== undefined) numbers.set(i, numbers.size);
  return {
    lists: sets.filter((set) => set !== undefined),
    ofPiece: rare.map((_, i) => numbers.get(listOf(i)) as number),
  };
}

/** Pairs of pieces of the same names, those first that are the most alike. */
function oftenTogether(rare: Pieces['rare'], nameCount: number): [a: number, b: number][] {
  const ofName: number[][] = Array.from({ length: nameCount }, () => []);
  for (const [i, { names }] of rare.entries()) for (const name of names) (ofName[name] as number[]).push(i);
  const size = (i: number) => (rare[i] as Pieces['rare'][number]).names.length;
  const found: { key: number; part: number }[] = [];
  // pieces are taken in their order, so that of each name those before the present one are passed over
  const passed = new Uint32Array(nameCount);
  const counts = new Uint32Array(rare.length);
  for (const [a, { names }] of rare.entries()) {
    const others: number[] = [];
    for (const name of names) {
      const own = ofName[name] as number[];
      passed[name]!++;
      for (let j = passed[name]!; j < own.length; j++) {
        const other = own[j]!;
        if (counts[other]!++ === 0) others.push(other);
      }
    }
    for (const other of others) {
      const part = counts[other]! / Math.min(size(a), size(other));
      if (part * TOGETHER >= 1) found.push({ key: a * rare.length + other, part });
      counts[other] = 0;
    }
  }
  found.sort((x, y) => y.part - x.part || x.key - y.key);
  return found.map(({ key }) => [Math.floor(key / rare.length), key % rare.length]);
}

/** How many of ascending numbers are in both lists. */
function countOfBoth(a: Uint32Array, b: Uint32Array): number {
  let [i, j, both] = [0, 0, 0];
  while (i < a.length && j < b.length) {
    const [x, y] = [a[i]!, b[j]!];
    if (x === y) both++;
    if (x <= y) i++;
    if (y <= x) j++;
  }
  return both;
}

function unionOf(a: Uint32Array, b: Uint32Array): Uint32Array {
  const union = new Uint32Array(a.length + b.length);
  let [i, j, length] = [0, 0, 0];
  while (i < a.length && j < b.length) {
    const [x, y] = [a[i]!, b[j]!];
    union[length++] = Math.min(x, y);
    if (x <= y) i++;
    if (y <= x) j++;
  }
  while (i < a.length) union[length++] = a[i++]!;
  while (j < b.length) union[length++] = b[j++]!;
  return union.slice(0, length);
}
