// Compares what an image and its modules say of attaching and loading with what the booted kernel answered:
//   node --conditions=@btfq/source scripts/compare-attach.ts IMAGE ANSWERS [MODULE.ko...]
// ANSWERS is what scripts/attach-probe.c printed there: for each line of its questions (--questions prints them for an image
// and modules) what the kernel said to loading and attaching a program that does nothing. Exit code 1 where anything differs.

import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { parseArgs } from 'node:util';
import { type Btf, BtfKind, decodeType, findByName, parseBtf } from '@btfq/btf-format';
import { parseElf } from '@btfq/elf';
import { loadTarget } from '@btfq/kernel-source';
import {
  attachability,
  factOf,
  functionFact,
  kernelTables,
  kprobeOn,
  stemOf,
  type KernelTables,
  type ModuleTables,
  moduleTables,
  openKernelImage,
  trampolineOn,
} from '@btfq/kernel-tables';

const { values, positionals } = parseArgs({ options: { questions: { type: 'boolean' } }, allowPositionals: true });
const [path, ...rest] = positionals;
const files = values.questions ? rest : rest.slice(1);
if (path === undefined) throw new Error('no image');
const { btf: bytes, image } = await loadTarget(path, { image: true, modules: false });
if (image === undefined) throw new Error(`${path}: no image in it`);
const btf = parseBtf(bytes);
const tables = kernelTables(openKernelImage(image), btf);
const modules = files.map((file) => {
  const elf = parseElf(readFileSync(file));
  const name = basename(file).replace(/^\d+-/, '').replace(/\.ko$/, '').replaceAll('-', '_');
  const [own, base] = [elf.section('.BTF'), elf.section('.BTF.base')];
  const over = base ? parseBtf(elf.sectionBytes(base)) : btf;
  const types = own && parseBtf(elf.sectionBytes(own), { base: over });
  return { name, types, tables: moduleTables(name, elf, { btf, ownTypes: types, version: undefined }) };
});

const PREFIX = 'bpf_struct_ops_';
const TRACING = 26;
const STRUCT_OPS = 27;
const LSM = 29;
const FENTRY = 24;
const FEXIT = 25;
const ITERATOR = 28;
const SLEEPABLE = 16;
const ENOTSUPP = '-524';

if (values.questions) for (const line of questions()) console.log(line);
else compare(readFileSync(rest[0]!, 'utf8'));

/** `L program-type attach-type flags btf-id module name`, or `K function`. */
function questions(): string[] {
  const lines: string[] = [];
  const functions = functionsOf(btf);
  for (let id = 1; id < btf.typeCount; id++) {
    if (btf.kind(id) !== BtfKind.Struct || !btf.name(id).startsWith(PREFIX)) continue;
    const name = btf.name(id).slice(PREFIX.length);
    const struct = findByName(btf, name, BtfKind.Struct);
    const type = struct === undefined ? undefined : decodeType(btf, struct);
    if (type?.kind !== BtfKind.Struct) continue;
    for (const [i, member] of type.members.entries())
      lines.push(`L ${STRUCT_OPS} ${i} 0 ${struct} vmlinux ${name}.${member.name}`);
  }
  for (const [name, id] of functions) {
    if (name.startsWith('bpf_lsm_')) {
      lines.push(`L ${LSM} 27 0 ${id} vmlinux ${name}`, `L ${LSM} 27 ${SLEEPABLE} ${id} vmlinux ${name}`);
    }
    if (name.startsWith('bpf_iter_')) lines.push(`L ${TRACING} ${ITERATOR} 0 ${id} vmlinux ${name}`);
  }
  const table = tables.functions ?? { names: [], flags: [] };
  const fact = (name: string) => functionFact(table, name);
  const denied = new Set([...(tables.idSets.btf_id_deny ?? []), ...(tables.idSets.noreturn_deny ?? [])]);
  const some = (passes: (name: string) => boolean, count: number) =>
    every(
      functions.filter(([name]) => passes(name)),
      count,
    );
  const chosen = [
    ...some(() => true, 150),
    ...functions.filter(([name]) => denied.has(name)),
    ...some((name) => fact(name)?.traced === false && !fact(name)?.initOnly, 60),
    ...some((name) => fact(name)?.initOnly === true, 40),
    ...some((name) => fact(name) === undefined, 60),
    ...some((name) => fact(name)?.several === true, 60),
    ...some((name) => fact(name)?.kprobeDenied === true, 40),
  ];
  for (const [name, id] of chosen) {
    lines.push(`L ${TRACING} ${FENTRY} 0 ${id} vmlinux ${name}`, `K ${name}`);
    if (denied.has(name)) lines.push(`L ${TRACING} ${FEXIT} 0 ${id} vmlinux ${name}`);
  }
  const clones = every(
    table.names.filter((name) => /\.(?:isra|constprop|part|cold)/.test(name)),
    60,
  );
  for (const name of clones) lines.push(`K ${name}`, `K ${name.split('.')[0]}`);
  for (const name of every(table.names, 150)) lines.push(`K ${name}`);
  for (const { name, types } of modules) {
    if (types === undefined) continue;
    for (const [own, id] of every(functionsOf(types), 12)) {
      lines.push(`L ${TRACING} ${FENTRY} 0 ${btf.typeCount + id - types.startId} ${name} ${own}`, `K ${own}`);
    }
  }
  return [...new Set(lines)];
}

