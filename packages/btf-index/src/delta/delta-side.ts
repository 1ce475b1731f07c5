// The two BTFs of a difference: what encoding and decoding need of each.

import type { Btf } from '@btfq/btf-format';
import type { StringHashes } from '../prepare/string-hashes.ts';
import type { HashedList } from './alignment.ts';

/** A BTF as deltas need it. */
export interface DeltaSide {
  readonly btf: Pick<Btf, 'bytes' | 'words' | 'starts'> & { readonly header: DeltaHeader };
  readonly strings: StringHashes;
  readonly types: HashedList;
  /** See PreparedKernel. */
  readonly namesBegin?: boolean;
}

/** Where the sections are; all in bytes from the start of the file. */
export interface DeltaHeader {
  readonly littleEndian: boolean;
  readonly typeOff: number;
  readonly typeLen: number;
  readonly strOff: number;
  readonly strLen: number;
}

/** What decoding gives: bytes, and what the next delta of a chain needs of them. */
export interface RawBtf {
  readonly bytes: Uint8Array;
  readonly words: Uint32Array;
  readonly starts: Uint32Array;
  readonly header: DeltaHeader;
  /** As in `StringHashes`, where it is known already. */
  readonly stringStarts?: Uint32Array | undefined;
}
