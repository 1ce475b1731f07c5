// btfq btf dedup: btf__dedup as a command.
import { dedup } from '@btfq/btf-format';
import { defineCommand } from '../command.ts';
import { ExitCode } from '../exit-codes.ts';
import { loadBtfFile } from '../load-btf.ts';
import { grouped } from '../render/numbers.ts';
import { baseFlag, forceFlag } from '../shared-flags.ts';

export const command = defineCommand({
  args: 'INPUT OUTPUT',
  about: `
Writes INPUT with every type and string stored only once, byte for byte as libbpf's btf__dedup does. For split BTF (-B),
only its own types are deduplicated, against the base. OUTPUT is raw BTF in the byte order of INPUT.`,
  flags: { 'base-btf': baseFlag, force: forceFlag },
  examples: [{ line: 'btfq btf dedup linked.bpf.o types.btf', shows: 'deduplicate the types of a linked object' }],
  async run(flags, io) {
    const [input, output] = flags.args as [string, string];
    const base = flags.baseBtf === undefined ? undefined : await loadBtfFile(io, flags.baseBtf);
    const btf = await loadBtfFile(io, input, base, flags.force);
    const { bytes, ids } = dedup(btf);
    io.writeFile(output, bytes);
    const own = new Set(ids.subarray(btf.startId));
    const [before, after] = [btf.typeCount - btf.startId, [...own].filter((id) => id >= btf.startId).length];
    const result = { types: { before, after }, bytes: { before: btf.bytes.length, after: bytes.length } };
    if (flags.json) io.json(result);
    else
      io.note(
        `${grouped(before)} types became ${grouped(after)}, ${grouped(btf.bytes.length)} bytes ${grouped(bytes.length)}`,
      );
    return ExitCode.answered;
  },
});
