// Access strings that describe no path in the object's own types, and paths that a target does not have: one case for each
// condition of relo_core.c bpf_core_parse_spec, bpf_core_spec_match and bpf_core_match_member, on both sides of its limit.

import { RelocationKind, relocate } from '@btfq/core-reloc';
import type { BtfBytes } from '@btfq/test-kit';
import { describe, expect, it } from 'vitest';
import { answer, insn, makeObject, makeTarget } from './kit.ts';

type Types = (btf: BtfBytes) => number;

/** struct s { int a[counts...]; int last; }, or without `last`. */
const arrays =
  (counts: readonly number[], { last = true, bytes = 4 } = {}): Types =>
  (btf) => {
    const int = btf.int(`i${bytes}`, bytes);
    const array = [...counts].reverse().reduce((type, count) => btf.array(type, int, count), int);
    const size = counts.reduce((product, count) => product * count, bytes);
    const members = [{ name: 'a', type: array }];
    return btf.struct('s', size + 4, last ? [...members, { name: 'last', type: int, offset: size * 8 }] : members);
  };

/** struct s { enum e a; } */
const oneEnum = (btf: BtfBytes) => btf.type(6, 'e', 4, [btf.string('FIRST'), 0, btf.string('SECOND'), 1], 2);

/** struct s { struct { struct { ... int a[2]; } } }, `depth` structs without a name. */
const nested =
  (depth: number): Types =>
  (btf) => {
    const int = btf.int('int', 4);
    let inner = btf.struct('', 8, [{ name: 'a', type: btf.array(int, int, 2) }]);
    for (let i = 1; i < depth; i++) inner = btf.struct('', 8, [{ name: '', type: inner }]);
    return btf.struct('s', 8, [{ name: '', type: inner }]);
  };

const { FieldByteOffset, EnumvalValue } = RelocationKind;

describe('an access string', () => {
  it.each<[string, Types, string, number, number | undefined]>([
    ['the last element of an array', arrays([4]), '0:0:3', FieldByteOffset, 12],
    ['one element further', arrays([4]), '0:0:4', FieldByteOffset, undefined],
    ['an element of an array of arrays', arrays([2, 3]), '0:0:1:2', FieldByteOffset, 20],
    ['an inner index that is too large', arrays([2, 3]), '0:0:0:3', FieldByteOffset, undefined],
    ['a member further than the last', arrays([4]), '0:2', FieldByteOffset, undefined],
    ['a step into an int', arrays([4]), '0:1:0', FieldByteOffset, undefined],
    ['any element of a flexible array', arrays([0], { last: false }), '0:0:5', FieldByteOffset, 20],
    ['an element of an empty array before another member', arrays([0]), '0:0:0', FieldByteOffset, undefined],
    [
      'an element of an empty array that is the root',
      (btf) => btf.array(btf.int('s', 4), 1, 0),
      '0:0',
      FieldByteOffset,
      undefined,
    ],
    ['the last enumerator', oneEnum, '1', EnumvalValue, 1],
    ['one enumerator further', oneEnum, '2', EnumvalValue, undefined],
    ['a step into an enumerator', oneEnum, '1:0', EnumvalValue, undefined],
    ['an enumerator of a struct', arrays([4]), '0', EnumvalValue, undefined],
  ])('%s', (_, types, access, kind, value) => {
    const found = answer(types, types, kind, access);
    if (value === undefined) expect(found).toMatchObject({ reason: 'bad-spec', errno: 22 });
    else expect(found).toMatchObject({ errno: 0, value: BigInt(value) });
  });
});

describe('a target', () => {
  const refusalOf = (local: Types, target: Types, access: string) => {
    const object = makeObject({
      types: (btf) => [{ type: local(btf), access, kind: FieldByteOffset }],
      code: (to) => insn(to, 0xb7, 0, 4 * Number(access.split(':').at(-1))),
    });
    const [found] = relocate(
      object,
      makeTarget((btf) => void target(btf)),
    );
    return [found?.reason, found?.errno, found?.candidates[0]?.refusal];
  };

  it.each<[string, Types, Types, string, unknown[]]>([
    ['whose array has just enough elements', arrays([4]), arrays([3]), '0:0:2', [undefined, 0, undefined]],
    ['whose array is too short', arrays([4]), arrays([3]), '0:0:3', ['no-match', 0, 'index-out-of-range']],
    ['whose array is flexible', arrays([4]), arrays([0], { last: false }), '0:0:3', [undefined, 0, undefined]],
    [
      'whose array is empty and not the last member',
      arrays([4]),
      arrays([0]),
      '0:0:3',
      ['no-match', 0, 'index-out-of-range'],
    ],
    ['that has an int where an array was', arrays([4]), arrays([]), '0:0:3', ['no-match', 0, 'incompatible-member']],
    ['that is deep, and no deeper than a spec may be', nested(1), nested(61), '0:0:0:1', [undefined, 0, undefined]],
    ['that is deeper by one', nested(1), nested(62), '0:0:0:1', ['match-failed', 7, 'error']],
    ['that is deeper by two', nested(1), nested(63), '0:0:0:1', ['match-failed', 7, 'error']],
  ])('%s', (_, local, target, access, expected) => {
    expect(refusalOf(local, target, access)).toEqual(expected);
  });
});
