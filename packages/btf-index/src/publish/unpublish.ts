// A published file becomes one that can be written to: what was laid out for readers from afar is brought back. It happens
// when a copy is first opened for writing, in the transaction of its opening.

import type Database from 'better-sqlite3';

/** What a published file has besides; some are those of older versions. */
const PUBLISHED_TABLES: readonly string[] = [
  'published',
  'published_more',
  'published_names',
  'published_words',
  'published_places',
  'companion',
  'companions',
  'declaration_blocks',
  'set_members',
];

/** Besides, tables whose names begin so: of names, as many as they need. */
const NUMBERED = 'published_names_';

function publishedTables(db: Database.Database): string[] {
  const rows = db.prepare(`SELECT name FROM sqlite_schema WHERE type = 'table'`).pluck().all() as string[];
  return rows.filter(isPublishedTable);
}

export function isPublishedTable(name: string): boolean {
  return PUBLISHED_TABLES.includes(name) || name.startsWith(NUMBERED);
}

/** Whether a file is laid out for publishing. */
export function isPublished(db: Database.Database): boolean {
  return db.prepare(`SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = 'published'`).get() !== undefined;
}

/** `schema` is that of a fresh index. */
export function unpublish(db: Database.Database, schema: string): void {
  const statement = (start: string): string => {
    const at = schema.indexOf(start);
    return schema.slice(at, schema.indexOf(';', at));
  };
  const typesByCode = db.prepare(`SELECT 1 FROM sqlite_schema WHERE name = 'sqlite_autoindex_type_1'`).get();
  if (typesByCode === undefined) db.exec('CREATE UNIQUE INDEX type_code ON type (code)');
  db.exec(`
    ALTER TABLE declaration RENAME TO published_declaration;
    DROP INDEX IF EXISTS declaration_id;
    DROP INDEX IF EXISTS declaration_by_set;
    ${statement('CREATE TABLE declaration (')};
    INSERT INTO declaration SELECT * FROM published_declaration ORDER BY id;
    DROP TABLE published_declaration;
    ${statement('CREATE INDEX declaration_name ')};
    ${statement('CREATE INDEX declaration_by_set ')};
    ${publishedTables(db)
      .map((table) => `DROP TABLE ${table};`)
      .join(' ')}
  `);
}
