// btfq btf distill: btf__distill_base as a command.
import { distillBase } from '@btfq/btf-format';
import { defineCommand } from '../command.ts';
import { UsageError } from '../errors.ts';
import { ExitCode } from '../exit-codes.ts';
import { loadBtfFile } from '../load-btf.ts';
import { grouped } from '../render/numbers.ts';
import { baseFlag, forceFlag } from '../shared-flags.ts';

export const command = defineCommand({
  args: 'MODULE BASE_OUTPUT SPLIT_OUTPUT',
  about: `
Takes from the base of split BTF what the split BTF needs to know of it, so that it can be moved onto another build's base
later: BASE_OUTPUT is for the section .BTF.base, SPLIT_OUTPUT, split from it, for .BTF. Byte for byte what libbpf's
btf__distill_base makes, but for the header. -B gives the base that MODULE was split from.`,
  flags: { 'base-btf': baseFlag, force: forceFlag },
  examples: [
    {
      line: 'btfq btf distill veth.ko base.btf split.btf -B vmlinux',
      shows: "a module's types for any build of its kernel",
    },
  ],
  async run(flags, io) {
    const [input, baseOutput, splitOutput] = flags.args as [string, string, string];
    if (flags.baseBtf === undefined) throw new UsageError('missing the base of MODULE', 'Give its kernel with -B.');
    const split = await loadBtfFile(io, input, await loadBtfFile(io, flags.baseBtf), flags.force);
    const distilled = distillBase(split);
    io.writeFile(baseOutput, distilled.base);
    io.writeFile(splitOutput, distilled.split);
    const bytes = { base: distilled.base.length, split: distilled.split.length };
    if (flags.json) io.json({ bytes });
    else io.note(`${grouped(bytes.base)} bytes of base, ${grouped(bytes.split)} split from it`);
    return ExitCode.answered;
  },
});
