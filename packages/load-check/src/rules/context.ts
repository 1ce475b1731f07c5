// What every rule is given: the program, the kernel, what the verifier reaches, and how a reason is made.

import { type BpfProgram, type ProgramReach, sourceLine } from '@btfq/core-reloc';
import type { KernelView } from '../kernel/kernel-view.ts';
import type { Evidence, LoaderName, LoadReason, LoadReasonCode } from '../reason.ts';
import type { LoadRequirements, ProgramRequirements } from '../requirements/requirements.ts';

export const ALL_LOADERS: readonly LoaderName[] = ['libbpf', 'cilium', 'aya'];

/** A place in the object's code. `offset` in bytes within the section. */
export interface Place {
  readonly program: BpfProgram | undefined;
  readonly section: string;
  readonly offset: number;
}

/** What a rule says of a reason; the source line follows from the place. */
export interface ReasonParts {
  readonly code: LoadReasonCode;
  readonly verdict?: 'fails' | 'conditional';
  readonly message: string;
  readonly needed: string;
  readonly found?: string | undefined;
  readonly evidence: Evidence;
  readonly place?: Place | undefined;
  readonly wholeObject?: boolean;
  readonly loaders?: readonly LoaderName[];
}

/** A rule's surroundings, for the object as a whole. */
export interface ObjectContext {
  readonly requirements: LoadRequirements;
  readonly view: KernelView;
  readonly loader: LoaderName;
}

/** The same for one program. */
export interface ProgramContext extends ObjectContext {
  readonly needs: ProgramRequirements;
  /** What the verifier gets to; undefined where the object has no BTF to follow it by. */
  readonly reach: ProgramReach | undefined;
}

/** Completes a reason. A place's line is that of its instruction; without a place it is the function's own. */
export function reason(context: ObjectContext, parts: ReasonParts): LoadReason {
  const line = lineOf(context, parts.place);
  const made: LoadReason = {
    code: parts.code,
    verdict: parts.verdict ?? 'fails',
    message: parts.message,
    file: line?.file,
    line: line?.line,
    column: line?.column,
    needed: parts.needed,
    found: parts.found,
    evidence: parts.evidence,
    wholeObject: parts.wholeObject ?? false,
    loaders: parts.loaders ?? ALL_LOADERS,
  };
  if (parts.place !== undefined) places.set(made, parts.place);
  return made;
}

const places = new WeakMap<LoadReason, Place>();

/** Reasons by where the verifier comes first; each kind of them is in order already. */
export function inOrderOfVisit(reach: ProgramReach, reasons: readonly LoadReason[]): LoadReason[] {
  const orderOf = (each: LoadReason) => {
    const place = places.get(each);
    return place === undefined ? Infinity : reach.order(place.section, place.offset);
  };
  const ordered = reasons.map((each) => ({ each, order: orderOf(each) }));
  return ordered.sort((a, b) => (a.order === b.order ? 0 : a.order - b.order)).map(({ each }) => each);
}

function lineOf({ requirements }: ObjectContext, place: Place | undefined) {
  const { core } = requirements;
  if (core === undefined || place === undefined) return undefined;
  return sourceLine(core, { section: place.section, insnOff: place.offset, program: place.program });
}

/** The first instruction of the program: where a reason about all of it belongs. */
export function startOf({ needs }: ProgramContext): Place | undefined {
  const { own } = needs;
  return own && { program: own, section: own.section.name, offset: own.offset };
}

/** Whether a place is reached: `fails` where that is certain, `conditional` where it is possible. */
export function weight(certain: boolean): 'fails' | 'conditional' {
  return certain ? 'fails' : 'conditional';
}
