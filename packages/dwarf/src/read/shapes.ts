// An abbreviation declaration made into a small program, once: what to skip, and which attribute goes into which slot. The
// interpreter (entry-reader.ts) then spends no thought on attributes that nobody asks for.
//
// Long because it has a row for each attribute and form that matters, each with the quirk of a compiler.

import { DwarfError } from '../errors.ts';
import { At, Form, Tag } from './constants.ts';

/** What the widths of forms depend on. */
export interface UnitFormat {
  readonly version: number;
  /** Bytes of an address: 2, 4 or 8. */
  readonly addressSize: number;
  /** Bytes of an offset: 4, or 8 in 64-bit DWARF. */
  readonly offsetSize: 4 | 8;
  /** The three as one number, and as text. */
  readonly number: number;
  readonly key: string;
}

export function unitFormat(version: number, addressSize: number, offsetSize: 4 | 8): UnitFormat {
  const number = version * 256 + addressSize * 16 + offsetSize;
  return { version, addressSize, offsetSize, number, key: String(number) };
}

/** Where the interpreter puts the values of attributes. Numbers of 64 bits take the slot's neighbour for the high half. */
export const Slot = {
  Name: 0,
  Type: 1,
  ByteSize: 2,
  BitOffset: 4,
  BitSize: 6,
  LowPc: 8,
  ConstValue: 10,
  Inline: 12,
  Origin: 14,
  Specification: 15,
  UpperBound: 16,
  Count: 18,
  MemberLocation: 20,
  Declaration: 22,
  Encoding: 24,
  External: 26,
  DataBitOffset: 28,
  Signature: 30,
  Sibling: 31,
  /** Position in the window and length of a location expression; or an offset or index and -1, -2. */
  Location: 32,
  Artificial: 34,
  CallingConvention: 36,
  Language: 38,
  Producer: 40,
  StrOffsetsBase: 42,
  AddrBase: 44,
  LoclistsBase: 46,
  DwoName: 48,
  Alignment: 50,
  Annotation: 52,
} as const;

/** How a location was given, in the slot after {@link Slot.Location}. */
export const LOCATION_LIST_OFFSET = -1;
export const LOCATION_LIST_INDEX = -2;

/** A shape's attributes as bits of `mask`. */
export const Has = {
  Name: 1 << 0,
  Type: 1 << 1,
  ByteSize: 1 << 2,
  BitOffset: 1 << 3,
  BitSize: 1 << 4,
  LowPc: 1 << 5,
  ConstValue: 1 << 6,
  Inline: 1 << 7,
  Origin: 1 << 8,
  Specification: 1 << 9,
  UpperBound: 1 << 10,
  Count: 1 << 11,
  MemberLocation: 1 << 12,
  Declaration: 1 << 13,
  Encoding: 1 << 14,
  External: 1 << 15,
  DataBitOffset: 1 << 16,
  Signature: 1 << 17,
  Sibling: 1 << 18,
  Location: 1 << 19,
  Artificial: 1 << 20,
  CallingConvention: 1 << 21,
  Language: 1 << 22,
  Producer: 1 << 23,
  StrOffsetsBase: 1 << 24,
  AddrBase: 1 << 25,
  LoclistsBase: 1 << 26,
  DwoName: 1 << 27,
  Alignment: 1 << 28,
  Annotation: 1 << 29,
} as const;

/** The steps of a program: each is three numbers, the step, its slot, its argument. */
export const Step = {
  Skip: 0,
  SkipUleb: 1,
  SkipString: 2,
  SkipBlock1: 3,
  SkipBlock2: 4,
  SkipBlock4: 5,
  SkipBlock: 6,
  Data1: 7,
  Data2: 8,
  Data4: 9,
  Data8: 10,
  Uleb: 11,
  Sleb: 12,
  Constant: 13,
  Flag: 14,
  Strp4: 15,
  Strp8: 16,
  String: 17,
  LineStrp: 18,
  Strx: 19,
  StrpAlt: 20,
  Ref1: 21,
  Ref2: 22,
  Ref4: 23,
  Ref8: 24,
  RefUleb: 25,
  RefAddr: 26,
  RefSig8: 27,
  RefAlt: 28,
  MemberBlock: 29,
  LocationBlock: 30,
  LocationOffset: 31,
  LocationIndex: 32,
  Addr: 33,
  Addrx: 34,
  Indirect: 35,
} as const;

/** What the interpreter needs to know of an entry. */
export interface Shape {
  readonly tag: number;
  readonly hasChildren: boolean;
  /** Which attributes the program sets, of {@link Has}. */
  readonly mask: number;
  readonly program: Int32Array;
  /** The same without anything read but DW_AT_sibling: for entries in places where they say nothing. */
  readonly skip: Int32Array;
  /** {@link UnitFormat.number}. */
  readonly format: number;
  /** The declaration's bytes. */
  readonly source: Uint8Array;
}

