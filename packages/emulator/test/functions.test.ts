// Whole functions, compiled by gcc -O2 for both architectures, give what they should: functions/build.sh made them.
import { readFileSync } from 'node:fs';
import { parseElf, SegmentType } from '@btfq/elf';
import { type Architecture, Emulator } from '@btfq/emulator';
import { type FunctionHost, runWholeFunctions } from '@btfq/test-kit';
import { expect, test } from 'vitest';

const DATA = 0xffff888000000000n;
const DATA_SIZE = 0x100000;
const STACK = 0x100000n;

/** The code's pages. */
const TEXT_SIZE = 0x1000;

function hostOf(arch: Architecture): FunctionHost {
  const bytes = readFileSync(new URL(`functions/${arch}.elf`, import.meta.url));
  const elf = parseElf(bytes);
  const emulator = new Emulator({ architecture: arch, memoryLimit: 2 ** 24 });
  const segment = elf.segments.find(({ type }) => type === SegmentType.Load)!;
  const content = Uint8Array.from(bytes.subarray(segment.offset, segment.offset + segment.fileSize));
  emulator.map(segment.virtualAddress, TEXT_SIZE, { content, isWritable: false });
  emulator.map(DATA, DATA_SIZE);
  emulator.map(STACK, 0x4000);
  emulator.sp = STACK + 0x4000n;
  const addresses = new Map(elf.symbols.map(({ name, address }) => [name, address]));
  let next = DATA;
  return {
    arch,
    has: (name) => addresses.has(name),
    call(name, args) {
      const stop = emulator.call(addresses.get(name)!, args, { budget: 10e6 });
      expect(stop).toMatchObject({ reason: 'returned' });
      return emulator.result();
    },
    allocate(size) {
      const at = next;
      next += BigInt(Math.ceil(size / 16) * 16 + 16);
      return at;
    },
    write: (address, bytes) => emulator.write(address, bytes),
    read: (address, size) => emulator.read(address, size),
    compare: addresses.get('compare_signed')!,
  };
}

test.each(['x86_64', 'arm64'] as const)('memcpy, sort, vsnprintf and sha1_transform of %s', (arch) => {
  const results = runWholeFunctions(hostOf(arch));
  expect(new Set(results.map(({ name }) => name))).toEqual(new Set(['memcpy', 'sort', 'vsnprintf', 'sha1_transform']));
  for (const { name, case: what, got, expected } of results) expect(got, `${name}, ${what}`).toBe(expected);
});
