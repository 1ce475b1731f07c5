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
Says what libbpf would refuse in a file's BTF, and with --kernel also what a kernel's own checker would: names, sizes,
offsets, references, loops, each with the type it is found in. FILE is raw BTF, an ELF file (its .BTF.ext is checked too)
or anything else that has BTF in it. Nothing found is exit code 0, anything 1.

Before libbpf loads an object's types it fills in the sizes of sections and rewrites externs: as clang wrote them, no kernel
takes them. With --kernel, split BTF is asked what a kernel asks of a module's, and other BTF what BPF_BTF_LOAD asks of a program's.`,
  flags: {
    kernel: { help: 'check as a kernel does' },
    release: { value: 'RELEASE', help: 'of this release, such as 5.10: kinds younger than it are problems too' },
    as: {
      value: 'WHAT',
      choices: ['program', 'kernel'],
      help: "ask what a kernel asks of a program's BTF, or of its own",
    },
    'base-btf': baseFlag,
    force: forceFlag,
  },
  examples: [
    { line: 'btfq btf check prog.bpf.o --kernel', shows: 'whether a kernel would load its types' },
    { line: 'btfq btf check prog.bpf.o --kernel --release 5.10', shows: 'whether that one would' },
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
      if (problems.length === 0) io.print(`${path}: nothing to object to`);
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
