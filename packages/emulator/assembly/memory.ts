// Guest memory: pages of 4 KB in a hash table, found through two direct-mapped translation caches, one for reads and one for writes.
// Whatever the table does not settle (a missing page, the first write to a shared one) is asked of the host.
import {
  BOUNCE,
  FAULT_ADDRESS,
  FAULT_IS_WRITE,
  JUMP_CACHE,
  JUMP_ENTRIES,
  PAGE_CODE,
  PAGE_TABLE,
  PAGE_WRITE,
  READ_TLB,
  WRITE_TLB,
} from '../src/machine';

/** Brings a page (its number) into the table or makes it writable; 0 if the guest may not have it so. */
declare function askPage(page: f64, write: i32): u32;
/** Says that bytes of a page from which code was decoded are about to change. */
declare function codeWritten(page: f64): void;

let tableBits: u32 = 0;

/** Prepares a table for up to 2^bits pages; its bytes are zero as wasm memory begins. Gives the first free byte behind it. */
export function init(bits: u32): u32 {
  tableBits = bits;
  flushPages();
  flushJumps();
  return PAGE_TABLE + (16 << bits);
}

export function flushPages(): void {
  for (let entry: u32 = READ_TLB; entry < <u32>JUMP_CACHE; entry += 16) store<u64>(entry, 1);
}

/** No address that is looked up in an entry is its key afterwards: that of all ones belongs into the first one, that of 1 does not. */
export function flushJumps(): void {
  for (let i: u32 = 1; i < <u32>JUMP_ENTRIES; i++) store<u64>(JUMP_CACHE + i * 16, ~(<u64>0));
  store<u64>(JUMP_CACHE, 1);
}

/** The table's entry of a page: its number + 1, its place in this memory (0: none), its flags. 0: there is none. */
function entryOf(page: u64): u32 {
  const mask: u32 = (1 << tableBits) - 1;
  let i = <u32>((page * 0x9e3779b97f4a7c15) >> (64 - tableBits));
  for (let tries: u32 = 0; tries <= mask; tries++) {
    const entry: u32 = PAGE_TABLE + i * 16;
    const key = load<u64>(entry);
    if (key === page + 1) return entry;
    if (key === 0) return 0;
    i = (i + 1) & mask;
  }
  return 0;
}

/** Likewise, made if it is not there; 0: the table is full. */
function makeEntry(page: u64): u32 {
  const mask: u32 = (1 << tableBits) - 1;
  let i = <u32>((page * 0x9e3779b97f4a7c15) >> (64 - tableBits));
  for (let tries: u32 = 0; tries <= mask; tries++) {
    const entry: u32 = PAGE_TABLE + i * 16;
    const key = load<u64>(entry);
    if (key === page + 1) return entry;
    if (key === 0) {
      store<u64>(entry, page + 1);
      return entry;
    }
    i = (i + 1) & mask;
  }
  return 0;
}

/** The place of a page in this memory, or 0. */
export function pagePlace(page: f64): u32 {
  const entry = entryOf(<u64>page);
  return entry === 0 ? 0 : load<u32>(entry, 8);
}

export function pageFlags(page: f64): u32 {
  const entry = entryOf(<u64>page);
  return entry === 0 ? 0 : load<u32>(entry, 12);
}

/** Sets a page's place and flags; false if the table is full. */
export function setPage(page: f64, place: u32, pageFlags: u32): bool {
  const number = <u64>page;
  // A page that is taken away need not be known.
  const entry = place === 0 ? entryOf(number) : makeEntry(number);
  if (entry === 0) return place === 0;
  store<u32>(entry, place, 8);
  store<u32>(entry, pageFlags, 12);
  const slot: u32 = (<u32>number & 1023) << 4;
  store<u64>(READ_TLB + slot, 1);
  store<u64>(WRITE_TLB + slot, 1);
  return true;
}

/** Makes every page shared: the next write to it asks. */
export function protectPages(): void {
  const end: u32 = PAGE_TABLE + (16 << tableBits);
  for (let entry: u32 = PAGE_TABLE; entry < end; entry += 16) {
    store<u32>(entry, load<u32>(entry, 12) & ~PAGE_WRITE, 12);
  }
  flushPages();
}

