// Ingest: one prepared BTF into rows, in one transaction.
//
//   1. the name: known with this content, known with other content, or new
//   2. the content: known (then this is an alias) or new
//   3. the parent: the content that has most in common with it
//   4. the declarations: those of the parent, less what is gone, and what has come; their sets follow
//   5. the bytes: told from an ancestor, and rebuilt to see that they are exact
//   6. modules, and the kernel's own row

import type { KernelIdentity } from './answers.ts';
import { decodeDelta, EMPTY_RAW, EMPTY_SIDE, encodeDelta, type RawBtf } from './btf-delta.ts';
import { contentRow } from './content-bytes.ts';
import { DeclarationWriter, declarationKind } from './declaration-body.ts';
import { changeMembership } from './declaration-sets.ts';
import { IndexError } from './errors.ts';
import { checkedIdentity, kernelName } from './identity.ts';
import { storeModules } from './module-store.ts';
import type { BtfIndex } from './open.ts';
import { type ModuleInput, type PreparedKernel, prepareKernel } from './prepare.ts';
import { removeKernelRows } from './remove.ts';
import { sqliteError } from './sqlite-errors.ts';
import { forgetWriter, sideOf, type View, type Writer, writerOf } from './writer.ts';

/** What to store with a kernel. */
export interface IngestOptions {
  /** Where the BTF came from, for people. */
  readonly source?: string | undefined;
  /** Name and version of the program. */
  readonly tool?: string | undefined;
  /** Let this content take the name from other content. */
  readonly replace?: boolean | undefined;
  /** ISO 8601; default: now. */
  readonly ingestedAt?: string | undefined;
}

/** What became of a kernel. */
export interface Ingested {
  readonly kernelId: number;
  /** `added`: new content. `alias`: known content, new name. `unchanged`: both known. */
  readonly outcome: 'added' | 'alias' | 'unchanged' | 'replaced';
}

/**
 * Parses, hashes and stores one kernel. Ingesting the same again changes nothing. Throws `BtfError`, and `IndexError`:
 * kernel-exists, bad-identity, busy, disk-full, read-only.
 */
export function ingestKernel(
  index: BtfIndex,
  kernel: { identity: KernelIdentity; btf: Uint8Array; modules?: readonly ModuleInput[] } & IngestOptions,
): Ingested {
  return commitKernel(index, prepareKernel(kernel.btf, kernel.modules), kernel.identity, kernel);
}

/** Stores a prepared kernel: all of it or, where it throws, nothing. See `ingestKernel`. */
export function commitKernel(
  index: BtfIndex,
  prepared: PreparedKernel,
  identity: KernelIdentity,
  options: IngestOptions = {},
): Ingested {
  const checked = checkedIdentity(identity);
  if (index.readonly) throw new IndexError('read-only', `${index.path} was opened only to read`, { path: index.path });
  return writing(index, () => commit(index, prepared, checked, options));
}

/** Runs `work` as one write transaction and counts it in the generation, unless it says that it changed nothing. */
export function writing<T extends object>(index: BtfIndex, work: () => T): T {
  try {
    const result = index.db
      .transaction(() => {
        const done = work();
        if (!('outcome' in done && done.outcome === 'unchanged')) {
          index.statement(`UPDATE meta SET value = value + 1 WHERE key = 'generation'`).run();
        }
        return done;
      })
      .immediate();
    index.changed();
    return result;
  } catch (error) {
    forgetWriter(index);
    index.changed();
    throw sqliteError(error, index.path);
  }
}

