// Members of the kernel's structs at the offsets that its own BTF gives: the same code reads every release.

import { type Btf, BtfKind, findByName, findMember } from '@btfq/btf-format';
import type { KernelMemory } from '../image/memory.ts';

/** Where a member is: whole bytes, or some bits behind `byteOffset`. */
export interface StructField {
  readonly byteOffset: number;
  readonly bitShift: number;
  readonly bitSize: number;
}

/** The members of these names; undefined where the kernel has no such struct, or one member is missing. */
export function structFields<Name extends string>(
  btf: Btf,
  struct: string,
  names: readonly Name[],
): Readonly<Record<Name, StructField>> | undefined {
  const fields = names.map((name) => [name, structField(btf, struct, name)] as const);
  if (fields.some(([, field]) => field === undefined)) return undefined;
  return Object.fromEntries(fields) as Record<Name, StructField>;
}

/** One member, `a.b` too, of a struct or union; undefined where there is none. */
export function structField(btf: Btf, struct: string, path: string): StructField | undefined {
  const id = findByName(btf, struct, BtfKind.Struct) ?? findByName(btf, struct, BtfKind.Union);
  const place = id === undefined ? undefined : findMember(btf, id, path);
  if (place === undefined) return undefined;
  const { bitOffset, bitSize, isBitfield } = place;
  if (!isBitfield) return { byteOffset: bitOffset / 8, bitShift: 0, bitSize: bitSize ?? 0 };
  return { byteOffset: bitOffset >> 3, bitShift: bitOffset & 7, bitSize: bitSize ?? 0 };
}

/** Bytes of a struct; undefined where the kernel has none of that name. */
export function structSize(btf: Btf, struct: string): number | undefined {
  const id = findByName(btf, struct, BtfKind.Struct);
  return id === undefined ? undefined : btf.sizeOrType(id);
}

/** A member of up to 32 bits, unsigned. */
export function readNumber(memory: KernelMemory, at: bigint, field: StructField): number | undefined {
  const address = at + BigInt(field.byteOffset);
  if (field.bitSize === 32 && field.bitShift === 0) return memory.u32(address);
  const bytes = Math.ceil((field.bitShift + field.bitSize) / 8);
  let value = 0;
  for (let i = 0; i < bytes && i < 5; i++) {
    const byte = memory.u8(address + BigInt(memory.littleEndian ? i : bytes - 1 - i));
    if (byte === undefined) return undefined;
    value += byte * 2 ** (8 * i);
  }
  // Big-endian machines count a bitfield's place from the highest bit.
  const shift = memory.littleEndian ? field.bitShift : bytes * 8 - field.bitShift - field.bitSize;
  return Math.floor(value / 2 ** shift) % 2 ** field.bitSize;
}

/** A member that is a pointer. */
export function readPointer(memory: KernelMemory, at: bigint, field: StructField): bigint | undefined {
  return memory.word(at + BigInt(field.byteOffset));
}

/** The text that a `char *` member points to. */
export function readText(memory: KernelMemory, at: bigint, field: StructField): string | undefined {
  const pointer = readPointer(memory, at, field);
  return pointer === undefined || pointer === 0n ? undefined : memory.string(pointer);
}
