// What becomes of a relocation, as data. Words for people are made in format-result.ts only.

import type { Btf } from '@btfq/btf-format';
import type { CoreRelocation } from './relocation-records.ts';

/** Linux error numbers that libbpf's relocation gives, positive here. */
export const Errno = { TooBig: 7, Invalid: 22, Range: 34, NotSupported: 95 } as const;

/** One step of a spec: a named member, an array element (`named` false), or for enumerators the enumerator. */
export interface Accessor {
  /** The struct or union that has the member, the element type, or the enum; modifiers and typedefs skipped. */
  readonly typeId: number;
  /** Index of the member, element or enumerator. */
  readonly index: number;
  readonly named: boolean;
}

/** struct bpf_core_spec: an access path within one BTF. Type-based relocations have neither accessors nor raw indexes. */
export interface Spec {
  readonly btf: Btf;
  readonly kind: number;
  /** The type that the path starts at, as the record or the candidate names it. */
  readonly rootTypeId: number;
  /** The steps that have a meaning: names and elements. */
  readonly accessors: readonly Accessor[];
  /** Every step, through anonymous members too: the access string of this BTF. */
  readonly raw: readonly number[];
  /** From the start of the root type; 32 bits wide, as libbpf's. */
  readonly bitOffset: number;
}

/** Why an instruction was poisoned, or why libbpf would refuse to load the object. */
export type ReasonCode =
  // poisoned: the program loads, and the verifier rejects it if the instruction can be reached
  | 'no-candidates' // no type of that name and kind in the target
  | 'no-match' // candidates there are, and none has what is asked for
  | 'memory-size' // the field's size changed and a load or store cannot be adjusted to it
  // failed: libbpf refuses the object
  | 'malformed' // the record itself; `error` says what
  | 'bad-spec' // the access string does not fit the local type
  | 'unknown-kind' // a relocation kind that libbpf does not know
  | 'anonymous-type' // the local root type has no name to search candidates by
  | 'match-failed' // comparing a candidate ended in an error: nested too deep, a size that cannot be known
  | 'not-computable' // the value cannot be computed: a sign asked of an array element, a bitfield over 64 bits, ...
  | 'offset-ambiguity' // candidates disagree about the offset
  | 'value-ambiguity' // candidates disagree about the value
  | 'bad-instruction' // not an instruction that can be relocated
  | 'unexpected-value' // the instruction does not hold the value that the local type gives
  | 'value-too-big' // an offset that does not fit into a load or store (over 32767)
  | 'unexpected-memory-size' // the load or store is not as wide as the local field
  | 'bad-memory-size' // the target field is not 1, 2, 4 or 8 bytes wide
  | 'truncated-instruction' // the second half of a lddw is missing
  | 'limit'; // more work than this library does for one relocation

/** Why a candidate was passed over. */
export type RefusalCode =
  | 'pruned' // an earlier relocation of the same local type dropped it from the list
  | 'missing-member'
  | 'incompatible-member' // a member of that name, of a type that is not compatible
  | 'not-composite' // a member is asked of what is no struct or union
  | 'not-array' // an element is asked of what is no array
  | 'index-out-of-range' // the array has fewer elements
  | 'not-enum'
  | 'missing-enumerator'
  | 'incompatible-type' // bpf_core_types_are_compat says no
  | 'type-mismatch' // bpf_core_types_match says no
  | 'error'; // libbpf stops here; `errno` says with what

/** One candidate: a target type of the right name and kind. */
export interface CandidateResult {
  readonly btf: Btf;
  /** `vmlinux` or the module's name. */
  readonly module: string;
  readonly typeId: number;
  readonly matched: boolean;
  readonly refusal: RefusalCode | undefined;
  /** The member or enumerator that is missing or incompatible. */
  readonly name: string | undefined;
  readonly errno: number;
  /** Its own path, where it matched. */
  readonly spec: Spec | undefined;
}

/**
 * What the target answers, before any instruction is looked at: libbpf's struct bpf_core_relo_res and the target spec.
 * The same object serves all relocations of an object that ask the same question.
 */
export interface Resolution {
  /** 0, or libbpf's error number: nothing below holds then. */
  readonly errno: number;
  readonly reason: ReasonCode | undefined;
  /** The instruction must be made invalid. */
  readonly poison: boolean;
  /** Unsigned 64 bits; what the instruction should hold now, and what it will. */
  readonly original: bigint;
  readonly value: bigint;
  /** Whether `original` is to be compared with the instruction. */
  readonly validate: boolean;
  /** Bytes of the field, for loads and stores; 0 where there is nothing to adjust. */
  readonly originalSize: number;
  readonly newSize: number;
  /** Loads and stores cannot be adjusted from one size to the other. */
  readonly memorySizeMismatch: boolean;
  /** Candidates that were compared, and how many of them matched. */
  readonly tried: number;
  readonly matched: number;
  /** The first candidate's path; undefined where none matched and for TYPE_ID_LOCAL. */
  readonly target: Spec | undefined;
}

/** `applied`: patched; `poisoned`: made invalid; `failed`: libbpf refuses the object. */
export type Outcome = 'applied' | 'poisoned' | 'failed';

/** Two values that should be one. */
export interface UnexpectedValue {
  readonly got: bigint;
  /** For `value-too-big` the most that there may be. */
  readonly expected: bigint;
}

/** Everything about one relocation. `candidates` and the instructions are made when asked for. */
export interface RelocationResult {
  readonly relocation: CoreRelocation;
  readonly outcome: Outcome;
  /** Why it was poisoned or failed. An existence check that found nothing is `applied` with value 0 and the reason. */
  readonly reason: ReasonCode | undefined;
  /** The two values that the reason is about, where it is about two. */
  readonly unexpected: UnexpectedValue | undefined;
  /** 0, or libbpf's error number where it failed. */
  readonly errno: number;
  /** The values before and after; undefined where the relocation failed, `newValue` also where it was poisoned. */
  readonly originalValue: bigint | undefined;
  readonly newValue: bigint | undefined;
  readonly localSpec: Spec | undefined;
  /** The target types and members touched. */
  readonly targetSpec: Spec | undefined;
  readonly resolution: Resolution;
  /** The candidates in the order in which they were tried, and why each was refused. */
  readonly candidates: readonly CandidateResult[];
  /** The instruction's bytes (16 for lddw) before and after; `patched` is undefined where it failed. */
  readonly instruction: Uint8Array | undefined;
  readonly patched: Uint8Array | undefined;
}
