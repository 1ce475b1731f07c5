// What a declaration says, apart from where it stands: its members with their bit offsets and types, named types by kind
// and name, anonymous ones inlined. The same for equal declarations of any two BTFs, whatever their ids, string offsets
// and byte order.

import { BtfError } from './errors.ts';
import { BtfKind, type KindLayout, kindLayout } from './kinds.ts';
import type { Btf } from './btf.ts';
import { infoKind, infoKindFlag, infoVlen } from './info.ts';

/** Anonymous types inside of each other, pointers and arrays counted. Real kernels stay below 20. */
const MAX_DEPTH = 200;
/** Bytes: a few anonymous types, each twice inside the next, could grow without end. */
const MAX_CONTENT = 64 * 1024 * 1024;

/**
 * The content of a type as bytes: equal bytes, equal declarations. Bytes of one version of this package only compare to
 * its own. Throws `bad-type-id`, and `limit` where anonymous types nest too deep, too often or in a circle.
 */
export function declarationContent(btf: Btf, id: number): Uint8Array {
  const content = new Content(btf);
  content.type(id, 0, true);
  return content.bytes();
}

/** A hash of `declarationContent` as 16 hexadecimal digits: two lanes of 32 bits, good against accidents only. */
export function declarationHash(btf: Btf, id: number): string {
  const bytes = declarationContent(btf, id);
  let a = 0x811c9dc5;
  let b = 0x1b873593;
  for (const byte of bytes) {
    a = Math.imul(a ^ byte, 0x01000193);
    b = Math.imul(b ^ byte, 0x5bd1e995);
    b ^= b >>> 15;
  }
  const hex = (value: number) => (value >>> 0).toString(16).padStart(8, '0');
  return hex(mix(a)) + hex(mix(b ^ bytes.length));
}

/** Whether two types, of one BTF or of two, are declared alike. */
export function equalDeclarations(one: Btf, oneId: number, two: Btf, twoId: number): boolean {
  const [a, b] = [declarationContent(one, oneId), declarationContent(two, twoId)];
  return a.length === b.length && a.every((byte, i) => byte === b[i]);
}

/** The last steps of MurmurHash3: every bit of the input reaches every bit of the result. */
function mix(hash: number): number {
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return hash ^ (hash >>> 16);
}

/** Marks a type that is only named here. Above all kinds. */
const NAMED = 0x80;

class Content {
  readonly #btf: Btf;
  #out = new Uint8Array(256);
  #length = 0;

  constructor(btf: Btf) {
    this.#btf = btf;
  }

  bytes(): Uint8Array {
    return this.#out.slice(0, this.#length);
  }

  /** A type in full where it is the one asked for or has no name; else its kind and name. */
  type(id: number, depth: number, isWhole = false): void {
    const btf = this.#btf;
    if (depth > MAX_DEPTH) throw new BtfError('limit', 'anonymous types nest too deep', { typeId: id });
    const kind = btf.kind(id);
    const nameOff = btf.nameOff(id);
    if (!isWhole && nameOff !== 0 && isNamedElsewhere(kind)) {
      this.#byte(NAMED | tagOf(kind, btf.kindFlag(id)));
      this.#name(nameOff);
      return;
    }
    this.#byte(kind);
    if (id === 0) return;
    this.#name(nameOff);
    const row = kindLayout(kind);
    const layer = btf.layerOf(id);
    const at = layer.wordAt(id);
    if (row === undefined) {
      const end = layer.starts[id - layer.startId + 1]!;
      for (let w = at + 1; w < end; w++) this.#word(layer.words[w]!);
    } else {
      this.#record(layer.words, at, row, depth);
    }
  }

  #record(words: Uint32Array, at: number, row: KindLayout, depth: number): void {
    const info = words[at + 1]!;
    const vlen = infoVlen(info);
    const bits = infoKind(info);
    const isComposite = bits === BtfKind.Struct || bits === BtfKind.Union;
    // of a struct the flag only says how its offsets are written
    this.#word(isComposite ? vlen : (info & 0x80ffffff) >>> 0);
    if (row.third === 'type') this.type(words[at + 2]!, depth + 1);
    else this.#word(words[at + 2]!);
    for (let i = 0; i < row.infoWords; i++) this.#field(words[at + 3 + i]!, row.infoRefs.includes(i), false, depth);
    const first = at + 3 + row.infoWords;
    for (let i = 0, w = first; i < vlen && row.elemWords > 0; i++, w += row.elemWords) {
      if (isComposite) this.#member(words, w, infoKindFlag(info), depth);
      else {
        for (let k = 0; k < row.elemWords; k++) {
          this.#field(words[w + k]!, row.elemRefs.includes(k), row.elemNames.includes(k), depth);
        }
      }
    }
  }

  #member(words: Uint32Array, w: number, flag: boolean, depth: number): void {
    const offset = words[w + 2]!;
    this.#name(words[w]!);
    this.#word(flag ? offset & 0xffffff : offset);
    this.#byte(flag ? offset >>> 24 : 0);
    this.type(words[w + 1]!, depth + 1);
  }

  #field(value: number, isRef: boolean, isName: boolean, depth: number): void {
    if (isRef) this.type(value, depth + 1);
    else if (isName) this.#name(value);
    else this.#word(value);
  }

  #name(offset: number): void {
    const layer = this.#btf.stringLayer(offset);
    const start = offset - layer.startStringOffset;
    const end = layer.strings.end(start);
    this.#reserve(end - start + 1);
    this.#out.set(layer.strings.bytes.subarray(start, end), this.#length);
    this.#length += end - start;
    this.#out[this.#length++] = 0;
  }

  #byte(value: number): void {
    this.#reserve(1);
    this.#out[this.#length++] = value;
  }

  #word(value: number): void {
    this.#reserve(4);
    for (let shift = 0; shift < 32; shift += 8) this.#out[this.#length++] = (value >>> shift) & 0xff;
  }

  #reserve(more: number): void {
    if (this.#length + more <= this.#out.length) return;
    if (this.#length + more > MAX_CONTENT) {
      throw new BtfError('limit', 'too much inside of one declaration', { expected: `at most ${MAX_CONTENT} bytes` });
    }
    const grown = new Uint8Array((this.#length + more) * 2);
    grown.set(this.#out);
    this.#out = grown;
  }
}

/** Kinds whose name says which type is meant. INT and FLOAT are short enough to be written out. */
function isNamedElsewhere(kind: BtfKind): boolean {
  switch (kind) {
    case BtfKind.Struct:
    case BtfKind.Union:
    case BtfKind.Fwd:
    case BtfKind.Enum:
    case BtfKind.Enum64:
    case BtfKind.Typedef:
      return true;
    default:
      return false;
  }
}

/** What C calls the type: a struct is a `struct` whether it is defined here or only declared. */
function tagOf(kind: BtfKind, flag: boolean): BtfKind {
  if (kind === BtfKind.Fwd) return flag ? BtfKind.Union : BtfKind.Struct;
  return kind === BtfKind.Enum64 ? BtfKind.Enum : kind;
}
