import { defineConfig } from 'vitest/config';

// Tests import packages by name and get their sources: no build in between.
// The others are what Node itself resolves by in a test: a library that both we and another library load (graphql) must
// be one and the same.
const conditions = ['@btfq/source', 'node', 'module-sync', 'development'];

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions, externalConditions: conditions } },
  test: {
    // One worker less than cores is the default, which is half of a machine with two.
    maxWorkers: '100%',
    globalSetup: ['./test-kit/src/run-folder.ts'],
    include: ['{packages,apps}/*/test/**/*.test.ts', '{test-kit,bench,scripts}/test/**/*.test.ts'],
    testTimeout: 60_000,
    hookTimeout: 120_000,
  },
});
