// A SPEC over all kernels: the table that `btfq offsets` makes.

import { type IndexedOffsetTable, type KernelFilter, offsetTable, readOffsetsSpec } from '@btfq/btf-index/read';
import { type Cell, generateTable, type SpecEntry, TABLE_LANGUAGES, type TableLanguage } from '@btfq/offsets';
import { clientError } from '../../errors.ts';
import type { OffsetAnswer, QueryResolvers } from '../../generated/types.ts';
import { filterOf, type Services } from '../context.ts';
import type { ServicesOf } from './services.ts';

/** Entries of one SPEC, at most. */
const MAX_ENTRIES = 1000;

export function offsetsResolver(of: ServicesOf): NonNullable<QueryResolvers['offsets']> {
  return async (_, { spec: text, where, lang }, context) => {
    const services = of(context);
    if (lang && !(TABLE_LANGUAGES as readonly string[]).includes(lang)) {
      throw clientError('BAD_USER_INPUT', `lang is one of ${TABLE_LANGUAGES.join(', ')}`);
    }
    const table = await answered(services, text, where ? filterOf(where) : undefined);
    const { entries } = table.spec;
    services.budget.spend(table.kernels.length + table.rows.length * entries.length);
    const kernelsOf = (row: number) => table.kernels.filter((_, i) => table.rowOf[i] === row);
    return {
      entries: entries.map((entry, e) => ({
        name: entry.name,
        kind: entry.kind,
        paths: entry.alternatives.map((one) => one.text),
        optional: entry.optional,
        line: entry.line,
        missingIn: table.kernels.filter((_, i) => table.rows[table.rowOf[i]!]?.[e] === null),
      })),
      rows: table.rows.map((cells, row) => ({
        kernels: kernelsOf(row),
        answers: entries.map((entry, e) => answerOf(entry, cells[e] ?? null)),
      })),
      text: lang ? generateTable(table, lang as TableLanguage, { madeFrom: [madeFrom(table)] }) : null,
    };
  };
}

/** What the header of a generated file says of where it comes from. */
function madeFrom({ kernels }: IndexedOffsetTable): string {
  const [first, last] = [kernels[0]?.name, kernels.at(-1)?.name];
  return `Made by btfq's GraphQL from a SPEC and ${kernels.length} kernels${first === undefined ? '' : `, ${first} to ${last}`}.`;
}

/** Throws BAD_USER_INPUT with the SPEC's line for what is wrong with it. */
async function answered(
  { index }: Services,
  text: string,
  where: KernelFilter | undefined,
): Promise<IndexedOffsetTable> {
  try {
    const spec = await readOffsetsSpec(text);
    if (spec.entries.length > MAX_ENTRIES)
      throw clientError('BAD_USER_INPUT', `a SPEC has at most ${MAX_ENTRIES} entries here`);
    return offsetTable(index, spec, where);
  } catch (error) {
    const { name, message, line, column } = error as Error & { line?: number; column?: number };
    if (name !== 'OffsetsError') throw error;
    throw clientError('BAD_USER_INPUT', `line ${line}, column ${column}: ${message}`);
  }
}

function answerOf({ name, alternatives }: SpecEntry, cell: Cell | null): OffsetAnswer {
  const none = {
    entry: name,
    path: null,
    offsets: null,
    size: null,
    bitOffset: null,
    bitSize: null,
    value: null,
    type: null,
  };
  if (cell === null) return none;
  const found = { ...none, path: alternatives[cell.alternative]?.text ?? null };
  switch (cell.kind) {
    case 'field': {
      const { offsets, size, bitSize, type } = cell;
      return { ...found, offsets, size, bitSize, bitOffset: bitSize === null ? null : cell.bitOffset, type };
    }
    case 'number':
      return { ...found, value: cell.value };
    case 'function':
      return { ...found, value: BigInt(cell.parameters), type: cell.signature };
  }
}
