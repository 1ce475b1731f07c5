// A saved kernel's parts compressed, each by itself: plain data, which travels between threads.
import { createHash } from 'node:crypto';
import { constants, zstdCompressSync } from 'node:zlib';
import type { SavedKernel } from '@btfq/kernel-runtime';

/** A part and the SHA-256 of what it unpacks to. */
export interface PackedPart {
  readonly hash: Uint8Array;
  readonly data: Uint8Array;
  /** Bytes that it unpacks to. */
  readonly size: number;
}

/** A saved kernel, compressed. */
export interface PackedVerifier {
  readonly head: PackedPart;
  readonly symbols: PackedPart;
  readonly chunks: readonly PackedPart[];
}

/** Above it half a minute for a kernel buys a twentieth of the bytes. */
const LEVEL = 12;

/** Compresses a saved kernel: a few seconds. */
export function packVerifier({ head, symbols, chunks }: SavedKernel): PackedVerifier {
  return { head: packPart(head), symbols: packPart(symbols), chunks: chunks.map(packPart) };
}

/** Compresses one part. */
export function packPart(bytes: Uint8Array): PackedPart {
  const data = zstdCompressSync(bytes, { params: { [constants.ZSTD_c_compressionLevel]: LEVEL } });
  return { hash: createHash('sha256').update(bytes).digest(), data, size: bytes.length };
}
