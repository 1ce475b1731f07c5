// Functions of modules by name. A module's functions are one fact (see table-facts.ts), which kernels share. A hash of a
// function's stem, the part of its name before the first dot, finds the modules that have it, so that `foo.isra.0` is found
// with `foo`.

import { factOf, type FunctionFact, functionsOfModule } from '@btfq/kernel-tables';
import type { BtfIndex } from './btf-index.ts';
import { hasTableFacts, setsWith, textOf } from './table-facts.ts';

/** A function of a module. */
export interface ModuleFunction {
  readonly module: string;
  readonly name: string;
  readonly fact: FunctionFact;
}

/** 32 bits of FNV-1a over the stem, without sign. */
export function stemHash(name: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < name.length && name[i] !== '.'; i++) hash = Math.imul(hash ^ name.charCodeAt(i), 0x01000193);
  return hash >>> 0;
}

/** Whether the index has functions of any module. */
export function hasModuleFunctions(index: BtfIndex): boolean {
  return index.cached(HAS_FUNCTIONS, () => {
    return index.statement(`SELECT 1 FROM sqlite_master WHERE name = 'module_function_name'`).get() !== undefined;
  });
}

const HAS_FUNCTIONS = Symbol('module functions');

/** What one kernel's modules have of a name. */
export interface ModuleFunctionAnswer {
  readonly kernelId: number;
  /** By module and name, those whose stem is this one's; undefined where its modules were not read. */
  readonly found: readonly ModuleFunction[] | undefined;
}

/** The functions of each kernel's modules whose stem is that of this name. Kernels with the same ones have the same list. */
export function moduleFunctionsLike(
  index: BtfIndex,
  name: string,
  kernelIds: readonly number[],
): ModuleFunctionAnswer[] {
  if (!hasTableFacts(index) || !hasModuleFunctions(index)) {
    return kernelIds.map((kernelId) => ({ kernelId, found: undefined }));
  }
  const [stem = ''] = name.split('.', 1);
  const modules = index
    .statement('SELECT f.key FROM module_function_name m JOIN table_fact f ON f.id = m.module WHERE m.hash = ?')
    .all(stemHash(stem)) as [string][];
  const byFact = new Map<number, readonly ModuleFunction[]>();
  const select = index.statement(`SELECT id, value FROM table_fact WHERE part = 'moduleFunctions' AND key = ?`);
  for (const [module] of modules) {
    for (const [id, value] of select.all(module) as [number, string | Uint8Array][]) {
      const found = functionsWith(module, textOf(index, value), stem);
      if (found.length > 0) byFact.set(id, found);
    }
  }
  const membership = setsWith(index, [...byFact.keys()]);
  const bySet = new Map<number, readonly ModuleFunction[]>();
  const kernel = index.statement('SELECT fact_set, parts FROM kernel_tables WHERE kernel = ?');
  return kernelIds.map((kernelId) => {
    const row = kernel.get(kernelId) as [number, string] | undefined;
    if (!row?.[1].split(' ').includes('moduleFunctions')) return { kernelId, found: undefined };
    let found = bySet.get(row[0]);
    if (found === undefined) {
      const own = membership(row[0]);
      found = [...byFact].filter(([id]) => own.has(id)).flatMap(([, functions]) => functions);
      found = [...found].sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : a.module < b.module ? -1 : 1));
      bySet.set(row[0], found);
    }
    return { kernelId, found };
  });
}

function functionsWith(module: string, json: string, stem: string): ModuleFunction[] {
  const functions: ModuleFunction[] = [];
  for (const [name, flags] of functionsOfModule(json) ?? []) {
    if (name === stem || name.startsWith(`${stem}.`)) functions.push({ module, name, fact: factOf(flags) });
  }
  return functions.sort((a, b) => (a.name < b.name ? -1 : 1));
}
