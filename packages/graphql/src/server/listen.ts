// The handler on Node's http: slow clients end, closing finishes what is under way.

import { createServer, type Server } from 'node:http';
import type { Handler } from './handler.ts';

/** Where and how to listen. */
export interface ListenOptions {
  /** 127.0.0.1 by default: the world must be asked for. */
  readonly host?: string;
  /** 4000 by default; 0 takes any that is free. */
  readonly port?: number;
  /** Milliseconds in which a request must have arrived whole; 30 s by default. */
  readonly requestTimeout?: number;
}

/** A server that listens. */
export interface Listening {
  readonly url: string;
  readonly server: Server;
  /** Takes no new requests, waits for those under way (at most `milliseconds`, 10 s by default), closes the handler. */
  close(milliseconds?: number): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

/** Starts to listen. Rejects where the port is taken (`code` EADDRINUSE). */
export async function listen(handler: Handler, options: ListenOptions = {}): Promise<Listening> {
  const { host = '127.0.0.1', port = 4000, requestTimeout = 30_000 } = options;
  const { createServerAdapter } = await import('@whatwg-node/server');
  const adapter = createServerAdapter((request: Request) => handler.fetch(request));
  const server = createServer(
    {
      requestTimeout,
      headersTimeout: Math.min(requestTimeout, 10_000),
      connectionsCheckingInterval: 1_000,
      maxHeaderSize: 32_768,
    },
    adapter,
  );
  server.keepAliveTimeout = 65_000; // longer than load balancers keep idle connections, so that they close first
  server.maxRequestsPerSocket = 10_000;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, resolve);
  });
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
