// Decoded types: plain readonly objects, one shape a kind, a union on `kind`. For reading one type; loops over many
// use `words` or `forEachRef`. Field names are those of include/uapi/linux/btf.h in camelCase.

import { BtfKind, TYPE_WORDS } from './kinds.ts';
import type { Btf } from './btf.ts';
import { infoKind, infoKindFlag, infoVlen } from './info.ts';

interface Named {
  readonly id: number;
  /** '' where anonymous. */
  readonly name: string;
}
interface Referring extends Named {
  readonly type: number;
}
/** A member of a struct or union. Both numbers are in bits. */
export interface BtfMember {
  readonly name: string;
  readonly type: number;
  /** From the start of the struct. */
  readonly bitOffset: number;
  /** 0 where the member is no bitfield. */
  readonly bitfieldSize: number;
}
/** One value of an enum. */
export interface BtfEnumerator {
  readonly name: string;
  /** Signed or unsigned as the enum says. */
  readonly value: bigint;
}
/** One parameter of a function prototype. */
export interface BtfParam {
  /** '' in prototypes of pointers, and for the final `...` (then `type` is 0). */
  readonly name: string;
  readonly type: number;
}
/** Where a variable lies in its section; `offset` and `size` in bytes. */
export interface BtfVarSecinfo {
  readonly type: number;
  readonly offset: number;
  readonly size: number;
}
/** Type id 0. */
export interface BtfVoid extends Named {
  readonly kind: typeof BtfKind.Unknown;
}
/** An integer: its width in memory in bytes, and in bits where it is narrower. */
export interface BtfInt extends Named {
  readonly kind: typeof BtfKind.Int;
  readonly size: number;
  /** Bits 0 signed, 1 char, 2 bool. */
  readonly encoding: number;
  readonly bitOffset: number;
  readonly bits: number;
}
/** A pointer, a typedef, or a qualifier: another type and, for typedefs, a name. */
export interface BtfReference extends Referring {
  readonly kind:
    | typeof BtfKind.Ptr
    | typeof BtfKind.Typedef
    | typeof BtfKind.Volatile
    | typeof BtfKind.Const
    | typeof BtfKind.Restrict;
}
/** `__attribute__((btf_type_tag("name")))` on what it refers to. */
export interface BtfTypeTag extends Referring {
  readonly kind: typeof BtfKind.TypeTag;
  /** kflag: the tag is the text of an `__attribute__`. */
  readonly attribute: boolean;
}
/** `__attribute__((btf_decl_tag("name")))` on a declaration or a part of it. */
export interface BtfDeclTag extends Referring {
  readonly kind: typeof BtfKind.DeclTag;
  readonly attribute: boolean;
  /** Index of the member or parameter, -1 for the whole. */
  readonly componentIdx: number;
}
/** `nelems` elements of `type`; `indexType` is what clang and pahole take for the index. */
export interface BtfArray extends Named {
  readonly kind: typeof BtfKind.Array;
  readonly type: number;
  readonly indexType: number;
  readonly nelems: number;
}
/** A struct or union with its members in order; `size` in bytes. */
export interface BtfComposite extends Named {
  readonly kind: typeof BtfKind.Struct | typeof BtfKind.Union;
  readonly size: number;
  readonly members: readonly BtfMember[];
}
/** An enum of either kind, of values up to 32 or 64 bits; `size` in bytes. */
export interface BtfEnum extends Named {
  readonly kind: typeof BtfKind.Enum | typeof BtfKind.Enum64;
  readonly size: number;
  readonly signed: boolean;
  readonly values: readonly BtfEnumerator[];
}
/** A struct or union that is declared and not defined. */
export interface BtfFwd extends Named {
  readonly kind: typeof BtfKind.Fwd;
  readonly union: boolean;
}
/** A function: its name and its prototype. */
export interface BtfFunc extends Referring {
  readonly kind: typeof BtfKind.Func;
  /** 0 static, 1 global, 2 extern. */
  readonly linkage: number;
}
/** What a function takes and returns. */
export interface BtfFuncProto extends Named {
  readonly kind: typeof BtfKind.FuncProto;
  readonly returnType: number;
  readonly params: readonly BtfParam[];
}
/** A global variable. */
export interface BtfVar extends Referring {
  readonly kind: typeof BtfKind.Var;
  /** 0 static, 1 global, 2 extern. */
  readonly linkage: number;
}
/** An ELF section with its variables; `size` in bytes, 0 in objects that no linker has seen. */
export interface BtfDatasec extends Named {
  readonly kind: typeof BtfKind.Datasec;
  readonly size: number;
  readonly vars: readonly BtfVarSecinfo[];
}
/** A floating-point number of `size` bytes. */
export interface BtfFloat extends Named {
  readonly kind: typeof BtfKind.Float;
  readonly size: number;
}
/** Where one parameter of an inlined function lives. `flags` and `values` as in the uapi header. */
export interface BtfLocParam extends Named {
  readonly kind: typeof BtfKind.LocParam;
  readonly size: number;
  readonly flags: number;
  readonly values: readonly number[];
}
/** Where all parameters of an inlined function live. */
export interface BtfLocProto extends Named {
  readonly kind: typeof BtfKind.LocProto;
  /** LOC_PARAM ids; 0 where a parameter has no location. */
  readonly params: readonly number[];
}
/** The places at which functions were inlined: `offset` in bytes from the start of the section. */
export interface BtfLocSec extends Named {
  readonly kind: typeof BtfKind.LocSec;
  readonly locations: readonly { readonly func: number; readonly locProto: number; readonly offset: number }[];
}
/** What `decodeType` gives: a union on `kind`. */
export type BtfType =
  | BtfVoid
  | BtfInt
  | BtfReference
  | BtfTypeTag
  | BtfDeclTag
  | BtfArray
  | BtfComposite
  | BtfEnum
  | BtfFwd
  | BtfFunc
  | BtfFuncProto
  | BtfVar
  | BtfDatasec
  | BtfFloat
  | BtfLocParam
  | BtfLocProto
  | BtfLocSec;

