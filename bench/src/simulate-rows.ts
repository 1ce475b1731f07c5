// Very large indexes: simulated kernels as rows, without a BTF for each. An index of real kernels is grown by contents whose
// declarations change as those of stable updates do, in the form in which ingesting would have stored them; the BTF of each is
// that of its founder with another string at the end, and noise behind it makes the stored difference as long as usual. So questions,
// publishing and their costs are those of an index of so many kernels; verify finds that BTFs do not say what declarations do.
// Then one real kernel is ingested into it.
//
//   node --conditions=@btfq/source src/simulate-rows.ts INDEX OUT [--kernels 100000] [--series 400] [--seed 1] [--one-more FILE.btf]

import { createHash, randomFillSync } from 'node:crypto';
import { copyFileSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import { databaseOf, exportBtf, field, ingestKernel, openIndex } from '@btfq/btf-index';
import { SeededRandom } from './simulate-random.ts';

/** What an update changes: as many declarations as two neighbours of Debian's 6.12 differ in. */
const CHANGED = 24;
const NEW_FUNCTIONS = 6;
/** Bytes of the delta of an update. */
const DELTA_BYTES = 6_000;
/** One change in eight is of these. */
const POPULAR = ['task_struct', 'mm_struct', 'sk_buff', 'sock', 'inode', 'net_device', 'bio', 'request', 'cgroup'];
/** What another string of the same length takes the place of. */
const MARK = 'q7q7q7q7';
/** Where the header of a BTF has the length of its strings. */
const STR_LEN_AT = 20;
const STRUCT = 4;
const FUNC = 12;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    kernels: { type: 'string', default: '100000' },
    series: { type: 'string', default: '400' },
    seed: { type: 'string', default: '1' },
    'one-more': { type: 'string' },
  },
});
const [source, out] = positionals as [string, string];
copyFileSync(source, out);
const index = openIndex(out);
const db = databaseOf(index);
const random = new SeededRandom(Number(values.seed));
const started = performance.now();

interface NewSet {
  count: number;
  changes: number[];
}
const { tree } = index.catalog();
const sets = new Map<number, NewSet>();
for (const [id, count, blob] of db
  .prepare('SELECT id, declarations, membership_changes FROM declaration_set')
  .raw()
  .all() as [number, number, Uint8Array][]) {
  sets.set(id, { count, changes: decode(blob) });
}
let nextSet = Math.max(...sets.keys()) + 1;

interface Declared {
  readonly id: number;
  readonly name: number;
  readonly kind: number;
  readonly body: Uint8Array;
}
const setOf = new Map<number, number>();
const declared = new Map<number, Declared>();
for (const [id, name, kind, set, body] of db
  .prepare(`SELECT id, name, kind, declaration_set, body FROM declaration WHERE kind IN (${STRUCT}, ${FUNC})`)
  .raw()
  .all() as [number, number, number, number, Uint8Array][]) {
  setOf.set(id, set);
  declared.set(id, { id, name, kind, body });
}
const texts = new Map(db.prepare('SELECT id, text FROM name').raw().all() as [number, string][]);
const words = [...new Set([...texts.values()].flatMap((text) => text.toLowerCase().match(/[a-z]{3,}/g) ?? []))];
const popular = new Set(POPULAR);
let [nextDeclaration] = db.prepare('SELECT max(id) + 1 FROM declaration').raw().get() as [number];

const insertDeclaration = db.prepare(
  'INSERT INTO declaration (id, name, kind, hash, discriminator, declaration_set, body) VALUES (?, ?, ?, ?, 0, ?, ?)',
);
const insertName = db.prepare('INSERT INTO name (text) VALUES (?) ON CONFLICT DO UPDATE SET text = text RETURNING id');
const insertContent = db.prepare(
  `INSERT INTO content (id, parent, base, steps, place, bytes, types, little_endian, pointer_size, sha256)
     VALUES (?, ?, ?, 2, 0, ?, ?, 1, 8, ?)`,
);
const insertData = db.prepare('INSERT INTO content_data (content, data) VALUES (?, ?)');
const insertSketch = db.prepare('INSERT INTO content_sketch (content, sketch) VALUES (?, ?)');
const insertKernel = db.prepare(
  `INSERT INTO kernel (distro, version, arch, release, content, source, ingested_at, tool)
     VALUES (?, ?, ?, ?, ?, 'simulated', '2026-01-01T00:00:00Z', 'bench')`,
);
const move = db.prepare('UPDATE declaration SET declaration_set = ? WHERE id = ?');

