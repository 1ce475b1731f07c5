// btfq ingest: kernels from whatever files there are into the index.

import { availableParallelism } from 'node:os';
import { basename, sep } from 'node:path';
import { commitKernel, IndexError, kernelName, openIndex, openVerifierStore, verifierPath } from '@btfq/btf-index';
import { discover, isArch, type Job, type KernelIdentity, KernelSourceError } from '@btfq/kernel-source';
import { defineCommand } from '../command.ts';
import { UsageError } from '../errors.ts';
import { ExitCode } from '../exit-codes.ts';
import { readInPool } from '../ingest/pool.ts';
import type { ReadyKernel } from '../ingest/read-kernels.ts';
import {
  formatFromDwarf,
  formatIngested,
  formatProblems,
  formatSkipped,
  formatSummary,
  type IngestedKernel,
  type IngestReport,
  type NotIngested,
} from '../ingest/report.ts';
import type { Io } from '../io.ts';
import { dbFlag, indexPath } from '../shared-flags.ts';
import { localPath } from '../with-index.ts';
import { versionLine } from '../version.ts';

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
    'no-tables': { help: 'do not read the tables in the image: functions, trace events, helpers, kfuncs' },
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
    const kernels: IngestedKernel[] = [];
    const skipped: NotIngested[] = [];
    const jobs: Job[] = [];
    let stopped = false;
    let passedOver = 0;
    const onPassedOver = (path: string, reason: string) => {
      passedOver++;
      if (flags.verbose) io.note(`passed over ${fromHere(io, path)}: ${reason}`);
    };
    try {
      for await (const found of discover(flags.args.map(io.path), { ...options, onPassedOver, signal: io.signal })) {
        if (found.kind === 'job') jobs.push(found.job);
        else skipped.push({ ...found, path: fromHere(io, found.path) });
      }
    } catch (error) {
      if (!isAborted(error)) throw error;
      stopped = true;
    }

    const db = indexPath(flags, io);
    const index = openIndex(localPath(flags, io));
    const verifiers = flags.verifier ? openVerifierStore(io.path(verifierPath(db)), { readonly: false }) : undefined;
    const total = jobs.reduce((sum, { bytes }) => sum + bytes, 0);
    const progress = io.progress('ingest', total, 'bytes');
    const note = (line: string) => {
      if (!flags.json) progress.note(line);
    };
    const skip = (entry: NotIngested) => {
      skipped.push(entry);
      note(formatSkipped(entry));
    };
    const write = ({
      identity: name,
      prepared,
      provenance,
      identified,
      banner,
      problems: raw,
      tables,
      configSource: config,
      verifier,
      verifierProblem,
      fromDwarf,
      modulesPassedOver,
      compared: kinds,
    }: ReadyKernel) => {
      const source = fromHere(io, provenance);
      const problems = raw.map((problem) => ({ ...problem, path: fromHere(io, problem.path) }));
      try {
        const { outcome } = commitKernel(index, prepared, name, {
          ...{ source, identified, banner, tables },
          configSource: config === undefined ? undefined : fromHere(io, config),
          tool: versionLine(),
          replace: flags.replace,
        });
        if (verifier !== undefined) verifiers?.put(kernelName(name), verifier);
        if (verifierProblem !== undefined) note(`${kernelName(name)}: its verifier is not kept: ${verifierProblem}`);
        const modules = prepared.modules.length;
        const compared = kinds === undefined ? {} : { compared: Object.fromEntries(kinds.kinds) };
        const entry = {
          ...{ kernel: kernelName(name), outcome, modules, config: prepared.config?.size ?? null, source },
          ...{ fromDwarf, modulesPassedOver, ...compared },
          problems,
        };
        kernels.push(entry);
        if (!io.terminal.stderr || fromDwarf) note(formatIngested(entry));
        for (const line of formatFromDwarf(entry)) note(line);
        for (const line of formatProblems(name, problems)) note(line);
      } catch (error) {
        // The name or its content is refused: that is this kernel's trouble, and not the index's.
        if (!(error instanceof IndexError) || !REFUSED.has(error.code)) throw error;
        const hint = error.hint === undefined ? {} : { hint: error.hint };
        skip({ path: source, code: error.code, message: error.message, ...hint });
      }
    };
    for (const entry of skipped) note(formatSkipped(entry));
    try {
      let read = 0;
      let current = '';
      const onBytes = (count: number) => progress.update((read += count), current);
      let finished = 0;
      for await (const one of readInPool(jobs, threadsFor(jobs, flags.jobs), options, io.signal, onBytes)) {
        if (io.signal.aborted) break;
        current = basename(one.job.label);
        // What was not worth reading to its end counts as read.
        if ('done' in one) {
          finished += one.job.bytes;
          progress.update((read = Math.max(read, finished)), current);
        } else if (one.item.kind === 'skipped') skip({ ...one.item, path: fromHere(io, one.item.path) });
        else write(one.item);
      }
    } catch (error) {
      if (!isAborted(error)) throw error;
    } finally {
      progress.finish();
      index.close();
      verifiers?.close();
    }
    stopped ||= io.signal.aborted;

    const count = (outcome: string) => kernels.filter((entry) => entry.outcome === outcome).length;
    const report: IngestReport = {
      db,
      added: count('added'),
      alias: count('alias'),
      unchanged: count('unchanged'),
      replaced: count('replaced'),
      stopped,
      passedOver,
      kernels,
      skipped,
    };
    if (flags.json) io.json(report);
    else if (kernels.length === 0 && skipped.length === 0) io.print('no kernels found');
    else io.print(formatSummary(report));
    return exitCode(report);
  },
});

/** Codes of `IndexError` that concern one kernel only. */
const REFUSED: ReadonlySet<string> = new Set(['kernel-exists', 'bad-identity']);

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

/** One or two small jobs are read here: a thread takes longer to start than they do. */
function threadsFor(jobs: readonly Job[], wanted: number | undefined): number {
  if (wanted !== undefined) return wanted <= 1 ? 0 : Math.min(wanted, jobs.length);
  return jobs.length < 3 ? 0 : Math.min(availableParallelism(), jobs.length);
}

/** A path as people know it: without the folder that they are in. */
function fromHere(io: Io, path: string): string {
  const here = io.path('.') + sep;
  return path.startsWith(here) ? path.slice(here.length) : path;
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
