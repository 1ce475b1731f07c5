// @btfq/offsets: what a program wants to know of every kernel, as tables and definitions in its own language.

export { OffsetsError, type OffsetsErrorCode, type OffsetsErrorDetails } from './errors.ts';
export type { LocatedMember, LocatedValue, TextPlace } from './spec/located-value.ts';
export { type EntryPath, parseEntryPath } from './spec/entry-path.ts';
export { type Alternative, type EntryKind, type OffsetsSpec, parseSpec, type SpecEntry } from './spec/spec.ts';
export {
  type Cell,
  cellText,
  dumpLines,
  type FieldCell,
  type FunctionCell,
  missingRequired,
  type NumberCell,
  type OffsetTable,
  type TableKernel,
  tableKernelName,
} from './table/offset-table.ts';
export { readCommittedTable, type StaleKernel, staleKernels, type TableTexts } from './table/committed.ts';
export { inSeries, packTable, type PackedTable } from './table/pack.ts';
export type { EntrySlots, SlotShape } from './table/slots.ts';
export type { GenerateOptions } from './languages/names.ts';
export { generateTable, TABLE_LANGUAGES, type TableLanguage } from './generate.ts';
export { type EvidenceMember, nameWeight, type RenameCandidate, renameCandidates } from './explain/evidence.ts';
export { KNOWN_RENAMES, type KnownRename } from './explain/known-renames.ts';
export {
  generateTypes,
  ownTypeIds,
  TYPE_LANGUAGES,
  type TypeLanguage,
  typeIds,
  type TypesOptions,
} from './types/generate-types.ts';
export { type IsfSymbol, isfJson } from './types/isf.ts';
