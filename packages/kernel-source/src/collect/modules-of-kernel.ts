// Which of the modules that were found are one kernel's, and what is wrong with those that would be.

import { basename } from 'node:path/posix';
import { KernelSourceError } from '../errors.ts';
import type { KernelIdentity } from '../identity/identity.ts';
import { type Skipped, skipped } from '../kernel.ts';
import { isBeside, label } from '../member-paths.ts';
import type { FoundKernel, FoundModule, Origin } from './found.ts';
import { checkModule, isSame, twice } from './module-fit.ts';

/** BTF beside `vmlinux` that belongs to the kernel and is no module: `vmlinux.inline` (CONFIG_DEBUG_INFO_BTF_INLINE). */
const KERNEL_PART = /^vmlinux\./;

/** What became of the modules of a kernel. */
export interface ModulesOfKernel {
  /** One of each name. */
  readonly modules: readonly FoundModule[];
  readonly problems: readonly Skipped[];
  /** All that went with this kernel, those with problems too. */
  readonly claimed: readonly FoundModule[];
}

/** The modules of a kernel among those `found`; `alone`: there is no other kernel that one of them could be of. */
export function modulesOfKernel(
  { origin, image }: FoundKernel,
  identity: KernelIdentity,
  alone: boolean,
  found: readonly FoundModule[],
): ModulesOfKernel {
  const claimed = found.filter((one) => belongs(one, origin, identity, alone));
  const problems: Skipped[] = [];
  const unfit: FoundModule[] = [];
  const modules = new Map<string, FoundModule>();
  const ambiguous = new Set<string>();
  for (const one of claimed) {
    const { name, base } = one.module;
    if (KERNEL_PART.test(name) && one.raw) continue;
    // Its ids are those of the kernel's own BTF: over any other they mean something else.
    if (image.fromDwarf && !one.fromDwarf && base === undefined) {
      unfit.push(one);
      continue;
    }
    const problem = checkModule(one, image, identity);
    const other = modules.get(name);
    if (problem) problems.push(problem);
    else if (other === undefined) modules.set(name, one);
    else if (!isSame(other.module, one.module)) {
      problems.push(twice(other, one));
      ambiguous.add(name);
    }
  }
  for (const name of ambiguous) modules.delete(name);
  if (unfit.length > 0) problems.push(doNotFit(unfit, label(origin.paths)));
  return { modules: [...modules.values()], problems, claimed };
}

/** Modules with BTF over a kernel's own, where the kernel's was made from debug information. */
function doNotFit(modules: readonly FoundModule[], kernel: string): Skipped {
  const seen = `${modules.length} ${modules.length === 1 ? 'module' : 'modules'} with BTF over the kernel's own`;
  const error = new KernelSourceError('foreign-module', "modules' BTF does not fit BTF that was made from DWARF", {
    found: seen,
    expected: "the modules' debug information, or the kernel's own BTF",
  });
  return skipped(label(modules[0]!.origin.paths.slice(0, -1)) || kernel, error);
}

/** Modules go by release. Raw BTF has none: it goes by its place, as do modules where there is only one kernel. */
function belongs(found: FoundModule, kernel: Origin, identity: KernelIdentity, alone: boolean): boolean {
  if (found.raw) return kernel.format === 'btf' && isVmlinux(kernel) && isBeside(kernel.paths, found.origin.paths);
  // Trees for several machines may hold the same release twice.
  if (!alone && found.arch !== undefined && found.arch !== identity.arch) return false;
  return found.release === identity.release || (alone && found.release !== undefined);
}

function isVmlinux(origin: Origin): boolean {
  return basename(origin.paths.at(-1)!) === 'vmlinux';
}
