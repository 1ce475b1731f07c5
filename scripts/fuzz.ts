// pnpm fuzz [--minutes N] [--reader NAME]... [--seed N] [--keep]: damaged inputs through every reader, guided by coverage. The time is
// shared by all readers. A fault (something else than a typed error, an input that takes five seconds, memory over 2 GB) is
// made short and written to scripts/fuzz/faults, where a test reads it from then on; the command then ends with exit code 1.
// --keep writes what ran something new into scripts/fuzz/corpus. Readers: scripts/fuzz/readers.ts.

import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { gzipSync } from 'node:zlib';
import { readCorpus, writeCorpus } from './fuzz/corpus.ts';
import { fuzzGuided } from './fuzz/guided.ts';
import { READERS } from './fuzz/readers.ts';

const MAX_MEMORY = 2e9;
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

let total = 0;
let faults = 0;
for (const name of asked.readers) {
  const reader = (READERS[name] as (typeof READERS)[string])();
  const start = process.cpuUsage();
  const share = (asked.minutes * 60_000) / asked.readers.length;
  const run = await fuzzGuided(reader, readCorpus(name), share, asked.seed);
  reader.close?.();
  const { user, system } = process.cpuUsage(start);
  const memory = process.memoryUsage.rss();
  total += run.inputs;
  const found = run.corpus.filter((bytes) => !reader.seeds.includes(bytes));
  const kept = asked.keep ? `, ${writeCorpus(name, found)} kept` : '';
  console.log(
    `${name}: ${run.inputs} inputs, ${run.blocks} blocks, ${found.length} inputs ran something new${kept}, ` +
      `slowest ${Math.round(run.slowest)} ms, ${Math.round((user + system) / 1e6)} s CPU, ${Math.round(memory / 1e6)} MB, ` +
      `${run.faults.length} faults (seed ${asked.seed})`,
  );
  for (const { bytes, what } of run.faults) {
    const hash = createHash('sha256').update(bytes).digest('hex').slice(0, 12);
    const file = join(import.meta.dirname, 'fuzz/faults', `${name}-${hash}.gz`);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, gzipSync(bytes, { level: 9 }));
    console.log(`  ${file}: ${what.split('\n').slice(0, 4).join('\n    ')}`);
    faults++;
  }
  if (memory > MAX_MEMORY) {
    console.log(`  ${Math.round(memory / 1e6)} MB of memory`);
    faults++;
  }
}
console.log(`${total} inputs, ${faults} faults`);
process.exitCode = faults > 0 ? 1 : 0;
