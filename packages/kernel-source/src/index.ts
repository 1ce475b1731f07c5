// @btfq/kernel-source: files, folders, archives, boot images and packages in; kernels' BTF with their identity out.

export { discover } from './discover.ts';
export type { Discovered, Job } from './discover.ts';
export { readJob } from './read-job.ts';
export { loadTarget, loadTargetBytes } from './load-target.ts';
export { openBtf, type OpenedBtf } from './open-btf.ts';
export type { LoadedTarget, LoadOptions } from './load-target.ts';
export { DEFAULT_MAX_BYTES } from './kernel.ts';
export type { Kernel, KernelItem, KernelModule, ReadOptions, Skipped } from './kernel.ts';
export { parseKernelConfig } from './config/kernel-config.ts';
export type { KernelConfig, ParsedConfig } from './config/kernel-config.ts';
export { configBeside } from './config/beside.ts';
export type { KernelIdentity } from './identity/identity.ts';
export { archAlias, isArch } from './identity/arch.ts';
export { releaseOfBanner } from './identity/banner.ts';
export { type Distro, distroOfBanner } from './identity/distro.ts';
export { compareReleases, kernelVersion, parseRelease } from './identity/release.ts';
export type { Release } from './identity/release.ts';
export { type Compressors, decompressed, reproducibleCompressors } from './compression/compress.ts';
export { decompressSection, encodeBtfFile, type FileSource, openFileSource } from './dwarf/file-source.ts';
export { identify } from './identify.ts';
export type { FormatName } from './identify.ts';
export { KernelSourceError } from './errors.ts';
export type { KernelSourceErrorCode, KernelSourceErrorDetails } from './errors.ts';
