// Everything but GraphQL: health, metrics, and downloads in BTFHub's own layout.

import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { type BtfIndex, type Kernel, kernels, keptVerifierOf, keptVerifiers, withVerifiers } from '@btfq/btf-index';
import { archAlias } from '@btfq/kernel-source/identity';
import type { BundleStore } from '../uploads/bundle-store.ts';
import type { StoredBundle } from '../uploads/bundles.ts';
import type { IndexSource, Lease } from './index-source.ts';
import { matches } from './etags.ts';
import { publishedName, rangeOfBytes, sendPublished } from './published.ts';
import type { Metrics } from './metrics.ts';
import type { Lanes } from './questions/lanes.ts';
import type { BtfQuestion } from './questions/protocol.ts';

/** What a route needs. */
export interface RouteServices {
  readonly source: IndexSource;
  readonly store: BundleStore | undefined;
  readonly metrics: Metrics;
  readonly maxAge: number;
  readonly lanes: Lanes;
  /** A folder of `btfq publish` that is served at the root. */
  readonly published: string | undefined;
}

/** A route's name, for metrics, and its answer; undefined where the path is none of these. */
export interface Routed {
  readonly route: string;
  readonly response: () => Promise<Response>;
}

const BUNDLE = /^\/bundles\/([0-9a-f]{64})\.(tar\.gz|tar\.xz)$/;
/** The kernels whose verifiers the index keeps, as `btfq publish` lists them, and each of these as a file. */
const VERIFIERS = '/verifiers.json';
const VERIFIER = /^\/verifiers\/[0-9a-f]{16}\.btfv$/;
const BTF = /^\/([^/]+)\/([^/]+)\/([^/]+)\/([^/]+)\.btf\.tar\.xz$/;
const HEADER = /^\/([^/]+)\/([^/]+)\/([^/]+)\/([^/]+)\.vmlinux\.h$/;

/** Finds the answer for a path that is not GraphQL's. */
export function route(request: Request, path: string, services: RouteServices): Routed | undefined {
  const { metrics } = services;
  const read = request.method === 'GET' || request.method === 'HEAD';
  const make = (name: string, response: () => Promise<Response>): Routed => ({
    route: name,
    response: async () => {
      if (!read) return text(405, 'only GET\n', { allow: 'GET, HEAD' });
      return withoutBody(request, await response());
    },
  });
  if (path === '/healthz') return make('health', async () => text(200, 'ok\n'));
  if (path === '/readyz') return make('ready', async () => ready(services));
  if (path === '/metrics') {
    return make('metrics', async () => {
      if (services.store) metrics.bundleBytes.set(await services.store.size());
      return new Response(await metrics.text(), { headers: { 'content-type': metrics.contentType } });
    });
  }
  const published = services.published && publishedName(path);
  if (services.published && published) {
    const { published: folder } = services;
    return make('published', async () => sendPublished(request, folder, published));
  }
  if (path === VERIFIERS) return make('verifiers', async () => sendVerifiers(request, services));
  if (VERIFIER.test(path)) return make('verifier', () => sendVerifier(request, services, path.slice(1)));
  const bundle = BUNDLE.exec(path);
  if (bundle) return make('bundle', () => sendBundle(request, services, bundle[1]!, bundle[2]!));
  const btf = BTF.exec(path);
  if (btf) return make('btf', () => sendBtf(request, services, btf.slice(1).map(decodePart)));
  const header = HEADER.exec(path);
  if (header) return make('vmlinux.h', () => sendHeader(request, services, header.slice(1).map(decodePart)));
  return undefined;
}

/** The answer, to HEAD without its body. */
export function withoutBody(request: Request, answer: Response): Response {
  return request.method === 'HEAD' ? new Response(null, { status: answer.status, headers: answer.headers }) : answer;
}

