// Content hashes of the types of one BTF, over words, never over text. A type is hashed with its members, their offsets,
// sizes and types; named types inside it count by kind and name, anonymous ones by their content. So a hash says what a
// declaration looks like whatever ids and string offsets it has, and equal declarations of two kernels hash alike.
//
// Where several types of one kernel share kind and name, a reference to one of them also counts the hash of what it
// refers to: otherwise structs that differ only in which `foo` they mean would look alike.
//
// Long because one class holds the arrays that all steps share: the hashing of each kind, the order, and the cycles.

import {
  type Btf,
  BtfKind,
  kindLayout,
  pointerSize,
  pointerSizeAmong,
  infoKind,
  infoKindFlag,
  infoVlen,
} from '@btfq/btf-format';
import { freeArrays, takeFloat64, takeInt32 } from '../bytes.ts';
import { SameTypes, TooDeep } from './same-types.ts';
import { hashStringAt, type StringHashes, stringNumbers } from './string-hashes.ts';
import type { StringMoves } from './string-runs.ts';
import type { Records } from './type-memory.ts';
import { typeSizes } from './type-sizes.ts';

/** By own type number (id - startId). */
export interface TypeHashes {
  readonly lo: Int32Array;
  readonly hi: Int32Array;
  /** Sizes in bytes; NO_TYPE_SIZE where a type has none. */
  readonly sizes: Float64Array;
  /** For types that share kind and name with others of this BTF: which content is meant. 0 for all others. */
  readonly discriminators: Int32Array;
}

/** Of a BTF that does not say it. */
const UNKNOWN_POINTER_SIZE = 8;

/** References nest at most this deep through types without names; what lies deeper counts as a constant. */
const MAX_ANONYMOUS_DEPTH = 200;
const TOO_DEEP = 0x7eadbeef;

/** Kinds that a reference names rather than inlines, as the class of names that they share; 0 for the others. */
function nameClass(kind: number, flag: boolean): number {
  switch (kind) {
    case BtfKind.Struct:
      return 1;
    case BtfKind.Union:
      return 2;
    case BtfKind.Fwd:
      return flag ? 2 : 1;
    case BtfKind.Enum:
    case BtfKind.Enum64:
      return 4;
    case BtfKind.Typedef:
      return 8;
    default:
      return 0;
  }
}

/** Kinds whose hash is that of a declaration where they have a name. */
export function isDeclared(kind: number): boolean {
  switch (kind) {
    case BtfKind.Int:
    case BtfKind.Struct:
    case BtfKind.Union:
    case BtfKind.Enum:
    case BtfKind.Fwd:
    case BtfKind.Typedef:
    case BtfKind.Func:
    case BtfKind.Var:
    case BtfKind.Float:
    case BtfKind.Enum64:
      return true;
    default:
      return false;
  }
}

/** What types of split BTF are hashed over: how its base's types look to those that refer to them. */
export interface BaseHashes {
  /** By id, 0 included: by class and name, so that they stay when a type's content changes, or without a name by content. */
  readonly lo: Int32Array;
  readonly hi: Int32Array;
  /** In bytes, by id. */
  readonly sizes: Float64Array;
  readonly stringBytes: Uint8Array;
  readonly strings: StringHashes;
  /** By byte offset: the number of the string that begins there. */
  readonly numbers: Int32Array;
  readonly pointerSize: number;
  /** Classes of the names of its types (FWD apart), by `nameKey`. */
  readonly classes: ReadonlyMap<number, number>;
}

/** Hashes every type of a BTF, or with a base of the layer over it. */
export function hashTypes(btf: Btf, strings: StringHashes, base?: BaseHashes): TypeHashes {
  return new TypeHasher(btf, strings, { base, names: 'by a table' }).run();
}

