// Dumps of BTF that no compiler makes: odd names and values, split BTF, the newest kinds, and what has no end.
// Where bpftool 7.8 is at hand (BPFTOOL or the path) it is asked too.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BtfError, collectBytes, dumpC, dumpJson, dumpRaw, dumpTypeC, parseBtf } from '@btfq/btf-format';
import { BtfBytes, ByteWriter } from '@btfq/test-kit';
import { afterAll, describe, expect, test } from 'vitest';

const latin1 = (bytes: Uint8Array) => Buffer.from(bytes).toString('latin1');
const bpftool = process.env['BPFTOOL'] ?? 'bpftool';
const hasBpftool = spawnSync(bpftool, ['version']).stdout?.toString().includes('v7.8') ?? false;
const folder = hasBpftool ? mkdtempSync(join(tmpdir(), 'btfq-dump-')) : '';
afterAll(() => hasBpftool && rmSync(folder, { recursive: true }));

/** What bpftool prints, or undefined where there is none. */
function ask(bytes: Uint8Array, args: readonly string[], base?: Uint8Array): string | undefined {
  if (!hasBpftool) return undefined;
  const file = join(folder, 'asked.btf');
  writeFileSync(file, bytes);
  if (base !== undefined) writeFileSync(join(folder, 'base.btf'), base);
  const split = base === undefined ? [] : ['-B', join(folder, 'base.btf')];
  return spawnSync(bpftool, [...split, 'btf', 'dump', 'file', file, ...args], { maxBuffer: 1 << 26 }).stdout.toString(
    'latin1',
  );
}

function expectRaw(bytes: Uint8Array, expected: string): void {
  expect(latin1(collectBytes((sink) => dumpRaw(parseBtf(bytes), sink)))).toBe(expected);
  expect(ask(bytes, []) ?? expected).toBe(expected);
}

/** The types of a dump to C, without what stands around them. */
function bodyOf(text: string): string {
  return text.slice(text.lastIndexOf('#endif\n\n', text.indexOf('/* BPF kfuncs')) + 8, text.indexOf('\n/* BPF kfuncs'));
}

function expectC(bytes: Uint8Array, expected: string, sorted = true): void {
  const whole = latin1(collectBytes((sink) => dumpC(parseBtf(bytes), sink, { sorted })));
  expect(bodyOf(whole)).toBe(expected);
  expect(ask(bytes, ['format', 'c', ...(sorted ? [] : ['unsorted'])]) ?? whole).toBe(whole);
}

const INT = "[1] INT 'int' size=4 bits_offset=0 nr_bits=32 encoding=SIGNED\n";

