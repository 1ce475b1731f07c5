// A full disk at any write: `node --conditions=@btfq/source scripts/full-disk.ts [RUNS] [SEED]`, as root, since it mounts a tmpfs of
// two megabytes. Each run begins with the same index there, fills what is left up to a number of pages that is taken at random, and
// ingests, removes, merges, compacts and publishes. Each of these must succeed, or end with `disk-full` (ENOSPC where it writes
// files) and have changed nothing; the index must verify and answer as a fresh one. With space again, the same must succeed.

import { spawnSync } from 'node:child_process';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statfsSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { seededRandom } from '@btfq/test-kit';
import {
  type BtfIndex,
  compactIndex,
  kernels,
  mergeIndex,
  openIndex,
  publishIndex,
  removeKernel,
  verifyIndex,
} from '../packages/btf-index/src/index.ts';
import { add, answers, expected, held, keyOf, numberOf } from './small-answers.ts';

const BYTES = 2 * 1024 * 1024;
const BLOCK = 4096;
const MERGED = [10, 11, 12];
const STEPS = ['add', 'remove', 'merge', 'compact', 'publish', 'open'] as const;
type Step = (typeof STEPS)[number];

/** How often each step succeeded and was refused for want of space, and what was wrong. */
export interface FullDiskResult {
  readonly done: Readonly<Record<string, number>>;
  readonly full: Readonly<Record<string, number>>;
  readonly wrong: readonly string[];
}

/** A file system of `BYTES` at `folder`; undefined where this process may not mount one. */
function mounted(folder: string): { unmount(): void } | undefined {
  const { status } = spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${BYTES}`, 'btfq-full-disk', folder]);
  return status === 0 ? { unmount: () => void spawnSync('umount', [folder]) } : undefined;
}

/** Runs; undefined where no file system can be mounted. */
export function fullDiskRuns(runs: number, seed: number): FullDiskResult | undefined {
  const folder = mkdtempSync(join(tmpdir(), 'btfq-full-'));
  const disk = join(folder, 'disk');
  mkdirSync(disk);
  const mount = mounted(disk);
  if (mount === undefined) {
    rmSync(folder, { recursive: true });
    return undefined;
  }
  const [good, other] = [join(folder, 'good.db'), join(folder, 'other.db')];
  for (const [path, all] of [
    [good, [0, 1, 2, 3]],
    [other, MERGED],
  ] as const) {
    const index = openIndex(path);
    for (const n of all) add(index, n);
    index.close();
  }
  const random = seededRandom(seed);
  const done: Record<string, number> = {};
  const full: Record<string, number> = {};
  const wrong: string[] = [];
  try {
    for (let run = 0; run < runs; run++) {
      rmSync(join(disk, 'out'), { recursive: true, force: true });
      for (const end of ['index.db', 'index.db-wal', 'index.db-shm', 'index.db-journal', 'ballast'])
        rmSync(join(disk, end), { force: true });
      const db = join(disk, 'index.db');
      copyFileSync(good, db);
      const step = STEPS[run % STEPS.length] as Step;
      const free = random.below(step === 'open' ? 12 : 120);
      fill(disk, free);
      const fault = oneRun({ step, disk, db, other, folder, n: 4 + random.below(6) }, (outcome) => {
        const counts = outcome === 'done' ? done : full;
        counts[step] = (counts[step] ?? 0) + 1;
      });
      if (fault !== undefined) wrong.push(`run ${run} of seed ${seed}, ${step} with ${free} blocks: ${fault}`);
    }
  } finally {
    mount.unmount();
    rmSync(folder, { recursive: true });
  }
  return { done, full, wrong };
}

/** Leaves `blocks` free. */
function fill(disk: string, blocks: number): void {
  const { bavail, bsize } = statfsSync(disk);
  writeFileSync(join(disk, 'ballast'), new Uint8Array(Math.max(0, bavail * bsize - blocks * BLOCK)));
}

interface Run {
  readonly step: Step;
  readonly disk: string;
  readonly db: string;
  readonly other: string;
  readonly folder: string;
  readonly n: number;
}

/** What went wrong in a run. */
function oneRun(run: Run, tell: (outcome: 'done' | 'full') => void): string | undefined {
  const before = new Set([0, 1, 2, 3]);
  const after = new Set(before);
  if (run.step === 'add') after.add(run.n);
  if (run.step === 'remove') after.delete(run.n % 4);
  if (run.step === 'merge') for (const n of MERGED) after.add(n);
  let outcome: 'done' | 'full' = 'done';
  try {
    act(run);
  } catch (error) {
    const { code, name } = error as { code?: string; name?: string };
    const told = code === 'disk-full' || (run.step === 'publish' && code === 'ENOSPC');
    if (!told) return `${name} ${code}: ${(error as Error).stack}`;
    outcome = 'full';
  }
  tell(outcome);
  const first = faultIn(run, outcome === 'done' ? [after] : [before]);
  if (first !== undefined) return `after it was ${outcome}: ${first}`;
  rmSync(join(run.disk, 'ballast'));
  if (outcome === 'full') act(run);
  return faultIn(run, [after]);
}

function act({ step, db, other, n, disk }: Run): void {
  if (step === 'publish') {
    publishIndex(db, join(disk, 'out'));
    return;
  }
  const index = openIndex(db);
  try {
    if (step === 'add') add(index, n);
    else if (step === 'remove') removeKernel(index, kernelNumbered(index, n % 4));
    else if (step === 'merge') mergeIndex(index, other);
    else if (step === 'compact') compactIndex(index);
  } finally {
    index.close();
  }
}

function kernelNumbered(index: BtfIndex, n: number): number {
  return kernels(index).find(({ release }) => numberOf(release) === n)?.id ?? 0;
}

/** What is wrong with the index, which must be in one of some states; and whether publishing left something half made. */
function faultIn({ db, disk, folder }: Run, allowed: readonly ReadonlySet<number>[]): string | undefined {
  const index = openIndex(db, { readonly: true });
  try {
    const state = held(index);
    if (!allowed.some((one) => keyOf(one) === keyOf(state))) return `it holds ${keyOf(state)}`;
    const { problems } = verifyIndex(index);
    if (problems.length > 0) return problems.join('; ');
    if (answers(index) !== expected(state, folder)) return 'its answers are wrong';
  } finally {
    index.close();
  }
  const pointer = join(disk, 'out', 'index.json');
  if (!existsSync(pointer)) return undefined;
  const published = openIndex(join(disk, 'out', fileOf(pointer)), { readonly: true });
  try {
    return answers(published) === expected(held(published), folder) ? undefined : 'what is published answers wrongly';
  } finally {
    published.close();
  }
}

function fileOf(pointer: string): string {
  return String((JSON.parse(readFileSync(pointer, 'utf8')) as { file: string }).file);
}

if (import.meta.main) {
  const result = fullDiskRuns(Number(process.argv[2] ?? 300), Number(process.argv[3] ?? 1));
  if (result === undefined) console.log('skipped: this needs the right to mount a tmpfs (root)');
  else {
    console.log(JSON.stringify({ done: result.done, full: result.full }));
    for (const line of result.wrong) console.log(line);
    process.exitCode = result.wrong.length > 0 ? 1 : 0;
  }
}
