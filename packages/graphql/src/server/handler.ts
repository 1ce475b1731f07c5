// One function from Request to Response: limits, GraphQL, downloads, metrics. Runs on Node's http through
// `listen`, and in any server that speaks fetch.

import { createHash } from 'node:crypto';
import type { BtfIndex } from '@btfq/btf-index';
import { GraphQLError, NoSchemaIntrospectionCustomRule, parse } from 'graphql';
import type { Plugin, YogaInitialContext } from 'graphql-yoga';
import { type Context, createServices } from '../schema/context.ts';
import { clientError, type GraphqlErrorCode, httpStatus } from '../errors.ts';
import { defaultLimits, type Limits, shapeRule } from '../schema/limits.ts';
import { createSchema } from '../schema/schema.ts';
import { WorkPool } from '../uploads/pool.ts';
import { automaticPersistedQueries } from './apq.ts';
import { BodyReader } from './body.ts';
import { BundleStore } from '../uploads/bundle-store.ts';
import { exampleQueries } from './examples.ts';
import { type IndexSource, type Lease, openedIndexSource } from './index-source.ts';
import { createMetrics, type Metrics } from './metrics.ts';
import type { HandlerOptions } from './options.ts';
import { pageFiles } from './page-files.ts';
import { matches, route, withoutBody } from './routes.ts';
import { createUploads } from '../uploads/received-files.ts';

/** A server without a socket. */
export interface Handler {
  /** Answers one request; never throws. */
  fetch(request: Request): Promise<Response>;
  readonly metrics: Metrics;
  /** Ends worker threads. The index stays open where the caller opened it. */
  close(): Promise<void>;
}

interface ServerContext {
  readonly lease: Lease;
}

const GIBIBYTE = 1024 ** 3;

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
  const { log, maxAge = 60, workers = 1, cacheFolder } = options;
  const metrics = createMetrics(options.processMetrics ?? false);
  const store = cacheFolder === undefined ? undefined : new BundleStore(cacheFolder, options.cacheBytes ?? GIBIBYTE);
  const pool = store === undefined || workers === 0 ? undefined : new WorkPool(limits, workers);
  const bodies = new BodyReader(limits);
  const page = options.page === undefined ? undefined : pageFiles(options.page);
  // Loaded by the first request: `ask` and the client are had without the server's libraries, which take long to load.
  const startYoga = async () => {
    const { createYoga, maskError } = await import('graphql-yoga');
    return createYoga<ServerContext, Context>({
      schema: createSchema(),
      graphqlEndpoint: '/graphql',
      landingPage: false,
      logging: false,
      cors: options.cors ? { origin: [...options.cors], methods: ['GET', 'POST'] } : false,
      maxRequestBodySize: limits.uploadBytes,
      graphiql:
        options.graphiql === false
          ? false
          : { title: 'btfq', defaultQuery: exampleQueries, shouldPersistHeaders: false },
      renderGraphiQL: async (graphiql) => (await import('@graphql-yoga/render-graphiql')).renderGraphiQL(graphiql),
      context: ({ lease }: YogaInitialContext & ServerContext) => ({
        btfq: createServices(lease.index, {
          limits,
          uploads: pool && store && createUploads({ pool, store, limits, metrics }, lease),
        }),
      }),
      maskedErrors: {
        maskError(error, message, isDev) {
          const known = knownError(error);
          if (known !== undefined) return known;
          const masked = maskError(error, message, isDev);
          if (masked !== error) {
            log?.({ level: 'error', event: 'defect', message: String((error as Error)?.stack ?? error) });
          }
          return masked;
        },
      },
      plugins: [
        documentLimits(limits, options.introspection ?? true),
        automaticPersistedQueries(),
        countErrors(metrics),
      ],
    });
  };
  let yoga: ReturnType<typeof startYoga> | undefined;
  let underWay = 0;

  /** GraphQL under the limits of concurrency and size, with validators for caches. */
  const graphql = async (request: Request): Promise<Response> => {
    const isPage = request.method === 'GET' && (request.headers.get('accept') ?? '').includes('text/html');
    const lease = source.acquire();
    let release = () => {};
    try {
      const etag = request.method === 'GET' && !isPage ? etagOf(request, lease) : undefined;
      const caching = etag && { etag, 'cache-control': `public, max-age=${maxAge}`, vary: 'Accept' };
      if (etag && caching && matches(request, etag)) return new Response(null, { status: 304, headers: caching });
      const body = await bodies.read(request);
      release = body.release;
      const response = await (await (yoga ??= startYoga())).fetch(body.request, { lease });
      if (!caching) return response;
      const answer = await response.text();
      const headers = new Headers(response.headers);
      const cacheable = response.status === 200 && !answer.startsWith('{"errors"');
      for (const [name, value] of Object.entries(cacheable ? caching : { 'cache-control': 'no-store' }))
        headers.set(name, value);
      return new Response(answer, { status: response.status, headers });
    } finally {
      release();
      lease.release();
    }
  };

  const answer = async (request: Request): Promise<{ route: string; response: Response }> => {
    const path = new URL(request.url).pathname;
    const file = page?.find(path);
    if (file !== undefined && (request.method === 'GET' || request.method === 'HEAD')) {
      return { route: 'page', response: withoutBody(request, await file(request)) };
    }
    if (path === '/') {
      return { route: 'root', response: new Response(null, { status: 302, headers: { location: '/graphql' } }) };
    }
    const other = route(request, path, { source, store, metrics, maxAge });
    if (other !== undefined) return { route: other.route, response: await other.response() };
    if (path !== '/graphql') {
      return { route: 'unknown', response: new Response('not found: try /graphql\n', { status: 404 }) };
    }
    if (underWay > limits.concurrency) {
      throw clientError('OVERLOADED', `${limits.concurrency} requests are under way: try again`);
    }
    return { route: 'graphql', response: await graphql(request) };
  };

  return {
    metrics,
    async fetch(request) {
      const started = performance.now();
      underWay++;
      metrics.underWay.set(underWay);
      let result: { route: string; response: Response };
      try {
        result = await answer(request);
      } catch (error) {
        result = { route: 'graphql', response: errorResponse(error, log) };
        metrics.errors.inc({ code: codeOf(error) ?? 'INTERNAL_SERVER_ERROR' });
      } finally {
        underWay--;
        metrics.underWay.set(underWay);
      }
      const seconds = (performance.now() - started) / 1000;
      const { status } = result.response;
      metrics.requests.inc({ route: result.route, status: String(status) });
      metrics.seconds.observe({ route: result.route }, seconds);
      log?.({
        level: status >= 500 ? 'warn' : 'info',
        event: 'request',
        method: request.method,
        route: result.route,
        status,
        milliseconds: Math.round(seconds * 1e5) / 100,
      });
      return result.response;
    },
    async close() {
      pool?.close();
      source.close();
    },
  };
}