describe('raw', () => {
  test('LOC_PARAM, LOC_PROTO and LOCSEC as bpftool that knows them prints them', () => {
    const b = new BtfBytes();
    const int = b.int('int', 4, 1);
    const proto = b.funcProto(
      int,
      ['arg1', 'arg2', 'arg3', 'arg4', 'arg5'].map((name) => [name, int] as const),
    );
    const func = b.func('foo', proto, 0);
    const locParam = (size: number, flags: number, ...values: number[]) =>
      b.type(20, '', size, [flags, ...values.map((value) => value >>> 0)], values.length);
    const params = [
      locParam(4, 8, 1),
      locParam(8, 0x38, 2, 0x10),
      locParam(8, 0x29, -1, -0x10),
      locParam(8, 6, 0x9abcdef0, 0x12345678),
      locParam(8, 2, 0xfeedface, 0xdeadbeef),
      locParam(8, 0x39, -1, -0x20),
    ];
    const locProto = b.type(21, '', 0, params, params.length);
    b.type(22, 'inline.text', 0, [func, locProto, 64], 1);
    const text = latin1(collectBytes((sink) => dumpRaw(parseBtf(b.build()), sink)));
    expect(text).toBe(
      `[1] INT 'int' size=4 bits_offset=0 nr_bits=32 encoding=SIGNED
[2] FUNC_PROTO '(anon)' ret_type_id=1 vlen=5
	'arg1' type_id=1
	'arg2' type_id=1
	'arg3' type_id=1
	'arg4' type_id=1
	'arg5' type_id=1
[3] FUNC 'foo' type_id=2 linkage=static
[4] LOC_PARAM '(anon)' size=4 flags=0x8 vlen=1 values='reg1'
[5] LOC_PARAM '(anon)' size=8 flags=0x38 vlen=2 values='*(reg2 + 0x10)'
[6] LOC_PARAM '(anon)' size=8 flags=0x29 vlen=2 values='fbreg - 0x10'
[7] LOC_PARAM '(anon)' size=8 flags=0x6 vlen=2 values='0x123456789abcdef0 (addr)'
[8] LOC_PARAM '(anon)' size=8 flags=0x2 vlen=2 values='0xdeadbeeffeedface'
[9] LOC_PARAM '(anon)' size=8 flags=0x39 vlen=2 values='*(fbreg - 0x20)'
[10] LOC_PROTO '(anon)' vlen=6
	type_id=4 value='reg1'
	type_id=5 value='*(reg2 + 0x10)'
	type_id=6 value='fbreg - 0x10'
	type_id=7 value='0x123456789abcdef0 (addr)'
	type_id=8 value='0xdeadbeeffeedface'
	type_id=9 value='*(fbreg - 0x20)'
[11] LOCSEC 'inline.text' vlen=1
	name='foo' func_type_id=3 loc_proto_type_id=10 offset=64
`,
    );
    const { types } = JSON.parse(latin1(collectBytes((sink) => dumpJson(parseBtf(b.build()), sink))));
    expect(types[8]).toEqual({
      id: 9,
      kind: 'LOC_PARAM',
      name: '(anon)',
      size: 8,
      flags: 0x39,
      vlen: 2,
      values: '*(fbreg - 0x20)',
    });
    expect(types[9].params[0]).toEqual({ type_id: 4, value: 'reg1' });
    expect(types[10].locs).toEqual([{ name: 'foo', func_type_id: 3, loc_proto_type_id: 10, offset: 64 }]);
    // they declare nothing in C
    expect(bodyOf(latin1(collectBytes((sink) => dumpC(parseBtf(b.build()), sink))))).toBe('');
  });

  test('a kind that only the layout section sizes has a kind and a name', () => {
    const b = new BtfBytes();
    b.type(23, 'later', 7, [1, 2, 3], 1);
    b.int('int', 4);
    const plain = b.build();
    const types = plain.subarray(24, 24 + b.types.length);
    const layout = new ByteWriter(true)
      .raw(new Uint8Array(23 * 4))
      .u8(4, 8, 0, 0)
      .bytes();
    const strings = plain.subarray(24 + types.length);
    const bytes = new ByteWriter(true)
      .u16(0xeb9f)
      .u8(1, 0)
      .u32(32, 0, types.length, types.length + layout.length, strings.length, types.length, layout.length)
      .raw(types)
      .raw(layout)
      .raw(strings)
      .bytes();
    expectRaw(bytes, "[1] UNKNOWN 'later'\n[2] INT 'int' size=4 bits_offset=0 nr_bits=32 encoding=(none)\n");
  });

  test('values that mean nothing, and names of every kind', () => {
    const b = new BtfBytes();
    b.int('both', 4, 3, 31, 1);
    b.int('', 16, 4, 8);
    const v = b.var('v', 1, 7);
    b.type(12, 'f', b.funcProto(0, [['', 0]]), [], 9);
    b.datasec('.data', 8, [
      [v, 0, 4],
      [1, 4, 4],
      [0, 0xffffffff, 0],
    ]);
    b.declTag('tag', v, -5, true);
    b.type(4, '', 0x80000001, [b.string('m'), 0, 0xff000001], 1, true);
    b.enum('e', { A: -1, B: 0x7fffffff }, 4, true);
    b.enum('u', { A: -1, B: 0x7fffffff });
    b.enum64('e64', { A: -1n }, 8, true);
    b.enum64('u64', { A: -1n });
    b.fwd('s');
    b.fwd('u', true);
    expectRaw(
      b.build(),
      `[1] INT 'both' size=4 bits_offset=1 nr_bits=31 encoding=UNKN
[2] INT '(anon)' size=16 bits_offset=0 nr_bits=8 encoding=BOOL
[3] VAR 'v' type_id=1, linkage=(unknown)
[4] FUNC_PROTO '(anon)' ret_type_id=0 vlen=1
	'(anon)' type_id=0
[5] FUNC 'f' type_id=4 linkage=(unknown)
[6] DATASEC '.data' size=8 vlen=3
	type_id=3 offset=0 size=4 (VAR 'v')
	type_id=1 offset=4 size=4 (INT 'both')
	type_id=0 offset=4294967295 size=0 (UNKNOWN '(anon)')
[7] DECL_TAG 'tag' type_id=3 component_idx=-5
[8] STRUCT '(anon)' size=2147483649 vlen=1
	'm' type_id=0 bits_offset=1 bitfield_size=255
[9] ENUM 'e' encoding=SIGNED size=4 vlen=2
	'A' val=-1
	'B' val=2147483647
[10] ENUM 'u' encoding=UNSIGNED size=4 vlen=2
	'A' val=4294967295
	'B' val=2147483647
[11] ENUM64 'e64' encoding=SIGNED size=8 vlen=1
	'A' val=-1LL
[12] ENUM64 'u64' encoding=UNSIGNED size=8 vlen=1
	'A' val=18446744073709551615ULL
[13] FWD 's' fwd_kind=struct
[14] FWD 'u' fwd_kind=union
`,
    );
    const json = latin1(collectBytes((sink) => dumpJson(parseBtf(b.build()), sink)));
    expect(json).toContain(
      '"name":"u","encoding":"UNSIGNED","size":4,"vlen":2,"values":[{"name":"A","val":18446744073709551615}',
    );
    expect(ask(b.build(), ['-j']) ?? json).toBe(json);
    const pretty = latin1(collectBytes((sink) => dumpJson(parseBtf(b.build()), sink, { pretty: true })));
    expect(ask(b.build(), ['-p']) ?? pretty).toBe(pretty);
  });

  test('names are copied as the bytes that they are', () => {
    const b = new BtfBytes();
    b.int('int', 4, 1);
    b.struct('caf\u00e9 \t\n\r\f\b\\"\'/\x01\x7f', 4, []);
    const bytes = b.build();
    bytes[bytes.indexOf(0xc3)] = 0xff; // no UTF-8 at all
    const name = 'caf\xff\xa9 \t\n\r\f\b\\"\'/\x01\x7f';
    expectRaw(bytes, `${INT}[2] STRUCT '${name}' size=4 vlen=0\n`);
    const json = latin1(collectBytes((sink) => dumpJson(parseBtf(bytes), sink)));
    expect(json).toBe(
      `{"types":[{"id":1,"kind":"INT","name":"int","size":4,"bits_offset":0,"nr_bits":32,"encoding":"SIGNED"},` +
        `{"id":2,"kind":"STRUCT","name":"caf\xff\xa9 \\t\\n\\r\\f\\b\\\\\\"'/\x01\x7f","size":4,"vlen":0,"members":[]}]}\n`,
    );
    expect(ask(bytes, ['-j']) ?? json).toBe(json);
    expectC(bytes, `struct ${name} {\n\tint: 32;\n};\n\n`);
  });

  test('no types at all', () => {
    const bytes = new BtfBytes().build();
    expectRaw(bytes, '');
    for (const pretty of [false, true]) {
      const json = latin1(collectBytes((sink) => dumpJson(parseBtf(bytes), sink, { pretty })));
      expect(json).toBe(pretty ? '{\n    "types": []\n}\n' : '{"types":[]}\n');
      expect(ask(bytes, [pretty ? '-p' : '-j']) ?? json).toBe(json);
    }
    expectC(bytes, '');
  });

  test('types by id, void included', () => {
    const b = new BtfBytes();
    b.int('int', 4, 1);
    b.ptr(1);
    const btf = parseBtf(b.build());
    const text = latin1(collectBytes((sink) => dumpRaw(btf, sink, { ids: [2, 0] })));
    expect(text).toBe("[2] PTR '(anon)' type_id=1\n[0] UNKNOWN '(anon)'\n");
    expect(ask(b.build(), ['root_id', '2', 'root_id', '0']) ?? text).toBe(text);
    for (const dump of [dumpRaw, dumpJson, dumpC]) {
      expect(codeOf(() => dump(btf, () => {}, { ids: [3] }))).toBe('bad-type-id');
    }
    expect(codeOf(() => dumpTypeC(btf, -1))).toBe('bad-type-id');
  });

  test('a name longer than the output buffer', () => {
    const b = new BtfBytes();
    const name = 'x'.repeat(1_000_000);
    b.fwd(name);
    b.fwd(`${name}"`);
    expectRaw(b.build(), `[1] FWD '${name}' fwd_kind=struct\n[2] FWD '${name}"' fwd_kind=struct\n`);
    const { types } = JSON.parse(latin1(collectBytes((sink) => dumpJson(parseBtf(b.build()), sink))));
    expect(types[1].name).toBe(`${name}"`);
  });
});

