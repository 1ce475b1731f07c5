// KernelTables taken apart: lists of records by key, which neighbouring kernels share nearly whole, and put together again.
// Numbers that differ from kernel to kernel without meaning anything (the order of protos, of events) are not in them.

import { KernelTablesError } from './errors.ts';
import type { HelperSet, HelperTable } from './helpers/helpers.ts';
import type { HelperProto } from './helpers/helper-proto.ts';
import type { KernelTables } from './tables.ts';

/** The lists. A list that is missing is not known. */
export const TABLE_PARTS = [
  /** By name: the flags of a function. */
  'functions',
  /** By `system/name`: an event. */
  'events',
  /** By name without `sys_`: a system call. */
  'systemCalls',
  /** By name: a raw tracepoint. */
  'rawTracepoints',
  /** By `TYPE`, `TYPE sleepable` and attach types: what a kind of program may call. */
  'helpers',
  /** By function and ordinal: the protos of helpers. */
  'protos',
  /** By `name TYPE`: the flags of a kfunc. */
  'kfuncs',
  /** By name: what a function may be made to return. */
  'errorInjection',
  /** By name: a function that fmod_ret programs may take. */
  'fmodret',
  /** By target: an iterator. */
  'iterators',
  /** By name: the members of a struct whose functions programs may be. */
  'structOps',
  /** By name: the functions and hooks in a set. */
  'idSets',
  /** `program` and `map`: the types with their presence. */
  'types',
  /** By module: its functions by their flags. */
  'moduleFunctions',
  /** By `LIST KEY MODULE`: what modules add to the other lists; and by `not-known MODULE` the lists that are not known. */
  'moduleFacts',
  /** What there is once: architecture, common fields, numbers of helpers, what is not known and why. */
  'about',
] as const;
/** The name of one list. */
export type TablePartName = (typeof TABLE_PARTS)[number];

/** A record: its key, and its value as JSON. */
export type TableRecord = readonly [key: string, value: string];

/** Each list sorted by key (by code units). */
export type TableParts = Readonly<Partial<Record<TablePartName, readonly TableRecord[]>>>;

/** Takes tables apart. */
export function tableParts(tables: KernelTables): TableParts {
  const parts: Partial<Record<TablePartName, readonly TableRecord[]>> = {};
  const { functions, events, systemCalls, rawTracepoints, kfuncs, helpers, programTypes, mapTypes } = tables;
  if (functions) parts.functions = functions.names.map((name, i) => [name, String(functions.flags[i] ?? 0)]);
  if (events) parts.events = sorted(events.events.map(({ system, name, ...event }) => [`${system}/${name}`, event]));
  if (systemCalls) parts.systemCalls = sorted(systemCalls.map(({ name, ...call }) => [name, call]));
  if (rawTracepoints) parts.rawTracepoints = sorted(rawTracepoints.map(({ name, ...rest }) => [name, rest]));
  if (kfuncs) parts.kfuncs = sorted(kfuncs.map(({ name, programType, flags }) => [`${name} ${programType}`, flags]));
  const { errorInjection, fmodret, iterators, structOps } = tables;
  if (errorInjection) parts.errorInjection = sorted(errorInjection.map(({ name, type }) => [name, type]));
  if (fmodret) parts.fmodret = sorted(fmodret.map((name) => [name, true]));
  if (iterators) parts.iterators = sorted(iterators.map((name) => [name, true]));
  if (structOps) parts.structOps = sorted(structOps.map(({ name, members }) => [name, members]));
  parts.idSets = sorted(Object.entries(tables.idSets));
  if (helpers) Object.assign(parts, helperParts(helpers));
  if (programTypes || mapTypes) {
    const types: [string, unknown][] = [];
    if (programTypes) types.push(['program', programTypes]);
    if (mapTypes) types.push(['map', mapTypes]);
    parts.types = sorted(types);
  }
  parts.about = sorted([
    ['arch', tables.arch],
    ['symbols', tables.symbols],
    ['hasWholeBlacklist', tables.hasWholeBlacklist],
    ['trampolines', tables.trampolines ?? null],
    ['uniqueKprobes', tables.uniqueKprobes ?? null],
    ['notKnown', tables.notKnown],
    ['kfuncsNotUnderstood', tables.kfuncsNotUnderstood],
    ['commonFields', events?.common ?? null],
    ['helperNames', helpers ? [...helpers.names] : null],
    // What a list of calls has for programs of 32 bits.
    ['compatCalls', systemCalls?.some(({ compat }) => compat !== undefined) ?? false],
  ]);
  return parts;
}

