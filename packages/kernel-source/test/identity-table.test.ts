// The table of identities: over a hundred banners and forty os-release texts, each with what it says and what it cannot.

import { describe, expect, it } from 'vitest';
import { distroOfPackage, kernelDistro, parseOsRelease } from '../src/identity/distro.ts';
import { DISTRO_RULES } from '../src/identity/distro-rules.ts';
import { bannerParts } from '../src/identity/banner.ts';
import { partialIdentity, determineIdentity } from '../src/identity/identity.ts';
import { installedRoot, systemAround } from '../src/identity/roots.ts';
import { BANNERS } from './banners.ts';
import { OS_RELEASES } from './os-releases.ts';

describe('banners', () => {
  it('are a hundred, and reach most rules', () => {
    expect(BANNERS.length).toBeGreaterThanOrEqual(100);
    const distros = new Set(BANNERS.map(([, , expected]) => expected.split('/')[0]));
    const without = DISTRO_RULES.map(({ distro }) => distro ?? '?').filter((distro) => !distros.has(distro));
    expect([...new Set(without)].sort()).toEqual(
      ['altlinux', 'clear-linux-os', 'coreos', 'euleros', 'eurolinux', 'uos', 'virtuozzo'].sort(),
    );
  });

  it.each(BANNERS)('%s %s', (release, rest, expected) => {
    const banner = `Linux version ${release} ${rest}`;
    const found = partialIdentity({ paths: ['/x'], banner });
    expect(found.release).toBe(release);
    expect(`${found.distro ?? '?'}/${found.version ?? '?'}`).toBe(expected);
  });

  it('come apart into builder, compiler and build line, whatever brackets the compiler has', () => {
    const [release, rest] = BANNERS[0]!;
    expect(bannerParts(`Linux version ${release} ${rest}`)).toEqual({
      release: '4.9.0-19-amd64',
      builder: 'debian-kernel@lists.debian.org',
      compiler: 'gcc version 6.3.0 20170516 (Debian 6.3.0-18+deb9u1) ',
      build: '#1 SMP Debian 4.9.320-2 (2022-06-30)',
    });
    expect(bannerParts('Linux version 6.1.0 (((')).toEqual({ release: '6.1.0', builder: '', compiler: '', build: '' });
  });
});

describe('os-release', () => {
  it.each(OS_RELEASES)('%s', (expected, text) => {
    const parsed = parseOsRelease(text);
    const { distro, version } = parsed === undefined ? { distro: '?' } : kernelDistro(parsed);
    expect(`${distro}/${version ?? '?'}`).toBe(expected);
  });

  it('are forty', () => expect(OS_RELEASES.length).toBeGreaterThanOrEqual(40));
});

describe('the same kernel has the same name', () => {
  const rocky = {
    banner: 'Linux version 5.14.0-362.8.1.el9_3.x86_64 (mockbuild@a.bld.equ.rockylinux.org) (gcc (GCC) 11.4.1) #1 SMP',
    package: {
      type: 'rpm',
      name: 'kernel-core',
      version: '5.14.0-362.8.1.el9_3',
      arch: 'x86_64',
      vendor: 'Rocky Enterprise Software Foundation',
      release: '5.14.0-362.8.1.el9_3.x86_64',
    },
    system: { distro: 'rocky', version: '9.3' },
  } as const;

  it.each([
    ['image', { banner: rocky.banner }],
    ['package', { package: rocky.package }],
    ['package with its image', { banner: rocky.banner, package: rocky.package }],
    ['root file system', { banner: rocky.banner, system: rocky.system }],
    ['root file system, by os-release alone', { release: rocky.package.release, system: rocky.system }],
  ])('from its %s', (_, evidence) => {
    const { distro, version, release } = partialIdentity({ paths: ['/x'], arch: 'x86_64', ...evidence });
    expect(`${distro}/${version}/${release}`).toBe('rocky/9/5.14.0-362.8.1.el9_3.x86_64');
  });

  it('in a derivative that runs the kernel of another', () => {
    const banner = 'Linux version 5.15.0-91-generic (buildd@lcy02) (gcc) #101-Ubuntu SMP';
    const { distro, version } = partialIdentity({
      paths: ['/x'],
      banner,
      system: { distro: 'linuxmint', version: '21.3' },
    });
    expect(`${distro}/${version}`).toBe('ubuntu/22.04');
  });

  it('and says what told it', () => {
    const { identified } = determineIdentity({
      paths: ['/boot/vmlinuz-6.6.30-talos'],
      banner: 'Linux version 6.6.30-talos (@buildkitsandbox) (gcc) #1 SMP',
      arch: 'x86_64',
      system: { distro: 'talos', version: 'v1.7.0' },
    });
    expect(identified).toBe('distro: banner, version: os-release, arch: image, release: banner');
  });

  it.each([
    [
      'SUSE LLC <https://www.suse.com/> SUSE Linux Enterprise 15',
      '5.14.21-150500.55.62.2',
      '5.14.21-150500.55.62-default',
      'sles/15.5',
    ],
    ['openSUSE openSUSE Tumbleweed', '6.9.3-1.1', '6.9.3-1-default', 'opensuse-tumbleweed/tumbleweed'],
    ['CentOS', '5.14.0-427.el9', '5.14.0-427.el9.x86_64', 'centos/9'],
    ['AlmaLinux', '5.14.0-427.13.1.el9_4', '5.14.0-427.13.1.el9_4.x86_64', 'almalinux/9'],
    ['Microsoft Corporation', '6.6.35.1-4.azl3', '6.6.35.1-4.azl3', 'azurelinux/3.0'],
    ['Someone', '6.9.0-1', '6.9.0-1.x86_64', 'undefined/undefined'],
  ])('package of %s', (vendor, version, release, expected) => {
    const found = distroOfPackage({ type: 'rpm', name: 'kernel', version, arch: 'x86_64', vendor }, release);
    expect(`${found?.distro}/${found?.version}`).toBe(expected);
  });
});

describe('the root that a kernel is in', () => {
  const entries: Record<string, { text: string } | { link: string }> = {
    'usr/lib/os-release': { text: 'ID=talos\nVERSION_ID=v1.7.0' },
    'etc/os-release': { link: '../usr/lib/os-release' },
    'opt/agent/etc/os-release': { text: 'ID=alpine\nVERSION_ID=3.20.0' },
    'nix/etc': { link: '/nix/store/x-etc' },
    'nix/nix/store/x-etc/os-release': { link: 'sub/../real' },
    'nix/nix/store/x-etc/real': { text: 'ID=nixos\nVERSION_ID="24.05"' },
    'loop/etc/os-release': { link: 'os-release' },
    'out/etc/os-release': { link: '../../../../etc/os-release' },
  };
  it.each([
    ['boot/vmlinuz', 'talos'],
    ['opt/agent/boot/vmlinuz', 'alpine'],
    ['opt/other/vmlinuz', 'talos'],
    ['nix/boot/vmlinuz', 'nixos'],
    ['loop/boot/vmlinuz', 'talos'],
    ['out/boot/vmlinuz', 'talos'],
  ])('of %s is that of %s', (path, distro) => {
    expect(systemAround(path, (at) => entries[at])?.distro).toBe(distro);
  });

  it.each([
    ['/boot/vmlinuz-6.1', ''],
    ['/image/usr/lib/modules/6.1.0/vmlinuz', '/image'],
    ['/home/me/vmlinuz', undefined],
  ])('%s is installed in %s', (path, root) => {
    expect(installedRoot(path)).toBe(root);
  });
});
