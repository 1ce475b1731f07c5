// A new kernel's declarations: those of its parent, less what is gone, and what has come.

import { infoKind, infoVlen } from '@btfq/btf-format';
import { DeclarationWriter, declarationKind } from '../encoding/declaration-body.ts';
import type { TypeHashes } from '../prepare/type-hashes.ts';
import { BulkInsert } from './bulk-insert.ts';
import type { DeclaredRows } from './declared-rows.ts';
import { changeMembership, newSet } from './declaration-sets.ts';
import type { BtfIndex } from '../store/btf-index.ts';
import type { PreparedKernel } from '../prepare/prepare.ts';
import type { View, Writer } from './writer-cache.ts';

/**
 * Enters this kernel's declarations, new ones inserted and all sets brought up to date. `match` says for its types, by number, which of
 * the parent's they are (-1: none). What both have is not looked at.
 */
export function storeDeclarations(
  index: BtfIndex,
  writer: Writer,
  parent: View | undefined,
  match: Int32Array | undefined,
  view: View,
): void {
  const { prepared } = view;
  const { starts, types } = prepared;
  const text = textOf(prepared);
  const bodies = new DeclarationWriter(prepared, text, writer);
  const parentTypes = parent?.prepared.types;
  const unmatched: number[] = [];
  const matched = new Uint8Array(parentTypes?.lo.length ?? 0);
  for (let i = 0; i + 1 < starts.length; i++) {
    const from = match === undefined ? -1 : match[i]!;
    if (from < 0) {
      unmatched.push(i);
      continue;
    }
    matched[from] = 1;
    if (types.discriminators[i] !== 0 && parentTypes?.discriminators[from] === 0) {
      const known = declarationAt(prepared, i);
      if (known) discriminate(index, findDeclaration(index, writer, text, known) ?? 0, types.discriminators[i]!);
    }
  }
  const gone = parent === undefined ? new Set<number>() : goneFrom(index, writer, parent, matched);
  const came = new Set<number>();
  const fresh = writer.inBulk(() => {
    const added = new NewDeclarations(index, writer, bodies);
    for (const i of unmatched) {
      const one = declarationAt(prepared, i);
      if (one === undefined) continue;
      const known = added.find(writer.name(text(one.nameOff)), one, types, i, starts[i]!);
      if (known !== undefined && !gone.delete(known)) came.add(known);
    }
    return added;
  });
  changeMembership(index, 'declaration', view.id, [...gone, ...came], []);
  fresh.insert(view.id);
}

/** The declarations of a content that no other had. Their rows are made when it is known which set they are in. */
class NewDeclarations {
  private readonly index: BtfIndex;
  private readonly bodies: DeclarationWriter;
  private readonly firstName: number;
  private readonly firstId: number;
  private readonly writer: Writer;
  /** Those of all before, where they are known. */
  private readonly declared: DeclaredRows | undefined;
  private readonly rows: NewRow[] = [];
  /** By 53 bits of the hash: the numbers of rows. */
  private readonly byHash = new Map<number, number | number[]>();

  constructor(index: BtfIndex, writer: Writer, bodies: DeclarationWriter) {
    this.index = index;
    this.bodies = bodies;
    this.firstName = writer.firstNewName;
    const [most] = index.statement('SELECT coalesce(max(id), 0) FROM declaration').get() as [number];
    this.firstId = most + 1;
    this.writer = writer;
    this.declared = writer.declaredBefore(this.firstId);
  }

