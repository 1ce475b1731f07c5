// relocate: what libbpf would do with every CO-RE relocation of an object. libbpf.c bpf_object__relocate_core.

import type { Btf } from '@btfq/btf-format';
import type { BpfObject } from './bpf-object.ts';
import type { CodeSection } from './code-sections.ts';
import type { CoreRelocation } from './relocation-records.ts';
import type { TargetKernel } from './candidates.ts';
import { explainCandidates } from './explain.ts';
import { INSN_SIZE } from './insn.ts';
import { instructionSize, type Patch, patchInstruction } from './patch.ts';
import { type Question, questionsOf } from './questions.ts';
import { createResolver, prepareTarget, type RelocateOptions } from './resolve.ts';
import { type CandidateResult, Errno, type Outcome, type RelocationResult, type Resolution } from './result.ts';

/**
 * Everything about every relocation of an object on a target, by index. A relocation that fails does not stop the
 * others, though libbpf would refuse the object at the first one.
 *
 * The outline, for each record in `.BTF.ext` order:
 * 1. its local spec (access-spec.ts) and what the object's own types give (calculate.ts), once per object: questions.ts
 * 2. the candidates of its root type's name (candidates.ts), less those that earlier relocations dropped: resolve.ts
 * 3. the spec followed in each candidate (match-spec.ts by compat.ts and types-match.ts), and its value (calculate.ts)
 * 4. one answer from those that match, and which candidates are left (agree.ts)
 * 5. the instruction patched or poisoned (patch.ts)
 *
 * ```ts
 * const object = parseBpfObject(readFileSync('opensnoop.bpf.o'));
 * const kernel = loadBtf(readFileSync('/sys/kernel/btf/vmlinux'));
 * const broken = relocate(object, kernel).filter((result) => result.outcome !== 'applied');
 * ```
 */
export function relocate(
  object: BpfObject,
  target: Btf | TargetKernel,
  options: RelocateOptions = {},
): RelocationResult[] {
  return relocateObject(object, target, options).results;
}

/**
 * The object's code with all relocations done, by section name: copies of the sections that have any. Where one
 * failed, its instruction is as it was. `littleEndian` of the object decides how instructions are written.
 */
export function applyRelocations(
  object: BpfObject,
  target: Btf | TargetKernel,
  options: RelocateOptions = {},
): Map<string, Uint8Array> {
  return relocateObject(object, target, options).code;
}

/** Both at once: the results, and the code as {@link applyRelocations} gives it. */
export function relocateObject(
  object: BpfObject,
  target: Btf | TargetKernel,
  options: RelocateOptions = {},
): { results: RelocationResult[]; code: Map<string, Uint8Array> } {
  const { ofRecord } = questionsOf(object);
  prepareTarget(target, [object]);
  const resolver = createResolver(target, options);
  const code = new Map<string, Uint8Array>();
  const results = object.relocations.map((relocation, i) => {
    const question = ofRecord[i] as Question;
    const candidates = resolver.candidates(question);
    const resolution = resolver.resolve(relocation, question);
    const instruction = patchCopy(relocation, resolution, object.littleEndian, code);
    return result(relocation, question, resolution, instruction, () => explainCandidates(target, question, candidates));
  });
  return { results, code };
}

/**
 * The results of some of an object's relocations, by their indexes, each done on the object's own code. Those of one root name
 * do not depend on the others: kernels that differ in the types of one root share the results of all others. Not for objects
 * with two relocations of one instruction: {@link patchedTwice}.
 */
export function relocateSome(
  object: BpfObject,
  target: Btf | TargetKernel,
  indexes: readonly number[],
  options: RelocateOptions = {},
): RelocationResult[] {
  const { ofRecord } = questionsOf(object);
  const resolver = createResolver(target, options);
  return indexes.map((i) => {
    const relocation = object.relocations[i] as CoreRelocation;
    const question = ofRecord[i] as Question;
    const candidates = resolver.candidates(question);
    const resolution = resolver.resolve(relocation, question);
    const instruction = patchOne(relocation, resolution, object.littleEndian);
    return result(relocation, question, resolution, instruction, () => explainCandidates(target, question, candidates));
  });
}

