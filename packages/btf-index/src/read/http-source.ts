// An index on a web server, by ranges of its URL. The rules are HTTP's (RFC 9110, section 14): a 206 says in
// Content-Range which bytes it has and of how many; an ETag says whether they are still of the same file.

import { IndexError } from '../errors.ts';
import type { ByteSource } from './byte-source.ts';

/** What a server answered. */
export interface HttpAnswer {
  readonly status: number;
  /** By name in lower case; null where the server or the browser does not say. */
  header(name: string): string | null;
  readonly body: Uint8Array;
}

/** Sends a GET and waits for the answer, redirects followed. `range` is inclusive. Throws where there is none. */
export type Transport = (url: string, range?: readonly [first: number, last: number]) => HttpAnswer;

/** How many times a request that a server or the network failed is sent. */
const TRIES = 3;
/** Bytes of one request at least. */
const STEP = 8_192;
/** The first request: the header, and what a published index has at its beginning. */
const FIRST = 65_536;

/** What `index.json` says of a published index: see `publish`. */
export interface Published {
  readonly file: string;
  readonly size: number;
  readonly sha256: string;
  readonly generation: string;
  readonly kernels: number;
  readonly schemaVersion: number;
  /** Bytes at the beginning that every question reads: worth one request. */
  readonly head?: number | undefined;
  /** Others, as offset and length, that are read as a whole where they are read. */
  readonly extents?: readonly (readonly [offset: number, length: number])[] | undefined;
  /** The list of kernels whose verifiers lie beside it, as `KeptVerifiers`; not there where none do. */
  readonly verifiers?: string | undefined;
}

/** Sends a request until it is answered. Throws `unreachable`, `no-index`. */
export function request(transport: Transport, url: string, range?: readonly [number, number]): HttpAnswer {
  let fault: unknown;
  for (let tries = 0; tries < TRIES; tries++) {
    let answer: HttpAnswer;
    try {
      answer = transport(url, range);
    } catch (error) {
      if (error instanceof IndexError) throw error;
      fault = error;
      continue;
    }
    if (answer.status === 404 || answer.status === 410) {
      throw new IndexError('no-index', `there is no index at ${url}: the server says ${answer.status}`, { path: url });
    }
    if (answer.status < 500 && answer.status !== 429) return answer;
    fault = new Error(`the server says ${answer.status}`);
  }
  throw new IndexError('unreachable', `${url} cannot be read: ${(fault as Error).message}`, {
    path: url,
    cause: fault,
  });
}

/** Reads `index.json`. Throws `no-index`, `not-an-index`, `unreachable`. */
export function readPointer(transport: Transport, url: string): Published {
  const { status, body } = request(transport, url);
  if (status !== 200)
    throw new IndexError('unreachable', `${url} cannot be read: the server says ${status}`, { path: url });
  return parsePointer(new TextDecoder().decode(body), url);
}

/** Throws `not-an-index` for anything that `publish` would not write. */
export function parsePointer(text: string, url: string): Published {
  let pointer: Partial<Published> | null = null;
  try {
    pointer = JSON.parse(text) as Partial<Published> | null;
  } catch {
    // reported below
  }
  const { file, size, sha256, generation, kernels, schemaVersion, head, extents, verifiers } = pointer ?? {};
  if (
    typeof file !== 'string' ||
    !/^[\w.-]+$/.test(file) ||
    !Number.isSafeInteger(size) ||
    !/^[0-9a-f]{64}$/.test(sha256 ?? '') ||
    typeof generation !== 'string' ||
    typeof kernels !== 'number' ||
    typeof schemaVersion !== 'number' ||
    !(head === undefined || Number.isSafeInteger(head)) ||
    !(extents === undefined || areExtents(extents)) ||
    !(verifiers === undefined || (typeof verifiers === 'string' && /^[\w.-]+$/.test(verifiers)))
  ) {
    throw new IndexError('not-an-index', `${url} is not a pointer to an index of btfq`, {
      path: url,
      expected: 'the index.json that btfq publish writes',
    });
  }
  const known = { file, size: size as number, sha256: sha256 as string, generation, kernels, schemaVersion };
  return { ...known, head, extents, ...(verifiers === undefined ? {} : { verifiers }) };
}

