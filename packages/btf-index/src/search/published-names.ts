// The names of a published file, each with what a hit says of it, in blobs that are small enough for one request:
//
//   - of each piece that many names have, those that come first: the answer for someone who types it
//   - of other pieces all names (see ../publish/pieces.ts): some piece is inside of whatever else someone types, and what is
//     typed after it reads nothing more
//   - all names by their first letters and length, and again by their last letters: for what is like a text, and where more
//     than the first are asked for
//   - the short names
//
// So whatever the text is, two or three requests tell what has it inside, and two more what is like it.

import { textOfBytes } from '../bytes.ts';
import { KIND_CODE } from '../query/declarations.ts';
import type { BtfIndex } from '../store/btf-index.ts';
import { publishedPart } from '../store/published-parts.ts';
import { byLength, decodeEntries, kindBits, type NameEntry } from './entries.ts';
import { alike, firstLetters, isShort, lastLetters } from './like.ts';
import type { FoundName, NameSource } from './name-source.ts';
import { decodePieces, type PieceTable, rarePieces } from './pieces.ts';

/** Tables of rows of `SLICE` bytes: one page each. A table of more has pages between its root and its rows. */
export const SLICE = 8_100;
export const ROWS_OF_TABLE = 1_000;

/** Where a blob lies in the bytes of all rows. */
export type Span = readonly [offset: number, length: number];

/** Names with the same letters at one end, of about the same length: where a blob of them begins. */
export type AlikeStart = readonly [letters: string, length: number];

/** Blobs of which each lies in a row of its own. */
export interface PageList {
  /** Offset of the first. */
  readonly at: number;
  readonly lengths: readonly number[];
}

/** What is where. */
export interface NameDirectory {
  /** How many names are listed as the first, of all and of each kind. */
  readonly top: { readonly all: number; readonly ofKind: number };
  /** With how many names each blob has. */
  readonly first: PageList & { readonly entries: readonly number[] };
  readonly begin: PageList & { readonly starts: readonly AlikeStart[] };
  readonly end: PageList & { readonly starts: readonly AlikeStart[] };
  readonly short: PageList;
  /** Blobs that follow each other, over rows. */
  readonly rare: { readonly at: number; readonly lengths: readonly number[] };
}

const MOST_BYTES = 1 << 24;

/** The table of a row. */
export function tableOfRow(row: number): string {
  return `published_names_${Math.floor(row / ROWS_OF_TABLE)}`;
}

const NAMES = Symbol('published names');

/** Undefined where the file was not published as it is, or by an older version. */
export function publishedNames(index: BtfIndex): NameSource | undefined {
  return index.cached(NAMES, () => {
    const directory = publishedPart(index, 'name-lists');
    const pieces = publishedPart(index, 'pieces');
    if (directory === undefined || pieces === undefined) return undefined;
    return new PublishedNames(index, JSON.parse(textOfBytes(directory)) as NameDirectory, decodePieces(pieces));
  });
}

class PublishedNames implements NameSource {
  private readonly index: BtfIndex;
  private readonly directory: NameDirectory;
  private readonly pieces: PieceTable;
  /** By frequent piece, the place of its first entry among those of all. */
  private readonly places = new Map<string, number>();
  private readonly blobs = new Map<number, readonly NameEntry[]>();
  private moduleList: readonly string[] | undefined;

  constructor(index: BtfIndex, directory: NameDirectory, pieces: PieceTable) {
    this.index = index;
    this.directory = directory;
    this.pieces = pieces;
    let place = 0;
    for (const [piece, count] of pieces.frequent) {
      this.places.set(piece, place);
      place += count;
    }
  }

  matching(lower: string, bits: number, limit: number): FoundName[] {
    const passes = (entry: NameEntry) => (kindBits(entry) & bits) !== 0 && entry.text.toLowerCase().includes(lower);
    const names = this.having(lower, bits, limit).filter(passes);
    return names.sort((a, b) => byLength(a.text, b.text)).map((entry) => this.found(entry));
  }

  likely(lower: string, bits: number, from: number, to: number): FoundName[] {
    const found = new Map<string, NameEntry>();
    for (const entry of this.mayBeLike(lower, from, to)) {
      const { length } = entry.text;
      const passes = length >= from && length <= to && (kindBits(entry) & bits) !== 0;
      if (passes && alike(entry.text.toLowerCase(), lower)) found.set(entry.text, entry);
    }
    return [...found.values()].map((entry) => this.found(entry));
  }

