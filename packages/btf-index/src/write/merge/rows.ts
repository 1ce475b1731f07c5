// Rows of names, types and declarations of another index, found here or made here when something first speaks of them.

import type { BtfIndex } from '../../store/btf-index.ts';
import { type Renumbering, renumberBody, renumberType } from '../../encoding/renumber.ts';

/** A declaration of the other index. */
export interface OtherDeclaration {
  readonly id: number;
  readonly name: number;
  readonly kind: number;
  readonly hash: Uint8Array;
  readonly discriminator: number;
  readonly set: number;
}

export class MergedRows implements Renumbering {
  private readonly into: BtfIndex;
  private readonly texts: ReadonlyMap<number, string>;
  private readonly codes: ReadonlyMap<number, Uint8Array>;
  private readonly names = new Map<number, number>([[0, 0]]);
  private readonly types = new Map<number, number>();
  private readonly bodyOf;
  private readonly from: BtfIndex;

  constructor(into: BtfIndex, from: BtfIndex) {
    this.into = into;
    this.from = from;
    this.texts = new Map(from.statement('SELECT id, text FROM name').all() as [number, string][]);
    this.codes = new Map(from.statement('SELECT id, code FROM type').all() as [number, Uint8Array][]);
    this.bodyOf = from.statement('SELECT body FROM declaration WHERE name = ? AND kind = ? AND id = ?');
  }

  name(row: number): number {
    let id = this.names.get(row);
    if (id !== undefined) return id;
    const text = this.texts.get(row);
    if (text === undefined) throw new RangeError(`there is no name ${row}`);
    id =
      (this.into.statement('SELECT id FROM name WHERE text = ?').get(text) as [number] | undefined)?.[0] ??
      Number(this.into.statement('INSERT INTO name (text) VALUES (?)').run(text).lastInsertRowid);
    this.names.set(row, id);
    return id;
  }

  type(row: number): number {
    let id = this.types.get(row);
    if (id !== undefined) return id;
    const known = this.codes.get(row);
    if (known === undefined) throw new RangeError(`there is no type ${row}`);
    const code = renumberType(known, this);
    id =
      (this.into.statement('SELECT id FROM type WHERE code = ?').get(code) as [number] | undefined)?.[0] ??
      Number(this.into.statement('INSERT INTO type (code) VALUES (?)').run(code).lastInsertRowid);
    this.types.set(row, id);
    return id;
  }

  /** All declarations of the other index. */
  declarations(): OtherDeclaration[] {
    const rows = this.from
      .statement('SELECT id, name, kind, hash, discriminator, declaration_set FROM declaration')
      .all() as [number, number, number, Uint8Array, number, number][];
    return rows.map(([id, name, kind, hash, discriminator, set]) => ({ id, name, kind, hash, discriminator, set }));
  }

  /** The row here of a declaration there, and its set; undefined where it is not here. */
  find({ name, kind, hash, discriminator }: OtherDeclaration): { id: number; set: number } | undefined {
    const text = this.texts.get(name)!;
    const row = this.into
      .statement(
        `SELECT d.id, d.declaration_set FROM name n CROSS JOIN declaration d ON d.name = n.id AND d.kind = ?
           WHERE n.text = ? AND d.hash = ?`,
      )
      .get(kind, text, hash) as [number, number] | undefined;
    if (row === undefined) return undefined;
    if (discriminator !== 0) {
      this.into
        .statement('UPDATE declaration SET discriminator = ? WHERE id = ? AND discriminator = 0')
        .run(discriminator, row[0]);
    }
    return { id: row[0], set: row[1] };
  }

  /** Copies a declaration; it is in no set yet. */
  add({ id, name, kind, hash, discriminator }: OtherDeclaration): number {
    const [body] = this.bodyOf.get(name, kind, id) as [Uint8Array];
    return Number(
      this.into
        .statement(
          'INSERT INTO declaration (name, kind, hash, discriminator, declaration_set, body) VALUES (?, ?, ?, ?, 0, ?)',
        )
        .run(this.name(name), kind, hash, discriminator, renumberBody(kind, body, this)).lastInsertRowid,
    );
  }

  /** By what declarations that were copied are found, besides their names; `owners` has their kinds and names there. */
  addMentions(owners: ReadonlySet<string>): void {
    const member = this.into.statement('INSERT OR IGNORE INTO member_type (type, kind, owner) VALUES (?, ?, ?)');
    const members = this.from.statement('SELECT type, kind, owner FROM member_type').iterate();
    for (const [type, kind, owner] of members as Iterable<[number, number, number]>) {
      if (owners.has(`${kind} ${owner}`)) member.run(this.type(type), kind, this.name(owner));
    }
    const value = this.into.statement('INSERT OR IGNORE INTO enumerator (name, kind, owner) VALUES (?, ?, ?)');
    const values = this.from.statement('SELECT name, kind, owner FROM enumerator').iterate();
    for (const [name, kind, owner] of values as Iterable<[number, number, number]>) {
      if (owners.has(`${kind} ${owner}`)) value.run(this.name(name), kind, this.name(owner));
    }
  }
}
