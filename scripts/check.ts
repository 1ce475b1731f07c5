// Everything that CI runs: `npm test`. Each check is a command; all run even when one fails, so that one look shows all. The
// checks that only read what was built run side by side, as many as there are cores; each prints when it has ended.
// The last line holds the count of tests, to which a failed check adds one failure.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join, resolve } from 'node:path';

const ROOT = resolve(import.meta.dirname, '..');
const REPORT = join(ROOT, '.tools/vitest.json');
const bin = (name: string) => join(ROOT, 'node_modules/.bin', name);

// The checks and the tests start some hundred processes of Node, most of which load the same modules.
process.env['NODE_COMPILE_CACHE'] ??= join(ROOT, '.tools/compile-cache');

/** The build comes first: what is checked is what is shipped. */
const BUILD = ['build', ['node', 'scripts/build.mjs']] as const;

/** The longest first, then in the order in which a mistake is cheapest to find. */
const CHECKS: readonly (readonly [string, readonly string[]])[] = [
  ['packages as others install them', ['node', 'scripts/check-packages.ts']],
  ['types', [bin('tsc'), '-p', 'tsconfig.check.json']],
  ['types of the page', [bin('tsc'), '-p', 'apps/explorer']],
  ['lint and format', [bin('biome'), 'check', '--error-on-warnings', '.']],
  ['imports follow the flow', ['node', 'scripts/check-imports.ts']],
  ['public surface', ['node', 'scripts/api-report.ts', '--check']],
  ['nothing unused', [bin('knip'), '--no-progress', '--no-config-hints']],
];

const TESTS = [bin('vitest'), 'run', '--reporter=default', '--reporter=json', `--outputFile.json=${REPORT}`];

function programOf(command: readonly string[]): readonly [file: string, args: readonly string[]] {
  const [program, ...args] = command;
  return [program === 'node' ? process.execPath : program!, args];
}

function runs(command: readonly string[]): boolean {
  const [file, args] = programOf(command);
  return spawnSync(file, args, { cwd: ROOT, stdio: 'inherit' }).status === 0;
}

/** Runs a command and prints what it said once it has ended, so that two at once do not mix their lines. */
function runsBeside(command: readonly string[]): Promise<{ readonly good: boolean; readonly output: string }> {
  const [file, args] = programOf(command);
  return new Promise((done) => {
    const child = spawn(file, args, { cwd: ROOT, stdio: ['ignore', 'pipe', 'pipe'] });
    const output: Buffer[] = [];
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => output.push(chunk));
    child.on('error', (error) => done({ good: false, output: error.message }));
    child.on('close', (status) => done({ good: status === 0, output: Buffer.concat(output).toString('utf8') }));
  });
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

function ended(name: string, good: boolean, startedAt: number): void {
  console.log(`== ${name}: ${good ? 'good' : 'FAILED'} (${((performance.now() - startedAt) / 1000).toFixed(1)} s)`);
  if (!good) failedChecks.push(name);
}

const builtAt = performance.now();
console.log('\n== build');
ended('build', runs(BUILD[1]), builtAt);

const waiting = [...CHECKS];
await Promise.all(
  Array.from({ length: availableParallelism() }, async () => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      const startedAt = performance.now();
      const { good, output } = await runsBeside(next[1]);
      console.log(`\n== ${next[0]}\n${output.trimEnd()}`);
      ended(next[0], good, startedAt);
    }
  }),
);

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