/** The hashes of a BTF's types, and what was seen on the way. */
export interface HashedKernel {
  readonly types: TypeHashes;
  /** Whether it is known that each name is a whole string, and not the tail of one. */
  readonly namesBegin: boolean;
  /** See `Alike`. undefined where the types were hashed alone. */
  readonly pairs?: Int32Array | undefined;
  /** See `sketchOf`. undefined where it has still to be made. */
  readonly sketch?: Uint8Array | undefined;
}

/** Hashes every type of a BTF. */
export function hashKernel(btf: Btf, strings: StringHashes): HashedKernel {
  const hasher = new TypeHasher(btf, strings, { names: 'by a table' });
  const types = hasher.run();
  return { types, namesBegin: hasher.namesBegin };
}

/** An earlier BTF that was hashed, and where its strings are in the BTF that is to be hashed. */
export interface EarlierTypes extends Records {
  readonly types: TypeHashes;
  readonly namesBegin: boolean;
  readonly pointerSize: number | undefined;
  readonly moves: StringMoves;
}

/** The same as `hashKernel`, faster where most types say the same as those of an earlier BTF. */
export function hashTypesAlike(btf: Btf, strings: StringHashes, earlier: EarlierTypes): HashedKernel {
  const pointerBytes = earlier.pointerSize ?? UNKNOWN_POINTER_SIZE; // that of this BTF too, or else the two are not alike
  const same = SameTypes.of(earlier, btf, earlier.moves, pointerBytes);
  if (same === undefined || (pointerSizeAmong(btf, same.integers) ?? UNKNOWN_POINTER_SIZE) !== pointerBytes) {
    return hashKernel(btf, strings);
  }
  try {
    const hasher = new TypeHasher(btf, strings, { names: 'as they come', pointerBytes, same });
    const { types, pairs } = hasher.runAlike(earlier.types, same);
    const sketch = same.sketch();
    same.keep();
    return { types, pairs, sketch, namesBegin: earlier.namesBegin && hasher.namesBegin };
  } catch (error) {
    if (error instanceof TooDeep) return hashKernel(btf, strings);
    throw error;
  }
}

/** What split BTF over this BTF is hashed with. */
export function baseHashes(btf: Btf, strings: StringHashes, pointerBytes?: number): BaseHashes {
  return new TypeHasher(btf, strings, { pointerBytes, names: 'by a table', kept: true }).asBase();
}

/** How to hash. */
interface HasherOptions {
  readonly base?: BaseHashes | undefined;
  /** Of pointers; default: by the BTF. */
  readonly pointerBytes?: number | undefined;
  readonly names: 'by a table' | 'as they come';
  /** The hashes of references are what is wanted: they stay. */
  readonly kept?: boolean;
  /** The comparison with an earlier BTF, which knows all sizes. */
  readonly same?: SameTypes;
}

/** A table for every offset of a string section, all 0. The memory is used again: it is as large as half a BTF. */
function classesSeen(size: number): Uint8Array {
  if (seenMemory.length < size) seenMemory = new Uint8Array(Math.ceil(size * 1.25));
  return seenMemory.subarray(0, size).fill(0);
}
let seenMemory = new Uint8Array(0);

type References = [lo: Int32Array, hi: Int32Array, done: Uint8Array];

function referencesOf(count: number): References {
  return [new Int32Array(count), new Int32Array(count), new Uint8Array(count)];
}

/** Memory for the hashes of references of one BTF, which the next one takes: nothing is done. */
function passingReferences(count: number): References {
  if (passing[0].length < count) passing = referencesOf(Math.ceil(count * 1.25));
  const [lo, hi, done] = passing;
  return [lo.subarray(0, count), hi.subarray(0, count), done.subarray(0, count).fill(0)];
}
let passing = referencesOf(0);

