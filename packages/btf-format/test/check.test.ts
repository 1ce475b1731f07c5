import { BtfBuilder, type BtfProblem, checkBtf } from '@btfq/btf-format';
import { BtfBytes, fixtureKernels, kernelBtf } from '@btfq/test-kit';
import { describe, expect, test } from 'vitest';
import { bytesOf, code, golden } from './golden.ts';

interface Verdict {
  readonly btf: string;
  readonly message: string | null;
  readonly typeId?: number;
}

describe('checkBtf as a real kernel did', () => {
  test.each(golden<Verdict>('kernel-check'))('case %#: $message', ({ btf, message, typeId }) => {
    const [first] = checkBtf(bytesOf(btf), { kernel: { release: '6.18' } });
    expect(first?.message ?? null).toBe(message);
    if (typeId !== undefined) expect(first?.typeId).toBe(typeId);
  });

  test('a real kernel passes', () => {
    const [kernel] = fixtureKernels();
    expect(checkBtf(kernelBtf(kernel!.id), { kernel: true })).toEqual([]);
  });
});

/** The codes found by a kernel in types made by hand, with the type and element of the first. */
function kernelSays(
  make: (b: BtfBytes) => unknown,
  release?: string,
): Pick<BtfProblem, 'code' | 'typeId' | 'element'> | undefined {
  const bytes = new BtfBytes();
  make(bytes);
  const [first] = checkBtf(bytes.build(), { kernel: { release } });
  expect(first?.level ?? 'kernel').toBe('kernel');
  return first && { code: first.code, ...pick(first) };
}
const pick = ({ typeId, element }: BtfProblem) => ({
  ...(typeId === undefined ? {} : { typeId }),
  ...(element === undefined ? {} : { element }),
});

const INT = 1;
type Make = (b: BtfBytes) => unknown;
type Row = [rule: string, expected: ReturnType<typeof kernelSays>, make: Make];

