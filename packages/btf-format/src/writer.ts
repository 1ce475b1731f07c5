// BtfBuilder: types and strings are added as by libbpf's btf__add_* calls, and what comes out is what libbpf writes for
// the same calls, but for the header's length (24 bytes unless asked). btf.c, "Append new BTF_KIND_...". Long because there
// is one short method for each of those calls.

import { findInBase } from './base-strings.ts';
import { type EncodeOptions, encodeBtf, encodeOptionsOf, withDefaults } from './encode.ts';
import { BtfError } from './errors.ts';
import { BtfKind, kindLayout, kindName, MAX_VLEN, TYPE_WORDS } from './kinds.ts';
import { type Btf, parseBtf } from './btf.ts';
import { eachName, eachRef } from './refs.ts';
import { StringSet } from './string-set.ts';
import { WordBuffer } from './word-buffer.ts';
import {
  checkEnum64Value,
  checkEnumValue,
  checkMemberPlace,
  checkOneOf,
  checkPowerOfTwo,
  checkTypeId,
  checkU32,
  invalid,
} from './writer-checks.ts';
import { infoKind, infoKindFlag } from './info.ts';

/** A name: text, or a string of another BTF, whose bytes are taken as they are. */
export type BtfName = string | { readonly btf: Btf; readonly offset: number };

/** What a builder starts from and how it writes; `build` may say otherwise. */
export interface BtfBuilderOptions extends EncodeOptions {
  /** For split BTF: ids and string offsets continue after it, and its strings are used where they serve. */
  readonly base?: Btf | undefined;
}

const NO_VALUE = '';
const encoder = new TextEncoder();

/**
 * Builds BTF type by type. Each `add*` of a type returns its id; members, enumerators, parameters and variables are
 * added to the last type. Ids may point forward, to types not added yet. Throws `invalid-argument` where libbpf says
 * EINVAL or E2BIG, and `limit` where it says ENOSPC.
 *
 * ```ts
 * const builder = new BtfBuilder();
 * const int = builder.addInt('int', 4, IntEncoding.Signed);
 * builder.addStruct('point', 8);
 * builder.addField('x', int, 0);
 * builder.addField('y', int, 32);
 * const bytes = builder.build();
 * ```
 */
export class BtfBuilder {
  readonly base: Btf | undefined;
  /** First id that this builder gives. */
  readonly startId: number;
  /** Where the base's strings end. */
  readonly startStringOffset: number;
  readonly #options: EncodeOptions;
  readonly #words = new WordBuffer();
  /** For each own type the index of its first word. */
  readonly #starts = new WordBuffer(64);
  #strings = new StringSet();

  constructor(options: BtfBuilderOptions = {}) {
    const { base, ...encode } = options;
    this.base = base;
    this.startId = base?.typeCount ?? 1;
    this.startStringOffset = base?.stringEnd ?? 0;
    this.#options = { ...encode, littleEndian: encode.littleEndian ?? base?.littleEndian };
    if (base === undefined) this.#strings.add(new Uint8Array(0)); // the empty name is at 0
  }

  /**
   * A builder that goes on where a BTF ends, as libbpf does with one that it parsed: ids and strings stay as they are,
   * unused and duplicate strings too. Throws `unsupported` where the header has fields that nobody here knows.
   */
  static from(btf: Btf, options: EncodeOptions = {}): BtfBuilder {
    const builder = new BtfBuilder({ ...withDefaults(options, encodeOptionsOf(btf)), base: btf.base });
    builder.#strings = new StringSet(btf.strings.bytes);
    builder.#words.append(btf.words, 0, btf.words.length);
    builder.#starts.append(btf.starts, 0, btf.starts.length - 1);
    return builder;
  }

  /** One more than the largest id so far, the base's included (btf__type_cnt). */
  get typeCount(): number {
    return this.startId + this.#starts.length;
  }

