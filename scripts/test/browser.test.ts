// elf, btf-format, core-reloc and minimizer in a real browser: the same results as in Node.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fixturesFolder, kernelBtf } from '@btfq/test-kit';
import { rolldown } from 'rolldown';
import { expect, test } from 'vitest';
import { work } from './browser/work.ts';

const BROWSERS = ['chromium', 'chromium-browser', 'google-chrome', 'chrome'];
const browser = BROWSERS.find((name) => spawnSync(name, ['--version']).status === 0);

async function pageScript(): Promise<string> {
  const bundle = await rolldown({
    input: join(import.meta.dirname, 'browser/page.ts'),
    platform: 'browser',
    resolve: { conditionNames: ['@btfq/source'] },
    // A browser has no such thing: an import of a Node module is an error here.
    external: [],
    onLog(level, log) {
      if (level !== 'info' && level !== 'debug') throw new Error(log.message);
    },
  });
  const { output } = await bundle.generate({ format: 'iife' });
  await bundle.close();
  return output[0].code;
}

test('the page bundles without a Node module', async () => {
  const code = await pageScript();
  expect(code).not.toMatch(/\brequire\(|node:/);
});

test('a browser gives the results of Node', async (context) => {
  if (browser === undefined) return context.skip(`needs a Chromium on the PATH: one of ${BROWSERS.join(', ')}`);
  const kernel = kernelBtf('6.1.0-50-cloud-amd64');
  const object = new Uint8Array(readFileSync(join(fixturesFolder, 'objects/opensnoop.bpf.o')));
  const folder = mkdtempSync(join(tmpdir(), 'btfq-browser-'));
  try {
    const input = JSON.stringify({
      kernel: Buffer.from(kernel).toString('base64'),
      object: Buffer.from(object).toString('base64'),
    });
    // `</script` would end the script early; in a string it may be written otherwise.
    const code = `const INPUT = ${input};\n${await pageScript()}`.replaceAll('</script', '<\\/script');
    const page = join(folder, 'page.html');
    writeFileSync(page, `<!doctype html><meta charset="utf-8"><title>busy</title><body><script>${code}</script>`);
    const result = spawnSync(
      browser,
      [
        '--headless',
        '--no-sandbox',
        '--disable-gpu',
        `--user-data-dir=${folder}/profile`,
        '--dump-dom',
        `file://${page}`,
      ],
      { encoding: 'utf8', maxBuffer: 1 << 28 },
    );
    const body = /<body>([\s\S]*)<\/body>/.exec(result.stdout)?.[1] ?? result.stderr;
    const text = body
      .replaceAll('&lt;', '<')
      .replaceAll('&gt;', '>')
      .replaceAll('&nbsp;', '\u00a0')
      .replaceAll('&amp;', '&');
    expect(result.stdout, text.slice(0, 2000)).toContain('<title>done</title>');
    expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(work(kernel, object))));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
