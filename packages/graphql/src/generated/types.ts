// Written by scripts/generate.ts from schema/*.graphql: edit those.

import type { UploadedFile } from '../schema/scalars.ts';
import type { GraphQLResolveInfo, GraphQLScalarType, GraphQLScalarTypeConfig } from 'graphql';
import type { Kernel as KernelRow, KernelModuleInfo as KernelModuleInfoRow, StructLayout as StructLayoutRow, LayoutField as LayoutFieldRow, FieldVariant as FieldVariantRow, FieldPlace as FieldPlaceRow, FieldEvent as FieldEventRow, EnumVariant as EnumVariantRow, EnumeratorVariant as EnumeratorVariantRow, TypedefVariant as TypedefVariantRow, FuncVariant as FuncVariantRow, VariableVariant as VariableVariantRow, TypeHit as TypeHitRow } from '@btfq/btf-index';
import type { KernelConnectionModel as KernelConnectionModelRow, DiffModel as DiffModelRow, DiffEntryModel as DiffEntryModelRow, StructModel as StructModelRow, FieldModel as FieldModelRow, FieldRowModel as FieldRowModelRow, FieldOfTypeModel as FieldOfTypeModelRow, FuncOfTypeModel as FuncOfTypeModelRow, EnumModel as EnumModelRow, EnumeratorModel as EnumeratorModelRow, TypedefModel as TypedefModelRow, FuncModel as FuncModelRow, VariableModel as VariableModelRow, ObjectModel as ObjectModelRow, RelocationRowModel as RelocationRowModelRow, FuncAttachModel as FuncAttachModelRow, TracepointModel as TracepointModelRow, SyscallModel as SyscallModelRow, HelperModel as HelperModelRow, KfuncModel as KfuncModelRow, LsmHookModel as LsmHookModelRow, StructOpsModel as StructOpsModelRow, ErrorInjectionModel as ErrorInjectionModelRow, IteratorModel as IteratorModelRow, ConfigSymbolModel as ConfigSymbolModelRow, ConfigValueModel as ConfigValueModelRow, DeclarationPlaceModel as DeclarationPlaceModelRow, LoadRowModel as LoadRowModelRow, FeatureModel as FeatureModelRow, FeatureKernelsModel as FeatureKernelsModelRow } from '../schema/models.ts';
import type { RelocationDescription as RelocationDescriptionRow } from '../uploads/tasks.ts';
import type { StoredBundle as StoredBundleRow, StoredEntry as StoredEntryRow } from '../uploads/bundles.ts';
import type { Context } from '../schema/context.ts';
export type Maybe<T> = T | null;
export type InputMaybe<T> = Maybe<T>;
export type Omit<T, K extends keyof T> = Pick<T, Exclude<keyof T, K>>;
export type RequireFields<T, K extends keyof T> = Omit<T, K> & { [P in K]-?: NonNullable<T[P]> };
/** All built-in and custom scalars, mapped to their actual values */
export type Scalars = {
  ID: { input: string; output: string; }
  String: { input: string; output: string; }
  Boolean: { input: boolean; output: boolean; }
  Int: { input: number; output: number; }
  Float: { input: number; output: number; }
  /** A whole number that may exceed 32 bits, written as a JSON number up to 2^53 and as a string beyond it. */
  BigInt: { input: bigint | number | string; output: bigint | number; }
  /** A file: by the GraphQL multipart request specification, or as an object `{name, base64}` for clients without it. */
  File: { input: UploadedFile; output: never; }
};

/** Whether kernels have something, as far as their own tables are known. */
export type FactState =
  /** They have it. */
  | 'PRESENT'
  /** Their tables say that they do not. */
  | 'ABSENT'
  /** They came without an image, or their tables do not tell: neither yes nor no. */
  | 'NOT_KNOWN';

/** Whether a program attaches, and why not. */
export type Attachability = {
  /** `yes`, `fails` or `conditional`. */
  readonly verdict: Scalars['String']['output'];
  /** `attaches`, `no-symbol`, `init-only`, `not-traced`, `kprobe-denied`, `no-trampolines`, `hook-disabled`, `several`, `not-known`. */
  readonly reason: Scalars['String']['output'];
};

/** One answer about attaching to a function, and the kernels that give it. */
export type FuncAttach = {
  /** Whether they have a function of this name. */
  readonly state: FactState;
  /** fentry and fexit. */
  readonly fentry: Maybe<Attachability>;
  /** kprobe and kretprobe. */
  readonly kprobe: Maybe<Attachability>;
  /** Whether several functions have this name. */
  readonly several: Maybe<Scalars['Boolean']['output']>;
  /** The module that it is in, which must be loaded; null where it is the kernel's own. */
  readonly module: Maybe<Scalars['String']['output']>;
  /** What further modules have under this name; null where modules were not read. */
  readonly others: Maybe<ReadonlyArray<FuncInModule>>;
  /** The kernels that say so. */
  readonly kernels: ReadonlyArray<Kernel>;
};


/** One answer about attaching to a function, and the kernels that give it. */
export type FuncAttachKernelsArgs = {
  where?: InputMaybe<KernelFilter>;
};

/** A function of a module. */
export type FuncInModule = {
  /** The module. */
  readonly module: Scalars['String']['output'];
  /** fentry and fexit. */
  readonly fentry: Attachability;
  /** kprobe and kretprobe. */
  readonly kprobe: Attachability;
};

/** One format of a trace event, and where. */
export type TracepointVariant = {
  /** Whether these kernels have it. */
  readonly state: FactState;
  /** The text of tracefs' `format`, without the ID; null where it is not known. */
  readonly format: Maybe<Scalars['String']['output']>;
  /** Its own fields, without the common ones. */
  readonly fields: Maybe<ReadonlyArray<TracepointField>>;
  /** The text after `print fmt:`. */
  readonly printFmt: Maybe<Scalars['String']['output']>;
  /** The module that brings it; null where it is the kernel's own. */
  readonly module: Maybe<Scalars['String']['output']>;
  /** The kernels that say so. */
  readonly kernels: ReadonlyArray<Kernel>;
};


/** One format of a trace event, and where. */
export type TracepointVariantKernelsArgs = {
  where?: InputMaybe<KernelFilter>;
};

/** A field of a trace event. */
export type TracepointField = {
  /** Type and name as C declares them. */
  readonly declaration: Scalars['String']['output'];
  /** In bytes from the start of the record. */
  readonly offset: Scalars['Int']['output'];
  /** In bytes. */
  readonly size: Scalars['Int']['output'];
  /** Whether it is signed. */
  readonly signed: Scalars['Boolean']['output'];
};

/** A system call, and where. */
export type SyscallVariant = {
  /** Whether these kernels have it. */
  readonly state: FactState;
  /** Its numbers in the kernel's own width. */
  readonly numbers: Maybe<ReadonlyArray<Scalars['Int']['output']>>;
  /** Its arguments in order; null where the kernel does not describe them. */
  readonly args: Maybe<ReadonlyArray<SyscallArg>>;
  /** Its numbers for programs of 32 bits; null where they are not known. */
  readonly compatNumbers: Maybe<ReadonlyArray<Scalars['Int']['output']>>;
  /** The function that does it for them, where they have one of their own. */
  readonly compatEntry: Maybe<Scalars['String']['output']>;
  /** The kernels that say so. */
  readonly kernels: ReadonlyArray<Kernel>;
};


/** A system call, and where. */
export type SyscallVariantKernelsArgs = {
  where?: InputMaybe<KernelFilter>;
};

/** A hook of security modules, and where. */
export type LsmHookVariant = {
  /** Whether these kernels have it. */
  readonly state: FactState;
  /** Whether sleepable programs may attach; null where it is not known. */
  readonly sleepable: Maybe<Scalars['Boolean']['output']>;
  /** Whether its arguments are trusted; null where it is not known. */
  readonly trusted: Maybe<Scalars['Boolean']['output']>;
  /** Whether it is switched off for programs; null where it is not known. */
  readonly disabled: Maybe<Scalars['Boolean']['output']>;
  /** Whether a program attaches. */
  readonly attach: Maybe<Attachability>;
  /** The kernels that say so. */
  readonly kernels: ReadonlyArray<Kernel>;
};


/** A hook of security modules, and where. */
export type LsmHookVariantKernelsArgs = {
  where?: InputMaybe<KernelFilter>;
};

/** A struct whose functions programs may be, and where. */
export type StructOpsVariant = {
  /** Whether these kernels have it. */
  readonly state: FactState;
  /** Its members in order. */
  readonly members: Maybe<ReadonlyArray<StructOpsMember>>;
  /** The module that brings it; null where it is the kernel's own. */
  readonly module: Maybe<Scalars['String']['output']>;
  /** The kernels that say so. */
  readonly kernels: ReadonlyArray<Kernel>;
};


/** A struct whose functions programs may be, and where. */
export type StructOpsVariantKernelsArgs = {
  where?: InputMaybe<KernelFilter>;
};

/** A member of a struct_ops. */
export type StructOpsMember = {
  /** Its name. */
  readonly name: Scalars['String']['output'];
  /** `function`, which a program may be, or `data`. */
  readonly kind: Scalars['String']['output'];
  /** Whether a program may be it; null for data, and where the image does not tell. */
  readonly supported: Maybe<Scalars['Boolean']['output']>;
};

/** An iterator, and where. */
export type IteratorVariant = {
  /** Whether these kernels have it. */
  readonly state: FactState;
  /** The module that brings it; null where it is the kernel's own. */
  readonly module: Maybe<Scalars['String']['output']>;
  /** The kernels that say so. */
  readonly kernels: ReadonlyArray<Kernel>;
};


/** An iterator, and where. */
export type IteratorVariantKernelsArgs = {
  where?: InputMaybe<KernelFilter>;
};

/** A function whose return value may be replaced, and where. */
export type ErrorInjectionVariant = {
  /** Whether these kernels have it. */
  readonly state: FactState;
  /** What it may be made to return, in the kernel's word: `NULL`, `ERRNO`, `ERRNO_NULL`, `TRUE`. */
  readonly type: Maybe<Scalars['String']['output']>;
  /** The module that brings it; null where it is the kernel's own. */
  readonly module: Maybe<Scalars['String']['output']>;
  /** The kernels that say so. */
  readonly kernels: ReadonlyArray<Kernel>;
};


/** A function whose return value may be replaced, and where. */
export type ErrorInjectionVariantKernelsArgs = {
  where?: InputMaybe<KernelFilter>;
};

/** An argument of a system call. */
export type SyscallArg = {
  /** Its type as C writes it. */
  readonly type: Scalars['String']['output'];
  /** Its name. */
  readonly name: Scalars['String']['output'];
};

/** Which programs may call a helper, and where. */
export type HelperVariant = {
  /** Whether some program may call it on these kernels. */
  readonly state: FactState;
  /** The kinds of programs that may. */
  readonly programs: Maybe<ReadonlyArray<HelperProgram>>;
  /** The kernels that say so. */
  readonly kernels: ReadonlyArray<Kernel>;
};


/** Which programs may call a helper, and where. */
export type HelperVariantKernelsArgs = {
  where?: InputMaybe<KernelFilter>;
};

/** A kind of program that may call a helper. */
export type HelperProgram = {
  /** Its type without BPF_PROG_TYPE_: `KPROBE`. */
  readonly programType: Scalars['String']['output'];
  /** Whether it is sleepable. */
  readonly sleepable: Scalars['Boolean']['output'];
  /** Its expected attach types without BPF_; empty where the type has none. */
  readonly attachTypes: ReadonlyArray<Scalars['String']['output']>;
  /** `yes`, `depends` on the function that the program attaches to, or `not-known`. */
  readonly allowed: Scalars['String']['output'];
  /** What the helper takes and gives; null where it is not known. */
  readonly proto: Maybe<HelperProto>;
};

/** What a helper takes and gives, in the kernel's own words. */
export type HelperProto = {
  /** The function that does it; empty for one that is all instruction. */
  readonly function: Scalars['String']['output'];
  /** Whether the program's license must be GPL compatible. */
  readonly gplOnly: Scalars['Boolean']['output'];
  /** Whether it might sleep; null where the release does not say. */
  readonly mightSleep: Maybe<Scalars['Boolean']['output']>;
  /** Such as `RET_INTEGER`. */
  readonly returns: Scalars['String']['output'];
  /** Such as `ARG_CONST_MAP_PTR`, in order. */
  readonly args: ReadonlyArray<Scalars['String']['output']>;
};

/** Which programs may call a kernel function, and where. */
export type KfuncVariant = {
  /** Whether these kernels have it. */
  readonly state: FactState;
  /** The program types that it is registered for. */
  readonly programTypes: Maybe<ReadonlyArray<KfuncProgram>>;
  /** The kernels that say so. */
  readonly kernels: ReadonlyArray<Kernel>;
};


/** Which programs may call a kernel function, and where. */
export type KfuncVariantKernelsArgs = {
  where?: InputMaybe<KernelFilter>;
};

/** A program type that may call a kernel function. */
export type KfuncProgram = {
  /** Without BPF_PROG_TYPE_; UNSPEC stands for all. */
  readonly programType: Scalars['String']['output'];
  /** KF_* bits of the release. */
  readonly flags: Scalars['Int']['output'];
  /** The module that registers it; null where it is the kernel itself. */
  readonly module: Maybe<Scalars['String']['output']>;
};

/** Something that kernels offer BPF programs. */
export type Feature = {
  /** `program-type`, `map-type`, `attach-type`, `link-type`, `command`, `helper`, `kfunc`, `instruction` or `other`. */
  readonly kind: Scalars['String']['output'];
  /** `kprobe`, `ringbuf`, `bpf_loop`, `atomics`. */
  readonly name: Scalars['String']['output'];
  /** Its enumerator, where it has one. */
  readonly enumerator: Maybe<Scalars['String']['output']>;
  /** The first mainline release, where it is known. */
  readonly since: Maybe<Scalars['String']['output']>;
  /** Other names of it, bcc's among them. */
  readonly words: ReadonlyArray<Scalars['String']['output']>;
  /** What kernels say, each state and evidence once. */
  readonly answers: ReadonlyArray<FeatureKernels>;
};

/** Kernels that say the same of a feature, by the same evidence. */
export type FeatureKernels = {
  /** Whether they have it. */
  readonly state: FactState;
  /** `image`: their tables; `btf`: their types; `release`: a table by mainline release. */
  readonly evidence: Scalars['String']['output'];
  /** The kernels that say so. */
  readonly kernels: ReadonlyArray<Kernel>;
};


/** Kernels that say the same of a feature, by the same evidence. */
export type FeatureKernelsKernelsArgs = {
  where?: InputMaybe<KernelFilter>;
};

/** A name that is no declaration's, and what it stands for. */
export type FactHit = {
  /** What it stands for. */
  readonly kind: FactNameKind;
  /** `sched/sched_switch`, `openat`, `bpf_d_path`, `bpf_task_acquire`, `CONFIG_BPF_LSM`. */
  readonly name: Scalars['String']['output'];
};

/** What names that are no declaration's stand for. */
export type FactNameKind =
  /** A trace event, by `system/event`. */
  | 'TRACEPOINT'
  /** A system call. */
  | 'SYSCALL'
  /** A helper that programs may call. */
  | 'HELPER'
  /** A kernel function that programs may call. */
  | 'KFUNC'
  /** A symbol of kernels' configurations. */
  | 'CONFIG';

/**
 * Which kernels are meant. Conditions of different fields must all hold; within a list one is enough.
 * The same language as the command line's `--where`.
 */
export type KernelFilter = {
  /** os-release's ID: `debian`, `ubuntu`. */
  readonly distro?: InputMaybe<ReadonlyArray<Scalars['String']['input']>>;
  /** os-release's VERSION_ID, or the archive's word for it: `12`, `20.04`, `bullseye`. */
  readonly version?: InputMaybe<ReadonlyArray<Scalars['String']['input']>>;
  /** `uname -m`'s word; `arm64` and `aarch64` are the same. */
  readonly arch?: InputMaybe<ReadonlyArray<Scalars['String']['input']>>;
  /** A release with `*` and `?` for any: `6.1.*-cloud-amd64`; or a range over kernel versions: `>=5.4`, `<6.1`. */
  readonly release?: InputMaybe<ReadonlyArray<Scalars['String']['input']>>;
  /** Only declarations of this module; `vmlinux`: only those of kernels themselves. */
  readonly module?: InputMaybe<Scalars['String']['input']>;
  /** The command line's form, whole: `distro=debian,arch=x86_64,release>=5.10`. */
  readonly text?: InputMaybe<Scalars['String']['input']>;
};

/** A page of kernels. */
export type KernelConnection = {
  /** The kernels of this page. */
  readonly nodes: ReadonlyArray<Kernel>;
  /** The same, each with its cursor. */
  readonly edges: ReadonlyArray<KernelEdge>;
  /** Where to go on. */
  readonly pageInfo: PageInfo;
  /** All that the filter lets through, on any page. */
  readonly totalCount: Scalars['Int']['output'];
};

/** A kernel of a page. */
export type KernelEdge = {
  /** Give it as `after` to go on after this kernel. */
  readonly cursor: Scalars['String']['output'];
  /** The kernel. */
  readonly node: Kernel;
};

