// Answers as the bytes that were sent, by document and variables, for one generation of the index.

import { LRUCache } from 'lru-cache';

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
