// Hashes and comparisons of single records. Hashes leave out what may still change: ids that are not canonical yet.
// libbpf btf.c: btf_hash_*, btf_equal_*, btf_compat_*, btf_shallow_equal_struct.

import { BtfError } from '../errors.ts';
import { BtfKind } from '../kinds.ts';
import { type DedupState, kindOf, wordAt } from './state.ts';
import { infoKind, infoVlen } from '../info.ts';

/** What every hash but those of typedefs and enums begins with: name, info, size or type. */
function hashCommon(words: Uint32Array, at: number): number {
  return combine(combine(words[at]!, words[at + 1]!), words[at + 2]!);
}

function combine(hash: number, value: number): number {
  return (Math.imul(hash, 31) + value) | 0;
}

/** The signature's hash of a type, by kind; throws `unsupported` for kinds that libbpf's dedup does not know. */
export function hashType(state: DedupState, id: number): number {
  const { words } = state;
  const at = wordAt(state, id);
  const vlen = infoVlen(words[at + 1]!);
  const kind = kindOf(state, id);
  switch (kind) {
    case BtfKind.Typedef:
      return combine(words[at]!, words[at + 1]!);
    case BtfKind.Enum:
    case BtfKind.Enum64:
      return words[at]!; // a forward-declared enum must meet the full one
    case BtfKind.Int:
    case BtfKind.DeclTag:
      return combine(hashCommon(words, at), words[at + 3]!);
    case BtfKind.Struct:
    case BtfKind.Union: {
      let hash = hashCommon(words, at);
      for (let w = at + 3, i = 0; i < vlen; i++, w += 3) {
        hash = combine(combine(hash, words[w]!), words[w + 2]!);
      }
      return hash;
    }
    case BtfKind.Array:
      return hashRun(hashCommon(words, at), words, at + 3, 3);
    case BtfKind.FuncProto:
      return hashRun(hashCommon(words, at), words, at + 3, vlen * 2);
    case BtfKind.Const:
    case BtfKind.Volatile:
    case BtfKind.Restrict:
    case BtfKind.Ptr:
    case BtfKind.Fwd:
    case BtfKind.Func:
    case BtfKind.Float:
    case BtfKind.TypeTag:
      return hashCommon(words, at);
    case BtfKind.Unknown:
    case BtfKind.Var:
    case BtfKind.Datasec:
    case BtfKind.LocParam:
    case BtfKind.LocProto:
    case BtfKind.LocSec:
      throw notDeduplicated(kind, id);
    default: // kinds that only a layout section knows
      throw notDeduplicated(kind satisfies never, id);
  }
}

function notDeduplicated(kind: number, id: number): BtfError {
  return new BtfError('unsupported', `kind ${kind} cannot be deduplicated`, { typeId: id });
}

function hashRun(hash: number, words: Uint32Array, at: number, count: number): number {
  for (let w = at; w < at + count; w++) hash = combine(hash, words[w]!);
  return hash;
}

/** btf_equal_common: name, info, size or type. */
export function equalCommon(words: Uint32Array, a: number, b: number): boolean {
  return words[a] === words[b] && words[a + 1] === words[b + 1] && words[a + 2] === words[b + 2];
}

/** btf_equal_int_tag: INT or DECL_TAG. */
export function equalIntOrTag(words: Uint32Array, a: number, b: number): boolean {
  return equalCommon(words, a, b) && words[a + 3] === words[b + 3];
}

/** btf_equal_enum: ENUM or ENUM64, every value. */
export function equalEnum(words: Uint32Array, a: number, b: number): boolean {
  if (!equalCommon(words, a, b)) return false;
  const info = words[a + 1]!;
  const perValue = infoKind(info) === BtfKind.Enum ? 2 : 3;
  return equalRun(words, a + 3, b + 3, infoVlen(info) * perValue);
}

/** btf_is_enum_fwd: an enum without values. */
export function isEnumFwd(words: Uint32Array, at: number): boolean {
  return isEnum(words, at) && infoVlen(words[at + 1]!) === 0;
}

function isEnum(words: Uint32Array, at: number): boolean {
  const kind = infoKind(words[at + 1]!);
  return kind === BtfKind.Enum || kind === BtfKind.Enum64;
}

/** btf_compat_enum: equal, or one of them a forward declaration of the same name, whatever size and kind. */
export function compatibleEnum(words: Uint32Array, a: number, b: number): boolean {
  if (!isEnumFwd(words, a) && !isEnumFwd(words, b)) return equalEnum(words, a, b);
  return words[a] === words[b] && isEnum(words, a) && isEnum(words, b);
}

/** btf_shallow_equal_struct: everything but the members' types. */
export function shallowEqualStruct(words: Uint32Array, a: number, b: number): boolean {
  if (!equalCommon(words, a, b)) return false;
  const vlen = words[a + 1]! & 0xffffff;
  for (let i = 0, x = a + 3, y = b + 3; i < vlen; i++, x += 3, y += 3) {
    if (words[x] !== words[y] || words[x + 2] !== words[y + 2]) return false;
  }
  return true;
}

/** btf_equal_typedef: name and info, whatever it stands for. */
export function equalTypedef(words: Uint32Array, a: number, b: number): boolean {
  return words[a] === words[b] && words[a + 1] === words[b + 1];
}

/** btf_compat_array: the same number of elements, whatever they are. */
export function compatibleArray(words: Uint32Array, a: number, b: number): boolean {
  return equalCommon(words, a, b) && words[a + 5] === words[b + 5];
}

/** btf_compat_fnproto: the same parameter names, whatever types. */
export function compatiblePrototype(words: Uint32Array, a: number, b: number): boolean {
  if (words[a] !== words[b] || words[a + 1] !== words[b + 1]) return false;
  const vlen = words[a + 1]! & 0xffffff;
  for (let i = 0, x = a + 3, y = b + 3; i < vlen; i++, x += 2, y += 2) if (words[x] !== words[y]) return false;
  return true;
}

/** btf_equal_array, btf_equal_fnproto and the like: once references are canonical, records are equal word by word. */
export function equalRecord(words: Uint32Array, a: number, b: number, trailing: number): boolean {
  return equalCommon(words, a, b) && equalRun(words, a + 3, b + 3, trailing);
}

function equalRun(words: Uint32Array, a: number, b: number, count: number): boolean {
  for (let i = 0; i < count; i++) if (words[a + i] !== words[b + i]) return false;
  return true;
}