/** One kernel: a name under which a BTF was ingested. */
export type Kernel = {
  /** `distro/version/arch/release`. */
  readonly id: Scalars['ID']['output'];
  /** os-release's ID. */
  readonly distro: Scalars['String']['output'];
  /** os-release's VERSION_ID, or the archive's word for it. */
  readonly version: Scalars['String']['output'];
  /** `uname -m`'s word, but `arm64` for aarch64. */
  readonly arch: Scalars['String']['output'];
  /** `uname -r`. */
  readonly release: Scalars['String']['output'];
  /** Of its BTF, in hexadecimal. */
  readonly sha256: Scalars['String']['output'];
  /** Size of its BTF in bytes. */
  readonly bytes: Scalars['Int']['output'];
  /** Byte order of its BTF. */
  readonly littleEndian: Scalars['Boolean']['output'];
  /** Pointer size in bytes. */
  readonly pointerSize: Maybe<Scalars['Int']['output']>;
  /** Kernels whose BTF is the same, byte for byte; this one is not among them. */
  readonly identical: ReadonlyArray<Kernel>;
  /** Modules whose BTF is stored with it. */
  readonly modules: ReadonlyArray<KernelModule>;
  /** Whether its modules were given. Where not, nothing is known of them. */
  readonly modulesKnown: Scalars['Boolean']['output'];
  /** Which kinds of facts are known of it, and where they came from: whatever is not known here, no answer says 'no' to. */
  readonly facts: ReadonlyArray<KnownFact>;
  /** Whether its configuration was given. */
  readonly configKnown: Scalars['Boolean']['output'];
  /** A symbol's value in its configuration; null where that does not name it, or is not known (`configKnown`). */
  readonly config: Maybe<Scalars['String']['output']>;
  /**
   * The symbols of its configuration in order, or those that have `text` in their name; `after` is the last name of the page
   * before. Null where the configuration is not known.
   */
  readonly configSettings: Maybe<ReadonlyArray<ConfigSetting>>;
  /** How many types its BTF has. */
  readonly types: Scalars['Int']['output'];
  /** Where its BTF came from. */
  readonly source: Scalars['String']['output'];
  /** When it was ingested, by ISO 8601. */
  readonly ingestedAt: Scalars['String']['output'];
  /** Name and version of the program that ingested it. */
  readonly tool: Scalars['String']['output'];
  /** This struct here; where several share the name, the first. `structs` gives all. */
  readonly struct: Maybe<StructLayout>;
  /** Every struct of this name here: unrelated ones can share a name. */
  readonly structs: ReadonlyArray<StructLayout>;
  /** This union here; where several share the name, the first. */
  readonly union: Maybe<StructLayout>;
  /** This enum here. */
  readonly enum: Maybe<EnumVariant>;
  /** This typedef here. */
  readonly typedef: Maybe<TypedefVariant>;
  /** This function here; where several share the name, the first. */
  readonly func: Maybe<FuncVariant>;
  /** This variable here. */
  readonly variable: Maybe<VariableVariant>;
  /** Where to download its BTF from this server, as BTFHub names it. */
  readonly btfPath: Scalars['String']['output'];
};


/** One kernel: a name under which a BTF was ingested. */
export type KernelConfigArgs = {
  name: Scalars['String']['input'];
};


/** One kernel: a name under which a BTF was ingested. */
export type KernelConfigSettingsArgs = {
  text?: InputMaybe<Scalars['String']['input']>;
  first?: InputMaybe<Scalars['Int']['input']>;
  after?: InputMaybe<Scalars['String']['input']>;
};


/** One kernel: a name under which a BTF was ingested. */
export type KernelStructArgs = {
  name: Scalars['String']['input'];
};


/** One kernel: a name under which a BTF was ingested. */
export type KernelStructsArgs = {
  name: Scalars['String']['input'];
};


/** One kernel: a name under which a BTF was ingested. */
export type KernelUnionArgs = {
  name: Scalars['String']['input'];
};


/** One kernel: a name under which a BTF was ingested. */
export type KernelEnumArgs = {
  name: Scalars['String']['input'];
};


/** One kernel: a name under which a BTF was ingested. */
export type KernelTypedefArgs = {
  name: Scalars['String']['input'];
};


/** One kernel: a name under which a BTF was ingested. */
export type KernelFuncArgs = {
  name: Scalars['String']['input'];
};


/** One kernel: a name under which a BTF was ingested. */
export type KernelVariableArgs = {
  name: Scalars['String']['input'];
};

/** A symbol of one kernel's configuration. */
export type ConfigSetting = {
  /** With `CONFIG_`. */
  readonly name: Scalars['String']['output'];
  /** As the file has it: `y`, `m`, `n` for `is not set`, a number, a string in quotes. */
  readonly value: Scalars['String']['output'];
};

/** Whether facts of a kind are known of a kernel. */
export type KnownFact = {
  /**
   * `types`, `modules`, `config`, `functions`, `events`, `systemCalls`, `rawTracepoints`, `helpers`, `kfuncs`, `features`,
   * `compatCalls`, `lsmHooks`, `iterators`, `structOps`, `errorInjection`, `fmodret`, `moduleTables`.
   */
  readonly kind: Scalars['String']['output'];
  /** Whether they are. */
  readonly known: Scalars['Boolean']['output'];
  /** How many there are, where they are counted; null where not, or where they are not known. */
  readonly count: Maybe<Scalars['Int']['output']>;
  /** Where they came from; null where they are not known. */
  readonly source: Maybe<Scalars['String']['output']>;
};

/** A module's BTF, split over its kernel's. */
export type KernelModule = {
  /** As in `/sys/kernel/btf`. */
  readonly name: Scalars['String']['output'];
  /** Of its BTF, in hexadecimal. */
  readonly sha256: Scalars['String']['output'];
  /** Size of its BTF in bytes. */
  readonly bytes: Scalars['Int']['output'];
  /** Whether it has a distilled base (`.BTF.base`) of its own. */
  readonly distilled: Scalars['Boolean']['output'];
};

/** What differs between two kernels. */
export type KernelDiff = {
  /** The kernel that was compared. */
  readonly from: Kernel;
  /** The kernel that it was compared with. */
  readonly to: Kernel;
  /** Whether declarations of modules are compared too: the modules of both kernels are known. */
  readonly modulesCompared: Scalars['Boolean']['output'];
  /** Symbols of the configuration that differ; null where that of either kernel is not known. */
  readonly config: Maybe<ReadonlyArray<ConfigDifference>>;
  /** Declarations that only `to` has. */
  readonly added: Scalars['Int']['output'];
  /** Declarations that only `from` has. */
  readonly removed: Scalars['Int']['output'];
  /** Declarations that both have, of different content. */
  readonly changed: Scalars['Int']['output'];
  /**
   * By kind and name, in that order; all of them, or with `first` a page: `cursor` of its last entry is the next `after`.
   * `text` lets only names through that have it in them; `module` what that module declares, or the kernel itself where it
   * is `vmlinux`.
   */
  readonly entries: ReadonlyArray<DiffEntry>;
  /** How many entries there are by such a choice. */
  readonly total: Scalars['Int']['output'];
  /** The modules that entries speak of, by name. */
  readonly modules: ReadonlyArray<Scalars['String']['output']>;
};


/** What differs between two kernels. */
export type KernelDiffEntriesArgs = {
  kinds?: InputMaybe<ReadonlyArray<TypeKind>>;
  change?: InputMaybe<ReadonlyArray<ChangeKind>>;
  text?: InputMaybe<Scalars['String']['input']>;
  module?: InputMaybe<Scalars['String']['input']>;
  first?: InputMaybe<Scalars['Int']['input']>;
  after?: InputMaybe<Scalars['String']['input']>;
};


/** What differs between two kernels. */
export type KernelDiffTotalArgs = {
  kinds?: InputMaybe<ReadonlyArray<TypeKind>>;
  change?: InputMaybe<ReadonlyArray<ChangeKind>>;
  text?: InputMaybe<Scalars['String']['input']>;
  module?: InputMaybe<Scalars['String']['input']>;
};

/** What can happen to a declaration from one kernel to another. */
export type ChangeKind =
  /** Only the later kernel has it. */
  | 'ADDED'
  /** Only the earlier kernel has it. */
  | 'REMOVED'
  /** Both have it, with different content. */
  | 'CHANGED';

/** One declaration that differs. A changed struct is one entry, whatever changed in it. */
export type DiffEntry = {
  /** Give it as `after` to go on after this entry. */
  readonly cursor: Scalars['String']['output'];
  /** What it is. */
  readonly kind: TypeKind;
  /** Its name. */
  readonly name: Scalars['String']['output'];
  /** What happened to it. */
  readonly change: ChangeKind;
  /** Whether its own record is the same, and only the size of a type that it names is another. */
  readonly indirect: Scalars['Boolean']['output'];
  /** One line for each difference: `field pid moved from 2416 to 2432`, `field icsk_ack.pending moved from 0 to 2`. */
  readonly details: ReadonlyArray<Scalars['String']['output']>;
  /** Modules that have it where the kernel itself has not. */
  readonly modules: ReadonlyArray<Scalars['String']['output']>;
};

/** A symbol that two configurations have differently. */
export type ConfigDifference = {
  /** With `CONFIG_`. */
  readonly name: Scalars['String']['output'];
  /** In the first kernel; null where its configuration does not name it. */
  readonly from: Maybe<Scalars['String']['output']>;
  /** In the second. */
  readonly to: Maybe<Scalars['String']['output']>;
};

/** A BPF object file. */
export type BpfObject = {
  /** The name it was uploaded under. */
  readonly name: Scalars['String']['output'];
  /** Of the file, in hexadecimal. */
  readonly sha256: Scalars['String']['output'];
  /** The text of its `license` section. */
  readonly license: Maybe<Scalars['String']['output']>;
  /** Byte order it was compiled for. */
  readonly littleEndian: Scalars['Boolean']['output'];
  /** Its functions, entry points and subprograms, by section. */
  readonly programs: ReadonlyArray<BpfProgram>;
  /** Its maps, global data among them. */
  readonly maps: ReadonlyArray<BpfMap>;
  /** CO-RE relocations in the order of `.BTF.ext`. */
  readonly relocations: ReadonlyArray<ObjectRelocation>;
  /** The outcome of each relocation on each kernel; equal kernels share a row. */
  readonly matrix: ReadonlyArray<RelocationRow>;
  /**
   * Whether kernels load and attach its programs; kernels that answer alike share a row. The words are those of
   * `btfq loads`: `loader` is `libbpf`, `cilium` or `aya`; the rest is what user space does to the object before it loads it.
   */
  readonly loads: ReadonlyArray<LoadRow>;
};


/** A BPF object file. */
export type BpfObjectMatrixArgs = {
  where?: InputMaybe<KernelFilter>;
};


/** A BPF object file. */
export type BpfObjectLoadsArgs = {
  where?: InputMaybe<KernelFilter>;
  loader?: InputMaybe<Scalars['String']['input']>;
  set?: InputMaybe<ReadonlyArray<Scalars['String']['input']>>;
  attach?: InputMaybe<ReadonlyArray<Scalars['String']['input']>>;
  skip?: InputMaybe<ReadonlyArray<Scalars['String']['input']>>;
  maxEntries?: InputMaybe<ReadonlyArray<Scalars['String']['input']>>;
  all?: InputMaybe<Scalars['Boolean']['input']>;
};

/** Kernels that answer alike whether they load and attach an object's programs. */
export type LoadRow = {
  /** The kernels that share these answers. */
  readonly kernels: ReadonlyArray<Kernel>;
  /** One answer for each program, in the object's order. */
  readonly programs: ReadonlyArray<ProgramLoad>;
};

/** Whether a program is loaded, and attached where its section says. */
export type ProgramLoad = {
  /** Name of the function. */
  readonly program: Scalars['String']['output'];
  /** `SEC("...")`. */
  readonly section: Scalars['String']['output'];
  /** `fails`, `conditional` or `no-objection`, which is not the same as that it loads. */
  readonly verdict: Scalars['String']['output'];
  /** Why it fails, or on what it depends. */
  readonly reasons: ReadonlyArray<LoadReason>;
  /** Attaching, apart from loading. */
  readonly attach: ProgramAttach;
};

/** Whether a loaded program attaches where its section says. */
export type ProgramAttach = {
  /** `yes`, `fails`, `conditional` or `not-asked`. */
  readonly verdict: Scalars['String']['output'];
  /** Why it fails, or on what it depends. */
  readonly reasons: ReadonlyArray<LoadReason>;
};

/** Why a program is not loaded, or not attached. */
export type LoadReason = {
  /** A word that stays the same: docs/guide-loads.md lists them. */
  readonly code: Scalars['String']['output'];
  /** A sentence. */
  readonly message: Scalars['String']['output'];
  /** `fails` or `conditional`. */
  readonly verdict: Scalars['String']['output'];
  /** Source file, where the object has line information. */
  readonly file: Maybe<Scalars['String']['output']>;
  /** Source line, from 1. */
  readonly line: Maybe<Scalars['Int']['output']>;
  /** Source column, from 1; 0 where the compiler gave none. */
  readonly column: Maybe<Scalars['Int']['output']>;
  /** What the program asks for. */
  readonly needed: Scalars['String']['output'];
  /** What the kernel has instead. */
  readonly found: Maybe<Scalars['String']['output']>;
  /** What it rests on: `image`, `btf`, `config`, `release`, `object` or `verifier`. */
  readonly evidence: Scalars['String']['output'];
  /** Whether the whole object fails with it. */
  readonly wholeObject: Scalars['Boolean']['output'];
  /** The loaders for which it holds. */
  readonly loaders: ReadonlyArray<Scalars['String']['output']>;
};

/** A function of an object. */
export type BpfProgram = {
  /** Name of the function. */
  readonly name: Scalars['String']['output'];
  /** `SEC("...")`; `.text` for subprograms. */
  readonly section: Scalars['String']['output'];
  /** In instructions of 8 bytes. */
  readonly instructions: Scalars['Int']['output'];
};

/** A map of an object. */
export type BpfMap = {
  /** Its name. */
  readonly name: Scalars['String']['output'];
  /** bpftool's word for its type. */
  readonly type: Maybe<Scalars['String']['output']>;
  /** In bytes; null where the definition leaves it out. */
  readonly keySize: Maybe<Scalars['Int']['output']>;
  /** In bytes; null where the definition leaves it out. */
  readonly valueSize: Maybe<Scalars['Int']['output']>;
  /** Null where the definition leaves it out. */
  readonly maxEntries: Maybe<Scalars['Int']['output']>;
};

/** A relocation as the object asks for it. */
export type ObjectRelocation = {
  /** Position among the records of `.BTF.ext`. */
  readonly index: Scalars['Int']['output'];
  /** The function that its instruction belongs to. */
  readonly program: Maybe<Scalars['String']['output']>;
  /** The section of its instruction. */
  readonly section: Scalars['String']['output'];
  /** Byte offset of its instruction in the section. */
  readonly insnOff: Scalars['Int']['output'];
  /** libbpf's word for what it asks: `byte_off`, `field_exists`, `enumval_value`. */
  readonly kind: Scalars['String']['output'];
  /** `struct task_struct.mm->pgd` style. */
  readonly spec: Scalars['String']['output'];
  /** Source file, where the object has line information. */
  readonly file: Maybe<Scalars['String']['output']>;
  /** Source line, from 1. */
  readonly line: Maybe<Scalars['Int']['output']>;
  /** Source column, from 1; 0 where the compiler gave none. */
  readonly column: Maybe<Scalars['Int']['output']>;
};

/** What can become of a relocation. */
export type RelocationOutcome =
  /** The instruction gets its value. */
  | 'APPLIED'
  /** The instruction is made invalid: the verifier refuses it if it can be reached. */
  | 'POISONED'
  /** libbpf refuses the object. */
  | 'FAILED';

/** What one relocation becomes on one group of kernels. */
export type RelocationResult = {
  /** What was asked. */
  readonly relocation: ObjectRelocation;
  /** What became of it. */
  readonly outcome: RelocationOutcome;
  /** The value that the instruction gets; null unless applied. */
  readonly value: Maybe<Scalars['BigInt']['output']>;
  /** Why it was not applied. */
  readonly reason: Maybe<Scalars['String']['output']>;
};

/** Kernels on which every relocation of the object has the same result. */
export type RelocationRow = {
  /** The kernels that share these results. */
  readonly kernels: ReadonlyArray<Kernel>;
  /** How many relocations were applied. */
  readonly applied: Scalars['Int']['output'];
  /** How many instructions were made invalid. */
  readonly poisoned: Scalars['Int']['output'];
  /** How many make libbpf refuse the object. */
  readonly failed: Scalars['Int']['output'];
  /** Result of each relocation, or of those with such an outcome. */
  readonly results: ReadonlyArray<RelocationResult>;
};


/** Kernels on which every relocation of the object has the same result. */
export type RelocationRowResultsArgs = {
  outcome?: InputMaybe<ReadonlyArray<RelocationOutcome>>;
};

