// Deduplicating two kernels that were put one behind the other, warm and in process, in turns with libbpf, which makes the input of
// both. The results must be the same bytes.

import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { join } from 'node:path';
import { dedup as dedupBtf, parseBtf } from '@btfq/btf-format';
import { type Case, missing } from '../case.ts';
import { spread } from '../statistics.ts';

export const dedup: Case = {
  name: 'dedup',
  about: 'btf dedup of two whole kernels, in process, warm, in turns with libbpf',
  async run({ kernels, rounds, smoke, reference, scratch, note }) {
    const [one = '', two = one] = kernels;
    const program = reference('dedup');
    if (program === undefined) {
      note(missing('dedup'));
      return [];
    }
    const [joined, result] = [join(scratch, 'joined.btf'), join(scratch, 'dedup.btf')];
    const libbpf = startLibbpf([program, one, two, joined, result]);
    try {
      await libbpf.turn();
      const bytes = readFileSync(joined);
      const expected = readFileSync(result);
      const once = (): number => {
        const start = process.cpuUsage();
        const deduped = dedupBtf(parseBtf(bytes)).bytes;
        const { user, system } = process.cpuUsage(start);
        if (Buffer.compare(deduped, expected) !== 0)
          throw new Error(`${one} and ${two}: not what libbpf makes of them`);
        return (user + system) / 1000;
      };
      const cold = once();
      for (let i = 0; i < (smoke ? 0 : 5); i++) once();
      const [ours, theirs]: [number[], number[]] = [[], []];
      for (let round = 0; round < rounds; round++) {
        ours.push(once());
        theirs.push(await libbpf.turn());
      }
      const facts = { bytes: bytes.length, resultBytes: expected.length, coldMilliseconds: cold };
      return [
        {
          name: 'dedup',
          what: `dedup of two kernels (${(bytes.length / 1e6).toFixed(1)} MB joined), in process, warm, of CPU`,
          unit: 'ms',
          ours: spread(ours),
          reference: spread(theirs),
          referenceNote: 'libbpf btf__dedup',
          target: { of: 'ratio', better: 'less', atLeast: 2, aim: 1 },
          facts,
        },
      ];
    } finally {
      libbpf.end();
    }
  },
};

function startLibbpf([program = '', ...args]: readonly string[]): { turn(): Promise<number>; end(): void } {
  const child = spawn(program, args, { stdio: ['pipe', 'pipe', 'inherit'] });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return {
    async turn() {
      child.stdin.write('1\n');
      const { value, done } = await lines.next();
      if (done) throw new Error(`${program} ended`);
      return Number(String(value).trim()) / 1e6;
    },
    end() {
      child.stdin.end();
    },
  };
}
