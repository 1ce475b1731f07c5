// What `btfq offsets --check` found, for people and for continuous integration.
import type { StaleKernel } from '@btfq/offsets';
import { cell, xml } from '../render/markup.ts';
import { plural } from '../render/numbers.ts';

/** One thing that is wrong: a required entry that kernels lack or have in several places, or a kernel that is stale. */
export interface CheckFinding {
  readonly code: 'entry-missing' | 'entry-ambiguous' | 'table-stale';
  /** The entry, or the kernel that is stale. */
  readonly subject: string;
  readonly message: string;
  readonly kernels: readonly string[];
  /** In the SPEC, for an entry. */
  readonly line: number | undefined;
}

export interface CheckReport {
  readonly spec: string;
  readonly table: string | undefined;
  readonly entries: readonly string[];
  readonly kernels: number;
  readonly findings: readonly CheckFinding[];
}

/** A kernel's staleness as a finding. */
export function staleFinding({ kernel, change, entries }: StaleKernel, table: string): CheckFinding {
  const differences = entries.map(({ name, was, is }) => `${name} was ${was ?? 'absent'}, is ${is ?? 'absent'}`);
  const message =
    change === 'new'
      ? `${table} does not have it`
      : change === 'gone'
        ? `${table} has it, the index does not`
        : `${table} is not what its kernel says: ${differences.join('; ')}`;
  return { code: 'table-stale', subject: kernel, message, kernels: [kernel], line: undefined };
}

export function formatCheckText({ spec, table, kernels, entries, findings }: CheckReport): string[] {
  const about = `${spec}: ${plural(entries.length, 'entry', 'entries')}, ${plural(kernels, 'kernel')}`;
  if (findings.length === 0)
    return [`${about}: nothing is missing${table === undefined ? '' : `, ${table} is up to date`}`];
  return [
    `${about}, ${plural(findings.length, 'finding')}`,
    ...findings.flatMap(({ code, subject, message, kernels: own, line }) => {
      const head = `${line === undefined ? '' : `${spec}:${line}: `}${code} ${subject}: ${message}`;
      return code === 'table-stale' ? [head] : [head, ...own.map((kernel) => `  ${kernel}`)];
    }),
  ];
}

export function formatCheckMarkdown({ spec, table, kernels, entries, findings }: CheckReport): string[] {
  const head = [`## ${spec}`, '', `${plural(entries.length, 'entry', 'entries')}, ${plural(kernels, 'kernel')}.`, ''];
  if (findings.length === 0)
    return [...head, `Nothing is missing${table === undefined ? '' : `, \`${table}\` is up to date`}.`, ''];
  return [
    ...head,
    '| finding | what | kernels |',
    '|---|---|---|',
    ...findings.map(
      ({ code, subject, message, kernels: own }) =>
        `| \`${code}\` \`${cell(subject)}\` | ${cell(message)} | ${own.length <= 3 ? own.map((one) => `\`${cell(one)}\``).join(', ') : own.length} |`,
    ),
    '',
  ];
}

/** A test case for each entry, and one for each kernel that is stale. */
export function formatCheckJunit({ spec, table, entries, findings }: CheckReport): string[] {
  const stale = findings.filter(({ code }) => code === 'table-stale');
  const ofEntry = new Map(findings.filter(({ code }) => code !== 'table-stale').map((one) => [one.subject, one]));
  const cases = [
    ...entries.map((name) => testCase(spec, name, ofEntry.get(name))),
    ...(table === undefined ? [] : stale.length === 0 ? [testCase(table, 'up to date', undefined)] : []),
    ...stale.map((one) => testCase(table ?? spec, one.subject, one)),
  ];
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    '<testsuites name="btfq offsets">',
    `  <testsuite name="${xml(spec)}" tests="${cases.length}" failures="${findings.length}" skipped="0">`,
    ...cases.flat(),
    '  </testsuite>',
    '</testsuites>',
  ];
}

function testCase(className: string, name: string, finding: CheckFinding | undefined): string[] {
  const open = `    <testcase classname="${xml(className)}" name="${xml(name)}"`;
  if (finding === undefined) return [`${open}/>`];
  const text = [finding.message, ...finding.kernels].join('\n');
  return [
    `${open}>`,
    `      <failure type="${finding.code}" message="${xml(finding.message)}">${xml(text)}</failure>`,
    '    </testcase>',
  ];
}
