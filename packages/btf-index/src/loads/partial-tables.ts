// What the tables of an index's kernels say of one object: only the facts that its programs ask for, so that neither a
// kernel's 100,000 functions nor its events are read. Kernels with the same facts share them.

import {
  type FunctionFact,
  type KernelTables,
  TABLE_PARTS,
  type TablePartName,
  type TableRecord,
  tablesFromParts,
} from '@btfq/kernel-tables';
import { type LoadRequirements, tableQuestions, type TablesOfModules } from '@btfq/load-check';
import type { Kernel } from '../answer-types.ts';
import type { BtfIndex } from '../store/btf-index.ts';
import { moduleFactsOf, type ModuleFactsOfKernel } from '../store/module-facts.ts';
import { hasModuleFunctions, type ModuleFunctionAnswer, moduleFunctionsLike } from '../store/module-functions.ts';
import { factKeys, factsByKeys, hasTableFacts } from '../store/table-facts.ts';

/** Tables for one object's questions, and a key that kernels with the same ones share; `''` where none are known. */
export interface TablesForObject {
  readonly key: string;
  readonly tables: KernelTables | undefined;
  /** What its modules add; undefined where they were not read. */
  readonly ofModules?: TablesOfModules | undefined;
}

const NONE: TablesForObject = { key: '', tables: undefined };
/** How many functions a pattern may name. */
const MAX_KEYS = 20_000;
/** How many functions are looked for in modules: a pattern may stand for thousands, of which the kernel itself has some. */
const MAX_ASKED = 500;

type Keys = Readonly<Record<TablePartName, readonly string[]>>;
type Values = ReadonlyMap<string, string>;

/** The facts that some objects ask of some kernels, read once for all of them. */
export class TableFacts {
  private readonly index: BtfIndex;
  private readonly kernels: readonly Kernel[];
  private readonly asked: ReadonlyMap<LoadRequirements, Keys>;
  /** By list: what each kernel has, in the kernels' order. Kernels with the same facts have the same map. */
  private readonly values = new Map<TablePartName, readonly (Values | undefined)[]>();
  private readonly modules: ModuleAnswers | undefined;

  constructor(index: BtfIndex, objects: readonly LoadRequirements[], kernels: readonly Kernel[]) {
    this.index = index;
    this.kernels = kernels;
    const known = hasTableFacts(index);
    this.asked = new Map(known ? objects.map((object) => [object, this.keysOf(object)]) : []);
    if (!known) return;
    const ids = kernels.map(({ id }) => id);
    for (const part of TABLE_PARTS) {
      const keys = [...new Set([...this.asked.values()].flatMap((own) => own[part]))];
      if (keys.length === 0 && part !== 'functions' && part !== 'events' && part !== 'rawTracepoints') continue;
      this.values.set(
        part,
        factsByKeys(index, part, keys, ids).map(({ values }) => values),
      );
    }
    if (hasModuleFunctions(index)) this.modules = new ModuleAnswers(index, ids);
  }

  /** Tables for one object on each kernel, in the kernels' order. */
  for(requirements: LoadRequirements): readonly TablesForObject[] {
    const keys = this.asked.get(requirements);
    if (keys === undefined) return this.kernels.map(() => NONE);
    const made = new Map<string, TablesForObject>();
    const numbers = new Map<Values, number>();
    const bySources = new Map<string, TablesForObject>();
    return this.kernels.map((_, i) => {
      const sources = [...this.values].map(([part, values]): [TablePartName, Values | undefined] => [part, values[i]]);
      const about = this.values.get('about')?.[i];
      if (about === undefined || about.size === 0) return NONE;
      const number = (values: Values) => numbers.get(values) ?? numbers.set(values, numbers.size).size - 1;
      const ofModules = this.modules?.for(keys, i);
      const same = [
        ofModules?.key,
        ...sources.map(([, values]) => (values === undefined ? '-' : number(values))),
      ].join();
      let found = bySources.get(same);
      if (found !== undefined) return found;
      const parts: Partial<Record<TablePartName, readonly TableRecord[]>> = {};
      for (const [part, values] of sources) if (values !== undefined) parts[part] = recordsOf(values, keys[part]);
      const text = `${ofModules?.key} ${JSON.stringify(parts)}`;
      found = made.get(text) ?? {
        key: `tables ${made.size}`,
        tables: tablesFromParts(parts),
        ofModules: ofModules?.tables,
      };
      made.set(text, found);
      bySources.set(same, found);
      return found;
    });
  }

