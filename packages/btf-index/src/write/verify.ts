// Checking an index end to end: everything that is stored by difference is made whole again and compared.
//
//   1. the file: SQLite's own check, and that every reference between rows leads somewhere
//   2. every content: rebuilt, its SHA-256 compared, parsed and hashed anew
//   3. its declarations: exactly those whose sets it is in
//   4. every declaration, once: its body made anew and compared
//   5. the modules of every content: rebuilt, the SHA-256 of all compared
//   6. versions of modules: hashed anew over a kernel that has them, their declarations those of their sets

import { parseBtf, infoKind, infoVlen } from '@btfq/btf-format';
import { contentBytes } from '../store/content-bytes.ts';
import { DeclarationWriter, declarationKind, type Interner } from '../encoding/declaration-body.ts';
import { CONFIG_SYMBOL, configRowsOf } from '../store/config-rows.ts';
import { configHash } from './store-config.ts';
import { contains, decodeMembershipChanges, intersect, rangesOf } from '../store/content-tree.ts';
import { decoded } from '../store/sqlite-errors.ts';
import { moduleBase, modulesOfContent } from '../store/export.ts';
import { type ModuleBytes, moduleChain, versionsOf } from '../store/module-store.ts';
import { byName } from '../modules/module-set.ts';
import { declarationsOfVersion } from './store-modules.ts';
import type { BtfIndex } from '../store/btf-index.ts';
import { digestOf, type PreparedKernel, prepareKernel, prepareModule } from '../prepare/prepare.ts';
import { rowsOf } from '../store/row-cache.ts';

/** How to check. */
export interface VerifyOptions {
  /** Told of every BTF that was checked. */
  readonly onProgress?: ((done: number, total: number) => void) | undefined;
}

/** What `verifyIndex` found. `problems` is empty where all is well. */
export interface VerifyResult {
  readonly kernels: number;
  readonly contents: number;
  readonly declarations: number;
  readonly modules: number;
  readonly problems: readonly string[];
}

/** How many problems are listed. */
const MAX_PROBLEMS = 100;

/**
 * Checks everything against everything. Reads all, writes nothing; takes about as long as ingesting took. Throws `damaged`
 * where the file is too broken to go on.
 */
export function verifyIndex(index: BtfIndex, options: VerifyOptions = {}): VerifyResult {
  return decoded(index.path, () => checkAll(index, options));
}

function checkAll(index: BtfIndex, options: VerifyOptions): VerifyResult {
  const problems: string[] = [];
  const report = (problem: string): void => {
    if (problems.length < MAX_PROBLEMS) problems.push(problem);
  };
  checkFile(index, report);
  const contents = (index.statement('SELECT id FROM content ORDER BY id').all() as [number][]).map(([id]) => id);
  const modules = modulesToCheck(index);
  const total = contents.length + modules.length;
  const declared = new DeclarationCheck(index, report);
  contents.forEach((id, i) => {
    attempt(report, () => {
      // rebuilding throws unless the SHA-256 is that of the row
      declared.check(id, prepareKernel(contentBytes(index, id).bytes));
    });
    options.onProgress?.(i + 1, total);
  });
  let last: number | undefined;
  const withModules = new Set(
    (index.statement('SELECT id FROM content WHERE modules IS NOT NULL').all() as [number][]).map(([id]) => id),
  );
  modules.forEach(({ version, content }, i) => {
    if (content !== last) {
      last = content;
      withModules.delete(content);
      attempt(report, () => declared.checkModules(content));
    }
    attempt(report, () => declared.checkModule(version, content));
    options.onProgress?.(contents.length + i + 1, total);
  });
  for (const content of withModules) attempt(report, () => declared.checkModules(content));
  declared.finish();
  checkConfigs(index, report);
  const [kernels] = index.statement('SELECT count(*) FROM kernel').get() as [number];
  return {
    kernels,
    contents: contents.length,
    declarations: declared.count,
    modules: modules.length,
    problems,
  };
}

/** Each configuration has as many symbols as its content says, and each value the hash by which it is found. */
function checkConfigs(index: BtfIndex, report: (problem: string) => void): void {
  const contents = index.statement('SELECT id, config FROM content WHERE config IS NOT NULL').all() as [
    number,
    number,
  ][];
  for (const [id, count] of contents) {
    const { size } = configRowsOf(index, id);
    if (size !== count) report(`the configuration of content ${id} has ${size} symbols, and should have ${count}`);
  }
  const rows = index.statement(`SELECT id, hash, body FROM declaration WHERE kind = ${CONFIG_SYMBOL}`).iterate();
  for (const [id, hash, body] of rows as Iterable<[number, Uint8Array, Uint8Array]>) {
    if (Buffer.compare(configHash(body), hash) !== 0) report(`symbol ${id} of a configuration is not what was stored`);
  }
}

