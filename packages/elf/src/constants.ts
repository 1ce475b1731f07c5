// The numbers of the ELF specification that kernels, modules and BPF objects use.
// https://refspecs.linuxfoundation.org/elf/gabi4+/contents.html, include/uapi/linux/elf.h, include/uapi/linux/elf-em.h

/** `e_type`: what kind of file this is (`ET_*`). */
export const ElfType = { None: 0, Rel: 1, Exec: 2, Dyn: 3, Core: 4 } as const;
export type ElfType = (typeof ElfType)[keyof typeof ElfType];

/** `e_machine`: the machines that Linux distributions ship kernels for, and BPF (`EM_*`). */
export const Machine = {
  Sparc: 2,
  I386: 3,
  M68k: 4,
  Mips: 8,
  Parisc: 15,
  Ppc: 20,
  Ppc64: 21,
  S390: 22,
  Arm: 40,
  Sparc64: 43,
  X86_64: 62,
  Aarch64: 183,
  Riscv: 243,
  Bpf: 247,
  Loongarch: 258,
} as const;
export type Machine = (typeof Machine)[keyof typeof Machine];

/** `sh_type`: what a section holds (`SHT_*`). */
export const SectionType = {
  Null: 0,
  ProgBits: 1,
  SymTab: 2,
  StrTab: 3,
  Rela: 4,
  Hash: 5,
  Dynamic: 6,
  Note: 7,
  NoBits: 8,
  Rel: 9,
  DynSym: 11,
  InitArray: 14,
  FiniArray: 15,
  Group: 17,
  SymTabShndx: 18,
  LlvmAddrsig: 0x6fff4c03,
} as const;
export type SectionType = (typeof SectionType)[keyof typeof SectionType];

/** `sh_flags` (`SHF_*`). */
export const SectionFlag = {
  Write: 0x1,
  Alloc: 0x2,
  ExecInstr: 0x4,
  Merge: 0x10,
  Strings: 0x20,
  InfoLink: 0x40,
  LinkOrder: 0x80,
  Group: 0x200,
  Tls: 0x400,
  Compressed: 0x800,
} as const;
export type SectionFlag = (typeof SectionFlag)[keyof typeof SectionFlag];

/** Section indexes with a meaning of their own, as symbols have them (`SHN_*`). */
export const SectionIndex = {
  Undef: 0,
  LoReserve: 0xff00,
  Abs: 0xfff1,
  Common: 0xfff2,
  XIndex: 0xffff,
} as const;
export type SectionIndex = (typeof SectionIndex)[keyof typeof SectionIndex];

/** The low four bits of `st_info` (`STT_*`). */
export const SymbolType = {
  NoType: 0,
  Object: 1,
  Func: 2,
  Section: 3,
  File: 4,
  Common: 5,
  Tls: 6,
} as const;
export type SymbolType = (typeof SymbolType)[keyof typeof SymbolType];

/** The high four bits of `st_info` (`STB_*`). */
export const SymbolBinding = { Local: 0, Global: 1, Weak: 2 } as const;
export type SymbolBinding = (typeof SymbolBinding)[keyof typeof SymbolBinding];

/** The low two bits of `st_other` (`STV_*`). */
export const SymbolVisibility = { Default: 0, Internal: 1, Hidden: 2, Protected: 3 } as const;
export type SymbolVisibility = (typeof SymbolVisibility)[keyof typeof SymbolVisibility];

/** Relocation types of `EM_BPF` (`R_BPF_*`), https://docs.kernel.org/bpf/llvm_reloc.html. */
export const BpfRelocationType = {
  None: 0,
  /** `R_BPF_64_64`: a 64-bit immediate load. */
  Imm64: 1,
  /** `R_BPF_64_ABS64`: a 64-bit data word. */
  Abs64: 2,
  /** `R_BPF_64_ABS32`: a 32-bit data word. */
  Abs32: 3,
  /** `R_BPF_64_NODYLD32`: like ABS32, for .BTF and .BTF.ext, which loaders do not resolve. */
  NoDyld32: 4,
  /** `R_BPF_64_32`: the immediate of a call. */
  Call32: 10,
} as const;
export type BpfRelocationType = (typeof BpfRelocationType)[keyof typeof BpfRelocationType];

/** `ch_type` of a compressed section (`ELFCOMPRESS_*`). */
export const CompressionType = { Zlib: 1, Zstd: 2 } as const;
export type CompressionType = (typeof CompressionType)[keyof typeof CompressionType];

/** `p_type`: what a segment is for (`PT_*`). */
export const SegmentType = { Null: 0, Load: 1, Dynamic: 2, Interp: 3, Note: 4 } as const;
export type SegmentType = (typeof SegmentType)[keyof typeof SegmentType];

/** `GRP_COMDAT`: the linker keeps one of several groups with this signature. */
export const GROUP_COMDAT = 1;

/** `NT_GNU_BUILD_ID`: the note (of name `GNU`) that holds the build id. */
export const NOTE_GNU_BUILD_ID = 3;
