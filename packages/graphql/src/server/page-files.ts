// The explorer's files, from memory: compressed once, names with a hash kept for good, a policy that lets the page reach
// nothing but its own server.

import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { extname, join, relative, sep } from 'node:path';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';
import { PAGE_HEADERS } from '@btfq/btf-index';
import { matches } from './etags.ts';

/** Answers for the paths of a page; undefined for what it has not. */
export interface PageFiles {
  find(path: string): ((request: Request) => Promise<Response>) | undefined;
}

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.json': 'application/json',
  '.txt': 'text/plain; charset=utf-8',
  '.wasm': 'application/wasm',
};
const BROTLI_LEVEL = 9;

/** `page`: the files by path, `index.html` among them, or their folder. Throws where that cannot be read. */
export function pageFiles(page: string | ReadonlyMap<string, Uint8Array>): PageFiles {
  const files = new Map<string, (request: Request) => Promise<Response>>();
  for (const [name, bytes] of typeof page === 'string' ? filesBelow(page) : page) {
    if (!(extname(name) in TYPES)) continue;
    const answer = fileAnswer(`/${name}`, bytes);
    files.set(`/${name}`, answer);
    if (name === 'index.html') files.set('/', answer);
  }
  return { find: (path) => files.get(path) };
}

function* filesBelow(folder: string): Generator<[string, Uint8Array]> {
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const file = join(entry.parentPath, entry.name);
    yield [relative(folder, file).split(sep).join('/'), readFileSync(file)];
  }
}

function fileAnswer(path: string, bytes: Uint8Array): (request: Request) => Promise<Response> {
  const compressed = new Map<string, Promise<Buffer>>();
  const etag = `"${createHash('sha256').update(bytes).digest('hex').slice(0, 32)}"`;
  const headers = {
    ...PAGE_HEADERS,
    'content-type': TYPES[extname(path)]!,
    // What has a hash in its name never changes; the rest is asked for again each time.
    'cache-control': path.startsWith('/assets/') ? 'public, max-age=31536000, immutable' : 'no-cache',
    vary: 'Accept-Encoding',
    etag,
  };
  return async (request) => {
    if (matches(request, etag)) return new Response(null, { status: 304, headers });
    const encoding = encodingOf(request.headers.get('accept-encoding') ?? '');
    if (encoding === undefined) return new Response(new Uint8Array(bytes), { headers });
    let body = compressed.get(encoding);
    if (body === undefined) compressed.set(encoding, (body = compress(encoding, bytes)));
    return new Response(new Uint8Array(await body), { headers: { ...headers, 'content-encoding': encoding } });
  };
}

function encodingOf(accepted: string): 'br' | 'gzip' | undefined {
  const words = accepted.split(',').map((word) => word.trim().split(';')[0]);
  return words.includes('br') ? 'br' : words.includes('gzip') ? 'gzip' : undefined;
}

function compress(encoding: 'br' | 'gzip', bytes: Uint8Array): Promise<Buffer> {
  const params = { [constants.BROTLI_PARAM_QUALITY]: BROTLI_LEVEL };
  return encoding === 'br' ? promisify(brotliCompress)(bytes, { params }) : promisify(gzip)(bytes);
}
