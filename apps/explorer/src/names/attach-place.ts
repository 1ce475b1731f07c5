// What a declaration says a program may attach to besides itself: kernels declare `bpf_lsm_file_open` for the hook file_open,
// `struct bpf_struct_ops_tcp_congestion_ops` for tcp_congestion_ops, and `struct bpf_iter__task` for the iterator task.
import { attachLink } from '../address/links.ts';
import type { TypeKind } from '../generated/operations.ts';

/** Such a place, its kind in words, and its view. */
export interface AttachPlace {
  readonly kind: string;
  readonly name: string;
  readonly href: string;
}

const PREFIXES = [
  { of: 'FUNC', prefix: 'bpf_lsm_', kind: 'LSM hook', view: 'lsm-hook' },
  { of: 'STRUCT', prefix: 'bpf_struct_ops_', kind: 'struct_ops', view: 'struct-ops' },
  { of: 'STRUCT', prefix: 'bpf_iter__', kind: 'iterator', view: 'iterator' },
] as const;
/** Types of the kernel's own that begin so and stand for no struct_ops. */
const NO_STRUCT_OPS = new Set(['arg_info', 'common_value', 'desc', 'link', 'map', 'state', 'value', 'tramp_links']);

export function attachPlace(kind: TypeKind, name: string): AttachPlace | undefined {
  for (const { of, prefix, kind: word, view } of PREFIXES) {
    const rest = name.slice(prefix.length);
    if (kind !== of || rest === '' || !name.startsWith(prefix) || (view === 'struct-ops' && NO_STRUCT_OPS.has(rest)))
      continue;
    return { kind: word, name: rest, href: attachLink(view, rest) };
  }
  return undefined;
}
