// What is known of the kernel that an object is to be loaded on, beside its types.

import type { Btf, BtfKind } from '@btfq/btf-format';
import type { BpfObject, RelocationResult, TargetKernel } from '@btfq/core-reloc';
import type { FunctionFact, KernelTables } from '@btfq/kernel-tables';

/** A type of a kernel, and the BTF that has it. */
export interface TypeAt {
  readonly btf: Btf;
  /** `vmlinux` or the module's name. */
  readonly module: string;
  readonly id: number;
}

/** An object's relocations on a kernel, and its code with them done, by section. */
export interface Relocated {
  readonly results: readonly RelocationResult[];
  readonly code: ReadonlyMap<string, Uint8Array>;
}

/** What the modules of a kernel have, by name. */
export interface TablesOfModules {
  readonly functions: (name: string) => readonly { readonly module: string; readonly fact: FunctionFact }[];
  /** The module that brings an event, `system/event`; `not-known` where a module's events are not known. */
  readonly event: (name: string) => { readonly module: string } | 'none' | 'not-known';
}

/** A kernel. Everything but its types may be unknown. */
export interface LoadKernel {
  /** What to call it in answers. */
  readonly name: string;
  /** Its types, with those of its modules where they are known: libbpf sees those of loaded modules. */
  readonly target: Btf | TargetKernel;
  /** `uname -r`. */
  readonly release?: string | undefined;
  /** The version that it was built from, where the release does not say it: Debian's `5.10.223-1` of `uname -v`. */
  readonly sourceVersion?: string | undefined;
  readonly distro?: string | undefined;
  /** `x86_64`, `arm64`, ... */
  readonly arch?: string | undefined;
  /** Its configuration: values by name with the CONFIG_ in front, as `/boot/config-*` writes them. */
  readonly config?: ReadonlyMap<string, string> | undefined;
  /** A module, of this kernel or another, that is known to have a function of that name. */
  readonly moduleWith?: ((name: string) => string | undefined) | undefined;
  /** Whether any kernel that is known has a function, typedef or struct of that name; undefined where only this one is. */
  readonly anywhere?: ((name: string) => boolean) | undefined;
  /**
   * Looks a declaration up where `target` has only the types that relocations ask for. `asked` is said of every other
   * declaration that went into it.
   */
  readonly declared?:
    | ((kind: BtfKind, name: string, asked: (kind: number, name: string) => void) => TypeAt | undefined)
    | undefined;
  /** Whether the kernel itself has a declaration, where `declared` looks it up. */
  readonly declares?: ((kind: BtfKind, name: string) => boolean) | undefined;
  /** What an object's relocations become, where that is known without `target`, which may then be empty. */
  readonly relocated?: ((object: BpfObject) => Relocated | undefined) | undefined;
  /** Functions of names close to one, where `target` does not have them all. */
  readonly namesLike?: ((name: string) => readonly string[]) | undefined;
  /** Whether its modules are known, where `target` does not say. */
  readonly modulesKnown?: boolean | undefined;
  /** What its image says of itself. */
  readonly tables?: KernelTables | undefined;
  /** What its modules add to that; undefined where their files were not read. */
  readonly ofModules?: TablesOfModules | undefined;
}
