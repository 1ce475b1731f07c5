// btfq bundle: the minimal BTF of objects for many kernels, in the layout of whoever reads it.
import { type BtfIndex, bundleFromIndex, type KernelFilter, kernels, parseWhere } from '@btfq/btf-index';
import { reproducibleCompressors } from '@btfq/kernel-source';
import {
  BUNDLE_FORMATS,
  type Bundle,
  type BundleFormat,
  type BundleOptions,
  EMBED_MACHINES,
  embedC,
  embedObject,
  FORMATS,
  type FormatRow,
  makeBundle,
} from '@btfq/minimizer';
import { basename } from 'node:path';
import { writeBundleFolder } from '../bundle-files.ts';
import { bundleSources } from '../bundle-sources.ts';
import { defineCommand } from '../command.ts';
import { UsageError } from '../errors.ts';
import { ExitCode } from '../exit-codes.ts';
import type { Io } from '../io.ts';
import { loadObject } from '../load-object.ts';
import { byteSize, plural } from '../render/numbers.ts';
import { dbFlag, offlineFlag, whereFlag } from '../shared-flags.ts';
import { openReading } from '../with-index.ts';

export const command = defineCommand({
  args: 'OBJECT...',
  about: `
Writes the BTF that the objects need on every kernel of the index (or of --from), in the layout that a consumer expects:

  dir               folder or .tar.gz by OUT's ending    ID/VERSION_ID/ARCH/RELEASE.btf
  bcc               min_core_btfs.tar.gz, strict ustar    ./ID/VERSION_ID/ARCH/RELEASE.btf
  tracee            folder                                dist/btfhub/ID/VERSION_ID/ARCH/RELEASE.btf
  inspektor-gadget  .tar.gz                               ID/VERSION_ID/ARCH/RELEASE.btf
  datadog           .tar.xz                               PLATFORM[/UBUNTU_VERSION]/RELEASE.btf.tar.xz
  kyanos            folder                                custom-archive/ID/VERSION_ID/ARCH/RELEASE.btf
  eunomia           .tar.gz                               ./btfhub-archive/ID/VERSION_ID/MACHINE/RELEASE.btf
  flat              folder                                RELEASE.btf

Some readers look for other paths, and those are added: the VERSION_IDs that machines with a kernel may have, other distributions
that run it, quoted IDs, aarch64. From the index, kernels with the same declarations share one BTF, whose types may be in another
order than bpftool writes them. With --canonical, all kernels that give the same results share one. manifest.json lists what the
bundle was made from, and the relocations that kernels cannot satisfy. The same kernels and objects always give the same bytes. A
kernel that fails does not stop the others: it is listed in the manifest, and the exit code is 1.`,
  flags: {
    output: { value: 'OUT', short: 'o', help: 'the folder or archive to write', complete: 'file' },
    format: { value: 'FORMAT', choices: BUNDLE_FORMATS, default: 'dir', help: 'the layout' },
    db: dbFlag,
    offline: offlineFlag,
    where: whereFlag,
    from: {
      value: 'PATH',
      kind: 'list',
      help: 'take the kernels from files, packages, archives or folders such as a BTFHub tree, not from the index',
      complete: 'file',
    },
    canonical: { help: 'write the smallest BTF that gives the same results, so that more kernels share one' },
    'no-verify': { help: 'skip the check that every relocation gives the same result on what is written' },
    'no-modules': { help: 'leave out the types of kernel modules' },
    'flatten-modules': {
      help: 'merge the module types that the objects need, as is the default, and name kernels whose modules are not known',
    },
    'plain-members': { help: 'for datadog: members as .btf, not .btf.tar.xz' },
    'embed-c': { value: 'FILE', help: 'also write the archive as a C header', complete: 'file' },
    'embed-object': {
      value: 'FILE',
      help: 'also write it as an object file, as `ld -r -b binary` makes it',
      complete: 'file',
    },
    'embed-machine': {
      value: 'MACHINE',
      default: 'x86_64',
      choices: EMBED_MACHINES,
      help: 'for --embed-object: uname -m',
    },
  },
  examples: [
    {
      line: 'btfq bundle opensnoop.bpf.o -o btfs --canonical',
      shows: 'a folder with the BTF for every kernel in the index',
    },
    {
      line: "btfq bundle *.bpf.o -o min_core_btfs.tar.gz --format bcc --where 'arch=x86_64,distro=ubuntu'",
      shows: 'the archive that bcc tools link in',
    },
    {
      line: 'btfq bundle prog.bpf.o -o out.tar.gz --from btfhub-archive',
      shows: 'directly from files, without an index',
    },
  ],
  async run(flags, io) {
    const out = flags.output;
    if (out === undefined)
      throw new UsageError('missing -o OUT', 'Say where the bundle goes: `btfq bundle OBJECT... -o OUT`.');
    const format = flags.format as BundleFormat;
    const container = containerOf(format, out);
    if ((flags.embedC ?? flags.embedObject) !== undefined && container === 'directory') {
      throw new UsageError('a folder cannot be embedded', 'Give -o an archive, such as OUT.tar.gz.');
    }
    const files = flags.args.map((path) => ({ name: basename(path), bytes: io.readFile(path) }));
    const options: BundleOptions = {
      ...{ format, container, canonical: flags.canonical, verify: !flags.noVerify },
      plainMembers: flags.plainMembers,
    };
    const where = parseWhere(flags.where);
    const modules = !flags.noModules;
    if (flags.flattenModules && flags.noModules) {
      throw new UsageError('--flatten-modules and --no-modules cannot be combined');
    }
    let bundle: Bundle;
    const objects = files.map(({ name, bytes }) => ({ object: loadObject(bytes, name), bytes }));
    if (flags.from.length > 0) {
      const sources = bundleSources(io, flags.from, where, modules);
      bundle = await makeBundle(sources, objects, await reproducibleCompressors(), options);
    } else {
      const index = await openReading(flags, io);
      try {
        bundle = await bundleFromIndex(index, files, { ...options, where, modules });
        if (flags.flattenModules) noteUnknownModules(index, where, io);
      } finally {
        index.close();
      }
    }
    const { packed, manifest } = bundle;
    if (manifest.kernels.length === 0) {
      for (const { path, message } of manifest.skipped) io.note(`${path}: ${message}`);
      io.note('btfq: there is no kernel to make a bundle for; nothing is written');
      return ExitCode.no;
    }
    if (packed.kind === 'directory') writeBundleFolder(io, out, packed.files);
    else {
      io.writeFile(out, packed.bytes);
      embed(io, basename(out), packed.bytes, flags);
    }
    report(io, out, bundle, flags.json);
    return manifest.kernels.some((kernel) => kernel.failure !== null) || manifest.skipped.length > 0
      ? ExitCode.no
      : ExitCode.answered;
  },
});

