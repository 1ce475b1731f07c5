// Walks one file: takes off its compressions, opens the archives in it, and hands every image, module and BTF to a Collector.

import type { ByteSource } from '@btfq/dwarf';
import { ByteStream, type Chunks, readAll, tooLarge } from './io/byte-stream.ts';
import type { PackedSource } from './io/packed-source.ts';
import { Collector, type CollectorOptions } from './collect/collector.ts';
import { isConfigPath, MAX_CONFIG } from './config/kernel-config.ts';
import { openApk3 } from './archive/apk3.ts';
import { cpioMembers } from './archive/cpio.ts';
import { openDeb } from './archive/deb.ts';
import { decompressStream } from './compression/decompress.ts';
import { KernelSourceError } from './errors.ts';
import { type Container, HEAD_SIZE, identify, isCompression, isContainer, SHORT_HEAD_SIZE } from './identify.ts';
import { label } from './member-paths.ts';
import { LARGE, partsOfElf, unpackElf } from './image/large-elf.ts';
import { spool } from './io/spool.ts';
import { checkAborted, type KernelItem, type Limits, skipped } from './kernel.ts';
import type { Member } from './archive/member.ts';
import { memberPath } from './archive/member.ts';
import { isDebugPackage, type PackageMetadata } from './identity/package.ts';
import { MAX_OS_RELEASE } from './identity/system-around.ts';
import { mayBeOsRelease, mayLeadToOsRelease } from './identity/roots.ts';
import { ext4Members } from './archive/ext4.ts';
import { isoMembers } from './archive/iso.ts';
import { containerImages, filesOfTar, type ImageFiles, rootMembers, startsLikeImage } from './archive/oci.ts';
import { NOT_READ_HEAD, notRead } from './not-read.ts';
import { openRpm } from './archive/rpm.ts';
import { squashfsMembers } from './archive/squashfs.ts';
import { tarMembers } from './archive/tar.ts';
import { zipMembers } from './archive/zip.ts';

/** Archives in archives: a tar of packages is two, their compressions come on top. */
const MAX_DEPTH = 8;
/** Names that promise a kernel: where the content is something else, that is worth a word. For messages only. */
const PROMISING =
  /\.(?:btf|deb|ddeb|rpm|apk|xbps|ko|tar|tgz|cpio|img|iso|squashfs|snap|zip|efi)(?:\.\w+)*$|^vmlinu[xz]|^[bz]?Image\b|^bzImage/;

/** What holds for the whole walk. */
export interface WalkOptions extends CollectorOptions, Limits {
  readonly signal?: AbortSignal;
}

/** The state of one level: where it is, whose files it gathers. */
export interface Level {
  readonly paths: readonly string[];
  readonly depth: number;
  readonly collector: Collector;
  readonly package?: PackageMetadata;
  /** The file itself, to read in any order, for the outermost level. */
  readonly file?: () => ByteSource | undefined;
}

/**
 * Reads one file into the collector, from its chunks, or from `file` where that saves reading all of it. Archives inside it are units of their own: their kernels come out at once.
 *
 * @throws KernelSourceError only `aborted`; all else is yielded, or remembered by the collector
 */
export async function* walkFile(
  chunks: Chunks,
  path: string,
  collector: Collector,
  options: WalkOptions,
  file?: () => ByteSource | undefined,
): AsyncGenerator<KernelItem> {
  const level = { paths: [path], depth: 0, collector };
  yield* walk(new ByteStream(chunks), file === undefined ? level : { ...level, file }, options);
}

async function* walk(stream: ByteStream, level: Level, options: WalkOptions): AsyncGenerator<KernelItem> {
  try {
    checkAborted(options.signal);
    // Only s390 images need the long look: for all else it would copy what it looks at.
    const format = identify(await stream.peek(SHORT_HEAD_SIZE)) ?? identify(await stream.peek(HEAD_SIZE));
    if (format === undefined) await unknown(stream, level);
    else if (isCompression(format)) {
      if (level.depth >= MAX_DEPTH) throw tooDeep();
      const unpacked = decompressStream(format, stream.rest(), options.maxBytes, options.maxStream);
      const inner = new ByteStream(unpacked);
      const { file: _, ...inside } = level;
      yield* walk(inner, { ...inside, depth: level.depth + 1 }, options);
    } else if (isContainer(format)) {
      yield* container(stream, format, level, options);
    } else if (format === 'kernel-config') {
      // Packages of sources and headers have many such files, and few that say how a kernel was built.
      const inArchive = level.paths.length > 1;
      if (inArchive && !isConfigPath(level.paths.at(-1)!)) return;
      level.collector.addConfig(level.paths, await readAll(stream.rest(), MAX_CONFIG, label(level.paths)));
    } else if (format === 'elf') {
      await elfFile(stream, level, options);
    } else {
      const bytes = await readAll(stream.rest(), options.maxBytes, label(level.paths));
      const metadata = level.package === undefined ? {} : { package: level.package };
      await level.collector.add({ paths: level.paths, format, bytes, ...metadata });
    }
  } catch (error) {
    if (!(error instanceof KernelSourceError) || error.code === 'aborted') throw error;
    level.collector.addProblem(level.paths, error);
  } finally {
    await stream.close();
  }
}

