// The index that a command asks, open for as long as it is asked.
import { type BtfIndex, kernels, openIndex } from '@btfq/btf-index';
import type { Io } from './io.ts';
import { plural } from './render/numbers.ts';
import { indexPath } from './shared-flags.ts';

/** Opens the index that the flags mean, runs `use` on it, and closes it whatever happens. Throws `IndexError`. */
export function withIndex<T>(
  flags: { db: string | undefined; where?: readonly string[] },
  io: Io,
  use: (index: BtfIndex) => T,
  options: { writable?: boolean } = {},
): T {
  const index = openIndex(io.path(indexPath(flags, io)), { readonly: !options.writable, create: false });
  try {
    noteUnknownConfigs(index, flags.where ?? [], io);
    return use(index);
  } finally {
    index.close();
  }
}

/** A filter by configuration leaves out kernels whose configuration is not known: that is said, for it is no 'no'. */
function noteUnknownConfigs(index: BtfIndex, where: readonly string[], io: Io): void {
  if (!where.some((text) => /(?:^|,)\s*config\./.test(text))) return;
  const unknown = kernels(index).filter(({ config }) => config === null).length;
  if (unknown > 0) {
    io.note(`btfq: ${plural(unknown, 'kernel')} left out: the configuration is not known`);
  }
}
