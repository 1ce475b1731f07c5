// A new kernel's configuration: the rows of its parent, less what is gone, and what has come.

import { createHash } from 'node:crypto';
import { CONFIG_SYMBOL } from '../store/config-rows.ts';
import type { BtfIndex } from '../store/btf-index.ts';
import { databaseOf } from '../store/sqlite-driver.ts';
import { changeMembership } from './declaration-sets.ts';
import type { Writer } from './writer-cache.ts';

/** By which a value is found again. */
export function configHash(body: Uint8Array): Uint8Array {
  return createHash('sha256').update(body).digest().subarray(0, 8);
}

/** Symbols are found without reading the declarations of types, of which there are a hundred times as many. */
export function prepareConfig(index: BtfIndex): void {
  databaseOf(index).exec(
    `CREATE INDEX IF NOT EXISTS declaration_config ON declaration (name) WHERE kind = ${CONFIG_SYMBOL}`,
  );
}

/** Enters the configuration of a new content; `inParent` has the rows of its parent's, by name. Gives its own. */
export function storeConfig(
  index: BtfIndex,
  writer: Writer,
  content: number,
  config: ReadonlyMap<string, string>,
  inParent: ReadonlyMap<number, number>,
): Map<number, number> {
  prepareConfig(index);
  const own = new Map<number, number>();
  const fresh: number[] = [];
  const find = index.statement('SELECT id FROM declaration WHERE name = ? AND kind = ? AND hash = ?');
  const insert = index.statement(
    'INSERT INTO declaration (name, kind, hash, discriminator, declaration_set, body) VALUES (?, ?, ?, 0, 0, ?)',
  );
  for (const [symbol, value] of config) {
    const name = writer.name(symbol);
    const body = Buffer.from(value, 'utf8');
    const hash = configHash(body);
    const known = find.get(name, CONFIG_SYMBOL, hash) as [number] | undefined;
    const row = known?.[0] ?? Number(insert.run(name, CONFIG_SYMBOL, hash, body).lastInsertRowid);
    if (known === undefined) fresh.push(row);
    own.set(name, row);
  }
  const ownRows = new Set(own.values());
  const parentRows = new Set(inParent.values());
  const isFresh = new Set(fresh);
  const toggled = [...parentRows].filter((row) => !ownRows.has(row));
  toggled.push(...[...ownRows].filter((row) => !parentRows.has(row) && !isFresh.has(row)));
  changeMembership(index, 'declaration', content, toggled, fresh);
  return own;
}
