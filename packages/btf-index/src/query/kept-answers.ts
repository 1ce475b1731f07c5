// The last few answers of a kind, for one state of the index: a list is asked for page by page.

import type { BtfIndex } from '../store/btf-index.ts';

const KEPT = 8;

/** The answer that is kept by `key`, or what `make` gives; what was asked longest ago is forgotten first. */
export function keptAnswer<T>(index: BtfIndex, kind: symbol, key: string, make: () => T): T {
  const kept = index.cached(kind, () => new Map<string, T>());
  const answer = kept.get(key) ?? make();
  kept.delete(key);
  kept.set(key, answer);
  for (const oldest of kept.keys()) {
    if (kept.size <= KEPT) break;
    kept.delete(oldest);
  }
  return answer;
}
