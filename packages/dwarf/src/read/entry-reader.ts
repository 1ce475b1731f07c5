// The interpreter of shapes: reads the attributes of one debugging information entry into slots. It is the innermost loop
// of all, fifteen million entries a kernel, so it is one function with one switch, over typed arrays only.

import { DwarfError } from '../errors.ts';
import { Form, Op } from './constants.ts';
import type { StringNames, NameTable } from './names.ts';
import type { SectionData } from './section-data.ts';
import {
  fixedSize,
  indirectStep,
  LOCATION_LIST_INDEX,
  LOCATION_LIST_OFFSET,
  skipStep,
  Step,
  stepArgument,
  type UnitFormat,
} from './shapes.ts';

/** A reference that is not an offset: -2 and below, the signature of a type unit by its place in the list. */
export const FIRST_SIGNATURE = -2;

/** What an entry's forms refer to outside of the entry. Offsets of entries are in one space over all sections of all files. */
export interface UnitContext {
  readonly format: UnitFormat;
  /** Where the unit's header begins, in the space of entry offsets. */
  readonly unitOrigin: number;
  /** Where the unit's section begins in that space. */
  readonly sectionOrigin: number;
  /** Where `.debug_info` of the alternate file begins in that space, or -1. */
  readonly alternateOrigin: number;
  readonly strings: StringNames;
  readonly lineStrings: StringNames;
  readonly alternateStrings: StringNames | undefined;
  readonly names: NameTable;
  readonly stringOffsets: SectionData | undefined;
  readonly addresses: SectionData | undefined;
  /** `DW_AT_str_offsets_base` and `DW_AT_addr_base`, set once the unit's own entry is read. */
  stringOffsetsBase: number;
  addressBase: number;
}

/** Reads entries from the window of a section. */
export class EntryReader {
  /** The values of the last entry's attributes, by slot. */
  readonly values = new Int32Array(64);
  /** Where the next byte is, in `section.bytes`. */
  at = 0;
  /** Signatures of type units that were referred to, as pairs of halves. */
  readonly signatures: number[] = [];
  readonly #littleEndian: boolean;
  #section!: SectionData;
  bytes: Uint8Array = new Uint8Array(0);
  view: DataView = new DataView(new ArrayBuffer(0));
  #context!: UnitContext;

  constructor(littleEndian: boolean) {
    this.#littleEndian = littleEndian;
  }

  /** Starts on a unit whose bytes are in the section's window. */
  enter(section: SectionData, context: UnitContext): void {
    this.#section = section;
    this.bytes = section.bytes;
    this.view = section.view;
    this.#context = context;
  }

  /** An unsigned LEB128 of up to 32 bits that matter. */
  uleb(): number {
    const bytes = this.bytes;
    const first = bytes[this.at++]!;
    if (first < 0x80) return first;
    let value = first & 0x7f;
    let shift = 7;
    for (;;) {
      const byte = bytes[this.at++];
      if (byte === undefined) throw this.#truncated();
      if (shift < 32) value |= (byte & 0x7f) << shift;
      shift += 7;
      if (byte < 0x80) return value >>> 0;
    }
  }

