// Where bpftool gives up: tags on the path, ambiguity, split BTF, old bitfields.

import { BtfKind, findByName, parseBtf } from '@btfq/btf-format';
import { parseBpfObject, RelocationKind, resolveObject } from '@btfq/core-reloc';
import { minimize } from '@btfq/minimizer';
import { fixtureKernel, fixtureModules, fixtureObject, kernelBtf, moduleBtf } from '@btfq/test-kit';
import { describe, expect, test } from 'vitest';
import { makeObject, makeTarget } from './kit.ts';

const { FieldByteOffset, FieldExists, TypeExists, TypeMatches } = RelocationKind;

const pointOfX = makeObject((btf) => {
  const int = btf.int('int', 4, 1);
  return [{ type: btf.struct('point', 4, [{ name: 'x', type: int }]), kind: FieldByteOffset, access: '0:0' }];
});

test('a type tag on the path is kept with what it tags', () => {
  const target = makeTarget((btf) => {
    const tagged = btf.typeTag('user', btf.int('int', 4, 1));
    btf.struct('point', 8, [{ name: 'x', type: tagged, offset: 32 }]);
  });
  for (const canonical of [false, true]) {
    const { bytes, mismatches } = minimize(target, [pointOfX], { canonical });
    expect(mismatches).toEqual([]);
    expect(resolveObject(pointOfX, parseBtf(bytes))[0]?.value).toBe(4n);
  }
  const minimal = parseBtf(minimize(target, [pointOfX]).bytes);
  expect(findByName(minimal, 'user', BtfKind.TypeTag)).toBeDefined();
});

test.each([FieldExists, TypeExists, TypeMatches])('kind %i through a tagged pointer', (kind) => {
  const object = makeObject((btf) => {
    const point = btf.struct('point', 8, [{ name: 'p', type: btf.ptr(btf.int('int', 4, 1)) }]);
    return [{ type: point, kind, access: kind === FieldExists ? '0:0' : '0' }];
  });
  const target = makeTarget((btf) => {
    btf.struct('point', 8, [
      { name: 'p', type: btf.typeTag('rcu', btf.ptr(btf.typeTag('user', btf.int('int', 4, 1)))) },
    ]);
  });
  for (const canonical of [false, true]) {
    const { bytes, mismatches } = minimize(target, [object], { canonical });
    expect(mismatches).toEqual([]);
    expect(resolveObject(object, parseBtf(bytes))[0]?.value).toBe(1n);
  }
});

test('a type that contains itself through a prototype ends', () => {
  const object = makeObject((btf) => {
    const self = btf.typedef('callback', btf.nextId + 1);
    btf.ptr(btf.nextId + 1);
    btf.funcProto(0, [['again', self]]);
    return [{ type: self, kind: TypeExists }];
  });
  const target = makeTarget((btf) => {
    const self = btf.typedef('callback', btf.nextId + 1);
    btf.ptr(btf.nextId + 1);
    btf.funcProto(0, [['again', self]]);
  });
  expect(minimize(target, [object]).bytes.length).toBeGreaterThan(24);
});

test('one ambiguous relocation among many stays ambiguous, the others are served', () => {
  const object = makeObject((btf) => {
    const int = btf.int('int', 4, 1);
    const twice = btf.struct('twice', 4, [{ name: 'x', type: int }]);
    const once = btf.struct('once', 4, [{ name: 'y', type: int }]);
    return [
      { type: twice, kind: FieldByteOffset, access: '0:0' },
      { type: once, kind: FieldByteOffset, access: '0:0' },
    ];
  });
  const target = makeTarget((btf) => {
    const int = btf.int('int', 4, 1);
    btf.struct('twice', 4, [{ name: 'x', type: int }]);
    btf.struct('twice', 8, [{ name: 'x', type: int, offset: 32 }]);
    btf.struct('once', 8, [{ name: 'y', type: int, offset: 32 }]);
  });
  for (const canonical of [false, true]) {
    const { bytes, mismatches, unsatisfied } = minimize(target, [object], { canonical });
    expect(mismatches).toEqual([]);
    const [first, second] = resolveObject(object, parseBtf(bytes));
    expect(first).toMatchObject({ reason: 'offset-ambiguity', errno: 22 });
    expect(second?.value).toBe(4n);
    expect(unsatisfied).toMatchObject([
      { object: 'made.bpf.o', program: 'prog', type: 'twice', outcome: 'failed', errno: 22 },
    ]);
    expect(unsatisfied[0]?.source).toMatchObject({ file: 'x.c', line: 12 });
  }
});

test('a member of the right name and the wrong kind on the way leads nobody astray', () => {
  // libbpf leaves the index of the float in its raw path: bpftool would take the second member of a struct of one
  const object = makeObject((btf) => {
    const int = btf.int('int', 4, 1);
    return [{ type: btf.struct('s', 4, [{ name: 'a', type: int }]), kind: FieldByteOffset, access: '0:0' }];
  });
  const target = makeTarget((btf) => {
    const anonymous = btf.struct('', 8, [{ name: 'a', type: btf.float('double', 8) }]);
    btf.struct('s', 16, [{ type: anonymous }, { name: 'a', type: btf.int('int', 4, 1), offset: 64 }]);
  });
  for (const canonical of [false, true]) {
    const { bytes, mismatches } = minimize(target, [object], { canonical });
    expect(mismatches).toEqual([]);
    expect(resolveObject(object, parseBtf(bytes))[0]?.value).toBe(8n);
  }
});

