// btfq features: what kernels offer BPF programs, by the words people use for it.
import {
  type FeatureAnswer,
  type BtfIndex,
  features,
  featuresNamed,
  helperFacts,
  kernelsByIds,
  parseWhere,
  resolveKernel,
} from '@btfq/btf-index';
import { defineCommand } from '../command.ts';
import { UsageError } from '../errors.ts';
import { ExitCode } from '../exit-codes.ts';
import type { Io } from '../io.ts';
import { kernelsText } from '../render/fact-variants.ts';
import { formatTable } from '../render/table.ts';
import { dbFlag, offlineFlag, whereFlag } from '../shared-flags.ts';
import { withIndex } from '../with-index.ts';

export const command = defineCommand({
  args: '[NAME]',
  about: `
Shows which kernels have a BPF feature: program types, map types, attach types, link types, commands of bpf(), helpers (and
which program types may call them), kernel functions, instructions, and the features of bcc's list by kernel version. NAME is
a feature's name (\`ringbuf\`, \`bpf_loop\`), its enumerator (\`BPF_MAP_TYPE_RINGBUF\`), or bcc's words for it (\`Tail calls\`).

The kernel's own tables answer first, then its types, and where neither tells, its release; each answer names its evidence.
The first mainline release is shown if btfq knows it. Without NAME, btfq lists all features.`,
  flags: {
    db: dbFlag,
    offline: offlineFlag,
    where: whereFlag,
    kernel: { value: 'K', help: 'only this kernel', complete: 'kernel' },
  },
  examples: [
    { line: 'btfq features ringbuf', shows: 'which kernels have ring buffers?' },
    { line: 'btfq features bpf_loop', shows: 'since when, and which programs may call it?' },
    { line: 'btfq features --kernel 6.1.0-50-cloud-amd64', shows: 'all that one kernel has' },
  ],
  run(flags, io) {
    const [name] = flags.args as [string | undefined];
    return withIndex(flags, io, (index) => {
      const where = flags.kernel === undefined ? parseWhere(flags.where) : oneKernel(index, flags.kernel);
      const found = name === undefined ? features(index, where) : featuresNamed(index, name, where);
      if (found.length === 0) throw new UsageError(`no feature is called '${name}'; btfq features lists them`);
      if (io.wantsJson) io.json(found.map((feature) => jsonOf(index, feature)));
      else if (name === undefined) list(io, found, flags.kernel !== undefined);
      else for (const feature of found) show(index, io, feature);
      const some = found.some((feature) => feature.kernels.some(({ state }) => state === 'present'));
      return some ? ExitCode.answered : ExitCode.no;
    });
  },
});

function oneKernel(index: BtfIndex, text: string) {
  const { distro, version, arch, release } = resolveKernel(index, text);
  return parseWhere([`distro=${distro},version=${version},arch=${arch},release=${release}`]);
}

function jsonOf(index: BtfIndex, feature: FeatureAnswer) {
  const { kind, name, enumerator, since, words } = feature;
  const kernels = kernelsByIds(
    index,
    feature.kernels.map(({ kernelId }) => kernelId),
  );
  return {
    kind,
    name,
    enumerator: enumerator ?? null,
    since: since ?? null,
    words,
    kernels: feature.kernels.map(({ state, evidence }, i) => ({ kernel: kernels[i]?.name, state, evidence })),
    programTypes: kind === 'helper' ? programTypesOf(index, feature) : null,
  };
}

/** The program types that may call a helper, and the kernels whose tables say so. */
function programTypesOf(index: BtfIndex, { name }: FeatureAnswer) {
  const found = new Map<string, { types: string[]; kernels: string[] }>();
  for (const { value, kernelIds } of helperFacts(index, name)) {
    if (value === undefined) continue;
    const types = [...new Set(value.programs.map(({ programType }) => programType.toLowerCase()))];
    const own = found.get(types.join()) ?? { types, kernels: [] };
    found.set(types.join(), own);
    own.kernels.push(...kernelsByIds(index, kernelIds).map((kernel) => kernel.name));
  }
  return [...found.values()];
}

function list(io: Io, found: readonly FeatureAnswer[], one: boolean): void {
  const rows = found.map((feature) => {
    const count = feature.kernels.filter(({ state }) => state === 'present').length;
    const [only] = feature.kernels;
    const has = one
      ? `${only?.state ?? ''} (${EVIDENCE[only?.evidence ?? 'btf']})`
      : `${count} of ${feature.kernels.length}`;
    return [feature.kind, feature.name, feature.since ?? '', has];
  });
  const columns = [
    { title: 'kind' },
    { title: 'feature', shrink: true },
    { title: 'since' },
    { title: one ? 'here' : 'kernels' },
  ];
  for (const line of formatTable(columns, rows, io.terminal.columns)) io.print(line);
}

const EVIDENCE: Readonly<Record<string, string>> = { image: 'its tables', btf: 'its types', release: 'its release' };

function show(index: BtfIndex, io: Io, feature: FeatureAnswer): void {
  const { kind, name, enumerator, since, words } = feature;
  io.print(
    io.style.head(
      `${name}: ${kind.replace('-', ' ')}${enumerator === undefined ? '' : ` ${enumerator}`}${since === undefined ? '' : `, since Linux ${since}`}`,
    ),
  );
  if (words.length > 0) io.print(`  ${io.style.dim(words.join('; '))}`);
  for (const state of ['present', 'absent', 'not-known'] as const) {
    for (const evidence of ['image', 'btf', 'release'] as const) {
      const own = feature.kernels.filter((each) => each.state === state && each.evidence === evidence);
      if (own.length === 0) continue;
      const names = kernelsByIds(
        index,
        own.map(({ kernelId }) => kernelId),
      ).map((kernel) => kernel.name);
      const by = state === 'not-known' ? '' : `, by ${EVIDENCE[evidence]}`;
      io.print(`  ${state.replace('-', ' ')}${by}: ${kernelsText(names)}`);
    }
  }
  if (kind !== 'helper') return;
  for (const { types, kernels } of programTypesOf(index, feature)) {
    io.print(`  called by ${types.join(', ')}: ${kernelsText(kernels)}`);
  }
}
