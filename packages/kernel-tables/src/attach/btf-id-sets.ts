// Sets of BTF ids that the kernel keeps (`BTF_SET_START`, include/linux/btf_ids.h): which functions and hooks it treats
// otherwise. The ids are those of the kernel's own BTF.

import { BtfKind } from '@btfq/btf-format';
import { hasDataSymbols, type KernelView } from '../kernel-view.ts';
import { passedSets } from '../locate/passed-sets.ts';

/** The sets that matter to programs, by the names that the kernel's sources give them. */
export const ID_SETS = [
  /** All hooks that programs may attach to, as far as the others do not say otherwise. */
  'bpf_lsm_hooks',
  /** LSM hooks that may run sleepable programs. */
  'sleepable_lsm_hooks',
  /** LSM hooks whose arguments are not trusted. */
  'untrusted_lsm_hooks',
  /** LSM hooks that no program can attach to. */
  'bpf_lsm_disabled_hooks',
  /** Functions that no tracing program may attach to. */
  'btf_id_deny',
  /** Functions that do not return: no fexit, no fmod_ret. */
  'noreturn_deny',
  /** Functions with error injection that must not sleep. */
  'btf_non_sleepable_error_inject',
  /** Functions whose programs may call bpf_d_path. */
  'btf_allowlist_d_path',
] as const;
/** The name of a set in the kernel's sources. */
export type IdSetName = (typeof ID_SETS)[number];

const MAX_IDS = 10_000;
/** What 5.10 calls them. */
const OLDER_NAMES: Partial<Readonly<Record<IdSetName, string>>> = { sleepable_lsm_hooks: 'btf_sleepable_lsm_hooks' };

/**
 * The names in a set. Empty where the kernel has no such set; undefined where the image does not tell, or the set is
 * damaged.
 */
export function idSet(view: KernelView, name: IdSetName): readonly string[] | undefined {
  const { symbols } = view;
  if (!hasDataSymbols(view)) return askedSet(view, name);
  // Another object may have the same name: what is no set of functions is that.
  const indexes = [...symbols.indexesOf(name), ...symbols.indexesOf(OLDER_NAMES[name] ?? '')];
  if (indexes.length === 0) return [];
  const sets = indexes.map((index) => setAt(view, symbols.addresses[index]!));
  return sets.find((names) => names !== undefined && names.length > 0) ?? sets.find((names) => names !== undefined);
}

/** The functions of a set, sorted; undefined where there is no set of functions. */
export function setAt({ memory, idTypes: btf }: KernelView, at: bigint): readonly string[] | undefined {
  const count = memory.u32(at);
  if (count === undefined || count > MAX_IDS || memory.bytes(at + 4n, 4 * count) === undefined) return undefined;
  const names: string[] = [];
  for (let i = 0; i < count; i++) {
    const id = memory.u32(at + 4n + BigInt(4 * i)) ?? 0;
    if (id === 0) continue; // a function that this configuration does not have
    if (id >= btf.typeCount || btf.kind(id) !== BtfKind.Func) return undefined;
    names.push(btf.name(id));
  }
  return names.sort();
}

const isHook = (name: string) => name.startsWith('bpf_lsm_');
const has = (member: string, other?: string) => (names: readonly string[]) => {
  return names.includes(member) && (other === undefined || !names.includes(other));
};
/** Distinguishes a set from others by its members: only the sets of hooks hold hooks. */
const MARKS: Readonly<Record<IdSetName, (names: readonly string[]) => boolean>> = {
  bpf_lsm_hooks: (names) => names.every(isHook) && has('bpf_lsm_file_open')(names) && has('bpf_lsm_task_free')(names),
  sleepable_lsm_hooks: (names) =>
    names.every(isHook) && has('bpf_lsm_bprm_committed_creds', 'bpf_lsm_task_free')(names),
  untrusted_lsm_hooks: (names) => names.every(isHook) && has('bpf_lsm_task_free', 'bpf_lsm_file_open')(names),
  bpf_lsm_disabled_hooks: (names) => names.every(isHook) && has('bpf_lsm_vm_enough_memory', 'bpf_lsm_file_open')(names),
  btf_id_deny: has('migrate_disable'),
  noreturn_deny: has('do_exit'),
  btf_non_sleepable_error_inject: has('should_failslab'),
  btf_allowlist_d_path: has('vfs_truncate'),
};

/** A set by who is in it, of those that the kernel's code asks; empty where all that is asked is known and it is not among them. */
function askedSet(view: KernelView, name: IdSetName): readonly string[] | undefined {
  const asked = passedSets(view);
  if (asked === undefined) return undefined;
  const sets = asked.sets.map((at) => setAt(view, at));
  const own = sets.filter((names) => names !== undefined && names.length > 0 && MARKS[name](names));
  if (own.length === 1) return own[0];
  return own.length === 0 && asked.isWhole && sets.every((names) => names !== undefined) ? [] : undefined;
}
