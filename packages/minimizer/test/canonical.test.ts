// Canonical minimal BTF: the same answers, the fewest bytes, and one file for all kernels that answer alike. The judge is
// core-reloc's own account of every relocation, patched instructions included.

import { type Btf, BtfKind, parseBtf } from '@btfq/btf-format';
import { type BpfObject, oracleLines, parseBpfObject, RelocationKind, resolveObject } from '@btfq/core-reloc';
import { minimize, type MinimizeResult } from '@btfq/minimizer';
import {
  fixtureKernels,
  fixtureObject,
  fixtureObjects,
  fixtureTarget,
  fixtureTargets,
  kernelBtf,
} from '@btfq/test-kit';
import { describe, expect, test } from 'vitest';
import { makeObject, makeTarget } from './kit.ts';

const { FieldByteOffset, FieldExists, TypeExists, TypeMatches, TypeSize, EnumvalValue } = RelocationKind;

const objects = fixtureObjects()
  .filter((name) => !name.startsWith('nobtf'))
  .map((name) => parseBpfObject(fixtureObject(name), { name, malformedRecords: 'keep' }));
const littleEndian = objects.filter((object) => object.littleEndian);

/** Every relocation's outcome without what is the target's own numbering. */
function outcomes(object: BpfObject, target: Btf): string[] {
  return oracleLines(object, target).map((line, i) => {
    const plain = line.replace(/,"targType":\d+(,"path":\[.*?\]\])?/, '').replace(/,"path":\[\]/, '');
    if (object.relocations[i]?.kind !== RelocationKind.TypeIdTarget || line.includes('"err"')) return plain;
    // an id is as good as what it names
    const id = Number(/"new":"(\d+)"/.exec(line)?.[1]);
    const head = plain.replace(/,"new":.*/, '');
    return `${head} ${id === 0 ? '' : `${target.kind(id)} ${target.name(id)}`}`;
  });
}

function expectProven(object: BpfObject, target: Btf, result: MinimizeResult): void {
  expect(outcomes(object, parseBtf(result.bytes))).toEqual(outcomes(object, target));
  expect(result.mismatches).toEqual([]);
}

describe('kernels', () => {
  const kernels = fixtureKernels().map(({ id }) => ({ id, btf: parseBtf(kernelBtf(id)) }));

  test.each(littleEndian.map((object) => [object.name, object] as const))('%s', (_, object) => {
    const members = new Set<string>();
    const vectors = new Set<string>();
    for (const { btf } of kernels) {
      const result = minimize(btf, [object], { canonical: true });
      expectProven(object, btf, result);
      expect(result.bytes.length).toBeLessThanOrEqual(minimize(btf, [object]).bytes.length);
      if (result.form !== 'canonical') continue;
      members.add(Buffer.from(result.bytes).toString('base64'));
      vectors.add(`${btf.littleEndian}\n${outcomes(object, btf).join('\n')}`);
    }
    expect(members.size).toBe(vectors.size);
  });

  test('many objects together, in any order', () => {
    const some = littleEndian.filter(({ name }) => ['execsnoop', 'opensnoop', 'tcpconnect', 'relocs'].includes(name));
    for (const { btf } of kernels) {
      const result = minimize(btf, some, { canonical: true });
      for (const object of some) expectProven(object, btf, result);
      expect(minimize(btf, [...some].reverse(), { canonical: true }).bytes).toEqual(result.bytes);
    }
  });
});

describe('targets with everything that libbpf can refuse', () => {
  const topics = new Set(fixtureTargets().map((name) => name.split('-')[0]!));

  test.each([...topics])('%s', (topic) => {
    const own = objects.filter(({ name }) => name.split(/[.-]/)[0] === topic);
    for (const name of fixtureTargets().filter((target) => target.startsWith(`${topic}-`))) {
      const btf = parseBtf(fixtureTarget(name));
      for (const object of own) {
        const result = minimize(btf, [object], { canonical: true });
        expectProven(object, btf, result);
        const marked = minimize(btf, [object]);
        expect(marked.mismatches, name).toEqual([]);
        if (result.form === 'canonical') expect(result.bytes.length, name).toBeLessThanOrEqual(marked.bytes.length);
      }
    }
  });
});

describe('what nobody looks at makes no difference', () => {
  const object = makeObject((btf) => {
    const int = btf.int('int', 4, 1);
    const inner = btf.struct('', 8, [{ name: 'x', type: int, offset: 32 }]);
    const box = btf.struct('box', 16, [
      { name: 'inner', type: inner },
      { name: 'flag', type: int, offset: 64 },
    ]);
    return [
      { type: box, kind: FieldByteOffset, access: '0:0:0' },
      { type: box, kind: FieldExists, access: '0:1' },
    ];
  });

  /** The same offset of `x`, all else different. */
  const variants: readonly ((btf: Parameters<Parameters<typeof makeTarget>[0]>[0]) => void)[] = [
    (btf) => {
      const int = btf.int('int', 4, 1);
      const inner = btf.struct('inner', 8, [{ name: 'x', type: int, offset: 32 }]);
      btf.struct('box', 64, [
        { name: 'inner', type: inner, offset: 64 },
        { name: 'flag', type: int, offset: 256 },
      ]);
    },
    (btf) => {
      btf.int('char', 1);
      const long = btf.int('long', 8, 1);
      const small = btf.int('short', 2);
      const inner = btf.union('other_name', 8, [
        { name: 'y', type: long },
        { name: 'x', type: long },
      ]);
      const typedef = btf.typedef('inner_t', btf.const(inner));
      const hidden = btf.struct('', 24, [
        { name: 'pad', type: long },
        { name: 'inner', type: typedef, offset: 32 },
      ]);
      btf.struct('box', 128, [
        { type: hidden, offset: 64 },
        { name: 'flag', type: small, offset: 640 },
      ]);
    },
  ];

  test('one file for both', () => {
    const [a, b] = variants.map((types) => minimize(makeTarget(types), [object], { canonical: true }));
    expect(a?.form).toBe('canonical');
    expect(b?.bytes).toEqual(a?.bytes);
  });

  test('another offset is another file', () => {
    const moved = makeTarget((btf) => {
      const int = btf.int('int', 4, 1);
      const inner = btf.struct('inner', 8, [{ name: 'x', type: int }]);
      btf.struct('box', 64, [
        { name: 'inner', type: inner, offset: 64 },
        { name: 'flag', type: int, offset: 256 },
      ]);
    });
    const [types] = variants;
    const same = minimize(makeTarget(types as (typeof variants)[0]), [object], { canonical: true });
    expect(minimize(moved, [object], { canonical: true }).bytes).not.toEqual(same.bytes);
  });
});

