// Split BTF over bases that it was split from, and over others.
import { type Btf, BtfBuilder, baseMismatch, parseBtf } from '@btfq/btf-format';
import { describe, expect, test } from 'vitest';

/** A base with these structs of 8 bytes, whose strings and ids shift with the names. */
function base(...names: string[]): Btf {
  const builder = new BtfBuilder();
  const int = builder.addInt('int', 4, 1);
  for (const name of names) {
    builder.addStruct(name, 8);
    builder.addField('first', int, 0);
  }
  builder.addFuncProto(int);
  return builder.toBtf();
}

/** A module with a struct whose member is the base's last struct, named by one of the base's strings. */
function split(over: Btf): Uint8Array {
  const builder = new BtfBuilder({ base: over });
  builder.addStruct('first', 16);
  builder.addField('beta', over.typeCount - 2, 64);
  return builder.build();
}

const own = base('alpha', 'beta');

describe('a base', () => {
  test('that it was split from is taken', () => {
    expect(baseMismatch(parseBtf(split(own), { base: own }))).toBeUndefined();
  });

  test('is not asked for by BTF without one', () => {
    expect(baseMismatch(own)).toBeUndefined();
  });

  test.each([
    ['whose strings lie elsewhere', base('alphabet', 'b'), 'name-inside-string'],
    ['whose strings are shorter by one', base('alph', 'beta'), 'name-inside-string'],
  ])('%s is refused', (_, other, code) => {
    const btf = parseBtf(split(own), { base: other });
    expect(baseMismatch(btf)).toMatchObject({ code, typeId: other.typeCount });
  });

  test.each([
    ['a prototype', (to: Btf) => to.typeCount - 1, 0],
    ['something that ends behind the struct', () => 2, 96],
  ])('where a member is %s is refused', (_, type, at) => {
    const builder = new BtfBuilder({ base: own });
    builder.addStruct('holder', 16);
    builder.addField('member', type(own), at);
    expect(baseMismatch(builder.toBtf())).toMatchObject({ code: 'impossible-layout', typeId: own.typeCount });
  });

  test('where an array is of functions is refused', () => {
    const builder = new BtfBuilder({ base: own });
    builder.addArray(own.typeCount - 1, 1, 4);
    expect(baseMismatch(builder.toBtf())).toMatchObject({ code: 'impossible-layout' });
  });
});
