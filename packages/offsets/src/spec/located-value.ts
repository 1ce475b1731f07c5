// A value as YAML and JSON have it, with the place of each part: whoever reads the text makes these, so that what is wrong
// can be said with its line.

/** From 1. */
export interface TextPlace {
  readonly line: number;
  readonly column: number;
}

/** A mapping, a list or a scalar, and where it begins. */
export type LocatedValue =
  | (TextPlace & { readonly kind: 'mapping'; readonly members: readonly LocatedMember[] })
  | (TextPlace & { readonly kind: 'list'; readonly items: readonly LocatedValue[] })
  | (TextPlace & { readonly kind: 'scalar'; readonly value: string | number | bigint | boolean | null });

/** One key of a mapping. */
export interface LocatedMember extends TextPlace {
  readonly key: string;
  readonly value: LocatedValue;
}
