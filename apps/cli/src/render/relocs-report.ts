// The report of `btfq relocs`: an object's relocations by program and source line.
import {
  type BpfObject,
  formatReason,
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

const OUTCOMES: readonly Outcome[] = ['applied', 'poisoned', 'failed'];
/** Longer accesses push their answer to the right. */
const WIDEST_SUBJECT = 56;

/** The lines of the report. `alone`: the answers where each relocation stands for itself, told where they differ. */
export function formatReport(
  object: BpfObject,
  kernel: string,
  results: readonly RelocationResult[],
  alone: readonly Resolution[],
  options: { readonly unresolved: boolean },
  style: Style,
): string[] {
  const lines = [`${style.head(object.name)} on ${kernel}: ${summary(results, style)}`];
  const shown = results.filter((result) => !options.unresolved || result.outcome !== 'applied');
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
    lines.push(`${insn}  ${style.dim(kind)}  ${what}  ${answer(result, style)}`);
    lines.push(...details(result, alone[relocation.index], style));
  }
  if (shown.length > 0) lines.push('');
  return lines;
}

function summary(results: readonly RelocationResult[], style: Style): string {
  const paint = { applied: style.good, poisoned: style.warn, failed: style.bad };
  const counts = OUTCOMES.flatMap((outcome) => {
    const count = results.filter((result) => result.outcome === outcome).length;
    return count === 0 ? [] : [paint[outcome](`${count} ${outcome}`)];
  });
  return `${plural(results.length, 'relocation')}${counts.length > 0 ? `: ${counts.join(', ')}` : ''}`;
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

function answer(result: RelocationResult, style: Style): string {
  const { outcome, reason, originalValue, newValue, errno } = result;
  const why = reason === undefined ? '' : formatReason(reason);
  switch (outcome) {
    case 'applied': {
      const from = formatValue(originalValue);
      const to = formatValue(newValue);
      const change = from === to ? style.dim(to) : `${style.dim(`${from} ->`)} ${style.good(to)}`;
      return why === '' ? change : `${change}  ${style.dim(why)}`;
    }
    case 'poisoned':
      return `${style.warn('poisoned')}: ${why}`;
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
    const told = alone.errno === 0 ? (alone.poison ? 'poisoned' : formatValue(alone.value)) : `errno ${alone.errno}`;
    lines.push(style.dim(`${indent}on its own, with all candidates: ${told}`));
  }
  return lines;
}

function differs(a: Resolution, b: Resolution): boolean {
  return a.errno !== b.errno || a.poison !== b.poison || a.value !== b.value;
}
