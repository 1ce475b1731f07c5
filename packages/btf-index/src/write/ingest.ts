// Ingest: one prepared BTF into rows, in one transaction.
//
//   1. the name: known with this content, known with other content, or new
//   2. the content: known (then this is an alias) or new
//   3. the parent: the content that has most in common with it
//   4. the declarations: those of the parent, less what is gone, and what has come; their sets follow
//   5. the bytes: a delta against an ancestor, and rebuilt to see that they are exact
//   6. modules, and the kernel's own row

import type { KernelIdentity } from '../answer-types.ts';
import { IndexError } from '../errors.ts';
import { checkedIdentity, kernelName } from '../store/identity.ts';
import { parseBtf } from '@btfq/btf-format';
import { modulesOfContent } from '../store/export.ts';
import { moduleChain, versionsOf } from '../store/module-store.ts';
import { knownTableParts, type StoredTables } from '../store/table-facts.ts';
import type { BtfIndex } from '../store/btf-index.ts';
import { type ModuleInput, type PreparedKernel, prepareKernel, prepareModules } from '../prepare/prepare.ts';
import { removeUnusedContent } from './remove.ts';
import { databaseOf } from '../store/sqlite-driver.ts';
import { sqliteError } from '../store/sqlite-errors.ts';
import type { StartDelta } from '../delta/complete-delta.ts';
import { encodeContent } from './store-bytes.ts';
import { configOf } from '../store/config-rows.ts';
import { buildIds } from '../store/fact-sources.ts';
import { removeFactSources, storeFactSource } from './store-fact-sources.ts';
import { storeConfig } from './store-config.ts';
import { storeDeclarations } from './store-declarations.ts';
import { copyModuleSet, preparedSet, storeModuleSet } from './store-module-set.ts';
import { storeModules } from './store-modules.ts';
import { storeTables } from './store-tables.ts';
import { forgetWriter, isLeap, type View, type Writer, writerOf } from './writer-cache.ts';

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
  /** Its build id, hexadecimal, where one is known. */
  readonly buildId?: string | undefined;
  /** Where its configuration came from, if one was given. */
  readonly configSource?: string | undefined;
  /** ISO 8601; default: now. */
  readonly ingestedAt?: string | undefined;
  /** Another thread that makes deltas while this one enters declarations. */
  readonly elsewhere?: StartDelta | undefined;
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
  kernel: {
    identity: KernelIdentity;
    btf: Uint8Array;
    modules?: readonly ModuleInput[];
    config?: ReadonlyMap<string, string>;
  } & IngestOptions,
): Ingested {
  return commitKernel(index, prepareKernel(kernel.btf, kernel.modules, kernel.config), kernel.identity, kernel);
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
    const result = databaseOf(index)
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
  const known = index
    .statement(
      `SELECT k.id, c.sha256, c.id, c.modules, c.config FROM kernel k JOIN content c ON c.id = k.content
         WHERE distro = ? AND version = ? AND arch = ? AND release = ?`,
    )
    .get(identity.distro, identity.version, identity.arch, identity.release) as KnownKernel | undefined;
  const same = known !== undefined && Buffer.compare(known[1], prepared.sha256) === 0;
  if (known !== undefined && !same && !options.replace) {
    throw new IndexError('kernel-exists', `${kernelName(identity)} is in the index with other content`, {
      path: index.path,
      kernel: kernelName(identity),
      hint: '--replace replaces it',
    });
  }
  if (same && !options.replace) refuseOtherConfig(index, known, prepared, identity);
  const facts = same ? withKnown(index, known, prepared) : { prepared, modulesOf: undefined };
  const found = findContent(index, facts);
  const newTables = same && options.tables !== undefined && bringsTables(index, known[0], options.tables);
  if (newTables && options.tables) storeTables(index, known[0], options.tables);
  const newConfig = prepared.config !== undefined && known !== undefined && known[4] === null;
  const configSource = prepared.config === undefined ? undefined : (options.configSource ?? '');
  if (newConfig && same) storeFactSource(index, known[0], 'config', configSource ?? '');
  const newBuildId = same && options.buildId !== undefined && buildIds(index).get(known[0]) !== options.buildId;
  if (newBuildId && options.buildId) storeFactSource(index, known[0], 'build-id', options.buildId);
  if (same && found === known[2]) {
    return { kernelId: known[0], outcome: newTables || newBuildId ? 'replaced' : 'unchanged' };
  }
  const content = found ?? addContent(index, writerOf(index), facts, options.elsewhere);
  if (known !== undefined) {
    index.statement('UPDATE kernel SET content = ? WHERE id = ?').run(content, known[0]);
    index.changed();
    removeUnusedContent(index, known[2]);
    if (same) return { kernelId: known[0], outcome: 'replaced' };
    removeFactSources(index, known[0]);
    index.statement('DELETE FROM kernel WHERE id = ?').run(known[0]);
  }
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
  if (options.tables) storeTables(index, kernelId, options.tables);
  if (options.buildId !== undefined) storeFactSource(index, kernelId, 'build-id', options.buildId);
  if (configSource !== undefined) storeFactSource(index, kernelId, 'config', configSource);
  return { kernelId, outcome: known !== undefined ? 'replaced' : found === undefined ? 'added' : 'alias' };
}

