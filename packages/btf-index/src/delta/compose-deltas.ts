// The bytes of a BTF from a chain of deltas, its words copied once: what all deltas do to the base's ids and strings is worked out first, by runs. Types
// that a delta brings or corrects are moved one by one, for there are few; all others are copied from the base into the result.
//
// What comes out is what `decodeDelta` makes of one delta after the other. Chains for which that is not plain are left to it.

import { hostLittleEndian } from '@btfq/btf-format';
import type { Codec } from '../codec/codec.ts';
import { decodeDelta, type DeltaParts, openDelta, readPairs } from './btf-delta.ts';
import { RunReader } from './delta-runs.ts';
import type { RawBtf } from './delta-side.ts';
import { stringStarts } from './delta-strings.ts';
import { ColumnReader, copyTypes, movedRecord, signedRecords } from './delta-types.ts';
import { MovedIds } from './moved-ids.ts';
import { Items, Pieces } from './pieces.ts';
import { begunAt, joinedMoves, type MovedStrings, ordered, StringMap } from './string-map.ts';

/** A delta with more bytes than this is undone by itself: it has so many runs that a table is faster. */
const MOST_BYTES = 32 * 1024;

/**
 * Undoes deltas, the first of which is told from `base`. undefined where each has to be undone by itself. Throws as `decodeDelta` where one is damaged.
 */
export function decodeDeltas(base: RawBtf, deltas: readonly Uint8Array[], codec: Codec): RawBtf | undefined {
  let raw: RawBtf | undefined = base;
  let from = 0;
  deltas.forEach((data, i) => {
    if (raw === undefined || (data.length <= MOST_BYTES && i < deltas.length - 1)) return;
    const alone = data.length > MOST_BYTES;
    raw = composed(raw, deltas.slice(from, alone ? i : i + 1), codec);
    if (alone) raw &&= decodeDelta(raw, data, codec);
    from = i + 1;
  });
  return raw;
}

function composed(base: RawBtf, deltas: readonly Uint8Array[], codec: Codec): RawBtf | undefined {
  if (deltas.length === 0) return base;
  if (deltas.length === 1) return decodeDelta(base, deltas[0]!, codec);
  const chain = new Chain(base);
  let parts: DeltaParts | undefined;
  for (const data of deltas) if (!chain.add((parts = openDelta(data, codec)))) return undefined;
  return chain.whole(parts as DeltaParts);
}

/** How a delta moves ids and strings. */
interface Moves {
  readonly ids: MovedIds;
  readonly strings: MovedStrings;
}

/** A type that a delta brought or corrected: its words in the content that so many deltas make. */
interface Brought {
  readonly words: Uint32Array;
  readonly deltas: number;
}

class Chain {
  private readonly base: RawBtf;
  private readonly section: Uint8Array;
  /** Strings that deltas brought. */
  private readonly texts: Buffer[] = [];
  private types: Pieces;
  /** Of the base and of all contents behind it. */
  private readonly strings: Pieces[];
  private readonly records: Brought[] = [];
  private readonly moves: Moves[] = [];

  constructor(base: RawBtf) {
    const { bytes, header, starts } = base;
    this.base = base;
    this.section = bytes.subarray(header.strOff, header.strOff + header.strLen);
    this.types = new Pieces(new Items(starts));
    this.types.add(0, starts.length - 1);
    const strings = new Pieces(new Items(base.stringStarts ?? stringStarts(this.section)));
    strings.add(0, strings.items.own);
    this.strings = [strings];
  }

  /** False where the deltas are better undone one by one. */
  add(parts: DeltaParts): boolean {
    const strings = this.readStrings(parts);
    if (strings === undefined) return false;
    const runs = this.readTypes(parts);
    const pairs: number[] = [];
    readPairs(parts.stream('pairs'), (number, from) => pairs.push(number, from));
    const ids = MovedIds.of(this.types.count, runs.copied, pairs);
    if (ids === undefined) return false;
    this.moves.push({ ids, strings });
    this.types = this.corrected(parts, runs.types);
    return true;
  }

