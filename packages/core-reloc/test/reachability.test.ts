// Which instructions can be reached with constants in place. Programs are written out as [code, off, imm, dst, src].

import {
  applyRelocations,
  type BpfProgram,
  followProgram,
  parseBpfObject,
  RelocationKind,
  relocate,
  unreachableRelocations,
} from '@btfq/core-reloc';
import { fixtureObject, seededRandom } from '@btfq/test-kit';
import { describe, expect, it } from 'vitest';
import { AluOp, compute } from '../src/reachability/alu.ts';
import { branch } from '../src/reachability/branch.ts';
import { constant, containsScalar, ofBitPattern, type Scalar } from '../src/reachability/scalar.ts';
import { insn, makeObject, makeTarget } from './kit.ts';

type Line = readonly [code: number, off?: number, imm?: number, dst?: number, src?: number];
const MOV = 0xb7;
const MOV_REG = 0xbf;
const JEQ = 0x15;
const JNE = 0x55;
const JSGT = 0x65;
const JLT32 = 0xa6;
const GOTO = 0x05;
const CALL = 0x85;
const EXIT = 0x95;
const ADD = 0x07;
const AND = 0x57;
const JSET = 0x45;
const JGT = 0x25;

/** A digit for each slot: 1 where it is reached. */
function reached(lines: readonly Line[], littleEndian = true): string {
  const object = makeObject({
    littleEndian,
    types: (btf) => [{ type: btf.int('int', 4, 1), kind: RelocationKind.TypeExists }],
    code: (to) => {
      for (const [code, off, imm, dst, src] of lines) insn(to, code, off, imm, dst, src);
    },
  });
  const reach = followProgram(object, new Map(), object.programs[0] as BpfProgram);
  expect(reach.complete).toBe(true);
  return lines.map((_, i) => (reach.at('raw_tp/x', i * 8) === 'never' ? 0 : 1)).join('');
}

