// Written by scripts/generate.ts from the .graphql files of src and the schema: edit those.
import type { Document } from '../ask/ask.ts';

/** Internal type. DO NOT USE DIRECTLY. */
type Exact<T extends { [key: string]: unknown }> = { [K in keyof T]: T[K] };
/** Internal type. DO NOT USE DIRECTLY. */
export type Incremental<T> = T | { [P in keyof T]?: P extends ' $fragmentName' | '__typename' ? T[P] : never };
/** Whether kernels have something, as far as their own tables are known. */
export type FactState =
  /** They have it. */
  | 'PRESENT'
  /** Their tables say that they do not. */
  | 'ABSENT'
  /** They came without an image, or their tables do not tell: neither yes nor no. */
  | 'NOT_KNOWN';

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
  readonly distro?: ReadonlyArray<string> | null | undefined;
  /** os-release's VERSION_ID, or the archive's word for it: `12`, `20.04`, `bullseye`. */
  readonly version?: ReadonlyArray<string> | null | undefined;
  /** `uname -m`'s word; `arm64` and `aarch64` are the same. */
  readonly arch?: ReadonlyArray<string> | null | undefined;
  /** A release with `*` and `?` for any: `6.1.*-cloud-amd64`; or a range over kernel versions: `>=5.4`, `<6.1`. */
  readonly release?: ReadonlyArray<string> | null | undefined;
  /** Only declarations of this module; `vmlinux`: only those of kernels themselves. */
  readonly module?: string | null | undefined;
  /** The command line's form, whole: `distro=debian,arch=x86_64,release>=5.10`. */
  readonly text?: string | null | undefined;
};

/** What can happen to a declaration from one kernel to another. */
export type ChangeKind =
  /** Only the later kernel has it. */
  | 'ADDED'
  /** Only the earlier kernel has it. */
  | 'REMOVED'
  /** Both have it, with different content. */
  | 'CHANGED';

/** What can become of a relocation. */
export type RelocationOutcome =
  /** The instruction gets its value. */
  | 'APPLIED'
  /** The instruction is made invalid: the verifier refuses it if it can be reached. */
  | 'POISONED'
  /** libbpf refuses the object. */
  | 'FAILED';

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

export type PairQueryVariables = Exact<{
  name: string;
  from: string;
  to: string;
  union: boolean;
}>;


export type PairQuery = { readonly from: { readonly struct?: { readonly kind: TypeKind, readonly name: string, readonly size: number, readonly hash: string, readonly c: string, readonly fields: ReadonlyArray<{ readonly name: string, readonly type: string, readonly offset: number, readonly bitOffset: number, readonly bitSize: number | null, readonly size: number | null, readonly depth: number }> } | null, readonly union?: { readonly kind: TypeKind, readonly name: string, readonly size: number, readonly hash: string, readonly c: string, readonly fields: ReadonlyArray<{ readonly name: string, readonly type: string, readonly offset: number, readonly bitOffset: number, readonly bitSize: number | null, readonly size: number | null, readonly depth: number }> } | null } | null, readonly to: { readonly struct?: { readonly kind: TypeKind, readonly name: string, readonly size: number, readonly hash: string, readonly c: string, readonly fields: ReadonlyArray<{ readonly name: string, readonly type: string, readonly offset: number, readonly bitOffset: number, readonly bitSize: number | null, readonly size: number | null, readonly depth: number }> } | null, readonly union?: { readonly kind: TypeKind, readonly name: string, readonly size: number, readonly hash: string, readonly c: string, readonly fields: ReadonlyArray<{ readonly name: string, readonly type: string, readonly offset: number, readonly bitOffset: number, readonly bitSize: number | null, readonly size: number | null, readonly depth: number }> } | null } | null };

export type PairInModuleQueryVariables = Exact<{
  name: string;
  module: string;
  from: KernelFilter;
  to: KernelFilter;
  union: boolean;
}>;


export type PairInModuleQuery = { readonly struct?: { readonly before: ReadonlyArray<{ readonly kind: TypeKind, readonly name: string, readonly size: number, readonly hash: string, readonly c: string, readonly fields: ReadonlyArray<{ readonly name: string, readonly type: string, readonly offset: number, readonly bitOffset: number, readonly bitSize: number | null, readonly size: number | null, readonly depth: number }> }>, readonly after: ReadonlyArray<{ readonly kind: TypeKind, readonly name: string, readonly size: number, readonly hash: string, readonly c: string, readonly fields: ReadonlyArray<{ readonly name: string, readonly type: string, readonly offset: number, readonly bitOffset: number, readonly bitSize: number | null, readonly size: number | null, readonly depth: number }> }> } | null, readonly union?: { readonly before: ReadonlyArray<{ readonly kind: TypeKind, readonly name: string, readonly size: number, readonly hash: string, readonly c: string, readonly fields: ReadonlyArray<{ readonly name: string, readonly type: string, readonly offset: number, readonly bitOffset: number, readonly bitSize: number | null, readonly size: number | null, readonly depth: number }> }>, readonly after: ReadonlyArray<{ readonly kind: TypeKind, readonly name: string, readonly size: number, readonly hash: string, readonly c: string, readonly fields: ReadonlyArray<{ readonly name: string, readonly type: string, readonly offset: number, readonly bitOffset: number, readonly bitSize: number | null, readonly size: number | null, readonly depth: number }> }> } | null };

export type PairOfFragment = { readonly before: ReadonlyArray<{ readonly kind: TypeKind, readonly name: string, readonly size: number, readonly hash: string, readonly c: string, readonly fields: ReadonlyArray<{ readonly name: string, readonly type: string, readonly offset: number, readonly bitOffset: number, readonly bitSize: number | null, readonly size: number | null, readonly depth: number }> }>, readonly after: ReadonlyArray<{ readonly kind: TypeKind, readonly name: string, readonly size: number, readonly hash: string, readonly c: string, readonly fields: ReadonlyArray<{ readonly name: string, readonly type: string, readonly offset: number, readonly bitOffset: number, readonly bitSize: number | null, readonly size: number | null, readonly depth: number }> }> };

