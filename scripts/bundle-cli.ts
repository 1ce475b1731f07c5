// Bundles what a short command needs at start into one file, apps/cli/dist/bin/program.cjs, those that makefiles call into a file each
// below apps/cli/dist/bin/quick, and the commands that ask an index
// one question into files that share another, below apps/cli/dist/bin/questions, and `btfq ingest` with its threads' module below
// apps/cli/dist/bin/ingest; writes btfq.cjs beside them, which is what gets installed.
//
// Node spends more time on finding and reading a hundred small modules than on compiling them. A module of the CLI is
// bundled, with the packages it uses, when these are among the four that have no dependencies, or when it asks an index: of
// the half second that a question took, reading modules was the most. The others stay as the compiler wrote them and import
// their packages as installed: a server gains little from a bundle, and worker threads are found by their own file names. What
// bundled packages import of others is found from where these packages are installed. A bundled command may load another package on
// demand; the two then share bytes and plain values, never views, since each has a btf-format of its own.
import { cpSync, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { dirname, join, relative, resolve } from 'node:path';
import { type Plugin, rolldown } from 'rolldown';
import { FLOW } from './package-order.ts';
import { isLight } from './start-cost.ts';

const DIST = resolve(import.meta.dirname, '../apps/cli/dist');
const OUT = join(DIST, 'bin');
/** Commands that ask an index one question, and write nothing. */
const QUESTIONS = [
  ...['kernels', 'field', 'struct', 'type', 'search', 'diff', 'stats', 'func', 'tracepoint', 'syscall', 'features'],
  ...['helper', 'kfunc', 'config'],
];

const REQUIRE = 'Promise.resolve().then(() => require($1))';

/** Only columns of a few lines are others: the map stays as it is. */
function renderChunk(code: string): { code: string; map: null } {
  return { code: code.replace(/\bimport\(("\.\.?\/(?:questions|ingest)\/\w+\.cjs")\)/g, REQUIRE), map: null };
}

/** The package of the workspace that a file is of. */
function packageOfFile(file: string): string {
  let folder = dirname(file);
  while (!existsSync(join(folder, 'package.json'))) folder = dirname(folder);
  return (JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as { name: string }).name;
}

/**
 * Commands that are called thousands of times, by the words that they are called with: Node reads their file in a quarter of the time that
 * the whole program takes, and what it keeps compiled is what they use, whichever command came first.
 */
const QUICK = { 'gen min_core_btf': 'gen-min-core-btf', 'btf dump': 'btf-dump', relocs: 'relocs' } as const;

/** Bundles the program with the commands that are light, or with a quick one alone: others are left where they are. */
async function bundleProgram(file: string, quick?: string): Promise<number> {
  const from = dirname(file);
  const besides = (path: string) => relative(from, path).replace(/^(?!\.)/, './');
  const bundle = await rolldown({
    input: { btfq: join(DIST, 'main.js') },
    platform: 'node',
    plugins: [
      {
        name: 'leave-heavy-commands',
        resolveId(specifier, importer) {
          if (importer === undefined || specifier.startsWith('node:')) return null;
          if (!specifier.startsWith('.')) return FLOW[specifier]?.pure ? null : { id: specifier, external: true };
          const path = resolve(dirname(importer), specifier);
          if (!path.startsWith(DIST)) return null;
          const [, command] = /commands\/([\w-]+)\.js$/.exec(path) ?? [];
          const isWanted = quick === undefined || command === undefined || command === quick;
          if (isWanted && isLight(path)) return null;
          if (command !== undefined && QUESTIONS.includes(command)) {
            return { id: besides(join(OUT, `questions/${command}.cjs`)), external: true };
          }
          if (command === 'ingest') return { id: besides(join(OUT, 'ingest/ingest.cjs')), external: true };
          return { id: besides(path), external: true };
        },
      },
    ],
  });
  // One CommonJS file starts a fifth faster than modules do; what is loaded on demand is set up on demand in it, too.
  const { output } = await bundle.write({
    file,
    format: 'cjs',
    sourcemap: quick === undefined,
    codeSplitting: false,
    // asked for by the file's own loader: the one of modules takes milliseconds to be ready
    plugins: [{ name: 'require', renderChunk }],
  });
  await bundle.close();
  return output[0].code.length;
}

for (const made of [OUT, join(DIST, 'explorer')]) rmSync(made, { recursive: true, force: true });
console.log(`bundled btfq: ${await bundleProgram(join(OUT, 'program.cjs'))} characters`);
for (const name of Object.values(QUICK)) {
  console.log(`bundled ${name}: ${await bundleProgram(join(OUT, `quick/${name}.cjs`), name)} characters`);
}

/** Packages that are not of the workspace: found from where the package that imports them is installed. */
const asInstalled: Plugin = {
  name: 'packages-as-installed',
  resolveId(specifier, importer) {
    if (importer === undefined || specifier.startsWith('.') || specifier.startsWith('node:')) return null;
    if (
      Object.keys(FLOW).some((name) => `${specifier}/`.startsWith(`${name}/`)) ||
      importer.startsWith('\0') ||
      isBuiltin(specifier)
    )
      return null;
    return `\0${packageOfFile(importer)}:${specifier}`;
  },
  load(id) {
    const [, owner, specifier] = /^\0(@btfq\/[\w-]+):(.+)$/.exec(id) ?? [];
    if (owner === undefined) return null;
    const from = `require('node:module').createRequire(require.resolve('${owner}/package.json'))`;
    return { code: `module.exports = ${from}(${JSON.stringify(specifier)});`, moduleType: 'js' };
  },
};

/** What lies elsewhere than beside the module that wants it. */
const filesOfIngest: Plugin = {
  name: 'files-of-ingest',
  transform(code, id) {
    const replaced = (from: string, to: string) => {
      if (!code.includes(from)) throw new Error(`${id} is not what the bundle of ingest expects: ${from}`);
      return { code: code.replace(from, () => to), map: null };
    };
    if (id.endsWith('/store/open.js')) {
      const schema = resolve(dirname(id), '../../src/store/schema.sql');
      const read = "readFileSync(new URL('../../src/store/schema.sql', import.meta.url), 'utf8')";
      return replaced(read, JSON.stringify(readFileSync(schema, 'utf8')));
    }
    return id.endsWith('/ingest/pool.js') ? replaced('./worker.js', './worker.cjs') : null;
  },
};

/** Writes modules of the CLI, with all packages of the workspace that they use, into a folder beside the program. */
async function bundleInto(folder: string, input: Readonly<Record<string, string>>, more: Plugin[]): Promise<void> {
  const made = await rolldown({ input, platform: 'node', plugins: [asInstalled, ...more] });
  const { output } = await made.write({
    dir: join(OUT, folder),
    format: 'cjs',
    entryFileNames: '[name].cjs',
    chunkFileNames: 'shared-[name].cjs',
    sourcemap: true,
  });
  await made.close();
  const size = output.reduce((sum, one) => sum + (one.type === 'chunk' ? one.code.length : 0), 0);
  console.log(`bundled ${folder}: ${size} characters in ${output.length} files`);
}

const commandFile = (name: string) => join(DIST, 'commands', `${name}.js`);
await bundleInto('questions', Object.fromEntries(QUESTIONS.map((name) => [name, commandFile(name)])), []);
await bundleInto('ingest', { ingest: commandFile('ingest'), worker: join(DIST, 'ingest/worker.js') }, [filesOfIngest]);
// The compile cache holds what is loaded after it is turned on, so the program is a file of its own.
const entry = `#!/usr/bin/env node
'use strict';
// What ends in a second pays for the last of V8's compilers and gets little back; the one before it stays on. What ends in
// a tenth of a second gets nothing back for loading the module that says so, with all of Node's streams.
if (['x64', 'arm64'].includes(process.arch) && ['dump', 'diff'].some((word) => process.argv.includes(word))) {
  require('node:v8').setFlagsFromString('--no-turbofan');
}
// Ingest keeps a dozen kernels in memory. What V8's young objects and the C library's freed ones would take beside them, and that V8 may be
// asked to collect, can only be said to a process that begins: so it begins anew, in the same process, 30 ms later.
const flags = ['--max-semi-space-size=2', '--expose-gc'];
const isIngest = process.argv[2] === 'ingest' && process.platform === 'linux';
if (isIngest && process.execve && !process.execArgv.includes(flags[1])) {
  const env = { MALLOC_ARENA_MAX: '2', MALLOC_MMAP_THRESHOLD_: '524288', ...process.env };
  process.execve(process.execPath, [process.execPath, ...flags, ...process.execArgv, ...process.argv.slice(1)], env);
}
require('node:module').enableCompileCache?.();
const [first, second] = process.argv.slice(2);
const quick = new Map(${JSON.stringify(Object.entries(QUICK))});
const name = quick.get(first) ?? quick.get(first + ' ' + second);
require(name === undefined ? './program.cjs' : './quick/' + name + '.cjs');
`;
writeFileSync(join(OUT, 'btfq.cjs'), entry, { mode: 0o755 });
// The explorer goes along as it was built: `btfq serve` has it at `/`. SQLite's own worker stays behind: it is a part of the
// library that nothing here starts, and no module.
cpSync(resolve(import.meta.dirname, '../apps/explorer/dist'), join(DIST, 'explorer'), {
  recursive: true,
  filter: (source) => !/\/sqlite3-worker1-[^/]*\.js$/.test(source),
});
