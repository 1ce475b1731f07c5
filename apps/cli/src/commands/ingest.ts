// btfq ingest: kernels from whatever files there are into the index.

import { availableParallelism } from 'node:os';
import { basename } from 'node:path';
import { openIndex, openVerifierStore, releasedMemory, verifierPath } from '@btfq/btf-index';
import {
  discover,
  isArch,
  type Job,
  type KernelIdentity,
  KernelSourceError,
  type ReadOptions,
} from '@btfq/kernel-source';
import { defineCommand } from '../command.ts';
import { UsageError } from '../errors.ts';
import { ExitCode } from '../exit-codes.ts';
import { readInPool } from '../ingest/pool.ts';
import { collector } from '../ingest/collect.ts';
import { fromHere, KernelWriter, REFUSED } from '../ingest/kernel-writer.ts';
import { formatSummary, type IngestReport, type NotIngested } from '../ingest/report.ts';
import type { Io } from '../io.ts';
import { dbFlag, indexPath } from '../shared-flags.ts';
import { localPath } from '../with-index.ts';

export const command = defineCommand({
  args: 'PATH...',
  about: `
Reads kernels from files and folders, and stores their BTF, the BTF of their modules and their configuration in the index. btfq recognizes each
file by its content: raw BTF, vmlinux, vmlinuz and other boot images, .deb, .rpm and other packages, BTFHub trees of
.btf.tar.xz files, archives and folders of any of these, and /sys/kernel/btf of this machine.

A kernel gets its name from its path in a BTFHub tree, from its package, or from the image itself; the flags supply what
these do not say. For a vmlinux that has debug information but no BTF, as in -dbg and debuginfo packages, btfq makes the
BTF (\`from DWARF\`). A file that cannot be read is reported and skipped; the rest is kept.

The configuration comes from boot/ or the module folder of a package or root file system, from the image
(CONFIG_IKCONFIG), from /proc/config.gz for the running kernel, or from a file \`config-RELEASE\` or \`config\` beside the
kernel. A configuration that names another kernel is reported and not stored.`,
  flags: {
    db: dbFlag,
    distro: { value: 'ID', help: 'the distribution, by its ID in os-release: debian, ubuntu, fedora' },
    'distro-version': { value: 'V', help: 'the version of the distribution, by VERSION_ID in os-release: 12, 22.04' },
    arch: { value: 'A', help: 'the architecture: x86_64, arm64, riscv64, s390x, ppc64le' },
    release: { value: 'R', help: 'the release of the kernel, as uname -r prints it' },
    replace: { help: 'replace kernels that are already in the index with other content' },
    verbose: { help: 'list every file that is skipped in a folder, with the reason' },
    modules: { help: 'for a debug package: also read the modules, and make their BTF from debug information' },
    'no-modules': { help: 'skip the modules' },
    'no-tables': {
      help: 'do not read the tables in the image and in the modules: functions, trace events, helpers, kfuncs',
    },
    verifier: {
      help: "also keep each kernel's verifier, for loads --verify and veristat (a few MB each, in FILE.verifier)",
    },
    'from-dwarf': { help: 'make the BTF from debug information even if the kernel has BTF' },
    jobs: { value: 'N', kind: 'number', help: 'number of threads (default: one per core)' },
    'max-bytes': {
      value: 'N',
      kind: 'number',
      help: 'refuse files that decompress to more than N bytes (default: 1 GiB)',
    },
  },
  examples: [
    { line: 'btfq ingest btfhub-archive', shows: 'a BTFHub tree' },
    { line: 'btfq ingest linux-image-*.deb', shows: 'kernel packages, with their modules' },
    {
      line: 'btfq ingest linux-image-6.1.0-47-686-dbg_*.deb --no-modules',
      shows: 'a kernel without BTF, from its debug package',
    },
    { line: 'btfq ingest /sys/kernel/btf', shows: 'the running kernel' },
    { line: 'btfq ingest vmlinux --distro custom --distro-version 1', shows: 'a kernel built here' },
  ],
  async run(flags, io) {
    if (flags.arch !== undefined && !isArch(flags.arch)) {
      throw new UsageError(`--arch ${flags.arch}: not an architecture`, 'Use the word that `uname -m` prints.');
    }
    const identity = given(flags);
    const options = {
      identity,
      modules: !flags.noModules,
      image: !flags.noTables || flags.verifier,
      tables: !flags.noTables,
      verifier: flags.verifier,
      fromDwarf: flags.fromDwarf,
      modulesFromDwarf: flags.modules && !flags.noModules,
      ...(flags.maxBytes === undefined ? {} : { maxBytes: flags.maxBytes }),
    };
    const looked = await lookFor(flags.args, { ...options, verbose: flags.verbose }, io);
    const { jobs, passedOver } = looked;

    const db = indexPath(flags, io);
    const index = openIndex(localPath(flags, io));
    const verifiers = flags.verifier ? openVerifierStore(io.path(verifierPath(db)), { readonly: false }) : undefined;
    const total = jobs.reduce((sum, { bytes }) => sum + bytes, 0);
    const progress = io.progress('ingest', total, 'bytes');
    const note = (line: string) => {
      if (!flags.json) progress.note(line);
    };
    const writer = new KernelWriter(index, verifiers, { io, note, replace: flags.replace });
    for (const entry of looked.skipped) writer.skip(entry);
    try {
      let read = 0;
      let current = '';
      const onBytes = (count: number) => progress.update((read += count), current);
      let finished = 0;
      // packages and images take longer to read than to write: threads that read them have no time for more
      const raw = areRaw(jobs);
      const threads = threadsFor(jobs, raw, flags.jobs);
      const released = () => releasedMemory(index);
      const collect = collector();
      for await (const one of readInPool(jobs, threads, options, io.signal, onBytes, released)) {
        if (io.signal.aborted) break;
        current = basename(one.job.label);
        // What was not worth reading to its end counts as read.
        if ('done' in one) {
          finished += one.job.bytes;
          progress.update((read = Math.max(read, finished)), current);
        } else if (one.item.kind === 'skipped') writer.skip({ ...one.item, path: fromHere(io, one.item.path) });
        else writer.write(one.item, raw ? one.elsewhere : undefined);
        collect();
      }
    } catch (error) {
      if (!isAborted(error)) throw error;
    } finally {
      progress.finish();
      index.close();
      verifiers?.close();
    }
    const stopped = looked.stopped || io.signal.aborted;
    const report: IngestReport = { db, ...writer.counts(), stopped, passedOver, ...writer.entries };
    if (flags.json) io.json(report);
    else if (report.kernels.length === 0 && report.skipped.length === 0) io.print('no kernels found');
    else io.print(formatSummary(report));
    return exitCode(report);
  },
});

