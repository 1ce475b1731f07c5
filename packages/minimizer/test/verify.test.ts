// The proof must be able to fail: what bpftool marks is not always enough for libbpf's loader, which drops candidates
// from one relocation to the next.

import { parseBtf } from '@btfq/btf-format';
import { RelocationKind, resolveObject } from '@btfq/core-reloc';
import { minimize } from '@btfq/minimizer';
import { expect, test } from 'vitest';
import { makeObject, makeTarget } from './kit.ts';

const { FieldByteOffset, TypeIdTarget } = RelocationKind;

// both structs have x, only the second has z: marking x in the first and z in the second leaves neither with both
const object = makeObject((btf) => {
  const int = btf.int('int', 4, 1);
  const thing = btf.struct('thing', 8, [
    { name: 'x', type: int },
    { name: 'z', type: int, offset: 32 },
  ]);
  return [
    { type: thing, kind: FieldByteOffset, access: '0:0' },
    { type: thing, kind: FieldByteOffset, access: '0:1' },
  ];
});
const target = makeTarget((btf) => {
  const int = btf.int('int', 4, 1);
  btf.struct('thing', 4, [{ name: 'x', type: int }]);
  btf.struct('thing', 16, [
    { name: 'x', type: int },
    { name: 'z', type: int, offset: 64 },
  ]);
});

test('a relocation that the marked BTF would change is found', () => {
  const { mismatches, bytes } = minimize(target, [object]);
  expect(mismatches).toMatchObject([
    {
      object: 'made.bpf.o',
      program: 'prog',
      type: 'thing',
      access: '0:1',
      expected: '8/0',
      found: 'p',
      rules: 'loader',
    },
  ]);
  expect(mismatches[0]?.source?.line).toBe(12);
  // without the proof, the same bytes
  expect(minimize(target, [object], { verify: false })).toMatchObject({ bytes, mismatches: [] });
});

test('the canonical BTF gives both', () => {
  const { bytes, form, mismatches } = minimize(target, [object], { canonical: true });
  expect({ form, mismatches }).toEqual({ form: 'canonical', mismatches: [] });
  expect(resolveObject(object, parseBtf(bytes)).map(({ value }) => value)).toEqual([0n, 8n]);
});

test('ids are compared by what they name', () => {
  const asksId = makeObject((btf) => [{ type: btf.struct('thing', 8, []), kind: TypeIdTarget }]);
  const flavoured = makeTarget((btf) => {
    btf.int('int', 4, 1);
    btf.struct('thing___v2', 4, []);
  });
  for (const canonical of [false, true]) {
    const { bytes, mismatches } = minimize(flavoured, [asksId], { canonical });
    expect(mismatches).toEqual([]);
    const minimal = parseBtf(bytes);
    expect(minimal.name(Number(resolveObject(asksId, minimal)[0]?.value))).toBe('thing___v2');
  }
});
