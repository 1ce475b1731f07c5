// A file on disk as @btfq/dwarf reads it: in pieces, with the decompressors of Node for compressed sections.

import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { inflateSync, zstdDecompressSync } from 'node:zlib';
import { type ByteSource, type DwarfBtf, type DwarfOptions, encodeBtf } from '@btfq/dwarf';
import { CompressionType, type Decompress } from '@btfq/elf';

/** zlib and zstd, never more than the section announces. */
export const decompressSection: Decompress = ({ type, size, bytes }) => {
  const options = { maxOutputLength: Math.max(1, size) };
  return type === CompressionType.Zstd ? zstdDecompressSync(bytes, options) : inflateSync(bytes, options);
};

/** An open file, and how to close it. */
export interface FileSource extends ByteSource {
  close(): void;
}

/** Opens a file for reading in pieces. Throws what `node:fs` throws. */
export function openFileSource(path: string): FileSource {
  const file = openSync(path, 'r');
  return { ...fileSource(file, fstatSync(file).size), close: () => closeSync(file) };
}

/** An open file's bytes. */
export function fileSource(file: number, size: number): ByteSource {
  return {
    size,
    read(offset, length, into) {
      const bytes = into ?? new Uint8Array(length);
      let done = 0;
      while (done < length) {
        const count = readSync(file, bytes, done, length - done, offset + done);
        if (count === 0) break;
        done += count;
      }
      return bytes.subarray(0, done);
    },
  };
}

/** {@link encodeBtf} of a file on disk; `alternate` is the path of dwz's common file. Throws `DwarfError`. */
export function encodeBtfFile(
  path: string,
  options: Omit<DwarfOptions, 'alternate' | 'decompress'> & { readonly alternate?: string | undefined } = {},
): DwarfBtf {
  const source = openFileSource(path);
  let alternate: FileSource | undefined;
  try {
    alternate = options.alternate === undefined ? undefined : openFileSource(options.alternate);
    return encodeBtf(source, { ...options, alternate, decompress: decompressSection });
  } finally {
    source.close();
    alternate?.close();
  }
}
