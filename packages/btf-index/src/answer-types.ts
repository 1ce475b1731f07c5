// What the questions answer: plain values that the command line prints and GraphQL serves. Kernels appear as row ids
// (`kernelIds`, sorted as `Kernel`s sort: distro, version, kernel release as versions compare, arch): `kernelsByIds`
// turns them into `Kernel`s without a statement, so a list of 10,000 costs an array and not 10,000 objects.

import type { KernelIdentity } from '@btfq/kernel-source/identity';

export type { KernelIdentity };

/** A name under which a BTF was ingested. Two kernels with the same `sha256` share one stored BTF. */
export interface Kernel extends KernelIdentity {
  /** Row id: small, stable while the kernel is in this index, meaningless in another. */
  readonly id: number;
  /** `distro/version/arch/release`. */
  readonly name: string;
  /** Of its BTF, hexadecimal. */
  readonly sha256: string;
  /** Size of its BTF. */
  readonly bytes: number;
  readonly types: number;
  readonly littleEndian: boolean;
  /** 4 or 8; null where its BTF does not say. */
  readonly pointerSize: number | null;
  /** How many modules are stored with it; null where its modules were not given: then nothing is known of them. */
  readonly modules: number | null;
  /** How many symbols its configuration has; null where that is not known. */
  readonly config: number | null;
  /** Where its BTF came from, for people. */
  readonly source: string;
  /** ISO 8601. */
  readonly ingestedAt: string;
  /** Name and version of the program that ingested it. */
  readonly tool: string;
  /** What named it, part by part: `distro: banner, version: banner, arch: image, release: banner`; '' where not recorded. */
  readonly identified: string;
  /** The source's own `Linux version ...`; null where it has none or none was recorded. */
  readonly banner: string | null;
}

/** A module whose BTF is stored with a kernel. */
export interface KernelModuleInfo {
  readonly kernelId: number;
  readonly name: string;
  readonly bytes: number;
  /** Whether it has a distilled base (`.BTF.base`) of its own. */
  readonly distilled: boolean;
}

/** Kinds of declarations that questions are asked about. */
export type DeclarationKind = 'struct' | 'union' | 'enum' | 'typedef' | 'func' | 'var';
/** BTF's linkage of functions and variables. */
export type Linkage = 'static' | 'global' | 'extern';

/** Where a declaration is, in one part of kernels. */
export interface DeclarationPlace {
  /** A module's name; null for the kernel itself, its vmlinux. */
  readonly module: string | null;
  readonly kernelIds: readonly number[];
}

/** One distinct content of a declaration, and the kernels that have it, in themselves or in a module. */
export interface Declaration {
  /** Row id in this index. */
  readonly id: number;
  readonly kind: DeclarationKind;
  readonly name: string;
  /** Of the content, 16 hexadecimal digits: the same in every index. */
  readonly hash: string;
  readonly kernelIds: readonly number[];
  /** The kernel itself first, then modules by name. */
  readonly places: readonly DeclarationPlace[];
}

/** A member in one layout. Anonymous members are listed, then their own members follow with `depth` one more. */
export interface LayoutField {
  /** '' for anonymous members. */
  readonly name: string;
  /** As C writes it, without the name: `struct mm_struct *`, `char[16]`. */
  readonly type: string;
  /** Bytes from the start of the outermost struct; for a bitfield, of the byte that holds its first bit. */
  readonly offset: number;
  /** Bits from the start of the outermost struct. */
  readonly bitOffset: number;
  /** Width in bits of a bitfield, else null. */
  readonly bitSize: number | null;
  /** Bytes; null where the type has no size. For a bitfield, of its declared type. */
  readonly size: number | null;
  readonly depth: number;
  /** The type with what anonymous types in it hold written out; only where `type` reads `{...}`. */
  readonly full?: string;
  /**
   * For a named member of an anonymous struct or union, or an array of one: the members of that, as a layout of its own
   * whose offsets count from the start of the (first) element.
   */
  readonly inner?: readonly LayoutField[];
}

