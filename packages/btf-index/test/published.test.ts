// A published index, read over HTTP: equal answers, few requests, and a clear word for servers that are not as they should.

import { spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type BtfIndex,
  declarations,
  fetchPublished,
  field,
  ingestKernel,
  kernels,
  nearNames,
  openIndex,
  openUrl,
  publishIndex,
  search,
  stats,
  verifyIndex,
} from '@btfq/btf-index';
import { BLOCK_BYTES, type HttpAnswer, openPublished, type Published, type Transport } from '@btfq/btf-index/read';
import { fixtureKernels, seededRandom } from '@btfq/test-kit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { diskStore } from '../src/remote/disk-store.ts';
import { localNames } from '../src/search/local-names.ts';
import { KIND_CODE } from '../src/query/declarations.ts';
import { decodePieces } from '../src/search/pieces.ts';
import { publishedPart } from '../src/store/published-parts.ts';
import { SCHEMA_VERSION } from '../src/store/schema-version.ts';
import { codeOf, freshPath, indexOf } from './kit.ts';
import { smallKernel } from './small-kernel.ts';

const folder = mkdtempSync(join(tmpdir(), 'btfq-published-'));
const BASE = 'https://host.example/btfq/';
let local: BtfIndex;
let published: Published;

beforeAll(() => {
  const path = freshPath();
  indexOf(fixtureKernels().slice(1, 3), path).close();
  published = publishIndex(path, join(folder, 'out'));
  local = openIndex(path, { readonly: true });
}, 300_000);
afterAll(() => {
  local.close();
  rmSync(folder, { recursive: true, force: true });
});

interface Fault {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: (bytes: Uint8Array) => Uint8Array;
}

const read = new Map<string, Uint8Array>();
/** Of a file whose name tells its content, read once. */
function bytesOf(path: string): Uint8Array {
  const bytes = read.get(path) ?? new Uint8Array(readFileSync(path));
  if (path.endsWith('.db')) read.set(path, bytes);
  return bytes;
}

/** A web space over the folder; `fault` may change an answer. */
function webSpace(
  fault: (url: string, count: number) => Fault | undefined = () => undefined,
): Transport & { sent: number } {
  const space = Object.assign(
    (url: string, range?: readonly [number, number]): HttpAnswer => {
      const wrong = fault(url, space.sent++);
      const path = join(folder, 'out', url.slice(BASE.length));
      if (!url.startsWith(BASE) || !existsSync(path))
        return { status: 404, header: () => null, body: new Uint8Array() };
      const bytes = bytesOf(path);
      const part = range ? bytes.subarray(range[0], range[1] + 1) : bytes;
      const headers: Record<string, string> = { etag: `"${bytes.length}"` };
      if (range) headers['content-range'] = `bytes ${range[0]}-${range[0] + part.length - 1}/${bytes.length}`;
      Object.assign(headers, wrong?.headers);
      const body = wrong?.body?.(part) ?? part.slice();
      return { status: wrong?.status ?? (range ? 206 : 200), header: (name) => headers[name] ?? null, body };
    },
    { sent: 0 },
  );
  return space;
}

const open = (transport: Transport, url = `${BASE}index.json`) => openPublished(url, { transport });
const failure = (promise: Promise<unknown>) =>
  promise.then(
    () => 'no error',
    (error: { code?: string }) => error.code,
  );

