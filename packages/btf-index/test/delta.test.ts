// Deltas of random kernels: what hashing knows of the two changes nothing in them, they give their BTF back, and reading them back notices
// what is not as it was.

import { kernelBtf, type RandomKernel, randomKernel, seededRandom, varyKernel, writeKernel } from '@btfq/test-kit';
import { expect, it } from 'vitest';
import { nodeCodec } from '../src/codec/node-codec.ts';
import { decodeDelta } from '../src/delta/btf-delta.ts';
import { decodeDeltas } from '../src/delta/compose-deltas.ts';
import type { RawBtf } from '../src/delta/delta-side.ts';
import { givesBack } from '../src/delta/check-delta.ts';
import { encodeDelta, packDelta } from '../src/delta/encode-delta.ts';
import { joined, knownLikeness } from '../src/delta/known-likeness.ts';
import { StringMap } from '../src/delta/string-map.ts';
import { type Alike, earlierOf } from '../src/prepare/earlier.ts';
import { type PreparedKernel, prepareKernel } from '../src/prepare/prepare.ts';
import { sideOf } from '../src/write/writer-cache.ts';

function expectDelta(base: PreparedKernel, target: PreparedKernel): Uint8Array {
  const plain = encodeDelta(sideOf(base), sideOf(target));
  const known = encodeDelta(sideOf(base), sideOf(target), knownLikeness(base, target));
  expect(Buffer.from(known.streams).equals(plain.streams)).toBe(true);
  const data = packDelta(known, 3);
  expect(givesBack(sideOf(base), sideOf(target), known, data, nodeCodec)).toBe(true);
  const { bytes, words, starts, header } = base;
  const decoded = decodeDelta({ bytes, words, starts, header }, data, nodeCodec);
  expect(Buffer.compare(decoded.bytes, target.bytes)).toBe(0);
  expect(
    Buffer.compare(
      Buffer.from(decoded.starts.buffer, 0, decoded.starts.byteLength),
      Buffer.from(target.starts.slice().buffer),
    ),
  ).toBe(0);
  return data;
}

it('are the same whether the two were compared before or not, and give their BTF back', () => {
  const random = seededRandom(2211);
  let compared = 0;
  for (let series = 0; series < 15; series++) {
    let plan: RandomKernel = randomKernel(random, 10 + random.below(300));
    let before: PreparedKernel | undefined;
    for (let step = 0; step < 6; step++) {
      const now = prepareKernel(writeKernel(plan), [], undefined, before && earlierOf(before));
      if (before !== undefined) {
        if (now.alike !== undefined && before.namesBegin) compared++;
        expectDelta(before, now);
        expectDelta(now, before); // by what is known from the other side
      }
      before = now;
      plan = random.below(8) === 0 ? randomKernel(random, plan.length) : varyKernel(random, plan);
    }
  }
  expect(compared).toBeGreaterThan(20);
});

it('are the same where two were compared by way of others', () => {
  const random = seededRandom(2215);
  let compared = 0;
  for (let series = 0; series < 12; series++) {
    let plan: RandomKernel = randomKernel(random, 100 + random.below(300));
    const first = prepareKernel(writeKernel(plan));
    let before = first;
    let known: Alike | undefined;
    for (let step = 0; step < 6; step++) {
      plan = varyKernel(random, plan);
      const now = prepareKernel(writeKernel(plan), [], undefined, earlierOf(before));
      const near = knownLikeness(before, now);
      known = near && (step === 0 ? near : known && joined(near, known));
      if (known !== undefined) {
        compared++;
        const plain = encodeDelta(sideOf(first), sideOf(now));
        const streams = encodeDelta(sideOf(first), sideOf(now), known).streams;
        expect(Buffer.from(streams).equals(plain.streams), `series ${series}, step ${step}`).toBe(true);
      }
      before = now;
    }
  }
  expect(compared).toBeGreaterThan(30);
});

