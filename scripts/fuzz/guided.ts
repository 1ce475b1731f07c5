// Fuzzing a reader, guided by coverage. An input that ran a block which none before it ran joins the corpus, and what is changed next
// is taken from there, the newest more often. Inputs run in batches: where a batch ran something new, each of its inputs is run again
// alone to find which. What ends in an error that is not allowed, or takes too long, is a fault, and is made as short as it gets.

import { mutate, type Random, seededRandom } from '@btfq/test-kit';
import { Coverage } from './coverage.ts';
import type { Reader } from './readers.ts';

/** Inputs between two questions about coverage: few while much is new, more and more where nothing is. */
const BATCH = { least: 64, most: 2048 } as const;
const BATCH_BYTES = 8 * 1024 * 1024;
/** Milliseconds of CPU that an input may take: on a busy machine the clock says nothing. */
export const MAX_MILLISECONDS = 5_000;
/** Tries at making a fault's input shorter. */
const SHORTENINGS = 2_000;

/** An input that broke a rule. */
export interface Fault {
  readonly bytes: Uint8Array;
  readonly what: string;
}

/** What a run came to. */
export interface GuidedRun {
  readonly inputs: number;
  readonly blocks: number;
  /** Inputs that ran something new, whole ones among them. */
  readonly corpus: readonly Uint8Array[];
  readonly faults: readonly Fault[];
  readonly slowest: number;
}

function spentSince(start: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(start);
  return (user + system) / 1000;
}

/** What is wrong with an input; undefined where it is read, or refused as it should be. */
export async function faultOf(reader: Reader, bytes: Uint8Array): Promise<string | undefined> {
  const start = process.cpuUsage();
  try {
    await reader.read(bytes);
  } catch (error) {
    const { name, code, stack } = error as Error & { code?: unknown };
    if (!reader.errors.includes(name) || typeof code !== 'string') return stack ?? String(error);
  }
  const milliseconds = spentSince(start);
  return milliseconds > MAX_MILLISECONDS ? `took ${Math.round(milliseconds)} ms` : undefined;
}

/** Fuzzes until `milliseconds` are over, beginning with the reader's own inputs and those of `corpus`. */
export async function fuzzGuided(
  reader: Reader,
  corpus: readonly Uint8Array[],
  milliseconds: number,
  seed: number,
): Promise<GuidedRun> {
  const until = performance.now() + milliseconds;
  const random = seededRandom(seed);
  const coverage = new Coverage();
  const kept: Uint8Array[] = [];
  const faults = new Map<string, Fault>();
  let inputs = 0;
  let slowest = 0;
  const tried = async (bytes: Uint8Array) => {
    const start = process.cpuUsage();
    const what = await faultOf(reader, bytes);
    slowest = Math.max(slowest, spentSince(start));
    inputs++;
    const key = what?.split('\n').slice(0, 3).join('\n');
    if (what !== undefined && key !== undefined && !faults.has(key)) faults.set(key, { bytes, what });
  };
  let size: number = BATCH.least;
  const runBatch = async (batch: readonly Uint8Array[]) => {
    for (const bytes of batch) await tried(bytes);
    const wanted = new Set(coverage.news());
    size = wanted.size > 0 ? BATCH.least : Math.min(BATCH.most, size * 2);
    if (wanted.size === 0) return;
    coverage.know(wanted);
    // which of them ran the new blocks: some blocks run once in a process only, and nobody's input is kept for them
    for (const bytes of batch) {
      if (wanted.size === 0) break;
      await faultOf(reader, bytes);
      const ran = coverage.again(wanted);
      if (ran.length === 0) continue;
      kept.push(bytes);
      for (const block of ran) wanted.delete(block);
    }
    coverage.again(wanted);
  };
  try {
    const first = [...reader.seeds, ...corpus];
    for (let at = 0; at < first.length; at += BATCH.least) await runBatch(first.slice(at, at + BATCH.least));
    const sources = kept.length > 0 ? kept : [...first];
    while (performance.now() < until) {
      const batch: Uint8Array[] = [];
      let bytes = 0;
      while (batch.length < size && bytes < BATCH_BYTES) {
        const input = changed(reader, sources, random);
        bytes += input.length;
        batch.push(input);
      }
      await runBatch(batch);
    }
  } finally {
    coverage.close();
  }
  const short: Fault[] = [];
  for (const fault of faults.values()) short.push(await shortened(reader, fault, random));
  return { inputs, blocks: coverage.count, corpus: kept, faults: short, slowest };
}

/** One of the corpus, changed; sometimes it goes on with the end of another. */
function changed(reader: Reader, corpus: readonly Uint8Array[], random: Random): Uint8Array {
  const newest = Math.min(corpus.length, 16);
  const from = random.below(3) === 0 ? corpus[corpus.length - 1 - random.below(newest)] : random.pick(corpus);
  let bytes = from as Uint8Array;
  if (random.below(12) === 0) {
    const other = random.pick(corpus);
    bytes = joined(bytes.subarray(0, random.below(bytes.length + 1)), other.subarray(random.below(other.length + 1)));
  }
  if (reader.words === undefined) return mutate(bytes, random);
  for (let left = 1 + random.below(4); left > 0; left--) {
    const at = random.below(bytes.length + 1);
    const cut = random.below(4) === 0 ? random.below(40) : random.below(3);
    const word = random.below(5) === 0 ? new Uint8Array() : new TextEncoder().encode(random.pick(reader.words));
    bytes = joined(joined(bytes.subarray(0, at), word), bytes.subarray(at + cut));
  }
  return bytes;
}

function joined(a: Uint8Array, b: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(a.length + b.length);
  bytes.set(a);
  bytes.set(b, a.length);
  return bytes;
}

/** The same fault by a shorter input: pieces are cut out, and bytes made zero, while the error's first lines stay. */
async function shortened(reader: Reader, fault: Fault, random: Random): Promise<Fault> {
  const keyOf = (what: string | undefined) => what?.split('\n').slice(0, 2).join('\n');
  let best = fault.bytes;
  if (fault.what.startsWith('took')) return fault;
  for (let left = SHORTENINGS; left > 0; left--) {
    const at = random.below(best.length);
    const length = 1 + random.below(Math.max(1, best.length >> (1 + random.below(6))));
    const candidate =
      random.below(4) === 0
        ? Uint8Array.from(best).fill(0, at, at + length)
        : joined(best.subarray(0, at), best.subarray(at + length));
    if (candidate.every((byte, i) => byte === best[i]) && candidate.length === best.length) continue;
    if (keyOf(await faultOf(reader, candidate)) === keyOf(fault.what)) best = candidate;
  }
  return { bytes: best, what: fault.what };
}
