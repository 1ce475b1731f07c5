// A file in packed data, to be read in any order: what is read is unpacked first.

import type { ByteSource } from '@btfq/dwarf';

/** A part of a file. */
export interface Range {
  readonly offset: number;
  readonly size: number;
}

/** A source whose bytes are unpacked where they are read: at once, by the thread that reads, or in advance. */
export interface PackedSource extends ByteSource {
  /** Unpacks parts in threads and puts them aside, so that reading them costs nothing any more. */
  prepare(ranges: readonly Range[]): Promise<void>;
}
