// apk v3 packages (Alpine, OpenWrt): an ADB, a small database with names and sizes, then one block for each file's content.
// apk-tools: src/adb.h, src/apk_adb.h, doc/apk-v3.5.scd. Whole or in a wrapper that is packed: ADBd (deflate), ADBc (by number).

import { createInflateRaw } from 'node:zlib';
import { pipeline, Readable } from 'node:stream';
import { ByteStream } from '../io/byte-stream.ts';
import { decompressStream } from '../compression/decompress.ts';
import { KernelSourceError } from '../errors.ts';
import type { OpenPackage, PackageMetadata } from '../identity/package.ts';
import type { Member } from './member.ts';
import { chunksFrom } from './ranges.ts';

const PACKAGE = 'pckg';
/** Names and sizes of all files of a package: far more than any has. */
const MAX_DATABASE = 64 * 1024 * 1024;
const MAX_ENTRIES = 1_000_000;
const Block = { Database: 0, Signature: 1, Data: 2, Extended: 3 } as const;
const Type = { Int: 1, Int32: 2, Int64: 3, Blob8: 8, Blob16: 9, Blob32: 10, Array: 13, Object: 14 } as const;
const Field = {
  Package: { Info: 1, Paths: 2 },
  Info: { Name: 1, Version: 2, Arch: 5, Maintainer: 8 },
  Folder: { Name: 1, Files: 3 },
  File: { Name: 1, Size: 3, Target: 6 },
} as const;
const S_IFMT = 0o170000;
const S_IFLNK = 0o120000;

/** Opens an apk v3; the members are read as they are asked for. @throws KernelSourceError */
export async function openApk3(outer: ByteStream, maxBytes: number, maxStream = maxBytes): Promise<OpenPackage> {
  const stream = await unwrapped(outer, maxBytes, maxStream);
  const head = await stream.take(8, 'apk header');
  const schema = latin1(head.subarray(4));
  if (latin1(head.subarray(0, 4)) !== 'ADB.' || schema !== PACKAGE) {
    throw bad(`an ADB of ${JSON.stringify(schema)}`, 4, 'a package (pckg)');
  }
  const block = await nextBlock(stream);
  if (block?.type !== Block.Database || block.size > MAX_DATABASE) throw bad('no database at its start', 8);
  const database = new Database(await stream.take(block.size, 'apk database'));
  await stream.skip(block.padding, 'apk padding');
  const root = database.fields(database.root);
  const info = database.fields(root[Field.Package.Info]);
  const text = (field: number) => Buffer.from(database.blob(info[field])).toString('utf8');
  const metadata: PackageMetadata = {
    type: 'apk',
    name: text(Field.Info.Name),
    version: text(Field.Info.Version),
    arch: text(Field.Info.Arch),
    vendor: text(Field.Info.Maintainer),
  };
  return { metadata, members: members(stream, database, root[Field.Package.Paths]) };
}

/** The database behind the wrapper that packs it. */
async function unwrapped(outer: ByteStream, maxBytes: number, maxStream: number): Promise<ByteStream> {
  const magic = latin1(await outer.peek(4));
  if (magic === 'ADB.') return outer;
  await outer.skip(4, 'apk header');
  let algorithm = 1;
  if (magic === 'ADBc') algorithm = (await outer.take(2, 'apk header'))[0]!;
  else if (magic !== 'ADBd') throw bad(`it starts with ${JSON.stringify(magic)}`, 0, 'ADB., ADBd or ADBc');
  if (algorithm === 0) return outer;
  if (algorithm === 1) return new ByteStream(inflated(outer, maxStream));
  if (algorithm === 2) return new ByteStream(decompressStream('zstd', outer.rest(), maxBytes, maxStream));
  throw bad(`compression ${algorithm}`, 4, '0 (none), 1 (deflate) or 2 (zstd)');
}

async function* inflated(outer: ByteStream, maxStream: number): AsyncGenerator<Uint8Array> {
  const inflate = createInflateRaw();
  pipeline(Readable.from(outer.rest()), inflate, () => {});
  let length = 0;
  try {
    for await (const chunk of inflate as AsyncIterable<Uint8Array>) {
      length += chunk.length;
      if (length > maxStream) throw new KernelSourceError('too-large', `an apk of more than ${maxStream} bytes`);
      yield chunk;
    }
  } catch (cause) {
    if (cause instanceof KernelSourceError) throw cause;
    throw new KernelSourceError('bad-compression', `damaged apk: ${(cause as Error).message}`, { cause });
  }
}

