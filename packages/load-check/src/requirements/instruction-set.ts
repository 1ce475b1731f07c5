// Instructions that came to the BPF machine after its first release, and the release that brought each. Kernels that do
// not know one refuse it where they look at all instructions, or where the verifier gets to it.

import { INSN_SIZE, Insn } from '@btfq/core-reloc';

/** A group of instructions that came together. */
export interface InstructionFeature {
  readonly id: string;
  readonly about: string;
  /** First mainline release. */
  readonly since: string;
  /** Refused only where the verifier gets to it: its opcode is an old one with fields that were reserved. */
  readonly whereReached: boolean;
}

export const INSTRUCTION_FEATURES = {
  jmp32: { id: 'jmp32', about: '32-bit jumps', since: '5.1', whereReached: false },
  atomics: { id: 'atomics', about: 'atomic operations that return a value', since: '5.12', whereReached: false },
  callbacks: { id: 'callbacks', about: 'the address of a function as an argument', since: '5.13', whereReached: false },
  ldsx: { id: 'ldsx', about: 'loads that extend the sign', since: '6.6', whereReached: false },
  movsx: { id: 'movsx', about: 'moves that extend the sign', since: '6.6', whereReached: true },
  bswap: { id: 'bswap', about: 'unconditional byte swaps', since: '6.6', whereReached: false },
  gotol: { id: 'gotol', about: 'jumps with a 32-bit offset', since: '6.6', whereReached: false },
  sdiv: { id: 'sdiv', about: 'signed division', since: '6.6', whereReached: true },
  may_goto: { id: 'may_goto', about: 'may_goto', since: '6.9', whereReached: false },
  addr_space_cast: { id: 'addr_space_cast', about: 'casts of arena addresses', since: '6.9', whereReached: true },
  load_acquire: { id: 'load_acquire', about: 'load-acquire and store-release', since: '6.15', whereReached: true },
  gotox: { id: 'gotox', about: 'indirect jumps', since: '6.19', whereReached: false },
} as const satisfies Record<string, InstructionFeature>;

/** The first instruction of a feature in some code. `offset` in bytes. */
export interface InstructionUse {
  readonly feature: InstructionFeature;
  readonly offset: number;
}

/** Every use of newer instructions in a function's code, in its order. */
export function newerInstructions(code: Uint8Array, littleEndian: boolean): InstructionUse[] {
  const uses: InstructionUse[] = [];
  for (let offset = 0; offset + INSN_SIZE <= code.length; offset += INSN_SIZE) {
    const insn = new Insn(code, offset, littleEndian);
    const feature = featureOf(insn);
    if (feature !== undefined) uses.push({ feature, offset });
    if (insn.code === LDDW) offset += INSN_SIZE;
  }
  return uses;
}

const LDDW = 0x18;
const PSEUDO_FUNC = 4;
/** XADD without fetch: the one atomic operation of the first release. */
const BPF_ADD = 0;

function featureOf(insn: Insn): InstructionFeature | undefined {
  const { code, off, imm } = insn;
  const op = code & 0xf0;
  switch (code & 7) {
    case 0:
      return code === LDDW && insn.sourceRegister === PSEUDO_FUNC ? INSTRUCTION_FEATURES.callbacks : undefined;
    case 1:
      return (code & 0xe0) === 0x80 ? INSTRUCTION_FEATURES.ldsx : undefined;
    case 3:
      if ((code & 0xe0) !== 0xc0 || imm === BPF_ADD) return undefined;
      return (imm & 0x100) !== 0 ? INSTRUCTION_FEATURES.load_acquire : INSTRUCTION_FEATURES.atomics;
    case 4:
    case 7: {
      const wide = (code & 7) === 7;
      if (op === 0xd0) return wide ? INSTRUCTION_FEATURES.bswap : undefined;
      if (off === 0) return undefined;
      if (op === 0xb0)
        return wide && off === 1 && imm !== 0 ? INSTRUCTION_FEATURES.addr_space_cast : INSTRUCTION_FEATURES.movsx;
      return op === 0x30 || op === 0x90 ? INSTRUCTION_FEATURES.sdiv : undefined;
    }
    case 5:
      if (op === 0xe0) return INSTRUCTION_FEATURES.may_goto;
      return op === 0 && (code & 8) !== 0 ? INSTRUCTION_FEATURES.gotox : undefined;
    case 6:
      return op === 0 ? INSTRUCTION_FEATURES.gotol : INSTRUCTION_FEATURES.jmp32;
    default:
      return undefined;
  }
}
