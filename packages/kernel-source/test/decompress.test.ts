import { gzipSync, zstdCompressSync } from 'node:zlib';
import { mutations } from '@btfq/test-kit';
import { describe, expect, it } from 'vitest';
import { readAll } from '../src/io/byte-stream.ts';
import { type Compression, decompress, decompressPrefix, decompressStream } from '../src/compression/decompress.ts';
import { identify } from '../src/identify.ts';
import { decompressLzo1x, decompressLzop } from '../src/compression/lzo.ts';
import { chunksOf, codeOf, sample } from './support.ts';
import { vmlinux } from './synthetic.ts';

const MAX = 1 << 20;

/** What each tool made of the same image: samples/build.ts. */
const SAMPLES: readonly (readonly [Compression, string])[] = [
  ['gzip', 'vmlinux.gz'],
  ['bzip2', 'vmlinux.bz2'],
  ['zstd', 'vmlinux.zst'],
  ['zstd', 'vmlinux.frames.zst'],
  ['xz', 'vmlinux.xz'],
  ['lzma', 'vmlinux.lzma'],
  ['lz4', 'vmlinux.lz4'],
  ['lz4', 'vmlinux.legacy.lz4'],
  ['lzo', 'vmlinux.lzo'],
];
const image = vmlinux();

describe.each(SAMPLES)('%s (%s)', (format, file) => {
  const packed = sample(file);

  it('is told by its first bytes', () => {
    expect(identify(packed)).toBe(format);
  });

  it('gives the image, whole and in pieces', async () => {
    expect(await decompress(format, packed, MAX)).toEqual(image);
    expect(await readAll(decompressStream(format, chunksOf(packed, 7), MAX), MAX, 'test')).toEqual(image);
  });

  it('gives the image with other data behind it', async () => {
    const followed = new Uint8Array([...packed, 0x78, 0x56, 0x34, 0x12]);
    expect(await decompressPrefix(format, followed, MAX)).toEqual(image);
  });

  it('stops at the limit', async () => {
    expect(await codeOf(() => decompress(format, packed, image.length - 1))).toBe('too-large');
    const stream = () => readAll(decompressStream(format, chunksOf(packed), image.length - 1), MAX, 'test');
    expect(await codeOf(stream)).toBe('too-large');
    expect(await decompress(format, packed, image.length)).toHaveLength(image.length);
  });

  it('refuses data that is cut off', async () => {
    expect(await codeOf(() => decompress(format, packed.slice(0, packed.length - 40), MAX))).toBe('bad-compression');
    const cut = () =>
      readAll(decompressStream(format, chunksOf(packed.slice(0, packed.length - 40)), MAX), MAX, 'test');
    expect(await codeOf(cut)).toMatch(/bad-compression|truncated/);
  });

  it('gives a typed error or some bytes for 300 mutations', async () => {
    for (const damaged of mutations(packed, { seed: 4, count: 300 })) {
      await codeOf(() => decompress(format, damaged, MAX));
      await codeOf(() => decompressPrefix(format, damaged, MAX));
    }
  });
});

describe('bombs', () => {
  const zeros = new Uint8Array(16 << 20);

  it.each<[Compression, Uint8Array]>([
    ['gzip', gzipSync(zeros)],
    ['zstd', zstdCompressSync(zeros)],
  ])('%s stops at the limit, whole and in pieces', async (format, bomb) => {
    expect(await codeOf(() => decompress(format, bomb, MAX))).toBe('too-large');
    let length = 0;
    const run = async () => {
      for await (const part of decompressStream(format, chunksOf(bomb), MAX)) length += part.length;
    };
    expect(await codeOf(run)).toBe('too-large');
    expect(length).toBeLessThanOrEqual(MAX);
  });

  it('xz stops at the limit, whole and in pieces', async () => {
    const bomb = sample('zeros.xz');
    expect(await codeOf(() => decompress('xz', bomb, MAX))).toBe('too-large');
    let length = 0;
    const run = async () => {
      for await (const part of decompressStream('xz', chunksOf(bomb), MAX)) length += part.length;
    };
    expect(await codeOf(run)).toBe('too-large');
    expect(length).toBeLessThanOrEqual(MAX);
  });
});

describe('LZO1X instructions', () => {
  it.each<[string, readonly number[], string]>([
    ['a first literal run, the end', [17 + 4, 97, 98, 99, 100, 17, 0, 0], 'abcd'],
    ['a short match (M2) of 4 at distance 2', [17 + 4, 97, 98, 99, 100, 0b01100100, 0, 17, 0, 0], 'abcdcdcd'],
    ['a two-byte match behind trailing literals', [17 + 2, 97, 98, 0, 0, 17, 0, 0], 'abbb'],
    ['a match of M3 with a long count', [17 + 1, 97, 32, 3, 0, 0, 17, 0, 0], `a${'a'.repeat(2 + 31 + 3)}`],
    ['a long literal run', [0, 1, ...Array(19).fill(120), 17, 0, 0], 'x'.repeat(19)],
  ])('%s', (_, code, text) => {
    expect(new TextDecoder().decode(decompressLzo1x(Uint8Array.from(code), text.length))).toBe(text);
  });

  it('refuses matches before the start, and output of another size', async () => {
    expect(await codeOf(() => decompressLzo1x(Uint8Array.of(17 + 1, 97, 64 | 4, 8, 17, 0, 0), 9))).toBe(
      'bad-compression',
    );
    expect(await codeOf(() => decompressLzo1x(Uint8Array.of(17 + 4, 97, 98, 99, 100, 17, 0, 0), 3))).toBe(
      'bad-compression',
    );
    const file = Buffer.from(sample('vmlinux.lzo'));
    const size = vmlinux().length;
    const at = file.findIndex((_, at) => at + 4 <= file.length && file.readUInt32BE(at) === size);
    file.writeUInt32BE(size + 1, at);
    expect(await codeOf(() => decompressLzop(file, 1 << 20))).toBe('bad-compression');
    expect(await codeOf(() => decompressLzo1x(new Uint8Array(), 1))).toBe('bad-compression');
  });
});
