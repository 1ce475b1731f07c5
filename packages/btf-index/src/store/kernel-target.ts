// The one way from a kernel in the index to what objects are relocated against: its own types, and its modules' where it
// lacks a type. The report, its JSON, GraphQL, bundles and load checks all go this way.

import { parseBtf } from '@btfq/btf-format';
import { type TargetKernel, targetOf } from '@btfq/core-reloc';
import { exportBtf, exportModule } from './export.ts';
import { modules } from './module-store.ts';
import type { BtfIndex } from './btf-index.ts';

/**
 * A kernel of the index as a target. Modules are read when a relocation first asks for them. Throws `unknown-kernel`,
 * `damaged`.
 */
export function kernelTarget(index: BtfIndex, kernelId: number): TargetKernel {
  return targetOf(parseBtf(exportBtf(index, kernelId)), () =>
    (modules(index, [kernelId]).get(kernelId) ?? []).map(({ name }) => ({
      name,
      ...exportModule(index, kernelId, name),
    })),
  );
}
