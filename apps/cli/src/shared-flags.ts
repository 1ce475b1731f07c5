// Flags that several commands share, so that they are spelt and explained alike.

/** `--db FILE`: which index. See `indexPath` for its default. */
export const dbFlag = {
  value: 'FILE',
  help: 'the index file, or the URL of a published index (default: $BTFQ_DB, else btfq.db in the current folder)',
  complete: 'file',
} as const;

/** `--offline`: of an index by URL, only what was kept of earlier questions. */
export const offlineFlag = {
  help: 'ask no server: answer from what was cached of a published index',
} as const;

/** `--where distro=debian,arch=x86_64,release=6.1*`: which kernels. Parsed by `@btfq/btf-index`. */
export const whereFlag = {
  value: 'FILTER',
  kind: 'list',
  help: 'only these kernels, such as distro=debian,arch=x86_64,release=6.1*',
} as const;

/** `--module NAME`: what a module declares, or with `vmlinux` what kernels declare themselves. */
export const moduleFlag = {
  value: 'NAME',
  help: 'only declarations of this module; vmlinux means those of the kernels themselves',
  complete: 'module',
} as const;

/** `-B BASE`, `--base-btf BASE`: the BTF that a split BTF continues, as bpftool spells it. */
export const baseFlag = {
  value: 'FILE',
  short: 'B',
  help: 'the base of a split BTF, such as vmlinux for a module',
  complete: 'file',
} as const;

/** `--force`: read split BTF over a base that it cannot have been split from. */
export const forceFlag = { help: 'read split BTF even if the base cannot be the one that it was split from' } as const;

/** The index that a command means: `--db`, else `$BTFQ_DB`, else `btfq.db` in the working directory. */
export function indexPath(
  flags: { db: string | undefined },
  io: { env: Readonly<Record<string, string | undefined>> },
) {
  return flags.db ?? (io.env['BTFQ_DB'] || 'btfq.db');
}