  /** The offset of a string, added where neither the base nor this BTF has it (btf__add_str). */
  addString(name: BtfName): number {
    const [bytes, start, end] = nameBytes(name);
    const inBase = findInBase(this.base, bytes, start, end);
    return inBase >= 0 ? inBase : this.startStringOffset + this.#strings.add(bytes, start, end);
  }

  /** The offset of a string that is there already (btf__find_str). */
  findString(name: BtfName): number | undefined {
    const [bytes, start, end] = nameBytes(name);
    const inBase = findInBase(this.base, bytes, start, end);
    if (inBase >= 0) return inBase;
    const own = this.#strings.find(bytes, start, end);
    return own < 0 ? undefined : this.startStringOffset + own;
  }

  /** btf__add_int. `encoding`: of `IntEncoding`. */
  addInt(name: BtfName, size: number, encoding = 0): number {
    checkNamed(name);
    checkPowerOfTwo(size, 16);
    if (!Number.isInteger(encoding) || (encoding & ~7) !== 0) throw invalid(`encoding ${encoding}`, '0 to 7');
    return this.#add(BtfKind.Int, name, size, 0, false, [((encoding << 24) | (size * 8)) >>> 0]);
  }

  /** btf__add_float. */
  addFloat(name: BtfName, size: number): number {
    checkNamed(name);
    checkOneOf(size, [2, 4, 8, 12, 16], 'float size');
    return this.#add(BtfKind.Float, name, size);
  }

  /** btf__add_ptr. */
  addPtr(type: number): number {
    return this.#addReference(BtfKind.Ptr, NO_VALUE, type);
  }

  /** btf__add_array, but with the element type first. */
  addArray(type: number, indexType: number, nelems: number): number {
    checkTypeId(indexType);
    checkTypeId(type);
    checkU32(nelems, 'nelems');
    return this.#add(BtfKind.Array, NO_VALUE, 0, 0, false, [type, indexType, nelems]);
  }

  /** btf__add_struct: members follow with `addField`. `size` in bytes. */
  addStruct(name: BtfName, size: number): number {
    checkU32(size, 'size');
    return this.#add(BtfKind.Struct, name, size);
  }

  /** btf__add_union: members follow with `addField`, all at bit 0. */
  addUnion(name: BtfName, size: number): number {
    checkU32(size, 'size');
    return this.#add(BtfKind.Union, name, size);
  }

