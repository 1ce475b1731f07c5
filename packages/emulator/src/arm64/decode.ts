// arm64 code to micro-operations, a block at a time: from an address to the first branch that is always taken. Groups of instructions
// as in the Arm Architecture Reference Manual, C4.1 (A64 instruction set encoding); no floating point, no vectors. What is not known
// here becomes a stop, reached only if it is run.
import * as X from '../micro-op.ts';
import { type CodeSource, type Emitter, Stop } from '../emit.ts';
import { branch } from './branch.ts';
import { immediate } from './immediate.ts';
import { memory } from './memory.ts';
import { registerOperation } from './register.ts';
import { type Outcome, bits } from './word.ts';

/** Instructions in a block. */
const LONGEST_BLOCK = 64;

function decodeInstruction(out: Emitter, word: number, pc: number, count: number): Outcome {
  const group = bits(word, 25, 4);
  if ((group & 0xe) === 8) return immediate(out, word, pc);
  if ((group & 0xe) === 10) return branch(out, word, pc, count);
  if ((group & 5) === 4) return memory(out, word, pc);
  return (group & 7) === 5 ? registerOperation(out, word) : 'unknown';
}

/** Decodes the block at an address (48 bits of it). `isHooked` addresses end it: they have blocks of their own. */
export function decodeArm64Block(
  out: Emitter,
  code: CodeSource,
  start: number,
  isHooked: (pc: number) => boolean,
): void {
  let pc = start;
  for (let count = 1; ; count++, pc = (pc + 4) % 0x1000000000000) {
    out.pc = pc;
    if (count > LONGEST_BLOCK || (pc !== start && isHooked(pc))) {
      out.emitAddress(X.JMP, count - 1, 0, 0, pc);
      return;
    }
    // Code is aligned, so an instruction does not cross pages.
    const first = pc % 4 === 0 ? code.byteAt(pc) : -1;
    if (first < 0) {
      out.emit(X.STOP, Stop.fetch, 0, 0);
      return;
    }
    const word = first | (code.byteAt(pc + 1) << 8) | (code.byteAt(pc + 2) << 16) | (code.byteAt(pc + 3) << 24);
    const record = out.at;
    const outcome = decodeInstruction(out, word, pc, count);
    if (outcome === 'end') return;
    if (outcome === 'unknown') {
      out.at = record;
      // udf, all zeros but for a number, is a trap.
      if (word >>> 16 === 0) out.emit(X.STOP, Stop.trap, 0, 0, word, 0);
      else out.emit(X.STOP, Stop.unknown, 0, 0);
      return;
    }
  }
}
