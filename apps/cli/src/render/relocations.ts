// Lines about relocations that came out badly.
import type { Mismatch, RelocationPlace, Unsatisfied } from '@btfq/minimizer';

/** `opensnoop.bpf.c:60: opensnoop.bpf.o, program trace_open: byte_off of task_struct (0:12): poisoned, no-match`. */
export function unsatisfiedLine(one: Unsatisfied): string {
  const because = one.reason === undefined ? '' : `, ${one.reason}`;
  return `${placeText(one)}: ${one.outcome}${because}${one.errno === 0 ? '' : ` (errno ${one.errno})`}`;
}

/** The same for an answer that the minimal BTF would change. */
export function mismatchLine(one: Mismatch): string {
  return `${placeText(one)}: ${one.expected} on the kernel, ${one.found} over the minimal BTF`;
}

function placeText({ object, section, program, insnOff, source, kind, type, access }: RelocationPlace): string {
  const line = source === undefined ? '' : `${source.file}:${source.line}: `;
  return `${line}${object}, ${program ?? section} at ${insnOff}: ${kind} of ${type} (${access})`;
}
