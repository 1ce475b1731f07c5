// The CLI as one CommonJS script, for the executable: with the native addons of one architecture and the explorer's files beside it, and
// with Node's own modules loaded when they are first used. A command that dumps a file needs two of them. The same script is what threads run.

import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, globSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, join, resolve } from 'node:path';
import { type Plugin, rolldown } from 'rolldown';
import { ENTRY, entryCode, inThreads, type Threads, threadsModule } from './executable-threads.ts';
import { type Component, componentsIn, packagesOf } from './licenses.ts';

const ROOT = resolve(import.meta.dirname, '..');
const CLI = join(ROOT, 'apps/cli');
export type Arch = 'x64' | 'arm64';

/** In the bundle, in place of `require` of a native addon. `bytes`: an expression of its content. */
const ADDON = (name: string, hash: string, bytes: string) => `
const { existsSync, mkdirSync, renameSync, writeFileSync } = require('node:fs');
const { homedir } = require('node:os');
const { join } = require('node:path');
const folder = join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'btfq', 'addons');
const file = join(folder, ${JSON.stringify(`${hash}-${name}`)});
if (!existsSync(file)) {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const aside = file + '.' + process.pid;
  writeFileSync(aside, ${bytes}, { mode: 0o700 });
  renameSync(aside, file);
}
process.dlopen(module, file);
`;

/** Before the name of a module of Node's, in the bundler's names. */
const BUILTIN = '\0builtin:';

/** Before the path of a file of the explorer, in the names of what is embedded. */
const EXPLORER = 'explorer/';

/** What a script needs to know about the runtime that it is for. */
export interface Embedding extends Threads {
  /** The expression of an embedded file's bytes, by its name. */
  readonly contentOf: (name: string) => string;
}

/** The script and what belongs to it. */
export interface Bundled {
  readonly code: string;
  /** Files to embed, by name: addons, and those of the explorer. */
  readonly files: ReadonlyMap<string, string>;
  readonly components: readonly Component[];
}

/**
 * The file of an optional package that was not installed, since it is for another architecture: by npm, which compares its hash with
 * the registry's, in the version that its parent names. The lock file's hash must be the same, where it has one. Undefined where nobody names it.
 */
function foreign(specifier: string, importer: string, folder: string): string | undefined {
  const [, name = '', file] = /^(@[^/]+\/[^/]+)(?:\/(.+))?$/.exec(specifier) ?? [];
  const parent = packageFolder(importer);
  const wanted = JSON.parse(readFileSync(join(parent, 'package.json'), 'utf8')) as {
    optionalDependencies?: Record<string, string>;
  };
  const version = wanted.optionalDependencies?.[name];
  if (version === undefined) return undefined;
  const to = join(folder, 'node_modules', name);
  if (!existsSync(to)) {
    const lock = readFileSync(join(ROOT, 'pnpm-lock.yaml'), 'utf8');
    const at = lock.indexOf(`'${name}@${version}':`);
    const [, integrity] = /integrity: (sha512-\S+?)[,}]/.exec(lock.slice(at, at + 400)) ?? [];
    unpackFromNpm(name, version, at < 0 ? undefined : integrity, to);
  }
  const { main } = JSON.parse(readFileSync(join(to, 'package.json'), 'utf8')) as { main: string };
  return join(to, file ?? main);
}

/** Unpacks a package into a folder. npm compares it with the registry's hash; `integrity`: what it must be besides. */
export function unpackFromNpm(name: string, version: string, integrity: string | undefined, to: string): void {
  mkdirSync(to, { recursive: true });
  run('npm', ['pack', `${name}@${version}`, '--silent'], to);
  const packed = join(to, `${name.replace('@', '').replace('/', '-')}-${version}.tgz`);
  const hash = createHash('sha512').update(readFileSync(packed)).digest('base64');
  if (integrity !== undefined && integrity !== `sha512-${hash}`) throw new Error(`${packed} is not what was expected`);
  run('tar', ['xzf', packed, '--strip-components=1', '-C', to], to);
  rmSync(packed);
}

/** Runs a command to its end; throws where it fails. */
export function run(command: string, args: readonly string[], cwd: string): void {
  const { status } = spawnSync(command, args, { cwd, stdio: ['ignore', 'ignore', 'inherit'] });
  if (status !== 0) throw new Error(`${command} ${args.join(' ')} failed`);
}

/** In hexadecimal. */
export function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** The folder of the package that a file belongs to. */
function packageFolder(file: string): string {
  let folder = dirname(file);
  while (!existsSync(join(folder, 'package.json'))) folder = dirname(folder);
  return folder;
}