/** Bundle layouts; docs/bundle-formats.md says who reads which. */
export type BundleFormat =
  /** `ID/VERSION_ID/ARCH/RELEASE.btf`. */
  | 'DIR'
  /** bcc's libbpf-tools: `min_core_btfs.tar.gz`. */
  | 'BCC'
  /** `dist/btfhub/ID/VERSION_ID/ARCH/RELEASE.btf`. */
  | 'TRACEE'
  /** Inspektor Gadget's image layer. */
  | 'INSPEKTOR_GADGET'
  /** The Datadog agent's `minimized-btfs.tar.xz`. */
  | 'DATADOG'
  /** `custom-archive/ID/VERSION_ID/ARCH/RELEASE.btf`. */
  | 'KYANOS'
  /** `./btfhub-archive/ID/VERSION_ID/MACHINE/RELEASE.btf`. */
  | 'EUNOMIA'
  /** `RELEASE.btf`. */
  | 'FLAT';

/** Minimal BTFs of many kernels for some objects. */
export type Bundle = {
  /** Hash of objects, kernels, format and mode. */
  readonly id: Scalars['ID']['output'];
  /** How many kernels it serves. */
  readonly kernels: Scalars['Int']['output'];
  /** Distinct minimal BTFs among them. */
  readonly distinct: Scalars['Int']['output'];
  /** Size of the archive in bytes. */
  readonly bytes: Scalars['Int']['output'];
  /** Its members, aliases among them. */
  readonly entries: ReadonlyArray<BundleEntry>;
  /** Path on this server to download it from. */
  readonly url: Scalars['String']['output'];
};

/** A member of a bundle. */
export type BundleEntry = {
  /** The kernel it is for; null where the index no longer has it. */
  readonly kernel: Maybe<Kernel>;
  /** Name of the member in the archive. */
  readonly path: Scalars['String']['output'];
  /** Of the minimal BTF, in hexadecimal. */
  readonly sha256: Scalars['String']['output'];
  /** Size of the minimal BTF in bytes. */
  readonly bytes: Scalars['Int']['output'];
  /** Relocations that this kernel can't satisfy. */
  readonly unsatisfied: ReadonlyArray<Scalars['String']['output']>;
};

/** What can be asked. */
export type Query = {
  /**
   * A SPEC of `btfq offsets`, YAML or JSON, answered for every kernel; docs/offsets.schema.json is its schema. `lang` (c, go,
   * rust, ts, python, zig, json, csv) asks for the table's text, too.
   */
  readonly offsets: OffsetTable;
  /** Kernels of the index, ordered by distro, kernel version and architecture. */
  readonly kernels: KernelConnection;
  /** One kernel: by id, by `distro/version/arch/release`, by release, or by a unique prefix of either. */
  readonly kernel: Maybe<Kernel>;
  /**
   * A struct by name, over all kernels that have it; null where no kernel does. Kernels in which the name is a union, or a
   * typedef of a struct without a tag (`atomic_t`), are among them; `struct NAME` asks for structs alone.
   */
  readonly struct: Maybe<Struct>;
  /** A union by name, over all kernels that have it; null where no kernel does. */
  readonly union: Maybe<Struct>;
  /** An enum by name, over all kernels that have it; null where no kernel does. */
  readonly enum: Maybe<Enum>;
  /** An enumerator by its own name, whichever enum holds it; null where no kernel has it. */
  readonly enumerator: Maybe<Enumerator>;
  /** A typedef by name, over all kernels that have it; null where no kernel does. */
  readonly typedef: Maybe<Typedef>;
  /** A function by name, with its signature in each kernel; null where no kernel has it. */
  readonly func: Maybe<Func>;
  /** A variable by name, with its type in each kernel; null where no kernel has it. */
  readonly variable: Maybe<Variable>;
  /** A trace event by `system/event`: each distinct format with its kernels. */
  readonly tracepoint: ReadonlyArray<TracepointVariant>;
  /** A system call by name: each distinct answer with its kernels. */
  readonly syscall: ReadonlyArray<SyscallVariant>;
  /** A hook of security modules by kernels' own tables, with or without `bpf_lsm_`: each distinct answer once. */
  readonly lsmHook: ReadonlyArray<LsmHookVariant>;
  /** A struct_ops by the name of its struct (`tcp_congestion_ops`): each distinct answer once. */
  readonly structOps: ReadonlyArray<StructOpsVariant>;
  /** An iterator by its target (`task` for `iter/task`): each distinct answer once. */
  readonly iterator: ReadonlyArray<IteratorVariant>;
  /** A function whose return value may be replaced (error injection): each distinct answer once. */
  readonly errorInjection: ReadonlyArray<ErrorInjectionVariant>;
  /** Which programs may call a helper: each distinct answer with its kernels. `programType` (`KPROBE`) leaves the others out. */
  readonly helper: ReadonlyArray<HelperVariant>;
  /** Which programs may call a kernel function: each distinct answer with its kernels. */
  readonly kfunc: ReadonlyArray<KfuncVariant>;
  /**
   * What kernels offer BPF programs: `program-type`, `map-type`, `attach-type`, `link-type`, `command`, `helper`, `kfunc`,
   * `instruction`, `other`; all, or those of a kind.
   */
  readonly features: ReadonlyArray<Feature>;
  /** A feature by its name, its enumerator, or bcc's words for it; null where no feature is called so. */
  readonly feature: Maybe<Feature>;
  /** Names that are near one that does not exist. */
  readonly nearNames: ReadonlyArray<Scalars['String']['output']>;
  /** Declarations whose name matches: exactly, by prefix, by substring, then by likeness. */
  readonly search: ReadonlyArray<TypeHit>;
  /**
   * Trace events, system calls, helpers, kfuncs and symbols of the configuration whose name matches: exactly, by prefix, by
   * substring. What all of a kind begin with may be left out: `bpf_`, `CONFIG_`, `sys_`, the event's system.
   */
  readonly searchFacts: ReadonlyArray<FactHit>;
  /** Structs and unions with a member of this type, written as C writes it: `struct mm_struct *`. */
  readonly fieldsOfType: FieldOfTypeConnection;
  /** Functions with a parameter of this type, written as C writes it: `struct sk_buff *`. */
  readonly funcsOfType: FuncOfTypeConnection;
  /** What changed from one kernel to another, as a summary and by declaration. */
  readonly diff: KernelDiff;
  /** A BPF object: its programs, maps and relocations. It is read in memory and not kept. */
  readonly object: BpfObject;
  /** A bundle made earlier, by its id; null where it is no longer kept. */
  readonly bundle: Maybe<Bundle>;
  /** A symbol of kernels' configurations; `CONFIG_` may be left out. */
  readonly config: ConfigSymbol;
  /** What the index holds. */
  readonly stats: IndexStats;
};


/** What can be asked. */
export type QueryOffsetsArgs = {
  spec: Scalars['String']['input'];
  where?: InputMaybe<KernelFilter>;
  lang?: InputMaybe<Scalars['String']['input']>;
};


/** What can be asked. */
export type QueryKernelsArgs = {
  where?: InputMaybe<KernelFilter>;
  first?: InputMaybe<Scalars['Int']['input']>;
  after?: InputMaybe<Scalars['String']['input']>;
};


/** What can be asked. */
export type QueryKernelArgs = {
  id: Scalars['ID']['input'];
};


/** What can be asked. */
export type QueryStructArgs = {
  name: Scalars['String']['input'];
  module?: InputMaybe<Scalars['String']['input']>;
};


/** What can be asked. */
export type QueryUnionArgs = {
  name: Scalars['String']['input'];
  module?: InputMaybe<Scalars['String']['input']>;
};


/** What can be asked. */
export type QueryEnumArgs = {
  name: Scalars['String']['input'];
  module?: InputMaybe<Scalars['String']['input']>;
};


/** What can be asked. */
export type QueryEnumeratorArgs = {
  name: Scalars['String']['input'];
  module?: InputMaybe<Scalars['String']['input']>;
};


/** What can be asked. */
export type QueryTypedefArgs = {
  name: Scalars['String']['input'];
  module?: InputMaybe<Scalars['String']['input']>;
};


/** What can be asked. */
export type QueryFuncArgs = {
  name: Scalars['String']['input'];
  module?: InputMaybe<Scalars['String']['input']>;
};


/** What can be asked. */
export type QueryVariableArgs = {
  name: Scalars['String']['input'];
  module?: InputMaybe<Scalars['String']['input']>;
};


/** What can be asked. */
export type QueryTracepointArgs = {
  name: Scalars['String']['input'];
  where?: InputMaybe<KernelFilter>;
};


/** What can be asked. */
export type QuerySyscallArgs = {
  name: Scalars['String']['input'];
  where?: InputMaybe<KernelFilter>;
};


/** What can be asked. */
export type QueryLsmHookArgs = {
  name: Scalars['String']['input'];
  where?: InputMaybe<KernelFilter>;
};


/** What can be asked. */
export type QueryStructOpsArgs = {
  name: Scalars['String']['input'];
  where?: InputMaybe<KernelFilter>;
};


/** What can be asked. */
export type QueryIteratorArgs = {
  name: Scalars['String']['input'];
  where?: InputMaybe<KernelFilter>;
};


/** What can be asked. */
export type QueryErrorInjectionArgs = {
  name: Scalars['String']['input'];
  where?: InputMaybe<KernelFilter>;
};


/** What can be asked. */
export type QueryHelperArgs = {
  name: Scalars['String']['input'];
  programType?: InputMaybe<Scalars['String']['input']>;
  where?: InputMaybe<KernelFilter>;
};


/** What can be asked. */
export type QueryKfuncArgs = {
  name: Scalars['String']['input'];
  where?: InputMaybe<KernelFilter>;
};


/** What can be asked. */
export type QueryFeaturesArgs = {
  kind?: InputMaybe<Scalars['String']['input']>;
  where?: InputMaybe<KernelFilter>;
};


/** What can be asked. */
export type QueryFeatureArgs = {
  name: Scalars['String']['input'];
  where?: InputMaybe<KernelFilter>;
};


/** What can be asked. */
export type QueryNearNamesArgs = {
  kind: TypeKind;
  name: Scalars['String']['input'];
  first?: InputMaybe<Scalars['Int']['input']>;
};


/** What can be asked. */
export type QuerySearchArgs = {
  text: Scalars['String']['input'];
  kinds?: InputMaybe<ReadonlyArray<TypeKind>>;
  first?: InputMaybe<Scalars['Int']['input']>;
};


/** What can be asked. */
export type QuerySearchFactsArgs = {
  text: Scalars['String']['input'];
  first?: InputMaybe<Scalars['Int']['input']>;
};


/** What can be asked. */
export type QueryFieldsOfTypeArgs = {
  type: Scalars['String']['input'];
  where?: InputMaybe<KernelFilter>;
  first?: InputMaybe<Scalars['Int']['input']>;
  after?: InputMaybe<Scalars['String']['input']>;
};


/** What can be asked. */
export type QueryFuncsOfTypeArgs = {
  type: Scalars['String']['input'];
  where?: InputMaybe<KernelFilter>;
  first?: InputMaybe<Scalars['Int']['input']>;
  after?: InputMaybe<Scalars['String']['input']>;
};


/** What can be asked. */
export type QueryDiffArgs = {
  from: Scalars['ID']['input'];
  to: Scalars['ID']['input'];
  name?: InputMaybe<Scalars['String']['input']>;
};


/** What can be asked. */
export type QueryObjectArgs = {
  file: Scalars['File']['input'];
};


/** What can be asked. */
export type QueryBundleArgs = {
  id: Scalars['ID']['input'];
};


/** What can be asked. */
export type QueryConfigArgs = {
  name: Scalars['String']['input'];
};

/** What kernels say to a SPEC: each distinct row of answers once. */
export type OffsetTable = {
  /** The entries of the SPEC, in its order. */
  readonly entries: ReadonlyArray<OffsetEntry>;
  /** Each distinct row of answers, with its kernels. */
  readonly rows: ReadonlyArray<OffsetRow>;
  /** The table in the language that was asked for, else null. */
  readonly text: Maybe<Scalars['String']['output']>;
};

/** A named thing of a SPEC. */
export type OffsetEntry = {
  /** Its name in the SPEC. */
  readonly name: Scalars['String']['output'];
  /** offset, container_of, size, exists, value, function or parameter. */
  readonly kind: Scalars['String']['output'];
  /** The paths that are tried, in order. */
  readonly paths: ReadonlyArray<Scalars['String']['output']>;
  /** Whether kernels may lack it. */
  readonly optional: Scalars['Boolean']['output'];
  /** Where it stands in the SPEC, from 1. */
  readonly line: Scalars['Int']['output'];
  /** Kernels that lack it, and those that have it in several places. */
  readonly missingIn: ReadonlyArray<Kernel>;
};

/** Answers that some kernels have in common. */
export type OffsetRow = {
  /** The kernels that answer so. */
  readonly kernels: ReadonlyArray<Kernel>;
  /** One for each entry, in their order. */
  readonly answers: ReadonlyArray<OffsetAnswer>;
};

/** A kernel's answer to one entry. */
export type OffsetAnswer = {
  /** The name of the entry. */
  readonly entry: Scalars['String']['output'];
  /** The path that the kernel has; null where it lacks the entry: then all below is null. */
  readonly path: Maybe<Scalars['String']['output']>;
  /** Bytes; each but the last is of a pointer to read. */
  readonly offsets: Maybe<ReadonlyArray<Scalars['Int']['output']>>;
  /** Bytes of the field. */
  readonly size: Maybe<Scalars['Int']['output']>;
  /** Of a bitfield, from the byte at the last offset. */
  readonly bitOffset: Maybe<Scalars['Int']['output']>;
  /** Of a bitfield. */
  readonly bitSize: Maybe<Scalars['Int']['output']>;
  /** A size, a value, a position, or 1 and 0 for what exists and what does not; of a function the number of its parameters. */
  readonly value: Maybe<Scalars['BigInt']['output']>;
  /** The field's type, or the function's signature. */
  readonly type: Maybe<Scalars['String']['output']>;
};

/** What can be made. */
export type Mutation = {
  /** The minimal BTF of each kernel for these objects, as one archive to download. The same question has the same id. */
  readonly minimalBtf: Bundle;
};


/** What can be made. */
export type MutationMinimalBtfArgs = {
  objects: ReadonlyArray<Scalars['File']['input']>;
  where?: InputMaybe<KernelFilter>;
  format?: InputMaybe<BundleFormat>;
  canonical?: InputMaybe<Scalars['Boolean']['input']>;
};

/** Where to go on in a list that was asked for with `first`. */
export type PageInfo = {
  /** Whether there is more after this page. */
  readonly hasNextPage: Scalars['Boolean']['output'];
  /** Give it as `after` to get the next page. */
  readonly endCursor: Maybe<Scalars['String']['output']>;
};

/** What the index holds, in numbers. */
export type IndexStats = {
  /** Names under which a BTF was ingested. */
  readonly kernels: Scalars['Int']['output'];
  /** Distinct contents among them. */
  readonly distinct: Scalars['Int']['output'];
  /** Modules stored with their kernels. */
  readonly modules: Scalars['Int']['output'];
  /** Distinct declarations over all kernels. */
  readonly declarations: Scalars['Int']['output'];
  /** Distinct names of declarations, members, enumerators and parameters. */
  readonly names: Scalars['Int']['output'];
  /** Size of the index file in bytes. */
  readonly bytes: Scalars['BigInt']['output'];
  /** Size in bytes of all BTF that the index gives back. */
  readonly btfBytes: Scalars['BigInt']['output'];
  /** Changes with every write to the index: answers of one generation are alike. */
  readonly generation: Scalars['String']['output'];
};

/** The kinds of declarations that have names. */
export type TypeKind =
  /** A struct. */
  | 'STRUCT'
  /** A union. */
  | 'UNION'
  /** An enum. */
  | 'ENUM'
  /** A typedef. */
  | 'TYPEDEF'
  /** A function. */
  | 'FUNC'
  /** A variable. */
  | 'VAR';

/** A declaration that a search found. */
export type TypeHit = {
  /** What it is. */
  readonly kind: TypeKind;
  /** Its name. */
  readonly name: Scalars['String']['output'];
  /** How the name matched. */
  readonly match: MatchRank;
  /** How many kernels have it. */
  readonly kernels: Scalars['Int']['output'];
  /** How many distinct declarations share this kind and name. */
  readonly variants: Scalars['Int']['output'];
  /** Modules that have it; empty where only kernels themselves do. */
  readonly modules: ReadonlyArray<Scalars['String']['output']>;
};

/** How a name matched what was searched, best first. */
export type MatchRank =
  /** The very name. */
  | 'EXACT'
  /** The name begins with the text. */
  | 'PREFIX'
  /** The name has the text in it. */
  | 'SUBSTRING'
  /** The name is like the text. */
  | 'FUZZY';

/** A symbol of configurations over all kernels. */
export type ConfigSymbol = {
  /** With `CONFIG_`. */
  readonly name: Scalars['String']['output'];
  /** Each value once, with its kernels. */
  readonly values: ReadonlyArray<ConfigValue>;
  /** Kernels whose configuration is known and does not name the symbol. */
  readonly absentFrom: ReadonlyArray<Kernel>;
  /** Kernels whose configuration is not known. */
  readonly unknownIn: ReadonlyArray<Kernel>;
};


/** A symbol of configurations over all kernels. */
export type ConfigSymbolValuesArgs = {
  where?: InputMaybe<KernelFilter>;
};


