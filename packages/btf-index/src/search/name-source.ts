// What a search asks of an index's names, wherever they are: in memory, all of them (local-names.ts), or in parts of a
// published file (published-names.ts).

/** What a hit says of a name as one kind. */
export interface FoundFacts {
  readonly variants: number;
  readonly kernels: number;
  /** By name, in order. */
  readonly modules: readonly string[];
}

/** A name that was found. */
export interface FoundName {
  readonly text: string;
  /** One bit for each kind that it is declared as. */
  readonly kinds: number;
  /** Worked out when it is asked for. */
  facts(kind: number): FoundFacts;
}

export interface NameSource {
  /**
   * Names of kinds of `bits` that begin with a text in lower case, or have it inside: at least the `limit` that come first, by
   * whether they begin with it and then by length.
   */
  matching(lower: string, bits: number, limit: number): FoundName[];
  /** Names that are `alike` a text at one end, not shorter than `from` nor longer than `to`. */
  likely(lower: string, bits: number, from: number, to: number): FoundName[];
}
