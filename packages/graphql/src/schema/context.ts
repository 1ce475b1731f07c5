// What resolvers work with: the index of this request, its budget, and loaders that gather what one level of a query
// asks into one call of the index.

import {
  type BtfIndex,
  type DeclarationKind,
  declarationsOf,
  declaredNames,
  type FieldAnswer,
  fields,
  type Kernel,
  type KernelFilter,
  kernelIds,
  type KernelModuleInfo,
  kernelById,
  kernels as allKernels,
  modules,
  type VariantOf,
  filterFromInput,
} from '@btfq/btf-index/read';
import DataLoader from 'dataloader';
import { LRUCache } from 'lru-cache';
import { clientError } from '../errors.ts';
import { Budget, defaultLimits, type Limits } from './limits.ts';
import type { Uploads } from '../uploads/uploads.ts';
import type { KernelFilterInput } from '@btfq/btf-index/read';

/** The context of an operation. `createHandler` fills it; who serves the schema otherwise may leave it empty. */
export interface Context {
  readonly btfq?: Services;
}

/** What one operation has at hand. */
export interface Services {
  readonly index: BtfIndex;
  readonly budget: Budget;
  readonly loaders: Loaders;
  /** Answers questions about uploaded objects; undefined where the server was made without. */
  readonly uploads: Uploads | undefined;
  /** The kernels that a filter means, as a set; undefined: all. */
  selection(where: KernelFilterInput | null | undefined): ReadonlySet<number> | undefined;
  /** One kernel by row id. */
  kernel(id: number): Kernel;
  /** Kernels by row id, those of a filter only, in kernel order; charged to the budget. */
  kernels(ids: readonly number[], where?: KernelFilterInput | null | undefined): Kernel[];
}

/** One question to the index a batch. Keys of one operation are asked once. */
export interface Loaders {
  declarations<K extends DeclarationKind>(kind: K, name: string): Promise<readonly VariantOf[K][]>;
  /** Whether some kernel has one: asks less than `declarations`. */
  exists(kind: DeclarationKind, name: string): Promise<boolean>;
  field(kind: 'struct' | 'union', struct: string, path: string): Promise<FieldAnswer | undefined>;
  modules(kernelId: number): Promise<readonly KernelModuleInfo[]>;
}

interface FieldKey {
  readonly kind: 'struct' | 'union';
  readonly struct: string;
  readonly path: string;
}

/** Services for one operation over an index. */
export function createServices(
  index: BtfIndex,
  options: { readonly limits?: Limits; readonly uploads?: Uploads | undefined; readonly budget?: Budget } = {},
): Services {
  const budget = options.budget ?? new Budget(options.limits ?? defaultLimits);
  const selections = new Map<string, ReadonlySet<number> | undefined>();
  const selection = (where: KernelFilterInput | null | undefined): ReadonlySet<number> | undefined => {
    if (where === null || where === undefined) return undefined;
    const key = JSON.stringify(where);
    if (!selections.has(key)) {
      const filter = filterOf(where);
      selections.set(key, filter && new Set(kernelIds(index, filter)));
    }
    return selections.get(key);
  };
  // one look at the index's table for the whole operation: a list of rows asks for thousands of kernels one by one
  let table: Kernel[] | undefined;
  const kernel = (id: number): Kernel => {
    if (table === undefined) {
      table = [];
      for (const one of allKernels(index)) table[one.id] = one;
    }
    return table[id] ?? kernelById(index, id);
  };
  return {
    index,
    budget,
    kernel,
    loaders: createLoaders(index),
    uploads: options.uploads,
    selection,
    kernels(ids, where) {
      const meant = selection(where);
      const chosen = meant === undefined ? ids : ids.filter((id) => meant.has(id));
      budget.spend(chosen.length);
      return chosen.map(kernel);
    },
  };
}

/**
 * Answers that requests of one generation share: the fields that everybody asks for are decoded once. Bounded by the
 * kernel ids that they hold.
 */
