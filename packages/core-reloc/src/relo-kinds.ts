// enum bpf_core_relo_kind (uapi/linux/bpf.h): what a CO-RE relocation asks about the target, and libbpf's words for it
// (relo_core.c core_relo_kind_str and core_relo_is_*_based).

/** BPF_CORE_*: the thirteen kinds. */
export const RelocationKind = {
  FieldByteOffset: 0,
  FieldByteSize: 1,
  FieldExists: 2,
  FieldSigned: 3,
  FieldLshiftU64: 4,
  FieldRshiftU64: 5,
  TypeIdLocal: 6,
  TypeIdTarget: 7,
  TypeExists: 8,
  TypeSize: 9,
  EnumvalExists: 10,
  EnumvalValue: 11,
  TypeMatches: 12,
} as const;
export type RelocationKind = (typeof RelocationKind)[keyof typeof RelocationKind];

/** What a kind looks at: a field by its access string, a type as a whole, or one enumerator. */
export type RelocationBasis = 'field' | 'type' | 'enumval';

interface KindRow {
  /** The word that libbpf prints in `<...>`. */
  readonly word: string;
  readonly basis: RelocationBasis;
}

const KINDS: Readonly<Record<RelocationKind, KindRow>> = {
  [RelocationKind.FieldByteOffset]: { word: 'byte_off', basis: 'field' },
  [RelocationKind.FieldByteSize]: { word: 'byte_sz', basis: 'field' },
  [RelocationKind.FieldExists]: { word: 'field_exists', basis: 'field' },
  [RelocationKind.FieldSigned]: { word: 'signed', basis: 'field' },
  [RelocationKind.FieldLshiftU64]: { word: 'lshift_u64', basis: 'field' },
  [RelocationKind.FieldRshiftU64]: { word: 'rshift_u64', basis: 'field' },
  [RelocationKind.TypeIdLocal]: { word: 'local_type_id', basis: 'type' },
  [RelocationKind.TypeIdTarget]: { word: 'target_type_id', basis: 'type' },
  [RelocationKind.TypeExists]: { word: 'type_exists', basis: 'type' },
  [RelocationKind.TypeSize]: { word: 'type_size', basis: 'type' },
  [RelocationKind.EnumvalExists]: { word: 'enumval_exists', basis: 'enumval' },
  [RelocationKind.EnumvalValue]: { word: 'enumval_value', basis: 'enumval' },
  [RelocationKind.TypeMatches]: { word: 'type_matches', basis: 'type' },
};

/** What a kind looks at; undefined for kinds from a newer compiler than this library knows. */
export function relocationBasis(kind: number): RelocationBasis | undefined {
  return (KINDS as Record<number, KindRow>)[kind]?.basis;
}

/** The kind as libbpf prints it, `byte_off` for instance; `unknown` beyond the table. */
export function relocationKindWord(kind: number): string {
  return (KINDS as Record<number, KindRow>)[kind]?.word ?? 'unknown';
}