describe('publishing', () => {
  it('writes what a web space needs, and the pointer tells of it', () => {
    const files = readdirSync(join(folder, 'out')).sort();
    expect(files).toEqual(['PUBLISHING.md', '_headers', published.file, 'index.json'].sort());
    expect(published).toMatchObject({
      file: `btfq-${published.sha256.slice(0, 16)}.db`,
      size: statSync(join(folder, 'out', published.file)).size,
      generation: local.generation(),
      kernels: 2,
      schemaVersion: SCHEMA_VERSION,
    });
  });

  it('lets the page reach nothing but its own host', () => {
    const headers = readFileSync(join(folder, 'out', '_headers'), 'utf8');
    expect(headers).toMatch(
      /^\/\*\n {2}Content-Security-Policy: default-src 'none'; script-src 'self' 'wasm-unsafe-eval';/,
    );
    expect(headers).toContain("frame-ancestors 'none'\n");
    expect(headers).not.toContain('unsafe-inline');
  });

  it('is not much larger', () => {
    expect(published.size).toBeLessThan(statSync(local.path).size * 1.1);
  });

  it('gives the same bytes for the same index', () => {
    expect(publishIndex(local.path, join(folder, 'again'))).toEqual(published);
  }, 180_000);

  it('takes away what a killed one has left, and nothing of one that is at work', () => {
    const dead = spawnSync(process.execPath, ['-e', '']).pid;
    const left = [`.btfq-${dead}.tmp`, `.btfq-${dead}.tmp-journal`, `.${dead}.tmp`, `.btfq-${process.pid}.tmp`];
    const other = `.btfq-${process.ppid}.tmp`;
    const at = join(folder, 'killed');
    mkdirSync(at);
    for (const name of [...left, other]) writeFileSync(join(at, name), 'half');
    const path = freshPath();
    const index = openIndex(path);
    ingestKernel(index, smallKernel(1));
    index.close();
    expect(publishIndex(path, at)).toMatchObject({ kernels: 1 });
    expect(readdirSync(at).filter((name) => name.endsWith('.tmp') || name.endsWith('-journal'))).toEqual([other]);
  });

  it('can be written to after it was fetched', () => {
    const copy = join(folder, 'copy.db');
    writeFileSync(copy, readFileSync(join(folder, 'out', published.file)));
    const index = openIndex(copy);
    ingestKernel(index, smallKernel(1));
    expect(kernels(index)).toHaveLength(3);
    expect(search(index, 'struct_1', { limit: 1 })).toMatchObject([{ name: 'struct_1', match: 'exact' }]);
    expect(search(index, 'task_struct')).toEqual(search(local, 'task_struct'));
    expect(verifyIndex(index).problems).toEqual([]);
    index.close();
  });
});

const QUESTIONS: Readonly<Record<string, (index: BtfIndex) => unknown>> = {
  field: (index) => field(index, 'composite', 'task_struct', 'pid'),
  struct: (index) => declarations(index, 'struct', 'task_struct'),
  func: (index) => declarations(index, 'func', 'vfs_read'),
  enum: (index) => declarations(index, 'enum', 'bpf_func_id'),
};

