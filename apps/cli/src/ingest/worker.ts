// A worker thread of `btfq ingest`: reads the jobs that it is sent, and posts kernels ready to be written.

import { type MessagePort, parentPort, workerData } from 'node:worker_threads';
import { MemorySlots, type OneMemory, transferables } from '@btfq/btf-index/prepare';
import type { Job } from '@btfq/kernel-source';
import { makeDeltas } from './deltas.ts';
import { type JobOptions, type ReadyItem, readyKernels } from './read-kernels.ts';

/** What a worker begins with. */
export interface WorkerData {
  readonly options: JobOptions;
  /** Where deltas are asked for. */
  readonly deltas: MessagePort;
}

/** To the worker: a job, to be read after those that it has, and its number; that one of its items was taken; memory of its items that are written; or that it is to end. */
export type ToWorker =
  | { readonly kind: 'job'; readonly job: Job; readonly at: number }
  | { readonly kind: 'taken' }
  | { readonly kind: 'memory'; readonly memory: OneMemory }
  | { readonly kind: 'stop' };
/** From the worker: an item of its job, how many bytes of files were read, or that the job is done, or a defect. */
export type FromWorker =
  | { readonly kind: 'item'; readonly item: ReadyItem; readonly at: number }
  | { readonly kind: 'bytes'; readonly count: number }
  | { readonly kind: 'done'; readonly at: number }
  | { readonly kind: 'defect'; readonly error: unknown };

/** Items that may wait to be written, while the next one is read. A tar may hold thousands of kernels. */
const AHEAD = 1;

const port = parentPort!;
const { options, deltas } = workerData as WorkerData;
const stop = new AbortController();
const slots = new MemorySlots();
let waiting = 0;
/** Settled when all jobs that came so far are read. */
let reading = Promise.resolve();
let wake: (() => void) | undefined;

/** Bytes are said in steps of this: each message is work for the thread that gets it. */
const BYTES_STEP = 1024 * 1024;
let unread = 0;
const onBytes = (count: number) => {
  unread += count;
  if (unread >= BYTES_STEP) tellBytes();
};

function tellBytes(): void {
  port.postMessage({ kind: 'bytes', count: unread } satisfies FromWorker);
  unread = 0;
}

async function read(job: Job, at: number): Promise<void> {
  if (stop.signal.aborted) return;
  for await (const item of readyKernels(job, { ...options, signal: stop.signal, onBytes }, slots)) {
    const moved = item.kind === 'ready' ? transferables(item.prepared) : [];
    port.postMessage({ kind: 'item', item, at } satisfies FromWorker, moved);
    waiting++;
    while (waiting >= AHEAD && !stop.signal.aborted) await new Promise<void>((resolve) => (wake = resolve));
  }
}

makeDeltas(deltas);
port.on('message', (message: ToWorker) => {
  if (message.kind === 'memory') {
    slots.giveBack(message.memory);
    return;
  }
  if (message.kind === 'taken') {
    waiting--;
    wake?.();
    return;
  }
  if (message.kind === 'stop') {
    // The thread ends by itself once nothing is under way: ended from outside while a decompressor runs, it may never.
    stop.abort();
    wake?.();
    port.close();
    deltas.close();
    return;
  }
  const { job, at } = message;
  reading = reading
    .then(() => read(job, at))
    .then(
      () => port.postMessage({ kind: 'done', at } satisfies FromWorker),
      (error: unknown) => port.postMessage({ kind: 'defect', error } satisfies FromWorker),
    );
});
