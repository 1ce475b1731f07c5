// A kept kernel's file: what goes in comes out, part by part; whatever is damaged is said so before anything large is made of it.
import { encodeKeptKernel, type KeptParts, readKeptKernel } from '@btfq/kernel-runtime';
import { expect, test } from 'vitest';

/** Packed as itself twice, so that sizes differ. */
const packed = (...bytes: number[]) => ({ data: Uint8Array.from([...bytes, ...bytes]), size: bytes.length });
const unpack = (data: Uint8Array, size: number) => {
  if (data[0] === 99) throw new Error('Not so packed');
  return data.subarray(0, size);
};
const PARTS: KeptParts = {
  head: packed(1, 2),
  symbols: packed(3),
  btf: packed(4, 5, 6),
  kconfig: packed(...new TextEncoder().encode('CONFIG_BPF=y\n')),
  chunks: [packed(7), packed(8, 9)],
};

const codeOf = (action: () => unknown): unknown => {
  try {
    action();
  } catch (error) {
    return (error as { code?: string }).code;
  }
  return undefined;
};

test('every part comes out as it went in, and the configuration only where there is one', () => {
  const kept = readKeptKernel(encodeKeptKernel(PARTS), unpack);
  expect([...kept.head]).toEqual([1, 2]);
  expect([...kept.symbols()]).toEqual([3]);
  expect([...kept.btf()]).toEqual([4, 5, 6]);
  expect([0, 1].map((index) => [...kept.chunk(index)])).toEqual([[7], [8, 9]]);
  expect(kept.kconfig).toBe('CONFIG_BPF=y\n');
  expect(readKeptKernel(encodeKeptKernel({ ...PARTS, kconfig: undefined }), unpack).kconfig).toBeUndefined();
});

type Change = (bytes: Uint8Array<ArrayBuffer>) => Uint8Array;
const word =
  (at: number, value: number): Change =>
  (bytes) => {
    new DataView(bytes.buffer).setUint32(at, value, true);
    return bytes;
  };

test.each<[string, Change]>([
  ['no file of this kind', word(0, 0)],
  ['less than a header', (bytes) => bytes.subarray(0, 11)],
  ['another version', word(4, 2)],
  ['a table of half a row', word(8, 44)],
  ['a table without the first parts', word(8, 24)],
  ['a table past the end', word(8, 0xfffffff8)],
  ['a part that unpacks to 4 GB', word(12, 0xffffffff)],
  ['a part past the end', word(16, 0x10000)],
  ['bytes that are of no part', (bytes) => Uint8Array.from([...bytes, 0])],
  ['an end that is missing', (bytes) => bytes.subarray(0, -1)],
])('%s is bad-save', (_, change) => {
  expect(codeOf(() => readKeptKernel(change(encodeKeptKernel(PARTS)), unpack))).toBe('bad-save');
});

test('parts that do not unpack, to another size, or are not there are bad-save', () => {
  const read = (change: Partial<KeptParts>) => readKeptKernel(encodeKeptKernel({ ...PARTS, ...change }), unpack);
  expect(codeOf(() => read({ head: packed(99, 1) }))).toBe('bad-save');
  expect(codeOf(() => read({ btf: { data: Uint8Array.of(1), size: 2 } }).btf())).toBe('bad-save');
  expect(codeOf(() => read({}).chunk(2))).toBe('bad-save');
});
