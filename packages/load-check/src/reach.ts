// What the verifier gets to on a kernel: the walk of core-reloc, with what the loader and the kernel decide put in. Kernels
// that leave a program's code the same share one walk, and so do those that only give fields other offsets, where these decide
// nothing.

import {
  type BpfObject,
  type ExternValue,
  followProgram,
  holdsOffset,
  INSN_SIZE,
  type ProgramReach,
  type ReachOptions,
  RelocationKind,
} from '@btfq/core-reloc';
import type { KernelView } from './kernel/kernel-view.ts';
import type { LoadRequirements, ProgramRequirements } from './requirements/requirements.ts';

/** What decides a walk besides the program. */
export interface ReachInputs {
  readonly view: KernelView;
  readonly code: ReadonlyMap<string, Uint8Array>;
  /** The externs' values; several where one of them is only known to be one of some. */
  readonly externs: readonly ReadonlyMap<string, ExternValue>[];
  readonly unknown?: ReachOptions['unknown'];
}

/** A walk, and the instructions as they were whose offsets mattered to it. */
interface Walked {
  readonly reach: ProgramReach;
  readonly offsets: string;
}

/** By what decides a walk, but for the offsets of fields. */
const known = new WeakMap<LoadRequirements, Map<string, Walked[]>>();

/** Undefined where the object has no BTF to follow it by. */
export function reachOf(
  requirements: LoadRequirements,
  needs: ProgramRequirements,
  inputs: ReachInputs,
): ProgramReach | undefined {
  if (requirements.core === undefined || needs.own === undefined) return undefined;
  const reaches = inputs.externs.map((externs) => oneReach(requirements, needs, inputs, externs));
  for (const { offsetsThatMatter } of reaches) {
    for (const { section, offset } of offsetsThatMatter) inputs.view.offsetsThatMatter.add(`${section} ${offset}`);
  }
  return reaches.length === 1 ? reaches[0] : inAll(reaches);
}

function oneReach(
  requirements: LoadRequirements,
  needs: ProgramRequirements,
  { view, code, unknown }: ReachInputs,
  externs: ReadonlyMap<string, ExternValue>,
): ProgramReach {
  const { core } = requirements;
  // 6.8 verifies global functions when they are called; struct bpf_func_info_aux has `called` from there on
  const lazily = view.hasMember('bpf_func_info_aux', 'called') === true;
  const globalFunctions = lazily ? 'called' : 'all';
  const parts = [`${needs.program.index}`, globalFunctions, JSON.stringify(unknown ?? '')];
  for (const [name, value] of externs) parts.push(name, 'bytes' in value ? value.bytes.join() : `${value.present}`);
  const offsets = fieldOffsets(core as BpfObject);
  const codes = needs.functions.map((func) => ({
    bytes: code.get(func.section.name) ?? func.section.bytes,
    offsets: offsets.get(func.section.name),
    offset: func.offset,
    size: func.size,
  }));
  let cached = known.get(requirements);
  if (cached === undefined) known.set(requirements, (cached = new Map()));
  const key = [...parts, ...codes.map(fingerprint)].join(' ');
  let walked = cached.get(key);
  if (walked === undefined) cached.set(key, (walked = []));
  const same = walked.find((each) => each.offsets === offsetsAt(each.reach, code));
  if (same !== undefined) return same.reach;
  const options: ReachOptions = {
    data: requirements.data,
    externs,
    globalFunctions,
    offsets,
    ...(unknown && { unknown }),
  };
  const reach = followProgram(core as BpfObject, code, needs.own as NonNullable<typeof needs.own>, options);
  walked.push({ reach, offsets: offsetsAt(reach, code) });
  return reach;
}

/** The instructions whose offsets matter, as some code has them. */
function offsetsAt({ offsetsThatMatter }: ProgramReach, code: ReadonlyMap<string, Uint8Array>): string {
  return offsetsThatMatter
    .map(
      ({ section, offset }) =>
        code
          .get(section)
          ?.subarray(offset, offset + INSN_SIZE)
          .join('.') ?? '',
    )
    .join(' ');
}