  /**
   * btf__add_field: a member of the last type, a struct or union. `bitSize` makes it a bitfield.
   * Differs from libbpf: an offset of 16777216 bits or more beside a bitfield is refused; libbpf writes it over the
   * neighbour's size, for with bitfields only 24 bits are left for offsets.
   */
  addField(name: BtfName, type: number, bitOffset: number, bitSize = 0): void {
    const at = this.#last([BtfKind.Struct, BtfKind.Union], 'a struct or union');
    const info = this.#words.get(at + 1);
    checkTypeId(type);
    checkMemberPlace(bitOffset, bitSize, infoKind(info) === BtfKind.Union);
    const isBitfield = bitSize > 0;
    const hadBitfields = infoKindFlag(info);
    const far = 'at most 16777215 beside bitfields';
    if (hadBitfields && bitOffset > 0xffffff) throw invalid(`bit offset ${bitOffset}`, far);
    if (isBitfield && !hadBitfields) {
      for (let w = at + TYPE_WORDS + 2; w < this.#words.length; w += 3) {
        if (this.#words.get(w) > 0xffffff) throw invalid(`bit offset ${this.#words.get(w)}`, far);
      }
    }
    this.#addElement(at, [this.addString(name), type, (bitOffset | (bitSize << 24)) >>> 0]);
    if (isBitfield) this.#setKindFlag(at);
  }

  /** btf__add_enum: values follow with `addEnumValue`. Without any it is a forward declaration. */
  addEnum(name: BtfName, size: number): number {
    checkPowerOfTwo(size, 8);
    return this.#add(BtfKind.Enum, name, size);
  }

  /** btf__add_enum_value. The first negative value makes the enum signed. */
  addEnumValue(name: BtfName, value: number | bigint): void {
    const at = this.#last([BtfKind.Enum], 'an enum');
    checkNamed(name);
    const number = checkEnumValue(value);
    this.#addElement(at, [this.addString(name), number >>> 0]);
    if (number < 0) this.#setKindFlag(at);
  }

  /** btf__add_enum64: values follow with `addEnum64Value`. */
  addEnum64(name: BtfName, size: number, signed = false): number {
    checkPowerOfTwo(size, 8);
    return this.#add(BtfKind.Enum64, name, size, 0, signed);
  }

  /** btf__add_enum64_value. Negative values are stored as their low 64 bits. */
  addEnum64Value(name: BtfName, value: number | bigint): void {
    const at = this.#last([BtfKind.Enum64], 'an enum64');
    checkNamed(name);
    const bits = checkEnum64Value(value);
    this.#addElement(at, [this.addString(name), Number(bits & 0xffffffffn), Number(bits >> 32n)]);
  }

  /** btf__add_fwd: a struct or union declared but not defined. For an enum: `addEnum(name, 4)`. */
  addFwd(name: BtfName, union = false): number {
    checkNamed(name);
    return this.#add(BtfKind.Fwd, name, 0, 0, union);
  }

  /** btf__add_typedef. */
  addTypedef(name: BtfName, type: number): number {
    checkNamed(name);
    return this.#addReference(BtfKind.Typedef, name, type);
  }

  /** btf__add_volatile. */
  addVolatile(type: number): number {
    return this.#addReference(BtfKind.Volatile, NO_VALUE, type);
  }

  /** btf__add_const. */
  addConst(type: number): number {
    return this.#addReference(BtfKind.Const, NO_VALUE, type);
  }

  /** btf__add_restrict. */
  addRestrict(type: number): number {
    return this.#addReference(BtfKind.Restrict, NO_VALUE, type);
  }

  /** btf__add_type_tag; with `attribute` btf__add_type_attr: the value is the text of an `__attribute__`. */
  addTypeTag(value: BtfName, type: number, attribute = false): number {
    checkNamed(value);
    return this.#addReference(BtfKind.TypeTag, value, type, 0, attribute);
  }

  /** btf__add_func. `linkage`: 0 static, 1 global, 2 extern. */
  addFunc(name: BtfName, linkage: number, proto: number): number {
    checkNamed(name);
    checkOneOf(linkage, [0, 1, 2], 'linkage');
    return this.#addReference(BtfKind.Func, name, proto, linkage);
  }

  /** btf__add_func_proto: parameters follow with `addFuncParam`. */
  addFuncProto(returnType: number): number {
    return this.#addReference(BtfKind.FuncProto, NO_VALUE, returnType);
  }

  /** btf__add_func_param. A last one without name and type is `...`. */
  addFuncParam(name: BtfName, type: number): void {
    checkTypeId(type);
    const at = this.#last([BtfKind.FuncProto], 'a function prototype');
    this.#addElement(at, [this.addString(name), type]);
  }

  /** btf__add_var. `linkage`: 0 static, 1 global, 2 extern. */
  addVar(name: BtfName, linkage: number, type: number): number {
    checkNamed(name);
    checkOneOf(linkage, [0, 1, 2], 'linkage');
    return this.#addReference(BtfKind.Var, name, type, 0, false, [linkage]);
  }

  /** btf__add_datasec: variables follow with `addDatasecVar`. `size` in bytes. */
  addDatasec(name: BtfName, size: number): number {
    checkNamed(name);
    checkU32(size, 'size');
    return this.#add(BtfKind.Datasec, name, size);
  }

  /** btf__add_datasec_var_info. `offset` and `size` in bytes. */
  addDatasecVar(type: number, offset: number, size: number): void {
    const at = this.#last([BtfKind.Datasec], 'a data section');
    checkTypeId(type);
    checkU32(offset, 'offset');
    checkU32(size, 'size');
    this.#addElement(at, [type, offset, size]);
  }

  /** btf__add_decl_tag; with `attribute` btf__add_decl_attr. `componentIdx`: a member or parameter, -1 for the whole. */
  addDeclTag(value: BtfName, type: number, componentIdx = -1, attribute = false): number {
    checkNamed(value);
    if (!Number.isInteger(componentIdx) || componentIdx < -1 || componentIdx > 0x7fffffff) {
      throw invalid(`component ${componentIdx}`, '-1 or more');
    }
    return this.#addReference(BtfKind.DeclTag, value, type, 0, attribute, [componentIdx >>> 0]);
  }

  /** Where a parameter of an inlined function lives: `flags` and `values` as in the uapi header. `size` in bytes. */
  addLocParam(size: number, flags: number, values: readonly number[]): number {
    for (const word of [flags, ...values]) checkU32(word, 'location word');
    if (!Number.isInteger(size) || size < -0x80000000 || size > 0xffffffff) throw invalid(`size ${size}`, '32 bits');
    return this.#add(BtfKind.LocParam, NO_VALUE, size >>> 0, values.length, false, [flags, ...values]);
  }

  /** The locations of a function's parameters: ids of LOC_PARAMs, 0 where one has none. */
  addLocProto(params: readonly number[]): number {
    for (const id of params) checkTypeId(id);
    return this.#add(BtfKind.LocProto, NO_VALUE, 0, params.length, false, params);
  }

  /** A section of inlined calls: locations follow with `addLocation`. */
  addLocSec(name: BtfName): number {
    checkNamed(name);
    return this.#add(BtfKind.LocSec, name, 0);
  }

  /** One inlined call in the last LOCSEC. `offset` in bytes. */
  addLocation(func: number, locProto: number, offset: number): void {
    const at = this.#last([BtfKind.LocSec], 'a location section');
    checkTypeId(func);
    checkTypeId(locProto);
    checkU32(offset, 'offset');
    this.#addElement(at, [func, locProto, offset]);
  }

  /**
   * btf__add_type: a type of another BTF as it is, with its strings; its references keep their numbers. Throws
   * `unsupported` for kinds beyond the table, whose names and references nobody can find.
   */
  addType(source: Btf, id: number): number {
    if (id === 0) throw invalid('void', 'a type with a record');
    const layer = source.layerOf(id);
    const from = layer.wordAt(id);
    this.#checkKnown(layer, from, id);
    const at = this.#words.append(layer.words, from, layer.starts[id - layer.startId + 1]!);
    this.#starts.push(at);
    eachName(this.#words.words, at, (offset, word) => {
      if (offset !== 0) this.#words.set(word, this.addString({ btf: source, offset }));
    });
    return this.typeCount - 1;
  }