  /** Runs the program of an entry's shape. Throws `truncated`, `bad-string`, `bad-reference`, `bad-form`. */
  run(program: Int32Array): void {
    const values = this.values;
    const bytes = this.bytes;
    const view = this.view;
    const little = this.#littleEndian;
    const context = this.#context;
    let at = this.at;
    for (let i = 0; i < program.length; i += 3) {
      const slot = program[i + 1]!;
      switch (program[i]!) {
        case Step.Skip:
          at += program[i + 2]!;
          break;
        case Step.SkipUleb:
          while (bytes[at++]! >= 0x80);
          break;
        case Step.SkipString:
          while (bytes[at]! !== 0 && at < bytes.length) at++;
          at++;
          break;
        case Step.SkipBlock1:
          at += 1 + bytes[at]!;
          break;
        case Step.SkipBlock2:
          at += 2 + view.getUint16(at, little);
          break;
        case Step.SkipBlock4:
          at += 4 + view.getUint32(at, little);
          break;
        case Step.SkipBlock: {
          this.at = at;
          const size = this.uleb();
          at = this.at + size;
          break;
        }
        case Step.Data1:
        case Step.Flag:
          values[slot] = bytes[at++]!;
          values[slot + 1] = 0;
          break;
        case Step.Data2:
          values[slot] = view.getUint16(at, little);
          values[slot + 1] = 0;
          at += 2;
          break;
        case Step.Data4:
          values[slot] = view.getInt32(at, little);
          values[slot + 1] = 0;
          at += 4;
          break;
        case Step.Data8:
          values[slot] = view.getInt32(little ? at : at + 4, little);
          values[slot + 1] = view.getInt32(little ? at + 4 : at, little);
          at += 8;
          break;
        case Step.Uleb:
        case Step.Sleb:
          at = this.#leb(at, slot, program[i] === Step.Sleb);
          break;
        case Step.Constant:
          values[slot] = program[i + 2]!;
          values[slot + 1] = program[i + 2]! < 0 ? -1 : 0;
          break;
        case Step.Strp4:
          values[slot] = context.strings.at(view.getUint32(at, little));
          at += 4;
          break;
        case Step.Strp8:
          values[slot] = context.strings.at(this.#offset(at, 8));
          at += 8;
          break;
        case Step.String:
          values[slot] = context.names.internInline(bytes, at);
          while (bytes[at]! !== 0) at++;
          at++;
          break;
        case Step.Ref4:
          values[slot] = context.unitOrigin + view.getUint32(at, little);
          at += 4;
          break;
        case Step.Addr: {
          const size = program[i + 2]!;
          this.#address(at, size, slot);
          at += size;
          break;
        }
        case Step.LocationBlock:
          at = this.#block(at, slot, program[i + 2]!);
          break;
        case Step.LocationOffset:
          values[slot] = this.#offset(at, program[i + 2]!);
          values[slot + 1] = LOCATION_LIST_OFFSET;
          at += program[i + 2]!;
          break;
        case Step.MemberBlock:
          at = this.#memberBlock(at, slot, program[i + 2]!);
          break;
        default:
          at = this.#rare(program[i]!, at, slot, program[i + 2]!);
      }
    }
    this.at = at;
  }

  /** Runs a program without what is found by index: for the entry that says where the indexes begin. */
  runBases(program: Int32Array): void {
    const steps = program.slice();
    for (let i = 0; i < steps.length; i += 3) {
      if (steps[i] !== Step.Strx && steps[i] !== Step.Addrx) continue;
      const size = fixedSize(steps[i + 2]!, this.#context.format);
      steps[i] = size < 0 ? Step.SkipUleb : Step.Skip;
      steps[i + 2] = size;
    }
    this.run(steps);
  }

  /** The steps that most kernels never have: kept out of the loop, so that the engine keeps the loop. */
  #rare(step: number, at: number, slot: number, argument: number): number {
    const { values } = this;
    const context = this.#context;
    switch (step) {
      case Step.LineStrp:
        values[slot] = context.lineStrings.at(this.#offset(at, argument));
        return at + argument;
      case Step.StrpAlt: {
        const strings = context.alternateStrings;
        if (strings === undefined) throw this.#needsAlternate(at);
        values[slot] = strings.at(this.#offset(at, argument));
        return at + argument;
      }
      case Step.Strx: {
        const next = this.#index(at, argument);
        values[slot] = context.strings.at(this.#stringOffset(this.#lastIndex));
        return next;
      }
      case Step.Addrx: {
        const next = this.#index(at, argument);
        this.addressAt(this.#lastIndex, slot);
        return next;
      }
      case Step.LocationIndex: {
        const next = this.#index(at, Form.Addrx);
        values[slot] = this.#lastIndex;
        values[slot + 1] = LOCATION_LIST_INDEX;
        return next;
      }
      case Step.Ref1:
        values[slot] = context.unitOrigin + this.bytes[at]!;
        return at + 1;
      case Step.Ref2:
        values[slot] = context.unitOrigin + this.view.getUint16(at, this.#littleEndian);
        return at + 2;
      case Step.Ref8:
        values[slot] = this.#reference(context.unitOrigin, this.#offset(at, 8), at);
        return at + 8;
      case Step.RefUleb: {
        const next = this.#index(at, Form.Addrx);
        values[slot] = this.#reference(context.unitOrigin, this.#lastIndex, at);
        return next;
      }
      case Step.RefAddr:
        values[slot] = this.#reference(context.sectionOrigin, this.#offset(at, argument), at);
        return at + argument;
      case Step.RefAlt:
        if (context.alternateOrigin < 0) throw this.#needsAlternate(at);
        values[slot] = this.#reference(context.alternateOrigin, this.#offset(at, argument), at);
        return at + argument;
      case Step.RefSig8: {
        const little = this.#littleEndian;
        this.signatures.push(this.view.getInt32(at, little), this.view.getInt32(at + 4, little));
        values[slot] = FIRST_SIGNATURE - (this.signatures.length / 2 - 1);
        return at + 8;
      }
      default:
        return this.#indirect(at, slot, argument);
    }
  }

  #lastIndex = 0;

  /** An index form: sets `#lastIndex`, returns where it ends. */
  #index(at: number, form: number): number {
    const view = this.view;
    const little = this.#littleEndian;
    switch (form) {
      case Form.Strx1:
      case Form.Addrx1:
        this.#lastIndex = view.getUint8(at);
        return at + 1;
      case Form.Strx2:
      case Form.Addrx2:
        this.#lastIndex = view.getUint16(at, little);
        return at + 2;
      case Form.Strx3:
      case Form.Addrx3: {
        const middle = view.getUint8(at + 1) << 8;
        const [a, c] = [view.getUint8(at), view.getUint8(at + 2)];
        this.#lastIndex = little ? a | middle | (c << 16) : c | middle | (a << 16);
        return at + 3;
      }
      case Form.Strx4:
      case Form.Addrx4:
        this.#lastIndex = view.getUint32(at, little);
        return at + 4;
      default:
        this.at = at;
        this.#lastIndex = this.uleb();
        return this.at;
    }
  }

  #stringOffset(index: number): number {
    const { stringOffsets, stringOffsetsBase, format } = this.#context;
    const size = format.offsetSize;
    if (stringOffsets === undefined) throw new DwarfError('bad-string', `string ${index} without .debug_str_offsets`);
    const base = stringOffsetsBase >= 0 ? stringOffsetsBase : format.version >= 5 ? (size === 8 ? 16 : 8) : 0;
    const place = stringOffsets.ensure(base + index * size, size);
    return offsetAt(stringOffsets.view, place, size, this.#littleEndian);
  }

  /** Puts the address of that index in `.debug_addr` into a slot and its neighbour. */
  addressAt(index: number, slot: number): void {
    const { addresses, addressBase, format } = this.#context;
    const size = format.addressSize;
    if (addresses === undefined) throw new DwarfError('bad-reference', `address ${index} without .debug_addr`);
    const base = addressBase >= 0 ? addressBase : format.version >= 5 ? 8 : 0;
    const place = addresses.ensure(base + index * size, size);
    readAddress(addresses.view, place, size, this.#littleEndian, this.values, slot);
  }

  #address(at: number, size: number, slot: number): void {
    readAddress(this.view, at, size, this.#littleEndian, this.values, slot);
  }

  /** `DW_FORM_indirect`: the form stands before the value. */
  #indirect(at: number, slot: number, attribute: number): number {
    this.at = at;
    const form = this.uleb();
    const { format } = this.#context;
    const step = indirectStep(attribute, form, format);
    const start = this.at;
    if (step !== undefined) {
      this.run(Int32Array.of(step, slot, stepArgument(form, format, 0)));
      return this.at;
    }
    if (form === Form.Indirect || form === Form.ImplicitConst) {
      throw new DwarfError('bad-form', `form 0x${form.toString(16)} within an indirect one`, {
        section: this.#section.name,
        offset: this.#section.start + start,
      });
    }
    this.values[slot] = 0;
    const size = fixedSize(form, format);
    if (size >= 0) return start + size;
    this.run(Int32Array.of(skipStep(form), 0, 0));
    return this.at;
  }

  #leb(start: number, slot: number, signed: boolean): number {
    const bytes = this.bytes;
    let at = start;
    let low = 0;
    let high = 0;
    let shift = 0;
    let byte = 0;
    do {
      const next = bytes[at++];
      if (next === undefined) throw this.#truncated();
      byte = next;
      const bits = byte & 0x7f;
      if (shift < 32) {
        low |= bits << shift;
        if (shift > 25) high |= bits >>> (32 - shift);
      } else if (shift < 64) high |= bits << (shift - 32);
      shift += 7;
    } while (byte >= 0x80);
    if (signed && (byte & 0x40) !== 0) {
      if (shift < 32) {
        low |= -1 << shift;
        high = -1;
      } else if (shift < 64) high |= -1 << (shift - 32);
    }
    this.values[slot] = low;
    this.values[slot + 1] = high;
    return at;
  }

  /** A block's place and size. */
  #block(at: number, slot: number, form: number): number {
    const view = this.view;
    const little = this.#littleEndian;
    let size: number;
    let start: number;
    if (form === Form.Block1) {
      size = view.getUint8(at);
      start = at + 1;
    } else if (form === Form.Block2) {
      size = view.getUint16(at, little);
      start = at + 2;
    } else if (form === Form.Block4) {
      size = view.getUint32(at, little);
      start = at + 4;
    } else {
      this.at = at;
      size = this.uleb();
      start = this.at;
    }
    if (start + size > this.bytes.length) throw this.#truncated();
    this.values[slot] = start;
    this.values[slot + 1] = size;
    return start + size;
  }

  /** A member's place as an expression: `DW_OP_plus_uconst N`, or `DW_OP_constu N`; DWARF 2 knows nothing else. */
  #memberBlock(at: number, slot: number, form: number): number {
    const end = this.#block(at, slot, form);
    const start = this.values[slot]!;
    const op = this.bytes[start];
    if (end > start && (op === Op.PlusUconst || op === Op.Constu)) this.#leb(start + 1, slot, false);
    else {
      this.values[slot] = 0;
      this.values[slot + 1] = 0;
    }
    return end;
  }

  #offset(at: number, size: number): number {
    return offsetAt(this.view, at, size, this.#littleEndian);
  }

  #reference(origin: number, offset: number, at: number): number {
    const target = origin + offset;
    if (!(target < 0x7fffffff)) {
      throw new DwarfError('bad-reference', `a reference to ${offset}`, {
        section: this.#section.name,
        offset: this.#section.start + at,
        expected: 'an offset inside of the section',
      });
    }
    return target;
  }

  #truncated(): DwarfError {
    return new DwarfError('truncated', `${this.#section.name} ends within an entry`, {
      section: this.#section.name,
      offset: this.#section.start + this.at,
    });
  }

  #needsAlternate(at: number): DwarfError {
    return new DwarfError(
      'needs-alternate',
      'a part of the debug information is in another file, which was not given',
      {
        section: this.#section.name,
        offset: this.#section.start + at,
        expected: 'the file that .gnu_debugaltlink names',
      },
    );
  }
}

function offsetAt(view: DataView, at: number, size: number, little: boolean): number {
  if (size === 4) return view.getUint32(at, little);
  if (size === 2) return view.getUint16(at, little);
  return view.getUint32(little ? at : at + 4, little) + view.getUint32(little ? at + 4 : at, little) * 0x1_0000_0000;
}

/** An address as low and high half in a slot and its neighbour. */
export function readAddress(
  view: DataView,
  at: number,
  size: number,
  little: boolean,
  values: Int32Array,
  slot: number,
): void {
  if (size === 8) {
    values[slot] = view.getInt32(little ? at : at + 4, little);
    values[slot + 1] = view.getInt32(little ? at + 4 : at, little);
  } else {
    values[slot] = size === 4 ? view.getInt32(at, little) : view.getUint16(at, little);
    values[slot + 1] = 0;
  }
}
