// What each consumer asks a bundle for on a given machine: its own lookup, quirks included, as a pure function of
// os-release, `uname -m` and `uname -r`.

import { type BundleFormat, datadogPlatform } from './formats.ts';
import { archName } from './identity.ts';

/** The machine that a consumer runs on. */
export interface Host {
  /** The text of /etc/os-release. */
  readonly osRelease: string;
  /** `uname -m`. */
  readonly machine: string;
  /** `uname -r`. */
  readonly release: string;
}

/** What a consumer found. */
export interface LookupResult {
  readonly hit: boolean;
  /** The member that it takes; undefined on a miss. */
  readonly member: string | undefined;
  /** What it asked for, in order. */
  readonly asked: readonly string[];
  /** How it came to ask that, and for a miss what would have been there under another name. */
  readonly notes: readonly string[];
}

/** os-release as the shell reads it: last assignment wins, quotes removed. */
export function parseOsRelease(text: string): ReadonlyMap<string, string> {
  const values = new Map<string, string>();
  for (const line of text.split('\n')) {
    const found = /^([A-Z0-9_]+)=(.*)$/.exec(line.trim());
    if (found === null) continue;
    const [, name = '', raw = ''] = found;
    const quoted = /^"(.*)"$/.exec(raw)?.[1]?.replace(/\\(["$`\\])/g, '$1') ?? /^'(.*)'$/.exec(raw)?.[1];
    values.set(name, quoted ?? raw);
  }
  return values;
}

/** Looks a host up among a bundle's member paths, as the consumer of that format does. */
export function lookupMember(format: BundleFormat, members: Iterable<string>, host: Host): LookupResult {
  const paths = new Set(members);
  const notes: string[] = [];
  const asked = LOOKUPS[format](host, notes);
  const fallback = FALLBACKS[format];
  const member =
    asked.find((path) => paths.has(path)) ?? (asked.length > 0 ? fallback?.(paths, host, notes) : undefined);
  if (member === undefined) notes.push(...nearMisses(paths, host));
  return { hit: member !== undefined, member, asked, notes };
}

/** What a reader asks for; nothing where it gives up before that. */
type Lookup = (host: Host, notes: string[]) => string[];
/** What a reader does when what it asked for is not there. */
type Fallback = (paths: ReadonlySet<string>, host: Host, notes: string[]) => string | undefined;

const LOOKUPS: Readonly<Record<BundleFormat, Lookup>> = {
  dir: (host, notes) => {
    const values = parseOsRelease(host.osRelease);
    return path(values.get('ID') ?? '', values.get('VERSION_ID') ?? '', archName(host.machine), host, notes);
  },
  bcc: bccLookup,
  tracee: (host, notes) => prefixed('dist/btfhub/', goLookup(host, notes)),
  'inspektor-gadget': gadgetLookup,
  datadog: datadogLookup,
  kyanos: (host, notes) => prefixed('custom-archive/', goLookup(host, notes)),
  // the os-release crate takes quotes of either kind off both; a missing VERSION_ID is empty
  eunomia: (host) => {
    const values = parseOsRelease(host.osRelease);
    const folders = [values.get('ID') ?? '', values.get('VERSION_ID') ?? '', host.machine];
    return [`./btfhub-archive/${folders.join('/')}/${host.release}.btf`];
  },
  flat: (host) => [`${host.release}.btf`],
};

const FALLBACKS: Partial<Readonly<Record<BundleFormat, Fallback>>> = {
  datadog: datadogFallback,
  kyanos: kyanosFallback,
};

function prefixed(prefix: string, paths: readonly string[]): string[] {
  return paths.map((one) => prefix + one);
}

/** A path of a folder: an empty name in it names nothing. */
function path(id: string, version: string, arch: string, host: Host, notes: string[]): string[] {
  if (id !== '' && version !== '') return [`${id}/${version}/${arch}/${host.release}.btf`];
  notes.push(`os-release has no ${id === '' ? 'ID' : 'VERSION_ID'}, and a folder cannot go without a name`);
  return [];
}

/** libbpf-tools/btf_helpers.c: sscanf(line, "ID=%64s") and sscanf(line, "VERSION_ID=\"%64s"), less the last character. */
function bccLookup(host: Host, notes: string[]): string[] {
  let id = '';
  let version = '';
  for (const line of host.osRelease.split('\n')) {
    const ids = /^ID=\s*(\S{1,64})/.exec(line)?.[1];
    if (ids !== undefined) id = ids;
    const found = ids === undefined ? /^VERSION_ID="\s*(\S{1,64})/.exec(line)?.[1] : undefined;
    if (found !== undefined) version = found.slice(0, -1);
  }
  if (/^["']/.test(id)) notes.push(`bcc keeps the quotes of ID=${id}`);
  if (version === '') notes.push('bcc reads a VERSION_ID without double quotes as empty');
  const asked = `./${id}/${version}/${host.machine}/${host.release}.btf`;
  // snprintf into name[100]; exactly 100 is an error, more than that is cut off
  if (asked.length < BCC_NAME) return [asked];
  notes.push(`bcc has room for ${BCC_NAME - 1} characters, and ${asked} has ${asked.length}`);
  return asked.length === BCC_NAME ? [] : [asked.slice(0, BCC_NAME - 1)];
}

const BCC_NAME = 100;

/**
 * tracee's and kyanos' common/osinfo.go: lines with exactly one '=', double quotes trimmed off, aarch64 as arm64. The path is
 * asked of an embedded file system, which takes no empty names.
 */
function goLookup(host: Host, notes: string[]): string[] {
  const values = new Map<string, string>();
  for (const line of host.osRelease.split(/\r?\n/)) {
    const parts = line.split('=');
    if (parts.length === 2) values.set(parts[0]!, parts[1]!);
  }
  const id = (values.get('ID') ?? '').replace(/^"+|"+$/g, '');
  const version = (values.get('VERSION_ID') ?? '').replaceAll('"', '');
  if (/'/.test(id + version)) notes.push('the reader takes off double quotes only');
  return path(id, version, archName(host.machine), host, notes);
}

/** pkg/btfgen/btfgen.go, GetOSInfo: VERSION_ID is unquoted, ID is not; without either it gives up. */
function gadgetLookup(host: Host, notes: string[]): string[] {
  let id = '';
  let version = '';
  for (const line of host.osRelease.split(/\r?\n/)) {
    const at = line.indexOf('=');
    if (line.slice(0, at) === 'ID') id = line.slice(at + 1);
    if (line.slice(0, at) === 'VERSION_ID') version = line.slice(at + 1).replace(/^"+|"+$/g, '');
  }
  if (/^["']/.test(id)) notes.push(`Inspektor Gadget keeps the quotes of ID=${id}`);
  if (id !== '' && version !== '') return [`${id}/${version}/${host.machine}/${host.release}.btf`];
  notes.push('Inspektor Gadget gives up: os-release is incomplete without ID and VERSION_ID');
  return [];
}

/** pkg/ebpf/btf.go, getEmbeddedBTF: only known platforms, and Ubuntu by version. */
function datadogLookup(host: Host, notes: string[]): string[] {
  const values = parseOsRelease(host.osRelease);
  const id = values.get('ID') ?? '';
  const platform = datadogPlatform(id);
  if (platform === undefined) {
    notes.push(`the agent does not know the platform ${id || 'of an os-release without ID'}, and gives up`);
    return [];
  }
  const folder = platform === 'ubuntu' ? `ubuntu/${values.get('VERSION_ID') ?? ''}` : platform;
  return [`${folder}/${host.release}.btf.tar.xz`, `${folder}/${host.release}.btf`];
}

/** Whose kernels have such a release: pkg/ebpf/btf.go's kernelVersionPatterns, in its order. */
const DATADOG_RELEASES: readonly (readonly [RegExp, readonly string[]])[] = [
  [/\.amzn[1-2]\./, ['amzn']],
  [/\.el7\./, ['rhel', 'centos', 'ol']],
  [/\.el8(_\d)?\./, ['rhel', 'centos', 'ol']],
  [/\.el[7-8]uek\./, ['ol']],
  [/\.deb10\./, ['debian']],
  [/\.fc\d{2}\./, ['fedora']],
  [/-lp15\d\./, ['opensuse-leap']],
  [/-150300\./, ['opensuse-leap']],
];

/** The agent takes any member of that name where there is but one in a folder that it knows, or where the release says. */
function datadogFallback(paths: ReadonlySet<string>, host: Host, notes: string[]): string | undefined {
  const names = [`${host.release}.btf.tar.xz`, `${host.release}.btf`];
  const known = (one: string) => datadogPlatform(one.split('/')[0]!);
  const found = [...paths].filter(
    (one) => names.includes(one.slice(one.lastIndexOf('/') + 1)) && known(one) !== undefined,
  );
  if (found.length === 1) {
    notes.push('the agent takes the only file of that name, whatever its folder');
    return found[0];
  }
  const platforms = DATADOG_RELEASES.find(([pattern]) => pattern.test(host.release))?.[1];
  const narrowed = platforms === undefined ? found : found.filter((one) => platforms.includes(known(one) as string));
  if (narrowed.length === 1) {
    notes.push(`the agent tells ${known(narrowed[0]!)} by the kernel's release`);
    return narrowed[0];
  }
  if (found.length > 1) notes.push(`the agent cannot choose between ${found.join(', ')}`);
  return undefined;
}

/** bpf/loader/btf.go, getBestMatchedBTFFile: failing that, and a download, the file of the folder that starts most alike. */
function kyanosFallback(paths: ReadonlySet<string>, host: Host, notes: string[]): string | undefined {
  const [asked = ''] = LOOKUPS.kyanos(host, []);
  const folder = asked.slice(0, asked.lastIndexOf('/') + 1);
  const releases = [...paths]
    .filter((one) => one.startsWith(folder) && !one.slice(folder.length).includes('/') && one.includes('.btf'))
    .map((one) => ({ path: one, release: one.slice(folder.length).split('.btf')[0]! }))
    .sort((a, b) => (a.release < b.release ? -1 : 1));
  let best: string | undefined;
  let most = 0;
  for (const { path: one, release } of releases) {
    const length = commonPrefix(release, host.release);
    if (length > most) {
      most = length;
      best = one;
    }
  }
  if (best !== undefined) {
    notes.push(
      `not this kernel's: where nothing can be downloaded, kyanos takes ${best}, whose release starts most alike`,
    );
  }
  // another kernel's BTF is no hit
  return undefined;
}

function commonPrefix(a: string, b: string): number {
  let at = 0;
  while (at < a.length && a[at] === b[at]) at++;
  return at;
}

/** The same release elsewhere in the bundle. */
function nearMisses(paths: ReadonlySet<string>, host: Host): string[] {
  const same = [...paths].filter((path) => path.includes(`${host.release}.btf`));
  if (same.length > 0) return [`the bundle has ${same.slice(0, 3).join(', ')}`];
  return [`the bundle has nothing for release ${host.release}`];
}
