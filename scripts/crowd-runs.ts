// Writers and a reader at once: `node --conditions=@btfq/source scripts/crowd-runs.ts [SECONDS] [SEED]`. Two processes add, remove,
// merge, compact and publish in a random order on one file; a third, this one, asks everything again and again. What it is told
// within one hold must be what a fresh index of these kernels says; outside of a hold an answer may be of two states, and
// is looked at only where the state was the same before and after. Writers may be told `busy` and `unknown-kernel`, nobody else anything.

import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { seededRandom } from '@btfq/test-kit';
import {
  compactIndex,
  kernels,
  mergeIndex,
  openIndex,
  publishIndex,
  removeKernel,
  verifyIndex,
} from '../packages/btf-index/src/index.ts';
import { add, answers, expected, held, keyOf } from './small-answers.ts';

const OWN = 8;
const MERGED = [8, 9, 10];
const STEPS = ['add', 'add', 'add', 'remove', 'remove', 'merge', 'compact', 'publish', 'reopen'] as const;

/** Writes until it is told to end. */
function writer(db: string, other: string, out: string, seed: number): never {
  const random = seededRandom(seed);
  let index = openIndex(db);
  let steps = 0;
  writeSync(1, '0\n');
  for (;;) {
    const step = random.pick(STEPS);
    try {
      if (step === 'add') add(index, random.below(OWN));
      else if (step === 'merge') mergeIndex(index, other);
      else if (step === 'compact') compactIndex(index);
      else if (step === 'publish') publishIndex(db, out);
      else if (step === 'reopen') {
        index.close(); // folds the log in, where it is the last
        index = openIndex(db);
      } else {
        const present = kernels(index);
        if (present.length > 1) removeKernel(index, random.pick(present).id);
      }
      if (++steps % 5 === 0) writeSync(1, `${steps}\n`);
    } catch (error) {
      const { code } = error as { code?: string };
      if (code === 'busy' || (step === 'remove' && code === 'unknown-kernel')) continue;
      console.error(`a writer, at ${step}:`, error);
      process.exit(3);
    }
  }
}

export interface CrowdResult {
  /** Times that everything was asked within one hold; the same without a hold, where the state stayed; states seen. */
  readonly heldReads: number;
  readonly openReads: number;
  readonly states: number;
  readonly writes: number;
  readonly wrong: readonly string[];
}

/** Lets writers write for some seconds and reads meanwhile. */
export async function crowdRun(seconds: number, seed: number): Promise<CrowdResult> {
  const folder = mkdtempSync(join(tmpdir(), 'btfq-crowd-'));
  const [db, other] = [join(folder, 'index.db'), join(folder, 'other.db')];
  const merged = openIndex(other);
  for (const n of MERGED) add(merged, n);
  merged.close();
  const first = openIndex(db);
  for (let n = 0; n < 4; n++) add(first, n);
  first.close();
  const wrong: string[] = [];
  const states = new Set<string>();
  const written = [0, 0];
  const writers = written.map((_, i) => startWriter(db, other, join(folder, `out${i}`), seed * 2 + i));
  for (const [i, child] of writers.entries()) {
    child.stdout?.on('data', (text: Buffer) => (written[i] = Number(String(text).trim().split('\n').at(-1))));
    child.on('exit', (code) => code !== null && wrong.push(`writer ${i} ended with ${code}`));
  }
  await Promise.race(writers.map(({ stdout }) => new Promise((resolve) => stdout?.once('data', resolve))));
  let [heldReads, openReads] = [0, 0];
  const reader = openIndex(db, { readonly: true });
  try {
    const until = performance.now() + seconds * 1000;
    while (performance.now() < until && wrong.length === 0) {
      const release = reader.hold();
      try {
        const state = held(reader);
        states.add(reader.generation());
        if (answers(reader) !== expected(state, folder)) wrong.push(`in a hold over ${keyOf(state)}`);
        heldReads++;
      } catch (error) {
        wrong.push(`in a hold: ${(error as Error).stack}`);
      } finally {
        release();
      }
      const generation = reader.generation();
      const state = held(reader);
      let said: string | undefined;
      let failed: unknown;
      try {
        said = answers(reader);
      } catch (error) {
        failed = error;
      }
      if (reader.generation() === generation) {
        if (failed) wrong.push(`over ${keyOf(state)}: ${(failed as Error).stack}`);
        else if (said !== expected(state, folder)) wrong.push(`over ${keyOf(state)}`);
        openReads++;
      }
      await new Promise((resolve) => setImmediate(resolve)); // the writers' words
    }
  } finally {
    reader.close();
    await Promise.all(writers.map(stop));
  }
  const last = openIndex(db);
  wrong.push(...verifyIndex(last).problems);
  if (answers(last) !== expected(held(last), folder)) wrong.push('in the end');
  last.close();
  if (wrong.length === 0) rmSync(folder, { recursive: true });
  else wrong.push(`see ${folder}`);
  return { heldReads, openReads, states: states.size, writes: (written[0] ?? 0) + (written[1] ?? 0), wrong };
}

function startWriter(...args: [db: string, other: string, out: string, seed: number]): ChildProcess {
  mkdirSync(args[2]);
  const script = fileURLToPath(import.meta.url);
  return spawn(process.execPath, ['--conditions=@btfq/source', script, '--writer', ...args.map(String)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGKILL');
  await ended;
}

if (import.meta.main) {
  const [first = '60', second = '1', other = '', out = '', seed = '1'] = process.argv.slice(2);
  if (first === '--writer') writer(second, other, out, Number(seed));
  const { wrong, ...counts } = await crowdRun(Number(first), Number(second));
  console.log(JSON.stringify(counts));
  for (const line of wrong) console.log(line);
  process.exitCode = wrong.length > 0 ? 1 : 0;
}
