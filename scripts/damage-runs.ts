// A damaged index: `node --conditions=@btfq/source scripts/damage-runs.ts [RUNS] [SEED]`. Each run copies an index of small
// kernels, damages the copy (a byte, a run of bytes, two pages swapped, a page of zeroes, a cut) or its write-ahead log (another
// file, another index's, its own cut short or with a wrong byte, gone while it was folded in) and asks everything. Allowed are: an error with a code, or the right answers (with a log: of any state that was committed), or wrong ones of which `verifyIndex` says that
// the index is damaged. A wrong answer that verify does not know of, and an error without a code, end the run with 1.

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Random, seededRandom } from '@btfq/test-kit';
import {
  type BtfIndex,
  exportBtf,
  ingestKernel,
  kernels,
  openIndex,
  verifyIndex,
} from '../packages/btf-index/src/index.ts';
import { declarationsOf } from '../packages/btf-index/src/query/declarations.ts';
import { smallKernel } from '../packages/btf-index/test/small-kernel.ts';
import { field } from '../packages/btf-index/src/query/field.ts';
import { databaseOf } from '../packages/btf-index/src/store/sqlite-driver.ts';

const KERNELS = 6;
const PAGE = 8192;
const NAMES = Array.from({ length: 40 }, (_, i) => `struct_${i}`);
const FUNCTIONS = Array.from({ length: KERNELS + 20 }, (_, i) => `function_${i}`);

/** All that a small index can say, as text. Throws what the index throws. */
export function everything(index: BtfIndex): string {
  const all = kernels(index);
  return JSON.stringify([
    all.map(({ name, sha256 }) => [name, sha256]),
    all.map(({ id }) => Buffer.from(exportBtf(index, id)).toString('base64')),
    NAMES.map((name) => field(index, 'struct', name, 'first')),
    [...declarationsOf(index, 'struct', NAMES)],
    [...declarationsOf(index, 'func', FUNCTIONS)],
  ]);
}

type Outcome = 'refused' | 'right' | 'known to verify' | 'WRONG' | 'CRASH';

function judge(path: string, expected: ReadonlySet<string>): { outcome: Outcome; error?: unknown } {
  let index: BtfIndex;
  try {
    index = openIndex(path, { readonly: true });
  } catch (error) {
    return coded(error) ? { outcome: 'refused' } : { outcome: 'CRASH', error };
  }
  try {
    let said: string | undefined;
    try {
      said = everything(index);
    } catch (error) {
      if (!coded(error)) return { outcome: 'CRASH', error };
    }
    if (said !== undefined && expected.has(said)) return { outcome: 'right' };
    const problems = verified(index);
    if (said === undefined)
      return problems > 0 ? { outcome: 'refused' } : { outcome: 'WRONG', error: 'an error, but verify is content' };
    return problems > 0 ? { outcome: 'known to verify' } : { outcome: 'WRONG' };
  } catch (error) {
    return { outcome: 'CRASH', error };
  } finally {
    index.close();
  }
}

/** Problems that verify finds; an error with a code is one. */
function verified(index: BtfIndex): number {
  try {
    return verifyIndex(index).problems.length;
  } catch (error) {
    if (coded(error)) return 1;
    throw error;
  }
}

function coded(error: unknown): boolean {
  return typeof (error as { code?: unknown }).code === 'string' && (error as Error).name === 'IndexError';
}

/** Damages `bytes`, or gives others; says what it did. */
function damage(bytes: Buffer, { below }: Random): { what: string; bytes: Buffer } {
  const pages = bytes.length / PAGE;
  const at = below(bytes.length);
  switch (below(6)) {
    case 0:
    case 1:
      bytes[at] = bytes[at]! ^ (1 + below(255));
      return { what: `a byte at ${at}`, bytes };
    case 2: {
      const length = 1 + below(64);
      for (let i = at; i < Math.min(bytes.length, at + length); i++) bytes[i] = below(256);
      return { what: `${length} bytes at ${at}`, bytes };
    }
    case 3: {
      const [a, b] = [1 + below(pages - 1), 1 + below(pages - 1)];
      const one = Buffer.from(bytes.subarray(a * PAGE, (a + 1) * PAGE));
      bytes.copy(bytes, a * PAGE, b * PAGE, (b + 1) * PAGE);
      one.copy(bytes, b * PAGE);
      return { what: `pages ${a} and ${b} swapped`, bytes };
    }
    case 4: {
      const page = below(pages);
      bytes.fill(0, page * PAGE, (page + 1) * PAGE);
      return { what: `page ${page} zero`, bytes };
    }
    default:
      return { what: `cut at ${at}`, bytes: bytes.subarray(0, at) };
  }
}

