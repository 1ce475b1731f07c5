// Structs, enums, typedefs, functions and variables over kernels, and the fields of structs.

import {
  type DeclarationKind,
  type EnumeratorVariant,
  enumerator,
  type FieldAnswer,
  type FieldInKernel,
  field,
  fieldHistory,
  fieldInKernels,
  formatDeclaration,
  functionFacts,
  rankOf,
  type VariantOf,
} from '@btfq/btf-index/read';
import { type Context, filterOf, type Services } from '../context.ts';
import type { Resolvers } from '../../generated/types.ts';
import { pageOf } from '../pages.ts';
import type { KernelFilterInput } from '@btfq/btf-index/read';
import type { ServicesOf } from './services.ts';
import { factResolvers } from './facts.ts';
import { fieldChangeWord, kindWord, matchWord } from './enum-values.ts';
import { narrowed } from './narrow.ts';

interface Where {
  readonly where?: KernelFilterInput | null | undefined;
}
interface Named<K extends DeclarationKind> {
  readonly kind: K;
  readonly name: string;
  readonly module?: string | undefined;
}

/** The module that a filter narrows to. Throws BAD_FILTER. */
function moduleOf(where: KernelFilterInput | null | undefined): string | undefined {
  return where ? filterOf(where)?.module : undefined;
}