/** Whether tables are the kernel's first, or the first that have those of its modules. */
function bringsTables(index: BtfIndex, kernelId: number, { parts }: StoredTables): boolean {
  const known = knownTableParts(index, kernelId);
  return known === undefined || (parts.moduleFunctions !== undefined && !known.includes('moduleFunctions'));
}

/** A kernel was built with one configuration: another one under its name belongs to another build. */
function refuseOtherConfig(
  index: BtfIndex,
  known: KnownKernel,
  { config }: PreparedKernel,
  identity: KernelIdentity,
): void {
  if (config === undefined || known[4] === null) return;
  const there = configOf(index, known[2]);
  if (there.size === config.size && [...config].every(([symbol, value]) => there.get(symbol) === value)) return;
  throw new IndexError('kernel-exists', `${kernelName(identity)} is in the index with another configuration`, {
    path: index.path,
    kernel: kernelName(identity),
    hint: '--replace lets the new one take its place',
  });
}

type KnownKernel = [kernel: number, sha256: Uint8Array, content: number, modules: number | null, config: number | null];

/** What a content is to have: what was prepared; without modules those of a content that has this very BTF. */
interface Facts {
  readonly prepared: PreparedKernel;
  readonly modulesOf: number | undefined;
}

/** What is given now, with what was known of the same kernel and is not given again. */
function withKnown(index: BtfIndex, known: KnownKernel, prepared: PreparedKernel): Facts {
  const config = prepared.config ?? (known[4] === null ? undefined : configOf(index, known[2]));
  if (prepared.modules.length === 0) {
    return { prepared: { ...prepared, config }, modulesOf: known[3] === null ? undefined : known[2] };
  }
  const given = new Set(prepared.modules.map(({ name }) => name));
  const left = known[3] === null ? [] : versionsOf(index, known[2]).filter(({ name }) => !given.has(name));
  if (left.length === 0) return { prepared: { ...prepared, config }, modulesOf: undefined };
  const bytes = modulesOfContent(index, known[2]);
  const all = [...prepared.modules, ...left.map(({ name }) => ({ name, ...bytes(name) }))];
  return { prepared: { ...prepared, ...prepareModules(parseBtf(prepared.bytes), all), config }, modulesOf: undefined };
}

/** The content with this very BTF, these modules and this configuration. */
function findContent(index: BtfIndex, { prepared, modulesOf }: Facts): number | undefined {
  const config = prepared.config;
  const digest = modulesOf === undefined ? prepared.moduleSet?.digest : moduleChain(index, modulesOf)?.digest;
  const alike = index
    .statement(
      `SELECT c.id FROM content c LEFT JOIN module_chain m ON m.content = c.id
         WHERE c.sha256 = ? AND m.digest IS ? AND c.config IS ? ORDER BY c.id`,
    )
    .all(prepared.sha256, digest ?? null, config?.size ?? null) as [number][];
  return alike.find(([id]) => {
    if (config === undefined) return true;
    const there = configOf(index, id);
    return [...config].every(([name, value]) => there.get(name) === value);
  })?.[0];
}

function addContent(
  index: BtfIndex,
  writer: Writer,
  { prepared, modulesOf }: Facts,
  elsewhere: StartDelta | undefined,
): number {
  const [last] = index.statement('SELECT coalesce(max(id), 0) FROM content').get() as [number];
  const id = last + 1;
  const nearest = writer.nearest(prepared.sketch);
  const parent = nearest && writer.view(nearest.id, prepared);
  const inParent = parent === undefined ? new Set<number>() : writer.versionsOf(parent.id);
  const configInParent = parent === undefined ? new Map<number, number>() : writer.configOf(parent.id);
  const encoding = encodeContent(index, writer, parent, prepared, elsewhere);
  storeDeclarations(index, writer, parent, encoding.ofParent, { id, prepared });
  const kept = modulesOf === undefined ? [] : versionsOf(index, modulesOf).map((version) => version.id);
  const modules = prepared.modules.length + kept.length;
  // what is not known is as in the parent, and hidden: so nothing is written where kernels with and without take turns
  const versions = modules === 0 ? inParent : storeModules(index, writer, id, prepared, kept, inParent);
  const config = prepared.config ? storeConfig(index, writer, id, prepared.config, configInParent) : configInParent;
  const bytes = encoding.finish();
  const view: View = {
    id,
    leap: isLeap(bytes.place),
    toLeap: encoding.toLeap,
    prepared: { ...prepared, modules: [], moduleSet: undefined },
  };
  index
    .statement(
      `INSERT INTO content (id, parent, base, steps, place, bytes, types, little_endian, pointer_size, modules, config, sha256)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    )
    .run(
      id,
      parent?.id ?? null,
      bytes.base,
      bytes.steps,
      bytes.place,
      prepared.bytes.length,
      prepared.starts.length - 1,
      prepared.header.littleEndian ? 1 : 0,
      prepared.pointerSize ?? null,
      modules || null,
      prepared.config?.size ?? null,
      prepared.sha256,
    );
  index.statement('INSERT INTO content_sketch (content, sketch) VALUES (?, ?)').run(id, prepared.sketch);
  index.statement('INSERT INTO content_data (content, data) VALUES (?, ?)').run(id, bytes.data);
  if (modulesOf !== undefined) copyModuleSet(index, modulesOf, index, id, parent?.id);
  else if (prepared.moduleSet) {
    storeModuleSet(index, writer, id, parent?.id, preparedSet(prepared), prepared.moduleSet.digest);
  }
  writer.keep(view, versions, config);
  return id;
}