/** Every rule of the kernel's checker, by hand. Type 1 is an int of 4 bytes. */
const rules: Row[] = [
  ['INT has no elements', { code: 'info', typeId: 2 }, (b) => b.type(1, 'x', 4, [32], 1)],
  ['INT has no flag', { code: 'info', typeId: 2 }, (b) => b.type(1, 'x', 4, [32], 0, true)],
  ['INT has no bits above the encoding', { code: 'int', typeId: 2 }, (b) => b.type(1, 'x', 4, [0x10000020])],
  ['INT has at most 128 bits', { code: 'int', typeId: 2 }, (b) => b.int('x', 32, 0, 120, 9)],
  ['INT fits its bytes', { code: 'int', typeId: 2 }, (b) => b.int('x', 4, 0, 33)],
  ['INT bits and offset fit its bytes', { code: 'int', typeId: 2 }, (b) => b.int('x', 4, 0, 30, 3)],
  ['INT has one encoding', { code: 'int', typeId: 2 }, (b) => b.int('x', 4, 3)],
  ['INT of an odd number of bits is fine', undefined, (b) => b.int('x', 4, 1, 3, 5)],
  ['PTR has no name', { code: 'name', typeId: 2 }, (b) => b.type(2, 'x', INT)],
  ['CONST has no name', { code: 'name', typeId: 2 }, (b) => b.type(10, 'x', INT)],
  ['VOLATILE has no elements', { code: 'info', typeId: 2 }, (b) => b.type(9, '', INT, [], 1)],
  ['RESTRICT has no flag', { code: 'info', typeId: 2 }, (b) => b.type(11, '', INT, [], 0, true)],
  ['TYPEDEF has a name', { code: 'name', typeId: 2 }, (b) => b.typedef('', INT)],
  ['TYPEDEF has an identifier', { code: 'name', typeId: 2 }, (b) => b.typedef('1x', INT)],
  ['TYPE_TAG has a value', { code: 'name', typeId: 2 }, (b) => b.typeTag('', INT)],
  ['TYPE_TAG may have any value, and the flag', undefined, (b) => b.typeTag('address_space(1)', INT, true)],
  ['ARRAY has no name', { code: 'name', typeId: 2 }, (b) => b.type(3, 'x', 0, [1, 1, 4])],
  ['ARRAY has no size', { code: 'size', typeId: 2 }, (b) => b.type(3, '', 4, [1, 1, 4])],
  ['ARRAY has elements', { code: 'type-id', typeId: 2 }, (b) => b.array(0, INT, 4)],
  ['ARRAY has an index', { code: 'type-id', typeId: 2 }, (b) => b.array(INT, 0, 4)],
  ['ARRAY has an INT as index', { code: 'type-id', typeId: 3 }, (b) => b.array(INT, b.ptr(INT), 4)],
  ['ARRAY of what has no size', { code: 'type-id', typeId: 3 }, (b) => b.array(b.fwd('f'), INT, 4)],
  ['ARRAY of odd ints', { code: 'type-id', typeId: 3 }, (b) => b.array(b.int('x', 4, 0, 3), INT, 4)],
  ['ARRAY of 4 GiB', { code: 'size', typeId: 2 }, (b) => b.array(INT, INT, 0x40000000)],
  ['STRUCT has an identifier or none', { code: 'name', typeId: 2 }, (b) => b.struct('a b', 0, [])],
  [
    'members have identifiers or none',
    { code: 'name', typeId: 2, element: 0 },
    (b) => b.struct('s', 4, [{ name: '9', type: INT }]),
  ],
  [
    'members have a type',
    { code: 'type-id', typeId: 2, element: 0 },
    (b) => b.struct('s', 4, [{ name: 'x', type: 0 }]),
  ],
  [
    'members of a union are at 0',
    { code: 'offset', typeId: 2, element: 0 },
    (b) => b.union('u', 8, [{ name: 'x', type: INT, offset: 8 }]),
  ],
  [
    'members go forward',
    { code: 'offset', typeId: 2, element: 1 },
    (b) =>
      b.struct('s', 8, [
        { name: 'x', type: INT, offset: 32 },
        { name: 'y', type: INT },
      ]),
  ],
  [
    'members begin inside',
    { code: 'offset', typeId: 2, element: 0 },
    (b) => b.struct('s', 4, [{ name: 'x', type: INT, offset: 40 }]),
  ],
  [
    'members end inside',
    { code: 'size', typeId: 2, element: 0 },
    (b) => b.struct('s', 4, [{ name: 'x', type: INT, offset: 8 }]),
  ],
  [
    'pointers are byte aligned',
    { code: 'offset', typeId: 3, element: 0 },
    (b) => b.struct('s', 16, [{ name: 'x', type: b.ptr(INT), offset: 4 }]),
  ],
  [
    'pointers end inside',
    { code: 'size', typeId: 3, element: 0 },
    (b) => b.struct('s', 4, [{ name: 'x', type: b.ptr(INT) }]),
  ],
  [
    'structs end inside',
    { code: 'size', typeId: 3, element: 0 },
    (b) => b.struct('s', 4, [{ name: 'x', type: b.struct('t', 8, []) }]),
  ],
  [
    'arrays end inside',
    { code: 'size', typeId: 3, element: 0 },
    (b) => b.struct('s', 4, [{ name: 'x', type: b.array(INT, INT, 2) }]),
  ],
  [
    'enums end inside',
    { code: 'size', typeId: 3, element: 0 },
    (b) => b.struct('s', 1, [{ name: 'x', type: b.enum('e', { A: 1 }) }]),
  ],
  [
    'floats are aligned',
    { code: 'offset', typeId: 3, element: 0 },
    (b) => b.struct('s', 16, [{ name: 'x', type: b.float('double', 8), offset: 32 }]),
  ],
  [
    'floats end inside',
    { code: 'size', typeId: 3, element: 0 },
    (b) => b.struct('s', 4, [{ name: 'x', type: b.float('double', 8) }]),
  ],
  [
    'a flexible array at the end is fine',
    undefined,
    (b) =>
      b.struct('s', 4, [
        { name: 'x', type: INT },
        { name: 'y', type: b.array(INT, INT, 0), offset: 32 },
      ]),
  ],
  [
    'bitfields are of INT or ENUM',
    { code: 'bitfield', typeId: 3, element: 0 },
    (b) => b.struct('s', 8, [{ name: 'x', type: b.ptr(INT), bits: 3 }]),
  ],
  [
    'bitfields are no wider than their INT',
    { code: 'bitfield', typeId: 2, element: 0 },
    (b) => b.struct('s', 8, [{ name: 'x', type: INT, bits: 33 }]),
  ],
  [
    'bitfields end inside',
    { code: 'size', typeId: 2, element: 0 },
    (b) => b.struct('s', 1, [{ name: 'x', type: INT, offset: 4, bits: 8 }]),
  ],
  [
    'bitfields of ENUM have at most 32 bits',
    { code: 'bitfield', typeId: 3, element: 0 },
    (b) => b.struct('s', 8, [{ name: 'x', type: b.enum('e', { A: 1 }), bits: 33 }]),
  ],
  [
    'bitfields are of whole INTs',
    { code: 'bitfield', typeId: 3, element: 0 },
    (b) => b.struct('s', 8, [{ name: 'x', type: b.int('odd', 4, 0, 5), bits: 3 }]),
  ],
  [
    'members beside bitfields begin at a byte',
    { code: 'offset', typeId: 2, element: 0 },
    (b) => b.struct('s', 8, [{ name: 'x', type: INT, offset: 4, bits: 0 }]),
  ],
  [
    'FWD is not a member',
    { code: 'type-id', typeId: 3, element: 0 },
    (b) => b.struct('s', 8, [{ name: 'x', type: b.fwd('f') }]),
  ],
  [
    'FUNC_PROTO is not a member',
    { code: 'type-id', typeId: 3, element: 0 },
    (b) => b.struct('s', 8, [{ name: 'x', type: b.funcProto(0) }]),
  ],
  [
    'a typedef of void is not a member',
    { code: 'type-id', typeId: 3, element: 0 },
    (b) => b.struct('s', 8, [{ name: 'x', type: b.typedef('v', 0) }]),
  ],
  ['ENUM has 1 to 8 bytes', { code: 'size', typeId: 2 }, (b) => b.enum('e', { A: 1 }, 3)],
  ['enumerators have names', { code: 'name', typeId: 2, element: 0 }, (b) => b.enum('e', { '': 1 })],
  ['ENUM64 has 1 to 8 bytes', { code: 'size', typeId: 2 }, (b) => b.enum64('e', { A: 1n }, 16)],
  ['FWD has a name', { code: 'name', typeId: 2 }, (b) => b.fwd('')],
  ['FWD has no type', { code: 'type-id', typeId: 2 }, (b) => b.type(7, 'f', 1)],
  ['FWD has no elements', { code: 'info', typeId: 2 }, (b) => b.type(7, 'f', 0, [], 1)],
  ['FUNC has a name', { code: 'name', typeId: 3 }, (b) => b.func('', b.funcProto(0))],
  ['FUNC is static or global', { code: 'linkage', typeId: 3 }, (b) => b.func('f', b.funcProto(0), 2)],
  [
    'FUNC names its parameters',
    { code: 'argument', typeId: 3, element: 0 },
    (b) => b.func('f', b.funcProto(0, [['', INT]])),
  ],
  ['FUNC_PROTO has no name', { code: 'name', typeId: 2 }, (b) => b.type(13, 'p', 0)],
  ['results have a size', { code: 'argument', typeId: 3 }, (b) => b.funcProto(b.fwd('f'))],
  ['parameters have a size', { code: 'argument', typeId: 3, element: 0 }, (b) => b.funcProto(0, [['x', b.fwd('f')]])],
  [
    'only the last parameter is ...',
    { code: 'argument', typeId: 2, element: 0 },
    (b) =>
      b.funcProto(0, [
        ['', 0],
        ['x', INT],
      ]),
  ],
  ['... has no name', { code: 'argument', typeId: 2, element: 0 }, (b) => b.funcProto(0, [['x', 0]])],
  ['parameters have identifiers', { code: 'argument', typeId: 2, element: 0 }, (b) => b.funcProto(0, [['-', INT]])],
  ['VAR has a name', { code: 'name', typeId: 2 }, (b) => b.var('', INT)],
  ['VAR has a type', { code: 'type-id', typeId: 2 }, (b) => b.var('v', 0)],
  ['VAR is static or global', { code: 'linkage', typeId: 2 }, (b) => b.var('v', INT, 2)],
  ['VAR has a size', { code: 'type-id', typeId: 3 }, (b) => b.var('v', b.fwd('f'))],
  ['DATASEC has a size', { code: 'size', typeId: 2 }, (b) => b.datasec('.data', 0, [])],
  ['DATASEC has a printable name', { code: 'name', typeId: 2 }, (b) => b.datasec('a\n', 4, [])],
  ['DATASEC has variables', { code: 'type-id', typeId: 2, element: 0 }, (b) => b.datasec('.data', 4, [[INT, 0, 4]])],
  [
    'variables go forward',
    { code: 'offset', typeId: 3, element: 1 },
    (b) => {
      const v = b.var('v', INT);
      b.datasec('.data', 8, [
        [v, 0, 4],
        [v, 2, 4],
      ]);
    },
  ],
  [
    'variables have a size',
    { code: 'size', typeId: 3, element: 0 },
    (b) => b.datasec('.data', 8, [[b.var('v', INT), 0, 0]]),
  ],
  [
    'variables end inside',
    { code: 'offset', typeId: 3, element: 0 },
    (b) => b.datasec('.data', 4, [[b.var('v', INT), 2, 4]]),
  ],
  [
    'variables hold their type',
    { code: 'size', typeId: 3, element: 0 },
    (b) => b.datasec('.data', 4, [[b.var('v', INT), 0, 2]]),
  ],
  ['FLOAT has 2, 4, 8, 12 or 16 bytes', { code: 'size', typeId: 2 }, (b) => b.float('f', 3)],
  ['DECL_TAG has a value', { code: 'name', typeId: 3 }, (b) => b.declTag('', b.struct('s', 0, []))],
  ['DECL_TAG is on a declaration', { code: 'type-id', typeId: 2 }, (b) => b.declTag('t', INT)],
  ['DECL_TAG counts from -1', { code: 'component', typeId: 3 }, (b) => b.declTag('t', b.struct('s', 0, []), -2)],
  [
    'DECL_TAG is on a member that is there',
    { code: 'component', typeId: 3 },
    (b) => b.declTag('t', b.struct('s', 4, [{ name: 'x', type: INT }]), 1),
  ],
  [
    'DECL_TAG is on a parameter that is there',
    { code: 'component', typeId: 4 },
    (b) => b.declTag('t', b.func('f', b.funcProto(0)), 0),
  ],
  [
    'DECL_TAG is on no member of a variable',
    { code: 'component', typeId: 3 },
    (b) => b.declTag('t', b.var('v', INT), 0),
  ],
  ['a typedef of itself', { code: 'loop', typeId: 2 }, (b) => b.typedef('t', b.nextId)],
  ['a struct in itself', { code: 'loop', typeId: 2 }, (b) => b.struct('s', 8, [{ name: 'x', type: b.nextId }])],
  ['an array of itself', { code: 'loop', typeId: 2 }, (b) => b.array(b.nextId, INT, 1)],
  ['pointers in a circle', { code: 'loop', typeId: 2 }, (b) => b.ptr(b.nextId)],
  [
    'a struct that points to itself is fine',
    undefined,
    (b) => b.struct('s', 8, [{ name: 'x', type: b.ptr(b.nextId + 1) }]),
  ],
  ['kinds end with ENUM64', { code: 'kind', typeId: 2 }, (b) => b.type(20, '', 4, [8])],
];

