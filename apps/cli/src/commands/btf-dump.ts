// btfq btf dump: bpftool's `btf dump`, words, options and output.
import { type Btf, dumpC, dumpJson, dumpPortableC, dumpRaw, mergeSplit, type PortableNote } from '@btfq/btf-format';
import { defineCommand } from '../command.ts';
import { UsageError } from '../errors.ts';
import { ExitCode } from '../exit-codes.ts';
import type { Io } from '../io.ts';
import { loadBtfFile } from '../load-btf.ts';
import { forceFlag } from '../shared-flags.ts';

/** bpftool's MAX_ROOT_IDS. */
const MAX_ROOT_IDS = 16;
/** bpftool's MAX_BTF_FILES. */
const MAX_FILES = 64;
const SYSFS = '/sys/kernel/btf/';
const SYSFS_VMLINUX = `${SYSFS}vmlinux`;
const USAGE = 'Usage: btfq btf dump file FILE [file FILE]... [format raw|c [unsorted]] [root_id ID]...';

interface Wanted {
  readonly files: readonly string[];
  readonly format: 'raw' | 'c';
  readonly sorted: boolean;
  /** Undefined: all types. */
  readonly ids: readonly number[] | undefined;
}

/** The words after `btf dump`. As in bpftool any beginning of a word will do: `f vmlinux`. Throws `UsageError`. */
export function parseWords(words: readonly string[]): Wanted {
  const [source, ...rest] = words;
  if (source === undefined) throw new UsageError('missing file FILE', USAGE);
  for (const word of ['map', 'prog', 'id']) {
    if (!word.startsWith(source)) continue;
    throw new UsageError(
      `btf dump ${word} reads from the running kernel, which btfq does not support`,
      'Dump from a file: `btfq btf dump file /sys/kernel/btf/vmlinux`.',
    );
  }
  if (!'file'.startsWith(source)) throw new UsageError(`unrecognized BTF source specifier: '${source}'`, USAGE);
  const files: string[] = [];
  do {
    const file = rest.shift();
    if (file === undefined) throw new UsageError('missing FILE', USAGE);
    files.push(file);
  } while (rest[0] !== undefined && 'file'.startsWith(rest[0]) && rest.shift());
  if (files.length > MAX_FILES) throw new UsageError(`too many BTF files (max ${MAX_FILES})`);

  let format: 'raw' | 'c' = 'raw';
  let sorted = true;
  const ids: number[] = [];
  for (let i = 0; i < rest.length; i++) {
    const word = rest[i]!;
    if ('format'.startsWith(word)) {
      const value = rest[++i];
      if (value === undefined) throw new UsageError("expecting value for 'format' option", USAGE);
      if (value !== 'raw' && value !== 'c') {
        throw new UsageError(`unrecognized format specifier: '${value}', possible values: raw, c`);
      }
      format = value;
    } else if ('root_id'.startsWith(word)) {
      ids.push(rootId(rest[++i], ids));
    } else if ('unsorted'.startsWith(word)) {
      sorted = false;
    } else {
      throw new UsageError(`unrecognized option: '${word}'`, USAGE);
    }
  }
  return { files, format, sorted, ids: ids.length > 0 ? ids : undefined };
}

/** Decimal, octal or hexadecimal, as strtoul reads it. */
function rootId(text: string | undefined, before: readonly number[]): number {
  if (text === undefined) throw new UsageError("expecting value for 'root_id' option");
  if (before.length === MAX_ROOT_IDS) throw new UsageError(`only ${MAX_ROOT_IDS} root_id are supported`);
  const octal = /^0([0-7]+)$/.exec(text);
  const id = octal ? Number.parseInt(octal[1]!, 8) : /^(0x[\da-f]+|\d+)$/i.test(text) ? Number(text) : Number.NaN;
  if (!Number.isSafeInteger(id)) throw new UsageError(`can't parse ${text} as root ID`);
  if (before.includes(id)) throw new UsageError(`duplicate root_id ${id} supplied`);
  return id;
}

