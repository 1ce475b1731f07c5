// The file anew, in an order for readers from afar: what every question reads lies at the beginning, then tables one after
// the other, each in the order in which it is read; blobs at the end. What is laid out otherwise than a writer has it is identified by
// the table `published`, by which unpublish.ts brings it back when the file is first written to.

import Database from 'better-sqlite3';
import { IndexError } from '../errors.ts';
import type { BtfIndex } from '../store/btf-index.ts';
import { openIndex } from '../store/open.ts';
import { tableOfRow } from '../search/published-names.ts';
import { sqliteError } from '../store/sqlite-errors.ts';
import { nameTables } from './name-tables.ts';
import { isPublishedTable } from './unpublish.ts';
import { declarationBlocks } from './declaration-blocks.ts';
import { catalogPart, holdersPart, setMembers } from './parts.ts';

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
const LAST = [
  'table_fact',
  'table_fact_set',
  'kernel_tables',
  'module_function_name',
  'content_sketch',
  'module_data',
  'content_data',
];

/**
 * Declarations lie by name, not by number: those of one name are neighbours, and their index is the table itself. Their
 * numbers stay what they were, for answers have them.
 */
const BY_NAME = `CREATE TABLE declaration (
  id INTEGER NOT NULL,
  name INTEGER NOT NULL REFERENCES name,
  kind INTEGER NOT NULL,
  hash BLOB NOT NULL,
  discriminator INTEGER NOT NULL,
  declaration_set INTEGER NOT NULL REFERENCES declaration_set,
  body BLOB NOT NULL,
  PRIMARY KEY (name, kind, id)
) STRICT, WITHOUT ROWID`;

/** Only writers look for types by their code. */
const TYPES = 'CREATE TABLE type (id INTEGER PRIMARY KEY, code BLOB NOT NULL) STRICT';

/** Indexes that no reader needs beside what is published: `unpublish` makes them again. */
const LEFT_OUT = ['declaration_name', 'declaration_by_set', 'type_code'];

interface SchemaRow {
  readonly type: string;
  readonly name: string;
  readonly table: string;
  readonly sql: string | null;
}

const NAME_TABLES = `
  CREATE TABLE published (name TEXT PRIMARY KEY, data ANY NOT NULL) STRICT, WITHOUT ROWID;
`;
const TABLES = `
  CREATE TABLE published_more (name TEXT PRIMARY KEY, data ANY NOT NULL) STRICT, WITHOUT ROWID;
  CREATE TABLE declaration_blocks (piece INTEGER PRIMARY KEY, data BLOB NOT NULL) STRICT;
  CREATE TABLE set_members (first INTEGER PRIMARY KEY, data BLOB NOT NULL) STRICT;
`;

/** Where the laid out file has what one request is worth: offset and length in bytes. */
export type Extent = readonly [offset: number, length: number];

/**
 * Writes the index at `path` into a new file at `out`; gives what of it is worth a request of its own: first the beginning,
 * which every question reads. Throws IndexError.
 */
export function layOut(path: string, out: string): Extent[] {
  const index = openIndex(path, { readonly: true });
  const db = new Database(out);
  try {
    db.pragma(`page_size = ${PAGE_BYTES}`);
    db.pragma('journal_mode = OFF'); // the file is thrown away where this does not end
    db.pragma('synchronous = OFF');
    db.pragma('foreign_keys = OFF'); // tables come in an order of their own
    db.pragma('cache_size = -65536');
    db.exec(`ATTACH ${quoted(path)} AS source`);
    beginOnOneState(db, index);
    const schema = readSchema(db);
    const blocks = declarationBlocks(index);
    const extents = beginning(db, index, schema, blocks);
    copy(db, schema);
    const pieces = blocks.pieces.map((data, piece) => ({ piece, data }));
    fill(db, 'declaration_blocks', ['piece', 'data'], pieces);
    fill(db, 'set_members', ['first', 'data'], setMembers(index));
    db.exec('COMMIT');
    for (const pragma of ['application_id', 'user_version']) {
      db.pragma(`${pragma} = ${db.pragma(`source.${pragma}`, { simple: true })}`);
    }
    db.exec('DETACH source');
    return extents;
  } catch (error) {
    throw sqliteError(error, path);
  } finally {
    db.close();
    index.close();
  }
}

/** Tries at reading one state by two connections: another process must commit between the two each time. */
const TRIES = 100;

