// The part of ingesting that needs no index, for threads that do nothing else: they start without the rest of the package.

export { type CompleteDelta, completeDelta, sharedSide, type StartDelta } from '../delta/complete-delta.ts';
export type { DeltaSide } from '../delta/delta-side.ts';
export { type EarlierKernel, EarlierKernels, earlierOf } from './earlier.ts';
export { forgetArrays, inOneMemory, MemorySlots, type OneMemory } from './one-memory.ts';
export { type ModuleInput, type PreparedKernel, type PreparedModule, prepareKernel, transferables } from './prepare.ts';
