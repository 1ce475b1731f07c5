// The three relations between local and target types, as tables, in both directions where that makes sense, and in both
// byte orders. The rules are in relo_core.c above bpf_core_fields_are_compat, bpf_core_types_are_compat and
// __bpf_core_types_match.

import { RelocationKind } from '@btfq/core-reloc';
import type { BtfBytes } from '@btfq/test-kit';
import { describe, expect, it } from 'vitest';
import { answer } from './kit.ts';

type Make = (btf: BtfBytes) => number;

const int: Make = (b) => b.int('int', 4, 1);
const u32: Make = (b) => b.int('u32', 4);
const long: Make = (b) => b.int('long', 8, 1);
const oldBitfield: Make = (b) => b.int('int', 4, 1, 5, 3);
const float: Make = (b) => b.float('float', 4);
const double: Make = (b) => b.float('double', 8);
const struct: Make = (b) => b.struct('s', 4, [{ name: 'a', type: int(b) }]);
const structB: Make = (b) => b.struct('s', 8, [{ name: 'b', type: long(b) }]);
const otherStruct: Make = (b) => b.struct('other', 4, [{ name: 'a', type: int(b) }]);
const union: Make = (b) => b.union('s', 4, [{ name: 'a', type: int(b) }]);
const fwd: Make = (b) => b.fwd('s');
const fwdFlavoured: Make = (b) => b.fwd('s___v2');
const fwdUnion: Make = (b) => b.fwd('s', true);
const enumE: Make = (b) => b.enum('e', { A: 0, B: 1 });
const enumMore: Make = (b) => b.enum('e___new', { C: 0, A: 1, B: 9 });
const enumFewer: Make = (b) => b.enum('e', { A: 0 });
const enumSmall: Make = (b) => b.enum('e', { A: 0, B: 1 }, 1);
const enumOther: Make = (b) => b.enum('f', { A: 0, B: 1 });
const enumAnonymous: Make = (b) => b.enum('', { A: 0, B: 1 });
const enum64: Make = (b) => b.enum64('e', { A: 0n, B: 1n });
const enum64Small: Make = (b) => b.enum64('e', { A: 0n, B: 1n }, 4);
const ptr =
  (to: Make): Make =>
  (b) =>
    b.ptr(to(b));
const array =
  (of: Make, count = 3): Make =>
  (b) =>
    b.array(of(b), u32(b), count);
const typedef =
  (of: Make): Make =>
  (b) =>
    b.typedef('alias', of(b));
const modified =
  (of: Make): Make =>
  (b) =>
    b.const(b.volatile(b.typeTag('user', of(b))));
const voidType: Make = () => 0;
const func =
  (returns: Make, ...params: Make[]): Make =>
  (b) => {
    const result = returns(b);
    return b.funcProto(
      result,
      params.map((param, i) => [`p${i}`, param(b)] as const),
    );
  };
const nested =
  (depth: number): Make =>
  (b) => {
    let id = int(b);
    for (let i = 0; i < depth; i++) id = b.ptr(id);
    return id;
  };
const member =
  (of: Make, name = 'm'): Make =>
  (b) =>
    b.struct('s', 64, [{ name, type: of(b) }]);

type Row = readonly [local: Make, target: Make, expected: boolean];
const orders = [true, false] as const;

/** `t` is a typedef of the type, so that its name is found whatever the type is. */
const asRoot =
  (make: Make): Make =>
  (b) =>
    b.typedef('t', make(b));
/** The type as the only member of a struct. */
const asField =
  (make: Make): Make =>
  (b) =>
    b.struct('holder', 64, [{ name: 'x', type: make(b) }]);

describe('fields are compatible', () => {
  const rows: Readonly<Record<string, Row>> = {
    'integers of other sizes and signs': [int, long, true],
    'an old-style bitfield integer': [int, oldBitfield, false],
    floats: [float, double, true],
    'integer and float': [int, float, false],
    'structs of any names': [struct, otherStruct, true],
    'struct and union': [struct, union, true],
    'struct and integer': [struct, int, false],
    'pointers to anything': [ptr(int), ptr(struct), true],
    'pointer and integer': [ptr(int), long, false],
    'pointer and array': [ptr(int), array(int), false],
    'arrays of other lengths': [array(int, 3), array(long, 7), true],
    'arrays of other elements': [array(int), array(ptr(int)), false],
    'arrays of other dimensions': [array(array(int)), array(int), false],
    'enums by name': [enumE, enumMore, true],
    'enums of other names': [enumE, enumOther, false],
    'an anonymous enum': [enumE, enumAnonymous, true],
    'enum and enum64': [enumE, enum64, true],
    'enum and integer': [enumE, int, false],
    'forward declarations by name': [fwd, fwdFlavoured, true],
    'typedefs and qualifiers aside': [typedef(int), modified(long), true],
    'prototypes by value': [func(int), func(int), false],
    'forward declaration and struct': [fwd, struct, false],
  };
  it.each(Object.entries(rows))('%s', (_, [local, target, expected]) => {
    for (const littleEndian of orders) {
      const ask = (a: Make, b: Make) =>
        answer(asField(a), asField(b), RelocationKind.FieldExists, '0:0', { littleEndian }).value;
      expect(ask(local, target)).toBe(expected ? 1n : 0n);
      expect(ask(target, local)).toBe(expected ? 1n : 0n);
    }
  });
});

