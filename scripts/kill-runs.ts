// kill -9 at random moments of everything that writes: `node --conditions=@btfq/source scripts/kill-runs.ts [KILLS] [SEED]`.
// A child process ingests, removes, merges and publishes small kernels in a random order, saying each step before and after it.
// After each kill the index must be whole, hold the kernels of before or of after the step that was cut off, and give the
// answers of a fresh index of these kernels; what is published must be complete. Then the next child goes on with the same files.
// The child is bundled into one file first: finding its hundred modules takes four times as long as all that it does.

import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { seededRandom } from '@btfq/test-kit';
import {
  kernels,
  mergeIndex,
  openIndex,
  publishIndex,
  removeKernel,
  verifyIndex,
} from '../packages/btf-index/src/index.ts';
import { add, answers, expected, held, keyOf, numberOf } from './small-answers.ts';

/** Kernels that are ingested one by one, and those that only the index to be merged has. */
const OWN = 10;
const MERGED = [10, 11, 12];
const STEPS = ['add', 'add', 'add', 'remove', 'remove', 'merge', 'publish'] as const;

interface Files {
  readonly db: string;
  /** The index to be merged. */
  readonly other: string;
  /** The folder that is published to. */
  readonly out: string;
}

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
      const n = absent[random.below(absent.length)]!;
      say(`add ${n}`);
      add(index, n);
    } else if (step === 'remove' && present.length > 0) {
      const n = present[random.below(present.length)]!;
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

/** This file and all that it imports as one script in `folder`; what is native stays where it is. */
async function bundled(folder: string): Promise<string> {
  const file = join(folder, 'child.mjs');
  const here = fileURLToPath(import.meta.url);
  const { rolldown } = await import('rolldown');
  const bundle = await rolldown({
    input: here,
    platform: 'node',
    resolve: { conditionNames: ['@btfq/source', 'node', 'import', 'default'] },
    treeshake: { moduleSideEffects: false }, // most of what the packages export is not for the child
    plugins: [
      {
        name: 'libraries-stay',
        resolveId: (id, importer) =>
          /^[./]|^@btfq\/|^node:/.test(id) || importer === undefined
            ? null
            : { id: createRequire(importer).resolve(id), external: 'absolute' as const, moduleSideEffects: false },
      },
    ],
  });
  await bundle.write({ file, format: 'esm', codeSplitting: false, minify: false });
  await bundle.close();
  return file;
}

function run(script: string, files: Files, seed: number, killAfter: number): Promise<readonly string[]> {
  return new Promise((resolve, reject) => {
    const args = [script, '--child', ...Object.values(files), String(seed)];
    const process_ = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
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

let lastPublished = '';

/** What is wrong with a published folder; undefined where it is whole, nothing was published yet, or nothing new. */
function publishedFault(out: string, folder: string): string | undefined {
  const pointer = join(out, 'index.json');
  if (!existsSync(pointer)) return undefined;
  const text = readFileSync(pointer, 'utf8');
  if (text === lastPublished) return undefined;
  lastPublished = text;
  const { file, size, sha256 } = JSON.parse(text) as Record<string, string | number>;
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
  const script = await bundled(folder);
  const cut: Record<string, number> = {};
  let state: ReadonlySet<number> = new Set();
  try {
    for (let kill = 0; kill < kills; kill++) {
      const lines = await run(script, files, seed * 100_003 + kill, random.below(150));
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
