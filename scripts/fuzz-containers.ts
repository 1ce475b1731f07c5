// node --conditions=@btfq/source scripts/fuzz-containers.ts [COUNT] [SEED]: damaged images, packages and archives through the
// reader. Ends with exit code 1 where something else than a typed error or a kernel comes out, where one input takes longer
// than five seconds, or where memory grows past 2 GB. The same seed gives the same inputs.
import { runContainerMutations } from '../packages/kernel-source/test/mutation-run.ts';

const MAX_MILLISECONDS = 5000;
const MAX_MEMORY = 2e9;
const BATCH = 2000;

const count = Number(process.argv[2] ?? 300_000);
const firstSeed = Number(process.argv[3] ?? 1);
if (!Number.isInteger(count) || !Number.isInteger(firstSeed) || count < 1) {
  console.error('usage: fuzz-containers.ts [COUNT] [SEED]');
  process.exit(2);
}

const codes = new Map<string, number>();
let done = 0;
let valid = 0;
let slowest = 0;
let memory = 0;
for (let seed = firstSeed; done < count; seed++) {
  const inputs = Math.min(BATCH, count - done);
  const run = await runContainerMutations(seed, inputs);
  done += inputs;
  valid += run.valid;
  for (const [code, times] of run.codes) codes.set(code, (codes.get(code) ?? 0) + times);
  slowest = Math.max(slowest, run.slowest.milliseconds);
  memory = Math.max(memory, process.memoryUsage.rss());
  if (run.slowest.milliseconds > MAX_MILLISECONDS) {
    console.error(`seed ${seed}, input ${run.slowest.index} took ${Math.round(run.slowest.milliseconds)} ms`);
    process.exit(1);
  }
  if (memory > MAX_MEMORY) {
    console.error(`seed ${seed}: ${Math.round(memory / 1e6)} MB of memory`);
    process.exit(1);
  }
  if (done % 20_000 === 0) console.error(`${done} of ${count}`);
}
const summary = [...codes].sort(([, a], [, b]) => b - a).map(([code, times]) => `${code} ${times}`);
console.log(`${done} inputs, ${valid} read, slowest ${Math.round(slowest)} ms, ${Math.round(memory / 1e6)} MB at most`);
console.log(summary.join(', '));
