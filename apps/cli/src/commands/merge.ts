// btfq merge: the kernels of other indexes into this one.
import { type BtfIndex, type MergeResult, mergeIndex, openIndex } from '@btfq/btf-index';
import { defineCommand } from '../command.ts';
import { ExitCode } from '../exit-codes.ts';
import type { Io } from '../io.ts';
import { plural } from '../render/numbers.ts';
import type { Progress } from '../render/progress.ts';
import { dbFlag } from '../shared-flags.ts';
import { localPath } from '../with-index.ts';

export const command = defineCommand({
  args: 'INDEX...',
  about: `
Copies all kernels of other indexes into this one, with their modules, sources and dates. Creates the index if there is
none. Merging the same index again changes nothing. If a kernel of the same name but with other content is already there,
it is reported and skipped.`,
  flags: { db: dbFlag, replace: { help: 'replace kernels that are already in the index with other content' } },
  examples: [
    { line: 'btfq merge arm64.db x86_64.db --db all.db', shows: 'join indexes that were built on two machines' },
  ],
  run(flags, io) {
    const index = openIndex(localPath(flags, io));
    try {
      const results = flags.args.map((from) => ({ from, ...mergeOne(index, from, flags.replace, io) }));
      const refused = results.flatMap((result) => result.refused);
      if (flags.json) io.json(results);
      else {
        for (const { from, added, unchanged } of results) {
          io.print(`${from}: ${plural(added, 'kernel')} added, ${plural(unchanged, 'kernel')} already there`);
        }
        for (const name of refused) io.note(`btfq: ${name} is in the index with other content; --replace replaces it`);
      }
      return refused.length > 0 ? ExitCode.no : ExitCode.answered;
    } finally {
      index.close();
    }
  },
});

function mergeOne(index: BtfIndex, from: string, replace: boolean, io: Io): MergeResult {
  let bar: Progress | undefined;
  const result = mergeIndex(index, io.path(from), {
    replace,
    onKernel(name, _outcome, done, total) {
      bar ??= io.progress('merge', total);
      bar.update(done, name);
    },
  });
  bar?.finish();
  return result;
}