/** The place of the page of an address for reading (0: none), remembered in the translation cache. */
function readPage(address: u64): u32 {
  const page = address >> 12;
  const entry = entryOf(page);
  let place: u32 = entry === 0 ? 0 : load<u32>(entry, 8);
  if (place === 0) place = askPage(<f64>page, 0);
  if (place === 0) {
    store<u64>(FAULT_ADDRESS, address);
    store<u32>(FAULT_IS_WRITE, 0);
    return 0;
  }
  const slot: u32 = READ_TLB + ((<u32>page & 1023) << 4);
  store<u64>(slot, page << 12);
  store<u32>(slot, place - <u32>(page << 12), 8);
  return place;
}

/** Likewise for writing; pages with decoded code are never remembered, so that each write to them is seen. */
function writePage(address: u64): u32 {
  const page = address >> 12;
  const entry = entryOf(page);
  let place: u32 = entry === 0 ? 0 : load<u32>(entry, 8);
  if (place === 0 || (load<u32>(entry, 12) & PAGE_WRITE) === 0) place = askPage(<f64>page, 1);
  if (place === 0) {
    store<u64>(FAULT_ADDRESS, address);
    store<u32>(FAULT_IS_WRITE, 1);
    return 0;
  }
  const flags = entryOf(page);
  if (flags !== 0 && load<u32>(flags, 12) & PAGE_CODE) {
    codeWritten(<f64>page);
    return place;
  }
  const slot: u32 = WRITE_TLB + ((<u32>page & 1023) << 4);
  store<u64>(slot, page << 12);
  store<u32>(slot, place - <u32>(page << 12), 8);
  return place;
}

function readSlow(address: u64, size: u32): u32 {
  const place = readPage(address);
  if (place === 0) return 0;
  const offset = <u32>address & 0xfff;
  if (offset + size <= 4096) return place + offset;
  const first = 4096 - offset;
  const next = readPage((address | 0xfff) + 1);
  if (next === 0) return 0;
  memory.copy(BOUNCE, place + offset, first);
  memory.copy(BOUNCE + first, next, size - first);
  return BOUNCE;
}

function writeSlow(address: u64, value: u64, size: u32): bool {
  const place = writePage(address);
  if (place === 0) return false;
  const offset = <u32>address & 0xfff;
  const first = offset + size <= 4096 ? size : 4096 - offset;
  let next: u32 = 0;
  if (first < size) {
    next = writePage((address | 0xfff) + 1);
    if (next === 0) return false;
  }
  store<u64>(BOUNCE, value);
  memory.copy(place + offset, BOUNCE, first);
  if (first < size) memory.copy(next, BOUNCE + first, size - first);
  return true;
}

/** Where the bytes of an access lie in this memory (a copy where it crosses pages), or 0 for a fault. */
export function readAt(address: u64, size: u32): u32 {
  const slot: u32 = READ_TLB + ((<u32>(address >> 12) & 1023) << 4);
  if (load<u64>(slot) === ((address + (size - 1)) & ~(<u64>0xfff))) return <u32>address + load<u32>(slot, 8);
  return readSlow(address, size);
}

export function write<T>(address: u64, value: u64): bool {
  const slot: u32 = WRITE_TLB + ((<u32>(address >> 12) & 1023) << 4);
  if (load<u64>(slot) === ((address + (sizeof<T>() - 1)) & ~(<u64>0xfff))) {
    store<T>(<u32>address + load<u32>(slot, 8), <T>value);
    return true;
  }
  return writeSlow(address, value, sizeof<T>());
}

export function writeSized(address: u64, value: u64, size: u32): bool {
  if (size === 8) return write<u64>(address, value);
  if (size === 4) return write<u32>(address, value);
  return size === 2 ? write<u16>(address, value) : write<u8>(address, value);
}

/** The value at a place, zero-extended. */
export function loadSized(place: u32, size: u32): u64 {
  if (size === 8) return load<u64>(place);
  if (size === 4) return load<u32>(place);
  return size === 2 ? load<u16>(place) : load<u8>(place);
}

/** The place of the page behind an address and for how many bytes it holds; for string instructions. */
export function readSpan(address: u64): u32 {
  const place = readPage(address);
  return place === 0 ? 0 : place + (<u32>address & 0xfff);
}

export function writeSpan(address: u64): u32 {
  const place = writePage(address);
  return place === 0 ? 0 : place + (<u32>address & 0xfff);
}
