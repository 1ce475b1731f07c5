// What the tables of an index's kernels say of one object: only the facts that its programs ask for, so that neither a
// kernel's 100,000 functions nor its events are read. Kernels with the same facts share them.

import {
  type KernelTables,
  TABLE_PARTS,
  type TablePartName,
  type TableRecord,
  tablesFromParts,
} from '@btfq/kernel-tables';
import { type LoadRequirements, tableQuestions } from '@btfq/load-check';
import type { Kernel } from '../answer-types.ts';
import type { BtfIndex } from '../store/btf-index.ts';
import { factKeys, factsByKeys, hasTableFacts } from '../store/table-facts.ts';

/** Tables for one object's questions, and a key that kernels with the same ones share; `''` where none are known. */
export interface TablesForObject {
  readonly key: string;
  readonly tables: KernelTables | undefined;
}

const NONE: TablesForObject = { key: '', tables: undefined };
/** How many functions a pattern may name, and keys of one beginning are read. */
const MAX_KEYS = 20_000;

/** By kernel id. */
export function tablesFor(
  index: BtfIndex,
  requirements: LoadRequirements,
  kernels: readonly Kernel[],
): ReadonlyMap<number, TablesForObject> {
  if (!hasTableFacts(index)) return new Map(kernels.map(({ id }) => [id, NONE]));
  const asked = tableQuestions(requirements);
  const beginning = (part: TablePartName, prefixes: readonly string[], limit: number) =>
    prefixes.flatMap((prefix) => factKeys(index, part, prefix, limit));
  const keys: Readonly<Record<TablePartName, readonly string[]>> = {
    functions: [
      ...asked.functions,
      ...beginning(
        'functions',
        asked.functions.map((name) => `${name}.`),
        64,
      ),
      ...beginning('functions', asked.functionPrefixes, MAX_KEYS),
    ],
    // one event of a system tells that the kernel has the system
    events: [
      ...asked.events,
      ...beginning(
        'events',
        asked.systems.map((system) => `${system}/`),
        64,
      ),
    ],
    rawTracepoints: asked.rawTracepoints,
    kfuncs: beginning(
      'kfuncs',
      asked.kfuncs.map((name) => `${name} `),
      64,
    ),
    idSets: beginning('idSets', [''], 64),
    helpers: beginning(
      'helpers',
      asked.programTypes.map((type) => `${type} `),
      64,
    ),
    about: ['arch', 'symbols', 'hasWholeBlacklist', 'trampolines', 'kfuncsNotUnderstood'],
    protos: [],
    systemCalls: [],
    types: ['map', 'program'],
  };
  const ids = kernels.map(({ id }) => id);
  const parts = new Map(ids.map((id) => [id, {} as Partial<Record<TablePartName, readonly TableRecord[]>>]));
  for (const part of TABLE_PARTS) {
    const wanted = [...new Set(keys[part])].sort();
    for (const { kernelId, values } of factsByKeys(index, part, wanted, ids)) {
      const own = parts.get(kernelId);
      if (values === undefined || own === undefined) continue;
      own[part] = wanted.flatMap((key): TableRecord[] => {
        const value = values.get(key);
        return value === undefined ? [] : [[key, value]];
      });
    }
  }
  const made = new Map<string, TablesForObject>();
  return new Map(
    ids.map((id) => {
      const own = parts.get(id) ?? {};
      if (own.about === undefined || own.about.length === 0) return [id, NONE];
      const text = JSON.stringify(own);
      let tables = made.get(text);
      if (tables === undefined) made.set(text, (tables = { key: `tables ${made.size}`, tables: tablesFromParts(own) }));
      return [id, tables];
    }),
  );
}
