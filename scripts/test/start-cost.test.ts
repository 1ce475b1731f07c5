// Commands that people wait for in a build must not load a database, a server or a decompressor to start.
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
