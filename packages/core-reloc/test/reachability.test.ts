// Which instructions can be reached with constants in place. Programs are written out as [code, off, imm, dst, src].

import { applyRelocations, parseBpfObject, RelocationKind, relocate, unreachableRelocations } from '@btfq/core-reloc';
import { ByteWriter, fixtureObject } from '@btfq/test-kit';
import { describe, expect, it } from 'vitest';
import { reachableSlots } from '../src/reachability.ts';
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

function reached(lines: readonly Line[], littleEndian = true): string {
  const writer = new ByteWriter(littleEndian);
  for (const [code, off, imm, dst, src] of lines) insn(writer, code, off, imm, dst, src);
  return reachableSlots(writer.bytes(), littleEndian).join('');
}

describe('reachableSlots', () => {
  const programs: Readonly<Record<string, [Line[], string]>> = {
    'a branch that is never taken': [[[MOV, 0, 1], [JEQ, 1, 0], [ADD], [EXIT]], '1111'],
    'a branch that is always taken': [[[MOV, 0, 0], [JEQ, 1, 0], [ADD], [EXIT]], '1101'],
    'a check for what is there': [[[MOV, 0, 1], [JNE, 1, 0], [ADD], [EXIT]], '1101'],
    'an unknown value goes both ways': [[[JEQ, 1, 0], [ADD], [EXIT]], '111'],
    'a copied constant': [[[MOV, 0, 0], [MOV_REG, 0, 0, 2, 1], [JEQ, 1, 0, 2], [ADD], [EXIT]], '11101'],
    'two registers': [[[MOV, 0, 3], [MOV, 0, 3, 2], [0x1d, 1, 0, 1, 2], [ADD], [EXIT]], '11101'],
    'arithmetic is not followed': [[[MOV, 0, 0], [ADD, 0, 1], [JEQ, 1, 0], [ADD], [EXIT]], '11111'],
    'a call forgets r1': [[[MOV, 0, 0], [CALL], [JEQ, 1, 0], [ADD], [EXIT]], '11111'],
    'a call keeps r6': [[[MOV, 0, 0, 6], [CALL], [JEQ, 1, 0, 6], [ADD], [EXIT]], '11101'],
    'signs: -1 is not above 0': [[[MOV, 0, -1], [JSGT, 1, 0], [EXIT], [ADD], [EXIT]], '11100'],
    'words: -1 is not below 5': [[[MOV, 0, -1], [JLT32, 1, 5], [EXIT], [ADD], [EXIT]], '11100'],
    'two ways that agree': [[[MOV, 0, 0], [JEQ, 1, 7, 3], [GOTO, 0], [JEQ, 1, 0], [ADD], [EXIT]], '111101'],
    'two ways that do not': [[[MOV, 0, 0], [JEQ, 1, 7, 3], [MOV, 0, 1], [JEQ, 1, 0], [ADD], [EXIT]], '111111'],
    'a loop': [[[MOV, 0, 0], [JEQ, -1, 0], [ADD], [EXIT]], '1100'],
    'a 64-bit constant': [[[0x18, 0, 0], [0, 0, 1], [JEQ, 1, 0], [ADD], [EXIT]], '10111'],
    'a load from memory': [[[MOV, 0, 0], [0x79, 0, 0, 1, 2], [JEQ, 1, 0], [ADD], [EXIT]], '11111'],
    'an atomic exchange': [[[MOV, 0, 0], [0xdb, 0, 0xe1, 2, 1], [JEQ, 1, 0], [ADD], [EXIT]], '11111'],
    'a jump out of the function': [[[GOTO, 100], [ADD]], '10'],
    nothing: [[], ''],
  };
  it.each(Object.entries(programs))('%s', (_, [lines, expected]) => {
    expect(reached(lines)).toBe(expected);
    expect(reached(lines, false)).toBe(expected);
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
