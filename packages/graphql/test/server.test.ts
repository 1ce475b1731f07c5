import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { copyFileSync, mkdirSync, readdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gunzipSync } from 'node:zlib';
import {
  type ClientError,
  createClient,
  createHandler,
  fileIndexSource,
  type Handler,
  type Listening,
  type LogEntry,
  listen,
} from '@btfq/graphql';
import { openIndex, removeKernel } from '@btfq/btf-index';
import { readUstar } from '@btfq/minimizer';
import { fixtureBytes, fixtureKernels, fixtureObject, kernelBtf } from '@btfq/test-kit';
import { xz } from '@napi-rs/lzma';
import { Client as UrqlClient, fetchExchange, gql as urqlGql } from '@urql/core';
import { parse } from 'graphql';
import { GraphQLClient } from 'graphql-request';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';

// threads start from sources here, which takes long where others work on the machine
vi.setConfig({ testTimeout: 30_000, hookTimeout: 180_000 });
import { exampleQueries } from '../src/server/examples.ts';
import { type FixtureIndex, fixtureIndex } from './fixture-index.ts';

let fixture: FixtureIndex;
let handler: Handler;
let server: Listening;
let served: string;
const entries: LogEntry[] = [];

beforeAll(async () => {
  fixture = fixtureIndex((kernel) => ['arm64', 's390x'].includes(kernel.arch));
  served = join(fixture.folder, 'served.db');
  copyFileSync(fixture.path, served);
  handler = createHandler(fileIndexSource(served), {
    cacheFolder: join(fixture.folder, 'bundles'),
    log: (entry) => entries.push(entry),
  });
  server = await listen(handler, { port: 0 });
  await (await get(query('{ stats { kernels } }'))).text(); // its thread has started
});
afterAll(async () => {
  await server.close(1000);
  fixture.remove();
});

const get = (path: string, headers: Record<string, string> = {}) => fetch(server.url + path, { headers });
const query = (text: string) => `/graphql?query=${encodeURIComponent(text)}`;
const SMALL = '{ struct(name: "task_struct") { field(name: "pid") { kernels { offset } } } }';

describe('clients that are not ours', () => {
  test('graphql-request', async () => {
    const client = new GraphQLClient(`${server.url}/graphql`);
    const { struct } = await client.request<{ struct: { field: { kernels: unknown[] } } }>(SMALL);
    expect(struct.field.kernels.length).toBeGreaterThan(0);
  });

  test('urql', async () => {
    const client = new UrqlClient({ url: `${server.url}/graphql`, exchanges: [fetchExchange], preferGetMethod: false });
    const { data, error } = await client.query(urqlGql(SMALL), {}).toPromise();
    expect(error).toBeUndefined();
    expect(data.struct.field.kernels.length).toBeGreaterThan(0);
  });

  test('curl with the multipart upload of the specification', async ({ skip }) => {
    const run = promisify(execFile);
    try {
      await run('curl', ['--version']);
    } catch {
      skip('curl is not installed');
    }
    const object = join(fixture.folder, 'upload.bpf.o');
    writeFileSync(object, fixtureObject('opensnoop'));
    const operations = JSON.stringify({
      query: 'mutation ($objects: [File!]!) { minimalBtf(objects: $objects) { kernels distinct bytes url } }',
      variables: { objects: [null] },
    });
    const { stdout } = await run('curl', [
      '-s',
      `${server.url}/graphql`,
      '-F',
      `operations=${operations}`,
      '-F',
      'map={ "0": ["variables.objects.0"] }',
      '-F',
      `0=@${object}`,
    ]);
    const { data } = JSON.parse(stdout) as { data: { minimalBtf: { kernels: number; url: string } } };
    expect(data.minimalBtf.kernels).toBe(fixtureCount());
  });
});

function fixtureCount(): number {
  return fixtureKernels().filter((kernel) => ['arm64', 's390x'].includes(kernel.arch)).length;
}

