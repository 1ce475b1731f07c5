// The catalogue of facts: which kinds are known of each kernel, and where they came from. Whatever a kernel lacks here, no
// answer about it says 'no'.

import type { Kernel } from '../answer-types.ts';
import type { BtfIndex } from '../store/btf-index.ts';
import { factSources } from '../store/fact-sources.ts';
import { factsByKey, hasTableFacts } from '../store/table-facts.ts';
import { kernelById } from './kernels.ts';

/** Types, the modules' types, the configuration, and the lists that an image has (see `TABLE_PARTS` of kernel-tables). */
export const FACT_KINDS = [
  'types',
  'modules',
  'config',
  'functions',
  'events',
  'systemCalls',
  'rawTracepoints',
  'helpers',
  'kfuncs',
  'features',
  /** Numbers and entries of system calls for programs of 32 bits. */
  'compatCalls',
  'lsmHooks',
  'iterators',
  /** Structs whose functions programs may be, with their members. */
  'structOps',
  /** Functions whose return value may be replaced. */
  'errorInjection',
  'fmodret',
  /** What modules add to all of these. */
  'moduleTables',
] as const;
/** A kind of facts about a kernel. */
export type FactKind = (typeof FACT_KINDS)[number];

/** Whether facts of a kind are known of a kernel. */
export interface KnownFact {
  readonly kind: FactKind;
  readonly known: boolean;
  /** How many there are, where they are counted; null where not, or where they are not known. */
  readonly count: number | null;
  /** Where they came from, for people; null where they are not known. */
  readonly source: string | null;
}

/** What the lists of an image are called there. */
const PART_OF: Partial<Readonly<Record<FactKind, string>>> = { features: 'types', moduleTables: 'moduleFunctions' };

/** Every kind of facts for each of these kernels, in order of `FACT_KINDS`. */
export function knownFacts(index: BtfIndex, kernelIds: readonly number[]): KnownFact[][] {
  const configs = factSources(index, 'config');
  const tables = tableSources(index);
  return kernelIds.map((id) => {
    const kernel = kernelById(index, id);
    return FACT_KINDS.map((kind) => factOf(kind, kernel, configs.get(id), tables.get(id)));
  });
}

interface TableSource {
  readonly parts: ReadonlySet<string>;
  readonly source: string;
}

function factOf(
  kind: FactKind,
  kernel: Kernel,
  config: string | undefined,
  tables: TableSource | undefined,
): KnownFact {
  switch (kind) {
    case 'types':
      return { kind, known: true, count: kernel.types, source: kernel.source };
    case 'modules':
      return { kind, known: kernel.modules !== null, ...of(kernel.modules, kernel.source) };
    case 'config':
      return { kind, known: kernel.config !== null, ...of(kernel.config, config || kernel.source) };
    default: {
      const known = tables?.parts.has(PART_OF[kind] ?? kind) ?? false;
      const image = tables?.source === 'elf' ? 'symbols of the ELF file' : 'kallsyms of the image';
      const source = kind === 'moduleTables' ? "the modules' files" : image;
      return { kind, known, count: null, source: known ? source : null };
    }
  }
}

function of(count: number | null, source: string): Pick<KnownFact, 'count' | 'source'> {
  return { count, source: count === null ? null : source };
}

function tableSources(index: BtfIndex): ReadonlyMap<number, TableSource> {
  if (!hasTableFacts(index)) return new Map();
  const rows = index.statement('SELECT kernel, parts, source FROM kernel_tables').all() as [number, string, string][];
  const ids = rows.map(([kernel]) => kernel);
  // Two kinds are a part of a list, which says whether they are known.
  const hooks = factsByKey(index, 'idSets', 'bpf_lsm_hooks', ids);
  const calls = factsByKey(index, 'about', 'compatCalls', ids);
  return new Map(
    rows.map(([kernel, own, source], i) => {
      const parts = new Set(own.split(' '));
      if (typeof hooks[i]?.value === 'string') parts.add('lsmHooks');
      if (calls[i]?.value === 'true') parts.add('compatCalls');
      return [kernel, { parts, source }];
    }),
  );
}

/** Names of modules of any kernel that begin with `prefix`, in order. */
export function moduleNames(index: BtfIndex, prefix = ''): string[] {
  const rows = index
    .statement('SELECT DISTINCT n.text FROM module m JOIN name n ON n.id = m.name ORDER BY 1')
    .all() as [string][];
  return rows.map(([name]) => name).filter((name) => name.startsWith(prefix));
}
