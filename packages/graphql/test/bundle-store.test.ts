// The folder of finished bundles: what is not there is made; what cannot be read is an error, not a reason to make it again.
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { BundleStore } from '../src/uploads/bundle-store.ts';

const folder = mkdtempSync(join(tmpdir(), 'btfq-bundles-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const ID = 'a'.repeat(64);

test('a bundle that was never made is not found, in a folder that is not there yet, too', async () => {
  const store = new BundleStore(join(folder, 'none'), 1 << 20);
  expect(await store.find(ID)).toBeUndefined();
  expect(await store.find('../etc/passwd')).toBeUndefined();
  expect(await store.size()).toBe(0);
});

test('a description that is broken is an error', async () => {
  const broken = join(folder, 'broken');
  mkdirSync(broken);
  writeFileSync(join(broken, `${ID}.json`), '{"id":');
  await expect(new BundleStore(broken, 1 << 20).find(ID)).rejects.toThrow(SyntaxError);
});

test('a description that may not be read is an error', async ({ skip }) => {
  if (process.getuid?.() === 0) skip('root reads every file');
  const forbidden = join(folder, 'forbidden');
  mkdirSync(forbidden);
  writeFileSync(join(forbidden, `${ID}.json`), '{}');
  chmodSync(join(forbidden, `${ID}.json`), 0);
  await expect(new BundleStore(forbidden, 1 << 20).find(ID)).rejects.toMatchObject({ code: 'EACCES' });
});

test('a folder that is a file is an error', async () => {
  const file = join(folder, 'file');
  writeFileSync(file, '');
  await expect(new BundleStore(file, 1 << 20).size()).rejects.toMatchObject({ code: 'ENOTDIR' });
});
