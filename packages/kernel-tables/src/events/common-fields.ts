// The fields that every event begins with: the members of `struct trace_entry` (trace_define_common_fields).

import { type Btf, BtfKind, decodeType, findByName, formatType, IntEncoding, resolveSize } from '@btfq/btf-format';
import type { TraceField } from './trace-events.ts';

/** C's words as the kernel's macro has them, where the compiler calls the type otherwise. */
const AS_WRITTEN: Readonly<Record<string, string>> = {
  'short unsigned int': 'unsigned short',
  'long unsigned int': 'unsigned long',
};

/** `common_type`, `common_flags`, `common_preempt_count`, `common_pid`, and what this kernel has besides. */
export function commonFields(btf: Btf): readonly TraceField[] | undefined {
  const id = findByName(btf, 'trace_entry', BtfKind.Struct);
  const type = id === undefined ? undefined : decodeType(btf, id);
  if (type?.kind !== BtfKind.Struct) return undefined;
  return type.members.map((member) => {
    const own = decodeType(btf, member.type);
    const text = formatType(btf, member.type);
    return {
      declaration: `${AS_WRITTEN[text] ?? text} common_${member.name}`,
      offset: member.bitOffset / 8,
      size: resolveSize(btf, member.type) ?? 0,
      signed: own.kind === BtfKind.Int && (own.encoding & IntEncoding.Signed) !== 0,
    };
  });
}