type Value = 'number' | 'flag' | 'text' | 'reference' | 'location' | 'member' | 'address' | 'constant-or-text';

const WANTED: ReadonlyMap<number, { slot: number; bit: number; value: Value }> = new Map([
  [At.Sibling, { slot: Slot.Sibling, bit: Has.Sibling, value: 'reference' }],
  [At.Location, { slot: Slot.Location, bit: Has.Location, value: 'location' }],
  [At.Name, { slot: Slot.Name, bit: Has.Name, value: 'text' }],
  [At.ByteSize, { slot: Slot.ByteSize, bit: Has.ByteSize, value: 'number' }],
  [At.BitOffset, { slot: Slot.BitOffset, bit: Has.BitOffset, value: 'number' }],
  [At.BitSize, { slot: Slot.BitSize, bit: Has.BitSize, value: 'number' }],
  [At.LowPc, { slot: Slot.LowPc, bit: Has.LowPc, value: 'address' }],
  [At.Language, { slot: Slot.Language, bit: Has.Language, value: 'number' }],
  [At.ConstValue, { slot: Slot.ConstValue, bit: Has.ConstValue, value: 'constant-or-text' }],
  [At.Producer, { slot: Slot.Producer, bit: Has.Producer, value: 'text' }],
  [At.UpperBound, { slot: Slot.UpperBound, bit: Has.UpperBound, value: 'number' }],
  [At.AbstractOrigin, { slot: Slot.Origin, bit: Has.Origin, value: 'reference' }],
  [At.Artificial, { slot: Slot.Artificial, bit: Has.Artificial, value: 'flag' }],
  [At.CallingConvention, { slot: Slot.CallingConvention, bit: Has.CallingConvention, value: 'number' }],
  [At.Inline, { slot: Slot.Inline, bit: Has.Inline, value: 'number' }],
  [At.Count, { slot: Slot.Count, bit: Has.Count, value: 'number' }],
  [At.DataMemberLocation, { slot: Slot.MemberLocation, bit: Has.MemberLocation, value: 'member' }],
  [At.Declaration, { slot: Slot.Declaration, bit: Has.Declaration, value: 'flag' }],
  [At.Encoding, { slot: Slot.Encoding, bit: Has.Encoding, value: 'number' }],
  [At.External, { slot: Slot.External, bit: Has.External, value: 'flag' }],
  [At.Specification, { slot: Slot.Specification, bit: Has.Specification, value: 'reference' }],
  [At.Type, { slot: Slot.Type, bit: Has.Type, value: 'reference' }],
  [At.Signature, { slot: Slot.Signature, bit: Has.Signature, value: 'reference' }],
  [At.DataBitOffset, { slot: Slot.DataBitOffset, bit: Has.DataBitOffset, value: 'number' }],
  [At.StrOffsetsBase, { slot: Slot.StrOffsetsBase, bit: Has.StrOffsetsBase, value: 'number' }],
  [At.AddrBase, { slot: Slot.AddrBase, bit: Has.AddrBase, value: 'number' }],
  [At.LoclistsBase, { slot: Slot.LoclistsBase, bit: Has.LoclistsBase, value: 'number' }],
  [At.DwoName, { slot: Slot.DwoName, bit: Has.DwoName, value: 'text' }],
  [At.GnuDwoName, { slot: Slot.DwoName, bit: Has.DwoName, value: 'text' }],
  [At.Alignment, { slot: Slot.Alignment, bit: Has.Alignment, value: 'number' }],
  [At.GnuAnnotation, { slot: Slot.Annotation, bit: Has.Annotation, value: 'reference' }],
]);

/** Attributes that an entry of this tag is asked for; all where the tag is not listed. */
const LOCATED: ReadonlySet<number> = new Set([Tag.FormalParameter, Tag.Variable]);

/** Compiles a declaration. Throws `bad-form`. */
export function compileShape(
  tag: number,
  hasChildren: boolean,
  attributes: readonly { attribute: number; form: number; value: number }[],
  format: UnitFormat,
  source: Uint8Array,
): Shape {
  const mask = { bits: 0 };
  const program = compile(attributes, format, (attribute) => isWanted(tag, attribute), mask);
  const skip = compile(attributes, format, (attribute) => attribute === At.Sibling, { bits: 0 });
  return { tag, hasChildren, mask: mask.bits, program, skip, format: format.number, source };
}

