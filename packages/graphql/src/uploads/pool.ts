// Worker threads for questions about uploaded objects. A hostile object can cost its own question, never the server:
// each worker has a heap limit, each task a deadline, and a worker that breaks either is ended and replaced.

import { Worker } from 'node:worker_threads';
import { clientError } from '../errors.ts';
import type { Limits } from '../schema/limits.ts';
import type { TaskResult, WorkReply, WorkTask } from './tasks.ts';

interface Waiting {
  readonly task: WorkTask;
  readonly resolve: (value: never) => void;
  readonly reject: (error: Error) => void;
}

/** How many tasks may wait for a worker, for each worker. */
const QUEUE_PER_WORKER = 16;

/** A thread and what it is doing. */
interface Thread {
  readonly worker: Worker;
  current: { readonly waiting: Waiting; readonly timer: NodeJS.Timeout } | undefined;
}

/** Runs tasks in at most `size` threads. Threads are started when first needed and end with `close`. */
export class WorkPool {
  private readonly limits: Limits;
  private readonly size: number;
  private readonly threads = new Set<Thread>();
  private readonly queue: Waiting[] = [];
  private closed = false;

  constructor(limits: Limits, size: number) {
    this.limits = limits;
    this.size = size;
  }

  /** Throws OVERLOADED where too many wait, TIMEOUT, TOO_EXPENSIVE (out of memory), BAD_FILE. */
  run<T extends WorkTask>(task: T): Promise<TaskResult<T>> {
    if (this.closed) return Promise.reject(clientError('UNAVAILABLE', 'the server is stopping'));
    if (this.queue.length >= this.size * QUEUE_PER_WORKER) {
      return Promise.reject(clientError('OVERLOADED', 'too many questions about objects are waiting'));
    }
    return new Promise((resolve, reject) => {
      this.queue.push({ task, resolve, reject });
      this.next();
    });
  }

  /** Ends all threads; what is under way fails with UNAVAILABLE. */
  close(): void {
    this.closed = true;
    const stopping = clientError('UNAVAILABLE', 'the server is stopping');
    for (const waiting of this.queue.splice(0)) waiting.reject(stopping);
    for (const thread of this.threads) this.end(thread, stopping);
  }

  /** Gives the longest waiting task to a thread that has none. */
  private next(): void {
    if (this.queue.length === 0 || this.closed) return;
    const idle = [...this.threads].find((thread) => thread.current === undefined);
    const thread = idle ?? (this.threads.size < this.size ? this.start() : undefined);
    if (thread === undefined) return;
    const waiting = this.queue.shift() as Waiting;
    const { workMilliseconds } = this.limits;
    const timer = setTimeout(
      () => this.end(thread, clientError('TIMEOUT', `the objects took more than ${workMilliseconds} ms`)),
      workMilliseconds,
    );
    thread.current = { waiting, timer };
    thread.worker.ref();
    thread.worker.postMessage(waiting.task);
  }

  /** Takes the task off a thread: undefined where it has none. */
  private release(thread: Thread): Waiting | undefined {
    const { current } = thread;
    thread.current = undefined;
    clearTimeout(current?.timer);
    return current?.waiting;
  }

  /** Ends a thread for good; its task fails with this error, and the next one gets a thread of its own. */
  private end(thread: Thread, error: Error): void {
    this.threads.delete(thread);
    this.release(thread)?.reject(error);
    thread.worker.unref();
    // not waited for: it does not settle while native code (xz) runs in the thread
    void thread.worker.terminate();
    this.next();
  }

  private start(): Thread {
    // from sources the thread needs the same resolution condition that the tests have
    const fromSource = import.meta.url.endsWith('.ts');
    const worker = new Worker(new URL(fromSource ? './worker.ts' : './worker.js', import.meta.url), {
      resourceLimits: { maxOldGenerationSizeMb: this.limits.workMegabytes },
      ...(fromSource ? { execArgv: ['--conditions=@btfq/source'] } : {}),
    });
    const thread: Thread = { worker, current: undefined };
    worker.on('message', (reply: WorkReply) => {
      const waiting = this.release(thread);
      worker.unref(); // an idle thread does not keep the process alive
      if (reply.ok) waiting?.resolve(reply.value as never);
      else {
        waiting?.reject(reply.code === undefined ? new Error(reply.message) : clientError(reply.code, reply.message));
      }
      this.next();
    });
    worker.on('error', (error: Error & { code?: string }) => {
      const outOfMemory = error.code === 'ERR_WORKER_OUT_OF_MEMORY';
      const what = 'the objects need more memory than the server allows';
      this.end(thread, outOfMemory ? clientError('TOO_EXPENSIVE', what) : error);
    });
    worker.on('exit', () => this.end(thread, clientError('UNAVAILABLE', 'the thread ended')));
    this.threads.add(thread);
    return thread;
  }
}
