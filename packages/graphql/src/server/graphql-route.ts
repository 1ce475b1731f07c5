// /graphql: a question as a request, its answer as bytes, with validators for caches.

import { createHash } from 'node:crypto';
import type { Limits } from '../schema/limits.ts';
import { remembered } from './bytes.ts';
import { matches } from './etags.ts';
import { checkForm } from './forms.ts';
import type { IndexSource, Lease } from './index-source.ts';
import { checkOrigin } from './origins.ts';
import type { startProtocol } from './protocol.ts';

/** What answering takes. */
export interface GraphqlRoute {
  readonly source: IndexSource;
  readonly protocol: ReturnType<typeof startProtocol>;
  readonly limits: Limits;
  readonly cors: readonly string[];
  /** Seconds for which caches may keep an answer to a GET. */
  readonly maxAge: number;
}

/** Answers a request of GraphQL. Throws what the origin, the form and the question are refused for. */
export async function answerGraphql(
  { source, protocol, limits, cors, maxAge }: GraphqlRoute,
  request: Request,
  body: Uint8Array<ArrayBuffer> | undefined,
): Promise<Response> {
  checkOrigin(request, cors);
  if (body !== undefined) checkForm(request, body, limits);
  const isPage = request.method === 'GET' && (request.headers.get('accept') ?? '').includes('text/html');
  const lease = source.acquire();
  try {
    const etag = request.method === 'GET' && !isPage ? etagOf(request, lease) : undefined;
    const caching = etag && { etag, 'cache-control': `public, max-age=${maxAge}`, vary: 'Accept' };
    if (etag && caching && matches(request, etag)) return new Response(null, { status: 304, headers: caching });
    const { response, bytes } = await protocol(request, body, lease);
    const headers = new Headers(response.headers);
    if (caching) {
      const cacheable = response.status === 200 && !startsWith(bytes, '{"errors"');
      for (const [name, value] of Object.entries(cacheable ? caching : { 'cache-control': 'no-store' }))
        headers.set(name, value);
    }
    return remembered(bytes, { status: response.status, headers });
  } finally {
    lease.release();
  }
}

function startsWith(bytes: Uint8Array, text: string): boolean {
  return Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.length, text.length)).toString('latin1') === text;
}

/** Weak: the same answer for the same question of the same generation, up to its encoding. */
function etagOf(request: Request, lease: Lease): string {
  const { pathname, search } = new URL(request.url);
  const question = `${lease.generation}\n${pathname}${search}\n${request.headers.get('accept') ?? ''}`;
  return `W/"${createHash('sha256').update(question).digest('base64url').slice(0, 22)}"`;
}
