// Guest memory on the host's side: regions, which say what there may be; pages, which come into being when touched; and the journal
// that brings pages back to what they were at a snapshot. The engine's memory holds the pages themselves and the table of them.
import { EmulatorError } from './errors.ts';
import { PAGE_CODE, PAGE_TABLE, PAGE_WRITE } from './machine.ts';

export const PAGE_SIZE = 4096;
const PAGES = 2 ** 52;
/** Frames that the engine's memory grows by. */
const GROWTH = 1024;

/** The part of the engine that keeps the table of pages. */
export interface PageTable {
  readonly memory: WebAssembly.Memory;
  pagePlace(page: number): number;
  pageFlags(page: number): number;
  setPage(page: number, place: number, flags: number): number;
  protectPages(): void;
}

/**
 * What fills a region's page when it is first touched: bytes that the region begins with, or a function that is asked. The page is
 * zero when it is asked; its answer `false` says that there is no such page.
 */
export type RegionContent = Uint8Array | ((offset: number, page: Uint8Array) => boolean);

interface Region {
  readonly first: number;
  readonly end: number;
  readonly isWritable: boolean;
  readonly content: RegionContent | undefined;
}

interface JournalEntry {
  readonly page: number;
  readonly place: number;
  readonly flags: number;
}

/** A state of memory to come back to. */
export interface PagesSnapshot {
  readonly journal: number;
  readonly regions: readonly Region[];
}

/** The number of the page that an address lies in. */
export function pageOf(address: bigint): number {
  return Number(BigInt.asUintN(64, address) >> 12n);
}

export class Pages {
  readonly #table: PageTable;
  /** How many entries the engine's table has. */
  readonly #entries: number;
  readonly #limit: number;
  #regions: Region[] = [];
  readonly #journal: JournalEntry[] = [];
  readonly #snapshots: PagesSnapshot[] = [];
  readonly #free: number[] = [];
  #next: number;
  #frames = 0;
  #bytes: Uint8Array;
  /** Whether the last page was refused for lack of memory. */
  reachedLimit = false;

  constructor(table: PageTable, entries: number, firstFrame: number, limit: number) {
    this.#entries = entries;
    this.#table = table;
    this.#next = Math.ceil(firstFrame / PAGE_SIZE) * PAGE_SIZE;
    this.#limit = Math.floor(limit / PAGE_SIZE);
    this.#bytes = new Uint8Array(table.memory.buffer);
  }

