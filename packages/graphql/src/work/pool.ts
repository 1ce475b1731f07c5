// Worker threads for questions about uploaded objects. A hostile object can cost its own question, never the server:
// each worker has a heap limit, each task a deadline, and a worker that breaks either is ended and replaced.

import { Worker } from 'node:worker_threads';
import { clientError } from '../errors.ts';
import type { Limits } from '../limits.ts';
import type { TaskResult, WorkReply, WorkTask } from './tasks.ts';

interface Waiting {
  readonly task: WorkTask;
  readonly transfer: readonly ArrayBuffer[];
  readonly resolve: (value: never) => void;
  readonly reject: (error: Error) => void;
}

/** How many tasks may wait for a worker, for each worker. */
const QUEUE_PER_WORKER = 16;

/** Runs tasks in at most `size` threads. Threads are started when first needed and end with `close`. */
export class WorkPool {
  private readonly limits: Limits;
  private readonly size: number;
  private readonly idle: Worker[] = [];
  private readonly queue: Waiting[] = [];
  private readonly busy = new Set<Worker>();
  private closed = false;

  constructor(limits: Limits, size: number) {
    this.limits = limits;
    this.size = size;
  }

  /** Throws OVERLOADED where too many wait, TIMEOUT, TOO_EXPENSIVE (out of memory), BAD_FILE. */
  run<T extends WorkTask>(task: T, transfer: readonly ArrayBuffer[] = []): Promise<TaskResult<T>> {
    if (this.closed) return Promise.reject(clientError('UNAVAILABLE', 'the server is stopping'));
    if (this.queue.length >= this.size * QUEUE_PER_WORKER) {
      return Promise.reject(clientError('OVERLOADED', 'too many questions about objects are waiting'));
    }
    return new Promise((resolve, reject) => {
      this.queue.push({ task, transfer, resolve, reject });
      this.next();
    });
  }

  /** Ends all threads; what is under way fails with UNAVAILABLE. */
  async close(): Promise<void> {
    this.closed = true;
    for (const waiting of this.queue.splice(0)) waiting.reject(clientError('UNAVAILABLE', 'the server is stopping'));
    await Promise.all([...this.idle.splice(0), ...this.busy].map((worker) => worker.terminate()));
  }

  private next(): void {
    if (this.queue.length === 0) return;
    const worker = this.idle.pop() ?? (this.busy.size < this.size ? this.start() : undefined);
    if (worker === undefined) return;
    const waiting = this.queue.shift() as Waiting;
    this.busy.add(worker);
    let settled = false;
    const settle = (reuse: boolean, finish: () => void) => {
      if (settled) return;
      settled = true;
      clearTimeout(timer);
      worker.removeAllListeners();
      worker.on('error', () => {}); // a thread that is being ended may still report
      this.busy.delete(worker);
      if (reuse && !this.closed) {
        worker.unref();
        this.idle.push(worker);
      } else void worker.terminate();
      finish();
      if (!this.closed) this.next();
    };
    const timer = setTimeout(
      () =>
        settle(false, () =>
          waiting.reject(clientError('TIMEOUT', `the objects took more than ${this.limits.workMilliseconds} ms`)),
        ),
      this.limits.workMilliseconds,
    );
    worker.once('message', (reply: WorkReply) =>
      settle(true, () => {
        if (reply.ok) waiting.resolve(reply.value as never);
        else
          waiting.reject(reply.code === undefined ? new Error(reply.message) : clientError(reply.code, reply.message));
      }),
    );
    worker.once('error', (error: Error & { code?: string }) =>
      settle(false, () =>
        waiting.reject(
          error.code === 'ERR_WORKER_OUT_OF_MEMORY'
            ? clientError('TOO_EXPENSIVE', 'the objects need more memory than the server allows')
            : error,
        ),
      ),
    );
    worker.once('exit', () =>
      settle(false, () => waiting.reject(clientError('UNAVAILABLE', 'the server is stopping'))),
    );
    worker.ref();
    worker.postMessage(waiting.task, waiting.transfer as ArrayBuffer[]);
  }

  private start(): Worker {
    // from sources the thread needs the same resolution condition that the tests have
    const fromSource = import.meta.url.endsWith('.ts');
    const worker = new Worker(new URL(fromSource ? './worker.ts' : './worker.js', import.meta.url), {
      resourceLimits: { maxOldGenerationSizeMb: this.limits.workMegabytes },
      ...(fromSource ? { execArgv: ['--conditions=@btfq/source'] } : {}),
    });
    worker.unref();
    return worker;
  }
}