it('in a row give what they give one by one', () => {
  const random = seededRandom(2214);
  let composed = 0;
  for (let series = 0; series < 25; series++) {
    let plan: RandomKernel = randomKernel(random, 10 + random.below(200));
    let before = prepareKernel(writeKernel(plan));
    const first: RawBtf = before;
    let last: RawBtf = first;
    const deltas: Uint8Array[] = [];
    for (let step = 0; step < 7; step++) {
      plan = random.below(8) === 0 ? randomKernel(random, plan.length) : varyKernel(random, plan);
      const now = prepareKernel(writeKernel(plan, random.below(8) > 0));
      deltas.push(packDelta(encodeDelta(sideOf(before), sideOf(now)), 3));
      last = decodeDelta(last, deltas.at(-1)!, nodeCodec);
      const whole = decodeDeltas(first, deltas, nodeCodec);
      if (whole !== undefined) {
        composed++;
        expect(Buffer.compare(whole.bytes, now.bytes), `series ${series}, step ${step}`).toBe(0);
        expect(whole.starts).toEqual(last.starts);
        expect([...(whole.stringStarts ?? [])]).toEqual([...(last.stringStarts ?? [])]);
        expect(whole.header).toEqual(last.header);
      }
      before = now;
    }
  }
  expect(composed).toBeGreaterThan(100);
});

it('of real kernels that have little in common', () => {
  const [one, other] = [
    'debian/bullseye/arm64/5.10.0-30-cloud-arm64',
    'debian/bullseye/x86_64/5.10.0-32-cloud-amd64',
  ].map((id) => kernelBtf(id)) as [Uint8Array, Uint8Array];
  const base = prepareKernel(one);
  expectDelta(base, prepareKernel(other, [], undefined, earlierOf(base)));
});

it('are noticed where they give something else back', () => {
  const random = seededRandom(2212);
  let noticed = 0;
  for (let round = 0; round < 40; round++) {
    const plan = randomKernel(random, 60);
    const [base, target] = [plan, varyKernel(random, plan)].map((one) => prepareKernel(writeKernel(one))) as [
      PreparedKernel,
      PreparedKernel,
    ];
    const delta = encodeDelta(sideOf(base), sideOf(target));
    const streams = delta.streams.slice();
    const at = random.below(streams.length);
    streams[at] = streams[at]! ^ (1 << random.below(8));
    const data = packDelta({ ...delta, streams }, 3);
    let same: boolean;
    try {
      same = givesBack(sideOf(base), sideOf(target), delta, data, nodeCodec);
    } catch (error) {
      expect(error).toBeInstanceOf(RangeError);
      same = false;
    }
    const { bytes, words, starts, header } = base;
    let decoded: Uint8Array | undefined;
    try {
      decoded = decodeDelta({ bytes, words, starts, header }, data, nodeCodec).bytes;
    } catch {
      decoded = undefined;
    }
    if (decoded === undefined || Buffer.compare(decoded, target.bytes) !== 0) {
      expect(same, `round ${round}, byte ${at}`).toBe(false);
      noticed++;
    }
  }
  expect(noticed).toBeGreaterThan(20);
});

it('strings are found where their runs went, in any order and twice', () => {
  const random = seededRandom(2213);
  for (let round = 0; round < 60; round++) {
    const words = Array.from({ length: 3 + random.below(80) }, (_, i) => `w${i}`.repeat(1 + random.below(30)));
    const section = Buffer.from(`\0${words.map((word) => `${word}\0`).join('')}`);
    const starts = [...section.keys()].filter((at) => at === 0 || section[at - 1] === 0);
    const moved = { from: [] as number[], end: [] as number[], shift: [] as number[] };
    const expected = new Map<number, number>();
    for (let run = 0; run < 1 + random.below(6); run++) {
      const first = random.below(starts.length - 1);
      const last = first + 1 + random.below(starts.length - 1 - first);
      const shift = random.below(1000);
      moved.from.push(starts[first]!);
      moved.end.push(starts[last] ?? section.length);
      moved.shift.push(shift);
      for (const at of starts.slice(first, last)) expected.set(at, at + shift);
    }
    const map = new StringMap(section, moved);
    for (let at = 0; at < section.length; at++)
      expect(map.of(at), `round ${round} at ${at}`).toBe(expected.get(at) ?? 0);
    expect(map.of(section.length + 7)).toBe(section.length + 7);
  }
});
