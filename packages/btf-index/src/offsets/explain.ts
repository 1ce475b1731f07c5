// For each entry the kernels that lack it, and under which other path they may have it, by evidence.

import {
  type EntryPath,
  KNOWN_RENAMES,
  nameWeight,
  parseEntryPath,
  renameCandidates,
  type SpecEntry,
} from '@btfq/offsets';
import { compareReleases } from '@btfq/kernel-source';
import type { Kernel, StructLayout } from '../answer-types.ts';
import { declarations, layouts, variantsByKernel } from '../query/declarations.ts';
import { nearFields } from '../query/field.ts';
import { flavourOf } from '../query/history.ts';
import type { KernelFilter } from '../query/kernel-filter.ts';
import { kernels as kernelsOf } from '../query/kernels.ts';
import { nearNames } from '../query/search.ts';
import type { BtfIndex } from '../store/btf-index.ts';
import { AMBIGUOUS, NONE } from './columns.ts';
import { type ExplainAsk, LayoutsByName, type MemberIn, membersOf } from './explain-members.ts';
import { entryColumns } from './offset-table.ts';

/** Another path under which kernels that lack an entry may have it. */
export interface PathCandidate {
  /** As a SPEC writes it. */
  readonly path: string;
  /** What speaks for it, strongest first. */
  readonly evidence: readonly string[];
  readonly weight: number;
  /** Whether the evidence is good enough to write it into a SPEC unseen. */
  readonly strong: boolean;
  /** Kernels that lack the entry and have this path. */
  readonly kernels: readonly Kernel[];
  /** The kernels whose types were compared: one that has the entry, and one that lacks it; null where no kernel has it. */
  readonly compared: readonly [having: string, lacking: string] | null;
}

/** An entry that some kernels lack. */
export interface EntryExplanation {
  readonly entry: SpecEntry;
  readonly lacking: readonly Kernel[];
  /** Kernels with several answers that differ. */
  readonly ambiguous: readonly Kernel[];
  readonly candidates: readonly PathCandidate[];
}

/** Explains entries that some kernels lack, in the SPEC's order; those that all have are left out. */
export function explainEntries(
  index: BtfIndex,
  entries: readonly SpecEntry[],
  where?: KernelFilter,
): EntryExplanation[] {
  const all = kernelsOf(index, where);
  const { rank } = index.catalog();
  const byName = new LayoutsByName((name) => layouts(index, name, where));
  return entries.flatMap((entry): EntryExplanation[] => {
    if (entry.kind === 'exists') return [];
    const column = entryColumns(index, [entry], where)[0];
    const of = (answer: number) => all.filter((kernel) => column?.at[rank[kernel.id] as number] === answer);
    const [lacking, ambiguous] = [of(NONE), of(AMBIGUOUS)];
    if (lacking.length === 0 && ambiguous.length === 0) return [];
    const having = all.filter((kernel) => (column?.at[rank[kernel.id] as number] ?? NONE) >= 0);
    const ask = { index, entry, having, lacking, where, byName };
    const candidates = proved(ask, having.length === 0 ? withoutComparison(ask) : proposals(ask));
    return [{ entry, lacking, ambiguous, candidates }];
  });
}

interface Proposal extends Omit<PathCandidate, 'kernels'> {}

function proposals(ask: ExplainAsk): Proposal[] {
  switch (ask.entry.kind) {
    case 'offset':
    case 'container_of':
    case 'size':
      return ask.entry.alternatives.flatMap((path) => (path.segments.length === 0 ? [] : memberProposals(ask, path)));
    case 'value':
      return ask.entry.alternatives.flatMap((path) => enumeratorProposals(ask, path));
    case 'function':
      return ask.entry.alternatives.flatMap((path) => functionProposals(ask, path));
    case 'parameter':
      return ask.entry.alternatives.flatMap((path) => parameterProposals(ask, path));
    case 'exists':
      return [];
  }
}

