import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Btf, BtfBuilder, distillBase, loadBtf, parseBtf, rebase } from '@btfq/btf-format';
import { buildElf, fixturesFolder, kernelBtf, oracleJson } from '@btfq/test-kit';
import { describe, expect, test } from 'vitest';
import { code } from './golden.ts';

interface Sections {
  readonly types: string;
  readonly strings: string;
}
const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');
const sectionsOf = ({ bytes, header }: Btf): Sections => ({
  types: sha256(bytes.subarray(header.typeOff, header.typeOff + header.typeLen)),
  strings: sha256(bytes.subarray(header.strOff, header.strOff + header.strLen)),
});
const oracle = oracleJson<Record<string, { base: Sections; split: Sections; relocated: Sections }>>('distilled.json');

describe('distillBase and rebase', () => {
  test.each(Object.entries(oracle))('%s: what libbpf makes of it', (id, { base, split, relocated }) => {
    const kernel = parseBtf(kernelBtf(id.slice(0, id.lastIndexOf('/'))));
    const module = parseBtf(readFileSync(join(fixturesFolder, 'modules', `${id}.btf`)), { base: kernel });
    const distilled = distillBase(module);
    const newBase = parseBtf(distilled.base);
    const newSplit = parseBtf(distilled.split, { base: newBase });
    expect(sectionsOf(newBase)).toMatchObject({ types: base.types, strings: base.strings });
    expect(sectionsOf(newSplit)).toMatchObject({ types: split.types, strings: split.strings });
    const back = rebase(newSplit, kernel);
    expect(sectionsOf(back.btf)).toMatchObject({ types: relocated.types, strings: relocated.strings });
    expect(back.differences).toEqual([]);
  });

  test('only split BTF has a base to distil', () => {
    expect(code(() => distillBase(new BtfBuilder().toBtf()))).toBe('no-base');
  });

  test('split BTF that needs a function of its base is refused, as libbpf does', () => {
    const base = new BtfBuilder();
    base.addFunc('f', 0, base.addFuncProto(0));
    const split = new BtfBuilder({ base: base.toBtf() });
    split.addDeclTag('tag', 2);
    expect(code(() => distillBase(split.toBtf()))).toBe('unsupported');
  });
});

/** A distilled base, split BTF over it that points to its first type or holds it, and a base to move to. */
function moved(distilled: (b: BtfBuilder) => void, target: (b: BtfBuilder) => void, embeds = false) {
  const small = new BtfBuilder();
  distilled(small);
  const split = new BtfBuilder({ base: small.toBtf() });
  if (embeds) {
    split.addStruct('holder', 64);
    split.addField('foo', 1, 0);
  } else {
    split.addPtr(1);
  }
  const base = new BtfBuilder();
  base.addInt('unrelated', 4);
  target(base);
  return rebase(split.toBtf(), base.toBtf());
}

const struct = (b: BtfBuilder, size: number, bits: boolean) => {
  b.addStruct('foo', size);
  b.addField('x', 1, 0, bits ? 3 : 0);
};
const union = (b: BtfBuilder, size: number, bits: boolean) => {
  b.addUnion('foo', size);
  b.addField('x', 1, 0, bits ? 3 : 0);
};

