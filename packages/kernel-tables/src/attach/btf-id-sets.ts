// Sets of BTF ids that the kernel keeps (`BTF_SET_START`, include/linux/btf_ids.h): which functions and hooks it treats
// otherwise. The ids are those of the kernel's own BTF.

import { BtfKind } from '@btfq/btf-format';
import type { KernelView } from '../kernel-view.ts';

/** The sets that matter to programs, by the names that the kernel's sources give them. */
export const ID_SETS = [
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

const MAX_IDS = 100_000;

/**
 * The names in a set. Empty where a kernel that shows its data symbols has no set of that name; undefined where the symbols
 * of data are not in the image, or the set is damaged.
 */
export function idSet(view: KernelView, name: IdSetName): readonly string[] | undefined {
  const { memory, symbols, btf } = view;
  const at = symbols.address(name);
  if (at === undefined) return hasDataSymbols(view) ? [] : undefined;
  const count = memory.u32(at);
  if (count === undefined || count > MAX_IDS || memory.bytes(at + 4n, 4 * count) === undefined) return undefined;
  const names: string[] = [];
  for (let i = 0; i < count; i++) {
    const id = memory.u32(at + 4n + BigInt(4 * i)) ?? 0;
    // 0: a function that this configuration does not have.
    if (id === 0 || id >= btf.typeCount || btf.kind(id) !== BtfKind.Func) continue;
    names.push(btf.name(id));
  }
  return names.sort();
}

/** Whether kallsyms has the symbols of data (CONFIG_KALLSYMS_ALL), or an ELF file its symbol table. */
export function hasDataSymbols({ symbols }: Pick<KernelView, 'symbols'>): boolean {
  return symbols.has('init_task') || symbols.has('jiffies');
}
