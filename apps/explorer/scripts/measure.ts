// How long a server takes to answer what the views ask: each question once, of names that were not asked for before, over an
// index that was just opened. `node --conditions=@btfq/source scripts/measure.ts INDEX.db`
import { readFileSync } from 'node:fs';
import { createHandler, fileIndexSource } from '@btfq/graphql';
import * as operations from '../src/generated/operations.ts';

const [path] = process.argv.slice(2);
if (path === undefined) throw new Error('an INDEX is needed');
const handler = createHandler(fileIndexSource(path), {});

async function ask(
  query: string,
  variables: object,
): Promise<{ data: Record<string, unknown>; ms: number; cpu: number; bytes: number }> {
  const cpu = process.cpuUsage();
  const start = performance.now();
  const response = await handler.fetch(
    new Request('http://127.0.0.1/graphql', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query, variables }),
    }),
  );
  const text = await response.text();
  const ms = performance.now() - start;
  const { user, system } = process.cpuUsage(cpu);
  const { data, errors } = JSON.parse(text) as { data: Record<string, unknown>; errors?: { message: string }[] };
  if (errors !== undefined) throw new Error(errors[0]?.message);
  return { data, ms, cpu: (user + system) / 1000, bytes: text.length };
}

const start = await ask(operations.StartDocument, {});
const ids = (start.data['kernels'] as { nodes: { id: string }[] }).nodes.map(({ id }) => id);
const latest = ids.findLast((id) => id.includes('/x86_64/')) ?? ids.at(-1)!;
const before = ids[ids.indexOf(latest) - 1] ?? ids[0]!;
const middle = ids[Math.floor(ids.length / 2)]!;
const where = {};
const questions: readonly (readonly [view: string, query: string, variables: object])[] = [
  ['search', operations.SuggestDocument, { text: 'sched_en', first: 12 }],
  ['search, the next letter', operations.SuggestDocument, { text: 'sched_ent', first: 12 }],
  ['search for a field', operations.SuggestFieldsDocument, { struct: 'sock', old: ids[0], middle, new: latest }],
  ['field', operations.FieldOverDocument, { struct: 'task_struct', path: 'pid', where }],
  ['nested field', operations.FieldOverDocument, { struct: 'task_struct', path: 'se.vruntime', where }],
  ['struct', operations.StructOverDocument, { name: 'sk_buff' }],
  ['layout', operations.LayoutAtDocument, { name: 'sk_buff', id: latest, union: false }],
  ['who embeds it', operations.UsersDocument, { type: 'struct list_head', first: 100 }],
  ['who takes it', operations.TakersDocument, { type: 'struct sk_buff *', first: 100 }],
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
  ['two kernels far apart', operations.DiffPageDocument, { from: ids[0], to: latest, first: 500 }],
  [
    'two kernels far apart, filtered',
    operations.DiffPageDocument,
    { from: ids[0], to: latest, kinds: ['STRUCT'], first: 500 },
  ],
  ['offsets', operations.OffsetsOfDocument, { spec: specOf(['pid', 'tgid', 'comm', 'real_parent->tgid']), lang: 'c' }],
];
function specOf(members: readonly string[]): string {
  return `entries:\n${members.map((member, i) => `  e${i}: task_struct.${member}\n`).join('')}`;
}

console.log(`${ids.length} kernels, ${(readFileSync(path).length / 1e6).toFixed(1)} MB`);
console.log(['view'.padEnd(34), 'wall ms', 'CPU ms', 'bytes'].join('\t'));
const line = (view: string, { ms, cpu, bytes }: { ms: number; cpu: number; bytes: number }) =>
  console.log([view.padEnd(34), ms.toFixed(0), cpu.toFixed(0), bytes].join('\t'));
line('start', start);
for (const [view, query, variables] of questions) {
  try {
    line(view, await ask(query, variables));
  } catch (error) {
    console.log(`${view.padEnd(34)}\t${(error as Error).message}`);
  }
}
process.exit();