describe('rebase by the rule as meant', () => {
  test.each([
    ['FWD struct to STRUCT', false, struct, false, true, []],
    ['FWD struct to STRUCT with bitfields', false, struct, true, true, ['refused-by-libbpf']],
    ['FWD union to UNION', true, union, false, true, ['refused-by-libbpf']],
    ['FWD union to UNION with bitfields', true, union, true, true, []],
    ['FWD union to STRUCT', true, struct, false, false, []],
    ['FWD struct to UNION with bitfields', false, union, true, false, []],
  ] as const)('%s', (_, isUnion, target, bits, fits, differences) => {
    const act = () =>
      moved(
        (b) => void b.addFwd('foo', isUnion),
        (b) => target(b, 4, bits),
      );
    if (!fits) return expect(code(act)).toBe('base-mismatch');
    const { btf, differences: found } = act();
    expect(btf.sizeOrType(btf.startId)).toBe(2);
    expect(found.map((d) => d.code)).toEqual(differences);
  });

  test.each<[string, (b: BtfBuilder) => unknown, (b: BtfBuilder) => unknown, boolean, string | undefined]>([
    ['INT of another encoding', (b) => b.addInt('foo', 4, 1), (b) => b.addInt('foo', 4, 0), false, 'base-mismatch'],
    ['INT of another size', (b) => b.addInt('foo', 4), (b) => b.addInt('foo', 8), false, 'base-mismatch'],
    ['FLOAT', (b) => b.addFloat('foo', 8), (b) => b.addFloat('foo', 8), false, undefined],
    ['ENUM to ENUM64 of its size', (b) => b.addEnum('foo', 8), (b) => b.addEnum64('foo', 8), false, undefined],
    ['ENUM of another size', (b) => b.addEnum('foo', 4), (b) => b.addEnum64('foo', 8), false, 'base-mismatch'],
    [
      'STRUCT of another size, by pointer',
      (b) => b.addStruct('foo', 8),
      (b) => b.addStruct('foo', 16),
      false,
      undefined,
    ],
    [
      'STRUCT of another size, by value',
      (b) => b.addStruct('foo', 8),
      (b) => b.addStruct('foo', 16),
      true,
      'base-mismatch',
    ],
    [
      'STRUCT, two of it, one fits',
      (b) => b.addStruct('foo', 8),
      (b) => [b.addStruct('foo', 16), b.addStruct('foo', 8)],
      false,
      undefined,
    ],
    [
      'STRUCT, two that fit',
      (b) => b.addStruct('foo', 8),
      (b) => [b.addStruct('foo', 8), b.addStruct('foo', 8)],
      false,
      'base-mismatch',
    ],
    ['a name that is not there', (b) => b.addStruct('foo', 8), (b) => b.addStruct('bar', 8), false, 'base-mismatch'],
    [
      'a distilled base with an anonymous type',
      (b) => b.addStruct('', 8),
      (b) => b.addStruct('foo', 8),
      false,
      'bad-type',
    ],
    ['a distilled base with a pointer', (b) => b.addPtr(0), (b) => b.addStruct('foo', 8), false, 'bad-type'],
  ])('%s', (_, distilled, target, embeds, expected) => {
    expect(
      code(() =>
        moved(
          (b) => void distilled(b),
          (b) => void target(b),
          embeds,
        ),
      ),
    ).toBe(expected);
  });

  test('strings of the split part follow the longer base, names of types follow their types', () => {
    const { btf } = moved(
      (b) => void b.addStruct('foo', 8),
      (b) => {
        b.addString('a long string that only the new base has');
        b.addStruct('foo', 8);
      },
      true,
    );
    expect(btf.name(btf.startId)).toBe('holder');
    expect(btf.string(btf.words[3]!)).toBe('foo');
  });

  test('its own base is refused', () => {
    const base = new BtfBuilder().toBtf();
    expect(code(() => rebase(new BtfBuilder({ base }).toBtf(), base))).toBe('invalid-argument');
    expect(code(() => rebase(base, new BtfBuilder().toBtf()))).toBe('no-base');
  });
});

describe('loadBtf with .BTF.base', () => {
  const base = new BtfBuilder();
  base.addInt('int', 4);
  base.addStruct('foo', 8);
  const split = new BtfBuilder({ base: base.toBtf() });
  split.addPtr(2);
  const distilled = distillBase(split.toBtf());
  const elf = buildElf({
    is64: true,
    littleEndian: true,
    machine: 62,
    sections: [
      { name: '.BTF', type: 1, bytes: distilled.split },
      { name: '.BTF.base', type: 1, bytes: distilled.base },
    ],
  });

  test('stays over the distilled base where no other is given', () => {
    const btf = loadBtf(elf);
    expect(btf.base?.typeCount).toBe(2);
    expect(btf.sizeOrType(btf.startId)).toBe(1);
  });

  test('moves onto the base that is given', () => {
    const btf = loadBtf(elf, { base: base.toBtf() });
    expect(btf.startId).toBe(3);
    expect(btf.sizeOrType(3)).toBe(2);
  });
});