export type PairInWordsQueryVariables = Exact<{
  name: string;
  from: string;
  to: string;
}>;


export type PairInWordsQuery = { readonly diff: { readonly entries: ReadonlyArray<{ readonly kind: TypeKind, readonly name: string, readonly change: ChangeKind, readonly details: ReadonlyArray<string> }> } };

export type DiffPageQueryVariables = Exact<{
  from: string;
  to: string;
  kinds?: ReadonlyArray<TypeKind> | TypeKind | null | undefined;
  change?: ReadonlyArray<ChangeKind> | ChangeKind | null | undefined;
  text?: string | null | undefined;
  module?: string | null | undefined;
  first: number;
  after?: string | null | undefined;
}>;


export type DiffPageQuery = { readonly diff: { readonly added: number, readonly removed: number, readonly changed: number, readonly modulesCompared: boolean, readonly modules: ReadonlyArray<string>, readonly total: number, readonly entries: ReadonlyArray<{ readonly cursor: string, readonly kind: TypeKind, readonly name: string, readonly change: ChangeKind, readonly indirect: boolean, readonly details: ReadonlyArray<string>, readonly modules: ReadonlyArray<string> }> } };

export type DiffConfigQueryVariables = Exact<{
  from: string;
  to: string;
}>;


export type DiffConfigQuery = { readonly diff: { readonly config: ReadonlyArray<{ readonly name: string, readonly from: string | null, readonly to: string | null }> | null } };

export type TracepointOverQueryVariables = Exact<{
  name: string;
}>;


export type TracepointOverQuery = { readonly tracepoint: ReadonlyArray<{ readonly state: FactState, readonly format: string | null, readonly printFmt: string | null, readonly module: string | null, readonly fields: ReadonlyArray<{ readonly declaration: string, readonly offset: number, readonly size: number, readonly signed: boolean }> | null, readonly kernels: ReadonlyArray<{ readonly id: string }> }> };

export type SyscallOverQueryVariables = Exact<{
  name: string;
}>;


export type SyscallOverQuery = { readonly syscall: ReadonlyArray<{ readonly state: FactState, readonly numbers: ReadonlyArray<number> | null, readonly args: ReadonlyArray<{ readonly type: string, readonly name: string }> | null, readonly kernels: ReadonlyArray<{ readonly id: string }> }> };

export type HelperOverQueryVariables = Exact<{
  name: string;
}>;


export type HelperOverQuery = { readonly helper: ReadonlyArray<{ readonly state: FactState, readonly programs: ReadonlyArray<{ readonly programType: string, readonly sleepable: boolean, readonly attachTypes: ReadonlyArray<string>, readonly allowed: string, readonly proto: { readonly function: string, readonly gplOnly: boolean, readonly mightSleep: boolean | null, readonly returns: string, readonly args: ReadonlyArray<string> } | null }> | null, readonly kernels: ReadonlyArray<{ readonly id: string }> }> };

export type FeatureInFragment = { readonly kind: string, readonly name: string, readonly enumerator: string | null, readonly since: string | null, readonly answers: ReadonlyArray<{ readonly state: FactState, readonly evidence: string, readonly kernels: ReadonlyArray<{ readonly id: string }> }> };

export type FeatureOverQueryVariables = Exact<{
  name: string;
}>;


export type FeatureOverQuery = { readonly feature: { readonly kind: string, readonly name: string, readonly enumerator: string | null, readonly since: string | null, readonly answers: ReadonlyArray<{ readonly state: FactState, readonly evidence: string, readonly kernels: ReadonlyArray<{ readonly id: string }> }> } | null };

export type KfuncOverQueryVariables = Exact<{
  name: string;
}>;


export type KfuncOverQuery = { readonly kfunc: ReadonlyArray<{ readonly state: FactState, readonly programTypes: ReadonlyArray<{ readonly programType: string, readonly flags: number, readonly module: string | null }> | null, readonly kernels: ReadonlyArray<{ readonly id: string }> }> };

export type FeaturesOverQueryVariables = Exact<{
  kind: string;
}>;


export type FeaturesOverQuery = { readonly features: ReadonlyArray<{ readonly kind: string, readonly name: string, readonly enumerator: string | null, readonly since: string | null, readonly answers: ReadonlyArray<{ readonly state: FactState, readonly evidence: string, readonly kernels: ReadonlyArray<{ readonly id: string }> }> }> };

export type ConfigOverQueryVariables = Exact<{
  name: string;
}>;


export type ConfigOverQuery = { readonly config: { readonly name: string, readonly values: ReadonlyArray<{ readonly value: string, readonly kernels: ReadonlyArray<{ readonly id: string }> }>, readonly absentFrom: ReadonlyArray<{ readonly id: string }>, readonly unknownIn: ReadonlyArray<{ readonly id: string }> } };

export type LsmHookOverQueryVariables = Exact<{
  name: string;
  func: string;
}>;


export type LsmHookOverQuery = { readonly func: { readonly variants: ReadonlyArray<{ readonly returns: string, readonly params: ReadonlyArray<{ readonly name: string, readonly type: string }>, readonly kernels: ReadonlyArray<{ readonly id: string }> }> } | null, readonly lsmHook: ReadonlyArray<{ readonly state: FactState, readonly sleepable: boolean | null, readonly trusted: boolean | null, readonly disabled: boolean | null, readonly attach: { readonly verdict: string, readonly reason: string } | null, readonly kernels: ReadonlyArray<{ readonly id: string }> }> };

export type StructOpsOverQueryVariables = Exact<{
  name: string;
}>;


export type StructOpsOverQuery = { readonly structOps: ReadonlyArray<{ readonly state: FactState, readonly module: string | null, readonly members: ReadonlyArray<{ readonly name: string, readonly kind: string, readonly supported: boolean | null }> | null, readonly kernels: ReadonlyArray<{ readonly id: string }> }> };

export type IteratorOverQueryVariables = Exact<{
  name: string;
}>;


export type IteratorOverQuery = { readonly iterator: ReadonlyArray<{ readonly state: FactState, readonly module: string | null, readonly kernels: ReadonlyArray<{ readonly id: string }> }> };

