// squashfs 4.0: root file systems of live media, snaps and appliances. https://dr-emann.github.io/squashfs/squashfs.html; fs/squashfs
// of the kernel. What is not read: versions before 4.

import { inflateSync, type ZlibOptions } from 'node:zlib';
import type { ByteSource } from '@btfq/dwarf';
import { decompressLz4Block } from '../compression/lz4.ts';
import { decompressLzo1x } from '../compression/lzo.ts';
import { decompressLzma } from '../compression/xz.ts';
import { decompressZstd } from '../compression/zstd.ts';
import { KernelSourceError } from '../errors.ts';
import type { Member } from './member.ts';
import { chunksFrom, MAX_FILES, MAX_FOLDERS, MAX_PATH_DEPTH, Ranges } from './ranges.ts';

const SUPERBLOCK = 96;
const METADATA = 8192;
const UNPACKED_METADATA = 0x8000;
const UNPACKED_DATA = 1 << 24;
const NO_FRAGMENT = 0xffffffff;
const FRAGMENTS_PER_BLOCK = METADATA / 16;
const MAX_LINK = 65536;
/** Unpacked metadata blocks that are kept: folders that are near are read together. */
const KEPT_BLOCKS = 256;
const Inode = { Folder: 1, File: 2, Link: 3, ExtendedFolder: 8, ExtendedFile: 9, ExtendedLink: 10 } as const;

type Unpack = (bytes: Uint8Array, size: number) => Uint8Array | Promise<Uint8Array>;

/** By the superblock's number. */
const COMPRESSORS: Readonly<Record<number, Unpack>> = {
  1: (bytes, size) => inflateSync(bytes, { maxOutputLength: size } satisfies ZlibOptions),
  // The old lzma of appliances' kernels, with the header of an .lzma file.
  2: (bytes, size) => decompressLzma('lzma', bytes, size),
  3: decompressLzo1x,
  4: (bytes, size) => decompressLzma('xz', bytes, size),
  5: decompressLz4Block,
  6: decompressZstd,
};

/** The regular files and links of a squashfs image. @throws KernelSourceError `bad-archive`, `truncated` */
export async function* squashfsMembers(source: ByteSource): AsyncGenerator<Member> {
  yield* new Squashfs(new Ranges(source, 'a squashfs image')).members();
}

/** A place in unpacked metadata: where its block is in the file, and where in that block. */
interface Place {
  block: number;
  offset: number;
}

function placeKey({ block, offset }: Place): number {
  return block * 0x10000 + offset;
}

interface Content {
  readonly start: number;
  readonly size: number;
  /** Of each block: its packed size, and whether it is packed at all. 0 is a hole. */
  readonly blocks: readonly number[];
  readonly fragment: number;
  readonly fragmentOffset: number;
}

class Squashfs {
  private readonly image: Ranges;
  private readonly blockSize: number;
  private readonly unpack: Unpack;
  private readonly root: Place;
  private readonly inodes: number;
  private readonly folders: number;
  private readonly fragments: number;
  private readonly fragmentCount: number;
  private readonly kept = new Map<number, { bytes: Uint8Array; next: number }>();

  constructor(image: Ranges) {
    this.image = image;
    const view = image.view(0, SUPERBLOCK);
    const number = view.getUint16(20, true);
    const unpack = COMPRESSORS[number];
    if (view.getUint16(28, true) !== 4) throw image.bad(`version ${view.getUint16(28, true)}`, 28, '4');
    if (unpack === undefined) throw image.bad(`compressor ${number}`, 20, '1 to 6: gzip, lzma, lzo, xz, lz4, zstd');
    this.unpack = unpack;
    this.blockSize = view.getUint32(12, true);
    if (this.blockSize < 4096 || this.blockSize > 1 << 20) throw image.bad(`blocks of ${this.blockSize} bytes`, 12);
    const word = (at: number) => view.getUint32(at, true) + view.getUint32(at + 4, true) * 2 ** 32;
    this.root = { block: Math.floor(word(32) / 65536), offset: word(32) % 65536 };
    this.inodes = word(64);
    this.folders = word(72);
    this.fragments = word(80);
    this.fragmentCount = view.getUint32(16, true);
  }

