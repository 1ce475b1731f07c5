// Questions about objects, answered where they are asked: nothing is sent anywhere. Bundles are kept in memory.

import { type BtfIndex, hexOf } from '@btfq/btf-index/read';
import type { Compressors } from '@btfq/minimizer';
import { gzipSync } from 'fflate';
import { clientError } from '../errors.ts';
import { bundleId } from '../uploads/bundle-id.ts';
import { makeBundle } from '../uploads/bundle.ts';
import type { MadeBundle, StoredBundle } from '../uploads/bundles.ts';
import { describeObject } from '../uploads/describe.ts';
import { uploadFault } from '../uploads/faults.ts';
import { loadRows } from '../uploads/loads.ts';
import { relocationMatrix } from '../uploads/matrix.ts';
import type { Uploads } from '../uploads/uploads.ts';

/** How many bundles are kept. */
const KEPT = 8;

const compressors: Compressors = {
  gzip: (bytes) => gzipSync(bytes, { level: 9, mtime: 0 }),
  xz: () => {
    throw clientError('BAD_USER_INPUT', 'this format needs xz, which is not there in a browser: take another');
  },
};

/** Answers about objects, and the archives of bundles that were made. */
export interface LocalUploads extends Uploads {
  archive(id: string): { readonly name: string; readonly bytes: Uint8Array } | undefined;
}

export function localUploads(index: BtfIndex): LocalUploads {
  const kept = new Map<string, StoredBundle & Pick<MadeBundle, 'archive'>>();
  const told = <T>(work: () => T): T => {
    try {
      return work();
    } catch (error) {
      throw uploadFault(error as Error) ?? error;
    }
  };
  return {
    describe: async (object) => told(() => describeObject(object, (bytes) => hexOf(index.codec.sha256(bytes)))),
    matrix: async (object, where) => told(() => relocationMatrix(index, object, where)),
    loads: async (object, where, how) => told(() => loadRows(index, object, where, how)),
    findBundle: async (id) => kept.get(id),
    async makeBundle(question) {
      const id = told(() => bundleId(index, question));
      const known = kept.get(id);
      if (known !== undefined) return known;
      try {
        const made = await makeBundle(index, question, compressors);
        const stored = { ...made, id, bytes: made.archive.length };
        kept.set(id, stored);
        for (const oldest of kept.keys()) if (kept.size > KEPT) kept.delete(oldest);
        return stored;
      } catch (error) {
        throw uploadFault(error as Error) ?? error;
      }
    },
    archive(id) {
      const found = kept.get(id);
      return found && { name: `${id}.${found.extension}`, bytes: found.archive };
    },
  };
}