/** Token limit while parsing, shape rules while validating. */
function documentLimits(limits: Limits, introspection: boolean): Plugin {
  return {
    onParse({ setParseFn }) {
      setParseFn((text: string, settings: object) => {
        try {
          return parse(text, { ...settings, maxTokens: limits.tokens });
        } catch (error) {
          if ((error as Error).message.includes('tokens')) {
            throw clientError('TOO_MANY_TOKENS', `the query has more than ${limits.tokens} tokens`);
          }
          throw error;
        }
      });
    },
    onValidate({ addValidationRule }) {
      addValidationRule(shapeRule(limits));
      if (!introspection) addValidationRule(NoSchemaIntrospectionCustomRule);
    },
  };
}

function countErrors(metrics: Metrics): Plugin {
  return {
    onResultProcess({ result }) {
      const { errors } = result as { errors?: readonly { extensions?: { code?: unknown } }[] };
      for (const error of errors ?? []) metrics.errors.inc({ code: String(error.extensions?.code ?? 'GRAPHQL') });
    },
  };
}

/** Errors of the packages below that are the client's to mend, in the schema's codes. */
function knownError(error: unknown): GraphQLError | undefined {
  const original = error instanceof GraphQLError ? (error.originalError ?? undefined) : error;
  const code = (original as { code?: unknown } | undefined)?.code;
  const word: GraphqlErrorCode | undefined =
    code === 'bad-path' || code === 'unknown-kernel'
      ? 'BAD_USER_INPUT'
      : code === 'bad-filter'
        ? 'BAD_FILTER'
        : code === 'ambiguous-kernel'
          ? 'AMBIGUOUS_KERNEL'
          : undefined;
  if (word === undefined) return undefined;
  const { nodes, path } = error as GraphQLError;
  return new GraphQLError((original as Error).message, { nodes, path, extensions: { code: word } });
}

function codeOf(error: unknown): GraphqlErrorCode | undefined {
  return error instanceof GraphQLError ? (error.extensions['code'] as GraphqlErrorCode | undefined) : undefined;
}

/** For faults before GraphQL is reached: the same shape, an HTTP status that says it too. */
function errorResponse(error: unknown, log: HandlerOptions['log']): Response {
  const code = codeOf(error);
  if (code === undefined) log?.({ level: 'error', event: 'defect', message: String((error as Error)?.stack ?? error) });
  const message = code === undefined ? 'Unexpected error.' : (error as Error).message;
  const status = code === undefined ? 500 : httpStatus(code);
  return Response.json(
    { errors: [{ message, extensions: { code: code ?? 'INTERNAL_SERVER_ERROR' } }] },
    { status, headers: { 'cache-control': 'no-store', ...(status === 503 ? { 'retry-after': '1' } : {}) } },
  );
}

/** Weak: the same answer for the same question of the same generation, up to its encoding. */
function etagOf(request: Request, lease: Lease): string {
  const { pathname, search } = new URL(request.url);
  const question = `${lease.generation}\n${pathname}${search}\n${request.headers.get('accept') ?? ''}`;
  return `W/"${createHash('sha256').update(question).digest('base64url').slice(0, 22)}"`;
}
