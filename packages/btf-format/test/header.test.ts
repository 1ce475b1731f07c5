import {
  type BtfErrorCode,
  BtfBuilder,
  BtfKind,
  convertBtf,
  decodeType,
  isBtf,
  parseBtf,
  parseHeader,
} from '@btfq/btf-format';
import { BtfBytes, ByteWriter } from '@btfq/test-kit';
import { describe, expect, test } from 'vitest';
import { code } from './golden.ts';

/** A header of `words` u32 after magic, version and flags; then `rest`. */
function file(words: readonly number[], rest: readonly number[] = [], littleEndian = true): Uint8Array {
  return new ByteWriter(littleEndian)
    .u16(0xeb9f)
    .u8(1, 0)
    .u32(...words)
    .u8(...rest)
    .bytes();
}
/** One INT named `a`, as words, and its strings. */
const INT = [1, 0, 0, 0, 0, 0, 0, 1, 4, 0, 0, 0, 32, 0, 0, 0];
const STRINGS = [0, 0x61, 0];

describe.each([true, false])('the header, little-endian: %s', (littleEndian) => {
  const int = littleEndian ? INT : [0, 0, 0, 1, 1, 0, 0, 0, 0, 0, 0, 4, 0, 0, 0, 32];
  const make = (words: readonly number[], rest: readonly number[]) => file(words, rest, littleEndian);

  test('24 bytes, 32 without a layout section, and longer with zeros', () => {
    for (const hdrLen of [24, 28, 32, 36, 64]) {
      const bytes = make([hdrLen, 0, 16, 16, 3], [...new Array<number>(hdrLen - 24).fill(0), ...int, ...STRINGS]);
      const btf = parseBtf(bytes);
      expect([btf.name(1), btf.header.hdrLen, btf.header.unknownTail, btf.littleEndian]).toEqual([
        'a',
        hdrLen,
        false,
        littleEndian,
      ]);
      expect(convertBtf(parseBtf(convertBtf(btf, { littleEndian: !littleEndian })), { littleEndian })).toEqual(bytes);
    }
  });

  test('unknown fields that are not zero are kept and told', () => {
    const bytes = make([36, 0, 16, 16, 3, 0, 0, 7], [...int, ...STRINGS]);
    expect(parseHeader(bytes).unknownTail).toBe(true);
    expect(convertBtf(parseBtf(bytes))).toEqual(bytes);
  });

  test.each<[string, BtfErrorCode, number, readonly number[], readonly number[]]>([
    ['hdr_len below 24', 'bad-header', 4, [20, 0, 16, 16, 3], [...INT, ...STRINGS]],
    ['hdr_len beyond the file', 'truncated', 4, [99, 0, 16, 16, 3], [...INT, ...STRINGS]],
    ['strings beyond the file', 'truncated', 16, [24, 0, 16, 16, 4], [...INT, ...STRINGS]],
    ['types in the strings', 'bad-header', 8, [24, 0, 20, 16, 3], [...INT, ...STRINGS]],
    ['types not aligned', 'bad-header', 8, [24, 2, 14, 16, 3], [...INT, ...STRINGS]],
    [
      'layout not aligned',
      'bad-header',
      24,
      [32, 0, 16, 24, 3, 18, 4],
      [...INT, ...new Array<number>(8).fill(0), ...STRINGS],
    ],
    [
      'layout in the types',
      'bad-header',
      24,
      [32, 0, 16, 24, 3, 12, 4],
      [...INT, ...new Array<number>(8).fill(0), ...STRINGS],
    ],
    [
      'layout in the strings',
      'bad-header',
      24,
      [32, 0, 16, 20, 3, 16, 8],
      [...INT, ...new Array<number>(8).fill(0), ...STRINGS],
    ],
    [
      'layout of no whole entries',
      'bad-layout',
      28,
      [32, 0, 16, 24, 3, 16, 6],
      [...INT, ...new Array<number>(8).fill(0), ...STRINGS],
    ],
    ['no strings', 'bad-strings', 40, [24, 0, 16, 16, 0], INT],
    ['a first string that is not empty', 'bad-strings', 40, [24, 0, 16, 16, 3], [...INT, 0x61, 0x61, 0]],
    ['a last string without end', 'bad-strings', 42, [24, 0, 16, 16, 3], [...INT, 0, 0x61, 0x61]],
    ['types of no whole words', 'bad-type', 39, [24, 0, 15, 16, 3], [...INT, ...STRINGS]],
  ])('%s', (_, expected, offset, words, rest) => {
    const bytes = make(words, rest);
    expect(code(() => parseBtf(bytes))).toBe(expected);
    try {
      parseBtf(bytes);
    } catch (error) {
      expect((error as { offset: number }).offset).toBe(offset);
    }
  });
});