  /** Of the names that have a text inside all, or at least those of each kind that come first; and maybe others. */
  private having(lower: string, bits: number, limit: number): readonly NameEntry[] {
    const { first, rare, top } = this.directory;
    const place = this.places.get(lower);
    if (place !== undefined) {
      if (limit > (Object.values(KIND_CODE).every((kind) => (bits & (1 << kind)) !== 0) ? top.all : top.ofKind))
        return this.all();
      const count = this.pieces.frequent.get(lower)!;
      let [blob, before] = [0, 0];
      while (before + first.entries[blob]! <= place) before += first.entries[blob++]!;
      return this.blob(pageOf(first, blob)).slice(place - before, place - before + count);
    }
    const own = rarePieces(lower, this.pieces);
    if (own === undefined) return [];
    const spans = own.map((piece) => spanOf(rare, this.pieces.rare.get(piece)!));
    const there = spans.find(([at]) => this.blobs.has(at));
    return this.blob(there ?? spans.reduce((least, one) => (one[1] < least[1] ? one : least)));
  }

  private mayBeLike(lower: string, from: number, to: number): readonly NameEntry[] {
    const { begin, end, short } = this.directory;
    if (isShort(lower)) return short.lengths.flatMap((_, at) => this.blob(pageOf(short, at)));
    return [
      ...this.alike(begin, firstLetters(lower), from, to),
      ...this.alike(end, lastLetters(lower), from, to, backwards),
    ];
  }

  /** Names with these letters at one end that are so long, and others of the same blobs. */
  private alike(
    list: NameDirectory['begin'],
    letters: string,
    from: number,
    to: number,
    textOf?: (text: string) => string,
  ): readonly NameEntry[] {
    const { starts } = list;
    const before = starts.findLastIndex(([key, length]) => key < letters || (key === letters && length < from));
    const wanted: number[] = [];
    for (let at = Math.max(0, before); at < starts.length; at++) {
      const [key, length] = starts[at] as AlikeStart;
      if (key > letters || (key === letters && length > to)) break;
      wanted.push(at);
    }
    return this.run(list, wanted, textOf);
  }

  private all(): readonly NameEntry[] {
    const { begin } = this.directory;
    return this.run(
      begin,
      begin.lengths.map((_, at) => at),
    );
  }

  /** The entries of blobs that follow each other. */
  private run(list: NameDirectory['begin'], wanted: readonly number[], textOf?: (text: string) => string): NameEntry[] {
    return wanted.flatMap((at, i) => this.blob(pageOf(list, at), (wanted.length - i) * SLICE, textOf));
  }

  /** `ahead` is how many bytes from there on will be read. */
  private blob(span: Span, ahead = span[1], textOf = (text: string) => text): readonly NameEntry[] {
    const [at] = span;
    let entries = this.blobs.get(at);
    if (entries === undefined) {
      const bytes = this.index.codec.unzstd(this.bytes(span, ahead), MOST_BYTES);
      entries = decodeEntries(bytes).map((entry) => ({ ...entry, text: textOf(entry.text) }));
      this.blobs.set(at, entries);
    }
    return entries;
  }

  private bytes([offset, length]: Span, ahead: number): Uint8Array {
    const { index } = this;
    const firstRow = Math.floor(offset / SLICE);
    const lastRow = Math.floor((offset + length - 1) / SLICE);
    const rows = Math.floor((offset + Math.max(length, ahead) - 1) / SLICE) - firstRow + 1;
    const all = new Uint8Array((lastRow - firstRow + 1) * SLICE);
    return index.expecting(rows, () => {
      for (let row = firstRow; row <= lastRow; row++) {
        const [data] = index.statement(`SELECT data FROM ${tableOfRow(row)} WHERE part = ?`).get(row) as [Uint8Array];
        all.set(data, (row - firstRow) * SLICE);
      }
      return all.subarray(offset - firstRow * SLICE, offset - firstRow * SLICE + length);
    });
  }

  private found(entry: NameEntry): FoundName {
    return {
      text: entry.text,
      kinds: kindBits(entry),
      facts: (kind) => {
        const { variants, kernels, modules } = entry.facts.find((facts) => facts.kind === kind) ?? NOTHING;
        return { variants, kernels, modules: modules.map((module) => this.modules()[module]!) };
      },
    };
  }

  private modules(): readonly string[] {
    const blob = () => textOfBytes(publishedPart(this.index, 'name-modules') as Uint8Array);
    return (this.moduleList ??= JSON.parse(blob()) as string[]);
  }
}

const NOTHING = { variants: 0, kernels: 0, modules: [] };

function pageOf({ at, lengths }: PageList, which: number): Span {
  return [at + which * SLICE, lengths[which]!];
}

function spanOf({ at, lengths }: NameDirectory['rare'], which: number): Span {
  let offset = at;
  for (let i = 0; i < which; i++) offset += lengths[i]!;
  return [offset, lengths[which]!];
}

/** A text from its last character to its first; so written are names that are listed by their last letters. */
export function backwards(text: string): string {
  return [...text].reverse().join('');
}
