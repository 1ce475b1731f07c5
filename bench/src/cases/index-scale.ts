// The index as it grows, by index-scale.ts in a process of its own: kernels of the simulated archive go in, and at 10,
// 100, 1,000 and 10,000 it is measured what one costs and how long questions take. The same file then serves the
// bundle case.

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundleFromIndex, openIndex } from '@btfq/btf-index';
import type { BenchContext, Case } from '../case.ts';
import { runProcess } from '../process.ts';
import type { Row, Target } from '../result.ts';
import { exponent, type Spread, spread } from '../statistics.ts';

/** What index-scale.ts writes at each size. */
interface ScaleRow {
  readonly kernels: number;
  readonly prepare: number;
  readonly commit: number;
  readonly bytesPerKernel: number;
  readonly indexBytes: number;
  readonly peakMemoryBytes: number;
  readonly questions: Readonly<Record<string, { readonly cold: number; readonly warm: number }>>;
}

const SCALE = fileURLToPath(new URL('../index-scale.ts', import.meta.url));
const NO_REFERENCE = 'no other tool has an index';

function archive({ scratch, simulated }: BenchContext): { db: string; json: string } {
  return { db: join(scratch, `simulated-${simulated}.db`), json: join(scratch, `simulated-${simulated}.json`) };
}

async function grow(context: BenchContext): Promise<ScaleRow[]> {
  const { db, json } = archive(context);
  if (!existsSync(json)) {
    const { kernels, simulated, seed, smoke } = context;
    const founders = smoke ? kernels.slice(0, 1) : kernels;
    context.note(`growing an index to ${simulated} simulated kernels`);
    const rounds = ['--rounds', smoke ? '1' : '50'];
    const size = ['--kernels', String(simulated), '--seed', String(seed)];
    const args = [...size, ...rounds, '--db', db, '--json', json, ...founders];
    const run = await runProcess([process.execPath, '--conditions=@btfq/source', SCALE, ...args]);
    if (run.exitCode !== 0) throw new Error(`index-scale ended with exit code ${run.exitCode}: ${run.complaint}`);
  }
  return JSON.parse(readFileSync(json, 'utf8')) as ScaleRow[];
}

const once = (value: number): Spread => ({ median: value, min: value, max: value, rounds: 1 });
const value = (better: Target['better'], atLeast: number, aim: number): Target => ({
  of: 'value',
  better,
  atLeast,
  aim,
});

/** A name with letters in the wrong order: by likeness over all names. */
const TARGETS: Readonly<Record<string, Target>> = { 'search tsak_struct': value('less', 20, 20) };

export const indexScale: Case = {
  name: 'index',
  about: 'ingest, size and questions of an index of simulated kernels',
  async run(context) {
    const rows = await grow(context);
    const last = rows.at(-1) as ScaleRow;
    const point = (pick: (row: ScaleRow) => number) => exponent(rows.map((row) => [row.kernels, pick(row)] as const));
    const points = (pick: (row: ScaleRow) => number, unit: string) =>
      rows.map((row) => `${row.kernels}: ${pick(row).toFixed(2)} ${unit}`).join(', ');
    const row = (name: string, what: string, unit: string, ours: number, target?: Target, facts = {}): Row => ({
      name,
      what,
      unit,
      ours: once(ours),
      reference: undefined,
      referenceNote: NO_REFERENCE,
      target,
      facts,
    });
    // reading and hashing run on one core while the other writes: the slower of the two sets the pace
    const rate = 1000 / Math.max(last.prepare, last.commit);
    const field = 'field task_struct pid';
    return [
      row(
        'ingest-rate',
        `ingest from raw BTF, steady state, at ${last.kernels} kernels, 2 cores`,
        'kernels/s',
        rate,
        undefined, // what is to be reached is measured as a process, by the case of ingest
        {
          prepareMilliseconds: last.prepare,
          commitMilliseconds: last.commit,
          exponentOfCommit: point((r) => r.commit),
          points: points((r) => r.prepare + r.commit, 'ms'),
        },
      ),
      row(
        'index-bytes',
        'index, per further kernel of a series, everything in it',
        'KB',
        last.bytesPerKernel / 1000,
        value('less', 60, 15),
        {
          indexBytes: last.indexBytes,
          exponentOfBytesPerKernel: point((r) => r.bytesPerKernel),
          points: points((r) => r.bytesPerKernel / 1000, 'KB'),
        },
      ),
      row(
        'ingest-memory',
        'memory of a process that makes up kernels and ingests them',
        'MB',
        last.peakMemoryBytes / 1e6,
      ),
      row(
        'field-query',
        `field over ${last.kernels} simulated kernels, warm, in process`,
        'ms',
        last.questions[field]?.warm ?? Number.NaN,
        value('less', 5, 1),
        {
          exponent: point((r) => r.questions[field]?.warm ?? Number.NaN),
          points: points((r) => r.questions[field]?.warm ?? Number.NaN, 'ms'),
        },
      ),
      ...Object.entries(last.questions)
        .filter(([question]) => question !== field)
        .map(([question, { warm, cold }]) =>
          row(`question: ${question}`, `${question}, warm`, 'ms', warm, TARGETS[question], {
            coldMilliseconds: cold,
            exponent: point((r) => Math.max(r.questions[question]?.warm ?? Number.NaN, 1e-4)),
          }),
        ),
    ];
  },
};

export const indexBundle: Case = {
  name: 'index-bundle',
  about: 'a bundle of one object over the simulated kernels',
  async run(context) {
    await grow(context);
    const object = context.objects.find((path) => path.includes('opensnoop')) ?? context.objects[0]!;
    const files = [{ name: 'object.bpf.o', bytes: readFileSync(object) }];
    const times: number[] = [];
    let facts: Record<string, number> = {};
    for (let round = 0; round < Math.min(context.rounds, 3); round++) {
      const index = openIndex(archive(context).db, { readonly: true });
      const start = performance.now();
      const { manifest, computed } = await bundleFromIndex(index, files, { format: 'bcc' });
      times.push((performance.now() - start) / 1000);
      facts = { kernels: manifest.kernels.length, computed, distinct: manifest.distinct };
      index.close();
    }
    return [
      {
        name: 'bundle',
        what: `bundle of one object over ${context.simulated} simulated kernels`,
        unit: 's',
        ours: spread(times),
        reference: undefined,
        referenceNote: 'bpftool would need a process a kernel, and the kernels as files',
        target: value('less', 30, 3),
        facts,
      },
    ];
  },
};
