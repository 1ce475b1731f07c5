// `btfq loads` for people: a matrix of programs by kernels that answer alike, then every cause with its source line.
import type { Style } from '../render/style.ts';
import { formatTable } from '../render/table.ts';
import { wrap } from '../render/wrap.ts';
import { type Cause, causesOf, kernelWords, type LoadGroup, type ObjectLoads, type VerifiedAnswer } from './answer.ts';

/** The lines for one object. `width` is the terminal's; undefined cuts nothing. */
export function formatLoads(answer: ObjectLoads, style: Style, width: number | undefined): string[] {
  const { object, groups } = answer;
  const total = groups.reduce((sum, { kernels }) => sum + kernels.length, 0);
  const [only] = groups;
  const where = total === 1 && only !== undefined ? only.kernels[0] : `${total} kernels`;
  const lines = [style.head(`${object} on ${where}: ${countWords(groups)}`), ''];
  const programs = only?.answers ?? [];
  if (programs.length === 0) return [...lines, '  no program that libbpf would load', ''];
  if (groups.length > 1) {
    groups.forEach((group, i) => void lines.push(`  ${style.name(letter(i))}  ${kernelWords(group.kernels)}`));
    lines.push('');
  }
  for (const part of chunks(groups, columnsThatFit(programs, width))) {
    const columns = [
      { title: '  program', shrink: true },
      { title: 'section', shrink: true },
      ...part.map(({ index }) => ({ title: groups.length > 1 ? letter(index) : 'answer' })),
      ...(groups.length > 1 ? [] : [{ title: 'attach' }]),
    ];
    const rows = programs.map((program, row) => [
      `  ${program.program}`,
      style.dim(program.section),
      ...part.map(({ group }) => cell(group.answers[row], style, groups.length > 1)),
      ...(groups.length > 1 ? [] : [attachCell(program, style)]),
    ]);
    lines.push(...formatTable(columns, rows, width), '');
  }
  const causes = causesOf(answer);
  if (causes.length > 0) for (const cause of causes) lines.push(...formatCause(cause, total, style, width), '');
  return lines;
}

/** A to Z, then A1 and so on. */
function letter(index: number): string {
  const own = String.fromCharCode(65 + (index % 26));
  return index < 26 ? own : `${own}${Math.floor(index / 26)}`;
}

interface Indexed {
  readonly group: LoadGroup;
  readonly index: number;
}

function chunks(groups: readonly LoadGroup[], size: number): Indexed[][] {
  const parts: Indexed[][] = [];
  groups.forEach((group, index) => {
    if (index % size === 0) parts.push([]);
    parts.at(-1)?.push({ group, index });
  });
  return parts;
}

const NARROWEST_NAMES = 44;
const CELL = 12;

function columnsThatFit(programs: readonly VerifiedAnswer[], width: number | undefined): number {
  if (width === undefined) return Number.MAX_SAFE_INTEGER;
  const names = Math.min(
    NARROWEST_NAMES,
    ...programs.map(({ program, section }) => program.length + section.length + 4),
  );
  return Math.max(1, Math.floor((width - names) / CELL));
}

function cell(answer: VerifiedAnswer | undefined, style: Style, several: boolean): string {
  switch (answer?.verdict) {
    case 'fails':
      return style.bad('fails');
    case 'conditional':
      return style.warn('conditional');
    default:
      if (several && answer?.attach.verdict === 'fails') return style.bad('no attach');
      if (answer?.verified === undefined) return style.good('-');
      return answer.verified.verdict === 'loads' ? style.good('loads') : style.warn('not known');
  }
}

function attachCell({ attach: { verdict } }: VerifiedAnswer, style: Style): string {
  if (verdict === 'fails') return style.bad(verdict);
  return verdict === 'conditional' ? style.warn(verdict) : verdict === 'yes' ? style.good(verdict) : style.dim(verdict);
}

function countWords(groups: readonly LoadGroup[]): string {
  const programs = groups[0]?.answers.length ?? 0;
  const worst = (verdict: string) =>
    Array.from({ length: programs }, (_, i) => groups.some(({ answers }) => answers[i]?.verdict === verdict)).filter(
      Boolean,
    ).length;
  const fails = worst('fails');
  const conditional = worst('conditional');
  const words = [`${programs} program${programs === 1 ? '' : 's'}`];
  if (fails > 0) words.push(`${fails} fail${groups.length > 1 ? ' somewhere' : ''}`);
  if (conditional > 0) words.push(`${conditional} on a condition`);
  const asked = groups.flatMap(({ answers }) => answers.flatMap(({ verified }) => verified?.verdict ?? []));
  const unknown = asked.filter((verdict) => verdict === 'not-known').length;
  if (unknown > 0) words.push(`${unknown} not known`);
  else if (fails === 0 && conditional === 0) words.push(asked.length > 0 ? 'all load' : 'no objection');
  return words.join(', ');
}

function formatCause(cause: Cause, total: number, style: Style, width: number | undefined): string[] {
  const word = cause.attach
    ? cause.verdict === 'fails'
      ? 'does not attach'
      : 'may not attach'
    : cause.verdict === 'fails'
      ? 'fails'
      : 'conditional';
  const paint = cause.verdict === 'fails' ? style.bad : style.warn;
  const text = wrap(`${cause.message}`, Math.max(40, (width ?? 100) - 4)).split('\n');
  const lines = [`${paint(word)}  ${style.dim(`${cause.code}, by ${EVIDENCE[cause.evidence] ?? cause.evidence}`)}`];
  lines.push(...text.map((line) => `  ${line}`));
  if (cause.file !== undefined) {
    const column = cause.column ? `:${cause.column}` : '';
    lines.push(`  ${style.dim('at')} ${style.name(`${cause.file}:${cause.line}${column}`)}`);
  }
  const names = cause.programs.map(({ program }) => program);
  const programs = names.length > 4 ? `${names.slice(0, 3).join(', ')} and ${names.length - 3} more` : names.join(', ');
  lines.push(`  ${style.dim('in')} ${programs}`);
  if (total > 1) {
    lines.push(`  ${style.dim('on')} ${cause.kernels.length === total ? 'all of them' : kernelWords(cause.kernels)}`);
  }
  if (cause.loaders.length < 3) lines.push(`  ${style.dim('for')} ${cause.loaders.join(', ')}`);
  return lines;
}

const EVIDENCE: Readonly<Record<string, string>> = {
  image: "the kernel's own tables",
  btf: "the kernel's types",
  config: "the kernel's configuration",
  release: 'its release',
  object: 'the object alone',
  verifier: "the kernel's own verifier",
};