describe('followProgram', () => {
  const r3 = 3;
  const programs: Readonly<Record<string, [Line[], string]>> = {
    'a branch that is never taken': [[[MOV, 0, 1], [JEQ, 1, 0], [ADD], [EXIT]], '1111'],
    'a branch that is always taken': [[[MOV, 0, 0], [JEQ, 1, 0], [ADD], [EXIT]], '1101'],
    'a check for what is there': [[[MOV, 0, 1], [JNE, 1, 0], [ADD], [EXIT]], '1101'],
    'an unknown value goes both ways': [[[JEQ, 1, 0, r3], [ADD], [EXIT]], '111'],
    'the context is not a null pointer': [[[JEQ, 1, 0], [EXIT], [EXIT]], '110'],
    'a copied constant': [[[MOV, 0, 0], [MOV_REG, 0, 0, 2, 1], [JEQ, 1, 0, 2], [ADD], [EXIT]], '11101'],
    'two registers': [[[MOV, 0, 3], [MOV, 0, 3, 2], [0x1d, 1, 0, 1, 2], [ADD], [EXIT]], '11101'],
    'arithmetic on constants': [[[MOV, 0, 5], [ADD, 0, -5], [JEQ, 1, 0], [ADD], [EXIT]], '11101'],
    'a mask of constants': [[[MOV, 0, 6], [AND, 0, 1], [JEQ, 1, 0], [ADD], [EXIT]], '11101'],
    'a mask of what is not known': [[[AND, 0, 4, r3], [JSET, 1, 3, r3], [GOTO, 1], [ADD], [EXIT]], '11101'],
    'a bit that is set': [[[MOV, 0, 6], [JSET, 1, 2], [ADD], [EXIT]], '1101'],
    'words: the high half does not count': [[[0x18], [0, 0, 1], [0x16, 1, 0], [ADD], [EXIT]], '10101'],
    'a bound learnt from a branch': [[[JGT, 1, 5, r3], [JGT, 1, 9, r3], [EXIT], [ADD]], '1110'],
    'a value learnt from a branch, and its copy': [
      [[MOV_REG, 0, 0, 2, r3], [JNE, 2, 7, r3], [JEQ, 1, 7, 2], [ADD], [EXIT]],
      '11101',
    ],
    'a call forgets r1': [[[MOV, 0, 0], [CALL], [JEQ, 1, 0], [ADD], [EXIT]], '11111'],
    'a call keeps r6': [[[MOV, 0, 0, 6], [CALL], [JEQ, 1, 0, 6], [ADD], [EXIT]], '11101'],
    'signs: -1 is not above 0': [[[MOV, 0, -1], [JSGT, 1, 0], [EXIT], [ADD], [EXIT]], '11100'],
    'words: -1 is not below 5': [[[MOV, 0, -1], [JLT32, 1, 5], [EXIT], [ADD], [EXIT]], '11100'],
    'two ways that agree': [[[MOV, 0, 0], [JEQ, 1, 7, 3], [GOTO, 0], [JEQ, 1, 0], [ADD], [EXIT]], '111101'],
    'two ways that do not': [[[MOV, 0, 0], [JEQ, 1, 7, 3], [MOV, 0, 1], [JEQ, 1, 0], [ADD], [EXIT]], '111111'],
    'two ways are kept apart': [
      [[MOV, 0, 0, 6], [MOV, 0, 0], [JEQ, 2, 7, 3], [MOV, 0, 1, 6], [MOV, 0, 1], [0x1d, 1, 0, 1, 6], [ADD], [EXIT]],
      '11111101',
    ],
    'a loop': [[[MOV, 0, 0], [JEQ, -1, 0], [ADD], [EXIT]], '1100'],
    'a loop that is counted': [[[MOV, 0, 0], [ADD, 0, 1], [JNE, -2, 3], [JEQ, 1, 3], [ADD], [EXIT]], '111101'],
    'a 64-bit constant': [[[0x18, 0, 0], [0, 0, 1], [JEQ, 1, 0], [ADD], [EXIT]], '10111'],
    'a load from memory': [[[MOV, 0, 0], [0x79, 0, 0, 1, 2], [JEQ, 1, 0], [ADD], [EXIT]], '11111'],
    'a constant on the stack': [[[0x62, -4, 0, 10], [0x61, -4, 0, 1, 10], [JEQ, 1, 0], [ADD], [EXIT]], '11101'],
    'the stack through another pointer': [
      [[0x62, -4, 0, 10], [MOV_REG, 0, 0, 2, 10], [0x61, -4, 0, 1, 2], [JEQ, 1, 0], [ADD], [EXIT]],
      '111101',
    ],
    'a helper that is given the stack': [
      [
        [0x7a, -8, 0, 10],
        [MOV_REG, 0, 0, 1, 10],
        [ADD, 0, -8],
        [CALL, 0, 4],
        [0x79, -8, 0, 1, 10],
        [JEQ, 1, 0],
        [ADD],
        [EXIT],
      ],
      '11111111',
    ],
    'a helper that only reads it': [
      [
        [0x7a, -8, 0, 10],
        [MOV_REG, 0, 0, 2, 10],
        [ADD, 0, -8, 2],
        [CALL, 0, 1],
        [0x79, -8, 0, 1, 10],
        [JEQ, 1, 0],
        [ADD],
        [EXIT],
      ],
      '11111101',
    ],
    'an atomic exchange': [[[MOV, 0, 0], [0xdb, 0, 0xe1, 2, 1], [JEQ, 1, 0], [ADD], [EXIT]], '11111'],
    'a jump out of the function': [[[GOTO, 100], [ADD]], '10'],
  };
  it.each(Object.entries(programs))('%s', (_, [lines, expected]) => {
    expect(reached(lines)).toBe(expected);
    expect(reached(lines, false)).toBe(expected);
  });
});