  /** The row of a declaration that is stored; undefined for one that is new, which is noted. */
  find(name: number, { kind, hash }: DeclarationAt, types: TypeHashes, i: number, at: number): number | undefined {
    const [lo, hi, discriminator] = [types.lo[i]!, types.hi[i]!, types.discriminators[i]!];
    const key = lo * 0x200000 + (hi & 0x1fffff);
    const alike = this.byHash.get(key);
    for (const number of alike === undefined ? [] : typeof alike === 'number' ? [alike] : alike) {
      const row = this.rows[number]!;
      if (row.hi !== hi || row.name !== name || row.kind !== kind) continue;
      if (row.discriminator === 0) row.discriminator = discriminator; // a content that this kernel has twice
      return undefined;
    }
    const known = name < this.firstName ? this.stored(name, kind, hash, lo, hi) : 0;
    if (known !== 0) {
      if (discriminator !== 0) discriminate(this.index, known, discriminator);
      return known;
    }
    const number = this.rows.length;
    this.byHash.set(
      key,
      alike === undefined ? number : typeof alike === 'number' ? [alike, number] : [...alike, number],
    );
    const body = this.bodies.body(at);
    const mentions = this.bodies.mentions(at);
    this.rows.push({
      name,
      kind,
      lo,
      hi,
      discriminator,
      body,
      types: mentions.types.size > 0 ? [...mentions.types] : NONE,
      enumerators: mentions.enumerators.size > 0 ? [...mentions.enumerators] : NONE,
    });
    return undefined;
  }

  private stored(name: number, kind: number, hash: Uint8Array, lo: number, hi: number): number {
    if (this.declared !== undefined) return this.declared.find(lo, hi);
    const known = this.index
      .statement('SELECT id FROM declaration WHERE name = ? AND kind = ? AND hash = ?')
      .get(name, kind, hash) as [number] | undefined;
    return known?.[0] ?? 0;
  }

  insert(content: number): void {
    const { index, rows, declared, firstId } = this;
    if (declared !== undefined) {
      rows.forEach(({ lo, hi }, i) => {
        declared.add(lo, hi, firstId + i);
      });
      this.writer.declaredUpTo(firstId + rows.length);
    }
    if (rows.length === 0) return;
    const set = newSet(index, rows.length, content);
    const declarations = new BulkInsert(
      index,
      'declaration (id, name, kind, hash, discriminator, declaration_set, body)',
      7,
    );
    const members = new BulkInsert(index, 'member_type (type, kind, owner)', 3, 'INSERT OR IGNORE');
    const enumerators = new BulkInsert(index, 'enumerator (name, kind, owner)', 3, 'INSERT OR IGNORE');
    rows.forEach(({ name, kind, lo, hi, discriminator, body }, i) => {
      const hash = Buffer.alloc(8);
      hash.writeInt32LE(lo, 0);
      hash.writeInt32LE(hi, 4);
      declarations.add(this.firstId + i, name, kind, hash, discriminator, set, body);
    });
    declarations.flush();
    // in the order of their keys, so that each page is written once
    const inOrder = (pick: (row: NewRow) => readonly number[]) =>
      rows
        .flatMap((row) => pick(row).map((key): [number, number, number] => [key, row.kind, row.name]))
        .sort((a, b) => a[0] - b[0] || a[1] - b[1] || a[2] - b[2]);
    for (const row of inOrder(({ types }) => types)) members.add(...row);
    members.flush();
    for (const row of inOrder((one) => one.enumerators)) enumerators.add(...row);
    enumerators.flush();
  }
}

const NONE: readonly number[] = [];

interface NewRow {
  readonly name: number;
  readonly kind: number;
  readonly lo: number;
  readonly hi: number;
  discriminator: number;
  readonly body: Uint8Array;
  /** See BodyMentions. */
  readonly types: readonly number[];
  readonly enumerators: readonly number[];
}

/** A type that is a declaration, as its row has it; `hash` is overwritten by the next one. */
interface DeclarationAt {
  readonly nameOff: number;
  readonly kind: number;
  readonly hash: Uint8Array;
}

const hashBytes = Buffer.alloc(8);

function declarationAt({ words, starts, types }: PreparedKernel, i: number): DeclarationAt | undefined {
  const at = starts[i]!;
  const info = words[at + 1]!;
  const named = words[at] !== 0;
  const kind = declarationKind(infoKind(info), named);
  if (kind === undefined || (!named && infoVlen(info) === 0)) return undefined;
  hashBytes.writeInt32LE(types.lo[i]!, 0);
  hashBytes.writeInt32LE(types.hi[i]!, 4);
  return { nameOff: named ? words[at]! : words[at + 3]!, kind, hash: hashBytes };
}