describe('reading', () => {
  it.each(['index.json', '', published?.file])('by the URL of %s', async (name) => {
    const { index } = await open(webSpace(), `${BASE}${name ?? published.file}`);
    expect(kernels(index)).toEqual(kernels(local));
    expect({ ...stats(index), bytes: 0 }).toEqual({ ...stats(local), bytes: 0 });
  });

  it.each(Object.entries(QUESTIONS))('a cold %s takes few requests', async (_, ask) => {
    const { index, traffic } = await open(webSpace());
    expect(ask(index)).toEqual(ask(local));
    expect(traffic.requests).toBeLessThanOrEqual(15);
    expect(traffic.bytes).toBeLessThanOrEqual(300_000);
  });

  it('answers of any declaration, and of any field, by few requests, as a local index does', async () => {
    const random = seededRandom(25);
    for (const kind of ['struct', 'union', 'enum', 'typedef', 'func', 'var'] as const) {
      const names = local
        .statement('SELECT DISTINCT n.text FROM declaration d JOIN name n ON n.id = d.name WHERE d.kind = ? ORDER BY 1')
        .all(KIND_CODE[kind]) as [string][];
      for (let i = 0; i < 25; i++) {
        const [name] = names[random.below(names.length)]!;
        const askings: ((index: BtfIndex) => unknown)[] = [(index) => declarations(index, kind, name)];
        const [layout] = declarations(local, kind, name) as readonly { fields?: readonly { name: string }[] }[];
        const member = layout?.fields?.find((one) => one.name !== '')?.name;
        if (member !== undefined) askings.push((index) => field(index, 'composite', name, member));
        for (const ask of askings) {
          const { index, traffic } = await open(webSpace());
          expect(ask(index), `${kind} ${name}`).toEqual(ask(local));
          const within = traffic.requests <= 15 && traffic.bytes <= 300_000;
          expect(within, `${kind} ${name}: ${traffic.requests} requests, ${traffic.bytes} bytes`).toBe(true);
          index.close();
        }
      }
    }
  }, 60_000);

  it('finds names as a local index does', async () => {
    const { index, traffic } = await open(webSpace());
    for (const text of ['t', 'ta', 'tas', 'task', 'task_', 'task_s', 'task_st', 'task_str', 'task_stru', 'task_struct'])
      expect(search(index, text)).toEqual(search(local, text));
    expect(traffic.requests).toBeLessThanOrEqual(8);
    expect(traffic.bytes).toBeLessThanOrEqual(150_000);
  });

  it('finds other parts of names, and names like a text, as a local index does', async () => {
    const { index } = await open(webSpace());
    for (const text of ['sk_', 'Vfs_']) expect(search(index, text)).toEqual(search(local, text));
    for (const text of ['ruct', 'no such name', '_', 'zz', 'taskstruct', 'sk_buf', '_task', '64', '__x6', 'e']) {
      expect(search(index, text)).toEqual(search(local, text));
      expect(search(index, text, { kinds: ['struct'], limit: 3 })).toEqual(
        search(local, text, { kinds: ['struct'], limit: 3 }),
      );
    }
    expect(search(index, 'sk', { limit: 200 })).toEqual(search(local, 'sk', { limit: 200 }));
    expect(nearNames(index, 'struct', 'task_strct')).toEqual(nearNames(local, 'struct', 'task_strct'));
    expect(nearNames(index, 'func', 'vfsread')).toEqual(nearNames(local, 'func', 'vfsread'));
  });

  it('finds any name, part of one, or word with wrong letters by few requests, as a local index does', async () => {
    const random = seededRandom(19);
    const one = <T>(list: readonly T[]) => list[random.below(list.length)] as T;
    const names = localNames(local).texts;
    const table = decodePieces(publishedPart((await open(webSpace())).index, 'pieces') as Uint8Array);
    const sets: Record<string, string[][]> = { typed: [], part: [], wrong: [], worst: [] };
    const letterByLetter = (name: string) => [...name].map((_, i) => name.slice(0, i + 1));
    sets['typed'] = [...Array.from({ length: 40 }, () => one(names)), 'bit_wait_timeout', 'set_enabled'].map(
      letterByLetter,
    );
    for (let i = 0; i < 60; i++) {
      const name = one(names);
      const from = random.below(name.length);
      sets['part']?.push([name.slice(from, from + 1 + random.below(11))]);
      const at = random.below(Math.max(1, name.length - 1));
      const changed = [
        `${name[at + 1] ?? ''}${name[at]}${name.slice(at + 2)}`,
        name.slice(at + 1),
        `q${name.slice(at)}`,
      ];
      sets['wrong']?.push([name.slice(0, at) + one(changed)]);
    }
    // what takes the most: frequent texts that are the longest, and rare pieces with another letter
    const longest = (pieces: Iterable<string>) => [...pieces].sort((a, b) => b.length - a.length).slice(0, 15);
    for (const piece of [...longest(table.frequent.keys()), ...longest(table.rare.keys())])
      sets['worst']?.push([piece]);
    for (let i = 0; i < 30; i++) sets['worst']?.push([one([...table.rare.keys()]) + one([...names.join('')])]);
    for (const [set, askings] of Object.entries(sets)) {
      for (const texts of askings) {
        const { index, traffic } = await open(webSpace());
        for (const text of texts) {
          const hits = search(index, text);
          if (text === texts.at(-1)) expect(hits, text).toEqual(search(local, text));
        }
        const within = traffic.requests <= 8 && traffic.bytes <= 150_000;
        expect(within, `${set} ${texts.at(-1)}: ${traffic.requests} requests, ${traffic.bytes} bytes`).toBe(true);
        index.close();
      }
    }
  }, 180_000);

  it('keeps what it has read, for later runs and without a network', async () => {
    const cache = join(folder, 'cache');
    const question = (index: BtfIndex) => field(index, 'composite', 'task_struct', 'pid');
    const first = await openUrl(`${BASE}index.json`, { transport: webSpace(), cache });
    const answer = question(first.index);
    const space = webSpace();
    const second = await openUrl(`${BASE}index.json`, { transport: space, cache });
    expect(question(second.index)).toEqual(answer);
    expect(space.sent).toBe(1); // the pointer
    const offline = await openUrl(`${BASE}index.json`, { offline: true, cache });
    expect(question(offline.index)).toEqual(answer);
    expect(codeOf(() => declarations(offline.index, 'enum', 'bpf_func_id'))).toBe('offline');
    expect(await failure(openUrl(`${BASE}other/index.json`, { offline: true, cache }))).toBe('offline');
  });

  it('asks again where the kept blocks were damaged', async () => {
    const cache = join(folder, 'damaged');
    const ask = async () => {
      const space = webSpace();
      const { index } = await openUrl(`${BASE}index.json`, { transport: space, cache });
      return { answer: QUESTIONS['field']?.(index), sent: space.sent };
    };
    const { answer } = await ask();
    const own = join(cache, published.sha256);
    for (const name of readdirSync(own)) writeFileSync(join(own, name), 'something else');
    expect(await ask()).toEqual({ answer, sent: expect.toSatisfy((sent: number) => sent > 1) });
  });
});

