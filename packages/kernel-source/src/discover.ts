// Finds the work in a set of paths: which files are worth reading, and which belong together. Cheap: it looks at first bytes.

import { open, stat } from 'node:fs/promises';
import { basename, dirname, resolve } from 'node:path';
import { ByteStream } from './io/byte-stream.ts';
import { openDeb } from './archive/deb.ts';
import { KernelSourceError } from './errors.ts';
import { fileChunks } from './io/file.ts';
import { folderFiles } from './io/folder-walk.ts';
import { HEAD_SIZE, identify, isCompression } from './identify.ts';
import { isConfigName } from './config/kernel-config.ts';
import { PROC_CONFIG, SYSFS_BTF } from './identity/system.ts';
import { releaseOfPaths } from './identity/identity.ts';
import { DEFAULT_MAX_BYTES, checkAborted, type ReadOptions, type Skipped, skipped } from './kernel.ts';
import { NOT_READ_HEAD, notRead } from './not-read.ts';
import { openRpm } from './archive/rpm.ts';
import { isPromising } from './walk.ts';

/** Files that are read together, because together they are one kernel. Plain data, fit for `postMessage`. */
export interface Job {
  /** What people call it: its first file. */
  readonly label: string;
  /** Absolute paths, the kernel's before its modules'. */
  readonly files: readonly string[];
  /** The sum of the files' sizes. */
  readonly bytes: number;
  /** The folder that the caller named, where they were found in one. */
  readonly folder?: string;
  /** The folder is a container image: its files are layers of one root. */
  readonly image?: string;
}

/** A job, or a path that cannot even be looked at. */
export type Discovered = { readonly kind: 'job'; readonly job: Job } | Skipped;

interface File {
  readonly path: string;
  readonly size: number;
  /** Files with the same group are one job. */
  readonly group: string;
  /** Groups that this file goes with where there is one of them, the most likely first: a package that names no release. */
  readonly joins?: readonly string[];
  readonly module: boolean;
  /** A configuration: it goes with a kernel. */
  readonly config?: true;
  /** The folder that was named. */
  readonly folder?: string;
  /** The folder that is a container image. */
  readonly image?: string;
}

/** initrd.img-6.1.0-9-amd64, initramfs-linux.img, initrd of a boot loader's entry. */
const INITRD = /^init(?:rd|ramfs)(?:[-.]|$)/;
const MODULE = /\.ko(?:\.(?:xz|zst|gz))?$/;
/** BTFHub's and DataDog's files stand for themselves, and there are thousands: their first bytes are left to the reader. */
const TREE_FILE = /\.btf(?:\.tar)?\.(?:xz|gz|zst)$/;

/**
 * Walks files and folders, in the order of their names; a file that is named twice is one, and what links lead to is read
 * once. Files that are nothing btfq reads are passed over, unless they were named by the caller or are named like a kernel.
 */
export async function* discover(paths: readonly string[], options: ReadOptions = {}): AsyncGenerator<Discovered> {
  // All paths are looked at before the first job: an image and its modules may be two of them.
  const files = new Map<string, File>();
  for (const path of paths) {
    for await (const found of look(resolve(path), path, options)) {
      checkAborted(options.signal);
      if ('kind' in found) yield found;
      else files.set(found.path, found);
    }
  }
  for (const job of jobs(files.values())) yield { kind: 'job', job };
}

async function* look(path: string, named: string, options: ReadOptions): AsyncGenerator<File | Skipped> {
  try {
    const stats = await stat(path);
    if (stats.isDirectory()) {
      for await (const found of lookInFolder(path, options)) yield 'kind' in found ? found : { ...found, folder: path };
    } else yield await lookAt(path, stats.size, options);
  } catch (error) {
    yield skipped(named, systemError(error, named));
  }
}

async function* lookInFolder(folder: string, options: ReadOptions): AsyncGenerator<File | Skipped> {
  const passedOver = (path: string, reason: string) => options.onPassedOver?.(path, reason);
  for await (const entry of folderFiles(folder, passedOver, () => checkAborted(options.signal))) {
    const { path } = entry;
    try {
      if ('error' in entry) throw entry.error;
      if ('isImage' in entry) {
        yield { path, size: 0, group: path, module: false, image: path };
        continue;
      }
      const name = basename(path);
      if (TREE_FILE.test(name) || MODULE.test(name) || (await isWorthIt(path, name))) {
        yield await lookAt(path, entry.size, options);
      } else passedOver(path, entry.size === 0 ? 'an empty file' : await whyNot(path));
    } catch (error) {
      yield skipped(path, systemError(error, path));
    }
  }
}

