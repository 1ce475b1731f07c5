// How one version of a declaration differs from another, in words: one line a difference.

import type { LayoutField, StructLayout } from '../answer-types.ts';
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
  const moves: Move[] = [];
  for (const [name, before] of old) {
    const after = young.get(name);
    if (after === undefined) {
      lines.push(`field ${name} removed, was ${before.type} at ${place(before)}`);
      continue;
    }
    if (before.bitOffset !== after.bitOffset) moves.push({ name, before, after });
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
  lines.push(...moveLines(moves));
  return lines.length > 0 ? lines : ['padding or anonymous members changed'];
}

interface Move {
  readonly name: string;
  readonly before: LayoutField;
  readonly after: LayoutField;
}

/** Moves in the old order; fields that go together by the same distance are one line. */
function moveLines(moves: readonly Move[]): string[] {
  const distance = (move: Move | undefined) => (move ? move.after.bitOffset - move.before.bitOffset : Number.NaN);
  const lines: string[] = [];
  for (let from = 0; from < moves.length; ) {
    const first = moves[from] as Move;
    let to = from + 1;
    while (distance(moves[to]) === distance(first)) to++;
    const last = moves[to - 1] as Move;
    const bits = distance(first);
    const by = bits % 8 === 0 ? `${Math.abs(bits / 8)} bytes` : `${Math.abs(bits)} bits`;
    if (to - from === 1) lines.push(`field ${first.name} moved from ${place(first.before)} to ${place(first.after)}`);
    else {
      lines.push(
        `${to - from} fields from ${first.name} to ${last.name} moved ${bits > 0 ? 'back' : 'forward'} by ${by}`,
      );
    }
    from = to;
  }
  return lines;
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
