// The executables in a root that holds nothing but them, the system's C library and their inputs; that by Bun gets /proc as well.
// scripts/executable.ts makes them (the release script runs both); BTFQ_EXECUTABLES names another folder. Those of the other architecture
// run in qemu's user mode, where it is installed.

import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { gunzipSync } from 'node:zlib';
import { ingestKernel, openIndex } from '@btfq/btf-index';
import { fixtureKernels, fixturePath, fixtureTarget, kernelBtf } from '@btfq/test-kit';
import { componentsIn } from '../licenses.ts';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';

vi.setConfig({ testTimeout: 300_000 }); // an emulator takes its time

const REPO = join(import.meta.dirname, '../..');
const COMMAND = join(REPO, 'apps/cli/dist/bin/btfq.cjs');
/** What enters another root: root may, everyone else in a namespace where they are root. With /proc a mount is made, which ends with the process. */
const ENTER = process.getuid?.() === 0 ? ['chroot'] : ['unshare', '-r', 'chroot'];
const ENTER_WITH_PROC = [
  ...['unshare', process.getuid?.() === 0 ? '-m' : '-rm', 'sh', '-c'],
  'mount --rbind /proc "$0/proc" && exec chroot "$0" "$@"',
];
const OTHER = process.arch === 'x64' ? { arch: 'arm64', machine: 'aarch64' } : { arch: 'x64', machine: 'x86_64' };
const EMULATOR = `/usr/bin/qemu-${OTHER.machine}-static`;
/** The other architecture's C library, as Debian's cross compilers have it. */
const OTHER_LIBRARIES = `/usr/${OTHER.machine.replace('_', '-')}-linux-gnu/lib`;

interface Target {
  readonly executable: string;
  readonly enter: readonly string[];
  /** Before the executable, in its root. */
  readonly emulator: readonly string[];
  readonly missing: string | undefined;
  /** Copies the C library into a root. */
  readonly libraries: (root: string) => void;
}

const FOLDER = process.env['BTFQ_EXECUTABLES'] ?? join(REPO, 'release');
const enterFor = (executable: string) => (executable.endsWith('-node') ? ENTER : ENTER_WITH_PROC);

