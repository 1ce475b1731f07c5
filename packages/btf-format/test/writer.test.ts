import { type BtfName, BtfBuilder, BtfKind, convertBtf, encodeBtf, IntEncoding, parseBtf } from '@btfq/btf-format';
import { fixtureTarget, fixtureTargets } from '@btfq/test-kit';
import { describe, expect, test } from 'vitest';
import { code, golden } from './golden.ts';

interface Script {
  /** One btf__add_* call a line, its arguments in libbpf's order but element before index; `~` is the empty name. */
  readonly calls: readonly string[];
  /** What libbpf returned, -1 for any error. */
  readonly results: readonly number[];
  /** btf__raw_data. */
  readonly output: string;
}

/** Does what a line says, and returns what libbpf would: an id, an offset or 0; -1 for an error. */
function replay({ calls }: Script) {
  const base = parseBtf(fixtureTarget('kinds-same'));
  let builder = new BtfBuilder();
  let littleEndian = true;
  let headerSize: 24 | 32 = 32;
  const results: number[] = [];
  for (const line of calls) {
    const [op = '', ...words] = line.split(' ');
    const name: BtfName = words[0] === '~' ? '' : (words[0] ?? '');
    const [a = 0, b = 0, c = 0] = words.slice(1).map(Number);
    const [x = 0, y = 0, z = 0] = words.map(Number);
    const act: Record<string, () => unknown> = {
      base: () => 0,
      src: () => 0,
      new: () => void (builder = new BtfBuilder({ base: x ? base : undefined, layout: y === 1 })),
      from: () => {
        builder = BtfBuilder.from(base);
        headerSize = 24;
      },
      be: () => void (littleEndian = false),
      str: () => builder.addString(name),
      int: () => builder.addInt(name, a, b),
      float: () => builder.addFloat(name, a),
      ptr: () => builder.addPtr(x),
      array: () => builder.addArray(x, y, z),
      struct: () => builder.addStruct(name, a),
      union: () => builder.addUnion(name, a),
      field: () => builder.addField(name, a, b, c),
      enum: () => builder.addEnum(name, a),
      ev: () => builder.addEnumValue(name, a),
      enum64: () => builder.addEnum64(name, a, b === 1),
      ev64: () => builder.addEnum64Value(name, BigInt(words[1]!)),
      fwd: () => builder.addFwd(name, a === 1),
      typedef: () => builder.addTypedef(name, a),
      volatile: () => builder.addVolatile(x),
      const: () => builder.addConst(x),
      restrict: () => builder.addRestrict(x),
      typetag: () => builder.addTypeTag(name, a, b === 1),
      func: () => builder.addFunc(name, a, b),
      proto: () => builder.addFuncProto(x),
      param: () => builder.addFuncParam(name, a),
      var: () => builder.addVar(name, a, b),
      datasec: () => builder.addDatasec(name, a),
      dvar: () => builder.addDatasecVar(x, y, z),
      decltag: () => builder.addDeclTag(name, a, b, c === 1),
      addtype: () => builder.addType(base, y),
      addbtf: () => builder.addBtf(base),
    };
    let result = -1;
    const failed = code(() => {
      result = (act[op]!() as number | undefined) ?? 0;
    });
    if (failed) result = -1;
    results.push(result);
  }
  return { results, bytes: builder.build({ littleEndian, headerSize }) };
}

