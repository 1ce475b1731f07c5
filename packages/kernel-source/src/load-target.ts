// loadTarget: the BTF of one file, whatever it is, for commands that take a single TARGET.

import { readFile } from 'node:fs/promises';
import { isBtf } from '@btfq/btf-format';
import type { ByteSource } from '@btfq/dwarf';
import { isElf } from '@btfq/elf';
import { archOfElf } from './identity/arch.ts';
import { ByteStream, ownBytes, plainBytes } from './io/byte-stream.ts';
import { Collector } from './collect/collector.ts';
import { type Compression, decompress, decompressStream } from './compression/decompress.ts';
import { configOfImage } from './config/ikconfig.ts';
import type { KernelConfig } from './config/kernel-config.ts';
import { bannerOfElf, btfOfElf, openElf, rodataOf } from './image/elf-btf.ts';
import { KernelSourceError } from './errors.ts';
import { identifyCompression } from './identify.ts';
import { type KernelIdentity, partialIdentity } from './identity/identity.ts';
import { DEFAULT_MAX_BYTES, limitsOf, type KernelItem, type KernelModule, type ReadOptions } from './kernel.ts';
import { openLargeElf } from './image/large-elf.ts';
import { isSysfs, systemIdentity } from './identity/system.ts';
import { walkFile } from './walk.ts';

/** The BTF of one file. */
export interface LoadedTarget {
  /** Not checked: whoever parses it finds what is wrong. */
  readonly btf: Uint8Array;
  /** `.BTF.base` of a module. */
  readonly base?: Uint8Array;
  /** The modules of a package or archive. */
  readonly modules: readonly KernelModule[];
  /** The kernel's configuration, where the file has it; with a bare vmlinux only if `ReadOptions.image` is set. */
  readonly config?: KernelConfig;
  /** The unpacked kernel, where `ReadOptions.image` asks for it and the file has one. */
  readonly image?: Uint8Array;
  /** As much as the file says. */
  readonly identity: Partial<KernelIdentity>;
  readonly banner?: string;
  readonly provenance: string;
}

/** {@link ReadOptions}, and what to call the bytes. */
export interface LoadOptions extends ReadOptions {
  readonly path?: string;
}

/**
 * Reads any file that btfq reads: raw BTF, any ELF file with a `.BTF` section (kernels, modules, BPF objects), boot images,
 * packages and archives with one kernel in them.
 *
 * @throws KernelSourceError; with code `no-kernel` also where an archive holds several, which `found` lists
 */
export async function loadTarget(path: string, options: ReadOptions = {}): Promise<LoadedTarget> {
  const large = openLargeElf(path, options.image);
  if (large !== undefined) {
    try {
      return await loadOpened(large.bytes, { ...options, path }, large.source);
    } finally {
      large.close();
    }
  }
  let bytes: Uint8Array;
  try {
    bytes = plainBytes(await readFile(path));
  } catch (error) {
    const missing = (error as NodeJS.ErrnoException).code === 'ENOENT';
    throw new KernelSourceError(
      missing ? 'not-found' : 'unreadable',
      missing ? 'no such file' : (error as Error).message,
      {
        path,
        cause: error,
      },
    );
  }
  return loadTargetBytes(bytes, { ...options, path });
}

/** The same for bytes that are there already. `path` names them in errors, and may say the identity. */
export function loadTargetBytes(bytes: Uint8Array, options: LoadOptions = {}): Promise<LoadedTarget> {
  return loadOpened(bytes, options, undefined);
}

