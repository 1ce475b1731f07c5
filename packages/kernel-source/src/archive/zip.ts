// zip, through yauzl: its list of members stands at the end, so that the file is read in any order. APPNOTE.TXT

import { Readable } from 'node:stream';
import type { ByteSource } from '@btfq/dwarf';
import { KernelSourceError } from '../errors.ts';
import type { Member } from './member.ts';

const S_IFMT = 0o170000;
const S_IFLNK = 0o120000;
const MAX_LINK = 4096;
const PIECE = 256 * 1024;
/** The upper byte of `versionMadeBy` for systems whose attributes are Unix modes. */
const UNIX = 3;

/** The regular files and links of a zip. @throws KernelSourceError `bad-archive` */
export async function* zipMembers(source: ByteSource): AsyncGenerator<Member> {
  const { default: yauzl } = await import('yauzl');
  class Reader extends yauzl.RandomAccessReader {
    override _readStreamForRange(start: number, end: number): Readable {
      return Readable.from(pieces(source, start, end), { objectMode: false });
    }
  }
  try {
    const zip = await yauzl.fromRandomAccessReaderPromise(new Reader(), source.size, { lazyEntries: true });
    for await (const entry of zip.eachEntry()) {
      if (entry.fileName.endsWith('/')) continue;
      const chunks = {
        async *[Symbol.asyncIterator]() {
          try {
            yield* (await zip.openReadStreamPromise(entry)) as AsyncIterable<Uint8Array>;
          } catch (error) {
            throw damaged(error);
          }
        },
      };
      const mode = entry.versionMadeBy >>> 8 === UNIX ? entry.externalFileAttributes >>> 16 : 0;
      if ((mode & S_IFMT) !== S_IFLNK) yield { path: entry.fileName, size: entry.uncompressedSize, chunks };
      else if (entry.uncompressedSize <= MAX_LINK) {
        const target: Uint8Array[] = [];
        for await (const chunk of chunks) target.push(chunk);
        yield { path: entry.fileName, size: 0, link: Buffer.concat(target).toString('utf8'), chunks };
      }
    }
  } catch (error) {
    throw damaged(error);
  }
}

function* pieces(source: ByteSource, start: number, end: number): Generator<Uint8Array> {
  for (let at = start; at < end; at += PIECE) yield Buffer.from(source.read(at, Math.min(PIECE, end - at)));
}

function damaged(cause: unknown): KernelSourceError {
  if (cause instanceof KernelSourceError) return cause;
  return new KernelSourceError(
    'bad-archive',
    `damaged zip: ${cause instanceof Error ? cause.message : String(cause)}`,
    {
      cause,
    },
  );
}
