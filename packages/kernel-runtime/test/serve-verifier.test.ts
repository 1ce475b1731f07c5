// The protocol of the worker: answers carry the request's id, and errors are answers.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { serveVerifier, type VerifierAnswer, type VerifierRequest } from '@btfq/kernel-runtime';
import { expect, test } from 'vitest';

function channel(): (request: VerifierRequest) => VerifierAnswer[] {
  let listener: ((event: { data: VerifierRequest }) => void) | undefined;
  const answers: VerifierAnswer[] = [];
  serveVerifier({
    postMessage: (message) => void answers.push(message),
    addEventListener: (_type, given) => {
      listener = given;
    },
  });
  return (request) => {
    listener?.({ data: request });
    return answers.splice(0);
  };
}

test('what cannot be opened, and what comes before a kernel, is answered as an error', () => {
  const ask = channel();
  const bytes = new Uint8Array(64);
  expect(ask({ kind: 'verify', id: 1, object: bytes, name: 'a.o' })).toMatchObject([
    { kind: 'error', id: 1, code: 'no-kernel' },
  ]);
  expect(ask({ kind: 'open', id: 2, image: bytes })).toMatchObject([{ kind: 'error', id: 2, code: 'not-a-kernel' }]);
});

const images = process.env['BTFQ_KERNEL_IMAGES'];
test.skipIf(images === undefined)(
  'a real kernel answers (skipped: BTFQ_KERNEL_IMAGES names no folder of unpacked images)',
  { timeout: 60_000 },
  () => {
    const ask = channel();
    const name = readdirSync(images!)[0]!;
    expect(ask({ kind: 'open', id: 1, image: readFileSync(join(images!, name)) })).toMatchObject([
      { kind: 'ready', id: 1 },
    ]);
    const object = readFileSync(new URL('../../../fixtures/load-check/reach.bpf.o', import.meta.url));
    const answers = ask({ kind: 'verify', id: 2, object, name: 'reach.bpf.o' });
    expect(answers.at(-1)).toEqual({ kind: 'done', id: 2 });
    expect(answers.slice(0, -1).every((answer) => answer.kind === 'program' && answer.id === 2)).toBe(true);
  },
);
