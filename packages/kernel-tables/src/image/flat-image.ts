// Flat images: the kernel's memory byte for byte from its first address on, behind a header that the boot loader reads
// (Documentation/arch/arm64/booting.rst, Documentation/arch/riscv/boot-image-header.rst).

import { KernelTablesError } from '../errors.ts';
import { latin1, viewOf } from './memory.ts';

/** What the header of a flat image says. */
export interface FlatImage {
  readonly arch: string;
  readonly littleEndian: boolean;
  readonly wordSize: 4 | 8;
  /** Length in memory, .bss included. */
  readonly size: number;
  /** Where it begins behind a boundary of 2 MiB (`text_offset`): 0, before 5.8 512 KiB. */
  readonly textOffset: number;
  /** The relocation type that adds the base to a word (`R_AARCH64_RELATIVE`, `R_RISCV_RELATIVE`). */
  readonly relative: number;
}

const HEADER = 64;
/** Headers of 4.18 or newer say their size; this is far beyond any. */
const MAX_SIZE = 1 << 30;

/** The header of an arm64 or riscv image; undefined for other bytes. @throws KernelTablesError `bad-image` */
export function flatImage(bytes: Uint8Array): FlatImage | undefined {
  if (bytes.length < HEADER) return undefined;
  const view = viewOf(bytes);
  const size = Number(view.getBigUint64(16, true));
  const textOffset = view.getUint32(8, true) % 0x200000;
  if (latin1(bytes, 56, 60) === 'ARM\x64') {
    const littleEndian = (view.getUint32(24, true) & 1) === 0;
    return checked({ arch: 'arm64', littleEndian, wordSize: 8, size, textOffset, relative: 1027 }, bytes);
  }
  if (latin1(bytes, 48, 53) === 'RISCV' || latin1(bytes, 56, 60) === 'RSC\x05') {
    return checked({ arch: 'riscv64', littleEndian: true, wordSize: 8, size, textOffset, relative: 3 }, bytes);
  }
  return undefined;
}

function checked(image: FlatImage, bytes: Uint8Array): FlatImage {
  if (image.size > MAX_SIZE) {
    throw new KernelTablesError('bad-image', `an image that says it takes ${image.size} bytes of memory`, {
      offset: 16,
      expected: `at most ${MAX_SIZE}`,
    });
  }
  return { ...image, size: Math.max(image.size, bytes.length) };
}
