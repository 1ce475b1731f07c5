// What encodeBtf may be asked to do differently. The defaults are the flags of the kernel's scripts/Makefile.btf.

import type { Btf } from '@btfq/btf-format';
import type { Decompress } from '@btfq/elf';
import type { ModuleBase } from './intern/module-base.ts';
import type { ByteSource } from './source.ts';

/** How BTF is made from debug information. */
export interface DwarfOptions {
  /**
   * The vmlinux's BTF, for a module: what comes out is split BTF that continues it. For many modules make one
   * {@link ModuleBase} of it.
   */
  readonly base?: Btf | ModuleBase | undefined;
  /** Opens compressed sections (`SHF_COMPRESSED`, `.zdebug_*`). Default: none, and such a file is refused. */
  readonly decompress?: Decompress | undefined;
  /** The file that `.gnu_debugaltlink` names, where dwz moved the common part out; or who finds it by that name. */
  readonly alternate?: ByteSource | ((name: string) => ByteSource | undefined) | undefined;
  /** false: DW_ATE_float as INT, as before kernel 5.13. Default: true, FLOAT. */
  readonly floats?: boolean | undefined;
  /** false: enums of 8 bytes as ENUM with the low halves of their values, as before 6.0. Default: true, ENUM64. */
  readonly enum64?: boolean | undefined;
  /** false: no DECL_TAGs of `btf_decl_tag` and of kfuncs. Default: true. */
  readonly declTags?: boolean | undefined;
  /** false: no TYPE_TAGs of `btf_type_tag`. Default: true. */
  readonly typeTags?: boolean | undefined;
  /** `address_space(1)` on arena pointers of kfuncs that are flagged so (pahole's feature `attributes`). Default: true. */
  readonly attributes?: boolean | undefined;
  /** false: no DECL_TAGs for kfuncs. Default: true. */
  readonly declTagKfuncs?: boolean | undefined;
  /** false: functions with several prototypes stay. Default: true, they are left out (`consistent_func`). */
  readonly consistentFunctions?: boolean | undefined;
  /** Which variables: those in `.data..percpu` (default), all global ones too, or none. */
  readonly variables?: 'percpu' | 'global' | 'none' | undefined;
  /** true: arrays of several dimensions as one ARRAY, as pahole did up to 1.26. Default: one for each dimension. */
  readonly flatArrays?: boolean | undefined;
  /** true: the 32-byte header with a layout section. Default: the 24-byte header. */
  readonly layout?: boolean | undefined;
  /** Languages whose units are left out, by DW_LANG number. Default: Rust. */
  readonly excludeLanguages?: readonly number[] | undefined;
  /** Called now and then with the bytes of `.debug_info` that were read, of how many. */
  readonly onProgress?: ((done: number, total: number) => void) | undefined;
}
