// btfq stats: what the index holds, in numbers.
import { stats } from '@btfq/btf-index';
import { defineCommand } from '../command.ts';
import { ExitCode } from '../exit-codes.ts';
import { byteSize, grouped } from '../render/numbers.ts';
import { dbFlag, offlineFlag } from '../shared-flags.ts';
import { withIndex } from '../with-index.ts';

export const command = defineCommand({
  args: '',
  about: `
Shows how many kernels, modules, declarations and names the index holds, and compares its size with that of the BTF that
it stores.`,
  flags: { db: dbFlag, offline: offlineFlag },
  examples: [{ line: 'btfq stats', shows: 'the contents of btfq.db' }],
  run(flags, io) {
    return withIndex(flags, io, (index) => {
      const all = stats(index);
      if (flags.json) {
        io.json(all);
        return ExitCode.answered;
      }
      const lines: readonly (readonly [string, string])[] = [
        ['kernels', grouped(all.kernels)],
        ['distinct BTFs', grouped(all.distinct)],
        ['modules', grouped(all.modules)],
        ['declarations', grouped(all.declarations)],
        ['names', grouped(all.names)],
        ['index', byteSize(all.bytes)],
        ['BTF in it', byteSize(all.btfBytes)],
      ];
      for (const [what, value] of lines) io.print(`${what.padEnd(14)} ${value}`);
      return ExitCode.answered;
    });
  },
});