/** Their types are not in the bundle, and that is no answer about them. */
function noteUnknownModules(index: BtfIndex, where: KernelFilter, io: Io): void {
  const unknown = kernels(index, where).filter((kernel) => kernel.modules === null);
  if (unknown.length === 0) return;
  io.note(
    `${plural(unknown.length, 'kernel')}, ${unknown[0]?.name} first: their modules are not known and were not merged`,
  );
}

function containerOf(format: BundleFormat, out: string): FormatRow['container'] {
  const { container } = FORMATS[format];
  return format === 'dir' && /\.(tar\.gz|tgz)$/.test(out) ? 'tar.gz' : container;
}

function embed(
  io: Io,
  name: string,
  bytes: Uint8Array,
  flags: { embedC: string | undefined; embedObject: string | undefined; embedMachine: string },
): void {
  if (flags.embedC !== undefined) io.writeFile(flags.embedC, embedC(name, bytes));
  if (flags.embedObject === undefined) return;
  const object = embedObject(name, bytes, flags.embedMachine);
  if (object === undefined) throw new UsageError(`no object files for ${flags.embedMachine}`);
  io.writeFile(flags.embedObject, object);
}

function report(io: Io, out: string, { packed, manifest, computed }: Bundle, json: boolean): void {
  const { kernels, distinct, unsatisfied, skipped } = manifest;
  const bytes =
    packed.kind === 'archive'
      ? packed.bytes.length
      : packed.files.reduce((n, f) => n + (f.linkTo ? 0 : f.bytes.length), 0);
  if (json) {
    io.json({ out, bytes, computed, manifest });
    return;
  }
  const failed = kernels.filter((kernel) => kernel.failure !== null);
  io.print(`${out}: ${plural(kernels.length - failed.length, 'kernel')}, ${distinct} distinct, ${byteSize(bytes)}`);
  for (const { distro, version, arch, release, failure } of failed) {
    io.note(`${distro}/${version}/${arch}/${release}: ${failure?.message}`);
  }
  for (const { path, message } of skipped) io.note(`${path}: ${message}`);
  const refused = unsatisfied.filter((one) => one.outcome === 'failed');
  for (const { object, program, kind, type, access, reason, kernels: on } of refused.slice(0, 10)) {
    io.note(
      `${object}, ${program}: ${kind} of ${type} (${access}): ${reason} on ${plural(on.length, 'kernel')}, ${on[0]} the first`,
    );
  }
}
