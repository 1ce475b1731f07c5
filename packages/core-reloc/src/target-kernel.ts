// A whole kernel as what objects are relocated against: its own types, and its modules' where it lacks one.

import { type Btf, BtfError, parseBtf, rebase } from '@btfq/btf-format';
import type { TargetKernel } from './candidates.ts';

/** What a kernel is made of, with modules as bytes: from the index, or from files. */
export interface ModuleBytes {
  readonly name: string;
  readonly btf: Uint8Array;
  /** Its distilled base, where it came with one. */
  readonly base?: Uint8Array | undefined;
}

/** A kernel's BTF and its modules' bytes as a target; `read` is called once, when modules are first looked at. */
export function targetOf(vmlinux: Btf, read: () => readonly ModuleBytes[]): TargetKernel {
  let parsed: TargetKernel['modules'];
  return {
    vmlinux,
    get modules() {
      parsed ??= read().flatMap((module) => {
        const btf = moduleBtf(module, vmlinux);
        return btf === undefined ? [] : [{ name: module.name, btf }];
      });
      return parsed;
    },
  };
}

/**
 * A module's types over its kernel's. One with a distilled base is moved onto the kernel, as the kernel does when it loads
 * it; undefined where that fails, as the kernel has no types of such a module either.
 */
function moduleBtf({ btf, base }: ModuleBytes, vmlinux: Btf): Btf | undefined {
  if (base === undefined) return parseBtf(btf, { base: vmlinux });
  try {
    return rebase(parseBtf(btf, { base: parseBtf(base) }), vmlinux).btf;
  } catch (error) {
    if (error instanceof BtfError && error.code === 'base-mismatch') return undefined;
    throw error;
  }
}
