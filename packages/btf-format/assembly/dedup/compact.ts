// Phases 6 and 7: canonical types close up, and references take their new numbers. libbpf btf.c:
// btf_dedup_compact_types, btf_dedup_remap_types.

import {
  ARRAY,
  canonicalOf,
  CONST,
  DATASEC,
  DECL_TAG,
  fail,
  FUNC,
  FUNC_PROTO,
  hypotList,
  hypotMap,
  kindOf,
  NOT_CANONICAL,
  PTR,
  recordOf,
  resolveId,
  RESTRICT,
  startId,
  starts,
  STRUCT,
  TYPE_TAG,
  typeCount,
  TYPEDEF,
  UNION,
  UNPROCESSED,
  VAR,
  vlenOf,
  VOLATILE,
  words,
} from './state';

/** Where the new id of each old one stands: in the place of the hypothesis, which nobody needs any more. */
export function idsAt(): usize {
  return hypotList;
}

/** Keeps the canonical own types in their order, at the place of the first own one, and renumbers all references. Gives their words. */
export function compactTypes(): u32 {
  const newIds = hypotMap;
  const ids = hypotList;
  let next = startId;
  for (let id: u32 = 0; id < typeCount; id++) {
    const isKept = id >= startId && canonicalOf(id) == id;
    store<u32>(newIds + ((<usize>id) << 2), id < startId ? id : isKept ? next++ : UNPROCESSED);
  }
  for (let id: u32 = 0; id < typeCount; id++) {
    const mapped = load<u32>(newIds + ((<usize>resolveId(id)) << 2));
    if (mapped == UNPROCESSED) fail(NOT_CANONICAL, id);
    store<u32>(ids + ((<usize>id) << 2), mapped);
  }
  if (startId == typeCount) return 0;
  const begin = words + ((<usize>load<u32>(starts + ((<usize>startId) << 2))) << 2);
  let to = begin;
  for (let id = startId; id < typeCount; id++) {
    if (canonicalOf(id) != id) continue;
    const from = recordOf(id);
    const size = ((<usize>load<u32>(starts + ((<usize>id) << 2), 4)) << 2) - (from - words);
    if (to != from) for (let i: usize = 0; i < size; i += 4) store<u32>(to + i, load<u32>(from + i));
    renumber(to, kindOf(id));
    to += size;
  }
  return <u32>((to - begin) >>> 2);
}

function renumber(at: usize, kind: u32): void {
  switch (kind) {
    case PTR:
    case TYPEDEF:
    case VOLATILE:
    case CONST:
    case RESTRICT:
    case FUNC:
    case VAR:
    case DECL_TAG:
    case TYPE_TAG:
      follow(at + 8);
      break;
    case ARRAY:
      follow(at + 12);
      follow(at + 16);
      break;
    case STRUCT:
    case UNION:
      followAll(at + 16, 12, vlenOf(at));
      break;
    case FUNC_PROTO:
      follow(at + 8);
      followAll(at + 16, 8, vlenOf(at));
      break;
    case DATASEC:
      followAll(at + 12, 12, vlenOf(at));
      break;
    default: // refers to nothing
  }
}

function followAll(first: usize, stride: usize, count: u32): void {
  const end = first + <usize>count * stride;
  for (let at = first; at < end; at += stride) follow(at);
}

function follow(at: usize): void {
  store<u32>(at, load<u32>(hypotList + ((<usize>load<u32>(at)) << 2)));
}