/** Hashes in memory of their own. */
function copied({ lo, hi, sizes, discriminators }: TypeHashes): TypeHashes {
  const of = (array: Int32Array) => {
    const copy = takeInt32(array.length);
    copy.set(array);
    return copy;
  };
  const copiedSizes = takeFloat64(sizes.length);
  copiedSizes.set(sizes);
  return { lo: of(lo), hi: of(hi), sizes: copiedSizes, discriminators: of(discriminators) };
}

/** 53 bits of a string's hash. */
function nameKey(lo: number, hi: number): number {
  return (hi & 0x1fffff) * 0x100000000 + (lo >>> 0);
}

class TypeHasher {
  private readonly words: Uint32Array;
  private readonly starts: Uint32Array;
  private readonly stringBytes: Uint8Array;
  private readonly strings: StringHashes;
  /** By offset: the number of the string that begins there. Without it each name is hashed when it is met. */
  private readonly numbers: Int32Array | undefined;
  private readonly base: BaseHashes | undefined;
  /** First own id and own string offset: 0 where there is no base, so that void and '' are own. */
  private readonly firstId: number;
  private readonly firstString: number;
  private readonly firstStart: number;
  /** How many ids are own. */
  private readonly count: number;
  private readonly pointerSize: number;
  /** Hashes of references to each own type; `done` says which are there. */
  private readonly refLo: Int32Array;
  private readonly refHi: Int32Array;
  private readonly done: Uint8Array;
  private readonly sizes: Float64Array;
  private readonly discriminators: Int32Array;
  /** Whether all names that were hashed are whole strings. */
  namesBegin = true;
  // the running hash
  private a = 0;
  private b = 0;

  constructor(btf: Btf, strings: StringHashes, { base, pointerBytes, names, kept, same }: HasherOptions) {
    this.words = btf.words;
    this.starts = btf.starts;
    this.stringBytes = btf.strings.bytes;
    this.strings = strings;
    this.numbers = names === 'as they come' ? undefined : stringNumbers(strings);
    this.base = base;
    this.firstId = base === undefined ? 0 : btf.startId;
    this.firstString = base === undefined ? 0 : btf.startStringOffset;
    this.firstStart = btf.startId - this.firstId;
    this.count = btf.typeCount - this.firstId;
    this.pointerSize = base?.pointerSize ?? pointerBytes ?? pointerSize(btf) ?? UNKNOWN_POINTER_SIZE;
    [this.refLo, this.refHi, this.done] = kept ? referencesOf(this.count) : passingReferences(this.count);
    this.sizes = same?.sizes ?? typeSizes(btf, this.pointerSize, base?.sizes);
    this.discriminators = (same?.discriminators ?? takeInt32(this.count)).fill(0);
  }

  run(): TypeHashes {
    const { count, refLo, refHi, words, starts, firstStart } = this;
    this.discriminate();
    const lo = takeInt32(count - firstStart);
    const hi = takeInt32(count - firstStart);
    for (let own = firstStart; own < count; own++) {
      const at = starts[own - firstStart]!;
      const kind = infoKind(words[at + 1]!);
      if (words[at]! !== 0 && isDeclared(kind)) {
        this.begin(at);
        this.contents(at, kind, 0);
        lo[own - firstStart] = this.endLo();
        hi[own - firstStart] = this.endHi();
      } else {
        this.reference(own, 0);
        lo[own - firstStart] = refLo[own]!;
        hi[own - firstStart] = refHi[own]!;
      }
    }
    if (this.numbers !== undefined) freeArrays([this.numbers]);
    return {
      lo,
      hi,
      sizes: this.sizes.subarray(firstStart),
      discriminators: this.discriminators.subarray(firstStart),
    };
  }

