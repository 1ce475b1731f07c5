// The page's side: numbers requests and finds their answers.

import type {
  BundleReply,
  IndexPlace,
  OpenReply,
  QueryReply,
  QueryRequest,
  WorkerReply,
  WorkerRequest,
} from './protocol.ts';

/** A `Worker`, or a port. */
export interface WorkerLike {
  postMessage(message: WorkerRequest): void;
  addEventListener(type: 'message', listener: (event: { readonly data: WorkerReply }) => void): void;
  addEventListener(type: 'error', listener: (event: { readonly message?: string }) => void): void;
}

/** What a worker could not do: `code` as in IndexError or in a GraphQL error. */
export class WorkerError extends Error {
  override readonly name = 'WorkerError';
  readonly code: string | undefined;

  constructor(message: string, code?: string) {
    super(message);
    this.code = code;
  }
}

/** Asks a worker. */
export interface WorkerClient {
  /** Throws WorkerError. */
  open(place: IndexPlace, options?: { readonly wasm?: string }): Promise<OpenReply>;
  /** An operation's answer, its errors with it. */
  query(request: Omit<QueryRequest, 'id'>): Promise<QueryReply>;
  /** The archive of a bundle that `minimalBtf` made. Throws WorkerError. */
  bundle(id: string): Promise<BundleReply>;
}

/**
 * A client of a worker that runs `@btfq/graphql/worker`.
 *
 * ```ts
 * const client = createWorkerClient(new Worker(new URL('./worker.js', import.meta.url), { type: 'module' }));
 * await client.open({ url: 'https://host/index.json' });
 * const { data, errors } = await client.query({ query: '{ stats { kernels } }' });
 * ```
 */
export function createWorkerClient(worker: WorkerLike): WorkerClient {
  const waiting = new Map<number, { resolve(reply: WorkerReply): void; reject(error: Error): void }>();
  let asked = 0;
  worker.addEventListener('message', ({ data: reply }) => {
    waiting.get(reply.id)?.resolve(reply);
    waiting.delete(reply.id);
  });
  worker.addEventListener('error', ({ message }) => {
    for (const { reject } of waiting.values()) reject(new WorkerError(message ?? 'the worker did not start'));
    waiting.clear();
  });
  const ask = <T extends WorkerReply>(request: object): Promise<T> =>
    new Promise<T>((resolve, reject) => {
      const id = ++asked;
      waiting.set(id, { resolve: resolve as (reply: WorkerReply) => void, reject });
      worker.postMessage({ ...request, id } as WorkerRequest);
    });
  const required = <T extends WorkerReply>(reply: T): T => {
    const [error] = ('errors' in reply && reply.errors) || [];
    if (error === undefined) return reply;
    throw new WorkerError(error.message, error.extensions?.['code'] as string | undefined);
  };
  return {
    open: async (place, options = {}) => required(await ask<OpenReply>({ open: place, ...options })),
    query: (request) => ask<QueryReply>(request),
    bundle: async (id) => required(await ask<BundleReply>({ bundle: id })),
  };
}