describe('split BTF', () => {
  const base = new BtfBytes();
  base.int('long', 8, 1);
  base.struct('shared', 8, [{ name: 'a', type: 1 }]);
  const split = new BtfBytes({ firstId: base.nextId, firstString: base.strings.length });
  const own = split.struct('own', 16, [
    { name: 's', type: 2 },
    { name: 'p', type: split.nextId + 1, offset: 64 },
  ]);
  split.ptr(own);
  split.types.u32(base.string('shared'), (4 << 24) >>> 0, 0); // a name of the base's
  const btf = parseBtf(split.build(), { base: parseBtf(base.build()) });

  test('raw has its own types, with names of either', () => {
    const text = latin1(collectBytes((sink) => dumpRaw(btf, sink)));
    expect(text).toBe(
      "[3] STRUCT 'own' size=16 vlen=2\n\t's' type_id=2 bits_offset=0\n\t'p' type_id=4 bits_offset=64\n" +
        "[4] PTR '(anon)' type_id=3\n[5] STRUCT 'shared' size=0 vlen=0\n",
    );
    expect(ask(split.build(), [], base.build()) ?? text).toBe(text);
    const json = latin1(collectBytes((sink) => dumpJson(btf, sink)));
    expect(ask(split.build(), ['-j'], base.build()) ?? json).toBe(json);
  });

  test('C has the base too', () => {
    const text = latin1(collectBytes((sink) => dumpC(btf, sink)));
    expect(bodyOf(text)).toBe(
      'struct shared {\n\tlong a;\n};\n\nstruct own {\n\tstruct shared s;\n\tstruct own *p;\n};\n\nstruct shared___2 {};\n\n',
    );
    expect(ask(split.build(), ['format', 'c'], base.build()) ?? text).toBe(text);
  });
});

