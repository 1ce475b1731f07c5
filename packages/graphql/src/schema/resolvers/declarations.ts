// What every type that stands for declarations asks: which kernels have one, and which distinct ones there are.

import type { DeclarationKind, KernelFilterInput, VariantOf } from '@btfq/btf-index/read';
import { type Context, filterOf, type Services } from '../context.ts';
import { inKernelOrder } from './kernel-order.ts';
import { narrowed } from './narrow.ts';
import type { ServicesOf } from './services.ts';

export interface Where {
  readonly where?: KernelFilterInput | null | undefined;
}

/** A declaration as its parent in GraphQL gives it; `module` narrows to what that module declares. */
export interface Named<K extends DeclarationKind> {
  readonly kind: K;
  readonly name: string;
  readonly module?: string | undefined;
}

/** The module that a filter narrows to. Throws BAD_FILTER. */
export function moduleOf(where: KernelFilterInput | null | undefined): string | undefined {
  return where ? filterOf(where)?.module : undefined;
}

/** The resolvers that declarations of every kind share. */
export type DeclarationResolvers = ReturnType<typeof declarationResolvers>;

export function declarationResolvers(of: ServicesOf) {
  return {
    /** Kernels of a value that carries their row ids. */
    kernelsOfIds: (value: { readonly kernelIds: readonly number[] }, { where }: Where, context: Context) =>
      of(context).kernels(value.kernelIds, where),

    /** Kernels that have any declaration of a name. */
    async kernelsOfName(named: Named<DeclarationKind>, { where }: Where, context: Context) {
      const services = of(context);
      const all = await services.loaders.declarations(named.kind, named.name);
      const found = narrowed(all, named.module ?? moduleOf(where));
      return services.kernels(kernelIdsOfAll(services, found), where);
    },

    /** The distinct declarations of a name that the kernels of a filter have. */
    async variantsOf<K extends DeclarationKind>(
      { kind, name, module }: Named<K>,
      { where }: Where,
      context: Context,
    ): Promise<readonly VariantOf[K][]> {
      const services = of(context);
      const found = narrowed(await services.loaders.declarations(kind, name), module ?? moduleOf(where));
      const meant = services.selection(where);
      const chosen = meant ? found.filter((variant) => variant.kernelIds.some((id) => meant.has(id))) : found;
      services.budget.spend(chosen.length);
      return chosen as readonly VariantOf[K][];
    },
  };
}

/** The kernels of several declarations, each once, in kernel order. */
function kernelIdsOfAll(
  services: Services,
  declarations: readonly { readonly kernelIds: readonly number[] }[],
): readonly number[] {
  const [only] = declarations;
  if (declarations.length === 1 && only !== undefined) return only.kernelIds;
  const ids = new Set(declarations.flatMap(({ kernelIds }) => kernelIds));
  return inKernelOrder(services, [...ids], (id) => id);
}
