// Every Markdown file in transcripts/ is a test. `pnpm vitest run apps/cli -u` writes the new output into the files.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { replay } from './kit/transcript.ts';

const FOLDER = join(import.meta.dirname, 'transcripts');

for (const name of readdirSync(FOLDER).filter((entry) => entry.endsWith('.md'))) {
  test(`transcripts/${name}`, async () => {
    const path = join(FOLDER, name);
    await expect(await replay(readFileSync(path, 'utf8'))).toMatchFileSnapshot(path);
  });
}
