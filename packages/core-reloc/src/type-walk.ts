// Reading types where they stand, without decoding: what the matching steps ask of one type in either BTF. libbpf's
// btf.h accessors, and btf__resolve_size with its error numbers.

import { type Btf, BtfKind, MAX_RESOLVE_DEPTH, pointerSize, infoKindFlag } from '@btfq/btf-format';
import { Errno } from './result.ts';

/** How much work one relocation may cause before it is given up: members, types and parameters looked at. */
export const WORK_LIMIT = 1 << 22;

/** The work that is left. Matching is exponential in contrived BTF, which libbpf does not guard against. */
export interface Work {
  left: number;
}

/** STRUCT or UNION. */
export function isComposite(kind: number): boolean {
  return kind === BtfKind.Struct || kind === BtfKind.Union;
}

/** ENUM or ENUM64. */
export function isEnum(kind: number): boolean {
  return kind === BtfKind.Enum || kind === BtfKind.Enum64;
}

/** btf_kind_core_compat: the same kind, or enums of either width. */
export function kindsCompatible(a: number, b: number): boolean {
  return a === b || (isEnum(a) && isEnum(b));
}

/** The words of a type's record and where it begins; `at` is -1 for void. */
export function recordOf(btf: Btf, id: number): { words: Uint32Array; at: number } {
  const layer = btf.layerOf(id);
  return { words: layer.words, at: layer.wordAt(id) };
}

/** One member of a struct or union. Offsets and sizes in bits. */
export interface Member {
  readonly nameOff: number;
  readonly type: number;
  readonly bitOffset: number;
  /** 0 where it is no bitfield. */
  readonly bitfieldSize: number;
}

/** The member of that index, which must exist. */
export function memberOf(btf: Btf, id: number, index: number): Member {
  const { words, at } = recordOf(btf, id);
  const bitfields = infoKindFlag(words[at + 1]!);
  const word = at + 3 + index * 3;
  const offset = words[word + 2]!;
  return {
    nameOff: words[word]!,
    type: words[word + 1]!,
    bitOffset: bitfields ? offset & 0xffffff : offset,
    bitfieldSize: bitfields ? offset >>> 24 : 0,
  };
}

/** Element type and element count of an ARRAY. */
export function arrayOf(btf: Btf, id: number): { type: number; nelems: number } {
  const { words, at } = recordOf(btf, id);
  return { type: words[at + 3]!, nelems: words[at + 5]! };
}

/** Encoding (bit 0 signed, 1 char, 2 bool) and bit offset of an INT. */
export function intOf(btf: Btf, id: number): { encoding: number; bitOffset: number } {
  const { words, at } = recordOf(btf, id);
  const word = words[at + 3]!;
  return { encoding: (word >>> 24) & 0xf, bitOffset: (word >>> 16) & 0xff };
}

/** Words of one enumerator: {name, value} or {name, low, high}. */
function enumeratorWord(btf: Btf, id: number, index: number): { words: Uint32Array; word: number; wide: boolean } {
  const { words, at } = recordOf(btf, id);
  const wide = btf.kind(id) === BtfKind.Enum64;
  return { words, word: at + 3 + index * (wide ? 3 : 2), wide };
}

/** Where the name of an enumerator is. */
export function enumeratorNameOff(btf: Btf, id: number, index: number): number {
  const { words, word } = enumeratorWord(btf, id, index);
  return words[word]!;
}

/** An enumerator's value as libbpf's u64: 32-bit ones are extended by their sign, whatever the enum's own. */
export function enumeratorValue(btf: Btf, id: number, index: number): bigint {
  const { words, word, wide } = enumeratorWord(btf, id, index);
  if (!wide) return BigInt.asUintN(64, BigInt(words[word + 1]! | 0));
  return BigInt(words[word + 1]!) | (BigInt(words[word + 2]!) << 32n);
}

/** Type of a FUNC_PROTO's parameter. */
export function paramType(btf: Btf, id: number, index: number): number {
  const { words, at } = recordOf(btf, id);
  return words[at + 3 + index * 2 + 1]!;
}

/** Whether the name at an offset is empty. */
export function isUnnamed(btf: Btf, nameOff: number): boolean {
  if (nameOff === 0) return true;
  const layer = nameOff >= btf.startStringOffset ? btf : btf.stringLayer(nameOff);
  return layer.strings.bytes[nameOff - layer.startStringOffset] === 0;
}

/** Whether the name at an offset is exactly these bytes. */
export function nameIs(btf: Btf, nameOff: number, name: Uint8Array): boolean {
  const layer = nameOff >= btf.startStringOffset ? btf : btf.stringLayer(nameOff);
  return layer.strings.equals(nameOff - layer.startStringOffset, name);
}

/**
 * Bytes of a type, or a negative error number: btf__resolve_size. `pointerBytes` is what a pointer takes; where it is
 * not given the BTF says, or else it is that of a 64-bit host, as libbpf's btf_ptr_sz has it.
 */
export function sizeOf(btf: Btf, id: number, pointerBytes?: number): number {
  let nelems = 1;
  for (let depth = 0; depth < MAX_RESOLVE_DEPTH && id !== 0; depth++) {
    switch (btf.kind(id)) {
      case BtfKind.Int:
      case BtfKind.Struct:
      case BtfKind.Union:
      case BtfKind.Enum:
      case BtfKind.Enum64:
      case BtfKind.Datasec:
      case BtfKind.Float:
        return times(nelems, btf.sizeOrType(id));
      case BtfKind.Ptr:
        return times(nelems, pointerBytes ?? pointerSize(btf) ?? 8);
      case BtfKind.Typedef:
      case BtfKind.Volatile:
      case BtfKind.Const:
      case BtfKind.Restrict:
      case BtfKind.Var:
      case BtfKind.DeclTag:
      case BtfKind.TypeTag:
        id = btf.sizeOrType(id);
        break;
      case BtfKind.Array: {
        const array = arrayOf(btf, id);
        nelems = times(nelems, array.nelems);
        if (nelems < 0) return nelems;
        id = array.type;
        break;
      }
      default:
        return -Errno.Invalid;
    }
  }
  return -Errno.Invalid;
}

function times(count: number, size: number): number {
  return count * size > 0xffffffff ? -Errno.TooBig : count * size;
}
