// Hashing by means of an earlier kernel, beside hashing alone: both must say the same, whatever the two kernels have in common.

import { readFileSync } from 'node:fs';
import {
  BtfBytes,
  kernelBtf,
  type RandomKernel,
  randomKernel,
  seededRandom,
  varyKernel,
  writeKernel,
} from '@btfq/test-kit';
import { expect, it } from 'vitest';
import { hashOfSources } from '../scripts/same-types.ts';
import { earlierOf } from '../src/prepare/earlier.ts';
import { inOneMemory, MemorySlots } from '../src/prepare/one-memory.ts';
import { type PreparedKernel, prepareKernel } from '../src/prepare/prepare.ts';
import { hashStrings } from '../src/prepare/string-hashes.ts';
import { hashStringsAlike, StringMoves } from '../src/prepare/string-runs.ts';
import { smallKernel } from './small-kernel.ts';
import { smallModules } from './small-module.ts';

it('the passes over types are those of assembly/', () => {
  const committed = readFileSync(new URL('../src/prepare/same-types.generated.ts', import.meta.url), 'utf8');
  expect(committed).toContain(hashOfSources());
});

function expectSame(ours: PreparedKernel, alone: PreparedKernel): void {
  for (const part of ['strings', 'types'] as const) {
    for (const [name, array] of Object.entries(alone[part])) {
      const other = (ours[part] as unknown as Record<string, Uint8Array>)[name] as Uint8Array;
      expect(other.length, `${part}.${name}`).toBe(array.length);
      const bytes = ({ buffer, byteOffset, byteLength }: Uint8Array) => Buffer.from(buffer, byteOffset, byteLength);
      expect(bytes(other).equals(bytes(array)), `${part}.${name}`).toBe(true);
    }
  }
  expect(ours.sketch).toEqual(alone.sketch);
}

it('a series of random kernels hashes the same with and without the kernel before', () => {
  const random = seededRandom(22);
  for (let series = 0; series < 30; series++) {
    let plan: RandomKernel = randomKernel(random, 10 + random.below(200));
    let before: PreparedKernel | undefined;
    const slots = new MemorySlots();
    for (let step = 0; step < 8; step++) {
      const btf = writeKernel(plan);
      const alone = prepareKernel(btf);
      const ours = prepareKernel(btf, [], undefined, before && earlierOf(before));
      expectSame(ours, alone);
      const last = before?.memory;
      before = inOneMemory(ours, slots);
      expect(before.memory?.slot).not.toBe(last?.slot);
      if (last !== undefined) {
        slots.giveBack(last);
        slots.forget(last);
      }
      expectSame(before, alone);
      expect(before.bytes).toEqual(btf);
      expect(before.words).toEqual(alone.words);
      expect(before.starts).toEqual(alone.starts);
      plan = random.below(8) === 0 ? inserted(random, plan) : varyKernel(random, plan);
    }
  }
});

/** Some types in the middle come twice, so that all ids behind them are others. */
function inserted(random: ReturnType<typeof seededRandom>, plan: RandomKernel): RandomKernel {
  const at = 3 + random.below(plan.length - 3);
  const many = Math.min(1 + random.below(5), at - 1);
  const moved = (id: number) => (id >= at ? id + many : id);
  const members = (one: RandomKernel[number]) =>
    one.what.startsWith('enum') ? one.members : one.members.map((member) => ({ ...member, type: moved(member.type) }));
  const all = plan.map((one) => ({ ...one, type: moved(one.type), members: members(one) }));
  return [...all.slice(0, at), ...all.slice(at - many, at), ...all.slice(at)];
}

it('real kernels of different series and architectures hash the same', () => {
  const [first, second] = [
    'debian/bullseye/arm64/5.10.0-30-cloud-arm64',
    'debian/bullseye/x86_64/5.10.0-32-cloud-amd64',
  ].map((id) => kernelBtf(id)) as [Uint8Array, Uint8Array];
  const earlier = prepareKernel(first);
  expectSame(prepareKernel(second, [], undefined, earlierOf(earlier)), prepareKernel(second));
  expectSame(prepareKernel(first, [], undefined, earlierOf(earlier)), earlier);
});

it('hashes do not depend on what was hashed before', () => {
  const bytes = new BtfBytes({});
  bytes.struct('of_void', 8, [{ name: 'nothing', type: bytes.ptr(0), offset: 0 }]);
  const first = bytes.build();
  const alone = prepareKernel(first.slice());
  for (let n = 0; n < 4; n++) {
    const kernel = smallKernel(n);
    prepareKernel(kernel.btf, smallModules(n));
    expectSame(prepareKernel(first.slice()), alone);
  }
});

it('strings that moved, came, went or changed places are found or hashed', () => {
  const random = seededRandom(23);
  const section = (words: readonly string[]) => Buffer.from(`\0${words.map((word) => `${word}\0`).join('')}`);
  for (let round = 0; round < 120; round++) {
    const words = Array.from({ length: random.below(400) }, () => `w${random.below(900)}`);
    const cut = random.below(words.length + 1);
    const more = Array.from({ length: random.below(120) }, () => `n${random.below(900)}`);
    const others = [
      [...words.slice(0, cut), ...more, ...words.slice(cut)],
      [...words.slice(0, cut), ...words.slice(cut + random.below(120))],
      [...words.slice(cut), ...words.slice(0, cut)],
      more,
    ][random.below(4)] as string[];
    const [before, after] = [section(words), section(others)];
    const { strings, runs } = hashStringsAlike(after, before, hashStrings(before))!; // short ones are always compared
    expect(strings).toEqual(hashStrings(after));
    const moves = new StringMoves(runs, before.length);
    const text = (bytes: Buffer, at: number) => bytes.toString('latin1', at, bytes.indexOf(0, at));
    const wrong: number[] = [];
    for (let at = 0; at < before.length; at++) {
      const now = moves.of(at);
      if (now >= 0 && text(after, now) !== text(before, at)) wrong.push(at);
    }
    expect(wrong).toEqual([]);
  }
});