/** The code of sections that results patch: copies, by section name. */
export function patchedCode(results: readonly RelocationResult[]): Map<string, Uint8Array> {
  const copies = new Map<string, Uint8Array>();
  for (const { relocation, instruction, patched } of results) {
    if (relocation.code === undefined || instruction === undefined) continue;
    const copy = workingCopy(copies, relocation.code);
    if (patched !== undefined) copy.set(patched, relocation.insnOff);
  }
  return copies;
}

/** Whether two relocations patch one instruction: then the second finds what the first left. */
export function patchedTwice(object: BpfObject): boolean {
  const seen = new Set<string>();
  for (const { code, section, insnOff } of object.relocations) {
    const size = code === undefined ? INSN_SIZE : instructionSize(code.bytes, insnOff);
    for (let at = insnOff; at < insnOff + Math.max(size, INSN_SIZE); at += INSN_SIZE) {
      const key = `${section} ${at}`;
      if (seen.has(key)) return true;
      seen.add(key);
    }
  }
  return false;
}

/** An instruction before and after. */
interface PatchedInstruction {
  readonly before: Uint8Array;
  readonly after: Uint8Array;
  readonly patch: Patch;
}

/** Patches the working copy of the relocation's section; undefined where there is no such instruction. */
function patchCopy(
  relocation: CoreRelocation,
  resolution: Resolution,
  littleEndian: boolean,
  copies: Map<string, Uint8Array>,
): PatchedInstruction | undefined {
  const { code, insnOff } = relocation;
  if (code === undefined || !hasInstruction(relocation)) return undefined;
  return patchAt(workingCopy(copies, code), insnOff, resolution, littleEndian);
}

/** Patches a copy of the one instruction. */
function patchOne(
  relocation: CoreRelocation,
  resolution: Resolution,
  littleEndian: boolean,
): PatchedInstruction | undefined {
  const { code, insnOff } = relocation;
  if (code === undefined || !hasInstruction(relocation)) return undefined;
  const size = instructionSize(code.bytes, insnOff);
  return patchAt(new Uint8Array(code.bytes.subarray(insnOff, insnOff + size)), 0, resolution, littleEndian);
}

function hasInstruction({ code, insnOff, error }: CoreRelocation): boolean {
  return error === undefined && code !== undefined && insnOff + INSN_SIZE <= code.bytes.length;
}

function patchAt(copy: Uint8Array, offset: number, resolution: Resolution, littleEndian: boolean): PatchedInstruction {
  const size = instructionSize(copy, offset);
  const before = copy.slice(offset, offset + size);
  const patch =
    resolution.errno === 0
      ? patchInstruction(copy, offset, littleEndian, resolution)
      : { errno: resolution.errno, reason: resolution.reason, poisoned: false };
  if (patch.errno !== 0) copy.set(before, offset);
  return { before, after: copy.slice(offset, offset + size), patch };
}

/** A true copy: `slice` of a Node Buffer would share its memory. */
function workingCopy(copies: Map<string, Uint8Array>, code: CodeSection): Uint8Array {
  let copy = copies.get(code.name);
  if (copy === undefined) copies.set(code.name, (copy = new Uint8Array(code.bytes)));
  return copy;
}

function result(
  relocation: CoreRelocation,
  question: Question,
  resolution: Resolution,
  instruction: PatchedInstruction | undefined,
  explain: () => CandidateResult[],
): RelocationResult {
  const malformed = relocation.error !== undefined;
  const errno = resolution.errno || instruction?.patch.errno || (malformed ? Errno.Invalid : 0);
  const poisoned = resolution.poison || instruction?.patch.poisoned === true;
  const outcome: Outcome = errno !== 0 ? 'failed' : poisoned ? 'poisoned' : 'applied';
  let candidates: CandidateResult[] | undefined;
  return {
    relocation,
    outcome,
    reason: malformed ? 'malformed' : (instruction?.patch.reason ?? resolution.reason),
    unexpected: malformed ? undefined : instruction?.patch.values,
    errno,
    originalValue: resolution.errno === 0 ? resolution.original : undefined,
    newValue: outcome === 'applied' ? resolution.value : undefined,
    localSpec: question.spec,
    targetSpec: resolution.target,
    resolution,
    instruction: instruction?.before,
    patched: outcome === 'failed' ? undefined : instruction?.after,
    get candidates() {
      candidates ??= explain();
      return candidates;
    },
  };
}
