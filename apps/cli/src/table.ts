// The table of commands, in the order in which help lists them. A command's file is loaded only when it is asked for.
import type { CommandTable } from './command.ts';

/** By name; two words are a command of a group: `btf dump`. */
export const COMMANDS: CommandTable = {
  ingest: {
    summary: 'read kernels into the index: images, packages, BTFHub trees, folders',
    load: () => import('./commands/ingest.ts'),
  },
  kernels: { summary: 'list what is in the index', load: () => import('./commands/kernels.ts') },
  field: { summary: 'say where a field is, in every kernel', load: () => import('./commands/field.ts') },
  struct: { summary: 'show the layouts of a struct, as pahole does', load: () => import('./commands/struct.ts') },
  type: {
    summary: 'show enums, typedefs, functions and all else of a name',
    load: () => import('./commands/type.ts'),
  },
  search: { summary: 'find declarations by name, members by type', load: () => import('./commands/search.ts') },
  diff: { summary: 'say what changed between two kernels', load: () => import('./commands/diff.ts') },
  stats: { summary: 'say how much is in the index', load: () => import('./commands/stats.ts') },
  query: { summary: 'answer a GraphQL operation from the index', load: () => import('./commands/query.ts') },
  serve: { summary: 'serve the index as GraphQL over HTTP', load: () => import('./commands/serve.ts') },
  func: {
    summary: "show a function's signatures, and whether programs attach to it",
    load: () => import('./commands/func.ts'),
  },
  tracepoint: { summary: 'show the formats of trace events', load: () => import('./commands/tracepoint.ts') },
  syscall: { summary: "show a system call's numbers and arguments", load: () => import('./commands/syscall.ts') },
  helper: { summary: 'say which programs may call a helper', load: () => import('./commands/helper.ts') },
  kfunc: { summary: 'say which programs may call a kernel function', load: () => import('./commands/kfunc.ts') },
  tables: {
    summary: "print a kernel's own files from its image: kallsyms, events, what attaches, features",
    load: () => import('./commands/tables.ts'),
  },
  relocs: {
    summary: 'say what each CO-RE relocation of an object becomes on a kernel',
    load: () => import('./commands/relocs.ts'),
  },
  veristat: {
    summary: 'what the verifiers of kernels say of programs, and what it costs them',
    load: () => import('./commands/veristat.ts'),
  },
  verifier: {
    summary: "examine whether a kernel's verifier can be run from its image",
    load: () => import('./commands/verifier.ts'),
  },
  loads: {
    summary: 'say whether kernels load the programs of an object, and why not',
    load: () => import('./commands/loads.ts'),
  },
  bundle: { summary: 'the BTF that objects need on every kernel', load: () => import('./commands/bundle.ts') },
  'bundle check': {
    summary: 'say whether a consumer finds its BTF in a bundle',
    load: () => import('./commands/bundle-check.ts'),
  },
  export: { summary: "write a kernel's BTF as it was ingested", load: () => import('./commands/export.ts') },
  verify: { summary: 'check the index end to end', load: () => import('./commands/verify.ts') },
  merge: { summary: 'copy the kernels of other indexes into one', load: () => import('./commands/merge.ts') },
  rm: { summary: 'take kernels out of the index', load: () => import('./commands/rm.ts') },
  'btf dump': { summary: 'print the types of a file as bpftool does', load: () => import('./commands/btf-dump.ts') },
  'btf check': {
    summary: "say what libbpf, or a kernel, would refuse in a file's types",
    load: () => import('./commands/btf-check.ts'),
  },
  'btf dedup': { summary: 'write each type once, as btf__dedup does', load: () => import('./commands/btf-dedup.ts') },
  'btf encode': {
    summary: "make BTF from a kernel's DWARF, as pahole does",
    load: () => import('./commands/btf-encode.ts'),
  },
  'btf distill': {
    summary: 'make a base of its own for the types of a module',
    load: () => import('./commands/btf-distill.ts'),
  },
  'btf convert': {
    summary: 'write types in the other byte order, or for an older kernel',
    load: () => import('./commands/btf-convert.ts'),
  },
  'gen min_core_btf': {
    summary: 'the BTF that objects need on one kernel, as bpftool writes it',
    load: () => import('./commands/gen-min-core-btf.ts'),
  },
  completion: {
    summary: 'teach a shell to complete commands, files, structs, fields and kernels',
    load: () => import('./commands/completion.ts'),
  },
  help: { summary: 'explain a command or the exit codes', load: () => import('./commands/help.ts') },
};
