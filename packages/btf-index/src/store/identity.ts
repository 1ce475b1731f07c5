// A kernel's identity (distro, version, arch, release): its checks, and its name.

import { archAlias } from '@btfq/kernel-source/identity';
import type { KernelIdentity } from '../answer-types.ts';
import { IndexError } from '../errors.ts';

/** `distro/version/arch/release`. */
export function kernelName(identity: KernelIdentity): string {
  return `${identity.distro}/${identity.version}/${identity.arch}/${identity.release}`;
}

/**
 * The identity with its arch in the archive's spelling. Throws `bad-identity` for words that could not be parts of a
 * path or of a filter: empty, with slashes, spaces, commas or control characters, or of dots alone.
 */
export function checkedIdentity(identity: KernelIdentity): KernelIdentity {
  for (const part of ['distro', 'version', 'arch', 'release'] as const) {
    const word = identity[part];
    if (!/^[^\s/\\,|\p{Cc}]{1,128}$/u.test(word) || /^\.+$/.test(word)) {
      throw new IndexError('bad-identity', `${part} ${JSON.stringify(word)} cannot be part of a kernel's name`, {
        expected: 'a word without slashes, spaces, commas and bars',
      });
    }
  }
  return { ...identity, arch: archAlias(identity.arch) };
}