/** A symbol of configurations over all kernels. */
export type ConfigSymbolAbsentFromArgs = {
  where?: InputMaybe<KernelFilter>;
};


/** A symbol of configurations over all kernels. */
export type ConfigSymbolUnknownInArgs = {
  where?: InputMaybe<KernelFilter>;
};

/** A value of a symbol. */
export type ConfigValue = {
  /** As the file has it: `y`, `m`, `n` for `is not set`, a number, a string in quotes. */
  readonly value: Scalars['String']['output'];
  /** The kernels that have it so. */
  readonly kernels: ReadonlyArray<Kernel>;
};


/** A value of a symbol. */
export type ConfigValueKernelsArgs = {
  where?: InputMaybe<KernelFilter>;
};

/** A struct or union over kernels. */
export type Struct = {
  /** Its name, without `struct` or `union`. */
  readonly name: Scalars['String']['output'];
  /** The kernels that have one of this name. */
  readonly kernels: ReadonlyArray<Kernel>;
  /** Each distinct layout once, with its kernels and its fields. */
  readonly layouts: ReadonlyArray<StructLayout>;
  /** A field, or a path of fields (`se.vruntime`); goes through anonymous members as C does. Null where no kernel has it. */
  readonly field: Maybe<Field>;
};


/** A struct or union over kernels. */
export type StructKernelsArgs = {
  where?: InputMaybe<KernelFilter>;
};


/** A struct or union over kernels. */
export type StructLayoutsArgs = {
  where?: InputMaybe<KernelFilter>;
};


/** A struct or union over kernels. */
export type StructFieldArgs = {
  name: Scalars['String']['input'];
};

/** One layout of a struct or union, and the kernels that have it. */
export type StructLayout = {
  /** STRUCT or UNION. */
  readonly kind: TypeKind;
  /** Its name. */
  readonly name: Scalars['String']['output'];
  /** In bytes. */
  readonly size: Scalars['Int']['output'];
  /** The kernels that have this very layout. */
  readonly kernels: ReadonlyArray<Kernel>;
  /** Its members in order, those of anonymous members in their place. */
  readonly fields: ReadonlyArray<StructField>;
  /** The declaration in C. */
  readonly c: Scalars['String']['output'];
  /** Hash of the declaration, the same in every index. */
  readonly hash: Scalars['String']['output'];
  /** Where it is: in kernels themselves, or in which of their modules. */
  readonly places: ReadonlyArray<DeclarationPlace>;
};


/** One layout of a struct or union, and the kernels that have it. */
export type StructLayoutKernelsArgs = {
  where?: InputMaybe<KernelFilter>;
};

/** A member in one layout. */
export type StructField = {
  /** Empty for padding bitfields and anonymous members. */
  readonly name: Scalars['String']['output'];
  /** As C writes it. */
  readonly type: Scalars['String']['output'];
  /** In bytes; of the byte that holds the first bit, for a bitfield. */
  readonly offset: Scalars['Int']['output'];
  /** In bits from the start of the outermost struct. */
  readonly bitOffset: Scalars['Int']['output'];
  /** Width in bits of a bitfield, else null. */
  readonly bitSize: Maybe<Scalars['Int']['output']>;
  /** In bytes; null where the type has no size of its own. */
  readonly size: Maybe<Scalars['Int']['output']>;
  /** How deep in anonymous members: 0 for the struct's own. */
  readonly depth: Scalars['Int']['output'];
};

/** A field over kernels. */
export type Field = {
  /** As it was asked for. */
  readonly name: Scalars['String']['output'];
  /** Every kernel that has it. With `first`, a page: see `kernelsPage` for its cursor. */
  readonly kernels: ReadonlyArray<FieldInKernel>;
  /** As `kernels`, with cursors. */
  readonly kernelsPage: FieldInKernelConnection;
  /** Each distinct (offset, size, type) once, with its kernels. */
  readonly variants: ReadonlyArray<FieldVariant>;
  /** Kernels that have the struct and lack the field. */
  readonly absentFrom: ReadonlyArray<Kernel>;
  /** Kernels that have no such struct at all. */
  readonly withoutStruct: ReadonlyArray<Kernel>;
  /** Those of `withoutStruct` whose modules are not known: one of these may have it. */
  readonly unknownIn: ReadonlyArray<Kernel>;
  /** What happened to it from kernel to kernel of each series (a distro, an architecture, a flavour), by version. */
  readonly history: ReadonlyArray<FieldEvent>;
};


/** A field over kernels. */
export type FieldKernelsArgs = {
  where?: InputMaybe<KernelFilter>;
  first?: InputMaybe<Scalars['Int']['input']>;
  after?: InputMaybe<Scalars['String']['input']>;
};


/** A field over kernels. */
export type FieldKernelsPageArgs = {
  where?: InputMaybe<KernelFilter>;
  first?: InputMaybe<Scalars['Int']['input']>;
  after?: InputMaybe<Scalars['String']['input']>;
};


/** A field over kernels. */
export type FieldVariantsArgs = {
  where?: InputMaybe<KernelFilter>;
};


/** A field over kernels. */
export type FieldAbsentFromArgs = {
  where?: InputMaybe<KernelFilter>;
};


/** A field over kernels. */
export type FieldWithoutStructArgs = {
  where?: InputMaybe<KernelFilter>;
};


/** A field over kernels. */
export type FieldUnknownInArgs = {
  where?: InputMaybe<KernelFilter>;
};


/** A field over kernels. */
export type FieldHistoryArgs = {
  where?: InputMaybe<KernelFilter>;
};

/** A page of rows. */
export type FieldInKernelConnection = {
  /** The rows of this page. */
  readonly nodes: ReadonlyArray<FieldInKernel>;
  /** Where to go on. */
  readonly pageInfo: PageInfo;
  /** All rows, on any page. */
  readonly totalCount: Scalars['Int']['output'];
};

/** A field in one kernel. */
export type FieldInKernel = {
  /** The kernel. */
  readonly kernel: Kernel;
  /** In bytes from the start of the struct; for a bitfield, of the byte that holds its first bit. */
  readonly offset: Scalars['Int']['output'];
  /** In bits from the start of the struct. */
  readonly bitOffset: Scalars['Int']['output'];
  /** Width in bits of a bitfield, else null. */
  readonly bitSize: Maybe<Scalars['Int']['output']>;
  /** In bytes; null where the type has no size. */
  readonly size: Maybe<Scalars['Int']['output']>;
  /** As C writes it. */
  readonly type: Scalars['String']['output'];
  /** The parts of the kernel whose struct has it there: `vmlinux`, or modules by name. */
  readonly declaredIn: ReadonlyArray<Scalars['String']['output']>;
};

/** Where a field lies in a struct. */
export type FieldPlace = {
  /** In bytes; of the byte that holds the first bit, for a bitfield. */
  readonly offset: Scalars['Int']['output'];
  /** In bits from the start of the struct. */
  readonly bitOffset: Scalars['Int']['output'];
  /** Width in bits of a bitfield, else null. */
  readonly bitSize: Maybe<Scalars['Int']['output']>;
  /** In bytes; null where the type has no size. */
  readonly size: Maybe<Scalars['Int']['output']>;
  /** As C writes it. */
  readonly type: Scalars['String']['output'];
};

/** One way in which a field is laid out, and where. */
export type FieldVariant = {
  /** In bytes; of the byte that holds the first bit, for a bitfield. */
  readonly offset: Scalars['Int']['output'];
  /** In bits from the start of the struct. */
  readonly bitOffset: Scalars['Int']['output'];
  /** Width in bits of a bitfield, else null. */
  readonly bitSize: Maybe<Scalars['Int']['output']>;
  /** In bytes; null where the type has no size. */
  readonly size: Maybe<Scalars['Int']['output']>;
  /** As C writes it. */
  readonly type: Scalars['String']['output'];
  /** The kernels that have it so. */
  readonly kernels: ReadonlyArray<Kernel>;
  /** Where it is: in kernels themselves, or in which of their modules. */
  readonly places: ReadonlyArray<DeclarationPlace>;
};


/** One way in which a field is laid out, and where. */
export type FieldVariantKernelsArgs = {
  where?: InputMaybe<KernelFilter>;
};

/** What can happen to a field from one kernel to the next. */
export type FieldChange =
  /** It was not there before. */
  | 'ADDED'
  /** It is there no longer. */
  | 'REMOVED'
  /** Its offset changed. */
  | 'MOVED'
  /** Its size changed. */
  | 'RESIZED'
  /** Its type changed. */
  | 'RETYPED'
  /** It goes by another name. */
  | 'RENAMED'
  /** What holds it became something else: a union became a struct; `evidence` says what. */
  | 'BECAME';

/** One change of a field from one kernel to the next of its series. */
export type FieldEvent = {
  /** The distro, architecture and flavour whose kernels were compared in version order. */
  readonly series: Scalars['String']['output'];
  /** What happened. */
  readonly change: FieldChange;
  /** The last kernel before the change; null where the field was there from the start. */
  readonly from: Maybe<Kernel>;
  /** The first kernel after it. */
  readonly to: Kernel;
  /** Where it was; null where it was not there. */
  readonly before: Maybe<FieldPlace>;
  /** Where it is then; null where it is gone. */
  readonly after: Maybe<FieldPlace>;
  /** For RENAMED: the other name. */
  readonly otherName: Maybe<Scalars['String']['output']>;
  /** Why a rename is assumed, in words: the same type at the same offset or between the same fields, from one kernel to the next. */
  readonly evidence: Maybe<Scalars['String']['output']>;
};

/** A page of members. */
export type FieldOfTypeConnection = {
  /** The members of this page. */
  readonly nodes: ReadonlyArray<FieldOfType>;
  /** Where to go on. */
  readonly pageInfo: PageInfo;
  /** All such members, on any page. */
  readonly totalCount: Scalars['Int']['output'];
};

/** A member that has the type which was asked for. */
export type FieldOfType = {
  /** STRUCT or UNION. */
  readonly kind: TypeKind;
  /** The struct or union that has it. */
  readonly struct: Scalars['String']['output'];
  /** The member's name. */
  readonly field: Scalars['String']['output'];
  /** The kernels in which it has this type. */
  readonly kernels: ReadonlyArray<Kernel>;
  /** Where it is: in kernels themselves, or in which of their modules. */
  readonly places: ReadonlyArray<DeclarationPlace>;
};


/** A member that has the type which was asked for. */
export type FieldOfTypeKernelsArgs = {
  where?: InputMaybe<KernelFilter>;
};

/** A page of parameters. */
export type FuncOfTypeConnection = {
  /** The parameters of this page. */
  readonly nodes: ReadonlyArray<FuncOfType>;
  /** Where to go on. */
  readonly pageInfo: PageInfo;
  /** All such parameters, on any page. */
  readonly totalCount: Scalars['Int']['output'];
};

/** A parameter that has the type which was asked for. */
export type FuncOfType = {
  /** The function that takes it. */
  readonly func: Scalars['String']['output'];
  /** The parameter's name; empty where BTF has none. */
  readonly param: Scalars['String']['output'];
  /** Which parameter it is, from 0. */
  readonly position: Scalars['Int']['output'];
  /** The kernels in which it has this type. */
  readonly kernels: ReadonlyArray<Kernel>;
  /** Where it is: in kernels themselves, or in which of their modules. */
  readonly places: ReadonlyArray<DeclarationPlace>;
};


/** A parameter that has the type which was asked for. */
export type FuncOfTypeKernelsArgs = {
  where?: InputMaybe<KernelFilter>;
};

/** An enum over kernels. */
export type Enum = {
  /** Its name, without `enum`. */
  readonly name: Scalars['String']['output'];
  /** The kernels that have one of this name. */
  readonly kernels: ReadonlyArray<Kernel>;
  /** Each distinct list of enumerators once. */
  readonly variants: ReadonlyArray<EnumVariant>;
  /** One of its enumerators over all kernels; null where no kernel has it. */
  readonly enumerator: Maybe<Enumerator>;
};


/** An enum over kernels. */
export type EnumKernelsArgs = {
  where?: InputMaybe<KernelFilter>;
};


/** An enum over kernels. */
export type EnumVariantsArgs = {
  where?: InputMaybe<KernelFilter>;
};


/** An enum over kernels. */
export type EnumEnumeratorArgs = {
  name: Scalars['String']['input'];
};

/** One list of enumerators, and the kernels that have it. */
export type EnumVariant = {
  /** Its name. */
  readonly name: Scalars['String']['output'];
  /** Hash of the declaration, the same in every index. */
  readonly hash: Scalars['String']['output'];
  /** The declaration in C. */
  readonly c: Scalars['String']['output'];
  /** In bytes. */
  readonly size: Scalars['Int']['output'];
  /** Whether its values are signed. */
  readonly signed: Scalars['Boolean']['output'];
  /** Its enumerators in order. */
  readonly enumerators: ReadonlyArray<EnumeratorValue>;
  /** The kernels that have this very list. */
  readonly kernels: ReadonlyArray<Kernel>;
  /** Where it is: in kernels themselves, or in which of their modules. */
  readonly places: ReadonlyArray<DeclarationPlace>;
};


/** One list of enumerators, and the kernels that have it. */
export type EnumVariantKernelsArgs = {
  where?: InputMaybe<KernelFilter>;
};

/** An enumerator with its value. */
export type EnumeratorValue = {
  /** Its name. */
  readonly name: Scalars['String']['output'];
  /** Its value, signed as its enum says. */
  readonly value: Scalars['BigInt']['output'];
};

/** An enumerator over kernels. */
export type Enumerator = {
  /** Its name. */
  readonly name: Scalars['String']['output'];
  /** Its value in every kernel that has it. */
  readonly kernels: ReadonlyArray<EnumeratorInKernel>;
  /** Each distinct (enum, value) once. */
  readonly variants: ReadonlyArray<EnumeratorVariant>;
};


/** An enumerator over kernels. */
export type EnumeratorKernelsArgs = {
  where?: InputMaybe<KernelFilter>;
  first?: InputMaybe<Scalars['Int']['input']>;
  after?: InputMaybe<Scalars['String']['input']>;
};


/** An enumerator over kernels. */
export type EnumeratorVariantsArgs = {
  where?: InputMaybe<KernelFilter>;
};

/** One value of an enumerator, and where. */
export type EnumeratorVariant = {
  /** The enum that holds it; empty for an anonymous one. */
  readonly enum: Scalars['String']['output'];
  /** Its value. */
  readonly value: Scalars['BigInt']['output'];
  /** The kernels that give it this value in this enum. */
  readonly kernels: ReadonlyArray<Kernel>;
  /** Where it is: in kernels themselves, or in which of their modules. */
  readonly places: ReadonlyArray<DeclarationPlace>;
};


/** One value of an enumerator, and where. */
export type EnumeratorVariantKernelsArgs = {
  where?: InputMaybe<KernelFilter>;
};

/** An enumerator in one kernel. */
export type EnumeratorInKernel = {
  /** The kernel. */
  readonly kernel: Kernel;
  /** The enum that holds it; empty for an anonymous one. */
  readonly enum: Scalars['String']['output'];
  /** Its value there. */
  readonly value: Scalars['BigInt']['output'];
};

/** A typedef over kernels. */
export type Typedef = {
  /** Its name. */
  readonly name: Scalars['String']['output'];
  /** The kernels that have one of this name. */
  readonly kernels: ReadonlyArray<Kernel>;
  /** Each distinct meaning once. */
  readonly variants: ReadonlyArray<TypedefVariant>;
};


/** A typedef over kernels. */
export type TypedefKernelsArgs = {
  where?: InputMaybe<KernelFilter>;
};


/** A typedef over kernels. */
export type TypedefVariantsArgs = {
  where?: InputMaybe<KernelFilter>;
};

/** One meaning of a typedef, and where. */
export type TypedefVariant = {
  /** Its name. */
  readonly name: Scalars['String']['output'];
  /** What it stands for, as C writes it. */
  readonly type: Scalars['String']['output'];
  /** The kernels in which it means this. */
  readonly kernels: ReadonlyArray<Kernel>;
  /** Where it is: in kernels themselves, or in which of their modules. */
  readonly places: ReadonlyArray<DeclarationPlace>;
};


/** One meaning of a typedef, and where. */
export type TypedefVariantKernelsArgs = {
  where?: InputMaybe<KernelFilter>;
};

/** A function over kernels. */
export type Func = {
  /** Its name. */
  readonly name: Scalars['String']['output'];
  /** The kernels that have one of this name. */
  readonly kernels: ReadonlyArray<Kernel>;
  /** Each distinct signature once. */
  readonly variants: ReadonlyArray<FuncVariant>;
  /** Whether programs attach to it, by the kernels' own tables: each distinct answer once. */
  readonly attach: ReadonlyArray<FuncAttach>;
};


/** A function over kernels. */
export type FuncKernelsArgs = {
  where?: InputMaybe<KernelFilter>;
};


/** A function over kernels. */
export type FuncVariantsArgs = {
  where?: InputMaybe<KernelFilter>;
};


/** A function over kernels. */
export type FuncAttachArgs = {
  where?: InputMaybe<KernelFilter>;
};

