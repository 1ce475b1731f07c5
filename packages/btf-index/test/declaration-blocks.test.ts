// Blocks of declarations as bytes: what is written is read again, and damaged ones end in one error. What they answer: published.test.ts.

import { describe, expect, it } from 'vitest';
import { mutate, seededRandom } from '@btfq/test-kit';
import {
  type DeclarationBlock,
  decodeDeclarationBlock,
  encodeDeclarationBlock,
} from '../src/store/declaration-blocks.ts';

const bytes = (...values: number[]) => new Uint8Array(values);
const BLOCK: DeclarationBlock = {
  groups: [
    [
      7 * 256 + 4,
      [
        [12, -5, 3, bytes(1, 2, 3)],
        [9, 2_000_000_000, 1, bytes()],
      ],
    ],
    [7 * 256 + 12, [[4, 0, 3, bytes(9)]]],
    [70_000_000 * 256, []],
  ],
  names: [
    [1, 'pid'],
    [3, ''],
    [2, 'Größe'],
  ],
  types: [[900_000, bytes(0, 255)]],
  sets: [
    [1, bytes(1), null],
    [3, bytes(), bytes(5, 6)],
    [40, bytes(2), bytes()],
  ],
};

describe('blocks of declarations', () => {
  it.each([BLOCK, { groups: [], names: [], types: [], sets: [] }])('are read as they were written', (block) => {
    expect(decodeDeclarationBlock(encodeDeclarationBlock(block))).toEqual(block);
  });

  it('that are cut short or damaged end in a RangeError, or are others', () => {
    const whole = encodeDeclarationBlock(BLOCK);
    for (let length = 0; length < whole.length; length++)
      expect(() => decodeDeclarationBlock(whole.subarray(0, length)), `${length} bytes`).toThrow(RangeError);
    const random = seededRandom(3);
    let refused = 0;
    for (let i = 0; i < 2_000; i++) {
      try {
        decodeDeclarationBlock(mutate(whole, random));
      } catch (error) {
        expect(error).toBeInstanceOf(RangeError);
        refused++;
      }
    }
    expect(refused).toBeGreaterThan(100);
  });

  it('that speak of more entries than they have bytes allocate nothing', () => {
    expect(() => decodeDeclarationBlock(bytes(0xff, 0xff, 0xff, 0xff, 0x7f))).toThrow(/more than its bytes hold/);
  });
});