  /** Where strings are moved to; undefined where one stands in two places, or '' does not stay where it is. */
  private readStrings({ header, stream }: DeltaParts): MovedStrings | undefined {
    const before = this.strings.at(-1)!;
    const now = new Pieces(before.items);
    const moved: MovedStrings = { from: [], end: [], shift: [] };
    const [input, text] = [stream('strings'), stream('text')];
    const runs = new RunReader(input);
    while (runs.next(before.count)) {
      const { from, length } = runs;
      if (from < 0) {
        const added = text.nextBytes(input.next());
        const starts = stringStarts(added);
        if (starts.length - 1 !== length) return undefined;
        const first = now.items.next;
        for (let i = 0; i < length; i++) now.items.add(starts[i + 1]! - starts[i]!);
        this.texts.push(Buffer.from(added.buffer, added.byteOffset, added.length));
        now.add(first, length);
        continue;
      }
      const at = before.start(from);
      moved.from.push(at);
      moved.end.push(before.start(from + length));
      moved.shift.push(now.end - at);
      before.copy(from, length, now);
    }
    if (now.end !== header.strLen) throw new RangeError('the strings do not fill their section');
    this.strings.push(now);
    const inOrder = ordered(moved);
    return inOrder !== undefined && (inOrder.from[0] !== 0 || inOrder.shift[0] === 0) ? inOrder : undefined;
  }

  private readTypes({ header, stream }: DeltaParts) {
    const before = this.types;
    const types = new Pieces(before.items);
    const copied: { from: number; to: number; length: number }[] = [];
    const added: { at: number; length: number }[] = [];
    const runs = new RunReader(stream('types'));
    let fresh = header.typeLen / 4;
    let count = 0;
    while (runs.next(before.count)) {
      const { from, length } = runs;
      if (from < 0) added.push({ at: copied.length, length });
      else {
        copied.push({ from, to: count, length });
        fresh -= before.start(from + length) - before.start(from);
      }
      count += length;
    }
    if (fresh < 0 || count > header.typeLen / 12) throw new RangeError('the types do not fill their section');
    const words = new Uint32Array(fresh);
    const columns = new ColumnReader(stream('infos'), stream('names'), stream('refs'), stream('rest'));
    let at = 0;
    let next = 0;
    for (let r = 0; r <= copied.length; r++) {
      for (; added[next]?.at === r; next++) {
        const first = types.items.next;
        for (let i = 0; i < added[next]!.length; i++) {
          const end = columns.read(words, at, types.count + i + 1);
          this.addRecord(words.subarray(at, end), this.moves.length + 1);
          at = end;
        }
        types.add(first, added[next]!.length);
      }
      const run = copied[r];
      if (run !== undefined) before.copy(run.from, run.length, types);
    }
    if (types.end * 4 !== header.typeLen) throw new RangeError('the types do not fill their section');
    return { types, copied };
  }

  private addRecord(words: Uint32Array, deltas: number): number {
    const { items } = this.types;
    const item = items.next;
    items.add(words.length);
    this.records.push({ words, deltas });
    return item;
  }

  /** The types with those corrected whose words copying gets wrong. */
  private corrected({ stream }: DeltaParts, types: Pieces): Pieces {
    const fixes = stream('fixes');
    const others: { number: number; item: number }[] = [];
    let stop = -1;
    let start = 0;
    let words: Uint32Array = new Uint32Array(0);
    for (let w = 0; !fixes.done; ) {
      w += fixes.next();
      if (w >= types.end) throw new RangeError('a correction lies outside the types');
      if (w >= stop) {
        const number = types.numberAt(w);
        start = types.start(number);
        words = this.wordsOf(types.itemOf(number), this.moves.length);
        stop = start + words.length;
        others.push({ number, item: this.addRecord(words, this.moves.length) });
      }
      words[w - start] = words[w - start]! + fixes.nextSigned();
    }
    return types.replaced(others);
  }

