// Verifiers that an index keeps, for pages: their list, and each as a file that never changes.
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { zstdDecompressSync } from 'node:zlib';
import { BtfBuilder } from '@btfq/btf-format';
import {
  ingestKernel,
  type KeptVerifier,
  openIndex,
  openVerifierStore,
  packVerifier,
  publishIndex,
  verifierPath,
} from '@btfq/btf-index';
import { readKeptKernel } from '@btfq/kernel-runtime';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createHandler, type Handler, fileIndexSource } from '../src/index.ts';

const folder = mkdtempSync(join(tmpdir(), 'btfq-verifiers-'));
const path = join(folder, 'a.db');
const KERNEL = 'a/1/x86_64/6.1.0';
const HEAD = Uint8Array.of(1, 2, 3);
let btf: Uint8Array;
let handler: Handler;

beforeAll(() => {
  const builder = new BtfBuilder();
  builder.addInt('int', 4, 1);
  btf = builder.build();
  const index = openIndex(path);
  for (const release of ['6.1.0', '6.2.0']) {
    const identity = { distro: 'a', version: '1', arch: 'x86_64', release };
    ingestKernel(index, { identity, btf, config: new Map([['CONFIG_BPF', 'y']]), configSource: 'config' });
  }
  index.close();
  const store = openVerifierStore(verifierPath(path), { readonly: false })!;
  const saved = { head: HEAD, symbols: Uint8Array.of(4), chunks: [Uint8Array.of(5, 6), Uint8Array.of(7)] };
  for (const kernel of [KERNEL, 'a/1/x86_64/not in the index']) store.put(kernel, packVerifier(saved));
  store.close();
  handler = createHandler(fileIndexSource(path), { workers: 0 });
});
afterAll(async () => {
  await handler.close();
  rmSync(folder, { recursive: true });
});

const get = (at: string, headers: Record<string, string> = {}) =>
  handler.fetch(new Request(`http://localhost/${at}`, { headers }));
const listed = async () => ((await (await get('verifiers.json')).json()) as { verifiers: KeptVerifier[] }).verifiers;

function partsOf(bytes: Uint8Array) {
  const kept = readKeptKernel(bytes, (data) => new Uint8Array(zstdDecompressSync(data)));
  return { ...kept, symbols: kept.symbols(), btf: kept.btf(), chunk: [0, 1].map((index) => [...kept.chunk(index)]) };
}
const expected = () => ({
  head: new Uint8Array(HEAD),
  symbols: Uint8Array.of(4),
  btf: new Uint8Array(btf),
  kconfig: 'CONFIG_BPF=y\n',
  chunk: [[5, 6], [7]],
});

it('lists the kernels of the index that have one, and sends it with the BTF and the configuration, also in pieces', async () => {
  const list = await listed();
  expect(list).toEqual([{ kernel: KERNEL, file: expect.stringMatching(/^verifiers\/[0-9a-f]{16}\.btfv$/) }]);
  const { file } = list[0]!;
  const whole = await get(file);
  expect(whole.headers.get('cache-control')).toContain('immutable');
  const bytes = new Uint8Array(await whole.arrayBuffer());
  expect(partsOf(bytes)).toEqual(expected());
  const etag = whole.headers.get('etag')!;
  const piece = await get(file, { range: 'bytes=4-9', 'if-range': etag });
  expect([piece.status, piece.headers.get('content-range')]).toEqual([206, `bytes 4-9/${bytes.length}`]);
  expect(new Uint8Array(await piece.arrayBuffer())).toEqual(bytes.subarray(4, 10));
  expect((await get(file, { 'if-none-match': etag })).status).toBe(304);
  for (const other of ['verifiers/0000000000000000.btfv', 'verifiers/x.btfv', 'verifiers/'])
    expect((await get(other)).status).toBe(404);
});

it('is published on demand, under the same names; index.json names the list', async () => {
  const out = join(folder, 'out');
  expect(publishIndex(path, out).verifiers).toBeUndefined();
  expect(readdirSync(out)).not.toContain('verifiers');
  const { verifiers } = publishIndex(path, out, { verifiers: true });
  expect(JSON.parse(readFileSync(join(out, 'index.json'), 'utf8'))).toMatchObject({ verifiers });
  const list = JSON.parse(readFileSync(join(out, verifiers!), 'utf8')) as {
    verifiers: (KeptVerifier & { size: number })[];
  };
  const [kept] = list.verifiers;
  const bytes = readFileSync(join(out, kept!.file));
  expect(list.verifiers).toEqual((await listed()).map((one) => ({ ...one, size: bytes.length })));
  expect(partsOf(bytes)).toEqual(expected());
});

it('is another file where anything of it is another', async () => {
  const [before] = await listed();
  const store = openVerifierStore(verifierPath(path), { readonly: false })!;
  store.put(KERNEL, packVerifier({ head: HEAD, symbols: Uint8Array.of(4), chunks: [Uint8Array.of(5)] }));
  store.close();
  const [after] = await listed();
  expect(after!.file).not.toBe(before!.file);
  expect((await get(before!.file)).status).toBe(404);
});
