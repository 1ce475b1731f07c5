// What modules add to a kernel's lists, by what it is called: facts of part `moduleFacts`, whose keys are `LIST KEY MODULE`.

import type { ModuleList } from '@btfq/kernel-tables';
import type { BtfIndex } from './btf-index.ts';
import { factKeys, factsByKeys, hasTableFacts } from './table-facts.ts';

/** One fact of a module. */
export interface ModuleFact {
  /** As the kernel's own list has it. */
  readonly key: string;
  /** JSON, as the kernel's own list has it. */
  readonly value: string;
  readonly module: string;
}

/** What one kernel's modules say. */
export interface ModuleFactsOfKernel {
  readonly found: readonly ModuleFact[];
  /** False where a module's list could not be read: what is not found may be there. */
  readonly isWhole: boolean;
  /** Those modules. */
  readonly notKnownOf: ReadonlySet<string>;
}

/** How many facts one question may be answered by. */
const MAX_FACTS = 20_000;

/** The facts of a list whose keys begin so, by kernel; kernels whose modules were not read are left out. */
export function moduleFactsOf(
  index: BtfIndex,
  list: ModuleList,
  prefix: string,
  kernelIds: readonly number[],
): ReadonlyMap<number, ModuleFactsOfKernel> {
  if (!hasTableFacts(index)) return new Map();
  const keys = factKeys(index, 'moduleFacts', `${list} ${prefix}`, MAX_FACTS);
  const unread = factKeys(index, 'moduleFacts', NOT_KNOWN, MAX_FACTS);
  const answers = new Map<number, ModuleFactsOfKernel>();
  const bySet = new Map<ReadonlyMap<string, string>, ModuleFactsOfKernel>();
  for (const { kernelId, values } of factsByKeys(index, 'moduleFacts', [...keys, ...unread], kernelIds)) {
    if (values === undefined) continue;
    let answer = bySet.get(values);
    if (answer === undefined) {
      const notKnownOf = modulesWithout(values, list);
      answer = { found: factsIn(values, list), isWhole: notKnownOf.size === 0, notKnownOf };
      bySet.set(values, answer);
    }
    answers.set(kernelId, answer);
  }
  return answers;
}

function factsIn(values: ReadonlyMap<string, string>, list: ModuleList): ModuleFact[] {
  const found: ModuleFact[] = [];
  for (const [key, value] of values) {
    if (!key.startsWith(`${list} `)) continue;
    const end = key.lastIndexOf(' ');
    found.push({ key: key.slice(list.length + 1, end), value, module: key.slice(end + 1) });
  }
  return found.sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : a.module < b.module ? -1 : 1));
}

const NOT_KNOWN = 'not-known ';

/** Modules whose list could not be read. */
function modulesWithout(values: ReadonlyMap<string, string>, list: ModuleList): ReadonlySet<string> {
  const found = new Set<string>();
  for (const [key, value] of values) {
    if (key.startsWith(NOT_KNOWN) && (JSON.parse(value) as string[]).includes(list))
      found.add(key.slice(NOT_KNOWN.length));
  }
  return found;
}
