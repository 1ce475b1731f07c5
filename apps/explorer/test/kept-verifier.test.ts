// A kernel of the index chosen on the object page: from a server and from a folder without one; what is damaged and what is not kept.
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative, resolve } from 'node:path';
import { BtfBuilder } from '@btfq/btf-format';
import { ingestKernel, openIndex, openVerifierStore, packVerifier, publishIndex, verifierPath } from '@btfq/btf-index';
import { openKernel } from '@btfq/kernel-runtime';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { browserPath, DIST, missing, served, staticFolder } from './browser.ts';

const images = process.env['BTFQ_KERNEL_IMAGES'];
const OBJECT = resolve(import.meta.dirname, '../../../fixtures/load-check/reach.bpf.o');
const without = images === undefined ? ', without a real kernel: BTFQ_KERNEL_IMAGES names no folder of them' : '';
const id = (release: string) => `a/1/x86_64/${release}`;

describe.skipIf(missing !== undefined)(
  `kept verifiers in a browser${missing === undefined ? '' : `: ${missing}`}`,
  () => {
    let folder: string;
    let path: string;
    let browser: Browser;
    let page: Page;

    beforeAll(async () => {
      folder = mkdtempSync(join(tmpdir(), 'btfq-kept-'));
      path = join(folder, 'btfq.db');
      const builder = new BtfBuilder();
      builder.addInt('int', 4, 1);
      const index = openIndex(path);
      const ingest = (release: string, btf: Uint8Array) =>
        ingestKernel(index, { identity: { distro: 'a', version: '1', arch: 'x86_64', release }, btf });
      const store = openVerifierStore(verifierPath(path), { readonly: false })!;
      ingest('6.1.0-without', builder.build());
      ingest('6.2.0-damaged', builder.build());
      const damaged = { head: new TextEncoder().encode('{'), symbols: new Uint8Array(1), chunks: [] };
      store.put(id('6.2.0-damaged'), packVerifier(damaged));
      if (images !== undefined) {
        const kernel = openKernel(readFileSync(join(images, readdirSync(images).toSorted()[0]!)));
        ingest('6.3.0-real', kernel.btf.bytes);
        store.put(id('6.3.0-real'), packVerifier(kernel.save()));
      }
      store.close();
      index.close();
      browser = await chromium.launch({ executablePath: browserPath()!, args: ['--no-sandbox'] });
      page = await browser.newPage();
    }, 120_000);
    afterAll(async () => {
      await browser?.close();
      rmSync(folder, { recursive: true, force: true });
    });

    const files = () =>
      new Map(
        readdirSync(DIST, { recursive: true, withFileTypes: true })
          .filter((entry) => entry.isFile())
          .map((entry) => relative(DIST, join(entry.parentPath, entry.name)))
          .map((name) => [name, readFileSync(join(DIST, name))]),
      );
    const published = () => {
      const out = join(folder, 'public');
      publishIndex(path, out, { page: files(), verifiers: true });
      return staticFolder(out);
    };
    // biome-ignore lint/performance/useDomNodeTextContent: what is shown counts, not what the document holds
    const text = () => page.evaluate(() => document.querySelector('main')?.innerText ?? '');

    test.each([
      ['a server', () => served(path)],
      ['a folder', published],
    ])(`from %s${without}`, { timeout: 120_000 }, async (where, start) => {
      const web = await start();
      const posts: string[] = [];
      const note = (request: { method(): string; url(): string }) =>
        request.method() === 'POST' && !request.url().endsWith('/graphql') && posts.push(request.url());
      page.on('request', note);
      try {
        await page.goto('about:blank');
        await page.goto(`${web.url}#/object`);
        await page.setInputFiles('input[type=file]', OBJECT);
        const choice = page.getByLabel('Or choose a kernel of this index:');
        await choice.waitFor({ timeout: 30_000 });
        const kept = images === undefined ? 1 : 2;
        expect(await text()).toContain(`The index keeps the verifiers of ${kept} of its ${kept + 1} kernels`);
        expect(await choice.locator('option', { hasText: '6.1.0-without' }).textContent()).toContain('not known');
        await choice.selectOption(id('6.1.0-without'));
        await expect
          .poll(text)
          .toMatch(/not known\s+The index does not keep its verifier: btfq ingest --verifier does/);
        await choice.selectOption(id('6.2.0-damaged'));
        await expect.poll(text, { timeout: 20_000 }).toContain('The head of the saved kernel is damaged');
        expect(page.url()).toContain(`verifier=${id('6.1.0-without')},${id('6.2.0-damaged')}`);
        await page
          .getByRole('region', { name: id('6.1.0-without') })
          .getByText('Take away')
          .click();
        await expect.poll(text).not.toContain('The index does not keep its verifier');
        if (images === undefined) return;
        await choice.selectOption(id('6.3.0-real'));
        await expect.poll(text, { timeout: 60_000 }).toMatch(/(load|loads|refused)\./);
        await expect.poll(() => page.locator('.running').count(), { timeout: 60_000 }).toBe(0);
        const verdicts = await page.locator('table .verdict').allTextContents();
        expect(verdicts.filter((verdict) => verdict === 'loads' || verdict === 'fails').length).toBeGreaterThan(0);
        expect(posts, where).toEqual([]);
      } finally {
        page.off('request', note);
        await web.close();
      }
    });
  },
);
