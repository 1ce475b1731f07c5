// Maintenance of an index: removing kernels, giving space back.

import { writing } from './ingest.ts';
import { kernelById } from '../query/kernels.ts';
import type { BtfIndex } from '../store/btf-index.ts';
import { databaseOf } from '../store/sqlite-driver.ts';
import { removeKernelRows, removeUnusedRows } from './remove.ts';
import { sqliteError } from '../store/sqlite-errors.ts';

/** Takes a kernel out, in one transaction. Throws `unknown-kernel`, `busy`, `read-only`, `disk-full`. */
export function removeKernel(index: BtfIndex, kernelId: number): void {
  removeKernels(index, [kernelId]);
}

/** As `removeKernel`, for many: all or none. */
export function removeKernels(index: BtfIndex, kernelIds: readonly number[]): void {
  for (const id of kernelIds) kernelById(index, id); // before waiting for another writer
  writing(index, () => {
    for (const id of kernelIds) kernelById(index, id); // who may have removed it meanwhile
    for (const id of kernelIds) removeKernelRows(index, id);
    removeUnusedRows(index);
    return {};
  });
}

/** Gives the space of removed kernels back to the file system; needs as much free space as the index takes. */
export function compactIndex(index: BtfIndex): void {
  try {
    databaseOf(index).exec('VACUUM');
    databaseOf(index).pragma('wal_checkpoint(TRUNCATE)');
  } catch (error) {
    throw sqliteError(error, index.path);
  }
}
