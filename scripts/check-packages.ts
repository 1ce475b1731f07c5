// Do the packages work for those who install them? Packs every tarball, lets publint and attw look at them, installs them
// into empty folders with npm and with pnpm, imports each package alone, type-checks a consumer and runs btfq from there. What
// does not wait for another runs side by side: most of it is the start of processes.
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join, resolve } from 'node:path';
import { FLOW } from './package-order.ts';

const ROOT = resolve(import.meta.dirname, '..');
const bin = (name: string) => join(ROOT, 'node_modules/.bin', name);
const PURE = Object.keys(FLOW).filter((name) => FLOW[name]!.pure);

/** Runs a command; throws with its output if it fails. */
function run(command: string, args: readonly string[], cwd: string): Promise<string> {
  // The folders are someone else's project: nothing of ours may help them, but the Node that runs this.
  const env = { ...process.env, PATH: `${dirname(process.execPath)}${delimiter}${process.env['PATH']}` };
  const child = spawn(command, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
  const out: Buffer[] = [];
  const complaint: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => out.push(chunk));
  child.stderr.on('data', (chunk: Buffer) => complaint.push(chunk));
  return new Promise((done, fail) => {
    const text = (chunks: readonly Buffer[]) => Buffer.concat(chunks).toString('utf8');
    const failed = (reason?: string) => {
      const shown = [reason, text(out), text(complaint)].filter(Boolean).join('\n');
      fail(new Error(`${command} ${args.join(' ')} (in ${cwd}) failed\n${shown}`));
    };
    child.on('error', (error) => failed(error.message));
    child.on('close', (status) => (status === 0 ? done(text(out)) : failed()));
  });
}

/** Packs every public package; gives the tarballs by package name. */
async function packAll(folder: string): Promise<Map<string, string>> {
  const tarballs = new Map<string, string>();
  for (const [name, { folder: home }] of Object.entries(FLOW)) {
    await run('pnpm', ['pack', '--pack-destination', folder], join(ROOT, home));
    const { version } = JSON.parse(readFileSync(join(ROOT, home, 'package.json'), 'utf8'));
    tarballs.set(name, join(folder, `${name.replace('@', '').replace('/', '-')}-${version}.tgz`));
  }
  return tarballs;
}

/** An empty project that wants all the tarballs, installed by one package manager. */
async function install(manager: 'npm' | 'pnpm', folder: string, tarballs: ReadonlyMap<string, string>): Promise<void> {
  mkdirSync(folder, { recursive: true });
  const files = Object.fromEntries([...tarballs].map(([name, file]) => [name, `file:${file}`]));
  const manifest = { name: 'consumer', version: '1.0.0', private: true, type: 'module', dependencies: files };
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ ...manifest, overrides: files }, null, 2));
  if (manager === 'npm') {
    // The packages must work without install scripts: many run npm with them off.
    await run(
      'npm',
      ['install', '--ignore-scripts', '--no-audit', '--no-fund', '--prefer-offline', '--loglevel=error'],
      folder,
    );
  } else {
    const overrides = Object.entries(files).map(([name, file]) => `  '${name}': '${file}'`);
    const builds = ['allowBuilds:', '  better-sqlite3: false'];
    writeFileSync(join(folder, 'pnpm-workspace.yaml'), ['overrides:', ...overrides, ...builds, ''].join('\n'));
    await run('pnpm', ['install', '--prefer-offline', '--ignore-scripts'], folder);
  }
}

/** Imports a package in a Node of its own and gives the number of its exports. */
async function importAlone(name: string, folder: string): Promise<number> {
  const code = `console.log(Object.keys(await import(${JSON.stringify(name)})).length)`;
  return Number(await run(process.execPath, ['--input-type=module', '-e', code], folder));
}

/** Type-checks a consumer of the given packages; the four that run everywhere without Node's types, deeply. */
async function typeCheck(names: readonly string[], folder: string, resolution: 'nodenext' | 'bundler'): Promise<void> {
  const pure = names.every((name) => PURE.includes(name));
  const identifier = (name: string) => name.replace(/\W+/g, '_');
  const lines = names.map((name) => `import * as ${identifier(name)} from '${name}';`);
  lines.push(`export const all: object[] = [${names.map(identifier).join(', ')}];`);
  if (pure) {
    lines.push(`import { loadBtf, type Btf } from '@btfq/btf-format';`);
    lines.push(`export const open = (bytes: Uint8Array): Btf => loadBtf(bytes);`);
    lines.push(`// @ts-expect-error: a string is no file`, `loadBtf('vmlinux');`);
  }
  writeFileSync(join(folder, 'consumer.ts'), lines.join('\n'));
  const compilerOptions = {
    strict: true,
    noEmit: true,
    target: 'es2023',
    lib: ['es2024', 'dom'],
    types: [],
    module: resolution === 'nodenext' ? 'nodenext' : 'esnext',
    moduleResolution: resolution,
    skipLibCheck: !pure,
  };
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: ['consumer.ts'] }));
  await run(bin('tsc'), ['-p', 'tsconfig.json'], folder);
}

