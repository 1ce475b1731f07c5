// The bytes of one BTF, as a difference from those of a similar one. Types and strings are aligned by content; what is aligned is
// copied with its ids and string offsets moved, the rest is written out by columns, and every word that the copy gets
// wrong is corrected, so that the result is exact whatever the BTF holds. Against an empty base it is a whole BTF.
//
//   header bytes | strings: runs, new text | types: runs, renamed pairs, corrections, columns of new types | other bytes
//
// The whole is compressed with zstd. Decoding needs the base's bytes and nothing else. encode-delta.ts writes what is read here.

import { hostLittleEndian } from '@btfq/btf-format';
import { RunReader } from './delta-runs.ts';
import type { DeltaHeader, DeltaSide, RawBtf } from './delta-side.ts';
import { decodeStrings } from './delta-strings.ts';
import { ColumnReader, copyTypes, signedRecords } from './delta-types.ts';
import type { Codec } from '../codec/codec.ts';
import { VarintReader } from '../varints.ts';

/** An upper limit on what a damaged blob can make us allocate. */
const MAX_BTF_BYTES = 1 << 30;

export const EMPTY_RAW: RawBtf = {
  bytes: new Uint8Array(0),
  words: new Uint32Array(0),
  starts: new Uint32Array(1),
  header: { littleEndian: true, typeOff: 0, typeLen: 0, strOff: 0, strLen: 0 },
};

export const EMPTY_SIDE: DeltaSide = {
  btf: EMPTY_RAW,
  strings: { starts: new Uint32Array(1), lo: new Int32Array(0), hi: new Int32Array(0) },
  types: { lo: new Int32Array(0), hi: new Int32Array(0) },
};

export const STREAM = {
  header: 0,
  strings: 1,
  text: 2,
  types: 3,
  pairs: 4,
  fixes: 5,
  infos: 6,
  names: 7,
  refs: 8,
  rest: 9,
};
export const STREAMS = Object.keys(STREAM).length;

/** The parts of a delta. */
export interface DeltaParts {
  readonly header: DeltaHeader;
  /** How many bytes the BTF has, and those before the types, between types and strings, and after these. */
  readonly total: number;
  readonly before: Uint8Array;
  readonly between: Uint8Array;
  readonly after: Uint8Array;
  readonly stream: (name: keyof typeof STREAM) => VarintReader;
}

/** Unpacks a delta. Throws as `decodeDelta`. */
export function openDelta(data: Uint8Array, codec: Codec): DeltaParts {
  const all = codec.unzstd(data, MAX_BTF_BYTES);
  const lengths = new VarintReader(all);
  const sizes = Array.from({ length: STREAMS }, () => lengths.next());
  const streams = sizes.map((size) => new VarintReader(lengths.nextBytes(size)));
  const stream = (name: keyof typeof STREAM) => streams[STREAM[name]] as VarintReader;

  const head = stream('header');
  const littleEndian = head.next() === 1;
  const [total, typeOff, typeLen, strOff, strLen] = [head.next(), head.next(), head.next(), head.next(), head.next()];
  if (total > MAX_BTF_BYTES || typeOff + typeLen > strOff || strOff + strLen > total || typeLen % 4 !== 0) {
    throw new RangeError('the sections do not fit');
  }
  return {
    header: { littleEndian, typeOff, typeLen, strOff, strLen },
    total,
    before: head.nextBytes(typeOff),
    between: head.nextBytes(strOff - typeOff - typeLen),
    after: head.nextBytes(total - strOff - strLen),
    stream,
  };
}

/**
 * Undoes `encodeDelta` (encode-delta.ts). Throws RangeError or the codec's errors where the data is damaged.
 */
export function decodeDelta(base: RawBtf, data: Uint8Array, codec: Codec): RawBtf {
  const { header, total, before, between, after, stream } = openDelta(data, codec);
  const { littleEndian, typeOff, typeLen, strOff, strLen } = header;
  const bytes = new Uint8Array(total);
  bytes.set(before);
  bytes.set(between, typeOff + typeLen);
  bytes.set(after, strOff + strLen);

  const { map: names, starts: stringStarts } = decodeStrings(base, bytes, header, stream('strings'), stream('text'));

  const { runs, idMap, typeCount } = decodeRuns(base, stream('types'), stream('pairs'));
  const inPlace = littleEndian === hostLittleEndian && typeOff % 4 === 0;
  const words = inPlace ? new Uint32Array(bytes.buffer, typeOff, typeLen / 4) : new Uint32Array(typeLen / 4);
  const starts = new Uint32Array(typeCount + 1);
  const columns = new ColumnReader(stream('infos'), stream('names'), stream('refs'), stream('rest'));
  const old = signedRecords(base);
  const signedIds = new Int32Array(idMap.buffer);
  const signed = new Int32Array(words.buffer, words.byteOffset, words.length);
  let at = 0;
  let number = 0;
  for (let r = 0; r < runs.length; r += 2) {
    const from = runs[r]!;
    const length = runs[r + 1]!;
    if (from < 0) {
      for (let i = 0; i < length; i++) {
        starts[number++] = at;
        at = columns.read(words, at, number);
      }
      continue;
    }
    const end = at + base.starts[from + length]! - base.starts[from]!;
    if (end > words.length) throw new RangeError('the types exceed their section');
    copyTypes(old, from, length, signedIds, names, signed, at);
    const shift = at - base.starts[from]!;
    for (let i = from; i < from + length; i++) starts[number++] = base.starts[i]! + shift;
    at = end;
  }
  if (at !== words.length) throw new RangeError('the types do not fill their section');
  starts[number] = at;
  const fixes = stream('fixes');
  for (let w = 0; !fixes.done; ) {
    w += fixes.next();
    if (w >= words.length) throw new RangeError('a correction lies outside the types');
    words[w] = words[w]! + fixes.nextSigned();
  }
  if (!inPlace) storeWords(words, bytes, header);
  return { bytes, words, starts, header, stringStarts };
}

/** Runs of types (in pairs: where from, -1 for new ones, and how many), and where the base's types are now. */
function decodeRuns(base: Pick<RawBtf, 'starts'>, types: VarintReader, pairs: VarintReader) {
  const runs: number[] = [];
  const idMap = new Uint32Array(base.starts.length);
  let typeCount = 0;
  const reader = new RunReader(types);
  while (reader.next(base.starts.length - 1)) {
    const { from, length } = reader;
    if (typeCount + length > MAX_BTF_BYTES / 12) throw new RangeError('too many types');
    runs.push(from, length);
    if (from >= 0) for (let i = 0; i < length; i++) idMap[from + i + 1] = typeCount + i + 1;
    typeCount += length;
  }
  readPairs(pairs, (number, from) => {
    idMap[from + 1] = number + 1;
  });
  return { runs, idMap, typeCount };
}

/** Which other types took the place of which: their numbers, and those of the base. */
export function readPairs(pairs: VarintReader, visit: (number: number, from: number) => void): void {
  let target = 0;
  let source = 0;
  while (!pairs.done) {
    target += pairs.next();
    source += pairs.nextSigned();
    visit(target, source);
  }
}

function storeWords(words: Uint32Array, bytes: Uint8Array, header: DeltaHeader): void {
  if (header.littleEndian === hostLittleEndian) {
    bytes.set(new Uint8Array(words.buffer, words.byteOffset, words.byteLength), header.typeOff);
    return;
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset + header.typeOff, header.typeLen);
  for (let i = 0; i < words.length; i++) view.setUint32(i * 4, words[i]!, header.littleEndian);
}
