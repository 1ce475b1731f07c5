// What the one writer keeps between commits: rows of names and types, sketches, and the contents that the next kernels
// will most likely be stored as differences from. All of it can be read again from the file, and is when another process wrote to it.

import type { DeltaSide, RawBtf } from '../delta/delta-side.ts';
import { configRowsOf } from '../store/config-rows.ts';
import { contentBytes, contentRow } from '../store/content-bytes.ts';
import type { ModuleSet } from '../modules/module-set.ts';
import { moduleSetOf, versionsOf } from '../store/module-store.ts';
import type { Interner } from '../encoding/declaration-body.ts';
import type { BtfIndex } from '../store/btf-index.ts';
import { BulkColumn } from './bulk-insert.ts';
import { DeclaredRows } from './declared-rows.ts';
import { type Alike, earlierOf } from '../prepare/earlier.ts';
import type { OneMemory } from '../prepare/one-memory.ts';
import { type PreparedKernel, prepareKernel } from '../prepare/prepare.ts';
import { similarity, ROUGH_MARGIN, roughSimilarity } from '../prepare/similarity-sketch.ts';

/** A content with everything that a delta from it needs. */
export interface View {
  readonly id: number;
  readonly prepared: PreparedKernel;
  /** Whether later kernels of its series leap back to it: see store-bytes.ts. */
  readonly leap: boolean;
  /** How it compares with the one that its series leaps back to next, if that is known. */
  readonly toLeap?: Alike | undefined;
}

/** How many contents are kept, about 10 MB each: the last ones, and of those that series leap back to. */
const KEPT_VIEWS = 3;
const KEPT_LEAPS = 2;
/** How many contents are kept, without hashes, that rebuilding others passed: those too, and those that chains begin with. */
const KEPT_PASSED = 3;
/** How much memory waits to be used again. */
const KEPT_RELEASED = 8;
/** How many sets of modules are kept: up to 100 MB each. */
const KEPT_MODULE_SETS = 2;
/** How many names and how many type codes are kept. */
const KEPT_ROWS = 600_000;

/** Series are stored in steps of 8 and of 64 kernels too, so that no chain is long. */
export const RADIX = 8;

/** Whether the kernel at a place of a series is one that others are stored as differences from over a leap. */
export function isLeap(place: number): boolean {
  return place % RADIX === 0;
}

export function sideOf(prepared: PreparedKernel): DeltaSide {
  const { strings, types, namesBegin } = prepared;
  return { btf: prepared, strings, types, namesBegin };
}

const writers = new WeakMap<BtfIndex, Writer>();

/** The writer of an index, fresh if the file was changed by anyone else since it was last asked for. */
export function writerOf(index: BtfIndex): Writer {
  const [version] = index.statement('PRAGMA data_version').get() as [number];
  let writer = writers.get(index);
  if (writer === undefined || writer.version !== version) {
    writer = new Writer(index, version);
    writers.set(index, writer);
  }
  return writer;
}

/** Forgets what the writer of an index knows: after a transaction that was rolled back, and after removals. */
export function forgetWriter(index: BtfIndex): void {
  writers.delete(index);
}

/**
 * Memory of kernels that were committed and are not kept any more (`inOneMemory`), for the next ones to be prepared in. What
 * was asked for once is not given again.
 */
export function releasedMemory(index: BtfIndex): OneMemory[] {
  return writers.get(index)?.released.splice(0) ?? [];
}

function keepLast<T>(map: Map<number, T>, id: number, value: T): void {
  map.set(id, value);
  for (const oldest of map.keys()) {
    if (map.size <= KEPT_VIEWS + KEPT_LEAPS) break;
    map.delete(oldest);
  }
}

/** Names and types to be inserted. */
interface Bulk {
  readonly names: BulkColumn;
  readonly types: BulkColumn;
  nextName: number;
  nextType: number;
}

