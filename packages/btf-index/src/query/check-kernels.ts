// Whether an index can be trusted as a catalogue: kernels that a release alone does not distinguish, content that is not what its
// name says, names that the source's own banner contradicts. Asks contents and sets, and parses no BTF.

import { distroOfBanner, kernelVersion, releaseOfBanner } from '@btfq/kernel-source/identity';
import type { Kernel } from '../answer-types.ts';
import type { BtfIndex } from '../store/btf-index.ts';
import { declarations } from './declarations.ts';
import { flavourOf } from './history.ts';
import { kernels } from './kernels.ts';
import type { KernelFilter } from './kernel-filter.ts';

/** What a check found. `problem`: one of the two is wrong. `note`: right, and good to know. */
export interface KernelFinding {
  readonly level: 'problem' | 'note';
  readonly code:
    | 'same-release'
    | 'not-a-kernel'
    | 'too-small'
    | 'debug-kernel'
    | 'other-architecture'
    | 'same-content'
    | 'unlike-its-series'
    | 'banner';
  /** The kernel's name. */
  readonly kernel: string;
  readonly message: string;
}

/** Kernels have tens of thousands of types; modules, objects and minimal BTFs have fewer than this. */
const SMALLEST_KERNEL = 5000;
/** How far from the median of its series a kernel's number of types may be. */
const LEAST = 0.6;
const MOST = 1.6;

/**
 * Checks every kernel that a filter lets through, in kernel order:
 *
 *   1. the same release with other content
 *   2. content that no kernel has
 *   3. content of a debug kernel, of another architecture or of another version under this name, or of quite another size
 *      than its series
 *   4. a name that the source's banner contradicts
 */
export function checkKernels(index: BtfIndex, where?: KernelFilter): KernelFinding[] {
  const all = kernels(index, where);
  const found: KernelFinding[] = [
    ...sameReleases(all),
    ...contents(index, all),
    ...architectures(index, all),
    ...sameContents(all),
    ...series(all),
    ...banners(all),
  ];
  const place = new Map(all.map(({ name }, at) => [name, at]));
  return found.sort((a, b) => place.get(a.kernel)! - place.get(b.kernel)!);
}

function* sameReleases(all: readonly Kernel[]): Generator<KernelFinding> {
  for (const group of groups(all, ({ arch, release }) => `${arch} ${release}`)) {
    const [first, ...others] = group;
    for (const kernel of others) {
      if (kernel.sha256 === first?.sha256) continue;
      const message = `has the release of ${first?.name} and other content: a release alone does not tell them apart`;
      yield { level: 'note', code: 'same-release', kernel: kernel.name, message };
    }
  }
}

function* contents(index: BtfIndex, all: readonly Kernel[]): Generator<KernelFinding> {
  const tasks = new Set(declarations(index, 'struct', 'task_struct').flatMap(({ kernelIds }) => [...kernelIds]));
  const lockdep = new Map<number, number>();
  for (const { kernelIds, size } of declarations(index, 'struct', 'lockdep_map')) {
    for (const id of kernelIds) lockdep.set(id, size);
  }
  for (const { id, name, types, release } of all) {
    if (!tasks.has(id)) {
      const message = 'has no struct task_struct: the BTF of a module, an object or a minimal one, and no kernel’s';
      yield { level: 'problem', code: 'not-a-kernel', kernel: name, message };
    } else if (types < SMALLEST_KERNEL) {
      const message = `has ${types} types, and kernels have tens of thousands: a minimal BTF, or an object’s`;
      yield { level: 'problem', code: 'too-small', kernel: name, message };
    }
    const size = lockdep.get(id);
    if (size === undefined) continue;
    const named = /debug|dbg/.test(release);
    // Without CONFIG_LOCKDEP the struct is there and empty.
    if (size > 0 && !named) {
      const message = `has a lockdep_map of ${size} bytes, as debug kernels have, and its release does not say debug`;
      yield { level: 'problem', code: 'debug-kernel', kernel: name, message };
    }
    if (size === 0 && named) {
      const message =
        'says debug in its release, and its lockdep_map is empty, as it is in kernels that are not for debugging';
      yield { level: 'note', code: 'debug-kernel', kernel: name, message };
    }
  }
}

