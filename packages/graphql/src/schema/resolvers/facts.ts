// What kernels offer besides types: attaching, trace events, system calls, helpers, kfuncs. Each value is what some kernels say
// alike.

import type { FactVariant, FeatureInKernel } from '@btfq/btf-index/read';
import { eventFormat } from '@btfq/kernel-tables';
import type { Kernel } from '@btfq/btf-index/read';
import type { FactState, Resolvers } from '../../generated/types.ts';
import type { KernelFilterInput } from '@btfq/btf-index/read';
import type { Context } from '../context.ts';
import type { TracepointModel } from '../models.ts';

type KernelsOf = (
  value: { readonly kernelIds: readonly number[] },
  args: { readonly where?: KernelFilterInput | null | undefined },
  context: Context,
) => readonly Kernel[] | Promise<readonly Kernel[]>;

const STATES: Readonly<Record<FactVariant<unknown>['state'], FactState>> = {
  present: 'PRESENT',
  absent: 'ABSENT',
  'not-known': 'NOT_KNOWN',
};

/** Resolvers of every type that stands for facts. */
export function factResolvers(
  kernels: KernelsOf,
): Pick<
  Resolvers,
  | 'FuncAttach'
  | 'TracepointVariant'
  | 'SyscallVariant'
  | 'LsmHookVariant'
  | 'StructOpsVariant'
  | 'IteratorVariant'
  | 'ErrorInjectionVariant'
  | 'HelperVariant'
  | 'KfuncVariant'
  | 'Feature'
  | 'FeatureKernels'
> {
  const state = ({ state: word }: { readonly state: FactVariant<unknown>['state'] }) => STATES[word];
  return {
    FuncAttach: {
      state,
      kernels,
      fentry: ({ value }) => value?.fentry ?? null,
      kprobe: ({ value }) => value?.kprobe ?? null,
      several: ({ value }) => value?.several ?? null,
      module: ({ value }) => value?.module ?? null,
      others: ({ value }) => value?.others ?? null,
    },
    TracepointVariant: {
      state,
      kernels,
      format: formatOf,
      fields: ({ value }) => value?.fields ?? null,
      printFmt: ({ value }) => value?.printFmt ?? null,
      module: ({ value }) => value?.module ?? null,
    },
    SyscallVariant: {
      state,
      kernels,
      numbers: ({ value }) => value?.numbers ?? null,
      args: ({ value }) => value?.args ?? null,
      compatNumbers: ({ value }) => value?.compat?.numbers ?? null,
      compatEntry: ({ value }) => value?.compat?.entry ?? null,
    },
    LsmHookVariant: {
      state,
      kernels,
      sleepable: ({ value }) => value?.sleepable ?? null,
      trusted: ({ value }) => value?.trusted ?? null,
      disabled: ({ value }) => value?.disabled ?? null,
      attach: ({ value }) => value?.attach ?? null,
    },
    StructOpsVariant: {
      state,
      kernels,
      module: ({ value }) => value?.module ?? null,
      members: ({ value }) => value?.members.map((one) => ({ ...one, supported: one.supported ?? null })) ?? null,
    },
    IteratorVariant: { state, kernels, module: ({ value }) => value?.module ?? null },
    ErrorInjectionVariant: {
      state,
      kernels,
      type: ({ value }) => value?.type ?? null,
      module: ({ value }) => value?.module ?? null,
    },
    HelperVariant: {
      state,
      kernels,
      programs: ({ value }) =>
        value?.programs.map(({ proto, ...program }) => {
          return { ...program, proto: proto ? { ...proto, mightSleep: proto.mightSleep ?? null } : null };
        }) ?? null,
    },
    Feature: {
      enumerator: ({ enumerator }) => enumerator ?? null,
      since: ({ since }) => since ?? null,
      answers({ kernels: own }) {
        const groups = new Map<
          string,
          { state: FactVariant<unknown>['state']; evidence: FeatureInKernel['evidence']; kernelIds: number[] }
        >();
        for (const { state: word, evidence, kernelId } of own) {
          const key = `${word} ${evidence}`;
          const group = groups.get(key) ?? { state: word, evidence, kernelIds: [] };
          groups.set(key, group);
          group.kernelIds.push(kernelId);
        }
        return [...groups.values()];
      },
    },
    FeatureKernels: { state, kernels },
    KfuncVariant: {
      state,
      kernels,
      programTypes: ({ value }) => value?.programTypes.map((one) => ({ ...one, module: one.module ?? null })) ?? null,
    },
  };
}

function formatOf({ event, value }: TracepointModel): string | null {
  const [system = '', name = ''] = event.split('/');
  if (value === undefined) return null;
  return eventFormat({ common: value.common, events: [] }, { system, name, ...value }) ?? null;
}
