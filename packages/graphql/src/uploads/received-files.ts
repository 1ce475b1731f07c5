// Questions about uploaded objects, answered by worker threads; bundles are kept by the hash of their question.

import { clientError } from '../errors.ts';
import type { Limits } from '../schema/limits.ts';
import { bundleId } from './bundle-id.ts';
import type { Uploads } from './uploads.ts';
import type { WorkPool } from './pool.ts';
import type { TaskResult, WorkTask } from './tasks.ts';
import type { BundleStore } from './bundle-store.ts';
import type { Lease } from '../server/index-source.ts';
import type { Metrics } from '../server/metrics.ts';

/** What uploads are answered with, for the life of a server. */
export interface UploadServices {
  readonly pool: WorkPool;
  readonly store: BundleStore;
  readonly limits: Limits;
  readonly metrics: Metrics;
}

/** Uploads of one request: they use the index that the request uses. */
export function createUploads({ pool, store, limits, metrics }: UploadServices, lease: Lease): Uploads {
  const path = lease.index.path;
  const run = async <T extends WorkTask>(task: T): Promise<TaskResult<T>> => {
    const end = metrics.work.startTimer({ kind: task.kind });
    try {
      const result = await pool.run(task);
      end({ outcome: 'ok' });
      return result;
    } catch (error) {
      end({ outcome: String((error as { extensions?: { code?: string } }).extensions?.code ?? 'error') });
      throw error;
    }
  };
  return {
    describe: (object) => run({ kind: 'describe', object }),
    matrix: (object, where) => run({ kind: 'matrix', index: path, object, where }),
    loads: (object, where, how) => run({ kind: 'loads', index: path, object, where, how }),
    findBundle: (id) => store.find(id),
    makeBundle(question) {
      if (question.objects.length > limits.files) {
        throw clientError('BAD_USER_INPUT', `${question.objects.length} objects; at most ${limits.files}`);
      }
      return store.getOrMake(bundleId(lease.index, question), () => run({ kind: 'bundle', index: path, ...question }));
    },
  };
}
