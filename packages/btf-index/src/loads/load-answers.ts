// Whether objects load on the kernels of an index. A kernel that agrees with one already asked in all that the answer
// rested on (the declarations that were looked up, and those that relocations look at) is not asked again.

import { BtfKind, parseBtf } from '@btfq/btf-format';
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
import { answerKeys } from '../bundle/equivalence-key.ts';
import { exportBtf, exportModule } from '../store/export.ts';
import { modules } from '../store/module-store.ts';
import type { BtfIndex } from '../store/btf-index.ts';
import { rowsOf } from '../store/row-cache.ts';

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
  const targets = new Targets(index);
  const declared = new Declared(index);
  return objects.map((requirements) => {
    const keys = answerKeys(index, requirements.core === undefined ? [] : [requirements.core], wanted);
    const usesVersion = requirements.object.externs.some(({ name }) => name === 'LINUX_KERNEL_VERSION');
    const answered = new Map<string, Answered[]>();
    const groups = new Map<string, { kernels: Kernel[]; answers: readonly ProgramAnswer[] }>();
    for (const kernel of wanted) {
      const key = `${keys.get(kernel.id)} ${kernel.arch} ${usesVersion ? kernel.release : seriesOf(kernel.release)}`;
      const candidates = answered.get(key) ?? [];
      answered.set(key, candidates);
      let known = candidates.find((candidate) => declared.agree(candidate, kernel));
      if (known === undefined) {
        const view = new KernelView(targets.of(kernel));
        const answers = checkLoadOn(requirements, view, options);
        known = { kernel, asked: [...view.asked], answers };
        // where modules had a say, the answer is this kernel's alone
        if (kernel.modules === 0 || !declared.lacksSome(known)) candidates.push(known);
      }
      const same = groupKey(known.answers);
      const group = groups.get(same);
      if (group === undefined) groups.set(same, { kernels: [kernel], answers: known.answers });
      else group.kernels.push(kernel);
    }
    return [...groups.values()];
  });
}

interface Answered {
  readonly kernel: Kernel;
  readonly asked: readonly string[];
  readonly answers: readonly ProgramAnswer[];
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

/** `6.1` of `6.1.0-50-cloud-amd64`, with what tells a distribution's own kernels. */
function seriesOf(release: string): string {
  const numbers = /^\d+\.\d+/.exec(release)?.[0] ?? release;
  return `${numbers} ${/\.el\d|\.oe\d|-default$|uek/.exec(release)?.[0] ?? ''} ${/^\d+\.\d+\.\d+/.test(release)}`;
}

/** Which declarations of a kind and name each kernel has. */
class Declared {
  private readonly index: BtfIndex;
  private readonly known = new Map<string, ReadonlyMap<number, string>>();

  constructor(index: BtfIndex) {
    this.index = index;
  }

  /** Whether a kernel has the same declarations of all that was asked. */
  agree({ kernel, asked }: Answered, other: Kernel): boolean {
    if ((kernel.modules ?? 0) > 0 !== (other.modules ?? 0) > 0 && asked.some((each) => !this.of(each).has(kernel.id)))
      return false;
    return asked.every((each) => {
      const rows = this.of(each);
      return rows.get(kernel.id) === rows.get(other.id);
    });
  }

  /** Whether something that was asked for was not in the kernel itself. */
  lacksSome({ kernel, asked }: Answered): boolean {
    return asked.some((each) => !this.of(each).has(kernel.id));
  }

  /** Rows by kernel, as text. */
  private of(asked: string): ReadonlyMap<number, string> {
    let found = this.known.get(asked);
    if (found !== undefined) return found;
    const space = asked.indexOf(' ');
    const kind = Number(asked.slice(0, space));
    const rows = rowsOf(this.index);
    const name = rows.name(asked.slice(space + 1));
    const own = new Map<number, string>();
    if (name !== undefined) {
      const catalog = this.index.catalog();
      // the index keeps both widths of enums as one kind
      for (const row of rows.declared(kind === BtfKind.Enum64 ? BtfKind.Enum : kind, name)) {
        for (const id of catalog.kernelIdsIn(rows.ranges(row.set))) own.set(id, `${own.get(id) ?? ''} ${row.id}`);
      }
    }
    this.known.set(asked, (found = own));
    return found;
  }
}

/** Kernels read from the index: the last one is kept, for objects that need the same in turn. */
class Targets {
  private readonly index: BtfIndex;
  private readonly kept = new Map<string, TargetKernel>();

  constructor(index: BtfIndex) {
    this.index = index;
  }

  of(kernel: Kernel): LoadKernel {
    const { name, release, distro, arch } = kernel;
    const anywhere = (text: string) => rowsOf(this.index).name(text) !== undefined;
    return { name, release, distro, arch, target: this.target(kernel), anywhere };
  }

  private target(kernel: Kernel): TargetKernel {
    const key = (kernel.modules ?? 0) > 0 ? kernel.name : kernel.sha256;
    let target = this.kept.get(key);
    if (target === undefined) {
      if (this.kept.size >= KEPT) this.kept.delete(this.kept.keys().next().value as string);
      this.kept.set(key, (target = readTarget(this.index, kernel)));
    }
    return target;
  }
}

/** Kernels kept at once, of some 5 MB each. */
const KEPT = 100;

function readTarget(index: BtfIndex, kernel: Kernel): TargetKernel {
  const vmlinux = parseBtf(exportBtf(index, kernel.id));
  if (kernel.modules === null) return { vmlinux };
  let read: TargetKernel['modules'];
  return {
    vmlinux,
    get modules() {
      read ??= (modules(index, [kernel.id]).get(kernel.id) ?? []).map(({ name }) => {
        const { btf, base } = exportModule(index, kernel.id, name);
        return { name, btf: parseBtf(btf, { base: base === undefined ? vmlinux : parseBtf(base) }) };
      });
      return read;
    },
  };
}
