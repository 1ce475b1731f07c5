// A Chromium for the tests, and the page over the fixture kernels: from a server, and from a folder without one.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { extname, join, resolve } from 'node:path';
import { createHandler, fileIndexSource, listen } from '@btfq/graphql';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'chrome'];
/** The built page. */
export const DIST = resolve(import.meta.dirname, '../dist');
/** Why there can be no such test here; undefined where there can. */
export const missing: string | undefined = !existsSync(join(DIST, 'index.html'))
  ? 'needs the built page: pnpm build'
  : browserPath() === undefined
    ? `needs a Chromium on the PATH: one of ${NAMES.join(', ')}`
    : undefined;

export function browserPath(): string | undefined {
  for (const name of NAMES) {
    const found = spawnSync('which', [name], { encoding: 'utf8' });
    if (found.status === 0) return found.stdout.trim();
  }
  return undefined;
}

/** The page with a server over an index file. */
export async function served(path: string): Promise<{ readonly url: string; close(): Promise<void> }> {
  const cacheFolder = mkdtempSync(join(tmpdir(), 'btfq-explorer-'));
  const handler = createHandler(fileIndexSource(path), { page: DIST, cacheFolder });
  const listening = await listen(handler, { port: 0 });
  return {
    url: `${listening.url}/`,
    async close() {
      await listening.close(100);
      rmSync(cacheFolder, { recursive: true, force: true });
    },
  };
}

const TYPES: Record<string, string> = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.json': 'application/json',
  '.wasm': 'application/wasm',
  '.svg': 'image/svg+xml',
};

/** A folder on HTTP with ranges, and nothing else. */
export async function staticFolder(folder: string): Promise<{ readonly url: string; close(): Promise<void> }> {
  const server = createServer((request, response) => {
    const path = join(folder, decodeURIComponent(new URL(request.url ?? '/', 'http://x').pathname));
    const file = path.endsWith('/') ? join(path, 'index.html') : path;
    if (!file.startsWith(folder) || !existsSync(file) || !statSync(file).isFile()) {
      response.writeHead(404).end();
      return;
    }
    const bytes = readFileSync(file);
    const type = TYPES[extname(file)] ?? 'application/octet-stream';
    const range = /^bytes=(\d+)-(\d*)$/.exec(request.headers.range ?? '');
    const head = { 'content-type': type, 'accept-ranges': 'bytes', etag: `"${bytes.length}"` };
    if (range === null) {
      response.writeHead(200, { ...head, 'content-length': bytes.length });
      response.end(request.method === 'HEAD' ? undefined : bytes);
      return;
    }
    const start = Number(range[1]);
    const end = Math.min(range[2] ? Number(range[2]) : bytes.length - 1, bytes.length - 1);
    const part = bytes.subarray(start, end + 1);
    response.writeHead(206, {
      ...head,
      'content-range': `bytes ${start}-${end}/${bytes.length}`,
      'content-length': part.length,
    });
    response.end(part);
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/`,
    close: () =>
      new Promise((done) => {
        server.closeAllConnections();
        server.close(() => done());
      }),
  };
}
