// Commands that people wait for in a build must not load a database, a server or a decompressor to start.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { expect, test } from 'vitest';
import { isLight } from '../start-cost.ts';

const COMMANDS = resolve(import.meta.dirname, '../../apps/cli/src/commands');

test.each(['btf-dump', 'gen-min-core-btf', 'relocs', 'btf-check', 'help', 'completion'])('%s starts light', (name) => {
  expect(isLight(resolve(COMMANDS, `${name}.ts`))).toBe(true);
});

test.each(['ingest', 'query'])('%s does not', (name) => {
  expect(isLight(resolve(COMMANDS, `${name}.ts`))).toBe(false);
});

const BIN = resolve(import.meta.dirname, '../../apps/cli/dist/bin');
const isBuilt = existsSync(`${BIN}/quick`);

test.skipIf(!isBuilt).each([['gen min_core_btf --help'], ['btf dump file /none'], ['relocs']])(
  'what has a file of its own says what the program says: %s (skipped where the CLI is not built)',
  (line) => {
    const says = (...args: string[]) => {
      const { status, stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' });
      return { status, stdout, stderr };
    };
    const ours = says(`${BIN}/btfq.cjs`, ...line.split(' '));
    expect(ours).toEqual(says(`${BIN}/program.cjs`, ...line.split(' ')));
    expect(ours.stdout + ours.stderr).toMatch(/INPUT|none|TARGET/);
  },
);
