// `npm run demo`: the main job on the sample kernels of this repo, step by step, each with the command that does it.
// Everything it writes goes to .demo/, which git ignores; run again, it finds its index there.
import { spawnSync } from 'node:child_process';
import { accessSync, constants, mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { styleText } from 'node:util';
import { formatTable } from '../apps/cli/src/render/table.ts';

const ROOT = resolve(import.meta.dirname, '..');
const FOLDER = '.demo';
const DB = `${FOLDER}/btfq.db`;
const SYSTEM_BTF = '/sys/kernel/btf/vmlinux';
const OBJECT = 'fixtures/objects/tcpconnect.bpf.o';
const QUERY = 'query { struct(name:"task_struct") { field(name:"pid") { kernels { offset } } } }';
const NAMED_QUERY =
  'query { struct(name:"task_struct") { field(name:"pid") { kernels { kernel { distro version arch release } offset size type } } } }';

const terminal = process.stdout.isTTY === true && !process.env['NO_COLOR'];
const bold = (text: string) => (terminal ? styleText('bold', text) : text);
const quoted = (word: string) => (/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word}'`);

/** Runs btfq as a user would, with its command line above the output. Returns stdout when `capture` is set. */
function btfq(args: readonly string[], options: { capture?: boolean; mayBePartial?: boolean } = {}): string {
  if (!options.capture) console.log(bold(`$ ./btfq ${args.map(quoted).join(' ')}`));
  const result = spawnSync(process.execPath, [join(ROOT, 'apps/cli/dist/bin/btfq.cjs'), ...args], {
    cwd: ROOT,
    stdio: ['ignore', options.capture ? 'pipe' : 'inherit', 'inherit'],
    encoding: 'utf8',
    maxBuffer: 1 << 26,
  });
  if (result.status !== 0 && !(result.status === 1 && options.mayBePartial)) {
    console.error(`the command above ended with exit code ${result.status}`);
    process.exit(result.status ?? 1);
  }
  return result.stdout ?? '';
}

function heading(text: string): void {
  console.log(`\n${bold(`-- ${text}`)}\n`);
}

function isReadable(path: string): boolean {
  try {
    accessSync(path, constants.R_OK);
    return true;
  } catch {
    return false;
  }
}

interface NamedAnswer {
  readonly data: {
    readonly struct: {
      readonly field: {
        readonly kernels: readonly {
          readonly kernel: { distro: string; version: string; arch: string; release: string };
          readonly offset: number;
          readonly size: number | null;
          readonly type: string;
        }[];
      };
    };
  };
}

mkdirSync(join(ROOT, FOLDER), { recursive: true });

heading('1. The sample kernels into an index');
btfq(['ingest', 'fixtures/kernels', '--db', DB]);
// This machine's own kernel is a bonus: whatever it is, the demo goes on.
if (isReadable(SYSTEM_BTF)) btfq(['ingest', SYSTEM_BTF, '--db', DB], { mayBePartial: true });
btfq(['kernels', '--db', DB]);

heading('2. Where is task_struct.pid? Asked in GraphQL');
btfq(['query', QUERY, '--db', DB]);
console.log('\nThe same with the names of the kernels, as a table:\n');
const answer = JSON.parse(btfq(['query', NAMED_QUERY, '--db', DB], { capture: true })) as NamedAnswer;
const rows = answer.data.struct.field.kernels.map(({ kernel, offset, size, type }) => [
  `${kernel.distro} ${kernel.version}`,
  kernel.arch,
  kernel.release,
  String(offset),
  String(size ?? ''),
  type,
]);
const columns = [
  { title: 'distro' },
  { title: 'arch' },
  { title: 'kernel', shrink: true },
  { title: 'offset', align: 'right' },
  { title: 'size', align: 'right' },
  { title: 'type' },
] as const;
for (const line of formatTable(columns, rows, process.stdout.isTTY ? process.stdout.columns : undefined))
  console.log(line);

heading('3. A field that was renamed: task_struct.state became __state');
btfq(['field', 'task_struct', 'state', '--history', '--db', DB], { mayBePartial: true });
console.log();
btfq(['field', 'task_struct', '__state', '--db', DB], { mayBePartial: true });

heading('4. A bundle: what a BPF object must carry for kernels without BTF of their own');
btfq(['bundle', OBJECT, '--db', DB, '-o', `${FOLDER}/min_core_btfs.tar.gz`], { mayBePartial: true });

heading('What to type next');
for (const [line, shows] of [
  [`./btfq serve --db ${DB}`, 'GraphQL at http://127.0.0.1:4000/graphql, in the browser'],
  [`./btfq query '{ stats { kernels declarations } }' --db ${DB}`, 'any question, from the shell'],
  [`./btfq struct sk_buff --db ${DB} | less`, 'a struct as pahole shows it'],
  [`./btfq bundle YOUR.bpf.o --db ${DB} -o btfs.tar.gz`, 'a bundle for an object of yours'],
  ['./btfq help', 'everything else'],
]) {
  console.log(`  ${bold(line!)}\n      ${shows}`);
}
