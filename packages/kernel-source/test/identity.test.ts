import { archAlias, compareReleases, kernelVersion, parseRelease } from '@btfq/kernel-source';
import { describe, expect, it } from 'vitest';
import { archOfRelease } from '../src/identity/arch.ts';
import { findBanner, releaseOfBanner } from '../src/identity/banner.ts';
import { parseOsRelease } from '../src/identity/distro.ts';
import { type Evidence, identityOf, partialIdentity, releaseOfPaths } from '../src/identity/identity.ts';
import type { PackageMetadata } from '../src/identity/package.ts';

const named = (evidence: Evidence) => {
  const { distro = '?', version = '?', arch = '?', release = '?' } = partialIdentity(evidence);
  return [distro, version, arch, release].join('/');
};
const deb = (name: string, version: string, arch: string, vendor = 'Debian Kernel Team'): PackageMetadata => ({
  type: 'deb',
  name,
  version,
  arch,
  vendor,
});

describe('identity by path', () => {
  it.each([
    ['/hub/debian/12/x86_64/6.1.0-50-cloud-amd64.btf.tar.xz', 'debian/12/x86_64/6.1.0-50-cloud-amd64'],
    ['/hub/ubuntu/20.04/arm64/5.4.0-91-generic.btf', 'ubuntu/20.04/arm64/5.4.0-91-generic'],
    ['/hub/centos/7/aarch64/4.18.0-80.7.2.el7.aarch64.btf.tar.gz', 'centos/7/arm64/4.18.0-80.7.2.el7.aarch64'],
    ['/dd/ubuntu/18.04/4.15.0-20-generic.btf.tar.xz', 'ubuntu/18.04/?/4.15.0-20-generic'],
    ['/dd/fedora/5.3.7-301.fc31.x86_64.btf.tar.xz', 'fedora/31/x86_64/5.3.7-301.fc31.x86_64'],
    ['/dd/amzn/4.14.26-54.32.amzn2.x86_64.btf.tar.xz', 'amzn/2/x86_64/4.14.26-54.32.amzn2.x86_64'],
    ['/home/me/6.12.94+deb13-riscv64.btf', 'debian/13/riscv64/6.12.94+deb13-riscv64'],
    ['/home/me/debian/amd64/6.12.95+deb12-amd64.btf', 'debian/12/x86_64/6.12.95+deb12-amd64'],
    ['/boot/vmlinuz-6.1.0-50-amd64', '?/?/x86_64/6.1.0-50-amd64'],
    ['/home/me/vmlinux', '?/?/?/?'],
  ])('%s', (path, expected) => {
    expect(named({ paths: [path] })).toBe(expected);
  });

  it('goes through archives', () => {
    const paths = ['/x/all.tar', 'debian/12/x86_64/6.1.0-50-amd64.btf.tar.xz', '6.1.0-50-amd64.btf'];
    expect(named({ paths })).toBe('debian/12/x86_64/6.1.0-50-amd64');
    expect(named({ paths: ['/hub/debian/12/x86_64/6.1.0-9-amd64.btf.tar.xz', 'vmlinux'] })).toBe(
      'debian/12/x86_64/6.1.0-9-amd64',
    );
  });

  it.each([
    ['/usr/lib/modules/7.2.13+deb14-s390x/vmlinuz', '7.2.13+deb14-s390x'],
    ['/usr/lib/debug/boot/vmlinux-6.1.0-50-amd64.debug', '6.1.0-50-amd64'],
    ['lib/modules/6.8.5-301.fc40.x86_64/kernel/fs/xfs/xfs.ko.xz', '6.8.5-301.fc40.x86_64'],
    ['/boot/initrd.img', undefined],
  ])('the release in %s', (path, release) => {
    expect(releaseOfPaths([path])).toBe(release);
  });
});

