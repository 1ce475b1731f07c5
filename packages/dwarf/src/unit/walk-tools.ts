// What walking a unit needs besides the unit.

import type { EntryReader } from '../read/entry-reader.ts';
import type { NameTable } from '../read/names.ts';
import type { LocationReader } from './locations.ts';
import type { Records } from './records.ts';

/** What the walk needs besides the unit. */
export interface WalkTools {
  readonly reader: EntryReader;
  readonly records: Records;
  readonly locations: LocationReader;
  readonly names: NameTable;
  /** Whether the symbol table has a function of that name. */
  isFunctionName(name: number): boolean;
  readonly excludedLanguages: ReadonlySet<number>;
  /** Whether a compiler is clang, by the number of its name. */
  readonly clang: Map<number, boolean>;
}
