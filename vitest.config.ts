import { defineConfig } from 'vitest/config';

// Tests import packages by name and get their sources: no build in between.
const conditions = ['@btfq/source'];

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions, externalConditions: conditions } },
  test: {
    include: ['{packages,apps}/*/test/**/*.test.ts', '{test-kit,bench,scripts}/test/**/*.test.ts'],
    testTimeout: 60_000,
    hookTimeout: 120_000,
  },
});
