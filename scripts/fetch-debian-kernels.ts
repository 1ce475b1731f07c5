#!/usr/bin/env node
// Fetches real kernel packages with apt-get, to try `btfq ingest` and the benchmarks on. Needs apt (Debian or a
// derivative with Debian's keyring); nothing in `npm test` does. The machine's own apt state stays as it is.
//
//   node scripts/fetch-debian-kernels.ts --out DIR [--arch amd64,arm64,...] [--suite bookworm,trixie,...]
//        [--match REGEX] [--count N] [--modules] [--unsigned] [--list]
//
//   --out DIR     packages go to DIR/<arch>/*.deb; what is there already is not fetched again
//   --arch LIST   Debian's words; default amd64,arm64,riscv64,ppc64el,s390x
//   --suite LIST  default: every suite in SUITES; one that the mirror lacks is skipped with a warning
//   --match REGEX only packages whose name matches, e.g. 'cloud' or '^linux-image-6\.1\.'
//   --count N     at most N of each architecture, spread over the series (6.1, 6.12, ...), newest first
//   --modules     from 7.2 on modules have a package of their own: fetch it too
//   --unsigned    also the -unsigned twins (the same kernel without a signature)
//   --list        print what would be fetched (arch, package, version, bytes) and fetch nothing
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';

const SUITES = [
  ...['bullseye', 'bullseye-security'],
  ...['bookworm', 'bookworm-updates', 'bookworm-backports', 'bookworm-security'],
  ...['trixie', 'trixie-updates', 'trixie-backports', 'trixie-security'],
  ...['forky', 'sid', 'experimental'],
];

interface KernelPackage {
  readonly name: string;
  readonly version: string;
  readonly size: number;
}

const { values: flags } = parseArgs({
  options: {
    out: { type: 'string' },
    arch: { type: 'string', default: 'amd64,arm64,riscv64,ppc64el,s390x' },
    suite: { type: 'string', default: SUITES.join(',') },
    match: { type: 'string', default: '' },
    count: { type: 'string', default: '1000' },
    modules: { type: 'boolean', default: false },
    unsigned: { type: 'boolean', default: false },
    list: { type: 'boolean', default: false },
  },
});
if (flags.out === undefined && !flags.list) {
  console.error('usage: fetch-debian-kernels.ts --out DIR (or --list); the head of the script lists the options');
  process.exit(2);
}
const out = resolve(flags.out ?? '.');

/** Debian's mirrors as this machine's apt is configured: the main one and, where there is one, security's. */
function mirrors(): { main: string; security: string | undefined } {
  const lines = execFileSync('apt-get', ['indextargets', '--format', '$(REPO_URI) $(ORIGIN) $(RELEASE)'], {
    encoding: 'utf8',
  });
  const uris = [...new Set(lines.split('\n').map((line) => line.split(' ')[0] ?? ''))];
  const main = uris.find((uri) => /\/debian\/?$/.test(uri));
  if (main === undefined) throw new Error('no Debian mirror in the configuration of apt on this machine');
  return { main, security: uris.find((uri) => /\/debian-security\/?$/.test(uri)) };
}

/** An apt state of its own for one architecture: a suite whose index is broken for one leaves the others usable. */
function aptState(folder: string, arch: string, suites: readonly string[]): NodeJS.ProcessEnv {
  const { main, security } = mirrors();
  mkdirSync(join(folder, 'lists/partial'), { recursive: true });
  mkdirSync(join(folder, 'cache/archives/partial'), { recursive: true });
  const sources = suites.flatMap((suite) => {
    const uri = suite.endsWith('-security') ? security : main;
    return uri === undefined
      ? []
      : [`deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] ${uri} ${suite} main`];
  });
  writeFileSync(join(folder, 'sources.list'), sources.join('\n') + '\n');
  const settings: Record<string, string> = {
    'Dir::State': folder,
    'Dir::State::status': '/dev/null',
    'Dir::State::lists': join(folder, 'lists'),
    'Dir::Cache': join(folder, 'cache'),
    'Dir::Etc::sourcelist': join(folder, 'sources.list'),
    'Dir::Etc::sourceparts': '/dev/null',
    'APT::Architecture': arch,
    'APT::Architectures': arch,
    'Acquire::Languages': 'none',
    'APT::Sandbox::User': 'root',
  };
  writeFileSync(
    join(folder, 'apt.conf'),
    Object.entries(settings)
      .map(([key, value]) => `${key} "${value}";\n`)
      .join(''),
  );
  const env = { ...process.env, APT_CONFIG: join(folder, 'apt.conf'), LC_ALL: 'C' };
  try {
    execFileSync('apt-get', ['update', '-q'], { env, stdio: ['ignore', 'ignore', 'pipe'] });
  } catch (error) {
    const lines = String((error as { stderr?: Buffer }).stderr)
      .split('\n')
      .filter((line) => line.startsWith('E: '));
    console.error(`${arch}: some suites are not to be had:\n  ${lines.join('\n  ')}`);
  }
  return env;
}

