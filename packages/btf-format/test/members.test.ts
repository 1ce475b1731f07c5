import {
  alignOf,
  BtfBuilder,
  BtfKind,
  declarationContent,
  declarationHash,
  equalDeclarations,
  findByName,
  findMember,
  idsByEssentialName,
  idsByName,
  parseBtf,
  pointerSize,
  resolveSize,
} from '@btfq/btf-format';
import { fixtureKernels, kernelBtf, oracleJson } from '@btfq/test-kit';
import { describe, expect, test } from 'vitest';
import { code } from './golden.ts';

describe('findMember', () => {
  const b = new BtfBuilder();
  const int = b.addInt('int', 4, 1);
  const array = b.addArray(int, int, 4);
  const matrix = b.addArray(array, int, 3);
  const inner = b.addStruct('', 8);
  b.addField('deep', int, 0);
  b.addField('bits', int, 35, 3);
  const choice = b.addUnion('', 8);
  b.addField('', inner, 0);
  b.addField('whole', int, 0);
  const named = b.addStruct('named', 12);
  b.addField('first', int, 0);
  b.addField('list', array, 32);
  const typedef = b.addConst(b.addTypedef('named_t', named));
  const outer = b.addStruct('outer', 100);
  b.addField('head', int, 0);
  b.addField('', choice, 64);
  b.addField('se', typedef, 128);
  b.addField('grid', matrix, 256);
  b.addField('next', outer + 1, 640);
  b.addField('flexible', array, 704);
  b.addField('opaque', outer + 2, 800);
  b.addPtr(outer);
  b.addFwd('missing');
  const btf = b.toBtf();

  test.each([
    ['head', 0, 32, int, false],
    ['deep', 64, 32, int, false],
    ['bits', 99, 3, int, true],
    ['whole', 64, 32, int, false],
    ['se', 128, 160 - 64, typedef, false],
    ['se.first', 128, 32, int, false],
    ['se.list[3]', 256, 32, int, false],
    ['grid', 256, 384, matrix, false],
    ['grid[2]', 512, 128, array, false],
    ['grid[2][1]', 544, 32, int, false],
    ['flexible[9]', 992, 32, int, false],
    ['opaque', 800, undefined, outer + 2, false],
  ])('%s', (path, bitOffset, bitSize, type, isBitfield) => {
    expect(findMember(btf, outer, path)).toEqual({ bitOffset, bitSize, type, isBitfield });
  });

  test.each(['none', 'head.x', 'next.head', 'head[0]', 'se[0]', 'se.first.x', 'opaque.x'])(
    '%s is not there',
    (path) => {
      expect(findMember(btf, outer, path)).toBeUndefined();
    },
  );

  test.each(['', '.', 'a..b', '.a', 'a.', '[0]', 'a[', 'a[x]', 'a b', 'a->b', '3'])('%j is not a path', (path) => {
    expect(code(() => findMember(btf, outer, path))).toBe('invalid-argument');
  });

  test('bitfields of the time before kflag: the INT tells', () => {
    const raw = new BtfBuilder();
    raw.addInt('unsigned int', 4);
    raw.addStruct('s', 4);
    raw.addField('x', 1, 8);
    const bytes = raw.build();
    bytes[24 + 12] = 5; // five bits
    bytes[24 + 14] = 2; // from bit 2 on
    expect(findMember(parseBtf(bytes), 2, 'x')).toEqual({ bitOffset: 10, bitSize: 5, isBitfield: true, type: 1 });
  });

  test('structs that contain themselves without a name end', () => {
    const loop = new BtfBuilder();
    loop.addStruct('s', 8);
    loop.addField('', 1, 0);
    expect(findMember(loop.toBtf(), 1, 'x')).toBeUndefined();
  });

  interface Place {
    readonly bitOffset: number;
    /** 0 where it is no bitfield. */
    readonly bitSize: number;
  }
  const oracle = oracleJson<Record<string, Record<string, Place | null>>>('task_struct.json');
  test.each(fixtureKernels().map(({ id }) => id))('task_struct of %s is where bpftool shows it', (id) => {
    const kernel = parseBtf(kernelBtf(id));
    const task = findByName(kernel, 'task_struct', BtfKind.Struct) as number;
    const fields = Object.entries(oracle[id] ?? {});
    expect(fields.length).toBeGreaterThan(0);
    for (const [path, place] of fields) {
      const found = findMember(kernel, task, path);
      const ours = found && { bitOffset: found.bitOffset, bitSize: found.isBitfield ? found.bitSize : 0 };
      expect([path, ours ?? null]).toEqual([path, place]);
    }
  });
});

