// The object model: what libbpf knows of an object once it is opened, as plain readonly data. load-check asks it what
// the object needs, the loader turns it into system calls. libbpf.c struct bpf_object, bpf_program, bpf_map, extern_desc.

import type { Btf, BtfExt } from '@btfq/btf-format';
import type { BpfObject } from '@btfq/core-reloc';
import type { ElfFile } from '@btfq/elf';
import type { SectionDefinition } from './section-definition.ts';

/** An opened object. Immutable; open it once and load it on as many kernels as needed. */
export interface LoaderObject {
  /** libbpf's name of the object, at most 15 characters: what names its data maps. */
  readonly name: string;
  /** The path or name that was given, for messages. */
  readonly path: string;
  readonly elf: ElfFile;
  readonly littleEndian: boolean;
  /** `.BTF` as the compiler wrote it; undefined where there is none or, with nothing that needs it, it is damaged. */
  readonly btf: Btf | undefined;
  /**
   * The BTF that goes to the kernel, before it is made to fit an older one: externs made variables, sizes and offsets
   * of sections filled in (bpf_object__collect_externs, bpf_object_fixup_btf). Ids are those of `btf`.
   */
  readonly kernelBtf: Btf | undefined;
  /** `.BTF.ext`; undefined where there is none or it is damaged, which libbpf passes over. */
  readonly ext: BtfExt | undefined;
  /** The same object as core-reloc sees it, with its CO-RE relocations; undefined without `.BTF.ext`. */
  readonly core: BpfObject | undefined;
  /** '' where the object has no `license` section. At most 63 characters count. */
  readonly license: string;
  /** Of the `version` section; undefined where it has none, and the running kernel's is used. */
  readonly version: number | undefined;
  /** Entry points and subprograms, by section and place, as libbpf sorts them. */
  readonly programs: readonly LoaderProgram[];
  /** In libbpf's order, which is the order of creation: `.maps`, global data by section, `.kconfig`, struct_ops. */
  readonly maps: readonly LoaderMap[];
  /** In libbpf's order: `.kconfig` by alignment, size and name, then `.ksyms` by name. */
  readonly externs: readonly LoaderExtern[];
  /** Content of `.jumptables`; undefined where there is none. */
  readonly jumpTables: Uint8Array | undefined;
  /** Content of `.addr_space.1`: the variables that live in the arena. */
  readonly arenaData: Uint8Array | undefined;
  /** Index in `maps` of the one BPF_MAP_TYPE_ARENA map. */
  readonly arenaMap: number | undefined;
}

/** A function: an entry point, which is loaded, or a subprogram, which is appended to those that call it. */
export interface LoaderProgram {
  readonly index: number;
  readonly name: string;
  /** Without the leading `?`. */
  readonly sectionName: string;
  readonly sectionIndex: number;
  /** Its first instruction, counted in instructions from the section's start. */
  readonly insnOffset: number;
  /** Number of its own instructions (8 bytes each; lddw counts two). */
  readonly insnCount: number;
  /** Those instructions as they stand in the file: a view. */
  readonly code: Uint8Array;
  /** In `.text`. */
  readonly subprogram: boolean;
  /** Other compilation units may call it: verified by itself, without its callers. */
  readonly global: boolean;
  /** Global with hidden visibility: its BTF is made static, and it is verified with its callers. */
  readonly hidden: boolean;
  /** False for `SEC("?...")`: not loaded unless asked for. */
  readonly autoload: boolean;
  /** The row of libbpf's table; undefined for subprograms, and where it knows no such section. */
  readonly definition: SectionDefinition | undefined;
  /** BPF_PROG_TYPE_*, 0 where the section name does not say. */
  readonly type: number;
  /** BPF_*: 0 where the section name does not say. For struct_ops it follows from the member, when it is loaded. */
  readonly expectedAttachType: number;
  /** What stands behind the first `/` of the section's name: `do_unlinkat` of `fentry/do_unlinkat`. */
  readonly attachTarget: string | undefined;
  /** ELF relocations by instruction, then type. CO-RE relocations are in `LoaderObject.core`. */
  readonly relocations: readonly LoaderRelocation[];
}

