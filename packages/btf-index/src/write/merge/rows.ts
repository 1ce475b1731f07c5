// Rows of names, types and declarations of another index, found here or made here when something first speaks of them.

import type { BtfIndex } from '../../store/btf-index.ts';
import { type Renumbering, renumberBody, renumberType } from '../../encoding/renumber.ts';
import { numberColumns } from './other.ts';

/** Declarations that are copied at a time. */
const AT_A_TIME = 20_000;

/** Declarations that are in one set there, and in one here or in none. */
export interface Pair {
  readonly theirs: number;
  /** Their set here; 0 for those that are not here. */
  readonly mine: number;
  /** Their rows here; of those that are not here, their rows there. */
  readonly ids: number[];
}

export class MergedRows implements Renumbering {
  private readonly into: BtfIndex;
  private readonly names = new Map<number, number>([[0, 0]]);
  private readonly types = new Map<number, number>();

  /** Finds the names of the other index, which is attached. */
  constructor(into: BtfIndex) {
    this.into = into;
    into.statement('DROP TABLE IF EXISTS temp.same_name').run();
    into.statement('CREATE TEMP TABLE same_name (theirs INTEGER PRIMARY KEY, here INTEGER NOT NULL)').run();
    into
      .statement(
        `INSERT INTO temp.same_name SELECT o.id, n.id FROM other.name o CROSS JOIN main.name n ON n.text = o.text`,
      )
      .run();
    const same = numberColumns(into, ['theirs', 'here'], 'SELECT theirs, here FROM temp.same_name');
    for (const [i, row] of same.theirs.entries()) this.names.set(row, same.here[i]!);
  }

  name(row: number): number {
    let id = this.names.get(row);
    if (id !== undefined) return id;
    const insert = this.into.statement('INSERT INTO main.name (text) SELECT text FROM other.name WHERE id = ?');
    const { changes, lastInsertRowid } = insert.run(row);
    if (changes === 0) throw new RangeError(`there is no name ${row}`);
    id = Number(lastInsertRowid);
    this.names.set(row, id);
    return id;
  }

  type(row: number): number {
    let id = this.types.get(row);
    if (id !== undefined) return id;
    const known = this.into.statement('SELECT code FROM other.type WHERE id = ?').get(row) as [Uint8Array] | undefined;
    if (known === undefined) throw new RangeError(`there is no type ${row}`);
    const code = renumberType(known[0], this);
    id =
      (this.into.statement('SELECT id FROM main.type WHERE code = ?').get(code) as [number] | undefined)?.[0] ??
      Number(this.into.statement('INSERT INTO main.type (code) VALUES (?)').run(code).lastInsertRowid);
    this.types.set(row, id);
    return id;
  }

  /** All declarations of the other index, by their sets there and here. */
  pairs(): Iterable<Pair> {
    const several = numberColumns(
      this.into,
      ['id', 'discriminator'],
      `SELECT h.id, o.discriminator FROM other.declaration o CROSS JOIN temp.same_name s ON s.theirs = o.name
         CROSS JOIN main.declaration h ON h.name = s.here AND h.kind = o.kind AND h.hash = o.hash
        WHERE o.discriminator <> 0 AND h.discriminator = 0`,
    );
    const discriminate = this.into.statement('UPDATE main.declaration SET discriminator = ? WHERE id = ?');
    for (const [i, id] of several.id.entries()) discriminate.run(several.discriminator[i]!, id);
    const found = numberColumns(
      this.into,
      ['id', 'theirs', 'here', 'mine'],
      `SELECT o.id, o.declaration_set AS theirs, h.id AS here, h.declaration_set AS mine
         FROM other.declaration o LEFT JOIN temp.same_name s ON s.theirs = o.name
         LEFT JOIN main.declaration h ON h.name = s.here AND h.kind = o.kind AND h.hash = o.hash`,
    );
    const here = found.here as readonly (number | null)[];
    const pairs = new Map<number, Map<number, Pair>>();
    found.id.forEach((id, i) => {
      const [theirs, mine] = [found.theirs[i]!, found.mine[i] ?? 0];
      let own = pairs.get(mine);
      if (own === undefined) pairs.set(mine, (own = new Map()));
      let pair = own.get(theirs);
      if (pair === undefined) own.set(theirs, (pair = { theirs, mine, ids: [] }));
      pair.ids.push(here[i] ?? id);
    });
    return [...pairs.values()].flatMap((own) => [...own.values()]);
  }

  /** Copies declarations, with what they are found by besides their names. `sets` gives for each row there its set here. */
  add(sets: ReadonlyMap<number, number>): void {
    const insert = this.into.statement(
      'INSERT INTO main.declaration (name, kind, hash, discriminator, declaration_set, body) VALUES (?, ?, ?, ?, ?, ?)',
    );
    const read = this.into.statement(
      `SELECT d.id, d.name, d.kind, d.hash, d.discriminator, d.body
         FROM json_each(?) j CROSS JOIN other.declaration d ON d.id = j.value`,
    );
    const ids = [...sets.keys()].sort((a, b) => a - b);
    const owners = new Set<number>();
    for (let at = 0; at < ids.length; at += AT_A_TIME) {
      const rows = read.all(JSON.stringify(ids.slice(at, at + AT_A_TIME)));
      for (const row of rows as [number, number, number, Uint8Array, number, Uint8Array][]) {
        const [id, name, kind, hash, discriminator, body] = row;
        const set = sets.get(id) as number;
        insert.run(this.name(name), kind, hash, discriminator, set, renumberBody(kind, body, this));
        owners.add(name * KINDS + kind);
      }
    }
    const list = JSON.stringify([...owners]);
    const member = this.into.statement('INSERT OR IGNORE INTO main.member_type (type, kind, owner) VALUES (?, ?, ?)');
    const members = numberColumns(this.into, ['type', 'kind', 'owner'], mentions('type', 'member_type'), list);
    for (const [i, type] of members.type.entries()) {
      member.run(this.type(type), members.kind[i]!, this.name(members.owner[i]!));
    }
    const value = this.into.statement('INSERT OR IGNORE INTO main.enumerator (name, kind, owner) VALUES (?, ?, ?)');
    const values = numberColumns(this.into, ['name', 'kind', 'owner'], mentions('name', 'enumerator'), list);
    for (const [i, name] of values.name.entries()) {
      value.run(this.name(name), values.kind[i]!, this.name(values.owner[i]!));
    }
  }
}

/** More than there are kinds of declarations: name and kind as one number. */
const KINDS = 256;

/** By what declarations are found, of those whose names and kinds are in a list. */
function mentions(what: string, table: string): string {
  return `SELECT ${what}, kind, owner FROM other.${table} WHERE owner * ${KINDS} + kind IN (SELECT value FROM json_each(?))`;
}
