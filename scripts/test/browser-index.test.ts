// What answers from a published index runs in a browser: no Node module, no native code in its bundles.
import { join } from 'node:path';
import { rolldown } from 'rolldown';
import { expect, test } from 'vitest';

/** One script out of an entry; an import of a Node module is an error here. */
export async function browserScript(entry: string): Promise<string> {
  const bundle = await rolldown({
    input: entry,
    platform: 'browser',
    resolve: { conditionNames: ['@btfq/source', 'browser', 'import'] },
    external: [],
    onLog(level, log) {
      if (level !== 'info' && level !== 'debug' && log.code !== 'EVAL') throw new Error(log.message);
    },
  });
  const { output } = await bundle.generate({ format: 'es', codeSplitting: false });
  await bundle.close();
  return output[0].code;
}

test.each([
  'packages/btf-index/src/read/index.ts',
  'packages/graphql/src/static/index.ts',
  'packages/graphql/src/static/worker.ts',
])('%s bundles without a Node module', async (entry) => {
  const code = await browserScript(join(import.meta.dirname, '../..', entry));
  expect(code).not.toMatch(/\brequire\(|from ['"]node:|import\(['"]node:|better-sqlite3/);
});
