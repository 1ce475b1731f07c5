// The kernel inside a file: raw BTF, an ELF vmlinux, or a boot image with one of them packed in it.

import { type Btf, BtfError, parseBtf } from '@btfq/btf-format';
import { archOfElf } from '../identity/arch.ts';
import { findBanner } from '../identity/banner.ts';
import { ownBytes } from '../io/byte-stream.ts';
import { configOfImage, type EmbeddedConfig } from '../config/ikconfig.ts';
import { androidPayload } from './android-boot.ts';
import { bzImagePayload } from './bzimage.ts';
import { scanForBtf } from './btf-scan.ts';
import { decompressPrefix } from '../compression/decompress.ts';
import { chromeosPayload } from './chromeos-kernel.ts';
import { fitPayload } from './fit.ts';
import { zbootPayload } from './efi-zboot.ts';
import {
  bannerOfElf,
  btfOfElf,
  elfKind,
  elfSectionBytes,
  findSection,
  hasEmptyBtf,
  hasKernelSections,
  openElf,
  rodataOf,
} from './elf-btf.ts';
import { KernelSourceError } from '../errors.ts';
import { HEAD_SIZE, type Image, identify, identifyCompression, isCompression, isContainer } from '../identify.ts';
import { notKernelBtf } from './kernel-proof.ts';
import { buildIdOfElf, buildIdOfFlat } from './build-id.ts';
import type { Payload } from './payload.ts';
import { findPayloads } from './payload-scan.ts';
import { unifiedKernel } from './uki.ts';
import type { ElfFile } from '@btfq/elf';
import { type ByteSource, bytesSource } from '@btfq/dwarf';
import { btfFromDwarf, type FromDwarf, hasDebugInformation } from '../dwarf/from-dwarf.ts';
import type { Distro } from '../identity/distro.ts';

/** What one file says about its kernel. */
export interface KernelImage {
  /** Does not share its buffer with the image. */
  readonly btf: Uint8Array;
  readonly parsed: Btf;
  readonly banner?: string;
  readonly arch?: string;
  /** The release in a boot image's header. */
  readonly release?: string;
  /** The os-release that a unified kernel image carries. */
  readonly system?: Distro;
  /** The unpacked kernel that the BTF was found in, ELF or flat; undefined for raw BTF. Shares its buffer with what was read. */
  readonly image?: Uint8Array;
  /** The kernel's build id, hexadecimal, where one was found. */
  readonly buildId?: string;
  /** The configuration that the kernel carries (CONFIG_IKCONFIG). */
  readonly config?: EmbeddedConfig;
  /** It was made from debug information. */
  readonly fromDwarf?: true;
  /** The BTF that the kernel has of its own, where one was made from debug information all the same. */
  readonly own?: Uint8Array;
  /** How it was reached, outermost first: 'bzImage', 'zstd at 16777', 'ELF .BTF'. */
  readonly trail: readonly string[];
}

/** Payloads in payloads: a zboot image holds an arm64 image; nothing known goes deeper. */
const MAX_DEPTH = 4;

const NAMES: Readonly<Record<Image, string>> = {
  btf: 'raw BTF',
  elf: 'ELF',
  bzimage: 'bzImage',
  'efi-zboot': 'EFI zboot',
  'arm64-image': 'arm64 Image',
  'riscv-image': 'riscv Image',
  's390-image': 's390 image',
  'arm-zimage': 'arm zImage',
  'pe-image': 'PE image',
  uimage: 'uImage',
  'android-boot': 'Android boot image',
  'vendor-boot': 'Android vendor boot image',
  'chromeos-kernel': 'ChromeOS kernel partition',
  fit: 'FIT image',
};

const ARCHES: Partial<Readonly<Record<Image, string>>> = {
  'arm64-image': 'arm64',
  'riscv-image': 'riscv64',
  's390-image': 's390x',
  'arm-zimage': 'armv7l',
};

/** What was seen on the way: it goes into the result, or into the error's `found`. */
interface ImageEvidence {
  readonly trail: readonly string[];
  readonly arch?: string;
  readonly release?: string;
  readonly banner?: string;
  readonly system?: Distro;
}

