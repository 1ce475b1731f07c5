// The handler on Node's http. A request takes a place when it is there whole; until then it costs its client a connection
// and a deadline. Closing finishes what is under way.

import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { clientError } from '../errors.ts';
import { bytesOf } from './bytes.ts';
import { Connections } from './connections.ts';
import { SMALL_BODY } from './answer-cache.ts';
import type { Handler } from './handler.ts';
import { type HostNames, hostNames, isOurs } from './origins.ts';

/** Where and how to listen. */
export interface ListenOptions {
  /** 127.0.0.1 by default: the world must be asked for. */
  readonly host?: string;
  /** 4000 by default; 0 takes any that is free. */
  readonly port?: number;
  /** Milliseconds in which a request must have arrived whole; 30 s by default. Below 10 s it bounds pauses of bodies and of readers too. */
  readonly requestTimeout?: number;
  /** Connections of one client; 256 by default. A further one costs the client that of its own which waits longest. */
  readonly connectionsPerClient?: number;
  /** Connections at once; 4096 by default. */
  readonly connections?: number;
  /**
   * Names (without port) that requests may give as their host, besides the loopback's own where that is what the server
   * listens on; `*` for any. A server that listens elsewhere takes any unless some are given.
   */
  readonly hostNames?: readonly string[];
}

/** A server that listens. */
export interface Listening {
  readonly url: string;
  readonly server: Server;
  /** Takes no new requests, waits for those under way (at most `milliseconds`, 10 s by default), closes the handler. */
  close(milliseconds?: number): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

/** Milliseconds without a byte of a body, and without one of an answer taken; those of a whole request, where they are fewer. */
const STALLED = 10_000;
/** Requests of one connection under way at once: more are sent only to be a burden. */
const PIPELINED = 64;
/** Bytes of answers that wait for their readers, all together; small ones always pass. */
const UNREAD_BYTES = 256 * 1024 * 1024;
const SMALL_ANSWER = 65_536;
/** Bytes a second that a client must take of its answer, after `STALLED`. */
const SLOWEST_READER = 32_768;

/** Starts to listen. Rejects where the port is taken (`code` EADDRINUSE). */
export async function listen(handler: Handler, options: ListenOptions = {}): Promise<Listening> {
  const { host = '127.0.0.1', port = 4000, requestTimeout = 30_000 } = options;
  const connections = new Connections(options.connectionsPerClient ?? 256, options.connections ?? 4096);
  const stalled = Math.min(STALLED, requestTimeout);
  const served = new Served(handler, connections, hostNames(host, options.hostNames ?? []), stalled);
  const server = createServer(
    {
      requestTimeout,
      headersTimeout: Math.min(requestTimeout, 10_000),
      connectionsCheckingInterval: 1_000,
      maxHeaderSize: 32_768,
      keepAliveTimeout: 65_000, // longer than load balancers keep idle connections, so that they close first
    },
    (request, response) => served.take(request, response),
  );
  server.maxRequestsPerSocket = 10_000;
  server.maxHeadersCount = 200;
  server.on('connection', (socket) => connections.add(socket));
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen({ port, host, backlog: 1024 }, resolve);
  });
  handler.warm();
  const address = server.address();
  const bound = typeof address === 'object' && address !== null ? address.port : port;
  const close = async (milliseconds = 10_000): Promise<void> => {
    const closed = new Promise<void>((resolve) => server.close(() => resolve()));
    server.closeIdleConnections();
    const timer = setTimeout(() => server.closeAllConnections(), milliseconds);
    await closed;
    clearTimeout(timer);
    await handler.close();
  };
  return {
    url: `http://${host.includes(':') ? `[${host}]` : host}:${bound}`,
    server,
    close,
    [Symbol.asyncDispose]: () => close(),
  };
}

/** Requests of one server. */
class Served {
  private readonly handler: Handler;
  private readonly connections: Connections;
  private readonly names: HostNames;
  private readonly stalled: number;
  /** Bodies up to this are read without being counted. */
  private readonly smallBody: number;
  private readonly deadlines: Deadlines;
  private unread = 0;

  constructor(handler: Handler, connections: Connections, names: HostNames, stalled: number) {
    this.stalled = stalled;
    this.handler = handler;
    this.connections = connections;
    this.names = names;
    this.smallBody = Math.min(SMALL_BODY, handler.limits.uploadBytes);
    this.deadlines = new Deadlines(stalled);
  }

