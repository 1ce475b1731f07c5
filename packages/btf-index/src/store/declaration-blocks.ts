// Of a published file: declarations of neighbouring names as one blob, with the names, types and sets that they speak of, so that
// a question from afar reads one place instead of a page for each of them. Blocks hold all declarations and say nothing that is not
// in the tables. publish/declaration-blocks.ts makes them; they count only for the state of the file that they were made of.

import type { BtfIndex } from './btf-index.ts';
import { bytesOfText, textOfBytes } from '../bytes.ts';
import { decoded } from './sqlite-errors.ts';
import { MOST_BYTES, publishedPart } from './published-parts.ts';
import { VarintReader, VarintWriter } from '../varints.ts';

/** A declaration of a block, in the order of their numbers. */
export type BlockRow = readonly [id: number, discriminator: number, set: number, body: Uint8Array];

export interface DeclarationBlock {
  /** By `declarationKey`, in rising order. */
  readonly groups: readonly (readonly [key: number, rows: readonly BlockRow[]])[];
  readonly names: readonly (readonly [id: number, text: string])[];
  readonly types: readonly (readonly [id: number, code: Uint8Array])[];
  readonly sets: readonly (readonly [id: number, changes: Uint8Array, moduleChanges: Uint8Array | null])[];
}

/** The number by which blocks are ordered: kinds of one name are neighbours. */
export function declarationKey(kind: number, name: number): number {
  return name * 256 + kind;
}

/** Column by column, since what is alike packs well when it stands together. */
export function encodeDeclarationBlock({ groups, names, types, sets }: DeclarationBlock): Uint8Array {
  const out = new VarintWriter(1 << 16);
  const differences = (list: readonly number[]) => {
    let last = 0;
    for (const value of list) {
      out.addSigned(value - last);
      last = value;
    }
  };
  const blobs = (list: readonly Uint8Array[]) => {
    for (const { length } of list) out.add(length);
    for (const bytes of list) out.addBytes(bytes);
  };
  const rows = groups.flatMap(([, own]) => own);
  out.add(groups.length);
  differences(groups.map(([key]) => key));
  for (const [, own] of groups) out.add(own.length);
  differences(rows.map(([id]) => id));
  for (const [, discriminator] of rows) out.addSigned(discriminator);
  differences(rows.map(([, , set]) => set));
  blobs(rows.map(([, , , body]) => body));
  for (const [list, bytes] of [
    [names, names.map(([, text]) => bytesOfText(text))],
    [types, types.map(([, code]) => code)],
    [sets, sets.map(([, changes]) => changes)],
  ] as const) {
    out.add(list.length);
    differences(list.map(([id]) => id));
    blobs(bytes);
  }
  const inModules = sets.flatMap(([, , changes], at) => (changes === null ? [] : [[at, changes] as const]));
  out.add(inModules.length);
  differences(inModules.map(([at]) => at));
  blobs(inModules.map(([, changes]) => changes));
  return out.finish();
}

/** Throws RangeError where the bytes are no block. */
export function decodeDeclarationBlock(bytes: Uint8Array): DeclarationBlock {
  const input = new VarintReader(bytes);
  const list = <T>(count: number, one: (at: number) => T): T[] => {
    if (count > bytes.length) throw new RangeError(`${count} entries are more than its bytes hold`);
    const all: T[] = [];
    for (let i = 0; i < count; i++) all.push(one(i));
    return all;
  };
  const differences = (count: number) => {
    let last = 0;
    return list(count, () => (last += input.nextSigned()));
  };
  const blobs = (count: number) => list(count, () => input.next()).map((length) => input.nextBytes(length));
  const numbered = (): (readonly [id: number, bytes: Uint8Array])[] => {
    const ids = differences(input.next());
    const own = blobs(ids.length);
    return ids.map((id, i) => [id, own[i]!] as const);
  };
  const keys = differences(input.next());
  const counts = list(keys.length, () => input.next());
  const total = counts.reduce((sum, count) => sum + count, 0);
  const ids = differences(total);
  const discriminators = list(total, () => input.nextSigned());
  const ofSet = differences(total);
  const bodies = blobs(total);
  let row = 0;
  const groups = keys.map((key, i) => {
    const own = list(counts[i]!, (): BlockRow => {
      const at = row++;
      return [ids[at]!, discriminators[at]!, ofSet[at]!, bodies[at]!];
    });
    return [key, own] as const;
  });
  const names = numbered().map(([id, text]) => [id, textOfBytes(text)] as const);
  const types = numbered();
  const sets = numbered().map(([id, changes]): DeclarationBlock['sets'][number] => [id, changes, null]);
  for (const [at, changes] of numbered()) {
    if (sets[at] === undefined) throw new RangeError(`it has no set ${at}`);
    sets[at] = [sets[at][0], sets[at][1], changes];
  }
  return { groups, names, types, sets };
}

