// Split BTF of a module without the numbers of its kernel. A module's BTF refers to types and names of its kernel by id
// and offset, which differ from kernel to kernel even where the module is the same. Here they are told by hash, so that
// a module that did not change between two kernels is the same bytes, and is stored once.
//
//   references: hashes of the kernel's types and strings that are used, in order of first use
//   body: header and other bytes | own strings | words by role: own numbers from the module's first, others by reference

import { constants as zlib, zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import { type Btf, kindLayout, parseBtf } from '@btfq/btf-format';
import { hashStrings, type StringHashes } from './string-hashes.ts';
import { hashReferences } from './type-hashes.ts';
import { VarintReader, VarintWriter } from '../varints.ts';

const LEVEL = 9;
const MAX_MODULE_BYTES = 1 << 28;

/** A kernel's types and strings, to be found by hash. Where several share a hash the first is found. */
export class ModuleBase {
  readonly btf: Btf;
  readonly strings: StringHashes;
  readonly typeLo: Int32Array;
  readonly typeHi: Int32Array;
  private readonly types: Map<bigint, number>;
  private readonly offsets: Map<bigint, number>;

  constructor(btf: Btf) {
    this.btf = btf;
    this.strings = hashStrings(btf.strings.bytes);
    const { lo, hi } = hashReferences(btf, this.strings);
    this.typeLo = lo;
    this.typeHi = hi;
    this.types = new Map();
    for (let i = lo.length - 1; i >= 0; i--) this.types.set(keyOf(lo[i] as number, hi[i] as number), i + 1);
    this.offsets = new Map();
    for (let i = this.strings.lo.length - 1; i >= 0; i--) {
      const key = keyOf(this.strings.lo[i] as number, this.strings.hi[i] as number);
      this.offsets.set(key, this.strings.starts[i] as number);
    }
  }

  /** The hash by which a type is found again; undefined where another of the same hash would be found. */
  typeKey(id: number): bigint | undefined {
    const key = keyOf(this.typeLo[id - 1] as number, this.typeHi[id - 1] as number);
    return this.types.get(key) === id ? key : undefined;
  }

  /** The hash by which a string is found again. */
  stringKey(offset: number): bigint | undefined {
    const { starts, lo, hi } = this.strings;
    let low = 0;
    let high = starts.length - 1;
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if ((starts[middle] as number) <= offset) low = middle;
      else high = middle;
    }
    if (starts[low] !== offset || low >= lo.length) return undefined;
    const key = keyOf(lo[low] as number, hi[low] as number);
    return this.offsets.get(key) === offset ? key : undefined;
  }

  typeOf(key: bigint): number {
    return found(this.types.get(key));
  }

  offsetOf(key: bigint): number {
    return found(this.offsets.get(key));
  }
}

function found(value: number | undefined): number {
  if (value === undefined) throw new RangeError('the kernel lacks what the module refers to');
  return value;
}

function keyOf(lo: number, hi: number): bigint {
  return (BigInt(hi >>> 0) << 32n) | BigInt(lo >>> 0);
}

/** A module as it is stored. */
export interface EncodedModule {
  /** Hashes of what it uses of its kernel: types, then strings. */
  readonly types: readonly bigint[];
  readonly strings: readonly bigint[];
  /** All else, compressed. */
  readonly body: Uint8Array;
}

/** Roles of the words of a type: 0 plain, 1 name, 2 reference. The info word, the second, is plain. */
function roleOf(kind: number, word: number): 0 | 1 | 2 {
  const row = kindLayout(kind);
  if (row === undefined) return word === 0 ? 1 : 0;
  if (word < 3) return word === 0 ? 1 : word === 2 && row.third === 'type' ? 2 : 0;
  if (word < 3 + row.infoWords) return row.infoRefs.includes(word - 3) ? 2 : 0;
  if (row.elemWords === 0) return 0;
  const within = (word - 3 - row.infoWords) % row.elemWords;
  return row.elemRefs.includes(within) ? 2 : row.elemNames.includes(within) ? 1 : 0;
}

/**
 * Encodes a module. undefined where something in it cannot be told without its kernel's numbers: then its bytes are
 * stored as they are. What is returned was decoded and compared.
 */
