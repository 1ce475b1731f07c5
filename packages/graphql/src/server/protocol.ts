// GraphQL over HTTP: GET, POST, multipart forms, CORS and GraphiQL are graphql-yoga's; what a question means is worked out
// by the lanes' threads, whose bytes are sent as they are.

import { GraphQLError, type GraphQLFormattedError } from 'graphql';
import type { Plugin } from 'graphql-yoga';
import { clientError } from '../errors.ts';
import type { Limits } from '../schema/limits.ts';
import { createSchema } from '../schema/schema.ts';
import { type AnswerCache, questionKey } from './answer-cache.ts';
import { automaticPersistedQueries } from './apq.ts';
import { exampleQueries } from './examples.ts';
import { maskedError } from './faults.ts';
import type { Lease } from './index-source.ts';
import type { Metrics } from './metrics.ts';
import type { HandlerOptions } from './options.ts';
import type { Lanes } from './questions/lanes.ts';
import { SharedReplies } from './questions/shared-replies.ts';
import type { OperationQuestion, PostedFile, Reply } from './questions/protocol.ts';

/** What the protocol works with, for the life of a server. */
interface Parts {
  readonly lanes: Lanes;
  readonly answers: AnswerCache;
  readonly limits: Limits;
  readonly metrics: Metrics;
  readonly options: HandlerOptions;
}

interface ServerContext {
  readonly lease: Lease;
  readonly signal: AbortSignal;
}

/** An answer in bytes on its way through graphql-yoga. */
const BYTES = Symbol('bytes');
/** On an operation that did not run: its status for clients that know only application/json. */
const REFUSED = Symbol('refused');
interface WithBytes {
  readonly data: null;
  readonly [BYTES]: Uint8Array<ArrayBuffer>;
  readonly [REFUSED]?: number;
}

/** Answers a request to /graphql whose body was read. */
export interface Protocol {
  (
    request: Request,
    body: Uint8Array<ArrayBuffer> | undefined,
    lease: Lease,
  ): Promise<{ response: Response; bytes: Uint8Array<ArrayBuffer> }>;
  /** Loads what the first request will need. */
  warm(): void;
}

/** The protocol over lanes. graphql-yoga is loaded by `warm` or the first request: it takes long. */
export function startProtocol(parts: Parts): Protocol {
  const { options, limits } = parts;
  const start = async () => {
    const { createYoga } = await import('graphql-yoga');
    return createYoga<ServerContext>({
      schema: createSchema(),
      graphqlEndpoint: '/graphql',
      landingPage: false,
      logging: false,
      cors: options.cors ? { origin: [...options.cors], methods: ['GET', 'POST'] } : false,
      maxRequestBodySize: limits.uploadBytes,
      parserAndValidationCache: false,
      graphiql:
        options.graphiql === false
          ? false
          : { title: 'btfq', defaultQuery: exampleQueries, shouldPersistHeaders: false },
      renderGraphiQL: async (graphiql) => (await import('@graphql-yoga/render-graphiql')).renderGraphiQL(graphiql),
      maskedErrors: {
        maskError(error) {
          if (error instanceof GraphQLError && error.originalError === undefined) return error;
          options.log?.({ level: 'error', event: 'defect', message: String((error as Error)?.stack ?? error) });
          return maskedError(error);
        },
      },
      plugins: [automaticPersistedQueries(), askLanes(parts), countErrors(parts.metrics)],
    });
  };
  let yoga: ReturnType<typeof start> | undefined;
  const answer = async (request: Request, body: Uint8Array<ArrayBuffer> | undefined, lease: Lease) => {
    const { method, headers, signal } = request;
    const whole = body === undefined ? request : new Request(request.url, { method, headers, body, signal });
    const response = await (await (yoga ??= start())).fetch(whole, { lease, signal });
    return { response, bytes: new Uint8Array(await response.arrayBuffer()) };
  };
  const warm = (): void => {
    yoga ??= start();
    yoga.catch(() => {}); // the first request is told
  };
  return Object.assign(answer, { warm });
}

