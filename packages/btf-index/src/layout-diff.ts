// How one version of a declaration differs from another, in words: one line a difference.

import type { LayoutField, StructLayout } from './answers.ts';
import type { Content } from './declarations.ts';

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
      return [
        ...changed('size', from.size, to.size),
        ...[...old].flatMap(([name, value]) =>
          !young.has(name)
            ? [`enumerator ${name} removed`]
            : changed(`enumerator ${name}`, String(value), String(young.get(name))),
        ),
        ...[...young].filter(([name]) => !old.has(name)).map(([name, value]) => `enumerator ${name} added, ${value}`),
      ];
    }
    case 'typedef':
      return to.kind === 'typedef' ? changed('type', from.type, to.type) : [];
    case 'func':
      return to.kind === 'func'
        ? [...changed('signature', from.signature, to.signature), ...changed('linkage', from.linkage, to.linkage)]
        : [];
    case 'var':
      return to.kind === 'var'
        ? [...changed('type', from.type, to.type), ...changed('linkage', from.linkage, to.linkage)]
        : [];
  }
}

function changed(what: string, from: string | number, to: string | number): string[] {
  return from === to ? [] : [`${what} changed from ${from} to ${to}`];
}

type Layout = Pick<StructLayout, 'size' | 'fields'>;

function layoutDifferences(from: Layout, to: Layout): string[] {
  const old = byName(from.fields);
  const young = byName(to.fields);
  const lines = changed('size', from.size, to.size);
  for (const [name, before] of old) {
    const after = young.get(name);
    if (after === undefined) {
      lines.push(`field ${name} removed, was ${before.type} at ${place(before)}`);
      continue;
    }
    if (before.bitOffset !== after.bitOffset) {
      lines.push(`field ${name} moved from ${place(before)} to ${place(after)}`);
    }
    if (before.type !== after.type) lines.push(`field ${name} changed type from ${before.type} to ${after.type}`);
    if (before.size !== after.size) {
      lines.push(`field ${name} changed size from ${before.size ?? 'none'} to ${after.size ?? 'none'}`);
    }
    if (before.bitSize !== after.bitSize) {
      lines.push(`field ${name} changed width from ${before.bitSize ?? 'none'} to ${after.bitSize ?? 'none'} bits`);
    }
  }
  for (const [name, after] of young) {
    if (!old.has(name)) lines.push(`field ${name} added, ${after.type} at ${place(after)}`);
  }
  return lines.length > 0 ? lines : ['padding or anonymous members changed'];
}

function place(field: LayoutField): string {
  return field.bitSize === null ? String(field.offset) : `${field.offset}:${field.bitOffset % 8}`;
}

/** Named fields; a name that occurs again counts once. */
function byName(fields: readonly LayoutField[]): Map<string, LayoutField> {
  const named = new Map<string, LayoutField>();
  for (const field of fields) if (field.name !== '' && !named.has(field.name)) named.set(field.name, field);
  return named;
}
