// How version 4 of an index stored modules, to be read once more when it is brought up to date: each content of a module for
// itself, a difference from its version before by zstd's dictionaries, and mostly without the numbers of its kernel.
//
//   counts of the kernel's types and strings that are used, then their keys in order of first use
//   header and other bytes | words by role: own ids and offsets by their distance from where they are used, others by reference

import type { Btf } from '@btfq/btf-format';
import { rolesOf, Role } from '../modules/word-roles.ts';
import { hashStrings } from '../prepare/string-hashes.ts';
import { baseHashes } from '../prepare/type-hashes.ts';
import { VarintReader } from '../varints.ts';
import type { BtfIndex } from './btf-index.ts';

const MAX_MODULE_BYTES = 1 << 28;
/** A chain of versions is no longer; more is a circle. */
const MAX_CHAIN = 10_000;
const KEY_BYTES = 6;

/** A kernel's types and strings, to be found by key. Where several share a key the first is found. */
class KernelByKeys {
  readonly btf: Btf;
  private readonly types = new Map<number, number>();
  private readonly offsets = new Map<number, number>();

  constructor(btf: Btf) {
    this.btf = btf;
    const { lo, hi, strings } = baseHashes(btf, hashStrings(btf.strings.bytes));
    for (let id = lo.length - 1; id > 0; id--) this.types.set(keyOf(lo[id]!, hi[id]!), id);
    for (let i = strings.lo.length - 1; i >= 0; i--) {
      this.offsets.set(keyOf(strings.lo[i]!, strings.hi[i]!), strings.starts[i]!);
    }
  }

  typeOf(key: number): number {
    return found(this.types.get(key));
  }

  offsetOf(key: number): number {
    return found(this.offsets.get(key));
  }
}

function found(value: number | undefined): number {
  if (value === undefined) throw new RangeError('the kernel lacks what the module refers to');
  return value;
}

function keyOf(lo: number, hi: number): number {
  return (hi & 0xffff) * 0x100000000 + (lo >>> 0);
}

/** Reads modules over one kernel, by their row in `module_content`. Throws RangeError, or the codec's errors. */
export function version4Modules(index: BtfIndex, kernel: () => Btf): (content: number) => Uint8Array {
  let base: KernelByKeys | undefined;
  return (content) => {
    const row = index.statement('SELECT encoded FROM module_content WHERE id = ?').get(content) as [number] | undefined;
    if (row === undefined) throw new RangeError(`module content ${content} is missing`);
    const data = storedData(index, content);
    return row[0] === 1 ? decodeModule((base ??= new KernelByKeys(kernel())), data) : data;
  };
}

function storedData(index: BtfIndex, content: number): Uint8Array {
  const chain: Uint8Array[] = [];
  for (let at: number | null = content; at !== null; ) {
    const row = index.statement('SELECT base, data FROM module_content WHERE id = ?').get(at) as
      | [number | null, Uint8Array]
      | undefined;
    if (row === undefined || chain.length > MAX_CHAIN) throw new RangeError(`module content ${at} is missing`);
    chain.push(row[1]);
    at = row[0];
  }
  let data: Uint8Array | undefined;
  for (let packed = chain.pop(); packed !== undefined; packed = chain.pop()) {
    data = new Uint8Array(index.codec.unzstd(packed, MAX_MODULE_BYTES, data));
  }
  return data as Uint8Array;
}

function nextKeys(input: VarintReader, count: number): number[] {
  const bytes = input.nextBytes(count * KEY_BYTES); // checks the count against what is there
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Array.from({ length: count }, (_, i) => {
    return view.getUint32(i * KEY_BYTES, true) + view.getUint16(i * KEY_BYTES + 4, true) * 0x100000000;
  });
}

function decodeModule(base: KernelByKeys, encoded: Uint8Array): Uint8Array {
  const input = new VarintReader(encoded);
  const [typeCount, stringCount] = [input.next(), input.next()];
  const ids = nextKeys(input, typeCount).map((key) => base.typeOf(key));
  const offsets = nextKeys(input, stringCount).map((key) => base.offsetOf(key));
  const littleEndian = input.next() === 1;
  const length = input.next();
  const [typeOff, typeLen, strOff, strLen] = [input.next(), input.next(), input.next(), input.next()];
  if (length > MAX_MODULE_BYTES || typeOff + typeLen > length || strOff + strLen > length) {
    throw new RangeError('the sections do not fit');
  }
  const bytes = new Uint8Array(length);
  bytes.set(input.nextBytes(typeOff));
  bytes.set(input.nextBytes(length - typeOff - typeLen), typeOff + typeLen);
  const view = new DataView(bytes.buffer, typeOff, typeLen);
  const firstId = base.btf.typeCount;
  const firstOffset = base.btf.stringEnd;
  const used = [0, 0, 0]; // by role: how many references were used for the first time
  let at = 0;
  let lastString = 0;
  for (let i = 0; !input.done; i++) {
    const info = input.next();
    const size = input.next();
    if (size < 3 || at + size * 4 > typeLen) throw new RangeError('a type exceeds its section');
    const roles = rolesOf(info, size);
    for (let w = 0; w < size; w++) {
      let word = w === 1 ? info : input.next();
      const role = w === 1 ? Role.plain : roles[w]!;
      if (role !== Role.plain && word !== 0) {
        if (word % 2 === 1) {
          const turned = (word - 1) / 2;
          const own = (role === Role.name ? lastString : i) + (turned % 2 === 1 ? -(turned + 1) / 2 : turned / 2);
          if (role === Role.name) lastString = own;
          word = own + (role === Role.name ? firstOffset : firstId);
        } else {
          const back = word / 2 - 1;
          const count = used[role]!;
          const known = role === Role.name ? offsets : ids;
          word = found(known[back === 0 ? count : count - back]);
          if (back === 0) used[role] = count + 1;
        }
      }
      view.setUint32(at + w * 4, word, littleEndian);
    }
    at += size * 4;
  }
  if (at !== typeLen) throw new RangeError('the types do not fill their section');
  return bytes;
}
