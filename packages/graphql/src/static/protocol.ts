// What a page and its worker say to each other. Plain values that postMessage copies; each request has a number, which its
// answer has too. The README of this package shows it with examples.

import type { FormattedExecutionResult, GraphQLFormattedError } from 'graphql';

/** Where the index is: a URL (an `index.json`, its folder, a `.db`), or a file that someone chose. */
export type IndexPlace = { readonly url: string } | { readonly file: Blob };

/** Opens an index; every question before the first answer to this one fails. Another one takes its place. */
export interface OpenRequest {
  readonly id: number;
  readonly open: IndexPlace;
  /** Where SQLite's WebAssembly is, if not where the worker's script finds it by itself. */
  readonly wasm?: string | undefined;
}

/** Asks a GraphQL operation. */
export interface QueryRequest {
  readonly id: number;
  readonly query: string;
  /** A `File` may stand wherever the schema has a `File`; it never leaves the machine. */
  readonly variables?: Readonly<Record<string, unknown>> | undefined;
  readonly operationName?: string | undefined;
  /** Files by the place in the request that they take, as in multipart requests: `variables.file`, `variables.objects.0`. */
  readonly files?: Readonly<Record<string, File>> | undefined;
}

/** Asks for the archive of a bundle that `minimalBtf` made, by its `id`. */
export interface BundleRequest {
  readonly id: number;
  readonly bundle: string;
}

export type WorkerRequest = OpenRequest | QueryRequest | BundleRequest;

/** What was asked of the server so far: 0 for files. */
export interface TrafficSoFar {
  readonly requests: number;
  readonly bytes: number;
}

/** The index is open. */
export interface OpenReply {
  readonly id: number;
  readonly opened: {
    readonly name: string;
    readonly generation: string;
    readonly kernels: number;
    /** Of the file, in bytes. */
    readonly size: number;
  };
  readonly traffic: TrafficSoFar;
}

/** GraphQL's answer. Where something that is no query failed (opening), there are only `errors`. */
export interface QueryReply {
  readonly id: number;
  readonly data?: FormattedExecutionResult['data'];
  readonly errors?: readonly GraphQLFormattedError[];
  readonly traffic: TrafficSoFar;
}

/** The archive; `name` as a download would have it. */
export interface BundleReply {
  readonly id: number;
  readonly name: string;
  readonly bytes: Uint8Array;
}

export type WorkerReply = OpenReply | QueryReply | BundleReply;
