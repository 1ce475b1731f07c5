// Where a declaration is, for people.

import type { DeclarationPlace } from '@btfq/btf-index';

/** How many modules are named before they are counted. */
const NAMED = 3;

/** `xfs`, `vmlinux, xfs`, `hid, usbhid, wacom and 40 more`; '' where only kernels themselves have it. */
export function modulesText(places: readonly DeclarationPlace[]): string {
  if (places.every(({ module }) => module === null)) return '';
  const names = places.map(({ module }) => module ?? 'vmlinux');
  if (names.length <= NAMED + 1) return names.join(', ');
  return `${names.slice(0, NAMED).join(', ')} and ${names.length - NAMED} more`;
}

/** The parts of one kernel that have it: `vmlinux`, or modules. */
export function declaredIn(places: readonly DeclarationPlace[], kernelId: number): string[] {
  return places.filter(({ kernelIds }) => kernelIds.includes(kernelId)).map(({ module }) => module ?? 'vmlinux');
}

/** For `--json`: modules that have it, each with its kernels by name. */
export function namedModules(
  places: readonly DeclarationPlace[],
  names: (ids: readonly number[]) => readonly string[],
): { readonly module: string; readonly kernels: readonly string[] }[] {
  return places.flatMap(({ module, kernelIds }) => (module === null ? [] : [{ module, kernels: names(kernelIds) }]));
}
