// Debug packages whose data is xz in blocks, as dpkg-deb writes it with several threads: what is not looked at is not unpacked.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { crc32, gzipSync } from 'node:zlib';
import { compressSync, decompressSync } from '@napi-rs/lzma/xz';
import { parseBtf } from '@btfq/btf-format';
import { bytesSource, encodeBtf } from '@btfq/dwarf';
import { ByteWriter, fixturesFolder, makeTar, seededRandom, type TarMember } from '@btfq/test-kit';
import { describe, expect, test } from 'vitest';
import { tarMembers } from '../src/archive/tar.ts';
import { tarMembersAt } from '../src/archive/tar-at.ts';
import { UnpackedXz } from '../src/compression/unpacked-xz.ts';
import { xzIndex, xzOfBlock } from '../src/compression/xz-blocks.ts';
import { codeOf, folderOf, kernelsOf, name, readPaths, skippedOf } from './support.ts';

const HEADER = 12;
const text = (value: string) => new TextEncoder().encode(value);

/** The only block of xz data, with its padding, and the two numbers of its record. */
function blockOf(part: Uint8Array) {
  const xz = new Uint8Array(compressSync(part));
  const indexSize = (new DataView(xz.buffer).getUint32(xz.length - 8, true) + 1) * 4;
  const bytes = xz.subarray(HEADER, xz.length - HEADER - indexSize);
  const record = xz.subarray(xz.length - HEADER - indexSize + 2);
  let packed = 0;
  for (let i = 0, scale = 1; ; i++, scale *= 128) {
    packed += (record[i]! & 0x7f) * scale;
    if (record[i]! < 0x80) break;
  }
  return { xz, bytes, packed, size: part.length };
}

/** xz data with a block for each `size` bytes. */
function xzInBlocks(bytes: Uint8Array, size: number): Uint8Array {
  const known = new Map<string, ReturnType<typeof blockOf>>();
  const blocks = Array.from({ length: Math.ceil(bytes.length / size) }, (_, i) => {
    const part = bytes.subarray(i * size, (i + 1) * size);
    const key = part.every((byte) => byte === 0) ? `${part.length}` : `at ${i}`;
    if (!known.has(key)) known.set(key, blockOf(part));
    return known.get(key)!;
  });
  const index = new ByteWriter().raw(Uint8Array.of(0));
  for (let value of [blocks.length, ...blocks.flatMap(({ packed, size: unpacked }) => [packed, unpacked])]) {
    for (; value >= 0x80; value = Math.floor(value / 128)) index.raw(Uint8Array.of((value & 0x7f) | 0x80));
    index.raw(Uint8Array.of(value));
  }
  index.pad(4);
  const indexBytes = index.bytes();
  const tail = new Uint8Array(4 + HEADER);
  const words = new DataView(tail.buffer);
  words.setUint32(0, crc32(indexBytes), true);
  words.setUint32(8, (indexBytes.length + 4) / 4 - 1, true);
  tail.set(blocks[0]!.xz.subarray(6, 8), 12);
  tail.set(text('YZ'), 14);
  words.setUint32(4, crc32(tail.subarray(8, 14)), true);
  const parts = [blocks[0]!.xz.subarray(0, HEADER), ...blocks.map((block) => block.bytes), indexBytes, tail];
  return new Uint8Array(Buffer.concat(parts));
}

function someBytes(size: number, seed = 1): Uint8Array {
  const { below } = seededRandom(seed);
  return Uint8Array.from({ length: size }, (_, i) => (i % 64 < 32 ? below(256) : 7));
}

const open = async (xz: Uint8Array) => {
  const source = bytesSource(xz);
  return UnpackedXz.open(source, xzIndex(source)!);
};

