// Small programs whose verdict every kernel from 5.4 on agrees about: the doctor's self-test.

/** A program: instructions as 64-bit words in hex, as `struct bpf_insn` lies in memory, read as a little-endian number. */
export interface TestProgram {
  readonly name: string;
  /** enum bpf_prog_type: 1 socket filter, 2 kprobe. */
  readonly type: number;
  readonly insns: readonly Insn[];
  readonly verdict: 'loads' | 'fails';
  /** What the log of one that fails says. */
  readonly words?: RegExp;
  /** Uses a hash map of 8-byte values, whose descriptor stands in instructions as MAP. */
  readonly needsMap?: boolean;
}

/** code, dst_reg | src_reg << 4, off, imm. */
export type Insn = readonly [code: number, registers: number, off: number, imm: number];

/** Stands for the map's descriptor. */
export const MAP = 0x7a7a7a;

const MOV = 0xb7;
const MOVX = 0xbf;
const EXIT: Insn = [0x95, 0, 0, 0];
const RETURN_0: readonly Insn[] = [[MOV, 0, 0, 0], EXIT];
const LOAD_64 = 0x79;
const CALL = 0x85;
/** r1 = map; r2 = stack - 4 with a key of 0; r0 = bpf_map_lookup_elem(r1, r2) */
const LOOKUP: readonly Insn[] = [
  [0x62, 10, -4, 0],
  [MOVX, 0xa2, 0, 0],
  [0x07, 2, 0, -4],
  [0x18, 0x11, 0, MAP],
  [0, 0, 0, 0],
  [CALL, 0, 0, 1],
];

export const TEST_PROGRAMS: readonly TestProgram[] = [
  { name: 'return 0', type: 1, insns: RETURN_0, verdict: 'loads' },
  { name: 'read the context', type: 2, insns: [[LOAD_64, 0x12, 0, 0], ...RETURN_0], verdict: 'loads' },
  { name: 'call ktime_get_ns', type: 2, insns: [[CALL, 0, 0, 5], EXIT], verdict: 'loads' },
  { name: 'call a subprogram', type: 2, insns: [[CALL, 0x10, 0, 1], EXIT, ...RETURN_0], verdict: 'loads' },
  {
    name: 'count to 10',
    type: 2,
    insns: [[MOV, 1, 0, 0], [0x07, 1, 0, 1], [0xa5, 1, -2, 10], ...RETURN_0],
    verdict: 'loads',
  },
  {
    name: 'write and read the stack',
    type: 2,
    insns: [[0x7a, 10, -8, 7], [LOAD_64, 0xa0, -8, 0], EXIT],
    verdict: 'loads',
  },
  {
    name: 'look up a map and check',
    type: 2,
    insns: [...LOOKUP, [0x15, 0, 1, 0], [LOAD_64, 0x01, 0, 0], ...RETURN_0],
    verdict: 'loads',
    needsMap: true,
  },
  {
    name: 'look up a map and do not check',
    type: 2,
    insns: [...LOOKUP, [LOAD_64, 0x01, 0, 0], ...RETURN_0],
    verdict: 'fails',
    words: /map_value_or_null/,
    needsMap: true,
  },
  {
    name: "read behind a map's value",
    type: 2,
    insns: [...LOOKUP, [0x15, 0, 1, 0], [LOAD_64, 0x01, 8, 0], ...RETURN_0],
    verdict: 'fails',
    words: /invalid access to map value/,
    needsMap: true,
  },
  { name: 'return nothing', type: 1, insns: [EXIT], verdict: 'fails', words: /R0 !read_ok/ },
  {
    name: 'read memory through a number',
    type: 2,
    insns: [[LOAD_64, 0x10, 0, 0], [LOAD_64, 0, 0, 0], EXIT],
    verdict: 'fails',
    words: /R0 invalid mem access/,
  },
  {
    name: 'write below the stack',
    type: 2,
    insns: [[0x7a, 10, -520, 0], ...RETURN_0],
    verdict: 'fails',
    words: /invalid/,
  },
  { name: 'loop for ever', type: 2, insns: [[MOV, 0, 0, 0], [0x05, 0, -1, 0], EXIT], verdict: 'fails', words: /./ },
  {
    name: 'leave code that is never reached',
    type: 1,
    insns: [...RETURN_0, EXIT],
    verdict: 'fails',
    words: /unreachable insn/,
  },
  {
    name: 'jump out of the program',
    type: 1,
    insns: [[0x05, 0, 9, 0], EXIT],
    verdict: 'fails',
    words: /jump out of range/,
  },
  {
    name: 'divide by 0',
    type: 1,
    insns: [[MOV, 0, 0, 1], [0x37, 0, 0, 0], EXIT],
    verdict: 'fails',
    words: /div by zero/,
  },
  {
    name: 'shift by 64',
    type: 1,
    insns: [[MOV, 0, 0, 1], [0x67, 0, 0, 64], EXIT],
    verdict: 'fails',
    words: /invalid shift 64/,
  },
  {
    name: 'call an unknown helper',
    type: 1,
    insns: [[CALL, 0, 0, 99999], EXIT],
    verdict: 'fails',
    words: /invalid func/,
  },
  {
    name: 'write the frame pointer',
    type: 1,
    insns: [[MOV, 10, 0, 0], ...RETURN_0],
    verdict: 'fails',
    words: /frame pointer is read only/,
  },
  {
    name: 'use a register that a call has lost',
    type: 2,
    insns: [[CALL, 0, 0, 5], [MOVX, 0x10, 0, 0], EXIT],
    verdict: 'fails',
    words: /R1 !read_ok/,
  },
];
