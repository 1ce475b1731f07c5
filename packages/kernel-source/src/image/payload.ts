// What a boot image carries: the kernel, as the readers of each format find it.

import type { Compression } from '../compression/decompress.ts';

/** A payload of a boot image: where it is, and what the image's own header says. */
export interface Payload {
  readonly offset: number;
  readonly bytes: Uint8Array;
  readonly compression?: Compression;
  readonly release?: string;
  readonly arch?: string;
}
