// btfq relocs: what each CO-RE relocation of BPF objects becomes on a kernel.
import { basename } from 'node:path';
import type { Btf } from '@btfq/btf-format';
import {
  applyRelocations,
  type BpfObject,
  findCandidates,
  oracleLines,
  parseBpfObject,
  relocate,
  resolveObject,
  rootNames,
  unreachableRelocations,
} from '@btfq/core-reloc';
import { defineCommand } from '../command.ts';
import { ExitCode } from '../exit-codes.ts';
import type { Io } from '../io.ts';
import { type LoadedKernel, loadKernel } from '../load-kernel.ts';
import { formatReport, isUnresolved } from '../render/relocs-report.ts';
import { exitCodeOf } from '../report.ts';
import { dbFlag, offlineFlag } from '../shared-flags.ts';

export const command = defineCommand({
  args: 'TARGET OBJECT...',
  about: `
Shows what libbpf makes of each CO-RE relocation of the objects on a kernel, by program and source line. TARGET is any
file that btfq reads, or a kernel in the index. A relocation is applied; poisoned, when the instruction becomes an invalid
call that the verifier rejects unless it is never reached; or failed, when libbpf refuses the whole object. Poisoned and
failed ones are shown with the reason and the candidates that were tried. Poisoned instructions behind an existence check
that is false on this kernel are distinguished from those that can be reached.

The report follows libbpf's loader, in which a relocation that matches removes the candidates that did not match from the
relocations after it. With --json, there is one line for each relocation on its own, in libbpf's numbers: \`err\` and
\`patchErr\` are negative error numbers, \`path\` lists [type, member] ids of the target, \`insn\` is the instruction in
hex.

The exit code is 1 if a relocation failed, or was poisoned and can be reached, and 3 if an object is malformed.`,
  flags: {
    db: dbFlag,
    offline: offlineFlag,
    unresolved: { help: 'report only relocations that failed, or were poisoned and can be reached' },
  },
  examples: [
    { line: 'btfq relocs /sys/kernel/btf/vmlinux prog.bpf.o', shows: 'does an object fit the running kernel?' },
    { line: 'btfq relocs 6.1.0-50-cloud-amd64 prog.bpf.o', shows: 'does it fit a kernel in the index?' },
    { line: 'btfq relocs vmlinuz *.bpf.o --unresolved', shows: 'what do many objects miss on a kernel?' },
  ],
  async run(flags, io) {
    const [text = '', ...paths] = flags.args;
    let worst: ExitCode = ExitCode.answered;
    const objects = paths.flatMap((path) => {
      const read = readObject(io, path);
      if (typeof read !== 'number') return read;
      if (read > worst) worst = read;
      return [];
    });
    const kernel = await loadKernel(io, text, flags, (vmlinux) =>
      objects.some((object) => needsModules(object, vmlinux)),
    );
    try {
      const foreign = objects.filter((object) => object.littleEndian !== mainBtf(kernel).littleEndian);
      if (foreign.length > 0) {
        const which = foreign.length === 1 ? foreign[0]?.name : `${foreign.length} objects`;
        io.note(`${which}: not of the byte order of ${kernel.name}: libbpf would not load it there`);
      }
      for (const object of objects) {
        const code = report(io, kernel, object, flags);
        if (code > worst) worst = code;
      }
      return worst;
    } finally {
      kernel.close();
    }
  },
});

/** One bad object of many is said, and the others are answered. */
function readObject(io: Io, path: string): BpfObject | ExitCode {
  try {
    return parseBpfObject(io.readFile(path), { name: basename(path), malformedRecords: 'keep' });
  } catch (error) {
    const code = exitCodeOf(error);
    if (code === ExitCode.defect) throw error;
    io.note(`btfq: ${path}: ${(error as Error).message}`);
    return code;
  }
}

/** libbpf looks at modules only for types that the kernel itself does not have. */
function needsModules(object: BpfObject, vmlinux: Btf): boolean {
  return rootNames(object).some(({ name, kinds }) =>
    kinds.some((kind) => findCandidates(vmlinux, name, kind).length === 0),
  );
}

function mainBtf({ target }: LoadedKernel): Btf {
  return 'vmlinux' in target ? target.vmlinux : target;
}

function report(
  io: Io,
  kernel: LoadedKernel,
  object: BpfObject,
  flags: { json: boolean; unresolved: boolean },
): ExitCode {
  const { target } = kernel;
  const { name } = object;
  const malformed = object.relocations.flatMap(({ error }) => error ?? []);
  for (const error of malformed) io.note(`btfq: ${name}: ${error.message}`);
  if (object.ext === undefined) io.note(`${name}: no .BTF.ext, so nothing to relocate`);
  const results = relocate(object, target);
  const dead = unreachableRelocations(object, applyRelocations(object, target));
  if (flags.json) for (const line of oracleLines(object, target)) io.print(line);
  else {
    const alone = resolveObject(object, target, { rules: 'independent' });
    const options = { unresolved: flags.unresolved };
    const lines = formatReport(object, kernel.name, { results, alone, dead }, options, io.style);
    for (const line of lines) io.print(line);
  }
  if (malformed.length > 0) return ExitCode.badInput;
  if (results.length > 0 && object.programs.length === 0) {
    io.note(`${name}: no function in its symbol table, so libbpf would load nothing of it`);
    return ExitCode.no;
  }
  return results.some((result) => isUnresolved(result, dead)) ? ExitCode.no : ExitCode.answered;
}
