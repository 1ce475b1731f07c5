// pnpm fuzz [COUNT] [SEED]: damaged BTF and .BTF.ext through parser, checker, dumps and all else that reads them. Ends with
// exit code 1 where something else than a typed error or a valid view comes out, where one input takes longer than
// five seconds, or where memory grows past 2 GB. The same seed gives the same inputs.
import { runMutations } from '../packages/btf-format/test/mutation-run.ts';

const MAX_MILLISECONDS = 5000;
const MAX_MEMORY = 2e9;
const BATCH = 10_000;

const count = Number(process.argv[2] ?? 1_000_000);
const firstSeed = Number(process.argv[3] ?? 1);
if (!Number.isInteger(count) || !Number.isInteger(firstSeed) || count < 1) {
  console.error('usage: pnpm fuzz [COUNT] [SEED]');
  process.exit(2);
}

const codes = new Map<string, number>();
let done = 0;
let valid = 0;
let slowest = 0;
let memory = 0;
for (let seed = firstSeed; done < count; seed++) {
  const result = runMutations(seed, Math.min(BATCH, count - done));
  done += result.inputs;
  valid += result.valid;
  for (const [code, times] of result.codes) codes.set(code, (codes.get(code) ?? 0) + times);
  slowest = Math.max(slowest, result.slowest.milliseconds);
  memory = Math.max(memory, process.memoryUsage.rss());
  if (result.slowest.milliseconds > MAX_MILLISECONDS) {
    console.error(`seed ${seed}, input ${result.slowest.index} took ${Math.round(result.slowest.milliseconds)} ms`);
    process.exit(1);
  }
  if (memory > MAX_MEMORY) {
    console.error(`seed ${seed}: ${Math.round(memory / 1e6)} MB of memory`);
    process.exit(1);
  }
  if (process.stderr.isTTY) process.stderr.write(`\r${done} of ${count}`);
}
const summary = [...codes].sort(([, a], [, b]) => b - a).map(([code, times]) => `${code} ${times}`);
console.log(
  `${done} inputs, ${valid} valid, slowest ${Math.round(slowest)} ms, ${Math.round(memory / 1e6)} MB at most`,
);
console.log(summary.join(', '));