function commit(index: BtfIndex, prepared: PreparedKernel, identity: KernelIdentity, options: IngestOptions): Ingested {
  const writer = writerOf(index);
  const known = index
    .statement(
      `SELECT k.id, c.sha256 FROM kernel k JOIN content c ON c.id = k.content
         WHERE distro = ? AND version = ? AND arch = ? AND release = ?`,
    )
    .get(identity.distro, identity.version, identity.arch, identity.release) as [number, Uint8Array] | undefined;
  const same = known !== undefined && Buffer.compare(known[1], prepared.sha256) === 0;
  if (known !== undefined && same) {
    const changed = storeModules(index, known[0], prepared.modules);
    return { kernelId: known[0], outcome: changed ? 'replaced' : 'unchanged' };
  }
  if (known !== undefined && !options.replace) {
    throw new IndexError('kernel-exists', `${kernelName(identity)} is there with other content`, {
      path: index.path,
      kernel: kernelName(identity),
      hint: '--replace lets the new content take its place',
    });
  }
  if (known !== undefined) removeKernelRows(index, known[0]);
  const found = index.statement('SELECT id FROM content WHERE sha256 = ?').get(prepared.sha256) as [number] | undefined;
  const content = found?.[0] ?? addContent(index, known === undefined ? writer : writerOf(index), prepared);
  const kernelId = Number(
    index
      .statement(
        `INSERT INTO kernel (distro, version, arch, release, content, source, ingested_at, tool)
           VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
      )
      .run(
        identity.distro,
        identity.version,
        identity.arch,
        identity.release,
        content,
        options.source ?? '',
        options.ingestedAt ?? new Date().toISOString(),
        options.tool ?? '',
      ).lastInsertRowid,
  );
  storeModules(index, kernelId, prepared.modules);
  return { kernelId, outcome: known !== undefined ? 'replaced' : found === undefined ? 'added' : 'alias' };
}

function addContent(index: BtfIndex, writer: Writer, prepared: PreparedKernel): number {
  const [last] = index.statement('SELECT coalesce(max(id), 0) FROM content').get() as [number];
  const id = last + 1;
  const nearest = writer.nearest(prepared.sketch);
  const parent = nearest && writer.view(nearest.id);
  const bytes = tellBytes(index, writer, parent, prepared);
  const view: View = { id, prepared, declarations: undefined };
  view.declarations = tellDeclarations(index, writer, parent, bytes.parentMatch, view);
  index
    .statement(
      `INSERT INTO content (id, sha256, parent, base, steps, place, bytes, types, little_endian, pointer_size, sketch, data)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    )
    .run(
      id,
      prepared.sha256,
      parent?.id ?? null,
      bytes.base,
      bytes.steps,
      bytes.place,
      prepared.bytes.length,
      prepared.starts.length - 1,
      prepared.header.littleEndian ? 1 : 0,
      prepared.pointerSize ?? null,
      prepared.sketch,
      bytes.data,
    );
  writer.keep(view);
  return id;
}

/** Chains of deltas longer than this end in a new whole BTF. */
const MAX_STEPS = 40;
/** A delta below this many bytes makes the kernel one of its parent's series. */
const SERIES_BYTES = 48 * 1024;
/** Series are told in steps of 8 and of 64 kernels too, so that no chain is long. */
const RADIX = 8;
const LEVEL = 12;

interface ToldBytes {
  readonly data: Uint8Array;
  readonly base: number | null;
  readonly steps: number;
  readonly place: number;
  /** How the types align with the parent's; undefined without a parent. */
  readonly parentMatch: Int32Array | undefined;
}

function tellBytes(index: BtfIndex, writer: Writer, parent: View | undefined, prepared: PreparedKernel): ToldBytes {
  const target = sideOf(prepared);
  const whole = (parentMatch: Int32Array | undefined): ToldBytes => {
    const { data } = encodeDelta(EMPTY_SIDE, target, LEVEL);
    assertExact(decodeDelta(EMPTY_RAW, data).bytes, prepared);
    return { data, base: null, steps: 1, place: 0, parentMatch };
  };
  if (parent === undefined) return whole(undefined);
  const row = contentRow(index, parent.id);
  const near = encodeDelta(sideOf(parent.prepared), target, LEVEL);
  const inSeries = near.data.length < SERIES_BYTES;
  const place = inSeries ? row.place + 1 : 0;
  const ancestor = inSeries ? ancestorAt(index, parent.id, row.place, leap(place)) : parent.id;
  if (ancestor !== parent.id) {
    const base = writer.view(ancestor);
    const far = encodeDelta(sideOf(base.prepared), target, LEVEL);
    const { steps } = contentRow(index, ancestor);
    if (far.data.length < SERIES_BYTES || row.steps >= MAX_STEPS) {
      assertExact(decodeDelta(rawOf(base), far.data).bytes, prepared);
      return { data: far.data, base: ancestor, steps: steps + 1, place, parentMatch: near.typeMatch };
    }
  }
  if (row.steps >= MAX_STEPS) return whole(near.typeMatch);
  assertExact(decodeDelta(rawOf(parent), near.data).bytes, prepared);
  return { data: near.data, base: parent.id, steps: row.steps + 1, place, parentMatch: near.typeMatch };
}

/** The place that this place is told from: one less in its lowest digit that is not 0. */
function leap(place: number): number {
  let unit = 1;
  while (place % (unit * RADIX) === 0) unit *= RADIX;
  return place - unit;
}

/** The ancestor at a place of the same series. */
function ancestorAt(index: BtfIndex, id: number, place: number, wanted: number): number {
  for (; place > wanted; place--) id = contentRow(index, id).parent as number;
  return id;
}

function rawOf({ prepared }: View): RawBtf {
  const { bytes, words, starts, header, strings } = prepared;
  return { bytes, words, starts, header, stringStarts: strings.starts };
}

function assertExact(bytes: Uint8Array, prepared: PreparedKernel): void {
  if (Buffer.compare(bytes, prepared.bytes) !== 0) throw new Error('a delta does not give its BTF back');
}

/** Rows of this kernel's declarations by type number, new ones inserted and all sets brought up to date. */
function tellDeclarations(
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
    if (from >= 0 && inParent !== undefined) rows[i] = inParent[from] as number;
    else unmatched.push(i);
    if (types.discriminators[i] !== 0 && (from < 0 || parent?.prepared.types.discriminators[from] === 0)) {
      discriminate(index, rows[i] as number, types.discriminators[i] as number);
    }
  }
  const gone = new Set<number>();
  if (inParent !== undefined) {
    const [most] = index.statement('SELECT coalesce(max(id), 0) FROM declaration').get() as [number];
    const kept = new Uint8Array(most + 1);
    for (let i = 0; i < rows.length; i++) kept[rows[i] as number] = 1;
    for (let i = 0; i < inParent.length; i++) {
      const row = inParent[i] as number;
      if (row !== 0 && kept[row] === 0) gone.add(row);
    }
  }
  const came = new Set<number>();
  const fresh: number[] = [];
  const hash = Buffer.alloc(8);
  for (const i of unmatched) {
    const at = starts[i] as number;
    const kind = declarationKind(((words[at + 1] as number) >>> 24) & 0x7f, words[at] !== 0);
    if (kind === undefined) continue;
    const nameOff = words[at] !== 0 ? (words[at] as number) : firstEnumerator(prepared, at);
    if (nameOff === undefined) continue;
    const name = writer.name(text(nameOff));
    hash.writeInt32LE(types.lo[i] as number, 0);
    hash.writeInt32LE(types.hi[i] as number, 4);
    const known = index
      .statement('SELECT id FROM declaration WHERE name = ? AND kind = ? AND hash = ?')
      .get(name, kind, hash) as [number] | undefined;
    if (known !== undefined) {
      rows[i] = known[0];
      if (!gone.delete(known[0])) came.add(known[0]);
      if (types.discriminators[i] !== 0) discriminate(index, known[0], types.discriminators[i] as number);
      continue;
    }
    const row = Number(
      index
        .statement(
          'INSERT INTO declaration (name, kind, hash, discriminator, declaration_set, body) VALUES (?, ?, ?, ?, 0, ?)',
        )
        .run(name, kind, hash, types.discriminators[i], bodies.body(at)).lastInsertRowid,
    );
    rows[i] = row;
    fresh.push(row);
    const mentions = bodies.mentions(at);
    const member = index.statement('INSERT OR IGNORE INTO member_type (type, kind, owner) VALUES (?, ?, ?)');
    for (const type of mentions.types) member.run(type, kind, name);
    const enumerator = index.statement('INSERT OR IGNORE INTO enumerator (name, kind, owner) VALUES (?, ?, ?)');
    for (const value of mentions.enumerators) enumerator.run(value, kind, name);
  }
  const inFresh = new Set(fresh);
  for (const row of came) if (inFresh.has(row)) came.delete(row); // a content that this kernel has twice
  if (inParent !== undefined && came.size > 0) {
    // a content that the parent has at another type number
    const there = new Set(inParent);
    for (const row of came) if (there.has(row)) came.delete(row);
  }
  changeMembership(index, view.id, [...gone, ...came], fresh);
  return rows;
}

function firstEnumerator(prepared: PreparedKernel, at: number): number | undefined {
  const { words } = prepared;
  return ((words[at + 1] as number) & 0xffffff) > 0 ? (words[at + 3] as number) : undefined;
}

/** A declaration that shares its name somewhere must be told by what refers to it. */
function discriminate(index: BtfIndex, row: number, discriminator: number): void {
  if (row === 0) return;
  index
    .statement('UPDATE declaration SET discriminator = ? WHERE id = ? AND discriminator = 0')
    .run(discriminator, row);
}