function functionsOf(types: Btf): [string, number][] {
  const found: [string, number][] = [];
  for (let id = types.startId; id < types.typeCount; id++) {
    if (types.kind(id) === BtfKind.Func) found.push([types.name(id), id]);
  }
  return found;
}

function every<T>(list: readonly T[], count: number): T[] {
  const step = Math.max(1, Math.floor(list.length / count));
  return list.filter((_, i) => i % step === 0).slice(0, count);
}

interface Count {
  right: number;
  conditional: number;
  readonly wrong: string[];
}

function compare(text: string): void {
  const counts = new Map<string, Count>();
  for (const line of text.split('\n')) {
    const parts = line.split(' ');
    const asked = parts[0] === 'K' ? kprobe(parts) : parts[0] === 'L' ? program(parts) : undefined;
    if (asked === undefined) continue;
    const count = counts.get(asked.what) ?? { right: 0, conditional: 0, wrong: [] };
    counts.set(asked.what, count);
    if (asked.ours === undefined) count.conditional++;
    else if (asked.ours === asked.truth) count.right++;
    else count.wrong.push(`${line} (we say ${asked.ours})`);
  }
  for (const [what, { right, conditional, wrong }] of [...counts].sort()) {
    console.log(
      `${what}: ${right} as the kernel says, ${conditional} conditional or not known, ${wrong.length} different`,
    );
    for (const line of wrong.slice(0, 12)) console.log(`    ${line}`);
    if (wrong.length > 0) process.exitCode = 1;
  }
}

interface Asked {
  readonly what: string;
  /** Undefined where it depends, or is not known. */
  readonly ours: boolean | undefined;
  readonly truth: boolean;
}

function kprobe([, name = '', error]: readonly string[]): Asked {
  const { functions } = tables;
  const own = functions && functionFact(functions, name);
  if (functions === undefined || own !== undefined) {
    const answer = attachability(tables, 'kprobe', name);
    return { what: `kprobe: ${answer.reason}`, ours: sure(answer.verdict), truth: error === '0' };
  }
  const flags = modules.flatMap(({ tables: { functions: table } }) => flagsOf(table, name) ?? []);
  const [only] = flags;
  if (only === undefined) return { what: 'kprobe: no-symbol', ours: false, truth: error === '0' };
  const stem = stemOf(name);
  const stemFlags = modules.flatMap(({ tables: { functions: table } }) => (stem && flagsOf(table, stem)) ?? [])[0];
  const stemFact = typeof stemFlags === 'number' ? factOf(stemFlags) : undefined;
  const rules = { hasWholeBlacklist: true, uniqueKprobes: tables.uniqueKprobes, stem: stemFact };
  const answer = kprobeOn(factOf(only), rules);
  const what = `kprobe in a module: ${flags.length > 1 ? 'of several modules' : answer.reason}`;
  return { what, ours: flags.length > 1 ? undefined : sure(answer.verdict), truth: error === '0' };
}

function flagsOf(table: ModuleTables['functions'], name: string): number | undefined {
  const at = table?.names.indexOf(name) ?? -1;
  return at < 0 ? undefined : table?.flags[at];
}

function sure(verdict: 'yes' | 'fails' | 'conditional'): boolean | undefined {
  return verdict === 'conditional' ? undefined : verdict === 'yes';
}

function program([, type, attach, flags, module, name = '', load, attached]: readonly string[]): Asked | undefined {
  const loads = load === '0';
  if (Number(type) === STRUCT_OPS) {
    const [struct, member] = name.split('.');
    const own = tables.structOps?.find((one) => one.name === struct)?.members.find((one) => one.name === member);
    if (own?.kind === 'data') return { what: 'struct_ops member', ours: false, truth: loads };
    // Other errors are the verifier's, of this program: what such a function must return, for one.
    return { what: 'struct_ops member', ours: own?.supported, truth: load !== ENOTSUPP };
  }
  if (Number(attach) === ITERATOR) {
    return { what: 'iterator', ours: tables.iterators?.includes(name.slice('bpf_iter_'.length)), truth: loads };
  }
  if (Number(type) === LSM) {
    const hooks = tables.idSets as KernelTables['idSets'];
    const disabled = hooks.bpf_lsm_disabled_hooks?.includes(name);
    if (Number(flags) === SLEEPABLE) {
      const sleeps = hooks.sleepable_lsm_hooks?.includes(name);
      return { what: 'LSM hook: sleepable', ours: sleeps && disabled !== true, truth: loads };
    }
    if (!loads)
      return { what: 'LSM hook: loads', ours: hooks.bpf_lsm_hooks?.includes(name) && !disabled, truth: false };
    const answer = attachability(tables, 'lsm', name.slice('bpf_lsm_'.length));
    return { what: `LSM hook: ${answer.reason}`, ours: sure(answer.verdict), truth: attached === '0' };
  }
  if (Number(attach) !== FENTRY && Number(attach) !== FEXIT) return undefined;
  const truth = loads && attached === '0';
  const word = Number(attach) === FENTRY ? 'fentry' : 'fexit';
  if (module === 'vmlinux') {
    const answer = attachability(tables, word, name);
    return { what: `${word}: ${answer.reason}`, ours: sure(answer.verdict), truth };
  }
  const own = modules.find((one) => one.name === module)?.tables.functions;
  const at = flagsOf(own, name);
  const answer = tables.trampolines === false ? undefined : trampolineOn(at === undefined ? undefined : factOf(at));
  return {
    what: `${word} in a module: ${answer?.reason ?? 'no-trampolines'}`,
    ours: answer === undefined ? false : sure(answer.verdict),
    truth,
  };
}
