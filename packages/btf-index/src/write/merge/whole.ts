// The first of several indexes into an empty one: it is copied as it is, with its own numbers.

import type { BtfIndex } from '../../store/btf-index.ts';
import { databaseOf } from '../../store/sqlite-driver.ts';
import { isPublished } from '../../publish/unpublish.ts';

/** Tables that say something of a file and not of kernels. */
const OWN = ['meta'];

/** Whether nothing is in an index that another could be in the way of. */
export function isEmpty(index: BtfIndex): boolean {
  const [any] = index
    .statement(
      `SELECT EXISTS (SELECT 1 FROM content) OR EXISTS (SELECT 1 FROM kernel) OR EXISTS (SELECT 1 FROM type)
         OR EXISTS (SELECT 1 FROM declaration) OR EXISTS (SELECT 1 FROM declaration_set) OR EXISTS (SELECT 1 FROM name WHERE id > 0)`,
    )
    .get() as [number];
  return any === 0;
}

/** Whether a file has its rows in the tables that writers use. */
export function isPlain(index: BtfIndex): boolean {
  return !isPublished(databaseOf(index));
}

/** Copies all rows of the attached index into this one, which is empty. */
export function copyWhole(into: BtfIndex): void {
  const db = databaseOf(into);
  const objects = (schema: string, type: string) =>
    db
      .prepare(`SELECT name, tbl_name, sql FROM ${schema}.sqlite_schema WHERE type = ? AND sql IS NOT NULL`)
      .raw()
      .all(type) as [name: string, table: string, sql: string][];
  const columns = (schema: string, table: string) =>
    db.prepare(`SELECT name FROM pragma_table_info(?, ?)`).pluck().all(table, schema) as string[];
  const mine = new Set([...objects('main', 'table'), ...objects('main', 'index')].map(([name]) => name));
  const tables = objects('other', 'table').filter(([name]) => !OWN.includes(name) && !name.startsWith('sqlite_'));
  for (const [name, , sql] of tables) if (!mine.has(name)) db.exec(sql);
  for (const [name, table, sql] of objects('other', 'index')) {
    if (!mine.has(name) && !OWN.includes(table)) db.exec(sql);
  }
  db.exec('DELETE FROM main.name'); // the one without letters comes too
  for (const [name] of tables) {
    const own = columns('main', name);
    // a migrated file may have them in another order; where it has the same, SQLite copies pages without looking into rows
    const list = own.join() === columns('other', name).join() ? undefined : own.join(', ');
    db.exec(`INSERT INTO main.${name} ${list ? `(${list})` : ''} SELECT ${list ?? '*'} FROM other.${name}`);
  }
}