describe('declarations', () => {
  /** struct foo { int a; struct { struct bar *b; }; u8 c : 3 } in two orders, with or without bar's definition. */
  const make = (shuffled: boolean, bits = 3) => {
    const b = new BtfBuilder({ littleEndian: !shuffled });
    if (shuffled) {
      b.addString('padding');
      b.addFloat('double', 8);
    }
    const bar = shuffled ? b.addFwd('bar') : b.addStruct('bar', 64);
    const ptr = b.addPtr(bar);
    const inner = b.addStruct('', 8);
    b.addField('b', ptr, 0);
    const int = b.addInt('int', 4, 1);
    const foo = b.addStruct('foo', 24);
    b.addField('a', int, 0);
    b.addField('', inner, 64);
    b.addField('c', int, 128, bits);
    return { btf: b.toBtf(), foo, int, bar };
  };
  const [one, two, other] = [make(false), make(true), make(false, 4)];

  test('are the same whatever ids, strings and byte order', () => {
    expect(declarationContent(one.btf, one.foo)).toEqual(declarationContent(two.btf, two.foo));
    expect(declarationHash(one.btf, one.foo)).toBe(declarationHash(two.btf, two.foo));
    expect(equalDeclarations(one.btf, one.foo, two.btf, two.foo)).toBe(true);
  });

  test('differ in what they say', () => {
    expect(declarationHash(one.btf, one.foo)).not.toBe(declarationHash(other.btf, other.foo));
    expect(equalDeclarations(one.btf, one.foo, other.btf, other.foo)).toBe(false);
    expect(equalDeclarations(one.btf, one.bar, two.btf, two.bar)).toBe(false); // defined here, declared there
    expect(equalDeclarations(one.btf, one.foo, one.btf, one.int)).toBe(false);
  });

  test('hash to 16 digits that stay the same', () => {
    expect(declarationHash(one.btf, one.foo)).toMatchInlineSnapshot(`"c947d65ac1ed5b96"`);
  });

  test('that contain themselves without a name are refused', () => {
    const b = new BtfBuilder();
    b.addPtr(2);
    b.addPtr(1);
    expect(code(() => declarationHash(b.toBtf(), 1))).toBe('limit');
    const wide = new BtfBuilder();
    wide.addInt('int', 4);
    for (let id = 1; id < 60; id++) {
      wide.addStruct('', 4);
      wide.addField('', id, 0);
      wide.addField('', id, 0);
    }
    expect(code(() => declarationHash(wide.toBtf(), 60))).toBe('limit');
  });
});

describe('sizes and alignments', () => {
  const b = new BtfBuilder();
  const int = b.addInt('int', 4);
  const long = b.addInt('long unsigned int', 8);
  const ptr = b.addPtr(0);
  const array = b.addArray(b.addConst(long), int, 3);
  const packed = b.addStruct('packed', 9);
  b.addField('a', int, 0);
  b.addField('b', int, 40);
  const oddSize = b.addStruct('odd', 5);
  b.addField('a', int, 0);
  const aligned = b.addStruct('aligned', 16);
  b.addField('a', int, 0);
  b.addField('b', ptr, 64);
  const empty = b.addStruct('empty', 0);
  const fwd = b.addFwd('fwd');
  const variable = b.addVar('v', 1, array);
  const huge = b.addArray(b.addArray(int, int, 0x40000000), int, 4);
  const none = b.addArray(int, int, 0);
  const loop = b.addTypedef('loop', b.typeCount);
  const btf = b.toBtf();

  test.each([
    ['int', int, 4, 4],
    ['long', long, 8, 8],
    ['pointer', ptr, 8, 8],
    ['array', array, 24, 8],
    ['packed by offset', packed, 9, 1],
    ['packed by size', oddSize, 5, 1],
    ['aligned', aligned, 16, 8],
    ['empty', empty, 0, 1],
    ['forward', fwd, undefined, undefined],
    ['variable', variable, 24, undefined],
    ['4 GiB', huge, undefined, 4],
    ['flexible', none, 0, 4],
    ['void', 0, undefined, undefined],
  ])('%s', (_, id, size, alignment) => {
    expect([resolveSize(btf, id), alignOf(btf, id)]).toEqual([size, alignment]);
  });

  test('circles end', () => {
    expect(resolveSize(btf, loop)).toBeUndefined();
    expect(code(() => alignOf(btf, loop))).toBe('limit');
  });

  test('the pointer size is that of long, the base first', () => {
    const small = new BtfBuilder();
    small.addInt('long int', 4);
    const base = small.toBtf();
    const split = new BtfBuilder({ base });
    split.addInt('unsigned long', 8);
    expect([
      pointerSize(btf),
      pointerSize(base),
      pointerSize(split.toBtf()),
      pointerSize(new BtfBuilder().toBtf()),
    ]).toEqual([8, 4, 4, undefined]);
    expect(resolveSize(base, 1)).toBe(4);
  });
});

describe('names', () => {
  const b = new BtfBuilder();
  b.addStruct('foo', 4); // 1
  b.addStruct('foo___old', 4); // 2
  b.addUnion('foo', 4); // 3
  b.addStruct('foo___', 4); // 4
  const base = b.toBtf();
  const s = new BtfBuilder({ base });
  s.addStruct('foo', 8); // 5
  s.addStruct('foo___new', 8); // 6
  const btf = s.toBtf();

  test('the lowest id of a name and kind, the base first; every time', () => {
    for (let time = 0; time < 3; time++) {
      expect(findByName(btf, 'foo')).toBe(1);
      expect(findByName(btf, 'foo', BtfKind.Union)).toBe(3);
      expect(findByName(btf, 'foo___new', BtfKind.Struct)).toBe(6);
      expect(findByName(btf, 'foo___ne')).toBeUndefined();
      expect(findByName(btf, 'void')).toBe(0);
    }
  });

  test('all ids of a name, and of a name in any flavour', () => {
    expect(idsByName(btf, 'foo')).toEqual([1, 3, 5]);
    expect(idsByEssentialName(btf, 'foo')).toEqual([1, 2, 3, 5, 6]);
    expect(idsByEssentialName(btf, 'foo', true)).toEqual([5, 6]);
    expect(idsByEssentialName(btf, 'foo___')).toEqual([4]);
    expect(idsByName(btf, 'bar')).toEqual([]);
  });

  test('all names of a kernel are found where they are', () => {
    const kernel = parseBtf(kernelBtf('5.10.0-32-cloud-amd64'));
    for (let id = 1; id < kernel.typeCount; id += 97) {
      const name = kernel.name(id);
      if (name !== '') expect(idsByName(kernel, name)).toContain(id);
    }
  });
});
