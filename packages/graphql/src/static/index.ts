// @btfq/graphql/static: a page's side of the worker that answers from a published index. It loads neither SQLite nor
// graphql-js: those are the worker's.

export { createWorkerClient, type WorkerClient, WorkerError } from './client.ts';
export type {
  BundleReply,
  BundleRequest,
  IndexPlace,
  OpenReply,
  OpenRequest,
  QueryReply,
  QueryRequest,
  TrafficSoFar,
  WorkerReply,
  WorkerRequest,
} from './protocol.ts';
