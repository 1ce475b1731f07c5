// KernelMemory: an image as the kernel sees itself, bytes at link addresses (where it runs when booted with nokaslr).

/** One stretch of memory. What lies behind `bytes` up to `size` is zero when the kernel starts (.bss). */
export interface MemoryRegion {
  readonly address: bigint;
  /** The bytes that the image has for it. */
  readonly bytes: Uint8Array;
  /** Its length in memory, at least that of `bytes`. */
  readonly size: number;
  /** ELF's `p_flags` (1 execute, 2 write, 4 read); 7 where an image does not say. */
  readonly flags: number;
  readonly view: DataView;
}

/** Bytes at addresses. Reads give undefined where the image has nothing. */
export class KernelMemory {
  /** `uname -m`'s word, as far as the image says: x86_64, arm64, riscv64, ... */
  readonly arch: string;
  readonly littleEndian: boolean;
  readonly wordSize: 4 | 8;
  /** By ascending address, without overlap. */
  readonly regions: readonly MemoryRegion[];
  private last: MemoryRegion | undefined;

  constructor(arch: string, wordSize: 4 | 8, littleEndian: boolean, regions: readonly MemoryRegion[]) {
    this.arch = arch;
    this.wordSize = wordSize;
    this.littleEndian = littleEndian;
    this.regions = regions;
    this.last = regions[0];
  }

  /** The region that has this address, zeros behind its bytes included. */
  regionOf(address: bigint): MemoryRegion | undefined {
    const { last } = this;
    if (last !== undefined && address >= last.address && address - last.address < last.size) return last;
    let low = 0;
    let high = this.regions.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.regions[middle] as MemoryRegion).address <= address) low = middle + 1;
      else high = middle;
    }
    const region = this.regions[low - 1];
    if (region === undefined || address - region.address >= region.size) return undefined;
    this.last = region;
    return region;
  }

  /** `length` bytes: a view where the image has them all, a zero-filled copy at the edge of .bss; else undefined. */
  bytes(address: bigint, length: number): Uint8Array | undefined {
    const region = this.regionOf(address);
    if (region === undefined) return undefined;
    const at = Number(address - region.address);
    if (length < 0 || at + length > region.size) return undefined;
    if (at + length <= region.bytes.length) return region.bytes.subarray(at, at + length);
    const copy = new Uint8Array(length);
    if (at < region.bytes.length) copy.set(region.bytes.subarray(at));
    return copy;
  }

  u8(address: bigint): number | undefined {
    const region = this.regionOf(address);
    return region && (region.bytes[Number(address - region.address)] ?? 0);
  }

  u16(address: bigint): number | undefined {
    return this.read(address, 2, (view, at) => view.getUint16(at, this.littleEndian));
  }

  u32(address: bigint): number | undefined {
    return this.read(address, 4, (view, at) => view.getUint32(at, this.littleEndian));
  }

  s32(address: bigint): number | undefined {
    return this.read(address, 4, (view, at) => view.getInt32(at, this.littleEndian));
  }

  u64(address: bigint): bigint | undefined {
    return this.read(address, 8, (view, at) => view.getBigUint64(at, this.littleEndian));
  }

  /** A pointer. */
  word(address: bigint): bigint | undefined {
    if (this.wordSize === 8) return this.u64(address);
    const value = this.u32(address);
    return value === undefined ? undefined : BigInt(value);
  }

  /** The text up to its NUL, byte by byte (Latin-1); undefined where none ends within `limit` bytes. */
  string(address: bigint, limit = 65536): string | undefined {
    const region = this.regionOf(address);
    if (region === undefined) return undefined;
    const at = Number(address - region.address);
    const end = region.bytes.indexOf(0, at);
    if (at >= region.bytes.length) return '';
    if (end < 0 || end - at > limit) return undefined;
    return latin1(region.bytes, at, end);
  }

  private read<T>(address: bigint, length: number, get: (view: DataView, at: number) => T): T | undefined {
    const region = this.regionOf(address);
    if (region === undefined) return undefined;
    const at = Number(address - region.address);
    if (at + length <= region.bytes.length) return get(region.view, at);
    const copy = this.bytes(address, length);
    return copy && get(viewOf(copy), 0);
  }
}

/** A region over bytes of an image, not copied. */
export function memoryRegion(address: bigint, bytes: Uint8Array, size = bytes.length, flags = 7): MemoryRegion {
  return { address, bytes, size: Math.max(size, bytes.length), flags, view: viewOf(bytes) };
}

export function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** Bytes as characters of the same numbers. */
export function latin1(bytes: Uint8Array, start: number, end: number): string {
  let text = '';
  for (let at = start; at < end; at++) text += String.fromCharCode(bytes[at]!);
  return text;
}
