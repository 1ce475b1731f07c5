// @btfq/dwarf: debug information in, BTF out.

export { type DwarfBtf, encodeBtf } from './encode.ts';
export type { DwarfOptions } from './options.ts';
export type { LeftOut } from './functions/prototypes.ts';
export { type ByteSource, bytesSource } from './source.ts';
export { DwarfError, type DwarfErrorCode, type DwarfErrorDetails } from './errors.ts';