const offsetsOf = new WeakMap<BpfObject, ReadonlyMap<string, ReadonlySet<number>>>();

/** Where an object's instructions hold offsets of fields, by section. */
function fieldOffsets(core: BpfObject): ReadonlyMap<string, ReadonlySet<number>> {
  let found = offsetsOf.get(core);
  if (found === undefined) {
    const own = new Map<string, Set<number>>();
    for (const { kind, section, insnOff } of core.relocations) {
      if (kind !== RelocationKind.FieldByteOffset) continue;
      const offsets = own.get(section);
      if (offsets === undefined) own.set(section, new Set([insnOff]));
      else offsets.add(insnOff);
    }
    offsetsOf.set(core, (found = own));
  }
  return found;
}

/** Certain is what all of them are certain of. */
function inAll(reaches: readonly ProgramReach[]): ProgramReach {
  const [first, ...rest] = reaches as [ProgramReach, ...ProgramReach[]];
  return {
    complete: reaches.every(({ complete }) => complete),
    offsetsThatMatter: reaches.flatMap(({ offsetsThatMatter }) => offsetsThatMatter),
    at(section, offset) {
      const each = reaches.map((reach) => reach.at(section, offset));
      if (each.every((reached) => reached === each[0])) return each[0] as (typeof each)[number];
      return 'possible';
    },
    order: (section, offset) => Math.min(...reaches.map((reach) => reach.order(section, offset))),
    functions: [...new Set(reaches.flatMap(({ functions }) => functions))],
    helpers: merged(
      first.helpers,
      rest.map(({ helpers }) => helpers),
    ),
    externs: merged(
      first.externs,
      rest.map(({ externs }) => externs),
    ),
    contextAccesses: merged(
      first.contextAccesses,
      rest.map(({ contextAccesses }) => contextAccesses),
    ),
  };
}

interface Placed {
  readonly section: string;
  readonly offset: number;
  readonly certain: boolean;
  /** Of context accesses: one instruction may access several places. */
  readonly off?: number;
}

function merged<T extends Placed>(first: readonly T[], rest: readonly (readonly T[])[]): T[] {
  const keyOf = ({ section, offset, off }: Placed) => `${section} ${offset} ${off ?? ''}`;
  const lists = [first, ...rest].map((list) => new Map(list.map((each) => [keyOf(each), each])));
  const all = new Map(lists.flatMap((list) => [...list]));
  return [...all].map(([key, each]) => ({ ...each, certain: lists.every((list) => list.get(key)?.certain === true) }));
}

/** A function's code on a kernel. */
interface FunctionCode {
  readonly bytes: Uint8Array;
  readonly offsets: ReadonlySet<number> | undefined;
  readonly offset: number;
  readonly size: number;
}

/**
 * Two 32-bit hashes of some instructions (FNV-1a and a sum with rotation), without the offsets of fields: enough to distinguish
 * variants of one program.
 */
function fingerprint({ bytes, offsets, offset, size }: FunctionCode): string {
  let a = 0x811c9dc5;
  let b = size / INSN_SIZE;
  for (let insn = offset; insn < offset + size; insn += INSN_SIZE) {
    const open = offsets?.has(insn) === true && holdsOffset(bytes[insn]!);
    // off and imm: only one of them is the field's offset, and the other never changes
    const end = Math.min(open ? insn + 2 : insn + INSN_SIZE, offset + size);
    for (let i = insn; i < end; i++) {
      const byte = bytes[i]!;
      a = Math.imul(a ^ byte, 0x01000193);
      b = (Math.imul(b, 31) + byte) | 0;
    }
  }
  return `${(a >>> 0).toString(36)}.${(b >>> 0).toString(36)}`;
}
