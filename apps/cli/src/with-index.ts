// The index that a command asks, open for as long as it is asked.
import { type BtfIndex, openIndex } from '@btfq/btf-index';
import type { Io } from './io.ts';
import { indexPath } from './shared-flags.ts';

/** Opens the index that the flags mean, runs `use` on it, and closes it whatever happens. Throws `IndexError`. */
export function withIndex<T>(
  flags: { db: string | undefined },
  io: Io,
  use: (index: BtfIndex) => T,
  options: { writable?: boolean } = {},
): T {
  const index = openIndex(io.path(indexPath(flags, io)), { readonly: !options.writable, create: false });
  try {
    return use(index);
  } finally {
    index.close();
  }
}
