// The verifier's worker in a real Chromium: a kernel's image and an object as files, verdicts back, and no request to anybody.
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { chromium } from 'playwright-core';
import { build } from 'vite';
import { expect, test } from 'vitest';
import { browserPath, staticFolder } from './browser.ts';

const images = process.env['BTFQ_KERNEL_IMAGES'];
const missing = [
  ...(images === undefined ? ['BTFQ_KERNEL_IMAGES names no folder of kernel images'] : []),
  ...(browserPath() === undefined ? ['no Chromium is on the PATH'] : []),
].join(' and ');

const SOURCE = resolve(import.meta.dirname, '../src/verifier/worker-entry.ts');
const OBJECT = resolve(import.meta.dirname, '../../../fixtures/load-check/reach.bpf.o');
/** What a page does with it: the files of the two inputs go to the worker, its answers into the page. */
const PAGE = `
const worker = new Worker('./worker.js', { type: 'module' });
const [image, object] = document.querySelectorAll('input');
window.answers = [];
worker.onmessage = async ({ data }) => {
  window.answers.push(data);
  if (data.kind === 'done' || data.kind === 'error') document.body.dataset.ended = '';
  if (data.kind === 'ready') {
    const bytes = new Uint8Array(await object.files[0].arrayBuffer());
    worker.postMessage({ kind: 'verify', id: 2, object: bytes, name: object.files[0].name });
  }
};
image.onchange = () => worker.postMessage({ kind: 'open', id: 1, image: image.files[0] });
`;

interface Answer {
  readonly kind: string;
  readonly id: number;
  readonly verdict?: string;
  readonly message?: string;
}

test.skipIf(missing !== '')(
  `a kernel's verifier answers in a worker of a browser${missing === '' ? '' : ` (skipped: ${missing})`}`,
  { timeout: 180_000 },
  async () => {
    const folder = mkdtempSync(join(tmpdir(), 'btfq-verifier-'));
    await build({
      configFile: false,
      logLevel: 'error',
      resolve: { conditions: ['@btfq/source'] },
      build: { outDir: folder, target: 'es2023', lib: { entry: SOURCE, formats: ['es'], fileName: () => 'worker.js' } },
    });
    writeFileSync(join(folder, 'page.js'), PAGE);
    writeFileSync(
      join(folder, 'index.html'),
      `<!doctype html><meta http-equiv="content-security-policy" content="default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self'; connect-src 'self' data:"><input type="file"><input type="file"><script type="module" src="./page.js"></script>`,
    );
    const server = await staticFolder(folder);
    const browser = await chromium.launch({ executablePath: browserPath()!, args: ['--no-sandbox'] });
    try {
      const page = await browser.newPage();
      const requests: string[] = [];
      page.on('request', (request) => requests.push(`${request.method()} ${request.url()}`));
      await page.goto(server.url);
      const [image, object] = await page.locator('input').all();
      await object!.setInputFiles(OBJECT);
      const before = requests.length;
      await image!.setInputFiles(join(images!, readdirSync(images!).toSorted()[0]!));
      await page.locator('body[data-ended]').waitFor({ timeout: 120_000 });
      const answers = await page.evaluate(() => (globalThis as unknown as { answers: Answer[] }).answers);
      expect(answers[0]).toMatchObject({ kind: 'ready', id: 1 });
      expect(answers.at(-1)).toEqual({ kind: 'done', id: 2 });
      const programs = answers.slice(1, -1);
      expect(programs.length).toBeGreaterThan(0);
      expect(programs.every(({ verdict }) => verdict === 'loads' || verdict === 'fails')).toBe(true);
      expect(requests.slice(before).filter((request) => !request.startsWith('GET data:'))).toEqual([]);
    } finally {
      await browser.close();
      await server.close();
      rmSync(folder, { recursive: true, force: true });
    }
  },
);
