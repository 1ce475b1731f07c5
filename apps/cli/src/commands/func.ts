// btfq func: a function's signatures, and whether programs can be attached to it, by kernel.
import type { Attachability } from '@btfq/kernel-tables';
import {
  clonesByKernel,
  declarations,
  formatDeclaration,
  functionClones,
  functionFacts,
  type FunctionInKernels,
  kernelsByIds,
  parseWhere,
} from '@btfq/btf-index';
import { defineCommand } from '../command.ts';
import { ExitCode } from '../exit-codes.ts';
import { kernelsText, printVariants } from '../render/fact-variants.ts';
import { dbFlag, offlineFlag, whereFlag } from '../shared-flags.ts';
import { withIndex } from '../with-index.ts';

export const command = defineCommand({
  args: 'NAME',
  about: `
Shows the signatures of a kernel function, and whether fentry programs and kprobes can attach to it, with the reason if
they cannot. Signatures come from types; the rest comes from the tables that ingest reads from a kernel's image and from its
modules, which must be loaded. For kernels without tables the answer is 'not known', which does not mean no.`,
  flags: { db: dbFlag, offline: offlineFlag, where: whereFlag },
  examples: [
    { line: 'btfq func tcp_connect', shows: 'its signatures, and what can attach to it' },
    { line: 'btfq func vfs_read --where release=6.12*', shows: 'on some kernels only' },
  ],
  run(flags, io) {
    const [name] = flags.args as [string];
    return withIndex(flags, io, (index) => {
      const where = parseWhere(flags.where);
      const facts = functionFacts(index, name, where);
      const signatures = declarations(index, 'func', name, where);
      const clones = functionClones(index, name);
      const hasSignature = (id: number) => signatures.some(({ kernelIds }) => kernelIds.includes(id));
      if (flags.json) {
        const named = (ids: readonly number[]) => kernelsByIds(index, ids).map((kernel) => kernel.name);
        io.json({
          name,
          signatures: signatures.map((one) => ({ declaration: formatDeclaration(one), kernels: named(one.kernelIds) })),
          attach: facts.map(({ state, value, kernelIds }) => ({
            state,
            value: value ?? null,
            kernels: named(kernelIds),
          })),
          clones,
        });
        return signatures.length > 0 || facts.some(({ state }) => state === 'present')
          ? ExitCode.answered
          : ExitCode.no;
      }
      for (const one of signatures) {
        io.print(formatDeclaration(one));
        io.print(`  ${io.style.dim(kernelsText(kernelsByIds(index, one.kernelIds).map((kernel) => kernel.name)))}`);
      }
      const code = printVariants(index, io, name, facts, (fact) => [
        answer(fact, fact.module),
        ...(fact.others ?? []).map((other) => answer(other, other.module)),
      ]);
      for (const [state, word] of [
        ['present', 'also'],
        ['absent', 'only'],
      ] as const) {
        const ids = facts.filter((fact) => fact.state === state).flatMap((fact) => [...fact.kernelIds]);
        for (const { names, kernelIds } of clonesByKernel(index, name, ids)) {
          io.print(`${word} as ${names.join(', ')}`);
          io.print(`  ${io.style.dim(kernelsText(kernelsByIds(index, kernelIds).map((kernel) => kernel.name)))}`);
        }
        const without = new Set(clonesByKernel(index, name, ids).flatMap(({ kernelIds }) => [...kernelIds]));
        const inlined = state === 'absent' ? ids.filter((id) => !without.has(id) && hasSignature(id)) : [];
        if (inlined.length === 0) continue;
        io.print('inlined everywhere');
        io.print(`  ${io.style.dim(kernelsText(kernelsByIds(index, inlined).map((kernel) => kernel.name)))}`);
      }
      return signatures.length > 0 ? ExitCode.answered : code;
    });
  },
});

const REASONS: Readonly<Partial<Record<Attachability['reason'], string>>> = {
  'no-symbol': 'inlined everywhere, or not in this kernel: there is no symbol of this name',
  'init-only': 'init only: it is freed after boot',
  'kprobe-denied': 'denied: it is in the kprobe blacklist',
  'not-traced': 'notrace copy: ftrace has no place in it (notrace, or a copy of an inline function)',
  several: 'the name is not unique',
  'no-type': "the kernel's types have no function of this name",
  prototype: 'its type: a trampoline cannot pass on its arguments, or what it returns',
  'tracing-denied': 'denied: the verifier refuses it',
  'hook-disabled': 'denied: the hook is switched off for programs',
  'no-trampolines': 'this kernel has no trampolines',
  'not-known': 'the tables do not say',
};

function answer(
  { fentry, kprobe, several }: Pick<FunctionInKernels, 'fentry' | 'kprobe' | 'several'>,
  module: string | undefined,
): string {
  const where = module === undefined ? '' : `module ${module}: `;
  return `${where}fentry ${words(fentry)}; kprobe ${words(kprobe)}${several ? '; several functions of this name' : ''}`;
}

function words({ verdict, reason }: Attachability): string {
  const why = REASONS[reason];
  return why === undefined ? verdict : `${verdict}: ${why}`;
}
