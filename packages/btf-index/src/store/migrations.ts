// What brings an older index up to date, one step a version, inside one transaction. The steps stay for ever.

import type Database from 'better-sqlite3';

/** `MIGRATIONS[v]` makes version v + 1 of version v. */
const MIGRATIONS: Readonly<Record<number, (db: Database.Database) => void>> = {
  // modules of version 1 are stored as they are: they stay so, beside those that are told without their kernel's numbers
  1: (db) =>
    db.exec(`
      CREATE TABLE module_content_2 (
        id INTEGER PRIMARY KEY, sha256 BLOB NOT NULL UNIQUE, bytes INTEGER NOT NULL, data BLOB NOT NULL, refs BLOB
      ) STRICT;
      INSERT INTO module_content_2 (id, sha256, bytes, data) SELECT id, sha256, bytes, data FROM module_content;
      CREATE TABLE module_2 (
        kernel INTEGER NOT NULL REFERENCES kernel, name TEXT NOT NULL,
        content INTEGER NOT NULL REFERENCES module_content, distilled_base INTEGER REFERENCES module_content,
        sha256 BLOB NOT NULL, bytes INTEGER NOT NULL, PRIMARY KEY (kernel, name)
      ) WITHOUT ROWID, STRICT;
      INSERT INTO module_2 SELECT m.kernel, m.name, m.content, m.distilled_base, c.sha256, c.bytes
        FROM module m JOIN module_content c ON c.id = m.content;
      DROP TABLE module;
      DROP TABLE module_content;
      ALTER TABLE module_content_2 RENAME TO module_content;
      ALTER TABLE module_2 RENAME TO module;
      CREATE INDEX module_by_content ON module (content);
      CREATE INDEX module_by_distilled_base ON module (distilled_base) WHERE distilled_base IS NOT NULL;
      CREATE TABLE module_reference (id INTEGER PRIMARY KEY, hash BLOB NOT NULL UNIQUE) STRICT;
    `),
  // how a kernel's name was found, and its banner: not known of those that are there already
  2: (db) =>
    db.exec(`
      ALTER TABLE kernel ADD COLUMN identified TEXT NOT NULL DEFAULT '';
      ALTER TABLE kernel ADD COLUMN banner TEXT;
    `),
};

/** Runs every step from a version on. */
export function migrate(db: Database.Database, from: number): void {
  for (let version = from; MIGRATIONS[version]; version++) MIGRATIONS[version]?.(db);
}
