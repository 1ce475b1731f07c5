// What each consumer asks a bundle for on a given machine: its own lookup, quirks included, as a pure function of
// os-release, `uname -m` and `uname -r`.

import type { BundleFormat } from './formats.ts';
import { datadogPlatform } from './formats.ts';
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
  let member = asked.find((path) => paths.has(path));
  if (member === undefined && format === 'datadog') member = datadogFallback(paths, host, notes);
  if (member === undefined) notes.push(...nearMisses(paths, host));
  return { hit: member !== undefined, member, asked, notes };
}

type Lookup = (host: Host, notes: string[]) => string[];

const LOOKUPS: Readonly<Record<BundleFormat, Lookup>> = {
  dir: (host) => {
    const { id, version } = unquoted(host);
    return [`${id}/${version}/${archName(host.machine)}/${host.release}.btf`];
  },
  // sscanf(line, "ID=%64s") and sscanf(line, "VERSION_ID=\"%64s"), then the last character is cut off
  bcc: (host, notes) => {
    let id = '';
    let version = '';
    for (const line of host.osRelease.split('\n')) {
      id = /^ID=\s*(\S{1,64})/.exec(line)?.[1] ?? id;
      const found = /^VERSION_ID="\s*(\S{1,64})/.exec(line)?.[1];
      if (found !== undefined) version = found.slice(0, -1);
    }
    if (id.startsWith('"')) notes.push(`bcc keeps the quotes of ID=${id}`);
    if (version === '') notes.push('bcc reads a VERSION_ID without double quotes as empty');
    return [`./${id}/${version}/${host.machine}/${host.release}.btf`];
  },
  tracee: (host) => {
    const { id, version } = unquoted(host);
    return [`dist/btfhub/${id}/${version}/${archName(host.machine)}/${host.release}.btf`];
  },
  // VERSION_ID is unquoted, ID is not
  'inspektor-gadget': (host, notes) => {
    const { version } = unquoted(host);
    const id = /^ID=(.*)$/m.exec(host.osRelease)?.[1]?.trim() ?? '';
    if (/^["']/.test(id)) notes.push(`Inspektor Gadget keeps the quotes of ID=${id}`);
    return [`${id}/${version}/${host.machine}/${host.release}.btf`];
  },
  datadog: (host) => {
    const { id, version } = unquoted(host);
    const folder = id === 'ubuntu' ? `ubuntu/${version}` : datadogPlatform(id);
    return [`${folder}/${host.release}.btf.tar.xz`, `${folder}/${host.release}.btf`];
  },
  flat: (host) => [`${host.release}.btf`],
};

function unquoted(host: Host): { id: string; version: string } {
  const values = parseOsRelease(host.osRelease);
  return { id: values.get('ID') ?? '', version: values.get('VERSION_ID') ?? '' };
}

/** Where several distributions have the file, the release tells: pkg/ebpf/btf.go's kernelVersionPatterns. */
const DATADOG_RELEASES: readonly (readonly [RegExp, string])[] = [
  [/\.el7\./, 'centos'],
  [/\.amzn[1-2]\./, 'amzn'],
  [/\.el8(_\d)?\./, 'centos'],
  [/\.el[7-8]uek\./, 'ol'],
  [/\.deb10\./, 'debian'],
  [/\.fc\d{2}\./, 'fedora'],
  [/-lp15\d\./, 'opensuse-leap'],
  [/-150300\./, 'sles'],
];

/** The agent takes any member of that name where there is but one, or where the release tells the distribution. */
function datadogFallback(paths: ReadonlySet<string>, host: Host, notes: string[]): string | undefined {
  const names = [`${host.release}.btf.tar.xz`, `${host.release}.btf`];
  const found = [...paths].filter((path) => names.includes(path.slice(path.lastIndexOf('/') + 1)));
  if (found.length === 1) {
    notes.push('the agent takes the only file of that name, whatever its folder');
    return found[0];
  }
  const platform = DATADOG_RELEASES.find(([pattern]) => pattern.test(host.release))?.[1];
  const narrowed = found.filter((path) => path.split('/')[0] === platform);
  if (narrowed.length === 1) {
    notes.push(`the agent tells ${platform} by the kernel's release`);
    return narrowed[0];
  }
  if (found.length > 1) notes.push(`the agent cannot choose between ${found.join(', ')}`);
  return undefined;
}

/** The same release elsewhere in the bundle. */
function nearMisses(paths: ReadonlySet<string>, host: Host): string[] {
  const same = [...paths].filter((path) => path.includes(`${host.release}.btf`));
  if (same.length > 0) return [`the bundle has ${same.slice(0, 3).join(', ')}`];
  return [`the bundle has nothing for release ${host.release}`];
}
