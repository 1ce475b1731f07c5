// btfq btf encode: BTF from debug information, as pahole makes it, with pahole's words accepted.
import type { DwarfOptions } from '@btfq/dwarf';
import { defineCommand } from '../command.ts';
import { InputError, UsageError } from '../errors.ts';
import { ExitCode } from '../exit-codes.ts';
import { loadBtfFile } from '../load-btf.ts';
import { grouped } from '../render/numbers.ts';

/** pahole's features, and the options that they turn on. What is not listed here is not known to it. */
const FEATURES = new Set([
  'encode_force',
  'var',
  'float',
  'decl_tag',
  'type_tag',
  'enum64',
  'optimized_func',
  'consistent_func',
  'decl_tag_kfuncs',
  'reproducible_build',
  'global_var',
  'attributes',
  'layout',
]);
const DEFAULT_FEATURES = [...FEATURES].filter((name) => name !== 'global_var' && name !== 'layout');
/** DW_LANG numbers by pahole's names, of what kernels and programs around them are written in. */
const LANGUAGES: Readonly<Record<string, number>> = {
  c89: 0x01,
  c: 0x02,
  'c++': 0x04,
  c99: 0x0c,
  d: 0x13,
  go: 0x16,
  'c++11': 0x1a,
  rust: 0x1c,
  c11: 0x1d,
  swift: 0x1e,
  'c++14': 0x21,
};
/** pahole before this flattened arrays. */
const SPLIT_ARRAYS = 127;

/** Functions with several prototypes are left out by default. */
const SKIPS = ['skip_encoding_btf_inconsistent_proto'];

export const command = defineCommand({
  args: 'VMLINUX',
  about: `
Makes BTF from the debug information (DWARF 2 to 5) of a vmlinux, a module or any other ELF file, as pahole 1.32 does with
the flags that the kernel build uses: types, traceable functions, per-CPU variables and the tags of kfuncs. With -B, makes
the split BTF of a module. pahole's own options are accepted: "-J --btf_encode_detached=OUT --btf_base=BASE
--btf_features=LIST --lang_exclude=LIST".`,
  flags: {
    output: { value: 'FILE', short: 'o', alias: ['btf_encode_detached'], help: 'the file to write', complete: 'file' },
    'base-btf': {
      value: 'FILE',
      short: 'B',
      alias: ['btf_base'],
      help: "a module's vmlinux, or its BTF",
      complete: 'file',
    },
    alternate: {
      value: 'FILE',
      help: 'the alternate file that dwz made, to which the debug information refers',
      complete: 'file',
    },
    features: {
      value: 'LIST',
      alias: ['btf_features'],
      help: "pahole's features instead of the kernel's: float, enum64, var, global_var, ..., all",
    },
    'pahole-version': {
      value: 'VERSION',
      help: 'behave as an older pahole: before 1.27, arrays of arrays are flattened',
    },
    'lang-exclude': {
      value: 'LIST',
      alias: ['lang_exclude'],
      default: 'rust',
      help: 'leave out units in these languages: c11, c++, rust, ...; an empty list takes them all',
    },
    'btf-encode': {
      short: 'J',
      // pahole's words for what is done anyway; older kernels' builds say them
      alias: ['btf_encode', 'btf_encode_force', 'btf_gen_all', 'btf_gen_floats', 'btf_gen_optimized', ...SKIPS],
      help: "accepted, as pahole's",
    },
  },
  examples: [
    {
      line: 'btfq btf encode usr/lib/debug/boot/vmlinux-6.1.0-47-686 -o 6.1.0-47-686.btf',
      shows: 'BTF for a kernel that was built without it',
    },
    {
      line: 'btfq btf encode nf_tables.ko.debug -B vmlinux.btf -o nf_tables.btf',
      shows: 'split BTF for a module',
    },
  ],
  async run(flags, io) {
    const [input] = flags.args as [string];
    if (flags.output === undefined) throw new UsageError('btf encode needs -o FILE');
    const base = flags.baseBtf === undefined ? undefined : await loadBtfFile(io, flags.baseBtf);
    const options = {
      ...featureOptions(flags.features),
      flatArrays: isOld(flags.paholeVersion),
      excludeLanguages: languages(flags.langExclude),
    };
    const { encodeBtfFile } = await import('@btfq/kernel-source');
    let bar: ReturnType<typeof io.progress> | undefined;
    let made: ReturnType<typeof encodeBtfFile>;
    try {
      made = encodeBtfFile(io.path(input), {
        ...options,
        base,
        alternate: flags.alternate === undefined ? undefined : io.path(flags.alternate),
        onProgress: (done, total) => {
          bar ??= io.progress('reading debug information', total);
          bar.update(done);
        },
      });
    } catch (error) {
      throw withPath(error, input);
    } finally {
      bar?.finish();
    }
    io.writeFile(flags.output, made.bytes);
    const { types, functions, variables, units, leftOut } = made;
    if (flags.json) io.json({ bytes: made.bytes.length, types, functions, variables, units, leftOut });
    else {
      const left = Object.values(leftOut).reduce((sum, count) => sum + count, 0);
      io.note(
        `${grouped(types)} types from DWARF, ${grouped(functions)} of them functions (${grouped(left)} cannot be traced and ` +
          `are left out), ${grouped(made.bytes.length)} bytes`,
      );
    }
    return ExitCode.answered;
  },
});