function native(name: string): Target {
  const executable = join(FOLDER, name);
  return {
    executable,
    enter: enterFor(executable),
    emulator: [],
    missing: whatIsMissing(executable),
    libraries(root) {
      const librariesOf = (file: string) => {
        const { stdout } = spawnSync('ldd', [file], { encoding: 'utf8' });
        return [...stdout.matchAll(/(\/\S+) \(0x/g)].map(([, path = '']) => path);
      };
      const libraries = librariesOf(executable);
      const folder = dirname(libraries.find((path) => /\/libc\.so/.test(path)) ?? '/lib');
      // the C library is several files; what is native inside of the executable wants this one, and SQLite that of C++
      const rest = ['librt.so.1', 'libstdc++.so.6', 'libgcc_s.so.1']
        .map((name) => join(folder, name))
        .filter(existsSync);
      for (const library of [...libraries, ...rest]) {
        mkdirSync(join(root, dirname(library)), { recursive: true });
        copyFileSync(library, join(root, library));
      }
    },
  };
}

function emulated(name: string): Target {
  const executable = join(FOLDER, name);
  return {
    executable,
    enter: enterFor(executable),
    emulator: ['/emulator'],
    missing:
      whatIsMissing(executable) ??
      [EMULATOR, OTHER_LIBRARIES].filter((path) => !existsSync(path)).map((path) => `there is no ${path}`)[0],
    libraries(root) {
      copyFileSync(EMULATOR, join(root, 'emulator'));
      const wanted = /^(ld-linux.*|lib(c|m|dl|pthread|rt|stdc\+\+|gcc_s))\.so\.\d+$/;
      for (const folder of ['lib', 'lib64']) {
        mkdirSync(join(root, folder));
        for (const name of readdirSync(OTHER_LIBRARIES).filter((name) => wanted.test(name))) {
          copyFileSync(join(OTHER_LIBRARIES, name), join(root, folder, name));
        }
      }
    },
  };
}

/** Why an executable cannot be tried here; undefined where it can. */
function whatIsMissing(executable: string): string | undefined {
  if (process.platform !== 'linux') return 'the executable is for Linux';
  if (!existsSync(executable)) return `there is no ${executable}: node scripts/executable.ts makes it`;
  const trial = mkdtempSync(join(tmpdir(), 'btfq-trial-'));
  mkdirSync(join(trial, 'proc'));
  const [enter = '', ...args] = enterFor(executable);
  // nothing to run is there: that the root was entered shows by the code of a command that was not found
  const { status } = spawnSync(enter, [...args, trial, '/none']);
  rmSync(trial, { recursive: true });
  if (status !== 127) return 'neither root nor a user namespace for chroot and, where it is needed, for mounting /proc';
  if (!existsSync(COMMAND)) return 'the command is not built';
  return undefined;
}

/** Of all rows but those that say when and by what. */
function hashOfRows(file: string): string {
  const db = new DatabaseSync(file, { readOnly: true });
  const hash = createHash('sha256');
  const tables = db.prepare("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name").all();
  for (const { name: table } of tables.filter(({ name }) => name !== 'meta')) {
    const columns = db
      .prepare(`PRAGMA table_info("${table}")`)
      .all()
      .map(({ name }) => String(name))
      .filter((name) => !['ingested_at', 'source', 'tool'].includes(name));
    hash.update(`${table}:`);
    for (const row of db.prepare(`SELECT "${columns.join('","')}" FROM "${table}" ORDER BY 1, 2`).iterate()) {
      for (const value of Object.values(row))
        hash.update(value instanceof Uint8Array ? value : String(value)).update('|');
    }
  }
  db.close();
  return hash.digest('hex');
}

const ARCH = process.arch;
describe.each([
  ['in an empty root with /proc', native(`btfq-linux-${ARCH}`)],
  ['in an empty root, by Node', native(`btfq-linux-${ARCH}-node`)],
  [`in an empty root with /proc, by ${basename(EMULATOR)}`, emulated(`btfq-linux-${OTHER.arch}`)],
  [`in an empty root, by Node and ${basename(EMULATOR)}`, emulated(`btfq-linux-${OTHER.arch}-node`)],
])('%s', (_, { executable, enter, emulator, missing, libraries }) => {
  // without it nothing can be tried; with it, nothing may fail
  if (missing !== undefined) {
    test.skip(`(skipped: ${missing})`, () => {});
    return;
  }
  let root = '';
  beforeAll(() => {
    root = mkdtempSync(join(tmpdir(), 'btfq-root-'));
    copyFileSync(executable, join(root, 'btfq'));
    libraries(root);
    for (const folder of ['proc', 'tmp']) mkdirSync(join(root, folder));
    writeFileSync(join(root, 'kinds.btf'), fixtureTarget('kinds-same'));
    const [kernel] = fixtureKernels();
    if (kernel === undefined) throw new Error('there is no fixture kernel');
    writeFileSync(join(root, 'kernel.btf'), kernelBtf(kernel.id));
    const hub = join(root, 'hub', kernel.distro, kernel.version, kernel.arch);
    mkdirSync(hub, { recursive: true });
    writeFileSync(join(hub, `${kernel.release}.btf`), kernelBtf(kernel.id));
    for (const path of ['objects/opensnoop.bpf.o', 'dwarf/gcc-5.elf']) {
      copyFileSync(fixturePath(path), join(root, basename(path)));
    }
  });
  afterAll(() => rmSync(root, { recursive: true }));

  const env = { PATH: process.env['PATH'], HOME: '/', XDG_CACHE_HOME: '/cache' };
  const maxBuffer = 1 << 28;
  const inside = (args: readonly string[]) =>
    spawnSync(enter[0]!, [...enter.slice(1), root, ...emulator, '/btfq', ...args], { env, maxBuffer });
  const outside = (args: readonly string[]) =>
    spawnSync(process.execPath, [COMMAND, ...args], {
      cwd: root,
      maxBuffer,
      env: { ...env, HOME: root, XDG_CACHE_HOME: join(root, 'cache-outside') },
    });

  test.each([
    ['btf dump file kinds.btf format c'],
    ['btf dump file kernel.btf format raw'],
    ['relocs kernel.btf opensnoop.bpf.o --json'],
    ['loads opensnoop.bpf.o --on kernel.btf --json'],
    ['btf check kernel.btf'],
    ['--version'],
  ])('%s says what the command says', (line) => {
    const [ours, expected] = [inside(line.split(' ')), outside(line.split(' '))];
    expect([String(ours.stderr), ours.status]).toEqual([String(expected.stderr), expected.status]);
    expect(Buffer.compare(ours.stdout, expected.stdout)).toBe(0);
    expect(ours.stdout.length).toBeGreaterThan(0);
  });

  test('its sum, its parts and their licences lie beside it', () => {
    const sums = readFileSync(join(FOLDER, 'SHA256SUMS'), 'utf8').split('\n');
    for (const end of ['', '.cdx.json', '.LICENSES.txt']) {
      const bytes = readFileSync(executable + end);
      const sum = createHash('sha256').update(bytes).digest('hex');
      expect(sums).toContain(`${sum}  ${basename(executable)}${end}`);
    }
    const bill = JSON.parse(readFileSync(`${executable}.cdx.json`, 'utf8')) as { components: { name: string }[] };
    const licensed = componentsIn(readFileSync(`${executable}.LICENSES.txt`, 'utf8'));
    const names = bill.components.map((component) => [component.name]);
    expect(names).toEqual(expect.arrayContaining([['better-sqlite3'], ['graphql'], ['preact'], ['piscina']]));
    expect(licensed.map(({ name }) => [name]).sort()).toEqual(names.sort());
  });

  test('an index is asked, by the SQLite that it carries', () => {
    const index = openIndex(join(root, 'index.db'));
    ingestKernel(index, {
      identity: { distro: 'debian', version: '12', arch: 'x86_64', release: '6.1.0' },
      btf: fixtureTarget('kinds-same'),
    });
    index.close();
    for (const line of ['kernels --db index.db --json', 'stats --db index.db', 'verify --db index.db']) {
      const [ours, expected] = [inside(line.split(' ')), outside(line.split(' '))];
      expect([String(ours.stderr), ours.status], line).toEqual([String(expected.stderr), expected.status]);
      expect(String(ours.stdout), line).toBe(String(expected.stdout));
    }
  });

  test('ingest, by threads, makes the rows that the command makes', () => {
    const [ours, expected] = [inside, outside].map((ingest, at) => {
      const { status, stderr } = ingest(['ingest', 'hub', '--jobs', '2', '--db', `ingested-${at}.db`]);
      return [status, String(stderr), hashOfRows(join(root, `ingested-${at}.db`))];
    });
    expect(ours).toEqual(expected);
    expect(ours?.[0]).toBe(0);
  });

  // an emulator does not begin another process
  test.each(emulator.length > 0 ? [[1]] : [[1], [2]])(
    '%i processes serve answers, BTF, uploads and the explorer',
    async (processes) => {
      outside(['ingest', 'hub', '--db', 'served.db']);
      const serve = ['serve', '--db', 'served.db', '--port', '0', '--processes', String(processes), '--timeout', '250'];
      const child = spawn(enter[0]!, [...enter.slice(1), root, ...emulator, '/btfq', ...serve], { env });
      try {
        let said = '';
        child.stderr.on('data', (text) => (said += text));
        const url = await new Promise<string>((resolve, reject) => {
          let text = '';
          child.stdout.on('data', (more) => {
            const [found] = /http:\S+(?=\n)/.exec((text += more)) ?? [];
            if (found !== undefined) resolve(found);
          });
          child.once('exit', () => reject(new Error(`it ended: ${said}`)));
        });
        const pid = 'query { struct(name: "task_struct") { field(name: "pid") { kernels { offset kernel { id } } } } }';
        const answered = outside(['query', pid, '--db', 'served.db']);
        const reply = await fetch(`${url}?query=${encodeURIComponent(pid)}`, {
          headers: { accept: 'application/json' },
        });
        expect(await reply.json()).toEqual(JSON.parse(String(answered.stdout)));
        const [kernel] = fixtureKernels();
        const served = await fetch(
          new URL(`/${kernel!.distro}/${kernel!.version}/${kernel!.arch}/${kernel!.release}.btf.tar.xz`, url),
        );
        const { xz } = createRequire(join(REPO, 'packages/kernel-source/package.json'))('@napi-rs/lzma');
        expect(served.status).toBe(200);
        const tar = await xz.decompress(new Uint8Array(await served.arrayBuffer()));
        expect(Buffer.from(tar).includes(Buffer.from(kernelBtf(kernel!.id)))).toBe(true);
        const form = new FormData();
        const query = 'mutation ($o: [File!]!) { minimalBtf(objects: $o) { kernels } }';
        form.set('operations', JSON.stringify({ query, variables: { o: [null] } }));
        form.set('map', '{"0":["variables.o.0"]}');
        form.set('0', new File([new Uint8Array(readFileSync(join(root, 'opensnoop.bpf.o')))], 'opensnoop.bpf.o'));
        const headers = { 'graphql-require-preflight': '1' };
        const made = await (await fetch(url, { method: 'POST', headers, body: form })).json();
        expect(made).toEqual({ data: { minimalBtf: { kernels: 1 } } });
        const page = await (await fetch(new URL('/', url))).text();
        const [, script = ''] = /src="([^"]+\.js)"/.exec(page) ?? [];
        const code = await (await fetch(new URL(script, url))).text();
        expect(code).toBe(readFileSync(join(REPO, 'apps/cli/dist/explorer', script), 'utf8'));
      } finally {
        child.kill('SIGTERM');
      }
      expect(await new Promise((resolve) => child.once('exit', resolve))).toBe(0);
    },
  );

  test.each([
    ['gen min_core_btf kernel.btf OUT opensnoop.bpf.o'],
    ['btf encode gcc-5.elf -o OUT'],
    ['bundle opensnoop.bpf.o --from hub -o OUT.tar.gz'],
  ])('%s writes what the command writes', (line) => {
    const end = line.includes('OUT.tar.gz') ? '.tar.gz' : '';
    const args = (out: string) => line.replace('OUT', out).split(' ');
    const [ours, expected] = [inside(args('ours')), outside(args('expected'))];
    expect([String(ours.stderr), ours.status]).toEqual([String(expected.stderr), expected.status]);
    // Bun compresses by another library than Node: what is in the archive is the same
    const written = (name: string) => {
      const bytes = readFileSync(join(root, `${name}${end}`));
      return end === '' ? bytes : gunzipSync(bytes);
    };
    expect(Buffer.compare(written('ours'), written('expected'))).toBe(0);
  });
});
