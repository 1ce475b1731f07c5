// A field of a struct over kernels: where it is in each, the distinct places, its history.

import { type FieldAnswer, type FieldInKernel, fieldHistory, fieldInKernels } from '@btfq/btf-index/read';
import { type Context, filterOf } from '../context.ts';
import type { Resolvers } from '../../generated/types.ts';
import { pageOf } from '../pages.ts';
import { type DeclarationResolvers, moduleOf, type Where } from './declarations.ts';
import { fieldChangeWord, kindWord } from './enum-values.ts';
import { narrowed } from './narrow.ts';
import type { ServicesOf } from './services.ts';

type FieldTypes = 'Field' | 'FieldInKernel' | 'FieldVariant' | 'FieldEvent' | 'FieldOfType';

/** Resolvers of the types that stand for fields. */
export function fieldResolvers(of: ServicesOf, { kernelsOfIds }: DeclarationResolvers): Pick<Resolvers, FieldTypes> {
  const rows = (answer: FieldAnswer, where: Where['where'], context: Context): FieldInKernel[] => {
    const services = of(context);
    const meant = services.selection(where);
    const all = fieldInKernels(services.index, { ...answer, variants: variantsIn(answer, where) });
    return meant === undefined ? all : all.filter((row) => meant.has(row.kernelId));
  };
  return {
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
      unknownIn: ({ answer }, { where }, context) => of(context).kernels(answer.unknownIn, where),
      history({ kind, struct, path }, { where }, context) {
        const { index, budget } = of(context);
        const word = kind === 'struct' ? 'composite' : kind;
        const events = fieldHistory(index, word, struct, path, where ? filterOf(where) : undefined);
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
    FieldVariant: { kernels: kernelsOfIds },
    FieldEvent: {
      change: ({ change }) => fieldChangeWord(change),
      from: ({ fromId }, _, context) => (fromId === null ? null : of(context).kernel(fromId)),
      to: ({ toId }, _, context) => of(context).kernel(toId),
    },
    FieldOfType: { kind: ({ kind }) => kindWord(kind), kernels: kernelsOfIds },
  };
}

const rowKey = (row: FieldInKernel) => `${row.kernelId}.${row.variant}`;

function place(answer: FieldAnswer, row: FieldInKernel): FieldAnswer['variants'][number] {
  return answer.variants[row.variant] as FieldAnswer['variants'][number];
}

/** Variants at their place in the answer: one that the filter's module does not have gets no kernels. */
function variantsIn(answer: FieldAnswer, where: Where['where']) {
  const module = moduleOf(where);
  return answer.variants.map((variant) => narrowed([variant], module)[0] ?? { ...variant, kernelIds: [], places: [] });
}
