// Lists that no file of a booted kernel shows: LSM hooks, iterators, struct_ops. One line each, sorted, columns separated by tabs.

import type { KernelTables } from './tables.ts';

/** What the lists are made from. */
export type ListTables = Pick<KernelTables, 'idSets' | 'iterators' | 'structOps'>;

const HOOK = 'bpf_lsm_';

/**
 * The LSM hooks without `bpf_lsm_`: `sleepable` where sleepable programs may attach, `untrusted` where arguments are not trusted,
 * `disabled` where no program may. A question mark stands for what is not known. Undefined where the hooks are not known.
 */
export function lsmHookLines({ idSets }: ListTables): string[] | undefined {
  const { bpf_lsm_hooks: all, sleepable_lsm_hooks, untrusted_lsm_hooks, bpf_lsm_disabled_hooks: disabled } = idSets;
  if (all === undefined) return undefined;
  const sets = [
    ['sleepable', sleepable_lsm_hooks],
    ['untrusted', untrusted_lsm_hooks],
    ['disabled', disabled],
  ] as const;
  return [...new Set([...all, ...(disabled ?? [])])].sort().map((hook) => {
    const words = sets.flatMap(([word, set]) => (set === undefined ? `${word}?` : set.includes(hook) ? word : []));
    return [hook.startsWith(HOOK) ? hook.slice(HOOK.length) : hook, ...words].join('\t');
  });
}

/** Targets of iterators. */
export function iteratorLines({ iterators }: ListTables): string[] | undefined {
  return iterators && [...iterators].sort();
}

/** `STRUCT.MEMBER` in the structs' order: `data`, or `function` and whether a program may be it. */
export function structOpsLines({ structOps }: ListTables): string[] | undefined {
  return structOps?.flatMap(({ name, members }) =>
    members.map(({ name: member, kind, supported }) => {
      const may = supported === undefined ? 'not known' : supported ? 'supported' : 'refused';
      return [`${name}.${member}`, kind, ...(kind === 'function' ? [may] : [])].join('\t');
    }),
  );
}
