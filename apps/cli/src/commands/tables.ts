// btfq tables: what a booted kernel's own files say, read from its image.
import { existsSync } from 'node:fs';
import { exportBtf, kernelTablesOf, resolveKernel } from '@btfq/btf-index';
import {
  type KernelFile,
  kernelFile,
  kernelFileNames,
  openKernelImage,
  tablesFile,
  tablesFromParts,
} from '@btfq/kernel-tables';
import { parseBtf } from '@btfq/btf-format';
import { defineCommand } from '../command.ts';
import { InputError } from '../errors.ts';
import { ExitCode } from '../exit-codes.ts';
import type { Io } from '../io.ts';
import { dbFlag, offlineFlag } from '../shared-flags.ts';
import { type IndexFlags, withIndex } from '../with-index.ts';

export const command = defineCommand({
  args: 'IMAGE|KERNEL WHAT',
  about: `
Prints what the file of that name says on the booted kernel, at link addresses (as with nokaslr), so that the two can be
compared. IMAGE is a vmlinux, a boot image, or a package that contains one. KERNEL is a kernel in the index; the index keeps
neither addresses nor order, so its lists are sorted. WHAT is one of

  kallsyms                         /proc/kallsyms
  available_filter_functions       the functions that fentry and kprobes can take (tracefs)
  available_events                 the trace events that can be enabled (tracefs)
  events/SYSTEM/EVENT/format       an event's fields and format (tracefs), without its ID, which is assigned at boot
  kprobes/blacklist                where kprobes are forbidden (debugfs)
  error_injection/list             functions that can be made to return an error (debugfs)
  features                         the JSON of \`bpftool -j feature probe kernel full\`: program types, map types, helpers

If the image does not contain the answer, it is 'not known' and the exit code is 1; docs/guide-tables.md lists what is missing in
which kernels.`,
  flags: { db: dbFlag, offline: offlineFlag },
  examples: [
    { line: 'btfq tables vmlinuz available_filter_functions', shows: 'the functions that can be traced' },
    { line: 'btfq tables linux-image.deb events/sched/sched_switch/format', shows: 'the fields of an event' },
    { line: 'btfq tables vmlinuz features', shows: 'program types, map types, helpers by program type' },
  ],
  async run(flags, io) {
    const [path, what] = flags.args as [string, string];
    const isFile = existsSync(io.path(path));
    const file = isFile ? await fileOfImage(path, what, io) : await fileOfKernel(path, what, flags, io);
    if (flags.json) io.json(file);
    else if ('text' in file) io.write(file.text);
    else if ('notKnown' in file) io.note(`not known: ${file.notKnown}`);
    else io.note(`${file.absent} (there are ${kernelFileNames.join(', ')}, events/SYSTEM/EVENT/format)`);
    return 'text' in file ? ExitCode.answered : ExitCode.no;
  },
});

async function fileOfImage(path: string, what: string, io: Io): Promise<KernelFile> {
  const { loadTarget } = await import('@btfq/kernel-source');
  const { image, btf } = await loadTarget(io.path(path), { modules: false, image: true, signal: io.signal });
  if (image === undefined) {
    throw new InputError('no-image', `${path}: types alone, and no kernel image to read tables from`, { path });
  }
  return kernelFile(openKernelImage(image), parseBtf(btf), what);
}

function fileOfKernel(name: string, what: string, flags: IndexFlags, io: Io): Promise<KernelFile> {
  return withIndex(flags, io, (index): KernelFile => {
    const kernel = resolveKernel(index, name);
    const stored = kernelTablesOf(index, kernel.id);
    if (stored === undefined) return { notKnown: `${kernel.name} has no tables: it came without its image` };
    return tablesFile(tablesFromParts(stored.parts), parseBtf(exportBtf(index, kernel.id)), what);
  });
}