export class Writer implements Interner {
  readonly version: number;
  private readonly index: BtfIndex;
  private readonly names = new Map<string, number>([['', 0]]);
  private readonly types = new Map<string, number>();
  private readonly sketches = new Map<number, Uint8Array>();
  private readonly views = new Map<number, View>();
  private readonly versions = new Map<number, ReadonlySet<number>>();
  private readonly configs = new Map<number, ReadonlyMap<number, number>>();
  private readonly moduleSets = new Map<number, ModuleSet>();
  /** Contents that were rebuilt on the way to others, and that their series leaps back to. */
  private readonly passed = new Map<number, RawBtf>();
  /** Set while work is done in bulk. */
  private bulk: Bulk | undefined;
  /** Whether all names of the index are in `names`, so that others need not be looked for; likewise types. */
  private allNames = false;
  private allTypes = false;
  /** The next ids, where all are known. */
  private nextName: number | undefined;
  private nextType: number | undefined;
  private declared: { readonly rows: DeclaredRows; readonly next: number } | undefined;
  /** See `releasedMemory`. */
  readonly released: OneMemory[] = [];

  constructor(index: BtfIndex, version: number) {
    this.index = index;
    this.version = version;
    const rows = index.statement('SELECT content, sketch FROM content_sketch ORDER BY content').all() as [
      number,
      Uint8Array,
    ][];
    for (const [id, sketch] of rows) this.sketches.set(id, sketch);
  }

  name(text: string): number {
    let id = this.names.get(text);
    if (id !== undefined) return id;
    const row = this.allNames ? undefined : this.storedName(text);
    if (row !== undefined) id = row;
    else if (this.bulk !== undefined) {
      id = this.bulk.nextName++;
      this.bulk.names.add(id, text);
    } else {
      id = Number(this.index.statement('INSERT INTO name (text) VALUES (?)').run(text).lastInsertRowid);
      if (id === this.nextName) this.nextName++;
    }
    if (this.names.size >= KEPT_ROWS) {
      this.bulk?.names.flush();
      this.names.clear();
      this.allNames = false;
    }
    this.names.set(text, id);
    if (text === '') return 0;
    return id;
  }

  type(code: Uint8Array): number {
    const bytes = Buffer.from(code.buffer, code.byteOffset, code.byteLength);
    const key = bytes.toString('latin1');
    let id = this.types.get(key);
    if (id !== undefined) return id;
    const row = this.allTypes ? undefined : this.storedType(code);
    if (row !== undefined) id = row;
    else if (this.bulk !== undefined) {
      id = this.bulk.nextType++;
      this.bulk.types.add(id, bytes.toString('hex'));
    } else {
      id = Number(this.index.statement('INSERT INTO type (code) VALUES (?)').run(code).lastInsertRowid);
      if (id === this.nextType) this.nextType++;
    }
    if (this.types.size >= KEPT_ROWS) {
      this.bulk?.types.flush();
      this.types.clear();
      this.allTypes = false;
    }
    this.types.set(key, id);
    return id;
  }

  private storedName(text: string): number | undefined {
    return (this.index.statement('SELECT id FROM name WHERE text = ?').get(text) as [number] | undefined)?.[0];
  }

  private storedType(code: Uint8Array): number | undefined {
    return (this.index.statement('SELECT id FROM type WHERE code = ?').get(code) as [number] | undefined)?.[0];
  }

  /**
   * Runs what makes many names and types: they are inserted many at a time, the last of them when it ends, and until then are
   * found here only.
   */
  inBulk<T>(work: () => T): T {
    const next = (table: string) =>
      (this.index.statement(`SELECT coalesce(max(id), 0) + 1 FROM ${table}`).get() as [number])[0];
    const bulk: Bulk = {
      names: new BulkColumn(this.index, 'name (id, text)', 'text'),
      types: new BulkColumn(this.index, 'type (id, code)', 'blob'),
      nextName: next('name'),
      nextType: next('type'),
    };
    // an index that began with this writer, and that nobody else has added names to
    this.allNames = bulk.nextName === this.nextName || bulk.nextName === 1;
    this.allTypes = bulk.nextType === this.nextType || bulk.nextType === 1;
    this.bulk = bulk;
    try {
      const done = work();
      bulk.names.flush();
      bulk.types.flush();
      this.nextName = this.allNames ? bulk.nextName : undefined;
      this.nextType = this.allTypes ? bulk.nextType : undefined;
      return done;
    } finally {
      this.bulk = undefined;
      this.allNames = false;
      this.allTypes = false;
    }
  }

  /** The rows of all declarations, where this writer has made them all; `next` is the row that comes next. */
  declaredBefore(next: number): DeclaredRows | undefined {
    if (next === 1) this.declared = { rows: new DeclaredRows(), next };
    if (this.declared?.next !== next) this.declared = undefined;
    return this.declared?.rows;
  }

