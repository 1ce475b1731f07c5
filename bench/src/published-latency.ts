// How long questions to a published index take where each request takes a while: whole, from nothing, through the reading path of
// users. A server in a thread of its own sends ranges, each answer so many milliseconds late.
//
//   node --conditions=@btfq/source src/published-latency.ts FOLDER [--latency 50] [--rounds 3] [--cli FILE] [--json FILE]
//
// FOLDER is what `btfq publish` wrote. `cold` opens the index anew and asks; `warm` asks the same again; `work` is the processor
// time of `cold` in the thread that asks. With --cli (the packed or built btfq) whole processes are timed too: with nothing
// kept, and again with what the first one kept. Times are the middle ones of all rounds, in milliseconds.

import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { type BtfIndex, declarations, field, openUrl, search } from '@btfq/btf-index';
import { startSlowServer } from './slow-server.ts';

interface Question {
  readonly ask: (index: BtfIndex) => unknown;
  /** The same as a command line. */
  readonly line?: readonly string[];
}

const ofType = (kind: 'struct' | 'enum' | 'func' | 'typedef', name: string): Question => ({
  ask: (index) => declarations(index, kind, name),
  line: [kind === 'enum' || kind === 'typedef' ? 'type' : kind, name],
});
const ofField = (struct: string, path: string): Question => ({
  ask: (index) => field(index, 'composite', struct, path),
  line: ['field', struct, path],
});
const ofSearch = (...texts: string[]): Question => ({
  ask: (index) => texts.map((text) => search(index, text)),
  ...(texts.length === 1 && { line: ['search', ...texts] }),
});
const beginnings = (name: string) => [...name].map((_, i) => name.slice(0, i + 1));

const QUESTIONS: Readonly<Record<string, Question>> = {
  opening: { ask: (index) => index.generation() },
  'field task_struct pid': ofField('task_struct', 'pid'),
  'field sk_buff len': ofField('sk_buff', 'len'),
  'field task_struct se.vruntime': ofField('task_struct', 'se.vruntime'),
  'struct list_head': ofType('struct', 'list_head'),
  'struct sock': ofType('struct', 'sock'),
  'struct task_struct': ofType('struct', 'task_struct'),
  'typedef pid_t': ofType('typedef', 'pid_t'),
  'func vfs_read': ofType('func', 'vfs_read'),
  'func tcp_sendmsg': ofType('func', 'tcp_sendmsg'),
  'enum bpf_func_id': ofType('enum', 'bpf_func_id'),
  'search task_struct, letter by letter': ofSearch(...beginnings('task_struct')),
  'search bit_wait_timeout, letter by letter': ofSearch(...beginnings('bit_wait_timeout')),
  'search tsak_struct': ofSearch('tsak_struct'),
};

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    latency: { type: 'string', default: '50' },
    rounds: { type: 'string', default: '3' },
    cli: { type: 'string' },
    only: { type: 'string', default: '' },
    json: { type: 'string' },
  },
});
const server = await startSlowServer(positionals[0] as string, Number(values.latency));
const scratch = mkdtempSync(join(tmpdir(), 'btfq-latency-'));
const rounds = Number(values.rounds);
const middle = (list: number[]) => Math.round(list.sort((a, b) => a - b)[list.length >> 1] ?? 0);

let folders = 0;
const rows: Record<string, Record<string, number>> = {};
// loads SQLite, the thread that sends and the connection: of the process, not of a question
(await openUrl(server.url, { cache: join(scratch, 'first') })).index.close();
for (const [name, { ask, line }] of Object.entries(QUESTIONS)) {
  if (!name.includes(values.only)) continue;
  const [cold, warm, work, fresh, kept]: number[][] = [[], [], [], [], []];
  let sent = { requests: 0, bytes: 0 };
  for (let round = 0; round < rounds; round++) {
    const cache = join(scratch, String(++folders));
    const [cpu, start] = [process.threadCpuUsage(), performance.now()];
    const { index, traffic } = await openUrl(server.url, { cache });
    ask(index);
    cold?.push(performance.now() - start);
    const { user, system } = process.threadCpuUsage(cpu);
    work?.push((user + system) / 1000);
    sent = { ...traffic };
    const again = performance.now();
    ask(index);
    warm?.push(performance.now() - again);
    index.close();
    if (values.cli === undefined || line === undefined) continue;
    const env = { ...process.env, BTFQ_CACHE: join(scratch, String(++folders)) };
    for (const times of [fresh, kept]) {
      const begun = performance.now();
      const run = spawnSync(process.execPath, [values.cli, ...line, '--db', server.url], {
        env,
        stdio: ['ignore', 'ignore', 'pipe'],
      });
      if (run.status !== 0) throw new Error(`${line.join(' ')}: ${run.stderr}`);
      times?.push(performance.now() - begun);
    }
  }
  rows[name] = {
    requests: sent.requests,
    KB: Math.round(sent.bytes / 1000),
    cold: middle(cold as number[]),
    work: middle(work as number[]),
    warm: middle(warm as number[]),
    ...(fresh?.length && { 'process, cold': middle(fresh), 'process, kept': middle(kept as number[]) }),
  };
}
console.table(rows);
if (values.json) writeFileSync(values.json, `${JSON.stringify({ latency: Number(values.latency), rows }, null, 2)}\n`);
await server.close();
rmSync(scratch, { recursive: true });