/** What reading an image may be said besides. */
export interface ImageOptions extends FromDwarf {
  /** BTF is made from debug information even where the kernel has its own. */
  readonly prefer?: boolean | undefined;
  /** The file itself, where `bytes` has only the parts of it that are looked at. */
  readonly source?: ByteSource | undefined;
}

/**
 * Finds the kernel's BTF in a file of that format.
 *
 * @throws KernelSourceError `no-btf` for a whole kernel without BTF; `bad-*`, `truncated`, `too-large` for a damaged one
 */
export async function readKernelImage(
  bytes: Uint8Array,
  format: Image,
  maxBytes: number,
  options: ImageOptions = {},
): Promise<KernelImage> {
  if (format !== 'elf') return read(bytes, format, { trail: [] }, maxBytes);
  const elf = openElf(bytes);
  if (!hasDebugInformation(elf) || elfKind(elf) !== 'vmlinux') return readElf(bytes, { trail: [] }, maxBytes);
  const own = btfOfElf(elf, maxBytes);
  if (own === undefined) return readDwarf(elf, { trail: [] }, options);
  if (!options.prefer || !hasKernelSections(elf)) return readElf(bytes, { trail: [] }, maxBytes);
  return { ...readDwarf(elf, { trail: [] }, options), own: ownBytes(own.btf) };
}

/** The BTF that a kernel's debug information makes. @throws KernelSourceError `bad-dwarf` */
function readDwarf(elf: ElfFile, before: ImageEvidence, options: ImageOptions = {}): KernelImage {
  const sight = withSight(before, 'ELF, from DWARF', { arch: archOfElf(elf), banner: bannerOfElf(elf) });
  const btf = btfFromDwarf(options.source ?? bytesSource(elf.bytes), options);
  return {
    ...parsed(btf, sight),
    fromDwarf: true,
    image: elf.bytes,
    ...built(buildIdOfElf(elf)),
    ...embedded(rodataOf(elf) ?? elf.bytes),
  };
}

function built(buildId: string | undefined): { buildId?: string } {
  return buildId === undefined ? {} : { buildId };
}

function embedded(bytes: Uint8Array): { config?: EmbeddedConfig } {
  const config = configOfImage(bytes);
  return config === undefined ? {} : { config };
}

async function read(bytes: Uint8Array, format: Image, sight: ImageEvidence, maxBytes: number): Promise<KernelImage> {
  switch (format) {
    case 'btf':
      return parsed(bytes, { ...sight, trail: [...sight.trail, NAMES.btf] });
    case 'elf':
      return readElf(bytes, sight, maxBytes);
    case 'bzimage':
      return readPayload(bytes, format, bzImagePayload(bytes), sight, maxBytes);
    case 'efi-zboot':
      return readPayload(bytes, format, zbootPayload(bytes), sight, maxBytes);
    case 'android-boot':
      return readPayload(bytes, format, androidPayload(bytes), sight, maxBytes);
    case 'chromeos-kernel':
      return readPayload(bytes, format, chromeosPayload(bytes), sight, maxBytes);
    case 'fit':
      return readPayload(bytes, format, fitPayload(bytes), sight, maxBytes);
    case 'vendor-boot':
      throw notKernel('an Android vendor boot image, which has ramdisks and no kernel');
    case 'pe-image':
      return readPe(bytes, sight, maxBytes);
    default:
      return readRaw(bytes, format, sight, maxBytes);
  }
}

