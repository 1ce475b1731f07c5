// The page in a real Chromium over the fixture kernels: every view, from a server and from a folder without one.
import { createHash } from 'node:crypto';
import { copyFileSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative, resolve } from 'node:path';
import { ingestKernel, openIndex, publishIndex } from '@btfq/btf-index';
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

/** Every view with words of its answer. */
const VIEWS: readonly (readonly [address: string, words: RegExp])[] = [
  ['#/', /8 kernels/],
  ['#/?q=sk_buf', /sk_buff/],
  ['#/field/task_struct.state?arch=x86_64', /renamed to __state after 5\.10 and by 6\.1/],
  ['#/field/sk_buff.len', /All 8 kernels have it, at offset 112\. It never moved/],
  ['#/struct/sk_buff?pick=len&open=list', /offset\s*112 \(0x70\)/],
  [`#/compare/task_struct?from=${OLD}&to=${NEW}`, /It (grew|shrank) by/],
  ['#/func/vfs_read', /Each signature once/],
  ['#/enum/bpf_prog_type', /BPF_PROG_TYPE_KPROBE/],
  ['#/enumerator/BPF_PROG_TYPE_KPROBE', /Its value is 2/],
  ['#/typedef/pid_t', /stands for/],
  ['#/var/runqueues', /Each type once/],
  ['#/kernels?text=arm64', /kernels/],
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
  let faults: string[] = [];

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'btfq-explorer-'));
    const name = `graphql-${fixtureKernels()
      .map(({ arch, release }) => `${arch}-${release}`)
      .join('+')}`;
    const shared = sharedFile(`${createHash('sha256').update(name).digest('hex')}.db`, ingestAll);
    copyFileSync(shared, join(folder, 'btfq.db'));
    server = await served(join(folder, 'btfq.db'));
    browser = await chromium.launch({ executablePath: browserPath()!, args: ['--no-sandbox'] });
    page = await newPage();
  });
  afterAll(async () => {
    await browser?.close();
    await server?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  async function newPage(): Promise<Page> {
    const made = await browser.newPage({ viewport: { width: 1280, height: 800 }, reducedMotion: 'reduce' });
    faults = [];
    made.on('pageerror', (error) => faults.push(error.message));
    made.on('console', (message) => {
      // A page without an index beside it says so with a 404, which is how it learns that there is a server.
      if (message.type() === 'error' && !message.location().url.endsWith('/index.json')) faults.push(message.text());
    });
    return made;
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

  test.each(VIEWS)('%s answers, without a fault of its own or of accessibility', async (address, words) => {
    await page.goto(server.url + address);
    await expect.poll(() => textOf(page), { timeout: 20_000 }).toMatch(words);
    await settled(page);
    await page.setViewportSize({ width: 360, height: 740 });
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(360);
    await page.setViewportSize({ width: 1280, height: 800 });
    // Evaluated by the browser's own protocol: the page's policy lets no script in that is not its own.
    await page.evaluate(`${AXE}; undefined`);
    const violations = await page.evaluate(async () => {
      const { axe } = globalThis as unknown as { axe: Axe };
      const { violations: found } = await axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa'] });
      return found.flatMap(({ id, nodes }) => {
        // Small members of a layout can be chosen from the list beside it too: the exception "equivalent" of 2.5.8.
        const meant = nodes.filter(({ html }) => id !== 'target-size' || !html.includes('data-path='));
        return meant.length === 0 ? [] : [`${id}: ${meant.slice(0, 3).map(({ html }) => html.slice(0, 160))}`];
      });
    });
    expect(violations).toEqual([]);
    expect(faults).toEqual([]);
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
      .toMatch(/Which kernels load it\?[\s\S]*fails on 1 kernel/);
    await settled(page);
    const text = await textOf(page);
    expect(text).toContain('<b>hi</b>xx');
    expect(text).toContain('the object is little-endian, and the kernel is not');
    expect(text).toContain('task_struct___before_5_14');
    expect(await page.$$('main img, main b:not(.counts b)')).toEqual([]);
    expect(faults).toEqual([]);
  });

  test('a lost connection says what to do, and trying again goes on', async () => {
    const other = await newPage();
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

  test('a folder without a server answers the same, and nothing is uploaded', async () => {
    const files = new Map<string, Uint8Array>();
    for (const name of filesBelow(DIST)) files.set(name, readFileSync(join(DIST, name)));
    publishIndex(join(folder, 'btfq.db'), join(folder, 'public'), { page: files });
    const web = await staticFolder(join(folder, 'public'));
    const other = await newPage();
    try {
      const posts: string[] = [];
      other.on('request', (request) => request.method() === 'POST' && posts.push(request.url()));
      await other.goto(`${web.url}#/field/task_struct.state?arch=x86_64`);
      await expect.poll(() => textOf(other), { timeout: 30_000 }).toMatch(/renamed to __state/);
      await other.goto(`${web.url}#/object`);
      await expect.poll(() => textOf(other), { timeout: 20_000 }).toContain('nothing is uploaded');
      const buffer = Buffer.from(fixtureObject('execsnoop'));
      await other.setInputFiles('input[type=file]', [{ name: 'execsnoop.bpf.o', mimeType: '', buffer }]);
      await expect.poll(() => textOf(other), { timeout: 30_000 }).toContain('task_struct___before_5_14');
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
    await page.waitForTimeout(200);
    const shot = await page.screenshot();
    const file = join(DOCS, name);
    if (process.env['BTFQ_SCREENSHOTS'] || !existsSync(file)) writeFileSync(file, shot);
    expect(readFileSync(file).length).toBeLessThan(150_000);
    expect(await difference(page, shot, readFileSync(file))).toBeLessThan(14);
  });
});

function ingestAll(path: string): void {
  const writer = openIndex(path);
  for (const { distro, version, arch, release, id } of fixtureKernels()) {
    ingestKernel(writer, { identity: { distro, version, arch, release }, btf: kernelBtf(id), source: 'fixture' });
  }
  writer.close();
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
