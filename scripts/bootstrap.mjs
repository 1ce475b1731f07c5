// Sets up a checkout and runs one of its tasks: `node scripts/bootstrap.mjs demo|check|setup`.
//
// Needs git, npm and a Node from 18 on, nothing else, so it is plain JavaScript without dependencies. What it adds stays
// in .tools/ and node_modules/: Node and pnpm from the npm registry where the machine's are too old or missing (pinned
// with their hashes in toolchain.json), the dependencies by the frozen lock file, the build. Each step is skipped when
// its inputs are as they were.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import * as fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
const TOOLS = path.join(ROOT, '.tools');
/** Holds the path of the Node to use; as new as the newest source that the build took in. Read by ./btfq too. */
const READY = path.join(TOOLS, 'ready');
/** The least Node that btfq and all its dependencies run on. */
const LEAST_NODE = [22, 18];
const TOOLCHAIN = JSON.parse(fs.readFileSync(path.join(ROOT, 'scripts/toolchain.json'), 'utf8'));
const PLATFORM = `${process.platform}-${process.arch}${isMusl() ? '-musl' : ''}`;

const [task = 'setup', ...args] = process.argv.slice(2);
const TASKS = { demo: 'scripts/demo.ts', check: 'scripts/check.ts', setup: undefined };
if (!(task in TASKS)) fail(`unknown task ${task}: one of ${Object.keys(TASKS).join(', ')}`);

const node = isFresh() ? fs.readFileSync(READY, 'utf8').trim() : setUp();
if (TASKS[task] !== undefined) {
  const env = { ...childEnvironment(node), BTFQ_NODE: node };
  const run = spawnSync(node, [path.join(ROOT, TASKS[task]), ...args], { stdio: 'inherit', cwd: ROOT, env });
  process.exitCode = run.status ?? 1;
}

/** 1. A Node and a pnpm. 2. The dependencies. 3. The build, which `check` does itself. Returns the Node's path. */
function setUp() {
  fs.mkdirSync(TOOLS, { recursive: true });
  const startedAt = new Date();
  const nodePath = findNode();
  const env = childEnvironment(nodePath);

  const inputs = ['pnpm-lock.yaml', 'pnpm-workspace.yaml', 'package.json', ...workspaceManifests()];
  const wanted = hashOf([...inputs.map((file) => fs.readFileSync(path.join(ROOT, file))), nodePath]);
  const stamp = path.join(TOOLS, 'installed');
  if (readIfThere(stamp) !== wanted || !fs.existsSync(path.join(ROOT, 'node_modules/.modules.yaml'))) {
    say('installing the dependencies');
    run(findPnpm(nodePath), ['install', '--frozen-lockfile', '--prefer-offline', '--prod=false'], env);
    fs.writeFileSync(stamp, wanted);
  }

  if (task === 'check') return nodePath;
  say('building');
  run(nodePath, [path.join(ROOT, 'scripts/build.mjs')], env);
  fs.writeFileSync(READY, `${nodePath}\n`);
  fs.utimesSync(READY, startedAt, startedAt);
  return nodePath;
}

/** True when the build is there and no source is newer than it. */
function isFresh() {
  const builtAt = fs.statSync(READY, { throwIfNoEntry: false })?.mtimeMs;
  if (builtAt === undefined || !fs.existsSync(fs.readFileSync(READY, 'utf8').trim())) return false;
  if (!fs.existsSync(path.join(ROOT, 'apps/cli/dist/bin/btfq.cjs'))) return false;
  if (!fs.existsSync(path.join(ROOT, 'node_modules/.modules.yaml'))) return false;
  const files = ['pnpm-lock.yaml', 'package.json', 'scripts/build.mjs', ...workspaceManifests()];
  if (files.some((file) => fs.statSync(path.join(ROOT, file)).mtimeMs > builtAt)) return false;
  return !workspaces().some((folder) => hasNewer(path.join(ROOT, folder, 'src'), builtAt));
}

