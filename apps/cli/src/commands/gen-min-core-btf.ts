// btfq gen min_core_btf: bpftool's words; the BTF that objects need on one kernel.
import { type Btf, convertBtf, parseBtf } from '@btfq/btf-format';
import type { TargetKernel } from '@btfq/core-reloc';
import { minimize, type MinimizeResult } from '@btfq/minimizer';
import { defineCommand } from '../command.ts';
import { UsageError } from '../errors.ts';
import { ExitCode } from '../exit-codes.ts';
import type { Io } from '../io.ts';
import { loadModules, loadWithModules } from '../flatten-modules.ts';
import { loadBtfFile } from '../load-btf.ts';
import { loadObject } from '../load-object.ts';
import { mismatchLine, unsatisfiedLine } from '../render/relocations.ts';
import { baseFlag, dbFlag, forceFlag } from '../shared-flags.ts';

export const command = defineCommand({
  args: 'INPUT OUTPUT OBJECT...',
  about: `
Writes the part of a kernel's BTF that the objects need, as \`bpftool gen min_core_btf\` does, with a 24-byte header that
older loaders accept. INPUT is the BTF of the kernel. OUTPUT keeps INPUT's byte order (bpftool uses that of the machine it
runs on; --endian selects either). Before anything is written, every relocation is resolved again against the result. If
one of them gives another result, nothing is written and an old OUTPUT is removed.

A relocation that this kernel cannot satisfy does not stop the others. If libbpf would refuse the object because of it, it
is shown and the exit code is 1. Relocations that only poison an instruction, which guarded code expects, are shown with
--verbose.`,
  flags: {
    canonical: {
      help: 'write the smallest BTF that gives the same results; kernels with equal results get equal files',
    },
    endian: { value: 'ORDER', choices: ['little', 'big'], help: "the byte order of OUTPUT; default: INPUT's" },
    'no-verify': { help: 'skip the check that every relocation gives the same result on OUTPUT' },
    'base-btf': baseFlag,
    force: forceFlag,
    module: {
      value: 'FILE',
      kind: 'list',
      help: 'a module whose types are merged into OUTPUT: split BTF, or a .ko file',
    },
    'flatten-modules': {
      help: 'merge the types of the modules that come with INPUT: a package, a folder such as /sys/kernel/btf, or a kernel of the index',
    },
    db: dbFlag,
    verbose: { short: 'v', help: 'show every relocation that this kernel cannot satisfy' },
  },
  examples: [
    {
      line: 'btfq gen min_core_btf vmlinux.btf opensnoop.btf opensnoop.bpf.o',
      shows: 'the BTF that opensnoop needs on that kernel',
    },
    {
      line: 'btfq gen min_core_btf linux-image-6.12.deb out.btf conntrack.bpf.o --flatten-modules',
      shows: 'an object that needs types of modules, which libbpf does not find with a custom BTF otherwise',
    },
    { line: 'make BPFTOOL=btfq', shows: 'a build that calls bpftool' },
  ],
  async run(flags, io) {
    const [input, output, ...paths] = flags.args as [string, string, ...string[]];
    if (flags.canonical && flags.noVerify)
      throw new UsageError('--canonical cannot be combined with --no-verify: its result is always verified');
    if (flags.flattenModules && flags.module.length === 0) {
      const { target, close } = await loadWithModules(io, input, flags);
      try {
        return write(io, target, output, paths, flags);
      } finally {
        close();
      }
    }
    const base = flags.baseBtf === undefined ? undefined : await loadBtfFile(io, flags.baseBtf);
    const kernel = await loadBtfFile(io, input, base, flags.force);
    const target = flags.module.length > 0 ? await loadModules(io, flags.module, kernel, flags.force) : kernel;
    return write(io, target, output, paths, flags);
  },
});

/** Minimizes, proves and writes; the exit code says whether the kernel satisfies every relocation. */
function write(
  io: Io,
  target: Btf | TargetKernel,
  output: string,
  paths: readonly string[],
  flags: { canonical: boolean; noVerify: boolean; verbose: boolean; endian: string | undefined },
): ExitCode {
  const objects = paths.map((path) => loadObject(io.readFile(path), path));
  const result = minimize(target, objects, { canonical: flags.canonical, verify: !flags.noVerify });
  if (result.mismatches.length > 0) return refuse(io, output, result);
  io.writeFile(output, inByteOrder(result.bytes, flags.endian));
  const failed = result.unsatisfied.filter((one) => one.outcome === 'failed');
  if (io.wantsJson) {
    const { bytes, ...rest } = result;
    io.json({ ...rest, bytes: bytes.length });
  } else {
    for (const one of flags.verbose ? result.unsatisfied : failed) io.note(unsatisfiedLine(one));
  }
  return failed.length > 0 ? ExitCode.no : ExitCode.answered;
}

/** The result as it is, or converted where another byte order was asked for: words are swapped, nothing else changes. */
function inByteOrder(bytes: Uint8Array, order: string | undefined): Uint8Array {
  if (order === undefined) return bytes;
  const littleEndian = order === 'little';
  const btf = parseBtf(bytes);
  return btf.littleEndian === littleEndian ? bytes : convertBtf(btf, { littleEndian });
}

/** What was there before must not pass for the answer. */
function refuse(io: Io, output: string, { mismatches }: MinimizeResult): ExitCode {
  io.removeFile(output);
  for (const one of mismatches.slice(0, 20)) io.note(mismatchLine(one));
  const count = mismatches.length;
  io.note(`btfq: ${count} relocation${count === 1 ? '' : 's'} would give something else; ${output} is not written`);
  io.note('Take --canonical, which keeps all that takes part, or --no-verify for what bpftool writes.');
  return ExitCode.no;
}
