// The man page and the reference of commands are written from the definitions; `pnpm vitest run apps/cli -u` renews them.
import { spawnSync } from 'node:child_process';
import { join, resolve } from 'node:path';
import { expect, test } from 'vitest';
import { formatManPage, formatReference, loadAll } from '../src/man-page.ts';
import { COMMANDS } from '../src/table.ts';

const CLI = resolve(import.meta.dirname, '..');

test('the committed man page is the present one', async () => {
  await expect(await formatManPage(COMMANDS)).toMatchFileSnapshot(join(CLI, 'man/btfq.1'));
});

test('the committed reference is the present one', async () => {
  await expect(await formatReference(COMMANDS)).toMatchFileSnapshot(join(CLI, '../../docs/commands.md'));
});

test('the man page is sound roff', async (context) => {
  const probe = spawnSync('groff', ['--version']);
  if (probe.status !== 0) context.skip('groff is not installed');
  const result = spawnSync('groff', ['-man', '-ww', '-Tascii', '-z'], {
    input: await formatManPage(COMMANDS),
    encoding: 'utf8',
  });
  expect(result.stderr).toBe('');
});

test('every command explains itself with an example', async () => {
  for (const [name, summary, command] of await loadAll(COMMANDS)) {
    expect(summary, name).toMatch(/^[a-z].*[^.]$/);
    expect(command.about.length, name).toBeGreaterThan(20);
    expect(command.examples.length, name).toBeGreaterThan(0);
    for (const example of command.examples) expect(example.line, name).toContain(`btfq`);
  }
});
