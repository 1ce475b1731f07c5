// What a shell offers after Tab, from the table of commands, and from an index of a fixture kernel.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ingestKernel, openIndex } from '@btfq/btf-index';
import { fixtureKernel, kernelBtf } from '@btfq/test-kit';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { runCli } from '../src/cli.ts';
import { complete } from '../src/complete.ts';
import { COMMANDS } from '../src/table.ts';
import { memoryIo } from './kit/memory-io.ts';

const folder = mkdtempSync(join(tmpdir(), 'btfq-complete-'));
const io = memoryIo({ cwd: folder });

beforeAll(() => {
  const kernel = fixtureKernel('5.10.0-32-cloud-amd64');
  const index = openIndex(join(folder, 'btfq.db'));
  ingestKernel(index, { identity: kernel, btf: kernelBtf(kernel.id) });
  index.close();
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test.each([
  [['he'], ['help'], false],
  [['btf', 'du'], ['dump'], false],
  [['--db', 'x.db', 'fie'], ['field'], false],
  [['btf', 'dump', '--base'], ['--base-btf'], false],
  [['btf', 'dump', 'file', 'x', 'for'], ['format'], true],
  [['gen', ''], ['min_core_btf'], false],
  [['gen', 'min_core_btf', 'v'], [], true],
  [['gen', 'min_core_btf', '-B', ''], [], true],
  [['completion', 'z'], ['zsh'], false],
  [['nonsense', ''], [], false],
  [['field', 'task_str'], ['task_struct'], false],
  [['field', 'task_struct', 'pi'], ['pi_lock', 'pi_waiters', 'pi_top_task', 'pi_blocked_on', 'pid'], false],
  [['field', 'task_struct', 'se.vru'], ['se.vruntime'], false],
  [['field', 'task_struct', '--db', 'missing.db', 'pi'], [], false],
  [['export', '5.1'], ['5.10.0-32-cloud-amd64'], false],
  [['export', 'debian/bulls'], ['debian/bullseye/x86_64/5.10.0-32-cloud-amd64'], false],
])('%j offers %j', async (line, words, files) => {
  const found = await complete(line, io, COMMANDS);
  expect(found.files).toBe(files);
  for (const word of words) expect(found.words).toContain(word);
  if (words.length === 0) expect(found.words.filter((word) => !word.startsWith('-'))).toEqual([]);
});

test('the script for bash asks btfq and offers what it says', async () => {
  const out = memoryIo();
  await runCli(['completion', 'bash'], out);
  const test = `
btfq() { [ "$1 $2 $3 $4" = 'completion words -- fie' ] && echo field || printf 'x.btf\\n:files\\n'; }
${out.stdout}
COMP_WORDS=(btfq fie) COMP_CWORD=1; _btfq; printf '%s\\n' "\${COMPREPLY[@]}"
COMP_WORDS=(btfq field x) COMP_CWORD=2; _btfq; printf '%s\\n' "\${COMPREPLY[@]}"
`;
  const result = spawnSync('bash', ['-c', test], { encoding: 'utf8', cwd: folder });
  expect(result.stdout).toBe('field\nx.btf\n');
});

test.each([
  ['zsh', ['-n', '/dev/stdin']],
  ['fish', ['--no-execute']],
])('the script for %s is well-formed', async (shell, args) => {
  const out = memoryIo();
  expect(await runCli(['completion', shell], out)).toBe(0);
  expect(out.stdout).toContain('btfq completion words -- ');
  const result = spawnSync(shell, args, { input: out.stdout, encoding: 'utf8' });
  // Without the shell, that it is printed and asks btfq is what can be checked.
  if (result.error === undefined) expect([result.status, result.stderr]).toEqual([0, '']);
});
