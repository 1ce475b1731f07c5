// What a target answers to a relocation, reduced to what a program can see of it: two targets are equally good for an
// object where these are equal. libbpf relo_core.c, bpf_core_patch_insn.

import type { CoreRelocation, ReasonCode, Resolution } from '@btfq/core-reloc';
import { RelocationKind } from '@btfq/core-reloc';

/** BPF_CLASS of instructions whose width follows the field: LDX, ST, STX. */
const ACCESS_CLASSES: ReadonlySet<number> = new Set([1, 2, 3]);
const SHRT_MAX = 32767n;

/** What becomes of the instruction. */
export interface Effect {
  readonly outcome: 'applied' | 'poisoned' | 'failed';
  readonly reason: ReasonCode | undefined;
  readonly errno: number;
  /** Bytes that the load or store moves afterwards; 0 where nothing depends on it. */
  readonly width: number;
}

/** Whether the relocated instruction is a load or store. */
export function accessesMemory(relocation: CoreRelocation): boolean {
  const code = relocation.code?.bytes[relocation.insnOff];
  return code !== undefined && ACCESS_CLASSES.has(code & 7);
}

/**
 * The effect of an answer on a relocation's instruction, as far as the target has a say in it: what the instruction
 * itself gets wrong is the same on every target.
 */
export function effectOf(relocation: CoreRelocation, answer: Resolution): Effect {
  const { errno, reason } = answer;
  if (errno !== 0) return { outcome: 'failed', reason, errno, width: 0 };
  if (answer.poison) return { outcome: 'poisoned', reason, errno, width: 0 };
  if (!accessesMemory(relocation)) return { outcome: 'applied', reason, errno, width: 0 };
  if (answer.value > SHRT_MAX) return { outcome: 'failed', reason: 'value-too-big', errno: 34, width: 0 };
  if (answer.memorySizeMismatch) return { outcome: 'poisoned', reason: 'memory-size', errno, width: 0 };
  const { newSize } = answer;
  if (newSize !== answer.originalSize && ![1, 2, 4, 8].includes(newSize)) {
    return { outcome: 'failed', reason: 'bad-memory-size', errno: 22, width: 0 };
  }
  return { outcome: 'applied', reason, errno, width: newSize };
}

/**
 * An answer as a string: equal strings, same program. TYPE_ID_TARGET gives ids, which are compared by what they name.
 */
export function answerKey(relocation: CoreRelocation, answer: Resolution): string {
  const { outcome, errno, width } = effectOf(relocation, answer);
  if (answer.errno !== 0) return `e${errno}`;
  if (answer.poison) return 'p';
  return `${value(relocation, answer)}${outcome === 'applied' ? `/${width}` : outcome === 'poisoned' ? 'p' : `e${errno}`}`;
}

function value(relocation: CoreRelocation, answer: Resolution): string {
  const { target } = answer;
  if (relocation.kind !== RelocationKind.TypeIdTarget || target === undefined) return String(answer.value);
  const { btf, rootTypeId } = target;
  return `${btf.kind(rootTypeId)} ${btf.name(rootTypeId)}`;
}
