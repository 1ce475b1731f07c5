// .rpm packages: a lead, a signature header, the header, and a compressed cpio.
// https://rpm.org/docs/latest/manual/format_v4.html, format_header.html, tags.html

import { ByteStream } from '../io/byte-stream.ts';
import { type CpioFile, cpioMembers } from './cpio.ts';
import { decompressStream } from '../compression/decompress.ts';
import { KernelSourceError } from '../errors.ts';
import { identifyCompression } from '../identify.ts';
import type { Member } from './member.ts';
import type { OpenPackage, PackageMetadata } from '../identity/package.ts';

const LEAD_SIZE = 96;
const INTRO_SIZE = 16;
const ENTRY_SIZE = 16;
/** rpm's own limits: hdrblob in lib/header.c. */
const MAX_ENTRIES = 0xffff;
const MAX_DATA = 0x0fffffff;

const Tag = {
  Name: 1000,
  Version: 1001,
  Release: 1002,
  Distribution: 1010,
  Vendor: 1011,
  Arch: 1022,
  FileSizes: 1028,
  FileModes: 1030,
  ProvideName: 1047,
  ProvideVersion: 1113,
  DirIndexes: 1116,
  BaseNames: 1117,
  DirNames: 1118,
  LongFileSizes: 5008,
} as const;

const Type = { Int16: 3, Int32: 4, Int64: 5, String: 6, StringArray: 8, I18nString: 9 } as const;

/** Opens an .rpm and reads its header; the members are read as they are asked for. @throws KernelSourceError */
export async function openRpm(stream: ByteStream, maxBytes: number, maxStream = maxBytes): Promise<OpenPackage> {
  await stream.skip(LEAD_SIZE, 'rpm lead');
  const signature = await readHeader(stream, 'rpm signature');
  // Only the signature is padded.
  await stream.skip(-signature.dataSize & 7, 'rpm signature');
  const header = await readHeader(stream, 'rpm header');
  const compression = identifyCompression(await stream.peek(64));
  const payload =
    compression === undefined
      ? stream
      : new ByteStream(decompressStream(compression, stream.rest(), maxBytes, maxStream));
  return { metadata: metadataOf(header), members: payloadMembers(payload, header) };
}

async function* payloadMembers(payload: ByteStream, header: RpmHeader): AsyncGenerator<Member> {
  try {
    yield* cpioMembers(payload, filesOf(header));
  } finally {
    await payload.close();
  }
}

function metadataOf(header: RpmHeader): PackageMetadata {
  const text = (tag: number) => header.strings(tag)[0] ?? '';
  // kernel-core provides kernel-uname-r, kernel-modules-extra kernel-modules-extra-uname-r, kernel-uek-core kernel-uek-uname-r.
  const provides = header.strings(Tag.ProvideName).findIndex((name) => /^kernel(?:-[\w-]+)?-uname-r$/.test(name));
  const release = provides < 0 ? undefined : header.strings(Tag.ProvideVersion)[provides];
  const metadata: PackageMetadata = {
    type: 'rpm',
    name: text(Tag.Name),
    version: `${text(Tag.Version)}-${text(Tag.Release)}`,
    arch: text(Tag.Arch),
    vendor: `${text(Tag.Vendor)} ${text(Tag.Distribution)}`.trim(),
  };
  return release ? { ...metadata, release } : metadata;
}

/** The file list, which payloads with stripped cpio headers need. */
function filesOf(header: RpmHeader): CpioFile[] {
  const folders = header.strings(Tag.DirNames);
  const folderOf = header.numbers(Tag.DirIndexes);
  const modes = header.numbers(Tag.FileModes);
  const long = header.numbers(Tag.LongFileSizes);
  const sizes = long.length > 0 ? long : header.numbers(Tag.FileSizes);
  return header.strings(Tag.BaseNames).map((name, index) => ({
    path: `${folders[folderOf[index] ?? 0] ?? ''}${name}`,
    mode: modes[index] ?? 0,
    size: sizes[index] ?? 0,
  }));
}

interface Entry {
  readonly type: number;
  readonly offset: number;
  readonly count: number;
}

/** One header structure: an index of tags over a data store. */
class RpmHeader {
  readonly dataSize: number;
  private readonly entries: ReadonlyMap<number, Entry>;
  private readonly data: Buffer;

  constructor(entries: ReadonlyMap<number, Entry>, data: Uint8Array) {
    this.entries = entries;
    this.data = Buffer.from(data.buffer, data.byteOffset, data.byteLength);
    this.dataSize = data.length;
  }

  /** The strings of a tag; none if it is missing or holds something else. @throws KernelSourceError `bad-archive` */
  strings(tag: number): string[] {
    const entry = this.entries.get(tag);
    if (!entry || (entry.type !== Type.String && entry.type !== Type.StringArray && entry.type !== Type.I18nString)) {
      return [];
    }
    const strings: string[] = [];
    let at = entry.offset;
    for (let index = 0; index < entry.count; index++) {
      const end = this.data.indexOf(0, at);
      if (at >= this.data.length || end < 0) throw bad(`rpm tag ${tag} goes past its data`, at);
      strings.push(this.data.toString('utf8', at, end));
      at = end + 1;
    }
    return strings;
  }

  /** The numbers of a tag; none if it is missing or holds something else. @throws KernelSourceError `bad-archive` */
  numbers(tag: number): number[] {
    const entry = this.entries.get(tag);
    const size = entry && { [Type.Int16]: 2, [Type.Int32]: 4, [Type.Int64]: 8 }[entry.type];
    if (!entry || !size) return [];
    if (entry.offset + entry.count * size > this.data.length)
      throw bad(`rpm tag ${tag} goes past its data`, entry.offset);
    return Array.from({ length: entry.count }, (_, index) => {
      const at = entry.offset + index * size;
      return size === 8 ? Number(this.data.readBigUInt64BE(at)) : this.data.readUIntBE(at, size);
    });
  }
}

async function readHeader(stream: ByteStream, what: string): Promise<RpmHeader> {
  const at = stream.position;
  const intro = await stream.take(INTRO_SIZE, what);
  const view = new DataView(intro.buffer, intro.byteOffset, intro.byteLength);
  const magic = view.getUint32(0);
  const entryCount = view.getUint32(8);
  const dataSize = view.getUint32(12);
  if (magic !== 0x8eade801) throw bad(`${what} starts with ${magic.toString(16)}`, at, '8eade801');
  if (entryCount > MAX_ENTRIES || dataSize > MAX_DATA) {
    throw bad(`${what} of ${entryCount} entries and ${dataSize} bytes`, at + 8, 'at most 65535 and 268435455');
  }
  const index = await stream.take(entryCount * ENTRY_SIZE, what);
  const words = new DataView(index.buffer, index.byteOffset, index.byteLength);
  const entries = new Map<number, Entry>();
  for (let from = 0; from < index.length; from += ENTRY_SIZE) {
    entries.set(words.getUint32(from), {
      type: words.getUint32(from + 4),
      offset: words.getUint32(from + 8),
      count: words.getUint32(from + 12),
    });
  }
  return new RpmHeader(entries, await stream.take(dataSize, what));
}

function bad(message: string, offset: number, expected?: string): KernelSourceError {
  return new KernelSourceError('bad-archive', message, expected === undefined ? { offset } : { offset, expected });
}
