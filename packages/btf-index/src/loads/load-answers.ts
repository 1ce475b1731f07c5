// Whether objects load on the kernels of an index. No kernel's whole BTF is read: relocations are done against the types that
// the object asks for, everything else is looked up declaration by declaration, and a kernel that agrees with one already
// asked in all that its answer rested on is not asked again.

import { BtfKind, encodeBtf, parseBtf } from '@btfq/btf-format';
import type { TargetKernel } from '@btfq/core-reloc';
import {
  type Asked,
  type CheckLoadOptions,
  checkLoadOn,
  KernelView,
  type LoadKernel,
  type LoadRequirements,
  type ProgramAnswer,
  type Relocated,
  versionClass,
} from '@btfq/load-check';
import type { Kernel } from '../answer-types.ts';
import { configSymbol } from '../query/config.ts';
import type { BtfIndex } from '../store/btf-index.ts';
import { kernelTarget } from '../store/kernel-target.ts';
import { type DeclaredKernel, DeclaredTypes } from './declared-types.ts';
import { TableFacts, type TablesForObject } from './partial-tables.ts';
import { IndexNames } from './index-names.ts';
import { classesOf, type Partition, partitionBy, refine, spread } from './partition.ts';
import { RelocatedParts } from './relocated-parts.ts';
import { Slots } from './slots.ts';

/** Kernels that answer alike. */
export interface LoadAnswerGroup {
  readonly kernels: readonly Kernel[];
  /** By program, in the object's order. */
  readonly answers: readonly ProgramAnswer[];
}

/**
 * The answers of each object, grouped by kernels that answer alike, in the kernels' order.
 *
 * ```ts
 * const [groups] = loadAnswers(index, [requirementsOf(object)], kernels(index));
 * ```
 */
export function loadAnswers(
  index: BtfIndex,
  objects: readonly LoadRequirements[],
  wanted: readonly Kernel[],
  options: CheckLoadOptions = {},
): LoadAnswerGroup[][] {
  const asker = new Asker(index, objects, wanted);
  return objects.map((requirements) => asker.ask(requirements, options));
}

class Asker {
  private readonly index: BtfIndex;
  private readonly wanted: readonly Kernel[];
  private readonly types: DeclaredTypes;
  private readonly names: IndexNames;
  private readonly facts: TableFacts;
  private readonly places: readonly DeclaredKernel[];
  private readonly slots: Slots;
  private readonly parts: RelocatedParts;
  /** By what is asked, the kernels that have the same of it. */
  private readonly signatures = new Map<string, Partition>();
  private readonly bySeries: Partition;
  /** By byte order and size of pointers: a target without types. */
  private readonly empty = new Map<string, TargetKernel>();

  constructor(index: BtfIndex, objects: readonly LoadRequirements[], wanted: readonly Kernel[]) {
    this.index = index;
    this.wanted = wanted;
    this.types = new DeclaredTypes(index);
    this.names = new IndexNames(index);
    this.facts = new TableFacts(index, objects, wanted);
    this.places = wanted.map((kernel) => this.types.of(kernel));
    this.slots = new Slots(index, wanted);
    this.parts = new RelocatedParts(
      index,
      wanted,
      this.slots,
      objects.flatMap(({ core }) => core ?? []),
    );
    const shape = partitionBy(wanted, ({ arch, distro, modules, littleEndian, pointerSize }) =>
      [arch, distro, modules === null, littleEndian, pointerSize].join(' '),
    );
    this.bySeries = refine(shape, partitionBy(wanted, seriesOf));
  }

  /**
   * 1. the kernels by all that is asked for certain: what relocations become, tables, configuration, series
   * 2. one of each class is asked, and its answer holds for those that have the same of everything that it rested on
   */
  ask(requirements: LoadRequirements, options: CheckLoadOptions): LoadAnswerGroup[] {
    const { core } = requirements;
    const relocated = core && this.parts.of(core);
    const tables = this.facts.for(requirements);
    const configs = this.configs(requirements);
    let alike = refine(
      this.bySeries,
      partitionBy(this.wanted, (kernel) =>
        versionClass(requirements, { release: kernel.release, sourceVersion: sourceVersion(kernel) }),
      ),
    );
    alike = refine(
      alike,
      partitionBy(tables, ({ key }) => key),
    );
    if (configs.length > 0) {
      alike = refine(
        alike,
        partitionBy(configs, ({ key }) => key),
      );
    }
    if (relocated !== undefined) alike = refine(alike, relocated.butOffsets);
    else if (core !== undefined) alike = refine(alike, { of: this.slots.of, count: this.slots.count });
    const answers: (readonly ProgramAnswer[])[] = [];
    for (const members of classesOf(alike)) {
      let rest = members;
      while (rest.length > 0) {
        const first = rest[0]!;
        const known = core && relocated?.of(first);
        const target = core === undefined || known !== undefined ? this.emptyTarget(first) : this.wholeTarget(first);
        const view = new KernelView(this.loadKernel(first, target, known, tables[first], configs[first]?.values));
        const own = checkLoadOn(requirements, view, options);
        const exact = relocated?.byOffsets(view.offsetsThatMatter);
        const [same, others] = this.split(first, rest, view.asked, exact);
        for (const i of same) answers[i] = own;
        rest = others;
      }
    }
    return this.grouped(answers);
  }