/** One signature of a function, and where. */
export type FuncVariant = {
  /** Its name. */
  readonly name: Scalars['String']['output'];
  /** As C writes it: `int vfs_open(const struct path *path, struct file *file)`. */
  readonly signature: Scalars['String']['output'];
  /** Its return type, as C writes it. */
  readonly returns: Scalars['String']['output'];
  /** Its parameters in order; a final `...` has no name and the type `...`. */
  readonly params: ReadonlyArray<FuncParam>;
  /** static, global or extern. */
  readonly linkage: Scalars['String']['output'];
  /** The kernels that have this very signature. */
  readonly kernels: ReadonlyArray<Kernel>;
  /** Where it is: in kernels themselves, or in which of their modules. */
  readonly places: ReadonlyArray<DeclarationPlace>;
};


/** One signature of a function, and where. */
export type FuncVariantKernelsArgs = {
  where?: InputMaybe<KernelFilter>;
};

/** A parameter. */
export type FuncParam = {
  /** Its name; empty where BTF has none. */
  readonly name: Scalars['String']['output'];
  /** Its type, as C writes it. */
  readonly type: Scalars['String']['output'];
};

/** A variable over kernels. */
export type Variable = {
  /** Its name. */
  readonly name: Scalars['String']['output'];
  /** The kernels that have one of this name. */
  readonly kernels: ReadonlyArray<Kernel>;
  /** Each distinct type and linkage once. */
  readonly variants: ReadonlyArray<VariableVariant>;
};


/** A variable over kernels. */
export type VariableKernelsArgs = {
  where?: InputMaybe<KernelFilter>;
};


/** A variable over kernels. */
export type VariableVariantsArgs = {
  where?: InputMaybe<KernelFilter>;
};

/** One type of a variable, and where. */
export type VariableVariant = {
  /** Its name. */
  readonly name: Scalars['String']['output'];
  /** Its type, as C writes it. */
  readonly type: Scalars['String']['output'];
  /** static, global or extern. */
  readonly linkage: Scalars['String']['output'];
  /** The kernels that have it so. */
  readonly kernels: ReadonlyArray<Kernel>;
  /** Where it is: in kernels themselves, or in which of their modules. */
  readonly places: ReadonlyArray<DeclarationPlace>;
};


/** One type of a variable, and where. */
export type VariableVariantKernelsArgs = {
  where?: InputMaybe<KernelFilter>;
};

/** Where a declaration is, in one part of kernels. */
export type DeclarationPlace = {
  /** A module's name; null for the kernel itself, its vmlinux. */
  readonly module: Maybe<Scalars['String']['output']>;
  /** The kernels that have it there. */
  readonly kernels: ReadonlyArray<Kernel>;
};


/** Where a declaration is, in one part of kernels. */
export type DeclarationPlaceKernelsArgs = {
  where?: InputMaybe<KernelFilter>;
};



export type ResolverTypeWrapper<T> = Promise<T> | T;


export type ResolverWithResolve<TResult, TParent, TContext, TArgs> = {
  resolve: ResolverFn<TResult, TParent, TContext, TArgs>;
};
export type Resolver<TResult, TParent = Record<PropertyKey, never>, TContext = Record<PropertyKey, never>, TArgs = Record<PropertyKey, never>> = ResolverFn<TResult, TParent, TContext, TArgs> | ResolverWithResolve<TResult, TParent, TContext, TArgs>;

export type ResolverFn<TResult, TParent, TContext, TArgs> = (
  parent: TParent,
  args: TArgs,
  context: TContext,
  info: GraphQLResolveInfo
) => Promise<TResult> | TResult;

export type SubscriptionSubscribeFn<TResult, TParent, TContext, TArgs> = (
  parent: TParent,
  args: TArgs,
  context: TContext,
  info: GraphQLResolveInfo
) => AsyncIterable<TResult> | Promise<AsyncIterable<TResult>>;

export type SubscriptionResolveFn<TResult, TParent, TContext, TArgs> = (
  parent: TParent,
  args: TArgs,
  context: TContext,
  info: GraphQLResolveInfo
) => TResult | Promise<TResult>;

export interface SubscriptionSubscriberObject<TResult, TKey extends string, TParent, TContext, TArgs> {
  subscribe: SubscriptionSubscribeFn<{ [key in TKey]: TResult }, TParent, TContext, TArgs>;
  resolve?: SubscriptionResolveFn<TResult, { [key in TKey]: TResult }, TContext, TArgs>;
}

export interface SubscriptionResolverObject<TResult, TParent, TContext, TArgs> {
  subscribe: SubscriptionSubscribeFn<any, TParent, TContext, TArgs>;
  resolve: SubscriptionResolveFn<TResult, any, TContext, TArgs>;
}

export type SubscriptionObject<TResult, TKey extends string, TParent, TContext, TArgs> =
  | SubscriptionSubscriberObject<TResult, TKey, TParent, TContext, TArgs>
  | SubscriptionResolverObject<TResult, TParent, TContext, TArgs>;

export type SubscriptionResolver<TResult, TKey extends string, TParent = Record<PropertyKey, never>, TContext = Record<PropertyKey, never>, TArgs = Record<PropertyKey, never>> =
  | ((...args: any[]) => SubscriptionObject<TResult, TKey, TParent, TContext, TArgs>)
  | SubscriptionObject<TResult, TKey, TParent, TContext, TArgs>;

export type TypeResolveFn<TTypes, TParent = Record<PropertyKey, never>, TContext = Record<PropertyKey, never>> = (
  parent: TParent,
  context: TContext,
  info: GraphQLResolveInfo
) => Maybe<TTypes> | Promise<Maybe<TTypes>>;

export type IsTypeOfResolverFn<T = Record<PropertyKey, never>, TContext = Record<PropertyKey, never>> = (obj: T, context: TContext, info: GraphQLResolveInfo) => boolean | Promise<boolean>;

export type NextResolverFn<T> = () => Promise<T>;

export type DirectiveResolverFn<TResult = Record<PropertyKey, never>, TParent = Record<PropertyKey, never>, TContext = Record<PropertyKey, never>, TArgs = Record<PropertyKey, never>> = (
  next: NextResolverFn<TResult>,
  parent: TParent,
  args: TArgs,
  context: TContext,
  info: GraphQLResolveInfo
) => TResult | Promise<TResult>;





/** Mapping between all available schema types and the resolvers types */
export type ResolversTypes = {
  FactState: FactState;
  Attachability: ResolverTypeWrapper<Attachability>;
  String: ResolverTypeWrapper<Scalars['String']['output']>;
  FuncAttach: ResolverTypeWrapper<FuncAttachModelRow>;
  Boolean: ResolverTypeWrapper<Scalars['Boolean']['output']>;
  FuncInModule: ResolverTypeWrapper<FuncInModule>;
  TracepointVariant: ResolverTypeWrapper<TracepointModelRow>;
  TracepointField: ResolverTypeWrapper<TracepointField>;
  Int: ResolverTypeWrapper<Scalars['Int']['output']>;
  SyscallVariant: ResolverTypeWrapper<SyscallModelRow>;
  LsmHookVariant: ResolverTypeWrapper<LsmHookModelRow>;
  StructOpsVariant: ResolverTypeWrapper<StructOpsModelRow>;
  StructOpsMember: ResolverTypeWrapper<StructOpsMember>;
  IteratorVariant: ResolverTypeWrapper<IteratorModelRow>;
  ErrorInjectionVariant: ResolverTypeWrapper<ErrorInjectionModelRow>;
  SyscallArg: ResolverTypeWrapper<SyscallArg>;
  HelperVariant: ResolverTypeWrapper<HelperModelRow>;
  HelperProgram: ResolverTypeWrapper<HelperProgram>;
  HelperProto: ResolverTypeWrapper<HelperProto>;
  KfuncVariant: ResolverTypeWrapper<KfuncModelRow>;
  KfuncProgram: ResolverTypeWrapper<KfuncProgram>;
  Feature: ResolverTypeWrapper<FeatureModelRow>;
  FeatureKernels: ResolverTypeWrapper<FeatureKernelsModelRow>;
  FactHit: ResolverTypeWrapper<FactHit>;
  FactNameKind: FactNameKind;
  KernelFilter: KernelFilter;
  KernelConnection: ResolverTypeWrapper<KernelConnectionModelRow>;
  KernelEdge: ResolverTypeWrapper<Omit<KernelEdge, 'node'> & { node: ResolversTypes['Kernel'] }>;
  Kernel: ResolverTypeWrapper<KernelRow>;
  ID: ResolverTypeWrapper<Scalars['ID']['output']>;
  ConfigSetting: ResolverTypeWrapper<ConfigSetting>;
  KnownFact: ResolverTypeWrapper<KnownFact>;
  KernelModule: ResolverTypeWrapper<KernelModuleInfoRow>;
  KernelDiff: ResolverTypeWrapper<DiffModelRow>;
  ChangeKind: ChangeKind;
  DiffEntry: ResolverTypeWrapper<DiffEntryModelRow>;
  ConfigDifference: ResolverTypeWrapper<ConfigDifference>;
  BpfObject: ResolverTypeWrapper<ObjectModelRow>;
  LoadRow: ResolverTypeWrapper<LoadRowModelRow>;
  ProgramLoad: ResolverTypeWrapper<ProgramLoad>;
  ProgramAttach: ResolverTypeWrapper<ProgramAttach>;
  LoadReason: ResolverTypeWrapper<LoadReason>;
  BpfProgram: ResolverTypeWrapper<BpfProgram>;
  BpfMap: ResolverTypeWrapper<BpfMap>;
  ObjectRelocation: ResolverTypeWrapper<RelocationDescriptionRow>;
  RelocationOutcome: RelocationOutcome;
  RelocationResult: ResolverTypeWrapper<Omit<RelocationResult, 'relocation'> & { relocation: ResolversTypes['ObjectRelocation'] }>;
  RelocationRow: ResolverTypeWrapper<RelocationRowModelRow>;
  BundleFormat: BundleFormat;
  Bundle: ResolverTypeWrapper<StoredBundleRow>;
  BundleEntry: ResolverTypeWrapper<StoredEntryRow>;
  Query: ResolverTypeWrapper<Record<PropertyKey, never>>;
  OffsetTable: ResolverTypeWrapper<Omit<OffsetTable, 'entries' | 'rows'> & { entries: ReadonlyArray<ResolversTypes['OffsetEntry']>, rows: ReadonlyArray<ResolversTypes['OffsetRow']> }>;
  OffsetEntry: ResolverTypeWrapper<Omit<OffsetEntry, 'missingIn'> & { missingIn: ReadonlyArray<ResolversTypes['Kernel']> }>;
  OffsetRow: ResolverTypeWrapper<Omit<OffsetRow, 'kernels'> & { kernels: ReadonlyArray<ResolversTypes['Kernel']> }>;
  OffsetAnswer: ResolverTypeWrapper<OffsetAnswer>;
  BigInt: ResolverTypeWrapper<Scalars['BigInt']['output']>;
  File: ResolverTypeWrapper<Scalars['File']['output']>;
  Mutation: ResolverTypeWrapper<Record<PropertyKey, never>>;
  PageInfo: ResolverTypeWrapper<PageInfo>;
  IndexStats: ResolverTypeWrapper<IndexStats>;
  TypeKind: TypeKind;
  TypeHit: ResolverTypeWrapper<TypeHitRow>;
  MatchRank: MatchRank;
  ConfigSymbol: ResolverTypeWrapper<ConfigSymbolModelRow>;
  ConfigValue: ResolverTypeWrapper<ConfigValueModelRow>;
  Struct: ResolverTypeWrapper<StructModelRow>;
  StructLayout: ResolverTypeWrapper<StructLayoutRow>;
  StructField: ResolverTypeWrapper<LayoutFieldRow>;
  Field: ResolverTypeWrapper<FieldModelRow>;
  FieldInKernelConnection: ResolverTypeWrapper<Omit<FieldInKernelConnection, 'nodes'> & { nodes: ReadonlyArray<ResolversTypes['FieldInKernel']> }>;
  FieldInKernel: ResolverTypeWrapper<FieldRowModelRow>;
  FieldPlace: ResolverTypeWrapper<FieldPlaceRow>;
  FieldVariant: ResolverTypeWrapper<FieldVariantRow>;
  FieldChange: FieldChange;
  FieldEvent: ResolverTypeWrapper<FieldEventRow>;
  FieldOfTypeConnection: ResolverTypeWrapper<Omit<FieldOfTypeConnection, 'nodes'> & { nodes: ReadonlyArray<ResolversTypes['FieldOfType']> }>;
  FieldOfType: ResolverTypeWrapper<FieldOfTypeModelRow>;
  FuncOfTypeConnection: ResolverTypeWrapper<Omit<FuncOfTypeConnection, 'nodes'> & { nodes: ReadonlyArray<ResolversTypes['FuncOfType']> }>;
  FuncOfType: ResolverTypeWrapper<FuncOfTypeModelRow>;
  Enum: ResolverTypeWrapper<EnumModelRow>;
  EnumVariant: ResolverTypeWrapper<EnumVariantRow>;
  EnumeratorValue: ResolverTypeWrapper<EnumeratorValue>;
  Enumerator: ResolverTypeWrapper<EnumeratorModelRow>;
  EnumeratorVariant: ResolverTypeWrapper<EnumeratorVariantRow>;
  EnumeratorInKernel: ResolverTypeWrapper<Omit<EnumeratorInKernel, 'kernel'> & { kernel: ResolversTypes['Kernel'] }>;
  Typedef: ResolverTypeWrapper<TypedefModelRow>;
  TypedefVariant: ResolverTypeWrapper<TypedefVariantRow>;
  Func: ResolverTypeWrapper<FuncModelRow>;
  FuncVariant: ResolverTypeWrapper<FuncVariantRow>;
  FuncParam: ResolverTypeWrapper<FuncParam>;
  Variable: ResolverTypeWrapper<VariableModelRow>;
  VariableVariant: ResolverTypeWrapper<VariableVariantRow>;
  DeclarationPlace: ResolverTypeWrapper<DeclarationPlaceModelRow>;
};

/** Mapping between all available schema types and the resolvers parents */
export type ResolversParentTypes = {
  Attachability: Attachability;
  String: Scalars['String']['output'];
  FuncAttach: FuncAttachModelRow;
  Boolean: Scalars['Boolean']['output'];
  FuncInModule: FuncInModule;
  TracepointVariant: TracepointModelRow;
  TracepointField: TracepointField;
  Int: Scalars['Int']['output'];
  SyscallVariant: SyscallModelRow;
  LsmHookVariant: LsmHookModelRow;
  StructOpsVariant: StructOpsModelRow;
  StructOpsMember: StructOpsMember;
  IteratorVariant: IteratorModelRow;
  ErrorInjectionVariant: ErrorInjectionModelRow;
  SyscallArg: SyscallArg;
  HelperVariant: HelperModelRow;
  HelperProgram: HelperProgram;
  HelperProto: HelperProto;
  KfuncVariant: KfuncModelRow;
  KfuncProgram: KfuncProgram;
  Feature: FeatureModelRow;
  FeatureKernels: FeatureKernelsModelRow;
  FactHit: FactHit;
  KernelFilter: KernelFilter;
  KernelConnection: KernelConnectionModelRow;
  KernelEdge: Omit<KernelEdge, 'node'> & { node: ResolversParentTypes['Kernel'] };
  Kernel: KernelRow;
  ID: Scalars['ID']['output'];
  ConfigSetting: ConfigSetting;
  KnownFact: KnownFact;
  KernelModule: KernelModuleInfoRow;
  KernelDiff: DiffModelRow;
  DiffEntry: DiffEntryModelRow;
  ConfigDifference: ConfigDifference;
  BpfObject: ObjectModelRow;
  LoadRow: LoadRowModelRow;
  ProgramLoad: ProgramLoad;
  ProgramAttach: ProgramAttach;
  LoadReason: LoadReason;
  BpfProgram: BpfProgram;
  BpfMap: BpfMap;
  ObjectRelocation: RelocationDescriptionRow;
  RelocationResult: Omit<RelocationResult, 'relocation'> & { relocation: ResolversParentTypes['ObjectRelocation'] };
  RelocationRow: RelocationRowModelRow;
  Bundle: StoredBundleRow;
  BundleEntry: StoredEntryRow;
  Query: Record<PropertyKey, never>;
  OffsetTable: Omit<OffsetTable, 'entries' | 'rows'> & { entries: ReadonlyArray<ResolversParentTypes['OffsetEntry']>, rows: ReadonlyArray<ResolversParentTypes['OffsetRow']> };
  OffsetEntry: Omit<OffsetEntry, 'missingIn'> & { missingIn: ReadonlyArray<ResolversParentTypes['Kernel']> };
  OffsetRow: Omit<OffsetRow, 'kernels'> & { kernels: ReadonlyArray<ResolversParentTypes['Kernel']> };
  OffsetAnswer: OffsetAnswer;
  BigInt: Scalars['BigInt']['output'];
  File: Scalars['File']['output'];
  Mutation: Record<PropertyKey, never>;
  PageInfo: PageInfo;
  IndexStats: IndexStats;
  TypeHit: TypeHitRow;
  ConfigSymbol: ConfigSymbolModelRow;
  ConfigValue: ConfigValueModelRow;
  Struct: StructModelRow;
  StructLayout: StructLayoutRow;
  StructField: LayoutFieldRow;
  Field: FieldModelRow;
  FieldInKernelConnection: Omit<FieldInKernelConnection, 'nodes'> & { nodes: ReadonlyArray<ResolversParentTypes['FieldInKernel']> };
  FieldInKernel: FieldRowModelRow;
  FieldPlace: FieldPlaceRow;
  FieldVariant: FieldVariantRow;
  FieldEvent: FieldEventRow;
  FieldOfTypeConnection: Omit<FieldOfTypeConnection, 'nodes'> & { nodes: ReadonlyArray<ResolversParentTypes['FieldOfType']> };
  FieldOfType: FieldOfTypeModelRow;
  FuncOfTypeConnection: Omit<FuncOfTypeConnection, 'nodes'> & { nodes: ReadonlyArray<ResolversParentTypes['FuncOfType']> };
  FuncOfType: FuncOfTypeModelRow;
  Enum: EnumModelRow;
  EnumVariant: EnumVariantRow;
  EnumeratorValue: EnumeratorValue;
  Enumerator: EnumeratorModelRow;
  EnumeratorVariant: EnumeratorVariantRow;
  EnumeratorInKernel: Omit<EnumeratorInKernel, 'kernel'> & { kernel: ResolversParentTypes['Kernel'] };
  Typedef: TypedefModelRow;
  TypedefVariant: TypedefVariantRow;
  Func: FuncModelRow;
  FuncVariant: FuncVariantRow;
  FuncParam: FuncParam;
  Variable: VariableModelRow;
  VariableVariant: VariableVariantRow;
  DeclarationPlace: DeclarationPlaceModelRow;
};

