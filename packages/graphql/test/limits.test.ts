import { createHandler, type Handler } from '@btfq/graphql';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';

// threads start from sources here, which takes long where others work on the machine
vi.setConfig({ testTimeout: 30_000, hookTimeout: 180_000 });
import { type FixtureIndex, fixtureIndex } from './fixture-index.ts';

let fixture: FixtureIndex;
let handler: Handler;
beforeAll(async () => {
  fixture = fixtureIndex((kernel) => kernel.arch === 'arm64');
  handler = createHandler(fixture.index, {
    limits: { depth: 8, aliases: 4, tokens: 300, nodes: 200, concurrency: 8, uploadBytes: 20_000, bodyBytes: 1_000 },
  });
  handler.warm();
  await ask('{ stats { kernels } }');
});
afterAll(async () => {
  await handler.close();
  fixture.remove();
});

interface Answer {
  readonly status: number;
  readonly data?: unknown;
  readonly codes: readonly unknown[];
  readonly text: string;
}

async function post(body: BodyInit, headers: Record<string, string> = {}): Promise<Answer> {
  const request = new Request('http://localhost/graphql', {
    method: 'POST',
    body,
    headers: { 'content-type': 'application/json', accept: 'application/json', ...headers },
  });
  const response = await handler.fetch(request);
  const text = await response.text();
  const { data, errors } = JSON.parse(text) as { data?: unknown; errors?: { extensions?: { code?: unknown } }[] };
  return { status: response.status, data, codes: (errors ?? []).map((error) => error.extensions?.code), text };
}

const ask = (query: string) => post(JSON.stringify({ query }));

describe('a document over a limit is refused with its code', () => {
  test.each([
    [
      'TOO_DEEP',
      '{ kernels { nodes { identical { identical { identical { identical { identical { identical { id } } } } } } } } }',
    ],
    [
      'TOO_DEEP',
      'query { kernels { nodes { ...A } } } fragment A on Kernel { identical { ...B } } fragment B on Kernel { identical { ...C } } fragment C on Kernel { identical { identical { identical { identical { id } } } } }',
    ],
    [
      'TOO_MANY_ALIASES',
      '{ a: stats { kernels } b: stats { kernels } c: stats { kernels } d: stats { kernels } e: stats { kernels } }',
    ],
    ['TOO_MANY_TOKENS', `{ ${'stats { kernels } '.repeat(200)} }`],
    [
      'TOO_EXPENSIVE',
      '{ struct(name: "task_struct") { layouts { fields { name } } } search(text: "task", first: 300) { name } }',
    ],
    ['BAD_USER_INPUT', '{ search(text: "x", first: 100000) { name } }'],
    ['BAD_USER_INPUT', '{ kernels(first: -1) { totalCount } }'],
  ])('%s', async (code, query) => {
    expect((await ask(query)).codes).toContain(code);
  });

  test('fragment spreads count each time', async () => {
    const fragment = 'fragment F on Query { a: stats { kernels } b: stats { kernels } }';
    expect((await ask(`query { ...F x: kernels(first: 1) { totalCount } } ${fragment}`)).codes).toEqual([]);
    expect((await ask(`query { ...F ... { ...F } x: kernels(first: 1) { totalCount } } ${fragment}`)).codes).toContain(
      'TOO_MANY_ALIASES',
    );
  });

  test('a cycle of fragments is an error, not a hang', async () => {
    const answer = await ask('query { kernels { nodes { ...A } } } fragment A on Kernel { identical { ...A } }');
    expect(answer.data).toBeUndefined();
    expect(answer.codes.length).toBeGreaterThan(0);
  });
});

describe('a request over a limit', () => {
  test('a large body is refused by its length, and by its bytes where the length is not said', async () => {
    expect(await post('x'.repeat(30_000))).toMatchObject({ status: 413, codes: ['TOO_LARGE'] });
    const stream = new ReadableStream<Uint8Array>({
      pull(controller) {
        controller.enqueue(new Uint8Array(4_096));
      },
    });
    const request = new Request('http://localhost/graphql', {
      method: 'POST',
      body: stream,
      duplex: 'half',
    } as RequestInit);
    expect((await handler.fetch(request)).status).toBe(413);
  });

  test('more at once than allowed get 503 and are asked to try again; afterwards all is well', async () => {
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, i) => ask(`{ struct(name: "task_struct") { field(name: "f${i}") { name } } }`)),
    );
    const refused = answers.filter(({ status }) => status === 503);
    expect(refused.length).toBeGreaterThan(0);
    expect(refused.length).toBeLessThanOrEqual(12);
    expect(new Set(refused.flatMap(({ codes }) => codes))).toEqual(new Set(['OVERLOADED']));
    expect((await ask('{ stats { kernels } }')).codes).toEqual([]);
  });

  test('a body that is still on its way takes no place', async () => {
    const endings: (() => void)[] = [];
    const slow = Array.from({ length: 30 }, () => {
      const body = new ReadableStream<Uint8Array>({
        start(controller) {
          controller.enqueue(new TextEncoder().encode('{"query":'));
          endings.push(() => controller.error(new Error('gone')));
        },
      });
      const init = { method: 'POST', body, duplex: 'half', headers: { 'content-type': 'application/json' } };
      return handler.fetch(new Request('http://localhost/graphql', init as RequestInit));
    });
    expect((await ask('{ stats { names } }')).status).toBe(200);
    for (const end of endings) end();
    expect((await Promise.all(slow)).every(({ status }) => status >= 400)).toBe(true);
  });
});

describe('hostile requests', () => {
  test.each([
    ['no JSON', 'nonsense'],
    ['an array', '[]'],
    ['no query', '{}'],
    ['a number for a query', '{"query": 7}'],
    ['an unknown operation', '{"query":"query A { stats { kernels } }","operationName":"B"}'],
    ['a query that does not parse', '{"query":"{ stats {"}'],
    ['null', 'null'],
  ])('%s is answered with an error below 500', async (_, body) => {
    const answer = await post(body);
    expect(answer.status).toBeLessThan(500);
    expect(answer.codes.length).toBeGreaterThan(0);
    expect(answer.text).not.toMatch(/node_modules|\.ts:|SELECT/);
  });

  test.each(["'; DROP TABLE kernel; --", '%', '_', '\\', '\0', '*', '"', '💥'.repeat(100), 'a'.repeat(10_000)])(
    'text %j is only text',
    async (text) => {
      const queries = ['search(text: $t) { name }', 'struct(name: $t) { name }', 'kernel(id: $t) { id }'];
      for (const query of queries) {
        const type = query.includes('ID') || query.startsWith('kernel') ? 'ID!' : 'String!';
        const answer = await post(
          JSON.stringify({ query: `query ($t: ${type}) { ${query} }`, variables: { t: text } }),
        );
        expect(answer.status).toBeLessThan(500);
        expect(answer.text).not.toMatch(/INTERNAL_SERVER_ERROR|Unexpected error/);
      }
    },
  );

  test('a thousand at once: each is answered, and the next one too', async () => {
    const responses = await Promise.all(
      Array.from({ length: 1000 }, (_, i) =>
        handler.fetch(
          new Request(`http://localhost/graphql?query=${encodeURIComponent(`{ stats { kernels } } #${i}`)}`),
        ),
      ),
    );
    for (const { status } of responses) expect([200, 503]).toContain(status);
    expect((await ask('{ stats { kernels } }')).codes).toEqual([]);
  });
});
