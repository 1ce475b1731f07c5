import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

// Tests import packages by name and get their sources: no build in between.
// The others are what Node itself resolves by in a test: a library that both we and another library load (graphql) must
// be one and the same.
const conditions = ['@btfq/source', 'node', 'module-sync', 'development'];

/** Files that take longest. They begin first, so that no core is left with one of them at the end. */
const LONG = /\/(transcripts[\w-]*|ingest|readme|page|smoke|kill|answers|published)\.test\.ts$/;

class LongFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    const isLong = ({ moduleId }: TestSpecification) => LONG.test(moduleId);
    return [...sorted.filter(isLong), ...sorted.filter((file) => !isLong(file))];
  }
}

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions, externalConditions: conditions } },
  test: {
    // What files of one worker import is loaded once: a test that changes it would be seen by others, and must not.
    isolate: false,
    // One worker less than cores is the default, which is half of a machine with two.
    maxWorkers: '100%',
    sequence: { sequencer: LongFirst },
    globalSetup: ['./test-kit/src/run-folder.ts'],
    include: ['{packages,apps}/*/test/**/*.test.ts', '{test-kit,bench,scripts}/test/**/*.test.ts'],
    testTimeout: 180_000,
    hookTimeout: 240_000,
  },
});
