// How a server is set up. Every field has a default that is safe in public.

import type { Limits } from '../schema/limits.ts';
import type { Log } from './log.ts';

/** What a handler may and may not do. */
export interface HandlerOptions {
  /** Overrides of `defaultLimits`. */
  readonly limits?: Partial<Limits>;
  /** Folder for bundles made; without it questions about uploaded objects are not answered. */
  readonly cacheFolder?: string;
  /** Bytes of bundles kept; 1 GiB by default. */
  readonly cacheBytes?: number;
  /** Threads for uploaded objects; 1 by default, 0 answers no such questions. */
  readonly workers?: number;
  /** Origins that may read answers in a browser: off by default. `*` for any. */
  readonly cors?: readonly string[];
  /** Whether a browser that asks for /graphql gets GraphiQL; true by default. */
  readonly graphiql?: boolean;
  /** The explorer's built files by path, or their folder, served at `/`; without it `/` leads to /graphql. */
  readonly page?: string | ReadonlyMap<string, Uint8Array>;
  /** Whether the schema may be asked for; true by default. */
  readonly introspection?: boolean;
  /** Seconds for which caches may keep an answer without asking again; 60 by default. */
  readonly maxAge?: number;
  /** A folder that `btfq publish` wrote: /index.json and ranges of its databases are sent as a static host does. */
  readonly published?: string;
  /**
   * Whether threads are made ready by `warm`, and again when the index changed: they read then what questions share, so that the
   * first ones are answered as fast as later ones. It takes some seconds of processor time; false by default.
   */
  readonly prepare?: boolean;
  /** Whether the process's own figures are among the metrics; false by default. */
  readonly processMetrics?: boolean;
  /** Gets one entry a request, and one an internal error; nothing by default. */
  readonly log?: Log;
}
