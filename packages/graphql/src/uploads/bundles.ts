// What a bundle is to those who ask for it.

/** What is kept of a bundle beside its archive. Kernels are by their id, `distro/version/arch/release`. */
export interface StoredBundle {
  readonly id: string;
  readonly kernels: number;
  readonly distinct: number;
  readonly bytes: number;
  /** How the archive's name ends: `tar.gz`, `tar.xz`. */
  readonly extension: string;
  readonly entries: readonly StoredEntry[];
}
export interface StoredEntry {
  readonly kernel: string;
  readonly path: string;
  readonly sha256: string;
  readonly bytes: number;
  readonly unsatisfied: readonly string[];
}

/** A bundle before it has a place. */
export type MadeBundle = Omit<StoredBundle, 'id' | 'bytes'> & { readonly archive: Uint8Array };
