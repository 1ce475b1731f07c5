// What the explorer asks a server: each view's question once of a server that was just started, then again. Processor time, so
// that a busy machine does not count; of an index that is given, or of as many simulated kernels as the archive of real ones.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ingestKernel, openIndex } from '@btfq/btf-index';
import * as operations from '@btfq/explorer/operations';
import type { BenchContext, Case } from '../case.ts';
import type { Row } from '../result.ts';
import { startServer, stop } from '../server.ts';
import { simulateKernels } from '../simulate.ts';

/** As many as the archive of real kernels that the figures are said for. */
const KERNELS = 157;
const RELEASES = ['7.2.13', '6.12.94', '6.1.0', '5.10.0'];
/** Milliseconds of processor time that a view's question may take. */
const MOST = 200;
/** Milliseconds with hardly any work after which a server that was just started is ready, and how long that may take. */
const IDLE = 3_000;
const IDLE_IN_SMOKE = 300;
const LONGEST_START = 60_000;
/** Milliseconds between two looks, and how much a server that has nothing to do may work in that time. */
const LOOK = 200;
const HARDLY = 20;

type Question = readonly [view: string, query: string, variables: object];

export const views: Case = {
  name: 'views',
  about: "processor time of each of the explorer's questions, the first time and the second",
  async run(context) {
    const db = context.index ?? simulated(context);
    const { child, url } = await startServer(db, context.scratch, ['--processes', '1']);
    try {
      const pid = child.pid as number;
      await untilIdle(pid, context.smoke ? IDLE_IN_SMOKE : IDLE);
      const ready = processorTime(pid);
      const ask = async (query: string, variables: object) => {
        const before = processorTime(pid);
        const start = performance.now();
        const response = await fetch(url, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify({ query, variables }),
        });
        const text = await response.text();
        const { data, errors } = JSON.parse(text) as Answer;
        if (errors !== undefined) throw new Error(errors[0]?.message);
        return { data, cpu: processorTime(pid) - before, wall: performance.now() - start, bytes: text.length };
      };
      const start = await ask(operations.StartDocument, {});
      const ids = (start.data['kernels'] as { nodes: { id: string }[] }).nodes.map(({ id }) => id);
      const rows = [rowOf('start', start, await ask(operations.StartDocument, {}), { kernels: ids.length, ready })];
      for (const [view, query, variables] of questionsOf(ids)) {
        const first = await ask(query, variables);
        rows.push(rowOf(view, first, await ask(query, variables), {}));
      }
      return rows;
    } finally {
      await stop(child);
    }
  },
};

interface Answer {
  readonly data: Record<string, unknown>;
  readonly errors?: readonly { readonly message: string }[];
}

interface Asked {
  readonly cpu: number;
  readonly wall: number;
  readonly bytes: number;
}

function rowOf(view: string, first: Asked, second: Asked, facts: Readonly<Record<string, number>>): Row {
  return {
    name: `view ${view}`,
    what: `the explorer asks: ${view}`,
    unit: 'ms CPU',
    ours: { median: first.cpu, min: first.cpu, max: first.cpu, rounds: 1 },
    reference: undefined,
    referenceNote: 'no other tool has these views',
    target: { of: 'value', better: 'less', atLeast: MOST, aim: MOST },
    facts: { again: second.cpu, wall: Math.round(first.wall), bytes: first.bytes, ...facts },
  };
}

function simulated({ kernels, scratch, seed, smoke }: BenchContext): string {
  const path = join(scratch, 'views.db');
  const index = openIndex(path);
  const founders = kernels.slice(0, RELEASES.length).map((file, i) => {
    const btf = new Uint8Array(readFileSync(file));
    return { distro: 'real', version: `${i}`, arch: 'x86_64', release: RELEASES[i]!, btf };
  });
  for (const one of simulateKernels(founders, smoke ? 3 : KERNELS, seed)) ingestKernel(index, one);
  index.close();
  return path;
}

