// btfq kfunc: which programs may call a kernel function, by kernel.
import { kfuncFacts, parseWhere } from '@btfq/btf-index';
import { defineCommand } from '../command.ts';
import { printVariants } from '../render/fact-variants.ts';
import { dbFlag, offlineFlag, whereFlag } from '../shared-flags.ts';
import { withIndex } from '../with-index.ts';

export const command = defineCommand({
  args: 'NAME',
  about: `
Shows which program types may call a kernel function (kfunc), and its flags: each distinct answer with its kernels. btfq
reads the kernels' own registrations from their images. UNSPEC stands for all program types. What is registered for
TRACING is also available to LSM, tracepoint, perf_event and kprobe programs, depending on the release.`,
  flags: { db: dbFlag, offline: offlineFlag, where: whereFlag },
  examples: [{ line: 'btfq kfunc bpf_task_acquire', shows: 'which programs may call it, since when?' }],
  run(flags, io) {
    const [name] = flags.args as [string];
    return withIndex(flags, io, (index) => {
      const facts = kfuncFacts(index, name, parseWhere(flags.where));
      return printVariants(index, io, name, facts, ({ programTypes }) =>
        programTypes.map(({ programType, flags: bits, module }) => {
          return `${name}: ${programType}${flagWords(bits)}${module === undefined ? '' : `; module ${module}`}`;
        }),
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