export type PlaceInFragment = { readonly offset: number, readonly bitOffset: number, readonly bitSize: number | null, readonly size: number | null, readonly type: string };

export type VariantsInFragment = { readonly variants: ReadonlyArray<{ readonly offset: number, readonly bitOffset: number, readonly bitSize: number | null, readonly size: number | null, readonly type: string, readonly kernels: ReadonlyArray<{ readonly id: string }>, readonly places: ReadonlyArray<{ readonly module: string | null }> }> };

export type FieldAnswerFragment = { readonly absentFrom: ReadonlyArray<{ readonly id: string }>, readonly withoutStruct: ReadonlyArray<{ readonly id: string }>, readonly history: ReadonlyArray<{ readonly series: string, readonly change: FieldChange, readonly otherName: string | null, readonly evidence: string | null, readonly from: { readonly id: string } | null, readonly to: { readonly id: string }, readonly before: { readonly offset: number, readonly bitOffset: number, readonly bitSize: number | null, readonly size: number | null, readonly type: string } | null, readonly after: { readonly offset: number, readonly bitOffset: number, readonly bitSize: number | null, readonly size: number | null, readonly type: string } | null }>, readonly variants: ReadonlyArray<{ readonly offset: number, readonly bitOffset: number, readonly bitSize: number | null, readonly size: number | null, readonly type: string, readonly kernels: ReadonlyArray<{ readonly id: string }>, readonly places: ReadonlyArray<{ readonly module: string | null }> }> };

export type FieldOverQueryVariables = Exact<{
  struct: string;
  path: string;
  where?: KernelFilter | null | undefined;
}>;


export type FieldOverQuery = { readonly struct: { readonly field: { readonly absentFrom: ReadonlyArray<{ readonly id: string }>, readonly withoutStruct: ReadonlyArray<{ readonly id: string }>, readonly history: ReadonlyArray<{ readonly series: string, readonly change: FieldChange, readonly otherName: string | null, readonly evidence: string | null, readonly from: { readonly id: string } | null, readonly to: { readonly id: string }, readonly before: { readonly offset: number, readonly bitOffset: number, readonly bitSize: number | null, readonly size: number | null, readonly type: string } | null, readonly after: { readonly offset: number, readonly bitOffset: number, readonly bitSize: number | null, readonly size: number | null, readonly type: string } | null }>, readonly variants: ReadonlyArray<{ readonly offset: number, readonly bitOffset: number, readonly bitSize: number | null, readonly size: number | null, readonly type: string, readonly kernels: ReadonlyArray<{ readonly id: string }>, readonly places: ReadonlyArray<{ readonly module: string | null }> }> } | null } | null };

export type UnionFieldOverQueryVariables = Exact<{
  struct: string;
  path: string;
  where?: KernelFilter | null | undefined;
}>;


export type UnionFieldOverQuery = { readonly union: { readonly field: { readonly absentFrom: ReadonlyArray<{ readonly id: string }>, readonly withoutStruct: ReadonlyArray<{ readonly id: string }>, readonly history: ReadonlyArray<{ readonly series: string, readonly change: FieldChange, readonly otherName: string | null, readonly evidence: string | null, readonly from: { readonly id: string } | null, readonly to: { readonly id: string }, readonly before: { readonly offset: number, readonly bitOffset: number, readonly bitSize: number | null, readonly size: number | null, readonly type: string } | null, readonly after: { readonly offset: number, readonly bitOffset: number, readonly bitSize: number | null, readonly size: number | null, readonly type: string } | null }>, readonly variants: ReadonlyArray<{ readonly offset: number, readonly bitOffset: number, readonly bitSize: number | null, readonly size: number | null, readonly type: string, readonly kernels: ReadonlyArray<{ readonly id: string }>, readonly places: ReadonlyArray<{ readonly module: string | null }> }> } | null } | null };

export type FieldPlacesQueryVariables = Exact<{
  struct: string;
  path: string;
  where?: KernelFilter | null | undefined;
}>;


export type FieldPlacesQuery = { readonly struct: { readonly field: { readonly variants: ReadonlyArray<{ readonly offset: number, readonly bitOffset: number, readonly bitSize: number | null, readonly size: number | null, readonly type: string, readonly kernels: ReadonlyArray<{ readonly id: string }>, readonly places: ReadonlyArray<{ readonly module: string | null }> }> } | null } | null };

export type StructNamesQueryVariables = Exact<{
  name: string;
  id: string;
}>;


export type StructNamesQuery = { readonly struct: { readonly kernels: ReadonlyArray<{ readonly id: string }> } | null, readonly kernel: { readonly struct: { readonly fields: ReadonlyArray<{ readonly name: string, readonly depth: number }> } | null } | null };

export type KernelFactsQueryVariables = Exact<{
  id: string;
}>;


export type KernelFactsQuery = { readonly kernel: { readonly id: string, readonly sha256: string, readonly bytes: number, readonly littleEndian: boolean, readonly pointerSize: number | null, readonly types: number, readonly source: string, readonly ingestedAt: string, readonly tool: string, readonly configKnown: boolean, readonly modulesKnown: boolean, readonly btfPath: string, readonly facts: ReadonlyArray<{ readonly kind: string, readonly known: boolean, readonly count: number | null, readonly source: string | null }>, readonly identical: ReadonlyArray<{ readonly id: string }>, readonly modules: ReadonlyArray<{ readonly name: string, readonly bytes: number, readonly distilled: boolean }> } | null };

export type NameOfFragment = { readonly name: string };

export type SinceQueryVariables = Exact<{
  from: string;
  to: string;
  first: number;
}>;


export type SinceQuery = { readonly diff: { readonly added: number, readonly removed: number, readonly changed: number, readonly modulesCompared: boolean, readonly structsCame: ReadonlyArray<{ readonly name: string }>, readonly structsWent: ReadonlyArray<{ readonly name: string }>, readonly structsChanged: ReadonlyArray<{ readonly name: string }>, readonly funcsCame: ReadonlyArray<{ readonly name: string }>, readonly funcsWent: ReadonlyArray<{ readonly name: string }>, readonly funcsChanged: ReadonlyArray<{ readonly name: string }> } };

