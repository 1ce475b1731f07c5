// Holds the BTF that debug information makes against what the index has of the same kernel.

import { parseBtf } from '@btfq/btf-format';
import { exportBtf, kernelName, resolveKernel } from '@btfq/btf-index';
import { compareBtf } from '@btfq/dwarf';
import { discover, type Kernel, readJob } from '@btfq/kernel-source';
import { InputError } from '../errors.ts';
import { ExitCode } from '../exit-codes.ts';
import { formatComparison, formatSkipped } from '../ingest/report.ts';
import type { Io } from '../io.ts';
import { withIndex } from '../with-index.ts';

/** What `btfq verify --from-dwarf` is said. */
export interface CompareFlags {
  readonly db: string | undefined;
  /** The kernel in the index; that of the file's own name by default. */
  readonly kernel: string | undefined;
  readonly verbose: boolean;
  readonly json: boolean;
}

/** Compares, and prints what differs. Throws `InputError` where the file gives no such kernel. */
export async function compareWithDwarf(flags: CompareFlags, io: Io, path: string): Promise<ExitCode> {
  const made = await kernelFromDwarf(io, path);
  return withIndex(flags, io, (index) => {
    const kernel = resolveKernel(index, flags.kernel ?? kernelName(made.identity));
    const { kinds, differences } = compareBtf(parseBtf(exportBtf(index, kernel.id)), made.parsed);
    const counts = Object.fromEntries(kinds);
    if (flags.json) io.json({ kernel: kernel.name, source: made.provenance, kinds: counts, differences });
    else {
      io.print(`${kernel.name} beside its debug information: ${formatComparison(counts)}`);
      if (flags.verbose) for (const line of differences) io.print(line);
    }
    return differences.length === 0 ? ExitCode.answered : ExitCode.no;
  });
}

async function kernelFromDwarf(io: Io, path: string): Promise<Kernel> {
  const options = { fromDwarf: true, modules: false, signal: io.signal };
  let reason = 'no kernel with debug information in it';
  for await (const found of discover([io.path(path)], options)) {
    if (found.kind === 'skipped') reason = formatSkipped(found);
    else {
      for await (const item of readJob(found.job, options)) {
        if (item.kind === 'skipped') reason = formatSkipped(item);
        else if (item.fromDwarf) return item;
      }
    }
  }
  throw new InputError('no-dwarf', `${path}: ${reason}`, { path });
}