describe('C', () => {
  test('anonymous enums: the first in order is left out, as bpftool does', () => {
    const b = new BtfBytes();
    b.enum('', { B: 1 });
    b.enum('', { A: 2 });
    expectC(b.build(), 'enum {\n\tB = 1,\n};\n\n');
    expectC(b.build(), 'enum {\n\tB = 1,\n};\n\nenum {\n\tA = 2,\n};\n\n', false);
  });

  test('attributes and tags; no space before a modifier of a tag, as in bpftool, and none at all of an array', () => {
    const b = new BtfBytes();
    const int = b.int('int', 4, 1);
    const arena = b.ptr(b.typeTag('address_space(1)', int, true));
    const user = b.ptr(b.const(b.typeTag('user', int)));
    const array = b.const(b.typeTag('dropped', b.array(int, int, 2)));
    const s = b.struct('s', 24, [
      { name: 'a', type: arena },
      { name: 'b', type: user, offset: 64 },
      { name: 'c', type: array, offset: 128 },
    ]);
    b.declTag('arena', s, 0, true);
    expectC(
      b.build(),
      `struct s {
	int __attribute__((address_space(1))) *a;
	intconst  __attribute__((btf_type_tag("user"))) *b;
	int c[2];
};

`,
    );
  });

  test("names of 256 bytes and more are cut where libbpf's buffer ends", () => {
    const b = new BtfBytes();
    const name = 'n'.repeat(254);
    for (let i = 0; i < 2; i++) b.struct(name, 0, []);
    expectC(b.build(), `struct ${name} {};\n\nstruct ${name}_ {};\n\n`, false);
  });

  test('deep nesting within the limit', () => {
    const b = new BtfBytes();
    let type = b.int('int', 4, 1);
    for (let i = 0; i < 150; i++) type = b.struct('', 4, [{ name: `m${i}`, type }]);
    b.struct('outer', 4, [{ name: 'x', type }]);
    let pointer = 1;
    for (let i = 0; i < 500; i++) pointer = b.ptr(pointer);
    b.typedef('stars', pointer);
    const whole = latin1(collectBytes((sink) => dumpC(parseBtf(b.build()), sink)));
    expect(whole).toContain(`typedef int ${'*'.repeat(500)}stars;`);
    expect(ask(b.build(), ['format', 'c']) ?? whole).toBe(whole);
  });

  test('a huge array, a huge struct, offsets beyond all ints', () => {
    const b = new BtfBytes();
    const int = b.int('int', 4, 1);
    const huge = b.array(int, int, 0xffffffff);
    b.struct('a', 0xffffffff, [
      { name: 'x', type: huge },
      { name: 'y', type: int, offset: 0xffffffff },
    ]);
    b.struct('b', 0xfffffff0, [{ name: 'y', type: int, offset: 0xffffffe0 }]);
    const whole = latin1(collectBytes((sink) => dumpC(parseBtf(b.build()), sink)));
    expect(ask(b.build(), ['format', 'c']) ?? whole).toBe(whole);
  });
});

