// btfq types: definitions of kernel types, or of an object's own, for programs in any language.
import { isBtf, parseBtf, type Btf } from '@btfq/btf-format';
import { isElf } from '@btfq/elf';
import { generateTypes, isfJson, ownTypeIds, TYPE_LANGUAGES, type TypeLanguage, typeIds } from '@btfq/offsets';
import { basename, extname } from 'node:path';
import { defineCommand } from '../command.ts';
import { InputError, UsageError } from '../errors.ts';
import { ExitCode } from '../exit-codes.ts';
import type { Io } from '../io.ts';
import { loadBtfFile } from '../load-btf.ts';
import { plural } from '../render/numbers.ts';
import { dbFlag, offlineFlag, whereFlag } from '../shared-flags.ts';
import { versionLine } from '../version.ts';

export const command = defineCommand({
  args: '=[SPEC|FILE] [TYPE]...',
  about: `
Writes definitions of structs, unions and enums, and of all that they hold by value, with padding written out and sizes
asserted: for Go as cilium/ebpf's GoFormatter writes them, for Rust with #[repr(C)], for C11, for Python's ctypes, and for
TypeScript as decoders that read a DataView. Pointers are unsigned integers as wide as the kernel's.

From a SPEC, its \`types:\` and the TYPEs are taken from the kernels of the index: one definition where all of them agree,
else one file for each distinct layout (OUT.1, OUT.2, ...), or that of --kernel. From a FILE, such as a BPF object, they are
taken from there; without TYPEs, those of its own maps and variables: what it shares with user space.

--lang isf writes a whole kernel, of FILE or --kernel, as volatility's symbol file: its types, without addresses.`,
  flags: {
    lang: { value: 'L', choices: TYPE_LANGUAGES, help: 'the language (default: by the ending of OUT)' },
    output: { value: 'OUT', short: 'o', help: 'the file to write', complete: 'file' },
    kernel: { value: 'KERNEL', help: 'the kernel of the index whose types are meant', complete: 'kernel' },
    package: { value: 'NAME', default: 'types', help: "Go's package" },
    where: whereFlag,
    db: dbFlag,
    offline: offlineFlag,
  },
  examples: [
    { line: 'btfq types prog.bpf.o --lang go', shows: 'the events and maps of an object, for Go' },
    { line: 'btfq types prog.bpf.o event --lang ts -o event.ts', shows: 'a decoder for one of its structs' },
    { line: 'btfq types spec.yaml --lang rust --kernel 6.1.0-50-amd64', shows: "a SPEC's types in one kernel" },
    { line: 'btfq types vmlinux --lang isf -o kernel.json', shows: 'a symbol file for volatility, without addresses' },
  ],
  async run(flags, io) {
    const language = languageOf(flags.lang, flags.output);
    const [first, ...names] = flags.args;
    if (language === 'isf') return await writeIsf(flags, first, io);
    if (first === undefined) throw new UsageError('missing SPEC or FILE', '`btfq help types` has examples.');
    const bytes = io.readFile(first);
    const about = `Made by ${versionLine()} from ${basename(first)}`;
    if (isBtf(bytes) || isElf(bytes)) {
      const btf = await loadBtfFile(io, first);
      const ids = placed(first, () => (names.length > 0 ? typeIds(btf, names) : ownTypeIds(btf)));
      if (ids.length === 0)
        throw new InputError('bad-type-request', `${first} has no types of its own in maps or variables`, {
          path: first,
          hint: 'name the types that are meant',
        });
      const text = placed(first, () =>
        generateTypes(btf, ids, language, { madeFrom: [about], packageName: flags.package }),
      );
      return put(io, flags.output, text);
    }
    const { readSpecFile } = await import('../offsets/spec-file.ts');
    const { spec } = await readSpecFile(io, first);
    const wanted = [...spec.types.map(({ name }) => name), ...names];
    if (wanted.length === 0)
      throw new InputError('bad-spec', `${first} names no types`, {
        path: first,
        hint: '`types: [task_struct]` does.',
      });
    return await fromIndex(io, flags, first, wanted, language, about);
  },
});

interface Flags {
  readonly output: string | undefined;
  readonly kernel: string | undefined;
  readonly package: string;
  readonly where: readonly string[];
  readonly db: string | undefined;
  readonly offline: boolean;
}

