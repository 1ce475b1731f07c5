// `btfq loads --verify` with real kernels: what only their verifiers refuse, in their words, at the source line of the last instruction.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fixturePath } from '@btfq/test-kit';
import { describe, expect, test } from 'vitest';
import { runCli } from '../src/cli.ts';
import { memoryIo } from './kit/memory-io.ts';

const images = process.env['BTFQ_KERNEL_IMAGES'];
const OBJECT = fixturePath('load-check/refused.bpf.o');
const SOURCE = readFileSync(fixturePath('load-check/refused.bpf.c'), 'utf8').split('\n');
/** The programs that are refused, with the beginning of what the verifiers of all releases say, and the text of the line. */
const REFUSED = [
  { program: 'counts_unchecked', words: "R0 invalid mem access 'map_value_or_null'", line: '*count += 1;' },
  { program: 'reads_behind', words: 'invalid access to map value, value_size=8 off=24 size=8', line: 'count[3]' },
] as const;

interface Line {
  readonly program: string;
  readonly verdict: string;
  readonly reasons: readonly { code: string; message: string; file: string; line: number }[];
  readonly verified: { verdict: string; log: string; stats: { insns: number; stack: string } };
}

interface Sarif {
  readonly runs: readonly {
    results: readonly {
      ruleId: string;
      message: { text: string };
      locations: readonly { physicalLocation: { artifactLocation: { uri: string }; region: { startLine: number } } }[];
    }[];
  }[];
}

const title = (what: string) =>
  `${what}${images === undefined ? " (skipped: BTFQ_KERNEL_IMAGES names no folder of kernels' images)" : ''}`;

describe.skipIf(images === undefined).each(images === undefined ? [''] : readdirSync(images))(title('%s'), (name) => {
  const answer = async (format: string) => {
    const io = memoryIo();
    expect(await runCli(['loads', OBJECT, '--on', join(images!, name), '--verify', '--format', format], io)).toBe(1);
    return io.stdout;
  };

  test('as JSON lines', { timeout: 120_000 }, async () => {
    const lines = (await answer('json'))
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Line);
    expect(lines.map(({ program, verdict, verified }) => [program, verdict, verified.verdict])).toEqual([
      ['counts_checked', 'no-objection', 'loads'],
      ...REFUSED.map(({ program }) => [program, 'fails', 'fails']),
    ]);
    for (const { program, words, line } of REFUSED) {
      const { reasons, verified } = lines.find((one) => one.program === program)!;
      const [reason] = reasons;
      expect(reason).toMatchObject({ code: 'verifier', file: './refused.bpf.c' });
      expect(reason!.message).toContain(words);
      expect(SOURCE[reason!.line - 1]).toContain(line);
      // The message begins with the last instruction of the log, and the log has the words behind it.
      const instruction = /^\d+: \([0-9a-f]{2}\) [^:]*/.exec(reason!.message)![0];
      expect(verified.log.lastIndexOf(words)).toBeGreaterThan(verified.log.lastIndexOf(instruction));
      expect(verified.stats.insns).toBeGreaterThan(5);
    }
  });

  test('as text and as SARIF', { timeout: 120_000 }, async () => {
    const text = await answer('text');
    const { results } = (JSON.parse(await answer('sarif')) as Sarif).runs[0]!;
    expect(results.length).toBe(REFUSED.length);
    REFUSED.forEach(({ words, line, program }, i) => {
      const number = SOURCE.findLastIndex((each) => each.includes(line)) + 1;
      expect(text.replaceAll(/\s+/g, ' ')).toMatch(new RegExp(`at \\./refused\\.bpf\\.c:${number}:\\d+ in ${program}`));
      expect(text.replaceAll(/\s+/g, ' ')).toContain(words);
      const { ruleId, message, locations } = results[i]!;
      expect(ruleId).toBe('verifier');
      expect(message.text).toContain(words);
      expect(locations[0]!.physicalLocation).toMatchObject({
        artifactLocation: { uri: './refused.bpf.c' },
        region: { startLine: number },
      });
    });
  });
});
