// Where questions are answered: threads for short ones, threads for long ones, threads for uploaded objects. Nobody knows
// beforehand how long a question takes, so every one begins among the short ones; what is not answered soon is taken
// away from there and begun again among the long ones, and its document is remembered.

import { availableParallelism } from 'node:os';
import { performance } from 'node:perf_hooks';
import { LRUCache } from 'lru-cache';
import { Piscina } from 'piscina';
import { clientError } from '../../errors.ts';
import type { Limits } from '../../schema/limits.ts';
import { clock } from './clock.ts';
import { kernelsOf, warmingQuestions } from './warming.ts';
import { CANCELLED, type Posted, type Question, type Reply, STARTED, type ThreadSetup } from './protocol.ts';

/** Milliseconds of work after which a question is long: it gives itself back between two fields. */
const SHORT = 40;
/** Milliseconds after which a thread that does not give its question back is ended: a new one costs about as much. */
const PATIENCE = 1_000;
/** Milliseconds between two looks at a question under way. */
const TICK = 50;
/** Milliseconds that a thread has beyond its deadline to say so itself. */
const GRACE = 1_000;
/** How many questions may wait for each thread. */
const WAITING = { short: 200, long: 32, uploads: 16 } as const;
/** Fields that compare whole kernels, look through all members or parameters, or write tables: no short question has them. */
const LONG_FIELDS = /\b(diff|fieldsOfType|funcsOfType|features?|helper|offsets)\b/;
/** Milliseconds for which an index must have stayed as it is before threads are made ready for it. */
const SETTLED = 2_000;
/** Milliseconds between two looks whether the server has time to make threads ready, and how often it looks before each step. */
const REST = 250;
const RESTS = 120;
/** Share of its time for which the server's own thread may be busy with requests while threads are made ready. */
const BUSY = 0.5;
/** Fields that read what a client sent. */
const UPLOAD_FIELDS = /\b(minimalBtf|object)\b/;

type Lane = keyof typeof WAITING;

/** How many threads there may be. */
export interface LaneSizes {
  readonly short: number;
  /** How many of those for short questions are there before they are needed, and stay. */
  readonly ready: number;
  readonly long: number;
  readonly uploads: number;
}

/** Two threads for short questions and one fewer than there are cores for long ones. */
export function defaultLanes(uploads: number, prepare = false): LaneSizes {
  return { short: 2, ready: prepare ? 2 : 1, long: Math.max(1, availableParallelism() - 1), uploads };
}

/** The threads of a server. They start when first needed, and those without work end after a minute. */
export class Lanes {
  private readonly setup: ThreadSetup;
  private readonly sizes: LaneSizes;
  private readonly limits: Limits;
  private readonly pools = new Map<Lane, Piscina<Posted, Reply>>();
  private readonly knownLong = new LRUCache<string, true>({
    max: 2_000,
    maxSize: 2_000_000,
    sizeCalculation: (_, text) => text.length + 1,
  });
  private closed = false;
  /** The state of the index for which threads were made ready last. */
  private warmed: string | undefined;
  private warming: NodeJS.Timeout | undefined;

  constructor(setup: ThreadSetup, sizes: LaneSizes) {
    this.setup = setup;
    this.sizes = sizes;
    this.limits = setup.limits;
  }

  /** Starts the threads that the first questions will need. */
  warm(): void {
    this.pool('short');
    this.pool('long');
  }

  /**
   * Makes the threads ready for the index at `path`, once for each `generation`: at once for the first, later ones when
   * nothing was written for a while. Questions that come meanwhile wait for one step at most.
   */
  prepare(path: string, generation: string): void {
    if (this.closed || generation === this.warmed) return;
    const first = this.warmed === undefined;
    this.warmed = generation;
    clearTimeout(this.warming);
    this.warming = setTimeout(() => void this.prepareAll(path, generation), first ? 0 : SETTLED);
    this.warming.unref();
  }

  private async prepareAll(path: string, generation: string): Promise<void> {
    const ids: string[] = [];
    for (const lane of ['short', 'long'] as const) {
      for (const question of warmingQuestions(lane, ids)) {
        await this.quiet();
        if (this.closed || this.warmed !== generation) return;
        // each thread of the lane takes one of as many questions alike
        const all = Array.from({ length: this.sizes[lane] }, () => this.run(lane, question, path, undefined, 'whole'));
        const replies = await Promise.all(all).catch(() => []); // whoever asks is told what is wrong
        if (this.closed || this.warmed !== generation || replies.length === 0) return;
        if (ids.length === 0) ids.push(...kernelsOf(replies[0] as Reply));
      }
    }
  }

  /** Waits while many requests come, from which making threads ready takes the processors: not for ever, since others wait for that. */
  private async quiet(): Promise<void> {
    for (let i = 0; i < RESTS && !this.closed; i++) {
      const before = performance.eventLoopUtilization();
      await new Promise((resolve) => {
        this.warming = setTimeout(resolve, i === 0 ? 20 : REST).unref();
      });
      if (performance.eventLoopUtilization(before).utilization < BUSY) return;
    }
  }

