// btfq verify: the index against itself, end to end.
import { verifyIndex } from '@btfq/btf-index';
import { defineCommand } from '../command.ts';
import { ExitCode } from '../exit-codes.ts';
import { plural } from '../render/numbers.ts';
import type { Progress } from '../render/progress.ts';
import { dbFlag, indexPath, offlineFlag } from '../shared-flags.ts';
import { withIndex } from '../with-index.ts';

export const command = defineCommand({
  args: '',
  about: `
Checks the whole index: the integrity of the file, every BTF (rebuilt and compared by SHA-256), every declaration (derived
again and compared with what is stored) and every module (decompressed). Writes nothing, and takes about as long as
ingesting did. The exit code is 4 if something is wrong.`,
  flags: { db: dbFlag, offline: offlineFlag },
  examples: [{ line: 'btfq verify --db kernels.db', shows: 'is a copy intact?' }],
  async run(flags, io) {
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
