// Pieces of names: what finding a text inside of names rests on (../search/published-names.ts reads what is made here). A piece
// that many names have is *frequent*; of such, what comes first is all that is listed. A *rare* piece is not frequent, but all of
// it but a character at either end is: so whatever is not frequent has a rare piece inside, and is looked for among the names of
// that. Rare pieces have two to five characters mostly, and are some thousands however many names there are.

import { kindBits, type NameFacts } from '../search/entries.ts';

/** A frequent piece has more names than this: one in so many, within bounds. */
const ONE_IN = 300;
const FEWEST = 300;
const MOST = 2_000;

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
  /** The name that had it last. */
  last: number;
  count: number;
  /** Of a frequent one, counted from 1; 0 for a rare one. */
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
  const { starts, letters, kinds: letterKinds } = lettersOf(names);
  const bits = names.map(kindBits);
  // of each letter, the number of the frequent piece of the present length that begins there; 0 for none
  const begun = new Uint32Array(letters.length).fill(1);
  // of each letter, the candidate that begins there, counted from 1
  const begins = new Uint32Array(letters.length);
  const frequent: Candidate[] = [];
  const rare: Candidate[] = [];
  for (let length = 1, found = 1; found > 0; length++) {
    const candidates: Candidate[] = [];
    // by the frequent piece that it begins with, and the letter after it
    const known = new Uint32Array((found + 1) * letterKinds);
    for (let i = 0; i < names.length; i++) {
      const end = starts[i + 1]! - length;
      for (let at = starts[i]!; at <= end; at++) {
        begins[at] = 0;
        const before = begun[at]!;
        if (before === 0 || (length > 1 && begun[at + 1] === 0)) continue;
        const key = before * letterKinds + letters[at + length - 1]!;
        let which = known[key]!;
        if (which === 0) {
          const from = at - starts[i]!;
          const piece = (names[i] as PieceName).lower.slice(from, from + length);
          const kept = { number: 0, names: NONE, begin: [], inside: [], quotas: NO_QUOTAS };
          which = candidates.push({ piece, last: -1, count: 0, ...kept });
          known[key] = which;
        }
        begins[at] = which;
        const one = candidates[which - 1] as Candidate;
        if (one.last === i) continue;
        one.count++;
        one.last = i;
      }
    }
    found = 0;
    for (const one of candidates) {
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
    for (let i = 0; i < names.length; i++) {
      const start = starts[i]!;
      const stop = starts[i + 1]!;
      for (let at = start; at < stop; at++) {
        const which = at <= stop - length ? begins[at]! : 0;
        begun[at] = 0;
        if (which === 0) continue;
        const one = candidates[which - 1] as Candidate;
        begun[at] = one.number;
        if (one.last === i) continue;
        one.last = i;
        if (one.number === 0) one.names[one.count++] = i;
        else if (one.quotas[at === start ? 0 : 1].takes(bits[i]!)) (at === start ? one.begin : one.inside).push(i);
      }
    }
  }
  const first = ({ begin, inside }: Candidate) => {
    const quota = new Quota(top);
    return [...begin, ...inside].filter((i) => quota.takes(bits[i]!));
  };
  return {
    frequent: frequent.sort(byPiece).map((one) => ({ piece: one.piece, first: first(one) })),
    rare: rare.sort(byPiece).map(({ piece, names: own }) => ({ piece, names: own })),
  };
}

const NONE = new Uint32Array(0);

/** The letters of all names one after the other, by numbers from 0, and where each name begins. */
function lettersOf(names: readonly PieceName[]): { starts: Uint32Array; letters: Uint16Array; kinds: number } {
  const starts = new Uint32Array(names.length + 1);
  for (const [i, { lower }] of names.entries()) starts[i + 1] = starts[i]! + lower.length;
  const letters = new Uint16Array(starts[names.length]!);
  const numbers = new Int32Array(0x10000).fill(-1);
  let kinds = 0;
  for (let i = 0, at = 0; i < names.length; i++) {
    const { lower } = names[i] as PieceName;
    for (let j = 0; j < lower.length; j++) {
      const code = lower.charCodeAt(j);
      if (numbers[code]! < 0) numbers[code] = kinds++;
      letters[at++] = numbers[code]!;
    }
  }
  return { starts, letters, kinds };
}

function byPiece(a: Candidate, b: Candidate): number {
  return a.piece < b.piece ? -1 : a.piece > b.piece ? 1 : 0;
}

/** So many names, and of each kind. */
class Quota {
  private readonly ofKind: number;
  private readonly taken: number[] = [];
  /** Kinds of which there are enough, one bit each. */
  private full = 0;
  private left: number;

  constructor({ all, ofKind }: Top) {
    this.left = all;
    this.ofKind = ofKind;
  }

  /** Whether a name is one of the first, of all or of one of its kinds; it counts as one of all of them then. */
  takes(kinds: number): boolean {
    if (this.left <= 0 && (kinds & ~this.full) === 0) return false;
    this.left--;
    for (let rest = kinds; rest !== 0; rest &= rest - 1) {
      const kind = 31 - Math.clz32(rest & -rest);
      const count = (this.taken[kind] ?? 0) + 1;
      this.taken[kind] = count;
      if (count >= this.ofKind) this.full |= 1 << kind;
    }
    return true;
  }
}

const NOTHING = new Quota({ all: 0, ofKind: 0 });
const NO_QUOTAS = [NOTHING, NOTHING] as const;
