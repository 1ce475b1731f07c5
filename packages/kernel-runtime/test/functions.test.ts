// Whole functions of real images give what they should: the kernel's own sort, vsnprintf, memcpy and, where it has one, sha1_transform.
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { loadTarget } from '@btfq/kernel-source';
import { openKernelImage } from '@btfq/kernel-tables';
import { type FunctionHost, runWholeFunctions } from '@btfq/test-kit';
import { expect, test } from 'vitest';
import { imageMachine } from '../src/boot/image-machine.ts';
import { findBtf, findInitTask } from '../src/boot/find-data.ts';

const images = process.env['BTFQ_KERNEL_IMAGES'];

/** Nobody calls it: a place in the stack's region, where the comparison is answered by the host. */
const BELOW_STACK = 0x3f000n;

async function hostOf(path: string): Promise<FunctionHost> {
  const { image: bytes } = await loadTarget(path, { modules: false, image: true });
  const image = openKernelImage(bytes!);
  const machine = imageMachine(image, 2 ** 27, findInitTask(image, findBtf(image)!));
  const { emulator, heap, symbols } = machine;
  const compare = emulator.sp - BELOW_STACK;
  const number = (address: bigint) => BigInt.asIntN(64, emulator.readNumber(address, 8));
  emulator.hook(compare, () => {
    const [a, b] = [number(emulator.argument(0)), number(emulator.argument(1))];
    emulator.returnWith(BigInt.asUintN(64, a < b ? -1n : a > b ? 1n : 0n));
    return undefined;
  });
  return {
    arch: machine.arch,
    has: (name) => symbols.has(name),
    call: (name, args) => machine.call(machine.need(name), args, 50e6),
    allocate: (size) => heap.allocate(BigInt(size + 16)),
    write: (address, content) => emulator.write(address, content),
    read: (address, size) => emulator.read(address, size),
    compare,
  };
}

test.skipIf(images === undefined)(
  "functions of real images (skipped: BTFQ_KERNEL_IMAGES names no folder of kernels' images)",
  { timeout: 120_000 },
  async () => {
    for (const name of readdirSync(images!)) {
      const results = runWholeFunctions(await hostOf(join(images!, name)));
      expect(results.map((result) => result.name)).toEqual(expect.arrayContaining(['memcpy', 'sort', 'vsnprintf']));
      for (const { name: of, case: what, got, expected } of results)
        expect(got, `${name}: ${of}, ${what}`).toBe(expected);
    }
  },
);