export type KernelConfigQueryVariables = Exact<{
  id: string;
  text?: string | null | undefined;
  first: number;
}>;


export type KernelConfigQuery = { readonly kernel: { readonly configSettings: ReadonlyArray<{ readonly name: string, readonly value: string }> | null } | null };

export type KernelFeaturesQueryVariables = Exact<{
  where: KernelFilter;
}>;


export type KernelFeaturesQuery = { readonly features: ReadonlyArray<{ readonly kind: string, readonly name: string, readonly since: string | null, readonly answers: ReadonlyArray<{ readonly state: FactState, readonly evidence: string }> }> };

export type FuncOverQueryVariables = Exact<{
  name: string;
  module?: string | null | undefined;
}>;


export type FuncOverQuery = { readonly func: { readonly variants: ReadonlyArray<{ readonly signature: string, readonly returns: string, readonly linkage: string, readonly params: ReadonlyArray<{ readonly name: string, readonly type: string }>, readonly kernels: ReadonlyArray<{ readonly id: string }>, readonly places: ReadonlyArray<{ readonly module: string | null, readonly kernels: ReadonlyArray<{ readonly id: string }> }> }> } | null };

export type FuncAttachableQueryVariables = Exact<{
  name: string;
}>;


export type FuncAttachableQuery = { readonly func: { readonly attach: ReadonlyArray<{ readonly state: FactState, readonly several: boolean | null, readonly module: string | null, readonly fentry: { readonly verdict: string, readonly reason: string } | null, readonly kprobe: { readonly verdict: string, readonly reason: string } | null, readonly kernels: ReadonlyArray<{ readonly id: string }> }> } | null };

export type EnumOverQueryVariables = Exact<{
  name: string;
  module?: string | null | undefined;
}>;


export type EnumOverQuery = { readonly enum: { readonly variants: ReadonlyArray<{ readonly hash: string, readonly c: string, readonly size: number, readonly signed: boolean, readonly enumerators: ReadonlyArray<{ readonly name: string, readonly value: number | string }>, readonly kernels: ReadonlyArray<{ readonly id: string }>, readonly places: ReadonlyArray<{ readonly module: string | null }> }> } | null };

export type EnumeratorOverQueryVariables = Exact<{
  name: string;
  module?: string | null | undefined;
}>;


export type EnumeratorOverQuery = { readonly enumerator: { readonly variants: ReadonlyArray<{ readonly enum: string, readonly value: number | string, readonly kernels: ReadonlyArray<{ readonly id: string }>, readonly places: ReadonlyArray<{ readonly module: string | null }> }> } | null };

export type TypedefOverQueryVariables = Exact<{
  name: string;
  module?: string | null | undefined;
}>;


export type TypedefOverQuery = { readonly typedef: { readonly variants: ReadonlyArray<{ readonly type: string, readonly kernels: ReadonlyArray<{ readonly id: string }>, readonly places: ReadonlyArray<{ readonly module: string | null }> }> } | null, readonly struct: { readonly layouts: ReadonlyArray<{ readonly size: number }> } | null };

export type VariableOverQueryVariables = Exact<{
  name: string;
  module?: string | null | undefined;
}>;


export type VariableOverQuery = { readonly variable: { readonly variants: ReadonlyArray<{ readonly type: string, readonly linkage: string, readonly kernels: ReadonlyArray<{ readonly id: string }>, readonly places: ReadonlyArray<{ readonly module: string | null, readonly kernels: ReadonlyArray<{ readonly id: string }> }> }> } | null };

export type ObjectFileQueryVariables = Exact<{
  file: Blob;
}>;


export type ObjectFileQuery = { readonly object: { readonly name: string, readonly sha256: string, readonly license: string | null, readonly littleEndian: boolean, readonly programs: ReadonlyArray<{ readonly name: string, readonly section: string, readonly instructions: number }>, readonly maps: ReadonlyArray<{ readonly name: string, readonly type: string | null, readonly keySize: number | null, readonly valueSize: number | null, readonly maxEntries: number | null }>, readonly relocations: ReadonlyArray<{ readonly index: number, readonly program: string | null, readonly section: string, readonly insnOff: number, readonly kind: string, readonly spec: string, readonly file: string | null, readonly line: number | null, readonly column: number | null }> } };

export type ObjectMatrixQueryVariables = Exact<{
  file: Blob;
  where?: KernelFilter | null | undefined;
}>;


export type ObjectMatrixQuery = { readonly object: { readonly matrix: ReadonlyArray<{ readonly applied: number, readonly poisoned: number, readonly failed: number, readonly kernels: ReadonlyArray<{ readonly id: string }>, readonly results: ReadonlyArray<{ readonly outcome: RelocationOutcome, readonly reason: string | null, readonly relocation: { readonly index: number } }> }> } };

export type MakeBundleMutationVariables = Exact<{
  objects: ReadonlyArray<Blob> | Blob;
  format: BundleFormat;
  where?: KernelFilter | null | undefined;
}>;


export type MakeBundleMutation = { readonly minimalBtf: { readonly id: string, readonly kernels: number, readonly distinct: number, readonly bytes: number, readonly url: string } };

export type ReasonInFragment = { readonly code: string, readonly message: string, readonly verdict: string, readonly file: string | null, readonly line: number | null, readonly column: number | null, readonly needed: string, readonly found: string | null, readonly evidence: string, readonly wholeObject: boolean };

export type ObjectLoadsQueryVariables = Exact<{
  file: Blob;
  where?: KernelFilter | null | undefined;
  loader?: string | null | undefined;
  set?: ReadonlyArray<string> | string | null | undefined;
  attach?: ReadonlyArray<string> | string | null | undefined;
  skip?: ReadonlyArray<string> | string | null | undefined;
  maxEntries?: ReadonlyArray<string> | string | null | undefined;
  all?: boolean | null | undefined;
}>;


