// Candidates: the target types whose name, without flavour, is the local root type's, and whose kind fits. libbpf.c
// bpf_core_find_cands and bpf_core_add_cands: vmlinux first; modules only where it has none.

import { type Btf, type BtfKind, idsByEssentialName } from '@btfq/btf-format';
import { isEnum, kindsCompatible, pointerBytesOf } from './type-walk.ts';

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
  /** Bytes of a pointer in `btf`. */
  readonly pointerBytes: number;
}

type CandidatesByName = Map<string, readonly Candidate[]>;
const known = new WeakMap<Btf | TargetKernel, CandidatesByName>();

/** A target is a whole kernel, or one BTF given in its place (libbpf's btf_custom_path), where modules are not looked at. */
export function isKernel(target: Btf | TargetKernel): target is TargetKernel {
  return 'vmlinux' in target;
}

/** The BTF that stands for vmlinux. */
export function mainBtf(target: Btf | TargetKernel): Btf {
  return isKernel(target) ? target.vmlinux : target;
}

/** Candidates by ascending id; remembered for each target. `name` is essential and not empty. */
export function findCandidates(target: Btf | TargetKernel, name: string, kind: BtfKind): readonly Candidate[] {
  let byName = known.get(target);
  if (byName === undefined) known.set(target, (byName = new Map()));
  const key = `${isEnum(kind) ? 'enum' : kind} ${name}`;
  let found = byName.get(key);
  if (found === undefined) byName.set(key, (found = search(target, name, kind)));
  return found;
}

function search(target: Btf | TargetKernel, name: string, kind: BtfKind): Candidate[] {
  const inMain = candidatesIn(mainBtf(target), 'vmlinux', name, kind, false);
  if (inMain.length > 0 || !isKernel(target)) return inMain;
  return (target.modules ?? []).flatMap((module) => candidatesIn(module.btf, module.name, name, kind, true));
}

function candidatesIn(btf: Btf, module: string, name: string, kind: BtfKind, own: boolean): Candidate[] {
  const pointerBytes = pointerBytesOf(btf);
  return idsByEssentialName(btf, name, own)
    .filter((typeId) => kindsCompatible(btf.kind(typeId), kind))
    .map((typeId) => ({ btf, module, typeId, pointerBytes }));
}
