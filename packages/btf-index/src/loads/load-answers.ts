// Whether objects load on the kernels of an index. No kernel's whole BTF is read: relocations are done against the types that
// the object asks for, everything else is looked up declaration by declaration, and a kernel that agrees with one already
// asked in all that its answer rested on is not asked again.

import { BtfKind } from '@btfq/btf-format';
import type { TargetKernel } from '@btfq/core-reloc';
import {
  type CheckLoadOptions,
  checkLoadOn,
  KernelView,
  type LoadKernel,
  type LoadRequirements,
  type ProgramAnswer,
} from '@btfq/load-check';
import type { Kernel } from '../answer-types.ts';
import { answerKey, declarationsFor, type KernelDeclarations } from '../bundle/equivalence-key.ts';
import { declaredTarget } from '../bundle/partial-btf.ts';
import { configSymbol } from '../query/config.ts';
import type { BtfIndex } from '../store/btf-index.ts';
import { kernelTarget } from '../store/kernel-target.ts';
import { rowsOf } from '../store/row-cache.ts';
import { type DeclaredKernel, DeclaredTypes } from './declared-types.ts';
import { TableFacts, type TablesForObject } from './partial-tables.ts';
import { IndexNames } from './index-names.ts';

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
  /** By what is asked, for each of the kernels wanted: a number for what it has of that. */
  private readonly signatures = new Map<string, Int32Array>();

  constructor(index: BtfIndex, objects: readonly LoadRequirements[], wanted: readonly Kernel[]) {
    this.index = index;
    this.wanted = wanted;
    this.types = new DeclaredTypes(index);
    this.names = new IndexNames(index);
    this.facts = new TableFacts(index, objects, wanted);
    this.places = wanted.map((kernel) => this.types.of(kernel));
  }

  ask(requirements: LoadRequirements, options: CheckLoadOptions): LoadAnswerGroup[] {
    const core = requirements.core === undefined ? [] : [requirements.core];
    const declared = declarationsFor(this.index, core, this.wanted);
    const tables = this.facts.for(requirements);
    const configs = this.configs(requirements);
    const usesVersion = requirements.object.externs.some(({ name }) => name === 'LINUX_KERNEL_VERSION');
    const classes = new Map<string, number[]>();
    this.wanted.forEach((kernel, i) => {
      const parts = [
        answerKey(kernel, declared?.get(kernel.id)),
        kernel.arch,
        usesVersion ? `${kernel.release} ${sourceVersion(kernel)}` : seriesOf(kernel),
        tables[i]?.key,
        configs[i]?.key,
        kernel.modules === null,
      ];
      const key = parts.join('|');
      const members = classes.get(key);
      if (members === undefined) classes.set(key, [i]);
      else members.push(i);
    });
    const answers: (readonly ProgramAnswer[])[] = [];
    const targets = new Map<string, TargetKernel>();
    for (const members of classes.values()) {
      let rest = members;
      while (rest.length > 0) {
        const first = rest[0] as number;
        const kernel = this.wanted[first] as Kernel;
        const known = declared?.get(kernel.id);
        const targetKey = answerKey(kernel, known);
        const target = targets.get(targetKey) ?? this.target(kernel, known);
        targets.set(targetKey, target);
        const view = new KernelView(this.loadKernel(first, target, tables[first], configs[first]?.values));
        const own = checkLoadOn(requirements, view, options);
        const alike = this.alike(first, rest, view.asked);
        for (const i of alike) answers[i] = own;
        const done = new Set(alike);
        rest = rest.filter((i) => !done.has(i));
      }
    }
    return this.grouped(answers);
  }

  /** Those of some kernels that have the same of everything that was asked. */
  private alike(first: number, members: readonly number[], asked: ReadonlySet<string>): number[] {
    let left = [...members];
    for (const each of asked) {
      if (left.length === 1) break;
      const signature = this.signature(each);
      left = left.filter((i) => signature[i] === signature[first]);
    }
    return left;
  }

  private signature(asked: string): Int32Array {
    let numbers = this.signatures.get(asked);
    if (numbers !== undefined) return numbers;
    const space = asked.indexOf(' ');
    const [kind, name] = [Number(asked.slice(0, space)), asked.slice(space + 1)];
    const known = new Map<string, number>();
    const byPosition = new Map<number, number>();
    numbers = Int32Array.from(this.places, (place) => {
      const cached = byPosition.get(place.position);
      if (cached !== undefined) return cached;
      const text = this.types.signature(place, kind, name);
      const number = known.get(text) ?? known.size;
      known.set(text, number);
      byPosition.set(place.position, number);
      return number;
    });
    this.signatures.set(asked, numbers);
    return numbers;
  }

  /** What relocations are done against: only the types that they ask for, where that says all. */
  private target(kernel: Kernel, known: KernelDeclarations | undefined): TargetKernel {
    const asksModules = (kernel.modules ?? 0) > 0 && known?.lacksSome !== false;
    if (asksModules || known === undefined) return kernelTarget(this.index, kernel.id);
    const vmlinux = declaredTarget(rowsOf(this.index), known.rows, kernel);
    return vmlinux === undefined ? kernelTarget(this.index, kernel.id) : { vmlinux, modules: [] };
  }

  private loadKernel(
    i: number,
    target: TargetKernel,
    tables: TablesForObject | undefined,
    config: ReadonlyMap<string, string> | undefined,
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
      modulesKnown: modules !== null,
      declared: (kind, text, asked) => this.types.find(place, kind, text, asked),
      namesLike: (text) => {
        const own = (each: string) => this.types.signature(place, BtfKind.Func, each) !== '';
        return names.functionsLike(text).filter(own);
      },
      anywhere: (text) => names.has(text),
      moduleWith: names.knowsModules ? (text) => names.moduleWith(text) : undefined,
      tables: tables?.tables,
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
