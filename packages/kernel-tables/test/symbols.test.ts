// kallsyms in every layout since 4.18, from images made by hand; damaged ones give a typed error or a table, nothing else.

import { mutations } from '@btfq/test-kit';
import { describe, expect, it } from 'vitest';
import { KernelTablesError, kernelMemory, openKernelImage } from '../src/index.ts';
import { arm64Image, elfImage } from './images.ts';
import { buildKallsyms, type BuiltSymbol, type KallsymsLayout, someSymbols } from './kallsyms-builder.ts';
import { poke } from './words.ts';

const LAYOUTS: Readonly<Record<string, KallsymsLayout>> = {
  '4.18 with words': { order: 'addresses-first', form: 'words', seqs: false, markerWidth: 8 },
  '4.18 x86-64': { order: 'addresses-first', form: 'offsets-percpu', seqs: false, markerWidth: 8 },
  '5.10 x86-64': { order: 'addresses-first', form: 'offsets-percpu', seqs: false, markerWidth: 4 },
  '5.10 elsewhere': { order: 'addresses-first', form: 'offsets', seqs: false, markerWidth: 4 },
  '6.2 x86-64': { order: 'addresses-first', form: 'offsets-percpu', seqs: true, markerWidth: 4 },
  '6.2 elsewhere': { order: 'addresses-first', form: 'offsets', seqs: true, markerWidth: 4 },
  '6.4 x86-64': { order: 'addresses-last', form: 'offsets-percpu', seqs: false, markerWidth: 4 },
  '6.15': { order: 'addresses-last', form: 'offsets', seqs: false, markerWidth: 4 },
  '7.0': { order: 'addresses-last', form: 'own-place', seqs: false, markerWidth: 4 },
};
const BASE = 0xffffffff81000000n;
const PLACE = BASE + 0x800000n;

function listed(image: Uint8Array): BuiltSymbol[] {
  const { symbols } = openKernelImage(image);
  return Array.from({ length: symbols.count }, (_, i) => symbols.symbol(i));
}

describe.each(Object.entries(LAYOUTS))('kallsyms of %s', (_, layout) => {
  // Numbers around a marker's 256 names, where counting goes wrong if it does.
  it.each([513, 700, 767, 768, 769, 1281, 2000])('gives all %i symbols and more', (count) => {
    const symbols = someSymbols(count, BASE, layout.form === 'offsets-percpu');
    const image = elfImage(buildKallsyms(symbols, layout, PLACE), PLACE);
    expect(listed(image)).toEqual(symbols);
  });
});

describe('a symbol table', () => {
  const symbols = someSymbols(2000, BASE, true);
  const image = elfImage(buildKallsyms(symbols, LAYOUTS['6.4 x86-64'] as KallsymsLayout, PLACE), PLACE);
  const table = openKernelImage(image).symbols;

  it('finds by name and by address', () => {
    expect(table.address('_text')).toBe(BASE);
    expect(table.address('sys_f1')).toBeUndefined();
    expect(table.indexesAt(BASE + 16n).map((i) => table.name(i))).toEqual(['sys_f1.isra.1', 'alias_1']);
    expect(table.startOf(BASE + 31n)).toBe(BASE + 16n);
    expect(table.endOf(BASE + 16n)).toBe(BASE + 32n);
    expect(table.endOf(BASE + 1999n * 16n)).toBeUndefined();
  });
});

describe('a flat arm64 image', () => {
  const base = 0xffff800080000000n;
  const symbols = someSymbols(700, base, false);

  it('begins where the base of its symbols says', () => {
    const image = arm64Image(buildKallsyms(symbols, LAYOUTS['6.15'] as KallsymsLayout, base + 65536n));
    expect(listed(image)).toEqual(symbols);
    expect(kernelMemory(image).regions.map(({ address }) => address)).toEqual([base]);
  });

  it('has its relocations applied', () => {
    const tables = buildKallsyms(symbols, LAYOUTS['5.10 elsewhere'] as KallsymsLayout, base + 65536n);
    const plain = arm64Image(tables);
    // The word of the base is cleared, and an entry puts it back; fillers make a table of it.
    const at = indexOfWord(plain, base);
    poke(plain, at, 0n);
    const entries = [
      [BigInt(at), base],
      ...Array.from({ length: 20 }, (_, i) => [BigInt(1024 + 8 * i), base + BigInt(i)]),
    ];
    const image = new Uint8Array(plain.length + entries.length * 24);
    image.set(plain);
    entries.forEach(([offset, value], i) => {
      poke(image, plain.length + 24 * i, base + (offset as bigint));
      poke(image, plain.length + 24 * i + 8, 1027n);
      poke(image, plain.length + 24 * i + 16, value as bigint);
    });
    expect(listed(image)).toEqual(symbols);
    expect(kernelMemory(image).u64(base + 1024n + 24n)).toBe(base + 3n);
  });

  it('without anything that tells its base is refused', () => {
    const image = arm64Image(buildKallsyms(symbols, LAYOUTS['7.0'] as KallsymsLayout, base + 65536n));
    expect(() => openKernelImage(image)).toThrow(expect.objectContaining({ code: 'bad-kallsyms' }));
  });

  it('of 7.0 is told by its pointers', () => {
    const content = buildKallsyms(symbols, LAYOUTS['7.0'] as KallsymsLayout, base + 65536n);
    const image = arm64Image(content);
    const withPointers = new Uint8Array(image.length + 8 * 2000);
    withPointers.set(image);
    const start = (image.length + 7) & ~7;
    for (let i = 0; i < 1900; i++) poke(withPointers, start + 8 * i, base + BigInt(i * 32));
    expect(listed(withPointers)).toEqual(symbols);
  });
});

describe('what is not a kernel', () => {
  it.each([
    ['not-a-kernel', new Uint8Array(0)],
    ['not-a-kernel', new Uint8Array(4096)],
    ['bad-image', Uint8Array.of(0x7f, 0x45, 0x4c, 0x46, 2, 1, 1)],
    ['no-symbols', elfImage(new Uint8Array(256), BASE)],
    ['no-symbols', arm64Image(new Uint8Array(256))],
  ])('gives %s', (code, bytes) => {
    expect(() => openKernelImage(bytes)).toThrow(expect.objectContaining({ name: 'KernelTablesError', code }));
  });

  it('a segment that the file does not have', () => {
    const image = elfImage(new Uint8Array(256), BASE);
    poke(image, 96, 1n << 40n);
    expect(() => kernelMemory(image)).toThrow(expect.objectContaining({ code: 'bad-image', offset: 4096 }));
  });
});

it.each(['5.10 x86-64', '6.2 elsewhere', '7.0'])('damaged tables of %s give a typed error or a table', (name) => {
  const layout = LAYOUTS[name] as KallsymsLayout;
  const image = elfImage(buildKallsyms(someSymbols(520, BASE, false), layout, PLACE), PLACE);
  let tables = 0;
  for (const damaged of mutations(image, { seed: 25, count: 400 })) {
    try {
      const { symbols } = openKernelImage(damaged);
      for (let i = 0; i < symbols.count; i += 97) symbols.symbol(i);
      symbols.address('sys_f9');
      tables++;
    } catch (error) {
      if (!(error instanceof KernelTablesError)) throw error;
    }
  }
  expect(tables).toBeGreaterThan(100);
});

function indexOfWord(bytes: Uint8Array, value: bigint): number {
  const view = new DataView(bytes.buffer);
  for (let at = 0; at + 8 <= bytes.length; at += 8) if (view.getBigUint64(at, true) === value) return at;
  throw new Error('the word is not there');
}
