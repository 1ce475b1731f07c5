// kill -9 at random moments of an ingest: what is left opens, verifies, and the next run completes it as if nothing had been.

import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { databaseOf, kernels, openIndex, verifyIndex } from '@btfq/btf-index';
import { seededRandom } from '@btfq/test-kit';
import { expect, it } from 'vitest';
import { freshPath } from './kit.ts';

const KERNELS = 40;
const CHILD = fileURLToPath(new URL('ingest-child.ts', import.meta.url));

/** Runs the child until it is done, or kills it some milliseconds after it opened the index. */
function run(path: string, killAfter?: number): Promise<'done' | 'killed'> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, ['--conditions=@btfq/source', CHILD, path, String(KERNELS)], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let out = '';
    let errors = '';
    let armed = false;
    child.stdout.on('data', (chunk: Buffer) => {
      out += String(chunk);
      if (armed || killAfter === undefined) return;
      armed = true;
      setTimeout(() => child.kill('SIGKILL'), killAfter);
    });
    child.stderr.on('data', (chunk: Buffer) => (errors += String(chunk)));
    child.on('error', reject);
    child.on('close', (code, signal) => {
      if (signal === 'SIGKILL') resolve('killed');
      else if (code === 0 && out.endsWith('done\n')) resolve('done');
      else reject(new Error(`the child ended with ${code ?? signal}: ${errors}`));
    });
  });
}

/** All that an index holds, row for row, but for its own random name. */
function rowsIn(path: string): unknown {
  const index = openIndex(path, { readonly: true });
  const tables = databaseOf(index)
    .prepare(`SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name`)
    .all() as { name: string }[];
  const rows = tables
    .filter(({ name }) => name !== 'meta')
    .map(({ name }) => [name, databaseOf(index).prepare(`SELECT * FROM ${name} ORDER BY 1, 2`).raw().all()]);
  index.close();
  return rows;
}

it('an ingest that is killed at any moment goes on where it was', async () => {
  const whole = freshPath();
  expect(await run(whole)).toBe('done');
  const random = seededRandom(11);
  const path = freshPath();
  let killed = 0;
  for (let round = 0; round < 12; round++) {
    if ((await run(path, random.below(120))) === 'done') break;
    killed++;
    const index = openIndex(path, { readonly: true });
    expect(verifyIndex(index).problems).toEqual([]);
    index.close();
  }
  expect(await run(path)).toBe('done');
  expect(killed).toBeGreaterThan(0);
  const index = openIndex(path);
  expect(kernels(index)).toHaveLength(KERNELS);
  expect(verifyIndex(index).problems).toEqual([]);
  index.close();
  expect(rowsIn(path)).toEqual(rowsIn(whole));
}, 180_000);
