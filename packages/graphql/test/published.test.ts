// A server sends a published folder as a static host does.

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openIndex } from '@btfq/btf-index';
import { afterAll, expect, it } from 'vitest';
import { createHandler } from '../src/index.ts';

const folder = mkdtempSync(join(tmpdir(), 'btfq-serve-published-'));
const published = join(folder, 'out');
mkdirSync(published);
const file = 'btfq-0123456789abcdef.db';
writeFileSync(join(published, file), '0123456789');
writeFileSync(join(published, 'index.json'), '{}');
writeFileSync(join(published, 'secret.db'), 'no');
mkdirSync(join(published, 'verifiers'));
writeFileSync(join(published, 'verifiers/0123456789abcdef.btfv'), '0123');
writeFileSync(join(published, 'verifiers-0123456789abcdef.json'), '{}');
const index = openIndex(join(folder, 'a.db'));
const handler = createHandler(index, { published, workers: 0 });
afterAll(async () => {
  await handler.close();
  index.close();
  rmSync(folder, { recursive: true });
});

const get = async (path: string, headers: Record<string, string> = {}, method = 'GET') => {
  const response = await handler.fetch(new Request(`http://localhost${path}`, { headers, method }));
  return {
    status: response.status,
    range: response.headers.get('content-range'),
    cache: response.headers.get('cache-control'),
    etag: response.headers.get('etag'),
    body: await response.text(),
  };
};

it.each<[string, Record<string, string>, number, string | null, string]>([
  ['all of it', {}, 200, null, '0123456789'],
  ['a range', { range: 'bytes=2-4' }, 206, 'bytes 2-4/10', '234'],
  ['a range past the end', { range: 'bytes=8-99' }, 206, 'bytes 8-9/10', '89'],
  ['from a byte on', { range: 'bytes=7-' }, 206, 'bytes 7-9/10', '789'],
  ['the last bytes', { range: 'bytes=-3' }, 206, 'bytes 7-9/10', '789'],
  ['a range beyond', { range: 'bytes=10-11' }, 416, 'bytes */10', ''],
  ['a range that is none', { range: 'bytes=4-2' }, 200, null, '0123456789'],
  ['several ranges', { range: 'bytes=0-1,3-4' }, 200, null, '0123456789'],
  ['a range of what it was', { range: 'bytes=0-1', 'if-range': '"other"' }, 200, null, '0123456789'],
  ['a range of what it is', { range: 'bytes=0-1', 'if-range': `"${file}"` }, 206, 'bytes 0-1/10', '01'],
  ['what is known', { 'if-none-match': `"${file}"` }, 304, null, ''],
])('%s', async (_, headers, status, range, body) => {
  const answer = await get(`/${file}`, headers);
  expect(answer).toMatchObject({ status, range, body, etag: `"${file}"` });
  expect(answer.cache).toContain('immutable');
});

it('sends verifiers and their list for good', async () => {
  expect(await get('/verifiers/0123456789abcdef.btfv', { range: 'bytes=1-2' })).toMatchObject({
    status: 206,
    body: '12',
  });
  expect((await get('/verifiers/0123456789abcdef.btfv')).cache).toContain('immutable');
  expect((await get('/verifiers-0123456789abcdef.json')).cache).toContain('immutable');
});

it('sends the pointer with a short life, and nothing else of the folder', async () => {
  expect((await get('/index.json')).cache).toContain('must-revalidate');
  expect((await get(`/${file}`, {}, 'HEAD')).body).toBe('');
  for (const path of ['/secret.db', '/btfq-0000000000000000.db', '/..%2fa.db'])
    expect((await get(path)).status).toBe(404);
});
