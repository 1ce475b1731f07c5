// The pool of `btfq ingest`: jobs go out to worker threads, kernels come back in the order of the jobs.

import { MessageChannel, Worker } from 'node:worker_threads';
import type { OneMemory, StartDelta } from '@btfq/btf-index/prepare';
import type { Job } from '@btfq/kernel-source';
import { askForDeltas } from './deltas.ts';
import { type JobOptions, type ReadyItem, readyKernels } from './read-kernels.ts';
import type { FromWorker, ToWorker, WorkerData } from './worker.ts';

/** What came out of a job, and the thread that can make deltas from it. `done` closes it. */
export type PoolItem =
  | { readonly job: Job; readonly item: ReadyItem; readonly elsewhere?: StartDelta }
  | { readonly job: Job; readonly done: true };

/** Told of bytes of files that were read, by whichever thread. */
export type OnBytes = (count: number) => void;
/** Asked for memory of kernels that are written, for the threads to use again. */
export type Released = () => OneMemory[];

/** Jobs that a worker has at once: it goes on with the next one while this thread writes and cannot give it any. */
const JOBS_OF_WORKER = 2;
/** Jobs that may be read before the one that is written: what is read early waits in memory. */
const AHEAD_PER_WORKER = 2;
/** And so many more, whatever the number of workers. */
const AHEAD = 1;
/** The same in bytes of their files: every worker has a job, but packages do not queue up behind them. */
const AHEAD_BYTES = 64 * 1024 * 1024;

/** A thread's young objects; by default many times as many may wait, and a thread's work is hardly slower for it. */
const YOUNG_MB = 6;

/** A worker, and what makes deltas there. */
interface Reader {
  readonly thread: Worker;
  readonly elsewhere: StartDelta;
}

/** One job's items as they come in, before their turn to be written. */
interface Running {
  readonly items: { readonly item: ReadyItem; readonly worker: Reader }[];
  done: boolean;
}

/**
 * Reads jobs in `threads` worker threads, or in this thread if that is 0; gives what comes out of them in the order of the
 * jobs. Breaking out of the loop stops the workers.
 */
export async function* readInPool(
  jobs: readonly Job[],
  threads: number,
  options: JobOptions,
  signal: AbortSignal,
  onBytes: OnBytes,
  released: Released = () => [],
): AsyncGenerator<PoolItem> {
  if (threads === 0) {
    for (const job of jobs) {
      for await (const item of readyKernels(job, { ...options, signal, onBytes })) yield { job, item };
      yield { job, done: true };
    }
    return;
  }
  const pool = new Pool(jobs, threads, options, signal, onBytes, released);
  try {
    for (let at = 0; at < jobs.length; at++) {
      const job = jobs[at] as Job;
      for (;;) {
        const next = await pool.next(at);
        if (next === 'stopped') return;
        if (next === 'done') break;
        yield { job, ...next };
      }
      yield { job, done: true };
    }
  } finally {
    await pool.close();
  }
}

class Pool {
  private readonly jobs: readonly Job[];
  private readonly signal: AbortSignal;
  private readonly onBytes: OnBytes;
  private readonly released: Released;
  private readonly workers: Reader[];
  /** Workers that may have another job, the next one in front. */
  private readonly idle: Reader[];
  /** Whose memory items are in: only there it may be used again. */
  private readonly owners = new WeakMap<SharedArrayBuffer, Reader>();
  /** Settled when each worker's thread has ended. */
  private readonly ended: Promise<void>[];
  private readonly running: Running[] = [];
  /** The next job to hand out, and the one whose items are being taken. */
  private handedOut = 0;
  private current = 0;
  private defect: { readonly error: unknown } | undefined;
  private wake: (() => void) | undefined;
  private readonly onAbort = () => this.wake?.();