/** The packages that hold a kernel image: linux-binary-* where a kernel has one, else linux-image-*. */
function kernelPackages(env: NodeJS.ProcessEnv): { images: KernelPackage[]; modules: Map<string, KernelPackage> } {
  const text = execFileSync('apt-cache', ['dumpavail'], { env, encoding: 'utf8', maxBuffer: 2 ** 30 });
  const found = new Map<string, KernelPackage>();
  for (const paragraph of text.split('\n\n')) {
    const name = /^Package: (linux-(?:image|binary|modules)-\d\S*)$/m.exec(paragraph)?.[1];
    const version = /^Version: (\S+)$/m.exec(paragraph)?.[1];
    const size = Number(/^Size: (\d+)$/m.exec(paragraph)?.[1]);
    // a kernel's package has megabytes; what has less only depends on others
    if (name !== undefined && version !== undefined && !name.endsWith('-dbg') && size > 1e6) {
      found.set(name, { name, version, size });
    }
  }
  const release = (name: string): string => name.replace(/^linux-(image|binary|modules)-/, '');
  const all = [...found.values()];
  const images = all.filter(
    ({ name }) =>
      name.startsWith('linux-binary-') ||
      (name.startsWith('linux-image-') && !found.has(`linux-binary-${release(name)}`)),
  );
  const modules = new Map(all.filter(({ name }) => name.startsWith('linux-modules-')).map((p) => [release(p.name), p]));
  return { images, modules };
}

/** At most `count`, the newest of each series first, then the second newest of each, and so on. */
function spread(packages: readonly KernelPackage[], count: number): KernelPackage[] {
  const order = new Intl.Collator('en', { numeric: true });
  const series = Map.groupBy(
    packages.toSorted((a, b) => order.compare(b.version, a.version) || order.compare(a.name, b.name)),
    ({ version }) => /^\d+\.\d+/.exec(version)?.[0] ?? version,
  );
  const ranked = [...series.values()].flatMap((members) => members.map((member, rank) => ({ member, rank })));
  return ranked
    .toSorted((a, b) => a.rank - b.rank)
    .slice(0, count)
    .map(({ member }) => member);
}

let failed = false;
for (const arch of flags.arch.split(',')) {
  const folder = mkdtempSync(join(tmpdir(), 'kernels-apt-'));
  try {
    const env = aptState(folder, arch, flags.suite.split(','));
    const { images, modules } = kernelPackages(env);
    const wanted = images.filter(
      ({ name }) => new RegExp(flags.match).test(name) && (flags.unsigned || !/-unsigned(-|$)/.test(name)),
    );
    const chosen = spread(wanted, Number(flags.count)).flatMap((image) => {
      const own = flags.modules ? modules.get(image.name.replace(/^linux-(image|binary)-/, '')) : undefined;
      return own === undefined ? [image] : [image, own];
    });
    if (flags.list) {
      for (const { name, version, size } of chosen) console.log(`${arch} ${name} ${version} ${size}`);
      continue;
    }
    mkdirSync(join(out, arch), { recursive: true });
    for (const { name, version } of chosen) {
      try {
        // apt checks the hash, of a file that is there as well as of one that it fetches
        execFileSync('apt-get', ['download', '-q', `${name}=${version}`], {
          env,
          cwd: join(out, arch),
          stdio: 'ignore',
        });
        console.log(`${arch} ${name} ${version}`);
      } catch {
        failed = true;
        console.error(`${arch} ${name} ${version}: could not be fetched`);
      }
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
process.exitCode = failed ? 1 : 0;
