// The thread that reads what clients upload. It answers one task at a time; what is wrong with an upload goes back as a
// code, what is wrong with us as a message that the server masks.

import { createHash } from 'node:crypto';
import { parentPort } from 'node:worker_threads';
import { reproducibleCompressors } from '@btfq/kernel-source';
import { makeBundle } from './bundle.ts';
import { describeObject } from './describe.ts';
import { uploadFaultCode } from './faults.ts';
import { loadRows } from './loads.ts';
import { relocationMatrix } from './matrix.ts';
import { taskIndex } from './open-index.ts';
import type { WorkReply, WorkTask } from './tasks.ts';

async function answer(task: WorkTask): Promise<unknown> {
  switch (task.kind) {
    case 'describe':
      return describeObject(task.object, (bytes) => createHash('sha256').update(bytes).digest('hex'));
    case 'matrix':
      return relocationMatrix(taskIndex(task.index), task.object, task.where);
    case 'loads':
      return loadRows(taskIndex(task.index), task.object, task.where, task.how);
    case 'bundle':
      return makeBundle(taskIndex(task.index), task, await reproducibleCompressors());
  }
}

parentPort?.on('message', async (task: WorkTask) => {
  let reply: WorkReply;
  try {
    reply = { ok: true, value: await answer(task) };
  } catch (error) {
    const fault = error as Error;
    reply = { ok: false, code: uploadFaultCode(fault), message: fault.message };
  }
  parentPort?.postMessage(reply);
});