/** One text for each distinct layout among the kernels that are meant. */
async function fromIndex(
  io: Io,
  flags: Flags,
  path: string,
  wanted: readonly string[],
  language: Exclude<TypeLanguage, 'isf'>,
  about: string,
): Promise<ExitCode> {
  const { exportBtf, kernels, parseWhere, resolveKernel } = await import('@btfq/btf-index');
  const { withIndex } = await import('../with-index.ts');
  return withIndex(flags, io, (index) => {
    const all =
      flags.kernel === undefined ? kernels(index, parseWhere(flags.where)) : [resolveKernel(index, flags.kernel)];
    if (all.length === 0)
      throw new InputError('no-kernel', 'the index has no such kernel', { hint: 'btfq kernels lists them all' });
    const byContent = new Map<string, string>();
    const texts = new Map<string, string[]>();
    const lacking: string[] = [];
    let done = 0;
    const progress = io.progress('types', all.length);
    for (const { id, name, sha256 } of all) {
      let text = byContent.get(sha256);
      if (text === undefined) {
        const btf = parseBtf(exportBtf(index, id));
        text = textOf(btf, wanted, language, flags.package, lacking, name, path);
        byContent.set(sha256, text);
      }
      if (text !== '') texts.set(text, [...(texts.get(text) ?? []), name]);
      progress.update(++done);
    }
    progress.finish();
    if (texts.size === 0)
      throw new InputError('bad-type-request', `${path}: no kernel has ${wanted.join(', ')}`, { path });
    if (texts.size > 1 && (flags.output === undefined || flags.output === '-')) {
      const groups = [...texts.values()].map(
        (names, i) =>
          `  ${i + 1}: ${names.length === 1 ? names[0] : `${names.length} kernels, ${names[0]} to ${names.at(-1)}`}`,
      );
      throw new UsageError(
        `there are ${texts.size} distinct layouts`,
        `-o OUT writes a file for each; --kernel chooses one:\n${groups.join('\n')}`,
      );
    }
    let i = 0;
    for (const [text, names] of texts) {
      const number = texts.size === 1 ? '' : `${++i}`;
      const head = [
        `${about}, for ${names.length === 1 ? names[0] : `${plural(names.length, 'kernel')}: ${names.join(' ')}`}`,
      ];
      put(io, numbered(flags.output, number), withHead(text, head, language, number));
    }
    return lacking.length > 0 ? ExitCode.no : ExitCode.answered;
  });
}

/** Where the head goes into a text that was made without one: texts are compared before kernels stand in them. */
function withHead(text: string, head: readonly string[], language: TypeLanguage, number: string): string {
  const marked = text.replace(HEAD, () => head[0]!);
  return language === 'go' && number !== '' ? marked.replace(/^package (\w+)$/m, `package $1${number}`) : marked;
}
const HEAD = '@head@';

function textOf(
  btf: Btf,
  wanted: readonly string[],
  language: Exclude<TypeLanguage, 'isf'>,
  packageName: string,
  lacking: string[],
  kernel: string,
  path: string,
): string {
  try {
    return generateTypes(btf, typeIds(btf, wanted), language, { madeFrom: [HEAD], packageName });
  } catch (error) {
    const { name, message } = error as Error;
    if (name !== 'OffsetsError') throw error;
    lacking.push(`${path}: ${kernel}: ${message}`);
    return '';
  }
}

function numbered(output: string | undefined, number: string): string | undefined {
  if (output === undefined || number === '') return output;
  const ending = extname(output);
  return `${output.slice(0, output.length - ending.length)}.${number}${ending}`;
}

async function writeIsf(flags: Flags, file: string | undefined, io: Io): Promise<ExitCode> {
  const producer = { name: 'btfq', version: versionLine().slice('btfq '.length) };
  if (file !== undefined) return put(io, flags.output, isfJson(await loadBtfFile(io, file), producer));
  if (flags.kernel === undefined) throw new UsageError('--lang isf takes a FILE or --kernel KERNEL');
  const { exportBtf, resolveKernel } = await import('@btfq/btf-index');
  const { withIndex } = await import('../with-index.ts');
  return withIndex(flags, io, (index) => {
    const kernel = resolveKernel(index, flags.kernel as string);
    return put(io, flags.output, isfJson(parseBtf(exportBtf(index, kernel.id)), producer));
  });
}

function put(io: Io, output: string | undefined, text: string): ExitCode {
  if (output === undefined) io.write(text);
  else io.writeFile(output, text);
  return ExitCode.answered;
}

/** What is wrong with a type as an error of its file. */
function placed<T>(path: string, run: () => T): T {
  try {
    return run();
  } catch (error) {
    const { name, code, message, hint } = error as Error & { code: string; hint?: string };
    if (name !== 'OffsetsError') throw error;
    throw new InputError(code, `${path}: ${message}`, { path, cause: error, ...(hint ? { hint } : {}) });
  }
}

const ENDINGS: Readonly<Record<string, TypeLanguage>> = {
  '.go': 'go',
  '.rs': 'rust',
  '.h': 'c',
  '.ts': 'ts',
  '.py': 'python',
  '.json': 'isf',
};

function languageOf(lang: string | undefined, output: string | undefined): TypeLanguage {
  const found = (lang as TypeLanguage | undefined) ?? ENDINGS[extname(output ?? '')];
  if (found === undefined)
    throw new UsageError('missing --lang', `--lang ${TYPE_LANGUAGES.join('|')} says which language.`);
  return found;
}
