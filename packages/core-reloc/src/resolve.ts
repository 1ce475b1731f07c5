// The inner interface: only what the target answers, without instructions. For callers that ask thousands of targets.

import type { Btf } from '@btfq/btf-format';
import { type Agreement, agree, failed } from './agree.ts';
import type { BpfObject } from './bpf-object.ts';
import type { CoreRelocation } from './relocation-records.ts';
import { type Candidate, findCandidates, mainBtf, prepareCandidates, type TargetKernel } from './candidates.ts';
import { type Question, questionsOf, rootNames } from './questions.ts';
import { RelocationKind } from './relo-kinds.ts';
import { Errno, type Resolution } from './result.ts';

/**
 * Whose rules hold from one relocation to the next:
 *
 * - `loader`: libbpf loading the object. A relocation that matched drops the candidates that did not, for all later
 *   relocations of the same local type; records of code that is not loaded take no part in that.
 * - `bpftool`: `bpftool gen min_core_btf`. The same over all records.
 * - `independent`: each relocation sees all candidates.
 */
export type Rules = 'loader' | 'bpftool' | 'independent';

/** How to relocate. */
export interface RelocateOptions {
  /** Default `loader`. */
  readonly rules?: Rules;
  /** Byte order of the machine that loads the program, which shifts of bitfields depend on. Default: the target's. */
  readonly hostLittleEndian?: boolean;
}

/**
 * What the target answers to each of the object's relocations, by index. Records that ask the same question share one
 * answer object. Specs are parsed once per object, candidates searched once per target.
 */
export function resolveObject(
  object: BpfObject,
  target: Btf | TargetKernel,
  options: RelocateOptions = {},
): readonly Resolution[] {
  prepareTarget(target, [object]);
  const resolver = createResolver(target, options);
  const { ofRecord } = questionsOf(object);
  return object.relocations.map((relocation, i) => resolver.resolve(relocation, ofRecord[i] as Question));
}

/**
 * Looks up all names that the objects ask for, in one pass over the target. Worth a call before many objects meet a
 * target that has answered none yet; what it finds is remembered, and it does nothing where something is.
 */
export function prepareTarget(target: Btf | TargetKernel, objects: readonly BpfObject[]): void {
  prepareCandidates(target, [...new Set(objects.flatMap((object) => rootNames(object).map(({ name }) => name)))]);
}

/** Answers one object's questions in order, keeping the candidate lists as the rules say. */
export interface Resolver {
  resolve(relocation: CoreRelocation, question: Question): Resolution;
  /** The candidates that a relocation of this question would be compared with now. */
  candidates(question: Question): readonly Candidate[];
}

/** A resolver for one object and one target. */
export function createResolver(target: Btf | TargetKernel, options: RelocateOptions): Resolver {
  const rules = options.rules ?? 'loader';
  const littleEndian = options.hostLittleEndian ?? mainBtf(target).littleEndian;
  const lists = new Map<number, readonly Candidate[]>();
  const answers = new Map<Question, { candidates: readonly Candidate[]; agreement: Agreement }>();

  const candidates = (question: Question): readonly Candidate[] => {
    const pruned = lists.get(question.typeId);
    if (pruned !== undefined) return pruned;
    return question.rootName === '' ? [] : findCandidates(target, question.rootName, question.rootKind);
  };
  const resolve = (relocation: CoreRelocation, question: Question): Resolution => {
    const early = withoutCandidates(question, rules);
    if (early !== undefined) return early;
    const list = candidates(question);
    let answer = answers.get(question);
    if (answer === undefined || answer.candidates !== list) {
      answer = { candidates: list, agreement: agree(question, list, littleEndian) };
      answers.set(question, answer);
    }
    const { resolution, left } = answer.agreement;
    const prunes = rules === 'bpftool' || (rules === 'loader' && relocation.program?.autoload === true);
    if (prunes && left !== list) lists.set(question.typeId, left);
    return resolution;
  };
  return { resolve, candidates };
}

const anonymousForLoader = failed('anonymous-type', Errno.Invalid);
const anonymous = failed('anonymous-type', Errno.NotSupported);

/** What needs no candidates: malformed records, local type ids, root types without a name. */
function withoutCandidates(question: Question, rules: Rules): Resolution | undefined {
  const { kind, rootName, fault, typeId } = question;
  const local = kind === RelocationKind.TypeIdLocal;
  // libbpf's loader searches candidates before it parses the access string, bpftool after
  if (rules === 'loader' && rootName === '' && !local && fault?.reason !== 'malformed') return anonymousForLoader;
  if (fault !== undefined) return failed(fault.reason, fault.errno);
  if (local)
    return {
      ...anonymous,
      reason: undefined,
      errno: 0,
      original: BigInt(typeId),
      value: BigInt(typeId),
      validate: false,
    };
  return rootName === '' ? anonymous : undefined;
}
