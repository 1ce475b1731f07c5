// A real browser on a page of a static host, nginx, with nothing else running: the schema answers from the published index,
// as it answers from the local file, by few requests. The CLI does the same by URL.
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { type BtfIndex, ingestKernel, openIndex, publishIndex } from '@btfq/btf-index';
import { fixtureKernels, fixtureObject, kernelBtf } from '@btfq/test-kit';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Answerer, createAnswerer } from '../../packages/graphql/src/static/answerer.ts';
import { browserScript } from './browser/script.ts';

const BROWSERS = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];
const executablePath = BROWSERS.find((path) => existsSync(path));
const nginx = ['nginx', '/usr/sbin/nginx'].find((name) => spawnSync(name, ['-v']).status === 0);
const missing = [
  ...(executablePath === undefined ? ['a Chromium in /usr/bin'] : []),
  ...(nginx === undefined ? ['nginx'] : []),
];

const folder = mkdtempSync(join(tmpdir(), 'btfq-published-page-'));
const root = join(import.meta.dirname, '../..');
let local: Answerer;
let server: ChildProcess | undefined;
let browser: Browser | undefined;
let page: Page;
let origin: string;

/** A port that was free a moment ago. */
const freePort = () =>
  new Promise<number>((resolve) => {
    const socket = createServer().listen(0, '127.0.0.1', () => {
      const { port } = socket.address() as { port: number };
      socket.close(() => resolve(port));
    });
  });

