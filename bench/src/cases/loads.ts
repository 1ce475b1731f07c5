// Whether objects load on every kernel of an index: as many kernels as the archive of real ones, and thousands.

import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ingestKernel, kernels as kernelsOf, loadAnswers, openIndex } from '@btfq/btf-index';
import { requirementsOf } from '@btfq/load-check';
import { openObject } from '@btfq/loader';
import type { Case } from '../case.ts';
import { runProcess } from '../process.ts';
import type { Row } from '../result.ts';
import { simulateKernels } from '../simulate.ts';
import { spread } from '../statistics.ts';

/** As many as the archive of real kernels that the figures are said for. */
const KERNELS = 157;
const RELEASES = ['7.2.13', '6.12.94', '6.1.0', '5.10.0'];

const ROWS_SCRIPT = fileURLToPath(new URL('../simulate-rows.ts', import.meta.url));

export const loads: Case = {
  name: 'loads',
  about: 'whether objects load and attach on every kernel of an index',
  async run({ kernels, objects, seed, rounds, smoke, simulated }) {
    const folder = mkdtempSync(join(tmpdir(), 'btfq-loads-'));
    try {
      const path = join(folder, 'index.db');
      const made = openIndex(path);
      const founders = kernels.slice(0, RELEASES.length).map((file, i) => {
        const btf = new Uint8Array(readFileSync(file));
        return { distro: 'real', version: `${i}`, arch: 'x86_64', release: RELEASES[i]!, btf };
      });
      for (const one of simulateKernels(founders, smoke ? 3 : KERNELS, seed)) ingestKernel(made, one);
      made.close();
      const rows = [askAll(path, objects, smoke ? 1 : rounds, { atLeast: 2000, aim: 1000 })];
      if (!smoke) {
        const grown = join(folder, 'grown.db');
        await runProcess([
          process.execPath,
          '--conditions=@btfq/source',
          ROWS_SCRIPT,
          path,
          grown,
          '--kernels',
          `${simulated}`,
        ]);
        rows.push(askAll(grown, objects, 1, { atLeast: 10_000, aim: 10_000 }));
      }
      return rows;
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  },
};

/** All objects on all kernels of an index that was just opened. */
function askAll(
  path: string,
  objects: readonly string[],
  rounds: number,
  bounds: { readonly atLeast: number; readonly aim: number },
): Row {
  let groups = 0;
  let asked = 0;
  let count = 0;
  const times = Array.from({ length: rounds }, () => {
    const index = openIndex(path, { readonly: true });
    const before = process.cpuUsage();
    const requirements = objects.flatMap((file) => needsOf(file));
    const all = kernelsOf(index);
    groups = loadAnswers(index, requirements, all).reduce((sum, own) => sum + own.length, 0);
    const { user, system } = process.cpuUsage(before);
    asked = all.length;
    count = requirements.length;
    index.close();
    return (user + system) / 1000;
  });
  return {
    name: asked < 1000 ? 'loads-kernels' : 'loads-many-kernels',
    what: `${count} objects over ${asked} simulated kernels: CPU time in process, the index just opened, objects too`,
    unit: 'ms',
    ours: spread(times),
    reference: undefined,
    referenceNote: 'no other tool answers this without booting the kernels',
    peakBytes: process.resourceUsage().maxRSS * 1024,
    target: { of: 'value', better: 'less', ...bounds },
    facts: { groups },
  };
}

/** Objects that cannot be opened are none of the case. */
function needsOf(file: string) {
  try {
    return [requirementsOf(openObject(readFileSync(file), { path: basename(file) }))];
  } catch {
    return [];
  }
}
