// Blocks of published files in a browser's Cache API, for the next visit. It is asynchronous and a worker's questions are
// not: what is there is read before the first question, and what comes is written behind.

import type { Published } from './http-source.ts';
import { BLOCK_BYTES, type BlockStore } from './page-cache.ts';

const NAME = 'btfq-index';
/** Bytes that are kept of one file. */
const MOST = 32 << 20;

interface CacheLike {
  keys(): Promise<readonly { readonly url: string }[]>;
  match(url: string): Promise<{ arrayBuffer(): Promise<ArrayBuffer> } | undefined>;
  put(url: string, response: unknown): Promise<void>;
  delete(url: string): Promise<boolean>;
}

/** What was kept of a published file; undefined where there is no Cache API (plain HTTP). Files of before are forgotten. */
export async function browserStore({ sha256 }: Published): Promise<BlockStore | undefined> {
  const storage = (globalThis as { caches?: { open(name: string): Promise<CacheLike> } }).caches;
  if (storage === undefined) return undefined;
  try {
    const cache = await storage.open(NAME);
    const blocks = new Map<number, Uint8Array>();
    let size = 0;
    const own = new URL(`https://btfq.invalid/${sha256}/`).href;
    const keep = (first: number, bytes: Uint8Array) => {
      size += bytes.length;
      for (let at = 0; at < bytes.length; at += BLOCK_BYTES) {
        blocks.set(first + at / BLOCK_BYTES, bytes.slice(at, at + BLOCK_BYTES));
      }
    };
    for (const { url } of await cache.keys()) {
      if (!url.startsWith(own)) await cache.delete(url);
      else {
        const found = await cache.match(url);
        if (found !== undefined) keep(Number(url.slice(own.length)), new Uint8Array(await found.arrayBuffer()));
      }
    }
    return {
      has: (block) => blocks.has(block),
      get: (block) => blocks.get(block),
      put(block, bytes) {
        if (size + bytes.length > MOST) return;
        keep(block, bytes);
        cache.put(`${own}${block}`, new Response(bytes.slice())).catch(() => {}); // no room is no fault
      },
    };
  } catch {
    return undefined;
  }
}
