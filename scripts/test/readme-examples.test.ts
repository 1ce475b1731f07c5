// The `ts` blocks of the packages' READMEs run as they stand, by the package's own name, in a fresh folder in which
// `fixtures` is the repo's. What they print is the `text` block that follows; `vitest -u` renews it.
import { spawnSync } from 'node:child_process';
import { globSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { expect, test } from 'vitest';

const ROOT = resolve(import.meta.dirname, '../..');
const EXAMPLE = /^```ts\n([\s\S]*?)^```\n(\n```text\n([\s\S]*?)^```\n)?/gm;

test.each(globSync('packages/*/README.md', { cwd: ROOT }).sort())('%s', async (page) => {
  const path = join(ROOT, page);
  const text = readFileSync(path, 'utf8');
  expect(text).toContain('```ts\n');
  const renewed = text.replace(EXAMPLE, (_, code: string) => {
    return `\`\`\`ts\n${code}\`\`\`\n\n\`\`\`text\n${run(code, dirname(path))}\`\`\`\n`;
  });
  await expect(renewed).toMatchFileSnapshot(path);
});

/** What the example prints. Imports are found from `home`, the package's folder. */
function run(code: string, home: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'btfq-readme-'));
  try {
    symlinkSync(join(ROOT, 'fixtures'), join(folder, 'fixtures'));
    const there = `process.chdir(${JSON.stringify(folder)});${code}`;
    const words = ['--conditions=@btfq/source', '--input-type=module-typescript', '--eval', there];
    const { stdout, stderr, status } = spawnSync(process.execPath, words, { cwd: home, encoding: 'utf8' });
    expect(stderr).toBe('');
    expect(status).toBe(0);
    return stdout;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