describe('what is not a BTF', () => {
  test.each<[string, BtfErrorCode, Uint8Array]>([
    ['nothing', 'not-btf', new Uint8Array(0)],
    ['another magic', 'not-btf', new Uint8Array(64)],
    ['a magic alone', 'truncated', Uint8Array.of(0x9f, 0xeb)],
    ['23 bytes', 'truncated', file([24, 0, 0, 0]).subarray(0, 23)],
  ])('%s', (_, expected, bytes) => {
    expect(code(() => parseBtf(bytes))).toBe(expected);
  });

  test('the header of the first 4.18 patches is told apart', () => {
    // parent_label, parent_name, label_off, object_off, func_off, type_off, str_off, str_len
    const old = file([0, 0, 0, 0, 0, 0, 16, 3], [...INT, ...STRINGS]);
    expect(code(() => parseBtf(old))).toBe('prerelease-header');
    expect(code(() => parseBtf(file([0, 0, 0, 0, 0, 0, 16, 3], [...INT, ...STRINGS], false)))).toBe(
      'prerelease-header',
    );
    expect(code(() => parseBtf(file([0, 0, 16, 16, 3], [...INT, ...STRINGS])))).toBe('bad-header');
  });

  test('isBtf asks the magic in either order', () => {
    expect([isBtf(Uint8Array.of(0x9f, 0xeb)), isBtf(Uint8Array.of(0xeb, 0x9f)), isBtf(Uint8Array.of(0x9f))]).toEqual([
      true,
      true,
      false,
    ]);
  });
});

