// What `btfq ingest` did: counted while it runs, reported at the end.

import { type Ingested, kernelName } from '@btfq/btf-index';
import type { KernelIdentity, Skipped } from '@btfq/kernel-source';
import type { KindComparison } from '@btfq/dwarf';
import { grouped, plural } from '../render/numbers.ts';

/** One kernel that is in the index now. */
export interface IngestedKernel {
  readonly kernel: string;
  readonly outcome: Ingested['outcome'];
  readonly modules: number;
  /** How many symbols its configuration has; null where none was found. */
  readonly config: number | null;
  readonly source: string;
  /** The BTF was made from debug information. */
  readonly fromDwarf: boolean;
  /** Debug information of modules was passed over. */
  readonly modulesPassedOver: boolean;
  /** How BTF from debug information compares with the kernel's own: names by kind. */
  readonly compared?: Readonly<Record<string, KindComparison>>;
  /** Modules and configurations that were left out, and why. */
  readonly problems: readonly Skipped[];
}

/** Why something is not in the index. */
export type NotIngested = Pick<Skipped, 'path' | 'message' | 'found' | 'expected'> & {
  readonly code: string;
  /** The next step, for people. */
  readonly hint?: string;
};

/** What `--json` prints. */
export interface IngestReport {
  readonly db: string;
  readonly added: number;
  readonly alias: number;
  readonly unchanged: number;
  readonly replaced: number;
  readonly stopped: boolean;
  /** Files of folders that hold no kernel; with `--verbose`, which and why. */
  readonly passedOver: number;
  readonly kernels: readonly IngestedKernel[];
  readonly skipped: readonly NotIngested[];
}

const OUTCOMES: Readonly<Record<Ingested['outcome'], string>> = {
  added: 'added',
  alias: 'alias',
  unchanged: 'already there',
  replaced: 'replaced',
};

/** `debian/12/x86_64/6.1.0-50-amd64: added, 4,228 modules` */
export function formatIngested(entry: IngestedKernel): string {
  const modules = entry.modules > 0 ? `, ${plural(entry.modules, 'module')}` : '';
  const config = entry.config === null ? '' : ', configuration';
  return `${entry.kernel}: ${OUTCOMES[entry.outcome]}${entry.fromDwarf ? ' from DWARF' : ''}${modules}${config}`;
}

/** What is worth a word of BTF that was made from debug information. */
export function formatFromDwarf(entry: IngestedKernel): string[] {
  const lines: string[] = [];
  if (entry.compared !== undefined)
    lines.push(`${entry.kernel}: beside its own BTF: ${formatComparison(entry.compared)}`);
  if (entry.modulesPassedOver) {
    lines.push(`${entry.kernel}: debug information of modules passed over (--modules makes their BTF from it)`);
  }
  return lines;
}

/** `STRUCT 10,234 equal; FUNC 41,313 equal, 2 missing` */
export function formatComparison(kinds: Readonly<Record<string, KindComparison>>): string {
  return Object.entries(kinds)
    .map(([kind, { equal, missing, surplus, different }]) => {
      const parts = Object.entries({ missing, surplus, different }).filter(([, count]) => count > 0);
      return [`${kind} ${grouped(equal)} equal`, ...parts.map(([word, count]) => `${grouped(count)} ${word}`)].join(
        ', ',
      );
    })
    .join('; ');
}

/** `skipped path: what is wrong (found this; needs that)` */
export function formatSkipped({ path, message, found, expected, hint = '' }: NotIngested): string {
  const details = [
    found === undefined ? '' : `found ${found}`,
    expected === undefined ? '' : `needs ${expected}`,
    hint,
  ];
  const inside = details.filter((detail) => detail !== '').join('; ');
  return `skipped ${path}: ${message}${inside === '' ? '' : ` (${inside})`}`;
}

/** A kernel's modules that were left out: those without BTF are counted, those with a damaged one named. */
export function formatProblems(identity: KernelIdentity, problems: readonly Skipped[]): string[] {
  const without = problems.filter(({ code }) => code === 'no-btf').length;
  const lines = problems.filter(({ code }) => code !== 'no-btf').map(formatSkipped);
  if (without > 0) lines.unshift(`${kernelName(identity)}: ${plural(without, 'module')} without BTF`);
  return lines;
}

/** The summary: `12 kernels added, 3 already there, 1 alias, 2 files skipped`. */
export function formatSummary(report: IngestReport): string {
  const parts = [
    `${plural(report.added, 'kernel')} added`,
    report.replaced > 0 ? `${report.replaced} replaced` : '',
    report.unchanged > 0 ? `${report.unchanged} already there` : '',
    report.alias > 0 ? plural(report.alias, 'alias', 'aliases') : '',
    report.skipped.length > 0 ? `${report.skipped.length} skipped` : '',
    report.passedOver > 0 ? `${plural(report.passedOver, 'other file')} passed over` : '',
  ];
  const text = parts.filter((part) => part !== '').join(', ');
  return report.stopped ? `stopped: ${text}` : text;
}
