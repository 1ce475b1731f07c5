// The kernels' own tables of another index: facts that are new here, and the sets of those kernels that come.

import type { BtfIndex } from '../../store/btf-index.ts';
import { difference, factsOfSet, hasTableFacts, textOf } from '../../store/table-facts.ts';
import { factSetBytes, insertFact, prepareTables } from '../store-tables.ts';

/** `kernels`: by number there, the number here. */
export function mergeTables(into: BtfIndex, from: BtfIndex, kernels: ReadonlyMap<number, number>): void {
  if (!hasTableFacts(from)) return;
  const stored = (
    from.statement('SELECT kernel, fact_set, parts, source FROM kernel_tables ORDER BY kernel').all() as [
      number,
      number,
      string,
      string,
    ][]
  ).filter(([kernel]) => kernels.has(kernel));
  if (stored.length === 0) return;
  prepareTables(into);
  const sets = new FactSets(into, from);
  const insert = into.statement(
    'INSERT OR REPLACE INTO kernel_tables (kernel, fact_set, parts, source) VALUES (?, ?, ?, ?)',
  );
  for (const [kernel, set, parts, source] of stored) {
    insert.run(kernels.get(kernel)!, sets.row(set), parts, source);
  }
}

class FactSets {
  private readonly into: BtfIndex;
  private readonly from: BtfIndex;
  private readonly rows = new Map<number, number>();
  private readonly facts = new Map<number, number>();
  private next: number;

  constructor(into: BtfIndex, from: BtfIndex) {
    this.into = into;
    this.from = from;
    [this.next] = into.statement('SELECT coalesce(max(id), 0) + 1 FROM table_fact').get() as [number];
  }

  /** The set here: a difference from that of its parent, as in the other index. */
  row(set: number): number {
    const known = this.rows.get(set);
    if (known !== undefined) return known;
    const [parent, steps, facts] = this.from
      .statement('SELECT parent, steps, facts FROM table_fact_set WHERE id = ?')
      .get(set) as [number | null, number, number];
    const own = factsOfSet(this.from, set);
    const toggled = parent === null ? own : difference(own, factsOfSet(this.from, parent));
    const above = parent === null ? null : this.row(parent);
    const ids = toggled.map((fact) => this.fact(fact)).sort((a, b) => a - b);
    const { lastInsertRowid } = this.into
      .statement('INSERT INTO table_fact_set (parent, steps, facts, data) VALUES (?, ?, ?, ?)')
      .run(above, steps, facts, factSetBytes(ids));
    this.rows.set(set, Number(lastInsertRowid));
    return Number(lastInsertRowid);
  }

  private fact(id: number): number {
    const known = this.facts.get(id);
    if (known !== undefined) return known;
    const [part, key, value] = this.from.statement('SELECT part, key, value FROM table_fact WHERE id = ?').get(id) as [
      string,
      string,
      string | Uint8Array,
    ];
    const text = textOf(this.from, value);
    const here = this.into.statement('SELECT id, value FROM table_fact WHERE part = ? AND key = ?').all(part, key) as [
      number,
      string | Uint8Array,
    ][];
    let row = here.find(([, other]) => textOf(this.into, other) === text)?.[0];
    if (row === undefined) {
      row = this.next++;
      insertFact(this.into, row, part, key, text);
    }
    this.facts.set(id, row);
    return row;
  }
}
