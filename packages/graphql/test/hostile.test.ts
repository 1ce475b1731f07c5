// A hostile network: what clients may do to each other, which is nothing. Every test ends with a small question that is
// answered.

import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { gzipSync } from 'node:zlib';
import { createHandler, type Handler, type Listening, listen } from '@btfq/graphql';
import { fixtureObject } from '@btfq/test-kit';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';

// threads start from sources here, which takes long where others work on the machine
vi.setConfig({ testTimeout: 30_000, hookTimeout: 180_000 });
import { defaultLimits } from '../src/schema/limits.ts';
import { createAnswerer } from '../src/server/questions/answer.ts';
import { AnswerCache } from '../src/server/answer-cache.ts';
import { Connections } from '../src/server/connections.ts';
import { hostNames, isOurs } from '../src/server/origins.ts';
import { type FixtureIndex, fixtureIndex } from './fixture-index.ts';

let fixture: FixtureIndex;
let handler: Handler;
let server: Listening;
const events: string[] = [];
const SMALL = '{ stats { kernels } }';

beforeAll(async () => {
  fixture = fixtureIndex((kernel) => kernel.arch === 'arm64');
  handler = createHandler(fixture.index, {
    cacheFolder: `${fixture.folder}/bundles`,
    log: ({ event }) => void events.push(event),
    limits: { concurrency: 20, answerBytes: 100_000, jsonBytes: 1_000_000 },
  });
  server = await listen(handler, { port: 0, connectionsPerClient: 60 });
  await ask(SMALL); // its thread has started
});
afterAll(async () => {
  await server.close(100);
  fixture.remove();
});
const sockets: Socket[] = [];
afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy();
  const { status, codes } = await ask(SMALL);
  expect({ status, codes }).toEqual({ status: 200, codes: [] });
});

async function post(body: BodyInit, headers: Record<string, string> = {}) {
  const response = await fetch(`${server.url}/graphql`, {
    method: 'POST',
    body,
    headers: { 'content-type': 'application/json', ...headers },
  });
  const text = await response.text();
  const { errors = [] } = JSON.parse(text || '{}') as {
    errors?: { message: string; extensions?: { code?: string } }[];
  };
  return { status: response.status, codes: errors.map((one) => one.extensions?.code), errors, text };
}
const ask = (query: string, variables?: object) => post(JSON.stringify({ query, variables }));

function raw(text: string, url = server.url): Socket {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  socket.on('error', () => {});
  socket.write(text);
  sockets.push(socket);
  return socket;
}

async function answerTo(text: string): Promise<string> {
  const socket = raw(text);
  let answer = '';
  socket.setEncoding('utf8').on('data', (chunk: string) => {
    answer += chunk;
    if (answer.includes('\r\n\r\n')) socket.end();
  });
  await once(socket, 'close');
  return answer;
}

const head = (more: string, path = '/graphql', method = 'POST') =>
  `${method} ${path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n${more}\r\n`;

const get = (path: string) => `GET ${path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`;

/** Bytes of the heap that something still refers to: what waits for the collector, of this test or of others, does not count. */
function liveHeap(): number {
  setFlagsFromString('--expose-gc');
  (runInNewContext('gc') as () => void)();
  return process.memoryUsage().heapUsed;
}

