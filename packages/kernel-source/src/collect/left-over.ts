// Reports what was gathered and belongs to no kernel, in few lines, because a package has thousands of modules.
import type { FoundConfig } from '../config/choose.ts';
import { KernelSourceError } from '../errors.ts';
import { releaseOfPaths } from '../identity/identity.ts';
import { type Skipped, skipped } from '../kernel.ts';
import { label } from '../member-paths.ts';
import { type FoundKernel, type FoundModule, type Problem, releaseOfKernel } from './found.ts';
import { badBtf } from './module-fit.ts';

/** All that a collector has gathered, and what of it went with a kernel. */
export interface Gathered {
  readonly kernels: readonly FoundKernel[];
  readonly modules: readonly FoundModule[];
  readonly configs: readonly FoundConfig[];
  readonly problems: readonly Problem[];
  readonly claimed: ReadonlySet<FoundModule | FoundConfig | Problem>;
}

/** Modules, then configurations, then whatever else went wrong. */
export function* leftOver(gathered: Gathered): Generator<Skipped> {
  yield* lostModules(gathered);
  yield* lostConfigs(gathered);
  yield* lostProblems(gathered);
}

/** Modules without a kernel: one line for each package or folder, not one for each module. */
function* lostModules({ modules, claimed }: Gathered): Generator<Skipped> {
  const groups = new Map<string, FoundModule[]>();
  for (const found of modules) {
    if (claimed.has(found)) continue;
    if (found.error) {
      // With no vmlinux beside it this is a kernel's BTF that is damaged: its own error says how.
      yield skipped(label(found.origin.paths), badBtf('damaged BTF', found.error));
      continue;
    }
    const key = `${found.origin.paths[0]}\0${found.release ?? ''}`;
    const group = groups.get(key);
    if (group) group.push(found);
    else groups.set(key, [found]);
  }
  for (const group of groups.values()) {
    const { origin, release } = group[0]!;
    const count = `${group.length} ${group.length === 1 ? 'module' : 'modules'}`;
    const path = group.length === 1 ? label(origin.paths) : origin.paths[0]!;
    const error = new KernelSourceError('module-without-kernel', `${count} without their kernel`, {
      found: release === undefined ? count : `${count} for ${release}`,
      expected: 'the kernel in the same package, archive or folder, or its package beside it',
    });
    yield skipped(path, error);
  }
}

/** Configurations without a kernel. Where the kernel was found and has no BTF, or no name, nothing is lost with it. */
function* lostConfigs({ configs, problems, claimed }: Gathered): Generator<Skipped> {
  for (const found of configs.filter((found) => !claimed.has(found))) {
    if (problems.some(({ module, origin }) => !module && origin.paths[0] === found.paths[0])) continue;
    const { release, parsed } = found;
    const error = new KernelSourceError('config-without-kernel', 'a configuration without its kernel', {
      found: `${parsed.symbols.size} symbols of ${release ?? parsed.version ?? 'an unknown release'}`,
      expected: 'the kernel in the same package, archive or folder, or its package beside it',
    });
    yield skipped(label(found.paths), error);
  }
}

/** What else went wrong. Modules without BTF are one line: where the kernel has none either, there are thousands. */
function* lostProblems({ kernels, problems, claimed }: Gathered): Generator<Skipped> {
  const without = new Map<string, Problem[]>();
  const isOwn = ({ module, skipped: { code } }: Problem) => !module && code === 'no-btf';
  const kernelsWithout = new Set(problems.filter(isOwn).map(({ origin }) => origin.paths[0]));
  const made = new Set(kernels.filter(({ image }) => image.fromDwarf).map(releaseOfKernel));
  for (const problem of problems) {
    if (claimed.has(problem)) continue;
    // Its BTF was made from the debug package beside it.
    if (isOwn(problem) && made.has(releaseOfPaths(problem.origin.paths))) continue;
    if (!problem.module || problem.skipped.code !== 'no-btf') {
      yield problem.skipped;
      continue;
    }
    const file = problem.origin.paths[0]!;
    // Where the kernel has none, its modules go without saying.
    if (kernelsWithout.has(file)) continue;
    const group = without.get(file);
    if (group) group.push(problem);
    else without.set(file, [problem]);
  }
  for (const [file, [first, ...others]] of without) {
    if (others.length === 0) yield first!.skipped;
    else yield skipped(file, new KernelSourceError('no-btf', `${others.length + 1} modules without BTF`));
  }
}
