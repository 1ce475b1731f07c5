// Reading a request's body under limits, before anything is done about it: each body has a largest size, and all bodies
// that are held at once have one together, so that many large uploads cannot fill the memory.

import { clientError } from '../errors.ts';
import type { Limits } from '../schema/limits.ts';

/** How many bodies of the largest size may be held at once. */
const BODIES_AT_ONCE = 4;

/** A body that arrived whole. */
export interface ReadBody {
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** Gives its bytes back to the count. */
  release(): void;
}

/** Counts the bytes of bodies under way. */
export class BodyReader {
  private held = 0;
  private readonly limits: Limits;

  constructor(limits: Limits) {
    this.limits = limits;
  }

  /** Reads all of a body; `length` is what its head promised. Throws TOO_LARGE and OVERLOADED. */
  async read(body: AsyncIterable<Uint8Array>, length: number): Promise<ReadBody> {
    const { uploadBytes, bodyBytes } = this.limits;
    const tooLarge = () => clientError('TOO_LARGE', `the request is larger than ${uploadBytes} bytes`);
    if (length > uploadBytes) throw tooLarge();
    const chunks: Uint8Array[] = [];
    let size = 0;
    let held = 0;
    const release = () => {
      this.held -= held;
      held = 0;
    };
    try {
      for await (const chunk of body) {
        size += chunk.length;
        held += chunk.length;
        this.held += chunk.length;
        if (size > uploadBytes) throw tooLarge();
        // small bodies always pass: only large ones wait for room
        if (size > bodyBytes && this.held > BODIES_AT_ONCE * uploadBytes) {
          throw clientError('OVERLOADED', 'too many uploads at once');
        }
        chunks.push(chunk);
      }
    } catch (error) {
      release();
      throw error;
    }
    const bytes = new Uint8Array(size);
    let at = 0;
    for (const chunk of chunks) {
      bytes.set(chunk, at);
      at += chunk.length;
    }
    return { bytes, release };
  }
}
