// What holds from one relocation to the next, where candidates come from, what becomes of instructions, and the words.

import { parseBtf } from '@btfq/btf-format';
import {
  explainReason,
  applyRelocations,
  formatRefusal,
  formatResult,
  formatSpec,
  formatSpecInC,
  RelocationKind,
  relocate,
  resolveObject,
} from '@btfq/core-reloc';
import { BtfBytes, ByteWriter } from '@btfq/test-kit';
import { describe, expect, it } from 'vitest';
import { insn, makeObject, makeTarget, type ObjectSpec } from './kit.ts';

/** struct s { int a; int b; } and records for a, b, a. */
const threeFields: ObjectSpec['types'] = (btf) => {
  const int = btf.int('int', 4, 1);
  const type = btf.struct('s', 8, [
    { name: 'a', type: int },
    { name: 'b', type: int, offset: 32 },
  ]);
  return ['0:0', '0:1', '0:0'].map((access) => ({ type, access, kind: RelocationKind.FieldByteSize }));
};
/** Two types named s: one has a of 4 bytes, the other a of 8 and b. */
const twins = makeTarget((btf) => {
  const int = btf.int('int', 4, 1);
  const long = btf.int('long', 8, 1);
  btf.struct('s', 4, [{ name: 'a', type: int }]);
  btf.struct('s___2', 16, [
    { name: 'a', type: long },
    { name: 'b', type: long, offset: 64 },
  ]);
});
const sizes: ObjectSpec['code'] = (to) => {
  for (const size of [4, 4, 4]) insn(to, 0xb7, 0, size);
};

describe('candidates from one relocation to the next', () => {
  const object = makeObject({ types: threeFields, code: sizes });

  it('loader: what did not match is dropped for the type', () => {
    const [first, second, third] = relocate(object, twins);
    expect(first).toMatchObject({ outcome: 'failed', reason: 'value-ambiguity', errno: 22 });
    expect(second).toMatchObject({ outcome: 'applied', newValue: 8n });
    expect(third).toMatchObject({ outcome: 'applied', newValue: 8n });
    expect(third?.candidates.map(({ refusal }) => refusal)).toEqual(['pruned', undefined]);
    expect(second?.candidates).toMatchObject([{ refusal: 'missing-member', name: 'b' }, { matched: true }]);
  });
  it('independent: every relocation sees all', () => {
    const [first, , third] = relocate(object, twins, { rules: 'independent' });
    expect(first).toMatchObject({ outcome: 'failed', reason: 'value-ambiguity' });
    expect(third).toMatchObject({ outcome: 'failed', reason: 'value-ambiguity' });
  });
  it('loader: records of programs that are not loaded take no part, with bpftool they do', () => {
    const optional = makeObject({ types: threeFields, code: sizes, section: '?raw_tp/x' });
    expect(optional.programs[0]?.autoload).toBe(false);
    expect(resolveObject(optional, twins)[2]).toMatchObject({ errno: 22 });
    expect(resolveObject(optional, twins, { rules: 'bpftool' })[2]).toMatchObject({ errno: 0, value: 8n });
  });
  it('an anonymous root type has the error number of each', () => {
    const anonymous = makeObject({
      types: (btf) => [
        {
          type: btf.struct('', 4, [{ name: 'a', type: btf.int('int', 4) }]),
          access: '0:0',
          kind: RelocationKind.FieldExists,
        },
      ],
    });
    expect(resolveObject(anonymous, twins)[0]).toMatchObject({ errno: 22, reason: 'anonymous-type' });
    expect(resolveObject(anonymous, twins, { rules: 'bpftool' })[0]).toMatchObject({ errno: 95 });
    expect(resolveObject(anonymous, twins, { rules: 'independent' })[0]).toMatchObject({ errno: 95 });
  });
  it('equal questions share an answer', () => {
    const answers = resolveObject(
      object,
      makeTarget((btf) => void threeFields(btf)),
    );
    expect(answers[0]).toBe(answers[2]);
    expect(answers[0]).not.toBe(answers[1]);
  });
});

