// Sets of BTF ids where their symbols are missing: by the code that asks them. `btf_id_set_contains(set, id)` is one function
// up to 6.6; what each of its calls passes is read from the instructions in front of the call.

import { callsTo } from '../kfuncs/call-sites.ts';
import type { KernelView } from '../kernel-view.ts';
import { firstArgument } from './first-argument.ts';

/** The sets that are asked. */
export interface PassedSets {
  /** Addresses of sets, each once. */
  readonly sets: readonly bigint[];
  /** Whether every call was understood: then what is not among them is not asked by this kernel. */
  readonly isWhole: boolean;
}

const known = new WeakMap<KernelView['symbols'], { readonly sets: PassedSets | undefined }>();

/** What calls of `btf_id_set_contains` pass; undefined where the kernel has no such function. */
export function passedSets(view: KernelView): PassedSets | undefined {
  const before = known.get(view.symbols);
  if (before) return before.sets;
  const sets = readPassedSets(view);
  known.set(view.symbols, { sets });
  return sets;
}

function readPassedSets(view: KernelView): PassedSets | undefined {
  const contains = view.symbols.address('btf_id_set_contains');
  if (contains === undefined) return undefined;
  const sets = new Set<bigint>();
  let isWhole = true;
  for (const { caller, sites } of callsTo(view, [contains])) {
    for (const { returns } of sites) {
      const set = firstArgument(view, caller, returns);
      if (set !== undefined && view.memory.regionOf(set) !== undefined) sets.add(set);
      else isWhole = false;
    }
  }
  return { sets: [...sets], isWhole };
}
