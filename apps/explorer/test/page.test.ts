// The page in a real Chromium over the fixture kernels: every view, from a server and from a folder without one.
import { createHash } from 'node:crypto';
import { copyFileSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative, resolve } from 'node:path';
import { BtfBuilder } from '@btfq/btf-format';
import { ingestKernel, openIndex, publishIndex } from '@btfq/btf-index';
import { writeUstar } from '@btfq/minimizer';
import { fixtureKernels, fixtureObject, kernelBtf, sharedFile } from '@btfq/test-kit';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { browserPath, DIST, missing, served, staticFolder } from './browser.ts';

const AXE = readFileSync(resolve(import.meta.dirname, '../node_modules/axe-core/axe.min.js'), 'utf8');
const DOCS = resolve(import.meta.dirname, '../../../docs/images');
const OLD = 'debian/bullseye/x86_64/5.10.0-32-cloud-amd64';
const NEW = 'debian/12/x86_64/6.1.0-50-cloud-amd64';

interface Axe {
  run(root: unknown, options: object): Promise<{ violations: { id: string; nodes: { html: string }[] }[] }>;
}

/** A page with what went wrong in it. */
interface Tab {
  readonly page: Page;
  readonly faults: string[];
}

/** Every view with words of its answer. */
const VIEWS: readonly (readonly [address: string, words: RegExp])[] = [
  ['#/', /9 kernels/],
  ['#/?q=sk_buf', /sk_buff/],
  ['#/?q=sched_switch', /tracepoint sched\/sched_switch/],
  ['#/?q=hz', /configuration CONFIG_HZ/],
  ['#/field/task_struct.state?arch=x86_64', /renamed to __state after 5\.10 and by 6\.1/],
  ['#/field/sk_buff.len', /All 8 kernels have it, at offset 112\. It never moved/],
  ['#/field/task_struct.se.vruntime?arch=x86_64', /se\.deadline|se\.[a-z_]+ .*(added|removed|grew|shrank)/],
  ['#/struct/sk_buff?pick=len&open=list', /offset\s*112 \(0x70\)/],
  ['#/struct/task_struct?pick=pid_links[1].next&open=pid_links,pid_links[1]', /member[\s\S]*pid_links\[1\]\.next/i],
  [
    `#/compare/task_struct?from=${OLD}&to=${NEW}&open=se`,
    /It (grew|shrank) by[\s\S]*9 members in place: se\.load … se\.nr_migrations[\s\S]*se\.depth/,
  ],
  ['#/func/vfs_read', /Each signature once/],
  ['#/enum/bpf_prog_type', /BPF_PROG_TYPE_KPROBE/],
  ['#/enumerator/BPF_PROG_TYPE_KPROBE', /Its value is 2/],
  ['#/typedef/pid_t', /stands for/],
  ['#/var/runqueues', /Each type once/],
  ['#/tracepoint/sched/sched_switch', /1 of 9 kernels have it; of 8 it is not known/],
  ['#/syscall/openat', /257/],
  ['#/helper/bpf_ktime_get_ns', /XDP[\s\S]*yes/],
  ['#/kfunc/bpf_do', /XDP \(acquire, ret_null\)/],
  ['#/lsm-hook/bpf_lsm_file_open', /LSM hook\s*file_open[\s\S]*1 of 9 kernels have it[\s\S]*SEC\("lsm\/file_open"\)/i],
  ['#/struct-ops/tcp_congestion_ops', /ssthresh\s*yes[\s\S]*get_info\s*no[\s\S]*flags\s*data/],
  ['#/iterator/task', /1 of 9 kernels have it[\s\S]*iter\/task/],
  ['#/func/vfs_read?module=vmlinux', /Of the kernel itself alone/],
  ['#/struct/sk_buff?module=nowhere', /in nowhere\.[\s\S]*Look for it everywhere/],
  ['#/field/sk_buff.len?module=vmlinux', /All 8 kernels have it[\s\S]*Of the kernel itself alone/],
  ['#/config/HZ', /250 in 1 kernel, of 1 whose configuration is known/],
  ['#/features?kind=map-type&text=ringbuf', /ringbuf/],
  ['#/feature/ringbuf', /Mainline has it since 5\.8/],
  [
    '#/offsets?entries=state:offset:task_struct.state;tgid:offset:task_struct.real_parent->tgid',
    /also try task_struct\.__state[\s\S]*OFFSETS_H/,
  ],
  ['#/kernels?text=arm64', /kernels/],
  ['#/kernel/a-test/1/x86_64/9.9.9', /CONFIG_HZ/],
  [`#/kernel/${NEW}`, /types in/],
  [`#/diff?from=${OLD}&to=${NEW}&kind=STRUCT&text=sched_entity`, /sched_entity/],
  ['#/object', /Drop \.bpf\.o files/],
  ['#/bundle?os=ID%3Ddebian%0AVERSION_ID%3D%2212%22&release=6.1.0-50-cloud-amd64', /Every reader finds/],
  ['#/struct/sk_bufff', /Near names|near/],
  ['#/nowhere', /names no view/],
];

