// @btfq/graphql/worker: the whole schema in a browser's worker, over an index on any web space or in a file. Import it as
// a worker's module and it listens; the page speaks to it with `createWorkerClient` of @btfq/graphql/static.

import {
  blobSource,
  type BtfIndex,
  browserStore,
  kernelIds,
  openPublished,
  openReadIndex,
  xhrTransport,
} from '@btfq/btf-index/read';
import { type Answerer, createAnswerer } from './answerer.ts';
import { withFiles } from './files.ts';
import type { OpenRequest, TrafficSoFar, WorkerReply, WorkerRequest } from './protocol.ts';

/** The scope of a worker, or a port: what requests come from and replies go to. */
export interface MessageScope {
  postMessage(message: WorkerReply, transfer?: readonly ArrayBuffer[]): void;
  addEventListener(type: 'message', listener: (event: { readonly data: WorkerRequest }) => void): void;
}

const NO_TRAFFIC: TrafficSoFar = { requests: 0, bytes: 0 };

/** Answers the requests that arrive at a scope, one after the other. */
export function serveWorker(scope: MessageScope): void {
  let answerer: Answerer | undefined;
  let traffic: TrafficSoFar = NO_TRAFFIC;
  const open = async ({ open: place, wasm }: OpenRequest): Promise<object> => {
    answerer?.index.close();
    answerer = undefined;
    traffic = NO_TRAFFIC;
    let index: BtfIndex;
    let count: number | undefined; // the pointer tells: nothing is read for it
    if ('url' in place) {
      const opened = await openPublished(place.url, { transport: xhrTransport, store: browserStore, wasm });
      index = opened.index;
      traffic = opened.traffic;
      count = opened.published?.kernels;
    } else index = await openReadIndex(blobSource(place.file), { wasm });
    answerer = createAnswerer(index);
    const { path: name, driver } = index;
    return {
      opened: { name, generation: index.generation(), kernels: count ?? kernelIds(index).length, size: driver.size() },
      traffic: { ...traffic },
    };
  };
  const answer = async (request: WorkerRequest): Promise<object> => {
    if ('open' in request) return open(request);
    if (answerer === undefined) throw Object.assign(new Error('no index is open'), { code: 'UNAVAILABLE' });
    if ('bundle' in request) {
      const archive = answerer.uploads.archive(request.bundle);
      if (archive === undefined) throw new Error('there is no such bundle: minimalBtf makes one');
      return archive;
    }
    return { ...(await answerer.answer(withFiles(request))), traffic: { ...traffic } };
  };
  let last: Promise<unknown> = Promise.resolve();
  scope.addEventListener('message', ({ data: request }) => {
    last = last.then(async () => {
      let reply: object;
      try {
        reply = await answer(request);
      } catch (error) {
        const { message, code } = error as Error & { code?: unknown };
        const errors = [{ message, ...(typeof code === 'string' ? { extensions: { code } } : {}) }];
        reply = { errors, traffic: { ...traffic } };
      }
      scope.postMessage({ id: request.id, ...reply } as WorkerReply);
    });
  });
}

/** In a worker this module is the worker. Elsewhere (a test, a worker of one's own) `serveWorker` is called. */
declare const WorkerGlobalScope: (new () => MessageScope) | undefined;
if (typeof WorkerGlobalScope !== 'undefined' && globalThis instanceof WorkerGlobalScope)
  serveWorker(globalThis as never);
