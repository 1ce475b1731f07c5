// Answers that are kept while the index changes: which are given, which are worked out anew, and which are over.
import { expect, test } from 'vitest';
import { AnswerCache, KnownAnswers, questionKey } from '../src/server/answer-cache.ts';
import { SeenStates } from '../src/server/seen-states.ts';

const query = '{ stats { kernels } }';
const body = new TextEncoder().encode(JSON.stringify({ query }));

/** A server's kept answers over a file whose state is a number, by a clock that the test moves. */
function served() {
  let now = 10_000;
  let state = 0;
  const answers = new AnswerCache();
  const renewed: number[] = [];
  const index = {} as never;
  const source = {
    path: '',
    acquire: () => ({ index, generation: `f-${state}`, generationOf: (one: string) => `f-${one}`, release() {} }),
    close() {},
  };
  const answer = () => answers.set(`f-${state}`, questionKey({ query }), new TextEncoder().encode(`{"of":${state}}`));
  const renew = async () => {
    renewed.push(state);
    answer();
  };
  const known = new KnownAnswers(answers, source, renew, new SeenStates(() => now));
  const turn = () => new Promise((resolve) => setImmediate(resolve));
  return {
    renewed,
    answer,
    /** After so many milliseconds, with so many changes of the file before it asks. */
    async ask(milliseconds: number, changes = 0, newest = false): Promise<string | undefined> {
      now += milliseconds;
      state += changes;
      const json = known.find(body, newest);
      await turn();
      return json && new TextDecoder().decode(json);
    },
  };
}

test('an answer of the newest state is given, one before a change is not', async () => {
  const { ask, answer, renewed } = served();
  expect(await ask(0)).toBeUndefined();
  answer();
  expect(await ask(60_000)).toBe('{"of":0}');
  expect(await ask(10, 1)).toBeUndefined(); // one change is told at once
  answer();
  expect(await ask(10)).toBe('{"of":1}');
  expect(await ask(2_500, 1)).toBeUndefined(); // and another one a while later
  expect(renewed).toEqual([]);
});

test('while an ingest writes, the answer before is given for a second, and worked out anew', async () => {
  const { ask, answer, renewed } = served();
  await ask(0);
  await ask(100, 1);
  answer();
  expect(await ask(50)).toBe('{"of":1}');
  expect(await ask(100, 1)).toBe('{"of":1}');
  expect(renewed).toEqual([]);
  expect(await ask(100, 0, true)).toBeUndefined(); // unless the newest is asked for
  expect(await ask(20, 1)).toBe('{"of":1}');
  expect(renewed).toEqual([3]); // what was given now, and is told next
  expect(await ask(10)).toBe('{"of":3}');
  expect(await ask(150, 1)).toBe('{"of":3}');
  expect(await ask(900)).toBeUndefined(); // it was the newest more than a second ago
  answer();
  expect(await ask(5_000)).toBe('{"of":4}');
});

test('an answer that nobody asked for while the file changed is over', async () => {
  const { ask, answer } = served();
  await ask(0);
  await ask(100, 1);
  answer();
  await ask(100, 1);
  expect(await ask(3_000, 40)).toBeUndefined();
});