  /** The same as `run`, taking hashes of an earlier BTF where types say the same. Throws TooDeep. */
  runAlike(earlier: TypeHashes, same: SameTypes): { types: TypeHashes; pairs: Int32Array } {
    const { count, refLo, refHi, words, starts, sizes, discriminators } = this;
    const { pairs, lo, hi } = same;
    this.discriminateAlike(earlier, same);
    const runs: number[] = [];
    for (let id = 1; id < count; ) {
      const run = pairs[id] === 0 ? 0 : same.sameRun(id);
      if (run > 0) {
        runs.push(id - 1, pairs[id]! - 1, run);
        id += run;
        continue;
      }
      const at = starts[id - 1]!;
      const kind = infoKind(words[at + 1]!);
      const asContent = words[at]! !== 0 && isDeclared(kind);
      if (pairs[id] !== 0) runs.push(id - 1, pairs[id]! - 1, -1);
      if (!asContent && same.refIsSame(id)) {
        // meant by its name alone, whatever it says
        lo[id - 1] = earlier.lo[pairs[id]! - 1]!;
        hi[id - 1] = earlier.hi[pairs[id]! - 1]!;
      } else if (asContent) {
        this.begin(at);
        this.contents(at, kind, 0);
        lo[id - 1] = this.endLo();
        hi[id - 1] = this.endHi();
      } else {
        this.reference(id, 0);
        lo[id - 1] = refLo[id]!;
        hi[id - 1] = refHi[id]!;
      }
      id++;
    }
    return {
      types: copied({ lo, hi, sizes: sizes.subarray(1), discriminators: discriminators.subarray(1) }),
      pairs: Int32Array.from(runs),
    };
  }

  private discriminateAlike(earlier: TypeHashes, same: SameTypes): void {
    const { words, starts, discriminators } = this;
    const { pairs } = same;
    const shared = this.sharedAlike(same);
    same.remember();
    const contents = shared.map((id) => {
      const known = earlier.discriminators[pairs[id]! - 1];
      if (known !== undefined && known !== 0 && same.contentIsSame(id)) return known;
      const at = starts[id - 1]!;
      this.begin(at);
      this.contents(at, infoKind(words[at + 1]!), 0);
      return this.endLo() || 1;
    });
    shared.forEach((id, i) => {
      discriminators[id] = contents[i]!;
    });
    this.done.fill(0);
    same.forget();
    for (const ids of [shared, same.shared()]) {
      for (const id of ids) {
        const pair = pairs[id]!;
        if (pair !== 0 && discriminators[id] !== earlier.discriminators[pair - 1]) same.setChanged(id);
      }
    }
  }

  /**
   * Types that share class and name with another, as `sharedNames` finds them, in any order: those that did before, unless one of
   * them came or went. Only names of such are looked at again.
   */
  private sharedAlike(same: SameTypes): number[] {
    const { words, starts, stringBytes } = this;
    const nameOf = (id: number) => words[starts[id - 1]!]!;
    const touched = new Set<number>();
    for (const id of same.newNames()) touched.add(nameOf(id));
    for (const number of same.gone()) touched.add(same.nameNow(number));
    const shared = [...same.shared()].filter((id) => !touched.has(nameOf(id)));
    const seen = new Map<number, number>();
    const again: number[] = [];
    for (const id of touched.size === 0 ? [] : same.namedLike(touched)) {
      const name = nameOf(id);
      const bit = touched.has(name) ? this.classAt(id) : 0;
      if (bit === 0 || stringBytes[name - 1] !== 0) continue;
      const met = seen.get(name) ?? 0;
      seen.set(name, met | bit | ((met & bit) << 4));
      again.push(id);
    }
    for (const id of again) if ((seen.get(nameOf(id)) ?? 0) & (this.classAt(id) << 4)) shared.push(id);
    return shared;
  }

  /** As `forEachNamed`: the class of a type whose name others may share; 0 for others. */
  private classAt(id: number): number {
    const at = this.starts[id - 1]!;
    if (this.words[at] === 0) return 0;
    const kind = infoKind(this.words[at + 1]!);
    return kind === BtfKind.Fwd ? 0 : nameClass(kind, false);
  }

