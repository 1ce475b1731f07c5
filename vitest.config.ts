import { defineConfig } from 'vitest/config';

// Tests import packages by name and get their sources: no build in between.
const conditions = ['@btfq/source'];
// What Node itself resolves by: a library that is loaded by us and by another library must be one and the same.
const externalConditions = [...conditions, 'node', 'module-sync'];

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions, externalConditions } },
  test: {
    include: ['{packages,apps}/*/test/**/*.test.ts', '{test-kit,bench,scripts}/test/**/*.test.ts'],
    testTimeout: 60_000,
    hookTimeout: 120_000,
  },
});
