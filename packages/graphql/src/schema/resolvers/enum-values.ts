// The schema's words for the index's.

import type { DeclarationKind, DiffChange, FieldChange, MatchRank } from '@btfq/btf-index/read';
import type {
  ChangeKind,
  FieldChange as FieldChangeWord,
  MatchRank as MatchWord,
  TypeKind,
} from '../../generated/types.ts';

/** struct -> STRUCT. */
export function kindWord(kind: DeclarationKind): TypeKind {
  return kind.toUpperCase() as TypeKind;
}
/** STRUCT -> struct. */
export function kindOf(word: TypeKind): DeclarationKind {
  return word.toLowerCase() as DeclarationKind;
}
export function fieldChangeWord(change: FieldChange): FieldChangeWord {
  return change.toUpperCase() as FieldChangeWord;
}
export function matchWord(match: MatchRank): MatchWord {
  return match.toUpperCase() as MatchWord;
}
export function diffChangeOf(word: string): DiffChange {
  return word.toLowerCase() as DiffChange;
}
/** added -> ADDED. */
export function diffChangeWord(change: DiffChange): ChangeKind {
  return change.toUpperCase() as ChangeKind;
}