describe.skipIf(missing !== undefined)(`the page in a browser${missing === undefined ? '' : `: ${missing}`}`, () => {
  let folder: string;
  let browser: Browser;
  let server: Awaited<ReturnType<typeof served>>;
  let page: Page;
  let faults: string[];
  let tabs: { take(): Promise<Tab>; give(tab: Tab): void };

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'btfq-explorer-'));
    const name = `graphql-${fixtureKernels()
      .map(({ arch, release }) => `${arch}-${release}`)
      .join('+')}`;
    const shared = sharedFile(`${createHash('sha256').update(name).digest('hex')}.db`, (path) => ingestAll(path));
    copyFileSync(shared, join(folder, 'btfq.db'));
    ingestKernelWithFacts(join(folder, 'btfq.db'));
    server = await served(join(folder, 'btfq.db'));
    browser = await chromium.launch({ executablePath: browserPath()!, args: ['--no-sandbox'] });
    const first = await newTab();
    ({ page, faults } = first);
    tabs = turns([first, await newTab()]);
  });
  afterAll(async () => {
    await browser?.close();
    await server?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  async function newTab(): Promise<Tab> {
    const made = await browser.newPage({ viewport: { width: 1280, height: 800 }, reducedMotion: 'reduce' });
    const own: string[] = [];
    made.on('pageerror', (error) => own.push(error.message));
    made.on('console', (message) => {
      // A page without an index beside it says so with a 404, which is how it learns that there is a server.
      if (message.type() === 'error' && !message.location().url.endsWith('/index.json')) own.push(message.text());
    });
    return { page: made, faults: own };
  }
  const settled = (which: Page) =>
    which.waitForFunction(
      () => document.querySelector('main h1') && !document.querySelector('.loading,[aria-busy=true]'),
    );
  // biome-ignore lint/performance/useDomNodeTextContent: what is shown counts, not what the document holds
  const textOf = (which: Page) => which.evaluate(() => document.querySelector('main')?.innerText ?? '');
  async function show(which: Page, address: string): Promise<string> {
    await which.goto(server.url + address);
    await settled(which);
    return textOf(which);
  }

  // Two at once: while one page is looked at, the other waits for its answer.
  test.concurrent.for(VIEWS)(
    '%s answers, without a fault of its own or of accessibility',
    { timeout: 120_000 },
    async ([address, words], { expect: expected }) => {
      const tab = await tabs.take();
      try {
        await tab.page.goto(server.url + address);
        await expected.poll(() => textOf(tab.page), { timeout: 40_000 }).toMatch(words);
        await settled(tab.page);
        await tab.page.setViewportSize({ width: 360, height: 740 });
        expected(await tab.page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(360);
        await tab.page.setViewportSize({ width: 1280, height: 800 });
        const found = await violationsOf(tab.page, ['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa']);
        // Small members of a layout can be chosen from the list beside it too: the exception "equivalent" of 2.5.8.
        const meant = found.flatMap(({ id, nodes }) => {
          const those = nodes.filter((html) => id !== 'target-size' || !html.includes('data-path='));
          return those.length === 0 ? [] : [`${id}: ${those.slice(0, 3)}`];
        });
        expected(meant).toEqual([]);
        await tab.page.emulateMedia({ colorScheme: 'dark' });
        const pale = await violationsOf(tab.page, { type: 'rule', values: ['color-contrast'] });
        await tab.page.emulateMedia({ colorScheme: 'light' });
        expected(pale.flatMap(({ nodes }) => nodes.slice(0, 3))).toEqual([]);
        expected(tab.faults.splice(0)).toEqual([]);
      } finally {
        tabs.give(tab);
      }
    },
  );

  test('a member is added to a table of offsets by clicking, and what it was called before with it', async () => {
    await show(page, '#/offsets');
    await page.getByRole('button', { name: '__state', exact: true }).click();
    await page.getByRole('button', { name: 'also try task_struct.state' }).click();
    await expect.poll(() => page.url()).toContain('state:offset:task_struct.__state');
    await expect.poll(() => textOf(page)).toContain('state: [task_struct.__state, task_struct.state]');
    await page.selectOption('.offsets select >> nth=1', 'rust');
    await expect.poll(() => textOf(page), { timeout: 10_000 }).toContain('The table in Rust');
    await expect.poll(() => textOf(page), { timeout: 10_000 }).toContain('pub struct');
  });

  test('a bundle that was dropped is looked into as its readers do; every row is in the file', async () => {
    await show(page, `#/bundle?os=${encodeURIComponent('ID=debian\nVERSION_ID="12"')}&release=6.1.0-50-amd64`);
    const path = 'debian/12/x86_64/6.1.0-50-amd64.btf';
    const buffer = Buffer.from(writeUstar([{ name: path, bytes: new Uint8Array(8) }]));
    await page.setInputFiles('input[type=file]', [{ name: 'mine.tar', mimeType: '', buffer }]);
    await expect
      .poll(() => textOf(page))
      .toMatch(/dir, [a-z, -]+ find a BTF for 6\.1\.0-50-amd64 in it\. It has no manifest/);
    await show(page, `#/diff?from=${OLD}&to=${NEW}&kind=STRUCT`);
    const [download] = await Promise.all([page.waitForEvent('download'), page.click('button:has-text("CSV")')]);
    const lines = readFileSync(await download.path(), 'utf8')
      .trim()
      .split('\r\n').length;
    const total = Number(/([\d,]+) declarations, the first/.exec(await textOf(page))?.[1]?.replace(',', ''));
    expect(total).toBeGreaterThan(500);
    expect(lines).toBe(total + 1);
  });

  test('on paper: light, without tools, with every row', async () => {
    await show(page, '#/features?kind=helper');
    await page.emulateMedia({ media: 'print', colorScheme: 'dark' });
    const rows = () => page.evaluate(() => document.querySelectorAll('tbody tr:not(.space)').length);
    await expect.poll(rows, { timeout: 5000 }).toBeGreaterThan(200);
    const seen = await page.evaluate(() => ({
      ink: getComputedStyle(document.body).color,
      tools: [...document.querySelectorAll('.tools, .top')].some((one) => one.getClientRects().length > 0),
      width: document.documentElement.scrollWidth <= innerWidth,
    }));
    await page.emulateMedia({ media: 'screen', colorScheme: 'light' });
    expect(seen).toEqual({ ink: 'rgb(0, 0, 0)', tools: false, width: true });
  });

  test('a dropped object gets its verdict on every kernel; its names are text', async () => {
    const bytes = Buffer.from(fixtureObject('execsnoop'));
    const hostile = Buffer.from(bytes.toString('latin1').replaceAll('handle_exec', '<b>hi</b>xx'), 'latin1');
    await show(page, '#/object');
    const files = [
      { name: '<img src=x onerror=alert(1)>.bpf.o', mimeType: 'application/octet-stream', buffer: hostile },
    ];
    await page.setInputFiles('input[type=file]', files);
    await expect
      .poll(() => textOf(page), { timeout: 30_000 })
      .toMatch(/Which kernels load it\?[\s\S]*fails on 2 of 9 kernels/);
    await settled(page);
    const text = await textOf(page);
    expect(text).toContain('<b>hi</b>xx');
    expect(text).toContain('the object is little-endian, and the kernel is not');
    expect(text).toContain('task_struct___before_5_14');
    expect(await page.$$('main img, main b:not(.counts b)')).toEqual([]);
    expect(faults).toEqual([]);
  });

  test('a lost connection says what to do, and trying again goes on', async () => {
    const { page: other } = await newTab();
    await other.route('**/graphql', (route) => route.abort());
    await other.goto(`${server.url}#/struct/sk_buff`);
    await expect.poll(() => textOf(other), { timeout: 10_000 }).toContain('The server does not answer');
    await other.unroute('**/graphql');
    await other.reload();
    await expect.poll(() => textOf(other), { timeout: 10_000 }).toContain('distinct layout');
    await other.close();
  });

  test('keys: / searches, arrows and Enter choose, a layout is walked', async () => {
    await show(page, '#/kernels');
    await page.keyboard.press('/');
    await page.keyboard.type('task_struct.pid');
    await page.waitForSelector('[role=option]');
    await page.keyboard.press('Enter');
    await expect.poll(() => page.url()).toContain('#/field/task_struct.pid');
    await show(page, '#/struct/list_head?pick=next');
    await page.focus('[data-path=next]');
    await page.keyboard.press('ArrowRight');
    await expect.poll(() => page.url()).toContain('pick=prev');
    await page.goBack();
    await expect.poll(() => page.url()).toContain('task_struct.pid');
  });

  test('names in the address are text, never HTML', async () => {
    await show(page, `#/func/${encodeURIComponent('<img src=x onerror=alert(1)>')}`);
    expect(await textOf(page)).toContain('<img src=x onerror=alert(1)>');
    expect(await page.$$('main img')).toEqual([]);
  });

  test('a folder without a server answers the same, and nothing is uploaded', { timeout: 200_000 }, async () => {
    const files = new Map<string, Uint8Array>();
    for (const name of filesBelow(DIST)) files.set(name, readFileSync(join(DIST, name)));
    const index = sharedFile('explorer-two-kernels.db', (path) => ingestAll(path, [OLD, NEW]));
    publishIndex(index, join(folder, 'public'), { page: files });
    const web = await staticFolder(join(folder, 'public'));
    const { page: other } = await newTab();
    try {
      const posts: string[] = [];
      other.on('request', (request) => request.method() === 'POST' && posts.push(request.url()));
      await other.goto(`${web.url}#/field/task_struct.state?arch=x86_64`);
      await expect.poll(() => textOf(other), { timeout: 30_000 }).toMatch(/renamed to __state/);
      await other.goto(`${web.url}#/object`);
      await expect.poll(() => textOf(other), { timeout: 20_000 }).toContain('nothing is uploaded');
      const buffer = Buffer.from(fixtureObject('execsnoop'));
      await other.setInputFiles('input[type=file]', [{ name: 'execsnoop.bpf.o', mimeType: '', buffer }]);
      await expect.poll(() => textOf(other), { timeout: 90_000 }).toContain('task_struct___before_5_14');
      expect(posts).toEqual([]);
    } finally {
      await other.close();
      await web.close();
    }
  });

  test.each([
    ['explorer-field.png', '#/field/task_struct.state', 560],
    ['explorer-struct.png', '#/struct/sk_buff?pick=len', 600],
  ])('%s shows what the page looks like', async (name, address, height) => {
    await page.setViewportSize({ width: 1100, height });
    await show(page, address);
    await page.evaluate(() => document.fonts.ready.then(() => undefined));
    const shot = await page.screenshot();
    const file = join(DOCS, name);
    if (process.env['BTFQ_SCREENSHOTS'] || !existsSync(file)) writeFileSync(file, shot);
    expect(readFileSync(file).length).toBeLessThan(150_000);
    expect(await difference(page, shot, readFileSync(file))).toBeLessThan(14);
  });
});

function ingestAll(path: string, only?: readonly string[]): void {
  const writer = openIndex(path);
  for (const { distro, version, arch, release, id } of fixtureKernels()) {
    if (only?.includes(id) === false) continue;
    ingestKernel(writer, { identity: { distro, version, arch, release }, btf: kernelBtf(id), source: 'fixture' });
  }
  writer.close();
}

/** A kernel of few types, with tables and a configuration, as if its image had been read. */
function ingestKernelWithFacts(path: string): void {
  const builder = new BtfBuilder();
  builder.addFunc('bpf_do', 1, builder.addFuncProto(builder.addInt('int', 4, 1)));
  const field = { declaration: 'int prev_prio', offset: 8, size: 4, signed: true };
  const proto = { function: 'bpf_ktime_get_ns', gplOnly: false, returns: 'RET_INTEGER', args: [] };
  const parts = {
    functions: [['bpf_do', '1']],
    events: [['sched/sched_switch', JSON.stringify({ fields: [field], printFmt: '"%d"', enableable: true })]],
    systemCalls: [['openat', JSON.stringify({ numbers: [257], args: [{ type: 'int', name: 'dfd' }] })]],
    helpers: [
      ['XDP plain', JSON.stringify({ helpers: { ktime_get_ns: 'bpf_ktime_get_ns' }, conditional: [], unknown: [] })],
    ],
    protos: [['bpf_ktime_get_ns', JSON.stringify(proto)]],
    kfuncs: [['bpf_do XDP', '5']],
    idSets: [
      ['bpf_lsm_hooks', '["bpf_lsm_file_open","bpf_lsm_bpf"]'],
      ['sleepable_lsm_hooks', '["bpf_lsm_file_open"]'],
    ],
    structOps: [
      [
        'tcp_congestion_ops',
        '[{"name":"ssthresh","kind":"function","supported":true},{"name":"get_info","kind":"function","supported":false},{"name":"flags","kind":"data"}]',
      ],
    ],
    iterators: [['task', 'true']],
    about: [
      ['arch', '"x86_64"'],
      ['commonFields', '[]'],
      ['hasWholeBlacklist', 'true'],
      ['kfuncsNotUnderstood', '[]'],
    ],
  } as const;
  const writer = openIndex(path);
  ingestKernel(writer, {
    identity: { distro: 'a-test', version: '1', arch: 'x86_64', release: '9.9.9' },
    btf: builder.build(),
    tables: { parts, source: 'kallsyms' },
    config: new Map([['CONFIG_HZ', '250']]),
    configSource: 'boot/config-9.9.9',
  });
  writer.close();
}

/** Things that are taken in turns, each by one at a time. */
function turns<T>(free: T[]): { take(): Promise<T>; give(one: T): void } {
  const waiting: ((one: T) => void)[] = [];
  return {
    take: () => {
      const one = free.pop();
      return one === undefined ? new Promise((resolve) => waiting.push(resolve)) : Promise.resolve(one);
    },
    give(one) {
      const next = waiting.shift();
      if (next === undefined) free.push(one);
      else next(one);
    },
  };
}

/** What axe finds, as the rules and the elements. Its script stays in the page, whose views change without a load. */
async function violationsOf(page: Page, runOnly: unknown): Promise<{ id: string; nodes: string[] }[]> {
  // Evaluated by the browser's own protocol: the page's policy lets no script in that is not its own.
  if (!(await page.evaluate(() => 'axe' in globalThis))) await page.evaluate(`${AXE}; undefined`);
  return page.evaluate(async (only) => {
    const { axe } = globalThis as unknown as { axe: Axe };
    const { violations } = await axe.run(document, { runOnly: only, resultTypes: ['violations'] });
    return violations.map(({ id, nodes }) => ({ id, nodes: nodes.map(({ html }) => html.slice(0, 160)) }));
  }, runOnly);
}

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)));
}

/** How far two pictures are apart, in levels of grey on a coarse grid: fonts differ, a broken page differs more. */
async function difference(page: Page, a: Buffer, b: Buffer): Promise<number> {
  return page.evaluate(
    async ([one, two]) => {
      const grid = async (text: string): Promise<number[]> => {
        const image = new Image();
        image.src = `data:image/png;base64,${text}`;
        await image.decode();
        const canvas = document.createElement('canvas');
        [canvas.width, canvas.height] = [44, 24];
        const context = canvas.getContext('2d')!;
        context.drawImage(image, 0, 0, 44, 24);
        const { data } = context.getImageData(0, 0, 44, 24);
        return Array.from({ length: 44 * 24 }, (_, i) => (data[i * 4]! + data[i * 4 + 1]! + data[i * 4 + 2]!) / 3);
      };
      const [left, right] = [await grid(one!), await grid(two!)];
      return left.reduce((sum, level, i) => sum + Math.abs(level - right[i]!), 0) / left.length;
    },
    [a.toString('base64'), b.toString('base64')],
  );
}
