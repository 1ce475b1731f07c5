// Sizes and alignments of types, and the pointer size of a BTF. libbpf btf.c: btf__resolve_size, btf__align_of,
// determine_ptr_size. Bytes throughout.

import { BtfError } from './errors.ts';
import { BtfKind } from './kinds.ts';
import type { Btf } from './btf.ts';
import { infoKind, infoKindFlag, infoVlen } from './info.ts';

/** libbpf's MAX_RESOLVE_DEPTH: how many modifiers, typedefs and arrays are followed. */
export const MAX_RESOLVE_DEPTH = 32;
/** Nesting of composites by value that `alignOf` follows; real kernels stay below 16. libbpf has no limit. */
export const MAX_NESTING_DEPTH = 64;

/** The spellings of `long` by which a BTF says its pointer size. */
const LONG_NAMES = [
  'long',
  'long int',
  'int long',
  'unsigned long',
  'long unsigned',
  'unsigned long int',
  'unsigned int long',
  'long unsigned int',
  'long int unsigned',
  'int unsigned long',
  'int long unsigned',
].map((name) => new TextEncoder().encode(name));

const pointerSizes = new WeakMap<Btf, number | undefined>();

/**
 * 4 or 8 by the size of the first INT named like `long`, the base's first; undefined where there is none (a minimal
 * BTF often has none: then the architecture must say).
 */
export function pointerSize(btf: Btf): 4 | 8 | undefined {
  if (pointerSizes.has(btf)) return pointerSizes.get(btf) as 4 | 8 | undefined;
  const found = (btf.base && pointerSize(btf.base)) ?? ownPointerSize(btf);
  pointerSizes.set(btf, found);
  return found;
}

/** Sets what `pointerSize` answers for a BTF, as btf__set_pointer_size does: where its file says. */
export function assumePointerSize(btf: Btf, size: 4 | 8): void {
  pointerSizes.set(btf, size);
}

/** `pointerSize` of a BTF without a base whose integers are known: their ids in ascending order. */
export function pointerSizeAmong(btf: Btf, integers: Iterable<number>): 4 | 8 | undefined {
  if (pointerSizes.has(btf)) return pointerSizes.get(btf) as 4 | 8 | undefined;
  let found: 4 | 8 | undefined;
  for (const id of integers) {
    found = sizeOfLong(btf, btf.starts[id - btf.startId]!);
    if (found !== undefined) break;
  }
  pointerSizes.set(btf, found);
  return found;
}

/** Looks at words and bytes as they are: in a sorted BTF the integers stand behind tens of thousands of types. */
function ownPointerSize(btf: Btf): 4 | 8 | undefined {
  const { words, starts } = btf;
  for (let i = 0; i + 1 < starts.length; i++) {
    const at = starts[i]!;
    if (infoKind(words[at + 1]!) !== BtfKind.Int) continue;
    const size = sizeOfLong(btf, at);
    if (size !== undefined) return size;
  }
  return undefined;
}

/** The size of an integer that is named like `long`. `at`: its first word. */
function sizeOfLong(btf: Btf, at: number): 4 | 8 | undefined {
  const { words } = btf;
  const size = words[at + 2]!;
  if (size !== 4 && size !== 8) return undefined;
  const layer = btf.stringLayer(words[at]!);
  const nameAt = words[at]! - layer.startStringOffset;
  return LONG_NAMES.some((name) => layer.strings.equals(nameAt, name)) ? size : undefined;
}

/** Whether a kind only qualifies or names another type: const, volatile, restrict, type tag. */
export function isModifier(kind: BtfKind): boolean {
  return kind === BtfKind.Const || kind === BtfKind.Volatile || kind === BtfKind.Restrict || kind === BtfKind.TypeTag;
}

/** Follows modifiers only, as btf_type_skip_modifiers does. Cycles end after as many steps as there are types. */
export function skipModifiers(btf: Btf, id: number): number {
  for (let left = btf.typeCount; left > 0 && isModifier(btf.kind(id)); left--) id = btf.sizeOrType(id);
  return id;
}

/** Follows modifiers and typedefs (libbpf: skip_mods_and_typedefs). Cycles end as in `skipModifiers`. */
export function skipModifiersAndTypedefs(btf: Btf, id: number): number {
  for (let left = btf.typeCount; left > 0; left--) {
    const kind = btf.kind(id);
    if (!isModifier(kind) && kind !== BtfKind.Typedef) break;
    id = btf.sizeOrType(id);
  }
  return id;
}

/**
 * Size of a type in bytes, through modifiers, typedefs, variables and arrays (btf__resolve_size). undefined where
 * libbpf says EINVAL or E2BIG: void, functions, forward declarations, too deep, over 4 GiB.
 */