/** Resolvers of every type that stands for declarations. */
export function typeResolvers(of: ServicesOf): Resolvers {
  /** Kernels of a value that carries their row ids. */
  const kernelsOfIds = (value: { readonly kernelIds: readonly number[] }, { where }: Where, context: Context) =>
    of(context).kernels(value.kernelIds, where);
  /** Kernels that have any declaration of a name. */
  const kernelsOfName = async (named: Named<DeclarationKind>, { where }: Where, context: Context) => {
    const services = of(context);
    const all = await services.loaders.declarations(named.kind, named.name);
    const found = narrowed(all, named.module ?? moduleOf(where));
    return services.kernels(kernelIdsOfAll(services, found), where);
  };
  /** The distinct declarations of a name that the kernels of a filter have. */
  const variantsOf = async <K extends DeclarationKind>(
    { kind, name, module }: Named<K>,
    { where }: Where,
    context: Context,
  ) => {
    const services = of(context);
    const found = narrowed(await services.loaders.declarations(kind, name), module ?? moduleOf(where));
    const meant = services.selection(where);
    const chosen = meant ? found.filter((variant) => variant.kernelIds.some((id) => meant.has(id))) : found;
    services.budget.spend(chosen.length);
    return chosen as readonly VariantOf[K][];
  };
  const rows = (
    answer: FieldAnswer,
    where: KernelFilterInput | null | undefined,
    context: Context,
  ): FieldInKernel[] => {
    const services = of(context);
    const meant = services.selection(where);
    const all = fieldInKernels(services.index, { ...answer, variants: variantsIn(answer, where) });
    return meant === undefined ? all : all.filter((row) => meant.has(row.kernelId));
  };
  /** Variants at their place in the answer: what a module has not has no kernels. */
  const variantsIn = (answer: FieldAnswer, where: KernelFilterInput | null | undefined) => {
    const module = moduleOf(where);
    return answer.variants.map(
      (variant) => narrowed([variant], module)[0] ?? { ...variant, kernelIds: [], places: [] },
    );
  };
  const rowKey = (row: FieldInKernel) => `${row.kernelId}.${row.variant}`;
  const enumeratorVariants = (variants: readonly EnumeratorVariant[], only: string | undefined) =>
    only === undefined ? variants : variants.filter((variant) => variant.enum === only);

  return {
    Struct: {
      kernels: kernelsOfName,
      layouts: variantsOf,
      async field({ kind, name, module }, args, context) {
        const services = of(context);
        const answer =
          module === undefined
            ? await services.loaders.field(kind, name, args.name)
            : field(services.index, kind, name, args.name, { conditions: [], module });
        if (answer === undefined || answer.variants.length === 0) return null;
        services.budget.spend(answer.variants.length);
        return { kind, struct: name, path: args.name, answer };
      },
    },
    StructLayout: {
      kind: ({ kind }) => kindWord(kind),
      kernels: kernelsOfIds,
      c: (layout) => formatDeclaration(layout),
    },
    Field: {
      name: ({ path }) => path,
      kernels({ answer }, { where, first, after }, context) {
        const page = pageOf(rows(answer, where, context), rowKey, { first, after }).nodes;
        of(context).budget.spend(page.length);
        return page.map((row) => ({ answer, row }));
      },
      kernelsPage({ answer }, { where, first, after }, context) {
        const page = pageOf(rows(answer, where, context), rowKey, { first, after });
        of(context).budget.spend(page.nodes.length);
        return {
          nodes: page.nodes.map((row) => ({ answer, row })),
          pageInfo: { hasNextPage: page.hasNextPage, endCursor: page.endCursor },
          totalCount: page.totalCount,
        };
      },
      variants({ answer }, { where }, context) {
        const meant = of(context).selection(where);
        if (meant === undefined) return answer.variants;
        return variantsIn(answer, where)
          .map((variant) => ({ ...variant, kernelIds: variant.kernelIds.filter((id) => meant.has(id)) }))
          .filter((variant) => variant.kernelIds.length > 0);
      },
      absentFrom: ({ answer }, { where }, context) => of(context).kernels(answer.absentFrom, where),
      withoutStruct: ({ answer }, { where }, context) => of(context).kernels(answer.withoutStruct, where),
      history({ kind, struct, path }, { where }, context) {
        const { index, budget } = of(context);
        const events = fieldHistory(
          index,
          kind === 'struct' ? 'composite' : kind,
          struct,
          path,
          where ? filterOf(where) : undefined,
        );
        budget.spend(events.length);
        return events;
      },
    },
    FieldInKernel: {
      kernel: ({ row }, _, context) => of(context).kernel(row.kernelId),
      offset: ({ answer, row }) => place(answer, row).offset,
      bitOffset: ({ answer, row }) => place(answer, row).bitOffset,
      bitSize: ({ answer, row }) => place(answer, row).bitSize,
      size: ({ answer, row }) => place(answer, row).size,
      type: ({ answer, row }) => place(answer, row).type,
      declaredIn: ({ answer, row }) =>
        place(answer, row)
          .places.filter(({ kernelIds }) => kernelIds.includes(row.kernelId))
          .map(({ module }) => module ?? 'vmlinux'),
    },
    DeclarationPlace: { kernels: kernelsOfIds },
    ConfigValue: { kernels: kernelsOfIds },
    ConfigSymbol: {
      name: ({ symbol }) => symbol,
      values({ values }, { where }, context) {
        const meant = of(context).selection(where);
        return meant ? values.filter(({ kernelIds }) => kernelIds.some((id) => meant.has(id))) : values;
      },
      absentFrom: ({ absentFrom }, { where }, context) => of(context).kernels(absentFrom, where),
      unknownIn: ({ unknownIn }, { where }, context) => of(context).kernels(unknownIn, where),
    },
    FieldVariant: { kernels: kernelsOfIds },
    FieldEvent: {
      change: ({ change }) => fieldChangeWord(change),
      from: ({ fromId }, _, context) => (fromId === null ? null : of(context).kernel(fromId)),
      to: ({ toId }, _, context) => of(context).kernel(toId),
    },
    FieldOfType: { kind: ({ kind }) => kindWord(kind), kernels: kernelsOfIds },
    FuncOfType: { kernels: kernelsOfIds },
    Enum: {
      kernels: kernelsOfName,
      variants: variantsOf,
      enumerator({ name: only }, { name }, context) {
        const { index, budget } = of(context);
        const variants = enumeratorVariants(enumerator(index, name), only);
        budget.spend(variants.length);
        return variants.length === 0 ? null : { name, enum: only, variants };
      },
    },
    EnumVariant: { kernels: kernelsOfIds, c: (variant) => formatDeclaration(variant) },
    Enumerator: {
      kernels({ variants }, { where, first, after }, context) {
        const services = of(context);
        const all = variants.flatMap((variant, at) =>
          services
            .kernels(variant.kernelIds, where)
            .map((kernel) => ({ kernel, enum: variant.enum, value: variant.value, at })),
        );
        return pageOf(inKernelOrder(services, all), (row) => `${row.kernel.id}.${row.at}`, { first, after }).nodes;
      },
      variants({ variants }, { where }, context) {
        const meant = of(context).selection(where);
        return meant ? variants.filter((variant) => variant.kernelIds.some((id) => meant.has(id))) : variants;
      },
    },
    EnumeratorVariant: { kernels: kernelsOfIds },
    Typedef: { kernels: kernelsOfName, variants: variantsOf },
    TypedefVariant: { kernels: kernelsOfIds },
    Func: {
      kernels: kernelsOfName,
      variants: variantsOf,
      attach({ name }, { where }, context) {
        const { index, budget } = of(context);
        const found = functionFacts(index, name, where ? filterOf(where) : undefined);
        budget.spend(found.length);
        return found;
      },
    },
    ...factResolvers(kernelsOfIds),
    FuncVariant: { kernels: kernelsOfIds },
    Variable: { kernels: kernelsOfName, variants: variantsOf },
    VariableVariant: { kernels: kernelsOfIds },
    TypeHit: { kind: ({ kind }) => kindWord(kind), match: ({ match }) => matchWord(match) },
  };
}

function place(answer: FieldAnswer, row: FieldInKernel): FieldAnswer['variants'][number] {
  return answer.variants[row.variant] as FieldAnswer['variants'][number];
}

/** The kernels of several declarations, each once, in kernel order. */
function kernelIdsOfAll(
  services: Services,
  declarations: readonly { readonly kernelIds: readonly number[] }[],
): readonly number[] {
  const [only] = declarations;
  if (declarations.length === 1 && only !== undefined) return only.kernelIds;
  const ids = new Set<number>();
  for (const { kernelIds } of declarations) for (const id of kernelIds) ids.add(id);
  const rank = rankOf(services.index);
  return [...ids].sort((a, b) => (rank[a] as number) - (rank[b] as number));
}

function inKernelOrder<T extends { readonly kernel: { readonly id: number } }>(
  services: Services,
  rows: readonly T[],
): T[] {
  const rank = rankOf(services.index);
  return [...rows].sort((a, b) => (rank[a.kernel.id] as number) - (rank[b.kernel.id] as number));
}