function areExtents(value: unknown): boolean {
  const isNumber = (number: unknown) => Number.isSafeInteger(number) && (number as number) >= 0;
  return Array.isArray(value) && value.every((one) => Array.isArray(one) && one.length === 2 && one.every(isNumber));
}

/** The database's URL beside its pointer. */
export function fileUrl(pointerUrl: string, { file }: Published): string {
  return new URL(file, pointerUrl).href;
}

/**
 * A source over ranges. With what a pointer says of the file, nothing else of that size is taken for it. Throws
 * `no-ranges`, `changed`, `unreachable`, `no-index`, `damaged`, here and when it is read.
 */
export function httpSource(transport: Transport, url: string, published?: Published): ByteSource {
  return new HttpSource(transport, url, published);
}

class HttpSource implements ByteSource {
  readonly name: string;
  readonly size: number;
  readonly step = STEP;
  private readonly transport: Transport;
  readonly head: number | undefined;
  readonly extents: Published['extents'];
  private tag: string | null = null;
  private first: Uint8Array = new Uint8Array(0);

  constructor(transport: Transport, url: string, published: Published | undefined) {
    this.transport = transport;
    this.name = url;
    this.head = published?.head;
    this.extents = published?.extents;
    if (published !== undefined) {
      this.size = published.size; // nothing is asked before something is read: it may all have been kept
      return;
    }
    const answer = request(transport, url, [0, FIRST - 1]);
    this.tag = tagOf(answer);
    const size = this.checked(answer, 0, undefined);
    if (size === undefined) {
      throw new IndexError('no-ranges', `${url} does not say how large it is`, {
        path: url,
        hint: 'open the index.json beside it, or let the server expose Content-Range (Access-Control-Expose-Headers)',
      });
    }
    this.size = size;
    this.first = answer.body;
  }

  read(offset: number, length: number): Uint8Array {
    if (offset + length <= this.first.length) return this.first.subarray(offset, offset + length);
    const answer = request(this.transport, this.name, [offset, offset + length - 1]);
    const total = this.checked(answer, offset, length);
    if (total !== undefined && total !== this.size) throw this.changed();
    const tag = tagOf(answer);
    if (tag !== null && this.tag !== null && tag !== this.tag) throw this.changed();
    this.tag ??= tag;
    return answer.body;
  }

  /** The file's size, where the answer says it. */
  private checked(answer: HttpAnswer, offset: number, length: number | undefined): number | undefined {
    const { status } = answer;
    if (status === 416) throw this.changed();
    if (status === 200) {
      throw new IndexError('no-ranges', `the server of ${this.name} sends whole files only`, {
        path: this.name,
        expected: 'status 206 to a request with Range',
        hint: 'btfq fetch takes the whole file',
      });
    }
    if (status !== 206) {
      throw new IndexError('unreachable', `${this.name} cannot be read: the server says ${status}`, {
        path: this.name,
      });
    }
    const encoding = answer.header('content-encoding');
    if (encoding !== null && encoding !== 'identity') {
      throw new IndexError('no-ranges', `the server of ${this.name} compresses ranges (${encoding})`, {
        path: this.name,
        hint: 'turn compression off for .db files',
      });
    }
    const range = /^bytes (\d+)-(\d+)\/(\d+|\*)$/.exec(answer.header('content-range') ?? '');
    const wrong =
      range !== null && (Number(range[1]) !== offset || Number(range[2]) !== offset + answer.body.length - 1);
    if (wrong || (length !== undefined && answer.body.length !== length)) {
      throw new IndexError('damaged', `the server of ${this.name} sent other bytes than it was asked for`, {
        path: this.name,
        expected: length === undefined ? `bytes from ${offset}` : `${length} bytes from ${offset}`,
      });
    }
    return range === null || range[3] === '*' ? undefined : Number(range[3]);
  }

  private changed(): IndexError {
    return new IndexError('changed', `${this.name} was replaced while it was read`, {
      path: this.name,
      hint: 'ask again; a folder that btfq publish made keeps old files for their readers',
    });
  }
}

function tagOf(answer: HttpAnswer): string | null {
  return answer.header('etag') ?? answer.header('last-modified');
}
