// ModuleTables taken apart: the functions of a module as one record, for most do not change from kernel to kernel; whatever else
// modules add, by what it is called, so that who asks for an event learns the module.

import type { FunctionTable } from '../attach/functions.ts';
import { KernelTablesError } from '../errors.ts';
import type { TableParts, TableRecord } from '../tables-parts.ts';
import type { ModuleTables } from './module-tables.ts';

/** Lists that modules add to, by the names that the kernel's own have. */
export const MODULE_LISTS = [
  'events',
  'rawTracepoints',
  'kfuncs',
  'errorInjection',
  'fmodret',
  'iterators',
  'structOps',
] as const;
/** One of them. */
export type ModuleList = (typeof MODULE_LISTS)[number];

/** The tables of all of a kernel's modules, as parts. */
export function moduleParts(
  modules: readonly ModuleTables[],
): Pick<Required<TableParts>, 'moduleFunctions' | 'moduleFacts'> {
  const facts: [string, unknown][] = [];
  for (const tables of modules) {
    const { name } = tables;
    const add = (list: ModuleList, key: string, value: unknown) => facts.push([`${list} ${key} ${name}`, value]);
    for (const { system, name: event, ...rest } of tables.events ?? []) add('events', `${system}/${event}`, rest);
    for (const { name: point, ...rest } of tables.rawTracepoints ?? []) add('rawTracepoints', point, rest);
    for (const { name: kfunc, programType, flags } of tables.kfuncs ?? [])
      add('kfuncs', `${kfunc} ${programType}`, flags);
    for (const { name: target, type } of tables.errorInjection ?? []) add('errorInjection', target, type);
    for (const target of tables.fmodret ?? []) add('fmodret', target, true);
    for (const target of tables.iterators ?? []) add('iterators', target, true);
    for (const { name: struct, members } of tables.structOps ?? []) add('structOps', struct, members);
    const unknown = MODULE_LISTS.filter(
      (list) => tables[list] === undefined || (list === 'kfuncs' && tables.kfuncsNotUnderstood.length > 0),
    );
    if (unknown.length > 0) facts.push([`not-known ${name}`, unknown]);
  }
  return {
    moduleFunctions: sorted(modules.map(({ name, functions }) => [name, functions ? byFlags(functions) : null])),
    moduleFacts: sorted(facts),
  };
}

/** Names by their flags. */
function byFlags({ names, flags }: FunctionTable): Record<string, string[]> {
  const groups: Record<string, string[]> = {};
  for (const [i, name] of names.entries()) {
    const flag = String(flags[i] ?? 0);
    groups[flag] ??= [];
    groups[flag].push(name);
  }
  return groups;
}

/** The functions of a record of `moduleFunctions`: name and flags; undefined where they are not known. @throws KernelTablesError `bad-tables` */
export function functionsOfModule(json: string): ReadonlyMap<string, number> | undefined {
  let groups: unknown;
  try {
    groups = JSON.parse(json);
  } catch (cause) {
    throw new KernelTablesError('bad-tables', 'a record that is not JSON', { cause });
  }
  if (groups === null) return undefined;
  const found = new Map<string, number>();
  for (const [flags, names] of Object.entries(groups as Record<string, readonly string[]>)) {
    for (const name of names) found.set(name, Number(flags));
  }
  return found;
}

function sorted(entries: readonly (readonly [string, unknown])[]): TableRecord[] {
  const unique = new Map(entries.map(([key, value]) => [key, JSON.stringify(value)]));
  return [...unique].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
}