describe('our client', () => {
  const client = () => createClient(`${server.url}/graphql`);

  test('takes an operation as graphql-request does: text, an object, or a parsed document', async () => {
    const expected = await client().request('{ stats { kernels } }');
    expect(await client().request({ document: '{ stats { kernels } }' })).toEqual(expected);
    expect(await client().request({ query: '{ stats { kernels } }', variables: {} })).toEqual(expected);
    expect(await client().request({ document: parse('{ stats { kernels } }') })).toEqual(expected);
    expect(await client().request(parse('{ stats { kernels } }'))).toEqual(expected);
    await expect(client().request({})).rejects.toThrow(TypeError);
  });
  const file = () => new File([fixtureObject('opensnoop') as Uint8Array<ArrayBuffer>], 'opensnoop.bpf.o');
  interface Made {
    readonly minimalBtf: {
      readonly id: string;
      readonly kernels: number;
      readonly distinct: number;
      readonly bytes: number;
      readonly url: string;
      readonly entries: readonly {
        readonly path: string;
        readonly sha256: string;
        readonly kernel: { readonly id: string };
      }[];
    };
  }
  const MAKE = `mutation ($objects: [File!]!, $format: BundleFormat) { minimalBtf(objects: $objects, format: $format) {
    id kernels distinct bytes url entries { path sha256 kernel { id } } } }`;

  test('makes a bundle once and downloads it', async () => {
    const first = (await client().request<Made>(MAKE, { objects: [file()], format: 'BCC' })).minimalBtf;
    const again = (await client().request<Made>(MAKE, { objects: [file()], format: 'BCC' })).minimalBtf;
    expect(again).toEqual(first);
    const response = await get(first.url);
    expect(response.headers.get('cache-control')).toContain('immutable');
    const archive = new Uint8Array(await response.arrayBuffer());
    expect(archive.length).toBe(first.bytes);
    const members = new Map(readUstar(gunzipSync(archive)).map((member) => [member.name, member.bytes]));
    expect(first.entries.length).toBeGreaterThanOrEqual(first.kernels);
    for (const entry of first.entries) {
      const bytes = members.get(entry.path) as Uint8Array;
      expect(createHash('sha256').update(bytes).digest('hex')).toBe(entry.sha256);
    }
    const kept = readdirSync(join(fixture.folder, 'bundles'));
    expect(kept.every((name) => /^[0-9a-f]{64}\.(tar\.gz|tar\.xz|json)$/.test(name))).toBe(true);
  });

  test('base64 gives the same bundle as a multipart upload', async () => {
    const base64 = Buffer.from(fixtureObject('opensnoop')).toString('base64');
    const a = await client().request<Made>(MAKE, { objects: [file()] });
    const b = await client().request<Made>(MAKE, { objects: [{ name: 'opensnoop.bpf.o', base64 }] });
    expect(b.minimalBtf.id).toBe(a.minimalBtf.id);
  });

  test('an object is described, and relocated over all kernels', async () => {
    const { object } = await client().request<{
      object: {
        license: string;
        programs: { name: string; instructions: number }[];
        maps: { name: string; type: string }[];
        relocations: { spec: string; file: string | null; line: number | null }[];
        matrix: { kernels: { id: string }[]; applied: number; poisoned: number; failed: number }[];
      };
    }>(
      `query ($file: File!) { object(file: $file) { license programs { name instructions } maps { name type }
        relocations { spec file line } matrix { kernels { id } applied poisoned failed } } }`,
      { file: file() },
    );
    expect(object.programs.length).toBeGreaterThan(0);
    expect(object.relocations.length).toBeGreaterThan(0);
    const covered = object.matrix.flatMap((row) => row.kernels.map((kernel) => kernel.id));
    expect(new Set(covered).size).toBe(fixtureCount());
    for (const row of object.matrix) expect(row.applied + row.poisoned + row.failed).toBe(object.relocations.length);
  });

  test('an object is asked whether kernels load it, in the words of the command line', async () => {
    interface Row {
      kernels: { id: string }[];
      programs: { program: string; verdict: string; reasons: { code: string }[]; attach: { verdict: string } }[];
    }
    const ask = (settings: string, path = 'load-check/reach.bpf.o') =>
      client().request<{ object: { loads: Row[] } }>(
        `query ($file: File!) { object(file: $file) { loads(${settings}) {
          kernels { id } programs { program section verdict reasons { code message file line evidence loaders } attach { verdict reasons { code } } } } } }`,
        { file: new File([fixtureBytes(path) as Uint8Array<ArrayBuffer>], 'asked.bpf.o') },
      );
    const { object } = await ask('loader: "libbpf"');
    expect(new Set(object.loads.flatMap(({ kernels }) => kernels.map(({ id }) => id))).size).toBe(fixtureCount());
    const verdicts = (rows: Row[], name: string) =>
      rows.map(({ programs }) => programs.find(({ program }) => program === name)?.verdict);
    for (const { programs } of object.loads) {
      const reached = programs.find(({ program }) => program === 'reached');
      expect(reached?.verdict).toBe('fails');
      expect(reached?.reasons.every(({ code }) => code === 'poison' || code === 'byte-order')).toBe(true);
      expect(reached?.attach.verdict).toBe('conditional');
    }
    expect(verdicts(object.loads, 'guarded_rodata')).toContain('conditional');
    const set = await ask('loader: "libbpf", set: ["enabled=1"]');
    expect(verdicts(set.object.loads, 'guarded_rodata')).not.toContain('conditional');
    // programs of SEC("?...") are off for libbpf, and like any other for cilium's loader
    const counts = await Promise.all(
      ['loader: "libbpf"', 'loader: "libbpf", all: true', 'loader: "cilium"'].map(async (settings) => {
        const answer = await ask(settings, 'loads/sections.bpf.o');
        return answer.object.loads[0]?.programs.length ?? 0;
      }),
    );
    expect(counts[0]).toBeLessThan(counts[1]!);
    expect(counts[2]).toBe(counts[1]);
    for (const wrong of ['set: ["no_such=1"]', 'set: ["enabled"]', 'loader: "other"']) {
      await expect(ask(wrong)).rejects.toMatchObject({ code: 'BAD_USER_INPUT' });
    }
  });

  test.each([
    ['no ELF', new Uint8Array([1, 2, 3])],
    ['nothing', new Uint8Array()],
    ['a cut object', fixtureObject('opensnoop').slice(0, 900)],
  ])('%s is the client’s fault, by code', async (_, bytes) => {
    const broken = new File([bytes as Uint8Array<ArrayBuffer>], 'x.o');
    await expect(
      client().request('query ($file: File!) { object(file: $file) { license } }', { file: broken }),
    ).rejects.toMatchObject({ name: 'ClientError', code: 'BAD_FILE' } satisfies Partial<ClientError>);
  });
});

