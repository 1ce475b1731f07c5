// The report of `btfq relocs`: an object's relocations by program and source line.
import {
  type BpfObject,
  explainReason,
  formatRefusal,
  formatRoot,
  formatSpecInC,
  formatValue,
  type Outcome,
  type RelocationResult,
  type Resolution,
  relocationKindWord,
  sourceLine,
} from '@btfq/core-reloc';
import { plural } from './numbers.ts';
import type { Style } from './style.ts';

/** Longer accesses push their answer to the right. */
const WIDEST_SUBJECT = 56;

/** What is given for an object on a kernel. */
export interface Relocated {
  readonly results: readonly RelocationResult[];
  /** The answers where each relocation stands for itself, given where they differ. */
  readonly alone: readonly Resolution[];
  /** Indices of relocations in code that is never reached. */
  readonly dead: ReadonlySet<number>;
}

/**
 * Whether a relocation keeps the program from loading: it failed, or is poisoned where it can be reached. libbpf passes
 * over records of code that belongs to no function any more.
 */
export function isUnresolved(result: RelocationResult, dead: ReadonlySet<number>): boolean {
  const { program, error } = result.relocation;
  if (program === undefined && error === undefined) return false;
  return result.outcome === 'failed' || (result.outcome === 'poisoned' && !dead.has(result.relocation.index));
}

/** The lines of the report. */
export function formatReport(
  object: BpfObject,
  kernel: string,
  { results, alone, dead }: Relocated,
  options: { readonly unresolved: boolean },
  style: Style,
): string[] {
  const lines = [`${style.head(object.name)} on ${kernel}: ${summary(results, dead, style)}`];
  const shown = results.filter((result) => !options.unresolved || isUnresolved(result, dead));
  const kindWidth = Math.max(0, ...shown.map(({ relocation }) => relocationKindWord(relocation.kind).length));
  const subjectWidth = Math.min(WIDEST_SUBJECT, Math.max(0, ...shown.map((result) => subject(object, result).length)));
  let heading: string | undefined;
  let place: string | undefined;
  for (const result of shown) {
    const { relocation } = result;
    const nextHeading = programHeading(result);
    if (nextHeading !== heading) {
      heading = nextHeading;
      place = undefined;
      lines.push('', style.name(heading));
    }
    const source = sourceLine(object, relocation);
    // the folders are those of the machine that compiled it
    const file = source?.file.slice(source.file.lastIndexOf('/') + 1);
    const column = source !== undefined && source.column > 0 ? `:${source.column}` : '';
    const nextPlace = source === undefined ? '' : `${file}:${source.line}${column}`;
    if (nextPlace !== place) {
      place = nextPlace;
      if (source !== undefined) lines.push(`  ${place}${source.text === '' ? '' : `  ${style.dim(source.text)}`}`);
    }
    const insn = `${(relocation.insnOff - (relocation.program?.offset ?? 0)) / 8}`.padStart(6);
    const kind = relocationKindWord(relocation.kind).padEnd(kindWidth);
    const what = subject(object, result).padEnd(subjectWidth);
    lines.push(`${insn}  ${style.dim(kind)}  ${what}  ${answer(result, dead, style)}`);
    lines.push(...details(result, alone[relocation.index], style));
  }
  if (shown.length > 0) lines.push('');
  return lines;
}

function summary(results: readonly RelocationResult[], dead: ReadonlySet<number>, style: Style): string {
  const count = (outcome: Outcome, inDeadCode: boolean) =>
    results.filter(
      (one) => one.outcome === outcome && (outcome === 'poisoned' && dead.has(one.relocation.index)) === inDeadCode,
    ).length;
  const counts: [number, string, (text: string) => string][] = [
    [count('applied', false), 'applied', style.good],
    [count('poisoned', true), 'poisoned but never reached', style.dim],
    [count('poisoned', false), 'poisoned', style.warn],
    [count('failed', false), 'failed', style.bad],
  ];
  const told = counts.filter(([number]) => number > 0).map(([number, word, paint]) => paint(`${number} ${word}`));
  return `${plural(results.length, 'relocation')}${told.length > 0 ? `: ${told.join(', ')}` : ''}`;
}

function programHeading({ relocation }: RelocationResult): string {
  const { program, section } = relocation;
  return program === undefined ? `${section} (code of no function)` : `${program.name}  ${section}`;
}

function subject(object: BpfObject, { localSpec, relocation }: RelocationResult): string {
  if (localSpec !== undefined) return formatSpecInC(localSpec);
  const { typeId, access } = relocation;
  return `${typeId < object.btf.typeCount ? formatRoot(object.btf, typeId) : `type ${typeId}`} ${access}`;
}

function answer(result: RelocationResult, dead: ReadonlySet<number>, style: Style): string {
  const { outcome, originalValue, newValue, errno } = result;
  const why = explainReason(result);
  switch (outcome) {
    case 'applied': {
      const from = formatValue(originalValue, result.localSpec);
      const to = formatValue(newValue, result.targetSpec);
      const change = from === to ? style.dim(to) : `${style.dim(`${from} ->`)} ${style.good(to)}`;
      return why === '' ? change : `${change}  ${style.dim(why)}`;
    }
    case 'poisoned':
      return dead.has(result.relocation.index)
        ? style.dim(`poisoned, never reached: ${why}`)
        : `${style.warn('poisoned')}: ${why}`;
    case 'failed':
      return `${style.bad('failed')}: ${why} (errno ${errno})`;
  }
}

/** Below a relocation that is not applied: its candidates; where loader and single relocation differ: the latter. */
function details(result: RelocationResult, alone: Resolution | undefined, style: Style): string[] {
  const { resolution, outcome, candidates } = result;
  const indent = ' '.repeat(10);
  const lines: string[] = [];
  if (outcome !== 'applied' && result.reason !== 'no-candidates') {
    for (const candidate of candidates) {
      const { btf, module, typeId } = candidate;
      lines.push(style.dim(`${indent}${module} [${typeId}] ${formatRoot(btf, typeId)} ${formatRefusal(candidate)}`));
    }
  }
  if (alone !== undefined && differs(resolution, alone)) {
    const told =
      alone.errno === 0 ? (alone.poison ? 'poisoned' : formatValue(alone.value, alone.target)) : `errno ${alone.errno}`;
    lines.push(style.dim(`${indent}on its own, with all candidates: ${told}`));
  }
  return lines;
}

function differs(a: Resolution, b: Resolution): boolean {
  return a.errno !== b.errno || a.poison !== b.poison || a.value !== b.value;
}
