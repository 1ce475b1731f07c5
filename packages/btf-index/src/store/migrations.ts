// What brings an older index up to date, one step a version, inside one transaction. The steps stay for ever.

import type Database from 'better-sqlite3';
import { IndexError } from '../errors.ts';
import { renewModules } from '../write/renew-modules.ts';
import { BtfIndex } from './btf-index.ts';
import { SqliteDriver } from './sqlite-driver.ts';

/** Modules of versions before 4 do not come along: these did not store what they declare. */
function refuseModules(db: Database.Database, path: string): void {
  const { modules } = db.prepare('SELECT count(*) AS modules FROM module').get() as { modules: number };
  if (modules === 0) return;
  throw new IndexError('older-version', `${path} has modules as an older version of btfq stored them`, {
    path,
    expected: 'modules as this version stores them',
    hint: 'ingest its kernels again, into a new file',
  });
}

/** `MIGRATIONS[v]` makes version v + 1 of version v. */
const MIGRATIONS: Readonly<Record<number, (db: Database.Database, path: string) => void>> = {
  // modules of version 1 are stored as they are: they stay so, beside those that are stored without their kernel's numbers
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
  // blobs of contents apart; modules with their declarations, which are stored as a difference from packages alone
  3: (db, path) => {
    refuseModules(db, path);
    db.exec(`
      DROP TABLE module; DROP TABLE module_content; DROP TABLE module_reference;
      CREATE TABLE content_sketch (content INTEGER PRIMARY KEY REFERENCES content, sketch BLOB NOT NULL) STRICT;
      CREATE TABLE content_data (content INTEGER PRIMARY KEY REFERENCES content, data BLOB NOT NULL) STRICT;
      INSERT INTO content_sketch SELECT id, sketch FROM content;
      INSERT INTO content_data SELECT id, data FROM content;
      CREATE TABLE content_4 (
        id INTEGER PRIMARY KEY, parent INTEGER REFERENCES content, base INTEGER REFERENCES content, steps INTEGER NOT NULL,
        place INTEGER NOT NULL, bytes INTEGER NOT NULL, types INTEGER NOT NULL, little_endian INTEGER NOT NULL,
        pointer_size INTEGER, modules INTEGER, config INTEGER, sha256 BLOB NOT NULL
      ) STRICT;
      INSERT INTO content_4 SELECT id, parent, base, steps, place, bytes, types, little_endian, pointer_size, NULL, NULL, sha256
        FROM content;
      DROP TABLE content;
      ALTER TABLE content_4 RENAME TO content;
      CREATE INDEX content_sha256 ON content (sha256);
      CREATE INDEX content_parent ON content (parent);
      CREATE INDEX content_base ON content (base);
      ALTER TABLE declaration_set ADD COLUMN module_toggles BLOB;
      CREATE TABLE module_set (
        module INTEGER NOT NULL REFERENCES name, declaration_set INTEGER NOT NULL REFERENCES declaration_set,
        PRIMARY KEY (module, declaration_set)
      ) WITHOUT ROWID, STRICT;
      CREATE INDEX module_set_set ON module_set (declaration_set);
      CREATE TABLE module_content (
        id INTEGER PRIMARY KEY, hash BLOB NOT NULL UNIQUE, base INTEGER REFERENCES module_content, steps INTEGER NOT NULL,
        encoded INTEGER NOT NULL, data BLOB NOT NULL
      ) STRICT;
      CREATE INDEX module_content_base ON module_content (base) WHERE base IS NOT NULL;
      CREATE TABLE module (
        id INTEGER PRIMARY KEY, name INTEGER NOT NULL REFERENCES name, parent INTEGER REFERENCES module,
        content INTEGER NOT NULL REFERENCES module_content, distilled_base INTEGER REFERENCES module_content,
        bytes INTEGER NOT NULL, declaration_set INTEGER NOT NULL REFERENCES declaration_set, hash BLOB NOT NULL
      ) STRICT;
      CREATE UNIQUE INDEX module_name ON module (name, hash);
      CREATE INDEX module_by_set ON module (declaration_set);
      CREATE INDEX module_parent ON module (parent) WHERE parent IS NOT NULL;
      CREATE INDEX module_by_content ON module (content);
      CREATE INDEX module_by_distilled_base ON module (distilled_base) WHERE distilled_base IS NOT NULL;
    `);
  },
  // the modules of a kernel stored together, and their versions by what they declare alone; sets by the field's words
  4: (db, path) => {
    db.exec(`
      ALTER TABLE declaration_set RENAME COLUMN toggles TO membership_changes;
      ALTER TABLE declaration_set RENAME COLUMN module_toggles TO module_membership_changes;
      DROP INDEX module_name; DROP INDEX module_by_set; DROP INDEX module_parent;
      DROP INDEX module_by_content; DROP INDEX module_by_distilled_base;
      ALTER TABLE module RENAME TO module_4;
      CREATE TABLE module_chain (
        content INTEGER PRIMARY KEY REFERENCES content, base INTEGER REFERENCES content, steps INTEGER NOT NULL,
        place INTEGER NOT NULL, digest BLOB NOT NULL
      ) STRICT;
      CREATE INDEX module_chain_base ON module_chain (base) WHERE base IS NOT NULL;
      CREATE TABLE module_data (id INTEGER PRIMARY KEY, data BLOB NOT NULL) STRICT;
      CREATE TABLE module (
        id INTEGER PRIMARY KEY, name INTEGER NOT NULL REFERENCES name, parent INTEGER REFERENCES module,
        distilled INTEGER NOT NULL, bytes INTEGER NOT NULL, declaration_set INTEGER NOT NULL REFERENCES declaration_set,
        hash BLOB NOT NULL
      ) STRICT;
      CREATE UNIQUE INDEX module_name ON module (name, hash);
      CREATE INDEX module_by_set ON module (declaration_set);
      CREATE INDEX module_parent ON module (parent) WHERE parent IS NOT NULL;
      INSERT INTO module SELECT id, name, parent, distilled_base IS NOT NULL, bytes, declaration_set, hash FROM module_4;
    `);
    renewModules(new BtfIndex(path, new SqliteDriver(path, db, false), false));
    db.exec('DROP TABLE module_4; DROP TABLE module_content');
  },
  // how a kernel's name was found, and its banner: not known of those that are there already
  2: (db) =>
    db.exec(`
      ALTER TABLE kernel ADD COLUMN identified TEXT NOT NULL DEFAULT '';
      ALTER TABLE kernel ADD COLUMN banner TEXT;
    `),
};

/** Runs every step from a version on. Throws `older-version` where the steps lead nowhere. */
export function migrate(db: Database.Database, from: number, path: string): void {
  for (let version = from; MIGRATIONS[version]; version++) MIGRATIONS[version]?.(db, path);
}