describe('xz in blocks', () => {
  const bytes = someBytes(50_000);
  const xz = xzInBlocks(bytes, 6000);

  test('is what the library reads as a whole', () => expect(new Uint8Array(decompressSync(xz))).toEqual(bytes));

  test('gives every range', async () => {
    const { below } = seededRandom(2);
    const source = await open(xz);
    expect(source.size).toBe(bytes.length);
    for (let i = 0; i < 100; i++) {
      const offset = below(bytes.length);
      const length = below(20_000);
      const expected = bytes.subarray(offset, offset + length);
      if (i % 40 === 0) await source.prepare([{ offset, size: length }]);
      if (i % 3 === 0) expect(await source.reach(offset)).toBe(Math.min(6000 - (offset % 6000), bytes.length - offset));
      if (i % 2 === 0) expect(source.read(offset, expected.length)).toEqual(expected);
      else {
        const into = new Uint8Array(length + 1);
        expect(source.read(offset, expected.length, into)).toEqual(expected);
        expect(into.subarray(0, expected.length)).toEqual(expected);
      }
    }
    source.dispose();
  });

  test('of one block, cut off, or with a damaged index is left to the stream reader', () => {
    expect(xzIndex(bytesSource(xzInBlocks(bytes, 60_000)))).toBeUndefined();
    for (const size of [0, 8, 20, xz.length - 4, xz.length - 12]) {
      expect(xzIndex(bytesSource(xz.subarray(0, size)))).toBeUndefined();
    }
    for (let at = xz.length - 40; at < xz.length; at++) {
      const damaged = Uint8Array.from(xz);
      damaged[at]! ^= 0x10;
      expect(xzIndex(bytesSource(damaged))).toBeUndefined();
    }
  });

  test('with a damaged block fails where that is read, by whichever way', async () => {
    const index = xzIndex(bytesSource(xz))!;
    const { at, packed, offset } = index.blocks[3]!;
    for (let place = at; place < at + packed; place += 97) {
      const damaged = Uint8Array.from(xz);
      damaged[place]! ^= 0x21;
      const source = await open(damaged);
      expect(source.read(0, 100)).toEqual(bytes.subarray(0, 100));
      expect(await codeOf(() => source.read(offset - 10, 20))).toBe('bad-compression');
      expect(await codeOf(() => source.reach(offset))).toBe('bad-compression');
      expect(await codeOf(() => source.prepare([{ offset, size: 1 }]))).toBe('bad-compression');
      source.dispose();
    }
  });

  test('says what a block unpacks to before it is unpacked', () => {
    const source = bytesSource(xz);
    const [block] = xzIndex(source)!.blocks;
    expect(new Uint8Array(decompressSync(xzOfBlock(source, block!)))).toEqual(bytes.subarray(0, 6000));
    expect(() => xzOfBlock(source, { ...block!, size: 5999 })).toThrow(/unpacks to 6000 bytes/);
    expect(() => xzOfBlock(source, { ...block!, packed: block!.packed - 100 })).toThrow(/unpacks to no bytes/);
  });
});

describe('tar in any order', () => {
  const long = 'usr/lib/'.repeat(40);
  const pax = (fields: Record<string, string>) => {
    const lines = Object.entries(fields).map(([key, value]) => {
      const rest = ` ${key}=${value}\n`;
      const length = rest.length + `${rest.length + 3}`.length;
      return `${length}${rest}`;
    });
    return text(lines.join(''));
  };
  const members: TarMember[] = [
    { name: './folder/', type: '5' },
    { name: './a', bytes: someBytes(1500) },
    { name: '././@LongLink', type: 'L', bytes: text(`${long}one\0`) },
    { name: 'cut', bytes: someBytes(512, 3) },
    { name: 'pax', type: 'x', bytes: pax({ path: `${long}two`, size: '700', mtime: '1.5' }) },
    { name: 'cut', bytes: someBytes(700, 4) },
    { name: 'symbolic', type: '2', link: '../a' },
    { name: '././@LongLink', type: 'K', bytes: text(`${long}target\0`) },
    { name: 'long-symbolic', type: '2', link: 'cut' },
    { name: 'hard', type: '1', link: './a' },
    { name: 'empty', bytes: new Uint8Array() },
    { name: 'device', type: '3' },
    { name: 'last', bytes: someBytes(20_000, 5) },
  ];
  const tar = makeTar(members);

  const listed = async (
    all: AsyncIterable<{ path: string; size: number; link?: string; chunks: AsyncIterable<Uint8Array> }>,
  ) => {
    const list = [];
    for await (const { path, size, link, chunks } of all) {
      const content = [];
      if (link === undefined) for await (const chunk of chunks) content.push(chunk);
      list.push({ path, size, link, content: Buffer.concat(content).toString('hex') });
    }
    return list;
  };

  test('has the members that the streaming reader gives', async () => {
    const expected = await listed(tarMembers([tar]));
    expect(expected).toHaveLength(8);
    expect(await listed(tarMembersAt(await open(xzInBlocks(tar, 5000))))).toEqual(expected);
  });

  test('has the same content in any order', async () => {
    for await (const { content, chunks } of tarMembersAt(await open(xzInBlocks(tar, 9000)))) {
      if (content === undefined || content.size === 0) continue;
      const whole = [];
      for await (const chunk of chunks) whole.push(chunk);
      expect(content.read(0, content.size)).toEqual(new Uint8Array(Buffer.concat(whole)));
      expect(content.read(content.size - 1, 10).length).toBe(1);
    }
  });

  test('damaged gives an error or fewer members', async () => {
    const { below } = seededRandom(7);
    const codes = new Set<string>();
    for (let i = 0; i < 150; i++) {
      const damaged = Uint8Array.from(tar);
      const header = [0, 1024, 1024 + 512 + 1536][below(3)]!;
      damaged[header + below(512)] = below(256);
      const cut = below(3) === 0 ? damaged.subarray(0, 1024 + below(tar.length - 1024)) : damaged;
      const source = { ...bytesSource(cut), prepare: async () => {}, reach: async (at: number) => cut.length - at };
      codes.add(await codeOf(() => listed(tarMembersAt(source))));
    }
    expect([...codes].sort()).toEqual(['bad-archive', 'no error', 'truncated']);
  });
});