  /** The words of an item in the content that so many deltas make, for the caller to change. */
  private wordsOf(item: number, deltas: number): Uint32Array {
    const { words: all, starts } = this.base;
    const record = this.records[item - starts.length + 1];
    let words = record === undefined ? all.subarray(starts[item], starts[item + 1]) : record.words;
    if (record?.deltas === deltas) return words.slice();
    for (let d = record?.deltas ?? 0; d < deltas; d++) words = moved(words, this.moves[d]!, this.strings[d]!, this);
    return words;
  }

  /** Whether a string begins at a place of one of the contents. */
  begins(place: number, strings: Pieces): boolean {
    if (place === 0) return true;
    const number = strings.numberAt(place);
    return strings.start(number) === place;
  }

  /** The content at the end. */
  whole({ header, total, before, between, after }: DeltaParts): RawBtf | undefined {
    const { typeOff, typeLen, strOff, strLen, littleEndian } = header;
    const { base, types } = this;
    if (littleEndian !== hostLittleEndian || typeOff % 4 !== 0) return undefined;
    const bytes = new Uint8Array(total);
    bytes.set(before);
    bytes.set(between, typeOff + typeLen);
    bytes.set(after, strOff + strLen);
    const stringStarts = this.putStrings(bytes.subarray(strOff, strOff + strLen));
    const words = new Uint32Array(bytes.buffer, typeOff, typeLen / 4);
    const starts = new Uint32Array(types.count + 1);
    const later = this.laterMoves();
    const { ids: all, strings } = later[0]!;
    const ids = new Int32Array(all.table().buffer);
    const names = new StringMap(this.section, strings);
    const [old, now] = [signedRecords(base), signedRecords({ words, starts })];
    types.item.forEach((item, piece) => {
      const first = types.first[piece]!;
      const length = types.stop(piece) - first;
      const at = types.at[piece]!;
      if (item < types.items.own) {
        const shift = at - base.starts[item]!;
        for (let i = 0; i < length; i++) starts[first + i] = base.starts[item + i]! + shift;
        copyTypes(old, item, length, ids, names, now.words, at);
        return;
      }
      let place = at;
      for (let i = 0; i < length; i++) {
        const { words: record, deltas } = this.records[item + i - types.items.own]!;
        starts[first + i] = place;
        const moves = later[deltas];
        words.set(moves === undefined ? record : moved(record, moves, this.strings[deltas]!, this), place);
        place += record.length;
      }
    });
    starts[types.count] = types.end;
    return { bytes, words, starts, header, stringStarts };
  }

  /** By the number of deltas, the moves of all that come after these. */
  private laterMoves(): (Moves | undefined)[] {
    const later: (Moves | undefined)[] = [undefined];
    for (const { ids, strings } of this.moves.toReversed()) {
      const rest = later[0];
      later.unshift(rest ? { ids: ids.and(rest.ids), strings: joinedMoves(strings, rest.strings) } : { ids, strings });
    }
    return later;
  }

  /** Writes the strings of the last content, and says where they begin. */
  private putStrings(to: Uint8Array): Uint32Array {
    const strings = this.strings.at(-1)!;
    const { items } = strings;
    const added = Buffer.concat(this.texts);
    const starts = new Uint32Array(strings.count + 1);
    strings.item.forEach((item, piece) => {
      const first = strings.first[piece]!;
      const stop = strings.stop(piece);
      const at = strings.at[piece]!;
      const from = items.start(item);
      const length = items.distance(item, item + stop - first);
      to.set((item < items.own ? this.section : added).subarray(from, from + length), at);
      for (let i = 0; i < stop - first; i++) starts[first + i] = at - from + items.start(item + i);
    });
    starts[strings.count] = strings.end;
    return starts;
  }
}

/** A record as copying moves it. `strings`: those of the content that it is of. */
function moved(
  record: Uint32Array,
  { ids, strings: { from, end, shift } }: Moves,
  strings: Pieces,
  chain: Chain,
): Uint32Array {
  const nameOf = (offset: number) => {
    if (offset >= strings.end) return offset;
    const run = begunAt(from, offset) - 1;
    return run >= 0 && offset < end[run]! && chain.begins(offset, strings) ? offset + shift[run]! : 0;
  };
  return movedRecord(record, (id) => ids.id(id), nameOf);
}