describe('the rules of a kernel', () => {
  test.each(rules)('%s', (_, expected, make) => {
    const says = kernelSays((b) => {
      b.int('int', 4, 1);
      make(b);
    });
    expect(says).toEqual(expected);
  });

  test('32 types may be followed, not 33', () => {
    const chain = (length: number) => (b: BtfBytes) => {
      for (let id = 1; id < length; id++) b.ptr(id + 1);
      b.int('int', 4);
    };
    expect(kernelSays(chain(33))).toBeUndefined();
    expect(kernelSays(chain(34))).toEqual({ code: 'depth', typeId: 1 });
  });

  test('each independent problem is told once', () => {
    const b = new BtfBytes();
    b.int('int', 4);
    b.typedef('loop', 2);
    b.struct('uses', 8, [{ name: 'x', type: 2 }]);
    b.struct('short', 2, [{ name: 'x', type: 1 }]);
    expect(checkBtf(b.build(), { kernel: true }).map(({ code, typeId }) => [code, typeId])).toEqual([
      ['loop', 2],
      ['size', 4],
    ]);
  });

  test.each<[string, Make, string]>([
    ['FUNC before 5.0', (b) => b.func('f', b.funcProto(0), 0), '4.20'],
    ['global FUNC before 5.6', (b) => b.func('f', b.funcProto(0), 1), '5.5'],
    ['DATASEC before 5.2', (b) => b.datasec('.data', 4, [[b.var('v', INT), 0, 4]]), '5.1'],
    ['FLOAT before 5.13', (b) => b.float('f', 4), '5.12'],
    ['DECL_TAG before 5.16', (b) => b.declTag('t', b.var('v', INT)), '5.15'],
    ['TYPE_TAG before 5.17', (b) => b.typeTag('t', INT), '5.16'],
    ['ENUM64 before 6.0', (b) => b.enum64('e', { A: 1n }), '5.19'],
    ['signed ENUM before 6.0', (b) => b.enum('e', { A: -1 }, 4, true), '5.19'],
    ['a section ?x before 6.9', (b) => b.datasec('?x', 4, [[b.var('v', INT), 0, 4]]), '6.8'],
    ['tags behind modifiers before 7.1', (b) => b.const(b.typeTag('t', INT)), '6.18'],
  ])('%s', (_, make, release) => {
    const withInt = (b: BtfBytes) => {
      b.int('int', 4);
      make(b);
    };
    expect(kernelSays(withInt)).toBeUndefined();
    expect(kernelSays(withInt, release)).toBeDefined();
  });
});

