// Unified kernel images: a boot stub with the kernel, its initrd, its release and its os-release in sections of one PE file.
// Only `.linux` is the kernel: whatever BTF an initrd holds is some program's.
// https://uapi-group.org/specifications/specs/unified_kernel_image/

import { parseOsRelease, type Distro } from '../identity/distro.ts';
import { parseRelease } from '../identity/release.ts';
import { type PeSection, peSections } from './pe-sections.ts';

/** What a unified kernel image says. */
export interface UnifiedKernel {
  readonly linux: PeSection;
  readonly release?: string;
  readonly system?: Distro;
  readonly arch?: string;
}

const TEXT_LIMIT = 64 * 1024;
/** Sections that only such images and their add-ons have. */
const OWN = new Set(['.linux', '.initrd', '.ucode', '.osrel', '.uname', '.cmdline', '.dtbauto', '.profile', '.efifw']);

/**
 * The kernel of a unified kernel image; 'no-kernel' for an add-on, which has sections of the kind and no kernel; undefined for
 * any other PE file. @throws KernelSourceError `truncated`
 */
export function unifiedKernel(bytes: Uint8Array): UnifiedKernel | 'no-kernel' | undefined {
  const { sections, arch } = peSections(bytes);
  const section = (name: string) => sections.find((one) => one.name === name);
  const linux = section('.linux');
  if (linux === undefined) return sections.some(({ name }) => OWN.has(name)) ? 'no-kernel' : undefined;
  const text = (name: string) => {
    const found = section(name)?.bytes;
    return found === undefined
      ? undefined
      : Buffer.from(found.subarray(0, TEXT_LIMIT)).toString('utf8').replace(/\0.*$/s, '');
  };
  const release = text('.uname')?.trim();
  const osRelease = text('.osrel');
  const system = osRelease === undefined ? undefined : parseOsRelease(osRelease);
  return {
    linux,
    ...(release !== undefined && parseRelease(release) ? { release } : {}),
    ...(system === undefined ? {} : { system }),
    ...(arch === undefined ? {} : { arch }),
  };
}
