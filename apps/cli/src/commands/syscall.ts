// btfq syscall: a system call's numbers and arguments, by kernel.
import { parseWhere, systemCallFacts } from '@btfq/btf-index';
import { defineCommand } from '../command.ts';
import { printVariants } from '../render/fact-variants.ts';
import { dbFlag, offlineFlag, whereFlag } from '../shared-flags.ts';
import { withIndex } from '../with-index.ts';

export const command = defineCommand({
  args: 'NAME',
  about: `
Shows the number and the arguments of a system call for the native word size of each kernel, and its number for 32-bit
programs, with their own function (\`compat\`) if they have one: each distinct answer with its kernels. Ingest reads them from kernel images. NAME is \`openat\` or \`sys_openat\`.`,
  flags: { db: dbFlag, offline: offlineFlag, where: whereFlag },
  examples: [{ line: 'btfq syscall openat', shows: 'its number and arguments in every kernel' }],
  run(flags, io) {
    const [name] = flags.args as [string];
    return withIndex(flags, io, (index) => {
      const facts = systemCallFacts(index, name, parseWhere(flags.where));
      const bare = name.replace(/^sys_/, '');
      return printVariants(index, io, name, facts, ({ numbers, args, compat }) => [
        `${numbers.join(', ') || '-'}  ${bare}(${args?.map(({ type, name: arg }) => `${type} ${arg}`).join(', ') ?? '...'})`,
        ...(compat && compat.numbers.length > 0
          ? [`  32-bit programs: ${compat.numbers.join(', ')}${compat.entry === undefined ? '' : `  ${compat.entry}`}`]
          : []),
      ]);
    });
  },
});
