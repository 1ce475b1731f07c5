// Entries that no kernel has. This is almost always a typing error, so similar names are proposed.

import { type OffsetTable, OffsetsError, type SpecEntry } from '@btfq/offsets';
import { field, nearFields } from '../query/field.ts';
import type { KernelFilter } from '../query/kernel-filter.ts';
import { nearNames } from '../query/search.ts';
import type { BtfIndex } from '../store/btf-index.ts';

/** An entry that no kernel of a table has. */
export interface NowhereEntry {
  readonly entry: SpecEntry;
  /** Names near the one that is not found. */
  readonly near: readonly string[];
}

/** Entries of a table that no kernel has, with names that are near. */
export function entriesNowhere(
  index: BtfIndex,
  { spec, rows, ambiguous }: OffsetTable,
  where?: KernelFilter,
): NowhereEntry[] {
  const unclear = new Set(ambiguous.map(({ entry }) => entry));
  return spec.entries.flatMap((entry, e) => {
    const found = rows.some((row) => {
      const cell = row[e];
      return (
        cell !== null && cell !== undefined && !(entry.kind === 'exists' && cell.kind === 'number' && cell.value === 0n)
      );
    });
    return found || rows.length === 0 || unclear.has(e) ? [] : [{ entry, near: near(index, entry, where) }];
  });
}

/** Throws `entry-nowhere` for required entries that no kernel of the table has, each with its line; returns the others. */
export function requireEntries(index: BtfIndex, table: OffsetTable, where?: KernelFilter): NowhereEntry[] {
  const all = entriesNowhere(index, table, where);
  const bad = all.filter(({ entry }) => !entry.optional && entry.kind !== 'exists');
  const [first] = bad;
  if (first === undefined) return all;
  const words = bad.map(({ entry, near: names }, i) => {
    const paths = entry.alternatives.map(({ text }) => text).join(', ');
    const meant = names.length === 0 ? '' : `; did you mean ${names.join(', ')}?`;
    return `${i === 0 ? '' : `line ${entry.line}: `}no kernel has ${entry.name} (${entry.kind} ${paths})${meant}`;
  });
  throw new OffsetsError('entry-nowhere', words.join('\n'), {
    line: first.entry.line,
    column: first.entry.column,
    entry: first.entry.name,
    hint: 'optional: true lets an entry be missing',
  });
}

function near(index: BtfIndex, { kind, alternatives }: SpecEntry, where: KernelFilter | undefined): string[] {
  const [path] = alternatives;
  if (path === undefined) return [];
  const [segment] = path.segments;
  if (kind === 'function' || kind === 'parameter') return nearNames(index, 'func', path.type);
  if (kind === 'value') return [];
  if (segment === undefined) return [...nearNames(index, 'struct', path.type), ...nearNames(index, 'union', path.type)];
  const answer = field(index, 'composite', path.type, segment, where);
  if (answer === undefined) return [...nearNames(index, 'struct', path.type), ...nearNames(index, 'union', path.type)];
  if (answer.variants.length > 0) return []; // it is what comes after a pointer that is missing
  return nearFields(index, 'composite', path.type, segment).map((name) => `${path.type}.${name}`);
}