/** In the place of graphql-yoga's own parsing and running. */
function askLanes({ lanes, answers, metrics, options }: Parts): Plugin<object, ServerContext> {
  const shared = new SharedReplies();
  const settle = (reply: Reply) => {
    if (reply.kind !== 'answer' && reply.kind !== 'refused') throw new TypeError(`an operation got ${reply.kind}`);
    for (const message of reply.defects) options.log?.({ level: 'error', event: 'defect', message });
    return reply;
  };
  return {
    onParams({ setParamsHandler, request }) {
      setParamsHandler(async ({ params, context }) => {
        const { lease, signal } = context as unknown as ServerContext;
        const key = questionKey({ ...params, query: params.query ?? '' });
        const known = answers.get(lease.generation, key);
        if (known !== undefined) return withBytes(known);
        const { variables, files } = await liftFiles(params.variables);
        const question: OperationQuestion = {
          kind: 'operation',
          query: params.query ?? '',
          variables,
          operationName: params.operationName ?? undefined,
          files,
          mayChange: request.method === 'POST',
        };
        const ask = () => lanes.ask(question, lease.index.path, signal);
        const asked = files === undefined ? shared.ask(`${lease.generation}\n${question.mayChange}${key}`, ask) : ask();
        const reply = settle(await asked);
        if (signal.aborted) throw clientError('CANCELLED', 'the client left');
        if (reply.kind === 'refused') {
          for (const { extensions } of reply.errors)
            metrics.errors.inc({ code: String(extensions?.['code'] ?? 'GRAPHQL') });
          return refused(reply.errors);
        }
        for (const code of reply.codes) metrics.errors.inc({ code });
        for (const { kind, outcome, seconds } of reply.work) metrics.work.observe({ kind, outcome }, seconds);
        // of the state that it was worked out of, which may be the newest no more
        if (reply.repeatable) answers.set(lease.generationOf(reply.generation), key, reply.json);
        return withBytes(reply.json);
      });
    },
    onResultProcess({ request, result, setResultProcessor, resultProcessor }) {
      if (resultProcessor === undefined || !(BYTES in result)) return;
      const { [BYTES]: bytes, [REFUSED]: own } = result as unknown as WithBytes;
      const accepted = request.headers.get('accept') ?? '*/*';
      const type = /\*\/\*|application\/(json|\*)/.test(accepted)
        ? 'application/json'
        : 'application/graphql-response+json';
      // the newer media type says it by the status, too
      const status = own === undefined ? 200 : own === 200 && type !== 'application/json' ? 400 : own;
      setResultProcessor(
        (_, { Response: Made }) => new Made(bytes, { status, headers: { 'content-type': `${type}; charset=utf-8` } }),
        type,
      );
    },
  };
}

function withBytes(json: Uint8Array<ArrayBuffer>): WithBytes {
  return { data: null, [BYTES]: json };
}

/** Errors that came from a thread, as they are sent: graphql-yoga would lose their places. */
function refused(errors: readonly GraphQLFormattedError[]): WithBytes {
  let own = 200;
  const shown = errors.map(({ extensions = {}, ...error }) => {
    const { http, ...rest } = extensions as { http?: { spec?: boolean; status?: number } };
    if (http?.spec !== true) own = Math.max(own, http?.status ?? 200);
    return { ...error, extensions: rest };
  });
  return { data: null, [BYTES]: new TextEncoder().encode(JSON.stringify({ errors: shown })), [REFUSED]: own };
}

function countErrors(metrics: Metrics): Plugin {
  return {
    onResultProcess({ result }) {
      const { errors } = result as { errors?: readonly { extensions?: { code?: unknown } }[] };
      for (const error of errors ?? []) metrics.errors.inc({ code: String(error.extensions?.code ?? 'GRAPHQL') });
    },
  };
}

interface PlatformFile {
  readonly name: string;
  arrayBuffer(): Promise<ArrayBuffer>;
}

/** Files taken out of variables, by their paths: what is posted to a thread is plain. */
async function liftFiles(
  variables: Record<string, unknown> | null | undefined,
): Promise<Pick<OperationQuestion, 'variables' | 'files'>> {
  if (variables === undefined || variables === null) return { variables: undefined, files: undefined };
  const found: [string, PlatformFile][] = [];
  const lift = (value: unknown, path: string): unknown => {
    if (typeof value !== 'object' || value === null) return value;
    if ('arrayBuffer' in value && typeof value.arrayBuffer === 'function') {
      found.push([path, value as PlatformFile]);
      return null;
    }
    if (Array.isArray(value)) return value.map((one, i) => lift(one, `${path}.${i}`));
    return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, lift(one, `${path}.${key}`)]));
  };
  const plain = lift(variables, 'variables') as Record<string, unknown>;
  if (found.length === 0) return { variables: plain, files: undefined };
  const files: Record<string, PostedFile> = {};
  for (const [path, file] of found) files[path] = { name: file.name, bytes: new Uint8Array(await file.arrayBuffer()) };
  return { variables: plain, files };
}
