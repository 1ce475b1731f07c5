// Matches the types of a module with those of its previous version, both in the form of portable-module.ts and with the
// numbers of one set's tables: first types that say the same, then types of one name with records of the same length.

import { infoKind } from '@btfq/btf-format';
import type { PortableModule } from './portable-module.ts';
import { Role, rolesOf } from './word-roles.ts';

/** References nest at most this deep through types without names. */
const MAX_DEPTH = 64;

/** By type: a hash of what it says, where own types inside go by kind and name or, without one, by what they say. */
function hashesOf({ words, starts }: PortableModule): Int32Array {
  const count = starts.length - 1;
  const hashes = new Int32Array(count);
  const state = new Uint8Array(count); // 1 under way, 2 done
  const hash = (own: number, depth: number): number => {
    if (state[own] === 2) return hashes[own]!;
    if (state[own] === 1 || depth > MAX_DEPTH) return 1;
    state[own] = 1;
    const at = starts[own]!;
    const end = starts[own + 1]!;
    const info = words[at + 1]!;
    const roles = rolesOf(info, end - at);
    let h = 17;
    for (let w = at; w < end; w++) {
      let word = words[w]!;
      if (roles[w - at] === Role.reference && word % 2 === 1) {
        const to = (word - 1) / 2;
        const there = starts[to]!;
        const named = to < count && words[there] !== 0;
        word = named ? mix(words[there]!, infoKind(words[there + 1]!)) : hash(to, depth + 1);
      }
      h = mix(h, word);
    }
    hashes[own] = h;
    state[own] = 2;
    return h;
  };
  for (let own = 0; own < count; own++) hash(own, 0);
  return hashes;
}

function mix(h: number, word: number): number {
  const k = Math.imul(h ^ word, 0x85ebca6b);
  return Math.imul(k ^ (k >>> 15), 0xc2b2ae35) ^ (word >>> 11);
}

/** For each type of `to` the one of `from` that it was, -1 for none. Each is taken once, in order where many are alike. */
export function matchTypes(from: PortableModule, to: PortableModule): Int32Array {
  const [before, after] = [hashesOf(from), hashesOf(to)];
  const match = new Int32Array(after.length).fill(-1);
  const lists = new Map<number, number[]>();
  for (let i = before.length - 1; i >= 0; i--) {
    const list = lists.get(before[i]!);
    if (list) list.push(i);
    else lists.set(before[i]!, [i]);
  }
  const taken = new Uint8Array(before.length);
  let next = 0;
  for (let i = 0; i < after.length; i++) {
    if (next < before.length && taken[next] === 0 && before[next] === after[i] && isLike(from, next, to, i)) {
      match[i] = next;
    } else {
      const list = lists.get(after[i]!);
      while (list?.length && taken[list.at(-1)!] === 1) list.pop();
      const found = list?.at(-1);
      if (found === undefined || !isLike(from, found, to, i)) continue;
      match[i] = found;
    }
    taken[match[i]!] = 1;
    next = match[i]! + 1;
  }
  matchNames(from, to, match, taken);
  return match;
}

function isLike(from: PortableModule, a: number, to: PortableModule, b: number): boolean {
  const [x, y] = [from.starts[a]!, to.starts[b]!];
  const length = from.starts[a + 1]! - x;
  return from.words[x + 1] === to.words[y + 1] && length === to.starts[b + 1]! - y;
}

function matchNames(from: PortableModule, to: PortableModule, match: Int32Array, taken: Uint8Array): void {
  const waiting = new Map<number, number>();
  for (let i = 0; i < taken.length; i++) {
    const at = from.starts[i]!;
    if (taken[i] === 0 && from.words[at] !== 0) waiting.set(nameKey(from, at), i);
  }
  if (waiting.size === 0) return;
  for (let i = 0; i < match.length; i++) {
    if (match[i] !== -1) continue;
    const key = nameKey(to, to.starts[i]!);
    const found = waiting.get(key);
    if (found === undefined || !isLike(from, found, to, i)) continue;
    match[i] = found;
    waiting.delete(key);
  }
}

function nameKey({ words }: PortableModule, at: number): number {
  return words[at]! * 128 + infoKind(words[at + 1]!);
}
