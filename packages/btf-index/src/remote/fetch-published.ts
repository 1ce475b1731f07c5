// The whole of a published index onto this machine: resumed where it was broken off, verified before it takes its place.

import { existsSync, rmSync, statSync } from 'node:fs';
import { open, rename } from 'node:fs/promises';
import { IndexError } from '../errors.ts';
import { hashOfFile } from '../publish/publish.ts';
import { fileUrl, parsePointer, type Published } from '../read/http-source.ts';
import { pointerOf } from '../read/open-published.ts';

/** How to fetch. */
export interface FetchOptions {
  readonly onProgress?: ((done: number, total: number) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** What was fetched. */
export interface Fetched {
  readonly published: Published;
  /** Bytes that were there from an attempt before. */
  readonly resumed: number;
  /** The file was there already, whole. */
  readonly unchanged: boolean;
}

/** How often a connection that breaks is taken up again without a single byte. */
const TRIES = 5;

/**
 * Fetches the database that an `index.json` mentions to `path`. What is fetched lies beside it, under the name of its hash,
 * until it is whole. Throws `IndexError`: no-index, not-an-index, unreachable, damaged (its hash is another).
 */
export async function fetchPublished(url: string, path: string, options: FetchOptions = {}): Promise<Fetched> {
  const pointer = pointerOf(url);
  if (pointer === undefined) {
    throw new IndexError('not-an-index', `${url} is not an index.json`, {
      path: url,
      hint: 'give the address of its index.json, which says what the file must be',
    });
  }
  const answer = await get(pointer, undefined, options.signal).catch((error: Error) => {
    throw new IndexError('unreachable', `${url} cannot be read: ${error.message}`, { path: url, cause: error });
  });
  if (answer.status !== 200) throw refused(pointer, answer.status);
  const published = parsePointer(await answer.text(), pointer);
  const { size, sha256 } = published;
  if (existsSync(path) && statSync(path).size === size && hashOfFile(path).sha256 === sha256) {
    return { published, resumed: 0, unchanged: true };
  }
  const part = `${path}.${sha256.slice(0, 16)}.part`;
  const sizeOf = () => (existsSync(part) ? statSync(part).size : 0);
  if (sizeOf() > size) rmSync(part);
  const resumed = sizeOf();
  for (let failed = 0; sizeOf() < size; ) {
    const from = sizeOf();
    try {
      await fetchFrom(fileUrl(pointer, published), part, from, size, options);
      if (sizeOf() < size) throw new Error('the connection ended early');
    } catch (error) {
      if (options.signal?.aborted || error instanceof IndexError) throw error;
      failed = sizeOf() > from ? 0 : failed + 1;
      if (failed === TRIES) {
        throw new IndexError('unreachable', `${url} cannot be read: ${causeOf(error)}`, {
          path: url,
          cause: error,
          hint: 'the same command goes on where this one stopped',
        });
      }
    }
  }
  const found = hashOfFile(part);
  if (found.sha256 !== sha256 || found.size !== size) {
    rmSync(part, { force: true });
    throw new IndexError('damaged', `what ${url} sent is not what its index.json describes`, {
      path: url,
      expected: `SHA-256 ${sha256}; it is ${found.sha256}`,
      hint: 'the copy was removed; fetch again',
    });
  }
  await rename(part, path);
  return { published, resumed, unchanged: false };
}

async function fetchFrom(url: string, part: string, from: number, size: number, options: FetchOptions): Promise<void> {
  const answer = await get(url, from > 0 ? `bytes=${from}-${size - 1}` : undefined, options.signal);
  const { status, body } = answer;
  if (status !== 200 && status !== 206) throw refused(url, status);
  let at = status === 206 ? from : 0; // a server without ranges begins again
  if (status === 206 && from > 0 && !answer.headers.get('content-range')?.startsWith(`bytes ${from}-`)) {
    throw new IndexError('damaged', `the server of ${url} sent other bytes than it was asked for`, { path: url });
  }
  if (body === null) return;
  // Each piece is on its place before the next is asked for: when a connection breaks, nothing is still on its way to the file, and
  // the file's size says where to go on.
  const file = await open(part, at > 0 ? 'r+' : 'w');
  try {
    for await (const chunk of body) {
      if (at + chunk.length > size)
        throw new IndexError('damaged', `${url} is larger than ${size} bytes`, { path: url });
      for (let done = 0; done < chunk.length; ) {
        done += (await file.write(chunk, done, chunk.length - done, at + done)).bytesWritten;
      }
      at += chunk.length;
      options.onProgress?.(at, size);
    }
  } finally {
    await file.close();
  }
}

async function get(url: string, range: string | undefined, signal: AbortSignal | undefined): Promise<Response> {
  const ask = () =>
    fetch(url, {
      headers: { 'accept-encoding': 'identity', ...(range && { range }) },
      ...(signal && { signal }),
    });
  try {
    // A connection that was kept open may have been closed by the server while this process was busy: ask over a new one.
    return await ask().catch((error) => (signal?.aborted || !isClosed(error) ? Promise.reject(error) : ask()));
  } catch (error) {
    if (signal?.aborted) throw error;
    throw Object.assign(new Error(causeOf(error)), { cause: error });
  }
}

/** Whether a connection ended under a request, as undici and the system call it. */
function isClosed(error: unknown): boolean {
  const code = (error as { cause?: { code?: string } }).cause?.code;
  return code === 'UND_ERR_SOCKET' || code === 'ECONNRESET' || code === 'EPIPE';
}

function causeOf(error: unknown): string {
  const { cause, message } = error as Error & { cause?: { message?: string; code?: string } };
  return cause?.message || cause?.code || message;
}

function refused(url: string, status: number): IndexError {
  const missing = status === 404 || status === 410;
  return new IndexError(missing ? 'no-index' : 'unreachable', `${url} cannot be read: the server says ${status}`, {
    path: url,
  });
}
