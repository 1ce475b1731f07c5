// The messages between the server's thread and those that answer: plain values that can be posted.

import type { GraphQLFormattedError } from 'graphql';
import type { GraphqlErrorCode } from '../../errors.ts';
import type { Limits } from '../../schema/limits.ts';

/** Shared words of a question under way: `CANCELLED` is set by the server, `STARTED` by the thread (ms, never 0). */
export const CANCELLED = 0;
export const STARTED = 1;

/** What every thread of a server knows from its start. */
export interface ThreadSetup {
  readonly limits: Limits;
  readonly introspection: boolean;
  /** Folder of bundles; undefined where uploads are not answered. */
  readonly cacheFolder: string | undefined;
  readonly cacheBytes: number;
}

/** A file in the place of `null` among the variables; the key is its path, `variables.objects.0`. */
export interface PostedFile {
  readonly name: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/** A GraphQL operation. */
export interface OperationQuestion {
  readonly kind: 'operation';
  readonly query: string;
  readonly variables: Readonly<Record<string, unknown>> | undefined;
  readonly operationName: string | undefined;
  readonly files: Readonly<Record<string, PostedFile>> | undefined;
  /** Whether a mutation may run. */
  readonly mayChange: boolean;
}

/** A kernel's BTF: in an archive of one member, as BTFHub has it, or its types in C. Or its verifier, for pages. */
export interface BtfQuestion {
  readonly kind: 'btf';
  readonly form: 'archive' | 'header' | 'verifier';
  readonly kernelId: number;
  readonly sha256: string;
}

export type Question = OperationQuestion | BtfQuestion;

/** A question as it is posted. */
export interface Posted {
  readonly question: Question;
  /** Path of the index. */
  readonly index: string;
  /** See `CANCELLED` and `STARTED`. */
  readonly state: Int32Array;
  /** What `clock()` was when `STARTED` would have been 0. */
  readonly epoch: number;
  /** Milliseconds after which the thread gives a question back as `long`; undefined: never. */
  readonly patience: number | undefined;
  /** Milliseconds after which it ends with TIMEOUT. */
  readonly milliseconds: number;
}

/** Time that uploaded objects took, for the metrics. */
export interface UploadWork {
  readonly kind: 'describe' | 'matrix' | 'loads' | 'bundle';
  readonly outcome: string;
  readonly seconds: number;
}

/** What a thread says. */
export type Reply =
  /** Operation ran: its answer as JSON, in which `codes` are the errors'. */
  | {
      readonly kind: 'answer';
      readonly json: Uint8Array<ArrayBuffer>;
      readonly codes: readonly string[];
      /** The same question would get the same answer from the same generation. */
      readonly repeatable: boolean;
      readonly generation: string;
      readonly defects: readonly string[];
      readonly work: readonly UploadWork[];
    }
  /** Operation did not run. */
  | {
      readonly kind: 'refused';
      readonly errors: readonly GraphQLFormattedError[];
      readonly defects: readonly string[];
    }
  | { readonly kind: 'bytes'; readonly bytes: Uint8Array<ArrayBuffer> }
  /** It could not be answered: with a code where the client is said why. */
  | { readonly kind: 'failed'; readonly code: GraphqlErrorCode | undefined; readonly message: string }
  /** It takes long: ask where long questions are answered. */
  | { readonly kind: 'long' };
