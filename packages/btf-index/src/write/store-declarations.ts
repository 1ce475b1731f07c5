// A new kernel's declarations: those of its parent, less what is gone, and what has come.

import { infoKind, infoVlen } from '@btfq/btf-format';
import { DeclarationWriter, declarationKind } from '../encoding/declaration-body.ts';
import type { TypeHashes } from '../prepare/type-hashes.ts';
import type { Runs } from '../delta/alignment.ts';
import { BulkInsert } from './bulk-insert.ts';
import { DeclaredRows } from './declared-rows.ts';
import { changeMembership, newSet } from './declaration-sets.ts';
import type { BtfIndex } from '../store/btf-index.ts';
import type { PreparedKernel } from '../prepare/prepare.ts';
import { VarintWriter } from '../varints.ts';
import type { View, Writer } from './writer-cache.ts';

/**
 * Enters this kernel's declarations, new ones inserted and all sets brought up to date. `ofParent` says which of its types
 * are the parent's. What both have is not looked at.
 */
export function storeDeclarations(
  index: BtfIndex,
  writer: Writer,
  parent: View | undefined,
  ofParent: Runs | undefined,
  view: Pick<View, 'id' | 'prepared'>,
): void {
  const { prepared } = view;
  const { starts, types } = prepared;
  const text = textOf(prepared);
  const bodies = new DeclarationWriter(prepared, text, writer);
  const parentTypes = parent?.prepared.types;
  const unmatched: number[] = [];
  const matched = new Uint8Array(parentTypes?.lo.length ?? 0);
  const visit = (from: number, first: number, length: number) => {
    if (from < 0 || parentTypes === undefined) {
      for (let i = first; i < first + length; i++) unmatched.push(i);
      return;
    }
    matched.fill(1, from, from + length);
    const now = types.discriminators;
    const before = parentTypes.discriminators;
    if (sameNumbers(now.subarray(first, first + length), before.subarray(from, from + length))) return;
    for (let i = 0; i < length; i++) {
      if (now[first + i] === before[from + i] || now[first + i] === 0 || before[from + i] !== 0) continue;
      const known = declarationAt(prepared, first + i);
      if (known) discriminate(index, findDeclaration(index, writer, text, known) ?? 0, now[first + i]!);
    }
  };
  if (ofParent === undefined) visit(-1, 0, starts.length - 1);
  else ofParent.each(visit);
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

/**
 * The declarations of a content that no other had. Their rows are made when it is known which set they are in; until then they are
 * columns of numbers, for a kernel without relatives has tens of thousands.
 */
class NewDeclarations {
  private readonly index: BtfIndex;
  private readonly writer: Writer;
  private readonly bodies: DeclarationWriter;
  private readonly firstName: number;
  private readonly firstId: number;
  /** Those of all before, where they are known. */
  private readonly declared: DeclaredRows | undefined;
  /** Those of this content: numbers from 1. */
  private readonly numbers = new DeclaredRows();
  private readonly names: number[] = [];
  private readonly kinds: number[] = [];
  private readonly hashes: number[] = [];
  private readonly discriminators: number[] = [];
  private readonly bodyBytes = new VarintWriter(4096);
  private readonly bodyEnds: number[] = [];
  private readonly members = new Mentioned();
  private readonly enumerators = new Mentioned();

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
    const number = this.numbers.find(lo, hi) - 1;
    if (number >= 0 && this.names[number] === name && this.kinds[number] === kind) {
      if (this.discriminators[number] === 0) this.discriminators[number] = discriminator; // a content that this kernel has twice
      return undefined;
    }
    const known = name < this.firstName ? this.stored(name, kind, hash, lo, hi) : 0;
    if (known !== 0) {
      if (discriminator !== 0) discriminate(this.index, known, discriminator);
      return known;
    }
    this.names.push(name);
    this.kinds.push(kind);
    this.hashes.push(lo, hi);
    this.discriminators.push(discriminator);
    this.numbers.add(lo, hi, this.names.length);
    this.bodyBytes.addBytes(this.bodies.body(at));
    this.bodyEnds.push(this.bodyBytes.length);
    const mentions = this.bodies.mentions(at);
    for (const type of mentions.types) this.members.add(type, kind, name);
    for (const value of mentions.enumerators) this.enumerators.add(value, kind, name);
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
    const { index, names, kinds, hashes, discriminators, bodyEnds, declared, firstId } = this;
    for (let i = 0; i < names.length; i++) declared?.add(hashes[2 * i]!, hashes[2 * i + 1]!, firstId + i);
    if (declared !== undefined) this.writer.declaredUpTo(firstId + names.length);
    if (names.length === 0) return;
    const set = newSet(index, names.length, content);
    const rows = new BulkInsert(index, 'declaration (id, name, kind, hash, discriminator, declaration_set, body)', 7);
    const bodies = this.bodyBytes.view();
    for (let i = 0; i < names.length; i++) {
      const hash = Buffer.alloc(8);
      hash.writeInt32LE(hashes[2 * i]!, 0);
      hash.writeInt32LE(hashes[2 * i + 1]!, 4);
      const body = bodies.subarray(i === 0 ? 0 : bodyEnds[i - 1]!, bodyEnds[i]);
      rows.add(firstId + i, names[i]!, kinds[i]!, hash, discriminators[i]!, set, body);
    }
    rows.flush();
    this.members.insert(new BulkInsert(index, 'member_type (type, kind, owner)', 3, 'INSERT OR IGNORE'));
    this.enumerators.insert(new BulkInsert(index, 'enumerator (name, kind, owner)', 3, 'INSERT OR IGNORE'));
  }
}

/** What declarations mention: rows of three numbers. */
class Mentioned {
  private readonly keys: number[] = [];
  private readonly kinds: number[] = [];
  private readonly owners: number[] = [];

  add(key: number, kind: number, owner: number): void {
    this.keys.push(key);
    this.kinds.push(kind);
    this.owners.push(owner);
  }

  /** In the order of the table, so that each page is written once. */
  insert(rows: BulkInsert): void {
    const { keys, kinds, owners } = this;
    const order = Uint32Array.from(keys, (_, i) => i);
    order.sort((a, b) => keys[a]! - keys[b]! || kinds[a]! - kinds[b]! || owners[a]! - owners[b]!);
    for (const i of order) rows.add(keys[i]!, kinds[i]!, owners[i]!);
    rows.flush();
  }
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

function sameNumbers(a: Int32Array, b: Int32Array): boolean {
  const bytes = ({ buffer, byteOffset, byteLength }: Int32Array) => new Uint8Array(buffer, byteOffset, byteLength);
  return Buffer.compare(bytes(a), bytes(b)) === 0;
}

/** Rows of the parent's declarations that its child lacks, in the parent's order. `matched`: its types that the child has. */
function goneFrom(index: BtfIndex, writer: Writer, { prepared }: View, matched: Uint8Array): Set<number> {
  const { types } = prepared;
  const text = textOf(prepared);
  const candidates: number[] = [];
  const filter = new Uint8Array(1 << 16);
  for (let i = matched.indexOf(0); i >= 0; i = matched.indexOf(0, i + 1)) {
    candidates.push(i);
    filter[types.lo[i]! & 0xffff] = 1;
  }
  // of equal types only one is matched
  const kept = new Set<number>();
  const { lo, hi } = types;
  for (let i = 0; i < lo.length; i++) {
    if (filter[lo[i]! & 0xffff] === 1 && matched[i] === 1) kept.add(lo[i]! * 0x200000 + (hi[i]! & 0x1fffff));
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
