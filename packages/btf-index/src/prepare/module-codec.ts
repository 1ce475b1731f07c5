// Split BTF of a module without the numbers of its kernel. A module's BTF refers to types and names of its kernel by id
// and offset, which differ from kernel to kernel even where the module is the same. Here they are named by hash, so that
// a module that did not change between two kernels is the same bytes, and is stored once.
//
//   counts of the kernel's types and strings that are used, then their keys in order of first use
//   header and other bytes | words by role: own ids and offsets by their distance from where they are used, so that what
//   is inserted in the next version changes few bytes; others by reference

import { type Btf, kindLayout, parseBtf, infoKind } from '@btfq/btf-format';
import { sameBytes } from '../bytes.ts';
import { hashStrings } from './string-hashes.ts';
import { type BaseHashes, baseHashes } from './type-hashes.ts';
import { VarintReader, VarintWriter } from '../varints.ts';

const MAX_MODULE_BYTES = 1 << 28;
/** Bytes of a key: enough to distinguish the types of one kernel, which is checked for each that is used. */
const KEY_BYTES = 6;

/** A kernel's types and strings, to be found by key. Where several share a key the first is found. */
export class ModuleBase {
  readonly btf: Btf;
  readonly hashes: BaseHashes;
  private readonly types = new Map<number, number>();
  private readonly offsets = new Map<number, number>();

  constructor(btf: Btf, pointerBytes?: number) {
    this.btf = btf;
    this.hashes = baseHashes(btf, hashStrings(btf.strings.bytes), pointerBytes);
    const { lo, hi, strings } = this.hashes;
    for (let id = lo.length - 1; id > 0; id--) this.types.set(keyOf(lo[id] as number, hi[id] as number), id);
    for (let i = strings.lo.length - 1; i >= 0; i--) {
      this.offsets.set(keyOf(strings.lo[i] as number, strings.hi[i] as number), strings.starts[i] as number);
    }
  }

  /** The key by which a type is found again; undefined where another of the same key would be found. */
  typeKey(id: number): number | undefined {
    const key = keyOf(this.hashes.lo[id] as number, this.hashes.hi[id] as number);
    return this.types.get(key) === id ? key : undefined;
  }

  /** The key by which a string is found again. */
  stringKey(offset: number): number | undefined {
    const { numbers, strings } = this.hashes;
    const number = numbers[offset] ?? -1;
    if (number < 0) return undefined;
    const key = keyOf(strings.lo[number] as number, strings.hi[number] as number);
    return this.offsets.get(key) === offset ? key : undefined;
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

/** Roles of the first words of each kind, and of the words of its elements: what `roleOf` says, looked up. */
class Roles {
  private readonly known = new Map<number, Uint8Array>();

  /** At least `words` roles of a kind. */
  of(kind: number, words: number): Uint8Array {
    let roles = this.known.get(kind);
    if (roles === undefined || roles.length < words) {
      roles = Uint8Array.from({ length: Math.max(words * 2, 32) }, (_, word) => (word === 1 ? 0 : roleOf(kind, word)));
      this.known.set(kind, roles);
    }
    return roles;
  }
}

const ROLES = new Roles();

/**
 * Encodes a module, `module` over `base`. undefined where something in it cannot be determined without its kernel's numbers:
 * then its bytes are stored as they are. What is returned was decoded and compared.
 */
export function encodeModule(base: ModuleBase, module: Btf): Uint8Array | undefined {
  const { bytes, header, words, starts } = module;
  const types = new Map<number, number>();
  const strings = new Map<number, number>();
  const out = new VarintWriter(bytes.length);
  out.add(header.littleEndian ? 1 : 0);
  for (const n of [bytes.length, header.typeOff, header.typeLen, header.strOff, header.strLen]) out.add(n);
  out.addBytes(bytes.subarray(0, header.typeOff));
  out.addBytes(bytes.subarray(header.typeOff + header.typeLen));
  let lastString = 0;
  const { startId, startStringOffset } = module;
  for (let i = 0; i + 1 < starts.length; i++) {
    const at = starts[i] as number;
    const end = starts[i + 1] as number;
    const info = words[at + 1] as number;
    const roles = ROLES.of(infoKind(info), end - at);
    out.add(info);
    out.add(end - at);
    for (let w = at; w < end; w++) {
      if (w === at + 1) continue;
      const word = words[w] as number;
      const role = roles[w - at];
      if (role === 0 || word === 0) {
        out.add(word);
        continue;
      }
      const own = word - (role === 1 ? startStringOffset : startId);
      if (own >= 0) {
        const from = role === 1 ? lastString : i;
        const distance = own - from;
        out.add((distance < 0 ? -2 * distance - 1 : 2 * distance) * 2 + 1);
        if (role === 1) lastString = own;
        continue;
      }
      const known = role === 1 ? strings : types;
      const key = role === 1 ? base.stringKey(word) : base.typeKey(word);
      if (key === undefined) return undefined;
      const number = known.get(key);
      out.add(number === undefined ? 2 : (known.size - number) * 2 + 2); // counted from the newest; 0 is void's
      if (number === undefined) known.set(key, known.size);
    }
  }
  const head = new VarintWriter((types.size + strings.size) * KEY_BYTES + 16 + out.length);
  head.add(types.size);
  head.add(strings.size);
  for (const key of [...types.keys(), ...strings.keys()]) addKey(head, key);
  head.addBytes(out.view());
  const encoded = head.finish();
  return sameBytes(decodeModule(base, encoded), bytes) ? encoded : undefined;
}

function addKey(out: VarintWriter, key: number): void {
  const bytes = new Uint8Array(KEY_BYTES);
  for (let i = 0, rest = key; i < KEY_BYTES; i++, rest = Math.floor(rest / 256)) bytes[i] = rest % 256;
  out.addBytes(bytes);
}

function nextKeys(input: VarintReader, count: number): number[] {
  const bytes = input.nextBytes(count * KEY_BYTES); // checks the count against what is there
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Array.from({ length: count }, (_, i) => {
    return view.getUint32(i * KEY_BYTES, true) + view.getUint16(i * KEY_BYTES + 4, true) * 0x100000000;
  });
}

/** The module's bytes over this kernel. Throws RangeError where the data is damaged. */
export function decodeModule(base: ModuleBase, encoded: Uint8Array): Uint8Array {
  const input = new VarintReader(encoded);
  const [typeCount, stringCount] = [input.next(), input.next()];
  const ids = nextKeys(input, typeCount).map((key) => base.typeOf(key));
  const offsets = nextKeys(input, stringCount).map((key) => base.offsetOf(key));
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
    const roles = ROLES.of(infoKind(info), size);
    for (let w = 0; w < size; w++) {
      let word = w === 1 ? info : input.next();
      const role = (w === 1 ? 0 : roles[w]) as number;
      if (role !== 0 && word !== 0) {
        if (word % 2 === 1) {
          const turned = (word - 1) / 2;
          const own = (role === 1 ? lastString : i) + (turned % 2 === 1 ? -(turned + 1) / 2 : turned / 2);
          if (role === 1) lastString = own;
          word = own + (role === 1 ? firstOffset : firstId);
        } else {
          const back = word / 2 - 1;
          const count = used[role] as number;
          const known = role === 1 ? offsets : ids;
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

/** A module's BTF over its base. Throws `BtfError`. */
export function parseModule(base: ModuleBase, bytes: Uint8Array): Btf {
  return parseBtf(bytes, { base: base.btf });
}