  /** Says which row comes next, now that all before it are in what `declaredBefore` gave. */
  declaredUpTo(next: number): void {
    if (this.declared !== undefined)
      this.declared = this.declared.rows.hasRoom ? { ...this.declared, next } : undefined;
  }

  /** In bulk, the first name that would be new now: no stored declaration has it. */
  get firstNewName(): number {
    return this.bulk?.nextName ?? Number.POSITIVE_INFINITY;
  }

  /**
   * The content that has most in common with this sketch; of equals the newest. A part of the sketch is compared with all,
   * the whole only with those that come near the best by it. undefined in an empty index.
   */
  nearest(sketch: Uint8Array): { id: number; similarity: number } | undefined {
    const rough: { id: number; other: Uint8Array; score: number }[] = [];
    let most = 0;
    for (const [id, other] of this.sketches) {
      const score = roughSimilarity(sketch, other);
      if (score > most) most = score;
      rough.push({ id, other, score });
    }
    let best: { id: number; similarity: number } | undefined;
    for (const { id, other, score } of rough) {
      if (score < most - ROUGH_MARGIN) continue;
      const exact = similarity(sketch, other);
      if (best === undefined || exact >= best.similarity) best = { id, similarity: exact };
    }
    return best;
  }

  /** The versions of modules that a content has by its sets. */
  versionsOf(content: number): ReadonlySet<number> {
    return this.versions.get(content) ?? new Set(versionsOf(this.index, content).map(({ id }) => id));
  }

  /** The symbols of a content's configuration by its sets: by name, the row. */
  configOf(content: number): ReadonlyMap<number, number> {
    return this.configs.get(content) ?? configRowsOf(this.index, content);
  }

  /** The modules of a content as they are stored. */
  moduleSet(content: number): ModuleSet {
    const known = (id: number) => this.moduleSets.get(id);
    const set = this.moduleSets.get(content) ?? moduleSetOf(this.index, content, { known });
    this.keepModuleSet(content, set);
    return set;
  }

  keepModuleSet(content: number, set: ModuleSet): void {
    this.moduleSets.delete(content);
    this.moduleSets.set(content, set);
    for (const oldest of this.moduleSets.keys()) {
      if (this.moduleSets.size <= KEPT_MODULE_SETS) break;
      this.moduleSets.delete(oldest);
    }
  }

  /** Keeps a content that was just committed, or read. */
  keep(view: View, versions?: ReadonlySet<number>, config?: ReadonlyMap<number, number>): void {
    if (versions !== undefined) keepLast(this.versions, view.id, versions);
    if (config !== undefined) keepLast(this.configs, view.id, config);
    this.views.delete(view.id);
    this.views.set(view.id, view);
    this.sketches.set(view.id, view.prepared.sketch);
    for (const leaps of [true, false]) {
      const alike = [...this.views].filter(([, { leap }]) => leap === leaps);
      for (const [id, { prepared }] of alike.slice(0, -(leaps ? KEPT_LEAPS : KEPT_VIEWS))) {
        this.views.delete(id);
        if (prepared.memory !== undefined) this.released.push(prepared.memory);
      }
    }
    while (this.released.length > KEPT_RELEASED) this.released.shift(); // nobody asks for it
  }

  private passedBefore(id: number): RawBtf | undefined {
    const raw = this.passed.get(id);
    if (raw !== undefined) {
      this.passed.delete(id);
      this.passed.set(id, raw); // the last that is forgotten
    }
    return raw;
  }

  /** A content with its hashes, rebuilt where it is not kept. `like`: what it will be compared with, if that is there already. */
  view(id: number, like = [...this.views.values()].at(-1)?.prepared): View {
    let view = this.views.get(id);
    if (view === undefined) {
      const raw = contentBytes(this.index, id, {
        known: (other) => this.views.get(other)?.prepared ?? this.passedBefore(other),
        wanted: (other) => isLeap(contentRow(this.index, other).place),
        passed: (other, one) => this.passed.set(other, one),
      });
      this.passed.delete(id);
      for (const oldest of this.passed.keys()) {
        if (this.passed.size <= KEPT_PASSED) break;
        this.passed.delete(oldest);
      }
      const leap = isLeap(contentRow(this.index, id).place);
      view = { id, leap, prepared: prepareKernel(raw.bytes, [], undefined, like && earlierOf(like)) };
    }
    this.keep(view);
    return view;
  }
}