export type AttachabilityResolvers<ContextType = Context, ParentType extends ResolversParentTypes['Attachability'] = ResolversParentTypes['Attachability']> = {
  verdict?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  reason?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
};

export type FuncAttachResolvers<ContextType = Context, ParentType extends ResolversParentTypes['FuncAttach'] = ResolversParentTypes['FuncAttach']> = {
  state?: Resolver<ResolversTypes['FactState'], ParentType, ContextType>;
  fentry?: Resolver<Maybe<ResolversTypes['Attachability']>, ParentType, ContextType>;
  kprobe?: Resolver<Maybe<ResolversTypes['Attachability']>, ParentType, ContextType>;
  several?: Resolver<Maybe<ResolversTypes['Boolean']>, ParentType, ContextType>;
  module?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  others?: Resolver<Maybe<ReadonlyArray<ResolversTypes['FuncInModule']>>, ParentType, ContextType>;
  kernels?: Resolver<ReadonlyArray<ResolversTypes['Kernel']>, ParentType, ContextType, Partial<FuncAttachKernelsArgs>>;
};

export type FuncInModuleResolvers<ContextType = Context, ParentType extends ResolversParentTypes['FuncInModule'] = ResolversParentTypes['FuncInModule']> = {
  module?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  fentry?: Resolver<ResolversTypes['Attachability'], ParentType, ContextType>;
  kprobe?: Resolver<ResolversTypes['Attachability'], ParentType, ContextType>;
};

export type TracepointVariantResolvers<ContextType = Context, ParentType extends ResolversParentTypes['TracepointVariant'] = ResolversParentTypes['TracepointVariant']> = {
  state?: Resolver<ResolversTypes['FactState'], ParentType, ContextType>;
  format?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  fields?: Resolver<Maybe<ReadonlyArray<ResolversTypes['TracepointField']>>, ParentType, ContextType>;
  printFmt?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  module?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  kernels?: Resolver<ReadonlyArray<ResolversTypes['Kernel']>, ParentType, ContextType, Partial<TracepointVariantKernelsArgs>>;
};

export type TracepointFieldResolvers<ContextType = Context, ParentType extends ResolversParentTypes['TracepointField'] = ResolversParentTypes['TracepointField']> = {
  declaration?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  offset?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  size?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  signed?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
};

export type SyscallVariantResolvers<ContextType = Context, ParentType extends ResolversParentTypes['SyscallVariant'] = ResolversParentTypes['SyscallVariant']> = {
  state?: Resolver<ResolversTypes['FactState'], ParentType, ContextType>;
  numbers?: Resolver<Maybe<ReadonlyArray<ResolversTypes['Int']>>, ParentType, ContextType>;
  args?: Resolver<Maybe<ReadonlyArray<ResolversTypes['SyscallArg']>>, ParentType, ContextType>;
  compatNumbers?: Resolver<Maybe<ReadonlyArray<ResolversTypes['Int']>>, ParentType, ContextType>;
  compatEntry?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  kernels?: Resolver<ReadonlyArray<ResolversTypes['Kernel']>, ParentType, ContextType, Partial<SyscallVariantKernelsArgs>>;
};

export type LsmHookVariantResolvers<ContextType = Context, ParentType extends ResolversParentTypes['LsmHookVariant'] = ResolversParentTypes['LsmHookVariant']> = {
  state?: Resolver<ResolversTypes['FactState'], ParentType, ContextType>;
  sleepable?: Resolver<Maybe<ResolversTypes['Boolean']>, ParentType, ContextType>;
  trusted?: Resolver<Maybe<ResolversTypes['Boolean']>, ParentType, ContextType>;
  disabled?: Resolver<Maybe<ResolversTypes['Boolean']>, ParentType, ContextType>;
  attach?: Resolver<Maybe<ResolversTypes['Attachability']>, ParentType, ContextType>;
  kernels?: Resolver<ReadonlyArray<ResolversTypes['Kernel']>, ParentType, ContextType, Partial<LsmHookVariantKernelsArgs>>;
};

export type StructOpsVariantResolvers<ContextType = Context, ParentType extends ResolversParentTypes['StructOpsVariant'] = ResolversParentTypes['StructOpsVariant']> = {
  state?: Resolver<ResolversTypes['FactState'], ParentType, ContextType>;
  members?: Resolver<Maybe<ReadonlyArray<ResolversTypes['StructOpsMember']>>, ParentType, ContextType>;
  module?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  kernels?: Resolver<ReadonlyArray<ResolversTypes['Kernel']>, ParentType, ContextType, Partial<StructOpsVariantKernelsArgs>>;
};

export type StructOpsMemberResolvers<ContextType = Context, ParentType extends ResolversParentTypes['StructOpsMember'] = ResolversParentTypes['StructOpsMember']> = {
  name?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  kind?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  supported?: Resolver<Maybe<ResolversTypes['Boolean']>, ParentType, ContextType>;
};

export type IteratorVariantResolvers<ContextType = Context, ParentType extends ResolversParentTypes['IteratorVariant'] = ResolversParentTypes['IteratorVariant']> = {
  state?: Resolver<ResolversTypes['FactState'], ParentType, ContextType>;
  module?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  kernels?: Resolver<ReadonlyArray<ResolversTypes['Kernel']>, ParentType, ContextType, Partial<IteratorVariantKernelsArgs>>;
};

export type ErrorInjectionVariantResolvers<ContextType = Context, ParentType extends ResolversParentTypes['ErrorInjectionVariant'] = ResolversParentTypes['ErrorInjectionVariant']> = {
  state?: Resolver<ResolversTypes['FactState'], ParentType, ContextType>;
  type?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  module?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  kernels?: Resolver<ReadonlyArray<ResolversTypes['Kernel']>, ParentType, ContextType, Partial<ErrorInjectionVariantKernelsArgs>>;
};

export type SyscallArgResolvers<ContextType = Context, ParentType extends ResolversParentTypes['SyscallArg'] = ResolversParentTypes['SyscallArg']> = {
  type?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  name?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
};

export type HelperVariantResolvers<ContextType = Context, ParentType extends ResolversParentTypes['HelperVariant'] = ResolversParentTypes['HelperVariant']> = {
  state?: Resolver<ResolversTypes['FactState'], ParentType, ContextType>;
  programs?: Resolver<Maybe<ReadonlyArray<ResolversTypes['HelperProgram']>>, ParentType, ContextType>;
  kernels?: Resolver<ReadonlyArray<ResolversTypes['Kernel']>, ParentType, ContextType, Partial<HelperVariantKernelsArgs>>;
};

export type HelperProgramResolvers<ContextType = Context, ParentType extends ResolversParentTypes['HelperProgram'] = ResolversParentTypes['HelperProgram']> = {
  programType?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  sleepable?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  attachTypes?: Resolver<ReadonlyArray<ResolversTypes['String']>, ParentType, ContextType>;
  allowed?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  proto?: Resolver<Maybe<ResolversTypes['HelperProto']>, ParentType, ContextType>;
};

export type HelperProtoResolvers<ContextType = Context, ParentType extends ResolversParentTypes['HelperProto'] = ResolversParentTypes['HelperProto']> = {
  function?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  gplOnly?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  mightSleep?: Resolver<Maybe<ResolversTypes['Boolean']>, ParentType, ContextType>;
  returns?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  args?: Resolver<ReadonlyArray<ResolversTypes['String']>, ParentType, ContextType>;
};

export type KfuncVariantResolvers<ContextType = Context, ParentType extends ResolversParentTypes['KfuncVariant'] = ResolversParentTypes['KfuncVariant']> = {
  state?: Resolver<ResolversTypes['FactState'], ParentType, ContextType>;
  programTypes?: Resolver<Maybe<ReadonlyArray<ResolversTypes['KfuncProgram']>>, ParentType, ContextType>;
  kernels?: Resolver<ReadonlyArray<ResolversTypes['Kernel']>, ParentType, ContextType, Partial<KfuncVariantKernelsArgs>>;
};

export type KfuncProgramResolvers<ContextType = Context, ParentType extends ResolversParentTypes['KfuncProgram'] = ResolversParentTypes['KfuncProgram']> = {
  programType?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  flags?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  module?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
};

export type FeatureResolvers<ContextType = Context, ParentType extends ResolversParentTypes['Feature'] = ResolversParentTypes['Feature']> = {
  kind?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  name?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  enumerator?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  since?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  words?: Resolver<ReadonlyArray<ResolversTypes['String']>, ParentType, ContextType>;
  answers?: Resolver<ReadonlyArray<ResolversTypes['FeatureKernels']>, ParentType, ContextType>;
};

export type FeatureKernelsResolvers<ContextType = Context, ParentType extends ResolversParentTypes['FeatureKernels'] = ResolversParentTypes['FeatureKernels']> = {
  state?: Resolver<ResolversTypes['FactState'], ParentType, ContextType>;
  evidence?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  kernels?: Resolver<ReadonlyArray<ResolversTypes['Kernel']>, ParentType, ContextType, Partial<FeatureKernelsKernelsArgs>>;
};

export type FactHitResolvers<ContextType = Context, ParentType extends ResolversParentTypes['FactHit'] = ResolversParentTypes['FactHit']> = {
  kind?: Resolver<ResolversTypes['FactNameKind'], ParentType, ContextType>;
  name?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
};

export type KernelConnectionResolvers<ContextType = Context, ParentType extends ResolversParentTypes['KernelConnection'] = ResolversParentTypes['KernelConnection']> = {
  nodes?: Resolver<ReadonlyArray<ResolversTypes['Kernel']>, ParentType, ContextType>;
  edges?: Resolver<ReadonlyArray<ResolversTypes['KernelEdge']>, ParentType, ContextType>;
  pageInfo?: Resolver<ResolversTypes['PageInfo'], ParentType, ContextType>;
  totalCount?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
};

export type KernelEdgeResolvers<ContextType = Context, ParentType extends ResolversParentTypes['KernelEdge'] = ResolversParentTypes['KernelEdge']> = {
  cursor?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  node?: Resolver<ResolversTypes['Kernel'], ParentType, ContextType>;
};

export type KernelResolvers<ContextType = Context, ParentType extends ResolversParentTypes['Kernel'] = ResolversParentTypes['Kernel']> = {
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  distro?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  version?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  arch?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  release?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  sha256?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  bytes?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  littleEndian?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  pointerSize?: Resolver<Maybe<ResolversTypes['Int']>, ParentType, ContextType>;
  identical?: Resolver<ReadonlyArray<ResolversTypes['Kernel']>, ParentType, ContextType>;
  modules?: Resolver<ReadonlyArray<ResolversTypes['KernelModule']>, ParentType, ContextType>;
  modulesKnown?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  facts?: Resolver<ReadonlyArray<ResolversTypes['KnownFact']>, ParentType, ContextType>;
  configKnown?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  config?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType, RequireFields<KernelConfigArgs, 'name'>>;
  configSettings?: Resolver<Maybe<ReadonlyArray<ResolversTypes['ConfigSetting']>>, ParentType, ContextType, RequireFields<KernelConfigSettingsArgs, 'first'>>;
  types?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  source?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  ingestedAt?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  tool?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  struct?: Resolver<Maybe<ResolversTypes['StructLayout']>, ParentType, ContextType, RequireFields<KernelStructArgs, 'name'>>;
  structs?: Resolver<ReadonlyArray<ResolversTypes['StructLayout']>, ParentType, ContextType, RequireFields<KernelStructsArgs, 'name'>>;
  union?: Resolver<Maybe<ResolversTypes['StructLayout']>, ParentType, ContextType, RequireFields<KernelUnionArgs, 'name'>>;
  enum?: Resolver<Maybe<ResolversTypes['EnumVariant']>, ParentType, ContextType, RequireFields<KernelEnumArgs, 'name'>>;
  typedef?: Resolver<Maybe<ResolversTypes['TypedefVariant']>, ParentType, ContextType, RequireFields<KernelTypedefArgs, 'name'>>;
  func?: Resolver<Maybe<ResolversTypes['FuncVariant']>, ParentType, ContextType, RequireFields<KernelFuncArgs, 'name'>>;
  variable?: Resolver<Maybe<ResolversTypes['VariableVariant']>, ParentType, ContextType, RequireFields<KernelVariableArgs, 'name'>>;
  btfPath?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
};

export type ConfigSettingResolvers<ContextType = Context, ParentType extends ResolversParentTypes['ConfigSetting'] = ResolversParentTypes['ConfigSetting']> = {
  name?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  value?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
};

export type KnownFactResolvers<ContextType = Context, ParentType extends ResolversParentTypes['KnownFact'] = ResolversParentTypes['KnownFact']> = {
  kind?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  known?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  count?: Resolver<Maybe<ResolversTypes['Int']>, ParentType, ContextType>;
  source?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
};

export type KernelModuleResolvers<ContextType = Context, ParentType extends ResolversParentTypes['KernelModule'] = ResolversParentTypes['KernelModule']> = {
  name?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  sha256?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  bytes?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  distilled?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
};

export type KernelDiffResolvers<ContextType = Context, ParentType extends ResolversParentTypes['KernelDiff'] = ResolversParentTypes['KernelDiff']> = {
  from?: Resolver<ResolversTypes['Kernel'], ParentType, ContextType>;
  to?: Resolver<ResolversTypes['Kernel'], ParentType, ContextType>;
  modulesCompared?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  config?: Resolver<Maybe<ReadonlyArray<ResolversTypes['ConfigDifference']>>, ParentType, ContextType>;
  added?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  removed?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  changed?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  entries?: Resolver<ReadonlyArray<ResolversTypes['DiffEntry']>, ParentType, ContextType, Partial<KernelDiffEntriesArgs>>;
  total?: Resolver<ResolversTypes['Int'], ParentType, ContextType, Partial<KernelDiffTotalArgs>>;
  modules?: Resolver<ReadonlyArray<ResolversTypes['String']>, ParentType, ContextType>;
};

export type DiffEntryResolvers<ContextType = Context, ParentType extends ResolversParentTypes['DiffEntry'] = ResolversParentTypes['DiffEntry']> = {
  cursor?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  kind?: Resolver<ResolversTypes['TypeKind'], ParentType, ContextType>;
  name?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  change?: Resolver<ResolversTypes['ChangeKind'], ParentType, ContextType>;
  indirect?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  details?: Resolver<ReadonlyArray<ResolversTypes['String']>, ParentType, ContextType>;
  modules?: Resolver<ReadonlyArray<ResolversTypes['String']>, ParentType, ContextType>;
};

export type ConfigDifferenceResolvers<ContextType = Context, ParentType extends ResolversParentTypes['ConfigDifference'] = ResolversParentTypes['ConfigDifference']> = {
  name?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  from?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  to?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
};

export type BpfObjectResolvers<ContextType = Context, ParentType extends ResolversParentTypes['BpfObject'] = ResolversParentTypes['BpfObject']> = {
  name?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  sha256?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  license?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  littleEndian?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  programs?: Resolver<ReadonlyArray<ResolversTypes['BpfProgram']>, ParentType, ContextType>;
  maps?: Resolver<ReadonlyArray<ResolversTypes['BpfMap']>, ParentType, ContextType>;
  relocations?: Resolver<ReadonlyArray<ResolversTypes['ObjectRelocation']>, ParentType, ContextType>;
  matrix?: Resolver<ReadonlyArray<ResolversTypes['RelocationRow']>, ParentType, ContextType, Partial<BpfObjectMatrixArgs>>;
  loads?: Resolver<ReadonlyArray<ResolversTypes['LoadRow']>, ParentType, ContextType, RequireFields<BpfObjectLoadsArgs, 'loader' | 'all'>>;
};

