// Everything that CI runs: `npm test`. Each check is a command; all run even when one fails, so that one look shows all.
// The last line holds the count of tests, to which a failed check adds one failure.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';

const ROOT = resolve(import.meta.dirname, '..');
const REPORT = join(ROOT, '.tools/vitest.json');
const bin = (name: string) => join(ROOT, 'node_modules/.bin', name);

/** In the order in which a mistake is cheapest to find. The build comes first: what is checked is what is shipped. */
const CHECKS: readonly (readonly [string, readonly string[]])[] = [
  ['build', ['node', 'scripts/build.mjs']],
  ['types', [bin('tsc'), '-p', 'tsconfig.check.json']],
  ['types of the page', [bin('tsc'), '-p', 'apps/explorer']],
  ['lint and format', [bin('biome'), 'check', '--error-on-warnings', '.']],
  ['imports follow the flow', ['node', 'scripts/check-imports.ts']],
  ['public surface', ['node', 'scripts/api-report.ts', '--check']],
  ['nothing unused', [bin('knip'), '--no-progress', '--no-config-hints']],
  ['packages as others install them', ['node', 'scripts/check-packages.ts']],
];

const TESTS = [bin('vitest'), 'run', '--reporter=default', '--reporter=json', `--outputFile.json=${REPORT}`];

function runs(command: readonly string[]): boolean {
  const [program, ...args] = command;
  const file = program === 'node' ? process.execPath : program!;
  return spawnSync(file, args, { cwd: ROOT, stdio: 'inherit' }).status === 0;
}

interface TestReport {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numPendingTests: number;
  readonly numTodoTests: number;
  readonly testResults: readonly { status: string; name: string; assertionResults: readonly { status: string }[] }[];
}

/** Failed tests, and files that failed without one: those that do not load. */
function failuresOf(report: TestReport): number {
  const broken = report.testResults.filter(
    (file) => file.status === 'failed' && !file.assertionResults.some((test) => test.status === 'failed'),
  );
  return report.numFailedTests + broken.length;
}

const failedChecks: string[] = [];
for (const [name, command] of CHECKS) {
  const startedAt = performance.now();
  console.log(`\n== ${name}`);
  const good = runs(command);
  console.log(`== ${name}: ${good ? 'good' : 'FAILED'} (${((performance.now() - startedAt) / 1000).toFixed(1)} s)`);
  if (!good) failedChecks.push(name);
}

console.log('\n== tests');
rmSync(REPORT, { force: true });
const testsPass = runs([...TESTS, ...process.argv.slice(2)]);
const report: TestReport | undefined = existsSync(REPORT) ? JSON.parse(readFileSync(REPORT, 'utf8')) : undefined;
const testFailures = report === undefined ? 0 : failuresOf(report);
// Vitest may also fail without a failed test, by an error outside of any.
if (!testsPass && testFailures === 0) failedChecks.push('tests');

for (const name of failedChecks) console.log(`FAILED: ${name}`);
const failed = testFailures + failedChecks.length;
const skipped = (report?.numPendingTests ?? 0) + (report?.numTodoTests ?? 0);
console.log(`${report?.numPassedTests ?? 0} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`);
process.exitCode = failed === 0 ? 0 : 1;