describe('types are compatible', () => {
  const rows: Readonly<Record<string, Row>> = {
    'integers of other sizes and signs': [int, long, true],
    'an old-style bitfield integer': [int, oldBitfield, false],
    'floats are not known to this relation': [float, float, false],
    'structs of any names': [struct, otherStruct, true],
    'struct and union': [struct, union, false],
    'struct and forward declaration': [struct, fwd, false],
    'forward declarations': [fwd, fwdUnion, true],
    'enums of other sizes and names': [enumSmall, enumOther, true],
    'enum and enum64': [enumE, enum64, true],
    'pointers to the same kind': [ptr(int), ptr(long), true],
    'pointers to other kinds': [ptr(int), ptr(struct), false],
    'pointer to void': [ptr(voidType), ptr(voidType), true],
    'arrays of other lengths': [array(int, 3), array(long, 7), true],
    'prototypes with the same signature': [func(int, long, ptr(struct)), func(long, int, ptr(otherStruct)), true],
    'prototypes with other parameters': [func(int, long), func(int, ptr(int)), false],
    'prototypes with fewer parameters': [func(int, long), func(int), false],
    'prototypes that return other kinds': [func(int), func(voidType), false],
    'typedefs and qualifiers aside': [typedef(int), modified(long), true],
    'nested 31 deep': [nested(31), nested(31), true],
  };
  it.each(Object.entries(rows))('%s', (_, [local, target, expected]) => {
    for (const littleEndian of orders) {
      const ask = (a: Make, b: Make) => answer(asRoot(a), asRoot(b), RelocationKind.TypeExists, '0', { littleEndian });
      expect(ask(local, target)).toMatchObject({ errno: 0, value: expected ? 1n : 0n });
      expect(ask(target, local)).toMatchObject({ errno: 0, value: expected ? 1n : 0n });
    }
  });

  it('gives up where libbpf does: nested 32 deep', () => {
    const deep = answer(asRoot(nested(32)), asRoot(nested(32)), RelocationKind.TypeExists);
    expect(deep).toMatchObject({ errno: 22, reason: 'match-failed' });
  });
});

describe('types match', () => {
  const rows: Readonly<Record<string, Row>> = {
    'the same integer': [int, int, true],
    'another size': [int, long, false],
    'another sign': [(b) => b.int('n', 4, 1), (b) => b.int('n', 4), false],
    'another name': [int, u32, false],
    'fewer local members': [
      struct,
      (b) =>
        b.struct('s', 8, [
          { name: 'z', type: long(b) },
          { name: 'a', type: int(b) },
        ]),
      true,
    ],
    'a missing member': [struct, structB, false],
    'a member of another type': [member(int), member(long), false],
    'a member with a flavour in its name': [member(int, 'm'), member(int, 'm___v2'), true],
    'a member that is a pointer to a struct, by name only': [member(ptr(struct)), member(ptr(structB)), true],
    'a member that is a struct, by its members': [
      (b) => b.struct('outer', 8, [{ name: 'm', type: struct(b) }]),
      (b) => b.struct('outer', 8, [{ name: 'm', type: structB(b) }]),
      false,
    ],
    'pointer to struct and to its forward declaration': [ptr(struct), ptr(fwd), true],
    'pointer to forward declaration and to struct': [ptr(fwd), ptr(struct), true],
    'pointer to struct and to a union declared forward': [ptr(struct), ptr(fwdUnion), false],
    'pointer to union and to a union declared forward': [ptr(union), ptr(fwdUnion), true],
    'struct and its forward declaration by value': [struct, fwd, false],
    'forward declarations of the same kind': [fwd, fwdFlavoured, true],
    'forward declarations of other kinds': [fwd, fwdUnion, false],
    'struct and union': [struct, union, false],
    'an enum with more enumerators': [enumE, enumMore, true],
    'an enum with fewer enumerators': [enumE, enumFewer, false],
    'an enum of another size': [enumE, enumSmall, false],
    'enum and enum64 of one size': [enumE, enum64Small, true],
    'arrays of one length': [array(int, 3), array(int, 3), true],
    'arrays of another length': [array(int, 3), array(int, 4), false],
    'prototypes by parameter': [func(int, long, ptr(struct)), func(int, long, ptr(structB)), true],
    'prototypes with another parameter': [func(int, long), func(int, int), false],
    'prototypes with another result': [func(int), func(long), false],
    'pointer to void': [ptr(voidType), ptr(voidType), true],
    'floats are not known to this relation': [float, float, false],
  };
  it.each(Object.entries(rows))('%s', (_, [local, target, expected]) => {
    for (const littleEndian of orders) {
      const found = answer(asRoot(local), asRoot(target), RelocationKind.TypeMatches, '0', { littleEndian });
      expect(found).toMatchObject({ errno: 0, value: expected ? 1n : 0n });
    }
  });

  it('ends on types that contain themselves', () => {
    const endless: Make = (b) => {
      const id = b.nextId;
      const members = Array.from({ length: 8 }, (_, i) => ({ name: `m${i}`, type: id, offset: 0 }));
      return b.struct('t', 8, members);
    };
    expect(answer(endless, endless, RelocationKind.TypeMatches).errno).toBeGreaterThan(0);
  });
});