/** `source`: the file, where `bytes` has only the parts of it that are looked at. */
async function loadOpened(
  bytes: Uint8Array,
  options: LoadOptions,
  source: ByteSource | undefined,
): Promise<LoadedTarget> {
  const path = options.path ?? 'input';
  const maxBytes = options.maxBytes ?? DEFAULT_MAX_BYTES;
  const system = isSysfs(path) ? await systemIdentity() : {};
  const given = { ...system, ...options.identity };
  // The two that need no search are the commands' daily bread: nothing else is loaded or parsed for them.
  const packed = identifyCompression(bytes.subarray(0, 64));
  if (packed !== undefined && (await holdsBtfOrElf(bytes, packed, maxBytes))) {
    const inner = await decompress(packed, bytes, maxBytes);
    const target = await loadTargetBytes(inner, { ...options, path });
    return { ...target, provenance: target.provenance.replace(`${path}: `, `${path}: ${packed}, `) };
  }
  if (isBtf(bytes)) {
    return {
      btf: bytes,
      modules: [],
      identity: partialIdentity({ paths: [path], given }),
      provenance: `${path}: raw BTF`,
    };
  }
  if (isElf(bytes)) {
    const elf = openElf(bytes);
    const found = btfOfElf(elf, maxBytes);
    if (found !== undefined) {
      const banner = bannerOfElf(elf);
      const arch = archOfElf(elf);
      const evidence = {
        paths: [path],
        given,
        ...(arch === undefined ? {} : { arch }),
        ...(banner === undefined ? {} : { banner }),
      };
      return {
        btf: found.btf,
        ...(found.base === undefined ? {} : { base: found.base }),
        ...(options.image ? { image: bytes, ...embeddedIn(rodataOf(elf) ?? bytes) } : {}),
        modules: [],
        identity: partialIdentity(evidence),
        ...(banner === undefined ? {} : { banner }),
        provenance: `${path}: ELF .BTF`,
      };
    }
  }
  return search(bytes, path, given, options, source);
}

/** The configuration that an image carries; a damaged one is none here: `ingest` names it. */
function embeddedIn(bytes: Uint8Array): { config?: KernelConfig } {
  const found = configOfImage(bytes);
  if (found === undefined || 'error' in found) return {};
  return { config: { symbols: found.parsed.symbols, source: 'IKCFG of the image' } };
}

/** Whether a packed file is a packed module, vmlinux or BTF, and no archive. */
async function holdsBtfOrElf(bytes: Uint8Array, packed: Compression, maxBytes: number): Promise<boolean> {
  const stream = new ByteStream(decompressStream(packed, [bytes], maxBytes));
  try {
    const head = await stream.peek(64);
    return isBtf(head) || isElf(head);
  } catch {
    return false; // the search comes to the same error, and knows where it belongs
  } finally {
    await stream.close();
  }
}

/** Everything else is read as `ingest` would read it. */
async function search(
  bytes: Uint8Array,
  path: string,
  given: Partial<KernelIdentity>,
  options: ReadOptions,
  source: ByteSource | undefined,
): Promise<LoadedTarget> {
  const walkOptions = {
    given,
    // A name is needed to distinguish kernels, not to use one: what is unknown is left empty here.
    fallback: UNNAMED,
    ...limitsOf(options.maxBytes),
    fromDwarf: options.fromDwarf ?? false,
    modulesFromDwarf: options.modulesFromDwarf ?? false,
    moduleTables: options.moduleTables ?? false,
    modules: options.modules ?? true,
    image: options.image ?? false,
    ...(options.signal === undefined ? {} : { signal: options.signal }),
  };
  const collector = new Collector(walkOptions);
  const items: KernelItem[] = [];
  try {
    if (source !== undefined) await collector.add({ paths: [path], format: 'elf', bytes, source });
    else for await (const item of walkFile([ownBytes(bytes)], path, collector, walkOptions)) items.push(item);
    items.push(...collector.finish());
  } finally {
    collector.dispose();
  }
  return onlyKernel(items, path);
}

const UNNAMED: KernelIdentity = { distro: '', version: '', arch: '', release: '' };

function onlyKernel(items: readonly KernelItem[], path: string): LoadedTarget {
  const kernels = items.filter((item) => item.kind === 'kernel');
  const [kernel] = kernels;
  if (kernels.length > 1) {
    const names = kernels.map(({ identity }) => Object.values(identity).join('/'));
    throw new KernelSourceError('no-kernel', `${kernels.length} kernels in one file, and one is wanted`, {
      path,
      found: names.join(', '),
      expected: 'a file with one kernel',
    });
  }
  if (kernel === undefined) {
    const reason = items.find((item) => item.kind === 'skipped');
    throw new KernelSourceError(reason?.code ?? 'no-kernel', reason?.message ?? 'no kernel in it', {
      path: reason?.path ?? path,
      ...(reason?.found === undefined ? {} : { found: reason.found }),
      ...(reason?.expected === undefined ? {} : { expected: reason.expected }),
    });
  }
  const known = Object.entries(kernel.identity).filter(([, value]) => value !== '');
  return {
    btf: kernel.btf,
    modules: kernel.modules,
    ...(kernel.config === undefined ? {} : { config: kernel.config }),
    ...(kernel.image === undefined ? {} : { image: kernel.image }),
    identity: Object.fromEntries(known),
    ...(kernel.banner === undefined ? {} : { banner: kernel.banner }),
    provenance: kernel.provenance,
  };
}
