// Random sequences of instructions against what unicorn made of them (golden/README.md has the form).
import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { type Architecture, Emulator } from '@btfq/emulator';
import { expect, test } from 'vitest';

const CODE = 0x400000n;
const DATA = 0x10000000n;
const SIZE = 0x8000;

function initialMemory(): Uint8Array {
  const words = new BigUint64Array(SIZE / 8);
  const mask = (1n << 64n) - 1n;
  let x = 0x1234567n;
  for (let i = 0; i < words.length; i++) {
    x ^= (x << 13n) & mask;
    x ^= x >> 7n;
    x ^= (x << 17n) & mask;
    words[i] = x;
  }
  return new Uint8Array(words.buffer);
}

test.each([
  ['x86_64', 16, [0xf4], 280],
  ['arm64', 32, [0, 0, 0x40, 0xd4], 200],
] as const)(
  '%s: registers, flags and memory are what unicorn has',
  (architecture: Architecture, count, halt, expected) => {
    const file = gunzipSync(readFileSync(new URL(`./golden/${architecture}.bin.gz`, import.meta.url)));
    const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
    const base = initialMemory();
    const emulator = new Emulator({ architecture, memoryLimit: 1 << 24 });
    emulator.map(CODE, 0x1000);
    emulator.map(DATA, SIZE, { content: base });
    const start = emulator.snapshot();
    let at = 0;
    const u32 = () => view.getUint32((at += 4) - 4, true);
    const u64 = () => view.getBigUint64((at += 8) - 8, true);
    let cases = 0;
    for (; at < file.length; cases++) {
      const [length, defined, changes] = [u32(), u32(), u32()];
      const code = file.subarray(at, at + length);
      at += length;
      const flags = u64();
      const before = Array.from({ length: count }, u64);
      const flagsAfter = u64();
      const after = Array.from({ length: count }, u64);
      const memory = base.slice();
      const words = new DataView(memory.buffer);
      for (let i = 0; i < changes; i++) words.setBigUint64(Number(u64()), u64(), true);
      emulator.restore(start);
      emulator.write(CODE, Uint8Array.of(...code, ...halt));
      before.forEach((value, i) => {
        emulator.set(i, value);
      });
      emulator.flags = flags;
      const stop = emulator.run(CODE, { budget: 20000 });
      const hex = Buffer.from(code).toString('hex');
      expect(stop.reason, hex).toBe('halt');
      expect(
        Array.from({ length: count }, (_, i) => emulator.get(i)),
        hex,
      ).toEqual(after);
      expect((emulator.flags ^ flagsAfter) & BigInt(defined), hex).toBe(0n);
      expect(Buffer.compare(emulator.read(DATA, SIZE), memory), hex).toBe(0);
    }
    expect(cases).toBe(expected);
  },
);
