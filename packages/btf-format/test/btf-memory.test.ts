// The pass by wasm and the pass in TypeScript say the same: of BTF as it is, of damaged BTF, and of what each of them refuses.
import { readFileSync } from 'node:fs';
import { BtfMemory, parseBtf, preselectNames, type Btf, type BtfError } from '@btfq/btf-format';
import { fixtureKernels, fixtureTarget, fixtureTargets, kernelBtf, mutate, seededRandom } from '@btfq/test-kit';
import { expect, test } from 'vitest';
import { hashesOfSources } from '../scripts/pass.ts';

test.each(hashesOfSources())('%s is up to date', (target, hash) => {
  expect(readFileSync(new URL(`../${target}`, import.meta.url), 'utf8')).toContain(hash);
});

const memory = new BtfMemory(1 << 16);
function inMemory(bytes: Uint8Array, at = 0): Uint8Array {
  memory.reset();
  memory.bytes.set(bytes, at);
  return memory.bytes.subarray(at, at + bytes.length);
}

/** What a view says of its records, or what was wrong. */
function said(bytes: Uint8Array): unknown {
  try {
    const { starts, typeCount } = parseBtf(bytes);
    return { starts: [...starts], typeCount };
  } catch (error) {
    const { code, offset, expected, typeId, message } = error as BtfError & { typeId?: number };
    return { code, offset, expected, typeId, message };
  }
}

const small = fixtureTargets()
  .map((name) => ({ name, bytes: fixtureTarget(name) }))
  .filter(({ bytes }) => bytes.length < 60_000);

test.each(small)('$name', ({ bytes }) => {
  expect(said(inMemory(bytes))).toEqual(said(bytes));
  expect(said(inMemory(bytes, 1))).toEqual(said(bytes)); // not aligned: copied
});

test('damaged bytes', () => {
  const random = seededRandom(22);
  let refused = 0;
  for (let run = 0; run < 4000; run++) {
    const { bytes } = small[run % small.length]!;
    const damaged = mutate(bytes, random);
    if (damaged.length > memory.bytes.length) continue;
    const expected = said(damaged);
    expect(said(inMemory(damaged)), `run ${run}`).toEqual(expected);
    if (typeof expected === 'object' && expected !== null && 'code' in expected) refused++;
  }
  expect(refused).toBeGreaterThan(500);
  expect(refused).toBeLessThan(3900);
});

test('a kernel, in place and copied, and one after the other in a memory', () => {
  const [kernel] = fixtureKernels();
  const bytes = kernelBtf(kernel!.id);
  const large = new BtfMemory(bytes.length);
  large.bytes.set(bytes);
  const first = parseBtf(large.bytes);
  expect(first.starts.buffer).toBe(large.bytes.buffer);
  const copied = parseBtf(bytes);
  expect(Buffer.compare(Buffer.from(startsOf(first)), Buffer.from(startsOf(copied)))).toBe(0);
  // starts are kept apart until there is no room, and then made elsewhere
  const views = Array.from({ length: 20 }, () => parseBtf(large.bytes));
  for (const view of [first, ...views]) {
    expect(Buffer.compare(Buffer.from(startsOf(view)), Buffer.from(startsOf(copied)))).toBe(0);
  }
  expect(views[0]!.starts.buffer).toBe(large.bytes.buffer);
  expect(views[0]!.starts.byteOffset).toBeGreaterThan(first.starts.byteOffset);
  expect(views.some(({ starts }) => starts.buffer !== large.bytes.buffer)).toBe(true);
});

function startsOf({ starts }: Btf): Uint8Array {
  return new Uint8Array(starts.buffer, starts.byteOffset, starts.byteLength).slice();
}

test('names are preselected by their first bytes, and those at the end always', () => {
  const { bytes } = small.find(({ name }) => name === 'kinds-same')!;
  const view = parseBtf(inMemory(bytes));
  const none = { prefixes: new Uint8Array(1 << 16), first: new Uint8Array(1 << 8) };
  const select = ({ prefixes, first }: typeof none) =>
    preselectNames(view.words, view.starts, view.strings.bytes, prefixes, first);
  const atTheEnd = (i: number) => view.nameOff(i + 1) + 4 > view.strings.length;
  const wanted = view.name(1).charCodeAt(0);
  const ids = Array.from({ length: view.typeCount - 1 }, (_, i) => i).filter((i) => view.name(i + 1) !== '');
  expect([...select(none)!]).toEqual(ids.filter(atTheEnd));
  const byFirst = { ...none, first: none.first.map((_, byte) => Number(byte === wanted)) };
  expect([...select(byFirst)!]).toEqual(ids.filter((i) => atTheEnd(i) || view.name(i + 1).charCodeAt(0) === wanted));
  const elsewhere = parseBtf(bytes);
  expect(preselectNames(elsewhere.words, elsewhere.starts, elsewhere.strings.bytes, none.prefixes, none.first)).toBe(
    undefined,
  );
});
