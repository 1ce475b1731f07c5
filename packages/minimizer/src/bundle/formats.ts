// Where each consumer looks for a kernel's BTF: the container, the member's path, and the aliases that its reader's own
// quirks ask for.

import { type KernelId, machineName, QUOTED_IDS, UNQUOTED_VERSIONS, versionId } from './identity.ts';

/** The layouts by the word that the command line takes. */
export const BUNDLE_FORMATS = ['dir', 'bcc', 'tracee', 'inspektor-gadget', 'datadog', 'flat'] as const;
/** One of the layouts. */
export type BundleFormat = (typeof BUNDLE_FORMATS)[number];

/** What a bundle is packed in. */
export type Container = 'directory' | 'tar.gz' | 'tar.xz';

/** One layout. */
export interface FormatRow {
  readonly container: Container;
  /** Precedes every member: bcc's reader compares with `./...`. */
  readonly prefix: string;
  /** Where the reader looks, the main place first; more than one where what it asks depends on quirks. */
  readonly paths: (kernel: KernelId) => readonly string[];
  /** Whether the reader copes with a tar member that is a hard link. */
  readonly hardLinks: boolean;
  /** Whether each member is a tar.xz of its own. */
  readonly wrapsMembers?: boolean;
}

/** Versions to file a kernel under: as BTFHub has it, and as its own os-release says. */
function versions(kernel: KernelId): string[] {
  return [kernel.version, versionId(kernel)];
}

/** Every combination, the first of each list first. */
function combine(ids: readonly string[], vers: readonly string[], archs: readonly string[], file: string): string[] {
  return ids.flatMap((id) => vers.flatMap((version) => archs.map((arch) => `${id}/${version}/${arch}/${file}`)));
}

function ids(kernel: KernelId): string[] {
  return QUOTED_IDS.has(kernel.distro) ? [kernel.distro, `"${kernel.distro}"`] : [kernel.distro];
}

function machines(kernel: KernelId): string[] {
  return [kernel.arch, machineName(kernel.arch)];
}

/** The DataDog agent's word for a distribution (pkg/ebpf/btf.go, getBTFPlatform): os-release's ID, with two exceptions. */
export function datadogPlatform(id: string): string {
  if (id === 'suse' || id === 'sled') return 'sles';
  if (id === 'opensuse') return 'opensuse-leap';
  return id;
}

/** The table of layouts. */
export const FORMATS = {
  dir: {
    container: 'directory',
    prefix: '',
    paths: (k) => combine([k.distro], versions(k), [k.arch], `${k.release}.btf`),
    hardLinks: true,
  },
  // keeps the quotes of ID="centos", reads VERSION_ID=33 as empty, asks for aarch64
  bcc: {
    container: 'tar.gz',
    prefix: './',
    paths: (k) =>
      combine(
        ids(k),
        UNQUOTED_VERSIONS.has(k.distro) ? [...versions(k), ''] : versions(k),
        machines(k),
        `${k.release}.btf`,
      ),
    hardLinks: false,
  },
  tracee: {
    container: 'directory',
    prefix: 'dist/btfhub/',
    paths: (k) => combine([k.distro], versions(k), [k.arch], `${k.release}.btf`),
    hardLinks: true,
  },
  // does not unquote ID, asks for aarch64
  'inspektor-gadget': {
    container: 'tar.gz',
    prefix: '',
    paths: (k) => combine(ids(k), versions(k), machines(k), `${k.release}.btf`),
    hardLinks: false,
  },
  // one archive per machine: the path does not say which
  datadog: {
    container: 'tar.xz',
    prefix: '',
    paths: (k) => [
      `${[datadogPlatform(k.distro), ...(k.distro === 'ubuntu' ? [versionId(k)] : [])].join('/')}/${k.release}.btf`,
    ],
    hardLinks: false,
    wrapsMembers: true,
  },
  flat: { container: 'directory', prefix: '', paths: (k) => [`${k.release}.btf`], hardLinks: true },
} as const satisfies Record<BundleFormat, FormatRow>;
