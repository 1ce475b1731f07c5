// Reading and hashing, as one step that any thread can do: a job in, kernels ready to be written out.

import { type Btf, parseBtf } from '@btfq/btf-format';
import type { PackedVerifier, StoredTables } from '@btfq/btf-index';
import {
  EarlierKernels,
  forgetArrays,
  inOneMemory,
  type MemorySlots,
  type PreparedKernel,
  prepareKernel,
} from '@btfq/btf-index/prepare';
import type { BtfComparison } from '@btfq/dwarf';
import {
  type Job,
  type KernelIdentity,
  type KernelModule,
  type ReadOptions,
  readJob,
  type Skipped,
} from '@btfq/kernel-source';

/** A kernel that only has to be written. Plain data: it travels between threads. */
export interface ReadyKernel {
  readonly kind: 'ready';
  readonly identity: KernelIdentity;
  readonly prepared: PreparedKernel;
  readonly provenance: string;
  /** What determined each part of its identity. */
  readonly identified: string;
  readonly banner: string | undefined;
  readonly buildId: string | undefined;
  /** The BTF was made from debug information; and how it compares with the kernel's own, where there is one. */
  readonly fromDwarf: boolean;
  readonly compared: BtfComparison | undefined;
  /** Debug information of modules was passed over. */
  readonly modulesPassedOver: boolean;
  /** The kernel's own tables, where they were asked for and its image was there to be read. */
  readonly tables: StoredTables | undefined;
  /** Where its configuration came from; undefined where there is none. */
  readonly configSource: string | undefined;
  /** Its verifier, where it was asked for and can be run. */
  readonly verifier: PackedVerifier | undefined;
  /** Why its verifier is not kept, where it was asked for. */
  readonly verifierProblem: string | undefined;
  /** Modules and configurations that were left out, and why. */
  readonly problems: readonly Skipped[];
}

export type ReadyItem = ReadyKernel | Skipped;

/** {@link ReadOptions} without what does not travel between threads. */
export interface JobOptions extends Omit<ReadOptions, 'signal' | 'onPassedOver' | 'onBytes'> {
  /** Whether the kernel's own tables are read: default true, where there is an image. */
  readonly tables?: boolean;
  /** Whether its verifier is kept. */
  readonly verifier?: boolean;
}

/** The kernels that this thread read before: the next one is most likely of the same series as one of them. */
const before = new EarlierKernels();

/** Kernels of one series differ in the numbers of their releases. */
function seriesOf({ distro, version, arch, release }: KernelIdentity): string {
  return [distro, version, arch, release.replace(/\d+/g, '#')].join('/');
}

/**
 * The kernels of a job, parsed and hashed. Those for another thread are put into `slots`, where that is given, and this thread
 * remembers them there, to hash the next kernel. @throws KernelSourceError only `aborted`
 */
export async function* readyKernels(
  job: Job,
  options: JobOptions & Pick<ReadOptions, 'signal' | 'onBytes'>,
  slots?: MemorySlots,
): AsyncGenerator<ReadyItem> {
  for await (const item of readJob(job, { ...options, moduleTables: options.tables !== false })) {
    if (item.kind === 'skipped') {
      yield item;
      continue;
    }
    const { identity, identified, banner, buildId, btf, modules, provenance, problems, image, parsed, config } = item;
    const { verifier, problem } = options.verifier ? await verifierOf(image, btf) : NO_VERIFIER;
    try {
      const series = seriesOf(identity);
      const given = parsed.bytes === btf ? parsed : btf;
      const own = prepareKernel(given, modules, config?.symbols, before.of(series));
      const prepared = slots === undefined ? own : inOneMemory(own, slots);
      for (const memory of before.add(series, prepared)) slots?.forget(memory);
      yield {
        kind: 'ready',
        identity,
        prepared,
        provenance,
        identified,
        banner,
        buildId,
        configSource: config?.source,
        problems,
        verifierProblem: problem,
        fromDwarf: item.fromDwarf ?? false,
        compared: item.own && (await compareWith(item.own, parsed)),
        modulesPassedOver: item.modulesPassedOver ?? false,
        tables: image && options.tables !== false ? await tablesOf(image, parsed, modules) : undefined,
        verifier,
      };
      if (slots !== undefined) forgetArrays(own); // nobody else has them
    } catch (error) {
      if (!(error instanceof Error) || error.name !== 'BtfError') throw error;
      yield { kind: 'skipped', path: job.label, code: 'bad-btf', message: error.message };
    }
  }
}

interface VerifierOutcome {
  readonly verifier: PackedVerifier | undefined;
  readonly problem: string | undefined;
}

const NO_VERIFIER: VerifierOutcome = { verifier: undefined, problem: undefined };

/** The verifier of an unpacked kernel, prepared and packed; or why it cannot be kept. */
async function verifierOf(image: Uint8Array | undefined, btf: Uint8Array): Promise<VerifierOutcome> {
  if (image === undefined) return { ...NO_VERIFIER, problem: 'there is no kernel image' };
  // what most kernels do not need is loaded with the first that does
  const [{ openKernel }, { packVerifier }] = await Promise.all([
    import('@btfq/kernel-runtime'),
    import('@btfq/btf-index'),
  ]);
  try {
    const kernel = openKernel(image);
    if (!sameBytes(kernel.btf.bytes, btf)) return { ...NO_VERIFIER, problem: 'the image has other BTF' };
    return { verifier: packVerifier(kernel.save()), problem: undefined };
  } catch (error) {
    const { name, message } = error as Error;
    if (name !== 'KernelRuntimeError' && name !== 'KernelTablesError') throw error;
    return { ...NO_VERIFIER, problem: message };
  }
}

async function compareWith(own: Uint8Array, made: Btf): Promise<BtfComparison> {
  const { compareBtf } = await import('@btfq/dwarf');
  return compareBtf(parseBtf(own), made);
}

function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && Buffer.compare(a, b) === 0;
}

/** The tables of an unpacked kernel; undefined where its image has no symbols to read them by. */
async function tablesOf(
  image: Uint8Array,
  btf: Btf,
  modules: readonly KernelModule[],
): Promise<StoredTables | undefined> {
  const { kernelTables, moduleParts, openKernelImage, tableParts } = await import('@btfq/kernel-tables');
  try {
    const opened = openKernelImage(image);
    const own = tableParts(kernelTables(opened, btf));
    const told = modules.flatMap(({ tables }) => tables ?? []);
    // A kernel all of whose modules are known; else what is in none of them may still be in one.
    const ofModules = modules.length > 0 && told.length === modules.length ? moduleParts(told) : {};
    return { parts: { ...own, ...ofModules }, source: opened.symbols.source };
  } catch (error) {
    // An architecture whose images are not understood, or no kallsyms: the kernel's types are there all the same.
    if (error instanceof Error && error.name === 'KernelTablesError') return undefined;
    throw error;
  }
}
