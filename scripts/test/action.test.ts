// The GitHub action's own step, run as shell: with a stand-in for the command, what it is asked and how it ends.
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { expect, test } from 'vitest';

const text = readFileSync(resolve(import.meta.dirname, '../../action.yml'), 'utf8');
const script = (/^ {6}run: \|\n((?: {8}.*\n)+)/m.exec(text)?.[1] ?? '').replace(/^ {8}/gm, '');

test.each([
  [0, 0],
  [1, 1],
  [3, 3],
])('a command that ends with %i makes the step end with %i', (code, expected) => {
  const folder = mkdtempSync(join(tmpdir(), 'btfq-action-'));
  try {
    const btfq = join(folder, 'btfq');
    writeFileSync(btfq, `#!/bin/sh\necho "$@" >>${folder}/asked\nexit ${code}\n`);
    chmodSync(btfq, 0o755);
    const env = {
      OBJECTS: 'a.o b.o',
      INDEX: 'k.db',
      WHERE: 'arch=x86_64',
      FORMAT: 'text',
      FAIL_ON: 'fails',
      SHAPES: '',
    };
    const { status } = spawnSync('bash', ['-c', script], {
      cwd: folder,
      env: { PATH: process.env['PATH'] ?? '', ...env, SARIF: 'out.sarif', BTFQ: btfq },
    });
    expect(status).toBe(expected);
    const asked = readFileSync(join(folder, 'asked'), 'utf8').trim().split('\n');
    const common = 'loads a.o b.o --db k.db --fail-on fails --where arch=x86_64';
    expect(asked[0]).toBe(`${common} --format sarif`);
    if (code < 2) expect(asked[1]).toBe(`${common} --format text`);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