/** One kernel of each version of a struct among those that lack an entry, each with the nearest that has it. */
function pairs(ask: ExplainAsk, versionOf: (kernel: Kernel) => unknown): [having: Kernel, lacking: Kernel][] {
  const seen = new Set<unknown>();
  const order = [...ask.having, ...ask.lacking].sort((a, b) => compareReleases(a.release, b.release));
  const place = new Map(order.map((kernel, i) => [kernel, i]));
  const cost = (a: Kernel, b: Kernel) =>
    Math.abs(place.get(a)! - place.get(b)!) +
    (a.arch === b.arch ? 0 : 4 * order.length) +
    (a.distro === b.distro && flavourOf(a.release) === flavourOf(b.release) ? 0 : order.length);
  return ask.lacking.flatMap((kernel): [Kernel, Kernel][] => {
    const version = versionOf(kernel);
    if (version === undefined || seen.has(version)) return [];
    seen.add(version);
    const [first, ...rest] = ask.having;
    if (first === undefined) return [];
    return [[rest.reduce((best, one) => (cost(one, kernel) < cost(best, kernel) ? one : best), first), kernel]];
  });
}

/** Where no kernel has an entry, nothing can be compared: what history says, and names that are near. */
function withoutComparison({ index, entry }: ExplainAsk): Proposal[] {
  return entry.alternatives.flatMap((path) => {
    const [first = '', ...rest] = path.segments;
    if (first === '' || entry.kind === 'value' || entry.kind === 'parameter' || entry.kind === 'function') return [];
    const after = rest.map((segment) => `->${segment}`).join('');
    const near = nearFields(index, 'composite', path.type, first, 5).map(
      (name): Proposal => ({
        path: `${path.type}.${name}${after}`,
        evidence: ['its name is near, and that is all that is known'],
        weight: 1,
        strong: false,
        compared: null,
      }),
    );
    const struct = path.type.replace(/^struct /, '');
    const told = KNOWN_RENAMES.filter((one) => one.struct === struct && one.old === first).map(
      ({ young, since }): Proposal => ({
        path: `${path.type}.${young}${after}`,
        evidence: [`Linux ${since} renamed it`],
        weight: 5,
        strong: true,
        compared: null,
      }),
    );
    return [...told, ...near];
  });
}

/** Where a path breaks off, what is there instead. */
function memberProposals(ask: ExplainAsk, path: EntryPath): Proposal[] {
  const versions = (kernel: Kernel) => ask.byName.in(path.type, kernel);
  return pairs(ask, versions).flatMap(([having, lacking]) => {
    const broken = breakOf(ask, path, having, lacking);
    if (broken === undefined) return [];
    const { struct, before, name, after } = broken;
    const old = ask.byName.in(struct, having);
    const young = ask.byName.in(broken.lackingStruct, lacking);
    if (old === undefined || young === undefined) return [];
    const compared = [having.name, lacking.name] as const;
    const named = renameCandidates(name, membersOf(old), membersOf(young)).map(
      (one): Proposal => ({ ...one, path: `${before}${one.name}${after}`, compared }),
    );
    if (named.some(({ strong }) => strong)) return named.filter(({ weight }) => weight > 2); // beside that, a name says nothing
    const member = membersOf(old).find((one) => one.name === name) as MemberIn;
    return [...named, ...movedProposals(ask, { member, before, after, old, young, having, lacking })];
  });
}

