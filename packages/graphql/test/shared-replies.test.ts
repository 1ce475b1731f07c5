// Equal questions at the same time: one is worked out, all get its reply, and nobody gets another's trouble.

import { expect, test } from 'vitest';
import type { Reply } from '../src/server/questions/protocol.ts';
import { SharedReplies } from '../src/server/questions/shared-replies.ts';

const answer = (text: string, repeatable = true): Reply => ({
  kind: 'answer',
  json: new TextEncoder().encode(text),
  codes: [],
  repeatable,
  generation: 'g',
  defects: ['told once'],
  work: [],
});
const textOf = (reply: Reply) => (reply.kind === 'answer' ? new TextDecoder().decode(reply.json) : reply.kind);

/** Replies that come when they are told to. */
function asker() {
  const waiting: { resolve: (reply: Reply) => void; reject: (error: Error) => void }[] = [];
  const ask = () => new Promise<Reply>((resolve, reject) => void waiting.push({ resolve, reject }));
  return { waiting, ask };
}

test('those that come meanwhile share the reply; the next one is asked anew', async () => {
  const shared = new SharedReplies();
  const { waiting, ask } = asker();
  const replies = [1, 2, 3].map(() => shared.ask('a', ask));
  const other = shared.ask('b', ask);
  expect(waiting).toHaveLength(2);
  waiting[0]?.resolve(answer('one'));
  waiting[1]?.resolve(answer('two'));
  expect((await Promise.all([...replies, other])).map(textOf)).toEqual(['one', 'one', 'one', 'two']);
  const defects = await Promise.all(
    replies.map(async (reply) => ((await reply) as unknown as { defects: string[] }).defects),
  );
  expect(defects).toEqual([['told once'], [], []]);
  void shared.ask('a', ask);
  expect(waiting).toHaveLength(3);
});

test('what is not the same for everyone, or failed, is asked again by each', async () => {
  const shared = new SharedReplies();
  const { waiting, ask } = asker();
  const [first, second] = [shared.ask('a', ask), shared.ask('a', ask)];
  waiting[0]?.resolve(answer('bundle', false));
  expect(textOf(await first)).toBe('bundle');
  await expect.poll(() => waiting.length).toBe(2);
  waiting[1]?.resolve(answer('another'));
  expect(textOf(await second)).toBe('another');
  const [third, fourth] = [shared.ask('a', ask), shared.ask('a', ask)];
  waiting[2]?.reject(new Error('the client left'));
  await expect(third).rejects.toThrow('the client left');
  await expect.poll(() => waiting.length).toBe(4);
  waiting[3]?.resolve(answer('mine'));
  expect(textOf(await fourth)).toBe('mine');
});
