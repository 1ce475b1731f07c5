// Where each consumer looks for a kernel's BTF: the container, the member's path, and the aliases that its reader's own
// quirks ask for. Which words machines have is in distributions.ts.

import { distributionOf, hostWords } from './distributions.ts';
import { type KernelId, machineName } from './identity.ts';

/** The layouts by the word that the command line takes. */
export const BUNDLE_FORMATS = [
  'dir',
  'bcc',
  'tracee',
  'inspektor-gadget',
  'datadog',
  'kyanos',
  'eunomia',
  'flat',
] as const;
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

/** What a reader makes of os-release. */
interface ReaderQuirks {
  /** Leaves the quotes of ID="centos" where they are. */
  readonly keepsIdQuotes?: boolean;
  /** Reads a VERSION_ID without quotes as none. */
  readonly wantsVersionQuotes?: boolean;
  /** Asks with an empty folder where there is no VERSION_ID; others give up, or cannot name it. */
  readonly asksWithoutVersion?: boolean;
  /** Asks for `uname -m`, so aarch64. */
  readonly asksForMachine?: boolean;
}

/** `ID/VERSION_ID/ARCH/RELEASE.btf` in every spelling that the reader may ask for, the one it is filed under first. */
function places(kernel: KernelId, quirks: ReaderQuirks): string[] {
  const archs = quirks.asksForMachine ? [kernel.arch, machineName(kernel.arch)] : [kernel.arch];
  const main = `${kernel.distro}/${kernel.version}/${kernel.arch}/${kernel.release}.btf`;
  const found = new Set([main]);
  for (const { id, version } of hostWords(kernel)) {
    const row = distributionOf(id);
    const ids = quirks.keepsIdQuotes && row.id !== 'bare' ? [id, `"${id}"`] : [id];
    const versions = [version];
    if (quirks.wantsVersionQuotes && row.versionId !== 'quoted') versions.push('');
    for (const word of versions) {
      if (word === '' && !quirks.asksWithoutVersion) continue;
      for (const name of ids) for (const arch of archs) found.add(`${name}/${word}/${arch}/${kernel.release}.btf`);
    }
  }
  return [...found];
}

/** The platforms that the DataDog agent knows, by os-release's ID (pkg/ebpf/btf.go, btfPlatformFromString). */
const DATADOG_PLATFORMS: Readonly<Record<string, string>> = {
  amzn: 'amzn',
  amazon: 'amzn',
  suse: 'sles',
  sles: 'sles',
  opensuse: 'opensuse-leap',
  'opensuse-leap': 'opensuse-leap',
  redhat: 'rhel',
  rhel: 'rhel',
  oracle: 'ol',
  ol: 'ol',
  ubuntu: 'ubuntu',
  centos: 'centos',
  debian: 'debian',
  fedora: 'fedora',
};

/** The agent's word for a distribution; undefined for one that it does not know, where it gives up. */
export function datadogPlatform(id: string): string | undefined {
  return Object.hasOwn(DATADOG_PLATFORMS, id) ? DATADOG_PLATFORMS[id] : undefined;
}

/** One archive per machine: the path does not say which. What the agent does not know is filed by its ID all the same. */
function datadogPlaces(kernel: KernelId): string[] {
  const found = new Set<string>();
  for (const { id, version } of hostWords(kernel)) {
    const platform = datadogPlatform(id) ?? (id === kernel.distro ? id : undefined);
    if (platform === undefined) continue;
    // of Ubuntu's words the machine's own comes last: focal is 20.04
    if (platform === 'ubuntu') found.add(`ubuntu/${version}/${kernel.release}.btf`);
    else found.add(`${platform}/${kernel.release}.btf`);
  }
  const all = [...found];
  return kernel.distro === 'ubuntu' ? all.slice(-1) : all;
}

/** The table of layouts. */
export const FORMATS = {
  dir: { container: 'directory', prefix: '', paths: (k) => places(k, {}), hardLinks: true },
  // keeps the quotes of ID="centos", reads VERSION_ID=33 as empty, asks for aarch64
  bcc: {
    container: 'tar.gz',
    prefix: './',
    paths: (k) =>
      places(k, { keepsIdQuotes: true, wantsVersionQuotes: true, asksWithoutVersion: true, asksForMachine: true }),
    hardLinks: false,
  },
  tracee: { container: 'directory', prefix: 'dist/btfhub/', paths: (k) => places(k, {}), hardLinks: true },
  // does not unquote ID, asks for aarch64, gives up without VERSION_ID
  'inspektor-gadget': {
    container: 'tar.gz',
    prefix: '',
    paths: (k) => places(k, { keepsIdQuotes: true, asksForMachine: true }),
    hardLinks: false,
  },
  datadog: { container: 'tar.xz', prefix: '', paths: datadogPlaces, hardLinks: false, wrapsMembers: true },
  // Go embeds a folder: no empty folder names
  kyanos: { container: 'directory', prefix: 'custom-archive/', paths: (k) => places(k, {}), hardLinks: true },
  // unpacks in memory and cuts members out of the tar: links have no content there
  eunomia: {
    container: 'tar.gz',
    prefix: './btfhub-archive/',
    paths: (k) => places(k, { asksWithoutVersion: true, asksForMachine: true }),
    hardLinks: false,
  },
  flat: { container: 'directory', prefix: '', paths: (k) => [`${k.release}.btf`], hardLinks: true },
} as const satisfies Record<BundleFormat, FormatRow>;
