// Writes kernels into the index as they become ready, prints a line for each, and counts the outcomes.

import { sep } from 'node:path';
import {
  type BtfIndex,
  commitKernel,
  IndexError,
  type Ingested,
  kernelName,
  type StartDelta,
  type VerifierStore,
} from '@btfq/btf-index';
import type { Io } from '../io.ts';
import { versionLine } from '../version.ts';
import type { ReadyKernel } from './read-kernels.ts';
import {
  formatFromDwarf,
  formatIngested,
  formatProblems,
  formatSkipped,
  type IngestedKernel,
  type NotIngested,
} from './report.ts';

/** Codes of `IndexError` that concern one kernel only. */
export const REFUSED: ReadonlySet<string> = new Set(['kernel-exists', 'bad-identity']);

/** How to write. */
export interface WriteOptions {
  readonly io: Io;
  /** Takes a line for people, while progress is shown. */
  readonly note: (line: string) => void;
  /** Kernels that are there with other content are replaced. */
  readonly replace: boolean;
}

/** Writes kernels one by one, and remembers what came of each. */
export class KernelWriter {
  private readonly index: BtfIndex;
  private readonly verifiers: VerifierStore | undefined;
  private readonly options: WriteOptions;
  private readonly kernels: IngestedKernel[] = [];
  private readonly skipped: NotIngested[] = [];

  constructor(index: BtfIndex, verifiers: VerifierStore | undefined, options: WriteOptions) {
    this.index = index;
    this.verifiers = verifiers;
    this.options = options;
  }

  /** What was written and what was not, in the order in which it came. */
  get entries(): { readonly kernels: readonly IngestedKernel[]; readonly skipped: readonly NotIngested[] } {
    return { kernels: this.kernels, skipped: this.skipped };
  }

  /** Kernels by what came of them. */
  counts(): Readonly<Record<Ingested['outcome'], number>> {
    const of = (outcome: Ingested['outcome']) => this.kernels.filter((entry) => entry.outcome === outcome).length;
    return { added: of('added'), alias: of('alias'), unchanged: of('unchanged'), replaced: of('replaced') };
  }

  skip(entry: NotIngested): void {
    this.skipped.push(entry);
    this.options.note(formatSkipped(entry));
  }

  /**
   * A kernel whose name or content the index refuses is skipped: that is this kernel's trouble, and not the index's. `elsewhere`
   * makes deltas in another thread.
   */
  write(ready: ReadyKernel, elsewhere?: StartDelta): void {
    const { io } = this.options;
    const source = fromHere(io, ready.provenance);
    try {
      const { outcome } = commitKernel(this.index, ready.prepared, ready.identity, {
        source,
        identified: ready.identified,
        banner: ready.banner,
        buildId: ready.buildId,
        tables: ready.tables,
        configSource: ready.configSource === undefined ? undefined : fromHere(io, ready.configSource),
        tool: versionLine(),
        replace: this.options.replace,
        elsewhere,
      });
      this.keepVerifier(ready);
      this.report(ready, outcome, source);
    } catch (error) {
      if (!(error instanceof IndexError) || !REFUSED.has(error.code)) throw error;
      const hint = error.hint === undefined ? {} : { hint: error.hint };
      this.skip({ path: source, code: error.code, message: error.message, ...hint });
    }
  }

  private keepVerifier({ identity, verifier, verifierProblem }: ReadyKernel): void {
    const name = kernelName(identity);
    if (verifier !== undefined) this.verifiers?.put(name, verifier);
    if (verifierProblem !== undefined) this.options.note(`${name}: its verifier is not kept: ${verifierProblem}`);
  }

  private report(ready: ReadyKernel, outcome: Ingested['outcome'], source: string): void {
    const { io, note } = this.options;
    const { fromDwarf, modulesPassedOver, compared } = ready;
    const entry: IngestedKernel = {
      kernel: kernelName(ready.identity),
      outcome,
      modules: ready.prepared.modules.length,
      config: ready.prepared.config?.size ?? null,
      source,
      fromDwarf,
      modulesPassedOver,
      ...(compared === undefined ? {} : { compared: Object.fromEntries(compared.kinds) }),
      problems: ready.problems.map((problem) => ({ ...problem, path: fromHere(io, problem.path) })),
    };
    this.kernels.push(entry);
    if (!io.terminal.stderr || fromDwarf) note(formatIngested(entry));
    for (const line of formatFromDwarf(entry)) note(line);
    for (const line of formatProblems(ready.identity, entry.problems)) note(line);
  }
}

/** A path as people know it: without the folder that they are in. */
export function fromHere(io: Io, path: string): string {
  const here = io.path('.') + sep;
  return path.startsWith(here) ? path.slice(here.length) : path;
}
