// The `info` word of a BTF type: bits 0 to 23 hold vlen, bits 24 to 30 the kind, bit 31 the kind flag.
// Until 2026 vlen had bits 0 to 15 and the kind bits 24 to 28 (kernel commit 9801e029); the others were zero.
import type { BtfKind } from './kinds.ts';

/** The kind in an `info` word, a number from 0 to 127 that `kindLayout` may not know. */
export function infoKind(info: number): BtfKind {
  return ((info >>> 24) & 0x7f) as BtfKind;
}

/** How many members, enumerators, parameters or variables follow the type's fixed part. */
export function infoVlen(info: number): number {
  return info & 0xffffff;
}

/** The kind flag: bitfields in a struct or union, signed values in an enum, a union in a forward. */
export function infoKindFlag(info: number): boolean {
  return info >>> 31 === 1;
}