  /** The engine's memory; a new view once it has grown. */
  bytes(): Uint8Array {
    if (this.#bytes.buffer !== this.#table.memory.buffer) this.#bytes = new Uint8Array(this.#table.memory.buffer);
    return this.#bytes;
  }

  /** Bytes of all pages that exist. */
  get used(): number {
    return (this.#frames - this.#free.length) * PAGE_SIZE;
  }

  map(address: bigint, size: number, isWritable: boolean, content: RegionContent | undefined): void {
    const first = pageOf(address);
    const end = first + size / PAGE_SIZE;
    if ((address & 0xfffn) !== 0n || !Number.isInteger(end) || size <= 0 || end > PAGES) {
      throw new EmulatorError('bad-region', `A region must consist of whole pages: ${size} bytes`, address);
    }
    const at = this.#regions.findIndex((region) => region.end > first);
    const following = at < 0 ? undefined : this.#regions[at];
    if (following !== undefined && following.first < end) {
      throw new EmulatorError('bad-region', 'The region reaches into another one', address);
    }
    const region = { first, end, isWritable, content };
    this.#regions = following === undefined ? [...this.#regions, region] : this.#regions.toSpliced(at, 0, region);
  }

  /** Takes away the region that begins at an address. Gives whether there was code in it. */
  unmap(address: bigint): boolean {
    const first = pageOf(address);
    const region = this.#regions.find((each) => each.first === first);
    if (region === undefined) throw new EmulatorError('bad-region', 'No region begins there', address);
    this.#regions = this.#regions.filter((each) => each !== region);
    // A region that came after the last snapshot need not come back.
    return this.#drop(region, this.#snapshots.at(-1)?.regions.includes(region) ?? false);
  }

  /** Takes a region's pages out of the table. Gives whether there was code in them. */
  #drop(region: Region, isJournaled: boolean): boolean {
    let touchesCode = false;
    for (let page = region.first; page < region.end; page++) {
      const place = this.#table.pagePlace(page);
      if (place === 0) continue;
      const flags = this.#table.pageFlags(page);
      if (flags & PAGE_CODE) touchesCode = true;
      if (isJournaled) this.#journal.push({ page, place, flags: flags & ~PAGE_WRITE });
      else this.#free.push(place);
      this.#table.setPage(page, 0, 0);
    }
    return touchesCode;
  }

  #regionOf(page: number): Region | undefined {
    let low = 0;
    let high = this.#regions.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#regions[middle]!.end <= page) low = middle + 1;
      else high = middle;
    }
    const region = this.#regions[low];
    return region !== undefined && region.first <= page ? region : undefined;
  }

  #frame(): number {
    const free = this.#free.pop();
    if (free !== undefined) return free;
    if (this.#frames >= this.#limit) return 0;
    const place = this.#next;
    const { memory } = this.#table;
    if (place + PAGE_SIZE > memory.buffer.byteLength) {
      try {
        memory.grow((GROWTH * PAGE_SIZE) / 65536);
      } catch {
        return 0;
      }
    }
    this.#next += PAGE_SIZE;
    this.#frames++;
    return place;
  }

  /** The place of a page, made and made writable as need be; 0 where the guest may not have it so. */
  ask(page: number, isWrite: boolean): number {
    this.reachedLimit = false;
    const table = this.#table;
    const place = table.pagePlace(page);
    const region = this.#regionOf(page);
    if (region === undefined || (isWrite && !region.isWritable)) return 0;
    const isKept = this.#snapshots.length > 0;
    if (place === 0) {
      const frame = this.#frame();
      if (frame === 0) {
        this.reachedLimit = true;
        return 0;
      }
      if (!this.#fill(region, page, frame)) {
        this.#free.push(frame);
        return 0;
      }
      if (isKept && isWrite) this.#journal.push({ page, place: 0, flags: 0 });
      return this.#set(page, frame, isWrite || (!isKept && region.isWritable) ? PAGE_WRITE : 0);
    }
    const flags = table.pageFlags(page);
    if (!isWrite || flags & PAGE_WRITE) return place;
    if (!isKept) return this.#set(page, place, flags | PAGE_WRITE);
    const copy = this.#frame();
    if (copy === 0) {
      this.reachedLimit = true;
      return 0;
    }
    this.bytes().copyWithin(copy, place, place + PAGE_SIZE);
    this.#journal.push({ page, place, flags });
    return this.#set(page, copy, flags | PAGE_WRITE);
  }

  #set(page: number, place: number, flags: number): number {
    if (this.#table.setPage(page, place, flags)) return place;
    this.reachedLimit = true;
    return 0;
  }

  /** False where the region has no such page. */
  #fill(region: Region, page: number, frame: number): boolean {
    const target = this.bytes().subarray(frame, frame + PAGE_SIZE);
    const offset = (page - region.first) * PAGE_SIZE;
    const { content } = region;
    if (content instanceof Uint8Array) {
      const part = content.subarray(Math.min(offset, content.length), offset + PAGE_SIZE);
      target.set(part);
      target.fill(0, part.length);
      return true;
    }
    target.fill(0);
    return content?.(offset, target) !== false;
  }

  /** Marks a page as one that code was decoded from; false if there is none. */
  markCode(page: number): boolean {
    const place = this.#table.pagePlace(page) || this.ask(page, false);
    if (place === 0) return false;
    const flags = this.#table.pageFlags(page);
    if ((flags & PAGE_CODE) === 0) this.#table.setPage(page, place, flags | PAGE_CODE);
    return true;
  }

  unmarkCode(page: number): void {
    this.#table.setPage(page, this.#table.pagePlace(page), this.#table.pageFlags(page) & ~PAGE_CODE);
  }

  /** Copies guest memory out, or into it where `from` is given. */
  transfer(address: bigint, length: number, from: Uint8Array | undefined): Uint8Array {
    const result = from ?? new Uint8Array(length);
    for (let done = 0; done < length; ) {
      const at = BigInt.asUintN(64, address + BigInt(done));
      const offset = Number(at & 0xfffn);
      const count = Math.min(length - done, PAGE_SIZE - offset);
      const place = this.ask(pageOf(at), from !== undefined);
      if (place === 0) {
        const code = this.reachedLimit ? 'memory-limit' : 'unmapped';
        throw new EmulatorError(code, `No memory at 0x${at.toString(16)}`, at);
      }
      if (from === undefined) result.set(this.bytes().subarray(place + offset, place + offset + count), done);
      else this.bytes().set(from.subarray(done, done + count), place + offset);
      done += count;
    }
    return result;
  }

  /** Fills guest memory with zeros. Pages that do not exist yet are left so where their region begins with zeros. */
  zero(address: bigint, length: number): void {
    for (let done = 0; done < length; ) {
      const at = BigInt.asUintN(64, address + BigInt(done));
      const offset = Number(at & 0xfffn);
      const count = Math.min(length - done, PAGE_SIZE - offset);
      const page = pageOf(at);
      done += count;
      if (this.#table.pagePlace(page) === 0) {
        const region = this.#regionOf(page);
        if (region?.isWritable && region.content === undefined) continue;
      }
      const place = this.ask(page, true);
      if (place === 0) {
        const code = this.reachedLimit ? 'memory-limit' : 'unmapped';
        throw new EmulatorError(code, `No memory at 0x${at.toString(16)}`, at);
      }
      this.bytes().fill(0, place + offset, place + offset + count);
    }
  }

  /** Copies out what of a range exists: into `bytes`, which stay as they are for pages that were never touched. */
  readExisting(address: bigint, bytes: Uint8Array): void {
    for (let done = 0; done < bytes.length; ) {
      const at = BigInt.asUintN(64, address + BigInt(done));
      const offset = Number(at & 0xfffn);
      const count = Math.min(bytes.length - done, PAGE_SIZE - offset);
      const place = this.#table.pagePlace(pageOf(at));
      if (place !== 0) bytes.set(this.bytes().subarray(place + offset, place + offset + count), done);
      done += count;
    }
  }

  snapshot(): PagesSnapshot {
    const snapshot = { journal: this.#journal.length, regions: this.#regions };
    this.#snapshots.push(snapshot);
    this.#table.protectPages();
    return snapshot;
  }

  /** Back to a snapshot, which stays; later ones are discarded. Gives whether a page with code has changed. */
  restore(snapshot: PagesSnapshot): boolean {
    const at = this.#snapshots.indexOf(snapshot);
    if (at < 0) throw new EmulatorError('stale-snapshot', 'The snapshot is not of this emulator, or was discarded');
    this.#snapshots.length = at + 1;
    let touchesCode = false;
    const later = this.#regions.filter((region) => !snapshot.regions.includes(region));
    this.#regions = [...snapshot.regions];
    for (const { page, place, flags } of this.#journal.splice(snapshot.journal).reverse()) {
      const current = this.#table.pagePlace(page);
      if ((flags | this.#table.pageFlags(page)) & PAGE_CODE) touchesCode = true;
      if (current !== 0 && current !== place) this.#free.push(current);
      // A page of a region that came and went since then does not come back.
      const isKnown = this.#regionOf(page) !== undefined;
      if (!isKnown && place !== 0) this.#free.push(place);
      this.#table.setPage(page, isKnown ? place : 0, isKnown ? flags & ~PAGE_WRITE : 0);
    }
    for (const region of later) if (this.#drop(region, false)) touchesCode = true;
    return touchesCode;
  }

  /** Forgets the last snapshot: its state cannot be restored any more. What it kept is free where no other one needs it. */
  discard(snapshot: PagesSnapshot): void {
    if (this.#snapshots.at(-1) !== snapshot) {
      throw new EmulatorError('stale-snapshot', 'Only the last snapshot can be discarded');
    }
    this.#snapshots.pop();
    if (this.#snapshots.length > 0) return;
    for (const { place } of this.#journal.splice(0)) if (place !== 0) this.#free.push(place);
  }

  regions(): { first: number; count: number }[] {
    return this.#regions.map(({ first, end }) => ({ first, count: end - first }));
  }

  /** Every page that exists, in order, with its bytes. */
  *existing(): Generator<{ page: number; bytes: Uint8Array }> {
    const table = new DataView(this.#table.memory.buffer, PAGE_TABLE, this.#entries * 16);
    const pages: number[] = [];
    for (let at = 0; at < table.byteLength; at += 16) {
      if (table.getUint32(at + 8, true) !== 0) pages.push(Number(table.getBigUint64(at, true) - 1n));
    }
    for (const page of pages.sort((a, b) => a - b)) {
      const place = this.#table.pagePlace(page);
      yield { page, bytes: this.bytes().subarray(place, place + PAGE_SIZE) };
    }
  }
}