/** Milliseconds that a process and its threads have worked; Linux counts in hundredths of a second. */
function processorTime(pid: number): number {
  const [, rest = ''] = /^.*\) (.*)$/s.exec(readFileSync(`/proc/${pid}/stat`, 'latin1')) ?? [];
  const words = rest.split(' ').map(Number);
  return (words[11]! + words[12]!) * 10;
}

async function untilIdle(pid: number, idle: number): Promise<void> {
  const end = performance.now() + LONGEST_START;
  let known = processorTime(pid);
  for (let since = performance.now(); performance.now() - since < idle && performance.now() < end; await sleep(LOOK)) {
    const now = processorTime(pid);
    if (now - known > HARDLY) since = performance.now();
    known = now;
  }
}

/** Of names that were not asked for while the server made itself ready. */
function questionsOf(ids: readonly string[]): Question[] {
  const latest = ids.findLast((id) => id.includes('/x86_64/')) ?? ids.at(-1)!;
  const before = ids[ids.indexOf(latest) - 1] ?? ids[0]!;
  const middle = ids[Math.floor(ids.length / 2)]!;
  const where = {};
  const first = ids[0]!;
  return [
    ['search', operations.SuggestDocument, { text: 'sched_en', first: 12 }],
    ['search, the next letter', operations.SuggestDocument, { text: 'sched_ent', first: 12 }],
    ['search for a field', operations.SuggestFieldsDocument, { struct: 'sock', old: first, middle, new: latest }],
    ['field', operations.FieldOverDocument, { struct: 'task_struct', path: 'pid', where }],
    ['nested field', operations.FieldOverDocument, { struct: 'task_struct', path: 'se.vruntime', where }],
    ['struct', operations.StructOverDocument, { name: 'sk_buff' }],
    ['layout', operations.LayoutAtDocument, { name: 'sk_buff', id: latest, union: false }],
    ['who embeds it', operations.UsersDocument, { type: 'struct mutex', first: 100 }],
    ['who embeds what most do', operations.UsersDocument, { type: 'struct list_head', first: 100 }],
    ['who takes it', operations.TakersDocument, { type: 'struct net_device *', first: 100 }],
    ['two layouts', operations.PairDocument, { name: 'file', from: before, to: latest, union: false }],
    ['two layouts in words', operations.PairInWordsDocument, { name: 'file', from: before, to: latest }],
    ['function', operations.FuncOverDocument, { name: 'vfs_read' }],
    ['can it be attached to', operations.FuncAttachableDocument, { name: 'vfs_read' }],
    ['enum', operations.EnumOverDocument, { name: 'bpf_prog_type' }],
    ['enumerator', operations.EnumeratorOverDocument, { name: 'BPF_PROG_TYPE_KPROBE' }],
    ['typedef', operations.TypedefOverDocument, { name: 'pid_t' }],
    ['tracepoint', operations.TracepointOverDocument, { name: 'sched/sched_switch' }],
    ['helper', operations.HelperOverDocument, { name: 'bpf_d_path' }],
    ['kfunc', operations.KfuncOverDocument, { name: 'bpf_task_acquire' }],
    ['features of a kind', operations.FeaturesOverDocument, { kind: 'map-type' }],
    ['a feature', operations.FeatureOverDocument, { name: 'ringbuf' }],
    ['configuration symbol', operations.ConfigOverDocument, { name: 'HZ' }],
    ['kernel', operations.KernelFactsDocument, { id: latest }],
    ['kernel, since the one before', operations.SinceDocument, { from: before, to: latest, first: 13 }],
    ['two kernels, neighbours', operations.DiffPageDocument, { from: before, to: latest, first: 500 }],
    ['two kernels far apart', operations.DiffPageDocument, { from: first, to: latest, first: 500 }],
    [
      'two kernels far apart, filtered',
      operations.DiffPageDocument,
      { from: first, to: latest, kinds: ['STRUCT'], first: 500 },
    ],
    [
      'offsets',
      operations.OffsetsOfDocument,
      { spec: specOf(['pid', 'tgid', 'comm', 'real_parent->tgid']), lang: 'c' },
    ],
  ];
}

function specOf(members: readonly string[]): string {
  return `entries:\n${members.map((member, i) => `  e${i}: task_struct.${member}\n`).join('')}`;
}