describe('caches', () => {
  test('an answer to GET has a validator, and 304 follows', async () => {
    const first = await get(query(SMALL));
    const etag = first.headers.get('etag')!;
    expect(etag).toMatch(/^W\//);
    expect(first.headers.get('cache-control')).toMatch(/^public, max-age=\d+$/);
    await first.text();
    const second = await get(query(SMALL), { 'if-none-match': etag });
    expect(second.status).toBe(304);
    expect((await get(query('{ stats { kernels } }'), { 'if-none-match': etag })).status).toBe(200);
  });

  test('errors are not kept', async () => {
    expect((await get(query('{ nonsense }'))).headers.get('cache-control')).toBe('no-store');
  });

  test('automatic persisted queries', async () => {
    const text = '{ stats { kernels distinct } }';
    const hash = createHash('sha256').update(text).digest('hex');
    const extensions = `extensions=${encodeURIComponent(JSON.stringify({ persistedQuery: { version: 1, sha256Hash: hash } }))}`;
    const unknown = await (await get(`/graphql?${extensions}`)).json();
    expect(unknown.errors[0].extensions.code).toBe('PERSISTED_QUERY_NOT_FOUND');
    await get(`${query(text)}&${extensions}`);
    const known = await (await get(`/graphql?${extensions}`)).json();
    expect(known.data.stats.kernels).toBe(fixtureCount());
    const wrong = await (await get(`${query('{ stats { names } }')}&${extensions}`)).json();
    expect(wrong.errors[0].extensions.code).toBe('PERSISTED_QUERY_MISMATCH');
  });
});

describe('paths', () => {
  test('health, readiness, metrics', async () => {
    expect(await (await get('/healthz')).text()).toBe('ok\n');
    expect(await (await get('/readyz')).text()).toBe('ready\n');
    const metrics = await (await get('/metrics')).text();
    expect(metrics).toMatch(/^btfq_requests_total\{route="graphql",status="200"\} \d+$/m);
    expect((await fetch(`${server.url}/healthz`, { method: 'DELETE' })).status).toBe(405);
  });

  test('BTF in BTFHub’s own layout', async () => {
    const kernel = fixtureKernels().find((k) => k.arch === 'arm64') as ReturnType<typeof fixtureKernels>[number];
    const path = `/${kernel.distro}/${kernel.version}/${kernel.arch}/${encodeURIComponent(kernel.release)}.btf.tar.xz`;
    const response = await get(path);
    expect(response.status).toBe(200);
    const tar = await xz.decompress(new Uint8Array(await response.arrayBuffer()));
    const [member, ...others] = readUstar(tar);
    expect(others).toEqual([]);
    expect(member?.name).toBe(`${kernel.release}.btf`);
    expect(Buffer.from(member?.bytes ?? []).equals(kernelBtf(kernel.id))).toBe(true);
    expect((await get(path.replace('/arm64/', '/aarch64/'))).status).toBe(200);
    expect((await get('/debian/99/arm64/none.btf.tar.xz')).status).toBe(404);
  });

  test.each([
    '/../../etc/passwd',
    '/bundles/..%2f..%2fetc%2fpasswd',
    '/bundles/0000.tar.gz',
    '/%00',
    '/bundles/%zz',
    '/x/y/z/%zz.btf.tar.xz',
  ])('%s is not found', async (path) => {
    expect([400, 404]).toContain((await handler.fetch(new Request(`http://localhost${path}`))).status);
  });

  test('a browser gets GraphiQL that asks nobody else', async () => {
    const page = await (await get('/graphql', { accept: 'text/html' })).text();
    expect(page).toContain('GraphiQL');
    expect(page).not.toMatch(/<(script|link)[^>]+(src|href)="https?:/);
  });

  test('no CORS unless asked', async () => {
    const response = await get(query(SMALL), { origin: 'https://elsewhere.example' });
    expect(response.headers.get('access-control-allow-origin')).toBeNull();
  });
});

test('every example query of GraphiQL answers', async () => {
  const names = [...exampleQueries.matchAll(/^query (\w+)/gm)].map((match) => match[1]);
  expect(names.length).toBeGreaterThan(3);
  for (const operationName of names) {
    const response = await fetch(`${server.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query: exampleQueries, operationName }),
    });
    expect((await response.json()).errors).toBeUndefined();
  }
});

test('a log entry a request, without what was asked', () => {
  const requests = entries.filter((entry) => entry.event === 'request');
  expect(requests.length).toBeGreaterThan(5);
  expect(requests[0]).toMatchObject({
    level: 'info',
    method: expect.any(String),
    route: expect.any(String),
    status: 200,
  });
  expect(entries.filter((entry) => entry.event === 'defect')).toEqual([]);
});

test('a new index by rename is picked up; a broken one is not', async () => {
  const count = async () =>
    ((await (await get(query('{ stats { kernels } }'))).json()) as { data: { stats: { kernels: number } } }).data.stats
      .kernels;
  const before = await count();
  const next = join(fixture.folder, 'next.db');
  copyFileSync(fixture.path, next);
  const writer = openIndex(next);
  removeKernel(writer, 1);
  writer.close();
  renameSync(next, served);
  expect(await count()).toBe(before - 1);
  const broken = join(fixture.folder, 'broken.db');
  writeFileSync(broken, 'not an index at all');
  renameSync(broken, served);
  expect(await count()).toBe(before - 1);
  copyFileSync(fixture.path, next);
  renameSync(next, served);
  expect(await count()).toBe(before);
});

test('without an index: not ready, and a clear error', async () => {
  const folder = join(fixture.folder, 'empty');
  mkdirSync(folder);
  const empty = createHandler(fileIndexSource(join(folder, 'none.db')));
  expect((await empty.fetch(new Request('http://localhost/readyz'))).status).toBe(503);
  const answer = await empty.fetch(new Request(`http://localhost${query('{ stats { kernels } }')}`));
  expect(answer.status).toBe(503);
  expect((await answer.json()).errors[0].extensions.code).toBe('UNAVAILABLE');
  await empty.close();
});
