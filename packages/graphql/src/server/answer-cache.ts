// Answers as the bytes that were sent, by document and variables, each of one generation of the index.

import { LRUCache } from 'lru-cache';
import type { IndexSource } from './index-source.ts';
import { SeenStates } from './seen-states.ts';

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

/** An answer, and the state of the index that it is of. */
export interface KeptAnswer {
  readonly generation: string;
  readonly json: Uint8Array<ArrayBuffer>;
}

/** The last answer to each question. */
export class AnswerCache {
  private readonly answers = new LRUCache<string, KeptAnswer>({
    maxSize: KEPT_BYTES,
    maxEntrySize: LARGEST,
    sizeCalculation: ({ json }, key) => json.length + 2 * key.length + 250,
  });

  get(generation: string, key: string): Uint8Array<ArrayBuffer> | undefined {
    const kept = this.answers.get(key);
    return kept?.generation === generation ? kept.json : undefined;
  }

  /** Of whichever generation it is. */
  last(key: string): KeptAnswer | undefined {
    return this.answers.get(key);
  }

  set(generation: string, key: string, json: Uint8Array<ArrayBuffer>): void {
    this.answers.set(key, { generation, json });
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

/** So many answers are worked out anew at once. */
const RENEWALS = 16;

/** Answers to bodies as they come: what was asked before by the same bytes needs no look at what they say. */
export class KnownAnswers {
  private readonly answers: AnswerCache;
  private readonly source: IndexSource;
  private readonly renew: (body: Uint8Array<ArrayBuffer>) => Promise<unknown>;
  private readonly states: SeenStates;
  /** By the bytes of a body: the key of its question. */
  private readonly keys = new LRUCache<string, string>({ max: KNOWN_BODIES });
  /** Keys of the questions whose answers are being worked out anew. */
  private readonly renewals = new Set<string>();
  /** Of the present turn of the event loop. */
  private generation: string | undefined;

  /** `renew` answers a body anew and keeps the answer. */
  constructor(
    answers: AnswerCache,
    source: IndexSource,
    renew: (body: Uint8Array<ArrayBuffer>) => Promise<unknown>,
    states = new SeenStates(),
  ) {
    this.answers = answers;
    this.source = source;
    this.renew = renew;
    this.states = states;
  }

  /**
   * The answer to a POST of JSON that was asked before of the file as it is now; undefined for everything else. While an
   * ingest writes it may be the answer of a state that was the newest a second ago (see seen-states.ts), unless `newest` is asked for.
   */
  find(body: Uint8Array<ArrayBuffer>, newest = false): Uint8Array<ArrayBuffer> | undefined {
    if (body.length > SMALL_BODY) return undefined;
    const bytes = Buffer.from(body.buffer, body.byteOffset, body.length);
    const text = bytes.toString('latin1');
    let key = this.keys.get(text);
    const isNew = key === undefined;
    key ??= keyOf(bytes);
    const generation = key === undefined ? undefined : this.present();
    const kept = key === undefined ? undefined : this.answers.last(key);
    if (key === undefined || generation === undefined || kept === undefined) return undefined;
    if (isNew) this.keys.set(text, key);
    if (kept.generation === generation) return kept.json;
    const standing = newest ? 'over' : this.states.standing(kept.generation);
    if (standing === 'over') return undefined;
    if (standing === 'renewed') this.renewOnce(key, body);
    return kept.json;
  }

  private renewOnce(key: string, body: Uint8Array<ArrayBuffer>): void {
    if (this.renewals.has(key) || this.renewals.size >= RENEWALS) return;
    this.renewals.add(key);
    const ended = () => this.renewals.delete(key);
    this.renew(new Uint8Array(body)).then(ended, ended);
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
      this.states.see(this.generation);
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
