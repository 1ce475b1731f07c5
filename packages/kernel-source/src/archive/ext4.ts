// ext2, ext3 and ext4: root file systems of cloud and board images. Read-only, and only what finding kernels needs: folders, files
// and links, by extents or by block maps. Documentation/filesystems/ext4 of the kernel.

import type { ByteSource } from '@btfq/dwarf';
import type { Member } from './member.ts';
import { chunksFrom, MAX_FILES, MAX_FOLDERS, MAX_PATH_DEPTH, Ranges } from './ranges.ts';

const SUPERBLOCK = 1024;
const ROOT_INODE = 2;
const EXTENT_MAGIC = 0xf30a;
const MAX_EXTENT_DEPTH = 5;
const MAX_FOLDER_BYTES = 256 * 1024 * 1024;
const MAX_LINK = 4096;
const Incompat = { Compression: 1, Filetype: 2, MetaGroups: 0x10, Bits64: 0x80, InlineData: 0x8000 } as const;
const InodeFlag = { Extents: 0x80000, Inline: 0x10000000, Encrypted: 0x800 } as const;
const S_IFMT = 0o170000;
const Mode = { Folder: 0o040000, File: 0o100000, Link: 0o120000 } as const;

/** What the superblock says. */
interface Layout {
  readonly blockSize: number;
  readonly inodeSize: number;
  readonly inodesPerGroup: number;
  readonly inodeCount: number;
  /** Where the group descriptors begin, and the bytes of each. */
  readonly descriptors: number;
  readonly descriptorSize: number;
  readonly bits64: boolean;
}

interface Inode {
  readonly mode: number;
  readonly size: number;
  readonly flags: number;
  /** `i_block`: 60 bytes of extents, block numbers or content. */
  readonly block: DataView;
}

/** A run of blocks. `start` is -1 for a hole. */
interface Run {
  readonly start: number;
  readonly count: number;
}

/** The regular files and links of an ext file system. @throws KernelSourceError `bad-archive`, `truncated` */
export async function* ext4Members(source: ByteSource): AsyncGenerator<Member> {
  const image = new Ranges(source, 'an ext4 image');
  const layout = readSuperblock(image);
  const pending = [{ path: '', inode: ROOT_INODE, depth: 0 }];
  const seen = new Set<number>([ROOT_INODE]);
  let files = 0;
  for (let folder = pending.shift(); folder !== undefined; folder = pending.shift()) {
    for (const { name, inode: number } of folderEntries(image, layout, readInode(image, layout, folder.inode))) {
      const path = folder.path === '' ? name : `${folder.path}/${name}`;
      if (++files > MAX_FILES) throw image.bad(`more than ${MAX_FILES} files`);
      const inode = readInode(image, layout, number);
      const type = inode.mode & S_IFMT;
      if (type === Mode.Folder) {
        if (folder.depth >= MAX_PATH_DEPTH || seen.size >= MAX_FOLDERS) throw image.bad('folders without an end');
        if (!seen.has(number)) pending.push({ path, inode: number, depth: folder.depth + 1 });
        seen.add(number);
      } else if (type === Mode.Link && inode.size <= MAX_LINK) {
        const link = Buffer.concat([...linkBytes(image, layout, inode)]).toString('utf8');
        yield { path, size: 0, link, chunks: chunksFrom(function* () {}) };
      } else if (type === Mode.File && (inode.flags & InodeFlag.Encrypted) === 0) {
        yield { path, size: inode.size, chunks: chunksFrom(() => content(image, layout, inode)) };
      }
    }
  }
}

function readSuperblock(image: Ranges): Layout {
  const view = image.view(SUPERBLOCK, 1024);
  if (view.getUint16(56, true) !== 0xef53) throw image.bad('no superblock', SUPERBLOCK, '0xef53');
  const blockShift = view.getUint32(24, true);
  if (blockShift > 6) throw image.bad(`blocks of 2^${blockShift} KiB`, SUPERBLOCK + 24, '1 to 64 KiB');
  const blockSize = 1024 << blockShift;
  const incompat = view.getUint32(96, true);
  if ((incompat & Incompat.Compression) !== 0) throw image.bad('it is compressed', SUPERBLOCK + 96);
  if ((incompat & Incompat.MetaGroups) !== 0)
    throw image.bad('group descriptors are scattered (meta_bg)', SUPERBLOCK + 96);
  const bits64 = (incompat & Incompat.Bits64) !== 0;
  const inodeSize = view.getUint32(76, true) === 0 ? 128 : view.getUint16(88, true);
  const inodesPerGroup = view.getUint32(40, true);
  if (inodeSize < 128 || inodeSize > blockSize || inodesPerGroup === 0) {
    throw image.bad(`inodes of ${inodeSize} bytes, ${inodesPerGroup} in a group`, SUPERBLOCK + 40);
  }
  const descriptorSize = bits64 ? Math.max(64, view.getUint16(254, true)) : 32;
  return {
    blockSize,
    inodeSize,
    inodesPerGroup,
    inodeCount: view.getUint32(0, true),
    descriptors: (view.getUint32(20, true) + 1) * blockSize,
    descriptorSize,
    bits64,
  };
}

function readInode(image: Ranges, layout: Layout, number: number): Inode {
  if (number < 1 || number > layout.inodeCount) {
    throw image.bad(`inode ${number}`, undefined, `1 to ${layout.inodeCount}`);
  }
  const group = Math.floor((number - 1) / layout.inodesPerGroup);
  const descriptor = image.view(layout.descriptors + group * layout.descriptorSize, layout.descriptorSize);
  const table = descriptor.getUint32(8, true) + (layout.bits64 ? descriptor.getUint32(40, true) * 2 ** 32 : 0);
  const offset = table * layout.blockSize + ((number - 1) % layout.inodesPerGroup) * layout.inodeSize;
  const view = image.view(offset, 128);
  const mode = view.getUint16(0, true);
  // Only files have the upper half of a size.
  const high = (mode & S_IFMT) === Mode.File ? view.getUint32(108, true) : 0;
  return {
    mode,
    size: view.getUint32(4, true) + high * 2 ** 32,
    flags: view.getUint32(32, true),
    block: new DataView(view.buffer, view.byteOffset + 40, 60),
  };
}

