// An index that one process writes, copied again and again for others that read: SQLite's online backup into a file beside the
// replica, which then takes its place by rename; `btfq serve` and every reader that opens it anew take the new one. Measures how
// far the replica is behind, the bytes that are copied, and whether each of its states is one that the writer committed.
//
//   node --conditions=@btfq/source src/replication.ts INDEX FILE.btf... [--every 1000] [--pause 300]
//
// INDEX is copied first. A child ingests the files one after the other into the copy, `--pause` milliseconds apart; this process
// looks every `--every` milliseconds whether there is something new, and a thread of readers asks the replica all the time.

import { spawn } from 'node:child_process';
import { copyFileSync, existsSync, mkdtempSync, readFileSync, renameSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import {
  type BtfIndex,
  databaseOf,
  declarations,
  field,
  ingestKernel,
  kernels,
  openIndex,
  search,
  verifyIndex,
} from '@btfq/btf-index';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    every: { type: 'string', default: '1000' },
    pause: { type: 'string', default: '300' },
    role: { type: 'string', default: 'replicate' },
    at: { type: 'string', default: '' },
  },
});

/** What the processes say to each other, a line each: what was done, and when. */
interface Line {
  readonly generation: string;
  readonly time: number;
  readonly answer: string;
}

const answerOf = (index: BtfIndex): string =>
  JSON.stringify([
    kernels(index).map(({ name, sha256 }) => [name, sha256]),
    field(index, 'composite', 'task_struct', 'pid')?.variants,
    declarations(index, 'struct', 'list_head'),
    search(index, 'task_str'),
  ]);

function say(generation: string, answer: string): void {
  process.stdout.write(`${JSON.stringify({ generation, time: Date.now(), answer } satisfies Line)}\n`);
}

async function write(path: string, files: readonly string[]): Promise<void> {
  const index = openIndex(path);
  for (const file of files) {
    const identity = { distro: 'more', version: '1', arch: 'x86_64', release: basename(file, '.btf') };
    ingestKernel(index, { identity, btf: new Uint8Array(readFileSync(file)) });
    say(index.generation(), answerOf(index));
    await wait(Number(values.pause));
  }
  index.close();
}

/** Opens the replica anew where it was replaced, and asks. */
async function read(path: string, stop: string): Promise<void> {
  while (!existsSync(path)) await wait(20);
  let file = statSync(path).ino;
  let index = openIndex(path, { readonly: true });
  for (let last = ''; !existsSync(stop); await wait(20)) {
    if (statSync(path).ino !== file) {
      file = statSync(path).ino;
      index.close();
      index = openIndex(path, { readonly: true });
    }
    const answer = answerOf(index);
    if (index.generation() !== last) say((last = index.generation()), answer);
  }
  index.close();
}

async function replicate([source, ...files]: readonly string[]): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'btfq-replication-'));
  const [origin, replica, stop] = ['origin.db', 'replica.db', 'stop'].map((name) => join(folder, name)) as [
    string,
    string,
    string,
  ];
  copyFileSync(source as string, origin);
  const own = fileURLToPath(import.meta.url);
  const child = (role: string, at: string, more: readonly string[]) => {
    const lines: Line[] = [];
    const options = ['--role', role, '--at', at, '--pause', values.pause];
    const process_ = spawn(process.execPath, ['--conditions=@btfq/source', own, ...more, ...options], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let text = '';
    process_.stdout.on('data', (data: Buffer) => {
      text += data;
      for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n')) {
        lines.push(JSON.parse(text.slice(0, end)) as Line);
        text = text.slice(end + 1);
      }
    });
    const ended = new Promise<number | null>((resolve) => process_.on('close', resolve));
    return { lines, ended };
  };
  const index = openIndex(origin); // open all the time, so that the writer's log stays beside the file
  let copied = '';
  let [copies, bytes, spent] = [0, 0, 0];
  const copy = async () => {
    if (index.generation() === copied) return;
    const begun = process.cpuUsage();
    const beside = `${replica}.new`;
    rmSync(beside, { force: true });
    // all in one step: a state of one moment, and the writer goes on in its log
    await databaseOf(index).backup(beside, { progress: () => 0x7fffffff });
    const made = openIndex(beside, { readonly: true });
    copied = made.generation();
    made.close();
    renameSync(beside, replica);
    copies++;
    bytes += statSync(replica).size;
    const { user, system } = process.cpuUsage(begun);
    spent += (user + system) / 1000;
  };
  await copy();
  const first = { generation: copied, answer: answerOf(index) };
  const reader = child('read', replica, [stop]);
  const writer = child('write', origin, files);
  let writing = true;
  void writer.ended.then(() => {
    writing = false;
  });
  while (writing) {
    await copy();
    await wait(Number(values.every));
  }
  await copy();
  while (reader.lines.at(-1)?.generation !== copied) await wait(50);
  copyFileSync(replica, stop); // any file
  await reader.ended;
  const said = new Map([
    [first.generation, first.answer],
    ...writer.lines.map((line) => [line.generation, line.answer] as const),
  ]);
  const wrong = reader.lines.filter(({ generation, answer }) => said.get(generation) !== answer).length;
  const lags = writer.lines.map(({ generation, time }) => {
    const count = Number(generation.split('-')[1]);
    const seen = reader.lines.find((line) => Number(line.generation.split('-')[1]) >= count);
    return (seen?.time ?? Number.NaN) - time;
  });
  lags.sort((a, b) => a - b);
  const end = openIndex(replica, { readonly: true });
  const { problems } = verifyIndex(end);
  end.close();
  index.close();
  console.table({
    commits: writer.lines.length,
    'copies of the whole file': copies,
    'MB copied': Math.round(bytes / 1e6),
    'ms CPU of a copy': Math.round(spent / copies),
    'ms behind, middle': lags[lags.length >> 1],
    'ms behind, most': lags.at(-1),
    'states that readers saw': reader.lines.length,
    'states with another answer than the writer gave': wrong,
    'problems that verify finds in the replica': problems.length,
  });
  rmSync(folder, { recursive: true });
}

if (values.role === 'write') await write(values.at, positionals);
else if (values.role === 'read') await read(values.at, positionals[0] as string);
else await replicate(positionals);
