// Set-up of a whole run of the tests: a folder for what test files share (shared-file.ts), gone when the run ends.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { RUN_FOLDER } from './shared-file.ts';

export default function setup(): () => void {
  const folder = mkdtempSync(join(tmpdir(), 'btfq-test-run-'));
  process.env[RUN_FOLDER] = folder;
  return () => rmSync(folder, { recursive: true, force: true });
}