describe('records', () => {
  const parse = (make: (b: BtfBytes) => unknown) => {
    const b = new BtfBytes();
    b.int('int', 4);
    make(b);
    return () => parseBtf(b.build());
  };
  test.each<[string, BtfErrorCode | undefined, (b: BtfBytes) => unknown]>([
    ['a kind beyond the table', 'unknown-kind', (b) => b.type(23, '', 0)],
    ['kind 0', 'unknown-kind', (b) => b.type(0, '', 0)],
    ['members cut off', 'bad-type', (b) => b.type(4, 's', 8, [0, 1], 1)],
    ['a cut-off record', 'bad-type', (b) => b.types.u32(0, 0)],
    ['vlen of 24 bits', 'bad-type', (b) => b.type(4, 's', 8, [], 0xffffff)],
    ['a name outside', 'bad-string-offset', (b) => b.types.u32(999, 2 << 24, 1)],
    ['a name beyond 2 GiB', 'bad-string-offset', (b) => b.types.u32(0xffffffff, 2 << 24, 1)],
    ['a member name outside', 'bad-string-offset', (b) => b.type(4, 's', 8, [999, 1, 0], 1)],
    ['an enumerator outside', 'bad-string-offset', (b) => b.type(6, 'e', 4, [999, 1], 1)],
    ['an enumerator of 64 bits outside', 'bad-string-offset', (b) => b.type(19, 'e', 8, [999, 1, 0], 1)],
    ['a parameter name outside', 'bad-string-offset', (b) => b.type(13, '', 0, [999, 1], 1)],
    ['a pointer outside', 'bad-type-id', (b) => b.ptr(3)],
    ['a pointer beyond 2^31', 'bad-type-id', (b) => b.ptr(0xffffffff)],
    ['a pointer to itself is fine', undefined, (b) => b.ptr(2)],
    ['an element outside', 'bad-type-id', (b) => b.array(9, 1, 1)],
    ['an index outside', 'bad-type-id', (b) => b.array(1, 9, 1)],
    ['a member outside', 'bad-type-id', (b) => b.struct('s', 8, [{ name: 'x', type: 9 }])],
    ['a parameter outside', 'bad-type-id', (b) => b.funcProto(0, [['x', 9]])],
    ['a result outside', 'bad-type-id', (b) => b.funcProto(9)],
    ['a variable outside', 'bad-type-id', (b) => b.datasec('.data', 4, [[9, 0, 4]])],
    ['a tag outside', 'bad-type-id', (b) => b.declTag('t', 9)],
    ['a location outside', 'bad-type-id', (b) => b.type(21, '', 0, [9], 1)],
    ['an inlined call outside', 'bad-type-id', (b) => b.type(22, 's', 0, [1, 9, 0], 1)],
    ['a function of an int', 'bad-type', (b) => b.func('f', 1)],
    ['a function of a later int', 'bad-type', (b) => [b.func('f', 3), b.int('long', 8)]],
    ['a function of void', 'bad-type', (b) => b.func('f', 0)],
    ['a function of a later prototype', undefined, (b) => [b.func('f', 3), b.funcProto(0)]],
  ])('%s', (_, expected, make) => {
    expect(code(parse(make))).toBe(expected);
  });

  test('errors tell the type and the byte', () => {
    try {
      parse((b) => b.struct('s', 8, [{ name: 'x', type: 9 }]))();
      expect.unreachable();
    } catch (error) {
      expect(error).toMatchObject({ code: 'bad-type-id', typeId: 2, offset: 24 + 16 + 16, expected: 'below 3' });
    }
  });

  test('a kind that only the layout section knows is stepped over', () => {
    const b = new BtfBytes();
    b.int('int', 4);
    b.type(30, 'new', 0, [7, 8, 9], 1); // 4 bytes and 8 an element
    b.ptr(1);
    const plain = parseBtf.bind(undefined, b.build());
    expect(code(plain)).toBe('unknown-kind');
    const rows = new Uint8Array(31 * 4);
    rows.set([4, 8], 30 * 4);
    const bytes = withLayout(b, rows);
    const btf = parseBtf(bytes);
    expect(btf.typeCount).toBe(4);
    expect(decodeType(btf, 2)).toEqual({ id: 2, kind: BtfKind.Unknown, name: 'new' });
    expect(convertBtf(btf)).toEqual(bytes);
    expect(code(() => convertBtf(btf, { littleEndian: false }))).toBe('unsupported');
    // split BTF falls back to the layout of its base
    const split = new BtfBytes({ firstId: 4, firstString: btf.stringEnd });
    split.type(30, '', 0, [7, 8, 9], 1);
    expect(parseBtf(split.build(), { base: btf }).typeCount).toBe(5);
    // a row of odd sizes is an error only where such a type is
    rows.set([3, 8], 30 * 4);
    expect(code(() => parseBtf(withLayout(b, rows)))).toBe('unknown-kind');
  });
});

/** What `BtfBytes` built, with a 32-byte header and a layout section of these rows. */
function withLayout(b: BtfBytes, rows: Uint8Array): Uint8Array {
  const [types, strings] = [b.types.bytes(), b.strings.bytes()];
  return new ByteWriter(true)
    .u16(0xeb9f)
    .u8(1, 0)
    .u32(32, 0, types.length, types.length + rows.length, strings.length, types.length, rows.length)
    .raw(types)
    .raw(rows)
    .raw(strings)
    .bytes();
}

describe('split BTF', () => {
  test('may have no strings of its own', () => {
    const base = new BtfBuilder();
    base.addInt('int', 4);
    const split = new BtfBuilder({ base: base.toBtf() });
    split.addPtr(1);
    split.addTypedef('int', 1);
    const btf = split.toBtf();
    expect(btf.header.strLen).toBe(0);
    expect([btf.name(3), btf.typeCount]).toEqual(['int', 4]);
    expect(code(() => parseBtf(btf.bytes))).toBe('bad-strings');
  });

  test('refers to types and strings of its base and its own, not beyond', () => {
    const base = new BtfBuilder().toBtf();
    const split = new BtfBytes({ firstId: 1, firstString: 1 });
    split.ptr(2);
    expect(code(() => parseBtf(split.build(), { base }))).toBe('bad-type-id');
  });
});
