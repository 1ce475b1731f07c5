// Functions that nothing calls. The kernel counts a program's functions by its calls and compares the number with that of the
// type information: one that is only called back, or on an exception, is one too many for a kernel that does not know of such.
// kernel/bpf/verifier.c check_btf_func.

import { BtfKind, decodeType } from '@btfq/btf-format';
import { version } from '../kernel/version.ts';
import type { LoadReason } from '../reason.ts';
import { INSTRUCTION_FEATURES } from '../requirements/instruction-set.ts';
import { type ProgramContext, reason, startOf } from './context.ts';
import { newerThanKernel } from './verifier.ts';

/** Declaration tags came with Linux 5.16: without them libbpf does not append the function. */
const DECLARATION_TAGS = '5.16';
const EXCEPTIONS = '6.7';
const EXCEPTION_TAG = 'exception_callback:';

export function functionInfoReasons(context: ProgramContext): LoadReason[] {
  const callbacks = newerThanKernel(context, ({ id }) => id === INSTRUCTION_FEATURES.callbacks.id);
  return [...callbacks, ...exceptionReasons(context)];
}

function exceptionReasons(context: ProgramContext): LoadReason[] {
  const { view, needs } = context;
  const { most, least } = view.version;
  if (!hasExceptionCallback(context)) return [];
  if (most >= version(EXCEPTIONS) || least < version(DECLARATION_TAGS)) return [];
  if (view.has(BtfKind.Func, 'bpf_throw')) return [];
  return [
    reason(context, {
      code: 'instruction',
      message: `the kernel does not know functions that are called on an exception (Linux ${EXCEPTIONS})`,
      needed: `${EXCEPTION_TAG}${needs.program.name}`,
      evidence: 'btf',
      place: startOf(context),
    }),
  ];
}

/** Whether a declaration tag of the program names a function to be called on an exception: `__exception_cb(NAME)`. */
function hasExceptionCallback({ requirements, needs }: ProgramContext): boolean {
  const { btf } = requirements.object;
  if (btf === undefined) return false;
  for (let id = 1; id < btf.typeCount; id++) {
    if (btf.kind(id) !== BtfKind.DeclTag || !btf.name(id).startsWith(EXCEPTION_TAG)) continue;
    const tag = decodeType(btf, id);
    if (tag.kind === BtfKind.DeclTag && tag.componentIdx === -1 && btf.name(tag.type) === needs.program.name)
      return true;
  }
  return false;
}