export type ObjectLoadsQuery = { readonly object: { readonly loads: ReadonlyArray<{ readonly kernels: ReadonlyArray<{ readonly id: string }>, readonly programs: ReadonlyArray<{ readonly program: string, readonly section: string, readonly verdict: string, readonly reasons: ReadonlyArray<{ readonly code: string, readonly message: string, readonly verdict: string, readonly file: string | null, readonly line: number | null, readonly column: number | null, readonly needed: string, readonly found: string | null, readonly evidence: string, readonly wholeObject: boolean }>, readonly attach: { readonly verdict: string, readonly reasons: ReadonlyArray<{ readonly code: string, readonly message: string, readonly verdict: string, readonly file: string | null, readonly line: number | null, readonly column: number | null, readonly needed: string, readonly found: string | null, readonly evidence: string, readonly wholeObject: boolean }> } }> }> } };

export type OffsetsOfQueryVariables = Exact<{
  spec: string;
  lang?: string | null | undefined;
}>;


export type OffsetsOfQuery = { readonly offsets: { readonly text: string | null, readonly entries: ReadonlyArray<{ readonly name: string, readonly kind: string, readonly optional: boolean, readonly missingIn: ReadonlyArray<{ readonly id: string }> }>, readonly rows: ReadonlyArray<{ readonly kernels: ReadonlyArray<{ readonly id: string }>, readonly answers: ReadonlyArray<{ readonly path: string | null, readonly offsets: ReadonlyArray<number> | null, readonly size: number | null, readonly bitOffset: number | null, readonly bitSize: number | null, readonly value: number | string | null, readonly type: string | null }> }> } };

export type RenamesOfQueryVariables = Exact<{
  struct: string;
  path: string;
}>;


export type RenamesOfQuery = { readonly struct: { readonly field: { readonly history: ReadonlyArray<{ readonly change: FieldChange, readonly otherName: string | null }> } | null } | null };

export type NearQueryVariables = Exact<{
  kind: TypeKind;
  name: string;
}>;


export type NearQuery = { readonly nearNames: ReadonlyArray<string>, readonly search: ReadonlyArray<{ readonly kind: TypeKind, readonly name: string }> };

export type StartQueryVariables = Exact<{ [key: string]: never; }>;


export type StartQuery = { readonly kernels: { readonly nodes: ReadonlyArray<{ readonly id: string }> }, readonly stats: { readonly kernels: number, readonly distinct: number, readonly modules: number, readonly declarations: number, readonly names: number, readonly bytes: number | string, readonly generation: string } };

export type SuggestQueryVariables = Exact<{
  text: string;
  first: number;
}>;


export type SuggestQuery = { readonly search: ReadonlyArray<{ readonly kind: TypeKind, readonly name: string, readonly match: MatchRank, readonly kernels: number, readonly variants: number, readonly modules: ReadonlyArray<string> }>, readonly searchFacts: ReadonlyArray<{ readonly kind: FactNameKind, readonly name: string }>, readonly enumerator: { readonly variants: ReadonlyArray<{ readonly enum: string, readonly value: number | string }> } | null };

export type MembersOfFragment = { readonly struct: { readonly fields: ReadonlyArray<{ readonly name: string, readonly type: string, readonly depth: number }> } | null };

export type SuggestFieldsQueryVariables = Exact<{
  struct: string;
  old: string;
  middle: string;
  new: string;
}>;


export type SuggestFieldsQuery = { readonly old: { readonly struct: { readonly fields: ReadonlyArray<{ readonly name: string, readonly type: string, readonly depth: number }> } | null } | null, readonly middle: { readonly struct: { readonly fields: ReadonlyArray<{ readonly name: string, readonly type: string, readonly depth: number }> } | null } | null, readonly new: { readonly struct: { readonly fields: ReadonlyArray<{ readonly name: string, readonly type: string, readonly depth: number }> } | null } | null };

export type LayoutsOfFragment = { readonly layouts: ReadonlyArray<{ readonly hash: string, readonly kind: TypeKind, readonly size: number, readonly kernels: ReadonlyArray<{ readonly id: string }>, readonly places: ReadonlyArray<{ readonly module: string | null }> }> };

export type StructOverQueryVariables = Exact<{
  name: string;
  module?: string | null | undefined;
}>;


export type StructOverQuery = { readonly struct: { readonly layouts: ReadonlyArray<{ readonly hash: string, readonly kind: TypeKind, readonly size: number, readonly kernels: ReadonlyArray<{ readonly id: string }>, readonly places: ReadonlyArray<{ readonly module: string | null }> }> } | null };

export type UnionOverQueryVariables = Exact<{
  name: string;
  module?: string | null | undefined;
}>;


export type UnionOverQuery = { readonly union: { readonly layouts: ReadonlyArray<{ readonly hash: string, readonly kind: TypeKind, readonly size: number, readonly kernels: ReadonlyArray<{ readonly id: string }>, readonly places: ReadonlyArray<{ readonly module: string | null }> }> } | null };

export type LayoutInFragment = { readonly kind: TypeKind, readonly name: string, readonly size: number, readonly hash: string, readonly c: string, readonly fields: ReadonlyArray<{ readonly name: string, readonly type: string, readonly offset: number, readonly bitOffset: number, readonly bitSize: number | null, readonly size: number | null, readonly depth: number }> };

export type CompositeInFragment = { readonly struct?: { readonly kind: TypeKind, readonly name: string, readonly size: number, readonly hash: string, readonly c: string, readonly fields: ReadonlyArray<{ readonly name: string, readonly type: string, readonly offset: number, readonly bitOffset: number, readonly bitSize: number | null, readonly size: number | null, readonly depth: number }> } | null, readonly union?: { readonly kind: TypeKind, readonly name: string, readonly size: number, readonly hash: string, readonly c: string, readonly fields: ReadonlyArray<{ readonly name: string, readonly type: string, readonly offset: number, readonly bitOffset: number, readonly bitSize: number | null, readonly size: number | null, readonly depth: number }> } | null };

export type LayoutAtQueryVariables = Exact<{
  name: string;
  id: string;
  union: boolean;
}>;