/** nginx for a folder, as whoever runs the tests, without anything of the system's configuration. */
async function startNginx(site: string): Promise<string> {
  const port = await freePort();
  const own = join(folder, 'nginx');
  mkdirSync(own);
  const paths = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((name) => `${name}_temp_path ${own}/${name};`);
  writeFileSync(
    join(own, 'nginx.conf'),
    `daemon off; master_process off; pid ${own}/pid; error_log ${own}/error.log;
     events {}
     http { access_log off; ${paths.join(' ')} default_type application/octet-stream;
       types { text/html html; text/javascript js; application/json json; application/wasm wasm; }
       gzip on; gzip_types application/json text/javascript;
       server { listen 127.0.0.1:${port}; root ${site}; } }`,
  );
  server = spawn(nginx as string, ['-p', own, '-c', join(own, 'nginx.conf'), '-e', join(own, 'error.log')]);
  const at = `http://127.0.0.1:${port}`;
  for (let tries = 0; ; tries++) {
    try {
      await fetch(`${at}/index.json`);
      return at;
    } catch (error) {
      if (tries === 100) throw error;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
}

describe.skipIf(missing.length > 0)(
  `a page of a static host${missing.length > 0 ? ` (needs ${missing.join(', ')})` : ''}`,
  () => {
    beforeAll(async () => {
      const db = join(folder, 'index.db');
      const site = join(folder, 'site');
      let index: BtfIndex = openIndex(db);
      for (const { id, distro, version, arch, release } of fixtureKernels().slice(1, 3)) {
        ingestKernel(index, { identity: { distro, version, arch, release }, btf: kernelBtf(id) });
      }
      index.close();
      publishIndex(db, site);
      index = openIndex(db, { readonly: true });
      local = createAnswerer(index);
      writeFileSync(join(site, 'worker.js'), await browserScript(join(root, 'packages/graphql/src/static/worker.ts')));
      const script = await browserScript(join(import.meta.dirname, 'browser/published-page.ts'));
      writeFileSync(join(site, 'page.js'), script);
      writeFileSync(
        join(site, 'page.html'),
        '<!doctype html><meta charset="utf-8"><script type="module" src="page.js"></script>',
      );
      const resolver = createRequire(join(root, 'packages/btf-index/package.json'));
      copyFileSync(
        join(dirname(resolver.resolve('@sqlite.org/sqlite-wasm/package.json')), 'dist/sqlite3.wasm'),
        join(site, 'sqlite3.wasm'),
      );
      origin = await startNginx(site);
      browser = await chromium.launch({ executablePath: executablePath as string, args: ['--no-sandbox'] });
      page = await browser.newPage();
      await page.goto(`${origin}/page.html`);
      await page.waitForFunction('typeof ask === "function"');
    }, 180_000);
    afterAll(async () => {
      await browser?.close();
      server?.kill();
      local?.index.close();
      rmSync(folder, { recursive: true, force: true });
    });

    const names = fixtureKernels()
      .slice(1, 3)
      .map(({ distro, version, arch, release }) => `${distro}/${version}/${arch}/${release}`);
    const file = { name: 'opensnoop.bpf.o', base64: Buffer.from(fixtureObject('opensnoop')).toString('base64') };
    const SEARCH = { requests: 8, bytes: 150_000 };
    const QUESTION = { requests: 25, bytes: 500_000 };
    // an object asks for every type that its relocations name
    const OBJECT = { requests: 80, bytes: 2_500_000 };
    test.each<[string, string, Record<string, unknown>?, typeof QUESTION?]>([
      ['a field', '{ struct(name:"task_struct") { field(name:"pid") { kernels { offset } } } }'],
      ['a search', '{ search(text:"task_stru") { kind name kernels match } }', {}, SEARCH],
      [
        'a search as one types',
        `{ ${['t', 'ta', 'tas', 'task', 'task_', 'task_s', 'task_st', 'task_str']
          .map((text) => `${text}: search(text:"${text}") { kind name kernels match }`)
          .join(' ')} }`,
        {},
        SEARCH,
      ],
      ['a search with letters in another order', '{ search(text:"tsak_struct") { kind name match } }', {}, SEARCH],
      [
        'a struct',
        '{ struct(name:"task_struct") { layouts { size kernels { release } fields { name offset type } } } }',
      ],
      ['a function', '{ func(name:"vfs_read") { variants { signature kernels { release } } } }'],
      ['an enum', '{ enum(name:"bpf_prog_type") { variants { enumerators { name value } kernels { release } } } }'],
      [
        'a difference',
        'query($a: ID!, $b: ID!) { diff(from:$a, to:$b, name:"sk_buff") { entries { name change details } } }',
        { a: names[0], b: names[1] },
      ],
      [
        "an object of one's own",
        'query($file: File!) { object(file:$file) { programs { name } matrix { applied poisoned failed kernels { release } } } }',
        { file },
        OBJECT,
      ],
    ])('%s, cold', async (_, query, variables = {}, most = QUESTION) => {
      // what other questions have kept
      await page.evaluate('caches.keys().then((names) => Promise.all(names.map((name) => caches.delete(name))))');
      const asked = 'file' in variables ? { query, variables: {}, file: file.base64 } : { query, variables };
      const { answer } = (await page.evaluate(`ask(${JSON.stringify(asked)})`)) as {
        answer: { data: unknown; errors: unknown; traffic: { requests: number; bytes: number } };
      };
      const expected = await local.answer({ query, variables });
      expect(expected.errors).toBeUndefined();
      expect({ data: answer.data, errors: answer.errors }).toEqual(JSON.parse(JSON.stringify({ ...expected })));
      expect(answer.traffic.requests).toBeLessThanOrEqual(most.requests);
      expect(answer.traffic.bytes).toBeLessThanOrEqual(most.bytes);
    });

    test.each([
      ['field', 'task_struct', 'pid', '--json'],
      ['kernels', '--json'],
      ['struct', 'sock'],
      ['search', 'task_stru', '--json'],
      ['diff', names[0]!, names[1]!, 'sk_buff', '--json'],
      ['relocs', names[1]!, join(root, 'fixtures/objects/opensnoop.bpf.o'), '--json'],
    ])('btfq %s', (...args) => {
      const cli = ['--conditions=@btfq/source', join(root, 'apps/cli/src/main.ts')];
      const run = (db: string) => {
        const env = { ...process.env, BTFQ_CACHE: join(folder, 'cache') };
        const { status, stdout, stderr } = spawnSync(process.execPath, [...cli, ...args, '--db', db], {
          encoding: 'utf8',
          env,
        });
        return { status, stdout, stderr };
      };
      expect(run(`${origin}/index.json`)).toEqual(run(join(folder, 'index.db')));
    });
  },
);
