// minimize: the BTF that a set of objects needs on one kernel. bpftool gen.c, minimize_btf.

import type { Btf } from '@btfq/btf-format';
import {
  type BpfObject,
  prepareTarget,
  relocate,
  resolveObject,
  type Resolution,
  type Rules,
  type TargetKernel,
} from '@btfq/core-reloc';
import { CANONICAL_FORMS, canonicalBtf } from './canonical/canonical.ts';
import { type Emitted, emitFlat, emitSplit } from './emit.ts';
import { MinimizeError } from './errors.ts';
import { markSpec, markTypeMatch } from './mark.ts';
import { Marks } from './marks.ts';
import { type Unsatisfied, unsatisfiedOf } from './unsatisfied.ts';
import { type AnswersByRules, answersBy, type Mismatch, verifyBytes, verifySplit } from './verify.ts';

/** How to minimize. */
export interface MinimizeOptions {
  /** The smallest BTF with the same answers, in an order that depends on content alone. Default: what bpftool keeps. */
  readonly canonical?: boolean;
  /** Resolve every relocation again over the result and compare. Default true. */
  readonly verify?: boolean;
  /**
   * For a kernel with modules: one BTF for each, split as the target is, instead of one flat BTF. libbpf takes only a
   * flat one as custom BTF. Not together with `canonical`, which is flat by nature.
   */
  readonly split?: boolean;
}

/** How the types were chosen. */
export type MinimalForm =
  | 'marked' // what bpftool marks
  | 'canonical' // made from the answers alone
  | 'candidates'; // every candidate that takes part: where the answers need more than one

/** A minimal BTF, and what is to be said about it. */
export interface MinimizeResult {
  /** BTF in the target's byte order, with the 24-byte header. */
  readonly bytes: Uint8Array;
  /** With `split`: a BTF for each module, split over `bytes`. */
  readonly modules: readonly { readonly name: string; readonly bytes: Uint8Array }[];
  /** How many types it has, without void and modules. */
  readonly types: number;
  readonly form: MinimalForm;
  /** Relocations that this kernel cannot satisfy, whichever BTF is used. */
  readonly unsatisfied: readonly Unsatisfied[];
  /** Relocations that give something else over `bytes`: none, or `bytes` must not be used. Empty without `verify`. */
  readonly mismatches: readonly Mismatch[];
}

/**
 * The outline:
 * 1. what the target answers to each relocation: resolveObject of core-reloc, by bpftool's rules
 * 2. the types and members that the answers touch (mark.ts), or a BTF made from the answers alone (canonical/)
 * 3. the marked types with new ids (emit.ts)
 * 4. all answers again over the bytes that were written (verify.ts)
 *
 * A relocation that fails does not stop the others. The same input gives the same bytes.
 *
 * ```ts
 * const { bytes, unsatisfied } = minimize(loadBtf(readFileSync('vmlinux.btf')), [parseBpfObject(object)]);
 * ```
 *
 * Throws `MinimizeError`: no-objects, bad-target.
 */
export function minimize(
  target: Btf | TargetKernel,
  objects: readonly BpfObject[],
  options: MinimizeOptions = {},
): MinimizeResult {
  if (objects.length === 0) throw new MinimizeError('no-objects', 'there is no object to minimize for');
  const task = prepare(target, objects, options.canonical ? CANONICAL_RULES : MARKED_RULES);
  if (options.canonical) return minimizeCanonically(task);
  const marks = markBpftools(task);
  const verify = options.verify !== false;
  if (options.split && 'vmlinux' in target) return minimizeSplit(task, target, marks, verify);
  const written = emitFlat(task.layers, marks);
  return result(task, 'marked', written, verify ? prove(task, written.bytes) : []);
}

/** A question with its answers. */
interface Task {
  readonly target: Btf | TargetKernel;
  /** The kernel's BTF first, then its modules'. */
  readonly layers: readonly Btf[];
  readonly objects: readonly BpfObject[];
  /** One entry for each object. */
  readonly answers: readonly AnswersByRules[];
  readonly littleEndian: boolean;
}

const MARKED_RULES: readonly Rules[] = ['loader'];
/** A canonical BTF must hold for libbpf's loader and for tools that resolve each relocation for itself. */
const CANONICAL_RULES: readonly Rules[] = ['loader', 'independent'];

