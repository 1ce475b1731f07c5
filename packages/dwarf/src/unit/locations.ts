// Where a parameter is when its function begins, and where a variable is: expressions and location lists, as far as they say
// whether a function can be traced with its arguments. dwarves' dwarf_loader.c, parameter__decode_location and
// parameter__multi_exprs; only the register counts, so nothing is evaluated.

import { DwarfError } from '../errors.ts';
import { Op } from '../read/constants.ts';
import { type EntryReader, readAddress, type UnitContext } from '../read/entry-reader.ts';
import { nextOperation, smallUleb } from '../read/expressions.ts';
import type { SectionData } from '../read/section-data.ts';
import { LOCATION_LIST_INDEX, LOCATION_LIST_OFFSET } from '../read/shapes.ts';

/** Lists are read with this much around them: those of one function follow each other, but not always in order. */
const BEFORE = 1 << 15;
const AFTER = 1 << 16;

/** `DW_LLE_*`. */
const Entry = {
  End: 0,
  BaseAddressx: 1,
  StartxEndx: 2,
  StartxLength: 3,
  OffsetPair: 4,
  Default: 5,
  BaseAddress: 6,
  StartEnd: 7,
  StartLength: 8,
  GnuViewPair: 9,
} as const;

/** The sections that location lists are in. */
export interface LocationSections {
  /** `.debug_loc`, up to DWARF 4. */
  readonly loc: SectionData | undefined;
  /** `.debug_loclists`, DWARF 5. */
  readonly loclists: SectionData | undefined;
}

/** Reads locations; the answers are in its fields, so that none of a million needs an object. */
export class LocationReader {
  /** The register of a parameter that fits into one, as DW_OP_reg's number plus one; 0 where not known. */
  register = 0;
  /** The same for one that takes two. */
  wideRegister = 0;
  addressLow = 0;
  addressHigh = 0;
  readonly #sections: LocationSections;
  readonly #littleEndian: boolean;
  readonly #scratch = new Int32Array(64);
  #context!: UnitContext;
  #loclistsBase = -1;

  constructor(sections: LocationSections, littleEndian: boolean) {
    this.#sections = sections;
    this.#littleEndian = littleEndian;
  }

  /** Starts on a unit. */
  enter(context: UnitContext, loclistsBase: number): void {
    this.#context = context;
    this.#loclistsBase = loclistsBase;
  }

