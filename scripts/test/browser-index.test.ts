// What answers from a published index runs in a browser: no Node module, no native code in its bundles.
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { browserScript } from './browser/script.ts';

test.each([
  'packages/btf-index/src/read/index.ts',
  'packages/graphql/src/static/index.ts',
  'packages/graphql/src/static/worker.ts',
])('%s bundles without a Node module', async (entry) => {
  const code = await browserScript(join(import.meta.dirname, '../..', entry));
  const without = code.replace(/\/\*[\s\S]*?\*\//g, '');
  expect(without).not.toMatch(/\brequire\(|from ['"]node:|import\(['"]node:|better-sqlite3/);
});