/** Every version of a module, with a content that has it; by content, so that each is rebuilt once. */
function modulesToCheck(index: BtfIndex): { readonly version: number; readonly content: number }[] {
  const { tree, withModules } = index.catalog();
  const rows = index
    .statement('SELECT m.id, s.membership_changes FROM module m JOIN declaration_set s ON s.id = m.declaration_set')
    .all() as [number, Uint8Array][];
  return rows
    .flatMap(([version, changes]) => {
      // what a set says of contents whose modules are not known means nothing
      const [position] = intersect(rangesOf(tree, decodeMembershipChanges(changes)), withModules);
      return position === undefined ? [] : [{ version, content: tree.contentAt[position]! }];
    })
    .sort((a, b) => a.content - b.content);
}

function attempt(report: (problem: string) => void, work: () => void): void {
  try {
    work();
  } catch (error) {
    report((error as Error).message);
  }
}

function checkFile(index: BtfIndex, report: (problem: string) => void): void {
  for (const [line] of index.statement('PRAGMA integrity_check(20)').all() as [string][]) {
    if (line !== 'ok') report(line);
  }
  for (const [table, row, parent] of index.statement('PRAGMA foreign_key_check').all() as [string, number, string][]) {
    report(`row ${row} of ${table} refers to a row of ${parent} that is not there`);
  }
}

/** Declarations and their sets, against the BTFs. */
class DeclarationCheck {
  private readonly index: BtfIndex;
  private readonly report: (problem: string) => void;
  private readonly byHash = new Map<bigint, number[]>();
  private readonly inModules = new Set<number>();
  private readonly interner: ReadInterner;
  private readonly rows = new Map<number, { name: number; kind: number; set: number; body: Uint8Array | undefined }>();
  private ofContent = 0;
  private last: ((name: string) => ModuleBytes) | undefined;

  constructor(index: BtfIndex, report: (problem: string) => void) {
    this.index = index;
    this.report = report;
    this.interner = new ReadInterner(index);
    const all = index.statement('SELECT id, name, kind, hash, declaration_set, body FROM declaration').iterate();
    for (const [id, name, kind, hash, set, body] of all as Iterable<
      [number, number, number, Buffer, number, Uint8Array]
    >) {
      const key = hash.readBigUInt64LE();
      const alike = this.byHash.get(key);
      if (alike) alike.push(id);
      else this.byHash.set(key, [id]);
      this.rows.set(id, { name, kind, set, body });
    }
  }

  get count(): number {
    return this.rows.size;
  }

  check(content: number, prepared: PreparedKernel): void {
    const { words, starts, types, header, bytes } = prepared;
    const strings = Buffer.from(bytes.buffer, bytes.byteOffset + header.strOff, header.strLen);
    const text = (offset: number) => strings.toString('utf8', offset, strings.indexOf(0, offset));
    const writer = new DeclarationWriter(prepared, text, this.interner);
    const found = new Set<number>();
    const hash = new DataView(new ArrayBuffer(8));
    for (let i = 0; i + 1 < starts.length; i++) {
      const at = starts[i]!;
      const info = words[at + 1]!;
      const named = words[at] !== 0;
      const kind = declarationKind(infoKind(info), named);
      if (kind === undefined || (!named && infoVlen(info) === 0)) continue;
      hash.setInt32(0, types.lo[i]!, true);
      hash.setInt32(4, types.hi[i]!, true);
      const candidates = this.byHash.get(hash.getBigUint64(0, true)) ?? [];
      const id = candidates.find((one) => this.rows.get(one)?.kind === kind);
      const row = id === undefined ? undefined : this.rows.get(id);
      if (id === undefined || row === undefined) {
        this.report(`content ${content}: type ${i + 1} has no declaration`);
        continue;
      }
      found.add(id);
      if (row.body === undefined) continue;
      const name = text(named ? words[at]! : words[at + 3]!);
      const same = Buffer.compare(writer.body(at), row.body) === 0 && this.interner.text(row.name) === name;
      if (!same) this.report(`declaration ${id} is not what content ${content} says`);
      row.body = undefined; // checked once
    }
    const position = this.index.catalog().tree.position[content]!;
    const rows = rowsOf(this.index);
    rows.loadSets([...this.rows.values()].map(({ set }) => set));
    const inSet = new Map<number, boolean>();
    for (const [id, { set, kind }] of this.rows) {
      if (kind === CONFIG_SYMBOL) continue;
      let expected = inSet.get(set);
      if (expected === undefined) inSet.set(set, (expected = contains(rows.ranges(set), position)));
      if (expected !== found.has(id)) {
        this.report(`declaration ${id} is ${expected ? 'not ' : ''}in content ${content}, its set says otherwise`);
      }
    }
  }

