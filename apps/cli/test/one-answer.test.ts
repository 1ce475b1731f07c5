// One question, one answer: an object whose type is in a module of a kernel, asked by the report, by its JSON, by GraphQL
// and by a bundle; the module split over its kernel, and with a distilled base.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BtfBuilder, distillBase, parseBtf } from '@btfq/btf-format';
import { bundleFromIndex, ingestKernel, openIndex } from '@btfq/btf-index';
import { createHandler, fileIndexSource } from '@btfq/graphql';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { runCli } from '../src/cli.ts';
import { memoryIo } from './kit/memory-io.ts';

const FIXTURES = join(import.meta.dirname, '../../../fixtures');
const OBJECT = readFileSync(join(FIXTURES, 'objects/fields.bpf.o'));
let folder: string;

/** A kernel without any of the object's types, and a module that has them all. */
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'btfq-one-answer-'));
  const builder = new BtfBuilder();
  builder.addInt('long unsigned int', 8);
  builder.addStruct('list_head', 16);
  const vmlinux = builder.build();
  const kernel = parseBtf(vmlinux);
  const split = new BtfBuilder({ base: kernel });
  split.addBtf(parseBtf(readFileSync(join(FIXTURES, 'targets/fields-same.btf'))));
  split.addPtr(2); // something of the kernel's, so that a distilled base has something in it
  const btf = split.build();
  const distilled = distillBase(parseBtf(btf, { base: kernel }));
  const index = openIndex(join(folder, 'btfq.db'));
  const ingest = (release: string, module: { name: string; btf: Uint8Array; base?: Uint8Array }) =>
    ingestKernel(index, {
      identity: { distro: 'debian', version: '12', arch: 'x86_64', release },
      btf: vmlinux,
      modules: [module],
    });
  ingest('6.1.0-split', { name: 'holder', btf });
  ingest('6.1.0-distilled', { name: 'holder', btf: distilled.split, base: distilled.base });
  index.close();
});
afterAll(() => rmSync(folder, { recursive: true }));

async function relocs(release: string, ...flags: string[]): Promise<string> {
  const io = memoryIo({ cwd: folder });
  const object = join(FIXTURES, 'objects/fields.bpf.o');
  expect(await runCli(['relocs', release, object, '--db', 'btfq.db', ...flags], io), io.stderr).toBe(0);
  return io.stdout;
}

describe.each(['6.1.0-split', '6.1.0-distilled'])('%s', (release) => {
  test('the report, its JSON, GraphQL and a bundle agree that all is applied', async () => {
    const text = await relocs(release);
    const count = Number(/(\d+) relocations: \1 applied/.exec(text)?.[1] ?? Number.NaN);
    expect(count).toBeGreaterThan(10);

    const lines = (await relocs(release, '--json')).trim().split('\n');
    expect(lines.length).toBe(count);
    const poisoned = lines.map((line) => JSON.parse(line)).filter((line) => line.poison || line.err);
    expect(poisoned).toEqual([]);

    const index = openIndex(join(folder, 'btfq.db'), { readonly: true });
    try {
      const handler = createHandler(fileIndexSource(join(folder, 'btfq.db')), { cacheFolder: join(folder, 'bundles') });
      const response = await handler.fetch(
        new Request('http://localhost/graphql', {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify({
            query: `query ($file: File!, $where: KernelFilter) { object(file: $file) {
              matrix(where: $where) { kernels { release } applied poisoned failed } } }`,
            variables: {
              file: { name: 'fields.bpf.o', base64: OBJECT.toString('base64') },
              where: { release: [release] },
            },
          }),
        }),
      );
      const { data, errors } = await response.json();
      expect(errors).toBeUndefined();
      expect(data.object.matrix).toEqual([{ kernels: [{ release }], applied: count, poisoned: 0, failed: 0 }]);
      await handler.close();

      const { manifest } = await bundleFromIndex(index, [{ name: 'fields.bpf.o', bytes: OBJECT }], { format: 'dir' });
      expect(manifest.unsatisfied).toEqual([]);
      expect(manifest.kernels.map(({ failure }) => failure)).toEqual([null, null]);
    } finally {
      index.close();
    }
  });
});
