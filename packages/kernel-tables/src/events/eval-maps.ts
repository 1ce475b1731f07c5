// Enumerators and sizes that a kernel puts into its formats at boot (`TRACE_DEFINE_ENUM`, `TRACE_DEFINE_SIZEOF`):
// kernel/trace/trace_events.c, update_event_printk and update_event_fields.

import { type KernelView, pointersIn } from '../kernel-view.ts';
import { tableRange } from '../locate/located.ts';
import { readPointer, readText, structFields } from '../types/struct-fields.ts';

/** One name that is replaced in the events of one system, which is identified by the address of its name: the kernel compares pointers. */
export interface EvalMap {
  readonly text: string;
  readonly value: string;
}

/** The maps by system, each in the kernel's order; none where it has none. */
export type EvalMaps = ReadonlyMap<bigint, readonly EvalMap[]>;

export function evalMaps(view: KernelView): EvalMaps {
  const { memory, btf } = view;
  const range = tableRange(view, 'evalMaps');
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

const WORD = /[A-Za-z0-9_]/;
/** A quoted text, an escape, a number or a name with its members, each of the latter with the character that follows it. */
const TOKEN =
  /"(?:[^"\\]|\\[\s\S])*"?|\\[\s\S]?|\d[A-Za-z0-9]*[\s\S]?|[A-Za-z_][A-Za-z0-9_]*(?:(?:\.|->)[A-Za-z0-9_]*)*[\s\S]?|[\s\S]/y;
const NAME = /[A-Za-z_][A-Za-z0-9_]*/y;

/**
 * A `print fmt` with the names of its system replaced, outside of quotes, as update_event_printk does it: numbers are passed over
 * with what follows them, and members with their structs. The kernel goes through the text once for each name; what a name becomes is
 * a number, so that once for all is the same.
 */
export function applyEvalMaps(format: string, maps: readonly EvalMap[]): string {
  if (maps.length === 0) return format;
  const byWord = new Map<string, EvalMap[]>();
  for (const map of maps) {
    const word = /^\w+/.exec(map.text)?.[0] ?? ''; // sizeof(struct x) begins with one
    const list = byWord.get(word);
    if (list) list.push(map);
    else byWord.set(word, [map]);
  }
  const refused = new Set<EvalMap>();
  let out = '';
  for (let at = 0; at < format.length; ) {
    NAME.lastIndex = at;
    const word = NAME.exec(format)?.[0];
    const map = byWord.get(word ?? '')?.find(({ text }) => {
      return format.startsWith(text, at) && !WORD.test(format[at + text.length] ?? '');
    });
    // A value longer than its name does not fit into the kernel's buffer: it warns, and leaves this name from there on.
    if (map && map.value.length > map.text.length) refused.add(map);
    if (map && !refused.has(map)) {
      const end = at + map.text.length;
      out += map.value + (format[end] ?? '');
      at = end + 1;
      continue;
    }
    TOKEN.lastIndex = at;
    const token = TOKEN.exec(format)?.[0] ?? format[at]!;
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
    if (start > 0 && !/\s/.test(text[start - 1]!)) {
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
