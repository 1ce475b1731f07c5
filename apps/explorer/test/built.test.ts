// The built page: how much its first load is, and that what is generated is up to date.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';

const ROOT = resolve(import.meta.dirname, '..');
const DIST = join(ROOT, 'dist');

test('the operations are what the .graphql files and the schema say', () => {
  const run = spawnSync(process.execPath, ['scripts/generate.ts', '--check'], { cwd: ROOT, encoding: 'utf8' });
  expect(run.stderr + run.stdout).not.toContain('is not what');
  expect(run.status).toBe(0);
});

test('the first load is at most 150 KB compressed, and asks no other host', (context) => {
  if (!existsSync(join(DIST, 'index.html'))) return context.skip('needs the built page: pnpm build');
  const html = readFileSync(join(DIST, 'index.html'), 'utf8');
  const files = [...html.matchAll(/(?:src|href)="\.\/([^"]+)"/g)].map((match) => match[1]!);
  expect(files.some((file) => file.endsWith('.js'))).toBe(true);
  const bytes = ['index.html', ...files].map((file) => gzipSync(readFileSync(join(DIST, file))).length);
  expect(bytes.reduce((sum, one) => sum + one, 0)).toBeLessThan(150_000);
  expect(html).not.toMatch(/(?:src|href)="(?:https?:)?\/\//);
  expect(html).not.toMatch(/<script(?![^>]* src=)|<style| style=/);
});