  /** Those of some kernels that have the same of everything that was asked, and the others. */
  private split(
    first: number,
    members: readonly number[],
    asked: KernelView['asked'],
    exact: Partition | undefined,
  ): [number[], number[]] {
    let same = exact === undefined ? [...members] : members.filter((i) => exact.of[i] === exact.of[first]);
    for (const [key, each] of asked) {
      if (same.length === 1) break;
      const { of, count } = this.signature(key, each);
      if (count > 1) same = same.filter((i) => of[i] === of[first]);
    }
    if (same.length === members.length) return [same, []];
    const taken = new Set(same);
    return [same, members.filter((i) => !taken.has(i))];
  }

  private signature(key: string, { kind, name, reading }: Asked): Partition {
    let found = this.signatures.get(key);
    if (found === undefined) {
      found = spread(this.slots.signature(kind, name), this.slots.of);
      if (reading !== undefined && found.count > 1) {
        const said = classesOf(found).map(([first = 0]) =>
          String(reading(new KernelView(this.loadKernel(first, this.emptyTarget(first))))),
        );
        found = partitionBy([...found.of], (each) => said[each]);
      }
      this.signatures.set(key, found);
    }
    return found;
  }

  private wholeTarget(kernel: number): TargetKernel {
    return kernelTarget(this.index, (this.wanted[kernel] as Kernel).id);
  }

  private emptyTarget(kernel: number): TargetKernel {
    const { littleEndian, pointerSize } = this.wanted[kernel] as Kernel;
    const key = `${littleEndian} ${pointerSize}`;
    let found = this.empty.get(key);
    if (found === undefined) {
      const parts = { words: new Uint32Array(), strings: new Uint8Array(1), littleEndian };
      this.empty.set(key, (found = { vmlinux: parseBtf(encodeBtf(parts)) }));
    }
    return found;
  }

  private loadKernel(
    i: number,
    target: TargetKernel,
    relocated?: Relocated,
    tables?: TablesForObject,
    config?: ReadonlyMap<string, string>,
  ): LoadKernel {
    const { name, release, distro, arch, modules } = this.wanted[i] as Kernel;
    const place = this.places[i] as DeclaredKernel;
    const { names } = this;
    return {
      name,
      release,
      sourceVersion: sourceVersion(this.wanted[i] as Kernel),
      distro,
      arch,
      target,
      relocated: relocated && (() => relocated),
      modulesKnown: modules !== null,
      declared: (kind, text, asked) => this.types.find(place, kind, text, asked),
      declares: (kind, text) => this.types.has(place, kind, text),
      namesLike: (text) => {
        const own = (each: string) => this.types.signature(place, BtfKind.Func, each) !== '';
        return names.functionsLike(text).filter(own);
      },
      anywhere: (text) => names.has(text),
      moduleWith: names.knowsModules ? (text) => names.moduleWith(text) : undefined,
      tables: tables?.tables,
      ofModules: tables?.ofModules,
      config,
    };
  }

  /** The symbols of each kernel's configuration that the object asks for; no values where it is not known. */
  private configs({
    object,
  }: LoadRequirements): readonly { key: string; values: ReadonlyMap<string, string> | undefined }[] {
    const asked = object.externs.filter(({ kind, name }) => kind === 'kconfig' && name.startsWith('CONFIG_'));
    if (asked.length === 0) return [];
    const values = new Map<number, Map<string, string>>();
    for (const { id, config } of this.wanted) if (config !== null) values.set(id, new Map());
    for (const { name } of asked) {
      for (const { value, kernelIds } of configSymbol(this.index, name).values) {
        // 'is not set' is no line of the file that libbpf reads
        if (value !== 'n') for (const id of kernelIds) values.get(id)?.set(name, value);
      }
    }
    return this.wanted.map(({ id }) => {
      const own = values.get(id);
      return { key: own === undefined ? '' : JSON.stringify([...own]), values: own };
    });
  }

  private grouped(answers: readonly (readonly ProgramAnswer[])[]): LoadAnswerGroup[] {
    const keys = new Map<readonly ProgramAnswer[], string>();
    const groups = new Map<string, { kernels: Kernel[]; answers: readonly ProgramAnswer[] }>();
    this.wanted.forEach((kernel, i) => {
      const own = answers[i] as readonly ProgramAnswer[];
      let key = keys.get(own);
      if (key === undefined) keys.set(own, (key = groupKey(own)));
      const group = groups.get(key);
      if (group === undefined) groups.set(key, { kernels: [kernel], answers: own });
      else group.kernels.push(kernel);
    });
    return [...groups.values()];
  }
}

/** Answers that read alike: near names apart. */
function groupKey(answers: readonly ProgramAnswer[]): string {
  return JSON.stringify(
    answers.map(({ verdict, attach, reasons }) => [
      verdict,
      attach.verdict,
      [...reasons, ...attach.reasons].map((each) => [each.code, each.verdict, each.needed, each.line, each.evidence]),
    ]),
  );
}

/** Debian's and Ubuntu's banners end in the version that the kernel was built from: `... Debian 6.1.176-1 (2026-06-01)`. */
function sourceVersion({ banner }: Kernel): string | undefined {
  return /#\S+ SMP.* Debian (\d+\.\d+\.\d+)/.exec(banner ?? '')?.[1];
}

/** `6.1` of `6.1.0-50-cloud-amd64`, with what identifies a distribution's own kernels: all that the rules ask of a release. */
function seriesOf({ release }: Kernel): string {
  const numbers = /^\d+\.\d+/.exec(release)?.[0] ?? release;
  return `${numbers} ${/\.el\d|\.oe\d|-default$|-azure$|\.an\d|\.tl\d|\.al\d|uek|\.ph\d/.exec(release)?.[0] ?? ''} ${/^\d+\.\d+\.\d+/.test(release)}`;
}
