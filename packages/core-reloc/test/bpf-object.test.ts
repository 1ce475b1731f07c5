// Reading objects: what is in them, what is wrong with them, and that damage never does more than throw a typed error.

import { loadBtf } from '@btfq/btf-format';
import {
  applyRelocations,
  type BpfObject,
  objectExterns,
  objectLicense,
  objectMaps,
  oracleLines,
  parseBpfObject,
  RelocationKind,
  relocate,
  rootNames,
  sourceLine,
} from '@btfq/core-reloc';
import { BtfBytes, fixtureObject, fixtureTarget, mutations } from '@btfq/test-kit';
import { describe, expect, it } from 'vitest';
import { insn, makeObject, makeTarget, type ObjectSpec, objectBytes } from './kit.ts';

const fields: ObjectSpec['types'] = (btf) => {
  const int = btf.int('int', 4, 1);
  const type = btf.struct('s', 8, [
    { name: 'a', type: int },
    { name: 'x', type: int, offset: 32 },
  ]);
  return [
    { type, access: '0:0', kind: RelocationKind.FieldByteOffset },
    { type, access: '0:1', kind: RelocationKind.FieldExists },
  ];
};

describe('parseBpfObject', () => {
  it('joins programs, relocations and source lines', () => {
    const object = makeObject({ types: fields });
    expect(object.programs).toMatchObject([{ name: 'prog', offset: 0, size: 16, autoload: true, subprogram: false }]);
    expect(object.relocations).toMatchObject([
      { index: 0, section: 'raw_tp/x', record: 0, access: '0:0', insnOff: 0, program: { name: 'prog' } },
      { index: 1, section: 'raw_tp/x', record: 1, access: '0:1', insnOff: 8 },
    ]);
    const [first] = object.relocations;
    expect(first && sourceLine(object, first)).toEqual({
      file: 'x.bpf.c',
      line: 12,
      column: 7,
      text: 'return p->x;',
    });
    expect(rootNames(object)).toEqual([{ name: 's', kinds: [4] }]);
  });

  it.each(['relocs', 'relocs.eb', 'linked', 'linked.eb'])('knows maps, externs and the licence of %s', (name) => {
    const object = parseBpfObject(fixtureObject(name));
    expect(objectLicense(object)).toBe('Dual BSD/GPL');
    expect(objectMaps(object).map((map) => [map.name, map.definedBy])).toMatchSnapshot(`maps of ${name.split('.')[0]}`);
    expect(
      objectExterns(object).map(({ name: extern, section, kind, weak }) => ({ extern, section, kind, weak })),
    ).toMatchSnapshot(`externs of ${name.split('.')[0]}`);
    expect(object.relocations.every((relocation) => relocation.program !== undefined)).toBe(true);
  });

  it('takes an object without relocations', () => {
    const object = parseBpfObject(fixtureObject('plain'));
    expect(object.relocations).toEqual([]);
    expect(
      relocate(
        object,
        makeTarget(() => {}),
      ),
    ).toEqual([]);
  });
});

const code = (spec: Partial<ObjectSpec>) => () => parseBpfObject(objectBytes({ types: fields, ...spec }));
const oneRecord =
  (change: Partial<ReturnType<ObjectSpec['types']>[number]>): ObjectSpec['types'] =>
  (btf) =>
    fields(btf).map((record, i) => (i === 1 ? { ...record, ...change } : record));
const many = (count: number) => Array.from({ length: count }, () => '0').join(':');

