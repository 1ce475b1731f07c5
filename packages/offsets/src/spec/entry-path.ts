// The grammar of a SPEC's paths: `task_struct.real_parent->tgid`, `sk_buff.(pkt_type)`, `task_struct.comm[0]`.
//
//   path    = type { '.' member | '->' member | '[' number ']' }     the first is a '.'
//   member  = name | '(' name ')'
//
// An arrow reads the pointer before it. Parentheses say that a member is inside unnamed ones, which paths go through
// anyway; `(anon)` alone stands for such an unnamed member, as some tools write it.

import { OffsetsError } from '../errors.ts';
import type { TextPlace } from './located-value.ts';

/** A path, cut where it reads a pointer. */
export interface EntryPath {
  /** As it stands in the SPEC. */
  readonly text: string;
  /** `task_struct`, or with its word: `struct task_struct`. */
  readonly type: string;
  /** Paths of fields, each in the struct that the pointer before leads to; empty for a type alone. */
  readonly segments: readonly string[];
}

const TYPE = /^\s*((?:(?:struct|union|enum)\s+)?[A-Za-z_]\w*)/;
const STEP = /\s*(?:(\.|->)\s*(?:\(\s*([A-Za-z_]\w*)\s*\)|([A-Za-z_]\w*))|\[\s*(\d{1,10})\s*\])/y;

/** Parses a path. Throws `bad-spec-path` with the place. */
export function parseEntryPath(text: string, place: TextPlace, entry?: string): EntryPath {
  const bad = (message: string) =>
    new OffsetsError('bad-spec-path', message, {
      ...place,
      entry,
      expected: 'a type and members: task_struct.comm[0], task_struct.real_parent->tgid',
    });
  const type = TYPE.exec(text);
  if (type === null) throw bad(`${JSON.stringify(text)} is not a path`);
  STEP.lastIndex = type[0].length;
  const segments: string[] = [];
  let segment = '';
  const end = text.trimEnd().length;
  while (STEP.lastIndex < end) {
    const from = STEP.lastIndex;
    const step = STEP.exec(text);
    if (step === null)
      throw bad(`${JSON.stringify(text)} is not a path: it cannot be read from ${text.slice(from).trim()}`);
    const [, joint, wrapped, plain, element] = step;
    if (element !== undefined) {
      if (segment === '') throw bad(`${JSON.stringify(text)} is not a path: a type itself has no elements`);
      segment += `[${Number(element)}]`;
      continue;
    }
    if (joint === '->') {
      if (segment === '') throw bad(`${JSON.stringify(text)} is not a path: a type is followed by a dot`);
      segments.push(segment);
      segment = '';
    }
    if (wrapped === 'anon') continue;
    const name = (wrapped ?? plain) as string;
    segment = segment === '' ? name : `${segment}.${name}`;
  }
  if (segment !== '') segments.push(segment);
  else if (end > type[0].length)
    throw bad(`${JSON.stringify(text)} is not a path: it ends where a member should follow`);
  return { text: text.trim(), type: type[1]!.replace(/\s+/g, ' '), segments };
}
