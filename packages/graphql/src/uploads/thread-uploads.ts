// Questions about uploaded objects, answered in the thread that asks: it has a heap limit and a deadline, and whoever
// breaks either loses the thread and nothing else. Bundles are kept by the hash of their question.

import { createHash } from 'node:crypto';
import type { BtfIndex } from '@btfq/btf-index';
import { reproducibleCompressors } from '@btfq/kernel-source';
import { clientError } from '../errors.ts';
import type { Limits } from '../schema/limits.ts';
import type { UploadWork } from '../server/questions/protocol.ts';
import { bundleId } from './bundle-id.ts';
import type { BundleStore } from './bundle-store.ts';
import { makeBundle } from './bundle.ts';
import { describeObject } from './describe.ts';
import { uploadFault } from './faults.ts';
import { loadRows } from './loads.ts';
import { relocationMatrix } from './matrix.ts';
import type { Uploads } from './uploads.ts';

/** Uploads of one operation; `done` is said of every piece of work. */
export function threadUploads(
  index: BtfIndex,
  store: BundleStore,
  limits: Limits,
  done: (work: UploadWork) => void,
): Uploads {
  const run = async <T>(kind: UploadWork['kind'], work: () => T | Promise<T>): Promise<T> => {
    const started = performance.now();
    const end = (outcome: string) => done({ kind, outcome, seconds: (performance.now() - started) / 1000 });
    try {
      const made = await work();
      end('ok');
      return made;
    } catch (error) {
      const told = uploadFault(error as Error) ?? (error as Error);
      end(String((told as { extensions?: { code?: unknown } }).extensions?.code ?? 'error'));
      throw told;
    }
  };
  return {
    describe: (object) =>
      run('describe', () => describeObject(object, (bytes) => createHash('sha256').update(bytes).digest('hex'))),
    matrix: (object, where) => run('matrix', () => relocationMatrix(index, object, where)),
    loads: (object, where, how) => run('loads', () => loadRows(index, object, where, how)),
    findBundle: (id) => store.find(id),
    makeBundle(question) {
      if (question.objects.length > limits.files) {
        throw clientError('BAD_USER_INPUT', `${question.objects.length} objects; at most ${limits.files}`);
      }
      return store.getOrMake(bundleId(index, question), () =>
        run('bundle', async () => makeBundle(index, question, await reproducibleCompressors())),
      );
    },
  };
}