  /**
   * The reply to a question over the index at `path`. Throws OVERLOADED, TIMEOUT, TOO_EXPENSIVE (out of memory),
   * CANCELLED once `signal` is aborted, UNAVAILABLE after `close`.
   */
  async ask(question: Question, path: string, signal: AbortSignal | undefined): Promise<Reply> {
    const lane = this.laneOf(question);
    let reply = await this.run(lane, question, path, signal);
    if (reply.kind === 'long' && lane === 'short') {
      if (question.kind === 'operation') this.knownLong.set(question.query, true);
      reply = await this.run('long', question, path, signal);
    }
    if (reply.kind === 'long') throw cancelled();
    return reply;
  }

  async close(): Promise<void> {
    this.closed = true;
    clearTimeout(this.warming);
    await Promise.all([...this.pools.values()].map((pool) => pool.destroy()));
  }

  private laneOf(question: Question): Lane {
    if (question.kind === 'btf') return 'long';
    if (question.files !== undefined || UPLOAD_FIELDS.test(question.query)) {
      return this.sizes.uploads === 0 ? 'short' : 'uploads';
    }
    return LONG_FIELDS.test(question.query) || this.knownLong.has(question.query) ? 'long' : 'short';
  }

  private pool(lane: Lane): Piscina<Posted, Reply> {
    let pool = this.pools.get(lane);
    if (pool === undefined) {
      // from sources a thread needs the same resolution condition that the tests have
      const fromSource = import.meta.url.endsWith('.ts');
      pool = new Piscina<Posted, Reply>({
        filename: new URL(fromSource ? './thread.ts' : './thread.js', import.meta.url).href,
        // short questions come in pairs, and a thread that starts for one is too late for it
        minThreads: lane === 'uploads' ? 0 : lane === 'short' ? this.sizes.ready : 1,
        maxThreads: this.sizes[lane],
        maxQueue: this.sizes[lane] * WAITING[lane],
        idleTimeout: 60_000,
        concurrentTasksPerWorker: 1,
        workerData: this.setup,
        resourceLimits: { maxOldGenerationSizeMb: this.limits.workMegabytes },
        ...(lane === 'short' ? {} : { niceIncrement: 5 }),
        ...(fromSource ? { execArgv: ['--conditions=@btfq/source'] } : {}),
      });
      pool.on('error', () => {}); // a thread that ended without a question: the next question gets another
      this.pools.set(lane, pool);
    }
    return pool;
  }

  /** `whole`: a short lane's thread has the time of a long one's. */
  private async run(
    lane: Lane,
    question: Question,
    index: string,
    signal: AbortSignal | undefined,
    whole?: 'whole',
  ): Promise<Reply> {
    if (this.closed) throw clientError('UNAVAILABLE', 'the server is stopping');
    if (signal?.aborted) throw cancelled();
    const state = new Int32Array(new SharedArrayBuffer(8));
    const epoch = clock();
    const now = () => Math.max(1, clock() - epoch);
    const milliseconds = lane === 'uploads' ? this.limits.workMilliseconds : this.limits.milliseconds;
    const impatient = lane === 'short' && whole === undefined;
    let spent = 0; // of patience: where this thread is not woken in time, the others do not get on either
    let looked = clock();
    const ended = new AbortController();
    let late = false;
    const watch = setInterval(() => {
      const started = Atomics.load(state, STARTED);
      if (started === 0) return;
      spent += Math.min(TICK, clock() - looked);
      looked = clock();
      const left = Atomics.load(state, CANCELLED);
      const waits = impatient ? spent < PATIENCE : now() - started < milliseconds + GRACE;
      if (left !== 0 ? now() - left < PATIENCE : waits) return;
      late = true;
      ended.abort();
    }, TICK);
    const leave = () => {
      Atomics.store(state, CANCELLED, now());
      if (Atomics.load(state, STARTED) === 0) ended.abort(); // still waiting: it never begins
    };
    signal?.addEventListener('abort', leave, { once: true });
    try {
      const patience = impatient ? SHORT : undefined;
      const reply = await this.pool(lane).run(
        { question, index, state, epoch, patience, milliseconds },
        { signal: ended.signal },
      );
      if (signal?.aborted) throw cancelled();
      if (reply.kind === 'failed') throw reply.code ? clientError(reply.code, reply.message) : new Error(reply.message);
      return reply;
    } catch (error) {
      if (signal?.aborted) throw cancelled();
      if (late) {
        if (impatient) return { kind: 'long' };
        throw clientError('TIMEOUT', `the answer took more than ${milliseconds} ms`);
      }
      throw this.told(error as Error & { code?: unknown });
    } finally {
      clearInterval(watch);
      signal?.removeEventListener('abort', leave);
    }
  }

  private told(error: Error & { code?: unknown }): Error {
    if (this.closed) return clientError('UNAVAILABLE', 'the server is stopping');
    if (error.code === 'ERR_WORKER_OUT_OF_MEMORY') {
      return clientError('TOO_EXPENSIVE', 'the answer needs more memory than the server allows');
    }
    if (/queue is at limit|no task queue available/i.test(error.message)) {
      return clientError('OVERLOADED', 'too many questions are waiting: try again');
    }
    return error;
  }
}

function cancelled(): Error {
  return clientError('CANCELLED', 'the client left');
}