export function encodeModule(base: ModuleBase, bytes: Uint8Array): EncodedModule | undefined {
  const module = parseBtf(bytes, { base: base.btf });
  const { header, words, starts } = module;
  const types = new Map<bigint, number>();
  const strings = new Map<bigint, number>();
  const out = new VarintWriter(bytes.length);
  out.add(header.littleEndian ? 1 : 0);
  for (const n of [bytes.length, header.typeOff, header.typeLen, header.strOff, header.strLen]) out.add(n);
  out.addBytes(bytes.subarray(0, header.typeOff));
  out.addBytes(bytes.subarray(header.typeOff + header.typeLen));
  const number = (known: Map<bigint, number>, key: bigint | undefined): number | undefined => {
    if (key === undefined) return undefined;
    const at = known.get(key) ?? known.size;
    known.set(key, at);
    return at;
  };
  for (let i = 0; i + 1 < starts.length; i++) {
    const at = starts[i] as number;
    const end = starts[i + 1] as number;
    const kind = ((words[at + 1] as number) >>> 24) & 0x7f;
    out.add(words[at + 1] as number);
    out.add(end - at);
    for (let w = at; w < end; w++) {
      if (w === at + 1) continue;
      const word = words[w] as number;
      const role = roleOf(kind, w - at);
      if (role === 0 || word === 0) {
        out.add(word);
        continue;
      }
      const first = role === 1 ? module.startStringOffset : module.startId;
      if (word >= first) {
        out.add((word - first) * 2 + 1);
        continue;
      }
      const at2 = role === 1 ? number(strings, base.stringKey(word)) : number(types, base.typeKey(word));
      if (at2 === undefined) return undefined;
      out.add(at2 * 2 + 2);
    }
  }
  const encoded: EncodedModule = {
    types: [...types.keys()],
    strings: [...strings.keys()],
    body: zstdCompressSync(out.view(), { params: { [zlib.ZSTD_c_compressionLevel]: LEVEL } }),
  };
  return Buffer.compare(decodeModule(base, encoded), bytes) === 0 ? encoded : undefined;
}

/** The module's bytes over this kernel. Throws RangeError or zlib's errors where the data is damaged. */
export function decodeModule(base: ModuleBase, { types, strings, body }: EncodedModule): Uint8Array {
  const input = new VarintReader(zstdDecompressSync(body, { maxOutputLength: MAX_MODULE_BYTES }));
  const littleEndian = input.next() === 1;
  const [length, typeOff, typeLen, strOff, strLen] = [
    input.next(),
    input.next(),
    input.next(),
    input.next(),
    input.next(),
  ];
  if (length > MAX_MODULE_BYTES || typeOff + typeLen > length || strOff + strLen > length) {
    throw new RangeError('the sections do not fit');
  }
  const bytes = new Uint8Array(length);
  bytes.set(input.nextBytes(typeOff));
  bytes.set(input.nextBytes(length - typeOff - typeLen), typeOff + typeLen);
  const ids = types.map((key) => base.typeOf(key));
  const offsets = strings.map((key) => base.offsetOf(key));
  const view = new DataView(bytes.buffer, typeOff, typeLen);
  const firstId = base.btf.typeCount;
  const firstOffset = base.btf.stringEnd;
  let at = 0;
  while (!input.done) {
    const info = input.next();
    const size = input.next();
    if (size < 3 || at + size * 4 > typeLen) throw new RangeError('a type exceeds its section');
    const kind = (info >>> 24) & 0x7f;
    for (let w = 0; w < size; w++) {
      let word = w === 1 ? info : input.next();
      const role = w === 1 ? 0 : roleOf(kind, w);
      if (role !== 0 && word !== 0) {
        const own = word % 2 === 1;
        const value = own ? (word - 1) / 2 : word / 2 - 1;
        if (role === 1) word = own ? value + firstOffset : found(offsets[value]);
        else word = own ? value + firstId : found(ids[value]);
      }
      view.setUint32(at + w * 4, word, littleEndian);
    }
    at += size * 4;
  }
  if (at !== typeLen) throw new RangeError('the types do not fill their section');
  return bytes;
}
