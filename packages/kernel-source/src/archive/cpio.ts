// cpio as .rpm payloads and initramfs images have it: newc (070701), newc with checksums (070702), and rpm's stripped form
// (07070X), whose file sizes and names are in the package's header.
// Documentation/driver-api/early-userspace/buffer-format.rst; https://rpm.org/docs/latest/manual/format_payload.html

import { ByteStream } from '../io/byte-stream.ts';
import { type Compression, decompressStream } from '../compression/decompress.ts';
import { KernelSourceError } from '../errors.ts';
import { identifyCompression } from '../identify.ts';
import { DEFAULT_MAX_BYTES } from '../kernel.ts';
import type { Member } from './member.ts';

const HEADER_SIZE = 110;
const STRIPPED_SIZE = 14;
const TRAILER = 'TRAILER!!!';
/** PATH_MAX and its NUL. */
const MAX_NAME = 4097;
const S_IFMT = 0o170000;
const S_IFREG = 0o100000;
/** The content of a link. */
const NOTHING: AsyncIterable<Uint8Array> = { async *[Symbol.asyncIterator]() {} };
const S_IFLNK = 0o120000;

/** What rpm's stripped headers leave out, by file number. */
export interface CpioFile {
  readonly path: string;
  readonly mode: number;
  readonly size: number;
}

/** The regular files of a cpio archive, or of several one behind the other as an initramfs may be, packed or not. @throws KernelSourceError `bad-archive`, `truncated` */
export async function* cpioMembers(
  stream: ByteStream,
  files: readonly CpioFile[] = [],
  maxBytes = DEFAULT_MAX_BYTES,
): AsyncGenerator<Member> {
  let start = stream.position;
  for (;;) {
    const at = stream.position;
    const file = await readHeader(stream, files);
    if (file.path === TRAILER) {
      // An rpm's payload ends here. Of an initramfs the main archive comes behind early microcode, often packed.
      if (files.length > 0) return;
      const next = await afterTrailer(stream);
      if (next === 'end') return;
      if (next !== 'cpio') {
        yield* cpioMembers(new ByteStream(decompressStream(next, stream.rest(), maxBytes)), files, maxBytes);
        return;
      }
      start = stream.position;
      continue;
    }
    const end = stream.position + file.size;
    if ((file.mode & S_IFMT) === S_IFREG) {
      yield { path: file.path, size: file.size, chunks: stream.part(file.size, `cpio member at ${at}`) };
    }
    if ((file.mode & S_IFMT) === S_IFLNK && file.size > 0 && file.size < MAX_NAME) {
      const target = await stream.take(file.size, 'cpio link');
      yield { path: file.path, size: 0, link: new TextDecoder().decode(target), chunks: NOTHING };
    }
    await stream.skip(end - stream.position, 'cpio member');
    await align(stream, start);
  }
}

/** Passes over the zeros behind an archive, and says what comes then. */
async function afterTrailer(stream: ByteStream): Promise<Compression | 'cpio' | 'end'> {
  for (;;) {
    const piece = await stream.peek(4096);
    if (piece.length === 0) return 'end';
    const zeros = piece.findIndex((byte) => byte !== 0);
    await stream.skip(zeros < 0 ? piece.length : zeros, 'cpio padding');
    if (zeros < 0) continue;
    const head = await stream.peek(64);
    return /^07070[12]/.test(latin1(head.subarray(0, 6))) ? 'cpio' : (identifyCompression(head) ?? 'end');
  }
}

async function readHeader(stream: ByteStream, files: readonly CpioFile[]): Promise<CpioFile> {
  const at = stream.position;
  const magic = latin1(await stream.peek(6));
  if (magic.length < 6) await stream.take(HEADER_SIZE, 'cpio archive without a trailer');
  if (magic === '07070X') {
    const [index] = hexFields(await stream.take(STRIPPED_SIZE, 'cpio header'), at);
    const file = files[index as number];
    if (file === undefined) throw bad(`cpio names file ${index} of ${files.length}`, at, 'a file of the rpm header');
    await align(stream, 0, at);
    return file;
  }
  if (magic !== '070701' && magic !== '070702') throw bad(`cpio header ${JSON.stringify(magic)}`, at, '070701');
  const fields = hexFields(await stream.take(HEADER_SIZE, 'cpio header'), at);
  const mode = fields[1]!;
  const size = fields[6]!;
  const nameSize = fields[11]!;
  if (nameSize === 0 || nameSize > MAX_NAME) throw bad(`cpio name of ${nameSize} bytes`, at + 94, '1 to 4097');
  const name = await stream.take(nameSize, 'cpio name');
  const path = new TextDecoder().decode(name.subarray(0, nameSize - 1));
  await align(stream, 0, at);
  return { path, mode, size };
}

/** Headers with their names, and contents, each end on a multiple of four from where the archive started. */
async function align(stream: ByteStream, start: number, headerAt = start): Promise<void> {
  const over = (stream.position - headerAt) % 4;
  if (over === 0) return;
  const available = await stream.peek(4 - over);
  await stream.skip(available.length, 'cpio padding');
}

function hexFields(header: Uint8Array, at: number): number[] {
  const text = latin1(header);
  const fields: number[] = [];
  for (let from = 6; from < text.length; from += 8) {
    const digits = text.slice(from, from + 8);
    if (!/^[0-9a-fA-F]{8}$/.test(digits))
      throw bad(`cpio field ${JSON.stringify(digits)}`, at + from, 'eight hex digits');
    fields.push(Number.parseInt(digits, 16));
  }
  return fields;
}

function latin1(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');
}

function bad(message: string, offset: number, expected: string): KernelSourceError {
  return new KernelSourceError('bad-archive', message, { offset, expected });
}
