// btfq helper: which programs may call a helper, by kernel.
import { helperFacts, type HelperProgram, parseWhere } from '@btfq/btf-index';
import { defineCommand } from '../command.ts';
import { printVariants } from '../render/fact-variants.ts';
import { dbFlag, offlineFlag, whereFlag } from '../shared-flags.ts';
import { withIndex } from '../with-index.ts';

export const command = defineCommand({
  args: 'NAME',
  about: `
Shows which program types may call a helper: each distinct answer with its kernels. btfq gets the answers by running the
kernel's own functions from its image. NAME is \`map_lookup_elem\` or \`bpf_map_lookup_elem\`.

If the answer depends on the attach type or on whether the program is sleepable, it says so. 'depends' means that it
depends on the function that a program attaches to.`,
  flags: {
    db: dbFlag,
    offline: offlineFlag,
    where: whereFlag,
    type: { value: 'TYPE', help: 'only this program type, such as kprobe or xdp' },
  },
  examples: [
    { line: 'btfq helper bpf_probe_read_user', shows: 'which programs may call it?' },
    { line: 'btfq helper bpf_d_path --type tracing', shows: 'may tracing programs call it?' },
  ],
  run(flags, io) {
    const [name] = flags.args as [string];
    return withIndex(flags, io, (index) => {
      const facts = helperFacts(index, name, parseWhere(flags.where), flags.type?.toUpperCase());
      return printVariants(index, io, name, facts, ({ programs }) => [
        ...signature(programs),
        ...[...byType(programs)].map(([type, how]) => `  ${type}${how}`),
      ]);
    });
  },
});

function signature(programs: readonly HelperProgram[]): string[] {
  const lines = new Set<string>();
  for (const { proto } of programs) {
    if (proto === undefined) continue;
    const marks = `${proto.gplOnly ? ', GPL only' : ''}${proto.mightSleep ? ', might sleep' : ''}`;
    lines.add(`${proto.function || 'instruction'}(${proto.args.join(', ')}) -> ${proto.returns}${marks}`);
  }
  return [...lines];
}

/** Each program type once, with what its answer goes by. */
function byType(programs: readonly HelperProgram[]): Map<string, string> {
  const types = new Map<string, HelperProgram[]>();
  for (const program of programs) types.set(program.programType, [...(types.get(program.programType) ?? []), program]);
  const out = new Map<string, string>();
  for (const [type, own] of types) {
    const parts = own.map(({ sleepable, attachTypes, allowed }) => {
      const words = [sleepable ? 'sleepable' : '', attachTypes.join('|'), allowed === 'yes' ? '' : allowed];
      return words.filter(Boolean).join(' ');
    });
    const told = [...new Set(parts.filter(Boolean))];
    out.set(type, told.length === 0 ? '' : `: ${told.join('; ')}`);
  }
  return out;
}