/** Whether a file in a folder is something, or is named as if it were. */
async function isWorthIt(path: string, name: string): Promise<boolean> {
  if (isPromising(name)) return true;
  const format = identify(await readHead(path));
  return format === 'kernel-config' ? isConfigName(name) : format !== undefined;
}

/** Why a file in a folder is passed over. */
async function whyNot(path: string): Promise<string> {
  const known = notRead(await readHead(path, NOT_READ_HEAD));
  if (known === undefined) return 'nothing that holds a kernel, by its first bytes';
  return `${known.name}, which btfq does not read: it needs ${known.expected}`;
}

async function lookAt(path: string, size: number, options: ReadOptions): Promise<File> {
  const file = (group: string, module = false): File => ({ path, size, group, module });
  if (path === PROC_CONFIG) return { ...file(`btf in ${SYSFS_BTF}`), config: true };
  if (MODULE.test(path)) return file(kernelGroup(path), true);
  if (TREE_FILE.test(path)) return file(path);
  const format = identify(await readHead(path));
  // config.gz: what is packed in files of such names is looked at when it is read.
  if (format !== undefined && isCompression(format) && isConfigName(basename(path))) {
    return { ...file(kernelGroup(path)), config: true };
  }
  switch (format) {
    case 'deb':
    case 'rpm':
      return { ...file(path), ...(await packageGroup(path, format, options)) };
    case 'btf':
      // A raw vmlinux has its modules beside it: /sys/kernel/btf, an unpacked DataDog tar.
      return file(/\.btf$/.test(path) ? path : `btf in ${resolve(path, '..')}`);
    case 'cpio':
      // An initrd lies beside its kernel; with microcode in front it is no compressed file.
      return file(INITRD.test(basename(path)) ? kernelGroup(path) : path);
    case undefined:
    case 'tar':
    case 'zip':
    case 'iso':
    case 'squashfs':
    case 'ext4':
    case 'apk':
      return file(path);
    case 'kernel-config':
      return { ...file(kernelGroup(path)), config: true };
    default:
      return file(kernelGroup(path));
  }
}

/** A kernel and its modules on disk: by the release in their paths, else by their folder. */
function kernelGroup(path: string): string {
  const release = releaseOfPaths([path]);
  return release === undefined ? `kernel in ${resolve(path, '..')}` : `kernel ${release}`;
}

/**
 * What packages of one kernel have in common: the kernel in their name, their version, their architecture.
 * linux-image-6.8.0-31-generic and linux-modules-6.8.0-31-generic. An rpm's `Provides` says its release, whatever it is
 * called; those that say none (kernel-debuginfo, kernel-default-extra) go with the one that is meant, if it is there.
 */
async function packageGroup(
  path: string,
  format: 'deb' | 'rpm',
  options: ReadOptions,
): Promise<Pick<File, 'group' | 'joins'> | undefined> {
  const stream = new ByteStream(fileChunks(path));
  try {
    const open = format === 'deb' ? openDeb : openRpm;
    const { metadata, members } = await open(stream, options.maxBytes ?? DEFAULT_MAX_BYTES);
    await members.return(undefined);
    const { arch, release, version } = metadata;
    if (release !== undefined) return { group: `${format} ${release}` };
    const kernel = kernelOfPackage(metadata.name);
    const group = [format, kernel, version, arch].join(' ');
    if (format === 'deb') return { group };
    const shorter = [...kernel.matchAll(/-/g)].map(({ index }) => kernel.slice(0, index)).reverse();
    const joins = [...releasesOfRpm(kernel, version, arch), ...shorter.map((name) => `${name} ${version} ${arch}`)];
    return { group, joins: joins.map((one) => `rpm ${one}`) };
  } catch (error) {
    // The reader will come to the same error, and report it.
    if (error instanceof KernelSourceError) return undefined;
    throw error;
  } finally {
    await stream.close();
  }
}

/**
 * What `uname -r` may be by the name and version of an rpm: the version with the machine, and for kernel-rt, kernel-64k and
 * kernel-debug their flavour behind it, after a plus or, in older releases, a dot.
 */
