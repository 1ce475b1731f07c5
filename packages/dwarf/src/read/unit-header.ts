// Unit headers: length, version, abbreviations, address size; for type units the signature and where the type is.

import { DwarfError } from '../errors.ts';
import { UnitType } from './constants.ts';
import type { SectionData } from './section-data.ts';
import { type UnitFormat, unitFormat } from './shapes.ts';

/** One unit. Offsets are from the start of its section. */
export interface UnitHeader {
  readonly format: UnitFormat;
  readonly abbreviations: number;
  readonly start: number;
  /** Where the first entry is. */
  readonly entries: number;
  readonly end: number;
  /** For a type unit: its signature's halves as they stand, and where its type is, from the start of the unit. */
  readonly signature: { readonly first: number; readonly second: number; readonly type: number } | undefined;
  readonly unitType: number;
}

const LONGEST_HEADER = 40;

/** Reads the header at `start`. `typesSection`: .debug_types, where every unit has a signature. Throws `bad-unit`, ... */
export function readUnitHeader(
  section: SectionData,
  start: number,
  littleEndian: boolean,
  typesSection: boolean,
): UnitHeader {
  let at = section.ensureUpTo(start, LONGEST_HEADER);
  const first = at;
  const { view } = section;
  const available = Math.min(section.bytes.length - at, section.size - start);
  const need = (bytes: number) => {
    if (at + bytes - first > available) {
      throw new DwarfError('truncated', 'a unit header that is cut off', { section: section.name, offset: start });
    }
  };
  /** Steps over a field and returns where it was. */
  const take = (bytes: number) => {
    need(bytes);
    at += bytes;
    return at - bytes;
  };
  const u16 = () => view.getUint16(take(2), littleEndian);
  const u8 = () => view.getUint8(take(1));
  const u32 = () => view.getUint32(take(4), littleEndian);
  const i32 = () => u32() | 0;
  const u64 = () => {
    const [a, b] = [u32(), u32()];
    return littleEndian ? a + b * 0x1_0000_0000 : a * 0x1_0000_0000 + b;
  };
  const bad = (message: string, expected: string, code: 'bad-unit' | 'unsupported-version' = 'bad-unit') =>
    new DwarfError(code, message, { section: section.name, offset: start, expected });

  let length = u32();
  let offsetSize: 4 | 8 = 4;
  if (length === 0xffffffff) {
    length = u64();
    offsetSize = 8;
  } else if (length >= 0xfffffff0) throw bad(`unit length 0x${length.toString(16)}`, 'a length, or 0xffffffff');
  const contents = at - first;
  if (!(length <= section.size - start - contents)) {
    throw bad(`a unit of ${length} bytes`, `at most ${section.size - start - contents}`);
  }
  const end = start + contents + length;
  const version = u16();
  if (version < 2 || version > 5) throw bad(`DWARF version ${version}`, '2 to 5', 'unsupported-version');
  const offset = () => (offsetSize === 8 ? u64() : u32());
  let unitType: number = typesSection ? UnitType.Type : UnitType.Compile;
  let addressSize: number;
  let abbreviations: number;
  if (version >= 5) {
    unitType = u8();
    addressSize = u8();
    abbreviations = offset();
  } else {
    abbreviations = offset();
    addressSize = u8();
  }
  if (addressSize !== 8 && addressSize !== 4 && addressSize !== 2)
    throw bad(`addresses of ${addressSize} bytes`, '4 or 8');
  let signature: UnitHeader['signature'];
  if (unitType === UnitType.Type || unitType === UnitType.SplitType) {
    signature = { first: i32(), second: i32(), type: offset() };
  } else if (unitType === UnitType.Skeleton || unitType === UnitType.SplitCompile) u64();
  else if (unitType !== UnitType.Compile && unitType !== UnitType.Partial) throw bad(`unit type ${unitType}`, '1 to 6');
  const entries = start + (at - first);
  if (entries > end) throw bad(`a unit of ${length} bytes`, 'room for its header');
  return {
    format: unitFormat(version, addressSize, offsetSize),
    abbreviations,
    start,
    entries,
    end,
    signature,
    unitType,
  };
}