/** The member at which a path cannot go on in a kernel, and the structs there. */
function breakOf(
  ask: ExplainAsk,
  path: EntryPath,
  having: Kernel,
  lacking: Kernel,
): { struct: string; lackingStruct: string; before: string; name: string; after: string } | undefined {
  let [struct, lackingStruct] = [path.type, path.type];
  let before = '';
  const steps = path.segments.flatMap((segment, s) =>
    segment.split('.').map((step, i) => ({ step, joint: i === 0 ? (s === 0 ? '.' : '->') : '.' })),
  );
  for (const [i, { step, joint }] of steps.entries()) {
    const name = step.replace(/\[.*$/, '');
    before += `${i === 0 ? path.type : ''}${joint}`;
    const own = ask.byName.member(struct, name, having);
    if (own === undefined) return undefined; // the one that has the entry has it by another path
    const other = ask.byName.member(lackingStruct, name, lacking);
    if (other === undefined) {
      const after =
        step.slice(name.length) +
        steps
          .slice(i + 1)
          .map((one) => one.joint + one.step)
          .join('');
      return { struct, lackingStruct, before, name, after };
    }
    before += step;
    [struct, lackingStruct] = [structOf(own.type), structOf(other.type)];
    if (struct === '' || lackingStruct === '') return undefined;
  }
  return undefined;
}

/** `struct x` behind qualifiers, pointers and arrays; '' for what has no name. */
function structOf(type: string): string {
  return (
    /^(?:(?:const|volatile|__\w+) )*((?:(?:struct|union) )?\w+)(?: const)?(?: ?\*(?: ?const)?)?(?:\[\d+\])*$/.exec(
      type,
    )?.[1] ?? ''
  );
}

interface Moved {
  readonly member: MemberIn;
  readonly before: string;
  readonly after: string;
  readonly old: StructLayout;
  readonly young: StructLayout;
  readonly having: Kernel;
  readonly lacking: Kernel;
}

/** A member that went into a struct which the old one holds or points to. */
function movedProposals(ask: ExplainAsk, { member, before, after, old, young, having, lacking }: Moved): Proposal[] {
  const found: Proposal[] = [];
  for (const holder of membersOf(young)) {
    const struct = structOf(holder.type);
    const pointer = /\*$/.test(holder.type);
    if (struct === '' || struct === `struct ${young.name}` || /\]$/.test(holder.type)) continue;
    const inside = ask.byName.in(struct, lacking);
    if (inside === undefined || inside.kind !== 'struct') continue;
    const oldHolder = membersOf(old).find(({ name }) => name === holder.name);
    const insideOld = oldHolder === undefined ? undefined : ask.byName.in(structOf(oldHolder.type), having);
    for (const one of membersOf(inside)) {
      const beside = insideOld !== undefined && membersOf(insideOld).some(({ name }) => name === one.name);
      const sameName = one.name === member.name;
      const alike = sameName ? 3 : nameWeight(member.name, one.name);
      const sameType = one.type === member.type && one.bitSize === member.bitSize;
      if (alike === 0 || (!sameType && alike < 2)) continue;
      if (beside && alike < 2) continue;
      const cameThere = !beside && insideOld !== undefined && insideOld.name === inside.name;
      const evidence = [
        ...(sameName ? ['under its own name'] : []),
        ...(sameType ? [`of the same type, ${member.type}`] : []),
        ...(sameName ? [] : ['its name is near']),
        cameThere
          ? `new in ${struct} where ${member.name} is gone`
          : beside
            ? `but it is beside ${member.name} in kernels that have both`
            : `${holder.name} is another struct where ${member.name} is gone`,
      ];
      const weight = alike + (sameType ? 1.5 : 0) + (cameThere ? 1.5 : 0) - (beside ? 1.5 : 0);
      found.push({
        path: `${before}${holder.name}${pointer ? '->' : '.'}${one.name}${after}`,
        evidence,
        weight,
        strong: sameType && !beside && weight >= 4,
        compared: [having.name, lacking.name],
      });
    }
  }
  return found.sort((a, b) => b.weight - a.weight).slice(0, 3);
}

function enumeratorProposals(ask: ExplainAsk, { type, segments: [segment] }: EntryPath): Proposal[] {
  if (segment === undefined) return [];
  const name = type.replace(/^enum /, '');
  const versions = variantsByKernel(declarations(ask.index, 'enum', name, ask.where));
  const members = (kernel: Kernel) =>
    versions
      .get(kernel.id)?.[0]
      ?.enumerators.map((one) => ({ name: one.name, type: `${one.value}`, bitOffset: -1, bitSize: null }));
  return pairs(ask, (kernel) => versions.get(kernel.id)?.[0]).flatMap(([having, lacking]) =>
    renameCandidates(segment, members(having) ?? [], members(lacking) ?? []).map(
      (one): Proposal => ({
        ...one,
        path: `${type}.${one.name}`,
        compared: [having.name, lacking.name],
      }),
    ),
  );
}

