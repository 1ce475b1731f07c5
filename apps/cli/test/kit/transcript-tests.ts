// Every Markdown file in transcripts/ is a test. `pnpm vitest run apps/cli -u` writes the new output into the files. Several
// test files share them, so that they run beside each other.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { replay } from './transcript.ts';

const FOLDER = join(import.meta.dirname, '../transcripts');
const NAMES = readdirSync(FOLDER).filter((entry) => entry.endsWith('.md'));

/** Defines the tests of the transcripts that `part` picks by name. */
export function transcriptTests(part: (name: string) => boolean): void {
  for (const name of NAMES.filter(part)) {
    test(`transcripts/${name}`, async () => {
      const path = join(FOLDER, name);
      await expect(await replay(readFileSync(path, 'utf8'))).toMatchFileSnapshot(path);
    }, 300_000);
  }
}
