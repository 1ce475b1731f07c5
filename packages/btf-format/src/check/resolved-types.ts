// What the rules of functions and members ask of the types that are being resolved (kernel-resolve.ts, which calls them).

import type { BtfKind } from '../kinds.ts';

/** The types of one BTF without base, read as the kernel's checks read them, and how far each is resolved. */
export interface ResolvedTypes {
  /** Bytes of a pointer on the machine that the BTF is for. */
  readonly pointerBytes: number;
  kind(id: number): BtfKind;
  vlen(id: number): number;
  /** The third word of `struct btf_type`: a size in bytes or a type id. */
  third(id: number): number;
  /** The nth word after `struct btf_type`. */
  word(id: number, n: number): number;
  isResolved(id: number): boolean;
  /** Whether a rule did not hold for it, which was reported then. */
  isFailed(id: number): boolean;
  /** btf_resolve: a type and all that it needs. False, and reported, where a rule does not hold. */
  resolve(id: number): boolean;
  /** btf_type_id_size: the type at the end of typedefs and modifiers and its bytes; undefined where it has no size. */
  sized(id: number): { readonly id: number; readonly size: number } | undefined;
}
