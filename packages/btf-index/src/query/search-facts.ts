// Finding what kernels have besides declarations by a part of its name: trace events, system calls, helpers, kfuncs, symbols
// of the configuration. In an index on this machine all names are read once; in a published one only those that begin so.

import { BtfKind } from '@btfq/btf-format';
import { decodeEnum } from '../encoding/type-code.ts';
import type { BtfIndex } from '../store/btf-index.ts';
import { CONFIG_SYMBOL } from '../store/config-rows.ts';
import { isPublished } from '../store/published-parts.ts';
import { rowsOf } from '../store/row-cache.ts';
import { factKeys } from '../store/table-facts.ts';
import { VarintReader } from '../varints.ts';
import { configSymbolNames } from './config.ts';
import { traceEventNames } from './kernel-facts.ts';

/** What a name that is no declaration's stands for. */
export type FactNameKind = 'tracepoint' | 'syscall' | 'helper' | 'kfunc' | 'config';

/** A name that has the text in it. */
export interface FactHit {
  readonly kind: FactNameKind;
  /** `sched/sched_switch`, `openat`, `bpf_d_path`, `bpf_task_acquire`, `CONFIG_BPF_LSM`. */
  readonly name: string;
}

interface Ranked {
  readonly hit: FactHit;
  readonly rank: number;
}

const MOST_KEYS = 100_000;
const NAMES = Symbol('fact names');

/**
 * Names that are `text`, begin with it, or have it inside, in this order and shorter names first. A name may be given without what
 * all of its kind begin with: `bpf_`, `CONFIG_`, `sys_`, the event's system.
 */
export function searchFacts(index: BtfIndex, text: string, limit = 20): FactHit[] {
  const wanted = text.trim().replace(':', '/').toLowerCase();
  if (wanted === '' || limit <= 0) return [];
  const names = isPublished(index) ? namesBeginning(index, wanted) : allNames(index);
  const found: Ranked[] = [];
  for (const hit of names) {
    const rank = rankOf(hit, wanted);
    if (rank !== undefined) found.push({ hit, rank });
  }
  const order = (a: Ranked, b: Ranked) =>
    a.rank - b.rank || a.hit.name.length - b.hit.name.length || (a.hit.name < b.hit.name ? -1 : 1);
  return found
    .sort(order)
    .slice(0, limit)
    .map(({ hit }) => hit);
}

function rankOf({ name }: FactHit, wanted: string): number | undefined {
  const whole = name.toLowerCase();
  const at = whole.indexOf(wanted.replace(/^sys_/, ''));
  if (at < 0) return undefined;
  const own = whole.replace(/^(bpf_|config_|[^/]*\/)/, '');
  const asked = wanted.replace(/^(bpf_|config_|sys_)/, '');
  if (whole === wanted || own === asked) return 0;
  return own.startsWith(asked) || at === 0 ? 1 : 2;
}

/** Every name, read once. */
function allNames(index: BtfIndex): readonly FactHit[] {
  return index.cached(NAMES, () => [
    ...tableNames(index, ''),
    ...helperNames(index),
    ...configSymbolNames(index, '').map((name): FactHit => ({ kind: 'config', name })),
  ]);
}

/** Of a published index: a few ranges of sorted keys, and no list as a whole but that of helpers, which is one enum. */
function namesBeginning(index: BtfIndex, wanted: string): FactHit[] {
  const rows = rowsOf(index);
  const symbol = `CONFIG_${wanted.replace(/^config_/, '').toUpperCase()}`;
  const config = rows.name(symbol);
  return [
    ...tableNames(index, wanted.replace(/^sys_/, '')),
    ...(wanted.startsWith('bpf_') ? [] : tableNames(index, `bpf_${wanted}`)),
    ...helperNames(index),
    ...(config !== undefined && rows.declared(CONFIG_SYMBOL, config).length > 0
      ? [{ kind: 'config' as const, name: symbol }]
      : []),
  ];
}

/** Names of the kernels' own tables that begin so. */
function tableNames(index: BtfIndex, prefix: string): FactHit[] {
  // A kfunc has a key for each program type: `bpf_task_acquire TRACING`.
  const kfuncs = new Set([
    ...factKeys(index, 'kfuncs', prefix, MOST_KEYS).map((key) => key.slice(0, key.lastIndexOf(' '))),
    ...ofModules(index, 'kfuncs', prefix),
  ]);
  return [
    ...traceEventNames(index, prefix, MOST_KEYS).map((name): FactHit => ({ kind: 'tracepoint', name })),
    ...factKeys(index, 'systemCalls', prefix, MOST_KEYS).map((name): FactHit => ({ kind: 'syscall', name })),
    ...[...kfuncs].map((name): FactHit => ({ kind: 'kfunc', name })),
  ];
}

/** The names of a list that modules add, of keys `LIST NAME ... MODULE`. */
function ofModules(index: BtfIndex, list: 'kfuncs', prefix: string): string[] {
  return factKeys(index, 'moduleFacts', `${list} ${prefix}`, MOST_KEYS).map((key) => key.split(' ')[1] ?? '');
}

/** The helpers that any kernel's `enum bpf_func_id` names. */
function helperNames(index: BtfIndex): FactHit[] {
  const rows = rowsOf(index);
  const id = rows.name('bpf_func_id');
  if (id === undefined) return [];
  const texts = new Set<string>();
  for (const row of rows.declared(BtfKind.Enum, id)) {
    const { values } = decodeEnum(new VarintReader(row.body));
    rows.loadTexts(values.map(({ name }) => name));
    for (const { name } of values) texts.add(rows.text(name));
  }
  return [...texts]
    .filter((text) => /^BPF_FUNC_\w+$/.test(text) && text !== 'BPF_FUNC_unspec')
    .map((text): FactHit => ({ kind: 'helper', name: text.replace('BPF_FUNC_', 'bpf_') }));
}
