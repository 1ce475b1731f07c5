// btfq rm: kernels out of the index.
import { compactIndex, kernels, parseWhere, removeKernels, resolveKernel } from '@btfq/btf-index';
import { defineCommand } from '../command.ts';
import { UsageError } from '../errors.ts';
import { ExitCode } from '../exit-codes.ts';
import { plural } from '../render/numbers.ts';
import { dbFlag, whereFlag } from '../shared-flags.ts';
import { withIndex } from '../with-index.ts';

export const command = defineCommand({
  args: '[KERNEL...]',
  about:
    'Takes kernels out of the index, all that are named or none. What other kernels share stays. The file keeps its size for kernels to come unless --compact is given.',
  flags: {
    db: dbFlag,
    where: whereFlag,
    compact: { help: 'give the space back to the file system; needs as much again while it works' },
  },
  examples: [
    { line: 'btfq rm debian/12/x86_64/6.1.0-50-cloud-amd64', shows: 'one kernel' },
    { line: 'btfq rm --where release=5.10* --compact', shows: 'a series, and the space it took' },
  ],
  run(flags, io) {
    if (flags.args.length === 0 && flags.where.length === 0 && !flags.compact) {
      throw new UsageError('missing KERNEL or --where', '`btfq kernels` lists what there is.');
    }
    return withIndex(
      flags,
      io,
      (index) => {
        const named = flags.args.map((text) => resolveKernel(index, text));
        const selected = flags.where.length > 0 ? kernels(index, parseWhere(flags.where)) : [];
        const gone = [...new Map([...named, ...selected].map((kernel) => [kernel.id, kernel.name]))];
        removeKernels(
          index,
          gone.map(([id]) => id),
        );
        if (flags.compact) compactIndex(index);
        if (flags.json) io.json({ removed: gone.map(([, name]) => name) });
        else io.print(`${plural(gone.length, 'kernel')} removed`);
        return gone.length > 0 || flags.compact ? ExitCode.answered : ExitCode.no;
      },
      { writable: true },
    );
  },
});
