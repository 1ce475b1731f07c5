// btfq bundle check: would the consumer of a bundle find what it needs on a given machine?
import { BUNDLE_FORMATS, type BundleFormat, checkBundle } from '@btfq/minimizer';
import { basename } from 'node:path';
import { readBundle } from '../bundle-files.ts';
import { defineCommand } from '../command.ts';
import { UsageError } from '../errors.ts';
import { ExitCode } from '../exit-codes.ts';
import { plural } from '../render/numbers.ts';

export const command = defineCommand({
  args: 'BUNDLE',
  about: `
Looks a BTF up in a bundle as its consumer does on a machine with this os-release, machine and kernel release: same path,
same quirks. Prints a hit or a miss, and why. With --object, also reports whether the bundle is stale, that is, made for
other versions of the objects. The exit code is 0 for a hit in a bundle that is not stale, else 1.`,
  flags: {
    'os-release': { value: 'FILE', help: 'the /etc/os-release of the machine', complete: 'file' },
    machine: { value: 'M', help: 'its `uname -m`' },
    release: { value: 'R', help: 'its `uname -r`' },
    as: { value: 'FORMAT', choices: BUNDLE_FORMATS, help: "whose lookup; by default that of the bundle's own format" },
    object: {
      value: 'FILE',
      kind: 'list',
      help: 'the current version of an object, to detect a stale bundle',
      complete: 'file',
    },
  },
  examples: [
    {
      line: 'btfq bundle check min_core_btfs.tar.gz --os-release /etc/os-release --machine x86_64 --release 5.10.0-32-amd64',
      shows: 'what does bcc find?',
    },
    {
      line: 'btfq bundle check btfs --os-release rhel.txt --machine aarch64 --release 4.18.0-305.el8.aarch64 --as tracee',
      shows: 'what does tracee find?',
    },
  ],
  async run(flags, io) {
    const [path] = flags.args as [string];
    const { osRelease, machine, release } = flags;
    if (osRelease === undefined || machine === undefined || release === undefined) {
      throw new UsageError(
        'missing --os-release, --machine or --release',
        'All three decide what a consumer asks for.',
      );
    }
    const host = { osRelease: new TextDecoder().decode(io.readFile(osRelease)), machine, release };
    const objects = flags.object.map((file) => ({ name: basename(file), bytes: io.readFile(file) }));
    const found = await checkBundle(await readBundle(io, path), host, {
      ...(flags.as === undefined ? {} : { as: flags.as as BundleFormat }),
      objects,
    });
    const good = found.hit && !found.stale && found.intact !== false;
    if (flags.json) io.json(found);
    else {
      const asked = found.asked.length === 0 ? 'nothing' : found.asked.join(', then ');
      io.print(`${found.hit ? 'hit' : 'miss'}: ${found.format} asks for ${asked}`);
      if (found.hit && found.member !== found.asked[0]) io.print(`found: ${found.member}`);
      for (const note of found.notes) io.print(note);
      if (found.intact === false) io.print('damaged: the member is not what the manifest says');
      for (const { name, state } of found.objects) {
        if (state !== 'same')
          io.print(`stale: ${name} ${state === 'changed' ? 'has changed' : 'is not what it was made for'}`);
      }
      if (found.unsatisfied > 0)
        io.print(`${plural(found.unsatisfied, 'relocation')} cannot be satisfied on this kernel`);
    }
    return good ? ExitCode.answered : ExitCode.no;
  },
});
