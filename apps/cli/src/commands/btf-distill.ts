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
Extracts from the base of a split BTF the types that are needed to move the split BTF to the base of another build later.
BASE_OUTPUT goes into the section .BTF.base; SPLIT_OUTPUT, which is split from it, goes into .BTF. Except for the header,
both are byte for byte what libbpf's btf__distill_base makes. -B gives the base that MODULE was split from.`,
  flags: { 'base-btf': baseFlag, force: forceFlag },
  examples: [
    {
      line: 'btfq btf distill veth.ko base.btf split.btf -B vmlinux',
      shows: "make a module's types independent of the build of its kernel",
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
