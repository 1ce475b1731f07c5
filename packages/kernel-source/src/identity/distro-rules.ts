// The table of what says whose kernel it is: a pattern over the release, the builder, the build line or the compiler, which
// distribution it means, and how its version is found. The first row that fits wins; where a row has no version, the banner
// does not say it, and where no row fits, nothing is known. Compilers never say whose a kernel is: some rows read
// the release of the distribution off the compiler's package, once the distribution is known otherwise.

import { debianVersion, suseVersion, ubuntuVersion } from './distro-versions.ts';
import type { KernelWords } from './kernel-words.ts';

/** One row. All patterns that it has must fit. */
export interface DistroRule {
  /** os-release's ID; undefined where the kernel is known to belong to no distribution. */
  readonly distro: string | undefined;
  readonly release?: RegExp;
  readonly vendor?: RegExp;
  readonly build?: RegExp;
  readonly compiler?: RegExp;
  /** Its version: a word, the release pattern's first group put into `$1`, or a function. Left out: cannot be determined. */
  readonly version?: string | ((words: KernelWords) => string | undefined);
  /** Where the form was seen: the distribution's own documentation, sources or packages. */
  readonly source: string;
}

const EL = /\.el(\d+)(?:_\d+)?(?:\.|$)/;
const SUSE_BUILDER = /geeko@buildhost|suse/i;

