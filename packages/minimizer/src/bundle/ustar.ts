// POSIX ustar, the subset that the strictest bundle reader understands (bcc's libbpf-tools/btf_helpers.c): names of at
// most 99 bytes in the one name field, octal sizes, no PAX and no GNU entries, two zero blocks at the end. Times, owners
// and modes are fixed, so that the same members give the same bytes.

import { MinimizeError } from '../errors.ts';

const BLOCK = 512;
/** Bytes of a name that leave room for the NUL that bcc's strcmp needs. */
export const MAX_USTAR_NAME = 99;

/** What a header block says of its member. */
const TypeFlag = { file: '0', oldFile: '\0', link: '1', directory: '5' } as const;

/** One member to write: its bytes, or the name of an earlier member that it is a hard link to. */
export interface TarMember {
  readonly name: string;
  readonly bytes: Uint8Array;
  readonly linkTo?: string | undefined;
}

/** One member that was read. A hard link has the bytes of the member it names. */
export interface ReadTarMember {
  readonly name: string;
  readonly bytes: Uint8Array;
  readonly link: boolean;
}

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** Members in the given order as an archive. Throws `name-too-long`. */
export function writeUstar(members: readonly TarMember[]): Uint8Array {
  const padded = (size: number) => Math.ceil(size / BLOCK) * BLOCK;
  const total = members.reduce((sum, m) => sum + BLOCK + (m.linkTo === undefined ? padded(m.bytes.length) : 0), 0);
  const out = new Uint8Array(total + 2 * BLOCK);
  let at = 0;
  for (const member of members) {
    writeHeader(out.subarray(at, at + BLOCK), member);
    at += BLOCK;
    if (member.linkTo !== undefined) continue;
    out.set(member.bytes, at);
    at += padded(member.bytes.length);
  }
  return out;
}

function writeHeader(block: Uint8Array, member: TarMember): void {
  const link = member.linkTo !== undefined;
  const text = (at: number, value: string) => block.set(encoder.encode(value), at);
  const octal = (at: number, digits: number, value: number) => text(at, value.toString(8).padStart(digits, '0'));
  for (const name of [member.name, member.linkTo ?? '']) {
    const length = encoder.encode(name).length;
    if (length <= MAX_USTAR_NAME) continue;
    throw new MinimizeError('name-too-long', `a tar member name of ${length} bytes`, {
      path: name,
      expected: `at most ${MAX_USTAR_NAME} bytes`,
    });
  }
  text(0, member.name);
  octal(100, 7, 0o644);
  octal(108, 7, 0); // uid
  octal(116, 7, 0); // gid
  octal(124, 11, link ? 0 : member.bytes.length);
  octal(136, 11, 0); // mtime
  text(148, '        '); // the checksum counts as blanks while it is summed
  text(156, link ? TypeFlag.link : TypeFlag.file);
  text(157, member.linkTo ?? '');
  text(257, 'ustar\x0000');
  let sum = 0;
  for (const byte of block) sum += byte;
  octal(148, 6, sum);
  block[154] = 0;
  block[155] = 0x20;
}

/**
 * Members of a ustar or plain tar archive in order, directories left out. Bytes are views of the archive. Throws
 * `bad-archive` where sizes or checksums do not hold; other kinds of entries (PAX, GNU long names) are refused too,
 * since no bundle has them.
 */
export function readUstar(archive: Uint8Array): ReadTarMember[] {
  const members: ReadTarMember[] = [];
  const byName = new Map<string, Uint8Array>();
  let at = 0;
  for (; at + BLOCK <= archive.length; ) {
    const block = archive.subarray(at, at + BLOCK);
    if (block.every((byte) => byte === 0)) return members;
    const { name, size, type, linkTo } = readHeader(block, at);
    const from = at + BLOCK;
    if (from + size > archive.length) throw bad(at + 124, `${name} ends past the archive`, `${size} bytes`);
    const bytes = archive.subarray(from, from + size);
    at = from + Math.ceil(size / BLOCK) * BLOCK;
    if (type === TypeFlag.directory) continue;
    const link = type === TypeFlag.link;
    const content = link ? byName.get(linkTo) : bytes;
    if (content === undefined) throw bad(from - BLOCK + 157, `${name} is a link to ${linkTo}`, 'an earlier member');
    byName.set(name, content);
    members.push({ name, bytes: content, link });
  }
  throw bad(at, 'the archive has no end', 'two blocks of zeros');
}

function readHeader(block: Uint8Array, at: number): { name: string; size: number; type: string; linkTo: string } {
  const text = (from: number, length: number) => {
    const field = block.subarray(from, from + length);
    const end = field.indexOf(0);
    return decoder.decode(end < 0 ? field : field.subarray(0, end));
  };
  const octal = (from: number, length: number, what: string) => {
    const digits = text(from, length).trim();
    if (!/^[0-7]+$/.test(digits)) throw bad(at + from, `${what} '${digits}'`, 'octal digits');
    return Number.parseInt(digits, 8);
  };
  const sum = octal(148, 8, 'checksum');
  let own = 0;
  for (let i = 0; i < BLOCK; i++) own += i >= 148 && i < 156 ? 0x20 : block[i]!;
  if (own !== sum) throw bad(at + 148, `checksum ${sum}`, String(own));
  const type = String.fromCharCode(block[156]!);
  if (!(Object.values(TypeFlag) as string[]).includes(type)) {
    throw bad(at + 156, `an entry of type '${type}'`, 'files, hard links or directories');
  }
  const prefix = text(257, 5) === 'ustar' ? text(345, 155) : '';
  const name = prefix === '' ? text(0, 100) : `${prefix}/${text(0, 100)}`;
  return { name, size: octal(124, 12, 'size'), type, linkTo: text(157, 100) };
}

function bad(offset: number, what: string, expected: string): MinimizeError {
  return new MinimizeError('bad-archive', `tar: ${what}`, { offset, expected });
}
