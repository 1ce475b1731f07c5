// btfq kfunc: which programs may call a kernel function, by kernel.
import { kfuncFacts, parseWhere } from '@btfq/btf-index';
import { defineCommand } from '../command.ts';
import { printVariants } from '../render/fact-variants.ts';
import { dbFlag, whereFlag } from '../shared-flags.ts';
import { withIndex } from '../with-index.ts';

export const command = defineCommand({
  args: 'NAME',
  about: `
Says which types of programs may call a kernel function (kfunc), and how it is flagged, each distinct answer with its
kernels: what the kernels register themselves, read from their images. UNSPEC stands for all program types; what is there for TRACING
is there for LSM, tracepoint, perf_event and kprobe programs of the same release as it maps them.`,
  flags: { db: dbFlag, where: whereFlag },
  examples: [{ line: 'btfq kfunc bpf_task_acquire', shows: 'since when, and for which programs' }],
  run(flags, io) {
    const [name] = flags.args as [string];
    return withIndex(flags, io, (index) => {
      const facts = kfuncFacts(index, name, parseWhere(flags.where));
      return printVariants(index, io, name, facts, ({ programTypes }) =>
        programTypes.map(({ programType, flags: bits }) => `${name}: ${programType}${flagWords(bits)}`),
      );
    });
  },
});

/** Bits that have meant the same in every release (include/linux/btf.h); others are shown as a number. */
const FLAGS: readonly (readonly [number, string])[] = [
  [1, 'acquire'],
  [2, 'release'],
  [4, 'ret_null'],
  [32, 'sleepable'],
  [64, 'destructive'],
];

function flagWords(bits: number): string {
  const words = FLAGS.filter(([bit]) => (bits & bit) !== 0).map(([, word]) => word);
  const rest = FLAGS.reduce((left, [bit]) => left & ~bit, bits);
  if (rest !== 0) words.push(`0x${rest.toString(16)}`);
  return words.length === 0 ? '' : ` (${words.join(', ')})`;
}
