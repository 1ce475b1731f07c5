// The thread that reads what clients upload. It answers one task at a time; what is wrong with an upload goes back as a
// code, what is wrong with us as a message that the server masks.

import { parentPort } from 'node:worker_threads';
import type { GraphqlErrorCode } from '../errors.ts';
import { makeBundle } from './bundle.ts';
import { describeObject } from './describe.ts';
import { relocationMatrix } from './matrix.ts';
import type { WorkReply, WorkTask } from './tasks.ts';

const UPLOAD_FAULTS = new Set(['ElfError', 'BtfError', 'RelocationError', 'MinimizeError']);

function codeOf(error: Error & { code?: unknown }): GraphqlErrorCode | undefined {
  if (UPLOAD_FAULTS.has(error.name)) return 'BAD_FILE';
  if (error.code === 'bad-filter') return 'BAD_FILTER';
  return undefined;
}

function answer(task: WorkTask): unknown {
  switch (task.kind) {
    case 'describe':
      return describeObject(task.object);
    case 'matrix':
      return relocationMatrix(task);
    case 'bundle':
      return makeBundle(task);
  }
}

parentPort?.on('message', async (task: WorkTask) => {
  let reply: WorkReply;
  try {
    reply = { ok: true, value: await answer(task) };
  } catch (error) {
    const fault = error as Error;
    reply = { ok: false, code: codeOf(fault), message: fault.message };
  }
  parentPort?.postMessage(reply);
});