describe('connections', () => {
  test('heads with one byte of a body take no place, however many', async () => {
    for (let i = 0; i < 100; i++) raw(`${head('Content-Length: 1000\r\n')}{`);
    raw('POST /graphql HT'); // and one that never ends its head
    expect((await ask(SMALL)).status).toBe(200);
  });

  test('heads and bodies that do not come, and ends of clients that are half gone, end by their deadline', async () => {
    const hasty = await listen({ ...handler, warm() {} }, { port: 0, requestTimeout: 500 });
    try {
      const ends = [
        'POST /graphql HT',
        `${head('Content-Length: 1000\r\n')}{`,
        `${head('Transfer-Encoding: chunked\r\n')}1\r\n{\r\n`,
        'FIN',
      ].map(async (text) => {
        const socket = raw(text === 'FIN' ? `${head('Content-Length: 1000\r\n')}{` : text, hasty.url);
        if (text === 'FIN') socket.end();
        else setTimeout(() => socket.write('x'), 100); // it drips, and does not end for that
        socket.resume();
        await once(socket, 'close');
      });
      await Promise.all(ends);
      expect((await fetch(`${hasty.url}/graphql?query=${encodeURIComponent(SMALL)}`)).status).toBe(200);
    } finally {
      hasty.server.closeAllConnections();
      hasty.server.close();
    }
  });

  test('a client that does not read a stream loses it, whoever reads has all of it', async () => {
    const chunk = new Uint8Array(65_536);
    const freed: string[] = [];
    const streams = (chunks: number) => () => {
      let left = chunks;
      const body = new ReadableStream({
        pull: (controller) => (left-- > 0 ? controller.enqueue(chunk) : controller.close()),
        cancel: () => void freed.push('stream'),
      });
      return Promise.resolve(new Response(body));
    };
    const endless = await listen({ ...handler, warm() {}, answer: streams(1e6) }, { port: 0, requestTimeout: 300 });
    const short = await listen({ ...handler, warm() {}, answer: streams(50) }, { port: 0, requestTimeout: 300 });
    try {
      raw('GET /a HTTP/1.1\r\nHost: localhost\r\n\r\n', endless.url).pause();
      await expect.poll(() => freed, { timeout: 20_000 }).toEqual(['stream']);
      expect((await (await fetch(short.url)).arrayBuffer()).byteLength).toBe(50 * chunk.length);
    } finally {
      for (const { server } of [endless, short]) {
        server.closeAllConnections();
        server.close();
      }
    }
  });

  test('a client over its number loses the connection that waits longest', () => {
    const connections = new Connections(3, 100);
    const made = Array.from({ length: 3 }, () => fakeSocket('192.0.2.1'));
    for (const socket of made) connections.add(socket);
    connections.begin(made[0] as Socket);
    const other = fakeSocket('192.0.2.2');
    connections.add(other);
    connections.add(fakeSocket('192.0.2.1'));
    expect(made.map((socket) => socket.destroyed)).toEqual([false, true, false]);
    expect(other.destroyed).toBe(false);
    expect(connections.size).toBe(4);
  });

  test('all addresses of an IPv6 network are one client; who has most gives way where all are too many', () => {
    const connections = new Connections(2, 3);
    const made = ['2001:db8::1', '2001:db8::2', '2001:db8::3', '192.0.2.1', '192.0.2.2'].map(fakeSocket);
    for (const socket of made) connections.add(socket);
    expect(made.map((socket) => socket.destroyed)).toEqual([true, true, false, false, false]);
  });

  test('more requests in one connection than anybody needs end it', async () => {
    const body = JSON.stringify({ query: '{ search(text: "task", first: 900) { name } }' });
    const socket = raw(`${head(`Content-Length: ${body.length}\r\n`)}${body}`.repeat(300));
    socket.resume();
    await once(socket, 'close');
  });

  test.each([
    ['huge headers', `GET /graphql HTTP/1.1\r\nHost: localhost\r\nX: ${'x'.repeat(40_000)}\r\n\r\n`, / 431 /],
    ['no HTTP', 'hello\r\n\r\n', / 400 /],
    ['two lengths', head('Content-Length: 1\r\nContent-Length: 2\r\n'), / 400 /],
    ['length and chunks', head('Content-Length: 4\r\nTransfer-Encoding: chunked\r\n'), / 400 /],
    ['a promise of too much', head('Content-Length: 99999999999\r\nConnection: close\r\n'), / 413 /],
    ['a whole address for a path', 'GET http://[/ HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n', / 302 /],
    ['dots in a path to bundles', get('/bundles/../../../../etc/passwd'), / 404 /],
    ['dots in a path to BTFs', get('/debian/12/..%2f..%2f..%2fetc/passwd.btf.tar.xz'), / 404 /],
    ['a path like an address', get('//evil.example/etc/passwd'), / 404 /],
    ['backslashes in a path', get('/bundles/..\\..\\etc\\passwd.tar.gz'), / 40[04] /],
  ])('%s', async (_, text, expected) => {
    expect(await answerTo(text)).toMatch(expected);
  });
});

function fakeSocket(remoteAddress: string): Socket {
  const socket = {
    remoteAddress,
    destroyed: false,
    once: () => socket,
    destroy() {
      socket.destroyed = true;
    },
  };
  return socket as unknown as Socket;
}

