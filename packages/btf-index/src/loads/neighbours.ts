// What the kernels around one that is not in the index say of an object: the last before it and the first behind it in its
// series, whether both answer alike, and the one that readers take who go by the longest common name.

import { formatReason, type RelocationResult, relocate, RelocationKind } from '@btfq/core-reloc';
import type { CheckLoadOptions, LoadRequirements, ProgramAnswer } from '@btfq/load-check';
import { compareReleases } from '@btfq/kernel-source/identity';
import type { Kernel, KernelIdentity } from '../answer-types.ts';
import { flavourOf } from '../query/history.ts';
import { kernels } from '../query/kernels.ts';
import type { BtfIndex } from '../store/btf-index.ts';
import { kernelTarget } from '../store/kernel-target.ts';
import { loadAnswers } from './load-answers.ts';

/** One need of an object that two kernels answer differently. */
export interface NeedChange {
  readonly kind: 'relocation' | 'program';
  /** `struct task_struct.pid`, or the program's name. */
  readonly need: string;
  readonly before: string;
  readonly behind: string;
}

/** What can be said of an object on a kernel that is not in the index. */
export interface Neighbours {
  /** The kernel itself, where the index has it after all. */
  readonly itself: Kernel | undefined;
  /** Of the same distribution, architecture and flavour. */
  readonly before: Kernel | undefined;
  readonly behind: Kernel | undefined;
  /** Whether relocations and verdicts are the same on both; undefined where one of them is missing. */
  readonly same: boolean | undefined;
  readonly changes: readonly NeedChange[];
  /** Those of the kernel before, or where there is none behind. */
  readonly answers: readonly ProgramAnswer[];
  /** The kernel of the longest common name, and whether taking its types would be wrong; undefined where that is not known. */
  readonly byName:
    | { readonly kernel: Kernel; readonly wrong: boolean | undefined; readonly changes: readonly NeedChange[] }
    | undefined;
}

/** Looks around a kernel. `words` says a relocation in C's words. */
export function neighbours(
  index: BtfIndex,
  requirements: LoadRequirements,
  like: KernelIdentity,
  words: (result: RelocationResult) => string,
  options: CheckLoadOptions = {},
): Neighbours {
  const all = kernels(index).filter(({ distro, arch }) => distro === like.distro && arch === like.arch);
  const flavour = flavourOf(like.release);
  const series = all
    .filter(({ release }) => flavourOf(release) === flavour)
    .sort((a, b) => compareReleases(a.release, b.release));
  const itself = series.find(({ release, version }) => release === like.release && version === like.version);
  const before = series.filter(({ release }) => compareReleases(release, like.release) < 0).at(-1);
  const behind = series.find(({ release }) => compareReleases(release, like.release) > 0);
  const byName = longestCommonName(all, like);
  const asked = [before, behind, byName, itself].filter((kernel) => kernel !== undefined);
  const [groups = []] = loadAnswers(
    index,
    [requirements],
    [...new Map(asked.map((each) => [each.id, each])).values()],
    options,
  );
  const said = new Map<number, Said>();
  for (const { id } of asked) {
    const answers = groups.find(({ kernels: some }) => some.some((each) => each.id === id))?.answers ?? [];
    if (!said.has(id)) said.set(id, { answers, relocations: relocationsOn(index, requirements, id, words) });
  }
  const of = (kernel: Kernel | undefined) => kernel && said.get(kernel.id);
  const [first, second, named] = [of(before), of(behind), of(byName)];
  const changes = first && second ? differences(first, second) : [];
  const nearestSaid = of(itself) ?? first ?? second;
  const namedChanges = named && nearestSaid ? differences(nearestSaid, named) : [];
  const same = first && second ? changes.length === 0 : undefined;
  const wrong = itself !== undefined || same === true ? namedChanges.length > 0 : undefined;
  return {
    itself,
    before,
    behind,
    same,
    changes,
    answers: nearestSaid?.answers ?? [],
    byName: byName && { kernel: byName, wrong, changes: namedChanges },
  };
}

interface Said {
  readonly answers: readonly ProgramAnswer[];
  readonly relocations: ReadonlyMap<string, string>;
}

function relocationsOn(
  index: BtfIndex,
  { core }: LoadRequirements,
  kernelId: number,
  words: (result: RelocationResult) => string,
): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  if (core === undefined) return found;
  for (const result of relocate(core, kernelTarget(index, kernelId))) {
    const { outcome, newValue, reason, relocation } = result;
    // an id of the target's types says nothing
    const value = relocation.kind === RelocationKind.TypeIdTarget ? 'applied' : `${newValue}`;
    found.set(words(result), outcome === 'applied' ? value : `${outcome}: ${formatReason(reason ?? 'no-match')}`);
  }
  return found;
}

function differences(a: Said, b: Said): NeedChange[] {
  const changes: NeedChange[] = [];
  for (const [need, before] of a.relocations) {
    const behind = b.relocations.get(need) ?? 'not asked';
    if (before !== behind) changes.push({ kind: 'relocation', need, before, behind });
  }
  a.answers.forEach((answer, i) => {
    const other = b.answers[i];
    const [before, behind] = [verdictWords(answer), verdictWords(other)];
    if (before !== behind) changes.push({ kind: 'program', need: answer.program, before, behind });
  });
  return changes;
}

function verdictWords(answer: ProgramAnswer | undefined): string {
  if (answer === undefined) return 'not asked';
  const reasons = [...answer.reasons, ...answer.attach.reasons].map(({ code, needed }) => `${code} ${needed}`);
  return `${answer.verdict}, attach ${answer.attach.verdict}${reasons.length > 0 ? ` (${[...new Set(reasons)].join('; ')})` : ''}`;
}

/** Of one distribution's version and architecture, where there is one: the name with most letters in common from its start. */
function longestCommonName(all: readonly Kernel[], like: KernelIdentity): Kernel | undefined {
  const own = all.filter(({ version }) => version === like.version);
  let best: Kernel | undefined;
  let length = 0;
  for (const kernel of own) {
    let common = 0;
    while (common < like.release.length && kernel.release[common] === like.release[common]) common++;
    if (common > length) [best, length] = [kernel, common];
  }
  return best;
}
