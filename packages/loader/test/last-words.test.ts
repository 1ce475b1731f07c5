// Where the verifier stopped and what it said, and the line of the source.

import { lastWords, loadObject, openObject, sourceOfInstruction } from '@btfq/loader';
import { fixtureBytes } from '@btfq/test-kit';
import { describe, expect, it } from 'vitest';
import { MadeUpSystem } from './made-up-system.ts';

const NUMBERS = `verification time 38 usec
stack depth 56+8
processed 65 insns (limit 1000000) max_states_per_insn 1 total_states 5 peak_states 4 mark_read 3
`;

describe('lastWords', () => {
  it.each([
    ['', undefined, undefined, ''],
    ['func#0 @0\nUnreleased reference id=2\n', undefined, undefined, 'func#0 @0\nUnreleased reference id=2'],
    [
      `0: R1=ctx() R10=fp0\n; return x; @ a.c:3\n0: (95) exit\nR0 !read_ok\n${NUMBERS}`,
      0,
      '0: (95) exit',
      'R0 !read_ok',
    ],
    [
      '76: (7b) *(u64 *)(r10 -96) = r1       ; R1_w=0\n77: <invalid CO-RE relocation>\nfailed to resolve <byte_off>\n',
      77,
      '77: <invalid CO-RE relocation>',
      'failed to resolve <byte_off>',
    ],
    [
      "3: (85) call pc+1\nfrom 3 to 5: R0=0\n5: R0=0\n5: (79) r1 = *(u64 *)(r0 +0)\nR0 invalid mem access 'scalar'\n",
      5,
      '5: (79) r1 = *(u64 *)(r0 +0)',
      "R0 invalid mem access 'scalar'",
    ],
    // 5.10: the state is a line of its own
    [
      '9: (79) r0 = *(u64 *)(r1 +24)\n R0_w=inv0 R1_w=map_value(id=0,off=0,ks=4,vs=8,imm=0) R10=fp0 fp-8=mmmm????\nR1 min value is outside\n',
      9,
      '9: (79) r0 = *(u64 *)(r1 +24)',
      'R1 min value is outside',
    ],
    // 7.2: one more number
    [
      `7: (79) r1 = *(u64 *)(r0 +0)\nR0 invalid mem access 'map_value_or_null'\ninsns processed 7\n${NUMBERS}`,
      7,
      '7: (79) r1 = *(u64 *)(r0 +0)',
      "R0 invalid mem access 'map_value_or_null'",
    ],
  ])('%j', (log, insn, instruction, words) => expect(lastWords(log)).toEqual({ insn, instruction, words }));
});

describe('sourceOfInstruction', () => {
  it('finds lines of the program and of subprograms that were appended to it', () => {
    const object = openObject(fixtureBytes('loads/subprograms.bpf.o'), { path: 'subprograms.bpf.o' });
    const kernel = { system: new MadeUpSystem(), release: '6.1.0' };
    const result = loadObject(object, kernel, {
      programs: ({ name }) => ({ autoload: name === 'second' || name === 'contexts' }),
      // no types of a kernel: nothing is relocated by them
      customBtf: object.btf as NonNullable<typeof object.btf>,
    });
    const loaded = result.programs.find(({ program }) => program.name === 'second');
    if (loaded === undefined) throw new Error(`not loaded: ${result.messages}`);
    const names = loaded.parts.map(({ program }) => object.programs[program]?.name);
    expect(names).toEqual(['second', 'weak_one', 'leaf', 'public_one']);
    const lines = loaded.parts.map(({ start }) => sourceOfInstruction(object, loaded, start)?.text);
    expect(lines).toEqual([
      'int second(void *ctx)',
      'return leaf(key + 2);',
      'static noinline int leaf(u32 key)',
      'return leaf(key) + 1;',
    ]);
    expect(sourceOfInstruction(object, loaded, 1 << 20)).toBeUndefined();
  });
});