function decodePart(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

function text(status: number, body: string, headers: Record<string, string> = {}): Response {
  return new Response(body, { status, headers: { 'content-type': 'text/plain; charset=utf-8', ...headers } });
}

function ready({ source }: RouteServices): Response {
  try {
    const lease = source.acquire();
    lease.release();
    return text(200, 'ready\n');
  } catch {
    return text(503, 'no index\n', { 'retry-after': '5' });
  }
}

/** A bundle's name is a hash of its question and of the content: it may be kept for good. */
async function sendBundle(
  request: Request,
  { store }: RouteServices,
  id: string,
  extension: string,
): Promise<Response> {
  const bundle = await store?.find(id);
  if (store === undefined || bundle === undefined || bundle.extension !== extension) {
    return text(404, 'no such bundle: ask minimalBtf again\n');
  }
  return sendFile(request, store, bundle, `"${id}"`, 'public, max-age=31536000, immutable');
}

function sendFile(request: Request, store: BundleStore, bundle: StoredBundle, etag: string, cache: string): Response {
  const headers = { etag, 'cache-control': cache };
  if (matches(request, etag)) return new Response(null, { status: 304, headers });
  const body = request.method === 'HEAD' ? null : (Readable.toWeb(store.open(bundle)) as ReadableStream<Uint8Array>);
  return new Response(body, {
    headers: {
      ...headers,
      'content-type': bundle.extension === 'tar.gz' ? 'application/gzip' : 'application/x-xz',
      'content-length': String(bundle.bytes),
    },
  });
}

/**
 * `/<distro>/<version>/<arch>/<release>.btf.tar.xz`: one member `<release>.btf`, as in BTFHub's archive. Compressed
 * once and kept with the bundles.
 */
async function sendBtf(request: Request, services: RouteServices, parts: readonly string[]): Promise<Response> {
  const { source, store, maxAge } = services;
  const lease = source.acquire();
  try {
    const kernel = kernelAt(lease.index, parts);
    if (kernel === undefined) return text(404, 'no such kernel in the index\n');
    const etag = `"${kernel.sha256}"`;
    const cache = `public, max-age=${maxAge}`;
    if (matches(request, etag)) return new Response(null, { status: 304, headers: { etag, 'cache-control': cache } });
    const make = async () => {
      const signal = store === undefined ? request.signal : undefined; // what is kept is made for others, too
      const archive = await kernelBytes(services, lease, kernel, 'archive', signal);
      return { kernels: 1, distinct: 1, extension: 'tar.xz', entries: [], archive };
    };
    if (store !== undefined) {
      return sendFile(request, store, await store.getOrMake(btfId(kernel), make), etag, cache);
    }
    const { archive } = await make();
    return new Response(archive as BodyInit, {
      headers: {
        etag,
        'cache-control': cache,
        'content-type': 'application/x-xz',
        'content-length': String(archive.length),
      },
    });
  } finally {
    lease.release();
  }
}

/** `/<distro>/<version>/<arch>/<release>.vmlinux.h`: its types in C, as bpftool dumps them. */
async function sendHeader(request: Request, services: RouteServices, parts: readonly string[]): Promise<Response> {
  const { source, maxAge } = services;
  const lease = source.acquire();
  try {
    const kernel = kernelAt(lease.index, parts);
    if (kernel === undefined) return text(404, 'no such kernel in the index\n');
    const headers = { etag: `"${kernel.sha256}-h"`, 'cache-control': `public, max-age=${maxAge}` };
    if (matches(request, headers.etag)) return new Response(null, { status: 304, headers });
    const bytes = await kernelBytes(services, lease, kernel, 'header', request.signal);
    return new Response(bytes, { headers: { ...headers, 'content-type': 'text/plain; charset=utf-8' } });
  } finally {
    lease.release();
  }
}

function sendVerifiers(request: Request, { source, maxAge }: RouteServices): Response {
  const lease = source.acquire();
  try {
    const { index } = lease;
    const list = withVerifiers(index, (store) => keptVerifiers(index, store).map(({ kept }) => kept)) ?? [];
    const body = `${JSON.stringify({ verifiers: list }, undefined, 1)}\n`;
    const etag = `"${createHash('sha256').update(body).digest('hex').slice(0, 16)}"`;
    const headers = { etag, 'cache-control': `public, max-age=${maxAge}`, 'content-type': 'application/json' };
    if (matches(request, etag)) return new Response(null, { status: 304, headers });
    return new Response(body, { headers });
  } finally {
    lease.release();
  }
}

/** A name is a hash of the content: it may be kept for good, and fetched in pieces. */
async function sendVerifier(request: Request, services: RouteServices, file: string): Promise<Response> {
  const lease = services.source.acquire();
  try {
    const { index } = lease;
    const kernel = withVerifiers(index, (store) => keptVerifierOf(index, store, file));
    if (kernel === undefined) return text(404, 'no such verifier: ask /verifiers.json again\n');
    const headers = {
      etag: `"${file}"`,
      'cache-control': 'public, max-age=31536000, immutable, no-transform',
      'content-type': 'application/octet-stream',
    };
    if (matches(request, headers.etag)) return new Response(null, { status: 304, headers });
    const bytes = await kernelBytes(services, lease, kernel, 'verifier', request.signal);
    return rangeOfBytes(request, bytes, headers);
  } finally {
    lease.release();
  }
}

/** A kernel's BTF in some form, made in a thread. */
async function kernelBytes(
  { lanes }: RouteServices,
  { index }: Lease,
  { id, sha256 }: Kernel,
  form: BtfQuestion['form'],
  signal: AbortSignal | undefined,
): Promise<Uint8Array<ArrayBuffer>> {
  const reply = await lanes.ask({ kind: 'btf', form, kernelId: id, sha256 }, index.path, signal);
  if (reply.kind !== 'bytes') throw new TypeError(`a BTF got ${reply.kind}`);
  return reply.bytes;
}

/** The kernel of a path, whose machine may be called as people call it: aarch64 and arm64 are the same. */
function kernelAt(index: BtfIndex, [distro, version, arch = '', release]: readonly string[]): Kernel | undefined {
  const machine = archAlias(arch);
  return kernels(index).find(
    (one) => one.release === release && one.distro === distro && one.version === version && one.arch === machine,
  );
}

function btfId(kernel: Kernel): string {
  return createHash('sha256').update(`btf ${kernel.release} ${kernel.sha256}`).digest('hex');
}
