// Phase 1: strings that types use, each once, in the order in which types come to use them. libbpf btf.c:
// btf_dedup_strings, strs_dedup_remap_str_off; strset.c.

import {
  ENUM,
  ENUM64,
  fail,
  FUNC_PROTO,
  keep,
  kindOf,
  known,
  order,
  recordOf,
  room,
  scratch,
  startId,
  startString,
  STRING_LIMIT,
  STRUCT,
  stringEnd,
  strings,
  typeCount,
  UNION,
  vlenOf,
} from './state';

const MAX_STRING_OFFSET: u64 = 0x7fffffff;
const ONES: u64 = 0x0101010101010101;
const HIGHS: u64 = 0x8080808080808080;

/** Open addressing: eight bytes a slot, an old offset plus one, 0 where free, and the hash. In `scratch`, doubled behind itself. */
let table: usize = 0;
let mask: u32 = 0;
let used: u32 = 0;
/** Strings that are kept, and their bytes with each NUL. */
let count: u32 = 0;
let length: u32 = 0;

/** Where the string ends that was hashed last. */
let end: usize = 0;

/** Rewrites the names in the own types. */
export function dedupStrings(): void {
  let expected: u32 = 32;
  while (expected < stringEnd >>> 3) expected <<= 1;
  table = scratch;
  mask = expected - 1;
  used = 0;
  count = 0;
  room((<u64>expected) << 3);
  memory.fill(table, 0, (<usize>expected) << 3);
  // an empty string begins what has no base
  length = startString == 0 ? 1 : 0;
  for (let offset: u32 = 0; offset < startString; ) {
    const hash = hashAt(strings + offset);
    const next = <u32>(end - strings) + 1;
    const slot = slotOf(offset, hash);
    if (load<u32>(slot) == 0) occupy(slot, hash, offset); // the first of equal strings wins
    offset = next;
  }
  for (let id = startId; id < typeCount; id++) {
    const record = recordOf(id);
    rename(record);
    const kind = kindOf(id);
    const stride: usize =
      kind == STRUCT || kind == UNION || kind == ENUM64 ? 12 : kind == ENUM || kind == FUNC_PROTO ? 8 : 0;
    if (stride == 0) continue;
    const last = record + 12 + <usize>vlenOf(record) * stride;
    for (let at = record + 12; at < last; at += stride) rename(at);
  }
  keep(table + ((<usize>mask + 1) << 3)); // .BTF.ext comes after the types
}

function rename(at: usize): void {
  const offset = load<u32>(at);
  if (offset == 0) return;
  store<u32>(at, remapString(offset));
}

/** The new offset of an old one, which must be in the section. Strings of the base stay where they are. */
export function remapString(offset: u32): u32 {
  if (offset == 0 || offset < startString) return offset;
  const place = known + ((<usize>(offset - startString)) << 2);
  const before = load<u32>(place);
  if (before != 0) return before - 1;
  const to = settle(offset);
  store<u32>(place, to + 1);
  return to;
}

function settle(offset: u32): u32 {
  const at = strings + offset;
  const hash = hashAt(at);
  const size = <u32>(end - at);
  if (size == 0 && startString == 0) return 0;
  const slot = slotOf(offset, hash);
  const found = load<u32>(slot);
  if (found > startString) return load<u32>(known + ((<usize>(found - 1 - startString)) << 2)) - 1;
  if (found > 0) return found - 1; // one of the base
  if (<u64>length + size > MAX_STRING_OFFSET) fail(STRING_LIMIT, length + size + 1);
  const to = startString + length;
  occupy(slot, hash, offset);
  store<u32>(order + ((<usize>count) << 2), offset);
  count++;
  length += size + 1;
  return to;
}

/** Whether one of eight bytes is zero: the lowest high bit that is set is in the first that is. */
function zeros(eight: u64): u64 {
  return (eight - ONES) & ~eight & HIGHS;
}

/** The hash of the string at an address, eight bytes a step. Sets `end`. */
function hashAt(at: usize): u32 {
  let hash: u64 = 0x9e3779b97f4a7c15;
  while (true) {
    let eight = load<u64>(at);
    const nul = zeros(eight);
    if (nul != 0) {
      const bytes = ctz(nul) >> 3;
      eight &= ((<u64>1) << (bytes << 3)) - 1;
      hash = (hash ^ eight) * 0xff51afd7ed558ccd;
      end = at + <usize>bytes;
      return <u32>(hash ^ (hash >> 32));
    }
    hash = (hash ^ eight) * 0xff51afd7ed558ccd;
    hash ^= hash >> 29;
    at += 8;
  }
}

function equals(one: usize, two: usize): bool {
  while (true) {
    const eight = load<u64>(one);
    const difference = eight ^ load<u64>(two);
    const nul = zeros(eight);
    // up to the end of one and its NUL
    if (nul != 0) return difference << (56 - ((ctz(nul) >> 3) << 3)) == 0;
    if (difference != 0) return false;
    one += 8;
    two += 8;
  }
}

/** Where the string at an offset is, or the free slot where it belongs. */
function slotOf(offset: u32, hash: u32): usize {
  let at = hash & mask;
  while (true) {
    const slot = table + ((<usize>at) << 3);
    const found = load<u32>(slot);
    if (found == 0) return slot;
    if (load<u32>(slot, 4) == hash && equals(strings + found - 1, strings + offset)) return slot;
    at = (at + 1) & mask;
  }
}

function occupy(slot: usize, hash: u32, offset: u32): void {
  store<u32>(slot, offset + 1);
  store<u32>(slot, hash, 4);
  if (++used << 1 > mask) grow();
}

function grow(): void {
  const size = (<usize>mask + 1) << 3;
  const old = table;
  const doubled = table + size;
  room(<u64>(doubled - scratch) + ((<u64>size) << 1));
  memory.fill(doubled, 0, size << 1);
  table = doubled;
  mask = (mask << 1) | 1;
  for (let at = old; at < doubled; at += 8) {
    const entry = load<u64>(at);
    if (entry == 0) continue;
    let slot = <u32>(entry >> 32) & mask;
    while (load<u32>(table + ((<usize>slot) << 3)) != 0) slot = (slot + 1) & mask;
    store<u64>(table + ((<usize>slot) << 3), entry);
  }
}

/** How many bytes the kept strings take; `writeStrings` writes them at `scratch`. */
export function stringLength(): u32 {
  return length;
}

/** The new section, or the new part of it, at `scratch`; no string may be remapped after that. */
export function writeStrings(): void {
  room(<u64>length + 16);
  let to = scratch;
  if (startString == 0) store<u8>(to++, 0);
  for (let i: u32 = 0; i < count; i++) {
    let from = strings + load<u32>(order + ((<usize>i) << 2));
    while (true) {
      const eight = load<u64>(from);
      store<u64>(to, eight);
      const nul = zeros(eight);
      if (nul != 0) {
        to += <usize>(ctz(nul) >> 3) + 1;
        break;
      }
      from += 8;
      to += 8;
    }
  }
}