export type LayoutAtQuery = { readonly kernel: { readonly struct?: { readonly kind: TypeKind, readonly name: string, readonly size: number, readonly hash: string, readonly c: string, readonly fields: ReadonlyArray<{ readonly name: string, readonly type: string, readonly offset: number, readonly bitOffset: number, readonly bitSize: number | null, readonly size: number | null, readonly depth: number }> } | null, readonly union?: { readonly kind: TypeKind, readonly name: string, readonly size: number, readonly hash: string, readonly c: string, readonly fields: ReadonlyArray<{ readonly name: string, readonly type: string, readonly offset: number, readonly bitOffset: number, readonly bitSize: number | null, readonly size: number | null, readonly depth: number }> } | null } | null };

export type LayoutInModuleQueryVariables = Exact<{
  name: string;
  module: string;
  where: KernelFilter;
  union: boolean;
}>;


export type LayoutInModuleQuery = { readonly struct?: { readonly layouts: ReadonlyArray<{ readonly kind: TypeKind, readonly name: string, readonly size: number, readonly hash: string, readonly c: string, readonly fields: ReadonlyArray<{ readonly name: string, readonly type: string, readonly offset: number, readonly bitOffset: number, readonly bitSize: number | null, readonly size: number | null, readonly depth: number }> }> } | null, readonly union?: { readonly layouts: ReadonlyArray<{ readonly kind: TypeKind, readonly name: string, readonly size: number, readonly hash: string, readonly c: string, readonly fields: ReadonlyArray<{ readonly name: string, readonly type: string, readonly offset: number, readonly bitOffset: number, readonly bitSize: number | null, readonly size: number | null, readonly depth: number }> }> } | null };

export type TypedefAtQueryVariables = Exact<{
  name: string;
  id: string;
}>;


export type TypedefAtQuery = { readonly kernel: { readonly typedef: { readonly type: string } | null } | null };

export type UsersQueryVariables = Exact<{
  type: string;
  where?: KernelFilter | null | undefined;
  first: number;
}>;


export type UsersQuery = { readonly fieldsOfType: { readonly totalCount: number, readonly nodes: ReadonlyArray<{ readonly kind: TypeKind, readonly struct: string, readonly field: string, readonly kernels: ReadonlyArray<{ readonly id: string }> }> } };

export type TakersQueryVariables = Exact<{
  type: string;
  first: number;
}>;


export type TakersQuery = { readonly funcsOfType: { readonly totalCount: number, readonly nodes: ReadonlyArray<{ readonly func: string, readonly param: string, readonly position: number, readonly kernels: ReadonlyArray<{ readonly id: string }> }> } };