async function readElf(bytes: Uint8Array, before: ImageEvidence, maxBytes: number): Promise<KernelImage> {
  const elf = openElf(bytes);
  const kind = elfKind(elf);
  if (kind === 'bpf') throw notKernel('a BPF object, and no kernel');
  const arch = archOfElf(elf);
  const found = btfOfElf(elf, maxBytes);
  const banner = bannerOfElf(elf);
  const sight = withSight(before, `ELF vmlinux`, { arch, banner });
  if (found) {
    const image = parsed(found.btf, { ...sight, trail: [...before.trail, 'ELF .BTF'] });
    // A program may have BTF of its own. Without any of a kernel's sections, what the BTF says decides.
    const reason = hasKernelSections(elf) || kind === 'module' ? undefined : notKernelBtf(image.parsed, 0);
    if (reason !== undefined) throw notKernel(`an ELF file whose BTF is not a kernel's: ${reason}`);
    return { ...image, image: bytes, ...built(buildIdOfElf(elf)), ...embedded(rodataOf(elf) ?? bytes) };
  }
  // 32-bit PowerPC packs its kernel into a section of the boot wrapper.
  const wrapped = findSection(elf, '.kernel:vmlinux.strip');
  if (wrapped) {
    const payload = { offset: wrapped.offset, bytes: elfSectionBytes(elf, wrapped, maxBytes) };
    return readPayload(bytes, 'elf', payload, before, maxBytes);
  }
  if (elf.sections.length === 0) return readRaw(bytes, 'elf', before, maxBytes);
  if (kind === 'other') {
    throw new KernelSourceError('no-kernel', 'an ELF file that is neither a kernel nor a module', {
      found: `${describe(sight)}: ${elf.sections.length} sections, none of a kernel`,
    });
  }
  if (hasDebugInformation(elf)) return readDwarf(elf, before);
  if (hasEmptyBtf(elf)) {
    throw new KernelSourceError('no-btf', 'the .BTF section has no content in this file: it is a debug file', {
      found: `${describe(sight)}: .BTF is NOBITS`,
      expected: 'the kernel that it belongs to, vmlinux or vmlinuz, whose .BTF is there',
    });
  }
  throw noBtf(sight, `${elf.sections.length} sections, no .BTF section`);
}

async function readPayload(
  bytes: Uint8Array,
  format: Image,
  payload: Payload | undefined,
  before: ImageEvidence,
  maxBytes: number,
): Promise<KernelImage> {
  const sight = withSight(before, NAMES[format], payload ?? {});
  if (payload === undefined) return readRaw(bytes, format, before, maxBytes);
  const compression = payload.compression ?? identifyCompression(payload.bytes);
  const step = `${compression ?? 'payload'} at ${payload.offset}`;
  if (compression === undefined) return readInner(payload.bytes, withSight(sight, step, {}), maxBytes, format);
  let inner: Uint8Array;
  try {
    inner = await decompressPrefix(compression, payload.bytes, maxBytes);
  } catch (error) {
    if (!(error instanceof KernelSourceError)) throw error;
    throw new KernelSourceError(error.code, error.message, {
      found: describe(withSight(sight, step, {})),
      offset: payload.offset,
      cause: error,
    });
  }
  return readInner(inner, withSight(sight, step, {}), maxBytes);
}

/** Whatever a payload turned out to be: usually an ELF vmlinux or a flat image without a header. */
async function readInner(
  bytes: Uint8Array,
  sight: ImageEvidence,
  maxBytes: number,
  outer?: Image,
): Promise<KernelImage> {
  const format = identify(bytes.subarray(0, HEAD_SIZE));
  // ChromeOS takes the setup off an x86 kernel: what is left has no header.
  if (format === undefined && outer === 'chromeos-kernel') return readRaw(bytes, 'bzimage', sight, maxBytes);
  if (format === undefined || sight.trail.length > 2 * MAX_DEPTH) return readFlat(bytes, sight);
  if (isCompression(format)) {
    return readPayload(bytes, 'pe-image', { offset: 0, bytes, compression: format }, sight, maxBytes);
  }
  if (isContainer(format) || format === 'kernel-config') return readFlat(bytes, sight);
  return read(bytes, format, sight, maxBytes);
}

/** A flat image: BTF is found by its own header. @throws KernelSourceError */
function readFlat(bytes: Uint8Array, before: ImageEvidence): KernelImage {
  const banner = findBanner(bytes);
  const sight = withSight(before, undefined, { banner });
  const { found, damaged, foreign } = scanForBtf(bytes);
  // A kernel's banner stands in the same bytes as its BTF.
  if (found && banner === undefined) {
    throw notKernel('BTF, but no banner of a kernel beside it', describe(sight));
  }
  if (found) {
    return {
      btf: found.bytes,
      parsed: found.parsed,
      ...sight,
      ...embedded(bytes),
      ...built(buildIdOfFlat(bytes)),
      image: bytes,
      trail: [...sight.trail, `BTF at ${found.offset} by its content`],
    };
  }
  if (damaged) {
    throw new KernelSourceError('bad-btf', `the BTF at ${damaged.offset} is damaged: ${reason(damaged.error)}`, {
      offset: damaged.offset,
      found: describe(sight),
      cause: damaged.error,
    });
  }
  const other = foreign && `the BTF at ${foreign.offset} is not a kernel's: ${foreign.reason}`;
  throw noBtf(sight, `${bytes.length} bytes of kernel, ${other ?? 'no BTF in them'}`);
}