  asBase(): BaseHashes {
    this.discriminate();
    for (let own = 0; own < this.count; own++) this.reference(own, 0);
    const { refLo: lo, refHi: hi, sizes, stringBytes, strings, pointerSize } = this;
    const numbers = this.numbers ?? stringNumbers(strings);
    const classes = new Map<number, number>();
    this.forEachNamed((_, bit, name) => {
      const key = this.nameKeyAt(name);
      classes.set(key, (classes.get(key) ?? 0) | bit);
    });
    return { lo, hi, sizes, stringBytes, strings, numbers, pointerSize, classes };
  }

  /** Visits every type whose name others may share, with its class and the offset of its name. */
  private forEachNamed(visit: (own: number, bit: number, name: number) => void): void {
    const { words, starts, count, firstStart } = this;
    for (let own = firstStart; own < count; own++) {
      const at = starts[own - firstStart]!;
      const kind = infoKind(words[at + 1]!);
      const name = words[at]!;
      if (kind === BtfKind.Fwd || name === 0) continue;
      const bit = nameClass(kind, false);
      if (bit !== 0) visit(own, bit, name);
    }
  }

  private nameKeyAt(offset: number): number {
    const { base, firstString } = this;
    const below = offset < firstString && base !== undefined;
    const { lo, hi } = below ? base.strings : this.strings;
    const number = below ? base.numbers[offset] : this.numbers?.[offset - firstString];
    if (number !== undefined && number >= 0) return nameKey(lo[number]!, hi[number]!);
    const hash = below ? hashStringAt(base.stringBytes, offset) : hashStringAt(this.stringBytes, offset - firstString);
    return nameKey(hash.lo, hash.hi);
  }

  /**
   * Gives types that share class and name, with each other or with one of the base, their content's hash as
   * discriminator, then forgets all references.
   */
  private discriminate(): void {
    const { words, starts, discriminators, firstStart } = this;
    const shared = this.base === undefined ? this.sharedNames() : this.sharedWith(this.base);
    if (shared.length === 0) return;
    const contents = shared.map((own) => {
      const at = starts[own - firstStart]!;
      this.begin(at);
      this.contents(at, infoKind(words[at + 1]!), 0);
      return this.endLo() || 1;
    });
    shared.forEach((own, i) => {
      discriminators[own] = contents[i]!; // only now: no content's hash depends on the order of the others
    });
    this.done.fill(0);
  }

  /** Types that share class and name with another of this BTF. */
  private sharedNames(): number[] {
    const { stringBytes } = this;
    const seen = classesSeen(stringBytes.length); // by offset: the classes of a name, and 4 bits further those met twice
    this.forEachNamed((_, bit, name) => {
      if (stringBytes[name - 1] !== 0) return; // the tail of another string is no name that others have
      const before = seen[name]!;
      seen[name] = before | bit | ((before & bit) << 4);
    });
    const shared: number[] = [];
    this.forEachNamed((own, bit, name) => {
      if (seen[name]! & (bit << 4) && stringBytes[name - 1] === 0) shared.push(own);
    });
    return shared;
  }

  /** Types that share class and name with another of this layer or with one of its base. */
  private sharedWith({ classes }: BaseHashes): number[] {
    const once = new Map<number, number>();
    const twice = new Map<number, number>();
    const keys: number[] = [];
    this.forEachNamed((_, bit, name) => {
      const key = this.nameKeyAt(name);
      keys.push(key);
      const seen = once.get(key) ?? classes.get(key) ?? 0;
      if (seen & bit) twice.set(key, (twice.get(key) ?? 0) | bit);
      once.set(key, seen | bit);
    });
    const shared: number[] = [];
    let i = 0;
    if (twice.size > 0) {
      this.forEachNamed((own, bit) => {
        if ((twice.get(keys[i++]!) ?? 0) & bit) shared.push(own);
      });
    }
    return shared;
  }