  private keysOf(requirements: LoadRequirements): Keys {
    const asked = tableQuestions(requirements);
    const beginning = (part: TablePartName, prefixes: readonly string[], limit: number) =>
      prefixes.flatMap((prefix) => factKeys(this.index, part, prefix, limit));
    return {
      functions: [
        ...asked.functions,
        ...beginning(
          'functions',
          asked.functions.map((name) => `${name}.`),
          64,
        ),
        ...beginning('functions', asked.functionPrefixes, MAX_KEYS),
      ].sort(),
      // one event of a system says that the kernel has the system
      events: [
        ...asked.events,
        ...beginning(
          'events',
          asked.systems.map((system) => `${system}/`),
          64,
        ),
      ].sort(),
      rawTracepoints: [...asked.rawTracepoints].sort(),
      kfuncs: beginning(
        'kfuncs',
        asked.kfuncs.map((name) => `${name} `),
        64,
      ).sort(),
      idSets: asked.functions.length === 0 ? [] : ID_SETS,
      helpers: beginning(
        'helpers',
        asked.programTypes.map((type) => `${type} `),
        64,
      ).sort(),
      about: ['arch', 'hasWholeBlacklist', 'kfuncsNotUnderstood', 'symbols', 'trampolines', 'uniqueKprobes'],
      protos: [],
      systemCalls: [],
      types: [],
      errorInjection: [],
      fmodret: [],
      iterators: [],
      structOps: [],
      moduleFunctions: [],
      moduleFacts: [],
    };
  }
}

/** What the modules of kernels have of the functions and events that are asked for. */
class ModuleAnswers {
  private readonly index: BtfIndex;
  private readonly ids: readonly number[];
  private readonly functions = new Map<string, readonly ModuleFunctionAnswer[]>();
  private readonly events = new Map<string, ReadonlyMap<number, ModuleFactsOfKernel>>();

  constructor(index: BtfIndex, ids: readonly number[]) {
    this.index = index;
    this.ids = ids;
  }

  /** Those of one kernel, with a key that kernels of the same answers share; undefined where its modules were not read. */
  for(
    { functions, events }: Keys,
    kernel: number,
  ): { readonly key: string; readonly tables: TablesOfModules } | undefined {
    if (functions.length > MAX_ASKED) return undefined;
    const byName = new Map<string, readonly { readonly module: string; readonly fact: FunctionFact }[]>();
    for (const name of functions) {
      const found = this.functionsNamed(name)[kernel]?.found;
      if (found === undefined) return undefined;
      const own = found.filter((one) => one.name === name).map(({ module, fact }) => ({ module, fact }));
      if (own.length > 0) byName.set(name, own);
    }
    const byEvent = new Map<string, { readonly module: string } | 'none' | 'not-known'>();
    for (const event of events) {
      const answer = this.eventsNamed(event).get(this.ids[kernel] ?? -1);
      const [first] = answer?.found ?? [];
      byEvent.set(event, first ? { module: first.module } : answer?.isWhole ? 'none' : 'not-known');
    }
    return {
      key: JSON.stringify([[...byName], [...byEvent]]),
      tables: { functions: (name) => byName.get(name) ?? [], event: (name) => byEvent.get(name) ?? 'not-known' },
    };
  }

  private functionsNamed(name: string): readonly ModuleFunctionAnswer[] {
    const known = this.functions.get(name) ?? moduleFunctionsLike(this.index, name, this.ids);
    this.functions.set(name, known);
    return known;
  }

  private eventsNamed(name: string): ReadonlyMap<number, ModuleFactsOfKernel> {
    const known = this.events.get(name) ?? moduleFactsOf(this.index, 'events', `${name} `, this.ids);
    this.events.set(name, known);
    return known;
  }
}

/** The sets that attaching asks. */
const ID_SETS = ['bpf_lsm_disabled_hooks', 'btf_id_deny', 'noreturn_deny'];

function recordsOf(values: Values, keys: readonly string[]): TableRecord[] {
  const records: TableRecord[] = [];
  let before: string | undefined;
  for (const key of keys) {
    const value = key === before ? undefined : values.get(key);
    if (value !== undefined) records.push([key, value]);
    before = key;
  }
  return records;
}