async function* members(
  stream: ByteStream,
  database: Database,
  pathsValue: number | undefined,
): AsyncGenerator<Member> {
  try {
    const folders = database.fields(pathsValue).slice(1);
    // Links first: they have no content of their own.
    const files = folders.map((folder) => {
      const fields = database.fields(folder);
      const name = Buffer.from(database.blob(fields[Field.Folder.Name])).toString('utf8');
      return { name, files: database.fields(fields[Field.Folder.Files]).slice(1) };
    });
    const pathOf = (folder: string, file: readonly number[]) => {
      const name = Buffer.from(database.blob(file[Field.File.Name])).toString('utf8');
      return folder === '' ? name : `${folder}/${name}`;
    };
    for (const folder of files) {
      for (const value of folder.files) {
        const file = database.fields(value);
        const target = database.blob(file[Field.File.Target]);
        if (target.length < 2 || ((target[0]! | (target[1]! << 8)) & S_IFMT) !== S_IFLNK) continue;
        const link = Buffer.from(target.subarray(2)).toString('utf8');
        yield { path: pathOf(folder.name, file), size: 0, link, chunks: chunksFrom(function* () {}) };
      }
    }
    for (let block = await nextBlock(stream); block !== undefined; block = await nextBlock(stream)) {
      const end = stream.position + block.size;
      if (block.type === Block.Data) {
        const header = await stream.take(8, 'apk data block');
        const view = new DataView(header.buffer, header.byteOffset, 8);
        const folder = files[view.getUint32(0, true) - 1];
        const value = folder?.files[view.getUint32(4, true) - 1];
        if (folder === undefined || value === undefined)
          throw bad('content of a file that is not there', stream.position);
        const size = end - stream.position;
        yield { path: pathOf(folder.name, database.fields(value)), size, chunks: stream.part(size, 'apk file') };
      }
      await stream.skip(end - stream.position + block.padding, 'apk block');
    }
  } finally {
    await stream.close();
  }
}

/** The next block's header; undefined at the end. Blocks are padded to eight bytes. */
async function nextBlock(stream: ByteStream): Promise<{ type: number; size: number; padding: number } | undefined> {
  if ((await stream.peek(4)).length === 0) return undefined;
  const at = stream.position;
  const first = await stream.take(4, 'apk block');
  const word = new DataView(first.buffer, first.byteOffset, 4).getUint32(0, true);
  let type = word >>> 30;
  let raw = word & 0x3fffffff;
  let header = 4;
  if (type === Block.Extended) {
    const rest = await stream.take(12, 'apk block');
    const view = new DataView(rest.buffer, rest.byteOffset, 12);
    type = raw;
    raw = view.getUint32(4, true) + view.getUint32(8, true) * 2 ** 32;
    header = 16;
  }
  if (raw < header || (type === Block.Data && raw < header + 8)) throw bad(`a block of ${raw} bytes`, at);
  return { type, size: raw - header, padding: (8 - (raw % 8)) % 8 };
}

/** The values of an ADB: a type in the upper four bits of a word, and a number or an offset in the others. */
class Database {
  private readonly bytes: Uint8Array;
  private readonly view: DataView;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  get root(): number {
    return this.word(4);
  }

  /** The words of an object or array, the first of which is their count; none where there is no such value. */
  fields(value = 0): number[] {
    const type = value >>> 28;
    if (type !== Type.Array && type !== Type.Object) return [];
    const at = value & 0xfffffff;
    const count = this.word(at);
    if (count > MAX_ENTRIES || at + count * 4 > this.bytes.length) throw bad(`${count} values at ${at}`, at);
    return Array.from({ length: count }, (_, index) => this.word(at + index * 4));
  }

  /** A blob's bytes; none where there is no such value. */
  blob(value = 0): Uint8Array {
    const type = value >>> 28;
    const width = type === Type.Blob8 ? 1 : type === Type.Blob16 ? 2 : type === Type.Blob32 ? 4 : 0;
    if (width === 0) return new Uint8Array(0);
    const at = value & 0xfffffff;
    if (at + width > this.bytes.length) throw bad(`a blob at ${at}`, at);
    const { view } = this;
    const length = width === 1 ? view.getUint8(at) : width === 2 ? view.getUint16(at, true) : view.getUint32(at, true);
    if (at + width + length > this.bytes.length) throw bad(`a blob of ${length} bytes at ${at}`, at);
    return this.bytes.subarray(at + width, at + width + length);
  }

  private word(at: number): number {
    if (at + 4 > this.bytes.length) throw bad(`a value at ${at}`, at, `less than ${this.bytes.length}`);
    return this.view.getUint32(at, true);
  }
}

const latin1 = (bytes: Uint8Array) => Buffer.from(bytes).toString('latin1');

function bad(message: string, offset: number, expected?: string): KernelSourceError {
  return new KernelSourceError('bad-archive', `damaged apk: ${message}`, {
    offset,
    ...(expected === undefined ? {} : { expected }),
  });
}
