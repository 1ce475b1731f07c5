// The index of a thread, opened read-only and kept until another file takes its name.

import { statSync } from 'node:fs';
import { type BtfIndex, openIndex } from '@btfq/btf-index';

let kept: { readonly path: string; readonly file: string; readonly index: BtfIndex } | undefined;

/** Opens `path`, or gives what is open already: also where what took the file's place is no index. Throws IndexError. */
export function taskIndex(path: string): BtfIndex {
  const own = kept?.path === path ? kept : undefined;
  try {
    const { dev, ino } = statSync(path);
    const file = `${dev}.${ino}`;
    if (own?.file === file) return own.index;
    const opened = openIndex(path, { readonly: true });
    kept?.index.close();
    kept = { path, file, index: opened };
    return opened;
  } catch (error) {
    if (own !== undefined) return own.index;
    throw error;
  }
}