const founders = index.catalog().kernels.map((kernel, rank) => ({ kernel, content: index.catalog().contentOf[rank]! }));
const memberships = founders.map(({ content }) => {
  const position = tree.position[content]!;
  const inside = new Set([...sets].filter(([, { changes }]) => has(changes, position)).map(([id]) => id));
  const own = [...declared.values()].filter(({ id }) => inside.has(setOf.get(id)!));
  return {
    own: Int32Array.from(own, ({ id }) => id),
    often: own.flatMap(({ id, name }, at) =>
      popular.has(texts.get(name) ?? '') && declared.get(id)?.kind === STRUCT ? [at] : [],
    ),
  };
});
const variants = founders.map(({ kernel }) => variantsOf(exportBtf(index, kernel.id)));
const rowBody = (id: number) => info(id).body;
const info = (id: number) => declared.get(id) as Declared;
const protos = [...declared.values()].filter(({ kind }) => kind === FUNC).map(({ body }) => body);

const kernels = Number(values.kernels);
const series = Math.min(Number(values.series), kernels);
const noise = randomFillSync(new Uint8Array(1 << 20));
let made = 0;
let [nextContent] = db.prepare('SELECT max(id) + 1 FROM content').raw().get() as [number];
db.exec('BEGIN');
for (let s = 0; s < series; s++) {
  const { kernel, content: founder } = founders[s % founders.length] as (typeof founders)[number];
  const variant = variants[s % founders.length] as (typeof variants)[number];
  const { own, often } = memberships[s % founders.length] as (typeof memberships)[number];
  const current = own.slice();
  const [sketch] = db.prepare('SELECT sketch FROM content_sketch WHERE content = ?').raw().get(founder) as [Uint8Array];
  const length = Math.floor((kernels * (s + 1)) / series) - made;
  let parent = founder;
  for (let i = 0; i < length; i++) {
    const id = nextContent++;
    const toggled: number[] = [];
    const fresh: number[] = [];
    for (let c = 0; c < CHANGED; c++) {
      const at =
        often.length > 0 && random.below(8) === 0 ? often[random.below(often.length)]! : random.below(current.length);
      const before = current[at]!;
      if (toggled.includes(before) || fresh.includes(before)) continue;
      toggled.push(before);
      current[at] = declare(info(before).name, info(before).kind, changedBody(info(before).kind, rowBody(before)));
      fresh.push(current[at]!);
    }
    for (let n = 0; n < NEW_FUNCTIONS; n++) {
      const text = [0, 1, 2].map(() => words[random.below(words.length)]).join('_');
      const { id: name } = insertName.get(text) as { id: number };
      texts.set(name, text);
      fresh.push(declare(name, FUNC, protos[random.below(protos.length)] as Uint8Array));
    }
    enter(id, toggled, fresh);
    const from = random.below(noise.length - DELTA_BYTES * 2);
    const { data, sha256 } = variant(String(made).padStart(MARK.length, '_'));
    const rest = noise.subarray(from, from + DELTA_BYTES / 2 + random.below(DELTA_BYTES));
    insertContent.run(id, parent, founder, kernel.bytes + MARK.length + 1, kernel.types, sha256);
    insertData.run(id, Buffer.concat([data, skipped(rest)]));
    insertSketch.run(
      id,
      sketch.map((byte, b) => (b % 4 === 0 ? byte ^ random.below(256) : byte)),
    );
    insertKernel.run(
      `distro${s % 12}`,
      String(s),
      kernel.arch,
      `${kernel.release.replace(/-.*/, '')}-${1000 + i}-s${s}`,
      id,
    );
    parent = id;
    made++;
  }
}
for (const [id, { count, changes }] of sets) {
  db.prepare(
    'INSERT OR REPLACE INTO declaration_set (id, declarations, membership_changes, module_membership_changes) VALUES (?, ?, ?, (SELECT module_membership_changes FROM declaration_set WHERE id = ?))',
  ).run(id, count, encode(changes), id);
}
db.exec(`UPDATE meta SET value = value + ${made} WHERE key = 'generation'`);
db.exec('COMMIT');
db.pragma('wal_checkpoint(TRUNCATE)');
index.close();
console.log(
  `${made} kernels in ${series} series: ${statSync(out).size} bytes (from ${statSync(source).size}), ${Math.round((performance.now() - started) / 1000)} s`,
);

if (values['one-more'] !== undefined) {
  const grown = openIndex(out);
  const identity = { distro: 'real', version: '1', arch: 'x86_64', release: '6.0.0-one-more' };
  const before = statSync(out).size;
  const btf = new Uint8Array(readFileSync(values['one-more']));
  const first = time(() => ingestKernel(grown, { identity, btf }));
  const cold = openIndex(out, { readonly: true });
  const asked = time(() => field(cold, 'composite', 'task_struct', 'pid'));
  const again = time(() => field(cold, 'composite', 'task_struct', 'pid'));
  cold.close();
  grown.close();
  console.log(
    `one more kernel: ${first} ms, ${statSync(out).size - before} bytes; field task_struct pid ${asked} ms cold, ${again} ms warm`,
  );
}

