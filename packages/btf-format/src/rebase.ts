// Moving split BTF from the distilled base that it was shipped with (`.BTF.base`) onto the base of the kernel at hand.
// libbpf btf_relocate.c: btf_relocate. Ids and strings of the split part change; the result is a view over the new base.

import { encodeBtf } from './encode.ts';
import { BtfError } from './errors.ts';
import { BtfKind, kindName } from './kinds.ts';
import { idsByName } from './names.ts';
import { type Btf, parseBtf } from './btf.ts';
import { eachName, eachRef } from './refs.ts';

/** A place where libbpf 1.8 would have decided otherwise. */
export interface RebaseDifference {
  /** `refused-by-libbpf`: it finds no match there. `taken-by-libbpf`: it takes a struct for a union, or vice versa. */
  readonly code: 'refused-by-libbpf' | 'taken-by-libbpf';
  /** The FWD in the distilled base, and the type of the base that it was held against. */
  readonly typeId: number;
  readonly baseId: number;
  readonly name: string;
}

/** Split BTF on its new base. */
export interface RebasedBtf {
  readonly btf: Btf;
  /** For each id over the distilled base the one over the new. */
  readonly ids: Uint32Array;
  /** Where libbpf would have refused (format-notes: it reads the kflag of the wrong type), or taken the wrong type. */
  readonly differences: readonly RebaseDifference[];
}

/**
 * Finds each type of the distilled base in `base`, by name and kind; by size too where it is embedded by value or the
 * name is not unique. Throws `BtfError`: `no-base` (`split` is not split), `bad-type` (its base is no distilled one),
 * `base-mismatch` (a type that `base` lacks, or has twice).
 *
 * Differs from libbpf: a forward declaration matches a struct or a union as it says itself. libbpf 1.8 looks at the
 * kflag of the type it found, where it means bitfields: it refuses structs with bitfields and most unions.
 */
export function rebase(split: Btf, base: Btf): RebasedBtf {
  const distilled = split.base;
  if (distilled === undefined) throw new BtfError('no-base', 'no split BTF', { expected: 'split BTF' });
  if (distilled === base) throw new BtfError('invalid-argument', 'this is its base already', { expected: 'another' });
  checkDistilled(distilled);
  const { ids, strings, differences } = matchBase(split, distilled, base);
  for (let id = split.startId; id < split.typeCount; id++) ids[id] = id - split.startId + base.typeCount;

  const words = split.words.slice();
  const shift = base.stringEnd - distilled.stringEnd;
  for (let i = 0; i + 1 < split.starts.length; i++) {
    const at = split.starts[i]!;
    eachRef(words, at, (id, word) => {
      words[word] = ids[id]!;
    });
    eachName(words, at, (offset, word) => {
      if (offset === 0) return;
      const mapped = offset >= distilled.stringEnd ? offset + shift : strings.get(offset);
      if (mapped === undefined) {
        throw new BtfError('base-mismatch', `'${split.string(offset)}' is not the name of a type in the base`, {
          typeId: split.startId + i,
        });
      }
      words[word] = mapped;
    });
  }
  const bytes = encodeBtf({ words, strings: split.strings.bytes, littleEndian: split.littleEndian });
  return { btf: parseBtf(bytes, { base }), ids, differences };
}

/** btf_relocate_validate_distilled_base: named INT, FLOAT, ENUM, STRUCT, UNION and FWD only. */
function checkDistilled(distilled: Btf): void {
  for (let id = 1; id < distilled.typeCount; id++) {
    const kind = distilled.kind(id);
    const fits =
      kind === BtfKind.Int ||
      kind === BtfKind.Float ||
      kind === BtfKind.Enum ||
      kind === BtfKind.Struct ||
      kind === BtfKind.Union ||
      kind === BtfKind.Fwd;
    if (fits && distilled.nameOff(id) !== 0) continue;
    throw new BtfError('bad-type', `${fits ? 'an anonymous' : 'a'} ${kindName(kind)} in a distilled base`, {
      typeId: id,
      expected: 'named INT, FLOAT, ENUM, STRUCT, UNION or FWD',
    });
  }
}

interface BaseMatch {
  /** New ids of the distilled base's types; room for the split part's. */
  readonly ids: Uint32Array;
  /** New offsets of the distilled base's names. */
  readonly strings: Map<number, number>;
  readonly differences: RebaseDifference[];
}

/** btf_relocate_map_distilled_base. */
function matchBase(split: Btf, distilled: Btf, base: Btf): BaseMatch {
  const ids = new Uint32Array(split.typeCount);
  const strings = new Map<number, number>();
  const differences: RebaseDifference[] = [];
  const embedded = embeddedIds(split);
  for (let id = 1; id < distilled.typeCount; id++) {
    const name = distilled.name(id);
    const named = idsByName(base, name).filter((baseId) => base.nameOff(baseId) !== 0);
    for (const baseId of named) {
      if (!sizeFits(distilled, id, base, baseId, named)) continue;
      const match = matches(distilled, id, base, baseId, embedded.has(id));
      const byLibbpf =
        distilled.kind(id) === BtfKind.Fwd ? forwardMatchesForLibbpf(distilled, id, base, baseId) : match;
      if (match !== byLibbpf) {
        differences.push({ code: match ? 'refused-by-libbpf' : 'taken-by-libbpf', typeId: id, baseId, name });
      }
      if (!match) continue;
      if (ids[id] !== 0) {
        throw new BtfError('base-mismatch', `'${name}' is in the base more than once with the same size`, {
          typeId: id,
          expected: `one of the types ${ids[id]} and ${baseId}`,
        });
      }
      ids[id] = baseId;
      strings.set(distilled.nameOff(id), base.nameOff(baseId));
    }
    if (ids[id] === 0) {
      throw new BtfError('base-mismatch', `the base has no ${kindName(distilled.kind(id))} '${name}' that fits`, {
        typeId: id,
        expected: `a type '${name}'`,
      });
    }
  }
  return { ids, strings, differences };
}

