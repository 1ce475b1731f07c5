// @btfq/kernel-source/identity: what kernels are called. No I/O and no `node:` module: it runs in a browser.

export { archAlias, isArch } from './arch.ts';
export { releaseOfBanner } from './banner.ts';
export type { KernelIdentity } from './identity.ts';
export { type Distro, distroOfBanner } from './distro.ts';
export { compareReleases, kernelVersion, parseRelease, type Release, releaseComparer } from './release.ts';
