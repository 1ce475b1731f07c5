// Numbers as every stored blob holds them: the bytes of known numbers, round trips of random ones, what is cut or too long.

import { seededRandom } from '@btfq/test-kit';
import { describe, expect, it, test } from 'vitest';
import { VarintReader, VarintWriter } from '../src/varints.ts';

const bytesOf = (...values: number[]): number[] => {
  const out = new VarintWriter(1);
  for (const value of values) out.add(value);
  return [...out.finish()];
};

describe('a number', () => {
  test.each([
    [0, [0]],
    [1, [1]],
    [127, [0x7f]],
    [128, [0x80, 1]],
    [300, [0xac, 2]],
    [0x7fffffff, [0xff, 0xff, 0xff, 0xff, 7]],
    [0x80000000, [0x80, 0x80, 0x80, 0x80, 8]],
    [2 ** 53, [0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x10]],
  ])('%d is %j', (value, bytes) => {
    expect(bytesOf(value)).toEqual(bytes);
    expect(new VarintReader(Uint8Array.from(bytes)).next()).toBe(value);
  });

  it('of either sign is short where it is small', () => {
    for (const [value, length] of [
      [0, 1],
      [-1, 1],
      [63, 1],
      [-64, 1],
      [64, 2],
      [-65, 2],
      [-(2 ** 52), 8],
    ] as const) {
      const out = new VarintWriter();
      out.addSigned(value);
      expect(out.length, String(value)).toBe(length);
      expect(new VarintReader(out.finish()).nextSigned()).toBe(value);
    }
  });

  it('comes back among thousands, whatever its size', () => {
    const random = seededRandom(5);
    const values = Array.from({ length: 5000 }, () => Math.floor(2 ** (random.below(5300) / 100)) - 1);
    const out = new VarintWriter(3);
    for (const value of values) out.add(value);
    const input = new VarintReader(out.finish());
    for (const value of values) expect(input.next()).toBe(value);
    expect(input.done).toBe(true);
  });
});

describe('what does not end', () => {
  test.each([
    ['no bytes', []],
    ['a byte that says that more come', [0x80]],
    ['a number of nine bytes', Array.from({ length: 9 }, (_, i) => (i < 8 ? 0x80 : 1))],
  ])('%s', (_, bytes) => {
    expect(() => new VarintReader(Uint8Array.from(bytes)).next()).toThrow(RangeError);
  });

  it('is refused for bytes too, and takes none', () => {
    const input = new VarintReader(Uint8Array.of(1, 2, 3), 1);
    expect(() => input.nextBytes(3)).toThrow(RangeError);
    expect([...input.nextBytes(2)]).toEqual([2, 3]);
    expect(input.done).toBe(true);
  });
});

test('bytes stay beside numbers while the buffer grows', () => {
  const out = new VarintWriter(2);
  out.add(7);
  out.addBytes(Uint8Array.from({ length: 100 }, (_, i) => i));
  out.add(1000);
  const view = out.view();
  expect(view.length).toBe(out.length);
  const input = new VarintReader(out.finish());
  expect(input.next()).toBe(7);
  expect(input.nextBytes(100)[99]).toBe(99);
  expect(input.next()).toBe(1000);
});
