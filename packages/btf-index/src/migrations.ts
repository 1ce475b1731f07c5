// What brings an older index up to date, one step a version, inside one transaction. The steps stay for ever.

import type Database from 'better-sqlite3';

/** `MIGRATIONS[v]` makes version v + 1 of version v. */
const MIGRATIONS: Readonly<Record<number, (db: Database.Database) => void>> = {};

/** Runs every step from a version on. */
export function migrate(db: Database.Database, from: number): void {
  for (let version = from; MIGRATIONS[version]; version++) MIGRATIONS[version]?.(db);
}