describe('what has no end', () => {
  test.each<[string, sorted: string | undefined, unsorted: string, (b: BtfBytes) => void]>([
    ['a struct that contains itself', 'unsupported', 'unsupported', (b) => b.struct('s', 4, [{ name: 'a', type: 2 }])],
    ['a typedef of itself', 'unsupported', 'limit', (b) => b.typedef('t', 2)],
    ['a const of itself', 'unsupported', 'limit', (b) => b.const(2)],
    ['an array of itself', 'unsupported', 'limit', (b) => b.array(2, 1, 3)],
    [
      'a prototype that takes a pointer to itself',
      'limit',
      'limit',
      (b) => {
        b.ptr(3);
        b.funcProto(0, [['f', 2]]);
      },
    ],
    [
      'anonymous structs that point to each other',
      'unsupported',
      'unsupported',
      (b) => {
        b.struct('', 8, [{ name: 'a', type: 3 }]);
        b.ptr(2);
      },
    ],
    [
      'a thousand structs within each other',
      'limit',
      'limit',
      (b) => {
        for (let i = 1000; i > 1; i--) b.struct('', 4, [{ name: 'm', type: b.nextId + 1 }]);
        b.struct('', 4, []);
      },
    ],
    [
      'anonymous structs that double at each level',
      'limit',
      'limit',
      (b) => {
        for (let i = 1; i < 40; i++)
          b.struct(
            '',
            4,
            ['x', 'y'].map((name) => ({ name, type: i })),
          );
        b.struct('root', 4, [{ name: 'm', type: 40 }]);
      },
    ],
    [
      'prototypes that double at each level',
      undefined, // sorted, they are seen to lead to nothing
      'limit',
      (b) => {
        for (let i = 1; i < 40; i++)
          b.funcProto(
            0,
            ['x', 'y'].map((name) => [name, i] as const),
          );
      },
    ],
  ])('%s', (_, sorted, unsorted, add) => {
    const b = new BtfBytes();
    b.int('int', 4, 1);
    add(b);
    const btf = parseBtf(b.build());
    expect(codeOf(() => dumpC(btf, () => {}, { maxBytes: 1 << 20 }))).toBe(sorted);
    expect(codeOf(() => dumpC(btf, () => {}, { maxBytes: 1 << 20, sorted: false }))).toBe(unsorted);
    collectBytes((sink) => dumpRaw(btf, sink));
    collectBytes((sink) => dumpJson(btf, sink));
  });

  test('a dump longer than it may be', () => {
    const b = new BtfBytes();
    b.int('int', 4);
    b.struct('padded', 0x0fffffff, []);
    const btf = parseBtf(b.build());
    expect(codeOf(() => dumpC(btf, () => {}, { maxBytes: 1 << 20 }))).toBe('limit');
    for (let i = 0; i < 10_000; i++) b.ptr(1);
    const many = parseBtf(b.build());
    expect(codeOf(() => dumpRaw(many, () => {}, { maxBytes: 1000 }))).toBe('limit');
    expect(codeOf(() => dumpJson(many, () => {}, { maxBytes: 1000 }))).toBe('limit');
  });

  test('what came before the error is written', () => {
    const b = new BtfBytes();
    b.fwd('before');
    b.struct('s', 4, [{ name: 'a', type: 2 }]);
    let text = '';
    expect(codeOf(() => dumpC(parseBtf(b.build()), (chunk) => (text += latin1(chunk)), { sorted: false }))).toBe(
      'unsupported',
    );
    expect(text).toMatch(/struct before;\n\n$/);
    expect(ask(b.build(), ['format', 'c', 'unsorted']) ?? text).toBe(text);
  });
});

function codeOf(run: () => unknown): string | undefined {
  try {
    run();
  } catch (error) {
    if (error instanceof BtfError) return error.code;
    throw error;
  }
  return undefined;
}