interface AtInstruction {
  /** The instruction, counted from the function's own first one. */
  readonly insn: number;
}
/** Loads the address of a map. */
export interface MapReference extends AtInstruction {
  readonly kind: 'map';
  /** Index in `maps`. */
  readonly map: number;
}
/** Loads the address of a global variable; its offset within the map is `offset` plus the instruction's immediate. */
export interface DataReference extends AtInstruction {
  readonly kind: 'data';
  readonly map: number;
  readonly offset: number;
}
/** Loads the address of an extern. */
export interface ExternReference extends AtInstruction {
  readonly kind: 'extern';
  /** Index in `externs`. */
  readonly extern: number;
}
/** Calls an extern: a kfunc. */
export interface ExternCall extends AtInstruction {
  readonly kind: 'extern-call';
  readonly extern: number;
}
/** Calls a subprogram. `offset`: the symbol's place in `.text` in bytes; the immediate adds to it. */
export interface SubprogramCall extends AtInstruction {
  readonly kind: 'call';
  readonly offset: number;
}
/** Loads the address of a subprogram, for a callback. */
export interface SubprogramAddress extends AtInstruction {
  readonly kind: 'subprogram-address';
  readonly offset: number;
}
/** Loads the address of a jump table: `size` bytes at `offset` of `.jumptables`. */
export interface JumpTableReference extends AtInstruction {
  readonly kind: 'jump-table';
  readonly offset: number;
  readonly size: number;
}
/** What an instruction refers to. */
export type LoaderRelocation =
  | MapReference
  | DataReference
  | ExternReference
  | ExternCall
  | SubprogramCall
  | SubprogramAddress
  | JumpTableReference;

/** Sizes and flags of a map, or of the maps within a map. Numbers that the definition leaves out are 0. */
export interface MapDefinition {
  readonly name: string;
  /** BPF_MAP_TYPE_*. */
  readonly type: number;
  readonly keySize: number;
  readonly valueSize: number;
  readonly maxEntries: number;
  /** BPF_F_*. */
  readonly flags: number;
  readonly numaNode: number;
  readonly extra: bigint;
  /** Types in the object's BTF, 0 where unknown. */
  readonly keyTypeId: number;
  readonly valueTypeId: number;
}

/** How a map came to be: defined in `.maps`, or made by libbpf for a section. */
export type MapOrigin = 'maps' | 'data' | 'bss' | 'rodata' | 'kconfig' | 'struct_ops';

/** A map. */
export interface LoaderMap extends MapDefinition {
  readonly index: number;
  readonly origin: MapOrigin;
  /** The ELF section: `.maps`, `.rodata.str1.1`, `.struct_ops.link` and the like. */
  readonly sectionName: string;
  readonly sectionIndex: number;
  /** Place of the definition in its section, in bytes. */
  readonly sectionOffset: number;
  /** False for `SEC("?.struct_ops")`: not created unless asked for. */
  readonly autocreate: boolean;
  /** `__uint(pinning, LIBBPF_PIN_BY_NAME)`: shared through a file below /sys/fs/bpf, whose path this is. */
  readonly pinPath: string | undefined;
  /** For maps of maps: what is in them. */
  readonly inner: MapDefinition | undefined;
  /** Initial content by slot: indexes in `maps` for maps of maps, in `programs` for program arrays. */
  readonly slots: readonly (number | undefined)[];
  /** Initial content of a data section (zeros for `.bss`; kconfig is filled when it is loaded); undefined for others. */
  readonly data: Uint8Array | undefined;
  readonly structOps: StructOps | undefined;
}

/** A struct_ops variable: a table of functions for the kernel. */
export interface StructOps {
  /** The variable's struct in the object's BTF. */
  readonly typeId: number;
  /** Its bytes as the file has them; pointers to functions are zero. */
  readonly data: Uint8Array;
  /** By member of the struct: index in `programs` of the function that it points to. */
  readonly programs: readonly (number | undefined)[];
}

/** What the type of a `.kconfig` extern allows as a value. */
export type KconfigType = 'char' | 'bool' | 'int' | 'tristate' | 'char-array';

/** Something that the kernel or its configuration has to provide. */
export interface LoaderExtern {
  readonly index: number;
  readonly name: string;
  /** The name without a `___flavor`: kfuncs are looked up by it. */
  readonly essentialName: string;
  /** The program can do without: it is then 0. */
  readonly weak: boolean;
  /** Index in the ELF symbol table. */
  readonly symbolIndex: number;
  /** VAR or FUNC in the object's BTF. */
  readonly btfId: number;
  readonly kind: 'kconfig' | 'ksym-variable' | 'ksym-function';
  /**
   * Type without modifiers and typedefs in the object's BTF: of the variable, or the function's prototype. 0 for a
   * `void` ksym, which is looked up in kallsyms instead of BTF.
   */
  readonly typeId: number;
  /** For `.kconfig` only. */
  readonly kconfig: KconfigExtern | undefined;
}

/** Where and how a configuration value is stored. Sizes and offsets in bytes within the `.kconfig` map. */
export interface KconfigExtern {
  readonly type: KconfigType;
  readonly size: number;
  readonly align: number;
  readonly offset: number;
  readonly signed: boolean;
}
