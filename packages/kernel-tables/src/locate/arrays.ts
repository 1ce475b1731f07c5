// Arrays of pointers that are known by the functions that they lead to, where the arrays' own symbols are missing: system
// calls, raw tracepoints, the verifier's operations, map types.

import type { KernelView } from '../kernel-view.ts';
import { enumeratorsOf } from '../types/enumerators.ts';
import { structField, structFields, structSize } from '../types/struct-fields.ts';
import type { ImageWords, WordRun } from './image-words.ts';

const WORD = 8;
const MIN_CALLS = 256;
const MIN_TRACEPOINTS = 64;
/** No kernel has more program or map types. */
const MAX_TYPES = 128;

/** Distances of the functions whose names match. */
export function functionsNamed({ symbols }: KernelView, { origin }: ImageWords, pattern: RegExp): Map<number, string> {
  const found = new Map<number, string>();
  for (const i of symbols.indexesOfText()) {
    const name = symbols.name(i);
    if (pattern.test(name)) found.set(Number(symbols.addresses[i]! - origin), name);
  }
  return found;
}

/** Where the call `read` stands proves the table; the numbers are the architecture's ABI. */
const READ: Readonly<Record<string, number>> = { x86_64: 0, arm64: 63, riscv64: 63 };
const COMPAT_READ: Readonly<Record<string, number>> = { x86_64: 3, arm64: 3, riscv64: 63 };

/** `sys_call_table`, or the one for programs of 32 bits. */
export function findCallTable(view: KernelView, words: ImageWords, compat: boolean): WordRun | undefined {
  const read = (compat ? COMPAT_READ : READ)[view.memory.arch];
  if (read === undefined) return undefined;
  const calls = functionsNamed(view, words, /^(?:__[a-z0-9]+_)?(?:compat_)?sys_/);
  const isRead = (target: number) => /^(?:__[a-z0-9]+_)?(?:compat_)?sys_read$/.test(calls.get(target) ?? '');
  let best: WordRun | undefined;
  const { places, targets } = words.pointers;
  for (let i = 0; i < places.length; ) {
    const start = places[i]!;
    let end = start;
    let compatCalls = 0;
    for (; places[i] === end && calls.has(targets[i]!); i++, end += WORD) {
      if (calls.get(targets[i]!)?.includes('compat_')) compatCalls++;
    }
    if (end === start) {
      i++;
      continue;
    }
    const isSide = compat === compatCalls > 20;
    if (end - start < MIN_CALLS * WORD || !isSide || !isRead(words.pointer(start + read * WORD))) continue;
    if (best === undefined || end - start > best.end - best.start) best = { start, end };
  }
  return best;
}

/** The array of `struct bpf_raw_event_map`: a tracepoint and the function that calls programs, in each. */
export function findRawTracepoints(view: KernelView, words: ImageWords): WordRun | undefined {
  const { btf } = view;
  const step = structSize(btf, 'bpf_raw_event_map');
  const fields = structFields(btf, 'bpf_raw_event_map', ['tp', 'bpf_func', 'num_args']);
  const tracepoint = structField(btf, 'tracepoint', 'name');
  if (!step || !fields || !tracepoint) return undefined;
  const callers = functionsNamed(view, words, /^__bpf_trace_/);
  const isEntry = (at: number) => {
    const tp = words.pointer(at + fields.tp.byteOffset);
    const named = tp < 0 ? -1 : words.pointer(tp + tracepoint.byteOffset);
    const isCaller = callers.has(words.pointer(at + fields.bpf_func.byteOffset));
    return isCaller && words.name(named) !== undefined && words.number(at + fields.num_args.byteOffset) <= 16;
  };
  let best: WordRun | undefined;
  const { places, targets } = words.pointers;
  for (let i = 0; i < places.length; i++) {
    if (!callers.has(targets[i]!)) continue;
    const start = places[i]! - fields.bpf_func.byteOffset;
    if (best !== undefined && start < best.end && start >= best.start) continue;
    let end = start;
    while (isEntry(end)) end += step;
    if (end > start && (best === undefined || end - start > best.end - best.start)) best = { start, end };
  }
  return best && best.end - best.start >= MIN_TRACEPOINTS * step ? best : undefined;
}

/** `bpf_verifier_ops`, by program type: programs of sockets, kprobes and classifiers come first, as the ABI has them. */
export function findVerifierOps(view: KernelView, words: ImageWords): WordRun | undefined {
  const member = structField(view.btf, 'bpf_verifier_ops', 'get_func_proto');
  const count = countOf(view, 'BPF_PROG_TYPE_');
  if (member === undefined) return undefined;
  return findOperations(words, functionsNamed(view, words, /func_proto$/), member.byteOffset, count, [
    'sk_filter_func_proto',
    'kprobe_prog_func_proto',
    'tc_cls_act_func_proto',
    'tc_cls_act_func_proto',
  ]);
}

/** `bpf_map_types`, by map type: hash, array, array of programs. */
export function findMapTypes(view: KernelView, words: ImageWords): WordRun | undefined {
  const member = structField(view.btf, 'bpf_map_ops', 'map_alloc');
  const count = countOf(view, 'BPF_MAP_TYPE_');
  if (member === undefined) return undefined;
  return findOperations(words, functionsNamed(view, words, /alloc/), member.byteOffset, count, [
    'htab_map_alloc',
    'array_map_alloc',
    'prog_array_map_alloc',
  ]);
}

/** How many entries an array has that is indexed by an enum: one more than the highest of its values, the bound itself excepted. */
function countOf({ btf }: KernelView, prefix: string): number {
  return Math.max(0, ...enumeratorsOf(btf, prefix).values()) + 1;
}

/**
 * An array of pointers to operations whose member is one of some functions, or null; entry 0 is empty, and so is what was configured
 * out. Undefined where any entry has another shape.
 */
function findOperations(
  words: ImageWords,
  functions: ReadonlyMap<number, string>,
  member: number,
  count: number,
  first: readonly string[],
): WordRun | undefined {
  const isNull = (at: number) => words.number(at) === 0 && words.number(at + 4) === 0;
  const nameAt = (at: number) => {
    const operations = words.pointer(at);
    return operations < 0 ? undefined : functions.get(words.pointer(operations + member));
  };
  const isEntry = (at: number) => {
    const operations = words.pointer(at);
    return operations < 0 ? isNull(at) : nameAt(at) !== undefined || isNull(operations + member);
  };
  const { places, targets } = words.pointers;
  for (let i = 0; i < places.length; i++) {
    const at = places[i]!;
    if (functions.get(words.pointer(targets[i]! + member)) !== first[0]) continue;
    const start = at - WORD;
    if (count > MAX_TYPES || !isNull(start) || !first.every((name, k) => nameAt(at + k * WORD) === name)) continue;
    const end = start + count * WORD;
    for (let place = at; place < end; place += WORD) if (!isEntry(place)) return undefined;
    return { start, end };
  }
  return undefined;
}
