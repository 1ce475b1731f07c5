// The file anew, in an order for readers from afar: what every question reads lies at the beginning, then tables one after
// the other, each in the order in which it is read; blobs at the end. What is laid out otherwise than a writer has it is identified by
// the table `published`, by which unpublish.ts brings it back when the file is first written to.

import Database from 'better-sqlite3';
import { openIndex } from '../store/open.ts';
import { sqliteError } from '../store/sqlite-errors.ts';
import { catalogPart, companions, nameBlobs } from './parts.ts';

/** Bytes of a page: measured (docs/scale.md). */
const PAGE_BYTES = 8192;

/** Tables in their order; what is not named here comes last, before the blobs. */
const FIRST = [
  'meta',
  'name',
  'declaration',
  'declaration_set',
  'type',
  'content',
  'kernel',
  'module_chain',
  'member_type',
  'enumerator',
  'module',
  'module_set',
];
const LAST = ['table_fact', 'table_fact_set', 'kernel_tables', 'content_sketch', 'module_data', 'content_data'];

/**
 * Declarations lie by name, not by number: those of one name are neighbours, and their index is the table itself. Their
 * numbers stay what they were, for answers have them.
 */
const BY_NAME = {
  table: `CREATE TABLE declaration (
  id INTEGER NOT NULL,
  name INTEGER NOT NULL REFERENCES name,
  kind INTEGER NOT NULL,
  hash BLOB NOT NULL,
  discriminator INTEGER NOT NULL,
  declaration_set INTEGER NOT NULL REFERENCES declaration_set,
  body BLOB NOT NULL,
  PRIMARY KEY (name, kind, id)
) STRICT, WITHOUT ROWID`,
  index: 'CREATE UNIQUE INDEX declaration_id ON declaration (id)',
};

interface SchemaRow {
  readonly type: string;
  readonly name: string;
  readonly table: string;
  readonly sql: string | null;
}

const PARTS = `
  CREATE TABLE published (name TEXT PRIMARY KEY, data ANY NOT NULL) STRICT, WITHOUT ROWID;
  CREATE TABLE published_names (part INTEGER PRIMARY KEY, data BLOB NOT NULL) STRICT;
  CREATE TABLE companion (name INTEGER, kind INTEGER, data BLOB NOT NULL, PRIMARY KEY (name, kind))
    STRICT, WITHOUT ROWID;
`;

/**
 * Writes the index at `path` into a new file at `out`; gives how many bytes at its beginning every question reads. Throws
 * IndexError.
 */
export function layOut(path: string, out: string): number {
  const index = openIndex(path, { readonly: true });
  const db = new Database(out);
  try {
    db.pragma(`page_size = ${PAGE_BYTES}`);
    db.pragma('journal_mode = OFF'); // the file is thrown away where this does not end
    db.pragma('synchronous = OFF');
    db.pragma('foreign_keys = OFF'); // tables come in an order of their own
    db.pragma('cache_size = -65536');
    db.exec(`ATTACH ${quoted(path)} AS source`);
    let head = 0;
    db.transaction(() => {
      const schema = readSchema(db);
      const { list, parts } = nameBlobs(index);
      head = beginning(db, index, schema, list);
      const part = db.prepare('INSERT INTO published_names (part, data) VALUES (?, ?)');
      for (const [at, data] of parts.entries()) part.run(at, data);
      copy(db, schema);
      const insert = db.prepare('INSERT INTO companion (name, kind, data) VALUES (?, ?, ?)');
      for (const { name, kind, data } of companions(index)) insert.run(name, kind, data);
    })();
    for (const pragma of ['application_id', 'user_version']) {
      db.pragma(`${pragma} = ${db.pragma(`source.${pragma}`, { simple: true })}`);
    }
    db.exec('DETACH source');
    return head;
  } catch (error) {
    throw sqliteError(error, path);
  } finally {
    db.close();
    index.close();
  }
}

interface Schema {
  readonly tables: readonly SchemaRow[];
  readonly indexes: readonly SchemaRow[];
}

function readSchema(db: Database.Database): Schema {
  const rows = db
    .prepare(
      'SELECT type, name, tbl_name AS "table", sql FROM source.sqlite_schema WHERE sql IS NOT NULL ORDER BY rowid',
    )
    .all() as SchemaRow[];
  const rank = ({ name }: SchemaRow) => {
    const [first, last] = [FIRST.indexOf(name), LAST.indexOf(name)];
    return first >= 0 ? first : last >= 0 ? FIRST.length + 1 + last : FIRST.length;
  };
  const tables = rows.filter(({ type, name }) => type === 'table' && !name.startsWith('sqlite_'));
  return {
    tables: tables.sort((a, b) => rank(a) - rank(b)),
    indexes: rows.filter(({ type }) => type === 'index'),
  };
}

/** Tables that questions go through from their roots: those lie together, with the catalog after them. */
const ROOTS = ['meta', 'name', 'declaration', 'declaration_set', 'type'];

function beginning(
  db: Database.Database,
  index: ReturnType<typeof openIndex>,
  { tables }: Schema,
  names: Uint8Array,
): number {
  db.exec(PARTS);
  for (const table of tables) if (ROOTS.includes(table.name)) db.exec(sqlOf(table));
  db.exec('INSERT INTO main.meta SELECT * FROM source.meta');
  const insert = db.prepare('INSERT INTO published (name, data) VALUES (?, ?)');
  insert.run('generation', index.generation());
  insert.run('catalog', catalogPart(index));
  insert.run('names', names);
  return (db.pragma('page_count', { simple: true }) as number) * PAGE_BYTES;
}

function sqlOf(table: SchemaRow): string {
  return table.name === 'declaration' ? BY_NAME.table : (table.sql as string);
}

function copy(db: Database.Database, { tables, indexes }: Schema): void {
  for (const table of tables) {
    if (!ROOTS.includes(table.name)) db.exec(sqlOf(table));
    if (table.name === 'meta') continue;
    const order = table.name === 'declaration' ? 'ORDER BY name, kind, id' : '';
    db.exec(`INSERT INTO main."${table.name}" SELECT * FROM source."${table.name}" ${order}`);
    for (const index of indexes) {
      if (index.table !== table.name) continue;
      db.exec(index.name === 'declaration_name' ? BY_NAME.index : (index.sql as string));
    }
  }
  const sequence = db.prepare(`SELECT name, seq FROM source.sqlite_sequence`).all() as { name: string; seq: number }[];
  for (const { name, seq } of sequence) db.prepare('UPDATE sqlite_sequence SET seq = ? WHERE name = ?').run(seq, name);
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}