/**
 * Whether sizes allow a match. Structs and unions are held to it where the base has several of the name; a forward
 * declaration has no size, and so matches none of several.
 */
function sizeFits(distilled: Btf, id: number, base: Btf, baseId: number, named: readonly number[]): boolean {
  const kind = base.kind(baseId);
  const isComposite = kind === BtfKind.Struct || kind === BtfKind.Union;
  if (kind === BtfKind.Fwd) return true;
  if (isComposite) {
    const same = named.filter((other) => {
      const otherKind = base.kind(other);
      const composite = otherKind === BtfKind.Struct || otherKind === BtfKind.Union;
      return composite && base.nameOff(other) === base.nameOff(baseId);
    });
    if (same.length <= 1) return true;
  }
  return base.sizeOrType(baseId) === distilled.sizeOrType(id);
}

/** Whether kinds allow a match, and what else must agree. */
function matches(distilled: Btf, id: number, base: Btf, baseId: number, isEmbedded: boolean): boolean {
  const kind = base.kind(baseId);
  if (!isCandidate(kind)) return false;
  switch (distilled.kind(id)) {
    case BtfKind.Fwd:
      return forwardMatches(distilled, id, base, baseId);
    case BtfKind.Int:
      return kind === BtfKind.Int && intEncoding(base, baseId) === intEncoding(distilled, id);
    case BtfKind.Float:
      return kind === BtfKind.Float;
    case BtfKind.Enum:
      return kind === BtfKind.Enum || kind === BtfKind.Enum64;
    default: // STRUCT, UNION: the name is enough, and the size where it is laid out inside another
      return !isEmbedded || base.sizeOrType(baseId) === distilled.sizeOrType(id);
  }
}

function isCandidate(kind: BtfKind): boolean {
  switch (kind) {
    case BtfKind.Int:
    case BtfKind.Float:
    case BtfKind.Enum:
    case BtfKind.Enum64:
    case BtfKind.Fwd:
    case BtfKind.Struct:
    case BtfKind.Union:
      return true;
    default:
      return false;
  }
}

/** A forward declaration of a struct matches a struct or another such; likewise of a union. */
function forwardMatches(distilled: Btf, id: number, base: Btf, baseId: number): boolean {
  const isUnion = distilled.kindFlag(id);
  const kind = base.kind(baseId);
  if (kind === BtfKind.Fwd) return base.kindFlag(baseId) === isUnion;
  return kind === (isUnion ? BtfKind.Union : BtfKind.Struct);
}

/** The same in libbpf 1.8, where the flag of a struct or union is taken for that of a forward declaration. */
function forwardMatchesForLibbpf(distilled: Btf, id: number, base: Btf, baseId: number): boolean {
  const kind = base.kind(baseId);
  if (kind === BtfKind.Fwd) return base.kindFlag(baseId) === distilled.kindFlag(id);
  if (kind === BtfKind.Struct) return !base.kindFlag(baseId);
  return kind === BtfKind.Union && base.kindFlag(baseId);
}

function intEncoding(btf: Btf, id: number): number {
  const layer = btf.layerOf(id);
  return (layer.words[layer.wordAt(id) + 3]! >>> 24) & 0xf;
}

/**
 * btf_mark_embedded_composite_type_ids: structs and unions of the distilled base that split ones contain by value,
 * through qualifiers, typedefs and arrays.
 */
function embeddedIds(split: Btf): Set<number> {
  const embedded = new Set<number>();
  for (let id = split.startId; id < split.typeCount; id++) {
    const kind = split.kind(id);
    if (kind !== BtfKind.Struct && kind !== BtfKind.Union) continue;
    eachRef(split.words, split.wordAt(id), (member) => {
      const inner = containedType(split, member);
      const innerKind = split.kind(inner);
      if ((innerKind === BtfKind.Struct || innerKind === BtfKind.Union) && inner < split.startId) embedded.add(inner);
    });
  }
  return embedded;
}

/** What a member holds by value. Circles of typedefs end after as many steps as there are types. */
function containedType(split: Btf, id: number): number {
  for (let left = split.typeCount; left > 0; left--) {
    switch (split.kind(id)) {
      case BtfKind.Const:
      case BtfKind.Restrict:
      case BtfKind.Volatile:
      case BtfKind.Typedef:
      case BtfKind.TypeTag:
        id = split.sizeOrType(id);
        break;
      case BtfKind.Array: {
        const layer = split.layerOf(id);
        id = layer.words[layer.wordAt(id) + 3]!;
        break;
      }
      default:
        return id;
    }
  }
  return id;
}