function time(work: () => unknown): number {
  const start = performance.now();
  work();
  return Math.round((performance.now() - start) * 10) / 10;
}

/** A BTF with a string more at its end: for each of them the difference from it as it is stored, and its SHA-256. */
function variantsOf(btf: Uint8Array): (text: string) => { readonly data: Uint8Array; readonly sha256: Uint8Array } {
  const view = new DataView(btf.buffer, btf.byteOffset, btf.byteLength);
  const littleEndian = view.getUint16(0, true) === 0xeb9f;
  const bytes = Buffer.concat([btf, Buffer.from(`${MARK}\0`)]);
  const length = new DataView(bytes.buffer, bytes.byteOffset + STR_LEN_AT, 4);
  length.setUint32(0, length.getUint32(0, littleEndian) + MARK.length + 1, littleEndian);
  const folder = mkdtempSync(join(tmpdir(), 'btfq-variants-'));
  const two = openIndex(join(folder, 'two.db'));
  for (const [release, own] of Object.entries({ founder: btf, variant: bytes })) {
    ingestKernel(two, { identity: { distro: 'd', version: '1', arch: 'x86_64', release }, btf: own });
  }
  const [stored] = two.statement('SELECT data FROM content_data WHERE content = 2').get() as [Uint8Array];
  two.close();
  rmSync(folder, { recursive: true });
  const plain = zstdDecompressSync(stored);
  const at = plain.indexOf(MARK);
  const before = createHash('sha256').update(bytes.subarray(0, -MARK.length - 1));
  return (text) => {
    plain.write(text, at, 'latin1');
    return { data: zstdCompressSync(plain), sha256: before.copy().update(`${text}\0`).digest() };
  };
}

/** Bytes as a frame that decompression passes over. */
function skipped(bytes: Uint8Array): Buffer {
  const head = Buffer.alloc(8);
  head.writeUInt32LE(0x184d2a50, 0);
  head.writeUInt32LE(bytes.length, 4);
  return Buffer.concat([head, bytes]);
}

function declare(name: number, kind: number, body: Uint8Array): number {
  const id = nextDeclaration++;
  const hash = new Uint8Array(8);
  new DataView(hash.buffer).setFloat64(0, random.below(0x7fffffff) + id);
  insertDeclaration.run(id, name, kind, hash, 0, body);
  declared.set(id, { id, name, kind, body });
  return id;
}

/** A struct of another size, a function of another prototype. */
function changedBody(kind: number, body: Uint8Array): Uint8Array {
  if (kind === FUNC) return protos[random.below(protos.length)] as Uint8Array;
  let end = 0;
  while (body[end]! >= 0x80) end++;
  const size = decode(body.subarray(0, end + 1))[0]!;
  return Buffer.concat([encode([size + 8]), body.subarray(end + 1)]);
}

/** As ingesting does: sets of which only some rows change are split. */
function enter(content: number, toggled: readonly number[], fresh: readonly number[]): void {
  const bySet = new Map<number, number[]>();
  for (const row of toggled) bySet.set(setOf.get(row)!, [...(bySet.get(setOf.get(row)!) ?? []), row]);
  for (const [set, rows] of bySet) {
    const stored = sets.get(set) as NewSet;
    if (stored.count === rows.length) stored.changes.push(content);
    else {
      stored.count -= rows.length;
      place(rows, [...stored.changes, content]);
    }
  }
  if (fresh.length > 0) place(fresh, [content]);
}

function place(rows: readonly number[], changes: number[]): void {
  const id = nextSet++;
  sets.set(id, { count: rows.length, changes });
  for (const row of rows) {
    setOf.set(row, id);
    move.run(id, row);
  }
}

function has(changes: readonly number[], position: number): boolean {
  let inside = false;
  for (const id of changes) if (position >= tree.position[id]! && position < tree.end[id]!) inside = !inside;
  return inside;
}

/** Ascending numbers as LEB128 of their differences. */
function encode(numbers: readonly number[]): Uint8Array {
  const bytes: number[] = [];
  let last = 0;
  for (const number of numbers) {
    let rest = number - last;
    last = number;
    for (; rest > 0x7f; rest = Math.floor(rest / 128)) bytes.push((rest % 128) | 0x80);
    bytes.push(rest);
  }
  return Uint8Array.from(bytes);
}

function decode(bytes: Uint8Array): number[] {
  const numbers: number[] = [];
  let [number, scale, last] = [0, 1, 0];
  for (const byte of bytes) {
    number += (byte & 0x7f) * scale;
    scale *= 128;
    if (byte >= 0x80) continue;
    numbers.push((last += number));
    [number, scale] = [0, 1];
  }
  return numbers;
}
