// A SPEC of a hundred entries over an index of simulated kernels: answers, and the C table from them.

import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ingestKernel, offsetTable, openIndex, readOffsetsSpec } from '@btfq/btf-index';
import { generateTable } from '@btfq/offsets';
import type { Case } from '../case.ts';
import type { Row } from '../result.ts';
import { simulateKernels } from '../simulate.ts';
import { spread } from '../statistics.ts';

/** As many as the archive of real kernels that the figures are said for. */
const KERNELS = 157;
const MEMBERS = ['pid', 'tgid', 'comm', 'cred', 'mm', 'fs', 'files', 'signal', 'flags', 'exit_code'];

/** A hundred paths: some of them through a pointer. */
function hundredEntries(): string {
  const starts = ['', 'real_parent->', 'group_leader->', 'parent->', 'last_wakee->'];
  const paths = starts.flatMap((start) => MEMBERS.map((member) => `task_struct.${start}${member}`));
  const twice = [...paths, ...paths];
  return `entries:\n${twice.map((path, i) => `  e${i}x: ${path}\n`).join('')}`;
}

export const offsets: Case = {
  name: 'offsets',
  about: 'a table of 100 entries over the kernels of an index',
  async run({ kernels, seed, rounds, smoke }) {
    const folder = mkdtempSync(join(tmpdir(), 'btfq-offsets-'));
    try {
      const path = join(folder, 'index.db');
      const made = openIndex(path);
      const btf = new Uint8Array(readFileSync(kernels[0]!));
      const founder = { distro: 'real', version: '0', arch: 'x86_64', release: '6.1.0', btf };
      for (const one of simulateKernels([founder], smoke ? 3 : KERNELS, seed)) ingestKernel(made, one);
      made.close();
      const spec = await readOffsetsSpec(hundredEntries());
      let bytes = 0;
      const times = Array.from({ length: smoke ? 1 : rounds }, () => {
        const index = openIndex(path, { readonly: true });
        const start = performance.now();
        bytes = generateTable(offsetTable(index, spec), 'c').length;
        const time = performance.now() - start;
        index.close();
        return time;
      });
      const row: Row = {
        name: 'offsets-table',
        what: '100 entries over 157 simulated kernels to a C table, the index just opened',
        unit: 'ms',
        ours: spread(times),
        reference: undefined,
        referenceNote: 'no other tool makes such tables',
        target: { of: 'value', better: 'less', atLeast: 1000, aim: 300 },
        facts: { bytes },
      };
      return [row];
    } finally {
      rmSync(folder, { recursive: true });
    }
  },
};