  private begin(at: number): void {
    const { words } = this;
    const info = words[at + 1]!;
    this.a = 0x2545f491;
    this.b = 0x6c62272e;
    this.add(info & 0x7fffffff);
    this.name(words[at]!);
  }

  /** murmur3's step in two lanes with different constants. */
  private add(word: number): void {
    let k = Math.imul(word, 0xcc9e2d51);
    k = Math.imul((k << 15) | (k >>> 17), 0x1b873593);
    const a = this.a ^ k;
    this.a = (Math.imul((a << 13) | (a >>> 19), 5) + 0xe6546b64) | 0;
    k = Math.imul(word ^ 0x5bf03635, 0x85ebca6b);
    k = Math.imul((k << 16) | (k >>> 16), 0xc2b2ae35);
    const b = this.b ^ k;
    this.b = (Math.imul((b << 11) | (b >>> 21), 9) + 0x52dce729) | 0;
  }

  private endLo(): number {
    let h = this.a;
    h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
    h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
    return h ^ (h >>> 16);
  }

  private endHi(): number {
    let h = this.b;
    h = Math.imul(h ^ (h >>> 16), 0x7feb352d);
    h = Math.imul(h ^ (h >>> 15), 0x846ca68b);
    return h ^ (h >>> 16);
  }

  private name(offset: number): void {
    if (offset < this.firstString) {
      this.baseName(this.base as BaseHashes, offset);
      return;
    }
    offset -= this.firstString;
    const number = this.numbers === undefined ? -1 : this.numbers[offset]!;
    if (number >= 0) {
      this.add(this.strings.lo[number]!);
      this.add(this.strings.hi[number]!);
      return;
    }
    // a name that is the tail of another string, or there is no table
    if (offset > 0 && this.stringBytes[offset - 1] !== 0) this.namesBegin = false;
    const hash = hashStringAt(this.stringBytes, offset);
    this.add(hash.lo);
    this.add(hash.hi);
  }

  private baseName({ numbers, strings, stringBytes }: BaseHashes, offset: number): void {
    const number = numbers[offset]!;
    const hash = number >= 0 ? undefined : hashStringAt(stringBytes, offset);
    this.add(hash === undefined ? strings.lo[number]! : hash.lo);
    this.add(hash === undefined ? strings.hi[number]! : hash.hi);
  }

  private refer(id: number, depth: number): void {
    const own = id - this.firstId;
    if (own < 0) {
      const { lo, hi } = this.base as BaseHashes;
      this.add(lo[id]!);
      this.add(hi[id]!);
      return;
    }
    if (this.done[own] !== 1) this.nested(own, depth);
    this.add(this.refLo[own]!);
    this.add(this.refHi[own]!);
  }

  private sizeOf(id: number): number {
    const own = id - this.firstId;
    return (own < 0 ? (this.base as BaseHashes).sizes[id] : this.sizes[own]) as number;
  }

  /** Hashes a reference while another hash is under way. */
  private nested(own: number, depth: number): void {
    const { a, b } = this;
    this.reference(own, depth + 1);
    this.a = a;
    this.b = b;
  }

  /** What a reference to a type looks like from outside: kind and name, or without a name its content. */
  private reference(own: number, depth: number): void {
    if (this.done[own] === 1) return;
    const { words } = this;
    this.done[own] = 1; // before its content: an anonymous type that contains itself meets a constant
    this.refLo[own] = TOO_DEEP;
    this.refHi[own] = 0; // the memory was another kernel's
    if (depth > MAX_ANONYMOUS_DEPTH) this.namesBegin = false; // nobody looks further
    if (own + this.firstId === 0 || depth > MAX_ANONYMOUS_DEPTH) return;
    const at = this.starts[own - this.firstStart]!;
    const info = words[at + 1]!;
    const kind = infoKind(info);
    const bit = words[at]! === 0 ? 0 : nameClass(kind, infoKindFlag(info));
    if (bit !== 0) {
      this.a = bit;
      this.b = bit;
      this.name(words[at]!);
      if (this.discriminators[own] !== 0) this.add(this.discriminators[own]!);
    } else if (kind === BtfKind.Func || kind === BtfKind.Var) {
      this.a = kind << 8;
      this.b = kind << 8;
      this.name(words[at]!);
    } else {
      this.begin(at);
      this.contents(at, kind, depth);
    }
    this.refLo[own] = this.endLo();
    this.refHi[own] = this.endHi();
  }

