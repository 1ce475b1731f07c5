// Enumerators and sizes that a kernel puts into its formats at boot (`TRACE_DEFINE_ENUM`, `TRACE_DEFINE_SIZEOF`):
// kernel/trace/trace_events.c, update_event_printk and update_event_fields.

import { type KernelView, pointersIn, symbolRange } from '../kernel-view.ts';
import { readPointer, readText, structFields } from '../types/struct-fields.ts';

/** One name that is replaced in the events of one system, which is told by the address of its name: the kernel compares pointers. */
export interface EvalMap {
  readonly text: string;
  readonly value: string;
}

/** The maps by system, each in the kernel's order; none where it has none. */
export type EvalMaps = ReadonlyMap<bigint, readonly EvalMap[]>;

export function evalMaps(view: KernelView): EvalMaps {
  const { memory, btf } = view;
  const range = symbolRange(view, '__start_ftrace_eval_maps', '__stop_ftrace_eval_maps');
  const fields = structFields(btf, 'trace_eval_map', ['system', 'eval_string', 'eval_value']);
  const pointers = range && pointersIn(memory, range.start, range.end);
  const maps = new Map<bigint, EvalMap[]>();
  if (!fields || !pointers) return maps;
  for (const at of pointers) {
    const system = readPointer(memory, at, fields.system);
    const text = readText(memory, at, fields.eval_string);
    const value = readPointer(memory, at, fields.eval_value);
    if (system === undefined || !text || value === undefined) continue;
    const map = { text, value: String(BigInt.asIntN(memory.wordSize * 8, value)) };
    const list = maps.get(system);
    if (list) list.push(map);
    else maps.set(system, [map]);
  }
  return maps;
}

/** A `print fmt` with the names of its system replaced, outside of quotes, as the kernel does it. */
export function applyEvalMaps(format: string, maps: readonly EvalMap[]): string {
  let text = format;
  for (const map of maps) {
    if (hasWord(text, map.text)) text = replaceWord(text, map);
  }
  return text;
}

/** Whether a name stands somewhere by itself: most do not, and are passed over. */
function hasWord(text: string, word: string): boolean {
  for (let at = text.indexOf(word); at >= 0; at = text.indexOf(word, at + 1)) {
    if (!WORD.test(text[at - 1] ?? '') && !WORD.test(text[at + word.length] ?? '')) return true;
  }
  return false;
}

const WORD = /[A-Za-z0-9_]/;
const TOKEN = /\\[\s\S]?|"|\d[A-Za-z0-9]*[\s\S]?|[A-Za-z_][A-Za-z0-9_]*(?:(?:\.|->)[A-Za-z0-9_]*)*[\s\S]?|[\s\S]/y;

/** update_event_printk: numbers are passed over with what follows them, and members with their structs. */
function replaceWord(format: string, { text, value }: EvalMap): string {
  // A value longer than its name does not fit into the kernel's buffer: it warns, and leaves all as it was from there.
  let out = '';
  let quoted = false;
  for (let at = 0; at < format.length; ) {
    TOKEN.lastIndex = at;
    const token = TOKEN.exec(format)?.[0] ?? (format[at] as string);
    const isName = !quoted && /[A-Za-z_]/.test(token[0] as string);
    if (quoted && token !== '"' && !token.startsWith('\\')) {
      out += format[at];
      at++;
      continue;
    }
    if (token === '"') quoted = !quoted;
    if (isName && format.startsWith(text, at) && !WORD.test(format[at + text.length] ?? '')) {
      if (value.length > text.length) return out + format.slice(at);
      out += value + (format[at + text.length] ?? '');
      at += text.length + 1;
      continue;
    }
    out += token;
    at += token.length;
  }
  return out;
}

/** A field's type with the length of its array evaluated (from 5.18 on a name is replaced), and without attributes (from 6.17). */
export function evaluateType(type: string, maps: readonly EvalMap[]): string {
  let text = withoutAttributes(type);
  for (const map of maps) {
    const at = text.indexOf('[') + 1;
    if (at === 0 || !/[A-Za-z_]/.test(text[at] ?? '')) continue;
    if (text.startsWith(map.text, at) && map.value.length <= map.text.length) {
      text = text.slice(0, at) + map.value + text.slice(at + map.text.length);
    }
  }
  return text;
}

const ATTRIBUTE = '__attribute__(';

function withoutAttributes(type: string): string {
  let text = type;
  for (let from = 0; ; ) {
    const start = text.indexOf(ATTRIBUTE, from);
    if (start < 0) return text;
    let end = start + ATTRIBUTE.length;
    if (start > 0 && !/\s/.test(text[start - 1] as string)) {
      from = end;
      continue;
    }
    for (let depth = 1; depth > 0; end++) {
      if (end >= text.length) return type;
      if (text[end] === '(') depth++;
      else if (text[end] === ')') depth--;
    }
    text = text.slice(0, start) + text.slice(end).trimStart();
    from = start;
  }
}