export type LoadRowResolvers<ContextType = Context, ParentType extends ResolversParentTypes['LoadRow'] = ResolversParentTypes['LoadRow']> = {
  kernels?: Resolver<ReadonlyArray<ResolversTypes['Kernel']>, ParentType, ContextType>;
  programs?: Resolver<ReadonlyArray<ResolversTypes['ProgramLoad']>, ParentType, ContextType>;
};

export type ProgramLoadResolvers<ContextType = Context, ParentType extends ResolversParentTypes['ProgramLoad'] = ResolversParentTypes['ProgramLoad']> = {
  program?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  section?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  verdict?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  reasons?: Resolver<ReadonlyArray<ResolversTypes['LoadReason']>, ParentType, ContextType>;
  attach?: Resolver<ResolversTypes['ProgramAttach'], ParentType, ContextType>;
};

export type ProgramAttachResolvers<ContextType = Context, ParentType extends ResolversParentTypes['ProgramAttach'] = ResolversParentTypes['ProgramAttach']> = {
  verdict?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  reasons?: Resolver<ReadonlyArray<ResolversTypes['LoadReason']>, ParentType, ContextType>;
};

export type LoadReasonResolvers<ContextType = Context, ParentType extends ResolversParentTypes['LoadReason'] = ResolversParentTypes['LoadReason']> = {
  code?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  message?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  verdict?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  file?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  line?: Resolver<Maybe<ResolversTypes['Int']>, ParentType, ContextType>;
  column?: Resolver<Maybe<ResolversTypes['Int']>, ParentType, ContextType>;
  needed?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  found?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  evidence?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  wholeObject?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  loaders?: Resolver<ReadonlyArray<ResolversTypes['String']>, ParentType, ContextType>;
};

export type BpfProgramResolvers<ContextType = Context, ParentType extends ResolversParentTypes['BpfProgram'] = ResolversParentTypes['BpfProgram']> = {
  name?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  section?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  instructions?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
};

export type BpfMapResolvers<ContextType = Context, ParentType extends ResolversParentTypes['BpfMap'] = ResolversParentTypes['BpfMap']> = {
  name?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  type?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  keySize?: Resolver<Maybe<ResolversTypes['Int']>, ParentType, ContextType>;
  valueSize?: Resolver<Maybe<ResolversTypes['Int']>, ParentType, ContextType>;
  maxEntries?: Resolver<Maybe<ResolversTypes['Int']>, ParentType, ContextType>;
};

export type ObjectRelocationResolvers<ContextType = Context, ParentType extends ResolversParentTypes['ObjectRelocation'] = ResolversParentTypes['ObjectRelocation']> = {
  index?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  program?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  section?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  insnOff?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  kind?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  spec?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  file?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  line?: Resolver<Maybe<ResolversTypes['Int']>, ParentType, ContextType>;
  column?: Resolver<Maybe<ResolversTypes['Int']>, ParentType, ContextType>;
};

export type RelocationResultResolvers<ContextType = Context, ParentType extends ResolversParentTypes['RelocationResult'] = ResolversParentTypes['RelocationResult']> = {
  relocation?: Resolver<ResolversTypes['ObjectRelocation'], ParentType, ContextType>;
  outcome?: Resolver<ResolversTypes['RelocationOutcome'], ParentType, ContextType>;
  value?: Resolver<Maybe<ResolversTypes['BigInt']>, ParentType, ContextType>;
  reason?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
};

export type RelocationRowResolvers<ContextType = Context, ParentType extends ResolversParentTypes['RelocationRow'] = ResolversParentTypes['RelocationRow']> = {
  kernels?: Resolver<ReadonlyArray<ResolversTypes['Kernel']>, ParentType, ContextType>;
  applied?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  poisoned?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  failed?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  results?: Resolver<ReadonlyArray<ResolversTypes['RelocationResult']>, ParentType, ContextType, Partial<RelocationRowResultsArgs>>;
};

export type BundleResolvers<ContextType = Context, ParentType extends ResolversParentTypes['Bundle'] = ResolversParentTypes['Bundle']> = {
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  kernels?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  distinct?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  bytes?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  entries?: Resolver<ReadonlyArray<ResolversTypes['BundleEntry']>, ParentType, ContextType>;
  url?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
};

export type BundleEntryResolvers<ContextType = Context, ParentType extends ResolversParentTypes['BundleEntry'] = ResolversParentTypes['BundleEntry']> = {
  kernel?: Resolver<Maybe<ResolversTypes['Kernel']>, ParentType, ContextType>;
  path?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  sha256?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  bytes?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  unsatisfied?: Resolver<ReadonlyArray<ResolversTypes['String']>, ParentType, ContextType>;
};

export type QueryResolvers<ContextType = Context, ParentType extends ResolversParentTypes['Query'] = ResolversParentTypes['Query']> = {
  offsets?: Resolver<ResolversTypes['OffsetTable'], ParentType, ContextType, RequireFields<QueryOffsetsArgs, 'spec'>>;
  kernels?: Resolver<ResolversTypes['KernelConnection'], ParentType, ContextType, Partial<QueryKernelsArgs>>;
  kernel?: Resolver<Maybe<ResolversTypes['Kernel']>, ParentType, ContextType, RequireFields<QueryKernelArgs, 'id'>>;
  struct?: Resolver<Maybe<ResolversTypes['Struct']>, ParentType, ContextType, RequireFields<QueryStructArgs, 'name'>>;
  union?: Resolver<Maybe<ResolversTypes['Struct']>, ParentType, ContextType, RequireFields<QueryUnionArgs, 'name'>>;
  enum?: Resolver<Maybe<ResolversTypes['Enum']>, ParentType, ContextType, RequireFields<QueryEnumArgs, 'name'>>;
  enumerator?: Resolver<Maybe<ResolversTypes['Enumerator']>, ParentType, ContextType, RequireFields<QueryEnumeratorArgs, 'name'>>;
  typedef?: Resolver<Maybe<ResolversTypes['Typedef']>, ParentType, ContextType, RequireFields<QueryTypedefArgs, 'name'>>;
  func?: Resolver<Maybe<ResolversTypes['Func']>, ParentType, ContextType, RequireFields<QueryFuncArgs, 'name'>>;
  variable?: Resolver<Maybe<ResolversTypes['Variable']>, ParentType, ContextType, RequireFields<QueryVariableArgs, 'name'>>;
  tracepoint?: Resolver<ReadonlyArray<ResolversTypes['TracepointVariant']>, ParentType, ContextType, RequireFields<QueryTracepointArgs, 'name'>>;
  syscall?: Resolver<ReadonlyArray<ResolversTypes['SyscallVariant']>, ParentType, ContextType, RequireFields<QuerySyscallArgs, 'name'>>;
  lsmHook?: Resolver<ReadonlyArray<ResolversTypes['LsmHookVariant']>, ParentType, ContextType, RequireFields<QueryLsmHookArgs, 'name'>>;
  structOps?: Resolver<ReadonlyArray<ResolversTypes['StructOpsVariant']>, ParentType, ContextType, RequireFields<QueryStructOpsArgs, 'name'>>;
  iterator?: Resolver<ReadonlyArray<ResolversTypes['IteratorVariant']>, ParentType, ContextType, RequireFields<QueryIteratorArgs, 'name'>>;
  errorInjection?: Resolver<ReadonlyArray<ResolversTypes['ErrorInjectionVariant']>, ParentType, ContextType, RequireFields<QueryErrorInjectionArgs, 'name'>>;
  helper?: Resolver<ReadonlyArray<ResolversTypes['HelperVariant']>, ParentType, ContextType, RequireFields<QueryHelperArgs, 'name'>>;
  kfunc?: Resolver<ReadonlyArray<ResolversTypes['KfuncVariant']>, ParentType, ContextType, RequireFields<QueryKfuncArgs, 'name'>>;
  features?: Resolver<ReadonlyArray<ResolversTypes['Feature']>, ParentType, ContextType, Partial<QueryFeaturesArgs>>;
  feature?: Resolver<Maybe<ResolversTypes['Feature']>, ParentType, ContextType, RequireFields<QueryFeatureArgs, 'name'>>;
  nearNames?: Resolver<ReadonlyArray<ResolversTypes['String']>, ParentType, ContextType, RequireFields<QueryNearNamesArgs, 'kind' | 'name' | 'first'>>;
  search?: Resolver<ReadonlyArray<ResolversTypes['TypeHit']>, ParentType, ContextType, RequireFields<QuerySearchArgs, 'text' | 'first'>>;
  searchFacts?: Resolver<ReadonlyArray<ResolversTypes['FactHit']>, ParentType, ContextType, RequireFields<QuerySearchFactsArgs, 'text' | 'first'>>;
  fieldsOfType?: Resolver<ResolversTypes['FieldOfTypeConnection'], ParentType, ContextType, RequireFields<QueryFieldsOfTypeArgs, 'type'>>;
  funcsOfType?: Resolver<ResolversTypes['FuncOfTypeConnection'], ParentType, ContextType, RequireFields<QueryFuncsOfTypeArgs, 'type'>>;
  diff?: Resolver<ResolversTypes['KernelDiff'], ParentType, ContextType, RequireFields<QueryDiffArgs, 'from' | 'to'>>;
  object?: Resolver<ResolversTypes['BpfObject'], ParentType, ContextType, RequireFields<QueryObjectArgs, 'file'>>;
  bundle?: Resolver<Maybe<ResolversTypes['Bundle']>, ParentType, ContextType, RequireFields<QueryBundleArgs, 'id'>>;
  config?: Resolver<ResolversTypes['ConfigSymbol'], ParentType, ContextType, RequireFields<QueryConfigArgs, 'name'>>;
  stats?: Resolver<ResolversTypes['IndexStats'], ParentType, ContextType>;
};

export type OffsetTableResolvers<ContextType = Context, ParentType extends ResolversParentTypes['OffsetTable'] = ResolversParentTypes['OffsetTable']> = {
  entries?: Resolver<ReadonlyArray<ResolversTypes['OffsetEntry']>, ParentType, ContextType>;
  rows?: Resolver<ReadonlyArray<ResolversTypes['OffsetRow']>, ParentType, ContextType>;
  text?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
};

export type OffsetEntryResolvers<ContextType = Context, ParentType extends ResolversParentTypes['OffsetEntry'] = ResolversParentTypes['OffsetEntry']> = {
  name?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  kind?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  paths?: Resolver<ReadonlyArray<ResolversTypes['String']>, ParentType, ContextType>;
  optional?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  line?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  missingIn?: Resolver<ReadonlyArray<ResolversTypes['Kernel']>, ParentType, ContextType>;
};

export type OffsetRowResolvers<ContextType = Context, ParentType extends ResolversParentTypes['OffsetRow'] = ResolversParentTypes['OffsetRow']> = {
  kernels?: Resolver<ReadonlyArray<ResolversTypes['Kernel']>, ParentType, ContextType>;
  answers?: Resolver<ReadonlyArray<ResolversTypes['OffsetAnswer']>, ParentType, ContextType>;
};

export type OffsetAnswerResolvers<ContextType = Context, ParentType extends ResolversParentTypes['OffsetAnswer'] = ResolversParentTypes['OffsetAnswer']> = {
  entry?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  path?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  offsets?: Resolver<Maybe<ReadonlyArray<ResolversTypes['Int']>>, ParentType, ContextType>;
  size?: Resolver<Maybe<ResolversTypes['Int']>, ParentType, ContextType>;
  bitOffset?: Resolver<Maybe<ResolversTypes['Int']>, ParentType, ContextType>;
  bitSize?: Resolver<Maybe<ResolversTypes['Int']>, ParentType, ContextType>;
  value?: Resolver<Maybe<ResolversTypes['BigInt']>, ParentType, ContextType>;
  type?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
};

export interface BigIntScalarConfig extends GraphQLScalarTypeConfig<ResolversTypes['BigInt'], any> {
  name: 'BigInt';
}

export interface FileScalarConfig extends GraphQLScalarTypeConfig<ResolversTypes['File'], any> {
  name: 'File';
}

export type MutationResolvers<ContextType = Context, ParentType extends ResolversParentTypes['Mutation'] = ResolversParentTypes['Mutation']> = {
  minimalBtf?: Resolver<ResolversTypes['Bundle'], ParentType, ContextType, RequireFields<MutationMinimalBtfArgs, 'objects'>>;
};

export type PageInfoResolvers<ContextType = Context, ParentType extends ResolversParentTypes['PageInfo'] = ResolversParentTypes['PageInfo']> = {
  hasNextPage?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  endCursor?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
};

export type IndexStatsResolvers<ContextType = Context, ParentType extends ResolversParentTypes['IndexStats'] = ResolversParentTypes['IndexStats']> = {
  kernels?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  distinct?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  modules?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  declarations?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  names?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  bytes?: Resolver<ResolversTypes['BigInt'], ParentType, ContextType>;
  btfBytes?: Resolver<ResolversTypes['BigInt'], ParentType, ContextType>;
  generation?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
};

export type TypeHitResolvers<ContextType = Context, ParentType extends ResolversParentTypes['TypeHit'] = ResolversParentTypes['TypeHit']> = {
  kind?: Resolver<ResolversTypes['TypeKind'], ParentType, ContextType>;
  name?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  match?: Resolver<ResolversTypes['MatchRank'], ParentType, ContextType>;
  kernels?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  variants?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  modules?: Resolver<ReadonlyArray<ResolversTypes['String']>, ParentType, ContextType>;
};

export type ConfigSymbolResolvers<ContextType = Context, ParentType extends ResolversParentTypes['ConfigSymbol'] = ResolversParentTypes['ConfigSymbol']> = {
  name?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  values?: Resolver<ReadonlyArray<ResolversTypes['ConfigValue']>, ParentType, ContextType, Partial<ConfigSymbolValuesArgs>>;
  absentFrom?: Resolver<ReadonlyArray<ResolversTypes['Kernel']>, ParentType, ContextType, Partial<ConfigSymbolAbsentFromArgs>>;
  unknownIn?: Resolver<ReadonlyArray<ResolversTypes['Kernel']>, ParentType, ContextType, Partial<ConfigSymbolUnknownInArgs>>;
};

export type ConfigValueResolvers<ContextType = Context, ParentType extends ResolversParentTypes['ConfigValue'] = ResolversParentTypes['ConfigValue']> = {
  value?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  kernels?: Resolver<ReadonlyArray<ResolversTypes['Kernel']>, ParentType, ContextType, Partial<ConfigValueKernelsArgs>>;
};

export type StructResolvers<ContextType = Context, ParentType extends ResolversParentTypes['Struct'] = ResolversParentTypes['Struct']> = {
  name?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  kernels?: Resolver<ReadonlyArray<ResolversTypes['Kernel']>, ParentType, ContextType, Partial<StructKernelsArgs>>;
  layouts?: Resolver<ReadonlyArray<ResolversTypes['StructLayout']>, ParentType, ContextType, Partial<StructLayoutsArgs>>;
  field?: Resolver<Maybe<ResolversTypes['Field']>, ParentType, ContextType, RequireFields<StructFieldArgs, 'name'>>;
};

export type StructLayoutResolvers<ContextType = Context, ParentType extends ResolversParentTypes['StructLayout'] = ResolversParentTypes['StructLayout']> = {
  kind?: Resolver<ResolversTypes['TypeKind'], ParentType, ContextType>;
  name?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  size?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  kernels?: Resolver<ReadonlyArray<ResolversTypes['Kernel']>, ParentType, ContextType, Partial<StructLayoutKernelsArgs>>;
  fields?: Resolver<ReadonlyArray<ResolversTypes['StructField']>, ParentType, ContextType>;
  c?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  hash?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  places?: Resolver<ReadonlyArray<ResolversTypes['DeclarationPlace']>, ParentType, ContextType>;
};

export type StructFieldResolvers<ContextType = Context, ParentType extends ResolversParentTypes['StructField'] = ResolversParentTypes['StructField']> = {
  name?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  type?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  offset?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  bitOffset?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  bitSize?: Resolver<Maybe<ResolversTypes['Int']>, ParentType, ContextType>;
  size?: Resolver<Maybe<ResolversTypes['Int']>, ParentType, ContextType>;
  depth?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
};

export type FieldResolvers<ContextType = Context, ParentType extends ResolversParentTypes['Field'] = ResolversParentTypes['Field']> = {
  name?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  kernels?: Resolver<ReadonlyArray<ResolversTypes['FieldInKernel']>, ParentType, ContextType, Partial<FieldKernelsArgs>>;
  kernelsPage?: Resolver<ResolversTypes['FieldInKernelConnection'], ParentType, ContextType, Partial<FieldKernelsPageArgs>>;
  variants?: Resolver<ReadonlyArray<ResolversTypes['FieldVariant']>, ParentType, ContextType, Partial<FieldVariantsArgs>>;
  absentFrom?: Resolver<ReadonlyArray<ResolversTypes['Kernel']>, ParentType, ContextType, Partial<FieldAbsentFromArgs>>;
  withoutStruct?: Resolver<ReadonlyArray<ResolversTypes['Kernel']>, ParentType, ContextType, Partial<FieldWithoutStructArgs>>;
  unknownIn?: Resolver<ReadonlyArray<ResolversTypes['Kernel']>, ParentType, ContextType, Partial<FieldUnknownInArgs>>;
  history?: Resolver<ReadonlyArray<ResolversTypes['FieldEvent']>, ParentType, ContextType, Partial<FieldHistoryArgs>>;
};

