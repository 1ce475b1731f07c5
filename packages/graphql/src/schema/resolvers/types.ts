// Every type that stands for declarations: structs, typedefs, functions and variables here; fields, enums and facts in their files.

import { field, formatDeclaration, functionFacts } from '@btfq/btf-index/read';
import { filterOf } from '../context.ts';
import type { Resolvers } from '../../generated/types.ts';
import { declarationResolvers } from './declarations.ts';
import { kindWord, matchWord } from './enum-values.ts';
import { enumResolvers } from './enums.ts';
import { factResolvers } from './facts.ts';
import { fieldResolvers } from './fields.ts';
import type { ServicesOf } from './services.ts';

/** Resolvers of every type that stands for declarations. */
export function typeResolvers(of: ServicesOf): Resolvers {
  const shared = declarationResolvers(of);
  const { kernelsOfIds, kernelsOfName, variantsOf } = shared;
  return {
    ...fieldResolvers(of, shared),
    ...enumResolvers(of, shared),
    ...factResolvers(kernelsOfIds),
    ...configResolvers(of, kernelsOfIds),
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
    FuncVariant: { kernels: kernelsOfIds },
    FuncOfType: { kernels: kernelsOfIds },
    Variable: { kernels: kernelsOfName, variants: variantsOf },
    VariableVariant: { kernels: kernelsOfIds },
    DeclarationPlace: { kernels: kernelsOfIds },
    TypeHit: { kind: ({ kind }) => kindWord(kind), match: ({ match }) => matchWord(match) },
  };
}

/** Resolvers of configuration symbols and their values. */
function configResolvers(
  of: ServicesOf,
  kernelsOfIds: ReturnType<typeof declarationResolvers>['kernelsOfIds'],
): Pick<Resolvers, 'ConfigSymbol' | 'ConfigValue'> {
  return {
    ConfigSymbol: {
      name: ({ symbol }) => symbol,
      values({ values }, { where }, context) {
        const meant = of(context).selection(where);
        return meant ? values.filter(({ kernelIds }) => kernelIds.some((id) => meant.has(id))) : values;
      },
      absentFrom: ({ absentFrom }, { where }, context) => of(context).kernels(absentFrom, where),
      unknownIn: ({ unknownIn }, { where }, context) => of(context).kernels(unknownIn, where),
    },
    ConfigValue: { kernels: kernelsOfIds },
  };
}
