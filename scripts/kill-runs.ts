// kill -9 at random moments of everything that writes: `node --conditions=@btfq/source scripts/kill-runs.ts [KILLS] [SEED]`.
// A child process ingests, removes, merges and publishes small kernels in a random order, saying each step before and after it.
// After each kill the index must be whole, hold the kernels of before or of after the step that was cut off, and give the
// answers of a fresh index of these kernels; what is published must be complete. Then the next child goes on with the same files.

import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { seededRandom } from '@btfq/test-kit';
import {
  type BtfIndex,
  declarations,
  exportBtf,
  field,
  fieldInKernels,
  ingestKernel,
  kernelById,
  kernels,
  mergeIndex,
  openIndex,
  publishIndex,
  removeKernel,
  verifyIndex,
} from '../packages/btf-index/src/index.ts';
import { smallKernel } from '../packages/btf-index/test/small-kernel.ts';

/** Kernels that are ingested one by one, and those that only the index to be merged has. */
const OWN = 10;
const MERGED = [10, 11, 12];
const STRUCTS = Array.from({ length: 40 }, (_, i) => `struct_${i}`);
const FUNCTIONS = Array.from({ length: OWN + MERGED.length + 20 }, (_, i) => `function_${i}`);
const STEPS = ['add', 'add', 'add', 'remove', 'remove', 'merge', 'publish'] as const;

interface Files {
  readonly db: string;
  /** The index to be merged. */
  readonly other: string;
  /** The folder that is published to. */
  readonly out: string;
}

const numberOf = (release: string): number => Number(release.split('.')[2]);
const add = (index: BtfIndex, n: number) =>
  ingestKernel(index, { ...smallKernel(n), ingestedAt: '2026-01-01T00:00:00Z' });
const held = (index: BtfIndex): number[] => kernels(index).map(({ release }) => numberOf(release));

/** Writes until it is killed. */
function child({ db, other, out }: Files, seed: number): never {
  const random = seededRandom(seed);
  const index = openIndex(db);
  const say = (line: string) => void writeSync(1, `${line}\n`);
  say('open');
  for (;;) {
    const step = STEPS[random.below(STEPS.length)] as (typeof STEPS)[number];
    const present = held(index);
    const absent = Array.from({ length: OWN }, (_, n) => n).filter((n) => !present.includes(n));
    if (step === 'add' && absent.length > 0) {
      const n = absent[random.below(absent.length)] as number;
      say(`add ${n}`);
      add(index, n);
    } else if (step === 'remove' && present.length > 0) {
      const n = present[random.below(present.length)] as number;
      say(`remove ${n}`);
      removeKernel(index, kernels(index).find(({ release }) => numberOf(release) === n)?.id ?? 0);
    } else if (step === 'merge') {
      say('merge 0');
      mergeIndex(index, other);
    } else if (step === 'publish' && present.length > 0) {
      say('publish 0');
      publishIndex(db, out);
    } else continue;
    say('done');
  }
}

/** The state after a step. */
function after(state: ReadonlySet<number>, step: string, n: number): ReadonlySet<number> {
  if (step === 'add') return new Set([...state, n]);
  if (step === 'remove') return new Set([...state].filter((one) => one !== n));
  return step === 'merge' ? new Set([...state, ...MERGED]) : state;
}

/** All that an index says, with kernels by name. */
function answers(index: BtfIndex): string {
  const named = (ids: readonly number[]) => ids.map((id) => kernelById(index, id).name).sort();
  const declared = (kind: 'struct' | 'func', name: string) =>
    declarations(index, kind, name)
      .map(({ hash, kernelIds }) => JSON.stringify([hash, named(kernelIds)]))
      .sort();
  return JSON.stringify([
    kernels(index)
      .map(({ name, id }) => [name, createHash('sha256').update(exportBtf(index, id)).digest('hex')])
      .sort(),
    STRUCTS.map((name) => declared('struct', name)),
    FUNCTIONS.map((name) => declared('func', name)),
    STRUCTS.map((name) => {
      const answer = field(index, 'struct', name, 'first');
      return answer && fieldInKernels(index, answer).map((row) => [kernelById(index, row.kernelId).name, row.variant]);
    }),
  ]);
}

const keyOf = (state: Iterable<number>): string => [...state].sort((a, b) => a - b).join(' ');
const fresh = new Map<string, string>();

