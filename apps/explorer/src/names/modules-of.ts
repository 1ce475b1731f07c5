// Where a declaration is: in the kernel itself, or in which modules.

const MOST_NAMES = 4;

/** `vmlinux`, or the modules' names. */
export function modulesOf({ places }: { readonly places: readonly { readonly module: string | null }[] }): string {
  const names = [...new Set(places.map(({ module }) => module ?? 'vmlinux'))];
  if (names.length > MOST_NAMES && names.includes('vmlinux')) return `vmlinux and ${names.length - 1} modules`;
  return names.length > MOST_NAMES
    ? `${names.slice(0, MOST_NAMES).join(', ')} and ${names.length - MOST_NAMES} more`
    : names.join(', ');
}
