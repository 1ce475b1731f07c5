// btfq verify: the index against itself, end to end; or a kernel in it against its debug information.
import { verifyIndex } from '@btfq/btf-index';
import { defineCommand } from '../command.ts';
import { ExitCode } from '../exit-codes.ts';
import { plural } from '../render/numbers.ts';
import type { Progress } from '../render/progress.ts';
import { dbFlag, indexPath, offlineFlag } from '../shared-flags.ts';
import { compareWithDwarf } from '../verify/compare-with-dwarf.ts';
import { withIndex } from '../with-index.ts';

export const command = defineCommand({
  args: '',
  about: `
Checks the whole index: the integrity of the file, every BTF (rebuilt and compared by SHA-256), every declaration (derived
again and compared with what is stored) and every module (decompressed). Writes nothing, and takes about as long as
ingesting did. The exit code is 4 if something is wrong.

With --from-dwarf, compares a kernel instead: the BTF that the debug information of FILE makes, with the BTF that the index
has of the same kernel, name by name. The exit code is 1 if they differ.`,
  flags: {
    db: dbFlag,
    offline: offlineFlag,
    'from-dwarf': { value: 'FILE', help: 'a vmlinux with debug information, or its package', complete: 'file' },
    verbose: { help: 'list each difference' },
    kernel: { value: 'KERNEL', help: 'the kernel to compare with (default: the one that FILE is)' },
  },
  examples: [
    { line: 'btfq verify --db kernels.db', shows: 'is a copy intact?' },
    {
      line: 'btfq verify --from-dwarf linux-image-6.1.0-47-cloud-amd64-dbg_6.1.170-3_amd64.deb',
      shows: 'does the BTF of a kernel say what its debug information says?',
    },
  ],
  async run(flags, io) {
    if (flags.fromDwarf !== undefined) return compareWithDwarf(flags, io, flags.fromDwarf);
    let bar: Progress | undefined;
    const onProgress = (done: number, total: number) => {
      bar ??= io.progress('verify', total);
      bar.update(done);
    };
    const result = await withIndex(flags, io, (index) => verifyIndex(index, { onProgress }));
    bar?.finish();
    if (flags.json) io.json(result);
    else {
      for (const problem of result.problems) io.print(`${io.style.bad('damaged')}: ${problem}`);
      const counts = [
        plural(result.kernels, 'kernel'),
        `${plural(result.contents, 'distinct BTF')}`,
        plural(result.declarations, 'declaration'),
        plural(result.modules, 'module'),
      ].join(', ');
      if (result.problems.length === 0) io.print(`${io.style.good('whole')}: ${counts}`);
      else io.note(`btfq: ${indexPath(flags, io)} is damaged (${counts}); ingest its kernels into a new index`);
    }
    return result.problems.length === 0 ? ExitCode.answered : ExitCode.badIndex;
  },
});