  /** The modules of a content; the last one's are kept. */
  private modules(content: number): (name: string) => ModuleBytes {
    if (this.ofContent !== content) {
      this.ofContent = content;
      this.last = undefined; // its memory is needed
      this.last = modulesOfContent(this.index, content);
    }
    return this.last as (name: string) => ModuleBytes;
  }

  /** All modules of a content, as they came. */
  checkModules(content: number): void {
    const bytes = this.modules(content);
    const names = versionsOf(this.index, content).map(({ name }) => name);
    const { digest } = moduleChain(this.index, content) ?? {};
    const all = names.sort(byName).map((name) => ({ name, ...bytes(name) }));
    if (digest === undefined || Buffer.compare(digestOf(all), digest) !== 0) {
      this.report(`the modules of content ${content} are not those that were stored`);
    }
  }

  /** A version of a module, as a content has it: its bytes, its hash, its declarations. */
  checkModule(version: number, content: number): void {
    const [name, distilled, bytes, hash, nameRow] = this.index
      .statement(
        'SELECT n.text, m.distilled, m.bytes, m.hash, m.name FROM module m JOIN name n ON n.id = m.name WHERE m.id = ?',
      )
      .get(version) as [string, number, number, Uint8Array, number];
    const kernel = moduleBase(this.index, content);
    const { btf, base } = this.modules(content)(name);
    if ((base !== undefined) !== (distilled === 1)) {
      this.report(`module ${name} (version ${version}) ${base === undefined ? 'has no' : 'has a'} distilled base`);
    }
    const prepared = prepareModule(kernel, { name, btf, base });
    if (btf.length !== bytes || Buffer.compare(prepared.hash, hash) !== 0) {
      this.report(`module ${name} (version ${version}) is not what was stored`);
      return;
    }
    const expected = new Set<number>();
    const { starts, words } = parseBtf(btf, { base: base === undefined ? kernel.btf : parseBtf(base) });
    const pair = new DataView(new ArrayBuffer(8));
    for (let i = 0; i + 1 < starts.length; i++) {
      const at = starts[i]!;
      const info = words[at + 1]!;
      const kind = declarationKind(infoKind(info), words[at] !== 0);
      if (kind === undefined || (words[at] === 0 && infoVlen(info) === 0)) continue;
      pair.setInt32(0, prepared.types.lo[i]!, true);
      pair.setInt32(4, prepared.types.hi[i]!, true);
      const rows = this.byHash.get(pair.getBigUint64(0, true)) ?? [];
      const row = rows.find((one) => this.rows.get(one)?.kind === kind);
      if (row === undefined) this.report(`module ${name} (version ${version}): type ${i + 1} has no declaration`);
      else expected.add(row);
    }
    const found = declarationsOfVersion(this.index, { id: version, name: nameRow });
    for (const row of found) this.inModules.add(row);
    if (found.size !== expected.size || [...expected].some((row) => !found.has(row))) {
      this.report(`the sets of module ${name} (version ${version}) are not those of its declarations`);
    }
  }

  finish(): void {
    for (const [id, { body, kind }] of this.rows) {
      if (body === undefined || kind === CONFIG_SYMBOL || this.inModules.has(id)) continue;
      this.report(`declaration ${id} is in no content`);
    }
    const wrong = this.index
      .statement(
        `SELECT s.id FROM declaration_set s
           WHERE s.declarations IS NOT (SELECT count(*) FROM declaration d WHERE d.declaration_set = s.id) +
             (SELECT count(*) FROM module m WHERE m.declaration_set = s.id)`,
      )
      .all() as [number][];
    for (const [id] of wrong) this.report(`set ${id} miscounts its declarations`);
  }
}

/**
 * Finds rows and makes none: what is missing is a row that no body has. All names and types are read at once, since each of them
 * is asked for many times; together they are smaller than the bodies that are compared.
 */
class ReadInterner implements Interner {
  private readonly names = new Map<string, number>();
  private readonly texts = new Map<number, string>();
  private readonly types = new Map<string, number>();

  constructor(index: BtfIndex) {
    for (const [id, text] of index.statement('SELECT id, text FROM name').iterate() as Iterable<[number, string]>) {
      this.names.set(text, id);
      this.texts.set(id, text);
    }
    for (const [id, code] of index.statement('SELECT id, code FROM type').iterate() as Iterable<[number, Uint8Array]>) {
      this.types.set(keyOf(code), id);
    }
  }

  name(text: string): number {
    return this.names.get(text) ?? MISSING_ROW;
  }

  text(name: number): string | undefined {
    return this.texts.get(name);
  }

  type(code: Uint8Array): number {
    return this.types.get(keyOf(code)) ?? MISSING_ROW;
  }
}

const MISSING_ROW = 2 ** 31;

/** Bytes as a key: a character for each. */
function keyOf(code: Uint8Array): string {
  return Buffer.from(code.buffer, code.byteOffset, code.byteLength).toString('latin1');
}
