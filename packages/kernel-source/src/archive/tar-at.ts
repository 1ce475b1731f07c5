// tar that is read in any order: the way from one header to the next without what is between them. The streaming reader
// (tar.ts) is the usual one; this is for tars in which a step over a file saves unpacking it. tar(5), POSIX pax

import { KernelSourceError } from '../errors.ts';
import type { PackedSource, Range } from '../io/packed-source.ts';
import type { Member } from './member.ts';

const BLOCK = 512;
const PIECE = 1024 * 1024;
/** PATH_MAX is 4096; an extended header has a few fields. */
const MAX_EXTENSION = 64 * 1024;

/** What a tar is read from. */
export interface TarSource extends PackedSource {
  /** Makes a place ready to read and returns how many bytes are ready from there. */
  reach(offset: number): Promise<number>;
}

/** What an extension says of the member behind it. */
interface Extension {
  path?: string;
  link?: string;
  size?: number;
}

/** The regular files and links of a tar. @throws KernelSourceError `bad-archive`, `truncated` */
export async function* tarMembersAt(tar: TarSource): AsyncGenerator<Member> {
  const read = async (offset: number, size: number) => {
    if (offset + size > tar.size) {
      throw new KernelSourceError('truncated', 'damaged tar: it ends within a member', { offset });
    }
    if ((await tar.reach(offset)) < size) await tar.reach(offset + size - 1);
    return tar.read(offset, size);
  };
  let said: Extension = {};
  for (let at = 0; at + BLOCK <= tar.size; ) {
    const header = await read(at, BLOCK);
    if (header.every((byte) => byte === 0)) return;
    checkSum(header, at);
    const type = String.fromCharCode(header[156]!);
    const size = said.size ?? number(header, 124, 12, at);
    const start = at + BLOCK;
    at = start + Math.ceil(size / BLOCK) * BLOCK;
    if (type === 'L' || type === 'K' || type === 'x') {
      if (size > MAX_EXTENSION) throw bad(`an extended header of ${size} bytes`, start, `at most ${MAX_EXTENSION}`);
      const bytes = await read(start, size);
      if (type === 'L') said.path = text(bytes);
      else if (type === 'K') said.link = text(bytes);
      else said = { ...said, ...paxFields(bytes) };
      continue;
    }
    if (start + size > tar.size)
      throw new KernelSourceError('truncated', 'damaged tar: a member ends early', { offset: start });
    const member = { path: said.path ?? pathOf(header), size, chunks: chunks(tar, start, size) };
    const target = said.link ?? text(header.subarray(157, 257));
    if (type !== 'g') said = {};
    if (type === '0' || type === '\0' || type === '7') yield { ...member, content: part(tar, start, size) };
    else if (type === '2') yield { ...member, size: 0, link: target };
    // A hard link names its target from the root of the archive.
    else if (type === '1') yield { ...member, size: 0, link: `/${target.replace(/^\.?\/+/, '')}` };
  }
}

async function* chunks(tar: TarSource, start: number, size: number): AsyncGenerator<Uint8Array> {
  for (let done = 0; done < size; ) {
    const ready = await tar.reach(start + done);
    const piece = Math.min(PIECE, size - done, ready);
    yield tar.read(start + done, piece);
    done += piece;
  }
}

function part(tar: TarSource, start: number, size: number): PackedSource {
  return {
    size,
    read: (offset, length, into) => tar.read(start + offset, Math.min(length, size - offset), into),
    prepare: (ranges: readonly Range[]) =>
      tar.prepare(
        ranges
          .filter(({ offset }) => offset < size)
          .map((range) => ({ offset: start + range.offset, size: Math.min(range.size, size - range.offset) })),
      ),
  };
}

function pathOf(header: Uint8Array): string {
  const name = text(header.subarray(0, 100));
  // GNU's magic is 'ustar  ', and it has something else where ustar has the front part of a path.
  const isUstar = text(header.subarray(257, 263)) === 'ustar' && header[263] === 0x30;
  const prefix = isUstar ? text(header.subarray(345, 500)) : '';
  return prefix === '' ? name : `${prefix}/${name}`;
}

/** `LENGTH KEY=VALUE\n`, again and again. */
function paxFields(bytes: Uint8Array): Extension {
  const said: Extension = {};
  for (let at = 0; at < bytes.length; ) {
    const space = bytes.indexOf(0x20, at);
    const length = Number(text(bytes.subarray(at, Math.max(at, space))));
    if (!(length > 0) || at + length > bytes.length) return said;
    const field = text(bytes.subarray(space + 1, at + length - 1));
    const equals = field.indexOf('=');
    const [key, value] = [field.slice(0, equals), field.slice(equals + 1)];
    if (key === 'path') said.path = value;
    else if (key === 'linkpath') said.link = value;
    else if (key === 'size' && /^\d{1,15}$/.test(value)) said.size = Number(value);
    at += length;
  }
  return said;
}

/** Octal digits, or where these do not suffice a large number with its highest bit set. */
function number(header: Uint8Array, from: number, length: number, at: number): number {
  const bytes = header.subarray(from, from + length);
  if ((bytes[0]! & 0x80) !== 0) {
    const value = bytes.reduce((sum, byte, index) => sum * 256 + (index === 0 ? byte & 0x7f : byte), 0);
    if (Number.isSafeInteger(value)) return value;
  }
  const digits = text(bytes).trim();
  if (!/^[0-7]{0,12}$/.test(digits)) throw bad(`${JSON.stringify(digits)} for a number`, at + from, 'octal digits');
  return Number.parseInt(digits || '0', 8);
}

function checkSum(header: Uint8Array, at: number): void {
  const found = number(header, 148, 8, at);
  let sum = 0;
  for (let index = 0; index < BLOCK; index++) sum += index >= 148 && index < 156 ? 0x20 : header[index]!;
  if (sum !== found) throw bad(`the sum of a header is ${sum}`, at, `${found}, as it says`);
}

/** Up to the first NUL. */
function text(bytes: Uint8Array): string {
  const end = bytes.indexOf(0);
  return new TextDecoder().decode(end < 0 ? bytes : bytes.subarray(0, end));
}

function bad(message: string, offset: number, expected: string): KernelSourceError {
  return new KernelSourceError('bad-archive', `damaged tar: ${message}`, { offset, expected });
}