function hasNewer(folder, time) {
  const stat = fs.statSync(folder, { throwIfNoEntry: false });
  if (stat === undefined) return false;
  if (stat.mtimeMs > time) return true;
  return fs.readdirSync(folder, { withFileTypes: true }).some((entry) => {
    const full = path.join(folder, entry.name);
    return entry.isDirectory() ? hasNewer(full, time) : fs.statSync(full).mtimeMs > time;
  });
}

function workspaces() {
  const below = (folder) => fs.readdirSync(path.join(ROOT, folder)).map((name) => `${folder}/${name}`);
  return [...below('packages'), ...below('apps'), 'test-kit'];
}

function workspaceManifests() {
  return workspaces()
    .map((folder) => `${folder}/package.json`)
    .filter((file) => fs.existsSync(path.join(ROOT, file)));
}

/** This Node if it is new enough, else the pinned one, from the registry on first use. */
function findNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major > LEAST_NODE[0] || (major === LEAST_NODE[0] && minor >= LEAST_NODE[1])) return process.execPath;
  const pinned = TOOLCHAIN.node[PLATFORM];
  if (pinned === undefined) {
    fail(`Node ${process.versions.node} is too old and there is no Node for ${PLATFORM} in the npm registry.
Install Node ${LEAST_NODE.join('.')} or newer (https://nodejs.org), then run this again.`);
  }
  const folder = fetchTool(pinned);
  const executable = path.join(folder, 'bin', process.platform === 'win32' ? 'node.exe' : 'node');
  const check = spawnSync(executable, ['--version'], { encoding: 'utf8' });
  if (check.status !== 0) {
    fail(`${pinned.name} ${pinned.version} does not run on this machine: ${check.error?.message ?? check.stderr}
Install Node ${LEAST_NODE.join('.')} or newer (https://nodejs.org), then run this again.`);
  }
  return executable;
}

/** The pinned pnpm: its native program where we know its hash, else what `npm install pnpm` makes of it. */
function findPnpm(nodePath) {
  const { version, packages } = TOOLCHAIN.pnpm;
  const pinned = packages[PLATFORM];
  if (pinned !== undefined) return path.join(fetchTool(pinned), 'pnpm');
  const folder = fetchTool({ name: 'pnpm', version });
  const shim = path.join(folder, '../.bin', process.platform === 'win32' ? 'pnpm.cmd' : 'pnpm');
  return fs.existsSync(shim) ? shim : nodePath;
}

/** Installs one package into a folder of its own below .tools and returns the package's folder. */
function fetchTool({ name, version, integrity }) {
  const home = path.join(TOOLS, `${name.replace('/', '+')}@${version}`);
  const folder = path.join(home, 'node_modules', name);
  if (fs.existsSync(path.join(home, 'complete'))) return folder;
  say(`fetching ${name} ${version} from the npm registry`);
  fs.rmSync(home, { recursive: true, force: true });
  fs.mkdirSync(home, { recursive: true });
  const manifest = { name: 'tool', version: '0.0.0', private: true, dependencies: { [name]: version } };
  fs.writeFileSync(path.join(home, 'package.json'), JSON.stringify(manifest));
  if (integrity !== undefined) {
    // A lock file of our own: npm refuses anything but the very bytes that toolchain.json names.
    const packages = { '': manifest, [`node_modules/${name}`]: { version, integrity } };
    const lock = { name: 'tool', version: '0.0.0', lockfileVersion: 3, requires: true, packages };
    fs.writeFileSync(path.join(home, 'package-lock.json'), JSON.stringify(lock));
  }
  const verb = integrity === undefined ? 'install' : 'ci';
  npm([verb, '--ignore-scripts', '--no-audit', '--no-fund', '--no-update-notifier', '--loglevel=error'], home);
  fs.writeFileSync(path.join(home, 'complete'), '');
  return folder;
}

