// The roots: what a client can ask for.

import {
  configSymbol,
  diffConfig,
  type DeclarationKind,
  diffKernels,
  enumerator,
  type FactNameKind as FactNameKindOfIndex,
  fieldsOfType,
  funcsOfType,
  helperFacts,
  type Kernel,
  kernelIds,
  features,
  featuresNamed,
  errorInjectionFacts,
  iteratorFacts,
  kfuncFacts,
  lsmHookFacts,
  structOpsFacts,
  moduleName,
  nearNames,
  resolveKernel,
  search,
  searchFacts,
  stats,
  systemCallFacts,
  traceEventFacts,
} from '@btfq/btf-index/read';
import { type Services, filterOf } from '../context.ts';
import { clientError } from '../../errors.ts';
import type { FactNameKind, MutationResolvers, QueryResolvers } from '../../generated/types.ts';
import type { NamedModel } from '../models.ts';
import { pageOf } from '../pages.ts';
import type { UploadedFile } from '../scalars.ts';
import type { Uploads } from '../../uploads/uploads.ts';
import type { ObjectFile } from '../../uploads/tasks.ts';
import type { ServicesOf } from './services.ts';
import { kindOf } from './enum-values.ts';
import { narrowed } from './narrow.ts';
import { offsetsResolver } from './offsets.ts';

/** Hits of one search, and names near one. */
const MAX_HITS = 1000;

const FACT_NAME_KINDS: Readonly<Record<FactNameKindOfIndex, FactNameKind>> = {
  tracepoint: 'TRACEPOINT',
  syscall: 'SYSCALL',
  helper: 'HELPER',
  kfunc: 'KFUNC',
  config: 'CONFIG',
};

export function queryResolvers(of: ServicesOf): QueryResolvers {
  /** A noun exists where some kernel has it; its own level asks the rest. */
  const noun =
    <K extends DeclarationKind>(kind: K) =>
    async (
      _: unknown,
      { name, module: text }: { name: string; module?: string | null | undefined },
      context: Parameters<ServicesOf>[0],
    ): Promise<NamedModel<K> | null> => {
      const services = of(context);
      if (!text) return (await services.loaders.exists(kind, name)) ? { kind, name } : null;
      const module = moduleName(text);
      const found = await services.loaders.declarations(kind, name);
      return narrowed(found, module).length > 0 ? { kind, name, module } : null;
    };
  return {
    kernels(_, { where, first, after }, context) {
      const { index, budget } = of(context);
      const all = kernelIds(index, where ? filterOf(where) : undefined);
      const page = pageOf(all, String, { first, after }).nodes;
      budget.spend(page.length);
      return { all, page };
    },
    kernel: (_, { id }, context) => findKernel(of(context), id),
    struct: noun('struct'),
    union: noun('union'),
    enum: noun('enum'),
    typedef: noun('typedef'),
    func: noun('func'),
    variable: noun('var'),
    enumerator(_, { name, module }, context) {
      const { index, budget } = of(context);
      const variants = narrowed(enumerator(index, name), module ? moduleName(module) : undefined);
      budget.spend(variants.length);
      return variants.length === 0 ? null : { name, enum: undefined, variants };
    },
    search(_, { text, kinds, first }, context) {
      const { index, budget } = of(context);
      const limit = bounded(first ?? 20, MAX_HITS);
      const hits = search(index, text, { limit, ...(kinds ? { kinds: kinds.map(kindOf) } : {}) });
      budget.spend(hits.length);
      return hits;
    },
    searchFacts(_, { text, first }, context) {
      const { index, budget } = of(context);
      const hits = searchFacts(index, text, bounded(first ?? 20, MAX_HITS));
      budget.spend(hits.length);
      return hits.map(({ kind, name }) => ({ kind: FACT_NAME_KINDS[kind], name }));
    },
    tracepoint(_, { name, where }, context) {
      const { index, budget } = of(context);
      const event = name.replace(':', '/');
      const found = traceEventFacts(index, event, where ? filterOf(where) : undefined);
      budget.spend(found.length);
      return found.map((one) => ({ ...one, event }));
    },
    syscall(_, { name, where }, context) {
      const { index, budget } = of(context);
      const found = systemCallFacts(index, name, where ? filterOf(where) : undefined);
      budget.spend(found.length);
      return found;
    },
    lsmHook(_, { name, where }, context) {
      const { index, budget } = of(context);
      const found = lsmHookFacts(index, name, where ? filterOf(where) : undefined);
      budget.spend(found.length);
      return found;
    },
    structOps(_, { name, where }, context) {
      const { index, budget } = of(context);
      const found = structOpsFacts(index, name, where ? filterOf(where) : undefined);
      budget.spend(found.length);
      return found;
    },
    iterator(_, { name, where }, context) {
      const { index, budget } = of(context);
      const found = iteratorFacts(index, name, where ? filterOf(where) : undefined);
      budget.spend(found.length);
      return found;
    },
    errorInjection(_, { name, where }, context) {
      const { index, budget } = of(context);
      const found = errorInjectionFacts(index, name, where ? filterOf(where) : undefined);
      budget.spend(found.length);
      return found;
    },
    helper(_, { name, programType, where }, context) {
      const { index, budget } = of(context);
      const type = programType?.toUpperCase();
      const found = helperFacts(index, name, where ? filterOf(where) : undefined, type);
      budget.spend(found.length);
      return found;
    },
    kfunc(_, { name, where }, context) {
      const { index, budget } = of(context);
      const found = kfuncFacts(index, name, where ? filterOf(where) : undefined);
      budget.spend(found.length);
      return found;
    },
    features(_, { kind, where }, context) {
      const { index, budget } = of(context);
      const found = features(index, where ? filterOf(where) : undefined).filter((each) => !kind || each.kind === kind);
      budget.spend(found.length);
      return found;
    },
    feature: (_, { name, where }, context) =>
      featuresNamed(of(context).index, name, where ? filterOf(where) : undefined)[0] ?? null,
    nearNames: (_, { kind, name, first }, context) =>
      nearNames(of(context).index, kindOf(kind), name, bounded(first ?? 5, MAX_HITS)),
    fieldsOfType(_, { type, where, first, after }, context) {
      const { index, budget } = of(context);
      const found = fieldsOfType(index, type, where ? filterOf(where) : undefined);
      const page = pageOf(found, (hit) => `${hit.kind} ${hit.struct}.${hit.field}`, { first, after });
      budget.spend(page.nodes.length);
      return { ...page, pageInfo: { hasNextPage: page.hasNextPage, endCursor: page.endCursor } };
    },
    funcsOfType(_, { type, where, first, after }, context) {
      const { index, budget } = of(context);
      const found = funcsOfType(index, type, where ? filterOf(where) : undefined);
      const page = pageOf(found, (hit) => `${hit.func} ${hit.position}`, { first, after });
      budget.spend(page.nodes.length);
      return { ...page, pageInfo: { hasNextPage: page.hasNextPage, endCursor: page.endCursor } };
    },
    diff(_, args, context) {
      const services = of(context);
      const from = requireKernel(services, args.from);
      const to = requireKernel(services, args.to);
      const diff = diffKernels(services.index, from.id, to.id, args.name ? { name: args.name } : {});
      services.budget.spend(diff.entries.length);
      return { from, to, diff, config: () => diffConfig(services.index, from.id, to.id) };
    },
    async object(_, { file }, context) {
      const object = await objectFile(file);
      return { description: await uploads(of(context)).describe(object), bytes: object.bytes };
    },
    offsets: offsetsResolver(of),
    bundle: async (_, { id }, context) => (await uploads(of(context)).findBundle(id)) ?? null,
    config: (_, { name }, context) => configSymbol(of(context).index, name),
    stats: (_, __, context) => stats(of(context).index),
  };
}

