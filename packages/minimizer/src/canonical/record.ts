// The types of the result while they are being put together: records that refer to each other by identity.

import { BtfKind } from '@btfq/btf-format';

/** One type. Which fields count is up to the kind, as in `struct btf_type`. */
export interface TypeRecord {
  kind: BtfKind;
  name: string;
  /** In bytes; undefined: an integer whose size nobody saw, or a struct that is as large as its members need. */
  size: number | undefined;
  /** Signed, or a forward-declared union. */
  flag: boolean;
  /** An integer whose sign nobody saw. */
  anySign: boolean;
  /** A struct that may as well be a union. */
  anyComposite: boolean;
  /** What a pointer, typedef, array or prototype refers to first; undefined is void. */
  to: TypeRecord | undefined;
  /** Elements of an array. */
  count: number;
  members: readonly MemberRecord[];
  /** Enumerators, by name. */
  values: readonly (readonly [name: string, value: bigint])[];
  /** Parameters of a prototype. */
  params: readonly (TypeRecord | undefined)[];
}

/** A member, its offset relative to the type that has it. */
export interface MemberRecord {
  readonly name: string;
  readonly type: TypeRecord;
  readonly bitOffset: number;
  readonly bitfieldSize: number;
}

/** A record with nothing in it. */
export function emptyRecord(kind: BtfKind, fields: Partial<TypeRecord> = {}): TypeRecord {
  return {
    kind,
    name: '',
    size: undefined,
    flag: false,
    anySign: false,
    anyComposite: false,
    to: undefined,
    count: 0,
    members: [],
    values: [],
    params: [],
    ...fields,
  };
}

/** Size in bytes, with pointers of that size. Integers must have theirs by now. */
export function recordSize(record: TypeRecord | undefined, pointerBytes: number): number {
  if (record === undefined) return 0;
  switch (record.kind) {
    case BtfKind.Ptr:
      return pointerBytes;
    case BtfKind.Array:
      return record.count * recordSize(record.to, pointerBytes);
    case BtfKind.Typedef:
      return recordSize(record.to, pointerBytes);
    case BtfKind.Struct:
    case BtfKind.Union: {
      if (record.size !== undefined) return record.size;
      let end = 0;
      for (const { type, bitOffset, bitfieldSize } of record.members) {
        const bits = bitOffset + (bitfieldSize || recordSize(type, pointerBytes) * 8);
        end = Math.max(end, Math.ceil(bits / 8));
      }
      return end;
    }
    default:
      return record.size ?? 0;
  }
}
