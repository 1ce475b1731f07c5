// btfq btf convert: the same types in other bytes: byte order, header, kinds that older kernels know.
import { BTF_FEATURES, type BtfFeature, convertBtf, convertFor, parseBtf, sanitize } from '@btfq/btf-format';
import { defineCommand } from '../command.ts';
import { UsageError } from '../errors.ts';
import { ExitCode } from '../exit-codes.ts';
import { loadBtfFile } from '../load-btf.ts';
import { baseFlag, forceFlag } from '../shared-flags.ts';

const FEATURES = Object.keys(BTF_FEATURES) as BtfFeature[];

export const command = defineCommand({
  args: 'INPUT OUTPUT',
  about: `
Writes BTF in the other byte order, with another header, or for an older kernel: what that kernel does not know is
rewritten as libbpf rewrites it before loading (ENUM64 to a union, TYPE_TAG to const, FLOAT to a struct and so on).
Without options, INPUT's BTF is written unchanged. Type ids stay the same.

With --for, the result is checked as that kernel checks it. What was lost, and what the kernel would still reject, is
printed on standard error; the exit code is 1 if something would be rejected.`,
  flags: {
    endian: { value: 'ORDER', choices: ['little', 'big'], help: 'the byte order of OUTPUT' },
    header: {
      value: 'BYTES',
      choices: ['24', '32'],
      help: 'size of the header: 24, which every reader knows, or 32, which libbpf 1.8 writes',
    },
    layout: { help: 'add the layout section, which gives the record size of each kind' },
    for: { value: 'RELEASE', help: 'rewrite what a kernel of this release, such as 5.10, does not support' },
    without: { value: 'FEATURE', kind: 'list', help: `rewrite this: ${FEATURES.join(', ')}` },
    enum64: {
      value: 'KIND',
      choices: ['union', 'enum'],
      help: 'what ENUM64 becomes: a union, as in libbpf, or an enum if the values fit',
    },
    'drop-unknown-header': { help: 'drop unknown header fields instead of refusing the file' },
    'base-btf': baseFlag,
    force: forceFlag,
  },
  examples: [
    { line: 'btfq btf convert prog.bpf.o old.btf --for 5.4', shows: 'types for an old kernel' },
    { line: 'btfq btf convert vmlinux.btf big.btf --endian big', shows: 'the same types in big-endian' },
  ],
  async run(flags, io) {
    const [input, output] = flags.args as [string, string];
    const missing = new Set<BtfFeature>();
    for (const word of flags.without) {
      const feature = FEATURES.find((one) => one === word);
      if (feature === undefined)
        throw new UsageError(`there is no feature '${word}'`, `There are ${FEATURES.join(', ')}.`);
      missing.add(feature);
    }
    const base = flags.baseBtf === undefined ? undefined : await loadBtfFile(io, flags.baseBtf);
    let btf = await loadBtfFile(io, input, base, flags.force);
    if (flags.dropUnknownHeader) btf = parseBtf(convertBtf(btf, { dropUnknownHeader: true }), { base });
    if (missing.size > 0) btf = parseBtf(sanitize(btf, [...missing], { enum64: flags.enum64 }), { base });
    const fitted = flags.for === undefined ? undefined : convertFor(btf, flags.for, { enum64: flags.enum64 });
    if (fitted !== undefined) btf = parseBtf(fitted.bytes, { base });
    const bytes = convertBtf(btf, {
      littleEndian: flags.endian === undefined ? undefined : flags.endian === 'little',
      // a layout section needs the 32-byte header: asking for 24 drops it
      layout: flags.layout || (flags.header === '24' ? false : undefined),
      headerSize: flags.header === undefined ? undefined : flags.header === '24' ? 24 : 32,
    });
    io.writeFile(output, bytes);
    const { lost = [], problems = [] } = fitted ?? {};
    if (flags.json) io.json({ bytes: bytes.length, rewritten: [...missing], lost, problems });
    else {
      for (const text of lost) io.note(`not said any more: ${text}`);
      for (const { typeId, message } of problems) {
        io.note(`${flags.for} would still refuse${typeId === undefined ? '' : ` type ${typeId}`}: ${message}`);
      }
    }
    return problems.length > 0 ? ExitCode.no : ExitCode.answered;
  },
});