/** A PE file: a unified kernel image, of which only the kernel counts, or a kernel with an EFI stub. */
async function readPe(bytes: Uint8Array, before: ImageEvidence, maxBytes: number): Promise<KernelImage> {
  const unified = unifiedKernel(bytes);
  if (unified === undefined) return readRaw(bytes, 'pe-image', before, maxBytes);
  if (unified === 'no-kernel') throw notKernel('an add-on of a unified kernel image, without a kernel in it');
  const { linux, arch, release, system } = unified;
  const sight = withSight(before, 'UKI', { arch, release, system });
  return readInner(linux.bytes, withSight(sight, `.linux at ${linux.offset}`, {}), maxBytes);
}

/** An image without a header that says where its parts are: flat, or with packed data somewhere in it. */
async function readRaw(
  bytes: Uint8Array,
  format: Image,
  before: ImageEvidence,
  maxBytes: number,
): Promise<KernelImage> {
  const sight = withSight(before, NAMES[format], { arch: ARCHES[format] });
  let failure: unknown;
  try {
    return readFlat(bytes, sight);
  } catch (error) {
    failure = error;
  }
  // Of all that looks packed, the kernel is what has a banner or BTF: the rest is a configuration, an initramfs, or chance.
  for await (const payload of findPayloads(bytes, maxBytes)) {
    const step = `${payload.compression} at ${payload.offset}`;
    try {
      return await readInner(payload.content, withSight(sight, step, {}), maxBytes);
    } catch (error) {
      if (findBanner(payload.content) !== undefined) throw error;
    }
  }
  // Not every EFI program or U-Boot image is a kernel.
  if ((format === 'pe-image' || format === 'uimage') && isNoBtf(failure) && findBanner(bytes) === undefined) {
    throw new KernelSourceError('no-kernel', `a ${NAMES[format]} without a kernel in it`, { found: NAMES[format] });
  }
  throw failure;
}

function notKernel(message: string, found?: string): KernelSourceError {
  return new KernelSourceError('no-kernel', message, found === undefined ? {} : { found });
}

function isNoBtf(error: unknown): boolean {
  return error instanceof KernelSourceError && error.code === 'no-btf';
}

function parsed(bytes: Uint8Array, sight: ImageEvidence): KernelImage {
  const btf = ownBytes(bytes);
  try {
    return { btf, parsed: parseBtf(btf), ...sight };
  } catch (error) {
    if (!(error instanceof BtfError)) throw error;
    throw new KernelSourceError('bad-btf', `damaged BTF: ${error.message}`, {
      ...(error.offset === undefined ? {} : { offset: error.offset }),
      found: describe(sight),
      cause: error,
    });
  }
}

/** Adds a step to the trail; what was known before stays, as outer headers are made to say it. */
function withSight(
  before: ImageEvidence,
  step: string | undefined,
  seen: {
    arch?: string | undefined;
    release?: string | undefined;
    banner?: string | undefined;
    system?: Distro | undefined;
  },
): ImageEvidence {
  const arch = before.arch ?? seen.arch;
  const release = before.release ?? seen.release;
  const banner = before.banner ?? seen.banner;
  const system = before.system ?? seen.system;
  return {
    trail: step === undefined ? before.trail : [...before.trail, step],
    ...(arch === undefined ? {} : { arch }),
    ...(release === undefined ? {} : { release }),
    ...(banner === undefined ? {} : { banner }),
    ...(system === undefined ? {} : { system }),
  };
}

function describe(sight: ImageEvidence): string {
  const kernel = sight.banner?.split(' ').slice(0, 3).join(' ') ?? sight.release;
  return [sight.trail.join(', '), sight.arch, kernel].filter(Boolean).join(', ') || NAMES.btf;
}

function noBtf(sight: ImageEvidence, seen: string): KernelSourceError {
  return new KernelSourceError('no-btf', 'the kernel has no BTF: CONFIG_DEBUG_INFO_BTF was off', {
    found: `${describe(sight)}: ${seen}`,
  });
}

function reason(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
