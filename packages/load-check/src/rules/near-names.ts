// Names of the kernel that are close to one that it does not have: what a function may have become.

import { type Btf, BtfKind } from '@btfq/btf-format';
import type { KernelView } from '../kernel/kernel-view.ts';

/** Endings that compilers and kernels add, and beginnings that renames bring. */
const AFFIXES = ['__', '___', '_', 'do_', '__do_', 'ksys_', 'vfs_'];

const tables = new WeakMap<Btf, readonly string[]>();

/** Up to `limit` names of a kind that are close to `name`, the closest first. */
export function nearNames({ kernel, vmlinux }: KernelView, kind: BtfKind, name: string, limit = 3): string[] {
  if (kind !== BtfKind.Func) return [];
  const bare = strip(name);
  // of two near names one holds the other, but for what stands in front of them
  const hits = (kernel.namesLike?.(bare) ?? functionNames(vmlinux)).filter(
    (candidate) =>
      (candidate.includes(bare) || name.startsWith(candidate)) && candidate !== name && isNear(candidate, name, bare),
  );
  hits.sort((a, b) => Math.abs(a.length - name.length) - Math.abs(b.length - name.length) || (a < b ? -1 : 1));
  return hits.slice(0, limit);
}

function functionNames(btf: Btf): readonly string[] {
  let names = tables.get(btf);
  if (names === undefined) {
    const found: string[] = [];
    for (let id = 1; id < btf.typeCount; id++) if (btf.kind(id) === BtfKind.Func) found.push(btf.name(id));
    tables.set(btf, (names = found));
  }
  return names;
}

function strip(name: string): string {
  const affix = AFFIXES.filter((prefix) => name.startsWith(prefix)).sort((a, b) => b.length - a.length)[0];
  return affix === undefined ? name : name.slice(affix.length);
}

/** The same name with another beginning or a further ending: `__blk_account_io_start`, `kmem_cache_alloc_noprof`. */
function isNear(candidate: string, name: string, bare: string): boolean {
  if (strip(candidate) === bare) return true;
  if (candidate.startsWith(`${name}_`) || candidate.startsWith(`${bare}_`)) return candidate.length <= name.length + 8;
  return name.startsWith(`${candidate}_`) && name.length <= candidate.length + 8;
}