/** What pahole's list of features means. Throws `UsageError`. */
function featureOptions(list: string | undefined): Partial<DwarfOptions> {
  const named = list === undefined ? DEFAULT_FEATURES : list.split(',').filter(Boolean);
  const wanted = new Set<string>();
  for (const name of named) {
    if (name === 'all' || name === 'default') for (const each of DEFAULT_FEATURES) wanted.add(each);
    else if (name.startsWith('+') && FEATURES.has(name.slice(1))) wanted.add(name.slice(1));
    else if (FEATURES.has(name)) wanted.add(name);
    else throw new UsageError(`unknown feature ${name}; known: ${[...FEATURES].join(', ')}, all`);
  }
  return {
    floats: wanted.has('float'),
    enum64: wanted.has('enum64'),
    declTags: wanted.has('decl_tag'),
    typeTags: wanted.has('type_tag'),
    declTagKfuncs: wanted.has('decl_tag_kfuncs'),
    consistentFunctions: wanted.has('consistent_func'),
    attributes: wanted.has('attributes'),
    layout: wanted.has('layout'),
    variables: wanted.has('global_var') ? 'global' : wanted.has('var') ? 'percpu' : 'none',
  };
}

/** Throws `UsageError`. */
function languages(list: string): number[] {
  return list
    .split(',')
    .filter(Boolean)
    .map((name) => {
      const number = LANGUAGES[name.toLowerCase()];
      if (number !== undefined) return number;
      throw new UsageError(`unknown language ${name}; known: ${Object.keys(LANGUAGES).join(', ')}`);
    });
}

function isOld(version: string | undefined): boolean {
  if (version === undefined) return false;
  const match = /^v?1\.(\d+)$/.exec(version);
  if (match === null) throw new UsageError(`${version} is not a version of pahole: 1.24, 1.32`);
  return 100 + Number(match[1]) < SPLIT_ARRAYS;
}

function withPath(error: unknown, path: string): unknown {
  const { name, code, message, expected } = error as Error & { code?: string; expected?: string };
  if (name !== 'DwarfError' || code === undefined) {
    if (code === 'ENOENT' || code === 'EISDIR' || code === 'EACCES') {
      return new InputError('unreadable', `${path}: ${message}`, { path, cause: error });
    }
    return error;
  }
  const hint = expected === undefined ? {} : { hint: `Expected ${expected}.` };
  return new InputError(code, `${path}: ${message}`, { path, ...hint, cause: error });
}