/** INT's encoding bits. */
export const IntEncoding = { Signed: 1, Char: 2, Bool: 4 } as const;

/**
 * Decodes one type. A kind that only a layout section sizes has nothing to decode and comes back as void with its id
 * and name. Throws `bad-type-id`.
 */
export function decodeType(btf: Btf, id: number): BtfType {
  const layer = btf.layerOf(id);
  if (id === 0) return { id, kind: BtfKind.Unknown, name: '' };
  const { words } = layer;
  const at = layer.wordAt(id);
  const info = words[at + 1]!;
  const kind = infoKind(info);
  const vlen = infoVlen(info);
  const flag = infoKindFlag(info);
  const third = words[at + 2]!;
  const first = at + TYPE_WORDS;
  const named = { id, name: btf.string(words[at]!) };
  const word = (w: number) => words[w]!;
  const elements = <T>(stride: number, decode: (w: number) => T, from = first): T[] =>
    Array.from({ length: vlen }, (_, i) => decode(from + i * stride));
  switch (kind) {
    case BtfKind.Int: {
      const bits = word(first);
      return {
        ...named,
        kind,
        size: third,
        encoding: (bits >>> 24) & 0xf,
        bitOffset: (bits >>> 16) & 0xff,
        bits: bits & 0xff,
      };
    }
    case BtfKind.Ptr:
    case BtfKind.Typedef:
    case BtfKind.Volatile:
    case BtfKind.Const:
    case BtfKind.Restrict:
      return { ...named, kind, type: third };
    case BtfKind.TypeTag:
      return { ...named, kind, type: third, attribute: flag };
    case BtfKind.DeclTag:
      return { ...named, kind, type: third, attribute: flag, componentIdx: word(first) | 0 };
    case BtfKind.Array:
      return { ...named, kind, type: word(first), indexType: word(first + 1), nelems: word(first + 2) };
    case BtfKind.Struct:
    case BtfKind.Union:
      return {
        ...named,
        kind,
        size: third,
        members: elements(3, (w) => ({
          name: btf.string(word(w)),
          type: word(w + 1),
          bitOffset: flag ? word(w + 2) & 0xffffff : word(w + 2),
          bitfieldSize: flag ? word(w + 2) >>> 24 : 0,
        })),
      };
    case BtfKind.Enum:
      return {
        ...named,
        kind,
        size: third,
        signed: flag,
        values: elements(2, (w) => ({
          name: btf.string(word(w)),
          value: BigInt(flag ? word(w + 1) | 0 : word(w + 1)),
        })),
      };
    case BtfKind.Enum64:
      return {
        ...named,
        kind,
        size: third,
        signed: flag,
        values: elements(3, (w) => {
          const value = BigInt(word(w + 1)) | (BigInt(word(w + 2)) << 32n);
          return { name: btf.string(word(w)), value: flag ? BigInt.asIntN(64, value) : value };
        }),
      };
    case BtfKind.Fwd:
      return { ...named, kind, union: flag };
    case BtfKind.Func:
      return { ...named, kind, type: third, linkage: vlen };
    case BtfKind.FuncProto:
      return {
        ...named,
        kind,
        returnType: third,
        params: elements(2, (w) => ({ name: btf.string(word(w)), type: word(w + 1) })),
      };
    case BtfKind.Var:
      return { ...named, kind, type: third, linkage: word(first) };
    case BtfKind.Datasec:
      return {
        ...named,
        kind,
        size: third,
        vars: elements(3, (w) => ({ type: word(w), offset: word(w + 1), size: word(w + 2) })),
      };
    case BtfKind.Float:
      return { ...named, kind, size: third };
    case BtfKind.LocParam:
      return { ...named, kind, size: third, flags: word(first), values: elements(1, word, first + 1) };
    case BtfKind.LocProto:
      return { ...named, kind, params: elements(1, word) };
    case BtfKind.LocSec:
      return {
        ...named,
        kind,
        locations: elements(3, (w) => ({ func: word(w), locProto: word(w + 1), offset: word(w + 2) })),
      };
    case BtfKind.Unknown:
      return { ...named, kind };
    default: // kinds that only a layout section knows
      kind satisfies never;
      return { ...named, kind: BtfKind.Unknown };
  }
}
