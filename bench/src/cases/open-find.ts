// Opening a kernel's BTF and finding a struct, warm and in process, in turns with libbpf.

import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { BtfKind, findByName, parseBtf } from '@btfq/btf-format';
import { openBtf } from '@btfq/kernel-source';
import { type Case, missing } from '../case.ts';
import { spread } from '../statistics.ts';

const STRUCT = 'task_struct';
/** Repetitions of one turn: a turn is the median of these, so that a pause of the machine does not decide it. */
const IN_A_TURN = 5;

export const openFind: Case = {
  name: 'open-find',
  about: 'open a kernel’s BTF and find task_struct, in process, warm',
  async run({ kernels, rounds, smoke, reference }) {
    const file = kernels[0]!;
    const bytes = readFileSync(file);
    const openOnce = (read: () => Uint8Array): number => {
      const start = performance.now();
      if (findByName(parseBtf(read()), STRUCT, BtfKind.Struct) === undefined)
        throw new Error(`no ${STRUCT} in ${file}`);
      return performance.now() - start;
    };
    for (let i = 0; i < (smoke ? 1 : 30); i++) openOnce(() => bytes);
    const program = reference('open-find');
    const libbpf = program === undefined ? undefined : startLibbpf(program, file);
    await libbpf?.turn(smoke ? 1 : 10);
    const pooled = (): number => {
      const start = performance.now();
      using opened = openBtf(file);
      if (findByName(opened.btf, STRUCT, BtfKind.Struct) === undefined) throw new Error(`no ${STRUCT} in ${file}`);
      return performance.now() - start;
    };
    for (let i = 0; i < (smoke ? 1 : 10); i++) pooled();
    const ours: number[] = [];
    const newBuffers: number[] = [];
    const theirs: number[] = [];
    const fromMemory: number[] = [];
    const turn = (once: () => number) => spread(Array.from({ length: IN_A_TURN }, once)).median;
    for (let round = 0; round < rounds; round++) {
      ours.push(turn(pooled));
      newBuffers.push(turn(() => openOnce(() => readFileSync(file))));
      fromMemory.push(turn(() => openOnce(() => bytes)));
      if (libbpf) theirs.push(spread(await libbpf.turn(IN_A_TURN)).median);
    }
    libbpf?.end();
    const note = libbpf
      ? 'libbpf btf__parse + btf__find_by_name_kind'
      : missing('open-find (bench/reference/build.sh)');
    const target = { of: 'ratio', better: 'less', atLeast: 1, aim: 0.6 } as const;
    const facts = { bytes: bytes.length };
    const referenceSpread = libbpf && spread(theirs);
    return [
      {
        name: 'open-find',
        what: `open a ${(bytes.length / 1e6).toFixed(1)} MB BTF file and find ${STRUCT}, in process, warm`,
        unit: 'ms',
        ours: spread(ours),
        reference: referenceSpread,
        referenceNote: note,
        target,
        facts,
      },
      {
        name: 'open-find-new',
        what: 'the same with readFileSync, into a new buffer each time',
        unit: 'ms',
        ours: spread(newBuffers),
        reference: referenceSpread,
        referenceNote: note,
        facts,
      },
      {
        name: 'open-find-memory',
        what: 'the same from bytes that are in memory already',
        unit: 'ms',
        ours: spread(fromMemory),
        reference: referenceSpread,
        referenceNote: `${note} (which reads the file)`,
        facts,
      },
    ];
  },
};

function startLibbpf(program: string, file: string): { turn(count: number): Promise<number[]>; end(): void } {
  const child = spawn(program, [file, STRUCT], { stdio: ['pipe', 'pipe', 'inherit'] });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return {
    async turn(count) {
      child.stdin.write(`${count}\n`);
      const { value, done } = await lines.next();
      if (done) throw new Error(`${program} ended`);
      return String(value)
        .trim()
        .split(' ')
        .map((nanoseconds) => Number(nanoseconds) / 1e6);
    },
    end() {
      child.stdin.end();
    },
  };
}