describe('modules', () => {
  const base = new BtfBytes();
  const int = base.int('int', 4, 1);
  const baseBytes = base.build();
  const vmlinux = parseBtf(baseBytes);
  const module = (name: string, offset: number, struct = 's') => {
    const split = new BtfBytes({ firstId: vmlinux.typeCount, firstString: vmlinux.stringEnd });
    split.struct(struct, 16, [{ name: 'a', type: int, offset }]);
    return { name, btf: parseBtf(split.build(), { base: vmlinux }) };
  };
  const object = makeObject({
    types: (btf) => {
      const type = btf.struct('s', 4, [{ name: 'a', type: btf.int('int', 4, 1) }]);
      return [{ type, access: '0:0', kind: RelocationKind.FieldByteOffset }];
    },
  });

  it('are searched where vmlinux has no candidate', () => {
    const kernel = { vmlinux, modules: [module('other', 0, 'x'), module('mine', 32)] };
    const [result] = relocate(object, kernel);
    expect(result).toMatchObject({ outcome: 'applied', newValue: 4n, targetSpec: { rootTypeId: vmlinux.typeCount } });
    expect(result?.candidates).toMatchObject([{ module: 'mine', matched: true }]);
  });
  it('must agree', () => {
    const kernel = { vmlinux, modules: [module('one', 0), module('two', 32)] };
    expect(relocate(object, kernel)[0]).toMatchObject({ outcome: 'failed', reason: 'offset-ambiguity' });
  });
  it('are not searched where vmlinux has one, though it does not fit', () => {
    const full = makeTarget((btf) => void btf.struct('s', 4, [{ name: 'z', type: btf.int('int', 4) }]));
    const kernel = { vmlinux: full, modules: [module('mine', 32)] };
    expect(relocate(object, kernel)[0]).toMatchObject({ outcome: 'poisoned', reason: 'no-match' });
  });
  it("are not searched for BTF that is given in the kernel's place", () => {
    expect(relocate(object, vmlinux)[0]).toMatchObject({ outcome: 'poisoned', reason: 'no-candidates' });
  });
});

/** struct s { T x; } at `offset` bytes, x of `bytes` bytes. */
const holder =
  (bytes: number, offset: number, encoding = 0) =>
  (btf: BtfBytes) =>
    btf.struct('s', 1 << 17, [{ name: 'x', type: btf.int('T', bytes, encoding), offset: offset * 8 }]);

