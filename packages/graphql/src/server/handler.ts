// One function from Request to Response: limits, GraphQL, downloads, metrics. Runs on Node's http through
// `listen`, and in any server that speaks fetch. Nothing is worked out in this thread: see questions/lanes.ts.

import type { BtfIndex } from '@btfq/btf-index';
import { clientError } from '../errors.ts';
import { defaultLimits, type Limits } from '../schema/limits.ts';
import { BundleStore } from '../uploads/bundle-store.ts';
import { AnswerCache, KnownAnswers } from './answer-cache.ts';
import { BodyReader, type ReadBody } from './body.ts';
import { codeOf, errorResponse } from './error-response.ts';
import { answerGraphql } from './graphql-route.ts';
import { type IndexSource, openedIndexSource } from './index-source.ts';
import { createMetrics, type Metrics } from './metrics.ts';
import type { HandlerOptions } from './options.ts';
import { pageFiles } from './page-files.ts';
import { startProtocol } from './protocol.ts';
import { defaultLanes, Lanes } from './questions/lanes.ts';
import { route, withoutBody } from './routes.ts';

/** A server without a socket. */
export interface Handler {
  /** Answers one request; never throws. */
  fetch(request: Request): Promise<Response>;
  /** The same for a request whose body was read, by `readBody`: `request` itself has none. */
  answer(request: Request, body: Uint8Array<ArrayBuffer> | undefined): Promise<Response>;
  /** Reads a body under the limits; `length` is what its head promised. Rejects with TOO_LARGE and OVERLOADED. */
  readBody(body: AsyncIterable<Uint8Array>, length: number): Promise<ReadBody>;
  /** The answer to a fault before the request was whole. */
  refuse(error: unknown): Response;
  /**
   * The answer to a POST of JSON to /graphql that was asked before: the bytes that were sent then. Undefined for everything
   * else, which `answer` takes. While an ingest writes it may be up to a second old, unless `newest` is asked for.
   */
  known(body: Uint8Array<ArrayBuffer>, newest?: boolean): Uint8Array<ArrayBuffer> | undefined;
  /** Starts what the first question will need. */
  warm(): void;
  readonly metrics: Metrics;
  readonly limits: Limits;
  /** Ends worker threads. The index stays open where the caller opened it. */
  close(): Promise<void>;
}

const GIBIBYTE = 1024 ** 3;
/** As whom a server asks itself anew what its clients ask. */
const RENEWAL = 'http://localhost/graphql';
const JSON_POST = { method: 'POST', headers: { 'content-type': 'application/json' } } as const;

/**
 * A handler over an index, or over a file that may be replaced while it is served (`fileIndexSource`).
 *
 * ```ts
 * const handler = createHandler(openIndex('btfq.db', { readonly: true }));
 * const response = await handler.fetch(new Request('http://localhost/graphql?query={stats{kernels}}'));
 * ```
 */
