// Where a declaration is: in the kernel itself, or in which modules.

/** `vmlinux`, or the modules' names. */
export function modulesOf({ places }: { readonly places: readonly { readonly module: string | null }[] }): string {
  return [...new Set(places.map(({ module }) => module ?? 'vmlinux'))].join(', ');
}
