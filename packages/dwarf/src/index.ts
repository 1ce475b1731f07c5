// @btfq/dwarf: debug information in, BTF out.

export { type DwarfBtf, encodeBtf } from './encode.ts';
export type { DwarfOptions } from './options.ts';
export { ModuleBase } from './intern/module-base.ts';
export type { LeftOut } from './functions/prototypes.ts';
export { type ByteSource, bytesSource } from './source.ts';
export { type BtfComparison, compareBtf, countKinds, type KindComparison } from './compare-btf.ts';
export { DwarfError, type DwarfErrorCode, type DwarfErrorDetails } from './errors.ts';
