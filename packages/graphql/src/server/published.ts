// A folder of `btfq publish`, as a static host sends it: ranges, validators, databases that never change.

import { createHash } from 'node:crypto';
import { createReadStream, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { matches } from './etags.ts';

/** What of the folder is served: the pointer, and databases and verifiers under the names of their hashes. */
const NAME = /^\/(index\.json|btfq-[0-9a-f]{16}\.db|verifiers-[0-9a-f]{16}\.json|verifiers\/[0-9a-f]{16}\.btfv)$/;
const TYPES: Readonly<Record<string, string>> = { json: 'application/json', db: 'application/vnd.sqlite3' };

const CORS = {
  'access-control-allow-origin': '*',
  'access-control-expose-headers': 'Content-Range, Content-Length, ETag',
};

/** The file that a path means; undefined where it is none of the folder's. */
export function publishedName(path: string): string | undefined {
  return NAME.exec(path)?.[1];
}

/** Sends a file or a range of it. 404 where it is not there. */
export function sendPublished(request: Request, folder: string, name: string): Response {
  const path = join(folder, name);
  let size: number;
  try {
    ({ size } = statSync(path));
  } catch {
    return new Response('not found\n', { status: 404 });
  }
  const pointer = name === 'index.json';
  const etag = pointer
    ? `"${createHash('sha256').update(readFileSync(path)).digest('hex').slice(0, 16)}"`
    : `"${name}"`;
  const headers: Record<string, string> = {
    ...CORS,
    etag,
    'accept-ranges': 'bytes',
    'content-type': TYPES[name.slice(name.lastIndexOf('.') + 1)] ?? 'application/octet-stream',
    'cache-control': pointer
      ? 'public, max-age=60, must-revalidate'
      : 'public, max-age=31536000, immutable, no-transform',
  };
  if (matches(request, etag)) return new Response(null, { status: 304, headers });
  const open = (start: number, end: number) => Readable.toWeb(createReadStream(path, { start, end })) as BodyInit;
  return ranged(request, size, headers, etag, open);
}

/** Bytes, or a range of them. `headers` has their etag. */
export function rangeOfBytes(
  request: Request,
  bytes: Uint8Array<ArrayBuffer>,
  headers: Readonly<Record<string, string>> & { readonly etag: string },
): Response {
  const all = { ...headers, 'accept-ranges': 'bytes' };
  return ranged(request, bytes.length, all, headers.etag, (from, to) => bytes.subarray(from, to + 1));
}

function ranged(
  request: Request,
  size: number,
  headers: Record<string, string>,
  etag: string,
  open: (from: number, to: number) => BodyInit,
): Response {
  const condition = request.headers.get('if-range');
  const range = condition === null || condition === etag ? request.headers.get('range') : null;
  const meant = range === null ? undefined : rangeOf(range, size);
  if (meant === 'beyond') {
    return new Response(null, { status: 416, headers: { ...headers, 'content-range': `bytes */${size}` } });
  }
  const [from, to] = meant ?? [0, size - 1];
  headers['content-length'] = String(to - from + 1);
  if (meant !== undefined) headers['content-range'] = `bytes ${from}-${to}/${size}`;
  const body = request.method === 'HEAD' || size === 0 ? null : open(from, to);
  return new Response(body, { status: meant === undefined ? 200 : 206, headers });
}

/** One range, first and last byte; undefined for what is to be ignored (RFC 9110, 14.2), such as several. */
function rangeOf(text: string, size: number): readonly [number, number] | 'beyond' | undefined {
  const [, first = '', last = ''] = /^bytes=(\d*)-(\d*)$/.exec(text) ?? [];
  if (first === '' && last === '') return undefined;
  const from = first === '' ? Math.max(0, size - Number(last)) : Number(first);
  const to = first === '' || last === '' ? size - 1 : Math.min(Number(last), size - 1);
  if (first !== '' && last !== '' && Number(last) < Number(first)) return undefined;
  return from >= size || (first === '' && Number(last) === 0) ? 'beyond' : [from, to];
}
