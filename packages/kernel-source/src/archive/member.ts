// What all archives give: their regular files, and their links by what they say, one after the other. Devices and folders are
// passed over. No link is followed on disk, and nothing is written anywhere.

import { KernelSourceError } from '../errors.ts';
import type { PackedSource } from '../io/packed-source.ts';

/** One regular file of an archive, or a link. */
export interface Member {
  /** Its path, without a leading `./` or `/`. */
  readonly path: string;
  /** In bytes, as announced. */
  readonly size: number;
  /** Where a link leads; it has no content. From the root where it starts with `/`, else from its own folder. */
  readonly link?: string;
  /** The content. What is not read before the next member is asked for is passed over. */
  readonly chunks: AsyncIterable<Uint8Array>;
  /** The content in any order, where its archive can be read so; valid until the archive is closed. */
  readonly content?: PackedSource;
}

/** A member's path as it is used here: relative. @throws KernelSourceError `unsafe-path` for one that leaves the archive */
export function memberPath(path: string): string {
  const parts = path.split('/').filter((part) => part !== '' && part !== '.');
  if (parts.includes('..') || path.includes('\0')) {
    throw new KernelSourceError('unsafe-path', `member ${JSON.stringify(path)} would leave its archive`, {
      found: path,
      expected: "a relative path without '..'",
    });
  }
  return parts.join('/');
}
