// btfq rm: kernels out of the index.
import {
  compactIndex,
  kernels,
  openVerifierStore,
  parseWhere,
  removeKernels,
  resolveKernel,
  verifierPath,
} from '@btfq/btf-index';
import { defineCommand } from '../command.ts';
import { UsageError } from '../errors.ts';
import { ExitCode } from '../exit-codes.ts';
import { plural } from '../render/numbers.ts';
import { dbFlag, indexPath, whereFlag } from '../shared-flags.ts';
import { withIndex } from '../with-index.ts';

export const command = defineCommand({
  args: '[KERNEL...]',
  about: `
Removes kernels from the index: either all that are named, or none if one of them is not there. Data shared with other
kernels stays. The file keeps its size, for kernels to come, unless --compact is given.`,
  flags: {
    db: dbFlag,
    where: whereFlag,
    compact: { help: 'return the space to the file system (needs as much free space while it runs)' },
  },
  examples: [
    { line: 'btfq rm debian/12/x86_64/6.1.0-50-cloud-amd64', shows: 'one kernel' },
    { line: 'btfq rm --where release=5.10* --compact', shows: 'a whole series, and return its space' },
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
        const verifiers = openVerifierStore(io.path(verifierPath(indexPath(flags, io))), {
          readonly: false,
          create: false,
        });
        verifiers?.remove(gone.map(([, name]) => name));
        verifiers?.close();
        if (flags.compact) compactIndex(index);
        if (flags.json) io.json({ removed: gone.map(([, name]) => name) });
        else io.print(`${plural(gone.length, 'kernel')} removed`);
        return gone.length > 0 || flags.compact ? ExitCode.answered : ExitCode.no;
      },
      { writable: true },
    );
  },
});