/** A struct or union. */
export interface StructLayout extends Declaration {
  readonly kind: 'struct' | 'union';
  /** Set where it has no tag of its own and goes by the name of a typedef, as `atomic_t` does. */
  readonly typedef?: true;
  readonly size: number;
  readonly fields: readonly LayoutField[];
}

/** An enum: its enumerators in order. */
export interface EnumVariant extends Declaration {
  readonly kind: 'enum';
  readonly size: number;
  readonly signed: boolean;
  readonly enumerators: readonly { readonly name: string; readonly value: bigint }[];
}

/** A typedef: what it stands for. */
export interface TypedefVariant extends Declaration {
  readonly kind: 'typedef';
  readonly type: string;
  /** As in `LayoutField`: what an anonymous type holds. */
  readonly full?: string;
  readonly inner?: readonly LayoutField[];
}

/** A function: its signature. */
export interface FuncVariant extends Declaration {
  readonly kind: 'func';
  readonly linkage: Linkage;
  /** `int vfs_open(const struct path *path, struct file *file)`. */
  readonly signature: string;
  readonly returns: string;
  /** A final `...` has the name '' and the type `...`. */
  readonly params: readonly { readonly name: string; readonly type: string }[];
  /** The signature with what anonymous types in it hold written out; only where there are such. */
  readonly full?: string;
}

/** A variable: its type. */
export interface VariableVariant extends Declaration {
  readonly kind: 'var';
  readonly linkage: Linkage;
  readonly type: string;
  /** As in `LayoutField`: what an anonymous type holds. */
  readonly full?: string;
  readonly inner?: readonly LayoutField[];
}

/** The answer type of a kind. */
export interface VariantOf {
  readonly struct: StructLayout;
  readonly union: StructLayout;
  readonly enum: EnumVariant;
  readonly typedef: TypedefVariant;
  readonly func: FuncVariant;
  readonly var: VariableVariant;
}

/** Where a field is, in bytes and bits from the start of the struct. */
export interface FieldPlace {
  readonly offset: number;
  readonly bitOffset: number;
  readonly bitSize: number | null;
  readonly size: number | null;
  readonly type: string;
}

/** One distinct place of a field, with its kernels. */
export interface FieldVariant extends FieldPlace {
  readonly kernelIds: readonly number[];
  /** Where the struct is that has the field there. */
  readonly places: readonly DeclarationPlace[];
  /** Declarations of the outer struct with the field there. */
  readonly declarationIds: readonly number[];
}

/**
 * A field over kernels. A kernel is in several variants where it has several structs of that name in which the field
 * lies differently: those kernels are in `ambiguousIn`.
 */
export interface FieldAnswer {
  readonly kind: 'struct' | 'union';
  readonly struct: string;
  readonly field: string;
  readonly variants: readonly FieldVariant[];
  /** Kernels that have the struct, but no struct of that name with the field. */
  readonly absentFrom: readonly number[];
  /** Kernels that have no such struct. */
  readonly withoutStruct: readonly number[];
  /** Those of `withoutStruct` whose modules are not known: one of these may have it. */
  readonly unknownIn: readonly number[];
  readonly ambiguousIn: readonly number[];
}

/** A field in one kernel: `variant` is an index into `FieldAnswer.variants`. */
export interface FieldInKernel {
  readonly kernelId: number;
  readonly variant: number;
}

/** What can happen to a field between two kernels of a series. */
export type FieldChange = 'added' | 'removed' | 'moved' | 'resized' | 'retyped' | 'renamed' | 'became';

/** A change of a field from one kernel to the next of its series (a distro, an arch, a flavour). */
export interface FieldEvent {
  /** The distro, arch and flavour whose kernels were compared in version order. */
  readonly series: string;
  readonly change: FieldChange;
  /** Last kernel before the change; null for a field that a series' first kernel has. */
  readonly fromId: number | null;
  /** First kernel after it. */
  readonly toId: number;
  readonly before: FieldPlace | null;
  readonly after: FieldPlace | null;
  /** For `renamed`: the other name. */
  readonly otherName: string | null;
  /** Why it is believed, in words; null where the change speaks for itself. */
  readonly evidence: string | null;
}

