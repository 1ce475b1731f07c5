// The part of ingesting that needs no index, for threads that do nothing else: they start without the rest of the package.

export { type EarlierKernel, EarlierKernels, earlierOf } from './earlier.ts';
export { inOneMemory } from './one-memory.ts';
export { type ModuleInput, type PreparedKernel, type PreparedModule, prepareKernel, transferables } from './prepare.ts';