function textOf({ bytes, header }: PreparedKernel): (offset: number) => string {
  const strings = Buffer.from(bytes.buffer, bytes.byteOffset + header.strOff, header.strLen);
  return (offset) => {
    const end = strings.indexOf(0, offset); // a few names of a kernel are new: not worth decoding all
    return strings.toString('utf8', offset, end < 0 ? strings.length : end);
  };
}

/** Rows of the parent's declarations that its child lacks, in the parent's order. `matched`: its types that the child has. */
function goneFrom(index: BtfIndex, writer: Writer, { prepared }: View, matched: Uint8Array): Set<number> {
  const { types } = prepared;
  const text = textOf(prepared);
  const candidates: number[] = [];
  const filter = new Uint8Array(1 << 16);
  for (let i = 0; i < matched.length; i++) {
    if (matched[i] === 1) continue;
    candidates.push(i);
    filter[types.lo[i]! & 0xffff] = 1;
  }
  // of equal types only one is matched
  const kept = new Set<number>();
  for (let i = 0; i < matched.length; i++) {
    if (matched[i] === 1 && filter[types.lo[i]! & 0xffff] === 1)
      kept.add(types.lo[i]! * 0x200000 + (types.hi[i]! & 0x1fffff));
  }
  const [most] = index.statement('SELECT coalesce(max(id), 0) FROM declaration').get() as [number];
  const declared = writer.declaredBefore(most + 1);
  const gone = new Set<number>();
  for (const i of candidates) {
    if (kept.has(types.lo[i]! * 0x200000 + (types.hi[i]! & 0x1fffff))) continue;
    const one = declarationAt(prepared, i);
    if (one === undefined) continue;
    const row = declared?.find(types.lo[i]!, types.hi[i]!) ?? findDeclaration(index, writer, text, one);
    if (row) gone.add(row);
  }
  return gone;
}

function findDeclaration(
  index: BtfIndex,
  writer: Writer,
  text: (offset: number) => string,
  { nameOff, kind, hash }: DeclarationAt,
): number | undefined {
  const known = index
    .statement('SELECT id FROM declaration WHERE name = ? AND kind = ? AND hash = ?')
    .get(writer.name(text(nameOff)), kind, hash) as [number] | undefined;
  return known?.[0];
}

/** A declaration to find or to make: `at` is its record in what `bodies` writes of. */
export interface NewDeclaration {
  readonly name: number;
  readonly kind: number;
  readonly hash: Uint8Array;
  readonly discriminator: number;
  readonly at: number;
}

/** The row of a declaration; a new one is in no set yet. */
export function insertDeclaration(
  index: BtfIndex,
  bodies: DeclarationWriter,
  { name, kind, hash, discriminator, at }: NewDeclaration,
): { readonly id: number; readonly isNew: boolean } {
  const known = index
    .statement('SELECT id FROM declaration WHERE name = ? AND kind = ? AND hash = ?')
    .get(name, kind, hash) as [number] | undefined;
  if (known !== undefined) {
    if (discriminator !== 0) discriminate(index, known[0], discriminator);
    return { id: known[0], isNew: false };
  }
  const id = Number(
    index
      .statement(
        'INSERT INTO declaration (name, kind, hash, discriminator, declaration_set, body) VALUES (?, ?, ?, ?, 0, ?)',
      )
      .run(name, kind, hash, discriminator, bodies.body(at)).lastInsertRowid,
  );
  const mentions = bodies.mentions(at);
  const member = index.statement('INSERT OR IGNORE INTO member_type (type, kind, owner) VALUES (?, ?, ?)');
  for (const type of mentions.types) member.run(type, kind, name);
  const enumerator = index.statement('INSERT OR IGNORE INTO enumerator (name, kind, owner) VALUES (?, ?, ?)');
  for (const value of mentions.enumerators) enumerator.run(value, kind, name);
  return { id, isNew: true };
}

/** A declaration that shares its name somewhere must be identified by what refers to it. */
function discriminate(index: BtfIndex, row: number, discriminator: number): void {
  if (row === 0) return;
  index
    .statement('UPDATE declaration SET discriminator = ? WHERE id = ? AND discriminator = 0')
    .run(discriminator, row);
}
