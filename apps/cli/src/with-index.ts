// The index that a command asks, open for as long as it is asked.
import { type BtfIndex, isUrl, kernels, openAnywhere, openIndex } from '@btfq/btf-index';
import { UsageError } from './errors.ts';
import type { Io } from './io.ts';
import { plural } from './render/numbers.ts';
import { indexPath } from './shared-flags.ts';

/** Which index, and whether the network may be asked for it. */
export interface IndexFlags {
  readonly db: string | undefined;
  readonly offline?: boolean | undefined;
}

/** Opens the index that the flags mean, runs `use` on it, and closes it whatever happens. Throws `IndexError`. */
export async function withIndex<T>(
  flags: IndexFlags & { readonly where?: readonly string[] },
  io: Io,
  use: (index: BtfIndex) => T | Promise<T>,
  options: { writable?: boolean } = {},
): Promise<T> {
  const index = options.writable ? openWriting(flags, io) : await openReading(flags, io);
  try {
    noteUnknownConfigs(index, flags.where ?? [], io);
    return await use(index);
  } finally {
    index.close();
  }
}

/** The index that the flags mean, to read, in one state: a file, or what a URL mentions. Throws `IndexError`. */
export async function openReading(flags: IndexFlags, io: Io): Promise<BtfIndex> {
  const place = indexPath(flags, io);
  if (!isUrl(place)) {
    const index = openIndex(io.path(place), { readonly: true, create: false });
    index.hold(); // closing ends it
    return index;
  }
  return await openAnywhere(place, { offline: flags.offline });
}

function openWriting(flags: IndexFlags, io: Io): BtfIndex {
  return openIndex(localPath(flags, io), { create: false });
}

/** The file that the flags mean, for what writes or serves it. Throws `UsageError` for a URL. */
export function localPath(flags: { db: string | undefined }, io: Io): string {
  const place = indexPath(flags, io);
  if (isUrl(place)) throw new UsageError(`${place} is read-only`, 'Download it with btfq fetch and use the copy.');
  return io.path(place);
}

/** A filter by configuration leaves out kernels whose configuration is not known: that is said, for it is no 'no'. */
function noteUnknownConfigs(index: BtfIndex, where: readonly string[], io: Io): void {
  if (!where.some((text) => /(?:^|,)\s*config\./.test(text))) return;
  const unknown = kernels(index).filter(({ config }) => config === null).length;
  if (unknown > 0) io.note(`btfq: ${plural(unknown, 'kernel')} left out: the configuration is not known`);
}
