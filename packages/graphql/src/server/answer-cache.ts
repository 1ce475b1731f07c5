// Answers as the bytes that were sent, by document and variables, for one generation of the index.

import { LRUCache } from 'lru-cache';
import type { IndexSource } from './index-source.ts';

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
export const SMALL_BODY = 16_384;
/** So many bodies are known by their bytes. */
const KNOWN_BODIES = 2_000;

/** Answers to bodies as they come: what was asked before by the same bytes needs no look at what they say. */
export class KnownAnswers {
  private readonly answers: AnswerCache;
  private readonly source: IndexSource;
  /** By the bytes of a body: the key of its question, of the present turn of the event loop the generation. */
  private readonly keys = new LRUCache<string, string>({ max: KNOWN_BODIES });
  private generation: string | undefined;

  constructor(answers: AnswerCache, source: IndexSource) {
    this.answers = answers;
    this.source = source;
  }

  /** The answer to a POST of JSON that was asked before of the file as it is now; undefined for everything else. */
  find(body: Uint8Array): Uint8Array<ArrayBuffer> | undefined {
    if (body.length > SMALL_BODY) return undefined;
    const bytes = Buffer.from(body.buffer, body.byteOffset, body.length);
    const text = bytes.toString('latin1');
    let key = this.keys.get(text);
    const isNew = key === undefined;
    key ??= keyOf(bytes);
    const generation = key === undefined ? undefined : this.present();
    if (key === undefined || generation === undefined) return undefined;
    const json = this.answers.get(generation, key);
    if (isNew && json !== undefined) this.keys.set(text, key);
    return json;
  }

  /**
   * The generation of the file. Requests that one turn of the event loop finds ready were there before it looked, so that it looks
   * once for all of them.
   */
  private present(): string | undefined {
    if (this.generation === undefined) {
      try {
        const lease = this.source.acquire();
        this.generation = lease.generation;
        lease.release();
      } catch {
        return undefined; // whoever answers the question says why
      }
      setImmediate(() => {
        this.generation = undefined;
      });
    }
    return this.generation;
  }
}

/** The key of a plain question in JSON; undefined where it says more than a question does, or is none. */
function keyOf(body: Buffer): string | undefined {
  try {
    const asked: unknown = JSON.parse(body.toString('utf8'));
    if (typeof asked !== 'object' || asked === null) return undefined;
    const { query, variables, operationName, ...more } = asked as Record<string, unknown>;
    return typeof query === 'string' && Object.keys(more).length === 0
      ? questionKey({ query, variables, operationName })
      : undefined;
  } catch {
    return undefined;
  }
}