describe('malformed objects', () => {
  const records: Readonly<Record<string, [string, Partial<ObjectSpec>]>> = {
    'a type that does not exist': ['bad-type-id', { types: oneRecord({ type: 99 }) }],
    'an access string outside of the strings': ['bad-access-string', { types: oneRecord({ accessOff: 0x7fffffff }) }],
    'an access string of too many indexes': ['bad-access-string', { types: oneRecord({ access: many(65) }) }],
    'an access string that overflows': ['bad-access-string', { types: oneRecord({ access: '0:4294967296' }) }],
    'an access string with a negative index': ['bad-access-string', { types: oneRecord({ access: '0:-1' }) }],
    'an access string that is none': ['bad-access-string', { types: oneRecord({ access: '0:x' }) }],
    'an access string that ends early': ['bad-access-string', { types: oneRecord({ access: '0:' }) }],
    'an empty access string': ['bad-access-string', { types: oneRecord({ access: '' }) }],
    'an instruction past the end': ['bad-instruction-offset', { types: oneRecord({ insn: 2 }) }],
    'half an instruction': ['bad-instruction-offset', { types: oneRecord({ insn: 0.5 }) }],
    'an instruction far away': ['bad-instruction-offset', { types: oneRecord({ insn: 0x1fffffff }) }],
  };
  it.each(Object.entries(records))('%s', (_, [expected, spec]) => {
    expect(code(spec)).toThrow(
      expect.objectContaining({ name: 'RelocationError', code: expected, section: 'raw_tp/x', record: 1 }),
    );
    // kept, the others can still be relocated, and this one fails as it does in libbpf
    const object = parseBpfObject(objectBytes({ types: fields, ...spec }), { malformedRecords: 'keep' });
    const results = relocate(
      object,
      makeTarget((btf) => void fields(btf)),
    );
    expect(results[0]?.outcome).toBe('applied');
    expect(results[1]?.relocation.error?.code).toBe(expected);
    expect(results[1]).toMatchObject({ outcome: 'failed', reason: 'malformed', errno: 22 });
  });

  const cut = (bytes: number) => (ext: Uint8Array) => ext.subarray(0, ext.length - bytes);
  const word = (at: number, value: number) => (ext: Uint8Array) => {
    new DataView(ext.buffer, ext.byteOffset).setUint32(at, value, true);
    return ext;
  };
  const sections: Readonly<Record<string, [string, string, Partial<ObjectSpec>]>> = {
    'records of a section that is not there': ['missing-section', 'elsewhere', { recordsOf: 'elsewhere' }],
    'records of no section': ['bad-section-name', '.BTF.ext', { recordsOf: '' }],
    'a function longer than its section': ['bad-program', 'raw_tp/x', { programSize: 24 }],
    'a function of half an instruction': ['bad-program', 'raw_tp/x', { programSize: 12 }],
    'a truncated .BTF.ext': ['bad-btf-ext', '.BTF.ext', { damage: cut(4) }],
    'a .BTF.ext of a header only': ['bad-btf-ext', '.BTF.ext', { damage: (ext) => ext.subarray(0, 32) }],
    'an empty .BTF.ext': ['bad-btf-ext', '.BTF.ext', { damage: (ext) => ext.subarray(0, 0) }],
    'a .BTF.ext without magic': ['bad-btf-ext', '.BTF.ext', { damage: (ext) => ext.fill(0, 0, 2) }],
    'core_relo records of 12 bytes': ['bad-btf-ext', '.BTF.ext', { damage: word(32 + 48, 12) }],
    'more records than bytes': ['bad-btf-ext', '.BTF.ext', { damage: word(32 + 56, 0xffffffff) }],
    'core_relo that starts outside': ['bad-btf-ext', '.BTF.ext', { damage: word(24, 0xfffffff0) }],
  };
  it.each(Object.entries(sections))('%s', (_, [expected, section, spec]) => {
    expect(code(spec)).toThrow(expect.objectContaining({ name: 'RelocationError', code: expected, section }));
  });

  it('an object without BTF', () => {
    expect(() => parseBpfObject(fixtureObject('nobtf'))).toThrow(expect.objectContaining({ code: 'no-btf' }));
  });
  it('bytes that are no ELF file', () => {
    expect(() => parseBpfObject(new BtfBytes().build())).toThrow(expect.objectContaining({ code: 'not-elf' }));
  });

  it('access strings that do not fit the types are results', () => {
    const bad = (type: (btf: BtfBytes) => number, access: string, kind: number) =>
      relocate(
        makeObject({ types: (btf) => [{ type: type(btf), access, kind }] }),
        makeTarget(() => {}),
      )[0];
    const struct = (btf: BtfBytes) => btf.struct('s', 4, [{ name: 'a', type: btf.int('int', 4) }]);
    const fails = { outcome: 'failed', errno: 22, reason: 'bad-spec' };
    expect(bad(struct, '0:1', RelocationKind.FieldExists)).toMatchObject(fails);
    expect(bad(struct, '0:0:0', RelocationKind.FieldExists)).toMatchObject(fails);
    expect(bad(struct, '0:0', RelocationKind.TypeExists)).toMatchObject(fails);
    expect(bad(struct, '0', RelocationKind.EnumvalExists)).toMatchObject(fails);
    expect(bad((btf) => btf.enum('e', { A: 1 }), '1', RelocationKind.EnumvalExists)).toMatchObject(fails);
    expect(bad((btf) => btf.fwd('f'), '0', RelocationKind.FieldExists)).toMatchObject(fails);
    expect(bad(struct, '0:0', 13)).toMatchObject({ outcome: 'failed', errno: 22, reason: 'unknown-kind' });
  });
});

describe('damaged objects', () => {
  const target = loadBtf(fixtureTarget('types-same'));
  const typed = new Set(['RelocationError', 'ElfError', 'BtfError']);
  const use = (object: BpfObject) => {
    for (const result of relocate(object, target)) {
      sourceLine(object, result.relocation);
      if (!Array.isArray(result.candidates)) throw new TypeError('no candidates');
    }
    applyRelocations(object, target);
    oracleLines(object, target);
    objectMaps(object);
    objectExterns(object);
  };
  it.each(['types', 'relocs.eb', 'linked'])('%s: a typed error or an answer, nothing else', (name) => {
    const bytes = fixtureObject(name);
    for (const [malformedRecords, seed] of [
      ['keep', 1],
      ['throw', 2],
    ] as const) {
      for (const damaged of mutations(bytes, { seed, count: 150 })) {
        try {
          use(parseBpfObject(damaged, { malformedRecords }));
        } catch (error) {
          if (!(error instanceof Error && typed.has(error.name))) throw error;
        }
      }
    }
  });

  it('an instruction cut in two', () => {
    const object = makeObject({
      types: (btf) => {
        btf.int('int', 4, 1);
        return [{ type: btf.typedef('t', 1), kind: RelocationKind.TypeSize }];
      },
      code: (to) => insn(to, 0x18),
    });
    expect(
      relocate(
        object,
        makeTarget(() => {}),
      )[0],
    ).toMatchObject({ outcome: 'failed', reason: 'truncated-instruction' });
  });
});
