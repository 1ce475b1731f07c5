// What a check finds, as data. Texts are those of the kernel's verifier log where the kernel has one.

import type { BtfErrorCode } from '../errors.ts';

/** What a kernel objects to. Stable words, with the rule's place in kernel/bpf/btf.c. */
export type KernelProblemCode =
  | 'too-big' // over 16 MiB, or more types than ids (btf_parse, btf_add_type)
  | 'kernel-header' // version, flags or header fields that it does not know (btf_parse_hdr)
  | 'kernel-sections' // gaps, overlaps or bytes left over (btf_check_sec_info)
  | 'no-types' // an empty type section (btf_parse_type_sec)
  | 'kind' // a kind that it does not know (btf_check_meta)
  | 'info' // bits of info that mean nothing to it: vlen, kflag, before 7.1 the reserved ones
  | 'name' // missing, present where none may be, or no identifier (btf_name_valid_identifier)
  | 'int' // bits, offset and encoding of INT (btf_int_check_meta)
  | 'size' // a size that the kind cannot have, or too small for what is inside
  | 'type-id' // a type where none may be, or none of that kind
  | 'offset' // members or variables that go backwards, overlap or end outside
  | 'bitfield' // a bitfield of a type that cannot have one, or wider than it
  | 'linkage' // FUNC and VAR (btf_func_check_meta, btf_var_check_meta)
  | 'component' // DECL_TAG on a member or parameter that is not there
  | 'argument' // FUNC_PROTO and FUNC (btf_func_proto_check, btf_func_check)
  | 'depth' // more than 32 types to follow (MAX_RESOLVE_DEPTH, btf_check_modifier_chain_length)
  | 'tag-order' // a type tag behind another modifier (btf_check_type_tags, before 7.1)
  | 'special-field' // locks, lists, trees, refcounts and kptrs in structs that programs allocate (btf_parse_fields)
  | 'loop' // types that contain themselves
  | 'resolve'; // what btf_resolve_valid finds in the end

/** One thing that libbpf or a kernel refuses. */
export interface BtfProblem {
  /** `libbpf`: nothing that uses libbpf opens it. `kernel`: BPF_BTF_LOAD refuses it. */
  readonly level: 'libbpf' | 'kernel';
  readonly code: BtfErrorCode | KernelProblemCode;
  /** In words; a kernel's own where it has some. */
  readonly message: string;
  readonly typeId?: number;
  /** In bytes from the start of the BTF: the record or field. */
  readonly offset?: number;
  /** Which member, parameter, enumerator or variable, from 0. */
  readonly element?: number;
  readonly expected?: string;
}

/** A rule that does not hold, before it is known of which type. */
export interface Violation {
  readonly code: KernelProblemCode;
  readonly message: string;
  readonly element?: number;
}

/** A violation, for `return`. */
export function violation(code: KernelProblemCode, message: string, element?: number): Violation {
  return element === undefined ? { code, message } : { code, message, element };
}
