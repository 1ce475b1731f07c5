// BTF_KIND_* and the one table of per-kind facts: how many words a kind has and which of them are ids or names.
// include/uapi/linux/btf.h (kinds, struct btf_layout), libbpf btf.c `layouts` and btf_iter.c.

/** BTF_KIND_*: the type of a `struct btf_type`. 20 to 22 were merged into bpf-next in September 2026. */
export const BtfKind = {
  Unknown: 0,
  Int: 1,
  Ptr: 2,
  Array: 3,
  Struct: 4,
  Union: 5,
  Enum: 6,
  Fwd: 7,
  Typedef: 8,
  Volatile: 9,
  Const: 10,
  Restrict: 11,
  Func: 12,
  FuncProto: 13,
  Var: 14,
  Datasec: 15,
  Float: 16,
  DeclTag: 17,
  TypeTag: 18,
  Enum64: 19,
  LocParam: 20,
  LocProto: 21,
  LocSec: 22,
} as const;
export type BtfKind = (typeof BtfKind)[keyof typeof BtfKind];

/** Largest kind that `struct btf_type.info` can hold (7 bits). */
export const MAX_KIND = 0x7f;
/** Largest `vlen` (24 bits since 2026; 16 bits before). */
export const MAX_VLEN = 0xffffff;
/** Words (u32) of `struct btf_type` itself: name_off, info, size or type. */
export const TYPE_WORDS = 3;

/** What one kind looks like on the wire. All trailing data is u32 words, so word positions say everything. */
export interface KindLayout {
  /** The name as `bpftool btf dump` prints it. */
  readonly name: string;
  /** Fixed words after the three of `struct btf_type`. */
  readonly infoWords: number;
  /** Words of each of the `vlen` elements that follow. */
  readonly elemWords: number;
  /** What the third word of `struct btf_type` holds. */
  readonly third: 'size' | 'type' | 'zero';
  /** Which of the fixed words are type ids. */
  readonly infoRefs: readonly number[];
  /** Which words of an element are type ids. */
  readonly elemRefs: readonly number[];
  /** Which words of an element are string offsets. */
  readonly elemNames: readonly number[];
}

const plain = (name: string, third: KindLayout['third'], infoWords = 0): KindLayout => ({
  name,
  infoWords,
  elemWords: 0,
  third,
  infoRefs: [],
  elemRefs: [],
  elemNames: [],
});
const composite = (name: string): KindLayout => ({
  ...plain(name, 'size'),
  elemWords: 3, // name_off, type, offset
  elemRefs: [1],
  elemNames: [0],
});

/** The kind table. FUNC keeps its linkage in vlen and has no elements, hence `elemWords` 0. */
export const KINDS = {
  [BtfKind.Unknown]: plain('UNKNOWN', 'zero'),
  [BtfKind.Int]: plain('INT', 'size', 1),
  [BtfKind.Ptr]: plain('PTR', 'type'),
  [BtfKind.Array]: { ...plain('ARRAY', 'zero', 3), infoRefs: [0, 1] }, // type, index_type, nelems
  [BtfKind.Struct]: composite('STRUCT'),
  [BtfKind.Union]: composite('UNION'),
  [BtfKind.Enum]: { ...plain('ENUM', 'size'), elemWords: 2, elemNames: [0] }, // name_off, val
  [BtfKind.Fwd]: plain('FWD', 'zero'),
  [BtfKind.Typedef]: plain('TYPEDEF', 'type'),
  [BtfKind.Volatile]: plain('VOLATILE', 'type'),
  [BtfKind.Const]: plain('CONST', 'type'),
  [BtfKind.Restrict]: plain('RESTRICT', 'type'),
  [BtfKind.Func]: plain('FUNC', 'type'),
  [BtfKind.FuncProto]: { ...plain('FUNC_PROTO', 'type'), elemWords: 2, elemRefs: [1], elemNames: [0] },
  [BtfKind.Var]: plain('VAR', 'type', 1),
  [BtfKind.Datasec]: { ...plain('DATASEC', 'size'), elemWords: 3, elemRefs: [0] }, // type, offset, size
  [BtfKind.Float]: plain('FLOAT', 'size'),
  [BtfKind.DeclTag]: plain('DECL_TAG', 'type', 1),
  [BtfKind.TypeTag]: plain('TYPE_TAG', 'type'),
  [BtfKind.Enum64]: { ...plain('ENUM64', 'size'), elemWords: 3, elemNames: [0] }, // name_off, val_lo32, val_hi32
  [BtfKind.LocParam]: { ...plain('LOC_PARAM', 'size', 1), elemWords: 1 }, // flags, then value words
  [BtfKind.LocProto]: { ...plain('LOC_PROTO', 'zero'), elemWords: 1, elemRefs: [0] }, // 0: no location
  [BtfKind.LocSec]: { ...plain('LOCSEC', 'zero'), elemWords: 3, elemRefs: [0, 1] }, // func, loc_proto, offset
} as const satisfies Record<BtfKind, KindLayout>;

/** The row of a kind, or undefined where this library knows only its size (from a file's layout section). */
export function kindLayout(kind: number): KindLayout | undefined {
  return (KINDS as Record<number, KindLayout>)[kind];
}

/** The name of a kind as bpftool prints it; `UNKNOWN` beyond the table. */
export function kindName(kind: number): string {
  return kindLayout(kind)?.name ?? 'UNKNOWN';
}

/** Word counts by kind number, for hot loops: `info[kind] + vlen * elem[kind]` words follow `struct btf_type`. */
export interface KindSizes {
  /** Fixed words per kind; NO_SIZE where the kind's size is not known. */
  readonly info: Uint8Array;
  readonly elem: Uint8Array;
}

/** Marks a kind whose size is not known. Real word counts are at most 63 (255 bytes). */
export const NO_SIZE = 255;

const known: KindSizes = (() => {
  const info = new Uint8Array(MAX_KIND + 1).fill(NO_SIZE);
  const elem = new Uint8Array(MAX_KIND + 1);
  for (const [kind, row] of Object.entries(KINDS)) {
    if (Number(kind) === BtfKind.Unknown) continue; // void has id 0 and no record
    info[Number(kind)] = row.infoWords;
    elem[Number(kind)] = row.elemWords;
  }
  return { info, elem };
})();

/** The sizes of all kinds in the table. Shared: never written to. */
export const KNOWN_SIZES: KindSizes = known;
