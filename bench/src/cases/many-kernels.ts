// The library over many kernels and objects, in one process, against bpftool once a pair.

import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { parseBtf } from '@btfq/btf-format';
import { type BpfObject, parseBpfObject, resolveObject } from '@btfq/core-reloc';
import { minimize } from '@btfq/minimizer';
import { type BenchContext, type Case, missing } from '../case.ts';
import { runProcess } from '../process.ts';
import type { Row } from '../result.ts';
import { spread } from '../statistics.ts';

function readObjects(paths: readonly string[]): BpfObject[] {
  return paths.map((path) => parseBpfObject(readFileSync(path), { name: basename(path) }));
}

/** bpftool's time for some of the pairs, spread evenly over all of them: all would take minutes a round. */
async function bpftoolPerPair({ kernels, objects, scratch, smoke }: BenchContext, bpftool: string): Promise<number> {
  const pairs = kernels.flatMap((kernel) => objects.map((object) => [kernel, object] as const));
  const step = Math.max(1, Math.floor(pairs.length / (smoke ? 1 : 60)));
  const times: number[] = [];
  for (let i = 0; i < pairs.length; i += step) {
    const [kernel, object] = pairs[i] as (typeof pairs)[number];
    const run = await runProcess([bpftool, 'gen', 'min_core_btf', kernel, join(scratch, 'pair.btf'), object]);
    times.push(run.milliseconds);
  }
  return times.reduce((sum, time) => sum + time, 0) / times.length;
}

export const manyKernels: Case = {
  name: 'many-kernels',
  about: 'minimal BTFs of many kernels for many objects by library calls, from raw files',
  async run(context) {
    const { kernels, objects, rounds, smoke, reference } = context;
    const bpftool = reference('bpftool');
    const ours: number[] = [];
    const theirs: number[] = [];
    const pairs = kernels.length * objects.length;
    for (let round = 0; round < Math.min(rounds, smoke ? 1 : 3); round++) {
      const start = performance.now();
      const parsed = readObjects(objects);
      for (const kernel of kernels) {
        const btf = parseBtf(readFileSync(kernel));
        for (const object of parsed) minimize(btf, [object]);
      }
      ours.push((performance.now() - start) / pairs);
      if (bpftool) theirs.push(await bpftoolPerPair(context, bpftool));
    }
    return [
      {
        name: 'many-kernels',
        what: `minimal BTF a pair, ${kernels.length} kernels x ${objects.length} objects from raw files, verified`,
        unit: 'ms',
        ours: spread(ours),
        reference: bpftool ? spread(theirs) : undefined,
        referenceNote: bpftool ? 'bpftool gen min_core_btf, a process a pair (60 pairs of all)' : missing('bpftool'),
        peakBytes: process.resourceUsage().maxRSS * 1024,
        target: { of: 'ratio', better: 'less', atLeast: 1 / 20, aim: 1 / 60 },
        facts: { pairs },
      },
      await relocateAll(context, bpftool),
    ];
  },
};

/** All objects against one opened kernel; bpftool is given all of them in one call. */
async function relocateAll(
  { kernels, objects, rounds, smoke, scratch }: BenchContext,
  bpftool: string | undefined,
): Promise<Row> {
  const kernel = kernels[0]!;
  const btf = parseBtf(readFileSync(kernel));
  const bytes = objects.map((path) => readFileSync(path));
  const relocateOnce = () => {
    const start = performance.now();
    let relocations = 0;
    for (const object of bytes) relocations += resolveObject(parseBpfObject(object), btf).length;
    return { milliseconds: performance.now() - start, relocations };
  };
  for (let i = 0; i < (smoke ? 1 : 10); i++) relocateOnce();
  const ours: number[] = [];
  const theirs: number[] = [];
  let relocations = 0;
  for (let round = 0; round < rounds; round++) {
    const once = relocateOnce();
    relocations = once.relocations;
    ours.push(once.milliseconds);
    if (!bpftool) continue;
    const run = await runProcess([bpftool, 'gen', 'min_core_btf', kernel, join(scratch, 'all.btf'), ...objects]);
    theirs.push(run.milliseconds);
  }
  return {
    name: 'relocate-all',
    what: `relocate ${objects.length} objects (${relocations} relocations) against one opened kernel, parsing the objects too`,
    unit: 'ms',
    ours: spread(ours),
    reference: bpftool ? spread(theirs) : undefined,
    referenceNote: bpftool ? 'bpftool gen min_core_btf of all objects, one process' : missing('bpftool'),
    target: { of: 'ratio', better: 'less', atLeast: 1 / 20, aim: 1 / 60 },
    facts: { relocations },
  };
}