function prepare(target: Btf | TargetKernel, objects: readonly BpfObject[], rules: readonly Rules[]): Task {
  const layers = layersOf(target);
  const { littleEndian } = layers[0] as Btf;
  // one pass over the names for all objects
  if (objects.length > 1) prepareTarget(target, objects);
  const answers = objects.map((object) => answersBy(rules, object, target, littleEndian));
  return { target, layers, objects, answers, littleEndian };
}

function prove({ objects, answers, littleEndian }: Task, bytes: Uint8Array): Mismatch[] {
  return verifyBytes(bytes, objects, answers, littleEndian);
}

function result(
  { objects, answers }: Task,
  form: MinimalForm,
  { bytes, types }: Emitted,
  mismatches: readonly Mismatch[],
): MinimizeResult {
  const unsatisfied = objects.flatMap((object, i) =>
    unsatisfiedOf(object, answers[i]?.get('loader') as readonly Resolution[]),
  );
  return { bytes, types, modules: [], form, unsatisfied, mismatches };
}

/** The smallest form that is proven; where none is, every candidate, with what is still wrong. */
function minimizeCanonically(task: Task): MinimizeResult {
  for (const form of CANONICAL_FORMS) {
    const written = canonicalBtf(task.objects, task.answers, task.littleEndian, form);
    if (written !== undefined && prove(task, written.bytes).length === 0) return result(task, 'canonical', written, []);
  }
  const marks = markBpftools(task);
  for (const object of task.objects) markCandidates(marks, task.target, object);
  const written = emitFlat(task.layers, marks);
  return result(task, 'candidates', written, prove(task, written.bytes));
}

function minimizeSplit(task: Task, target: TargetKernel, marks: Marks, verify: boolean): MinimizeResult {
  const written = emitSplit(
    target.vmlinux,
    task.layers.filter((layer) => layer.base === target.vmlinux),
    marks,
  );
  const modules = (target.modules ?? []).map(({ name }, i) => ({ name, bytes: (written.modules[i] as Emitted).bytes }));
  const { bytes } = written.kernel;
  const mismatches = verify ? verifySplit(bytes, modules, task.objects, task.answers, task.littleEndian) : [];
  return { ...result(task, 'marked', written.kernel, mismatches), modules };
}

/** What bpftool marks; where it would give up, every candidate that takes part in the failure, so that it stays one. */
function markBpftools({ target, objects }: Task): Marks {
  const marks = new Marks();
  for (const object of objects) {
    const answers = resolveObject(object, target, { rules: 'bpftool' });
    for (const { errno, target: spec } of new Set(answers)) {
      if (errno === 0 && spec !== undefined) markSpec(marks, spec);
    }
    if (answers.some(isOfCandidates)) markCandidates(marks, target, object);
  }
  return marks;
}

const FAILURES: ReadonlySet<Resolution['reason']> = new Set([
  'offset-ambiguity',
  'value-ambiguity',
  'match-failed',
  'not-computable',
]);

/** Whether libbpf fails because of what the candidates are. */
function isOfCandidates({ reason }: Resolution): boolean {
  return FAILURES.has(reason);
}

/** Every candidate that matches a relocation or makes libbpf fail, whether or not another relocation would drop it. */
function markCandidates(marks: Marks, target: Btf | TargetKernel, object: BpfObject): void {
  for (const result of relocate(object, target, { rules: 'independent' })) {
    for (const { spec, refusal, btf, typeId } of result.candidates) {
      if (spec !== undefined) markSpec(marks, spec);
      else if (refusal === 'error') markTypeMatch(marks, btf, typeId);
    }
  }
}

/** The kernel's BTF and its modules', each split over it. Throws `bad-target`. */
function layersOf(target: Btf | TargetKernel): Btf[] {
  if (!('vmlinux' in target)) return target.base === undefined ? [target] : [...layersOf(target.base), target];
  for (const { name, btf } of target.modules ?? []) {
    if (btf.base === target.vmlinux) continue;
    throw new MinimizeError('bad-target', `module ${name} is not split over this kernel's BTF`, { path: name });
  }
  return [...layersOf(target.vmlinux), ...(target.modules ?? []).map(({ btf }) => btf)];
}