export function createHandler(index: BtfIndex | IndexSource, options: HandlerOptions = {}): Handler {
  const source: IndexSource = 'acquire' in index ? index : openedIndexSource(index);
  const limits: Limits = { ...defaultLimits, ...options.limits };
  const { log, maxAge = 60, workers = 1, cacheFolder, cors = [] } = options;
  const cacheBytes = options.cacheBytes ?? GIBIBYTE;
  const metrics = createMetrics(options.processMetrics ?? false);
  const store = cacheFolder === undefined ? undefined : new BundleStore(cacheFolder, cacheBytes);
  const uploads = store === undefined ? 0 : workers;
  const lanes = new Lanes(
    {
      limits,
      introspection: options.introspection ?? true,
      cacheFolder: uploads === 0 ? undefined : cacheFolder,
      cacheBytes,
    },
    defaultLanes(uploads, options.prepare),
  );
  const bodies = new BodyReader(limits);
  const answers = new AnswerCache();
  const page = options.page === undefined ? undefined : pageFiles(options.page);
  const protocol = startProtocol({ lanes, answers, limits, metrics, options });
  const graphql = { source, protocol, limits, cors, maxAge };
  const renew = async (body: Uint8Array<ArrayBuffer>): Promise<void> => {
    await answerGraphql(graphql, new Request(RENEWAL, JSON_POST), body);
    if (warmed) prepare(); // which waits until nothing is written
  };
  const knownAnswers = new KnownAnswers(answers, source, renew);
  let underWay = 0;
  let warmed = false;

  /** Threads are made ready for the index as it is now, where there is one. */
  const prepare = () => {
    try {
      const lease = source.acquire();
      lanes.prepare(lease.index.path, lease.generation);
      lease.release();
    } catch {
      // whoever asks is told why
    }
  };

  const observe = (method: string, name: string, status: number, started: number) => {
    const seconds = (performance.now() - started) / 1000;
    metrics.requests.inc({ route: name, status: String(status) });
    metrics.seconds.observe({ route: name }, seconds);
    log?.({
      level: status >= 500 ? 'warn' : 'info',
      event: 'request',
      method,
      route: name,
      status,
      milliseconds: Math.round(seconds * 1e5) / 100,
    });
  };

  const answer = async (
    request: Request,
    body: Uint8Array<ArrayBuffer> | undefined,
  ): Promise<{ route: string; response: Response }> => {
    const path = new URL(request.url).pathname;
    const file = page?.find(path);
    if (file !== undefined && (request.method === 'GET' || request.method === 'HEAD')) {
      return { route: 'page', response: withoutBody(request, await file(request)) };
    }
    if (path === '/') {
      return { route: 'root', response: new Response(null, { status: 302, headers: { location: '/graphql' } }) };
    }
    const other = route(request, path, { source, store, metrics, maxAge, lanes, published: options.published });
    if (other !== undefined) return { route: other.route, response: await other.response() };
    if (path !== '/graphql') {
      return { route: 'unknown', response: new Response('not found: try /graphql\n', { status: 404 }) };
    }
    if (underWay > limits.concurrency) {
      throw clientError('OVERLOADED', `${limits.concurrency} requests are under way: try again`);
    }
    try {
      return { route: 'graphql', response: await answerGraphql(graphql, request, body) };
    } finally {
      if (warmed) prepare();
    }
  };

  const handler: Handler = {
    metrics,
    limits,
    warm() {
      lanes.warm();
      warmed = options.prepare ?? false;
      if (!warmed) return;
      protocol.warm();
      prepare();
    },
    readBody: (body, length) => bodies.read(body, length),
    refuse(error) {
      metrics.errors.inc({ code: codeOf(error) ?? 'INTERNAL_SERVER_ERROR' });
      return errorResponse(error, log);
    },
    known(body, newest) {
      const started = performance.now();
      const json = knownAnswers.find(body, newest);
      if (json !== undefined) observe('POST', 'graphql', 200, started);
      return json;
    },
    async fetch(request) {
      if (request.body === null || request.method === 'GET' || request.method === 'HEAD') {
        return handler.answer(request, undefined);
      }
      let body: ReadBody;
      try {
        const length = Number(request.headers.get('content-length') ?? 0);
        body = await bodies.read(request.body as unknown as AsyncIterable<Uint8Array>, length);
      } catch (error) {
        return handler.refuse(error);
      }
      try {
        const { method, headers, signal } = request;
        return await handler.answer(new Request(request.url, { method, headers, signal }), body.bytes);
      } finally {
        body.release();
      }
    },
    async answer(request, body) {
      const started = performance.now();
      underWay++;
      metrics.underWay.set(underWay);
      let result: { route: string; response: Response };
      try {
        result = await answer(request, body);
      } catch (error) {
        // what an abort makes libraries throw is no defect: its client left
        const left = request.signal.aborted && codeOf(error) === undefined;
        const told = left ? clientError('CANCELLED', 'the client left') : error;
        result = { route: 'graphql', response: handler.refuse(told) };
      } finally {
        underWay--;
        metrics.underWay.set(underWay);
      }
      observe(request.method, result.route, result.response.status, started);
      return result.response;
    },
    async close() {
      await lanes.close();
      source.close();
    },
  };
  return handler;
}
