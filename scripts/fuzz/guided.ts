// Fuzzing a reader, guided by coverage. An input that ran something for the first time, or more often than any before it, joins the
// corpus, and what is changed next is taken from there, the newest more often. What ends in an error that is not allowed, or takes
// too long, is a fault, and is made as short as it gets.

import { mutate, type Random, seededRandom } from '@btfq/test-kit';
import { Coverage } from './counters.ts';
import type { Reader } from './readers.ts';

/** Bytes of inputs that are kept to be changed; behind that, what only ran something more often is not. */
const CORPUS_BYTES = 16 * 1024 * 1024;
/** Milliseconds of CPU that an input may take: on a busy machine the clock says nothing. */
export const MAX_MILLISECONDS = 5_000;
/** Lines of a stack that tell one fault from another. */
const STACK = 10;
/** Tries at making a fault's input shorter. */
const SHORTENINGS = 2_000;

/** An input that broke a rule. */
export interface Fault {
  readonly bytes: Uint8Array;
  readonly what: string;
}

/** A reader that is being fuzzed. It may be gone on with, so that readers take turns. */
export interface GuidedRun {
  /** Goes on until `milliseconds` are over. Gives the faults that it found first, as short as they get. */
  goOn(milliseconds: number): Promise<readonly Fault[]>;
  /** Inputs so far. */
  readonly inputs: number;
  /** Functions, branches and loops that ran so far. */
  readonly places: number;
  /** Inputs that ran something new, whole ones among them. */
  readonly corpus: readonly Uint8Array[];
  /** Milliseconds that the slowest input took by the clock. */
  readonly slowest: number;
}

/** Milliseconds of CPU since `start`. */
function spentSince(start: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(start);
  return (user + system) / 1000;
}

/** What is wrong with an input; undefined where it is read, or refused as it should be. */
export async function faultOf(reader: Reader, bytes: Uint8Array): Promise<string | undefined> {
  const start = process.cpuUsage();
  const what = await failureOf(reader, bytes);
  const milliseconds = spentSince(start);
  return what ?? (milliseconds > MAX_MILLISECONDS ? `took ${Math.round(milliseconds)} ms` : undefined);
}

async function failureOf(reader: Reader, bytes: Uint8Array): Promise<string | undefined> {
  try {
    await reader.read(bytes);
  } catch (error) {
    const { name, code, stack } = error as Error & { code?: unknown };
    if (!reader.errors.includes(name) || typeof code !== 'string') return stack ?? String(error);
  }
  return undefined;
}

/** Begins to fuzz a reader, with its own inputs and those of `corpus`. The same seed gives the same inputs. */
export function guidedRun(reader: Reader, corpus: readonly Uint8Array[], seed: number): GuidedRun {
  const random = seededRandom(seed);
  const coverage = new Coverage();
  const first = [...reader.seeds, ...corpus].reverse();
  const kept: Uint8Array[] = [];
  const known = new Set<string>();
  let [inputs, slowest, bytes] = [0, 0, 0];
  const tried = async (input: Uint8Array): Promise<Fault | undefined> => {
    coverage.clear();
    const start = performance.now();
    const failed = await failureOf(reader, input);
    const milliseconds = performance.now() - start;
    slowest = Math.max(slowest, milliseconds);
    inputs++;
    const news = coverage.news();
    if (news === 'place' || (news === 'count' && bytes < CORPUS_BYTES)) {
      kept.push(input);
      bytes += input.length;
    }
    if (failed === undefined && milliseconds < MAX_MILLISECONDS) return undefined;
    Error.stackTraceLimit = STACK; // what failed, or was slow by the clock, is run again to be looked at
    const what = await faultOf(reader, input);
    const key = what?.split('\n').slice(0, 3).join('\n');
    if (what === undefined || key === undefined || known.has(key)) return undefined;
    known.add(key);
    return await shortened(reader, { bytes: input, what }, random);
  };
  return {
    async goOn(milliseconds) {
      const until = performance.now() + milliseconds;
      const limit = Error.stackTraceLimit;
      const faults: Fault[] = [];
      do {
        Error.stackTraceLimit = 0; // most inputs end in an error, and nobody looks at where it came from
        const fault = await tried(first.pop() ?? changed(reader, kept.length > 0 ? kept : reader.seeds, random));
        if (fault !== undefined) faults.push(fault);
      } while (performance.now() < until || first.length > 0);
      Error.stackTraceLimit = limit;
      return faults;
    },
    get inputs() {
      return inputs;
    },
    get places() {
      return coverage.places;
    },
    corpus: kept,
    get slowest() {
      return slowest;
    },
  };
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
  if (reader.words === undefined) return (reader.damage ?? mutate)(bytes, random);
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
