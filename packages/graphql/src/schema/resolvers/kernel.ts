// Kernels: their identity, their modules, and the declarations of one kernel.

import {
  configSymbol,
  type DeclarationKind,
  exportModule,
  hexOf,
  identicalKernels,
  kernelConfig,
  knownFacts,
  type KernelDiff,
  moduleName,
  type VariantOf,
} from '@btfq/btf-index/read';
import type { Context } from '../context.ts';
import type {
  DiffEntryResolvers,
  KernelConnectionResolvers,
  KernelDiffResolvers,
  KernelDiffTotalArgs,
  KernelModuleResolvers,
  KernelResolvers,
} from '../../generated/types.ts';
import { encodeCursor, pageOf } from '../pages.ts';
import type { ServicesOf } from './services.ts';
import { diffChangeOf, diffChangeWord, kindOf, kindWord } from './enum-values.ts';

export function kernelResolvers(of: ServicesOf): KernelResolvers {
  const all = async <K extends DeclarationKind>(kind: K, name: string, kernelId: number, context: Context) => {
    const found = await of(context).loaders.declarations(kind, name);
    return found.filter((declaration) => declaration.kernelIds.includes(kernelId)) as VariantOf[K][];
  };
  const first =
    <K extends DeclarationKind>(kind: K) =>
    async (kernel: { id: number }, { name }: { name: string }, context: Context): Promise<VariantOf[K] | null> =>
      (await all(kind, name, kernel.id, context))[0] ?? null;
  return {
    id: (kernel) => kernel.name,
    identical(kernel, _, context) {
      const services = of(context);
      return services.kernels(identicalKernels(services.index, kernel.id));
    },
    modules: async (kernel, _, context) => [...(await of(context).loaders.modules(kernel.id))],
    modulesKnown: (kernel) => kernel.modules !== null,
    facts: (kernel, _, context) => knownFacts(of(context).index, [kernel.id])[0] ?? [],
    configKnown: (kernel) => kernel.config !== null,
    config(kernel, { name }, context) {
      const { values } = configSymbol(of(context).index, name);
      return values.find(({ kernelIds }) => kernelIds.includes(kernel.id))?.value ?? null;
    },
    configSettings(kernel, { text, first: most, after }, context) {
      const { index, budget } = of(context);
      const settings = kernelConfig(index, kernel.id);
      if (settings === undefined) return null;
      const wanted = (text ?? '').toUpperCase();
      const found: { name: string; value: string }[] = [];
      for (const [name, value] of settings) {
        if (found.length >= Math.max(0, most ?? 1000)) break;
        if (name.toUpperCase().includes(wanted) && (!after || name > after)) found.push({ name, value });
      }
      budget.spend(found.length);
      return found;
    },
    struct: first('struct'),
    structs: (kernel, { name }, context) => all('struct', name, kernel.id, context),
    union: first('union'),
    enum: first('enum'),
    typedef: first('typedef'),
    func: first('func'),
    variable: first('var'),
    btfPath: (kernel) => `/${kernel.name.split('/').map(encodeURIComponent).join('/')}.btf.tar.xz`,
  };
}

export function kernelConnectionResolvers(of: ServicesOf): KernelConnectionResolvers {
  return {
    nodes: ({ page }, _, context) => page.map(of(context).kernel),
    edges: ({ page }, _, context) =>
      page.map(of(context).kernel).map((node) => ({ cursor: encodeCursor(String(node.id)), node })),
    pageInfo: ({ all, page }) => {
      const last = page.at(-1);
      return {
        hasNextPage: last === undefined ? false : last !== all.at(-1),
        endCursor: last === undefined ? null : encodeCursor(String(last)),
      };
    },
    totalCount: ({ all }) => all.length,
  };
}

export function kernelModuleResolvers(of: ServicesOf): KernelModuleResolvers {
  return {
    sha256({ kernelId, name }, _, context) {
      const { index } = of(context);
      return hexOf(index.codec.sha256(exportModule(index, kernelId, name).btf));
    },
  };
}

export const kernelDiffResolvers: KernelDiffResolvers = {
  modulesCompared: ({ diff }) => diff.modulesCompared,
  config: ({ config }) => config()?.map(({ symbol, ...values }) => ({ name: symbol, ...values })) ?? null,
  added: ({ diff }) => diff.added,
  removed: ({ diff }) => diff.removed,
  changed: ({ diff }) => diff.changed,
  entries({ diff }, { first, after, ...choice }) {
    const chosen = chosenEntries(diff, choice);
    const key = (entry: (typeof chosen)[number]) => `${entry.kind} ${entry.name}`;
    return pageOf(chosen, key, { first, after }).nodes.map((entry) => ({ cursor: encodeCursor(key(entry)), entry }));
  },
  total: ({ diff }, choice) => chosenEntries(diff, choice).length,
  modules: ({ diff }) => [...new Set(diff.entries.flatMap(({ modules }) => modules))].sort(),
};

/** The entries of a difference that a choice lets through. */
function chosenEntries(
  { entries }: KernelDiff,
  { kinds, change, text, module: asked }: Partial<KernelDiffTotalArgs>,
): KernelDiff['entries'] {
  const meantKinds = kinds && new Set(kinds.map(kindOf));
  const meantChanges = change && new Set(change.map(diffChangeOf));
  const module = asked ? moduleName(asked) : undefined;
  const isOf = (modules: readonly string[]): boolean =>
    module === undefined || (module === 'vmlinux' ? modules.length === 0 : modules.includes(module));
  return entries.filter(
    ({ kind, change: what, name, modules }) =>
      (meantKinds?.has(kind) ?? true) &&
      (meantChanges?.has(what) ?? true) &&
      (!text || name.includes(text)) &&
      isOf(modules),
  );
}

export const diffEntryResolvers: DiffEntryResolvers = {
  kind: ({ entry }) => kindWord(entry.kind),
  name: ({ entry }) => entry.name,
  change: ({ entry }) => diffChangeWord(entry.change),
  indirect: ({ entry }) => entry.indirect,
  details: ({ entry }) => [...entry.details],
  modules: ({ entry }) => [...entry.modules],
};
