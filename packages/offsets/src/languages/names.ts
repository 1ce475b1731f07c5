// Names of a SPEC in the manner of each language, and texts as literals.

import type { OffsetsSpec } from '../spec/spec.ts';
import type { EntrySlots } from '../table/slots.ts';

/** What a table is made from: lines for the head of the file. */
export interface GenerateOptions {
  /** What generated names begin with where the SPEC does not say it. */
  readonly name?: string | undefined;
  /** Lines for the head of the file: which tool, which SPEC, which kernels. */
  readonly madeFrom?: readonly string[] | undefined;
}

export function prefixOf(spec: OffsetsSpec, options: GenerateOptions): string {
  const name = (spec.name ?? options.name ?? 'offsets').replace(/\W+/g, '_').replace(/^[^A-Za-z]+/, '');
  return name === '' ? 'offsets' : name;
}

/** `task_tgid`, `taskTgid` → `task_tgid`. */
export function snakeCase(name: string): string {
  return name
    .replace(/([a-z0-9])([A-Z])/g, '$1_$2')
    .replace(/_+/g, '_')
    .replace(/_$/, '')
    .toLowerCase();
}

/** `task_tgid` → `TaskTgid`. */
export function pascalCase(name: string): string {
  return name
    .split('_')
    .filter(Boolean)
    .map((word) => word[0]?.toUpperCase() + word.slice(1))
    .join('');
}

/** `task_tgid` → `taskTgid`. */
export function camelCase(name: string): string {
  const pascal = pascalCase(name);
  return (pascal[0] ?? '').toLowerCase() + pascal.slice(1);
}

/** A text between double quotes, as all of these languages read it. */
export function quoted(text: string): string {
  return `"${text.replace(/[\\"]/g, '\\$&')}"`;
}

/**
 * Lines of a list of texts, one a line, between marks that `readCommittedTable` finds; each with its name in a comment
 * before it, where they have names.
 */
export function textLines(
  texts: readonly string[],
  indent: string,
  names?: { readonly comment: (name: string) => string; readonly names: readonly string[] },
): string {
  return texts
    .map((text, i) => `${names ? `${indent}${names.comment(names.names[i] ?? '')}\n` : ''}${indent}${quoted(text)},\n`)
    .join('');
}

/** Names of the entries for `textLines` of the list `defaults`, undefined for other lists. */
export function entryNames(
  list: string,
  plan: readonly EntrySlots[],
  comment: (name: string) => string = (name) => `// ${name}`,
): Parameters<typeof textLines>[2] {
  return list === 'defaults' ? { comment, names: plan.map(({ entry }) => entry.name) } : undefined;
}

/** Text for a comment: on one line, and unable to end it. */
export function commentText(text: string): string {
  return text.replace(/\s+/g, ' ').replaceAll('*/', '* /').replace(/\\$/, '');
}
