// Set-up of a whole run of the tests: a folder for what test files share (shared-file.ts), gone when the run ends; and one in
// which Node keeps what it compiled, since many tests start processes that load the same sources.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { RUN_FOLDER } from './shared-file.ts';

export default function setup(): () => void {
  const folder = mkdtempSync(join(tmpdir(), 'btfq-test-run-'));
  process.env[RUN_FOLDER] = folder;
  process.env['NODE_COMPILE_CACHE'] ??= resolve(import.meta.dirname, '../../.tools/compile-cache');
  return () => rmSync(folder, { recursive: true, force: true });
}