/**
 * Blocks lie one after the other in rows of this many bytes, with which a page of 8 KB is full: a row for each block would leave a
 * tenth of the pages empty.
 */
export const PIECE_BYTES = 8_150;

/** Where blocks are: the first key and the packed length of each, in order. */
interface BlockDirectory {
  readonly firsts: readonly number[];
  /** One more than there are blocks: each ends where the next begins. */
  readonly offsets: readonly number[];
}

export function encodeBlockDirectory(
  blocks: readonly { readonly first: number; readonly length: number }[],
): Uint8Array {
  const out = new VarintWriter(4096);
  out.add(blocks.length);
  let last = 0;
  for (const { first, length } of blocks) {
    out.add(first - last);
    last = first;
    out.add(length);
  }
  return out.finish();
}

function decodeBlockDirectory(bytes: Uint8Array): BlockDirectory {
  const input = new VarintReader(bytes);
  const [firsts, offsets] = [[] as number[], [0]];
  let first = 0;
  for (let left = input.next(); left > 0; left--) {
    firsts.push((first += input.next()));
    offsets.push((offsets.at(-1) as number) + input.next());
  }
  return { firsts, offsets };
}

/** Blocks that are kept unpacked. */
const KEPT_BLOCKS = 32;
const DIRECTORY = Symbol('directory of the blocks of declarations');
const BLOCKS = Symbol('blocks of declarations');

/**
 * The blocks that have, or would have, declarations of these keys; undefined where the file has no blocks: then nothing is said.
 * Throws IndexError `damaged`.
 */
export function declarationBlocks(index: BtfIndex, keys: readonly number[]): DeclarationBlock[] | undefined {
  const directory = index.cached(DIRECTORY, () => {
    const bytes = publishedPart(index, 'declaration-blocks');
    return { blocks: bytes && decoded(index.path, () => decodeBlockDirectory(bytes)) };
  });
  const { blocks } = directory;
  if (blocks === undefined) return undefined;
  const kept = index.cached(BLOCKS, () => new Map<number, DeclarationBlock>());
  const wanted = [...new Set(keys.map((key) => blockOf(blocks, key)))].filter((block) => block >= 0);
  return wanted
    .sort((a, b) => a - b)
    .map((number) => {
      const block = kept.get(number) ?? readBlock(index, blocks, number);
      kept.delete(number);
      kept.set(number, block);
      if (kept.size > KEPT_BLOCKS) kept.delete(kept.keys().next().value as number);
      return block;
    });
}

/** The names, types and sets that many blocks speak of and leave out: to be read before the first one. */
export function commonOfBlocks(index: BtfIndex): DeclarationBlock {
  const bytes = publishedPart(index, 'declaration-common');
  return decoded(index.path, () => {
    if (bytes === undefined) throw new TypeError('what its blocks of declarations have in common is not there');
    return decodeDeclarationBlock(bytes);
  });
}

/** The last block whose first key is not above this one; -1 where there is none. */
function blockOf({ firsts }: BlockDirectory, key: number): number {
  let [low, high] = [0, firsts.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (firsts[middle]! <= key) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

function readBlock(index: BtfIndex, { offsets }: BlockDirectory, number: number): DeclarationBlock {
  const [from, to] = [offsets[number]!, offsets[number + 1]!];
  const [first, last] = [Math.floor(from / PIECE_BYTES), Math.floor((to - 1) / PIECE_BYTES)];
  const pieces = index
    .statement('SELECT data FROM declaration_blocks WHERE piece BETWEEN ? AND ? ORDER BY piece')
    .all(first, last) as [Uint8Array][];
  const packed = new Uint8Array(to - from);
  return decoded(index.path, () => {
    pieces.forEach(([data], i) => {
      const start = (first + i) * PIECE_BYTES;
      const part = data.subarray(Math.max(0, from - start), Math.max(0, to - start));
      packed.set(part, Math.max(0, start - from));
    });
    return decodeDeclarationBlock(index.codec.unzstd(packed, MOST_BYTES));
  });
}