/** The answers of an index that only ever got these kernels. */
function expected(state: ReadonlySet<number>, folder: string): string {
  const key = keyOf(state);
  let known = fresh.get(key);
  if (known === undefined) {
    const path = join(folder, 'fresh.db');
    rmSync(path, { force: true });
    const index = openIndex(path);
    for (const n of state) add(index, n);
    known = answers(index);
    index.close();
    fresh.set(key, known);
  }
  return known;
}

function run(files: Files, seed: number, killAfter: number): Promise<readonly string[]> {
  return new Promise((resolve, reject) => {
    const args = ['--conditions=@btfq/source', fileURLToPath(import.meta.url), '--child', ...Object.values(files)];
    const process_ = spawn(process.execPath, [...args, String(seed)], { stdio: ['ignore', 'pipe', 'inherit'] });
    let out = '';
    let armed = false;
    process_.stdout.on('data', (chunk: Buffer) => {
      out += String(chunk);
      if (!armed) setTimeout(() => process_.kill('SIGKILL'), killAfter);
      armed = true;
    });
    process_.on('error', reject);
    process_.on('close', (code, signal) => {
      if (signal === 'SIGKILL') resolve(out.split('\n').filter((line) => line !== ''));
      else reject(new Error(`the child ended by itself with ${code ?? signal}`));
    });
  });
}

/** What is wrong with a published folder; undefined where it is whole, or nothing was published yet. */
function publishedFault(out: string, folder: string): string | undefined {
  const pointer = join(out, 'index.json');
  if (!existsSync(pointer)) return undefined;
  const { file, size, sha256 } = JSON.parse(readFileSync(pointer, 'utf8')) as Record<string, string | number>;
  const path = join(out, String(file));
  if (!existsSync(path)) return `${file} is not there`;
  const bytes = readFileSync(path);
  if (bytes.length !== size) return `${file} has ${bytes.length} bytes, and should have ${size}`;
  if (createHash('sha256').update(bytes).digest('hex') !== sha256) return `${file} has another hash`;
  const copy = join(folder, 'published.db');
  copyFileSync(path, copy);
  const index = openIndex(copy, { readonly: true });
  const state = new Set(held(index));
  const same = answers(index) === expected(state, folder);
  index.close();
  return same ? undefined : `${file} gives other answers`;
}

async function main(kills: number, seed: number): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), 'btfq-kill-'));
  const files = { db: join(folder, 'index.db'), other: join(folder, 'other.db'), out: join(folder, 'out') };
  mkdirSync(files.out);
  const random = seededRandom(seed);
  const other = openIndex(files.other);
  for (const n of MERGED) add(other, n);
  other.close();
  openIndex(files.db).close();
  const cut: Record<string, number> = {};
  let state: ReadonlySet<number> = new Set();
  try {
    for (let kill = 0; kill < kills; kill++) {
      const lines = await run(files, seed * 100_003 + kill, random.below(150));
      let step = 'none';
      let next = state;
      for (const line of lines.slice(1)) {
        if (line === 'done') [state, step] = [next, 'none'];
        else {
          const [name, n] = line.split(' ');
          step = name as string;
          next = after(state, step, Number(n));
        }
      }
      cut[step] = (cut[step] ?? 0) + 1;
      const index = openIndex(files.db, { readonly: true });
      const found = new Set(held(index));
      const allowed = step === 'none' ? [state] : [state, next];
      const faults: string[] = [];
      if (!allowed.some((one) => keyOf(one) === keyOf(found))) faults.push(`it holds ${keyOf(found)}`);
      faults.push(...verifyIndex(index).problems);
      if (answers(index) !== expected(found, folder)) faults.push('its answers are wrong');
      index.close();
      const published = publishedFault(files.out, folder);
      if (published !== undefined) faults.push(published);
      if (faults.length > 0) {
        console.error(`kill ${kill} in '${step}', after ${keyOf(state)}: ${faults.join('; ')}; see ${folder}`);
        return 1;
      }
      state = found;
    }
    console.log(`${kills} kills, none left anything wrong; cut off: ${JSON.stringify(cut)}`);
    rmSync(folder, { recursive: true });
    return 0;
  } catch (error) {
    console.error(error, `see ${folder}`);
    return 1;
  }
}

const [first = '1000', second = '1', ...rest] = process.argv.slice(2);
if (first === '--child') {
  const [otherPath = '', out = '', seed = '1'] = rest;
  child({ db: second, other: otherPath, out }, Number(seed));
} else process.exitCode = await main(Number(first), Number(second));