test('bitfields of before 2019 keep their odd offsets', () => {
  const target = makeTarget((btf) => {
    const bits = btf.int('unsigned int', 4, 0, 3);
    btf.struct('point', 8, [{ name: 'x', type: bits, offset: 35 }]);
  });
  const { bytes } = minimize(target, [pointOfX]);
  const minimal = parseBtf(bytes);
  const id = findByName(minimal, 'point', BtfKind.Struct) as number;
  expect(minimal.kindFlag(id)).toBe(false);
  expect(minimal.words[minimal.wordAt(id) + 5]).toBe(35);
});

describe('a kernel and its modules', () => {
  const vmlinux = makeTarget((btf) => {
    const int = btf.int('int', 4, 1);
    btf.struct('point', 8, [{ name: 'x', type: int, offset: 32 }]);
  });
  const module = (name: string, at: number) => ({
    name,
    btf: makeTarget(
      (btf) => {
        const struct = btf.struct(`${name}_state`, 16, [{ name: 'where', type: 2, offset: at }]);
        btf.typedef(`${name}_t`, struct);
      },
      { base: vmlinux },
    ),
  });
  const target = { vmlinux, modules: [module('one', 64), module('two', 32)] };
  const object = makeObject((btf) => {
    const int = btf.int('int', 4, 1);
    const point = btf.struct('point', 4, [{ name: 'x', type: int }]);
    return ['one', 'two'].map((name) => ({
      type: btf.struct(`${name}_state`, 4, [{ name: 'where', type: point }]),
      kind: FieldByteOffset,
      access: '0:0:0',
    }));
  });

  test.each([false, true])('flat, as libbpf takes it (canonical: %s)', (canonical) => {
    const { bytes, mismatches, modules } = minimize(target, [object], { canonical });
    expect(mismatches).toEqual([]);
    expect(modules).toEqual([]);
    expect(resolveObject(object, parseBtf(bytes)).map(({ value }) => value)).toEqual([12n, 8n]);
  });

  test('split, with ids that go on where the kernel’s end', () => {
    const { bytes, modules, mismatches } = minimize(target, [object], { split: true });
    expect(mismatches).toEqual([]);
    const base = parseBtf(bytes);
    const read = modules.map(({ name, bytes: own }) => ({ name, btf: parseBtf(own, { base }) }));
    expect(read.map(({ name, btf }) => [name, btf.startId, btf.typeCount])).toEqual([
      ['one', base.typeCount, base.typeCount + 1],
      ['two', base.typeCount, base.typeCount + 1],
    ]);
    const values = resolveObject(object, { vmlinux: base, modules: read }).map(({ value }) => value);
    expect(values).toEqual([12n, 8n]);
  });

  test('a module of another kernel is refused', () => {
    const other = makeTarget((btf) => void btf.int('int', 4, 1));
    const stray = { vmlinux: other, modules: target.modules };
    expect(() => minimize(stray, [object])).toThrow(expect.objectContaining({ code: 'bad-target' }));
  });

  test('real ones', () => {
    const id = fixtureKernel('6.1.0-50-cloud-amd64').id;
    const kernel = parseBtf(kernelBtf(id));
    const modules = fixtureModules()
      .filter((one) => one.id.startsWith(id))
      .map((one) => ({ name: one.name, btf: parseBtf(moduleBtf(one.id), { base: kernel }) }));
    expect(modules.length).toBeGreaterThan(0);
    const real = makeObject((btf) => {
      const int = btf.int('int', 4, 1);
      return [
        { type: btf.struct('nft_ctx', 4, [{ name: 'family', type: int }]), kind: FieldByteOffset, access: '0:0' },
        { type: btf.struct('task_struct', 4, [{ name: 'pid', type: int }]), kind: FieldByteOffset, access: '0:0' },
      ];
    });
    const whole = { vmlinux: kernel, modules };
    const wanted = resolveObject(real, whole).map(({ value }) => value);
    expect(wanted.every((value) => value > 0n)).toBe(true);
    for (const options of [{}, { canonical: true }]) {
      const { bytes, mismatches } = minimize(whole, [real], options);
      expect(mismatches).toEqual([]);
      expect(resolveObject(real, parseBtf(bytes)).map(({ value }) => value)).toEqual(wanted);
    }
    const split = minimize(whole, [real], { split: true });
    expect(split.mismatches).toEqual([]);
  });
});

test('big-endian targets keep their byte order', () => {
  const object = parseBpfObject(fixtureObject('opensnoop.eb'), { name: 'opensnoop.eb' });
  const kernel = parseBtf(kernelBtf('6.12.94+deb13-s390x'));
  for (const canonical of [false, true]) {
    const { bytes, mismatches } = minimize(kernel, [object], { canonical });
    expect([...bytes.subarray(0, 2)]).toEqual([0xeb, 0x9f]);
    expect(mismatches).toEqual([]);
  }
});
