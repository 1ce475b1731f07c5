// The proof: every relocation is resolved again over the bytes that were written, and compared with the full target.

import { type Btf, parseBtf } from '@btfq/btf-format';
import { type BpfObject, resolveObject, type Resolution, type Rules, type TargetKernel } from '@btfq/core-reloc';
import { answerKey } from './answer-key.ts';
import { locate, type RelocationPlace } from './unsatisfied.ts';

/** A relocation that gives something else over the minimal BTF. */
export interface Mismatch extends RelocationPlace {
  /** By whose rules: see `Rules` of core-reloc. */
  readonly rules: Rules;
  /** What the full target and the minimal one answer: a value and width, `p` for poisoned, `e` and an error number. */
  readonly expected: string;
  readonly found: string;
}

/** An object's answers over one target, under each of the rules that count. */
export type AnswersByRules = ReadonlyMap<Rules, readonly Resolution[]>;

/** Answers of one object under several rules. */
export function answersBy(
  rules: readonly Rules[],
  object: BpfObject,
  target: Btf | TargetKernel,
  hostLittleEndian: boolean,
): AnswersByRules {
  return new Map(rules.map((rule) => [rule, resolveObject(object, target, { rules: rule, hostLittleEndian })]));
}

/**
 * Compares the written bytes, read back, with the answers of the full target. `expected` holds one entry per object.
 * An empty list is the proof.
 */
export function verifyBytes(
  bytes: Uint8Array,
  objects: readonly BpfObject[],
  expected: readonly AnswersByRules[],
  hostLittleEndian: boolean,
): Mismatch[] {
  return compareAnswers(parseBtf(bytes), objects, expected, hostLittleEndian);
}

/** The same for a kernel and its modules, read back together. */
export function verifySplit(
  bytes: Uint8Array,
  modules: readonly { readonly name: string; readonly bytes: Uint8Array }[],
  objects: readonly BpfObject[],
  expected: readonly AnswersByRules[],
  hostLittleEndian: boolean,
): Mismatch[] {
  const vmlinux = parseBtf(bytes);
  const read = modules.map(({ name, bytes: own }) => ({ name, btf: parseBtf(own, { base: vmlinux }) }));
  return compareAnswers({ vmlinux, modules: read }, objects, expected, hostLittleEndian);
}

function compareAnswers(
  minimal: Btf | TargetKernel,
  objects: readonly BpfObject[],
  expected: readonly AnswersByRules[],
  hostLittleEndian: boolean,
): Mismatch[] {
  const out: Mismatch[] = [];
  objects.forEach((object, o) => {
    for (const [rules, wanted] of expected[o] as AnswersByRules) {
      const found = resolveObject(object, minimal, { rules, hostLittleEndian });
      object.relocations.forEach((relocation, i) => {
        const want = answerKey(relocation, wanted[i] as Resolution);
        const have = answerKey(relocation, found[i] as Resolution);
        if (want !== have) out.push({ ...locate(object, relocation), rules, expected: want, found: have });
      });
    }
  });
  return out;
}
