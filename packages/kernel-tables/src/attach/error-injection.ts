// Functions whose return value may be replaced (ALLOW_ERROR_INJECTION): kprobes by bpf_override_return, fmod_ret programs
// (lib/error-inject.c; debugfs' `error_injection/list`).

import { hasDataSymbols, type KernelView, symbolRange } from '../kernel-view.ts';
import { enumeratorsOf } from '../types/enumerators.ts';
import { readNumber, readPointer, structFields, structSize } from '../types/struct-fields.ts';

/** One function, and what it may be made to return. */
export interface ErrorInjection {
  readonly name: string;
  /** The kernel's word: `NULL`, `ERRNO`, `ERRNO_NULL`, `TRUE`. */
  readonly type: string;
}

const PREFIX = 'EI_ETYPE_';
const MAX_LIST = 1 << 20;

/** The list in the kernel's order; empty where it was built without; undefined where the image does not tell. */
export function errorInjection(view: KernelView): readonly ErrorInjection[] | undefined {
  const { memory, symbols, btf } = view;
  const range = symbolRange(view, '__start_error_injection_whitelist', '__stop_error_injection_whitelist');
  if (range === undefined) return hasDataSymbols(view) || !symbols.has('within_error_injection_list') ? [] : undefined;
  const fields = structFields(btf, 'error_injection_entry', ['addr', 'etype']);
  const step = structSize(btf, 'error_injection_entry');
  if (!fields || !step || range.end - range.start > MAX_LIST) return undefined;
  const found: ErrorInjection[] = [];
  const types = new Map([...enumeratorsOf(btf, PREFIX)].map(([name, value]) => [value, name.slice(PREFIX.length)]));
  for (let at = range.start; at + BigInt(step) <= range.end; at += BigInt(step)) {
    const address = readPointer(memory, at, fields.addr);
    const type = types.get(readNumber(memory, at, fields.etype) ?? -1);
    const index = address === undefined ? undefined : symbols.indexesAt(address)[0];
    if (type === undefined || index === undefined) continue;
    found.push({ name: symbols.name(index), type });
  }
  return found;
}