describe('BtfBuilder', () => {
  test.each(golden<Script>('writer'))('writes what libbpf writes: script %#', (script) => {
    const { results, bytes } = replay(script);
    expect(results).toEqual(script.results);
    expect(Buffer.from(bytes).toString('base64')).toBe(script.output);
  });

  test('writes every kind that the reader knows, and reads it back', () => {
    const builder = new BtfBuilder({ layout: true });
    const int = builder.addInt('int', 4, IntEncoding.Signed);
    const proto = builder.addFuncProto(int);
    builder.addFuncParam('a', int);
    const func = builder.addFunc('f', 0, proto);
    const param = builder.addLocParam(4, 8, [1]);
    const locProto = builder.addLocProto([param, 0]);
    builder.addLocSec('inline.text');
    builder.addLocation(func, locProto, 64);
    const btf = builder.toBtf();
    expect(btf.header.layoutLen).toBe((BtfKind.LocSec + 1) * 4);
    expect(btf.kind(btf.typeCount - 1)).toBe(BtfKind.LocSec);
    expect(convertBtf(btf)).toEqual(btf.bytes);
  });

  test.each([
    ['a bitfield beyond 24 bits', (b: BtfBuilder, t: number) => b.addField('x', t, 0x1000000, 1)],
    [
      'a far member beside a bitfield',
      (b: BtfBuilder, t: number) => {
        b.addField('x', t, 0, 1);
        b.addField('y', t, 0x1000000);
      },
    ],
    [
      'a bitfield beside a far member',
      (b: BtfBuilder, t: number) => {
        b.addField('x', t, 0x1000000);
        b.addField('y', t, 0, 1);
      },
    ],
    ['a parameter of a struct', (b: BtfBuilder, t: number) => b.addFuncParam('x', t)],
    ['a name with a NUL', (b: BtfBuilder) => b.addInt('a\0b', 4)],
    ['an id above the largest', (b: BtfBuilder) => b.addPtr(0x80000000)],
    ['no id at all', (b: BtfBuilder) => b.addPtr(1.5)],
    ['DECL_TAG of component -2', (b: BtfBuilder, t: number) => b.addDeclTag('x', t, -2)],
    ['void added as a type', (b: BtfBuilder) => b.addType(b.toBtf(), 0)],
  ])('refuses %s', (_, add) => {
    const builder = new BtfBuilder();
    const int = builder.addInt('int', 4);
    builder.addStruct('s', 4);
    expect(code(() => add(builder, int))).toBe('invalid-argument');
  });

  test('takes names from another BTF byte for byte, UTF-8 or not', () => {
    const source = new BtfBuilder();
    source.addInt('?', 4);
    const bytes = source.build();
    bytes[bytes.length - 2] = 0xff;
    const btf = parseBtf(bytes);
    const builder = new BtfBuilder();
    builder.addType(btf, 1);
    expect(builder.build()).toEqual(bytes);
    const again = new BtfBuilder();
    again.addInt({ btf, offset: btf.nameOff(1) }, 4);
    expect(again.build()).toEqual(bytes);
  });

  test('split BTF over another base cannot be added', () => {
    const base = new BtfBuilder().toBtf();
    const split = new BtfBuilder({ base }).toBtf();
    expect(code(() => new BtfBuilder().addBtf(split))).toBe('unsupported');
    expect(new BtfBuilder({ base }).addBtf(split)).toBe(1);
  });

  test('split over split: ids and strings go on', () => {
    const base = new BtfBuilder();
    base.addInt('int', 4);
    const middle = new BtfBuilder({ base: base.toBtf() });
    middle.addTypedef('mine', 1);
    const top = new BtfBuilder({ base: middle.toBtf() });
    top.addTypedef('mine', 2);
    top.addStruct('own', 0);
    const btf = top.toBtf();
    expect([btf.name(1), btf.name(2), btf.name(3), btf.name(4)]).toEqual(['int', 'mine', 'mine', 'own']);
    expect(btf.nameOff(3)).toBe(btf.nameOff(2));
    expect(btf.strings.length).toBe('own'.length + 1);
    expect(btf.startId).toBe(3);
  });
});

describe('reading and writing back', () => {
  test.each(fixtureTargets())('%s gives the same bytes', (name) => {
    const bytes = fixtureTarget(name);
    const btf = parseBtf(bytes);
    expect(convertBtf(btf)).toEqual(new Uint8Array(bytes));
    const { littleEndian, words, strings, header } = btf;
    if (header.hdrLen === 24)
      expect(encodeBtf({ words, strings: strings.bytes, littleEndian })).toEqual(new Uint8Array(bytes));
    const swapped = convertBtf(btf, { littleEndian: !littleEndian });
    expect(convertBtf(parseBtf(swapped), { littleEndian })).toEqual(new Uint8Array(bytes));
  });

  test('the big-endian twin of a target is what conversion makes of it', () => {
    const little = parseBtf(fixtureTarget('kinds-same'));
    const big = parseBtf(convertBtf(little, { littleEndian: false }));
    expect(big.littleEndian).toBe(false);
    expect([...big.words]).toEqual([...little.words]);
  });

  test('a layout section is added, kept and dropped', () => {
    const btf = parseBtf(fixtureTarget('kinds-same'));
    const added = parseBtf(convertBtf(btf, { layout: true }));
    expect(added.header).toMatchObject({ hdrLen: 32, layoutLen: 80 });
    expect(convertBtf(added, { littleEndian: false }).length).toBe(added.bytes.length);
    expect(convertBtf(added, { layout: false, headerSize: 24 })).toEqual(btf.bytes);
  });

  test('a header with unknown fields is refused, or dropped where asked', () => {
    const plain = new BtfBuilder();
    plain.addInt('int', 4);
    const bytes = plain.build({ headerSize: 32 });
    const odd = new Uint8Array(bytes.length + 4);
    odd.set(bytes.subarray(0, 32));
    odd.set(bytes.subarray(32), 36);
    odd[4] = 36;
    odd[35] = 7;
    const btf = parseBtf(odd);
    expect(btf.header.unknownTail).toBe(true);
    expect(code(() => BtfBuilder.from(btf))).toBe('unsupported');
    expect(code(() => convertBtf(btf, { littleEndian: false }))).toBe('unsupported');
    expect(convertBtf(btf)).toEqual(odd);
    expect(convertBtf(btf, { dropUnknownHeader: true })).toEqual(bytes);
  });
});
