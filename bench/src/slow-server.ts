// A static host whose answers come late: ranges of files of one folder, in a thread, so that whoever asks may wait for them.

import { createReadStream, existsSync, statSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { basename, join } from 'node:path';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';

/** A server, and how to end it. */
export interface SlowServer {
  /** Of its `index.json`. */
  readonly url: string;
  close(): Promise<unknown>;
}

/** Serves a folder; the first byte of each answer comes `latency` milliseconds after its request. */
export function startSlowServer(folder: string, latency: number): Promise<SlowServer> {
  const worker = new Worker(new URL(import.meta.url), { workerData: { folder, latency } });
  return new Promise((resolve, reject) => {
    worker.once('error', reject);
    worker.once('message', (port: number) =>
      resolve({ url: `http://127.0.0.1:${port}/index.json`, close: () => worker.terminate() }),
    );
  });
}

if (!isMainThread) {
  const { folder, latency } = workerData as { readonly folder: string; readonly latency: number };
  const server = createServer((request, response) => setTimeout(() => answer(folder, request, response), latency));
  server.listen(0, '127.0.0.1', () => parentPort?.postMessage((server.address() as AddressInfo).port));
}

function answer(folder: string, { url, headers }: IncomingMessage, response: ServerResponse): void {
  const path = join(folder, basename(url ?? ''));
  if (!existsSync(path)) {
    response.writeHead(404).end();
    return;
  }
  const { size } = statSync(path);
  const range = /^bytes=(\d+)-(\d+)$/.exec(headers.range ?? '');
  if (range === null) {
    response.writeHead(200, { 'content-length': size });
    createReadStream(path).pipe(response);
    return;
  }
  const [first, last] = [Number(range[1]), Math.min(Number(range[2]), size - 1)];
  response.writeHead(206, {
    'content-length': last - first + 1,
    'content-range': `bytes ${first}-${last}/${size}`,
    etag: `"${basename(path)}"`,
  });
  createReadStream(path, { start: first, end: last }).pipe(response);
}
