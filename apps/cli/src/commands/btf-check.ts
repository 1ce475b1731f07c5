// btfq btf check: what libbpf, or a kernel, would refuse in a BTF, and where.
import {
  BtfError,
  type BtfProblem,
  checkBtf,
  type KernelCheck,
  kindName,
  parseBtf,
  parseBtfExt,
} from '@btfq/btf-format';
import { readBtfBytes } from '../btf-bytes.ts';
import { defineCommand } from '../command.ts';
import { ExitCode } from '../exit-codes.ts';
import { loadBtfFile, refuseWrongBase } from '../load-btf.ts';
import { baseFlag, forceFlag } from '../shared-flags.ts';

export const command = defineCommand({
  args: 'FILE',
  about: `
Lists what libbpf would reject in the BTF of a file and, with --kernel, what the kernel's own checks would reject: names,
sizes, offsets, references and loops, each with its type. FILE is raw BTF, an ELF file (whose .BTF.ext is checked too), or
anything else that contains BTF. The exit code is 0 if nothing is found, else 1.

Before libbpf loads the types of an object, it fills in the sizes of sections and rewrites externs; no kernel accepts them
as clang wrote them. With --kernel, split BTF is checked as the BTF of a module, and other BTF as the BTF of a program
(BPF_BTF_LOAD).`,
  flags: {
    kernel: { help: 'also apply the checks of the kernel' },
    release: {
      value: 'RELEASE',
      help: 'the release of that kernel, such as 5.10: kinds that are newer are reported too',
    },
    as: {
      value: 'WHAT',
      choices: ['program', 'kernel'],
      help: "ask what a kernel asks of a program's BTF, or of its own",
    },
    'base-btf': baseFlag,
    force: forceFlag,
  },
  examples: [
    { line: 'btfq btf check prog.bpf.o --kernel', shows: 'would a kernel accept these types?' },
    { line: 'btfq btf check prog.bpf.o --kernel --release 5.10', shows: 'would Linux 5.10?' },
  ],
  async run(flags, io) {
    const [path] = flags.args as [string];
    const file = await readBtfBytes(io, path);
    const base = flags.baseBtf === undefined ? file.base : await loadBtfFile(io, flags.baseBtf);
    if (flags.baseBtf !== undefined && !flags.force) refuseIfParsed(file.btf, base, path);
    const asked = flags.kernel || flags.release !== undefined || flags.as !== undefined;
    const kernel: KernelCheck = { release: flags.release, as: flags.as };
    const problems = [...checkBtf(file.btf, { base, kernel: asked && kernel }), ...checkExt(file.ext)];

    if (flags.json) {
      io.json(problems);
    } else {
      for (const problem of problems) io.print(`${path}: ${describe(problem, file.btf, base)}`);
      if (problems.length === 0) io.print(`${path}: no problems found`);
    }
    return problems.length > 0 ? ExitCode.no : ExitCode.answered;
  },
});

/** BTF that does not even parse is the check's own business. */
function refuseIfParsed(bytes: Uint8Array, base: ReturnType<typeof parseBtf> | undefined, path: string): void {
  let btf: ReturnType<typeof parseBtf>;
  try {
    btf = parseBtf(bytes, { base });
  } catch (error) {
    if (error instanceof BtfError) return;
    throw error;
  }
  refuseWrongBase(btf, path);
}

function checkExt(ext: Uint8Array | undefined): BtfProblem[] {
  if (ext === undefined) return [];
  try {
    parseBtfExt(ext);
    return [];
  } catch (error) {
    if (!(error instanceof BtfError)) throw error;
    const { code, message, offset } = error;
    return [{ level: 'libbpf', code, message, ...(offset === undefined ? {} : { offset }) }];
  }
}

/** `[12] STRUCT 'foo' member 3: Member exceeds struct_size (size, at byte 340)`. */
function describe(problem: BtfProblem, bytes: Uint8Array, base: ReturnType<typeof parseBtf> | undefined): string {
  const { typeId, element, message, code, offset, expected, level } = problem;
  const type = typeId === undefined || level === 'libbpf' ? undefined : parseBtf(bytes, { base });
  const named =
    type && typeId !== undefined ? ` ${kindName(type.kind(typeId))} '${type.name(typeId) || '(anon)'}'` : '';
  const where = typeId === undefined ? '' : `[${typeId}]${named}${element === undefined ? '' : ` #${element}`}: `;
  const details = [code, offset === undefined ? '' : `at byte ${offset}`, expected ? `expected ${expected}` : ''];
  return `${where}${message} (${details.filter(Boolean).join(', ')})`;
}