function releasesOfRpm(kernel: string, version: string, arch: string): string[] {
  const release = `${version}.${arch}`;
  const flavour = /^kernel-(.+)$/.exec(kernel)?.[1];
  return flavour === undefined ? [release] : [`${release}+${flavour}`, `${release}.${flavour}`, release];
}

/** A package's name without what says which part of the kernel it holds. */
export function kernelOfPackage(name: string): string {
  return name
    .replace(/^linux-(?:image-unsigned|image|modules-extra|modules|binary|base)-/, 'linux-')
    .replace(/-(?:unsigned|dbg|dbgsym)$/, '')
    .replace(/-(?:core|debuginfo|modules(?:-[\w-]+)?)$/, '');
}

async function readHead(path: string, size = HEAD_SIZE): Promise<Uint8Array> {
  const handle = await open(path);
  try {
    const head = new Uint8Array(size);
    const { bytesRead } = await handle.read(head, 0, size, 0);
    return head.subarray(0, bytesRead);
  } finally {
    await handle.close();
  }
}

function* jobs(files: Iterable<File>): Generator<Job> {
  const groups = new Map<string, File[]>();
  for (const file of files) {
    const group = groups.get(file.group);
    if (group) group.push(file);
    else groups.set(file.group, [file]);
  }
  joinPackages(groups);
  joinModules(groups);
  joinConfigs(groups);
  for (const group of groups.values()) {
    const kernels = group.filter(({ module, config }) => !module && !config);
    const configs = group.filter(({ config }) => config);
    const ordered = [...kernels, ...configs, ...group.filter(({ module }) => module)];
    const { path, folder, image } = ordered[0] as File;
    yield {
      label: path,
      files: ordered.map(({ path }) => path),
      bytes: ordered.reduce((sum, { size }) => sum + size, 0),
      ...(folder === undefined ? {} : { folder }),
      ...(image === undefined ? {} : { image }),
    };
  }
}

/** Packages that name no release go with the kernel that they belong to, if its package is there. */
function joinPackages(groups: Map<string, File[]>): void {
  for (const [key, group] of [...groups]) {
    const meant = group[0]?.joins?.find((other) => other !== key && groups.has(other));
    if (meant === undefined) continue;
    groups.get(meant)?.push(...group);
    groups.delete(key);
  }
}

/** Modules in a folder whose kernel is raw BTF go with it: they may be raw too, whatever they are named. */
function joinModules(groups: Map<string, File[]>): void {
  for (const [key, group] of [...groups]) {
    const kernel = groups.get(key.replace(/^kernel in /, 'btf in '));
    if (kernel === undefined || kernel === group || !group.every(({ module }) => module)) continue;
    kernel.push(...group);
    groups.delete(key);
  }
}

/**
 * A configuration that is a group by itself goes with the kernel of its release, whatever that is packed in; one without a
 * release, with the only kernel in its folder.
 */
function joinConfigs(groups: Map<string, File[]>): void {
  for (const [key, group] of [...groups]) {
    if (!group.every(({ config }) => config)) continue;
    const path = (group[0] as File).path;
    const release = releaseOfPaths([path]);
    const isMeant = (other: File) =>
      release === undefined ? dirname(other.path) === dirname(path) : namesRelease(other.path, release);
    const kernels = [...groups].filter(([, files]) => files.some((other) => !other.config && isMeant(other)));
    const beside = kernels.filter(([, files]) => files.some((other) => dirname(other.path) === dirname(path)));
    const [meant, another] = kernels.length > 1 ? beside : kernels;
    if (meant === undefined || another !== undefined) continue;
    meant[1].push(...group);
    groups.delete(key);
  }
}

/** Whether a file is named by a release: `vmlinuz-R`, `R.btf.tar.xz`, `linux-image-R_6.1.176-1_amd64.deb`. */
function namesRelease(path: string, release: string): boolean {
  return releaseOfPaths([path]) === release || `-${basename(path)}`.includes(`-${release}_`);
}

/** The system's refusals as this package's errors; its own pass through. */
function systemError(error: unknown, path: string): unknown {
  if (error instanceof KernelSourceError) return error;
  const code = (error as NodeJS.ErrnoException).code;
  if (code === undefined) return error;
  if (code === 'ENOENT' || code === 'ENOTDIR') {
    return new KernelSourceError('not-found', 'no such file or folder', { path, cause: error });
  }
  return new KernelSourceError('unreadable', (error as Error).message, { path, cause: error });
}