describe('answers', () => {
  const LAYOUTS = 'struct(name: "task_struct") { layouts { fields { name type offset } kernels { id } } }';

  test('one that grows over its bytes ends with an error that says how to page', async () => {
    const { codes, errors, text } = await ask(
      `{ ${Array.from({ length: 40 }, (_, i) => `a${i}: ${LAYOUTS}`).join(' ')} }`,
    );
    expect(codes).toEqual(['TOO_EXPENSIVE']);
    expect(errors[0]?.message).toMatch(/larger than 100000 bytes: ask for pages with first and after/);
    expect(text.length).toBeLessThan(2_000);
  });

  test('one made of long keys counts them', async () => {
    const key = 'k'.repeat(2_000);
    expect((await ask(`{ struct(name: "task_struct") { layouts { fields { ${key}: name } } } }`)).codes).toEqual([
      'TOO_EXPENSIVE',
    ]);
  });
});

describe('questions that nobody waits for', () => {
  test('a client that leaves frees its place and its work', async () => {
    const slow = JSON.stringify({ query: '{ fieldsOfType(type: "int") { totalCount } stats { kernels } }' });
    for (let i = 0; i < 18; i++)
      raw(`${head(`Content-Length: ${slow.length + 8}\r\n`)}${slow} #${String(i).padStart(6)}`);
    for (const socket of sockets.splice(0)) socket.destroy();
    expect((await ask(SMALL)).status).toBe(200);
    await expect.poll(async () => (await handler.metrics.underWay.get()).values[0]?.value, { timeout: 8_000 }).toBe(0);
  });

  test('the time of day may be set while a question is under way', async () => {
    let hours = 0;
    const set = vi.spyOn(Date, 'now').mockImplementation(() => 1.7e12 + (hours++ % 2 === 0 ? -1 : 1) * hours * 3.6e6);
    try {
      expect((await ask('{ fieldsOfType(type: "int", first: 3) { totalCount } }')).codes).toEqual([]);
    } finally {
      set.mockRestore();
    }
  }, 120_000);

  test('an upload whose client leaves frees its place and its thread', async () => {
    const base64 = Buffer.from(fixtureObject('opensnoop')).toString('base64');
    for (let i = 0; i < 6; i++) {
      const query = `query ($file: File!) { object(file: $file) { matrix { applied kernels { id } } } } # ${i}`;
      const body = JSON.stringify({ query, variables: { file: { name: `${i}.o`, base64 } } });
      raw(`${head(`Content-Length: ${body.length}\r\n`)}${body}`);
    }
    const underWay = async () => (await handler.metrics.underWay.get()).values[0]?.value;
    await expect.poll(underWay, { timeout: 8_000 }).toBeGreaterThan(0);
    for (const socket of sockets.splice(0)) socket.destroy();
    await expect.poll(underWay, { timeout: 8_000 }).toBe(0);
    const { codes } = await ask('query ($file: File!) { object(file: $file) { license } }', {
      file: { name: 'next.o', base64 },
    });
    expect(codes).toEqual([]);
  });

  test('an aborted request is told so', async () => {
    const gone = new AbortController();
    gone.abort();
    const request = new Request('http://localhost/graphql?query={stats{kernels,names}}', { signal: gone.signal });
    events.length = 0;
    expect((await handler.fetch(request)).status).toBeGreaterThanOrEqual(400);
    expect(events).not.toContain('defect');
  });
});

