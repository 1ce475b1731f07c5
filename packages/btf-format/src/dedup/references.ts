// Phase 5: pointers, qualifiers, arrays, functions and tags, once all that they can lead to is canonical.
// libbpf btf.c: btf_dedup_ref_types.

import { BtfError } from '../errors.ts';
import { BtfKind } from '../kinds.ts';
import { equalCommon, equalIntOrTag, equalRecord, hashType } from './equality.ts';
import { type DedupState, IN_PROGRESS, isMapped, resolveId, wordAt } from './state.ts';
import { infoKind, infoVlen } from '../info.ts';

/** Makes the references of each reference type canonical, then finds the equal one or makes it canonical. */
export function dedupReferences(state: DedupState): void {
  // a stack of our own: types and how many of their references are canonical already
  const ids: number[] = [];
  const done: number[] = [];
  for (let root = state.startId; root < state.typeCount; root++) {
    if (isMapped(state, root)) continue;
    enter(state, ids, done, root);
    while (ids.length > 0) {
      const top = ids.length - 1;
      const id = ids[top]!;
      const blocking = canonicalReferences(state, id, done, top);
      if (blocking >= 0) {
        enter(state, ids, done, blocking);
        continue;
      }
      ids.pop();
      done.pop();
      settle(state, id);
    }
  }
}

function enter(state: DedupState, ids: number[], done: number[], id: number): void {
  if (state.map[id] === IN_PROGRESS) {
    throw new BtfError('bad-type', 'references lead in a circle without a struct or typedef', { typeId: id });
  }
  state.map[id] = IN_PROGRESS;
  ids.push(id);
  done.push(0);
}

/** Rewrites references from where it stopped; returns the first that is not settled yet, or -1. */
function canonicalReferences(state: DedupState, id: number, done: number[], top: number): number {
  const { words } = state;
  const at = wordAt(state, id);
  const info = words[at + 1]!;
  const kind = infoKind(info);
  // an array's element and index; a prototype's result, then the parameters' types; else the one type
  const first = kind === BtfKind.Array ? at + 3 : at + 2;
  const stride = kind === BtfKind.Array ? 1 : 2;
  const count = kind === BtfKind.Array ? 2 : kind === BtfKind.FuncProto ? 1 + infoVlen(info) : 1;
  for (let i = done[top]!; i < count; i++) {
    const word = first + i * stride;
    const target = words[word]!;
    if (!isMapped(state, target)) {
      done[top] = i;
      return target;
    }
    words[word] = resolveId(state, target);
  }
  return -1;
}

function settle(state: DedupState, id: number): void {
  const { words, candidates } = state;
  const hash = hashType(state, id);
  const at = wordAt(state, id);
  let found = candidates.first(hash);
  while (found >= 0 && !equalReference(words, at, wordAt(state, found))) found = candidates.after(found);
  state.map[id] = found < 0 ? id : found;
  if (found < 0) candidates.add(hash, id);
}

function equalReference(words: Uint32Array, a: number, b: number): boolean {
  const info = words[a + 1]!;
  switch (infoKind(info)) {
    case BtfKind.DeclTag:
      return equalIntOrTag(words, a, b);
    case BtfKind.Array:
      return equalRecord(words, a, b, 3);
    case BtfKind.FuncProto:
      return equalRecord(words, a, b, infoVlen(info) * 2);
    default:
      return equalCommon(words, a, b);
  }
}
