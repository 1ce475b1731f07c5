// KernelTables as bytes and back: a header and UTF-8 JSON, in which names that ascend share their beginnings. Compressing
// it is the caller's business: what stores many kernels stores their tables by parts (see tables-parts.ts).

import { KernelTablesError } from './errors.ts';
import type { KernelTables } from './tables.ts';

const MAGIC = 'btfq-tables 1\n';

/** The tables as bytes. */
export function encodeTables(tables: KernelTables): Uint8Array {
  return new TextEncoder().encode(MAGIC + JSON.stringify(tables, replacer));
}

/** The tables of {@link encodeTables}. @throws KernelTablesError `bad-tables` */
export function decodeTables(bytes: Uint8Array): KernelTables {
  const text = new TextDecoder().decode(bytes);
  if (!text.startsWith(MAGIC)) {
    throw new KernelTablesError('bad-tables', 'no encoded tables', { offset: 0, expected: MAGIC.trim() });
  }
  let value: unknown;
  try {
    value = JSON.parse(text.slice(MAGIC.length), reviver);
  } catch (cause) {
    throw new KernelTablesError('bad-tables', 'damaged tables: no JSON', { offset: MAGIC.length, cause });
  }
  if (!isTables(value)) {
    throw new KernelTablesError('bad-tables', 'damaged tables: parts are missing', { offset: MAGIC.length });
  }
  return value;
}

/** Maps are lists of pairs under a key that no table has. */
function replacer(_key: string, value: unknown): unknown {
  if (value instanceof Map) return { '%map': [...value] };
  return value;
}

function reviver(_key: string, value: unknown): unknown {
  if (typeof value === 'object' && value !== null && '%map' in value && Array.isArray(value['%map'])) {
    return new Map(value['%map'] as [unknown, unknown][]);
  }
  return value;
}

function isTables(value: unknown): value is KernelTables {
  if (typeof value !== 'object' || value === null) return false;
  const tables = value as Partial<Record<keyof KernelTables, unknown>>;
  return (
    typeof tables.arch === 'string' &&
    (tables.symbols === 'kallsyms' || tables.symbols === 'elf') &&
    typeof tables.idSets === 'object' &&
    typeof tables.notKnown === 'object' &&
    Array.isArray(tables.kfuncsNotUnderstood)
  );
}