describe('what must be absent stays absent', () => {
  test('a member that another type of the same shape would bring back', () => {
    // outer.part lacks `gone`, while struct part, which has all that is asked of outer.part, has it
    const object = makeObject((btf) => {
      const int = btf.int('int', 4, 1);
      const part = btf.struct('part', 8, [
        { name: 'kept', type: int },
        { name: 'gone', type: int, offset: 32 },
      ]);
      const outer = btf.struct('outer', 8, [{ name: 'part', type: part }]);
      return [
        { type: part, kind: FieldByteOffset, access: '0:0' },
        { type: part, kind: FieldExists, access: '0:1' },
        { type: outer, kind: FieldByteOffset, access: '0:0:0' },
        { type: outer, kind: FieldExists, access: '0:0:1' },
      ];
    });
    const target = makeTarget((btf) => {
      const int = btf.int('int', 4, 1);
      btf.struct('part', 8, [
        { name: 'kept', type: int },
        { name: 'gone', type: int, offset: 32 },
      ]);
      const other = btf.struct('other', 4, [{ name: 'kept', type: int }]);
      btf.struct('outer', 4, [{ name: 'part', type: other }]);
    });
    const result = minimize(target, [object], { canonical: true });
    expectProven(object, target, result);
    expect(result.form).toBe('canonical');
    expect(resolveObject(object, parseBtf(result.bytes)).map(({ value }) => value)).toEqual([0n, 1n, 0n, 0n]);
  });

  test('a type that only a pointer leads to', () => {
    const object = makeObject((btf) => {
      const far = btf.struct('far', 4, [{ name: 'x', type: btf.int('int', 4, 1) }]);
      const near = btf.struct('near', 8, [{ name: 'next', type: btf.ptr(far) }]);
      return [
        { type: near, kind: TypeMatches },
        { type: far, kind: TypeExists },
      ];
    });
    const target = makeTarget((btf) => {
      btf.struct('near', 8, [{ name: 'next', type: btf.ptr(btf.fwd('far')) }]);
    });
    const result = minimize(target, [object], { canonical: true });
    expectProven(object, target, result);
    expect(resolveObject(object, parseBtf(result.bytes)).map(({ value }) => value)).toEqual([1n, 0n]);
  });
});

describe('small things that must not be lost', () => {
  test('enumerators of 64 bits, and of 32 with the sign', () => {
    const object = makeObject((btf) => [
      { type: btf.enum64('wide', { BIG: 1n }), kind: EnumvalValue },
      { type: btf.enum('narrow', { LOW: 1 }), kind: EnumvalValue },
    ]);
    const target = makeTarget((btf) => {
      btf.enum64('wide', { OTHER: 5n, BIG: 0x1_0000_0002n });
      btf.enum('narrow', { LOW: -3 }, 4, true);
    });
    const result = minimize(target, [object], { canonical: true });
    expectProven(object, target, result);
    expect(result).toMatchObject({ form: 'canonical', types: 2 });
  });

  test('offsets in a union that anonymous structs made', () => {
    const object = makeObject((btf) => {
      const int = btf.int('int', 4);
      const both = btf.struct('', 8, [
        { name: 'a', type: int },
        { name: 'b', type: int, offset: 32 },
      ]);
      return [{ type: btf.union('either', 8, [{ type: both }]), kind: FieldByteOffset, access: '0:0:1' }];
    });
    const target = makeTarget((btf) => {
      const int = btf.int('int', 4);
      const both = btf.struct('', 16, [{ name: 'b', type: int, offset: 96 }]);
      btf.union('either', 16, [{ type: both }]);
    });
    const result = minimize(target, [object], { canonical: true });
    expectProven(object, target, result);
    // a member of a union begins where the union does
    const minimal = parseBtf(result.bytes);
    for (let id = 1; id < minimal.typeCount; id++) {
      if (minimal.kind(id) !== BtfKind.Union) continue;
      for (let i = 0; i < minimal.vlen(id); i++) expect(minimal.words[minimal.wordAt(id) + 5 + i * 3]).toBe(0);
    }
  });

  test('pointers of four bytes', () => {
    const object = makeObject((btf) => {
      const link = btf.struct('link', 8, [{ name: 'next', type: btf.ptr(0) }]);
      return [{ type: btf.typedef('handle', btf.ptr(link)), kind: TypeSize }];
    });
    const target = makeTarget((btf) => {
      btf.int('long', 4, 1);
      btf.typedef('handle', btf.ptr(btf.struct('link', 4, [])));
    });
    const result = minimize(target, [object], { canonical: true });
    expectProven(object, target, result);
    expect(resolveObject(object, parseBtf(result.bytes))[0]?.value).toBe(4n);
  });
});