function compile(
  attributes: readonly { attribute: number; form: number; value: number }[],
  format: UnitFormat,
  isAsked: (attribute: number) => boolean,
  mask: { bits: number },
): Int32Array {
  const program: number[] = [];
  let pending = 0;
  const flush = () => {
    if (pending > 0) program.push(Step.Skip, 0, pending);
    pending = 0;
  };
  for (const { attribute, form, value } of attributes) {
    const wanted = isAsked(attribute) ? WANTED.get(attribute) : undefined;
    const step =
      wanted === undefined ? undefined : form === Form.Indirect ? Step.Indirect : stepFor(wanted.value, form, format);
    if (wanted !== undefined && step !== undefined) {
      flush();
      mask.bits |= wanted.bit;
      program.push(step, wanted.slot, step === Step.Indirect ? attribute : stepArgument(form, format, value));
      continue;
    }
    if (wanted !== undefined && !MAY_BE_UNKNOWN.has(wanted.value)) throw badForm(form, attribute);
    const size = fixedSize(form, format);
    if (size >= 0) pending += size;
    else {
      flush();
      program.push(skipStep(form), 0, 0);
    }
  }
  flush();
  return Int32Array.from(program);
}

/** Tags whose attributes say nothing about types, functions and variables. */
const IGNORED: ReadonlySet<number> = new Set([Tag.InlinedSubroutine, Tag.CallSite, Tag.GnuCallSite, Tag.LexicalBlock]);
const WITH_CONST_VALUE: ReadonlySet<number> = new Set([
  Tag.Enumerator,
  Tag.FormalParameter,
  Tag.LlvmAnnotation,
  Tag.GnuAnnotation,
]);
const TYPES_AND_MORE: ReadonlySet<number> = new Set(Object.values(Tag));

function isWanted(tag: number, attribute: number): boolean {
  if (IGNORED.has(tag)) return attribute === At.Sibling && tag !== Tag.LexicalBlock;
  if (!TYPES_AND_MORE.has(tag) || attribute === At.Sibling) return false;
  if (attribute === At.Location) return LOCATED.has(tag);
  if (attribute === At.ConstValue) return WITH_CONST_VALUE.has(tag);
  return true;
}

/** The size of a form in bytes, or -1 where it depends on the content. Throws `bad-form`. */
export function fixedSize(form: number, format: UnitFormat): number {
  switch (form) {
    case Form.FlagPresent:
    case Form.ImplicitConst:
      return 0;
    case Form.Data1:
    case Form.Flag:
    case Form.Ref1:
    case Form.Strx1:
    case Form.Addrx1:
      return 1;
    case Form.Data2:
    case Form.Ref2:
    case Form.Strx2:
    case Form.Addrx2:
      return 2;
    case Form.Strx3:
    case Form.Addrx3:
      return 3;
    case Form.Data4:
    case Form.Ref4:
    case Form.Strx4:
    case Form.Addrx4:
    case Form.RefSup4:
      return 4;
    case Form.Data8:
    case Form.Ref8:
    case Form.RefSig8:
    case Form.RefSup8:
      return 8;
    case Form.Data16:
      return 16;
    case Form.Addr:
      return format.addressSize;
    case Form.RefAddr:
      return format.version <= 2 ? format.addressSize : format.offsetSize;
    case Form.Strp:
    case Form.SecOffset:
    case Form.LineStrp:
    case Form.StrpSup:
    case Form.GnuRefAlt:
    case Form.GnuStrpAlt:
      return format.offsetSize;
    default:
      return -1;
  }
}

/** The step that skips a form without a fixed size. Throws `bad-form`. */
export function skipStep(form: number): number {
  switch (form) {
    case Form.Sdata:
    case Form.Udata:
    case Form.RefUdata:
    case Form.Strx:
    case Form.Addrx:
    case Form.Loclistx:
    case Form.Rnglistx:
    case Form.GnuAddrIndex:
    case Form.GnuStrIndex:
      return Step.SkipUleb;
    case Form.String:
      return Step.SkipString;
    case Form.Block1:
      return Step.SkipBlock1;
    case Form.Block2:
      return Step.SkipBlock2;
    case Form.Block4:
      return Step.SkipBlock4;
    case Form.Block:
    case Form.Exprloc:
      return Step.SkipBlock;
    case Form.Indirect:
      return Step.Indirect;
    default:
      throw new DwarfError('bad-form', `form 0x${form.toString(16)}`, { expected: 'a form of DWARF 2 to 5' });
  }
}

/** What may be an expression or a reference, a variable array's bound for instance: then nothing is known of it. */
const MAY_BE_UNKNOWN: ReadonlySet<Value> = new Set(['number', 'location', 'constant-or-text', 'member']);

export function badForm(form: number, attribute: number): DwarfError {
  const text = `attribute 0x${attribute.toString(16)} with form 0x${form.toString(16)}`;
  return new DwarfError('bad-form', text, { expected: 'a form that can hold it' });
}