describe('documents', () => {
  const fields = (count: number, make: (i: number) => string) =>
    Array.from({ length: count }, (_, i) => make(i)).join(' ');
  test.each([
    ['10,000 aliases', `{ ${fields(10_000, (i) => `a${i}: stats { kernels }`)} }`, 'TOO_MANY_TOKENS'],
    ['many aliases', `{ ${fields(400, (i) => `a${i}: stats { kernels }`)} }`, 'TOO_MANY_ALIASES'],
    ['100,000 braces', '{a'.repeat(100_000), 'TOO_MANY_TOKENS'],
    ['1,200 braces', '{a'.repeat(1_200) + '}'.repeat(1_200), 'TOO_DEEP'],
    [
      'fragments that double each other',
      `query { kernels(first: 1) { nodes { ...F0 } } } ${fields(30, (i) => `fragment F${i} on Kernel { a${i}: id ${i < 29 ? `...F${i + 1} ...F${i + 1}` : ''} }`)}`,
      'TOO_MANY_ALIASES',
    ],
    ['a fragment of itself', 'query { kernels { nodes { ...F } } } fragment F on Kernel { ...F }', 'TOO_DEEP'],
    [
      'introspection that multiplies',
      '{ __schema { types { fields { type { fields { type { fields { type { fields { name } } } } } } } } } }',
      undefined,
    ],
  ])('%s', async (_, query, code) => {
    const { codes, status } = await ask(query);
    expect(status).toBeLessThan(500);
    expect(codes.length).toBeGreaterThan(0);
    if (code) expect(codes).toContain(code);
  });

  test('the same field a thousand times is not compared with itself for ever', async () => {
    expect((await ask(`{ ${'stats { kernels names } '.repeat(900)} }`)).codes).toContain('GRAPHQL_VALIDATION_FAILED');
  });

  test('batches, and mutations by GET, are refused', async () => {
    expect((await post(JSON.stringify([{ query: SMALL }, { query: SMALL }]))).status).toBe(400);
    const query = encodeURIComponent('mutation { minimalBtf(objects: []) { id } }');
    expect((await fetch(`${server.url}/graphql?query=${query}`)).status).toBe(405);
  });

  test.each(['*'.repeat(30) + 'x', '*a'.repeat(5_000), '?*'.repeat(2_000), '('.repeat(500), '[a-'])(
    'a pattern cannot blow up: %.12s',
    async (pattern) => {
      const { codes } = await ask('query ($w: KernelFilter) { kernels(where: $w) { totalCount } }', {
        w: { release: [pattern] },
      });
      expect([[], ['BAD_FILTER']]).toContainEqual(codes);
    },
  );

  test('thousands of different ones leave bounded caches', async () => {
    const answerer = createAnswerer(defaultLimits, true, undefined);
    const rest = {
      kind: 'operation',
      variables: {},
      operationName: undefined,
      files: undefined,
      mayChange: false,
    } as const;
    const time = { milliseconds: 10_000, stop: () => {} };
    const before = liveHeap();
    for (let i = 0; i < 2_000; i++) {
      await answerer.answer(
        fixture.index,
        { ...rest, query: `{ kernels(first: 1) { totalCount } } # ${i} ${'x'.repeat(30_000)}` },
        time,
      );
    }
    expect(liveHeap() - before).toBeLessThan(50_000_000); // 60 MB of texts, and what is made of them
  });
});

test('answers kept have bytes at most, and each is of one state', () => {
  const cache = new AnswerCache();
  const answer = new Uint8Array(100_000);
  for (let i = 0; i < 3_000; i++) cache.set('a', `{ stats { kernels } } # ${i}`, answer);
  expect(cache.size).toBeGreaterThan(50_000_000);
  expect(cache.size).toBeLessThanOrEqual(64 * 1024 * 1024);
  expect(cache.get('a', '{ stats { kernels } } # 2999')).toBe(answer);
  expect(cache.get('b', '{ stats { kernels } } # 2999')).toBeUndefined();
  const young = new Uint8Array(100_000);
  for (let i = 0; i < 3_000; i++) cache.set('b', `{ stats { kernels } } # ${i}`, young);
  expect(cache.size).toBeLessThanOrEqual(64 * 1024 * 1024);
  expect(cache.get('a', '{ stats { kernels } } # 2999')).toBeUndefined();
  expect(cache.last('{ stats { kernels } } # 2999')).toEqual({ generation: 'b', json: young });
});