export function resolveSize(btf: Btf, id: number, pointerBytes: 4 | 8 = pointerSize(btf) ?? 8): number | undefined {
  let count = 1;
  for (let depth = 0; depth < MAX_RESOLVE_DEPTH; depth++) {
    const layer = btf.layerOf(id);
    const kind = btf.kind(id);
    let size: number;
    switch (kind) {
      case BtfKind.Int:
      case BtfKind.Struct:
      case BtfKind.Union:
      case BtfKind.Enum:
      case BtfKind.Enum64:
      case BtfKind.Datasec:
      case BtfKind.Float:
        size = btf.sizeOrType(id);
        break;
      case BtfKind.Ptr:
        size = pointerBytes;
        break;
      case BtfKind.Typedef:
      case BtfKind.Volatile:
      case BtfKind.Const:
      case BtfKind.Restrict:
      case BtfKind.Var:
      case BtfKind.DeclTag:
      case BtfKind.TypeTag:
        id = btf.sizeOrType(id);
        continue;
      case BtfKind.Array: {
        const at = layer.wordAt(id);
        count *= layer.words[at + 5]!;
        if (count > 0xffffffff) return undefined;
        id = layer.words[at + 3]!;
        continue;
      }
      case BtfKind.Unknown:
      case BtfKind.Fwd:
      case BtfKind.Func:
      case BtfKind.FuncProto:
      case BtfKind.LocParam:
      case BtfKind.LocProto:
      case BtfKind.LocSec:
        return undefined;
      default: // kinds that only a layout section knows
        kind satisfies never;
        return undefined;
    }
    return size * count > 0xffffffff ? undefined : size * count;
  }
  return undefined;
}

/**
 * Alignment of a type in bytes (btf__align_of); 1 for packed composites. undefined where libbpf says EINVAL: void,
 * functions, forward declarations. Throws `limit` where composites nest deeper than MAX_NESTING_DEPTH.
 */
export function alignOf(btf: Btf, id: number, pointerBytes: 4 | 8 = pointerSize(btf) ?? 8): number | undefined {
  return align(btf, id, pointerBytes, new Map(), 0);
}

function align(
  btf: Btf,
  id: number,
  pointerBytes: 4 | 8,
  memo: Map<number, number | undefined>,
  depth: number,
): number | undefined {
  if (depth > MAX_NESTING_DEPTH) {
    throw new BtfError('limit', 'types nest too deep', { typeId: id, expected: `at most ${MAX_NESTING_DEPTH} levels` });
  }
  for (let steps = 0; steps <= MAX_NESTING_DEPTH; steps++) {
    const kind = btf.kind(id);
    switch (kind) {
      case BtfKind.Int:
      case BtfKind.Enum:
      case BtfKind.Enum64:
      case BtfKind.Float:
        return Math.min(pointerBytes, btf.sizeOrType(id));
      case BtfKind.Ptr:
        return pointerBytes;
      case BtfKind.Typedef:
      case BtfKind.Volatile:
      case BtfKind.Const:
      case BtfKind.Restrict:
      case BtfKind.TypeTag:
        id = btf.sizeOrType(id);
        continue;
      case BtfKind.Array: {
        const layer = btf.layerOf(id);
        id = layer.words[layer.wordAt(id) + 3]!;
        continue;
      }
      case BtfKind.Struct:
      case BtfKind.Union: {
        if (memo.has(id)) return memo.get(id);
        const result = alignOfComposite(btf, id, pointerBytes, memo, depth);
        memo.set(id, result);
        return result;
      }
      case BtfKind.Unknown:
      case BtfKind.Fwd:
      case BtfKind.Func:
      case BtfKind.FuncProto:
      case BtfKind.Var:
      case BtfKind.Datasec:
      case BtfKind.DeclTag:
      case BtfKind.LocParam:
      case BtfKind.LocProto:
      case BtfKind.LocSec:
        return undefined;
      default: // kinds that only a layout section knows
        kind satisfies never;
        return undefined;
    }
  }
  throw new BtfError('limit', 'modifiers nest too deep', {
    typeId: id,
    expected: `at most ${MAX_NESTING_DEPTH} levels`,
  });
}

/** A member off its natural place, or a size that is no multiple of the alignment, means a packed struct or union. */
function alignOfComposite(
  btf: Btf,
  id: number,
  pointerBytes: 4 | 8,
  memo: Map<number, number | undefined>,
  depth: number,
): number | undefined {
  const layer = btf.layerOf(id);
  const { words } = layer;
  const at = layer.wordAt(id);
  const info = words[at + 1]!;
  const hasBitfields = infoKindFlag(info);
  let most = 1;
  for (let i = 0, w = at + 3; i < infoVlen(info); i++, w += 3) {
    const own = align(btf, words[w + 1]!, pointerBytes, memo, depth + 1);
    if (own === undefined || own === 0) return undefined;
    if (own > most) most = own;
    const offset = words[w + 2]!;
    const isBitfield = hasBitfields && offset >>> 24 !== 0;
    if (!isBitfield && offset % (8 * own) !== 0) return 1;
  }
  return words[at + 2]! % most === 0 ? most : 1;
}