  /**
   * One request. What may have been asked before is looked up as soon as its few bytes are there, without a promise or a timer of
   * its own; it goes the way of all others where it was not.
   */
  take(request: IncomingMessage, response: ServerResponse): void {
    const length = Number(request.headers['content-length'] ?? Number.NaN);
    if (!(length <= this.smallBody) || !isPlainQuestion(request) || !isOurs(this.names, request.headers.host)) {
      void this.serve(request, response);
      return;
    }
    let body: Uint8Array<ArrayBuffer> | undefined;
    const waits = { request, since: performance.now() };
    this.deadlines.add(waits);
    request.on('data', (chunk: Buffer<ArrayBuffer>) => {
      waits.since = performance.now();
      body = body === undefined ? chunk : Buffer.concat([body, chunk]);
    });
    request.on('end', () => {
      this.deadlines.delete(waits);
      const { socket } = request;
      const known = body && !socket.destroyed ? this.handler.known(body, wantsNewest(request)) : undefined;
      if (known === undefined || known.length > SMALL_ANSWER) {
        void this.serve(request, response, body ?? new Uint8Array());
        return;
      }
      if (this.connections.begin(socket) > PIPELINED) socket.destroy();
      else {
        response.writeHead(200, {
          'content-type': 'application/json; charset=utf-8',
          'content-length': known.length,
        });
        response.end(known);
      }
      this.connections.end(socket);
    });
  }

  /** One request from its head, or from its body, to the last byte of its answer. Never rejects. */
  async serve(request: IncomingMessage, response: ServerResponse, read?: Uint8Array<ArrayBuffer>): Promise<void> {
    const { socket } = request;
    let release = () => {};
    let began = false;
    try {
      if (!isOurs(this.names, request.headers.host)) {
        throw clientError('WRONG_HOST', 'this server has another name: see --host-name');
      }
      let body = read;
      if (body === undefined && request.method !== 'GET' && request.method !== 'HEAD') {
        const whole = await this.body(request);
        release = whole.release;
        body = whole.bytes;
      }
      if (socket.destroyed) return;
      began = true;
      if (this.connections.begin(socket) > PIPELINED) {
        socket.destroy();
        return;
      }
      const known =
        body && read === undefined && isPlainQuestion(request)
          ? this.handler.known(body, wantsNewest(request))
          : undefined;
      if (known !== undefined) {
        response.writeHead(200, {
          'content-type': 'application/json; charset=utf-8',
          'content-length': known.length,
        });
        await this.send(response, known);
        return;
      }
      await this.respond(request, response, await this.handler.answer(this.asRequest(request, response), body));
    } catch (error) {
      if (socket.destroyed || response.headersSent) socket.destroy();
      else await this.respond(request, response, this.handler.refuse(error)).catch(() => socket.destroy());
    } finally {
      release();
      if (began) this.connections.end(socket);
    }
  }

  private async body(request: IncomingMessage): ReturnType<Handler['readBody']> {
    const stalled = setTimeout(() => request.destroy(), this.stalled);
    request.on('data', () => stalled.refresh());
    try {
      return await this.handler.readBody(request, Number(request.headers['content-length'] ?? 0));
    } finally {
      clearTimeout(stalled);
    }
  }

  private asRequest(request: IncomingMessage, response: ServerResponse): Request {
    const gone = new AbortController();
    response.once('close', () => {
      if (!response.writableFinished) gone.abort();
    });
    const headers = new Headers();
    for (const [name, value] of Object.entries(request.headers)) {
      if (value !== undefined) headers.set(name, Array.isArray(value) ? value.join(', ') : value);
    }
    const path = (request.url ?? '/').startsWith('/') ? (request.url as string) : '/';
    const given = request.headers.host ?? 'localhost';
    const base = URL.canParse(`http://${given}`) ? given : 'localhost';
    return new Request(`http://${base}${path}`, {
      method: request.method ?? 'GET',
      headers,
      signal: gone.signal,
    });
  }

