// Finds the tables that the linker places one after the other in a kernel's init data (include/asm-generic/vmlinux.lds.h:
// FTRACE_EVENTS, TRACE_SYSCALLS, KPROBE_BLACKLIST, ERROR_INJECT_WHITELIST) when their symbols are missing. The events are
// found by their shape; the tables that follow are distinguished by the shape of what they point to.

import { type KernelView, symbolRange } from '../kernel-view.ts';
import { structField, structFields } from '../types/struct-fields.ts';
import { functionsNamed } from './arrays.ts';
import { type ImageWords, longestRun, runFrom, type WordRun } from './image-words.ts';

/** The tables as runs of words. A table that is empty has no extent; what is beyond the first that has another shape is undefined. */
export interface BootTables {
  readonly events: WordRun;
  readonly evalMaps: WordRun;
  readonly systemCalls: WordRun;
  readonly blacklist: WordRun | undefined;
}

/** A kernel with events has hundreds. */
const MIN_EVENTS = 128;
const WORD = 8;
const MAX_ARGS = 6;
/** enum error types (include/asm-generic/error-injection.h). */
const MAX_ERROR_TYPE = 8;

/** Undefined where no run of words has the shape of the events. */
export function findBootTables(view: KernelView, words: ImageWords): BootTables | undefined {
  const { btf } = view;
  const call = structFields(btf, 'trace_event_call', ['class', 'name']);
  const system = structField(btf, 'trace_event_class', 'system');
  const tracepoint = structField(btf, 'tracepoint', 'name');
  const evalMap = structFields(btf, 'trace_eval_map', ['system', 'eval_string']);
  const metadata = structFields(btf, 'syscall_metadata', ['name', 'nb_args']);
  if (!call || !system || !tracepoint || !evalMap || !metadata) return undefined;
  const nameBehind = (at: number) => (at < 0 ? undefined : words.name(words.pointer(at)));
  const isEvent = (target: number) => {
    const ownClass = words.pointer(target + call.class.byteOffset);
    if (ownClass < 0 || nameBehind(ownClass + system.byteOffset) === undefined) return false;
    const named = words.pointer(target + call.name.byteOffset);
    return named >= 0 && (words.name(named) ?? nameBehind(named + tracepoint.byteOffset)) !== undefined;
  };
  const events = longestRun(words.pointers, isEvent);
  if (events === undefined || events.end - events.start < MIN_EVENTS * WORD) return undefined;
  const evalMaps = runFrom(words, events.end, (target) => {
    const text = words.pointer(target + evalMap.eval_string.byteOffset);
    return nameBehind(target + evalMap.system.byteOffset) !== undefined && text >= 0 && words.isText(text);
  });
  const systemCalls = runFrom(words, evalMaps.end, (target) => {
    const name = nameBehind(target + metadata.name.byteOffset);
    return name?.startsWith('sys_') === true && words.number(target + metadata.nb_args.byteOffset) <= MAX_ARGS;
  });
  return { events, evalMaps, systemCalls, blacklist: blacklistAt(view, words, systemCalls.end) };
}

/** Words that point to functions, up to what has another shape; an entry of the error injection list has a small number behind it. */
function blacklistAt(view: KernelView, words: ImageWords, start: number): WordRun | undefined {
  // An entry is where a function begins; in text that is mapped elsewhere (trampolines) it may be one without a symbol.
  const functions = functionsNamed(view, words, /./);
  const text = symbolRange(view, '_stext', '_etext');
  const [from, to] = text ? [Number(text.start - words.origin), Number(text.end - words.origin)] : [0, 0];
  const isCode = (target: number) => functions.has(target) || (text !== undefined && (target < from || target >= to));
  const run = runFrom(words, start, isCode);
  if (run.end === run.start) return undefined;
  const kind = words.number(run.end);
  const next = words.pointer(run.end + WORD);
  const isPair = kind > 0 && kind <= MAX_ERROR_TYPE && words.number(run.end + 4) === 0 && next >= 0 && isCode(next);
  let end = isPair ? run.end - WORD : run.end;
  while (end > start && !functions.has(words.pointer(end - WORD))) end -= WORD;
  return end > start ? { start, end } : undefined;
}