  /**
   * btf__add_btf: all own types of another BTF with their references renumbered; returns the id of the first. A split
   * one must have the very base of this builder. Throws `unsupported`.
   */
  addBtf(source: Btf): number {
    if (source.base !== undefined && source.base !== this.base) {
      throw new BtfError('unsupported', 'split BTF over another base cannot be added', { expected: 'the same base' });
    }
    for (let i = 0; i + 1 < source.starts.length; i++) {
      this.#checkKnown(source, source.starts[i]!, source.startId + i);
    }
    const first = this.typeCount;
    const shift = first - source.startId;
    const begin = this.#words.append(source.words, 0, source.words.length);
    const strings = new Map<number, number>();
    for (let i = 0; i + 1 < source.starts.length; i++) {
      const at = begin + source.starts[i]!;
      this.#starts.push(at);
      const words = this.#words.words;
      eachName(words, at, (offset, word) => {
        if (offset === 0 || offset < source.startStringOffset) return;
        let mapped = strings.get(offset);
        if (mapped === undefined) {
          mapped = this.addString({ btf: source, offset });
          strings.set(offset, mapped);
        }
        words[word] = mapped;
      });
      if (shift === 0) continue;
      eachRef(words, at, (id, word) => {
        if (id >= source.startId) words[word] = id + shift;
      });
    }
    return first;
  }

