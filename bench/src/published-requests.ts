// What a published index costs its readers: requests and bytes of a question that is asked cold, by name of question.
//
//   node --conditions=@btfq/source src/published-requests.ts INDEX [--json FILE] [--keep FOLDER] [--latency 50]
//
// `cold` is what it takes where each request takes `--latency` milliseconds, opening included; `warm` is the same question again.

import { closeSync, mkdtempSync, openSync, readFileSync, readSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { publishIndex } from '@btfq/btf-index';
import {
  type BtfIndex,
  declarations,
  diffKernels,
  enumerator,
  field,
  kernels,
  openPublished,
  search,
  type Transport,
} from '@btfq/btf-index/read';

const QUESTIONS: Readonly<Record<string, (index: BtfIndex) => unknown>> = {
  open: (index) => index.generation(),
  'kernels, as a list': (index) => kernels(index).length,
  'field task_struct pid': (index) => field(index, 'composite', 'task_struct', 'pid'),
  'field task_struct se.vruntime': (index) => field(index, 'composite', 'task_struct', 'se.vruntime'),
  'field sk_buff len': (index) => field(index, 'composite', 'sk_buff', 'len'),
  'struct list_head': (index) => declarations(index, 'struct', 'list_head'),
  'struct sock': (index) => declarations(index, 'struct', 'sock'),
  'struct task_struct': (index) => declarations(index, 'struct', 'task_struct'),
  'func vfs_read': (index) => declarations(index, 'func', 'vfs_read'),
  'enum bpf_func_id': (index) => declarations(index, 'enum', 'bpf_func_id'),
  'enumerator BPF_MAP_TYPE_HASH': (index) => enumerator(index, 'BPF_MAP_TYPE_HASH'),
  'search task_str': (index) => search(index, 'task_str'),
  'search as one types': (index) => ['ta', 'tas', 'task', 'task_', 'task_s'].map((text) => search(index, text)),
  'search tsak_struct': (index) => search(index, 'tsak_struct'),
  'difference of neighbours': (index) => {
    const [a, b] = kernels(index).slice(-2);
    return a && b && diffKernels(index, a.id, b.id).entries.length;
  },
};

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    json: { type: 'string' },
    keep: { type: 'string' },
    log: { type: 'boolean' },
    latency: { type: 'string', default: '50' },
  },
});
const folder = values.keep ?? mkdtempSync(join(tmpdir(), 'btfq-requests-'));
const source = positionals[0]!;
const published = publishIndex(source, folder);
console.log(`${published.kernels} kernels: ${statSync(source).size} bytes, published ${published.size}`);
const file = openSync(join(folder, published.file), 'r');
const log: string[] = [];
const transport: Transport = (url, range) => {
  if (range === undefined) return { status: 200, header: () => null, body: readFileSync(join(folder, url.slice(15))) };
  const body = new Uint8Array(range[1] - range[0] + 1);
  readSync(file, body, 0, body.length, range[0]);
  log.push(`${range[0]}+${body.length}`);
  return { status: 206, header: () => null, body };
};
const latency = Number(values.latency);
const rows: Record<string, { requests: number; bytes: number; cold: number; warm: number }> = {};
for (const [name, ask] of Object.entries(QUESTIONS)) {
  const start = performance.now();
  const { index, traffic } = await openPublished('http://host.bt/index.json', { transport });
  log.length = 0;
  ask(index);
  const cold = performance.now() - start + traffic.requests * latency;
  const again = performance.now();
  ask(index);
  rows[name] = { ...traffic, cold: Math.round(cold), warm: Math.round((performance.now() - again) * 10) / 10 };
  if (values.log) console.log(name, log.join(' '));
  index.close();
}
console.table(rows);
closeSync(file);
if (values.json) writeFileSync(values.json, `${JSON.stringify({ published, rows }, null, 2)}\n`);
if (values.keep === undefined) rmSync(folder, { recursive: true });
