import { readUstar, writeUstar } from '@btfq/minimizer';
import { makeTar, mutations } from '@btfq/test-kit';
import { describe, expect, test } from 'vitest';

const text = (value: string) => new TextEncoder().encode(value);
const code = (expected: string) => expect.objectContaining({ code: expected });

describe('ustar', () => {
  const members = [
    { name: './a', bytes: text('first') },
    { name: './b', bytes: new Uint8Array(512) },
    { name: './c', bytes: new Uint8Array(0) },
    { name: './d', bytes: text('first'), linkTo: './a' },
  ];

  test('round trip, links too', () => {
    const archive = writeUstar(members);
    expect(archive.length % 512).toBe(0);
    expect(archive.subarray(-1024).every((byte) => byte === 0)).toBe(true);
    expect(readUstar(archive)).toEqual([
      { name: './a', bytes: text('first'), link: false },
      { name: './b', bytes: new Uint8Array(512), link: false },
      { name: './c', bytes: new Uint8Array(0), link: false },
      { name: './d', bytes: text('first'), link: true },
    ]);
  });

  test('reads what another writer wrote', () => {
    const archive = makeTar([{ name: 'x/y.btf', bytes: text('hello') }]);
    expect(readUstar(archive).map(({ name, bytes }) => [name, new TextDecoder().decode(bytes)])).toEqual([
      ['x/y.btf', 'hello'],
    ]);
  });

  test('99 bytes of name, and not one more', () => {
    expect(readUstar(writeUstar([{ name: 'n'.repeat(99), bytes: text('') }]))[0]?.name.length).toBe(99);
    expect(() => writeUstar([{ name: 'n'.repeat(100), bytes: text('') }])).toThrow(code('name-too-long'));
    expect(() => writeUstar([{ name: 'é'.repeat(50), bytes: text('') }])).toThrow(code('name-too-long'));
  });

  test.each([
    ['no end', (tar: Uint8Array) => tar.subarray(0, 1024)],
    ['cut in a member', (tar: Uint8Array) => tar.subarray(0, 700)],
    ['a wrong checksum', (tar: Uint8Array) => tar.with(0, 0x41)],
    ['nothing', () => new Uint8Array(0)],
  ])('%s is refused', (_, damage) => {
    expect(() => readUstar(damage(writeUstar(members)))).toThrow(code('bad-archive'));
  });

  test('damaged archives give members or bad-archive, nothing else', () => {
    for (const damaged of mutations(writeUstar(members), { seed: 7, count: 2000 })) {
      try {
        for (const { bytes } of readUstar(damaged)) expect(bytes.length).toBeLessThanOrEqual(damaged.length);
      } catch (error) {
        expect(error).toMatchObject({ name: 'MinimizeError', code: 'bad-archive' });
      }
    }
  });
});