  async *members(): AsyncGenerator<Member> {
    const pending = [{ path: '', place: this.root, depth: 0 }];
    let files = 0;
    // A folder is in one folder only: a damaged image in which it is in itself would have no end.
    const seen = new Set([placeKey(this.root)]);
    for (let folder = pending.shift(); folder !== undefined; folder = pending.shift()) {
      for await (const { name, place } of this.entries(folder.place)) {
        const path = folder.path === '' ? name : `${folder.path}/${name}`;
        if (++files > MAX_FILES) throw this.image.bad(`more than ${MAX_FILES} files`);
        const { type, at } = await this.inode(place);
        if (type === Inode.Folder || type === Inode.ExtendedFolder) {
          if (folder.depth >= MAX_PATH_DEPTH || seen.size >= MAX_FOLDERS)
            throw this.image.bad('folders without an end');
          if (seen.has(placeKey(place))) throw this.image.bad(`the folder ${path} a second time`);
          seen.add(placeKey(place));
          pending.push({ path, place, depth: folder.depth + 1 });
        } else if (type === Inode.Link || type === Inode.ExtendedLink) {
          const size = (await this.view(at, 8)).getUint32(4, true);
          if (size > MAX_LINK) throw this.image.bad(`a link of ${size} bytes`);
          const link = Buffer.from(await this.read(at, size)).toString('utf8');
          yield { path, size: 0, link, chunks: chunksFrom(function* () {}) };
        } else if (type === Inode.File || type === Inode.ExtendedFile) {
          const content = await this.contentOf(type, at);
          yield { path, size: content.size, chunks: chunksFrom(() => this.chunks(content)) };
        }
      }
    }
  }

  /** An inode's type, and where what follows its common header is. */
  private async inode({ block, offset }: Place): Promise<{ type: number; at: Place }> {
    const at = { block: this.inodes + block, offset };
    const type = (await this.view(at, 16)).getUint16(0, true);
    return { type, at };
  }

  private async *entries(folder: Place): AsyncGenerator<{ name: string; place: Place }> {
    const { type, at } = await this.inode(folder);
    const basic = type === Inode.Folder;
    if (!basic && type !== Inode.ExtendedFolder) throw this.image.bad('a folder that is none');
    const view = await this.view(at, basic ? 16 : 24);
    const size = basic ? view.getUint16(8, true) : view.getUint32(4, true);
    const block = view.getUint32(basic ? 0 : 8, true);
    const place = { block: this.folders + block, offset: view.getUint16(basic ? 10 : 18, true) };
    // The size counts '.' and '..', which are not there, as three bytes.
    for (let left = size - 3; left > 0; ) {
      const header = await this.view(place, 12);
      left -= 12;
      const start = header.getUint32(4, true);
      for (let count = header.getUint32(0, true) + 1; count > 0 && left > 0; count--) {
        const entry = await this.view(place, 8);
        const length = entry.getUint16(6, true) + 1;
        if (length > 256) throw this.image.bad(`a name of ${length} bytes`);
        const name = Buffer.from(await this.read(place, length)).toString('utf8');
        left -= 8 + length;
        if (name.includes('/') || name === '.' || name === '..') throw this.image.bad('a name that is a path');
        yield { name, place: { block: start, offset: entry.getUint16(0, true) } };
      }
    }
  }

  private async contentOf(type: number, at: Place): Promise<Content> {
    const basic = type === Inode.File;
    const view = await this.view(at, basic ? 16 : 40);
    const word = (place: number) => view.getUint32(place, true) + view.getUint32(place + 4, true) * 2 ** 32;
    const start = basic ? view.getUint32(0, true) : word(0);
    const size = basic ? view.getUint32(12, true) : word(8);
    const fragment = view.getUint32(basic ? 4 : 28, true);
    const fragmentOffset = view.getUint32(basic ? 8 : 32, true);
    const count = fragment === NO_FRAGMENT ? Math.ceil(size / this.blockSize) : Math.floor(size / this.blockSize);
    // Each block takes four bytes of metadata, which packs well, but not without end.
    if (count * 4 > this.image.size * 64) throw this.image.bad(`a file of ${size} bytes`);
    const blocks: number[] = [];
    for (let done = 0; done < count; ) {
      const step = Math.min(count - done, METADATA / 4);
      const sizes = await this.view(at, step * 4);
      for (let i = 0; i < step; i++) blocks.push(sizes.getUint32(i * 4, true));
      done += step;
    }
    return { start, size, blocks, fragment, fragmentOffset };
  }