/** An ELF file: kernels with debug information are large, and go to disk. */
async function elfFile(stream: ByteStream, level: Level, options: WalkOptions): Promise<void> {
  const { collector, paths } = level;
  const spooled = await spool(stream.rest(), options.maxElf, label(paths));
  let kept = false;
  try {
    const bytes = spooled.bytes ?? partsOfElf(spooled, options.image);
    if (bytes === undefined) throw damagedHeaders();
    const metadata = level.package === undefined ? {} : { package: level.package };
    kept = await collector.add({ paths, format: 'elf', bytes, source: spooled, ...metadata });
  } finally {
    if (!kept) spooled.dispose();
  }
}

/** The same in packed data that is read in any order: only what is looked at is unpacked. */
async function packedElf(source: PackedSource, level: Level, options: WalkOptions): Promise<void> {
  const { collector, paths } = level;
  try {
    checkAborted(options.signal);
    if (source.size > options.maxElf) throw tooLarge(label(paths), options.maxElf);
    const bytes = await unpackElf(source, options.image, options.fromDwarf ?? false);
    if (bytes === undefined) throw damagedHeaders();
    const metadata = level.package === undefined ? {} : { package: level.package };
    await collector.add({ paths, format: 'elf', bytes, source, ...metadata });
  } catch (error) {
    if (!(error instanceof KernelSourceError) || error.code === 'aborted') throw error;
    collector.addProblem(paths, error);
  }
}

function damagedHeaders(): KernelSourceError {
  return new KernelSourceError('bad-elf', 'damaged headers of a large ELF file');
}

async function* container(
  stream: ByteStream,
  format: Container,
  level: Level,
  options: WalkOptions,
): AsyncGenerator<KernelItem> {
  if (level.depth >= MAX_DEPTH) throw tooDeep();
  if (format === 'tar' && startsLikeImage(await stream.peek(2048))) {
    yield* walkImage(await filesOfTar(stream.rest(), options), level, options);
    return;
  }
  if (isRandomAccess(format)) {
    const spooled = await spool(stream.rest(), options.maxElf, label(level.paths));
    try {
      yield* containerMembers(RANDOM_ACCESS[format](spooled), undefined, level, options);
    } finally {
      spooled.dispose();
    }
    return;
  }
  const { members, metadata } = await open(stream, format, level, options);
  yield* containerMembers(members, metadata, level, options);
}

/** Containers that are read in any order. */
const RANDOM_ACCESS = { zip: zipMembers, iso: isoMembers, squashfs: squashfsMembers, ext4: ext4Members } as const;

function isRandomAccess(format: Container): format is keyof typeof RANDOM_ACCESS {
  return Object.hasOwn(RANDOM_ACCESS, format);
}

/** A container image: each is a root file system of its own. */
export async function* walkImage(files: ImageFiles, level: Level, options: WalkOptions): AsyncGenerator<KernelItem> {
  try {
    const images = await containerImages(files);
    if (images.length === 0) yield* containerMembers(listed(files.members), undefined, level, options);
    for (const image of images) {
      const paths = images.length === 1 ? level.paths : [...level.paths, image.name];
      yield* containerMembers(rootMembers(files, image, options), undefined, { ...level, paths }, options);
    }
  } catch (error) {
    if (!(error instanceof KernelSourceError) || error.code === 'aborted') throw error;
    level.collector.addProblem(level.paths, error);
  } finally {
    files.dispose();
  }
}

async function* listed(members: readonly Member[]): AsyncGenerator<Member> {
  yield* members;
}

