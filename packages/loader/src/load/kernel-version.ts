// The version that old kernels ask for, and LINUX_KERNEL_VERSION: libbpf_probes.c get_kernel_version.

import type { LoaderKernel } from '../kernel/system.ts';

/** (major << 16) + (minor << 8) + at most 255, of Ubuntu's signature, Debian's `uname -v`, or the release; 0 where none says it. */
export function kernelVersion(kernel: LoaderKernel): number {
  const { versionSignature, version, release } = kernel;
  return (
    encode(/^\S+\s+\S+\s+(\d+)\.(\d+)\.(\d+)/.exec(versionSignature ?? '')) ||
    encode(/Debian (\d+)\.(\d+)\.(\d+)/.exec(version ?? '')) ||
    encode(/^(\d+)\.(\d+)\.(\d+)/.exec(release))
  );
}

function encode(match: RegExpExecArray | null): number {
  if (match === null) return 0;
  const [major, minor, patch] = match.slice(1).map(Number) as [number, number, number];
  return (major << 16) + (minor << 8) + Math.min(patch, 255);
}