/** Structs that the kernels of one architecture have and no other's. */
const ARCHITECTURES: readonly (readonly [struct: string, archs: readonly string[]])[] = [
  ['cpuinfo_x86', ['x86_64', 'i686']],
  ['cpuinfo_arm64', ['arm64']],
  ['s390_idle_data', ['s390x']],
  ['__riscv_d_ext_state', ['riscv64', 'riscv32']],
  ['paca_struct', ['ppc64le', 'ppc64']],
];

function* architectures(index: BtfIndex, all: readonly Kernel[]): Generator<KernelFinding> {
  for (const [struct, archs] of ARCHITECTURES) {
    const having = new Set(declarations(index, 'struct', struct).flatMap(({ kernelIds }) => [...kernelIds]));
    for (const { id, name, arch } of all) {
      if (!having.has(id) || archs.includes(arch)) continue;
      const message = `has a struct ${struct}, which only kernels for ${archs.join(' and ')} have`;
      yield { level: 'problem', code: 'other-architecture', kernel: name, message };
    }
  }
}

/** Updates that change no type are common; the same types in another version of Linux are not. */
function* sameContents(all: readonly Kernel[]): Generator<KernelFinding> {
  const version = ({ release }: Kernel) => kernelVersion(release).split('.').slice(0, 2).join('.');
  for (const [first, ...others] of groups(all, ({ sha256 }) => sha256)) {
    for (const kernel of others) {
      if (first === undefined || (version(kernel) === version(first) && kernel.arch === first.arch)) continue;
      const message = `has the very content of ${first.name}: one of the two names is wrong`;
      yield { level: 'problem', code: 'same-content', kernel: kernel.name, message };
    }
  }
}

function* series(all: readonly Kernel[]): Generator<KernelFinding> {
  const key = ({ distro, version, arch, release }: Kernel) =>
    [distro, version, arch, kernelVersion(release).split('.').slice(0, 2).join('.'), flavourOf(release)].join(' ');
  for (const group of groups(all, key)) {
    if (group.length < 3) continue;
    const median = group.map(({ types }) => types).sort((a, b) => a - b)[group.length >> 1]!;
    for (const { name, types } of group) {
      if (types >= median * LEAST && types <= median * MOST) continue;
      const message = `has ${types} types, and the kernels of its series about ${median}: it may be another kernel’s`;
      yield { level: 'problem', code: 'unlike-its-series', kernel: name, message };
    }
  }
}

function* banners(all: readonly Kernel[]): Generator<KernelFinding> {
  for (const { name, distro, version, release, banner } of all) {
    if (banner === null) continue;
    const own = releaseOfBanner(banner);
    const says = (what: string): KernelFinding => ({
      level: 'problem',
      code: 'banner',
      kernel: name,
      message: `its source's banner says ${what}`,
    });
    if (own !== undefined && own !== release) yield says(`release ${own}`);
    const told = distroOfBanner(banner, release);
    if (told === undefined) continue;
    if (told.distro !== distro && !(sharesKernels(told.distro) && sharesKernels(distro))) yield says(told.distro);
    else if (told.version !== undefined && contradicts(told.version, version))
      yield says(`${told.distro} ${told.version}`);
  }
}

/** SUSE's kernels are the same under several names. */
function sharesKernels(distro: string): boolean {
  return ['sles', 'sles_sap', 'sled', 'opensuse-leap'].includes(distro);
}

/** 9 and 9.3 go together; a codename says nothing that could be compared. */
function contradicts(told: string, named: string): boolean {
  if (!/^v?\d/i.test(named) || !/^v?\d/i.test(told)) return false;
  return told !== named && !named.startsWith(`${told}.`) && !told.startsWith(`${named}.`);
}

function groups(all: readonly Kernel[], key: (kernel: Kernel) => string): Kernel[][] {
  const found = new Map<string, Kernel[]>();
  for (const kernel of all) {
    const group = found.get(key(kernel));
    if (group) group.push(kernel);
    else found.set(key(kernel), [kernel]);
  }
  return [...found.values()];
}
