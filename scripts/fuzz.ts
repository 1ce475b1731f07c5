// pnpm fuzz [--minutes N] [--reader NAME]... [--seed N] [--keep]: damaged inputs through every reader, guided by coverage. Readers
// take turns. A fault (something else than a typed error, an input that takes five seconds, memory over 2 GB) is
// made short and written to scripts/fuzz/faults, where a test reads it from then on; the command then ends with exit code 1.
// --keep writes what ran something new into scripts/fuzz/corpus. Readers: scripts/fuzz/readers.ts.

import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { gzipSync } from 'node:zlib';
import { readCorpus, writeCorpus } from './fuzz/corpus.ts';
import { countModules } from './fuzz/counters.ts';

countModules(); // before any module of the packages is loaded
const { guidedRun } = await import('./fuzz/guided.ts');
const { READERS } = await import('./fuzz/readers.ts');

const MAX_MEMORY = 2e9;
/** Milliseconds between two reports. */
const REPORT = 120_000;
const USAGE = `usage: pnpm fuzz [--minutes N] [--reader NAME]... [--seed N] [--keep]
readers: ${Object.keys(READERS).join(', ')}`;

function flags() {
  const { values } = parseArgs({
    options: {
      minutes: { type: 'string', default: '10' },
      reader: { type: 'string', multiple: true, default: Object.keys(READERS) },
      seed: { type: 'string', default: String(Date.now() % 1_000_000) },
      keep: { type: 'boolean', default: false },
    },
  });
  const [minutes, seed] = [Number(values.minutes), Number(values.seed)];
  if (!(minutes > 0) || !Number.isInteger(seed)) throw new Error('--minutes and --seed are numbers');
  for (const name of values.reader) if (READERS[name] === undefined) throw new Error(`there is no reader ${name}`);
  return { minutes, seed, readers: values.reader, keep: values.keep };
}

let asked: ReturnType<typeof flags>;
try {
  asked = flags();
} catch (error) {
  console.error(`${(error as Error).message}\n${USAGE}`);
  process.exit(2);
}

/** Readers take turns of so many milliseconds, or of the whole time's tenth where that is shorter. */
const TURN = Math.min(20_000, (asked.minutes * 60_000) / asked.readers.length / 10);
let faults = 0;
const started = process.cpuUsage();
const runs = asked.readers.map((name) => {
  const reader = (READERS[name] as (typeof READERS)[string])();
  return { name, reader, cpu: 0, run: guidedRun(reader, readCorpus(name), asked.seed) };
});
const until = performance.now() + asked.minutes * 60_000;
let said = performance.now();
while (performance.now() < until) {
  for (const one of runs) {
    const start = process.cpuUsage();
    for (const { bytes, what } of await one.run.goOn(TURN)) {
      const hash = createHash('sha256').update(bytes).digest('hex').slice(0, 12);
      const file = join(import.meta.dirname, 'fuzz/faults', `${one.name}-${hash}.gz`);
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, gzipSync(bytes, { level: 9 }));
      console.log(`${file}: ${what.split('\n').slice(0, 4).join('\n    ')}`);
      faults++;
    }
    const { user, system } = process.cpuUsage(start);
    one.cpu += (user + system) / 1e6;
    const memory = process.memoryUsage.rss();
    if (memory > MAX_MEMORY) {
      console.log(`${one.name}: ${Math.round(memory / 1e6)} MB of memory`);
      faults++;
    }
    if (performance.now() >= until) break;
  }
  if (performance.now() - said < REPORT) continue;
  said = performance.now();
  console.error(`${new Date().toISOString()} ${runs.map(({ name, run }) => `${name} ${run.inputs}`).join(', ')}`);
}
for (const { name, reader, cpu, run } of runs) {
  reader.close?.();
  const found = run.corpus.filter((bytes) => !reader.seeds.includes(bytes));
  const kept = asked.keep ? `, ${writeCorpus(name, found)} kept` : '';
  console.log(
    `${name}: ${run.inputs} inputs, ${run.places} places, ${found.length} inputs ran something new${kept}, ` +
      `slowest ${Math.round(run.slowest)} ms, ${Math.round(cpu)} s CPU`,
  );
}
const { user, system } = process.cpuUsage(started);
const total = runs.reduce((sum, { run }) => sum + run.inputs, 0);
console.log(
  `${total} inputs, ${Math.round((user + system) / 1e6)} s CPU, ${Math.round(process.resourceUsage().maxRSS / 1024)} MB at most, ` +
    `${faults} faults (seed ${asked.seed})`,
);
process.exitCode = faults > 0 ? 1 : 0;
