// Uploaded objects, their relocations over kernels, and bundles.

import type { Resolvers } from '../../generated/types.ts';
import type { RelocationOutcomeWord } from '../../uploads/tasks.ts';
import { IndexError, resolveKernel } from '@btfq/btf-index/read';
import { clientError } from '../../errors.ts';
import type { ServicesOf } from './services.ts';

export function objectResolvers(of: ServicesOf): Resolvers {
  return {
    BpfObject: {
      name: ({ description }) => description.name,
      sha256: ({ description }) => description.sha256,
      license: ({ description }) => description.license,
      littleEndian: ({ description }) => description.littleEndian,
      programs: ({ description }) => description.programs,
      maps: ({ description }) => description.maps,
      relocations: ({ description }) => description.relocations,
      async matrix({ description, bytes }, { where }, context) {
        const { uploads, budget } = of(context);
        if (uploads === undefined) throw clientError('UNAVAILABLE', 'this server answers no questions about objects');
        const groups = await uploads.matrix({ name: description.name, bytes }, where ?? {});
        budget.spend(groups.length);
        return groups.map((group) => ({ group, relocations: description.relocations }));
      },
      async loads({ description, bytes }, { where, loader, set, attach, skip, maxEntries, all }, context) {
        const { uploads, budget } = of(context);
        if (uploads === undefined) throw clientError('UNAVAILABLE', 'this server answers no questions about objects');
        const rows = await uploads.loads({ name: description.name, bytes }, where ?? {}, {
          loader: loader ?? 'libbpf',
          set: set ?? [],
          attach: attach ?? [],
          skip: skip ?? [],
          maxEntries: maxEntries ?? [],
          all: all ?? false,
        });
        budget.spend(rows.reduce((sum, { programs }) => sum + programs.length, 0));
        return rows;
      },
    },
    LoadRow: {
      kernels: ({ kernelIds }, _, context) => of(context).kernels(kernelIds),
      programs: ({ programs }) => programs,
    },
    RelocationRow: {
      kernels: ({ group }, _, context) => of(context).kernels(group.kernelIds),
      applied: ({ group }) => count(group.results, 'APPLIED'),
      poisoned: ({ group }) => count(group.results, 'POISONED'),
      failed: ({ group }) => count(group.results, 'FAILED'),
      results({ group, relocations }, { outcome }, context) {
        const meant = outcome && new Set<string>(outcome);
        const results = group.results
          .map((result, i) => ({ relocation: relocations[i] as (typeof relocations)[number], ...result }))
          .filter((result) => meant?.has(result.outcome) ?? true);
        of(context).budget.spend(results.length);
        return results;
      },
    },
    Bundle: {
      url: (bundle) => `/bundles/${bundle.id}.${bundle.extension}`,
      entries(bundle, _, context) {
        of(context).budget.spend(bundle.entries.length);
        return bundle.entries;
      },
    },
    BundleEntry: {
      kernel({ kernel }, _, context) {
        try {
          return resolveKernel(of(context).index, kernel);
        } catch (error) {
          // a bundle may outlive a kernel of the index
          if (error instanceof IndexError && error.code === 'unknown-kernel') return null;
          throw error;
        }
      },
    },
  };
}

function count(
  results: readonly { readonly outcome: RelocationOutcomeWord }[],
  outcome: RelocationOutcomeWord,
): number {
  return results.filter((result) => result.outcome === outcome).length;
}