describe('instructions', () => {
  const patch = (
    code: (to: ByteWriter) => void,
    { from = 4, to = 4, offset = 40, encoding = 0, littleEndian = true, missing = false } = {},
  ) => {
    const object = makeObject({
      littleEndian,
      types: (btf) => [{ type: holder(from, 16, encoding)(btf), access: '0:0', kind: RelocationKind.FieldByteOffset }],
      code,
    });
    const target = makeTarget((btf) => {
      if (!missing) holder(to, offset, encoding)(btf);
    }, littleEndian);
    const [result] = relocate(object, target);
    const { reason, errno, patched } = result ?? {};
    expect(applyRelocations(object, target).get('raw_tp/x')?.subarray(0, patched?.length)).toEqual(
      patched ?? object.programs[0]?.section.bytes,
    );
    return reason === undefined ? patched : { reason, errno };
  };
  it('that are not as expected are told with both values', () => {
    const said = (code: (to: ByteWriter) => void, offset = 40) => {
      const object = makeObject({
        types: (btf) => [{ type: holder(4, 16)(btf), access: '0:0', kind: RelocationKind.FieldByteOffset }],
        code,
      });
      const [result] = relocate(object, makeTarget(holder(4, offset)));
      return result === undefined ? '' : explainReason(result);
    };
    expect(said(one(0xb7, 0, 8))).toBe(
      "the instruction does not hold the value that the object's own type gives (got 8, expected 16)",
    );
    expect(said(one(0x61, 17, 0))).toContain('(got 17, expected 16)');
    expect(said(two(16, 1))).toContain('(got 4294967312, expected 16)');
    expect(said(one(0x61, 16, 0), 32768)).toContain('at most 32767) (got 32768)');
  });
  const bytes = (code: (to: ByteWriter) => void, littleEndian = true) => {
    const writer = new ByteWriter(littleEndian);
    code(writer);
    return writer.bytes();
  };
  const one =
    (code: number, off: number, imm: number, dst = 1, src = 0) =>
    (to: ByteWriter) =>
      insn(to, code, off, imm, dst, src);
  const two =
    (low: number, high = 0, second = 0, src = 0) =>
    (to: ByteWriter) => {
      insn(to, 0x18, 0, low, 1, src);
      insn(to, second, 0, high, 0);
    };

  it.each([true, false])('are patched in the byte order of the object (little-endian: %s)', (littleEndian) => {
    const options = { littleEndian };
    const is = (from: (to: ByteWriter) => void, to: (to: ByteWriter) => void) =>
      expect(patch(from, options)).toEqual(bytes(to, littleEndian));
    is(one(0xb7, 0, 16), one(0xb7, 0, 40)); // r1 = 16
    is(one(0x07, 0, 16), one(0x07, 0, 40)); // r1 += 16
    is(one(0x04, 0, 16), one(0x04, 0, 40)); // w1 += 16
    is(one(0x61, 16, 0, 1, 2), one(0x61, 40, 0, 1, 2)); // w1 = *(u32 *)(r2 + 16)
    is(one(0x63, 16, 0, 1, 2), one(0x63, 40, 0, 1, 2)); // *(u32 *)(r1 + 16) = r2
    is(one(0x62, 16, 7), one(0x62, 40, 7)); // *(u32 *)(r1 + 16) = 7
    is(two(16), two(40)); // r1 = 16 ll
  });
  it('are poisoned where the field is not there', () => {
    const call = one(0x85, 0, 195896080, 0);
    for (const code of [one(0xb7, 0, 16), one(0x61, 16, 0), one(0x62, 16, 7)]) {
      expect(patch(code, { missing: true })).toEqual({ reason: 'no-candidates', errno: 0 });
    }
    const object = makeObject({
      types: (btf) => [{ type: holder(4, 16)(btf), access: '0:0', kind: RelocationKind.FieldByteOffset }],
      code: two(16),
    });
    const target = makeTarget(() => {});
    expect(relocate(object, target)[0]?.patched).toEqual(
      bytes((to) => {
        call(to);
        call(to);
      }),
    );
  });
  it('have their memory size adjusted for unsigned integers', () => {
    const sized = (code: number, off: number) => one(code, off, 0, 1, 2);
    expect(patch(sized(0x61, 16), { to: 8 })).toEqual(bytes(sized(0x79, 40)));
    expect(patch(sized(0x61, 16), { to: 2 })).toEqual(bytes(sized(0x69, 40)));
    expect(patch(sized(0x61, 16), { to: 1 })).toEqual(bytes(sized(0x71, 40)));
    expect(patch(sized(0x79, 16), { from: 8, to: 4 })).toEqual(bytes(sized(0x61, 40)));
    expect(patch(sized(0x61, 16), { to: 8, encoding: 1 })).toEqual({ reason: 'memory-size', errno: 0 });
    expect(patch(one(0xb7, 0, 16), { to: 8, encoding: 1 })).toEqual(bytes(one(0xb7, 0, 40)));
    expect(patch(sized(0x79, 16), { to: 8 })).toEqual({ reason: 'unexpected-memory-size', errno: 22 });
    expect(patch(sized(0x61, 16), { to: 16 })).toEqual({ reason: 'bad-memory-size', errno: 22 });
  });
  it('are refused as libbpf refuses them', () => {
    expect(patch(one(0x0f, 0, 16, 1, 2))).toEqual({ reason: 'bad-instruction', errno: 22 }); // r1 += r2
    expect(patch(one(0x05, 16, 16))).toEqual({ reason: 'bad-instruction', errno: 22 }); // goto
    expect(patch(one(0x30, 0, 16))).toEqual({ reason: 'bad-instruction', errno: 22 }); // r0 = skb[16]
    expect(patch(two(16, 0, 0x18))).toEqual({ reason: 'bad-instruction', errno: 22 });
    expect(patch(two(16, 0, 0, 1))).toEqual({ reason: 'bad-instruction', errno: 22 }); // a map's address
    expect(patch(one(0xb7, 0, 17))).toEqual({ reason: 'unexpected-value', errno: 22 });
    expect(patch(one(0x61, 17, 0))).toEqual({ reason: 'unexpected-value', errno: 22 });
    expect(patch(two(16, 1))).toEqual({ reason: 'unexpected-value', errno: 22 });
    expect(patch(one(0x61, 16, 0), { offset: 32768 })).toEqual({ reason: 'value-too-big', errno: 34 });
    expect(patch(one(0x61, 16, 0), { offset: 32767 })).toEqual(bytes(one(0x61, 32767, 0)));
    expect(patch(one(0xb7, 0, 16), { offset: 65536 })).toEqual(bytes(one(0xb7, 0, 65536)));
  });
});

