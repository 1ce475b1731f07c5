// A new kernel's declarations: those of its parent, less what is gone, and what has come.

import { infoKind, infoVlen } from '@btfq/btf-format';
import { DeclarationWriter, declarationKind } from '../encoding/declaration-body.ts';
import { changeMembership } from './declaration-sets.ts';
import type { BtfIndex } from '../store/btf-index.ts';
import type { PreparedKernel } from '../prepare/prepare.ts';
import type { View, Writer } from './writer-cache.ts';

/** Rows of this kernel's declarations by type number, new ones inserted and all sets brought up to date. */
export function storeDeclarations(
  index: BtfIndex,
  writer: Writer,
  parent: View | undefined,
  match: Int32Array | undefined,
  view: View,
): Int32Array {
  const { prepared } = view;
  const { words, starts, types, header, bytes } = prepared;
  const strings = Buffer.from(bytes.buffer, bytes.byteOffset + header.strOff, header.strLen);
  const text = (offset: number) => {
    const end = strings.indexOf(0, offset); // a few names of a kernel are new: not worth decoding all
    return strings.toString('utf8', offset, end < 0 ? strings.length : end);
  };
  const bodies = new DeclarationWriter(prepared, text, writer);
  const inParent = parent && writer.declarationsOf(parent);
  const rows = new Int32Array(starts.length - 1);
  const unmatched: number[] = [];
  for (let i = 0; i < rows.length; i++) {
    const from = match?.[i] ?? -1;
    if (from >= 0 && inParent !== undefined) rows[i] = inParent[from]!;
    else unmatched.push(i);
    if (types.discriminators[i] !== 0 && (from < 0 || parent?.prepared.types.discriminators[from] === 0)) {
      discriminate(index, rows[i]!, types.discriminators[i]!);
    }
  }
  const gone = new Set<number>();
  if (inParent !== undefined) {
    const [most] = index.statement('SELECT coalesce(max(id), 0) FROM declaration').get() as [number];
    const kept = new Uint8Array(most + 1);
    for (let i = 0; i < rows.length; i++) kept[rows[i]!] = 1;
    for (let i = 0; i < inParent.length; i++) {
      const row = inParent[i]!;
      if (row !== 0 && kept[row] === 0) gone.add(row);
    }
  }
  const came = new Set<number>();
  const fresh: number[] = [];
  const hash = Buffer.alloc(8);
  for (const i of unmatched) {
    const at = starts[i]!;
    const kind = declarationKind(infoKind(words[at + 1]!), words[at] !== 0);
    if (kind === undefined) continue;
    const nameOff = words[at] !== 0 ? words[at]! : firstEnumerator(prepared, at);
    if (nameOff === undefined) continue;
    const name = writer.name(text(nameOff));
    hash.writeInt32LE(types.lo[i]!, 0);
    hash.writeInt32LE(types.hi[i]!, 4);
    const discriminator = types.discriminators[i]!;
    const { id: row, isNew } = insertDeclaration(index, bodies, { name, kind, hash, discriminator, at });
    rows[i] = row;
    if (isNew) fresh.push(row);
    else if (!gone.delete(row)) came.add(row);
  }
  const inFresh = new Set(fresh);
  for (const row of came) if (inFresh.has(row)) came.delete(row); // a content that this kernel has twice
  if (inParent !== undefined && came.size > 0) {
    // a content that the parent has at another type number
    const there = new Set(inParent);
    for (const row of came) if (there.has(row)) came.delete(row);
  }
  changeMembership(index, 'declaration', view.id, [...gone, ...came], fresh);
  return rows;
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

function firstEnumerator(prepared: PreparedKernel, at: number): number | undefined {
  const { words } = prepared;
  return infoVlen(words[at + 1]!) > 0 ? words[at + 3]! : undefined;
}

/** A declaration that shares its name somewhere must be identified by what refers to it. */
function discriminate(index: BtfIndex, row: number, discriminator: number): void {
  if (row === 0) return;
  index
    .statement('UPDATE declaration SET discriminator = ? WHERE id = ? AND discriminator = 0')
    .run(discriminator, row);
}
