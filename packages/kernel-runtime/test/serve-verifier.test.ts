// The protocol of the worker: answers carry the request's id, and errors are answers.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  encodeKeptKernel,
  serveVerifier,
  type ServeVerifierOptions,
  type VerifierAnswer,
  type VerifierRequest,
} from '@btfq/kernel-runtime';
import { expect, test } from 'vitest';

/** Sends a request and gives what is answered until its last answer. */
function channel(options: ServeVerifierOptions = {}): (request: VerifierRequest) => Promise<VerifierAnswer[]> {
  let listener: ((event: { data: VerifierRequest }) => void) | undefined;
  let answers: VerifierAnswer[] = [];
  let settle: (() => void) | undefined;
  serveVerifier(
    {
      postMessage: (message) => {
        answers.push(message);
        if (message.kind !== 'program') settle?.();
      },
      addEventListener: (_type, given) => {
        listener = given;
      },
    },
    options,
  );
  return async (request) => {
    answers = [];
    const ended = new Promise<void>((resolve) => {
      settle = resolve;
    });
    listener?.({ data: request });
    await ended;
    return answers;
  };
}

test('what cannot be opened, and what comes before a kernel, is answered as an error', async () => {
  const ask = channel();
  const bytes = new Uint8Array(64);
  expect(await ask({ kind: 'verify', id: 1, object: bytes, name: 'a.o' })).toMatchObject([
    { kind: 'error', id: 1, code: 'no-kernel' },
  ]);
  expect(await ask({ kind: 'open', id: 2, image: bytes })).toMatchObject([
    { kind: 'error', id: 2, code: 'not-a-kernel' },
  ]);
});

test('images come as bytes or as files, and go through what unpacks them', async () => {
  const seen: number[] = [];
  const unpack = (image: Uint8Array) => {
    seen.push(image.length);
    if (image.length === 3) throw Object.assign(new Error('No such packing'), { code: 'bad-compression' });
    return image;
  };
  const ask = channel({ unpack });
  expect(await ask({ kind: 'open', id: 1, image: new Blob([new Uint8Array(5)]) })).toMatchObject([
    { id: 1, code: 'not-a-kernel' },
  ]);
  expect(await ask({ kind: 'open', id: 2, image: new Uint8Array(3) })).toMatchObject([
    { id: 2, code: 'bad-compression', message: 'No such packing' },
  ]);
  expect(seen).toEqual([5, 3]);
});

test('a kept kernel is opened by what the page unpacks with, or not at all', async () => {
  const part = (text: string) => ({ data: new TextEncoder().encode(text), size: text.length });
  const kept = encodeKeptKernel({
    head: part('{"format":1}'),
    symbols: part(''),
    btf: part(''),
    kconfig: undefined,
    chunks: [],
  });
  expect(await channel()({ kind: 'open-kept', id: 1, kept })).toMatchObject([{ id: 1, code: 'no-unpacker' }]);
  const ask = channel({ partUnpacker: async () => (data) => data });
  expect(await ask({ kind: 'open-kept', id: 2, kept: new Blob([kept]) })).toMatchObject([
    { id: 2, code: 'bad-save', message: 'The kernel was saved in format 1, not 2: save it again' },
  ]);
  expect(await ask({ kind: 'open-kept', id: 3, kept: kept.subarray(1) })).toMatchObject([{ id: 3, code: 'bad-save' }]);
});

const images = process.env['BTFQ_KERNEL_IMAGES'];
test.skipIf(images === undefined)(
  'a real kernel answers (skipped: BTFQ_KERNEL_IMAGES names no folder of unpacked images)',
  { timeout: 60_000 },
  async () => {
    const ask = channel();
    const name = readdirSync(images!)[0]!;
    expect(await ask({ kind: 'open', id: 1, image: readFileSync(join(images!, name)) })).toMatchObject([
      { kind: 'ready', id: 1 },
    ]);
    const object = readFileSync(new URL('../../../fixtures/load-check/reach.bpf.o', import.meta.url));
    const answers = await ask({ kind: 'verify', id: 2, object, name: 'reach.bpf.o' });
    expect(answers.at(-1)).toEqual({ kind: 'done', id: 2 });
    expect(answers.slice(0, -1).every((answer) => answer.kind === 'program' && answer.id === 2)).toBe(true);
  },
);