describe('a debug package in blocks', () => {
  const RELEASE = '6.1.0-47-686';
  const SIZE = 4 * 1024 * 1024;
  /** A kernel with debug information, and so large that it is not held as a whole. */
  const small = readFileSync(join(fixturesFolder, 'dwarf/gcc-5.elf'));
  small.write('.init.text\0'.padEnd('.debug_aranges\0'.length, '\0'), small.indexOf('.debug_aranges\0'), 'latin1');
  const kernel = new Uint8Array(65 * 1024 * 1024);
  kernel.set(small);
  const module = readFileSync(join(fixturesFolder, 'dwarf/object.o'));
  module.write('.modinfo\0', module.indexOf('.comment\0'), 'latin1');
  const kernelMember = { name: `./usr/lib/debug/boot/vmlinux-${RELEASE}`, bytes: kernel };
  const moduleMember = (path: string) => ({
    name: `./usr/lib/debug/lib/modules/${RELEASE}/kernel/${path}.ko`,
    bytes: new Uint8Array(module),
  });
  const btf = encodeBtf(bytesSource(new Uint8Array(small))).bytes;

  function deb(data: Uint8Array): Uint8Array {
    const control = `Package: linux-image-${RELEASE}-dbg\nVersion: 6.1.170-3\nArchitecture: i386\nMaintainer: Debian Kernel Team <debian-kernel@lists.debian.org>\n`;
    const writer = new ByteWriter().text('!<arch>\n');
    for (const [path, bytes] of [
      ['debian-binary', text('2.0\n')],
      ['control.tar.gz', gzipSync(makeTar([{ name: './control', bytes: text(control) }]))],
      ['data.tar.xz', data],
    ] as const) {
      writer.text(path.padEnd(48)).text(`${bytes.length}`.padEnd(10)).text('`\n').raw(bytes).pad(2);
    }
    return writer.bytes();
  }
  const read = (data: Uint8Array, options = {}) =>
    readPaths([folderOf({ [`linux-image-${RELEASE}-dbg_6.1.170-3_i386.deb`]: deb(data) })], options);

  const before = xzInBlocks(makeTar([kernelMember, moduleMember('net/quirks')]), SIZE);
  const behind = xzInBlocks(makeTar([moduleMember('net/quirks'), kernelMember]), SIZE);

  test.each([
    ['before', before],
    ['behind', behind],
  ])('with its kernel %s its modules gives both', async (_, data) => {
    const items = await read(data, { modulesFromDwarf: true });
    expect(skippedOf(items)).toEqual([]);
    const [found] = kernelsOf(items);
    expect(name(found!)).toBe(`debian/12/x86_64/${RELEASE}`);
    expect(found).toMatchObject({ fromDwarf: true, problems: [] });
    expect(found!.btf).toEqual(btf);
    expect(found!.modules.map(({ btf: own, name: one }) => [one, own])).toEqual([
      ['quirks', encodeBtf(bytesSource(new Uint8Array(module)), { base: parseBtf(btf) }).bytes],
    ]);
  });

  test('is not unpacked where nothing is looked at', async () => {
    const { blocks } = xzIndex(bytesSource(before))!;
    const damaged = Uint8Array.from(before);
    // neither debug information nor headers are in these
    for (const { at, packed } of blocks.slice(1)) damaged.fill(0xaa, at, at + packed);
    const [found] = kernelsOf(await read(damaged));
    expect(found!.btf).toEqual(btf);
    expect(found).toMatchObject({ modulesPassedOver: true });
  });

  test('damaged where its kernel is says so', async () => {
    const { blocks } = xzIndex(bytesSource(before))!;
    const damaged = Uint8Array.from(before);
    damaged.fill(0xaa, blocks[0]!.at + 100, blocks[0]!.at + 200);
    expect(skippedOf(await read(damaged))).toMatchObject([{ code: 'bad-compression' }]);
  });
});
