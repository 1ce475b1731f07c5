// btfq export: a kernel's BTF as it was ingested.
import { exportBtf, exportModule, modules, resolveKernel } from '@btfq/btf-index';
import { defineCommand } from '../command.ts';
import { UsageError } from '../errors.ts';
import { ExitCode } from '../exit-codes.ts';
import { byteSize } from '../render/numbers.ts';
import { dbFlag, offlineFlag } from '../shared-flags.ts';
import { withIndex } from '../with-index.ts';

export const command = defineCommand({
  args: 'KERNEL',
  about: `
Writes the BTF of a kernel, or of one of its modules, exactly as it was ingested. Its SHA-256 is checked before anything
is written.`,
  flags: {
    output: { value: 'FILE', short: 'o', help: 'the file to write; - is standard output', complete: 'file' },
    module: { value: 'NAME', help: 'the split BTF of this module, to be read with the kernel as its base' },
    db: dbFlag,
    offline: offlineFlag,
  },
  examples: [
    { line: 'btfq export 6.1.0-50-cloud-amd64 -o vmlinux.btf', shows: 'a kernel, for any tool that reads BTF' },
    {
      line: 'btfq export 6.1 --module nf_tables -o nf_tables.btf',
      shows: 'a module; any unique prefix names a kernel',
    },
  ],
  run(flags, io) {
    const { output } = flags;
    if (output === undefined) throw new UsageError('missing -o FILE', 'Use -o - to write to stdout.');
    return withIndex(flags, io, (index) => {
      const kernel = resolveKernel(index, flags.args[0]!);
      if (flags.module !== undefined) {
        const known = modules(index, [kernel.id]).get(kernel.id) ?? [];
        if (!known.some(({ name }) => name === flags.module)) {
          io.note(`btfq: ${kernel.name} has no module ${flags.module} in the index`);
          io.note(known.length === 0 ? 'The index has none of its modules.' : `It has ${known.length} others.`);
          return ExitCode.no;
        }
      }
      const bytes =
        flags.module === undefined ? exportBtf(index, kernel.id) : exportModule(index, kernel.id, flags.module).btf;
      io.writeFile(output, bytes);
      if (flags.json) {
        if (output !== '-') io.json({ kernel: kernel.name, module: flags.module, output, bytes: bytes.length });
      } else io.note(`${kernel.name}: ${byteSize(bytes.length)} to ${output === '-' ? 'stdout' : output}`);
      return ExitCode.answered;
    });
  },
});
