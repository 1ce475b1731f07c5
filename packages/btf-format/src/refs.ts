// Visiting the type ids and names inside a type through the kind table (libbpf: btf_iter.c, btf_field_iter_init).

import { kindLayout, TYPE_WORDS } from './kinds.ts';
import type { Btf } from './btf.ts';
import { infoKind, infoVlen } from './info.ts';

/** Called with a value and the index in `words` where it stands. */
export type WordVisitor = (value: number, word: number) => void;

/** Calls `visit` with every type id in the record at word `at`, in wire order, void (0) included. */
export function eachRef(words: Uint32Array, at: number, visit: WordVisitor): void {
  const info = words[at + 1]!;
  const row = kindLayout(infoKind(info));
  if (row === undefined) return;
  if (row.third === 'type') visit(words[at + 2]!, at + 2);
  for (const word of row.infoRefs) visit(words[at + TYPE_WORDS + word]!, at + TYPE_WORDS + word);
  if (row.elemRefs.length === 0) return;
  const { elemRefs, elemWords } = row;
  let first = at + TYPE_WORDS + row.infoWords;
  for (let left = infoVlen(info); left > 0; left--, first += elemWords) {
    for (let r = 0; r < elemRefs.length; r++) {
      const word = first + elemRefs[r]!;
      visit(words[word]!, word);
    }
  }
}

/** Calls `visit` with every string offset in the record at word `at`: its own name first, then its elements'. */
export function eachName(words: Uint32Array, at: number, visit: WordVisitor): void {
  visit(words[at]!, at);
  const info = words[at + 1]!;
  const row = kindLayout(infoKind(info));
  if (row === undefined || row.elemNames.length === 0) return;
  let first = at + TYPE_WORDS + row.infoWords;
  for (let left = infoVlen(info); left > 0; left--, first += row.elemWords) {
    for (const name of row.elemNames) visit(words[first + name]!, first + name);
  }
}

/** Calls `visit` with every type id that a type refers to, in wire order, void (0) included. */
export function forEachRef(btf: Btf, id: number, visit: WordVisitor): void {
  if (id === 0) return;
  const layer = btf.layerOf(id);
  eachRef(layer.words, layer.wordAt(id), visit);
}

/** As `forEachRef`, for the type whose record begins at word `at` of this very layer. */
export function forEachRefAt(layer: Btf, at: number, visit: WordVisitor): void {
  eachRef(layer.words, at, visit);
}

/** Calls `visit` with every string offset of a type: its own name first, then its elements' in wire order. */
export function forEachName(btf: Btf, id: number, visit: WordVisitor): void {
  if (id === 0) return;
  const layer = btf.layerOf(id);
  eachName(layer.words, layer.wordAt(id), visit);
}

/** As `forEachName`, for the type whose record begins at word `at` of this very layer. */
export function forEachNameAt(layer: Btf, at: number, visit: WordVisitor): void {
  eachName(layer.words, at, visit);
}

/** All ids reachable from `roots` through references, the roots included, void excluded. */
export function closure(btf: Btf, roots: Iterable<number>): Set<number> {
  const seen = new Set<number>();
  const stack = [...roots];
  for (let id = stack.pop(); id !== undefined; id = stack.pop()) {
    if (id === 0 || seen.has(id)) continue;
    seen.add(id);
    forEachRef(btf, id, (ref) => stack.push(ref));
  }
  return seen;
}