describe('the file as a whole', () => {
  const file = () => {
    const b = new BtfBuilder();
    b.addInt('int', 4);
    return b;
  };
  const says = (bytes: Uint8Array, release?: string) => checkBtf(bytes, { kernel: { release } })[0]?.code;

  test('version, flags, gaps, trailing bytes and emptiness', () => {
    const bytes = file().build();
    expect(says(bytes)).toBeUndefined();
    expect(says(bytes.with(2, 2))).toBe('kernel-header');
    expect(says(bytes.with(3, 1))).toBe('kernel-header');
    expect(says(Uint8Array.from([...bytes, 0]))).toBe('kernel-sections');
    expect(says(new BtfBuilder().build())).toBe('no-types');
  });

  test('16 MiB are the most of a program, and of where names may begin', () => {
    const b = new BtfBytes();
    b.string('x'.repeat(0x1000000));
    b.struct('late', 0, []);
    const bytes = b.build();
    expect(checkBtf(bytes, { kernel: { as: 'program' } })).toMatchObject([{ code: 'too-big' }]);
    expect(checkBtf(bytes, { kernel: { as: 'kernel' } })).toMatchObject([{ code: 'name', typeId: 1 }]);
  });

  test('a layout section is known since 7.1', () => {
    const bytes = file().build({ layout: true });
    expect(says(bytes)).toBeUndefined();
    expect(says(bytes, '7.0')).toBe('kernel-header');
    expect(says(file().build({ headerSize: 32 }), '7.0')).toBeUndefined();
  });

  test('split BTF is asked what a module is', () => {
    const base = file().toBtf();
    const split = new BtfBuilder({ base });
    split.addStruct('s', 1);
    split.addField('x', 1, 0); // too small, which a kernel does not look for in a module
    expect(checkBtf(split.build(), { base, kernel: true })).toEqual([]);
    split.addTypedef('1', 1);
    expect(checkBtf(split.build(), { base, kernel: true })).toMatchObject([{ code: 'name', typeId: 3, offset: 48 }]);
  });

  test('what libbpf refuses is one problem', () => {
    expect(checkBtf(new Uint8Array(4), { kernel: true })).toMatchObject([
      { level: 'libbpf', code: 'not-btf', offset: 0 },
    ]);
    expect(code(() => checkBtf(file().build(), { kernel: { release: 'x' } }))).toBe('invalid-argument');
  });
});
