// What an object asks, worked out once and used for every target: each distinct (type, access string, kind) of its
// records with its local spec and its local values.

import { type BtfKind, essentialName } from '@btfq/btf-format';
import { parseSpec, type SpecFault } from './access-spec.ts';
import type { BpfObject } from './bpf-object.ts';
import type { CoreRelocation } from './relocation-records.ts';
import { type Calculated, calculate } from './calculate.ts';
import { type LocalSpec, prepareLocalSpec } from './match-spec.ts';
import { RelocationKind } from './relo-kinds.ts';
import { Errno } from './result.ts';

/** One question, shared by all records that ask it. */
export interface Question {
  readonly kind: number;
  readonly typeId: number;
  /** The root type's essential name and kind: what candidates must have. '' for anonymous types. */
  readonly rootName: string;
  readonly rootKind: BtfKind;
  readonly spec: LocalSpec | undefined;
  /** Why there is no spec. */
  readonly fault: SpecFault | undefined;
  /** The local value on a machine of that byte order; undefined without a spec. */
  original(littleEndian: boolean): Calculated | undefined;
}

/** A name that an object's relocations look for in the target, and the kinds that they would take. */
export interface RootName {
  /** Without flavour. */
  readonly name: string;
  /** Of the local types; an enum stands for both widths. Ascending. */
  readonly kinds: readonly BtfKind[];
}

/** All questions of an object, and for each record (by `index`) which it asks. */
export interface Questions {
  readonly list: readonly Question[];
  readonly ofRecord: readonly Question[];
}

const known = new WeakMap<BpfObject, Questions>();

/** The questions of an object; worked out on the first call. */
export function questionsOf(object: BpfObject): Questions {
  const found = known.get(object);
  if (found !== undefined) return found;
  const byKey = new Map<string, Question>();
  const ofRecord = object.relocations.map((relocation) => {
    const malformed = relocation.error === undefined ? '' : relocation.index;
    const key = `${relocation.kind} ${relocation.typeId} ${relocation.access} ${malformed}`;
    let question = byKey.get(key);
    if (question === undefined) byKey.set(key, (question = ask(object, relocation)));
    return question;
  });
  const questions = { list: [...byKey.values()], ofRecord };
  known.set(object, questions);
  return questions;
}

/**
 * The declarations of a target that decide every answer for an object: two targets in which all types of these names
 * and kinds are the same, with all that they contain by value, give the same results but for type ids.
 */
export function rootNames(object: BpfObject): RootName[] {
  const kinds = new Map<string, Set<BtfKind>>();
  for (const { kind, rootName, rootKind, spec } of questionsOf(object).list) {
    if (kind === RelocationKind.TypeIdLocal || rootName === '' || spec === undefined) continue;
    const seen = kinds.get(rootName);
    if (seen === undefined) kinds.set(rootName, new Set([rootKind]));
    else seen.add(rootKind);
  }
  return [...kinds].map(([name, set]) => ({ name, kinds: [...set].sort((a, b) => a - b) }));
}

const MALFORMED: SpecFault = { reason: 'malformed', errno: Errno.Invalid };

function ask(object: BpfObject, relocation: CoreRelocation): Question {
  const { btf, elf } = object;
  const { kind, typeId, access, error } = relocation;
  const pointerBytes = elf.is64 ? 8 : 4;
  const exists = typeId < btf.typeCount;
  // a record that only misplaces its instruction still has a question to ask
  const usable = exists && error?.code !== 'bad-access-string';
  const parsed = usable ? parseSpec(btf, relocation, access, pointerBytes) : MALFORMED;
  const spec = 'reason' in parsed ? undefined : prepareLocalSpec(parsed);
  const originals: (Calculated | undefined)[] = [];
  return {
    kind,
    typeId,
    rootName: exists ? essentialName(btf.name(typeId)) : '',
    rootKind: exists ? btf.kind(typeId) : 0,
    spec,
    fault: 'reason' in parsed ? parsed : undefined,
    original(littleEndian) {
      if (spec === undefined) return undefined;
      originals[Number(littleEndian)] ??= calculate(spec, { littleEndian, pointerBytes });
      return originals[Number(littleEndian)];
    },
  };
}
