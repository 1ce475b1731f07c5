// Reading a request's body under limits, before GraphQL sees it: each body has a largest size, and all bodies that are
// held at once have one together, so that many large uploads cannot fill the memory.

import { clientError } from '../errors.ts';
import type { Limits } from '../schema/limits.ts';

/** How many bodies of the largest size may be held at once. */
const BODIES_AT_ONCE = 4;

/** Counts the bytes of bodies under way. */
export class BodyReader {
  private held = 0;
  private readonly limits: Limits;

  constructor(limits: Limits) {
    this.limits = limits;
  }

  /** The request with its body read, and how to give its bytes back. Throws TOO_LARGE and OVERLOADED. */
  async read(request: Request): Promise<{ request: Request; release: () => void }> {
    if (request.body === null || request.method === 'GET' || request.method === 'HEAD') {
      return { request, release() {} };
    }
    const { uploadBytes } = this.limits;
    if (Number(request.headers.get('content-length') ?? 0) > uploadBytes) {
      throw clientError('TOO_LARGE', `the request is larger than ${uploadBytes} bytes`);
    }
    const chunks: Uint8Array[] = [];
    let size = 0;
    const release = () => {
      this.held -= size;
      size = 0;
    };
    try {
      for await (const chunk of request.body as unknown as AsyncIterable<Uint8Array>) {
        size += chunk.length;
        this.held += chunk.length;
        if (size > uploadBytes) throw clientError('TOO_LARGE', `the request is larger than ${uploadBytes} bytes`);
        // small bodies always pass: only large ones wait for room
        if (size > this.limits.bodyBytes && this.held > BODIES_AT_ONCE * uploadBytes) {
          throw clientError('OVERLOADED', 'too many uploads at once');
        }
        chunks.push(chunk);
      }
    } catch (error) {
      release();
      throw error;
    }
    const body = new Uint8Array(size);
    let at = 0;
    for (const chunk of chunks) {
      body.set(chunk, at);
      at += chunk.length;
    }
    const { method, headers, signal } = request;
    return { request: new Request(request.url, { method, headers, body, signal }), release };
  }
}
