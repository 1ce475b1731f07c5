// Tracepoints as raw_tp programs see them: the table of `struct bpf_raw_event_map` (include/linux/tracepoint.h).

import type { KernelView } from '../kernel-view.ts';
import { tableRange } from '../locate/located.ts';
import { readNumber, readPointer, readText, structField, structFields, structSize } from '../types/struct-fields.ts';

/** One tracepoint. */
export interface RawTracepoint {
  readonly name: string;
  /** How many arguments a program may read: 8 bytes of its context each. */
  readonly args: number;
  /** How many bytes of the first argument a writable program may change; 0 for none. */
  readonly writableSize: number;
}

/** The tracepoints in the kernel's order; undefined where the table cannot be found. */
export function rawTracepoints(view: KernelView): readonly RawTracepoint[] | undefined {
  const { memory, btf } = view;
  const range = tableRange(view, 'rawTracepoints');
  const fields = structFields(btf, 'bpf_raw_event_map', ['tp', 'num_args', 'writable_size']);
  const step = structSize(btf, 'bpf_raw_event_map');
  const tracepointName = structField(btf, 'tracepoint', 'name');
  if (!range || !fields || !step || !tracepointName || range.end - range.start > 1n << 22n) return undefined;
  const found: RawTracepoint[] = [];
  for (let at = range.start; at + BigInt(step) <= range.end; at += BigInt(step)) {
    const tracepoint = readPointer(memory, at, fields.tp);
    const name = tracepoint ? readText(memory, tracepoint, tracepointName) : undefined;
    const args = readNumber(memory, at, fields.num_args);
    if (name === undefined || args === undefined) continue;
    found.push({ name, args, writableSize: readNumber(memory, at, fields.writable_size) ?? 0 });
  }
  return found;
}
