// Candidates: the target types whose name, without flavour, is the local root type's, and whose kind fits. libbpf.c
// bpf_core_find_cands and bpf_core_add_cands: vmlinux first; modules only where it has none.

import { type Btf, type BtfKind, idsByEssentialName } from '@btfq/btf-format';
import { scanForNames } from './name-scan.ts';
import { isEnum, kindsCompatible } from './type-walk.ts';

/** A kernel: its own types and those of its modules, which are split over it. */
export interface TargetKernel {
  readonly vmlinux: Btf;
  /** In the order in which they were loaded. */
  readonly modules?: readonly { readonly name: string; readonly btf: Btf }[];
}

/** A type that may be what the program means. */
export interface Candidate {
  readonly btf: Btf;
  /** `vmlinux` or the module's name. */
  readonly module: string;
  readonly typeId: number;
}

/** What is known of a target's names. */
interface KnownNames {
  /** Ids in the main BTF by essential name, as far as they were looked for. */
  readonly ids: Map<string, readonly number[]>;
  /** By kind and essential name. */
  readonly candidates: Map<string, readonly Candidate[]>;
}
const known = new WeakMap<Btf | TargetKernel, KnownNames>();

function knownNames(target: Btf | TargetKernel): KnownNames {
  let names = known.get(target);
  if (names === undefined) known.set(target, (names = { ids: new Map(), candidates: new Map() }));
  return names;
}

/** A target is a whole kernel, or one BTF given in its place (libbpf's btf_custom_path), where modules are not looked at. */
function isKernel(target: Btf | TargetKernel): target is TargetKernel {
  return 'vmlinux' in target;
}

/** The BTF that stands for vmlinux. */
export function mainBtf(target: Btf | TargetKernel): Btf {
  return isKernel(target) ? target.vmlinux : target;
}

/**
 * Looks for many names at once, where none was looked for yet: the one pass that this takes is a fraction of what the
 * table of all names takes that single look-ups build.
 */
export function prepareCandidates(target: Btf | TargetKernel, names: readonly string[]): void {
  const { ids } = knownNames(target);
  const btf = mainBtf(target);
  if (ids.size > 0 || btf.base !== undefined || names.length === 0) return;
  for (const [name, found] of scanForNames(btf, names)) ids.set(name, found);
}

/** Candidates by ascending id; remembered for each target. `name` is essential and not empty. */
export function findCandidates(target: Btf | TargetKernel, name: string, kind: BtfKind): readonly Candidate[] {
  const { ids, candidates } = knownNames(target);
  const key = `${isEnum(kind) ? 'enum' : kind} ${name}`;
  let found = candidates.get(key);
  if (found === undefined) {
    const btf = mainBtf(target);
    let named = ids.get(name);
    if (named === undefined) ids.set(name, (named = idsByEssentialName(btf, name)));
    candidates.set(key, (found = search(target, name, kind, named)));
  }
  return found;
}

function search(target: Btf | TargetKernel, name: string, kind: BtfKind, named: readonly number[]): Candidate[] {
  const inMain = candidatesOf(mainBtf(target), 'vmlinux', kind, named);
  if (inMain.length > 0 || !isKernel(target)) return inMain;
  return (target.modules ?? []).flatMap((module) =>
    candidatesOf(module.btf, module.name, kind, idsByEssentialName(module.btf, name, true)),
  );
}

function candidatesOf(btf: Btf, module: string, kind: BtfKind, named: readonly number[]): Candidate[] {
  return named.filter((typeId) => kindsCompatible(btf.kind(typeId), kind)).map((typeId) => ({ btf, module, typeId }));
}