function* folderEntries(image: Ranges, layout: Layout, inode: Inode): Generator<{ name: string; inode: number }> {
  if ((inode.mode & S_IFMT) !== Mode.Folder) throw image.bad('a folder that is none');
  if (inode.size > MAX_FOLDER_BYTES) throw image.bad(`a folder of ${inode.size} bytes`);
  const inline = (inode.flags & InodeFlag.Inline) !== 0;
  // Inline, the parent's number stands before the entries; what does not fit into the inode is beside its attributes.
  const start = inline ? 4 : 0;
  const bytes = Buffer.concat([...content(image, layout, inode)]);
  for (let at = start; at + 8 <= bytes.length; ) {
    const number = bytes.readUInt32LE(at);
    const length = bytes.readUInt16LE(at + 4);
    const nameLength = bytes[at + 6]!;
    if (length < 8 || at + length > bytes.length || 8 + nameLength > length) {
      if (inline) return;
      throw image.bad(`an entry of ${length} bytes`, undefined, 'an entry inside of its folder');
    }
    const name = bytes.toString('utf8', at + 8, at + 8 + nameLength);
    at += length;
    if (number !== 0 && name !== '.' && name !== '..' && !name.includes('/')) yield { name, inode: number };
  }
}

/** A short link stands in the inode itself. */
function* linkBytes(image: Ranges, layout: Layout, inode: Inode): Generator<Uint8Array> {
  if (inode.size >= 60 || (inode.flags & InodeFlag.Extents) !== 0) yield* content(image, layout, inode);
  else yield new Uint8Array(inode.block.buffer, inode.block.byteOffset, inode.size);
}

/** A file's content; zeros for holes. */
function* content(image: Ranges, layout: Layout, inode: Inode): Generator<Uint8Array> {
  if ((inode.flags & InodeFlag.Inline) !== 0) {
    yield new Uint8Array(inode.block.buffer, inode.block.byteOffset, Math.min(60, inode.size));
    return;
  }
  const { blockSize } = layout;
  let left = inode.size;
  for (const { start, count } of (inode.flags & InodeFlag.Extents) !== 0
    ? extents(image, layout, inode.block, 0, Math.ceil(inode.size / blockSize))
    : mapped(image, layout, inode)) {
    if (left <= 0) return;
    const length = Math.min(left, count * blockSize);
    if (start >= 0) yield* image.chunks(start * blockSize, length);
    else for (let done = 0; done < length; done += 1 << 20) yield new Uint8Array(Math.min(1 << 20, length - done));
    left -= length;
  }
  for (; left > 0; left -= 1 << 20) yield new Uint8Array(Math.min(1 << 20, left));
}

/** The runs of an extent tree from block `next` on, in order. */
function* extents(image: Ranges, layout: Layout, node: DataView, depth: number, end: number): Generator<Run> {
  let next = 0;
  for (const leaf of leaves(image, layout, node, depth)) {
    if (leaf.first < next) throw image.bad('extents out of order');
    if (leaf.first >= end) return;
    if (leaf.first > next) yield { start: -1, count: leaf.first - next };
    yield leaf;
    next = leaf.first + leaf.count;
  }
}

function* leaves(image: Ranges, layout: Layout, node: DataView, depth: number): Generator<Run & { first: number }> {
  if (depth > MAX_EXTENT_DEPTH || node.getUint16(0, true) !== EXTENT_MAGIC) throw image.bad('a damaged extent tree');
  const count = node.getUint16(2, true);
  const level = node.getUint16(6, true);
  if (12 + count * 12 > node.byteLength) throw image.bad(`${count} extents in one block`);
  for (let index = 0; index < count; index++) {
    const at = 12 + index * 12;
    const first = node.getUint32(at, true);
    if (level > 0) {
      const block = node.getUint32(at + 4, true) + node.getUint16(at + 8, true) * 2 ** 32;
      yield* leaves(image, layout, image.view(block * layout.blockSize, layout.blockSize), depth + 1);
      continue;
    }
    const length = node.getUint16(at + 4, true);
    const start = node.getUint32(at + 8, true) + node.getUint16(at + 6, true) * 2 ** 32;
    // Beyond 32,768 the extent is allocated and was never written.
    yield length > 32768 ? { first, start: -1, count: length - 32768 } : { first, start, count: length };
  }
}

/** The runs of ext2's and ext3's block map: twelve blocks, then one, two and three levels of tables. */
function* mapped(image: Ranges, layout: Layout, { block, size }: Inode): Generator<Run> {
  let left = Math.ceil(size / layout.blockSize);
  const perBlock = layout.blockSize / 4;
  const walk = function* (number: number, level: number): Generator<Run> {
    if (left <= 0) return;
    if (level === 0 || number === 0) {
      const count = Math.min(left, perBlock ** level);
      left -= count;
      yield { start: number === 0 ? -1 : number, count };
      return;
    }
    const table = image.view(number * layout.blockSize, layout.blockSize);
    for (let i = 0; i < perBlock && left > 0; i++) yield* walk(table.getUint32(i * 4, true), level - 1);
  };
  for (let i = 0; i < 15 && left > 0; i++) yield* walk(block.getUint32(i * 4, true), Math.max(0, i - 11));
}