/** The rules, special forms before general ones. */
export const DISTRO_RULES: readonly DistroRule[] = [
  // Kernels that run under many distributions: their banner must not be taken for one of them.
  { distro: undefined, release: /microsoft-standard/, source: 'microsoft/WSL2-Linux-Kernel' },
  { distro: undefined, release: /\.elrepo\./, source: 'elrepo/packages' },
  { distro: undefined, release: /-(?:liquorix|xanmod)|xanmod\d/, source: 'zen-kernel.org, xanmod.org' },
  { distro: undefined, release: /-linuxkit$/, source: 'linuxkit/linuxkit' },
  { distro: 'qubes', release: /\.qubes\./, source: 'QubesOS/qubes-linux-kernel' },
  { distro: 'fedora-asahi-remix', release: /\.asahi\.fc(\d+)/, version: '$1', source: 'asahi/kernel in Fedora copr' },
  // The release names the distribution.
  { distro: 'fedora', release: /\.fc(\d+)/, version: '$1', source: 'src.fedoraproject.org/rpms/kernel' },
  { distro: 'ol', release: /\.el(\d+)uek/, version: '$1', source: 'oracle/linux-uek' },
  { distro: 'amzn', release: /\.amzn1\./, version: '2018', source: 'amazonlinux/linux; BTFHub files it under 2018' },
  { distro: 'amzn', release: /\.amzn(\d+)/, version: '$1', source: 'amazonlinux/linux' },
  { distro: 'openEuler', release: /\.oe(?=\d{4})/, version: openEulerVersion, source: 'src-openeuler/kernel' },
  { distro: 'openEuler', release: /\.oe1(?:\.|$)/, version: openEulerVersion, source: 'src-openeuler/kernel' },
  { distro: 'hce', release: /\.hce(\d)/, version: '$1.0', source: 'Huawei Cloud EulerOS packages' },
  { distro: 'euleros', release: /\.eulerosv(\d)r\d+/, version: '$1.0', source: 'EulerOS packages' },
  { distro: 'kylin', release: /\.ky(\d+)/, version: 'V$1', source: 'Kylin Linux Advanced Server packages' },
  { distro: 'uos', release: /\.uelc?(\d+)/, version: '$1', source: 'UOS Server packages' },
  { distro: 'anolis', release: /\.an(\d+)/, version: '$1', source: 'anolis/cloud-kernel' },
  { distro: 'alinux', release: /\.al8(?:\.|$)/, version: '3', source: 'Alibaba Cloud Linux 3 packages' },
  { distro: 'alinux', release: /\.al7(?:\.|$)/, version: '2.1903', source: 'Alibaba Cloud Linux 2 packages' },
  { distro: 'opencloudos', release: /\.oc(\d+)/, version: '$1', source: 'OpenCloudOS/OpenCloudOS-Kernel' },
  { distro: 'tencentos', release: /\.tl\d|-tlinux\d/, source: 'OpenCloudOS/TencentOS-kernel' },
  { distro: 'azurelinux', release: /\.azl(\d+)/, version: '$1.0', source: 'microsoft/azurelinux' },
  { distro: 'mariner', release: /\.cm(\d+)(?:\.|$)/, version: '$1.0', source: 'microsoft/azurelinux, branch 2.0' },
  { distro: 'photon', release: /\.ph(\d+)/, version: '$1.0', source: 'vmware/photon' },
  { distro: 'mageia', release: /\.mga(\d+)/, version: '$1', source: 'Mageia kernel packages' },
  {
    distro: 'cloudlinux',
    release: /\.lve\.|\.lve\d/,
    version: ({ release }) => /\.el(\d+)/.exec(release)?.[1],
    source: 'CloudLinux packages',
  },
  { distro: 'virtuozzo', release: /\.vz(\d)/, version: '$1', source: 'OpenVZ/vzkernel' },
  // The Red Hat family shares its releases: who built it says. Without that it stays unknown.
  {
    distro: 'rocky',
    release: EL,
    vendor: /rockylinux\.org|rocky enterprise|rocky linux/i,
    version: '$1',
    source: 'Rocky Linux kernel packages',
  },
  { distro: 'almalinux', release: EL, vendor: /almalinux/i, version: '$1', source: 'AlmaLinux kernel packages' },
  {
    distro: 'ol',
    release: EL,
    vendor: /oracle\.com|oracle america/i,
    version: '$1',
    source: 'Oracle Linux kernel packages',
  },
  {
    distro: 'centos',
    release: EL,
    vendor: /centos\.org|\.stream\.|^centos\b/i,
    version: '$1',
    source: 'CentOS and CentOS Stream packages',
  },
  {
    distro: 'scientific',
    release: EL,
    vendor: /scientific linux|fnal\.gov/i,
    version: '$1',
    source: 'Scientific Linux packages',
  },
  { distro: 'eurolinux', release: EL, vendor: /eurolinux/i, version: '$1', source: 'EuroLinux packages' },
  { distro: 'rhel', release: EL, vendor: /redhat\.com|red hat/i, version: '$1', source: 'RHEL kernel packages' },
  // Rolling distributions have one version.
  { distro: 'cachyos', release: /cachyos/, version: 'rolling', source: 'CachyOS/linux-cachyos' },
  { distro: 'manjaro', release: /-MANJARO/, version: 'rolling', source: 'Manjaro kernel packages' },
  { distro: 'arch', vendor: /@archlinux/, version: 'rolling', source: 'archlinux/packaging/packages/linux' },
  { distro: 'arch', release: /-arch\d+-\d+/, version: 'rolling', source: 'archlinux/packaging/packages/linux' },
  { distro: 'void', release: /^\d+\.\d+\.\d+_\d+$/, version: 'rolling', source: 'void-linux/void-packages' },
  { distro: 'steamos', release: /-valve\d+/, source: 'SteamOS kernel packages' },
  { distro: 'gentoo', release: /-gentoo/, source: 'gentoo-sources' },
  { distro: 'altlinux', release: /-alt\d/, source: 'ALT Linux packages' },
  { distro: 'clear-linux-os', release: /\.native$/, source: 'clearlinux-pkgs/linux' },
  { distro: 'alpine', build: /-Alpine\b/, version: alpineVersion, source: 'alpine/aports' },
  { distro: 'alpine', vendor: /buildozer@|alpinelinux\.org/i, version: alpineVersion, source: 'alpine/aports' },
  { distro: 'nixos', build: /-NixOS\b/, source: 'NixOS/nixpkgs' },
  // Systems whose images are made whole: the banner says whose, the image which version.
  { distro: 'talos', release: /-talos$/, source: 'siderolabs/pkgs' },
  { distro: 'flatcar', release: /-flatcar/, source: 'flatcar/scripts' },
  { distro: 'coreos', release: /-coreos/, source: 'coreos/coreos-overlay' },
  { distro: 'bottlerocket', compiler: /-bottlerocket-linux-/, source: 'bottlerocket-os/bottlerocket' },
  { distro: 'openwrt', compiler: /-openwrt-linux|OpenWrt GCC/, source: 'openwrt/openwrt' },
  { distro: 'cos', release: /^\d+\.\d+\.\d+\+$/, compiler: /Chromium OS/, source: 'cos.googlesource.com' },
  { distro: 'chromeos', compiler: /Chromium OS|-cros-linux-/, source: 'chromium.googlesource.com/chromiumos' },
  { distro: 'android', release: /-android(\d+)-/, version: '$1', source: 'Android common kernels' },
  // Debian and what is built on it.
  { distro: 'kali', vendor: /@kali\.org|kali linux/i, source: 'kalilinux/packages/linux' },
  { distro: 'kali', build: /kali\d/, source: 'kalilinux/packages/linux' },
  {
    distro: 'pop',
    vendor: /pop-os\.org|system76/i,
    version: ({ build }) => /~(\d\d\.\d\d)/.exec(build)?.[1],
    source: 'pop-os/linux',
  },
  { distro: 'kylin', build: /-KYLINOS\b/, source: 'Kylin Desktop packages' },
  { distro: 'ubuntu', build: /^#\d+(?:~\S+)?-Ubuntu\b/, version: ubuntuVersion, source: 'Ubuntu kernel packages' },
  {
    distro: 'ubuntu',
    vendor: /ubuntu kernel|canonical|lists\.ubuntu\.com/i,
    version: ubuntuVersion,
    source: 'Ubuntu kernel packages',
  },
  // Proxmox and Raspberry Pi OS are Debian to os-release, with kernels of their own: their compiler is the release's.
  { distro: 'debian', release: /-pve$/, version: debianVersion, source: 'proxmox/pve-kernel' },
  { distro: 'debian', release: /\+rpt-rpi-/, version: debianVersion, source: 'RPi-Distro/linux-packaging' },
  {
    distro: 'debian',
    release: /\+deb(\d+)|\.deb(\d+)\./,
    version: debianVersion,
    source: 'salsa.debian.org/kernel-team/linux',
  },
  {
    distro: 'debian',
    vendor: /lists\.debian\.org|debian kernel team/i,
    version: debianVersion,
    source: 'salsa.debian.org/kernel-team/linux',
  },
  { distro: 'debian', build: /\bDebian \d/, version: debianVersion, source: 'salsa.debian.org/kernel-team/linux' },
  // SUSE's builders share one name: the form of the release says.
  { distro: 'opensuse-leap', release: /-lp15\d\./, version: suseVersion, source: 'openSUSE/kernel-source' },
  { distro: 'opensuse-tumbleweed', vendor: /tumbleweed/i, version: 'tumbleweed', source: 'openSUSE/kernel-source' },
  { distro: 'opensuse-leap', vendor: /opensuse leap/i, version: suseVersion, source: 'openSUSE/kernel-source' },
  // Leap 15.3 and later runs these very kernels: they are SUSE Linux Enterprise's.
  {
    distro: 'sles',
    // Where the service pack is not in the release, service packs have numbers of their own: see SUSE_PACKS.
    release:
      /-1[56]0[0-9]00\.|^4\.12\.14-(?:23|25|9[45]|12[02]|150|19[57])[.-]|^5\.3\.18-(?:2[24]|5[79])[.-]|^4\.4\.(?:21-(?:69|81|84|90)|38-93|\d+-92)[.-]|^4\.4\.(?:73-5-|\d+-(?:6|94)\.)/,
    vendor: SUSE_BUILDER,
    version: suseVersion,
    source: 'SUSE/kernel-source',
  },
  {
    distro: 'opensuse-tumbleweed',
    // Leap 42 and the service packs' first kernels have releases of that form too.
    release: /^(?!4\.4\.|4\.12\.14-|5\.3\.18-|5\.14\.21-|6\.4\.0-)\d+\.\d+\.\d+-\d+-\w+$/,
    vendor: /geeko@buildhost|opensuse/i,
    version: 'tumbleweed',
    source: 'openSUSE/kernel-source',
  },
];

/** The first rule that fits; undefined where none does. */
export function ruleFor(words: KernelWords): DistroRule | undefined {
  return DISTRO_RULES.find((rule) =>
    (['release', 'vendor', 'build', 'compiler'] as const).every((part) => rule[part]?.test(words[part]) ?? true),
  );
}

/** The version that a rule says; undefined where it cannot. */
export function versionOfRule({ version, release }: DistroRule, words: KernelWords): string | undefined {
  if (typeof version === 'function') return version(words);
  if (version === undefined || !version.includes('$1')) return version;
  const group = release?.exec(words.release)?.[1];
  return group === undefined ? undefined : version.replace('$1', group);
}

/** `.oe2203sp1` is 22.03, as os-release has it; `.oe1` was 20.03 and its successors: only with 4.19 it is 20.03 alone. */
function openEulerVersion({ release }: KernelWords): string | undefined {
  const word = /\.oe(\d\d)(\d\d)/.exec(release);
  if (word) return `${word[1]}.${word[2]}`;
  return release.startsWith('4.19.90-') ? '20.03' : undefined;
}

/** Alpine's builders are named by the release: build-3-20-x86_64. Which update of it, they do not say. */
function alpineVersion({ vendor }: KernelWords): string | undefined {
  const found = /build-(\d+)-(\d+)-/.exec(vendor);
  return found ? `${found[1]}.${found[2]}` : undefined;
}