export type FieldInKernelConnectionResolvers<ContextType = Context, ParentType extends ResolversParentTypes['FieldInKernelConnection'] = ResolversParentTypes['FieldInKernelConnection']> = {
  nodes?: Resolver<ReadonlyArray<ResolversTypes['FieldInKernel']>, ParentType, ContextType>;
  pageInfo?: Resolver<ResolversTypes['PageInfo'], ParentType, ContextType>;
  totalCount?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
};

export type FieldInKernelResolvers<ContextType = Context, ParentType extends ResolversParentTypes['FieldInKernel'] = ResolversParentTypes['FieldInKernel']> = {
  kernel?: Resolver<ResolversTypes['Kernel'], ParentType, ContextType>;
  offset?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  bitOffset?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  bitSize?: Resolver<Maybe<ResolversTypes['Int']>, ParentType, ContextType>;
  size?: Resolver<Maybe<ResolversTypes['Int']>, ParentType, ContextType>;
  type?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  declaredIn?: Resolver<ReadonlyArray<ResolversTypes['String']>, ParentType, ContextType>;
};

export type FieldPlaceResolvers<ContextType = Context, ParentType extends ResolversParentTypes['FieldPlace'] = ResolversParentTypes['FieldPlace']> = {
  offset?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  bitOffset?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  bitSize?: Resolver<Maybe<ResolversTypes['Int']>, ParentType, ContextType>;
  size?: Resolver<Maybe<ResolversTypes['Int']>, ParentType, ContextType>;
  type?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
};

export type FieldVariantResolvers<ContextType = Context, ParentType extends ResolversParentTypes['FieldVariant'] = ResolversParentTypes['FieldVariant']> = {
  offset?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  bitOffset?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  bitSize?: Resolver<Maybe<ResolversTypes['Int']>, ParentType, ContextType>;
  size?: Resolver<Maybe<ResolversTypes['Int']>, ParentType, ContextType>;
  type?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  kernels?: Resolver<ReadonlyArray<ResolversTypes['Kernel']>, ParentType, ContextType, Partial<FieldVariantKernelsArgs>>;
  places?: Resolver<ReadonlyArray<ResolversTypes['DeclarationPlace']>, ParentType, ContextType>;
};

export type FieldEventResolvers<ContextType = Context, ParentType extends ResolversParentTypes['FieldEvent'] = ResolversParentTypes['FieldEvent']> = {
  series?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  change?: Resolver<ResolversTypes['FieldChange'], ParentType, ContextType>;
  from?: Resolver<Maybe<ResolversTypes['Kernel']>, ParentType, ContextType>;
  to?: Resolver<ResolversTypes['Kernel'], ParentType, ContextType>;
  before?: Resolver<Maybe<ResolversTypes['FieldPlace']>, ParentType, ContextType>;
  after?: Resolver<Maybe<ResolversTypes['FieldPlace']>, ParentType, ContextType>;
  otherName?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  evidence?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
};

export type FieldOfTypeConnectionResolvers<ContextType = Context, ParentType extends ResolversParentTypes['FieldOfTypeConnection'] = ResolversParentTypes['FieldOfTypeConnection']> = {
  nodes?: Resolver<ReadonlyArray<ResolversTypes['FieldOfType']>, ParentType, ContextType>;
  pageInfo?: Resolver<ResolversTypes['PageInfo'], ParentType, ContextType>;
  totalCount?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
};

export type FieldOfTypeResolvers<ContextType = Context, ParentType extends ResolversParentTypes['FieldOfType'] = ResolversParentTypes['FieldOfType']> = {
  kind?: Resolver<ResolversTypes['TypeKind'], ParentType, ContextType>;
  struct?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  field?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  kernels?: Resolver<ReadonlyArray<ResolversTypes['Kernel']>, ParentType, ContextType, Partial<FieldOfTypeKernelsArgs>>;
  places?: Resolver<ReadonlyArray<ResolversTypes['DeclarationPlace']>, ParentType, ContextType>;
};

export type FuncOfTypeConnectionResolvers<ContextType = Context, ParentType extends ResolversParentTypes['FuncOfTypeConnection'] = ResolversParentTypes['FuncOfTypeConnection']> = {
  nodes?: Resolver<ReadonlyArray<ResolversTypes['FuncOfType']>, ParentType, ContextType>;
  pageInfo?: Resolver<ResolversTypes['PageInfo'], ParentType, ContextType>;
  totalCount?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
};

export type FuncOfTypeResolvers<ContextType = Context, ParentType extends ResolversParentTypes['FuncOfType'] = ResolversParentTypes['FuncOfType']> = {
  func?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  param?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  position?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  kernels?: Resolver<ReadonlyArray<ResolversTypes['Kernel']>, ParentType, ContextType, Partial<FuncOfTypeKernelsArgs>>;
  places?: Resolver<ReadonlyArray<ResolversTypes['DeclarationPlace']>, ParentType, ContextType>;
};

export type EnumResolvers<ContextType = Context, ParentType extends ResolversParentTypes['Enum'] = ResolversParentTypes['Enum']> = {
  name?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  kernels?: Resolver<ReadonlyArray<ResolversTypes['Kernel']>, ParentType, ContextType, Partial<EnumKernelsArgs>>;
  variants?: Resolver<ReadonlyArray<ResolversTypes['EnumVariant']>, ParentType, ContextType, Partial<EnumVariantsArgs>>;
  enumerator?: Resolver<Maybe<ResolversTypes['Enumerator']>, ParentType, ContextType, RequireFields<EnumEnumeratorArgs, 'name'>>;
};

export type EnumVariantResolvers<ContextType = Context, ParentType extends ResolversParentTypes['EnumVariant'] = ResolversParentTypes['EnumVariant']> = {
  name?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  hash?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  c?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  size?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  signed?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  enumerators?: Resolver<ReadonlyArray<ResolversTypes['EnumeratorValue']>, ParentType, ContextType>;
  kernels?: Resolver<ReadonlyArray<ResolversTypes['Kernel']>, ParentType, ContextType, Partial<EnumVariantKernelsArgs>>;
  places?: Resolver<ReadonlyArray<ResolversTypes['DeclarationPlace']>, ParentType, ContextType>;
};

export type EnumeratorValueResolvers<ContextType = Context, ParentType extends ResolversParentTypes['EnumeratorValue'] = ResolversParentTypes['EnumeratorValue']> = {
  name?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  value?: Resolver<ResolversTypes['BigInt'], ParentType, ContextType>;
};

export type EnumeratorResolvers<ContextType = Context, ParentType extends ResolversParentTypes['Enumerator'] = ResolversParentTypes['Enumerator']> = {
  name?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  kernels?: Resolver<ReadonlyArray<ResolversTypes['EnumeratorInKernel']>, ParentType, ContextType, Partial<EnumeratorKernelsArgs>>;
  variants?: Resolver<ReadonlyArray<ResolversTypes['EnumeratorVariant']>, ParentType, ContextType, Partial<EnumeratorVariantsArgs>>;
};

export type EnumeratorVariantResolvers<ContextType = Context, ParentType extends ResolversParentTypes['EnumeratorVariant'] = ResolversParentTypes['EnumeratorVariant']> = {
  enum?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  value?: Resolver<ResolversTypes['BigInt'], ParentType, ContextType>;
  kernels?: Resolver<ReadonlyArray<ResolversTypes['Kernel']>, ParentType, ContextType, Partial<EnumeratorVariantKernelsArgs>>;
  places?: Resolver<ReadonlyArray<ResolversTypes['DeclarationPlace']>, ParentType, ContextType>;
};

export type EnumeratorInKernelResolvers<ContextType = Context, ParentType extends ResolversParentTypes['EnumeratorInKernel'] = ResolversParentTypes['EnumeratorInKernel']> = {
  kernel?: Resolver<ResolversTypes['Kernel'], ParentType, ContextType>;
  enum?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  value?: Resolver<ResolversTypes['BigInt'], ParentType, ContextType>;
};

export type TypedefResolvers<ContextType = Context, ParentType extends ResolversParentTypes['Typedef'] = ResolversParentTypes['Typedef']> = {
  name?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  kernels?: Resolver<ReadonlyArray<ResolversTypes['Kernel']>, ParentType, ContextType, Partial<TypedefKernelsArgs>>;
  variants?: Resolver<ReadonlyArray<ResolversTypes['TypedefVariant']>, ParentType, ContextType, Partial<TypedefVariantsArgs>>;
};

export type TypedefVariantResolvers<ContextType = Context, ParentType extends ResolversParentTypes['TypedefVariant'] = ResolversParentTypes['TypedefVariant']> = {
  name?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  type?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  kernels?: Resolver<ReadonlyArray<ResolversTypes['Kernel']>, ParentType, ContextType, Partial<TypedefVariantKernelsArgs>>;
  places?: Resolver<ReadonlyArray<ResolversTypes['DeclarationPlace']>, ParentType, ContextType>;
};

export type FuncResolvers<ContextType = Context, ParentType extends ResolversParentTypes['Func'] = ResolversParentTypes['Func']> = {
  name?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  kernels?: Resolver<ReadonlyArray<ResolversTypes['Kernel']>, ParentType, ContextType, Partial<FuncKernelsArgs>>;
  variants?: Resolver<ReadonlyArray<ResolversTypes['FuncVariant']>, ParentType, ContextType, Partial<FuncVariantsArgs>>;
  attach?: Resolver<ReadonlyArray<ResolversTypes['FuncAttach']>, ParentType, ContextType, Partial<FuncAttachArgs>>;
};

export type FuncVariantResolvers<ContextType = Context, ParentType extends ResolversParentTypes['FuncVariant'] = ResolversParentTypes['FuncVariant']> = {
  name?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  signature?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  returns?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  params?: Resolver<ReadonlyArray<ResolversTypes['FuncParam']>, ParentType, ContextType>;
  linkage?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  kernels?: Resolver<ReadonlyArray<ResolversTypes['Kernel']>, ParentType, ContextType, Partial<FuncVariantKernelsArgs>>;
  places?: Resolver<ReadonlyArray<ResolversTypes['DeclarationPlace']>, ParentType, ContextType>;
};

export type FuncParamResolvers<ContextType = Context, ParentType extends ResolversParentTypes['FuncParam'] = ResolversParentTypes['FuncParam']> = {
  name?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  type?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
};

export type VariableResolvers<ContextType = Context, ParentType extends ResolversParentTypes['Variable'] = ResolversParentTypes['Variable']> = {
  name?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  kernels?: Resolver<ReadonlyArray<ResolversTypes['Kernel']>, ParentType, ContextType, Partial<VariableKernelsArgs>>;
  variants?: Resolver<ReadonlyArray<ResolversTypes['VariableVariant']>, ParentType, ContextType, Partial<VariableVariantsArgs>>;
};

export type VariableVariantResolvers<ContextType = Context, ParentType extends ResolversParentTypes['VariableVariant'] = ResolversParentTypes['VariableVariant']> = {
  name?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  type?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  linkage?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  kernels?: Resolver<ReadonlyArray<ResolversTypes['Kernel']>, ParentType, ContextType, Partial<VariableVariantKernelsArgs>>;
  places?: Resolver<ReadonlyArray<ResolversTypes['DeclarationPlace']>, ParentType, ContextType>;
};

export type DeclarationPlaceResolvers<ContextType = Context, ParentType extends ResolversParentTypes['DeclarationPlace'] = ResolversParentTypes['DeclarationPlace']> = {
  module?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  kernels?: Resolver<ReadonlyArray<ResolversTypes['Kernel']>, ParentType, ContextType, Partial<DeclarationPlaceKernelsArgs>>;
};

export type Resolvers<ContextType = Context> = {
  Attachability?: AttachabilityResolvers<ContextType>;
  FuncAttach?: FuncAttachResolvers<ContextType>;
  FuncInModule?: FuncInModuleResolvers<ContextType>;
  TracepointVariant?: TracepointVariantResolvers<ContextType>;
  TracepointField?: TracepointFieldResolvers<ContextType>;
  SyscallVariant?: SyscallVariantResolvers<ContextType>;
  LsmHookVariant?: LsmHookVariantResolvers<ContextType>;
  StructOpsVariant?: StructOpsVariantResolvers<ContextType>;
  StructOpsMember?: StructOpsMemberResolvers<ContextType>;
  IteratorVariant?: IteratorVariantResolvers<ContextType>;
  ErrorInjectionVariant?: ErrorInjectionVariantResolvers<ContextType>;
  SyscallArg?: SyscallArgResolvers<ContextType>;
  HelperVariant?: HelperVariantResolvers<ContextType>;
  HelperProgram?: HelperProgramResolvers<ContextType>;
  HelperProto?: HelperProtoResolvers<ContextType>;
  KfuncVariant?: KfuncVariantResolvers<ContextType>;
  KfuncProgram?: KfuncProgramResolvers<ContextType>;
  Feature?: FeatureResolvers<ContextType>;
  FeatureKernels?: FeatureKernelsResolvers<ContextType>;
  FactHit?: FactHitResolvers<ContextType>;
  KernelConnection?: KernelConnectionResolvers<ContextType>;
  KernelEdge?: KernelEdgeResolvers<ContextType>;
  Kernel?: KernelResolvers<ContextType>;
  ConfigSetting?: ConfigSettingResolvers<ContextType>;
  KnownFact?: KnownFactResolvers<ContextType>;
  KernelModule?: KernelModuleResolvers<ContextType>;
  KernelDiff?: KernelDiffResolvers<ContextType>;
  DiffEntry?: DiffEntryResolvers<ContextType>;
  ConfigDifference?: ConfigDifferenceResolvers<ContextType>;
  BpfObject?: BpfObjectResolvers<ContextType>;
  LoadRow?: LoadRowResolvers<ContextType>;
  ProgramLoad?: ProgramLoadResolvers<ContextType>;
  ProgramAttach?: ProgramAttachResolvers<ContextType>;
  LoadReason?: LoadReasonResolvers<ContextType>;
  BpfProgram?: BpfProgramResolvers<ContextType>;
  BpfMap?: BpfMapResolvers<ContextType>;
  ObjectRelocation?: ObjectRelocationResolvers<ContextType>;
  RelocationResult?: RelocationResultResolvers<ContextType>;
  RelocationRow?: RelocationRowResolvers<ContextType>;
  Bundle?: BundleResolvers<ContextType>;
  BundleEntry?: BundleEntryResolvers<ContextType>;
  Query?: QueryResolvers<ContextType>;
  OffsetTable?: OffsetTableResolvers<ContextType>;
  OffsetEntry?: OffsetEntryResolvers<ContextType>;
  OffsetRow?: OffsetRowResolvers<ContextType>;
  OffsetAnswer?: OffsetAnswerResolvers<ContextType>;
  BigInt?: GraphQLScalarType;
  File?: GraphQLScalarType;
  Mutation?: MutationResolvers<ContextType>;
  PageInfo?: PageInfoResolvers<ContextType>;
  IndexStats?: IndexStatsResolvers<ContextType>;
  TypeHit?: TypeHitResolvers<ContextType>;
  ConfigSymbol?: ConfigSymbolResolvers<ContextType>;
  ConfigValue?: ConfigValueResolvers<ContextType>;
  Struct?: StructResolvers<ContextType>;
  StructLayout?: StructLayoutResolvers<ContextType>;
  StructField?: StructFieldResolvers<ContextType>;
  Field?: FieldResolvers<ContextType>;
  FieldInKernelConnection?: FieldInKernelConnectionResolvers<ContextType>;
  FieldInKernel?: FieldInKernelResolvers<ContextType>;
  FieldPlace?: FieldPlaceResolvers<ContextType>;
  FieldVariant?: FieldVariantResolvers<ContextType>;
  FieldEvent?: FieldEventResolvers<ContextType>;
  FieldOfTypeConnection?: FieldOfTypeConnectionResolvers<ContextType>;
  FieldOfType?: FieldOfTypeResolvers<ContextType>;
  FuncOfTypeConnection?: FuncOfTypeConnectionResolvers<ContextType>;
  FuncOfType?: FuncOfTypeResolvers<ContextType>;
  Enum?: EnumResolvers<ContextType>;
  EnumVariant?: EnumVariantResolvers<ContextType>;
  EnumeratorValue?: EnumeratorValueResolvers<ContextType>;
  Enumerator?: EnumeratorResolvers<ContextType>;
  EnumeratorVariant?: EnumeratorVariantResolvers<ContextType>;
  EnumeratorInKernel?: EnumeratorInKernelResolvers<ContextType>;
  Typedef?: TypedefResolvers<ContextType>;
  TypedefVariant?: TypedefVariantResolvers<ContextType>;
  Func?: FuncResolvers<ContextType>;
  FuncVariant?: FuncVariantResolvers<ContextType>;
  FuncParam?: FuncParamResolvers<ContextType>;
  Variable?: VariableResolvers<ContextType>;
  VariableVariant?: VariableVariantResolvers<ContextType>;
  DeclarationPlace?: DeclarationPlaceResolvers<ContextType>;
};