function given(flags: {
  distro: string | undefined;
  distroVersion: string | undefined;
  arch: string | undefined;
  release: string | undefined;
}): Partial<KernelIdentity> {
  const { distro, distroVersion: version, arch, release } = flags;
  const named = Object.entries({ distro, version, arch, release }).filter(([, value]) => value !== undefined);
  return Object.fromEntries(named);
}

/** Raw BTF, which takes no time to read. */
const RAW = /\.btf$/;

function areRaw(jobs: readonly Job[]): boolean {
  return jobs.every(({ files, image }) => image === undefined && files.every((file) => RAW.test(file)));
}

/**
 * How many threads read. One or two small jobs are read here: a thread takes longer to start than they do. Raw BTF takes as long
 * to write as to read, so this thread is one of those wanted; and each kernel finds the one before it in the same thread.
 */
function threadsFor(jobs: readonly Job[], raw: boolean, wanted: number | undefined): number {
  const threads = wanted ?? (jobs.length < 3 ? 0 : availableParallelism());
  if (threads <= 1 && wanted !== undefined) return 0;
  return Math.min(raw ? Math.max(threads - 1, Math.min(threads, 1)) : threads, jobs.length);
}

/** What is to be read: one job for each kernel or file of kernels, and what cannot be read. */
async function lookFor(paths: readonly string[], options: ReadOptions & { readonly verbose: boolean }, io: Io) {
  const jobs: Job[] = [];
  const skipped: NotIngested[] = [];
  let passedOver = 0;
  let stopped = false;
  const onPassedOver = (path: string, reason: string) => {
    passedOver++;
    if (options.verbose) io.note(`passed over ${fromHere(io, path)}: ${reason}`);
  };
  try {
    for await (const found of discover(paths.map(io.path), { ...options, onPassedOver, signal: io.signal })) {
      if (found.kind === 'job') jobs.push(found.job);
      else skipped.push({ ...found, path: fromHere(io, found.path) });
    }
  } catch (error) {
    if (!isAborted(error)) throw error;
    stopped = true;
  }
  return { jobs, skipped, passedOver, stopped };
}

function isAborted(error: unknown): boolean {
  return error instanceof KernelSourceError && error.code === 'aborted';
}

function exitCode({ kernels, skipped, stopped }: IngestReport): ExitCode {
  const unreadable = skipped.some(({ code }) => !REFUSED.has(code));
  if (kernels.length === 0 && unreadable && !stopped) return ExitCode.badInput;
  const damaged = kernels.some(({ problems }) => problems.some(({ code }) => code !== 'no-btf'));
  return stopped || kernels.length === 0 || skipped.length > 0 || damaged ? ExitCode.no : ExitCode.answered;
}
