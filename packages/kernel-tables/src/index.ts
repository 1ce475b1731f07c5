// @btfq/kernel-tables: a kernel's unpacked image in; its memory, symbols and tables out.

export { type KernelImage, kernelMemory, kernelSymbols, openKernelImage } from './image/kernel-image.ts';
export { KernelMemory, type MemoryRegion, memoryRegion } from './image/memory.ts';
export { type KernelSymbol, type SymbolColumns, SymbolTable } from './symbols/symbol-table.ts';
export { KernelTablesError, type KernelTablesErrorCode, type KernelTablesErrorDetails } from './errors.ts';
