// Answers narrowed to what one module declares, or kernels themselves.

import type { DeclarationPlace } from '@btfq/btf-index/read';

interface Placed {
  readonly kernelIds: readonly number[];
  readonly places: readonly DeclarationPlace[];
}

/** Those that are in a module (`vmlinux`: in kernels themselves), with what they have there alone; undefined: all. */
export function narrowed<T extends Placed>(all: readonly T[], module: string | undefined): readonly T[] {
  if (module === undefined) return all;
  return all.flatMap((one) => {
    const place = one.places.find((other) => (other.module ?? 'vmlinux') === module);
    return place === undefined ? [] : [{ ...one, kernelIds: place.kernelIds, places: [place] }];
  });
}