  /** Adds all that a type says besides info and name. */
  private contents(at: number, kind: number, depth: number): void {
    const { words } = this;
    const info = words[at + 1]!;
    const flag = info >>> 31;
    const vlen = infoVlen(info);
    const third = words[at + 2]!;
    switch (kind) {
      case BtfKind.Int:
        this.add(third);
        this.add(words[at + 3]!);
        return;
      case BtfKind.Float:
        this.add(third);
        return;
      case BtfKind.Fwd:
        this.add(flag);
        return;
      case BtfKind.Ptr:
      case BtfKind.Volatile:
      case BtfKind.Const:
      case BtfKind.Restrict:
      case BtfKind.Func:
        this.refer(third, depth);
        return;
      case BtfKind.TypeTag:
        this.add(flag);
        this.refer(third, depth);
        return;
      case BtfKind.Typedef:
        this.refer(third, depth);
        this.add(this.sizeOf(third));
        return;
      case BtfKind.Var:
        this.add(words[at + 3]!);
        this.refer(third, depth);
        this.add(this.sizeOf(third));
        return;
      case BtfKind.DeclTag:
        this.add(flag);
        this.add(words[at + 3]!);
        this.refer(third, depth);
        return;
      case BtfKind.Array:
        this.refer(words[at + 3]!, depth);
        this.add(words[at + 5]!);
        return;
      case BtfKind.FuncProto: {
        this.refer(third, depth);
        for (let i = 0, w = at + 3; i < vlen; i++, w += 2) {
          this.name(words[w]!);
          this.refer(words[w + 1]!, depth);
        }
        return;
      }
      case BtfKind.Struct:
      case BtfKind.Union: {
        this.add(third);
        this.add(flag);
        for (let i = 0, w = at + 3; i < vlen; i++, w += 3) {
          const type = words[w + 1]!;
          this.name(words[w]!);
          this.refer(type, depth);
          this.add(words[w + 2]!);
          this.add(this.sizeOf(type));
        }
        return;
      }
      case BtfKind.Enum:
      case BtfKind.Enum64: {
        this.add(third);
        this.add(flag);
        const stride = kind === BtfKind.Enum ? 2 : 3;
        for (let i = 0, w = at + 3; i < vlen; i++, w += stride) {
          this.name(words[w]!);
          this.add(words[w + 1]!);
          if (stride === 3) this.add(words[w + 2]!);
        }
        return;
      }
      default:
        this.others(at, kind, depth);
    }
  }

  /** Sections and locations by the kind table; kinds that only a layout section sizes, word by word. */
  private others(at: number, kind: number, depth: number): void {
    const { words, starts } = this;
    const row = kindLayout(kind);
    let low = 0;
    let high = starts.length - 1;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (starts[middle]! <= at) low = middle + 1;
      else high = middle;
    }
    const end = starts[low]!; // where the next type begins
    const elements = at + 3 + (row?.infoWords ?? 0);
    for (let w = at + 2; w < end; w++) {
      const inElement = row !== undefined && w >= elements && row.elemWords > 0;
      const isRef =
        row !== undefined &&
        (inElement
          ? row.elemRefs.includes((w - elements) % row.elemWords)
          : w === at + 2
            ? row.third === 'type'
            : row.infoRefs.includes(w - at - 3));
      if (isRef) this.refer(words[w]!, depth);
      else this.add(words[w]!);
    }
  }
}
