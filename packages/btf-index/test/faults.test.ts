// What can be wrong with a file, a disk or another process: a clear code each, and nothing changed.

import { chmodSync, copyFileSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import {
  databaseOf,
  commitKernel,
  exportBtf,
  field,
  ingestKernel,
  kernels,
  openIndex,
  prepareKernel,
  removeKernel,
  verifyIndex,
} from '@btfq/btf-index';
import { seededRandom } from '@btfq/test-kit';
import Database from 'better-sqlite3';
import { describe, expect, it } from 'vitest';
import { codeOf, freshPath } from './kit.ts';
import { smallKernel } from './small-kernel.ts';

function smallIndex(count = 3): string {
  const path = freshPath();
  const index = openIndex(path);
  for (let n = 0; n < count; n++) ingestKernel(index, smallKernel(n));
  index.close();
  return path;
}

describe('opening', () => {
  it('is refused for what is not an index', () => {
    const text = freshPath('text.db');
    writeFileSync(text, 'this is not a database, however long it may go on\n'.repeat(100));
    const before = readFileSync(text);
    expect(codeOf(() => openIndex(text))).toBe('not-an-index');
    expect(codeOf(() => openIndex(text, { readonly: true }))).toBe('not-an-index');
    expect(Buffer.compare(readFileSync(text), before)).toBe(0);

    const other = freshPath('other.db');
    new Database(other).exec('CREATE TABLE t (x)').close();
    expect(codeOf(() => openIndex(other))).toBe('not-an-index');
    expect(codeOf(() => openIndex(dirname(other)))).toBe('not-an-index');
    expect(codeOf(() => openIndex(join(dirname(other), 'none.db'), { readonly: true }))).toBe('no-index');
    expect(codeOf(() => openIndex(join(dirname(other), 'none.db'), { create: false }))).toBe('no-index');

    const empty = freshPath('empty.db');
    writeFileSync(empty, '');
    expect(codeOf(() => openIndex(empty, { readonly: true }))).toBe('not-an-index');
  });

  it('is refused for a newer version, which stays as it is', () => {
    const path = smallIndex();
    new Database(path).exec('PRAGMA user_version = 999').close();
    const before = readFileSync(path);
    expect(codeOf(() => openIndex(path))).toBe('newer-version');
    expect(codeOf(() => openIndex(path, { readonly: true }))).toBe('newer-version');
    expect(Buffer.compare(readFileSync(path), before)).toBe(0);
  });

  it('leaves one file at rest', () => {
    const path = smallIndex();
    const copy = freshPath('copy.db');
    copyFileSync(path, copy);
    const index = openIndex(copy, { readonly: true });
    expect(kernels(index)).toHaveLength(3);
    index.close();
    expect(() => statSync(`${path}-wal`)).toThrow();
  });

  it.skipIf(process.getuid?.() === 0)('reads what cannot be written', () => {
    const path = smallIndex();
    chmodSync(path, 0o444);
    chmodSync(dirname(path), 0o555);
    const index = openIndex(path, { readonly: true });
    expect(field(index, 'struct', 'struct_1', 'first')?.variants[0]?.kernelIds).toHaveLength(3);
    index.close();
    expect(codeOf(() => openIndex(path))).toBe('read-only');
    chmodSync(dirname(path), 0o755);
  });
});

describe('writing', () => {
  it('is refused on an index that was opened to read', () => {
    const index = openIndex(smallIndex(), { readonly: true });
    expect(codeOf(() => ingestKernel(index, smallKernel(9)))).toBe('read-only');
    index.close();
  });

  it('to a full disk changes nothing and goes on when there is space', () => {
    const path = smallIndex();
    const index = openIndex(path);
    const before = { kernels: kernels(index), generation: index.generation() };
    const pages = databaseOf(index).pragma('page_count', { simple: true }) as number;
    databaseOf(index).pragma(`max_page_count = ${pages}`);
    let full: unknown;
    let n = 3;
    for (; n < 200 && full === undefined; n++) full = codeOf(() => void ingestKernel(index, smallKernel(n)));
    expect(full).toBe('disk-full');
    expect(verifyIndex(index).problems).toEqual([]);
    expect(kernels(index).length).toBe(before.kernels.length + n - 4);
    databaseOf(index).pragma('max_page_count = 1000000');
    expect(ingestKernel(index, smallKernel(n)).outcome).toBe('added');
    expect(verifyIndex(index).problems).toEqual([]);
    index.close();
  });

  it('waits its turn, then says busy', () => {
    const path = smallIndex();
    const [one, two] = [openIndex(path), openIndex(path, { busyTimeoutMs: 30 })];
    databaseOf(one).exec('BEGIN IMMEDIATE');
    expect(codeOf(() => ingestKernel(two, smallKernel(7)))).toBe('busy');
    databaseOf(one).exec('ROLLBACK');
    expect(ingestKernel(two, smallKernel(7)).outcome).toBe('added');
    // what another process wrote meanwhile is seen by the next write
    expect(ingestKernel(one, smallKernel(7)).outcome).toBe('unchanged');
    expect(ingestKernel(one, smallKernel(8)).outcome).toBe('added');
    expect(ingestKernel(two, smallKernel(9)).outcome).toBe('added');
    expect(verifyIndex(one).problems).toEqual([]);
    two.close();
    one.close();
  });

  it('lets readers read, each a whole state', () => {
    const path = smallIndex();
    const [writer, reader] = [openIndex(path), openIndex(path, { readonly: true })];
    const generation = reader.generation();
    expect(writer.generation()).toBe(generation);
    expect(kernels(reader)).toHaveLength(3);
    ingestKernel(writer, smallKernel(5));
    expect(kernels(reader)).toHaveLength(4);
    expect(reader.generation()).not.toBe(generation);
    expect(reader.generation()).toBe(writer.generation());
    expect(field(reader, 'struct', 'struct_2', 'first')?.variants.flatMap(({ kernelIds }) => kernelIds)).toHaveLength(
      4,
    );
    const id = kernels(writer)[0]?.id ?? 0;
    removeKernel(writer, id);
    expect(kernels(reader)).toHaveLength(3);
    expect(codeOf(() => exportBtf(reader, id))).toBe('unknown-kernel');
    reader.close();
    writer.close();
  });
});

describe('a hold', () => {
  it('answers from one state until it is released, and closing ends it', () => {
    const path = smallIndex();
    const [writer, reader] = [openIndex(path), openIndex(path, { readonly: true })];
    const places = () =>
      field(reader, 'struct', 'struct_2', 'first')?.variants.flatMap(({ kernelIds }) => kernelIds).length;
    const generation = reader.generation();
    const release = reader.hold();
    removeKernel(writer, kernels(writer)[0]?.id ?? 0);
    ingestKernel(writer, smallKernel(5));
    ingestKernel(writer, smallKernel(6));
    expect([kernels(reader).length, places(), reader.generation()]).toEqual([3, 3, generation]);
    expect(Buffer.compare(exportBtf(reader, 1), smallKernel(0).btf)).toBe(0);
    release();
    release();
    expect([kernels(reader).length, places()]).toEqual([4, 4]);
    expect(codeOf(() => exportBtf(reader, 1))).toBe('unknown-kernel');
    reader.hold();
    reader.close();
    writer.hold(); // a writer may hold too
    expect(ingestKernel(openIndex(path), smallKernel(7)).outcome).toBe('added');
    expect(kernels(writer)).toHaveLength(4);
    writer.close();
  });
});

describe('damage', () => {
  it('to a stored BTF is found by export and by verify', () => {
    const path = smallIndex();
    const db = new Database(path);
    const { data } = db.prepare('SELECT data FROM content_data WHERE content = 3').get() as { data: Buffer };
    const random = seededRandom(3);
    for (let round = 0; round < 40; round++) {
      const bad = Buffer.from(data);
      bad[random.below(bad.length)]! ^= 1 << random.below(8);
      db.prepare('UPDATE content_data SET data = ? WHERE content = 3').run(bad);
      const index = openIndex(path, { readonly: true });
      const outcome = codeOf(() => exportBtf(index, 3));
      // a flipped bit that zstd does not care about leaves the bytes as they were: nothing else may come out
      if (outcome instanceof Uint8Array) expect(Buffer.compare(outcome, smallKernel(2).btf)).toBe(0);
      else {
        expect(outcome).toBe('damaged');
        if (round < 5) expect(verifyIndex(index).problems).not.toEqual([]);
      }
      index.close();
    }
    db.close();
  });

  it('to declarations and sets is found by verify', () => {
    const changes = [
      `UPDATE declaration SET body = x'0102' WHERE kind = 4 AND id = (SELECT max(id) FROM declaration WHERE kind = 4)`,
      'UPDATE declaration_set SET membership_changes = (SELECT membership_changes FROM declaration_set WHERE id <> 1 LIMIT 1) WHERE id = 1',
      'DELETE FROM declaration WHERE id = 5',
      `UPDATE name SET text = 'other' WHERE text = 'struct_3'`,
      'UPDATE declaration_set SET declarations = declarations + 1 WHERE id = 1',
      `UPDATE content SET sha256 = zeroblob(32) WHERE id = 2`,
    ];
    for (const change of changes) {
      const path = smallIndex();
      new Database(path).exec(change).close();
      const index = openIndex(path, { readonly: true });
      expect(verifyIndex(index).problems, change).not.toEqual([]);
      index.close();
    }
  });

  it('to the file is told', () => {
    const path = smallIndex(10);
    const bytes = readFileSync(path);
    bytes.fill(0x5a, 8192 * 2, 8192 * 3);
    writeFileSync(path, bytes);
    const outcome = codeOf(() => {
      const index = openIndex(path, { readonly: true });
      try {
        return verifyIndex(index).problems.length > 0;
      } finally {
        index.close();
      }
    });
    expect([true, 'damaged', 'not-an-index']).toContain(outcome);
  });
});

it('a long series keeps short chains, and every kernel comes out', () => {
  const index = openIndex(freshPath());
  for (let n = 0; n < 150; n++) ingestKernel(index, smallKernel(n));
  const [most] = databaseOf(index).prepare('SELECT max(steps) FROM content').raw().get() as [number];
  expect(most).toBeLessThanOrEqual(40);
  kernels(index).forEach((kernel, n) => {
    expect(Buffer.compare(exportBtf(index, kernel.id), smallKernel(n).btf), kernel.name).toBe(0);
  });
  expect(verifyIndex(index).problems).toEqual([]);
  const random = seededRandom(5);
  for (let left = 150; left > 100; left--) removeKernel(index, random.pick(kernels(index)).id);
  expect(verifyIndex(index).problems).toEqual([]);
  const fresh = openIndex(freshPath());
  for (const kernel of kernels(index)) {
    ingestKernel(fresh, smallKernel(Number(kernel.release.split('.')[2])));
  }
  for (const path of ['first', 'second_3', 'second_20']) {
    const places = (one: typeof index) =>
      field(one, 'struct', 'struct_4', path)?.variants.map(({ offset, kernelIds }) => [offset, kernelIds.length]);
    expect(places(index)).toEqual(places(fresh));
  }
  index.close();
  fresh.close();
}, 120_000);

it('prepared kernels travel between threads', () => {
  const { btf, identity } = smallKernel(1);
  const prepared = structuredClone(prepareKernel(btf));
  const index = openIndex(freshPath());
  const { outcome, kernelId } = commitKernel(index, prepared, identity);
  expect(outcome).toBe('added');
  expect(Buffer.compare(exportBtf(index, kernelId), btf)).toBe(0);
  expect(verifyIndex(index).problems).toEqual([]);
  index.close();
});
