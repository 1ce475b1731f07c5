// ElfWords: bytes read as this file's class and byte order say. Offsets are the caller's to check.

/** A view of an ELF file's bytes that knows how wide its words are and in which order they stand. */
export class ElfWords {
  readonly bytes: Uint8Array;
  readonly view: DataView;
  readonly is64: boolean;
  readonly littleEndian: boolean;

  constructor(bytes: Uint8Array, is64: boolean, littleEndian: boolean) {
    this.bytes = bytes;
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.is64 = is64;
    this.littleEndian = littleEndian;
  }

  u16(offset: number): number {
    return this.view.getUint16(offset, this.littleEndian);
  }

  u32(offset: number): number {
    return this.view.getUint32(offset, this.littleEndian);
  }

  /**
   * A 64-bit word as a number. Exact up to 2^53; above, it is too large to be an offset or size in any file, and still
   * compares as such.
   */
  u64(offset: number): number {
    const low = this.view.getUint32(this.littleEndian ? offset : offset + 4, this.littleEndian);
    const high = this.view.getUint32(this.littleEndian ? offset + 4 : offset, this.littleEndian);
    return high * 0x1_0000_0000 + low;
  }

  /** A 64-bit word as a number, signed; exact within 2^53 of zero. */
  s64(offset: number): number {
    const low = this.view.getUint32(this.littleEndian ? offset : offset + 4, this.littleEndian);
    const high = this.view.getInt32(this.littleEndian ? offset + 4 : offset, this.littleEndian);
    return high * 0x1_0000_0000 + low;
  }

  /** An address-sized word (`Elf32_Addr`, `Elf64_Addr`) as a number. */
  word(offset: number): number {
    return this.is64 ? this.u64(offset) : this.u32(offset);
  }

  /** An address-sized word, exact: kernel addresses lie above 2^53. */
  address(offset: number): bigint {
    return this.is64 ? this.view.getBigUint64(offset, this.littleEndian) : BigInt(this.u32(offset));
  }
}