describe('shifts of bitfields', () => {
  const bitfield = (offset: number) => (btf: BtfBytes) =>
    btf.struct('s', 8, [{ name: 'x', type: btf.int('u32', 4), offset, bits: 5 }]);
  const shift = (littleEndian: boolean, hostLittleEndian?: boolean) => {
    const object = makeObject({
      littleEndian,
      types: (btf) => [{ type: bitfield(0)(btf), access: '0:0', kind: RelocationKind.FieldLshiftU64 }],
    });
    const options = hostLittleEndian === undefined ? {} : { hostLittleEndian };
    return resolveObject(
      object,
      makeTarget((btf) => void bitfield(35)(btf), littleEndian),
      options,
    )[0]?.value;
  };
  it('go by the byte order of the machine that loads', () => {
    expect(shift(true)).toBe(64n - 8n);
    expect(shift(false)).toBe(32n + 3n);
    expect(shift(false, true)).toBe(64n - 8n);
  });
});

describe('words', () => {
  const object = makeObject({
    types: (btf) => {
      const int = btf.int('int', 4, 1);
      const inner = btf.struct('', 8, [
        { name: 'p', type: int },
        { name: 'a', type: btf.array(int, int, 4), offset: 32 },
      ]);
      const s = btf.struct('s___mine', 64, [{ type: inner, offset: 64 }]);
      const flags = btf.struct('f', 4, [{ name: 'bit', type: int, offset: 11, bits: 2 }]);
      const e = btf.enum('e', { A: 0, B: -2 >>> 0 }, 4, true);
      return [
        { type: s, access: '0:0:1:2', kind: RelocationKind.FieldByteOffset },
        { type: s, access: '1:0:0', kind: RelocationKind.FieldExists },
        { type: btf.typedef('f_t', flags), access: '0:0', kind: RelocationKind.FieldSigned },
        { type: e, access: '1', kind: RelocationKind.EnumvalValue },
        { type: s, access: '0', kind: RelocationKind.TypeSize },
        { type: btf.fwd('', false), access: '0', kind: RelocationKind.TypeIdLocal },
      ];
    },
    code: (to) => {
      for (const value of [20, 1, 1, -2, 64, 9]) insn(to, 0xb7, 0, value);
    },
  });
  const results = relocate(
    object,
    makeTarget((btf) => void btf.struct('s', 8, [{ name: 'p', type: btf.int('int', 4) }])),
  );

  it('are those of libbpf for specs', () => {
    expect(results.map(({ localSpec }) => localSpec && formatSpec(localSpec))).toEqual([
      '<byte_off> [4] struct s___mine.a[2] (0:0:1:2 @ offset 20)',
      '<field_exists> [4] struct s___mine[1].p (1:0:0 @ offset 72)',
      '<signed> [7] typedef f_t.bit (0:0 @ offset 1.3)',
      '<enumval_value> [6] enum e::B = -2',
      '<type_size> [4] struct s___mine',
      '<local_type_id> [8] fwd <anon>',
    ]);
    expect(results.map(({ localSpec }) => localSpec && formatSpecInC(localSpec))).toEqual([
      'struct s___mine.a[2]',
      'struct s___mine[1].p',
      'typedef f_t.bit',
      'enum e::B',
      'struct s___mine',
      'fwd <anon>',
    ]);
  });
  it('say what became of a relocation and why', () => {
    expect(results.map(formatResult)).toEqual([
      'byte_off struct s___mine.a[2]: poisoned: no type of that name in the target fits',
      'field_exists struct s___mine[1].p: 1 -> 1',
      'signed typedef f_t.bit: poisoned: the target has no such type',
      'enumval_value enum e::B: poisoned: the target has no such type',
      'type_size struct s___mine: 64 -> 8',
      'local_type_id fwd <anon>: 8 -> 8',
    ]);
    expect(results[0]?.candidates.map(formatRefusal)).toEqual(['has no member a']);
  });
});