async function* containerMembers(
  members: AsyncGenerator<Member>,
  metadata: PackageMetadata | undefined,
  level: Level,
  options: WalkOptions,
): AsyncGenerator<KernelItem> {
  // The file itself shares the collector with the files beside it (an image and its modules may be two packages); an archive
  // inside an archive stands for itself.
  const outermost = level.paths.length === 1;
  const collector = outermost ? level.collector : new Collector(options);
  const inside = { depth: level.depth + 1, collector, ...(metadata === undefined ? {} : { package: metadata }) };
  let failure: unknown;
  try {
    for await (const member of members) {
      checkAborted(options.signal);
      yield* walkMember(member, { paths: level.paths, ...inside }, options);
      // A debug package is large: without its modules there is nothing more to come.
      if (options.modulesFromDwarf || metadata === undefined || !isDebugPackage(metadata)) continue;
      if (!collector.hasKernelOf(level.paths)) continue;
      collector.passOverModules();
      break;
    }
  } catch (error) {
    if (!(error instanceof KernelSourceError) || error.code === 'aborted') throw error;
    failure = error;
  }
  if (failure !== undefined) collector.addProblem(level.paths, failure);
  if (outermost) return;
  yield* collector.finish();
  collector.dispose();
}

async function* walkMember(member: Member, level: Level, options: WalkOptions): AsyncGenerator<KernelItem> {
  let path: string;
  try {
    path = memberPath(member.path);
  } catch (error) {
    yield skipped(label(level.paths), error);
    return;
  }
  const paths = [...level.paths, path];
  if (!options.modulesFromDwarf && isDebugModule(path, level.package)) {
    level.collector.passOverModules();
    return;
  }
  if (member.link !== undefined) {
    if (mayLeadToOsRelease(path)) level.collector.addRootEntry(paths, { link: member.link });
    return;
  }
  if (member.size === 0) return;
  if (mayBeOsRelease(path) && member.size <= MAX_OS_RELEASE) {
    const bytes = await readAll(member.chunks, MAX_OS_RELEASE, path);
    level.collector.addRootEntry(paths, { text: new TextDecoder().decode(bytes) });
    return;
  }
  const { content } = member;
  // dwz's common files stay in use beyond the end of their archive
  const leaves = /(?:^|\/)\.dwz\//.test(path);
  if (
    content !== undefined &&
    content.size >= LARGE &&
    !leaves &&
    identify(content.read(0, SHORT_HEAD_SIZE)) === 'elf'
  ) {
    await packedElf(content, { ...level, paths }, options);
    return;
  }
  yield* walk(new ByteStream(member.chunks), { ...level, paths }, options);
}

async function open(
  stream: ByteStream,
  format: Exclude<Container, keyof typeof RANDOM_ACCESS>,
  level: Level,
  { maxBytes, maxStream }: WalkOptions,
): Promise<{ members: AsyncGenerator<Member>; metadata?: PackageMetadata }> {
  switch (format) {
    case 'tar':
      return { members: tarMembers(stream.rest()) };
    case 'cpio':
      return { members: cpioMembers(stream, [], maxBytes) };
    case 'deb':
      return openDeb(stream, maxBytes, maxStream, level.file);
    case 'rpm':
      return openRpm(stream, maxBytes, maxStream);
    case 'apk':
      return openApk3(stream, maxBytes, maxStream);
  }
}

/** What is nothing that btfq reads: an error for the file itself, a word for what is named like a kernel, else silence. */
async function unknown(stream: ByteStream, level: Level): Promise<void> {
  const path = level.paths.at(-1)!;
  const name = path.split('/').at(-1)!;
  if (level.paths.length > 1 && !PROMISING.test(name)) return;
  const known = notRead(await stream.peek(NOT_READ_HEAD));
  if (known !== undefined) {
    const { expected, name: found } = known;
    throw new KernelSourceError('unknown-format', `${found}, which btfq does not read`, { found, expected });
  }
  const head = await stream.peek(16);
  const hex = Buffer.from(head)
    .toString('hex')
    .replace(/(..)(?=.)/g, '$1 ');
  throw new KernelSourceError('unknown-format', 'nothing that holds a kernel', {
    found: head.length === 0 ? 'an empty file' : `bytes that start ${hex}`,
    expected: 'BTF, ELF, a boot image, a package or an archive of them',
  });
}

/** Whether a member is a module's debug information: by its name, for it is passed over without being looked at. */
function isDebugModule(path: string, metadata: PackageMetadata | undefined): boolean {
  if (!/\.ko(?:\.\w+)*$/.test(path)) return false;
  return (metadata !== undefined && isDebugPackage(metadata)) || /(?:^|\/)usr\/lib\/debug\//.test(path);
}

/** Whether a file that turned out to be nothing is worth reporting. */
export function isPromising(name: string): boolean {
  return PROMISING.test(name);
}

function tooDeep(): KernelSourceError {
  return new KernelSourceError('too-deep', `archives in archives, ${MAX_DEPTH} deep`, {
    expected: `at most ${MAX_DEPTH}`,
  });
}