describe('numbers known in part', () => {
  const random = seededRandom(7);
  const u64 = () => (BigInt(random.bits()) << 32n) | BigInt(random.bits());
  /** Some numbers, and a scalar that stands for all of them. */
  const sample = (): { numbers: bigint[]; scalar: Scalar } => {
    const bits = BigInt(random.below(64) + 1);
    const mask = u64() & ((1n << bits) - 1n) & u64();
    const value = u64() & ((1n << bits) - 1n) & ~mask;
    const numbers = Array.from({ length: 6 }, () => value | (u64() & mask));
    return { numbers, scalar: ofBitPattern(value, mask) };
  };
  it('contain what arithmetic on their numbers gives', () => {
    const ops = Object.values(AluOp).filter((op) => op !== AluOp.Mov && op !== AluOp.End);
    for (let i = 0; i < 40; i++) {
      const [a, b] = [sample(), sample()];
      for (const op of ops) {
        for (const bits of [32, 64] as const) {
          const whole = compute(op, a.scalar, b.scalar, bits);
          for (const x of a.numbers) {
            for (const y of b.numbers) {
              const exact = compute(op, constant(x), constant(y), bits);
              if (!containsScalar(whole, exact)) throw new Error(`${op} ${bits} ${x} ${y}`);
            }
          }
        }
      }
    }
  });
  it('contain after a branch the numbers that take it', () => {
    const ops = [0x10, 0x20, 0x30, 0x40, 0x50, 0x60, 0x70, 0xa0, 0xb0, 0xc0, 0xd0];
    for (let i = 0; i < 60; i++) {
      const a = sample();
      const b = random.below(2) === 0 ? sample() : a;
      for (const op of ops) {
        for (const bits of [32, 64] as const) {
          const ways = branch(op, a.scalar, b.scalar, bits);
          for (const x of a.numbers) {
            for (const y of b.numbers) {
              const exact = branch(op, constant(x), constant(y), bits);
              expect(exact.taken === undefined).not.toBe(exact.fallThrough === undefined);
              const way = exact.taken === undefined ? ways.fallThrough : ways.taken;
              const fits = way && containsScalar(way.left, constant(x)) && containsScalar(way.right, constant(y));
              if (!fits) throw new Error(`${op} ${bits} ${x} ${y}`);
            }
          }
        }
      }
    }
  });
});

describe('unreachableRelocations', () => {
  it('are those behind a check that the target answers with no', () => {
    const object = makeObject({
      types: (btf) => {
        const type = btf.struct('s', 4, [{ name: 'a', type: btf.int('int', 4, 1) }]);
        return [
          { insn: 0, type, access: '0:0', kind: RelocationKind.FieldExists },
          { insn: 2, type, access: '0:0', kind: RelocationKind.FieldByteOffset },
          { insn: 4, type, access: '0:0', kind: RelocationKind.FieldByteOffset },
        ];
      },
      code: (to) => {
        insn(to, MOV, 0, 1);
        insn(to, JEQ, 1, 0);
        insn(to, MOV, 0, 0);
        insn(to, JEQ, 1, 0, 3);
        insn(to, MOV, 0, 0);
        insn(to, EXIT);
      },
    });
    const without = makeTarget(() => {});
    expect(relocate(object, without).map(({ outcome }) => outcome)).toEqual(['applied', 'poisoned', 'poisoned']);
    expect([...unreachableRelocations(object, applyRelocations(object, without))]).toEqual([1]);
    const having = makeTarget((btf) => void btf.struct('s', 4, [{ name: 'a', type: btf.int('int', 4, 1) }]));
    expect(unreachableRelocations(object, applyRelocations(object, having)).size).toBe(0);
  });
  it('ends on real programs', () => {
    const object = parseBpfObject(fixtureObject('linked'));
    expect(
      unreachableRelocations(
        object,
        applyRelocations(
          object,
          makeTarget(() => {}),
        ),
      ).size,
    ).toBeGreaterThan(0);
  });
});
