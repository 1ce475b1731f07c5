// What a thread of the server does: it answers questions one at a time, with a read-only connection of its own.

import { collectBytes, dumpC, loadBtf } from '@btfq/btf-format';
import { exportBtf, keptVerifierFile, kernelById, withVerifiers } from '@btfq/btf-index';
import { writeUstar } from '@btfq/minimizer';
import { Piscina } from 'piscina';
import type { GraphqlErrorCode } from '../../errors.ts';
import { BundleStore } from '../../uploads/bundle-store.ts';
import { taskIndex } from '../../uploads/open-index.ts';
import { type Answerer, createAnswerer, Interrupted } from './answer.ts';
import { clock, threadClock } from './clock.ts';
import { type BtfQuestion, CANCELLED, type Posted, type Reply, STARTED, type ThreadSetup } from './protocol.ts';

const { move, transferableSymbol, valueSymbol } = Piscina;
const setup = Piscina.workerData as ThreadSetup;
const store = setup.cacheFolder === undefined ? undefined : new BundleStore(setup.cacheFolder, setup.cacheBytes);
let answerer: Answerer | undefined;

/** Answers one question. Errors are replies too: what is thrown loses its code on the way. */
export async function answerPosted(posted: Posted): Promise<Reply> {
  try {
    return transferred(await replyTo(posted));
  } catch (error) {
    if (error instanceof Interrupted) return { kind: 'long' };
    const { code, extensions, message, stack } = error as Error & { code?: unknown; extensions?: { code?: unknown } };
    if (code === 'no-index') return unavailable('the server has no index to answer from');
    const known = extensions?.code as GraphqlErrorCode | undefined;
    return { kind: 'failed', code: known, message: known ? message : String(stack ?? error) };
  }
}

async function replyTo({ question, index, state, epoch, patience, milliseconds }: Posted): Promise<Reply> {
  answerer ??= createAnswerer(setup.limits, setup.introspection, store);
  const opened = taskIndex(index); // a thread's first question does not pay for what all need
  const started = threadClock();
  Atomics.store(state, STARTED, Math.max(1, clock() - epoch));
  const stop = () => {
    if (Atomics.load(state, CANCELLED) !== 0) throw new Interrupted();
    if (patience !== undefined && threadClock() - started > patience) throw new Interrupted();
  };
  if (question.kind === 'btf') return kernelBytes(index, question);
  return answerer.answer(opened, question, { milliseconds, stop });
}

function unavailable(message: string): Reply {
  return { kind: 'failed', code: 'UNAVAILABLE', message };
}

/** Bytes change hands instead of being copied. */
function transferred(reply: Reply): Reply {
  const bytes = reply.kind === 'answer' ? reply.json : reply.kind === 'bytes' ? reply.bytes : undefined;
  if (bytes === undefined) return reply;
  const moved = { [transferableSymbol]: bytes.buffer, [valueSymbol]: reply };
  return move(moved as unknown as Parameters<typeof move>[0]) as unknown as Reply;
}

async function kernelBytes(path: string, { form, kernelId, sha256 }: BtfQuestion): Promise<Reply> {
  const index = taskIndex(path);
  const kernel = kernelById(index, kernelId);
  if (kernel.sha256 !== sha256) return unavailable('the index changed meanwhile: ask again');
  if (form === 'verifier') {
    const bytes = withVerifiers(index, (verifiers) => keptVerifierFile(index, verifiers, kernel));
    return bytes === undefined ? unavailable('the verifiers are gone meanwhile: ask again') : { kind: 'bytes', bytes };
  }
  const btf = exportBtf(index, kernelId);
  if (form === 'header') {
    const types = loadBtf(btf);
    return { kind: 'bytes', bytes: new Uint8Array(collectBytes((sink) => dumpC(types, sink))) };
  }
  const { xz } = await import('@napi-rs/lzma');
  const archive = await xz.compress(writeUstar([{ name: `${kernel.release}.btf`, bytes: btf }]));
  return { kind: 'bytes', bytes: new Uint8Array(archive) };
}