describe('the cache on disk', () => {
  const block = (n: number) => new Uint8Array(BLOCK_BYTES).fill(n);
  const size = (at: string) =>
    readdirSync(at, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .reduce((sum, entry) => sum + statSync(join(entry.parentPath, entry.name)).size, 0);

  it('is bounded, whatever is read of however many files', () => {
    const cache = join(folder, 'bounded');
    for (let file = 0; file < 6; file++) {
      const store = diskStore(cache, String(file).repeat(64), 10 * BLOCK_BYTES);
      for (let n = 0; n < 20; n++) store?.put(n, block(n));
      expect(size(cache)).toBeLessThanOrEqual(10 * BLOCK_BYTES);
      expect(store?.has(19)).toBe(false);
    }
    expect(diskStore(cache, '5'.repeat(64), 10 * BLOCK_BYTES)?.get(0)).toEqual(block(0)); // what came last is there
  });

  it('is shared by runs', () => {
    const cache = join(folder, 'shared');
    diskStore(cache, 'a', 1 << 20)?.put(3, block(7));
    const other = diskStore(cache, 'a', 1 << 20);
    expect([other?.has(3), other?.get(3)]).toEqual([true, block(7)]);
    expect(diskStore(cache, 'b', 1 << 20)?.has(3)).toBe(false);
  });
});

describe('servers that are not as they should', () => {
  const larger = (bytes: Uint8Array) => {
    const text = new TextDecoder().decode(bytes);
    return new TextEncoder().encode(text.replace(`"size": ${published.size}`, `"size": ${published.size + 8192}`));
  };
  const database = (change: Fault) => webSpace((url) => (url.endsWith('.db') ? change : undefined));
  it.each<[string, string, () => Transport, string?]>([
    ['not there', 'no-index', () => webSpace(), `${BASE}other.json`],
    ['no pointer', 'not-an-index', () => webSpace(), `${BASE}_headers.json`],
    ['always failing', 'unreachable', () => webSpace(() => ({ status: 503 }))],
    ['forbidding', 'unreachable', () => webSpace(() => ({ status: 403 }))],
    ['without ranges', 'no-ranges', () => database({ status: 200 })],
    ['compressing', 'no-ranges', () => database({ headers: { 'content-encoding': 'gzip' } })],
    ['sending too little', 'damaged', () => database({ body: (bytes) => bytes.subarray(1) })],
    ['sending other bytes', 'damaged', () => database({ headers: { 'content-range': 'bytes 5-9/10' } })],
    ['of another size', 'changed', () => webSpace((url) => (url.endsWith('.json') ? { body: larger } : undefined))],
    ['sending what is not an index', 'not-an-index', () => database({ body: (bytes) => bytes.map(() => 7) })],
  ])('%s: %s', async (_, code, transport, url) => {
    if (url === `${BASE}_headers.json`) writeFileSync(join(folder, 'out', '_headers.json'), '{"file": "../x"}');
    expect(await failure(open(transport(), url))).toBe(code);
  });

  it('failing now and then: asked again', async () => {
    const { index } = await open(webSpace((_, count) => (count % 2 === 0 ? { status: 502 } : undefined)));
    expect(QUESTIONS['field']?.(index)).toEqual(QUESTIONS['field']?.(local));
  });

  it('replacing the file under the reader', async () => {
    let changed = false;
    const { index } = await open(webSpace(() => (changed ? { headers: { etag: '"other"' } } : undefined)));
    changed = true;
    expect(codeOf(() => QUESTIONS['struct']?.(index))).toBe('changed');
  });
});

describe('fetching over HTTP', () => {
  it('resumes, verifies, and says when it was there', async () => {
    const { createServer } = await import('node:http');
    const ranges: (string | undefined)[] = [];
    let damage = false;
    let closed = false;
    const server = createServer((request, response) => {
      if (!closed) {
        closed = true; // as a server closes a connection that was kept open, just when it is used again
        return request.socket.destroy();
      }
      const bytes = readFileSync(join(folder, 'out', (request.url as string).slice(1)));
      const [, from] = /^bytes=(\d+)-/.exec(request.headers.range ?? '') ?? [];
      if (request.url?.endsWith('.db')) ranges.push(request.headers.range);
      const part = bytes.subarray(Number(from ?? 0));
      if (damage && request.url?.endsWith('.db')) part[part.length - 1] = part.at(-1)! ^ 1;
      const range = `bytes ${from}-${bytes.length - 1}/${bytes.length}`;
      response.writeHead(from ? 206 : 200, from ? { 'content-range': range } : {});
      response.end(part);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    try {
      const url = `http://127.0.0.1:${(server.address() as { port: number }).port}/index.json`;
      const to = join(folder, 'fetched.db');
      const part = `${to}.${published.sha256.slice(0, 16)}.part`;
      writeFileSync(part, readFileSync(join(folder, 'out', published.file)).subarray(0, 100_000));
      expect(await fetchPublished(url, to)).toEqual({ published, resumed: 100_000, unchanged: false });
      expect(ranges).toEqual([`bytes=100000-${published.size - 1}`]);
      expect(readFileSync(to).equals(readFileSync(join(folder, 'out', published.file)))).toBe(true);
      expect((await fetchPublished(url, to)).unchanged).toBe(true);
      damage = true;
      expect(await failure(fetchPublished(url, join(folder, 'bad.db')))).toBe('damaged');
      expect(existsSync(join(folder, 'bad.db'))).toBe(false);
    } finally {
      server.close();
    }
    expect(await failure(fetchPublished('http://127.0.0.1:9/index.json', join(folder, 'none.db')))).toBe('unreachable');
  });
});

it('a process asks a server with nothing but Node', async () => {
  const { spawn } = await import('node:child_process');
  const server = spawn(process.execPath, ['-e', SERVER, join(folder, 'out')], { stdio: ['ignore', 'pipe', 'inherit'] });
  try {
    const port = await new Promise<string>((resolve) => server.stdout.once('data', (data) => resolve(String(data))));
    const script = `const { openUrl, field } = await import('@btfq/btf-index');
      const { index } = await openUrl('http://127.0.0.1:${port.trim()}/', { cache: ${JSON.stringify(join(folder, 'run'))} });
      console.log(JSON.stringify(field(index, 'composite', 'task_struct', 'pid')));`;
    const { stdout, stderr } = spawnSync(
      process.execPath,
      ['--conditions=@btfq/source', '--input-type=module', '-e', script],
      { encoding: 'utf8', cwd: import.meta.dirname },
    );
    expect(JSON.parse(stdout || `"${stderr}"`)).toEqual(JSON.parse(JSON.stringify(QUESTIONS['field']?.(local))));
  } finally {
    server.kill();
  }
});

/** A server of ranges in a process of its own: the one that asks waits for the answer. */
const SERVER = `
const { readFileSync } = require('node:fs');
const server = require('node:http').createServer((request, response) => {
  if (request.url === '/old/index.json') return response.writeHead(302, { location: '/index.json' }).end();
  const bytes = readFileSync(process.argv[1] + request.url);
  const [, from, to] = /^bytes=(\\d+)-(\\d+)$/.exec(request.headers.range || '') || [];
  if (!from) return response.end(bytes);
  const part = bytes.subarray(+from, +to + 1);
  response.writeHead(206, { 'content-range': 'bytes ' + from + '-' + (+from + part.length - 1) + '/' + bytes.length });
  response.end(part);
});
server.listen(0, '127.0.0.1', () => console.log(server.address().port));
`;
