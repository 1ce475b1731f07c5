// How fast the emulator is: a sieve (branches, loads and stores) and a hash (multiplications) over 4 MB, compiled by gcc -O2.

import { Emulator } from '@btfq/emulator';
import type { Case } from '../case.ts';
import { spread } from '../statistics.ts';

/** `sieve(bytes, count)` at 0, `hash(bytes, count)` at 0x90. */
const CODE = Uint8Array.from(
  (
    '4885f674784889f8488d143e0f1f4000c600014883c0014839c275f44883fe02765bb904000000ba020000004531c0eb' +
    '140f1f80000000004883c2014883c1024839d67434803c170074ed4983c0014839f173e44889c8660f1f840000000000' +
    'c60407004801d04839f072f44883c2014883c1024839d675cc4c89c0c34531c04c89c0c366662e0f1f84000000000090' +
    '48b883039d73b00f65144885f6742448b9b3010000000100004801fe0f1f40000fb6174883c7014831d0480fafc14839' +
    'fe75edc3'
  ).match(/../g)!,
  (byte) => Number.parseInt(byte, 16),
);
const TEXT = 0xffffffff81000000n;
const DATA = 0xffff888000000000n;
const STACK = 0x100000n;
const BYTES = 4_000_000;

export const emulator: Case = {
  name: 'emulator',
  about: 'x86-64 instructions a second in the emulator',
  run({ rounds, smoke }) {
    const count = BigInt(smoke ? 4000 : BYTES);
    const machine = new Emulator({ architecture: 'x86_64' });
    machine.map(TEXT, 0x1000, { content: CODE, isWritable: false });
    machine.map(DATA, 0x400000);
    machine.map(STACK, 0x1000);
    const turn = (offset: bigint): number => {
      machine.sp = STACK + 0x1000n;
      const before = machine.instructions;
      const start = performance.now();
      const stop = machine.call(TEXT + offset, [DATA, count], { budget: 1e9 });
      if (stop.reason !== 'returned') throw new Error(stop.reason);
      return (machine.instructions - before) / 1000 / (performance.now() - start);
    };
    const row = (name: string, what: string, offset: bigint) => {
      turn(offset);
      return {
        name,
        what,
        unit: 'million/s',
        ours: spread(Array.from({ length: rounds }, () => turn(offset))),
        reference: undefined,
        referenceNote: 'unicorn is measured apart: its library is no part of this',
        target: { of: 'value', better: 'more', atLeast: 100, aim: 300 } as const,
      };
    };
    return Promise.resolve([
      row('emulator-sieve', 'instructions a second of a sieve, emulated', 0n),
      row('emulator-hash', 'instructions a second of a hash, emulated', 0x90n),
    ]);
  },
};