/** A short command, one that reads and writes a database, and the server's schema: whatever they need must be installed. */
async function useCommand(btfq: string, folder: string): Promise<string> {
  const kernel = join(ROOT, 'fixtures/kernels/debian/bullseye/x86_64/5.10.0-32-cloud-amd64.btf.tar.xz');
  const identity = ['--distro', 'debian', '--distro-version', '11', '--arch', 'x86_64'];
  await run(btfq, ['ingest', kernel, ...identity, '--db', 'kernels.db'], folder);
  await run(btfq, ['export', '5.10.0-32-cloud-amd64', '-o', 'vmlinux.btf', '--db', 'kernels.db'], folder);
  const object = join(ROOT, 'fixtures/objects/execsnoop.bpf.o');
  await run(btfq, ['gen', 'min_core_btf', 'vmlinux.btf', 'execsnoop.btf', object], folder);
  const question = 'query { struct(name:"task_struct") { field(name:"pid") { kernels { offset } } } }';
  const answer = JSON.parse(await run(btfq, ['query', question, '--db', 'kernels.db', '--json'], folder));
  return `task_struct.pid at ${answer.data.struct.field.kernels[0].offset}`;
}

type Step = readonly [title: string, action: () => Promise<unknown>];

/** Are the tarballs well formed, and their types found by everyone? */
function checkTarballs(tarballs: ReadonlyMap<string, string>): Step[] {
  return [...tarballs].flatMap(([name, file]): Step[] => [
    [
      `publint ${name}`,
      async () => {
        await run(bin('publint'), ['run', file, '--strict'], ROOT);
      },
    ],
    ...(name === 'btfq'
      ? []
      : ([
          [
            `attw ${name}`,
            async () => {
              await run(bin('attw'), ['--profile', 'esm-only', file], ROOT);
            },
          ],
        ] as Step[])),
  ]);
}

/** The steps of one who installs them with this manager, in their order. */
function useInstalled(manager: 'npm' | 'pnpm', home: string, tarballs: ReadonlyMap<string, string>): Step[] {
  const libraries = [...tarballs.keys()].filter((name) => name !== 'btfq');
  const btfq = join(home, 'node_modules/.bin/btfq');
  return [
    [`${manager} installs the tarballs into an empty folder`, () => install(manager, home, tarballs)],
    ...libraries.map(
      (name): Step => [
        `${manager}: ${name} imports alone`,
        async () => {
          const count = await importAlone(name, home);
          if (count === 0) throw new Error('it exports nothing');
          return `${count} exports`;
        },
      ],
    ),
    [`${manager}: types, for Node`, () => typeCheck(PURE, home, 'nodenext')],
    [`${manager}: types, for bundlers`, () => typeCheck(PURE, home, 'bundler')],
    [`${manager}: types of all packages`, () => typeCheck(libraries, home, 'nodenext')],
    [`${manager}: btfq runs`, async () => (await run(btfq, ['--version'], home)).trim()],
    [`${manager}: btfq reads a kernel and answers`, () => useCommand(btfq, home)],
  ];
}

async function main(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'btfq-packages-'));
  const failures: string[] = [];
  const inOrder = async (steps: readonly Step[]): Promise<void> => {
    for (const [title, action] of steps) {
      try {
        const result = await action();
        console.log(`good    ${title}${typeof result === 'string' ? `: ${result}` : ''}`);
      } catch (error) {
        failures.push(title);
        console.log(`FAILED  ${title}\n${(error as Error).message}`);
      }
    }
  };
  try {
    mkdirSync(join(folder, 'tarballs'));
    const tarballs = await packAll(join(folder, 'tarballs'));
    await Promise.all([
      inOrder(checkTarballs(tarballs)),
      inOrder(useInstalled('npm', join(folder, 'npm'), tarballs)),
      inOrder(useInstalled('pnpm', join(folder, 'pnpm'), tarballs)),
    ]);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  console.log(failures.length === 0 ? 'packages: all good' : `packages: ${failures.length} failed`);
  process.exitCode = failures.length === 0 ? 0 : 1;
}

await main();