export function mutationResolvers(of: ServicesOf): MutationResolvers {
  return {
    async minimalBtf(_, { objects, where, format, canonical }, context) {
      if (objects.length === 0) throw clientError('BAD_USER_INPUT', 'no objects were given');
      return uploads(of(context)).makeBundle({
        objects: await Promise.all(objects.map(objectFile)),
        where: where ?? {},
        format: (format ?? 'DIR').toLowerCase().replace(/_/g, '-'),
        canonical: canonical ?? false,
      });
    },
  };
}

async function objectFile(file: UploadedFile): Promise<ObjectFile> {
  return { name: file.name, bytes: await file.bytes() };
}

function uploads(services: Services): Uploads {
  if (services.uploads === undefined) {
    throw clientError('UNAVAILABLE', 'this server answers no questions about uploaded objects');
  }
  return services.uploads;
}

function bounded(value: number, most: number): number {
  if (value < 0 || value > most) throw clientError('BAD_USER_INPUT', `first is ${value}; it may be 0 to ${most}`);
  return value;
}

/** A kernel by any of its names; null where there is none. Throws AMBIGUOUS_KERNEL. */
function findKernel(services: Services, text: string): Kernel | null {
  try {
    return resolveKernel(services.index, text);
  } catch (error) {
    const { code, message } = error as { code?: unknown; message: string };
    if (code === 'unknown-kernel') return null;
    if (code === 'ambiguous-kernel') throw clientError('AMBIGUOUS_KERNEL', message);
    throw error;
  }
}

function requireKernel(services: Services, text: string): Kernel {
  const kernel = findKernel(services, text);
  if (kernel === null) throw clientError('BAD_USER_INPUT', `no kernel '${text}' in the index`);
  return kernel;
}
