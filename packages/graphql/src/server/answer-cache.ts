// Answers as the bytes that were sent, by document and variables, for one generation of the index.

import { LRUCache } from 'lru-cache';
import type { IndexSource, Lease } from './index-source.ts';

/** Bytes of answers kept. */
const KEPT_BYTES = 64 * 1024 * 1024;
/** A larger answer is not kept: it would drive out thousands of small ones. */
const LARGEST = 1024 * 1024;

/** What says one question from another. */
export interface QuestionKey {
  readonly query: string;
  readonly variables?: unknown;
  readonly operationName?: unknown;
}

/** The key of a question: equal for questions that mean the same by the same words. */
export function questionKey({ query, variables, operationName }: QuestionKey): string {
  return JSON.stringify([query, operationName ?? null, variables ?? null]);
}

/** Answers of the newest generation that was asked for. */
export class AnswerCache {
  private generation = '';
  private readonly answers = new LRUCache<string, Uint8Array<ArrayBuffer>>({
    maxSize: KEPT_BYTES,
    maxEntrySize: LARGEST,
    sizeCalculation: (json, key) => json.length + 2 * key.length + 200,
  });

  get(generation: string, key: string): Uint8Array<ArrayBuffer> | undefined {
    return generation === this.generation ? this.answers.get(key) : undefined;
  }

  set(generation: string, key: string, json: Uint8Array<ArrayBuffer>): void {
    if (generation !== this.generation) {
      this.answers.clear();
      this.generation = generation;
    }
    this.answers.set(key, json);
  }

  /** Bytes kept. */
  get size(): number {
    return this.answers.calculatedSize;
  }
}

/** Questions longer than this are not looked for among the answers kept before they are taken apart. */
const SMALL_BODY = 16_384;

/** The answer to a POST of JSON that was asked before of the file as it is now; undefined for everything else. */
export function knownAnswer(
  answers: AnswerCache,
  source: IndexSource,
  body: Uint8Array,
): Uint8Array<ArrayBuffer> | undefined {
  const key = body.length > SMALL_BODY ? undefined : keyOf(body);
  if (key === undefined) return undefined;
  let lease: Lease;
  try {
    lease = source.acquire();
  } catch {
    return undefined; // whoever answers the question says why
  }
  const json = answers.get(lease.generation, key);
  lease.release();
  return json;
}

/** The key of a plain question in JSON; undefined where it says more than a question does, or is none. */
function keyOf(body: Uint8Array): string | undefined {
  try {
    const asked: unknown = JSON.parse(Buffer.from(body.buffer, body.byteOffset, body.length).toString('utf8'));
    if (typeof asked !== 'object' || asked === null) return undefined;
    const { query, variables, operationName, ...more } = asked as Record<string, unknown>;
    return typeof query === 'string' && Object.keys(more).length === 0
      ? questionKey({ query, variables, operationName })
      : undefined;
  } catch {
    return undefined;
  }
}