describe('where a request comes from', () => {
  test('a page elsewhere cannot send forms in its reader’s name', async () => {
    const form = new FormData();
    form.set(
      'operations',
      JSON.stringify({ query: 'mutation ($o: [File!]!) { minimalBtf(objects: $o) { id } }', variables: { o: [null] } }),
    );
    form.set('map', '{"0":["variables.o.0"]}');
    form.set('0', new File([fixtureObject('opensnoop') as Uint8Array<ArrayBuffer>], 'x.o'));
    const send = (headers: Record<string, string>) =>
      fetch(`${server.url}/graphql`, { method: 'POST', body: form, headers });
    expect((await send({ origin: 'https://evil.example' })).status).toBe(403);
    expect((await send({ origin: 'null' })).status).toBe(403);
    expect((await send({ origin: server.url })).status).toBe(200);
    expect((await send({})).status).toBe(200);
  });

  test('a stranger’s name for this machine is not ours', async () => {
    expect(await answerTo('GET /healthz HTTP/1.1\r\nHost: rebound.example\r\nConnection: close\r\n\r\n')).toMatch(
      / 421 /,
    );
    expect(await answerTo('GET /healthz HTTP/1.1\r\nHost: LOCALHOST:80\r\nConnection: close\r\n\r\n')).toMatch(/ 200 /);
    expect(isOurs(hostNames('0.0.0.0', []), 'btfq.example')).toBe(true);
    expect(isOurs(hostNames('0.0.0.0', ['btfq.example']), 'evil.example')).toBe(false);
    expect(isOurs(hostNames('::1', ['btfq.example']), 'btfq.example:4000')).toBe(true);
    expect(isOurs(hostNames('127.0.0.1', []), undefined)).toBe(false);
  });
});

describe('forms', () => {
  test('of many parts are refused before they are taken apart', async () => {
    const part = '--B\r\nContent-Disposition: form-data; name="x"\r\n\r\n\r\n';
    const { codes } = await post(`${part.repeat(5_000)}--B--\r\n`, {
      'content-type': 'multipart/form-data; boundary=B',
    });
    expect(codes).toEqual(['BAD_USER_INPUT']);
  });

  const bomb = gzipSync(new Uint8Array(64 * 1024 * 1024), { level: 9 });

  test('an encoded body is not unpacked', async () => {
    const { codes } = await post(bomb, { 'content-encoding': 'gzip' });
    expect(codes).toEqual(['BAD_USER_INPUT']);
  });

  test('an upload that would inflate is no object, said to be encoded or not', async () => {
    const query = 'query ($file: File!) { object(file: $file) { license } }';
    const parts = [
      'Content-Disposition: form-data; name="operations"\r\n\r\n' +
        JSON.stringify({ query, variables: { file: null } }),
      'Content-Disposition: form-data; name="map"\r\n\r\n{"0":["variables.file"]}',
      'Content-Disposition: form-data; name="0"; filename="x.o"\r\nContent-Encoding: gzip\r\nContent-Type: application/gzip\r\n\r\n',
    ];
    const body = Buffer.concat([
      Buffer.from(parts.map((part) => `--B\r\n${part}`).join('\r\n')),
      bomb,
      Buffer.from('\r\n--B--\r\n'),
    ]);
    const memory = process.memoryUsage.rss();
    const { codes, errors } = await post(body, { 'content-type': 'multipart/form-data; boundary=B' });
    expect(codes).toEqual(['BAD_FILE']);
    expect(errors[0]?.message).toMatch(/ELF|object/);
    expect(process.memoryUsage.rss() - memory).toBeLessThan(60_000_000);
  });

  test('JSON larger than JSON may be is told to be a form', async () => {
    const { status, codes } = await ask(SMALL, { x: 'x'.repeat(1_200_000) });
    expect({ status, codes }).toEqual({ status: 413, codes: ['TOO_LARGE'] });
  });

  test.each(['__proto__.polluted', 'constructor.prototype.polluted', 'variables.__proto__.polluted'])(
    'a map to %s changes nothing',
    async (path) => {
      const form = new FormData();
      form.set('operations', JSON.stringify({ query: SMALL, variables: {} }));
      form.set('map', JSON.stringify({ 0: [path] }));
      form.set('0', new File(['x'], 'x'));
      const response = await fetch(`${server.url}/graphql`, { method: 'POST', body: form });
      expect(response.status).toBeLessThan(501);
      expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
    },
  );
});

test('what was asked before is answered from memory, and is the same', async () => {
  const first = await ask('{ struct(name: "task_struct") { field(name: "pid") { kernels { offset } } } }');
  const body = JSON.stringify({
    query: '{ struct(name: "task_struct") { field(name: "pid") { kernels { offset } } } }',
  });
  expect(new TextDecoder().decode(handler.known(new TextEncoder().encode(body)))).toBe(first.text);
  expect(handler.known(new TextEncoder().encode(JSON.stringify({ query: '{ nonsense }' })))).toBeUndefined();
});
