// Records as bytes: ids and strings in an order that content alone decides. Named types come first, by kind and name;
// the others follow where they are first needed, each content once.

import { BtfKind } from '@btfq/btf-format';
import { encodeWords } from '../emit.ts';
import { rawText } from '../string-writer.ts';
import { recordSize, type TypeRecord } from './record.ts';
import { Conflict } from './shape.ts';
import type { Solved } from './solve.ts';
import { shareSuffixes } from './suffixes.ts';

/** Writes the solved types. */
export function writeCanonical(solved: Solved, littleEndian: boolean): { bytes: Uint8Array; types: number } {
  const writer = new Writer(solved);
  return { bytes: writer.build(littleEndian), types: writer.count };
}

/** A record's words, with names still as text. */
type Word = number | string;

class Writer {
  private readonly pointerBytes: number;
  private readonly ids = new Map<TypeRecord, number>();
  private readonly byContent = new Map<string, number>();
  private readonly roots: readonly TypeRecord[];
  private readonly written: Word[][] = [];
  /** What an array is indexed by: any integer that is there anyway, else void. */
  private index: number | undefined;

  constructor({ roots, pointerBytes }: Solved) {
    this.pointerBytes = pointerBytes;
    this.roots = roots;
  }

  get count(): number {
    return this.written.length;
  }

  build(littleEndian: boolean): Uint8Array {
    this.roots.forEach((root, i) => {
      this.ids.set(root, i + 1);
      this.written.push([]);
    });
    this.roots.forEach((root, i) => {
      this.written[i] = this.wordsOf(root);
    });
    // arrays were written with an open index type
    const index = this.index ?? 0;
    const words = this.written.flat().map((word) => (word === OPEN_INDEX ? index : word));
    const strings = shareSuffixes(words.filter((word): word is string => typeof word === 'string'));
    const numbers = words.map((word) => (typeof word === 'string' ? strings.offsets.get(word)! : word));
    return encodeWords(numbers, strings.bytes, littleEndian);
  }

  private idOf(record: TypeRecord | undefined): number {
    if (record === undefined) return 0;
    const known = this.ids.get(record);
    if (known !== undefined) return known;
    const words = this.wordsOf(record);
    const key = JSON.stringify(words);
    let id = this.byContent.get(key);
    if (id === undefined) {
      id = this.written.push(words);
      this.byContent.set(key, id);
      if (record.kind === BtfKind.Int) this.index ??= id;
    }
    this.ids.set(record, id);
    return id;
  }

  private wordsOf(record: TypeRecord): Word[] {
    const { kind, flag } = record;
    const name = rawText(record.name);
    const size = recordSize(record, this.pointerBytes);
    const head = (vlen: number, kflag: boolean, third: number): Word[] => [
      name,
      ((Number(kflag) << 31) | (kind << 24) | vlen) >>> 0,
      third,
    ];
    switch (kind) {
      case BtfKind.Int:
        return [...head(0, false, size), ((flag ? 1 : 0) << 24) | Math.min(size * 8, 128)];
      case BtfKind.Ptr:
      case BtfKind.Typedef:
        return head(0, false, this.idOf(record.to));
      case BtfKind.Array:
        return [...head(0, false, 0), this.idOf(record.to), OPEN_INDEX, record.count];
      case BtfKind.Struct:
      case BtfKind.Union:
        return this.composite(record, head);
      case BtfKind.Enum:
        return [
          ...head(record.values.length, flag, size),
          ...record.values.flatMap(([value, number]) => [rawText(value), Number(BigInt.asUintN(32, number))]),
        ];
      case BtfKind.Enum64:
        return [
          ...head(record.values.length, flag, size),
          ...record.values.flatMap(([value, number]) => [
            rawText(value),
            Number(BigInt.asUintN(32, number)),
            Number(BigInt.asUintN(32, number >> 32n)),
          ]),
        ];
      case BtfKind.FuncProto:
        return [
          ...head(record.params.length, false, this.idOf(record.to)),
          ...record.params.flatMap((param) => ['', this.idOf(param)]),
        ];
      case BtfKind.Fwd:
        return head(0, flag, 0);
      default:
        return head(0, false, size);
    }
  }

  private composite(record: TypeRecord, head: (vlen: number, kflag: boolean, third: number) => Word[]): Word[] {
    const bitfields = record.members.some((member) => member.bitfieldSize > 0);
    const words = head(record.members.length, bitfields, recordSize(record, this.pointerBytes));
    for (const { name, type, bitOffset, bitfieldSize } of record.members) {
      if (bitfields && bitOffset > 0xffffff)
        throw new Conflict('an offset beyond what a struct with bitfields can say');
      words.push(rawText(name), this.idOf(type), bitfields ? ((bitfieldSize << 24) | bitOffset) >>> 0 : bitOffset);
    }
    return words;
  }
}

/** Stands for an array's index type until all types are known; no real word is negative. */
const OPEN_INDEX = -1;