class SharedAnswers {
  readonly generation: string;
  readonly fields = new LRUCache<string, FieldAnswer>({
    maxSize: 2_000_000,
    sizeCalculation: (answer) => answer.variants.reduce((sum, one) => sum + one.kernelIds.length, 1),
  });

  constructor(generation: string) {
    this.generation = generation;
  }
}

const shared = new WeakMap<BtfIndex, SharedAnswers>();

function sharedAnswers(index: BtfIndex): SharedAnswers {
  const generation = index.generation();
  let answers = shared.get(index);
  if (answers?.generation !== generation) shared.set(index, (answers = new SharedAnswers(generation)));
  return answers;
}

/** One loader a key: made when first asked for. */
function byKind<T>(make: (kind: DeclarationKind) => T): (kind: DeclarationKind) => T {
  const made = new Map<DeclarationKind, T>();
  return (kind) => {
    let one = made.get(kind);
    if (one === undefined) made.set(kind, (one = make(kind)));
    return one;
  };
}

/** `struct` in the schema is whatever has struct's form: a union in another kernel, a typedef of a struct without a tag. */
function askedKind(kind: DeclarationKind): DeclarationKind | 'composite' {
  return kind === 'struct' ? 'composite' : kind;
}

function createLoaders(index: BtfIndex): Loaders {
  const declarationLoader = byKind(
    (kind) =>
      new DataLoader<string, readonly VariantOf[DeclarationKind][]>(async (names) => {
        const found = declarationsOf(index, askedKind(kind), names);
        return names.map((name) => found.get(name) ?? []);
      }),
  );
  const existenceLoader = byKind(
    (kind) =>
      new DataLoader<string, boolean>(async (names) => {
        const declared = declaredNames(index, askedKind(kind), names);
        return names.map((name) => declared.has(name));
      }),
  );
  const cacheKeyFn = (key: FieldKey) => `${key.kind} ${key.struct} ${key.path}`;
  const fieldLoader = new DataLoader<FieldKey, FieldAnswer | undefined, string>(
    async (keys) => {
      const known = sharedAnswers(index).fields;
      const missing = keys.filter((key) => !known.has(cacheKeyFn(key)));
      const found = new Map(
        fields(
          index,
          missing.map((key) => ({ ...key, kind: key.kind === 'struct' ? ('composite' as const) : key.kind })),
        ).map((answer, i) => [missing[i], answer]),
      );
      for (const [key, answer] of found) if (key && answer) known.set(cacheKeyFn(key), answer);
      return keys.map((key) => found.get(key) ?? known.get(cacheKeyFn(key)));
    },
    { cacheKeyFn },
  );
  const moduleLoader = new DataLoader<number, readonly KernelModuleInfo[]>(async (ids) => {
    const found = modules(index, ids);
    return ids.map((id) => found.get(id) ?? []);
  });
  return {
    declarations: (kind, name) => declarationLoader(kind).load(name) as Promise<readonly VariantOf[typeof kind][]>,
    exists: (kind, name) => existenceLoader(kind).load(name),
    field: (kind, struct, path) => fieldLoader.load({ kind, struct, path }),
    modules: (kernelId) => moduleLoader.load(kernelId),
  };
}

/** A filter of the schema as the index's own; undefined where it sets no condition. Throws BAD_FILTER. */
export function filterOf(where: KernelFilterInput): KernelFilter | undefined {
  const list = (values: readonly string[] | null | undefined) => (values?.length ? [...values] : undefined);
  const words = {
    distro: list(where.distro),
    version: list(where.version),
    arch: list(where.arch),
    release: list(where.release),
    module: where.module || undefined,
    text: where.text || undefined,
  };
  if (Object.values(words).every((value) => value === undefined)) return undefined;
  try {
    return filterFromInput(words);
  } catch (error) {
    if ((error as { code?: unknown }).code === 'bad-filter') throw clientError('BAD_FILTER', (error as Error).message);
    throw error;
  }
}
