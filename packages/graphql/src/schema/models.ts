// What stands behind the schema's objects: the index's own answers where they fit, else the little that the next
// level needs to ask. scripts/generate.ts ties each GraphQL type to one of these.

import type { FeatureAnswer, FeatureInKernel } from '@btfq/btf-index/read';
import type {
  ConfigAnswer,
  ConfigDifference,
  ConfigValue,
  DeclarationPlace,
  DiffEntry,
  EnumeratorVariant,
  FieldAnswer,
  FieldInKernel,
  ErrorInjectionInKernels,
  FactVariant,
  FieldOfType,
  FuncOfType,
  Kernel,
  FunctionInKernels,
  HelperInKernels,
  InKernels,
  KernelDiff,
  KfuncInKernels,
  LsmHookInKernels,
  StructOpsInKernels,
  SystemCallInKernels,
  TraceEventInKernels,
} from '@btfq/btf-index/read';
import type { LoadRowAnswer, ObjectDescription, RelocationDescription, RelocationGroup } from '../uploads/tasks.ts';

/** A struct or union that some kernel has. */
export interface StructModel {
  readonly kind: 'struct' | 'union';
  readonly name: string;
  /** Only what this module declares. */
  readonly module?: string | undefined;
}
/** An enum, typedef, function or variable that some kernel has. */
export interface NamedModel<Kind extends string> {
  readonly kind: Kind;
  readonly name: string;
  readonly module?: string | undefined;
}
export type EnumModel = NamedModel<'enum'>;
export type TypedefModel = NamedModel<'typedef'>;
export type FuncModel = NamedModel<'func'>;
export type VariableModel = NamedModel<'var'>;

/** What some kernels say alike of what they offer besides types. */
export type FuncAttachModel = FactVariant<FunctionInKernels>;
/** The same of a trace event, whose name its format begins with. */
export type TracepointModel = FactVariant<TraceEventInKernels> & { readonly event: string };
export type SyscallModel = FactVariant<SystemCallInKernels>;
export type HelperModel = FactVariant<HelperInKernels>;
export type KfuncModel = FactVariant<KfuncInKernels>;
export type LsmHookModel = FactVariant<LsmHookInKernels>;
export type StructOpsModel = FactVariant<StructOpsInKernels>;
export type IteratorModel = FactVariant<InKernels>;
export type ErrorInjectionModel = FactVariant<ErrorInjectionInKernels>;

/** A field of a struct; the unfiltered answer is asked once and filtered by the kernels that a question means. */
export interface FieldModel {
  readonly kind: 'struct' | 'union';
  readonly struct: string;
  readonly path: string;
  readonly answer: FieldAnswer;
}
/** A row of `Field.kernels`. */
export interface FieldRowModel {
  readonly answer: FieldAnswer;
  readonly row: FieldInKernel;
}
export interface EnumeratorModel {
  readonly name: string;
  /** Only of this enum; undefined for any. */
  readonly enum: string | undefined;
  readonly variants: readonly EnumeratorVariant[];
}
export interface KernelConnectionModel {
  readonly all: readonly number[];
  readonly page: readonly number[];
}
export interface PageModel<T> {
  readonly nodes: readonly T[];
  readonly hasNextPage: boolean;
  readonly endCursor: string | null;
  readonly totalCount: number;
}
export type FieldOfTypeModel = FieldOfType;
export type FuncOfTypeModel = FuncOfType;
export interface DiffModel {
  readonly from: Kernel;
  readonly to: Kernel;
  readonly diff: KernelDiff;
  /** Compares the configurations, where that is asked. */
  readonly config: () => readonly ConfigDifference[] | undefined;
}
export interface DiffEntryModel {
  readonly cursor: string;
  readonly entry: DiffEntry;
}
/** An uploaded object: its bytes stay with the question, because the matrix needs them again. */
export interface ObjectModel {
  readonly description: ObjectDescription;
  readonly bytes: Uint8Array;
}
export interface RelocationRowModel {
  readonly group: RelocationGroup;
  readonly relocations: readonly RelocationDescription[];
}
export type LoadRowModel = LoadRowAnswer;
export type ConfigSymbolModel = ConfigAnswer;
export type ConfigValueModel = ConfigValue;
export type DeclarationPlaceModel = DeclarationPlace;
export type FeatureModel = FeatureAnswer;
/** Kernels that say the same of a feature. */
export interface FeatureKernelsModel {
  readonly state: FeatureInKernel['state'];
  readonly evidence: FeatureInKernel['evidence'];
  readonly kernelIds: readonly number[];
}
