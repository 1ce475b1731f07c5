// `btfq loads` for continuous integration: JSON lines, JUnit, SARIF 2.1.0 and Markdown.
import type { LoadReason } from '@btfq/load-check';
import { cell, xml } from '../render/markup.ts';
import { causesOf, kernelWords, type ObjectLoads, type VerifiedAnswer } from './answer.ts';

/** One line for each program and kernel; the keys are a contract. */
export function formatJsonLines(answers: readonly ObjectLoads[]): string[] {
  return answers.flatMap(({ object, groups }) =>
    groups.flatMap(({ kernels, answers: programs, answersOf }) =>
      kernels.flatMap((kernel) =>
        (answersOf?.get(kernel) ?? programs).map((program) => JSON.stringify(jsonLine(object, kernel, program))),
      ),
    ),
  );
}

function jsonLine(object: string, kernel: string, answer: VerifiedAnswer): unknown {
  return {
    object,
    program: answer.program,
    section: answer.section,
    kernel,
    verdict: answer.verdict,
    reasons: answer.reasons.map(jsonReason),
    attach: { verdict: answer.attach.verdict, reasons: answer.attach.reasons.map(jsonReason) },
    ...(answer.verified === undefined ? {} : { verified: answer.verified }),
  };
}

function jsonReason(reason: LoadReason): unknown {
  const { code, message, file, line, column, verdict, needed, found, evidence, wholeObject, loaders } = reason;
  return {
    code,
    message,
    file: file ?? null,
    line: line ?? null,
    column: column ?? null,
    verdict,
    needed,
    found: found ?? null,
    evidence,
    wholeObject,
    loaders,
  };
}

/** A test suite for each object and kernel, a test case for each program; conditions are skipped tests. */
export function formatJunit(answers: readonly ObjectLoads[]): string[] {
  const lines = ['<?xml version="1.0" encoding="UTF-8"?>', '<testsuites name="btfq loads">'];
  for (const { object, groups } of answers) {
    for (const { kernels, answers: programs } of groups) {
      const failed = programs.filter(({ verdict, attach }) => verdict === 'fails' || attach.verdict === 'fails');
      const failures = failed.length;
      const skipped = programs.filter((each) => each.verdict === 'conditional' && !failed.includes(each)).length;
      for (const kernel of kernels) {
        lines.push(
          `  <testsuite name="${xml(`${object} on ${kernel}`)}" tests="${programs.length}" failures="${failures}" skipped="${skipped}">`,
        );
        for (const program of programs) lines.push(...testCase(object, program));
        lines.push('  </testsuite>');
      }
    }
  }
  return [...lines, '</testsuites>'];
}

function testCase(object: string, answer: VerifiedAnswer): string[] {
  const { program, section, verdict, reasons, attach, verified } = answer;
  const open = `    <testcase classname="${xml(object)}" name="${xml(`${program} (${section})`)}"`;
  // what loads, as far as is known, and does not attach fails its test all the same
  if (verdict !== 'fails' && attach.verdict === 'fails') return failure(open, attach.reasons, 'fails');
  if (verdict === 'no-objection') {
    if (verified?.verdict !== 'not-known') return [`${open}/>`];
    return [`${open}>`, '      <skipped message="the verifier was not asked"/>', '    </testcase>'];
  }
  return failure(open, reasons, verdict);
}

function failure(open: string, reasons: readonly LoadReason[], verdict: 'fails' | 'conditional'): string[] {
  const own = reasons.filter((reason) => reason.verdict === verdict);
  const message = xml(own[0]?.message ?? '');
  const text = xml(own.map((reason) => `${placeWords(reason)}${reason.code}: ${reason.message}`).join('\n'));
  const body =
    verdict === 'fails'
      ? `      <failure type="${own[0]?.code ?? ''}" message="${message}">${text}</failure>`
      : `      <skipped message="${message}"/>`;
  return [`${open}>`, body, '    </testcase>'];
}

