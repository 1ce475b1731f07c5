// btfq as one file that needs neither Node nor npm: `node scripts/executable.ts [x64|arm64...] [--out DIR]`, after a build.
// Node's single executable application: the whole CLI as one CommonJS script, put into a copy of Node. What is native is
// carried as an asset, and loaded from a file of the cache folder, since the system's loader takes files only. Beside each
// executable lie its licences (LICENSES.txt), its bill of materials (CycloneDX) and SHA256SUMS.

import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';
import { inject } from 'postject';
import { type Plugin, rolldown } from 'rolldown';
import { billOfMaterials, type Component, licensesText, packageOf } from './bill-of-materials.ts';

const ROOT = resolve(import.meta.dirname, '..');
const CLI = join(ROOT, 'apps/cli');
/** Marks the place in Node's binary that says whether a script was put in. */
const FUSE = 'NODE_SEA_FUSE_fce680ab2cc467b6e072b8b5df1996b2';
const ARCHES = ['x64', 'arm64'] as const;
type Arch = (typeof ARCHES)[number];

/** In the bundle, in place of `require` of a native addon. */
const ADDON = (name: string, hash: string) => `
const { getRawAsset } = require('node:sea');
const { existsSync, mkdirSync, renameSync, writeFileSync } = require('node:fs');
const { homedir } = require('node:os');
const { join } = require('node:path');
const folder = join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'btfq', 'addons');
const file = join(folder, ${JSON.stringify(`${hash}-${name}`)});
if (!existsSync(file)) {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const aside = file + '.' + process.pid;
  writeFileSync(aside, new Uint8Array(getRawAsset(${JSON.stringify(name)})), { mode: 0o700 });
  renameSync(aside, file);
}
process.dlopen(module, file);
`;

/** Commands whose threads are files of the package: they say so, instead of failing on the way. */
const NOT_HERE = `if (['ingest', 'serve'].includes(process.argv[2])) {
  process.stderr.write('btfq: error: ' + process.argv[2] + ' starts threads, which this executable cannot: use the package, npx btfq\\n');
  process.exit(2);
}
`;

interface Bundled {
  readonly code: string;
  readonly addons: ReadonlyMap<string, string>;
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
    run('npm', ['pack', `${name}@${version}`, '--silent'], folder);
    const packed = join(folder, `${name.slice(1).replace('/', '-')}-${version}.tgz`);
    const hash = createHash('sha512').update(readFileSync(packed)).digest('base64');
    if (at >= 0 && integrity !== `sha512-${hash}`) throw new Error(`${packed} is not what pnpm-lock.yaml names`);
    mkdirSync(to, { recursive: true });
    run('tar', ['xzf', packed, '--strip-components=1', '-C', to], folder);
  }
  const { main } = JSON.parse(readFileSync(join(to, 'package.json'), 'utf8')) as { main: string };
  return join(to, file ?? main);
}

/** The folder of the package that a file belongs to. */
function packageFolder(file: string): string {
  let folder = dirname(file);
  while (!existsSync(join(folder, 'package.json'))) folder = dirname(folder);
  return folder;
}

async function bundleFor(arch: Arch, scratch: string): Promise<Bundled> {
  const addons = new Map<string, string>();
  const addonModule = (file: string) => {
    addons.set(basename(file), file);
    return { id: `\0addon:${file}`, moduleSideEffects: true };
  };
  const plugin: Plugin = {
    name: 'executable',
    resolveId(specifier, importer) {
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
      if (!id.startsWith('\0addon:')) return null;
      const file = id.slice('\0addon:'.length);
      return { code: ADDON(basename(file), sha256(readFileSync(file)).slice(0, 16)), moduleType: 'js' };
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
      return null;
    },
  };
  const bundle = await rolldown({ input: join(CLI, 'dist/main.js'), platform: 'node', plugins: [plugin] });
  const { output } = await bundle.generate({ format: 'cjs', codeSplitting: false, minify: false });
  await bundle.close();
  const modules = output.flatMap((chunk) => (chunk.type === 'chunk' ? Object.keys(chunk.modules) : []));
  const files = modules.map((id) => id.replace(/^\0addon:/, '').replace(/^\0|\?.*$/g, ''));
  const components = [
    ...new Map(files.flatMap((file) => packageOf(file)).map((one) => [`${one.name}@${one.version}`, one])).values(),
  ];
  return { code: output[0].code, addons, components };
}

/** The Node of an architecture: this one, or npm's package of it. */
function nodeFor(arch: Arch, folder: string): string {
  if (arch === process.arch) return process.execPath;
  const version = process.versions.node;
  run('npm', ['pack', `node-linux-${arch}@${version}`, '--silent'], folder);
  run('tar', ['xzf', `node-linux-${arch}-${version}.tgz`, 'package/bin/node'], folder);
  return join(folder, 'package/bin/node');
}

function run(command: string, args: readonly string[], cwd = ROOT): void {
  const { status } = spawnSync(command, args, { cwd, stdio: ['ignore', 'ignore', 'inherit'] });
  if (status !== 0) throw new Error(`${command} ${args.join(' ')} failed`);
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** Makes `btfq-linux-ARCH` in `out`; gives its path. */
async function build(arch: Arch, out: string): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'btfq-executable-'));
  try {
    const { code, addons, components } = await bundleFor(arch, folder);
    const main = join(folder, 'btfq.cjs');
    // `import()` of a bundled script has no modules to find: what is left are built-ins, which `require` gives as well
    writeFileSync(main, NOT_HERE + code.replace(/^#!.*\n/, ''));
    const config = {
      main,
      output: join(folder, 'btfq.blob'),
      disableExperimentalSEAWarning: true,
      // made by this Node, for this architecture only
      useCodeCache: arch === process.arch,
      assets: Object.fromEntries(addons),
    };
    writeFileSync(join(folder, 'sea.json'), JSON.stringify(config));
    run(process.execPath, ['--experimental-sea-config', join(folder, 'sea.json')]);
    const file = join(out, `btfq-linux-${arch}`);
    copyFileSync(nodeFor(arch, folder), file);
    chmodSync(file, 0o755);
    await inject(file, 'NODE_SEA_BLOB', readFileSync(config.output), { sentinelFuse: FUSE });
    writeFileSync(`${file}.cdx.json`, billOfMaterials(`btfq-linux-${arch}`, components));
    writeFileSync(`${file}.LICENSES.txt`, licensesText(components));
    return file;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const args = process.argv.slice(2);
const at = args.indexOf('--out');
const out = resolve(at < 0 ? join(ROOT, 'release') : (args.splice(at, 2)[1] ?? '.'));
const wanted = args.length > 0 ? ARCHES.filter((arch) => args.includes(arch)) : ARCHES;
mkdirSync(out, { recursive: true });
const sums = existsSync(join(out, 'SHA256SUMS')) ? readFileSync(join(out, 'SHA256SUMS'), 'utf8').split('\n') : [];
const lines = new Map(sums.filter(Boolean).map((line) => [line.slice(66), line]));
for (const arch of wanted) {
  const file = await build(arch, out);
  for (const made of [file, `${file}.cdx.json`, `${file}.LICENSES.txt`]) {
    lines.set(basename(made), `${sha256(readFileSync(made))}  ${basename(made)}`);
  }
  console.log(file);
}
writeFileSync(join(out, 'SHA256SUMS'), `${[...lines.values()].join('\n')}\n`);
