// Written by scripts/generate.ts from the .graphql files of src and the schema: edit those.
import type { Document } from '../ask/ask.ts';

/** Internal type. DO NOT USE DIRECTLY. */
type Exact<T extends { [key: string]: unknown }> = { [K in keyof T]: T[K] };
/** Internal type. DO NOT USE DIRECTLY. */
export type Incremental<T> = T | { [P in keyof T]?: P extends ' $fragmentName' | '__typename' ? T[P] : never };
/** The kinds of declarations that have names. */
export type TypeKind =
  /** A struct. */
  | 'STRUCT'
  /** A union. */
  | 'UNION'
  /** An enum. */
  | 'ENUM'
  /** A typedef. */
  | 'TYPEDEF'
  /** A function. */
  | 'FUNC'
  /** A variable. */
  | 'VAR';

/** How a name matched what was searched, best first. */
export type MatchRank =
  /** The very name. */
  | 'EXACT'
  /** The name begins with the text. */
  | 'PREFIX'
  /** The name has the text in it. */
  | 'SUBSTRING'
  /** The name is like the text. */
  | 'FUZZY';

export type StartQueryVariables = Exact<{ [key: string]: never; }>;


export type StartQuery = { readonly kernels: { readonly nodes: ReadonlyArray<{ readonly id: string }> }, readonly stats: { readonly kernels: number, readonly distinct: number, readonly modules: number, readonly declarations: number, readonly names: number, readonly bytes: number | string, readonly generation: string } };

export type SuggestQueryVariables = Exact<{
  text: string;
  first: number;
}>;


export type SuggestQuery = { readonly search: ReadonlyArray<{ readonly kind: TypeKind, readonly name: string, readonly match: MatchRank, readonly kernels: number, readonly variants: number, readonly modules: ReadonlyArray<string> }>, readonly enumerator: { readonly variants: ReadonlyArray<{ readonly enum: string, readonly value: number | string }> } | null };

export type SuggestFieldsQueryVariables = Exact<{
  struct: string;
  old: string;
  middle: string;
  new: string;
}>;


export type SuggestFieldsQuery = { readonly old: { readonly struct: { readonly fields: ReadonlyArray<{ readonly name: string, readonly type: string, readonly depth: number }> } | null } | null, readonly middle: { readonly struct: { readonly fields: ReadonlyArray<{ readonly name: string, readonly type: string, readonly depth: number }> } | null } | null, readonly new: { readonly struct: { readonly fields: ReadonlyArray<{ readonly name: string, readonly type: string, readonly depth: number }> } | null } | null };

export const StartDocument = "query Start { kernels { nodes { id } } stats { kernels distinct modules declarations names bytes generation } }" as Document<StartQuery, StartQueryVariables>;
export const SuggestDocument = "query Suggest($text: String!, $first: Int!) { search(text: $text, first: $first) { kind name match kernels variants modules } enumerator(name: $text) { variants { enum value } } }" as Document<SuggestQuery, SuggestQueryVariables>;
export const SuggestFieldsDocument = "query SuggestFields($struct: String!, $old: ID!, $middle: ID!, $new: ID!) { old: kernel(id: $old) { struct(name: $struct) { fields { name type depth } } } middle: kernel(id: $middle) { struct(name: $struct) { fields { name type depth } } } new: kernel(id: $new) { struct(name: $struct) { fields { name type depth } } } }" as Document<SuggestFieldsQuery, SuggestFieldsQueryVariables>;