export const command = defineCommand({
  args: '=file FILE [file FILE]... [format raw|c [unsorted]] [root_id ID]...',
  about: `
Prints the types of a file, byte for byte as bpftool 7.8 does: \`format raw\` (the default) prints a line for each type,
\`format c\` a header for BPF programs, -j and -p the raw types as JSON. FILE is raw BTF, an ELF file, or anything else
that contains the BTF of a kernel. Split BTF, as in modules, needs the BTF of its kernel with -B; for files in
/sys/kernel/btf the running kernel's is used. Several files, all split from the same base, are merged and deduplicated.

The header that bpftool writes needs compiler flags for kernels that use -fms-extensions, and C places some members of
packed or aligned types at other offsets than the kernel does. With --portable, \`format c\` writes a header that clang
and gcc compile as C11, C17 and C23 without flags, in which every size and offset is the kernel's. What C cannot express
is listed in a comment and on standard error.`,
  flags: {
    'base-btf': {
      value: 'FILE',
      short: 'B',
      help: 'the BTF that FILE was split from: the vmlinux of a module',
      complete: 'file',
    },
    pretty: { short: 'p', help: 'print the raw types as indented JSON' },
    portable: { help: "with `format c`: a header for any compiler, in which every size and offset is the kernel's" },
    asserts: { help: 'with `format c`: the portable header, with a _Static_assert for every size and offset' },
    force: forceFlag,
  },
  examples: [
    {
      line: 'btfq btf dump file /sys/kernel/btf/vmlinux format c > vmlinux.h',
      shows: 'all types of the running kernel in C',
    },
    { line: 'btfq btf dump file vmlinux format c --portable > vmlinux.h', shows: 'a header that compiles anywhere' },
    { line: 'btfq btf dump file nf_tables.ko -B vmlinux.btf', shows: 'the types of a module' },
    { line: 'btfq btf dump file prog.bpf.o -j | jq .types[0]', shows: 'the types of a BPF object as JSON' },
  ],
  async run(flags, io) {
    const wanted = parseWords(flags.args);
    const asJson = flags.json || flags.pretty;
    if (asJson && wanted.format === 'c') throw new UsageError('JSON output for C-syntax dump is not supported');
    const portable = flags.portable || flags.asserts;
    if (portable && wanted.format !== 'c') {
      throw new UsageError(`--${flags.portable ? 'portable' : 'asserts'} needs \`format c\``);
    }
    const btf = await loadAll(io, wanted.files, flags.baseBtf, flags.force);

    const bad = wanted.ids?.find((id) => id >= btf.typeCount);
    if (bad !== undefined) throw new UsageError(`invalid root ID: ${bad}`, `Ids go up to ${btf.typeCount - 1}.`);
    const { ids, sorted } = wanted;
    const sink = (chunk: Uint8Array) => io.write(chunk);
    if (asJson) dumpJson(btf, sink, { ids, pretty: flags.pretty });
    else if (portable) reportNotes(io, dumpPortableC(btf, sink, { ids, asserts: flags.asserts }));
    else if (wanted.format === 'c') dumpC(btf, sink, { ids, sorted });
    else dumpRaw(btf, sink, { ids });
    return ExitCode.answered;
  },
});

/** The one file's BTF, or all files' as one. */
async function loadAll(io: Io, files: readonly string[], basePath: string | undefined, force: boolean): Promise<Btf> {
  const split = files.filter((file) => file !== SYSFS_VMLINUX); // that one is the base of others, as bpftool has it
  const needsSysfs = split.some((file) => file.startsWith(SYSFS));
  const from = basePath ?? (needsSysfs ? SYSFS_VMLINUX : undefined);
  const base = from === undefined ? undefined : await loadBtfFile(io, from);
  if (split.length < 2) return loadBtfFile(io, split[0] ?? SYSFS_VMLINUX, base, force);
  if (base === undefined)
    throw new UsageError('base BTF is required when merging multiple BTF files', 'Give it with -B.');
  const sources: Btf[] = [];
  for (const file of split) sources.push(await loadBtfFile(io, file, base, force));
  return mergeSplit(base, sources);
}

/** What the header lacks, also for those who never look into it. */
function reportNotes(io: Io, notes: readonly PortableNote[]): void {
  for (const { what, why } of notes) io.note(`not expressed in C: ${what}: ${why}`);
}