  /** Reads a parameter's DW_AT_location into `register` and `wideRegister`. */
  read(reader: EntryReader, value: number, kind: number): void {
    this.register = 0;
    this.wideRegister = 0;
    if (kind >= 0) this.#expression(reader.bytes, value, value + kind, 0);
    else if (this.#context.format.version >= 5) this.#readLoclist(value, kind);
    else if (kind === LOCATION_LIST_OFFSET) this.#readLoc(value);
  }

  /** Whether a variable is at a fixed address (`DW_OP_addr`, with an offset perhaps), which is then in the fields. */
  address(reader: EntryReader, value: number, size: number): boolean {
    if (size <= 0) return false;
    const { bytes } = reader;
    const end = value + size;
    const { format } = this.#context;
    const op = bytes[value]!;
    const next = nextOperation(bytes, value, end, format.addressSize, format.offsetSize);
    if (next < 0 || (op !== Op.Addr && op !== Op.Addrx && op !== 0xfb)) return false;
    const scratch = this.#scratch;
    if (op === Op.Addr) readAddress(reader.view, value + 1, format.addressSize, this.#littleEndian, scratch, 0);
    else {
      reader.addressAt(smallUleb(bytes, value + 1), 60);
      scratch[0] = reader.values[60]!;
      scratch[1] = reader.values[61]!;
    }
    let low = scratch[0]! >>> 0;
    let high = scratch[1]!;
    if (next < end && bytes[next] === Op.PlusUconst) {
      const after = nextOperation(bytes, next, end, format.addressSize, format.offsetSize);
      if (after === end) {
        low += smallUleb(bytes, next + 1);
        if (format.addressSize === 8) high += Math.floor(low / 0x1_0000_0000);
      }
    }
    this.addressLow = low | 0;
    this.addressHigh = high | 0;
    return true;
  }

  #readLoc(offset: number): void {
    const section = this.#sections.loc;
    if (section === undefined) return;
    const size = this.#context.format.addressSize;
    let at = around(section, offset);
    const { bytes, view } = section;
    const scratch = this.#scratch;
    for (let number = 0; this.register === 0 || this.wideRegister === 0; ) {
      if (at + 2 * size > bytes.length) throw this.#truncated(section, offset);
      readAddress(view, at, size, this.#littleEndian, scratch, 0);
      readAddress(view, at + size, size, this.#littleEndian, scratch, 2);
      at += 2 * size;
      if ((scratch[0]! | scratch[1]! | scratch[2]! | scratch[3]!) === 0) return;
      // the largest address begins a new base
      if (scratch[0] === -1 && (size < 8 || scratch[1] === -1)) continue;
      if (at + 2 > bytes.length) throw this.#truncated(section, offset);
      const length = view.getUint16(at, this.#littleEndian);
      at += 2;
      if (at + length > bytes.length) throw this.#truncated(section, offset);
      this.#expression(bytes, at, at + length, number++);
      at += length;
    }
  }

  #readLoclist(value: number, kind: number): void {
    const section = this.#sections.loclists;
    if (section === undefined) return;
    const { format } = this.#context;
    let offset = value;
    if (kind === LOCATION_LIST_INDEX) {
      const base = this.#loclistsBase >= 0 ? this.#loclistsBase : format.offsetSize === 8 ? 20 : 12;
      const place = section.ensure(base + value * format.offsetSize, format.offsetSize);
      const little = this.#littleEndian;
      offset = base + section.view.getUint32(format.offsetSize === 8 && !little ? place + 4 : place, little);
    }
    let at = around(section, offset);
    const { bytes } = section;
    const leb = () => {
      while (bytes[at]! >= 0x80) at++;
      at++;
    };
    for (let number = 0; this.register === 0 || this.wideRegister === 0; ) {
      const entry = bytes[at++];
      switch (entry) {
        case Entry.End:
          return;
        case Entry.BaseAddressx:
          leb();
          continue;
        case Entry.BaseAddress:
          at += format.addressSize;
          continue;
        case Entry.GnuViewPair:
          leb();
          leb();
          continue;
        case Entry.StartxEndx:
        case Entry.StartxLength:
        case Entry.OffsetPair:
          leb();
          leb();
          break;
        case Entry.StartEnd:
          at += 2 * format.addressSize;
          break;
        case Entry.StartLength:
          at += format.addressSize;
          leb();
          break;
        case Entry.Default:
          break;
        default:
          throw this.#truncated(section, offset);
      }
      const length = smallUleb(bytes, at);
      leb();
      if (!(at + length <= bytes.length)) throw this.#truncated(section, offset);
      this.#expression(bytes, at, at + length, number++);
      at += length;
    }
  }

  /** One location, the `number`th of its list. */
  #expression(bytes: Uint8Array, start: number, end: number, number: number): void {
    const { addressSize, offsetSize } = this.#context.format;
    let count = 0;
    let last = 0;
    let lastOp = -1;
    for (let at = start; at < end; at = last) {
      lastOp = bytes[at]!;
      last = nextOperation(bytes, at, end, addressSize, offsetSize);
      if (last < 0) return; // an operation that nobody knows: nothing is said
      count++;
    }
    if (count === 0) return;
    const first = bytes[start]!;
    const stackValue = lastOp === Op.StackValue;
    if (count === 1 || (count === 2 && stackValue)) {
      this.#simple(bytes, first, start, end, number, stackValue);
      return;
    }
    if ((first >= Op.Lit0 && first <= Op.Lit31) || first === Op.Constu || first === Op.Consts) return;
    if (number === 0 && this.register === 0) {
      if (isRegister(first)) this.register = first + 1;
      else if (isBased(first) && this.#hasStackValue(bytes, start, end)) {
        this.register = first - Op.Breg0 + Op.Reg0 + 1;
      }
    }
    if (this.wideRegister === 0) this.#pieces(bytes, start, end);
  }

  #simple(bytes: Uint8Array, op: number, start: number, end: number, number: number, stackValue: boolean): void {
    let register = 0;
    if (isRegister(op)) {
      if (number === 0) register = op + 1;
    } else if (isBased(op)) {
      if (number === 0 && stackValue) register = op - Op.Breg0 + Op.Reg0 + 1;
    } else if (op === Op.EntryValue || op === Op.GnuEntryValue) {
      const size = smallUleb(bytes, start + 1);
      const inner = bytes[start + 2]!;
      if (size === 1 && start + 3 <= end && isRegister(inner)) register = inner + 1;
    }
    if (register === 0) return;
    if (this.register === 0) this.register = register;
    if (this.wideRegister === 0) this.wideRegister = register;
  }

  /** The first register of a location in pieces. */
  #pieces(bytes: Uint8Array, start: number, end: number): void {
    const { addressSize, offsetSize } = this.#context.format;
    for (let at = start; at < end; at = nextOperation(bytes, at, end, addressSize, offsetSize)) {
      if (!isRegister(bytes[at]!)) continue;
      this.wideRegister = bytes[at]! + 1;
      return;
    }
  }

  #hasStackValue(bytes: Uint8Array, start: number, end: number): boolean {
    const { addressSize, offsetSize } = this.#context.format;
    let at = nextOperation(bytes, start, end, addressSize, offsetSize);
    for (; at < end; at = nextOperation(bytes, at, end, addressSize, offsetSize)) {
      if (bytes[at] === Op.StackValue) return true;
    }
    return false;
  }

  #truncated(section: SectionData, offset: number): DwarfError {
    return new DwarfError('truncated', 'a location list without an end', {
      section: section.name,
      offset,
      expected: 'entries inside of the section',
    });
  }
}

function isRegister(op: number): boolean {
  return op >= Op.Reg0 && op <= Op.Reg31;
}

function isBased(op: number): boolean {
  return op >= Op.Breg0 && op <= Op.Breg31;
}

/** Puts a list with its surroundings into the window; returns where it is. */
function around(section: SectionData, offset: number): number {
  if (offset >= section.start && offset + AFTER <= section.start + section.bytes.length) return offset - section.start;
  if (offset >= section.size) return section.ensure(offset, 1);
  const from = Math.max(0, offset - BEFORE);
  section.ensureUpTo(from, offset - from + AFTER);
  return offset - section.start;
}
