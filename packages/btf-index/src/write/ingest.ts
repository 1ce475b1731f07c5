// Ingest: one prepared BTF into rows, in one transaction.
//
//   1. the name: known with this content, known with other content, or new
//   2. the content: known (then this is an alias) or new
//   3. the parent: the content that has most in common with it
//   4. the declarations: those of the parent, less what is gone, and what has come; their sets follow
//   5. the bytes: told from an ancestor, and rebuilt to see that they are exact
//   6. modules, and the kernel's own row

import type { KernelIdentity } from '../answer-types.ts';
import { IndexError } from '../errors.ts';
import { checkedIdentity, kernelName } from '../store/identity.ts';
import { storeModules } from '../store/module-store.ts';
import { kernelTablesOf, type StoredTables, storeTables } from '../store/table-facts.ts';
import type { BtfIndex } from '../store/open.ts';
import { type ModuleInput, type PreparedKernel, prepareKernel } from '../prepare/prepare.ts';
import { removeKernelRows } from './remove.ts';
import { sqliteError } from '../store/sqlite-errors.ts';
import { encodeContent } from './store-bytes.ts';
import { storeDeclarations } from './store-declarations.ts';
import { forgetWriter, type View, type Writer, writerOf } from './writer-cache.ts';

/** What to store with a kernel. */
export interface IngestOptions {
  /** Where the BTF came from, for people. */
  readonly source?: string | undefined;
  /** Name and version of the program. */
  readonly tool?: string | undefined;
  /** What named the kernel, part by part, for people. */
  readonly identified?: string | undefined;
  /** The source's own `Linux version ...`. */
  readonly banner?: string | null | undefined;
  /** Let this content take the name from other content. */
  readonly replace?: boolean | undefined;
  /** The kernel's own tables, if its image was read. A kernel that has some keeps them where none are given. */
  readonly tables?: StoredTables | undefined;
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
    const refused = error instanceof IndexError && error.code === 'kernel-exists'; // before anything was written
    if (!refused) forgetWriter(index);
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
    let changed = storeModules(index, known[0], prepared.modules);
    if (options.tables && kernelTablesOf(index, known[0]) === undefined) {
      storeTables(index, known[0], options.tables);
      changed = true;
    }
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
        `INSERT INTO kernel (distro, version, arch, release, content, source, ingested_at, tool, identified, banner)
           VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
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
        options.identified ?? '',
        options.banner ?? null,
      ).lastInsertRowid,
  );
  storeModules(index, kernelId, prepared.modules);
  if (options.tables) storeTables(index, kernelId, options.tables);
  return { kernelId, outcome: known !== undefined ? 'replaced' : found === undefined ? 'added' : 'alias' };
}

function addContent(index: BtfIndex, writer: Writer, prepared: PreparedKernel): number {
  const [last] = index.statement('SELECT coalesce(max(id), 0) FROM content').get() as [number];
  const id = last + 1;
  const nearest = writer.nearest(prepared.sketch);
  const parent = nearest && writer.view(nearest.id);
  const bytes = encodeContent(index, writer, parent, prepared);
  const view: View = { id, prepared, declarations: undefined };
  view.declarations = storeDeclarations(index, writer, parent, bytes.parentMatch, view);
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
