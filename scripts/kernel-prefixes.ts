#!/usr/bin/env node
// Finds how the names of functions and tracepoints begin that only kernels have and no module has, for
// packages/load-check/src/features/kernel-prefixes.ts. Prints the two lists.
//
//   node scripts/kernel-prefixes.ts --kernel FILE... --modules FOLDER=FILE...
//
//   --kernel    any file that btfq reads
//   --modules   a folder of .ko files, and the kernel that they belong to
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { type Btf, BtfKind, loadBtf, parseBtf } from '../packages/btf-format/src/index.ts';
import { loadTargetBytes } from '../packages/kernel-source/src/index.ts';

const { values } = parseArgs({
  options: { kernel: { type: 'string', multiple: true }, modules: { type: 'string', multiple: true } },
});

class Names {
  readonly functions = new Set<string>();
  readonly tracepoints = new Set<string>();

  add(btf: Btf): void {
    for (let id = btf.startId; id < btf.typeCount; id++) {
      const name = btf.name(id);
      if (btf.kind(id) === BtfKind.Func) this.functions.add(name);
      else if (btf.kind(id) === BtfKind.Typedef && name.startsWith('btf_trace_')) {
        this.tracepoints.add(name.slice('btf_trace_'.length));
      }
    }
  }
}

const read = async (path: string) =>
  parseBtf((await loadTargetBytes(readFileSync(path), { path, modules: false })).btf);
const own = new Names();
for (const path of values.kernel ?? []) own.add(await read(path));
const modules = new Names();
for (const pair of values.modules ?? []) {
  const [folder = '', kernel = ''] = pair.split('=');
  const base = await read(kernel);
  for (const file of readdirSync(folder).filter((name) => name.endsWith('.ko'))) {
    modules.add(loadBtf(readFileSync(join(folder, file)), { base }));
  }
}

/** `blk_` of `__blk_account_io_start`: the first word, without what stands before it. */
const firstWord = (name: string) => `${name.replace(/^_+/, '').split('_')[0]}_`;

/** Beginnings, by whole words: `__blk_`, `__blk_account_`, ... */
function beginnings(name: string): string[] {
  const found: string[] = [];
  const lead = /^_*/.exec(name)?.[0].length ?? 0;
  for (let at = name.indexOf('_', lead); at >= 0; at = name.indexOf('_', at + 1)) found.push(name.slice(0, at + 1));
  return found;
}

function count(words: Iterable<string>): Map<string, number> {
  const counts = new Map<string, number>();
  for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1);
  return counts;
}

/** The shortest beginnings that at least `least` of the kernels' names have and no module's. */
function prefixes(kernels: ReadonlySet<string>, others: ReadonlySet<string>, least: number, strict: boolean): string[] {
  const taken = new Set([...others].flatMap(beginnings));
  const [inKernels, inModules] = [count([...kernels].map(firstWord)), count([...others].map(firstWord))];
  const inBoth = count([...kernels].filter((name) => others.has(name)).map(firstWord));
  // a subsystem that is a module elsewhere
  const modular = (word: string) => {
    const all = inKernels.get(word) ?? 0;
    return (inBoth.get(word) ?? 0) > 0.15 * all || (strict && (inModules.get(word) ?? 0) > all);
  };
  const counts = count([...kernels].flatMap(beginnings));
  const chosen = new Set<string>();
  for (const prefix of [...counts.keys()].sort((a, b) => a.length - b.length)) {
    if (taken.has(prefix) || modular(firstWord(prefix)) || /^bpf_(kfunc_|test)/.test(prefix)) continue;
    if (!beginnings(prefix).some((shorter) => shorter !== prefix && chosen.has(shorter))) chosen.add(prefix);
  }
  return [...chosen].filter((prefix) => (counts.get(prefix) ?? 0) >= least).sort();
}

/** `blk_(account_ mq_)` for two that begin alike. */
function packed(list: readonly string[]): string {
  const groups = new Map<string, string[]>();
  for (const prefix of list) {
    const first = beginnings(prefix)[0] ?? prefix;
    groups.set(first, [...(groups.get(first) ?? []), prefix.slice(first.length)]);
  }
  return [...groups].map(([first, rest]) => (rest.includes('') ? first : `${first}(${rest.join(' ')})`)).join(' ');
}

console.log(packed(prefixes(own.functions, modules.functions, 4, false)));
console.log(packed(prefixes(own.tracepoints, modules.tracepoints, 1, true)));