/** Begins a transaction in which the attached source and the index, which are the same file, show the same state of it. */
function beginOnOneState(db: Database.Database, index: BtfIndex): void {
  const generationOf = (row: unknown) => (row as [number])[0];
  for (let left = TRIES; left > 0; left--) {
    const release = index.hold();
    db.exec('BEGIN');
    const source = db.prepare(`SELECT value FROM source.meta WHERE key = 'generation'`).raw().get();
    const held = index.statement(`SELECT value FROM meta WHERE key = 'generation'`).get();
    if (generationOf(source) === generationOf(held)) return;
    db.exec('ROLLBACK');
    release();
  }
  throw new IndexError('busy', `another process is writing to ${index.path}`, { path: index.path });
}

function fill(db: Database.Database, table: string, columns: readonly string[], rows: Iterable<object>): void {
  const named = columns.map((column) => `@${column}`);
  const insert = db.prepare(`INSERT INTO ${table} (${columns.join(', ')}) VALUES (${named.join(', ')})`);
  for (const row of rows) insert.run(row);
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
  const tables = rows.filter(
    ({ type, name }) => type === 'table' && !name.startsWith('sqlite_') && !isPublishedTable(name),
  );
  return {
    tables: tables.sort((a, b) => rank(a) - rank(b)),
    indexes: rows.filter(({ type, name }) => type === 'index' && !LEFT_OUT.includes(name)),
  };
}

/** Tables that questions go through from their roots: those lie together, with the catalog after them. */
const ROOTS = ['name', 'declaration', 'declaration_set', 'type'];

type Blocks = ReturnType<typeof declarationBlocks>;

/** What a search reads comes first, then what other questions read besides, each together. */
function beginning(db: Database.Database, index: BtfIndex, { tables }: Schema, blocks: Blocks): Extent[] {
  const extents: Extent[] = [];
  let end = 0;
  const extent = (write: () => void) => {
    write();
    const pages = db.pragma('page_count', { simple: true }) as number;
    if (pages > end) extents.push([end * PAGE_BYTES, (pages - end) * PAGE_BYTES]);
    end = pages;
  };
  const insert = (name: string, data: Uint8Array | string, table = 'published') =>
    db.prepare(`INSERT INTO ${table} (name, data) VALUES (?, ?)`).run(name, data);
  const names = nameTables(index);
  const nameRows = Map.groupBy(
    names.rows.map((data, part) => ({ part, data })),
    ({ part }) => tableOfRow(part),
  );
  extent(() => {
    db.exec(NAME_TABLES);
    for (const name of nameRows.keys())
      db.exec(`CREATE TABLE ${name} (part INTEGER PRIMARY KEY, data BLOB NOT NULL) STRICT`);
    for (const table of tables) if (table.name === 'meta') db.exec(sqlOf(table));
    db.exec('INSERT INTO main.meta SELECT * FROM source.meta');
    insert('generation', index.generation());
    insert('name-lists', names.directory);
    insert('pieces', names.pieces);
  });
  extent(() => {
    db.exec(TABLES);
    for (const table of tables) if (ROOTS.includes(table.name)) db.exec(sqlOf(table));
    insert('catalog', catalogPart(index), 'published_more');
    insert('declaration-blocks', blocks.directory, 'published_more');
    insert('declaration-common', blocks.common, 'published_more');
  });
  extent(() => {
    insert('name-modules', names.modules, 'published_more');
    insert('holders', holdersPart(index), 'published_more');
  });
  for (const [name, rows] of nameRows) fill(db, name, ['part', 'data'], rows);
  return extents;
}

/** Without comments: the schema is read whole when the file is opened. */
function sqlOf(table: SchemaRow): string {
  if (table.name === 'type') return TYPES;
  return table.name === 'declaration' ? BY_NAME : (table.sql as string).replace(/[ \t]*--.*$/gm, '');
}

function copy(db: Database.Database, { tables, indexes }: Schema): void {
  for (const table of tables) {
    if (table.name === 'meta') continue;
    if (!ROOTS.includes(table.name)) db.exec(sqlOf(table));
    const order = table.name === 'declaration' ? 'ORDER BY name, kind, id' : '';
    db.exec(`INSERT INTO main."${table.name}" SELECT * FROM source."${table.name}" ${order}`);
    for (const index of indexes) {
      if (index.table === table.name) db.exec(index.sql as string);
    }
  }
  const sequence = db.prepare(`SELECT name, seq FROM source.sqlite_sequence`).all() as { name: string; seq: number }[];
  for (const { name, seq } of sequence) db.prepare('UPDATE sqlite_sequence SET seq = ? WHERE name = ?').run(seq, name);
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}