export const PairDocument = "query Pair($name: String!, $from: ID!, $to: ID!, $union: Boolean!) { from: kernel(id: $from) { ...CompositeIn } to: kernel(id: $to) { ...CompositeIn } } fragment CompositeIn on Kernel { struct(name: $name) @skip(if: $union) { ...LayoutIn } union(name: $name) @include(if: $union) { ...LayoutIn } } fragment LayoutIn on StructLayout { kind name size hash c fields { name type offset bitOffset bitSize size depth } }" as Document<PairQuery, PairQueryVariables>;
export const PairInModuleDocument = "query PairInModule($name: String!, $module: String!, $from: KernelFilter!, $to: KernelFilter!, $union: Boolean!) { struct(name: $name, module: $module) @skip(if: $union) { ...PairOf } union(name: $name, module: $module) @include(if: $union) { ...PairOf } } fragment PairOf on Struct { before: layouts(where: $from) { ...LayoutIn } after: layouts(where: $to) { ...LayoutIn } } fragment LayoutIn on StructLayout { kind name size hash c fields { name type offset bitOffset bitSize size depth } }" as Document<PairInModuleQuery, PairInModuleQueryVariables>;
export const PairInWordsDocument = "query PairInWords($name: String!, $from: ID!, $to: ID!) { diff(from: $from, to: $to, name: $name) { entries { kind name change details } } }" as Document<PairInWordsQuery, PairInWordsQueryVariables>;
export const DiffPageDocument = "query DiffPage($from: ID!, $to: ID!, $kinds: [TypeKind!], $change: [ChangeKind!], $text: String, $module: String, $first: Int!, $after: String) { diff(from: $from, to: $to) { added removed changed modulesCompared modules total(kinds: $kinds, change: $change, text: $text, module: $module) entries( kinds: $kinds change: $change text: $text module: $module first: $first after: $after ) { cursor kind name change indirect details modules } } }" as Document<DiffPageQuery, DiffPageQueryVariables>;
export const DiffConfigDocument = "query DiffConfig($from: ID!, $to: ID!) { diff(from: $from, to: $to) { config { name from to } } }" as Document<DiffConfigQuery, DiffConfigQueryVariables>;
export const TracepointOverDocument = "query TracepointOver($name: String!) { tracepoint(name: $name) { state format printFmt module fields { declaration offset size signed } kernels { id } } }" as Document<TracepointOverQuery, TracepointOverQueryVariables>;
export const SyscallOverDocument = "query SyscallOver($name: String!) { syscall(name: $name) { state numbers args { type name } kernels { id } } }" as Document<SyscallOverQuery, SyscallOverQueryVariables>;
export const HelperOverDocument = "query HelperOver($name: String!) { helper(name: $name) { state programs { programType sleepable attachTypes allowed proto { function gplOnly mightSleep returns args } } kernels { id } } }" as Document<HelperOverQuery, HelperOverQueryVariables>;
export const FeatureOverDocument = "query FeatureOver($name: String!) { feature(name: $name) { ...FeatureIn } } fragment FeatureIn on Feature { kind name enumerator since answers { state evidence kernels { id } } }" as Document<FeatureOverQuery, FeatureOverQueryVariables>;
export const KfuncOverDocument = "query KfuncOver($name: String!) { kfunc(name: $name) { state programTypes { programType flags module } kernels { id } } }" as Document<KfuncOverQuery, KfuncOverQueryVariables>;
export const FeaturesOverDocument = "query FeaturesOver($kind: String!) { features(kind: $kind) { ...FeatureIn } } fragment FeatureIn on Feature { kind name enumerator since answers { state evidence kernels { id } } }" as Document<FeaturesOverQuery, FeaturesOverQueryVariables>;
export const ConfigOverDocument = "query ConfigOver($name: String!) { config(name: $name) { name values { value kernels { id } } absentFrom { id } unknownIn { id } } }" as Document<ConfigOverQuery, ConfigOverQueryVariables>;
export const LsmHookOverDocument = "query LsmHookOver($name: String!, $func: String!) { func(name: $func) { variants { returns params { name type } kernels { id } } } lsmHook(name: $name) { state sleepable trusted disabled attach { verdict reason } kernels { id } } }" as Document<LsmHookOverQuery, LsmHookOverQueryVariables>;
export const StructOpsOverDocument = "query StructOpsOver($name: String!) { structOps(name: $name) { state module members { name kind supported } kernels { id } } }" as Document<StructOpsOverQuery, StructOpsOverQueryVariables>;
export const IteratorOverDocument = "query IteratorOver($name: String!) { iterator(name: $name) { state module kernels { id } } }" as Document<IteratorOverQuery, IteratorOverQueryVariables>;
export const FieldOverDocument = "query FieldOver($struct: String!, $path: String!, $where: KernelFilter) { struct(name: $struct) { field(name: $path) { ...FieldAnswer } } } fragment FieldAnswer on Field { ...VariantsIn absentFrom(where: $where) { id } withoutStruct(where: $where) { id } history(where: $where) { series change otherName evidence from { id } to { id } before { ...PlaceIn } after { ...PlaceIn } } } fragment VariantsIn on Field { variants(where: $where) { offset bitOffset bitSize size type kernels(where: $where) { id } places { module } } } fragment PlaceIn on FieldPlace { offset bitOffset bitSize size type }" as Document<FieldOverQuery, FieldOverQueryVariables>;
export const UnionFieldOverDocument = "query UnionFieldOver($struct: String!, $path: String!, $where: KernelFilter) { union(name: $struct) { field(name: $path) { ...FieldAnswer } } } fragment FieldAnswer on Field { ...VariantsIn absentFrom(where: $where) { id } withoutStruct(where: $where) { id } history(where: $where) { series change otherName evidence from { id } to { id } before { ...PlaceIn } after { ...PlaceIn } } } fragment VariantsIn on Field { variants(where: $where) { offset bitOffset bitSize size type kernels(where: $where) { id } places { module } } } fragment PlaceIn on FieldPlace { offset bitOffset bitSize size type }" as Document<UnionFieldOverQuery, UnionFieldOverQueryVariables>;
export const FieldPlacesDocument = "query FieldPlaces($struct: String!, $path: String!, $where: KernelFilter) { struct(name: $struct) { field(name: $path) { ...VariantsIn } } } fragment VariantsIn on Field { variants(where: $where) { offset bitOffset bitSize size type kernels(where: $where) { id } places { module } } }" as Document<FieldPlacesQuery, FieldPlacesQueryVariables>;
export const StructNamesDocument = "query StructNames($name: String!, $id: ID!) { struct(name: $name) { kernels { id } } kernel(id: $id) { struct(name: $name) { fields { name depth } } } }" as Document<StructNamesQuery, StructNamesQueryVariables>;
export const KernelFactsDocument = "query KernelFacts($id: ID!) { kernel(id: $id) { id sha256 bytes littleEndian pointerSize types source ingestedAt tool configKnown modulesKnown btfPath facts { kind known count source } identical { id } modules { name bytes distilled } } }" as Document<KernelFactsQuery, KernelFactsQueryVariables>;
export const SinceDocument = "query Since($from: ID!, $to: ID!, $first: Int!) { diff(from: $from, to: $to) { added removed changed modulesCompared structsCame: entries(kinds: [STRUCT, UNION], change: [ADDED], first: $first) { ...NameOf } structsWent: entries(kinds: [STRUCT, UNION], change: [REMOVED], first: $first) { ...NameOf } structsChanged: entries( kinds: [STRUCT, UNION] change: [CHANGED] first: $first ) { ...NameOf } funcsCame: entries(kinds: [FUNC], change: [ADDED], first: $first) { ...NameOf } funcsWent: entries(kinds: [FUNC], change: [REMOVED], first: $first) { ...NameOf } funcsChanged: entries(kinds: [FUNC], change: [CHANGED], first: $first) { ...NameOf } } } fragment NameOf on DiffEntry { name }" as Document<SinceQuery, SinceQueryVariables>;
export const KernelConfigDocument = "query KernelConfig($id: ID!, $text: String, $first: Int!) { kernel(id: $id) { configSettings(text: $text, first: $first) { name value } } }" as Document<KernelConfigQuery, KernelConfigQueryVariables>;
export const KernelFeaturesDocument = "query KernelFeatures($where: KernelFilter!) { features(where: $where) { kind name since answers { state evidence } } }" as Document<KernelFeaturesQuery, KernelFeaturesQueryVariables>;
export const FuncOverDocument = "query FuncOver($name: String!, $module: String) { func(name: $name, module: $module) { variants { signature returns linkage params { name type } kernels { id } places { module kernels { id } } } } }" as Document<FuncOverQuery, FuncOverQueryVariables>;
export const FuncAttachableDocument = "query FuncAttachable($name: String!) { func(name: $name) { attach { state several module fentry { verdict reason } kprobe { verdict reason } kernels { id } } } }" as Document<FuncAttachableQuery, FuncAttachableQueryVariables>;
export const EnumOverDocument = "query EnumOver($name: String!, $module: String) { enum(name: $name, module: $module) { variants { hash c size signed enumerators { name value } kernels { id } places { module } } } }" as Document<EnumOverQuery, EnumOverQueryVariables>;
export const EnumeratorOverDocument = "query EnumeratorOver($name: String!, $module: String) { enumerator(name: $name, module: $module) { variants { enum value kernels { id } places { module } } } }" as Document<EnumeratorOverQuery, EnumeratorOverQueryVariables>;
export const TypedefOverDocument = "query TypedefOver($name: String!, $module: String) { typedef(name: $name, module: $module) { variants { type kernels { id } places { module } } } struct(name: $name) { layouts { size } } }" as Document<TypedefOverQuery, TypedefOverQueryVariables>;
export const VariableOverDocument = "query VariableOver($name: String!, $module: String) { variable(name: $name, module: $module) { variants { type linkage kernels { id } places { module kernels { id } } } } }" as Document<VariableOverQuery, VariableOverQueryVariables>;
export const ObjectFileDocument = "query ObjectFile($file: File!) { object(file: $file) { name sha256 license littleEndian programs { name section instructions } maps { name type keySize valueSize maxEntries } relocations { index program section insnOff kind spec file line column } } }" as Document<ObjectFileQuery, ObjectFileQueryVariables>;
export const ObjectMatrixDocument = "query ObjectMatrix($file: File!, $where: KernelFilter) { object(file: $file) { matrix(where: $where) { kernels { id } applied poisoned failed results(outcome: [POISONED, FAILED]) { outcome reason relocation { index } } } } }" as Document<ObjectMatrixQuery, ObjectMatrixQueryVariables>;
export const MakeBundleDocument = "mutation MakeBundle($objects: [File!]!, $format: BundleFormat!, $where: KernelFilter) { minimalBtf(objects: $objects, format: $format, where: $where) { id kernels distinct bytes url } }" as Document<MakeBundleMutation, MakeBundleMutationVariables>;
export const ObjectLoadsDocument = "query ObjectLoads($file: File!, $where: KernelFilter, $loader: String, $set: [String!], $attach: [String!], $skip: [String!], $maxEntries: [String!], $all: Boolean) { object(file: $file) { loads( where: $where loader: $loader set: $set attach: $attach skip: $skip maxEntries: $maxEntries all: $all ) { kernels { id } programs { program section verdict reasons { ...ReasonIn } attach { verdict reasons { ...ReasonIn } } } } } } fragment ReasonIn on LoadReason { code message verdict file line column needed found evidence wholeObject }" as Document<ObjectLoadsQuery, ObjectLoadsQueryVariables>;
export const OffsetsOfDocument = "query OffsetsOf($spec: String!, $lang: String) { offsets(spec: $spec, lang: $lang) { entries { name kind optional missingIn { id } } rows { kernels { id } answers { path offsets size bitOffset bitSize value type } } text } }" as Document<OffsetsOfQuery, OffsetsOfQueryVariables>;
export const RenamesOfDocument = "query RenamesOf($struct: String!, $path: String!) { struct(name: $struct) { field(name: $path) { history { change otherName } } } }" as Document<RenamesOfQuery, RenamesOfQueryVariables>;
export const NearDocument = "query Near($kind: TypeKind!, $name: String!) { nearNames(kind: $kind, name: $name, first: 6) search(text: $name, first: 8) { kind name } }" as Document<NearQuery, NearQueryVariables>;
export const StartDocument = "query Start { kernels { nodes { id } } stats { kernels distinct modules declarations names bytes generation } }" as Document<StartQuery, StartQueryVariables>;
export const SuggestDocument = "query Suggest($text: String!, $first: Int!) { search(text: $text, first: $first) { kind name match kernels variants modules } searchFacts(text: $text, first: $first) { kind name } enumerator(name: $text) { variants { enum value } } }" as Document<SuggestQuery, SuggestQueryVariables>;
export const SuggestFieldsDocument = "query SuggestFields($struct: String!, $old: ID!, $middle: ID!, $new: ID!) { old: kernel(id: $old) { ...MembersOf } middle: kernel(id: $middle) { ...MembersOf } new: kernel(id: $new) { ...MembersOf } } fragment MembersOf on Kernel { struct(name: $struct) { fields { name type depth } } }" as Document<SuggestFieldsQuery, SuggestFieldsQueryVariables>;
export const StructOverDocument = "query StructOver($name: String!, $module: String) { struct(name: $name, module: $module) { ...LayoutsOf } } fragment LayoutsOf on Struct { layouts { hash kind size kernels { id } places { module } } }" as Document<StructOverQuery, StructOverQueryVariables>;
export const UnionOverDocument = "query UnionOver($name: String!, $module: String) { union(name: $name, module: $module) { ...LayoutsOf } } fragment LayoutsOf on Struct { layouts { hash kind size kernels { id } places { module } } }" as Document<UnionOverQuery, UnionOverQueryVariables>;
export const LayoutAtDocument = "query LayoutAt($name: String!, $id: ID!, $union: Boolean!) { kernel(id: $id) { ...CompositeIn } } fragment CompositeIn on Kernel { struct(name: $name) @skip(if: $union) { ...LayoutIn } union(name: $name) @include(if: $union) { ...LayoutIn } } fragment LayoutIn on StructLayout { kind name size hash c fields { name type offset bitOffset bitSize size depth } }" as Document<LayoutAtQuery, LayoutAtQueryVariables>;
export const LayoutInModuleDocument = "query LayoutInModule($name: String!, $module: String!, $where: KernelFilter!, $union: Boolean!) { struct(name: $name, module: $module) @skip(if: $union) { layouts(where: $where) { ...LayoutIn } } union(name: $name, module: $module) @include(if: $union) { layouts(where: $where) { ...LayoutIn } } } fragment LayoutIn on StructLayout { kind name size hash c fields { name type offset bitOffset bitSize size depth } }" as Document<LayoutInModuleQuery, LayoutInModuleQueryVariables>;
export const TypedefAtDocument = "query TypedefAt($name: String!, $id: ID!) { kernel(id: $id) { typedef(name: $name) { type } } }" as Document<TypedefAtQuery, TypedefAtQueryVariables>;
export const UsersDocument = "query Users($type: String!, $where: KernelFilter, $first: Int!) { fieldsOfType(type: $type, where: $where, first: $first) { totalCount nodes { kind struct field kernels { id } } } }" as Document<UsersQuery, UsersQueryVariables>;
export const TakersDocument = "query Takers($type: String!, $first: Int!) { funcsOfType(type: $type, first: $first) { totalCount nodes { func param position kernels { id } } } }" as Document<TakersQuery, TakersQueryVariables>;
