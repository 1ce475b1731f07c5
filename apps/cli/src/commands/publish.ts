// btfq publish: the index as a folder for any web space.
import { publishIndex } from '@btfq/btf-index';
import { explorerPage } from '../explorer-page.ts';
import { defineCommand } from '../command.ts';
import { ExitCode } from '../exit-codes.ts';
import { byteSize, plural } from '../render/numbers.ts';
import { dbFlag } from '../shared-flags.ts';
import { localPath } from '../with-index.ts';

export const command = defineCommand({
  args: 'OUT',
  about: `
Writes the index into a folder that any web server, object store or static host can serve: the database under a name made
from its hash, which never changes; index.json, which names the current one; the page of the explorer, if this copy of btfq
has it; and notes for common hosts (PUBLISHING.md, _headers). The database is laid out so that a question reads few parts
of it. Publish into the same folder again to replace it: index.json is written last, and earlier databases stay for those
who are reading them. Every command that reads an index takes the URL with --db.`,
  flags: {
    db: dbFlag,
    verifier: {
      help: 'also publish the verifiers that `btfq ingest --verifier` keeps, some 6 MB a kernel, for the page',
    },
  },
  examples: [
    { line: 'btfq publish public/', shows: 'a folder to upload' },
    { line: 'btfq publish --verifier public/', shows: 'with kernels whose verifiers the page can ask' },
    { line: 'btfq field task_struct pid --db https://host/index.json', shows: 'a question to the published index' },
  ],
  run(flags, io) {
    const [out] = flags.args as [string];
    const page = explorerPage();
    const published = publishIndex(localPath(flags, io), io.path(out), { page, verifiers: flags.verifier });
    if (flags.json) io.json({ ...published, folder: out, page: page !== undefined });
    else {
      io.print(
        `${out}/index.json: ${plural(published.kernels, 'kernel')} in ${published.file}, ${byteSize(published.size)}`,
      );
      if (flags.verifier && published.verifiers === undefined) {
        io.note('without verifiers: the index keeps none (btfq ingest --verifier)');
      }
      if (page === undefined) io.note('without a page: this copy of btfq has no explorer');
    }
    return ExitCode.answered;
  },
});
