// Finds the kernel's BTF in an image that has no section headers: a header that adds up, and types and strings that parse.

import { type Btf, parseBtf } from '@btfq/btf-format';

import { notKernelBtf } from './kernel-proof.ts';

/** BTF that was found in other bytes. */
export interface FoundBtf {
  readonly offset: number;
  /** A copy: the image need not be kept. */
  readonly bytes: Uint8Array;
  readonly parsed: Btf;
}

/** Longest header that is taken seriously. Today's have 24 or 32 bytes. */
const MAX_HEADER = 256;
/** Tried at most, the largest first: the rest are chance, or somebody's trap. */
const MAX_CANDIDATES = 256;
/** The magic, and version 1 with no flags, in either byte order. */
const MAGICS = [Buffer.of(0x9f, 0xeb, 0x01, 0x00), Buffer.of(0xeb, 0x9f, 0x01, 0x00)] as const;

/**
 * The largest BTF in `bytes` that is a kernel's: kernels also carry those of the BPF programs built into them. What has a header
 * that adds up but does not parse is no answer, but `damaged` mentions the largest such; `foreign` of the largest that is BTF
 * and no kernel's.
 */
export function scanForBtf(bytes: Uint8Array): {
  found?: FoundBtf;
  damaged?: { offset: number; error: unknown };
  foreign?: { offset: number; reason: string };
} {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const candidates: { offset: number; length: number }[] = [];
  for (const magic of MAGICS) {
    for (let at = buffer.indexOf(magic); at >= 0; at = buffer.indexOf(magic, at + 1)) {
      const length = btfLength(buffer, at, magic[0] === 0x9f);
      if (length !== undefined) candidates.push({ offset: at, length });
    }
  }
  candidates.sort((a, b) => b.length - a.length);
  let damaged: { offset: number; error: unknown } | undefined;
  let foreign: { offset: number; reason: string } | undefined;
  for (const { offset, length } of candidates.slice(0, MAX_CANDIDATES)) {
    const part = new Uint8Array(bytes.subarray(offset, offset + length));
    try {
      const parsed = parseBtf(part);
      const reason = notKernelBtf(parsed, bytes.length);
      if (reason === undefined) return { found: { offset, bytes: part, parsed } };
      foreign ??= { offset, reason };
    } catch (error) {
      damaged ??= { offset, error };
    }
  }
  return { ...(damaged === undefined ? {} : { damaged }), ...(foreign === undefined ? {} : { foreign }) };
}

/** The length of the BTF that would start at `at`, if its header can be one. */
function btfLength(buffer: Buffer, at: number, littleEndian: boolean): number | undefined {
  if (at + 24 > buffer.length) return undefined;
  const word = (offset: number) => (littleEndian ? buffer.readUInt32LE(at + offset) : buffer.readUInt32BE(at + offset));
  const headerSize = word(4);
  const typeOffset = word(8);
  const typeSize = word(12);
  const stringOffset = word(16);
  const stringSize = word(20);
  if (headerSize < 24 || headerSize > MAX_HEADER || typeSize === 0 || stringSize === 0) return undefined;
  if (typeOffset % 4 !== 0 || typeOffset + typeSize > stringOffset) return undefined;
  const end = at + headerSize + stringOffset + stringSize;
  if (end > buffer.length || buffer[end - 1] !== 0 || buffer[end - stringSize] !== 0) return undefined;
  return end - at;
}