  /** Renumbers the references of all own types, in order: for copies that `addType` made. */
  mapTypeIds(map: (id: number) => number): void {
    const { words } = this.#words;
    for (let i = 0; i < this.#starts.length; i++) {
      eachRef(words, this.#starts.get(i), (id, word) => {
        words[word] = map(id);
      });
    }
  }

  /** The bytes. Options override those that the builder was made with. */
  build(options: EncodeOptions = {}): Uint8Array {
    const { words } = this.#words;
    return encodeBtf({ ...withDefaults(options, this.#options), words, strings: this.#strings.bytes });
  }

  /** What was built, as a view, checked as every BTF that is read: references that point nowhere are refused here. */
  toBtf(): Btf {
    return parseBtf(this.build(), { base: this.base });
  }

  #add(kind: BtfKind, name: BtfName, sizeOrType: number, vlen = 0, flag = false, rest: readonly number[] = []): number {
    if (vlen > MAX_VLEN) throw vlenLimit(vlen);
    const nameOff = name === NO_VALUE ? 0 : this.addString(name);
    this.#starts.push(this.#words.length);
    this.#words.push3(nameOff, ((flag ? 0x80000000 : 0) | (kind << 24) | vlen) >>> 0, sizeOrType);
    for (const word of rest) this.#words.push(word);
    return this.typeCount - 1;
  }

  #addReference(
    kind: BtfKind,
    name: BtfName,
    type: number,
    vlen = 0,
    flag = false,
    rest: readonly number[] = [],
  ): number {
    checkTypeId(type);
    return this.#add(kind, name, type, vlen, flag, rest);
  }

  /** The first word of the last type, which must be of one of these kinds. */
  #last(kinds: readonly BtfKind[], expected: string): number {
    const at = this.#starts.length > 0 ? this.#starts.get(this.#starts.length - 1) : -1;
    const kind = at < 0 ? BtfKind.Unknown : infoKind(this.#words.get(at + 1));
    if (!kinds.includes(kind)) throw invalid(`the last type is ${at < 0 ? 'missing' : kindName(kind)}`, expected);
    return at;
  }

  #addElement(at: number, element: readonly number[]): void {
    const info = this.#words.get(at + 1);
    if ((info & MAX_VLEN) === MAX_VLEN) throw vlenLimit(MAX_VLEN + 1);
    for (const word of element) this.#words.push(word);
    this.#words.set(at + 1, info + 1);
  }

  #setKindFlag(at: number): void {
    this.#words.set(at + 1, (this.#words.get(at + 1) | 0x80000000) >>> 0);
  }

  #checkKnown(layer: Btf, at: number, id: number): void {
    const kind = infoKind(layer.words[at + 1]!);
    if (kindLayout(kind) === undefined) {
      throw new BtfError('unsupported', `a type of unknown kind ${kind} cannot be copied`, { typeId: id });
    }
  }
}

/** libbpf's str_is_empty checks; a name taken from another BTF must not be its empty string either. */
function checkNamed(name: BtfName): void {
  const [, start, end] = nameBytes(name);
  if (start === end) throw invalid('no name', 'a name');
}

function vlenLimit(count: number): BtfError {
  return new BtfError('limit', `${count} elements`, { expected: `at most ${MAX_VLEN}` });
}

function nameBytes(name: BtfName): [bytes: Uint8Array, start: number, end: number] {
  if (typeof name === 'string') {
    if (name.includes('\0')) throw invalid('a name with a NUL', 'no NUL');
    const bytes = encoder.encode(name);
    return [bytes, 0, bytes.length];
  }
  const layer = name.btf.stringLayer(name.offset);
  const start = name.offset - layer.startStringOffset;
  return [layer.strings.bytes, start, layer.strings.end(start)];
}