/** The same tables again, but for the order of events and protos. @throws KernelTablesError `bad-tables` */
export function tablesFromParts(parts: TableParts): KernelTables {
  const about = new Map((parts.about ?? []).map(([key, value]) => [key, parse(value)]));
  const entries = (part: TablePartName): [string, never][] | undefined =>
    parts[part]?.map(([key, value]) => [key, parse(value) as never]);
  const list = <T>(part: TablePartName, make: (key: string, value: never) => T): T[] | undefined =>
    entries(part)?.map(([key, value]) => make(key, value));
  const arch = about.get('arch');
  if (typeof arch !== 'string') throw new KernelTablesError('bad-tables', 'tables without their architecture');
  const types = new Map(entries('types'));
  const events = list('events', (key, value: object) => {
    const slash = key.indexOf('/');
    return { system: key.slice(0, slash), name: key.slice(slash + 1), ...value } as never;
  });
  return {
    arch,
    symbols: (about.get('symbols') ?? 'kallsyms') as KernelTables['symbols'],
    functions: parts.functions && {
      names: parts.functions.map(([name]) => name),
      flags: parts.functions.map(([, flags]) => Number(flags)),
    },
    hasWholeBlacklist: about.get('hasWholeBlacklist') === true,
    trampolines: (about.get('trampolines') as boolean | null) ?? undefined,
    uniqueKprobes: (about.get('uniqueKprobes') as boolean | null) ?? undefined,
    rawTracepoints: list('rawTracepoints', (name, value: object) => ({ name, ...value }) as never),
    events: events && { common: (about.get('commonFields') ?? []) as never, events },
    systemCalls: list('systemCalls', (name, value: object) => ({ name, ...value }) as never),
    idSets: Object.fromEntries(entries('idSets') ?? []),
    helpers: helpersFrom(parts, about.get('helperNames')),
    programTypes: types.get('program'),
    mapTypes: types.get('map'),
    kfuncs: list('kfuncs', (key, flags: number) => {
      const space = key.lastIndexOf(' ');
      return { name: key.slice(0, space), programType: key.slice(space + 1), flags };
    }),
    errorInjection: list('errorInjection', (name, type) => ({ name, type })),
    fmodret: parts.fmodret?.map(([name]) => name),
    iterators: parts.iterators?.map(([name]) => name),
    structOps: list('structOps', (name, members) => ({ name, members })),
    kfuncsNotUnderstood: (about.get('kfuncsNotUnderstood') ?? []) as string[],
    notKnown: (about.get('notKnown') ?? {}) as Record<string, string>,
  };
}

function sorted(entries: readonly (readonly [string, unknown])[]): TableRecord[] {
  const records = entries.map(([key, value]) => [key, JSON.stringify(value)] as const);
  return records.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
}

function parse(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch (cause) {
    throw new KernelTablesError('bad-tables', 'a record that is not JSON', { cause });
  }
}

/** Protos by function; several of one function by the order of what they say. */
function helperParts({ sets, protos }: HelperTable): Pick<Required<TableParts>, 'helpers' | 'protos'> {
  const byFunction = new Map<string, { index: number; json: string }[]>();
  protos.forEach((proto, index) => {
    const list = byFunction.get(proto.function) ?? [];
    byFunction.set(proto.function, list);
    list.push({ index, json: JSON.stringify(proto) });
  });
  const keys: string[] = [];
  const records: [string, unknown][] = [];
  for (const [name, list] of byFunction) {
    list.sort((a, b) => (a.json < b.json ? -1 : a.json > b.json ? 1 : 0));
    list.forEach(({ index }, ordinal) => {
      keys[index] = ordinal === 0 ? name : `${name}#${ordinal}`;
      records.push([keys[index], protos[index]]);
    });
  }
  return {
    protos: sorted(records),
    helpers: sorted(
      sets.map(({ programType, sleepable, attachTypes, helpers, conditional, unknown }) => [
        [programType, sleepable ? 'sleepable' : 'plain', ...attachTypes].join(' '),
        { helpers: Object.fromEntries([...helpers].map(([name, index]) => [name, keys[index]])), conditional, unknown },
      ]),
    ),
  };
}

function helpersFrom(parts: TableParts, names: unknown): HelperTable | undefined {
  if (parts.helpers === undefined || parts.protos === undefined) return undefined;
  const indexes = new Map(parts.protos.map(([key], index) => [key, index]));
  const sets = parts.helpers.map(([key, json]): HelperSet => {
    const [programType = '', mode, ...attachTypes] = key.split(' ');
    const value = parse(json) as Pick<HelperSet, 'conditional' | 'unknown'> & { helpers: Record<string, string> };
    const helpers = new Map(Object.entries(value.helpers).map(([name, proto]) => [name, indexes.get(proto) ?? -1]));
    return { programType, attachTypes, sleepable: mode === 'sleepable', ...value, helpers };
  });
  const protos = parts.protos.map(([, json]) => parse(json) as HelperProto);
  return { names: new Map((names ?? []) as [number, string][]), sets, protos };
}
