// btfq loads: whether kernels load and attach the programs of BPF objects, and why not.
import { basename } from 'node:path';
import type { Kernel } from '@btfq/btf-index';
import {
  checkLoad,
  type LoaderName,
  type LoadRequirements,
  type ProgramAnswer,
  requirementsOf,
} from '@btfq/load-check';
import { openObject } from '@btfq/loader';
import { defineCommand } from '../command.ts';
import { InputError, UsageError } from '../errors.ts';
import { ExitCode } from '../exit-codes.ts';
import type { Io } from '../io.ts';
import type { LoadGroup, ObjectLoads } from '../loads/answer.ts';
import { kernelsOn, type OnKernel, openFor } from '../loads/kernels.ts';
import { formatJsonLines, formatJunit, formatMarkdown, formatSarif } from '../loads/render-reports.ts';
import { formatLoads } from '../loads/render-text.ts';
import { verifyGroups } from '../loads/verify.ts';
import { readShapes, type Shape, type ShapeFlags, shapeOfFlags } from '../loads/shapes.ts';
import { dbFlag, offlineFlag, whereFlag } from '../shared-flags.ts';
import { versionLine } from '../version.ts';

export const command = defineCommand({
  args: 'OBJECT...',
  about: `
Predicts for each program of the objects whether kernels load it. 'fails' is certain. 'conditional' depends on something
that is not known here: a configuration, a module, or a value that user space sets. 'no objection' means that nothing in
the kernel's types and tables speaks against the program. It is not a promise, because the verifier's own logic is not
run; --verify runs it, from the kernel's image. Whether a loaded program attaches where its section says is a separate
verdict.

TARGET is any file that btfq reads, or a kernel in the index. Without --on, all kernels of the index are checked, and
kernels with the same answer share a column. Read-only data has the values that the object gives it; --set, --attach,
--skip and --max-entries describe what user space changes before loading, and --shapes reads many such settings from a
file.

The exit code is 1 if a program fails, and 3 if an object cannot be opened.`,
  flags: {
    on: {
      value: 'TARGET',
      kind: 'list',
      help: 'a file, or a kernel in the index',
      complete: 'kernel',
    },
    where: whereFlag,
    db: dbFlag,
    offline: offlineFlag,
    release: { value: 'R', help: "the release of the kernels in files (uname -r), where they don't tell it" },
    set: { value: 'NAME=VALUE', kind: 'list', help: 'set a global variable in .rodata' },
    attach: {
      value: 'PROGRAM=TARGET',
      kind: 'list',
      help: 'attach a program to this target instead of the one in its section name',
    },
    skip: { value: 'PROGRAM', kind: 'list', help: 'ignore a program, because user space disables it' },
    'max-entries': { value: 'MAP=N', kind: 'list', help: 'set the size of a map, in entries' },
    all: { help: 'include programs whose section name begins with ?' },
    shapes: { value: 'FILE', help: 'check all settings that this YAML or JSON file names', complete: 'file' },
    verify: { help: "also run the kernels' own verifiers, where there are images (see btfq veristat)" },
    kconfig: {
      value: 'FILE',
      help: "with --verify: the kernel's configuration, for objects that ask for it",
      complete: 'file',
    },
    loader: {
      value: 'L',
      choices: ['libbpf', 'cilium', 'aya'],
      default: 'libbpf',
      help: 'follow the rules of this loader',
    },
    format: {
      value: 'F',
      choices: ['text', 'json', 'junit', 'sarif', 'markdown'],
      default: 'text',
      help: 'output format; json prints a line for each program and kernel',
    },
    'fail-on': {
      value: 'V',
      choices: ['fails', 'conditional'],
      default: 'fails',
      help: 'exit with 1 if a program fails, or also if it is conditional',
    },
  },
  examples: [
    { line: 'btfq loads prog.bpf.o --on /sys/kernel/btf/vmlinux', shows: 'will the running kernel load it?' },
    { line: 'btfq loads *.bpf.o --where release>=5.10', shows: 'which kernels of the index will not?' },
    {
      line: 'btfq loads prog.bpf.o --set targ_pid=1 --format sarif',
      shows: 'with a setting, for code scanning',
    },
  ],
  async run(flags, io) {
    const shapes = await shapesOf(io, flags);
    const { requirements, code } = readObjects(io, flags.args, shapes);
    if (requirements.length === 0) return code;
    const loader = flags.loader as LoaderName;
    const format = flags.json ? 'json' : flags.format;
    const answers = await ask(io, { ...flags, keepLogs: format === 'json' }, requirements, loader);
    if (format === 'json') for (const line of formatJsonLines(answers)) io.print(line);
    else if (format === 'junit') for (const line of formatJunit(answers)) io.print(line);
    else if (format === 'markdown') for (const line of formatMarkdown(answers)) io.print(line);
    else if (format === 'sarif') io.print(formatSarif(answers, versionLine().slice('btfq '.length)));
    else {
      for (const answer of answers) {
        for (const line of formatLoads(answer, io.style, io.terminal.columns)) io.print(line);
      }
    }
    if (code !== ExitCode.answered) return code;
    const bad = ({ verdict, attach }: ProgramAnswer): boolean =>
      verdict === 'fails' ||
      (flags.failOn === 'conditional' && (verdict === 'conditional' || attach.verdict === 'conditional')) ||
      (flags.failOn !== 'fails' && attach.verdict === 'fails');
    const failing = answers.some(({ groups }) => groups.some(({ answers: own }) => own.some(bad)));
    return failing ? ExitCode.no : ExitCode.answered;
  },
});

