// How one version of a declaration differs from another, in words: one line a difference.

import type { LayoutField, StructLayout } from '../answer-types.ts';
import type { Content } from './declarations.ts';
import {
  addedLine,
  changed,
  moveLines,
  type Move,
  place,
  removedLine,
  sizeLine,
  typeLine,
  widthLine,
} from './field-lines.ts';

/** The differences of two declarations of one kind and name. */
export function contentDifferences(from: Content, to: Content): string[] {
  switch (from.kind) {
    case 'struct':
    case 'union':
      return to.kind === from.kind ? layoutDifferences(from, to) : [];
    case 'enum': {
      if (to.kind !== 'enum') return [];
      const old = new Map(from.enumerators.map((one) => [one.name, one.value]));
      const young = new Map(to.enumerators.map((one) => [one.name, one.value]));
      const lines = [
        ...changed('size', from.size, to.size),
        ...[...old].flatMap(([name, value]) =>
          !young.has(name)
            ? [`enumerator ${name} removed`]
            : changed(`enumerator ${name}`, String(value), String(young.get(name))),
        ),
        ...[...young].filter(([name]) => !old.has(name)).map(([name, value]) => `enumerator ${name} added, ${value}`),
      ];
      const text = ({ enumerators }: typeof from) =>
        enumerators.map(({ name, value }) => `${name} ${value}`).join('\n');
      // a name that occurs twice, which C refuses, counts once
      return lines.length > 0 || text(from) === text(to) ? lines : ['its enumerators changed'];
    }
    case 'typedef':
      return to.kind === 'typedef' ? typeDifferences('type', '', from, to) : [];
    case 'func':
      return to.kind === 'func'
        ? [
            ...(from.signature !== to.signature
              ? changed('signature', from.signature, to.signature)
              : changed('signature', from.full ?? '', to.full ?? '')),
            ...changed('linkage', from.linkage, to.linkage),
          ]
        : [];
    case 'var':
      return to.kind === 'var'
        ? [...typeDifferences('type', '', from, to), ...changed('linkage', from.linkage, to.linkage)]
        : [];
  }
}

type Layout = Pick<StructLayout, 'size' | 'fields'>;

function layoutDifferences(from: Layout, to: Layout): string[] {
  const lines = [...changed('size', from.size, to.size), ...fieldDifferences(from.fields, to.fields, '')];
  return lines.length > 0 ? lines : unnamedDifferences(from.fields, to.fields);
}

/** What is left where every field is as it was: a struct without a tag got one, or a bitfield without a name came. */
function unnamedDifferences(from: readonly LayoutField[], to: readonly LayoutField[]): string[] {
  const unnamed = (fields: readonly LayoutField[]) =>
    fields.filter(({ name }) => name === '').map((field) => `${field.type} at ${place(field)}`);
  const [old, young] = [unnamed(from), unnamed(to)];
  const lines = [
    ...old.filter((text) => !young.includes(text)).map((text) => `unnamed member ${text} removed`),
    ...young.filter((text) => !old.includes(text)).map((text) => `unnamed member ${text} added`),
  ];
  return lines.length > 0 ? lines : ['the order of its members changed'];
}

/** A type and what it hides, as fields, typedefs and variables have it. */
export interface Hiding {
  readonly type: string;
  readonly full?: string;
  readonly inner?: readonly LayoutField[];
}

/** What changed in a type: its text, or by its path what an anonymous type in it holds. `path` ends with a dot, or is ''. */
export function typeDifferences(what: string, path: string, from: Hiding, to: Hiding): string[] {
  if (from.type !== to.type) return changed(what, from.type, to.type);
  const [old, young] = [from.inner ?? [], to.inner ?? []];
  // the text does not say it all: a struct with a tag may stand in it without a name
  const alike = JSON.stringify(old) === JSON.stringify(young);
  const inside = alike ? [] : fieldDifferences(old, young, path);
  if (inside.length > 0) return inside;
  if (from.full !== to.full) return changed(what, from.full ?? from.type, to.full ?? to.type);
  return alike ? [] : unnamedDifferences(old, young);
}

/** The differences of two lists of fields, their names behind the path to them. Offsets count from where the lists begin. */
function fieldDifferences(from: readonly LayoutField[], to: readonly LayoutField[], path: string): string[] {
  const old = byName(from, path);
  const young = byName(to, path);
  const lines: string[] = [];
  const moves: Move[] = [];
  for (const [name, before] of old) {
    const after = young.get(name);
    if (after === undefined) {
      lines.push(removedLine(name, before.type, before));
      continue;
    }
    if (before.bitOffset !== after.bitOffset) moves.push({ name, before, after });
    if (before.type !== after.type) lines.push(typeLine(name, before.type, after.type));
    else lines.push(...typeDifferences(`field ${name}`, `${name}.`, before, after));
    if (before.size !== after.size) lines.push(sizeLine(name, before.size, after.size));
    if (before.bitSize !== after.bitSize) lines.push(widthLine(name, before.bitSize, after.bitSize));
  }
  for (const [name, after] of young) {
    if (!old.has(name)) lines.push(addedLine(name, after.type, after));
  }
  lines.push(...moveLines(moves));
  return lines;
}

/** Named fields; a name that occurs again counts once. */
function byName(fields: readonly LayoutField[], path: string): Map<string, LayoutField> {
  const named = new Map<string, LayoutField>();
  for (const field of fields) {
    const name = path + field.name;
    if (field.name !== '' && !named.has(name)) named.set(name, field);
  }
  return named;
}
