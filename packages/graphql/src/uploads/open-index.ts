// The index of a task, opened read-only and kept until another file takes its name.

import { statSync } from 'node:fs';
import { type BtfIndex, openIndex } from '@btfq/btf-index';

let kept: { readonly path: string; readonly file: string; readonly index: BtfIndex } | undefined;

/** Opens `path`, or gives what is open already. Throws IndexError. */
export function taskIndex(path: string): BtfIndex {
  const { dev, ino } = statSync(path);
  const file = `${dev}.${ino}`;
  if (kept !== undefined && kept.path === path && kept.file === file) return kept.index;
  kept?.index.close();
  kept = undefined;
  kept = { path, file, index: openIndex(path, { readonly: true }) };
  return kept.index;
}