describe('identity by package', () => {
  it.each<[PackageMetadata, string, string]>([
    [deb('linux-image-6.1.0-50-amd64', '6.1.176-1', 'amd64'), '6.1.0-50-amd64', 'debian/12/x86_64'],
    [deb('linux-image-5.10.0-32-arm64', '5.10.223-1', 'arm64'), '5.10.0-32-arm64', 'debian/11/arm64'],
    [deb('linux-image-x', '6.12.95-1~bpo12+1', 'ppc64el'), '6.12.95+deb12-powerpc64le', 'debian/12/ppc64le'],
    [deb('linux-binary-x', '7.3~rc7-1~exp1', 's390x'), '7.3-s390x', 'debian/sid/s390x'],
    [deb('x', '6.8.0-31.31', 'amd64', 'Ubuntu Kernel Team'), '6.8.0-31-generic', 'ubuntu/24.04/x86_64'],
    [deb('x', '6.8.0-31.31~22.04.1', 'arm64', 'Ubuntu Kernel Team'), '6.8.0-31-generic', 'ubuntu/22.04/arm64'],
    [
      { type: 'rpm', name: 'kernel-core', version: '6.8.5-301.fc40', arch: 'x86_64', vendor: 'Fedora Project' },
      '6.8.5-301.fc40.x86_64',
      'fedora/40/x86_64',
    ],
    [
      { type: 'rpm', name: 'kernel-uek', version: '5.4.17-2136.el8uek', arch: 'aarch64', vendor: 'Oracle America' },
      '5.4.17-2136.el8uek.aarch64',
      'ol/8/arm64',
    ],
    [
      { type: 'rpm', name: 'kernel', version: '4.18.0-513.el8', arch: 'x86_64', vendor: 'Red Hat, Inc.' },
      '4.18.0-513.el8.x86_64',
      'rhel/8/x86_64',
    ],
    [
      { type: 'rpm', name: 'kernel', version: '6.1.79-99.amzn2023', arch: 'x86_64', vendor: 'Amazon Linux' },
      '6.1.79-99.amzn2023.x86_64',
      'amzn/2023/x86_64',
    ],
    [
      { type: 'rpm', name: 'kernel-default', version: '5.14.21-150500.53.2', arch: 'x86_64', vendor: 'SUSE LLC' },
      '5.14.21-150500.53-default',
      'sles/15.5/x86_64',
    ],
  ])('$name $version', (metadata, release, expected) => {
    expect(named({ paths: ['/x'], package: metadata, release })).toBe(`${expected}/${release}`);
  });
});

describe('identity by banner', () => {
  it.each([
    [
      'Linux version 6.1.0-50-cloud-amd64 (debian-kernel@lists.debian.org) (gcc-12 (Debian 12.2.0-14+deb12u1) 12.2.0) #1 SMP PREEMPT_DYNAMIC Debian 6.1.176-1 (2026-07-05)',
      'debian/12',
    ],
    [
      'Linux version 6.8.0-31-generic (buildd@lcy02-amd64-080) (x86_64-linux-gnu-gcc-13 (Ubuntu 13.2.0-23ubuntu4) 13.2.0) #31-Ubuntu SMP PREEMPT_DYNAMIC Sat Apr 20',
      'ubuntu/24.04',
    ],
    [
      'Linux version 6.5.0-28-generic (buildd@lcy02-amd64-098) (gcc) #29~22.04.1-Ubuntu SMP PREEMPT_DYNAMIC Thu Apr  4',
      'ubuntu/22.04',
    ],
    ['Linux version 6.8.5-301.fc40.x86_64 (mockbuild@0a0b0c) (gcc) #1 SMP PREEMPT_DYNAMIC', 'fedora/40'],
    // Built by hand on a Debian machine: the compiler's vendor is not the kernel's.
    ['Linux version 6.9.0-rc1 (me@home) (gcc-12 (Debian 12.2.0-14) 12.2.0) #3 SMP Mon Jan 1', '?/?'],
  ])('%s', (banner, expected) => {
    expect(
      named({ paths: ['/x'], banner })
        .split('/')
        .slice(0, 2)
        .join('/'),
    ).toBe(expected);
  });

  it('is found in an image, past the format string', () => {
    const bytes = new TextEncoder().encode('..Linux version %s\n\0..Linux version 6.1.0 (a@b) #1\n\0..');
    expect(findBanner(bytes)).toBe('Linux version 6.1.0 (a@b) #1');
    expect(releaseOfBanner('Linux version 6.1.0 (a@b) #1')).toBe('6.1.0');
    expect(findBanner(new Uint8Array(100))).toBeUndefined();
  });
});

