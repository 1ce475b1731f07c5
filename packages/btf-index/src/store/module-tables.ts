// The tables of single modules of a kernel, as they were read when the kernel was ingested.

import { functionsOfModule, MODULE_LISTS, type ModuleLines, type ModuleList } from '@btfq/kernel-tables';
import type { BtfIndex } from './btf-index.ts';
import { moduleFactsOf, type ModuleFact } from './module-facts.ts';
import { factKeys, factsByKeys } from './table-facts.ts';

const MAX_MODULES = 100_000;

/** The kernel's modules whose tables were read, sorted; undefined where none were. */
export function moduleTableNames(index: BtfIndex, kernelId: number): string[] | undefined {
  const [answer] = factsByKeys(index, 'moduleFunctions', factKeys(index, 'moduleFunctions', '', MAX_MODULES), [
    kernelId,
  ]);
  return answer?.values && [...answer.values.keys()].sort();
}

/** Some modules of a kernel, in this order; undefined where its modules were not read. What it does not have is left out. */
export function moduleTablesOf(index: BtfIndex, kernelId: number, names: readonly string[]): ModuleLines[] | undefined {
  const [answer] = factsByKeys(index, 'moduleFunctions', names, [kernelId]);
  if (answer?.values === undefined) return undefined;
  const { values } = answer;
  const facts = new Map(MODULE_LISTS.map((list) => [list, moduleFactsOf(index, list, '', [kernelId]).get(kernelId)]));
  return names
    .filter((name) => values.has(name))
    .map((name): ModuleLines => {
      const of = <T>(list: ModuleList, make: (fact: ModuleFact) => T): T[] | undefined => {
        const found = facts.get(list);
        if (found === undefined || found.notKnownOf.has(name)) return undefined;
        return found.found.filter(({ module }) => module === name).map(make);
      };
      const functions = functionsOfModule(values.get(name) ?? 'null');
      const sorted = functions && [...functions].sort(([a], [b]) => (a < b ? -1 : 1));
      return {
        name,
        functions: sorted && { names: sorted.map(([one]) => one), flags: sorted.map(([, flags]) => flags) },
        events: of('events', ({ key, value }) => {
          const slash = key.indexOf('/');
          return { system: key.slice(0, slash), name: key.slice(slash + 1), ...JSON.parse(value) };
        }),
        iterators: of('iterators', ({ key }) => key),
        structOps: of('structOps', ({ key, value }) => ({ name: key, members: JSON.parse(value) })),
        errorInjection: of('errorInjection', ({ key, value }) => ({ name: key, type: JSON.parse(value) })),
      };
    });
}