async function shapesOf(io: Io, flags: ShapeFlags & { readonly shapes: string | undefined }): Promise<Shape[]> {
  const options = shapeOfFlags(flags);
  if (flags.shapes === undefined) return [{ name: undefined, object: undefined, options }];
  const given = [flags.set, flags.attach, flags.skip, flags.maxEntries].some((list) => list.length > 0);
  if (given) throw new UsageError('--shapes goes without --set, --attach, --skip and --max-entries');
  return await readShapes(new TextDecoder().decode(io.readFile(flags.shapes)), flags.shapes);
}

interface Named {
  readonly name: string;
  readonly requirements: LoadRequirements;
}

/** One bad object of many is said, and the others are answered. */
function readObjects(
  io: Io,
  paths: readonly string[],
  shapes: readonly Shape[],
): { requirements: Named[]; code: ExitCode } {
  const found: Named[] = [];
  let code: ExitCode = ExitCode.answered;
  for (const path of paths) {
    const file = basename(path);
    try {
      const object = openObject(io.readFile(path), { path: file });
      for (const shape of shapes) {
        if (shape.object !== undefined && shape.object !== file) continue;
        const name = shape.name === undefined ? file : `${file} [${shape.name}]`;
        found.push({ name, requirements: requirementsOf(object, shape.options) });
      }
    } catch (error) {
      const { name, message } = error as Error;
      if (name === 'LoadCheckError') throw new UsageError(`${file}: ${message}`);
      if (!READ_ERRORS.has(name)) throw error;
      io.note(`btfq: ${path}: ${message}`);
      code = ExitCode.badInput;
    }
  }
  return { requirements: found, code };
}

const READ_ERRORS: ReadonlySet<string> = new Set([
  'LoaderError',
  'InputError',
  'ElfError',
  'BtfError',
  'RelocationError',
]);

interface AskFlags {
  readonly on: readonly string[];
  readonly where: readonly string[];
  readonly db: string | undefined;
  readonly release: string | undefined;
  readonly verify: boolean;
  readonly kconfig: string | undefined;
  readonly keepLogs: boolean;
}

async function ask(io: Io, flags: AskFlags, objects: readonly Named[], loader: LoaderName): Promise<ObjectLoads[]> {
  const on = await kernelsOn(io, flags.on, flags.release);
  const groups = objects.map((): LoadGroup[] => []);
  const names = on.flatMap((each) => ('indexed' in each ? each.indexed : []));
  if (flags.on.length === 0 || names.length > 0) {
    const found = await askIndex(io, flags, objects, names, loader);
    found.forEach((own, i) => void groups[i]?.push(...own));
  }
  for (const each of on) {
    if ('indexed' in each) continue;
    const { file } = each;
    objects.forEach(({ requirements }, i) => {
      groups[i]?.push({ kernels: [file.name], answers: checkLoad(requirements, file, { loader }) });
    });
  }
  const verified = flags.verify ? await verify(io, flags, objects, on, groups) : groups;
  return objects.map(({ name }, i) => ({ object: name, groups: verified[i] as LoadGroup[] }));
}

/** The verdicts of the kernels' verifiers beside those of types and tables. */
async function verify(
  io: Io,
  flags: AskFlags,
  objects: readonly Named[],
  on: readonly OnKernel[],
  groups: readonly LoadGroup[][],
): Promise<LoadGroup[][]> {
  const { openImage, openStored } = await import('../verifier/open-verifier.ts');
  const { NOT_KEPT, openVerifiers } = await import('../verifier/verifiers.ts');
  const { resolveKernel } = await import('@btfq/btf-index');
  const kconfig = flags.kconfig === undefined ? undefined : new TextDecoder().decode(io.readFile(flags.kconfig));
  const files = new Map(on.flatMap((each) => ('file' in each ? [[each.file.name, each] as const] : [])));
  const isIndexed = flags.on.length === 0 || on.some((each) => 'indexed' in each);
  const indexed = isIndexed ? await openVerifiers(io, flags) : undefined;
  const open = async (name: string) => {
    const file = files.get(name);
    if (file !== undefined) {
      const config = kconfig ?? file.kconfig;
      if (file.image === undefined) return 'types alone, and no kernel image whose verifier could be run';
      return await openImage(file.image, name, config);
    }
    if (indexed === undefined) return NOT_KEPT;
    const { index, store } = indexed;
    return (await openStored(index, store, resolveKernel(index, name), kconfig)) ?? NOT_KEPT;
  };
  try {
    const requirements = objects.map((each) => each.requirements);
    return await verifyGroups(io, requirements, groups, { keepLogs: flags.keepLogs, open });
  } finally {
    indexed?.close();
  }
}

async function askIndex(
  io: Io,
  flags: { where: readonly string[]; db: string | undefined; on: readonly string[] },
  objects: readonly Named[],
  names: readonly string[],
  loader: LoaderName,
): Promise<LoadGroup[][]> {
  const { kernels, loadAnswers, parseWhere, resolveKernel } = await import('@btfq/btf-index');
  const index = await openFor(io, flags);
  try {
    let wanted: readonly Kernel[] = names.map((name) => resolveKernel(index, name));
    if (flags.on.length === 0) wanted = kernels(index, parseWhere(flags.where));
    if (wanted.length === 0)
      throw new InputError('no-kernel', 'the index has no such kernel', { hint: 'btfq kernels lists them all' });
    const answers = loadAnswers(
      index,
      objects.map(({ requirements }) => requirements),
      wanted,
      { loader },
    );
    return answers.map((groups) =>
      groups.map(({ kernels: own, answers: programs }) => ({
        kernels: own.map(({ name }) => name),
        answers: programs,
      })),
    );
  } finally {
    index.close();
  }
}