/** How an attribute of that number is read, for `DW_FORM_indirect`; undefined where it is skipped. */
export function indirectStep(attribute: number, form: number, format: UnitFormat): number | undefined {
  const wanted = WANTED.get(attribute);
  return wanted === undefined || form === Form.ImplicitConst || form === Form.Indirect
    ? undefined
    : stepFor(wanted.value, form, format);
}

/** The step that reads an attribute; undefined where the form cannot hold it. */
function stepFor(value: Value, form: number, format: UnitFormat): number | undefined {
  switch (value) {
    case 'text':
      return textStep(form, format);
    case 'reference':
      return referenceStep(form);
    case 'address':
      return addressStep(form);
    case 'flag':
      return form === Form.FlagPresent ? Step.Constant : form === Form.Flag ? Step.Flag : numberStep(form, format);
    case 'location':
      return locationStep(form, format);
    case 'member':
      return blockOf(form) ? Step.MemberBlock : numberStep(form, format);
    case 'constant-or-text':
      return numberStep(form, format) ?? textStep(form, format);
    default:
      return numberStep(form, format);
  }
}

function blockOf(form: number): boolean {
  return (
    form === Form.Block || form === Form.Block1 || form === Form.Block2 || form === Form.Block4 || form === Form.Exprloc
  );
}

function numberStep(form: number, format: UnitFormat): number | undefined {
  switch (form) {
    case Form.Data1:
    case Form.Flag:
      return Step.Data1;
    case Form.Data2:
      return Step.Data2;
    case Form.Data4:
      return Step.Data4;
    case Form.Data8:
      return Step.Data8;
    case Form.Udata:
      return Step.Uleb;
    case Form.Sdata:
      return Step.Sleb;
    case Form.FlagPresent:
    case Form.ImplicitConst:
      return Step.Constant;
    case Form.SecOffset:
      return format.offsetSize === 8 ? Step.Data8 : Step.Data4;
    default:
      return undefined;
  }
}

function textStep(form: number, format: UnitFormat): number | undefined {
  switch (form) {
    case Form.Strp:
      return format.offsetSize === 8 ? Step.Strp8 : Step.Strp4;
    case Form.String:
      return Step.String;
    case Form.LineStrp:
      return Step.LineStrp;
    case Form.Strx:
    case Form.Strx1:
    case Form.Strx2:
    case Form.Strx3:
    case Form.Strx4:
    case Form.GnuStrIndex:
      return Step.Strx;
    case Form.StrpSup:
    case Form.GnuStrpAlt:
      return Step.StrpAlt;
    default:
      return undefined;
  }
}

function referenceStep(form: number): number | undefined {
  switch (form) {
    case Form.Ref1:
      return Step.Ref1;
    case Form.Ref2:
      return Step.Ref2;
    case Form.Ref4:
      return Step.Ref4;
    case Form.Ref8:
      return Step.Ref8;
    case Form.RefUdata:
      return Step.RefUleb;
    case Form.RefAddr:
      return Step.RefAddr;
    case Form.RefSig8:
      return Step.RefSig8;
    case Form.GnuRefAlt:
    case Form.RefSup4:
    case Form.RefSup8:
      return Step.RefAlt;
    default:
      return undefined;
  }
}

function addressStep(form: number): number | undefined {
  switch (form) {
    case Form.Addr:
      return Step.Addr;
    case Form.Addrx:
    case Form.Addrx1:
    case Form.Addrx2:
    case Form.Addrx3:
    case Form.Addrx4:
    case Form.GnuAddrIndex:
      return Step.Addrx;
    default:
      return undefined;
  }
}

function locationStep(form: number, format: UnitFormat): number | undefined {
  if (blockOf(form)) return Step.LocationBlock;
  if (form === Form.Loclistx) return Step.LocationIndex;
  // DWARF 2 and 3 have no sec_offset: a list is data4 or data8
  if (form === Form.SecOffset || form === Form.Data4 || form === Form.Data8) {
    return format.version >= 6 ? undefined : Step.LocationOffset;
  }
  return undefined;
}

/** What the interpreter needs besides the step: the form's own width, its kind, or its constant. */
export function stepArgument(form: number, format: UnitFormat, value: number): number {
  switch (form) {
    case Form.ImplicitConst:
      return value;
    case Form.FlagPresent:
      return 1;
    case Form.RefAddr:
      return format.version <= 2 ? format.addressSize : format.offsetSize;
    case Form.SecOffset:
    case Form.LineStrp:
    case Form.StrpSup:
    case Form.GnuStrpAlt:
    case Form.GnuRefAlt:
      return format.offsetSize;
    case Form.RefSup4:
    case Form.Data4:
      return 4;
    case Form.RefSup8:
    case Form.Data8:
      return 8;
    case Form.Addr:
      return format.addressSize;
    default:
      return form;
  }
}