function placeWords({ file, line, column }: Pick<LoadReason, 'file' | 'line' | 'column'>): string {
  if (file === undefined) return '';
  return `${file}:${line}${column ? `:${column}` : ''}: `;
}

/** SARIF 2.1.0: a result for each cause, at its source line, for code scanning to annotate. */
export function formatSarif(answers: readonly ObjectLoads[], version: string): string {
  const causes = answers.flatMap((answer) => causesOf(answer).map((cause) => ({ object: answer.object, cause })));
  const rules = [...new Set(causes.map(({ cause }) => cause.code))].sort();
  const results = causes.map(({ object, cause }) => ({
    ruleId: cause.code,
    ruleIndex: rules.indexOf(cause.code),
    level: cause.verdict === 'fails' ? 'error' : 'warning',
    message: {
      text: `${cause.message} (${cause.attach ? 'attaching ' : ''}${cause.programs.map(({ program }) => program).join(', ')} on ${kernelWords(cause.kernels)})`,
    },
    locations: [
      {
        physicalLocation: {
          artifactLocation: { uri: encodeURI(cause.file ?? object) },
          ...(cause.line !== undefined && cause.line > 0
            ? { region: { startLine: cause.line, ...(cause.column ? { startColumn: cause.column } : {}) } }
            : {}),
        },
        logicalLocations: cause.programs.map(({ program }) => ({ name: program, kind: 'function' })),
      },
    ],
    properties: { object, kernels: cause.kernels, attach: cause.attach },
  }));
  const driver = {
    name: 'btfq',
    semanticVersion: version,
    informationUri: 'https://github.com/btfq/btfq',
    rules: rules.map((id) => ({
      id,
      helpUri: `https://github.com/btfq/btfq/blob/main/docs/guide-loads.md#${id}`,
      shortDescription: { text: id },
    })),
  };
  return JSON.stringify(
    {
      $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
      version: '2.1.0',
      runs: [{ tool: { driver }, columnKind: 'utf16CodeUnits', results }],
    },
    null,
    2,
  );
}

/** A table for each object, and its causes, for a job's summary. */
export function formatMarkdown(answers: readonly ObjectLoads[]): string[] {
  return answers.flatMap((answer) => {
    const { object, groups } = answer;
    const heads = groups.map(({ kernels }) => cell(kernelWords(kernels, 2)));
    const programs = groups[0]?.answers ?? [];
    const rows = programs.map((program, i) => {
      const cells = groups.map(({ answers: own }) => mark(own[i]));
      return `| \`${program.program}\` | \`${cell(program.section)}\` | ${cells.join(' | ')} |`;
    });
    const causes = causesOf(answer).map(
      (cause) =>
        `- **${cause.attach ? 'attaching: ' : ''}${cause.verdict}** \`${cause.code}\` ${cause.message}` +
        `${cause.file === undefined ? '' : ` (\`${cause.file}:${cause.line}\`)`}: ` +
        `${cause.programs.map(({ program }) => `\`${program}\``).join(', ')} on ${kernelWords(cause.kernels)}`,
    );
    return [
      `## ${object}`,
      '',
      `| program | section | ${heads.join(' | ')} |`,
      `|---|---|${heads.map(() => '---|').join('')}`,
      ...rows,
      '',
      ...causes,
      '',
    ];
  });
}

/** The verdict, and where the program loads as far as is known, that it does not attach. */
function mark(answer: VerifiedAnswer | undefined): string {
  const { verdict = 'no-objection', attach, verified } = answer ?? {};
  if (verdict !== 'fails' && attach?.verdict === 'fails') return '❌ does not attach';
  const own = MARKS[verdict] ?? '';
  const asked = verdict === 'no-objection' ? verified?.verdict : undefined;
  return asked === undefined ? own : (MARKS[asked] ?? own);
}

const MARKS: Readonly<Record<string, string>> = {
  fails: '❌ fails',
  conditional: '⚠️ conditional',
  'no-objection': '–',
  loads: '✅ loads',
  'not-known': '❔ not known',
};