  private async respond(request: IncomingMessage, response: ServerResponse, answer: Response): Promise<void> {
    if (response.destroyed) return;
    const bytes = bytesOf(answer) ?? (answer.body === null ? new Uint8Array() : undefined);
    if (bytes && bytes.length > SMALL_ANSWER && this.unread + bytes.length > UNREAD_BYTES) {
      await this.respond(
        request,
        response,
        this.handler.refuse(clientError('OVERLOADED', 'too many answers wait to be read')),
      );
      return;
    }
    response.statusCode = answer.status;
    for (const [name, value] of answer.headers) response.setHeader(name, value);
    // what was not read of a refused request would be taken for the next one
    if (!request.complete) response.setHeader('connection', 'close');
    if (bytes !== undefined) {
      if (!answer.headers.has('content-length') && answer.status !== 304)
        response.setHeader('content-length', bytes.length);
      await this.send(response, bytes);
    } else {
      const stop = this.watchReader(response);
      try {
        await pipeline(Readable.fromWeb(answer.body as Parameters<typeof Readable.fromWeb>[0]), response);
      } finally {
        stop();
      }
    }
    if (!request.complete) request.socket.destroySoon();
  }

  /** Ends the connection of a client that takes a stream too slowly: it holds a file, or an archive in memory. Gives what ends the watch. */
  private watchReader(response: ServerResponse): () => void {
    const { socket } = response;
    const began = performance.now();
    const before = socket?.bytesWritten ?? 0;
    let [taken, last] = [0, began];
    // what the system keeps for a client counts as taken: one that reads nothing is told by its standing still, one that reads little by its rate
    const timer = setInterval(
      () => {
        const now = performance.now();
        const written = (socket?.bytesWritten ?? 0) - before;
        if (written > taken) [taken, last] = [written, now];
        const tooSlow = now - began > this.stalled + (taken / SLOWEST_READER) * 1000;
        if (tooSlow || now - last > 3 * this.stalled) response.destroy();
      },
      Math.min(1000, this.stalled),
    );
    return () => clearInterval(timer);
  }

  /** Writes an answer, and waits until its reader has it, or has had time enough. */
  private async send(response: ServerResponse, bytes: Uint8Array): Promise<void> {
    if (bytes.length <= SMALL_ANSWER) {
      response.end(bytes);
      return;
    }
    this.unread += bytes.length;
    const most = this.stalled + (bytes.length / SLOWEST_READER) * 1000;
    const timer = setTimeout(() => response.destroy(), most);
    try {
      await new Promise<void>((resolve) => {
        response.once('close', resolve);
        response.end(bytes, resolve);
      });
    } finally {
      clearTimeout(timer);
      this.unread -= bytes.length;
    }
  }
}

interface Waiting {
  readonly request: IncomingMessage;
  since: number;
}

/** The deadlines of small bodies: one timer for all, and none while nothing waits for a body. */
class Deadlines {
  private readonly waiting = new Set<Waiting>();
  private readonly milliseconds: number;
  private timer: NodeJS.Timeout | undefined;

  constructor(milliseconds: number) {
    this.milliseconds = milliseconds;
  }

  add(one: Waiting): void {
    this.waiting.add(one);
    this.timer ??= setInterval(() => this.look(), Math.min(1000, this.milliseconds / 4)).unref();
  }

  delete(one: Waiting): void {
    this.waiting.delete(one);
  }

  private look(): void {
    const now = performance.now();
    for (const one of this.waiting) {
      if (one.request.destroyed) this.waiting.delete(one);
      else if (now - one.since > this.milliseconds) one.request.destroy();
    }
    if (this.waiting.size > 0) return;
    clearInterval(this.timer);
    this.timer = undefined;
  }
}

/** A question in JSON that nothing but its body says from others. */
function isPlainQuestion({ method, url, headers }: IncomingMessage): boolean {
  if (method !== 'POST' || url !== '/graphql' || headers.origin !== undefined) return false;
  if (headers['sec-fetch-site'] !== undefined || headers['content-encoding'] !== undefined) return false;
  if (!/^application\/json(;|$)/.test(headers['content-type'] ?? '')) return false;
  const { accept } = headers;
  return accept === undefined || accept === '*/*' || accept.startsWith('application/json');
}

/** Whether a client wants no answer that was the newest a moment ago. */
function wantsNewest({ headers }: IncomingMessage): boolean {
  return headers['cache-control']?.includes('no-cache') ?? false;
}
