// The kernels' own tables into rows: facts that are new, and which a kernel has, as a difference from the set most like it.
// table-facts.ts reads them.

import { deflateRawSync } from 'node:zlib';
import { functionsOfModule, type TableParts } from '@btfq/kernel-tables';
import type { BtfIndex } from '../store/btf-index.ts';
import { stemHash } from '../store/module-functions.ts';
import { databaseOf } from '../store/sqlite-driver.ts';
import { difference, factsOfSet, hasTableFacts, type StoredTables, textOf } from '../store/table-facts.ts';
import { VarintWriter } from '../varints.ts';

const SCHEMA = `
  CREATE TABLE IF NOT EXISTS table_fact (
    part TEXT NOT NULL,                  -- one of TABLE_PARTS
    key TEXT NOT NULL,
    id INTEGER NOT NULL,
    value ANY NOT NULL,                  -- JSON: as text, or deflated where that is shorter
    PRIMARY KEY (part, key, id)
  ) WITHOUT ROWID, STRICT;
  CREATE UNIQUE INDEX IF NOT EXISTS table_fact_id ON table_fact (id);
  -- A distinct set of facts: ids that toggle in that of the parent, ascending, as deflated varints of their differences.
  CREATE TABLE IF NOT EXISTS table_fact_set (
    id INTEGER PRIMARY KEY,
    parent INTEGER REFERENCES table_fact_set,
    steps INTEGER NOT NULL,              -- how many sets are read to know this one
    facts INTEGER NOT NULL,
    data BLOB NOT NULL
  ) STRICT;
  -- Which kernels have tables, and which lists of them are known.
  CREATE TABLE IF NOT EXISTS kernel_tables (
    kernel INTEGER PRIMARY KEY REFERENCES kernel,
    fact_set INTEGER NOT NULL REFERENCES table_fact_set,
    parts TEXT NOT NULL,                 -- the lists that are known, separated by spaces
    source TEXT NOT NULL                 -- kallsyms, or elf for a symbol table
  ) STRICT;
  -- Modules that have had a function of a name in any kernel: a hash of the name's stem, and the first fact of part
  -- moduleFunctions of that module (../store/module-functions.ts).
  CREATE TABLE IF NOT EXISTS module_function_name (
    hash INTEGER NOT NULL,
    module INTEGER NOT NULL,
    PRIMARY KEY (hash, module)
  ) WITHOUT ROWID, STRICT;
  CREATE INDEX IF NOT EXISTS kernel_tables_set ON kernel_tables (fact_set);
`;

/** Sets are stored as a difference from each other this often at most: then one is stored whole. */
const MAX_STEPS = 24;
/** How many of the last sets a new one is compared with. */
const CANDIDATES = 12;

/** Makes the tables where there are none yet. Inside a transaction of the caller's. */
export function prepareTables(index: BtfIndex): void {
  databaseOf(index).exec(SCHEMA);
  index.changed();
}

/** Stores a kernel's tables in place of what it had. Inside a transaction of the caller's. */
export function storeTables(index: BtfIndex, kernelId: number, { parts, source }: StoredTables): void {
  prepareTables(index);
  const ids = factIds(index, parts);
  const set = storeSet(index, ids);
  index
    .statement('INSERT OR REPLACE INTO kernel_tables (kernel, fact_set, parts, source) VALUES (?, ?, ?, ?)')
    .run(kernelId, set, Object.keys(parts).sort().join(' '), source);
}

/** Takes a kernel's tables out. Facts and sets stay until the index is compacted: others are stored as a difference from them. */
export function removeTables(index: BtfIndex, kernelId: number): void {
  if (hasTableFacts(index)) index.statement('DELETE FROM kernel_tables WHERE kernel = ?').run(kernelId);
}

function factIds(index: BtfIndex, parts: TableParts): number[] {
  const select = index.statement('SELECT id, value FROM table_fact WHERE part = ? AND key = ?');
  let [next] = index.statement('SELECT coalesce(max(id), 0) + 1 FROM table_fact').get() as [number];
  const ids: number[] = [];
  for (const [part, records] of Object.entries(parts)) {
    for (const [key, value] of records) {
      const known = select.all(part, key) as [number, string | Uint8Array][];
      const same = known.find(([, stored]) => textOf(index, stored) === value);
      if (same === undefined) insertFact(index, next, part, key, value);
      ids.push(same === undefined ? next++ : same[0]);
    }
  }
  return ids.sort((a, b) => a - b);
}

/** Adds a fact that is not there yet. */
export function insertFact(index: BtfIndex, id: number, part: string, key: string, value: string): void {
  index
    .statement('INSERT INTO table_fact (part, key, id, value) VALUES (?, ?, ?, ?)')
    .run(part, key, id, packed(value));
  if (part !== 'moduleFunctions') return;
  const [module] = index.statement('SELECT min(id) FROM table_fact WHERE part = ? AND key = ?').get(part, key) as [
    number,
  ];
  const insert = index.statement('INSERT OR IGNORE INTO module_function_name (hash, module) VALUES (?, ?)');
  for (const hash of new Set([...(functionsOfModule(value)?.keys() ?? [])].map(stemHash))) insert.run(hash, module);
}

function storeSet(index: BtfIndex, ids: readonly number[]): number {
  const last = index
    .statement(`SELECT id, steps FROM table_fact_set WHERE steps < ${MAX_STEPS} ORDER BY id DESC LIMIT ${CANDIDATES}`)
    .all() as [number, number][];
  let best: { parent: number | null; steps: number; changes: readonly number[] } = {
    parent: null,
    steps: 1,
    changes: ids,
  };
  for (const [id, steps] of last) {
    const changes = difference(ids, factsOfSet(index, id));
    if (changes.length === 0) return id;
    if (changes.length < best.changes.length) best = { parent: id, steps: steps + 1, changes };
  }
  const { lastInsertRowid } = index
    .statement('INSERT INTO table_fact_set (parent, steps, facts, data) VALUES (?, ?, ?, ?)')
    .run(best.parent, best.steps, ids.length, factSetBytes(best.changes));
  return Number(lastInsertRowid);
}

/** Ids of facts, ascending, as a set has them. */
export function factSetBytes(ids: readonly number[]): Uint8Array {
  const out = new VarintWriter(ids.length * 2 + 8);
  let before = 0;
  for (const id of ids) {
    out.add(id - before);
    before = id;
  }
  return deflateRawSync(out.finish(), { level: 9 });
}

/** Small values stay text: they are read often and pack badly. */
function packed(value: string): string | Uint8Array {
  if (value.length < 120) return value;
  const bytes = deflateRawSync(value, { level: 9 });
  return bytes.length < value.length ? bytes : value;
}