/** The explorer's files by path; `btfq serve` has them at `/`, and `btfq publish` writes them. */
function explorerModule(paths: readonly string[], contentOf: (name: string) => string): string {
  const entries = paths.map((path) => `[${JSON.stringify(path)}, new Uint8Array(${contentOf(EXPLORER + path)})]`);
  return `export function explorerPage() { return new Map([${entries.join(', ')}]); }\n`;
}

/** `scratch`: a folder for packages that are not installed. */
export async function bundleFor(arch: Arch, embedding: Embedding, scratch: string): Promise<Bundled> {
  const explorer = join(CLI, 'dist/explorer');
  const paths = globSync('**/*.*', { cwd: explorer }).sort();
  if (!paths.includes('index.html')) throw new Error(`${explorer} has no page: build first`);
  const embedded = new Map(paths.map((path) => [EXPLORER + path, join(explorer, path)]));
  const addonModule = (file: string) => {
    embedded.set(basename(file), file);
    return { id: `\0addon:${file}`, moduleSideEffects: true };
  };
  const plugin: Plugin = {
    name: 'executable',
    resolveId(specifier, importer) {
      if (specifier === ENTRY) return `\0${ENTRY}`;
      if (specifier.startsWith('node:') && !importer?.startsWith(BUILTIN)) return BUILTIN + specifier;
      if (specifier === 'better-sqlite3' && importer !== undefined) {
        const main = createRequire(importer).resolve('better-sqlite3');
        return join(dirname(main), `linux-${arch}.js`);
      }
      if (specifier.endsWith('.node') && importer !== undefined) {
        const file = resolve(dirname(importer), specifier);
        return existsSync(file) ? addonModule(file) : { id: specifier, external: true };
      }
      if (/^@napi-rs\/[\w-]+-(linux|darwin|win32|freebsd|android|wasm32|openharmony)/.test(specifier)) {
        if (importer === undefined || !specifier.includes(`-linux-${arch}-gnu`))
          return { id: specifier, external: true };
        let file: string | undefined;
        try {
          file = createRequire(importer).resolve(specifier);
        } catch {
          file = foreign(specifier, importer, scratch);
        }
        if (file === undefined) return { id: specifier, external: true };
        return specifier.endsWith('.json') ? file : addonModule(file);
      }
      return null;
    },
    load(id) {
      if (id === `\0${ENTRY}`) return { code: entryCode(CLI, embedding), moduleType: 'js' };
      if (id === `${BUILTIN}node:worker_threads`) return { code: threadsModule(embedding), moduleType: 'js' };
      // in a module of its own it is loaded when the first that imports it is
      if (id.startsWith(BUILTIN)) {
        return { code: `module.exports = require(${JSON.stringify(id.slice(BUILTIN.length))});`, moduleType: 'js' };
      }
      if (!id.startsWith('\0addon:')) return null;
      const file = id.slice('\0addon:'.length);
      const name = basename(file);
      return {
        code: ADDON(name, sha256(readFileSync(file)).slice(0, 16), embedding.contentOf(name)),
        moduleType: 'js',
      };
    },
    transform(code, id) {
      if (id.endsWith('/store/open.js')) {
        const schema = readFileSync(join(ROOT, 'packages/btf-index/src/store/schema.sql'), 'utf8');
        return code.replace(/readFileSync\(new URL\([^)]*schema\.sql[^)]*\), 'utf8'\)/, () => JSON.stringify(schema));
      }
      if (id.endsWith('/cli/dist/version.js')) {
        const { version } = JSON.parse(readFileSync(join(CLI, 'package.json'), 'utf8')) as { version: string };
        return `export function versionLine() { return ${JSON.stringify(`btfq ${version}`)}; }\n`;
      }
      if (id.endsWith('/cli/dist/explorer-page.js')) return explorerModule(paths, embedding.contentOf);
      return inThreads(code, id);
    },
  };
  const bundle = await rolldown({ input: ENTRY, platform: 'node', plugins: [plugin] });
  const { output } = await bundle.generate({ format: 'cjs', codeSplitting: false, minify: false });
  await bundle.close();
  const modules = output.flatMap((chunk) => (chunk.type === 'chunk' ? Object.keys(chunk.modules) : []));
  const components = packagesOf(modules.map((id) => id.replace(/^\0addon:/, '')));
  const known = new Set(components.map(({ name, version }) => `${name}@${version}`));
  const ofPage = componentsIn(readFileSync(join(explorer, 'licenses.txt'), 'utf8'));
  components.push(...ofPage.filter(({ name, version }) => !known.has(`${name}@${version}`)));
  return { code: output[0].code.replace(/^#!.*\n/gm, ''), files: embedded, components };
}