/** Runs the npm that started us, else the one beside this Node, else the one on the PATH. */
function npm(words, cwd) {
  const beside = path.join(path.dirname(process.execPath), '../lib/node_modules/npm/bin/npm-cli.js');
  const script = [process.env.npm_execpath, beside].find((file) => file?.endsWith('npm-cli.js') && fs.existsSync(file));
  const env = childEnvironment(process.execPath);
  const options = { cwd, env, stdio: ['ignore', 2, 2] };
  const result = script
    ? spawnSync(process.execPath, [script, ...words], options)
    : spawnSync('npm', words, { ...options, shell: process.platform === 'win32' });
  if (result.status === 0) return;
  fail(`npm ${words[0]} failed${result.error ? `: ${result.error.message}` : ''}.
Is the npm registry reachable? \`npm ping\` tells; \`npm config set registry ...\` and HTTPS_PROXY are obeyed.`);
}

/**
 * The environment without what `npm run` put into it for this script alone: passed on, it would turn a nested npm or
 * pnpm from its own folder, its own settings and its own Node. The user's settings (registry, proxy, ...) stay.
 */
function childEnvironment(nodePath) {
  const own = /^npm_(package|lifecycle|command$|execpath$|node_execpath$)|^INIT_CWD$/i;
  const config =
    /^npm_config_(local_prefix|global_prefix|prefix|nodedir|node_gyp|user_agent|npm_version|init_module|globalconfig|workspaces?|include_workspace_root|omit|include|production|only|json|dry_run|ignore_scripts|silent|loglevel|global|yes|call|package)$/i;
  const env = {};
  for (const [name, value] of Object.entries(process.env)) {
    if (!own.test(name) && !config.test(name) && name !== 'NODE_ENV') env[name] = value;
  }
  const pathName = Object.keys(env).find((name) => name.toUpperCase() === 'PATH') ?? 'PATH';
  const pnpmHome = TOOLCHAIN.pnpm.packages[PLATFORM];
  const folders = [path.dirname(nodePath)];
  if (pnpmHome !== undefined) {
    folders.push(
      path.join(TOOLS, `${pnpmHome.name.replace('/', '+')}@${pnpmHome.version}`, 'node_modules', pnpmHome.name),
    );
  } else folders.push(path.join(TOOLS, `pnpm@${TOOLCHAIN.pnpm.version}`, 'node_modules/.bin'));
  env[pathName] = [...folders, env[pathName] ?? ''].join(path.delimiter);

  if (env.npm_config_registry && !env.pnpm_config_registry) env.pnpm_config_registry = env.npm_config_registry;
  if (!homeIsWritable()) {
    const home = path.join(TOOLS, 'home');
    fs.mkdirSync(home, { recursive: true });
    Object.assign(env, {
      HOME: home,
      XDG_DATA_HOME: home,
      XDG_CACHE_HOME: home,
      XDG_STATE_HOME: home,
      XDG_CONFIG_HOME: home,
    });
    env.npm_config_cache = path.join(home, 'npm');
  }
  return { ...env, CI: env.CI ?? '1', TURBO_TELEMETRY_DISABLED: '1', DO_NOT_TRACK: '1' };
}

function homeIsWritable() {
  try {
    fs.accessSync(os.homedir(), fs.constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

function isMusl() {
  return process.platform === 'linux' && process.report.getReport().header.glibcVersionRuntime === undefined;
}

function run(command, words, env) {
  // Set-up is no part of anyone's answer: it speaks on stderr only.
  const result = spawnSync(command, words, { cwd: ROOT, env, stdio: ['ignore', 2, 2] });
  if (result.status !== 0) {
    fail(`${path.basename(command)} ${words.join(' ')} failed${result.error ? `: ${result.error.message}` : ''}.`);
  }
}

function hashOf(parts) {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part).update('\0');
  return hash.digest('hex');
}

function readIfThere(file) {
  return fs.existsSync(file) ? fs.readFileSync(file, 'utf8') : undefined;
}

function say(text) {
  console.error(`btfq set-up: ${text}`);
}

function fail(text) {
  console.error(`btfq set-up: ${text}`);
  process.exit(1);
}