  constructor(
    jobs: readonly Job[],
    threads: number,
    options: JobOptions,
    signal: AbortSignal,
    onBytes: OnBytes,
    released: Released,
  ) {
    this.jobs = jobs;
    this.signal = signal;
    this.onBytes = onBytes;
    this.released = released;
    signal.addEventListener('abort', this.onAbort);
    this.workers = Array.from({ length: threads }, () => this.start(options));
    this.idle = Array.from({ length: JOBS_OF_WORKER }, () => this.workers).flat();
    this.ended = this.workers.map(({ thread }) => new Promise((resolve) => thread.once('exit', () => resolve())));
    this.handOut();
  }

  /** The next item of job `at`, once there is one. Throws what a worker threw. */
  async next(at: number): Promise<{ item: ReadyItem; elsewhere: StartDelta } | 'done' | 'stopped'> {
    this.current = at;
    this.handOut();
    for (;;) {
      if (this.defect) throw this.defect.error;
      if (this.signal.aborted) return 'stopped';
      const running = this.running[at];
      const first = running?.items.shift();
      if (first) {
        const { item, worker } = first;
        for (const memory of this.released()) {
          this.owners.get(memory.buffer)?.thread.postMessage({ kind: 'memory', memory } satisfies ToWorker);
        }
        worker.thread.postMessage({ kind: 'taken' } satisfies ToWorker);
        return { item, elsewhere: worker.elsewhere };
      }
      if (running?.done) return 'done';
      await new Promise<void>((resolve) => (this.wake = resolve));
    }
  }

  async close(): Promise<void> {
    this.signal.removeEventListener('abort', this.onAbort);
    for (const { thread } of this.workers) thread.postMessage({ kind: 'stop' } satisfies ToWorker);
    await Promise.all(this.ended);
  }

  private start(options: JobOptions): Reader {
    // From sources when this file is one. A worker has this thread's flags where it is not given any, and is not to have those of
    // a test runner; given them, it would refuse V8's.
    const source = import.meta.url.endsWith('.ts');
    const url = new URL(source ? './worker.ts' : './worker.js', import.meta.url);
    const flags = ['--conditions=@btfq/source', '--disable-warning=ExperimentalWarning'];
    const { port1, port2 } = new MessageChannel();
    const thread = new Worker(url, {
      workerData: { options, deltas: port2 } satisfies WorkerData,
      transferList: [port2],
      ...(source && { execArgv: flags }),
      resourceLimits: { maxYoungGenerationSizeMb: YOUNG_MB },
    });
    port1.unref();
    const worker = { thread, elsewhere: askForDeltas(port1) };
    const fail = (error: unknown) => {
      this.defect = { error };
      this.wake?.();
    };
    thread.on('error', fail);
    thread.on('message', (message: FromWorker) => {
      if (message.kind === 'defect') return fail(message.error);
      if (message.kind === 'bytes') return this.onBytes(message.count);
      const running = this.running[message.at] as Running;
      if (message.kind === 'item') {
        const { item } = message;
        const memory = item.kind === 'ready' ? item.prepared.memory : undefined;
        if (memory !== undefined) this.owners.set(memory.buffer, worker);
        running.items.push({ item, worker });
      } else {
        running.done = true;
        this.idle.push(worker);
        this.handOut();
      }
      this.wake?.();
    });
    return worker;
  }

  private handOut(): void {
    const limit = Math.min(this.jobs.length, this.current + this.workers.length * AHEAD_PER_WORKER + AHEAD);
    while (this.handedOut < limit && this.idle.length > 0) {
      const ahead = this.jobs.slice(this.current, this.handedOut);
      const bytes = ahead.reduce((sum, job) => sum + job.bytes, 0);
      if (ahead.length >= this.workers.length && bytes > AHEAD_BYTES) return;
      this.run(this.idle.shift() as Reader, this.handedOut++);
    }
  }

  private run({ thread }: Reader, at: number): void {
    const running: Running = { items: [], done: false };
    this.running[at] = running;
    thread.postMessage({ kind: 'job', job: this.jobs[at] as Job, at } satisfies ToWorker);
  }
}
