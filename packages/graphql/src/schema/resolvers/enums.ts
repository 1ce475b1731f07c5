// Enums and their enumerators over kernels.

import { type EnumeratorVariant, enumerator, formatDeclaration } from '@btfq/btf-index/read';
import type { Resolvers } from '../../generated/types.ts';
import { pageOf } from '../pages.ts';
import type { DeclarationResolvers } from './declarations.ts';
import { inKernelOrder } from './kernel-order.ts';
import type { ServicesOf } from './services.ts';

type EnumTypes = 'Enum' | 'EnumVariant' | 'Enumerator' | 'EnumeratorVariant';

/** Resolvers of the types that stand for enums. */
export function enumResolvers(
  of: ServicesOf,
  { kernelsOfIds, kernelsOfName, variantsOf }: DeclarationResolvers,
): Pick<Resolvers, EnumTypes> {
  return {
    Enum: {
      kernels: kernelsOfName,
      variants: variantsOf,
      enumerator({ name: only }, { name }, context) {
        const { index, budget } = of(context);
        const variants = variantsOfEnum(enumerator(index, name), only);
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
        const rows = inKernelOrder(services, all, ({ kernel }) => kernel.id);
        return pageOf(rows, (row) => `${row.kernel.id}.${row.at}`, { first, after }).nodes;
      },
      variants({ variants }, { where }, context) {
        const meant = of(context).selection(where);
        return meant ? variants.filter((variant) => variant.kernelIds.some((id) => meant.has(id))) : variants;
      },
    },
    EnumeratorVariant: { kernels: kernelsOfIds },
  };
}

/** Those of one enum; undefined: of any. */
function variantsOfEnum(variants: readonly EnumeratorVariant[], only: string | undefined) {
  return only === undefined ? variants : variants.filter((variant) => variant.enum === only);
}