describe('what stays unknown', () => {
  it('is an error that names the flags', () => {
    expect(() => identityOf({ paths: ['/boot/vmlinuz-6.1.0-50-amd64'] })).toThrow(
      expect.objectContaining({
        code: 'unknown-identity',
        message: 'the distro and version are not known',
        found: 'only x86_64, 6.1.0-50-amd64',
        expected: '--distro and --distro-version',
      }),
    );
  });

  it('is settled by what the caller gives, which also wins over what is known', () => {
    const given = { distro: 'custom', version: '1', arch: 'aarch64', release: '6.9.0-mine' };
    expect(identityOf({ paths: ['/hub/debian/12/x86_64/6.1.0-50-amd64.btf'], given })).toEqual({
      ...given,
      arch: 'arm64',
    });
  });

  it('is settled by the os-release beside the kernel', () => {
    const system = parseOsRelease('NAME="Rocky Linux"\nID="rocky"\nVERSION_ID="9.3"\n');
    expect(system).toEqual({ distro: 'rocky', version: '9.3' });
    const release = '5.14.0-362.el9.x86_64';
    expect(named({ paths: [`/boot/vmlinuz-${release}`], system: system! })).toBe(`rocky/9/x86_64/${release}`);
  });
});

describe('architectures', () => {
  it('have one word each', () => {
    const words = ['aarch64', 'amd64', 'ppc64el', 's390x', 'armhf', 'i386', 'toString'];
    expect(words.map(archAlias)).toEqual(['arm64', 'x86_64', 'ppc64le', 's390x', 'armv7l', 'i686', 'toString']);
  });

  it.each([
    ['6.1.0-50-cloud-amd64', 'x86_64'],
    ['6.12.94+deb13-riscv64', 'riscv64'],
    ['7.2.13+deb14-powerpc64le-64k', 'ppc64le'],
    ['5.3.7-301.fc31.x86_64', 'x86_64'],
    ['5.4.17-2136.el8uek.aarch64', 'arm64'],
    ['5.4.0-91-generic', undefined],
  ])('of release %s', (release, arch) => {
    expect(archOfRelease(release)).toBe(arch);
  });
});

describe('releases', () => {
  it('are parsed', () => {
    expect(parseRelease('6.12.94+deb13-amd64')).toEqual({ major: 6, minor: 12, patch: 94, rest: '+deb13-amd64' });
    expect(parseRelease('7.3-s390x')).toEqual({ major: 7, minor: 3, patch: 0, rest: '-s390x' });
    expect(['vmlinux', '6', '6.1a', '', '1.2.3/x'].map(parseRelease)).toEqual(Array(5).fill(undefined));
    expect(['6.12.94+deb13-amd64', '7.3-s390x', 'x'].map(kernelVersion)).toEqual(['6.12.94', '7.3', 'x']);
  });

  it('are ordered', () => {
    const ordered = [
      '4.9.0-3-amd64',
      '5.10.0-9-amd64',
      '5.10.0-32-amd64',
      '6.1.0-50-amd64',
      '6.12.9',
      '6.12.43+deb12-amd64',
      '6.12.94+deb12-amd64',
      '6.12.94+deb13-amd64',
      '7.3.0-rc7',
      '7.3.0',
      'mainline',
    ];
    for (let at = 0; at < ordered.length; at++) {
      for (let other = 0; other < ordered.length; other++) {
        const order = compareReleases(ordered[at]!, ordered[other]!);
        expect(Math.sign(order), `${ordered[at]} ${ordered[other]}`).toBe(Math.sign(at - other));
      }
    }
  });
});
