// btfq fetch: a published index, whole, onto this machine.
import { fetchPublished } from '@btfq/btf-index';
import { defineCommand } from '../command.ts';
import { ExitCode } from '../exit-codes.ts';
import { byteSize } from '../render/numbers.ts';
import type { Progress } from '../render/progress.ts';

export const command = defineCommand({
  args: 'URL',
  about: `
Downloads a published index (see \`btfq publish\`) and checks its SHA-256 before it takes its place. If the download is
interrupted, the same command continues where it stopped. An index that is already there is not fetched again.`,
  flags: {
    output: { value: 'FILE', short: 'o', help: 'the index file to write', default: 'btfq.db', complete: 'file' },
  },
  examples: [
    { line: 'btfq fetch https://host/index.json -o kernels.db', shows: 'the whole index, for work without a network' },
  ],
  async run(flags, io) {
    const [url] = flags.args as [string];
    const output = flags.output ?? 'btfq.db';
    let bar: Progress | undefined;
    const { published, resumed, unchanged } = await fetchPublished(url, io.path(output), {
      signal: io.signal,
      onProgress: (done, total) => {
        bar ??= io.progress('fetch', total);
        bar.update(done);
      },
    });
    bar?.finish();
    if (flags.json) io.json({ ...published, output, resumed, unchanged });
    else if (unchanged) io.print(`${output} is that index already`);
    else {
      const from = resumed > 0 ? `, ${byteSize(resumed)} of it from before` : '';
      io.print(`${output}: ${byteSize(published.size)}${from}; its SHA-256 is right`);
    }
    return ExitCode.answered;
  },
});