  private async *chunks({ start, size, blocks, fragment, fragmentOffset }: Content): AsyncGenerator<Uint8Array> {
    let at = start;
    let left = size;
    for (const word of blocks) {
      const length = Math.min(this.blockSize, left);
      const packed = word & (UNPACKED_DATA - 1);
      const block = packed === 0 ? new Uint8Array(length) : await this.block(at, word);
      if (block.length < length) throw this.image.bad(`a block of ${block.length} bytes`, at, `${length}`);
      yield block.subarray(0, length);
      at += packed;
      left -= length;
    }
    if (fragment === NO_FRAGMENT || left === 0) return;
    if (fragment >= this.fragmentCount) throw this.image.bad(`fragment ${fragment} of ${this.fragmentCount}`);
    const table = this.image.view(this.fragments + Math.floor(fragment / FRAGMENTS_PER_BLOCK) * 8, 8);
    const place = {
      block: table.getUint32(0, true) + table.getUint32(4, true) * 2 ** 32,
      offset: (fragment % FRAGMENTS_PER_BLOCK) * 16,
    };
    const entry = await this.view(place, 16);
    const from = entry.getUint32(0, true) + entry.getUint32(4, true) * 2 ** 32;
    const block = await this.block(from, entry.getUint32(8, true));
    if (fragmentOffset + left > block.length) throw this.image.bad('a fragment outside of its block', from);
    yield block.subarray(fragmentOffset, fragmentOffset + left);
  }

  /** A data block, unpacked. */
  private async block(at: number, word: number): Promise<Uint8Array> {
    const bytes = this.image.bytes(at, word & (UNPACKED_DATA - 1));
    return (word & UNPACKED_DATA) !== 0 ? bytes : this.unpacked(bytes, this.blockSize, at);
  }

  private async unpacked(bytes: Uint8Array, size: number, at: number): Promise<Uint8Array> {
    try {
      return await this.unpack(bytes, size);
    } catch (cause) {
      if (cause instanceof KernelSourceError) throw cause;
      throw new KernelSourceError('bad-compression', 'a block that does not unpack', { offset: at, cause });
    }
  }

  /** The next bytes of metadata as a view. */
  private async view(place: Place, length: number): Promise<DataView> {
    const bytes = await this.read(place, length);
    return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  /** The next bytes of metadata; `place` moves behind them. */
  private async read(place: Place, length: number): Promise<Uint8Array> {
    const out = new Uint8Array(length);
    for (let done = 0; done < length; ) {
      const { bytes, next } = await this.metadata(place.block);
      if (place.offset >= bytes.length) {
        if (place.offset > bytes.length || bytes.length < METADATA)
          throw this.image.bad('metadata that ends early', place.block);
        place.block = next;
        place.offset = 0;
        continue;
      }
      const step = Math.min(length - done, bytes.length - place.offset);
      out.set(bytes.subarray(place.offset, place.offset + step), done);
      place.offset += step;
      done += step;
    }
    return out;
  }

  private async metadata(at: number): Promise<{ bytes: Uint8Array; next: number }> {
    const known = this.kept.get(at);
    if (known !== undefined) return known;
    const header = this.image.view(at, 2).getUint16(0, true);
    const size = header & (UNPACKED_METADATA - 1);
    if (size === 0 || size > METADATA)
      throw this.image.bad(`a metadata block of ${size} bytes`, at, `1 to ${METADATA}`);
    const raw = this.image.bytes(at + 2, size);
    const bytes = (header & UNPACKED_METADATA) !== 0 ? raw : await this.unpacked(raw, METADATA, at);
    if (this.kept.size >= KEPT_BLOCKS) this.kept.delete(this.kept.keys().next().value as number);
    const block = { bytes, next: at + 2 + size };
    this.kept.set(at, block);
    return block;
  }
}
