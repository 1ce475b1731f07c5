// The other index beside this one in one connection, under the name `other`: rows of both are then compared and copied by SQLite,
// which takes a small part of the time that bringing each of them here and back takes.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { IndexError } from '../../errors.ts';
import type { BtfIndex } from '../../store/btf-index.ts';
import { databaseOf } from '../../store/sqlite-driver.ts';

/** Kibibytes of the other index's pages that are kept. */
const CACHE_KIB = 65_536;

/**
 * Within a transaction of `into`, attaches the other file, and holds `from` at the same state of it. Returns what detaches it,
 * after the transaction. Throws `busy` where the other index was written to at this moment.
 */
export function attachOther(into: BtfIndex, from: BtfIndex): () => void {
  const db = databaseOf(into);
  const theirs = databaseOf(from);
  // one that could only be read into memory is no file that can be attached
  const folder = theirs.memory ? mkdtempSync(join(tmpdir(), 'btfq-merge-')) : undefined;
  const detach = () => {
    if (isAttached(into)) db.exec('DETACH other');
    if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
  };
  try {
    const path = folder === undefined ? from.path : join(folder, 'other.db');
    if (folder !== undefined) writeFileSync(path, theirs.serialize());
    into.statement('ATTACH ? AS other').run(path);
    db.pragma(`other.cache_size = -${CACHE_KIB}`);
    const generation = () => into.statement(`SELECT value FROM other.meta WHERE key = 'generation'`).get() as [number];
    const [state] = generation(); // from here on, this transaction sees that state
    from.hold(); // closing ends it
    if (from.generation().split('-').at(-1) !== String(state)) {
      throw new IndexError('busy', `${from.path} was written to while it was opened`, { path: from.path });
    }
  } catch (error) {
    if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
    throw error;
  }
  return detach;
}

function isAttached(into: BtfIndex): boolean {
  return (databaseOf(into).pragma('database_list') as { name: string }[]).some(({ name }) => name === 'other');
}

/**
 * Rows of numbers, column by column; null where there is none. As one text for each column: thousands of rows as arrays take
 * several times as long.
 */
export function numberColumns<Name extends string>(
  into: BtfIndex,
  names: readonly Name[],
  sql: string,
  ...values: readonly (number | string)[]
): Record<Name, readonly number[]> {
  const texts = into
    .statement(`SELECT ${names.map((name) => `json_group_array(${name})`).join(', ')} FROM (${sql})`)
    .get(...values) as string[];
  return Object.fromEntries(names.map((name, i) => [name, JSON.parse(texts[i]!)])) as Record<Name, readonly number[]>;
}