/** An index that grows, as files: at rest, with all of its growth in the log, and with the log folded in. */
interface Grown {
  readonly rest: Buffer;
  readonly log: Buffer;
  readonly folded: Buffer;
  /** What it says at rest, and after each kernel more. */
  readonly says: ReadonlySet<string>;
}

function grown(folder: string, first: number, more: number): Grown {
  const path = join(folder, `grown-${first}.db`);
  const put = (index: BtfIndex, n: number) =>
    ingestKernel(index, { ...smallKernel(n), ingestedAt: '2026-01-01T00:00:00Z' });
  let index = openIndex(path);
  for (let n = first; n < first + KERNELS; n++) put(index, n);
  const says = new Set([everything(index)]);
  index.close();
  const rest = readFileSync(path);
  index = openIndex(path);
  databaseOf(index).pragma('wal_autocheckpoint = 0');
  for (let n = first + KERNELS; n < first + KERNELS + more; n++) {
    put(index, n);
    says.add(everything(index));
  }
  const log = readFileSync(`${path}-wal`);
  databaseOf(index).pragma('wal_checkpoint(TRUNCATE)');
  const folded = readFileSync(path);
  index.close();
  return { rest, log, folded, says };
}

/** Puts an index and a log that is not right beside it at `path`; says what, and what it may say then. */
function withLog(path: string, own: Grown, other: Grown, random: Random): { what: string; says: ReadonlySet<string> } {
  const log = Buffer.from(own.log);
  const put = (file: Buffer, beside: Buffer | undefined) => {
    writeFileSync(path, file);
    if (beside !== undefined) writeFileSync(`${path}-wal`, beside);
  };
  // in write-ahead mode, as a file is while someone writes
  const open = Buffer.from(own.rest);
  open[18] = open[19] = 2;
  switch (random.below(6)) {
    case 0:
      put(open, own.rest.subarray(0, random.below(100_000)));
      return { what: 'a log that is none', says: own.says };
    case 1:
      put(open, other.log);
      return { what: 'the log of another index', says: new Set([...own.says, ...other.says]) };
    case 2:
      put(open, log.subarray(0, random.below(log.length)));
      return { what: 'its log cut short', says: own.says };
    case 3: {
      const at = random.below(log.length);
      log[at] = log[at]! ^ (1 + random.below(255));
      put(open, log);
      return { what: `its log with a wrong byte at ${at}`, says: own.says };
    }
    case 4:
      put(open, undefined);
      return { what: 'its log gone', says: own.says };
    default: {
      const mixed = Buffer.from(own.folded);
      for (let at = 0; at < own.rest.length; at += PAGE) {
        if (random.below(2) === 0) own.rest.copy(mixed, at, at, at + PAGE);
      }
      mixed[18] = mixed[19] = 2;
      put(mixed, undefined);
      return { what: 'its log gone while it was folded in', says: own.says };
    }
  }
}

/** Runs; gives how often each outcome came, and what was wrong. */
export function damageRuns(runs: number, seed: number): { counts: Record<Outcome, number>; wrong: string[] } {
  const folder = mkdtempSync(join(tmpdir(), 'btfq-damage-'));
  const counts: Record<Outcome, number> = { refused: 0, right: 0, 'known to verify': 0, WRONG: 0, CRASH: 0 };
  const wrong: string[] = [];
  try {
    const [own, other] = [grown(folder, 0, 2), grown(folder, 20, 2)];
    const random = seededRandom(seed);
    for (let run = 0; run < runs; run++) {
      const path = join(folder, `${run}.db`);
      let what: string;
      let says = own.says;
      if (run % 4 === 3) ({ what, says } = withLog(path, own, other, random));
      else {
        const damaged = damage(Buffer.from(own.rest), random);
        what = damaged.what;
        writeFileSync(path, damaged.bytes);
      }
      const { outcome, error } = judge(path, says);
      counts[outcome]++;
      if (outcome === 'WRONG' || outcome === 'CRASH') {
        wrong.push(`run ${run} of seed ${seed}, ${what}: ${outcome} ${(error as Error)?.stack ?? error ?? ''}`);
      }
      for (const end of ['', '-wal', '-shm', '-journal']) rmSync(path + end, { force: true });
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
  return { counts, wrong };
}

if (import.meta.main) {
  const { counts, wrong } = damageRuns(Number(process.argv[2] ?? 1000), Number(process.argv[3] ?? 1));
  console.log(counts);
  for (const line of wrong) console.log(line);
  process.exitCode = wrong.length > 0 ? 1 : 0;
}
