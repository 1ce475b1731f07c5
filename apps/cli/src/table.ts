// The table of commands, in the order in which help lists them. A command's file is loaded only when it is asked for.
import type { CommandTable } from './command.ts';

/** By name; two words are a command of a group: `btf dump`. */
export const COMMANDS: CommandTable = {
  ingest: {
    summary: 'read kernels into the index from images, packages, BTFHub trees and folders',
    load: () => import('./commands/ingest.ts'),
  },
  kernels: { summary: 'list the kernels in the index', load: () => import('./commands/kernels.ts') },
  field: { summary: 'show the offset of a field in every kernel', load: () => import('./commands/field.ts') },
  struct: {
    summary: 'show the layouts of a struct, as pahole prints them',
    load: () => import('./commands/struct.ts'),
  },
  type: {
    summary: 'show every declaration of a name',
    load: () => import('./commands/type.ts'),
  },
  search: { summary: 'find declarations by name, or members by type', load: () => import('./commands/search.ts') },
  diff: { summary: 'show what changed between two kernels', load: () => import('./commands/diff.ts') },
  stats: { summary: 'show the size of the index and of its contents', load: () => import('./commands/stats.ts') },
  query: { summary: 'run a GraphQL operation on the index', load: () => import('./commands/query.ts') },
  serve: { summary: 'serve the index over HTTP', load: () => import('./commands/serve.ts') },
  publish: {
    summary: 'write the index as a folder for any web space',
    load: () => import('./commands/publish.ts'),
  },
  fetch: { summary: 'download a published index', load: () => import('./commands/fetch.ts') },
  func: {
    summary: "show a function's signatures and whether programs can attach to it",
    load: () => import('./commands/func.ts'),
  },
  tracepoint: { summary: 'show the formats of trace events', load: () => import('./commands/tracepoint.ts') },
  syscall: { summary: "show a system call's number and arguments", load: () => import('./commands/syscall.ts') },
  nearest: {
    summary: 'say what to expect of a kernel that is not in the index, by the kernels around it',
    load: () => import('./commands/nearest.ts'),
  },
  features: { summary: 'show which kernels have a BPF feature', load: () => import('./commands/features.ts') },
  helper: { summary: 'show which programs may call a helper', load: () => import('./commands/helper.ts') },
  kfunc: { summary: 'show which programs may call a kernel function', load: () => import('./commands/kfunc.ts') },
  config: {
    summary: 'show which kernels have a configuration symbol, or print a configuration',
    load: () => import('./commands/config.ts'),
  },
  tables: {
    summary: 'print what kallsyms, tracefs and feature probes say on a kernel, from its image',
    load: () => import('./commands/tables.ts'),
  },
  offsets: {
    summary: 'make a table of offsets for programs in any language',
    load: () => import('./commands/offsets.ts'),
  },
  types: {
    summary: 'write definitions of types for programs in any language',
    load: () => import('./commands/types.ts'),
  },
  relocs: {
    summary: 'show the result of each CO-RE relocation of an object on a kernel',
    load: () => import('./commands/relocs.ts'),
  },
  veristat: {
    summary: "run the verifiers of kernels on programs and print veristat's table",
    load: () => import('./commands/veristat.ts'),
  },
  verifier: {
    summary: "test whether a kernel's verifier runs from its image",
    load: () => import('./commands/verifier.ts'),
  },
  loads: {
    summary: 'predict whether kernels load the programs of an object, and say why not',
    load: () => import('./commands/loads.ts'),
  },
  bundle: { summary: 'write the BTF that objects need on every kernel', load: () => import('./commands/bundle.ts') },
  'bundle check': {
    summary: 'test whether a consumer finds its BTF in a bundle',
    load: () => import('./commands/bundle-check.ts'),
  },
  export: { summary: "write a kernel's BTF as it was ingested", load: () => import('./commands/export.ts') },
  verify: { summary: 'check the index end to end', load: () => import('./commands/verify.ts') },
  merge: { summary: 'copy the kernels of other indexes into one', load: () => import('./commands/merge.ts') },
  rm: { summary: 'remove kernels from the index', load: () => import('./commands/rm.ts') },
  'btf dump': { summary: 'print the types of a file as bpftool does', load: () => import('./commands/btf-dump.ts') },
  'btf check': {
    summary: "list what libbpf or a kernel would reject in a file's BTF",
    load: () => import('./commands/btf-check.ts'),
  },
  'btf dedup': { summary: 'deduplicate types, as btf__dedup does', load: () => import('./commands/btf-dedup.ts') },
  'btf encode': {
    summary: 'make BTF from DWARF, as pahole does',
    load: () => import('./commands/btf-encode.ts'),
  },
  'btf distill': {
    summary: "make a distilled base for a module's BTF",
    load: () => import('./commands/btf-distill.ts'),
  },
  'btf convert': {
    summary: 'rewrite BTF for another byte order or an older kernel',
    load: () => import('./commands/btf-convert.ts'),
  },
  'gen min_core_btf': {
    summary: 'write the BTF that objects need on one kernel, as bpftool does',
    load: () => import('./commands/gen-min-core-btf.ts'),
  },
  completion: {
    summary: 'print the completion script of a shell',
    load: () => import('./commands/completion.ts'),
  },
  help: { summary: 'explain a command or the exit codes', load: () => import('./commands/help.ts') },
};
