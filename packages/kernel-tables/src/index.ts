// @btfq/kernel-tables: a kernel's unpacked image in; its memory, symbols and tables out.

export { type KernelImage, kernelMemory, kernelSymbols, openKernelImage } from './image/kernel-image.ts';
export { KernelMemory, type MemoryRegion, memoryRegion } from './image/memory.ts';
export { type KernelSymbol, type SymbolColumns, SymbolTable } from './symbols/symbol-table.ts';
export { type KernelTables, kernelTables, type SystemCallFact, type TypeFact } from './tables.ts';
export { type ModuleKernel, type ModuleTables, moduleTables, needsKernelTypes } from './modules/module-tables.ts';
export { functionsOfModule, MODULE_LISTS, type ModuleList, moduleParts } from './modules/module-parts.ts';
export { decodeTables, encodeTables } from './tables-codec.ts';
export {
  TABLE_PARTS,
  type TablePartName,
  type TableParts,
  type TableRecord,
  tableParts,
  tablesFromParts,
} from './tables-parts.ts';
export { factOf, type FunctionFact, functionFact, FunctionFlag, type FunctionTable } from './attach/functions.ts';
export {
  type Attachability,
  attachability,
  type AttachKind,
  type AttachReason,
  kprobeOn,
  type KprobeRules,
  stemOf,
  trampolineOn,
} from './attach/attachability.ts';
export type { IdSetName } from './attach/btf-id-sets.ts';
export type { RawTracepoint } from './attach/raw-tracepoints.ts';
export type { TraceEvent, TraceEvents, TraceField } from './events/trace-events.ts';
export { eventFormat } from './events/format-text.ts';
export type { HelperSet, HelperTable } from './helpers/helpers.ts';
export type { HelperProto } from './helpers/helper-proto.ts';
export type { Kfunc } from './kfuncs/registrations.ts';
export type { StructOps, StructOpsMember } from './kfuncs/struct-ops.ts';
export type { ErrorInjection } from './attach/error-injection.ts';
export { commonFields } from './events/common-fields.ts';
export {
  type KernelFile,
  kernelFile,
  kernelFileNames,
  moduleFile,
  type ModuleLines,
  tablesFile,
} from './kernel-files.ts';
export { KernelTablesError, type KernelTablesErrorCode, type KernelTablesErrorDetails } from './errors.ts';