/** An enumerator's value, and the enum ('' for an anonymous one) and kernels that give it. */
export interface EnumeratorVariant {
  readonly enum: string;
  readonly value: bigint;
  readonly kernelIds: readonly number[];
  readonly places: readonly DeclarationPlace[];
}

/** A member that has the type which was asked for. */
export interface FieldOfType {
  readonly kind: 'struct' | 'union';
  readonly struct: string;
  /** A path through anonymous members is just the name, as C writes it. */
  readonly field: string;
  readonly kernelIds: readonly number[];
  readonly places: readonly DeclarationPlace[];
}

/** A parameter that has the type which was asked for. */
export interface FuncOfType {
  readonly func: string;
  /** The parameter's name; empty where BTF has none. */
  readonly param: string;
  /** From 0. */
  readonly position: number;
  readonly kernelIds: readonly number[];
  readonly places: readonly DeclarationPlace[];
}

/** How a name matches, best first. */
export type MatchRank = 'exact' | 'prefix' | 'substring' | 'fuzzy';

/** A name that a search found, and how many kernels have it in how many contents. */
export interface TypeHit {
  readonly kind: DeclarationKind;
  readonly name: string;
  readonly match: MatchRank;
  readonly kernels: number;
  readonly variants: number;
  /** Modules that have it, by name; empty where kernels have it in themselves alone. */
  readonly modules: readonly string[];
}

/** Whether only the second kernel has it, only the first, or both differently. */
export type DiffChange = 'added' | 'removed' | 'changed';

/** A declaration that differs between two kernels. */
export interface DiffEntry {
  readonly kind: DeclarationKind;
  /** An enum without a name goes by its first enumerator: `{PAGE_WAS_MAPPED, ...}`. */
  readonly name: string;
  readonly change: DiffChange;
  /**
   * Whether its own record is the same in both kernels, and only the size of a type that a member or parameter names by
   * its own name is another. False for all that was added or removed.
   */
  readonly indirect: boolean;
  /** Modules that it is in where the kernel itself has not. */
  readonly modules: readonly string[];
  /** One line a difference: `field pid moved from 2416 to 2432`, `field icsk_ack.pending moved from 0 to 2`. */
  readonly details: readonly string[];
}

/** What differs between two kernels; entries by kind and name, in that order. */
export interface KernelDiff {
  readonly fromId: number;
  readonly toId: number;
  /** Whether declarations of modules are compared too: the modules of both kernels are known. */
  readonly modulesCompared: boolean;
  readonly added: number;
  readonly removed: number;
  readonly changed: number;
  readonly entries: readonly DiffEntry[];
}

/** What an index holds. Sizes in bytes. */
export interface IndexStats {
  readonly kernels: number;
  /** Distinct BTFs. */
  readonly distinct: number;
  readonly modules: number;
  readonly declarations: number;
  readonly names: number;
  /** Size of the index file. */
  readonly bytes: number;
  /** Size of all BTFs that the index gives back, modules and aliases included. */
  readonly btfBytes: number;
  readonly generation: string;
}

/** A value of a symbol of kernels' configurations. */
export interface ConfigValue {
  /** As the file has it: `y`, `m`, `n` for `is not set`, a number, a string in quotes. */
  readonly value: string;
  readonly kernelIds: readonly number[];
}

/** A symbol of configurations over all kernels. */
export interface ConfigAnswer {
  /** With `CONFIG_`. */
  readonly symbol: string;
  /** By the first kernel that has each. */
  readonly values: readonly ConfigValue[];
  /** Kernels whose configuration is known and does not name the symbol: what it stands for is not built. */
  readonly absentFrom: readonly number[];
  /** Kernels whose configuration is not known. */
  readonly unknownIn: readonly number[];
}

/** A symbol that two configurations have differently; null where one does not name it. */
export interface ConfigDifference {
  readonly symbol: string;
  readonly from: string | null;
  readonly to: string | null;
}
