// The index file behind a running server. A new file put in its place by rename is opened for the requests that come
// after; those under way finish on the old one.

import { statSync } from 'node:fs';
import { type BtfIndex, openIndex } from '@btfq/btf-index';
import { clientError } from '../errors.ts';

/** An index for the time of one request. */
export interface Lease {
  readonly index: BtfIndex;
  /** Changes with the content and with the file. */
  readonly generation: string;
  /** What `generation` is where the index itself is in this state, of the same file. */
  generationOf(state: string): string;
  release(): void;
}

/** Where a server's index comes from. */
export interface IndexSource {
  /** Path of the file, for workers that open it themselves. */
  readonly path: string;
  /** Throws UNAVAILABLE where there is no index to answer from. */
  acquire(): Lease;
  close(): void;
}

interface Opened {
  readonly index: BtfIndex;
  readonly file: string;
  users: number;
}

/** An index read from `path`, opened read-only, and again when another file takes its name. */
export function fileIndexSource(path: string): IndexSource {
  let current: Opened | undefined;
  const retire = (opened: Opened) => {
    if (opened.users === 0 && opened !== current) opened.index.close();
  };
  const renew = (): Opened => {
    let file: string;
    try {
      const { dev, ino } = statSync(path);
      file = `${dev}.${ino}`;
    } catch {
      // between an unlink and a rename the old content still answers
      if (current !== undefined) return current;
      throw clientError('UNAVAILABLE', 'the server has no index to answer from');
    }
    if (current?.file === file) return current;
    const old = current;
    try {
      current = { index: openIndex(path, { readonly: true }), file, users: 0 };
    } catch (error) {
      if (old !== undefined) return old; // a broken replacement never takes down what works
      throw (error as { code?: string }).code === 'no-index'
        ? clientError('UNAVAILABLE', 'the server has no index to answer from')
        : error;
    }
    if (old !== undefined) retire(old);
    return current;
  };
  return {
    path,
    acquire() {
      const opened = renew();
      opened.users++;
      let released = false;
      return {
        index: opened.index,
        generation: `${opened.file}-${opened.index.generation()}`,
        generationOf: (state) => `${opened.file}-${state}`,
        release() {
          if (released) return;
          released = true;
          opened.users--;
          retire(opened);
        },
      };
    },
    close() {
      const opened = current;
      current = undefined;
      if (opened !== undefined) retire(opened);
    },
  };
}

/** An index that the caller opened and closes. */
export function openedIndexSource(index: BtfIndex): IndexSource {
  return {
    path: index.path,
    acquire: () => ({ index, generation: index.generation(), generationOf: (state) => state, release() {} }),
    close() {},
  };
}