/** Functions with a near name that take the same arguments. */
function functionProposals(ask: ExplainAsk, { type: name }: EntryPath): Proposal[] {
  const own = variantsByKernel(declarations(ask.index, 'func', name, ask.where));
  const first = ask.having.map((kernel) => own.get(kernel.id)?.[0]).find((one) => one !== undefined);
  const [having, lacking] = [ask.having[0], ask.lacking[0]];
  if (first === undefined || having === undefined || lacking === undefined) return [];
  const types = (params: typeof first.params) => params.map((param) => param.type).join(', ');
  return nearNames(ask.index, 'func', name, 8).flatMap((other): Proposal[] => {
    const there = variantsByKernel(declarations(ask.index, 'func', other, ask.where));
    const inHaving = ask.having.some((kernel) => there.has(kernel.id));
    const found = ask.lacking.map((kernel) => there.get(kernel.id)?.[0]).find((one) => one !== undefined);
    if (found === undefined || other === name) return [];
    const same = types(found.params) === types(first.params);
    const evidence = [
      'its name is near',
      ...(same ? ['it takes the same arguments'] : []),
      ...(inHaving ? [] : [`new where ${name} is gone`]),
    ];
    const weight = 1.5 + (same ? 2 : 0) + (inHaving ? -1 : 1);
    return weight < 2.5
      ? []
      : [{ path: other, evidence, weight, strong: same && !inHaving, compared: [having.name, lacking.name] }];
  });
}

/** Parameters of the same function at the same place, with the same type. */
function parameterProposals(ask: ExplainAsk, { type: name, segments: [parameter] }: EntryPath): Proposal[] {
  const own = variantsByKernel(declarations(ask.index, 'func', name, ask.where));
  const paramsIn = (kernel: Kernel) =>
    own
      .get(kernel.id)?.[0]
      ?.params.map((param, i) => ({ name: param.name, type: param.type, bitOffset: i * 8, bitSize: null })) ?? [];
  return pairs(ask, (kernel) => own.get(kernel.id)?.[0]).flatMap(([having, lacking]) =>
    renameCandidates(parameter ?? '', paramsIn(having), paramsIn(lacking)).map(
      (one): Proposal => ({
        ...one,
        path: `${name}.${one.name}`,
        compared: [having.name, lacking.name],
      }),
    ),
  );
}

/** Keeps what really is in kernels that lack the entry, once each, best first. */
function proved(ask: ExplainAsk, all: readonly Proposal[]): PathCandidate[] {
  const best = new Map<string, Proposal>();
  for (const one of all) if ((best.get(one.path)?.weight ?? -1) < one.weight) best.set(one.path, one);
  const { rank } = ask.index.catalog();
  const place = { line: ask.entry.line, column: ask.entry.column };
  return [...best.values()]
    .flatMap((one): PathCandidate[] => {
      const entry = { ...ask.entry, alternatives: [{ ...parseEntryPath(one.path, place), ...place }] };
      const at = entryColumns(ask.index, [entry], ask.where)[0]?.at;
      const kernels = ask.lacking.filter((kernel) => (at?.[rank[kernel.id] as number] ?? NONE) >= 0);
      return kernels.length === 0 ? [] : [{ ...one, kernels }];
    })
    .sort((a, b) => Number(b.strong) - Number(a.strong) || b.weight - a.weight || (a.path < b.path ? -1 : 1))
    .slice(0, 6);
}

/** Alternatives to write into a SPEC: strong candidates, until no kernel that lacks the entry is left that one has. */
export function chosenCandidates({ candidates }: EntryExplanation): PathCandidate[] {
  const done = new Set<number>();
  return candidates.filter(({ strong, kernels }) => {
    if (!strong || kernels.every(({ id }) => done.has(id))) return false;
    for (const { id } of kernels) done.add(id);
    return true;
  });
}
