// Banners as distributions' kernels have them, with hosts and dates made anonymous, and the distribution and version that they
// say. '?' is what a banner cannot say: then the flags, or the os-release beside the kernel, must.

const GCC_DEB = (version: string) =>
  `(gcc-${version.split('.')[0]} (Debian ${version}) ${version.split('-')[0]}, GNU ld (GNU Binutils for Debian) 2.40)`;
const GCC_RH = (version: string, redHat: string) =>
  `(gcc (GCC) ${version} (Red Hat ${redHat}), GNU ld version 2.35.2-42.el9)`;
const GCC_UBUNTU = (version: string) =>
  `(x86_64-linux-gnu-gcc-${version.split('.')[0]} (Ubuntu ${version}) ${version.split('-')[0]}, GNU ld (GNU Binutils for Ubuntu) 2.42)`;
const SMP = 'SMP PREEMPT_DYNAMIC';
const DAY = 'Mon Jan 1 00:00:00 UTC 2024';

/** Release, the rest of the banner, `distro/version`. */
export const BANNERS: readonly (readonly [release: string, rest: string, expected: string])[] = [
  // Debian: releases, their updates, backports, unstable, and kernels of others on Debian
  [
    '4.9.0-19-amd64',
    `(debian-kernel@lists.debian.org) (gcc version 6.3.0 20170516 (Debian 6.3.0-18+deb9u1) ) #1 SMP Debian 4.9.320-2 (2022-06-30)`,
    'debian/9',
  ],
  [
    '4.19.0-27-amd64',
    `(debian-kernel@lists.debian.org) (gcc version 8.3.0 (Debian 8.3.0-6)) #1 SMP Debian 4.19.316-1 (2024-06-25)`,
    'debian/10',
  ],
  [
    '5.10.0-32-cloud-amd64',
    `(debian-kernel@lists.debian.org) ${GCC_DEB('10.2.1-6')} #1 SMP Debian 5.10.223-1 (2024-08-10)`,
    'debian/11',
  ],
  [
    '5.10.0-0.bpo.15-amd64',
    `(debian-kernel@lists.debian.org) (gcc-8 (Debian 8.3.0-6) 8.3.0) #1 SMP Debian 5.10.120-1~bpo10+1 (2022-06-13)`,
    'debian/10',
  ],
  [
    '4.19.0-0.bpo.19-amd64',
    `(debian-kernel@lists.debian.org) (gcc version 6.3.0 20170516 (Debian 6.3.0-18+deb9u1)) #1 SMP Debian 4.19.232-1~deb9u1 (2022-03-10)`,
    'debian/9',
  ],
  [
    '5.10.0-0.deb10.30-amd64',
    `(debian-kernel@lists.debian.org) (gcc-8 (Debian 8.3.0-6) 8.3.0) #1 SMP Debian 5.10.218-1~deb10u1 (2024-06-12)`,
    'debian/10',
  ],
  [
    '6.1.0-0.deb11.25-amd64',
    `(debian-kernel@lists.debian.org) ${GCC_DEB('10.2.1-6')} #1 ${SMP} Debian 6.1.106-3~deb11u1 (2024-09-24)`,
    'debian/11',
  ],
  [
    '6.1.0-53-cloud-amd64',
    `(debian-kernel@lists.debian.org) ${GCC_DEB('12.2.0-14+deb12u1')} #1 ${SMP} Debian 6.1.187-1 (2026-09-07)`,
    'debian/12',
  ],
  [
    '6.5.0-0.deb12.4-amd64',
    `(debian-kernel@lists.debian.org) ${GCC_DEB('12.2.0-14')} #1 ${SMP} Debian 6.5.10-1~bpo12+1 (2023-11-23)`,
    'debian/12',
  ],
  [
    '6.12.94+deb12-amd64',
    `(debian-kernel@lists.debian.org) (x86_64-linux-gnu-gcc-12 (Debian 12.2.0-14+deb12u1) 12.2.0) #1 ${SMP} Debian 6.12.94-1~bpo12+1 (2026-05-01)`,
    'debian/12',
  ],
  [
    '6.12.107+deb13-arm64',
    `(debian-kernel@lists.debian.org) (aarch64-linux-gnu-gcc-14 (Debian 14.2.0-19) 14.2.0) #1 SMP Debian 6.12.107-1 (2026-08-01)`,
    'debian/13',
  ],
  [
    '6.6.15-amd64',
    `(debian-kernel@lists.debian.org) ${GCC_DEB('13.2.0-13')} #1 ${SMP} Debian 6.6.15-2 (2024-02-04)`,
    'debian/sid',
  ],
  [
    '6.8.4-2-pve',
    `(build@proxmox) (gcc (Debian 12.2.0-14) 12.2.0, GNU ld (GNU Binutils for Debian) 2.40) #1 ${SMP} PMX 6.8.4-2 (2024-04-10T17:36Z)`,
    'debian/12',
  ],
  [
    '5.15.158-1-pve',
    `(build@proxmox) (gcc (Debian 10.2.1-6) 10.2.1 20210110, GNU ld (GNU Binutils for Debian) 2.35.2) #1 SMP PVE 5.15.158-1 (2024-05-28T08:28Z)`,
    'debian/11',
  ],
  [
    '6.14.8-2-pve',
    `(build@proxmox) (gcc (Debian 14.2.0-19) 14.2.0, GNU ld) #1 ${SMP} PMX 6.14.8-2 (2025-07-22T10:04Z)`,
    'debian/13',
  ],
  [
    '6.6.31+rpt-rpi-v8',
    `(serge@raspberrypi.com) ${GCC_DEB('12.2.0-14')} #1 SMP PREEMPT Debian 1:6.6.31-1+rpt1 (2024-05-29)`,
    'debian/12',
  ],
  [
    '6.12.34+rpt-rpi-2712',
    `(serge@raspberrypi.com) (aarch64-linux-gnu-gcc-14 (Debian 14.2.0-19) 14.2.0) #1 SMP PREEMPT Debian 1:6.12.34-1+rpt1 (2025-06-26)`,
    'debian/13',
  ],
  [
    '6.1.21-v8+',
    `(dom@buildbot) (aarch64-linux-gnu-gcc-8 (Ubuntu/Linaro 8.4.0-3ubuntu1) 8.4.0) #1642 SMP PREEMPT ${DAY}`,
    '?/?',
  ],
  [
    '6.8.11-amd64',
    `(devel@kali.org) (x86_64-linux-gnu-gcc-13 (Debian 13.2.0-25) 13.2.0) #1 ${SMP} Kali 6.8.11-1kali2 (2024-05-30)`,
    'kali/?',
  ],
  // Ubuntu: release kernels, hardware enablement, clouds, OEM, mainline builds, and Pop!_OS
  [
    '4.15.0-213-generic',
    `(buildd@lcy02-amd64-079) (gcc version 7.5.0 (Ubuntu 7.5.0-3ubuntu1~18.04)) #224-Ubuntu SMP ${DAY}`,
    'ubuntu/18.04',
  ],
  [
    '5.4.0-150-generic',
    `(buildd@bos03-amd64-012) (gcc version 7.5.0 (Ubuntu 7.5.0-3ubuntu1~18.04)) #167~18.04.1-Ubuntu SMP ${DAY}`,
    'ubuntu/18.04',
  ],
  [
    '5.4.0-150-generic',
    `(buildd@bos03-amd64-012) (gcc version 9.4.0 (Ubuntu 9.4.0-1ubuntu1~20.04.1)) #167-Ubuntu SMP ${DAY}`,
    'ubuntu/20.04',
  ],
  [
    '5.15.0-1050-aws',
    `(buildd@lcy02-amd64-012) ${GCC_UBUNTU('11.4.0-1ubuntu1~22.04')} #55-Ubuntu SMP ${DAY}`,
    'ubuntu/22.04',
  ],
  [
    '5.15.0-1050-gcp',
    `(buildd@lcy02-amd64-012) (gcc (Ubuntu 9.4.0-1ubuntu1~20.04.2) 9.4.0) #58~20.04.1-Ubuntu SMP ${DAY}`,
    'ubuntu/20.04',
  ],
  [
    '6.2.0-1018-azure',
    `(buildd@lcy02-amd64-012) ${GCC_UBUNTU('11.4.0-1ubuntu1~22.04')} #18~22.04.1-Ubuntu SMP ${DAY}`,
    'ubuntu/22.04',
  ],
  [
    '6.8.0-31-generic',
    `(buildd@lcy02-amd64-080) ${GCC_UBUNTU('13.2.0-23ubuntu4')} #31-Ubuntu ${SMP} ${DAY}`,
    'ubuntu/24.04',
  ],
  [
    '6.8.0-1012-oracle',
    `(buildd@lcy02-amd64-080) ${GCC_UBUNTU('12.3.0-1ubuntu1~22.04')} #12~22.04.1-Ubuntu ${SMP} ${DAY}`,
    'ubuntu/22.04',
  ],
  [
    '6.17.0-1009-oem',
    `(buildd@lcy02-amd64-099) ${GCC_UBUNTU('13.3.0-6ubuntu2~24.04')} #9-Ubuntu ${SMP} ${DAY} (Ubuntu 6.17.0-1009.9-oem 6.17.2)`,
    'ubuntu/24.04',
  ],
  [
    '6.1.0-1036-oem',
    `(buildd@lcy02-amd64-099) ${GCC_UBUNTU('11.4.0-1ubuntu1~22.04')} #36-Ubuntu ${SMP} ${DAY}`,
    'ubuntu/22.04',
  ],
  ['6.17.0-1009-oem', `(buildd@lcy02-amd64-099) ${GCC_UBUNTU('15.2.0-4ubuntu4')} #9-Ubuntu ${SMP} ${DAY}`, 'ubuntu/?'],
  [
    '6.11.0-9-generic',
    `(buildd@lcy02-amd64-080) ${GCC_UBUNTU('14.2.0-4ubuntu2')} #9-Ubuntu ${SMP} ${DAY}`,
    'ubuntu/24.10',
  ],
  ['6.8.0-060800-generic', `(kernel@sita) ${GCC_UBUNTU('13.2.0-17ubuntu2')} #202403131158 ${SMP} ${DAY}`, '?/?'],
  [
    '5.15.0-1034-raspi',
    `(buildd@bos01-arm64-007) (gcc (Ubuntu 11.3.0-1ubuntu1~22.04.1) 11.3.0) #37-Ubuntu SMP PREEMPT ${DAY}`,
    'ubuntu/22.04',
  ],
  [
    '6.9.3-76060903-generic',
    `(jenkins@warp.pop-os.org) ${GCC_UBUNTU('11.4.0-1ubuntu1~22.04')} #202405300957~1721174657~22.04~abb7c06 ${SMP} W`,
    'pop/22.04',
  ],
  // The Red Hat family: who built it says
  [
    '3.10.0-1160.el7.x86_64',
    `(mockbuild@kbuilder.bsys.centos.org) (gcc version 4.8.5 20150623 (Red Hat 4.8.5-44) (GCC) ) #1 SMP ${DAY}`,
    'centos/7',
  ],
  [
    '3.10.0-1160.119.1.el7.x86_64',
    `(mockbuild@x86-vm-15.build.eng.bos.redhat.com) (gcc version 4.8.5 20150623 (Red Hat 4.8.5-44) (GCC) ) #1 SMP ${DAY}`,
    'rhel/7',
  ],
  [
    '4.18.0-553.5.1.el8_10.x86_64',
    `(mockbuild@x86-64-04.build.eng.rdu2.redhat.com) ${GCC_RH('8.5.0 20210514', '8.5.0-22')} #1 SMP ${DAY}`,
    'rhel/8',
  ],
  [
    '5.14.0-611.5.1.el9_7.x86_64',
    `(mockbuild@x86-64-09.build.eng.rdu2.redhat.com) ${GCC_RH('11.5.0 20240719', '11.5.0-11')} #1 ${SMP} ${DAY}`,
    'rhel/9',
  ],
  [
    '6.12.0-55.9.1.el10_0.x86_64',
    `(mockbuild@x86-64-09.build.eng.rdu2.redhat.com) ${GCC_RH('14.2.1 20250110', '14.2.1-7')} #1 ${SMP} ${DAY}`,
    'rhel/10',
  ],
  [
    '5.14.0-427.el9.x86_64',
    `(mockbuild@x86-05.stream.rdu2.redhat.com) ${GCC_RH('11.4.1 20231218', '11.4.1-3')} #1 ${SMP} ${DAY}`,
    'centos/9',
  ],
  [
    '4.18.0-540.el8.x86_64',
    `(mockbuild@kbuilder.bsys.centos.org) ${GCC_RH('8.5.0 20210514', '8.5.0-21')} #1 SMP ${DAY}`,
    'centos/8',
  ],
  [
    '5.14.0-362.8.1.el9_3.x86_64',
    `(mockbuild@iad1-prod-build001.bld.equ.rockylinux.org) ${GCC_RH('11.4.1 20230605', '11.4.1-2')} #1 ${SMP} ${DAY}`,
    'rocky/9',
  ],
  [
    '4.18.0-513.5.1.el8_9.x86_64',
    `(mockbuild@x64-builder02.almalinux.org) ${GCC_RH('8.5.0 20210514', '8.5.0-20')} #1 SMP ${DAY}`,
    'almalinux/8',
  ],
  [
    '5.14.0-427.13.1.el9_4.aarch64',
    `(mockbuild@arm64-builder01.almalinux.org) ${GCC_RH('11.4.1 20231218', '11.4.1-3')} #1 ${SMP} ${DAY}`,
    'almalinux/9',
  ],
  [
    '4.18.0-513.5.1.el8_9.x86_64',
    `(mockbuild@host-100-100-224-5) ${GCC_RH('8.5.0 20210514', '8.5.0-20.0.1')} #1 SMP ${DAY}`,
    '?/?',
  ],
  [
    '5.15.0-206.153.7.1.el9uek.x86_64',
    `(mockbuild@host-100-100-224-5) (gcc (GCC) 11.4.1 20231218 (Red Hat 11.4.1-3.0.1), GNU ld version 2.35.2-43.0.1.el9) #2 SMP ${DAY}`,
    'ol/9',
  ],
  [
    '5.4.17-2136.331.7.el8uek.x86_64',
    `(mockbuild@host-100-100-224-5) (gcc version 8.5.0 20210514 (Red Hat 8.5.0-20.0.3) (GCC)) #3 SMP ${DAY}`,
    'ol/8',
  ],
  [
    '3.10.0-1160.el7.x86_64',
    `(mockbuild@sl7-builder.fnal.gov) (gcc version 4.8.5 20150623 (Red Hat 4.8.5-44) (GCC) ) #1 SMP ${DAY}`,
    'scientific/7',
  ],
  [
    '6.9.3-1.el9.elrepo.x86_64',
    `(mockbuild@builder.elrepo.org) ${GCC_RH('11.4.1 20231218', '11.4.1-3')} #1 ${SMP} ${DAY}`,
    '?/?',
  ],
  [
    '4.18.0-513.11.1.lve.el8.x86_64',
    `(mockbuild@build.cloudlinux.com) ${GCC_RH('8.5.0 20210514', '8.5.0-20')} #1 SMP ${DAY}`,
    'cloudlinux/8',
  ],
  // Fedora and what goes by its releases
  [
    '6.8.5-301.fc40.x86_64',
    `(mockbuild@0a0b0c0d) (gcc (GCC) 14.0.1 20240328 (Red Hat 14.0.1-0), GNU ld version 2.41-34.fc40) #1 ${SMP} ${DAY}`,
    'fedora/40',
  ],
  [
    '6.10.6-200.fc40.aarch64',
    `(mockbuild@buildhw-a64-01.iad2.fedoraproject.org) (gcc (GCC) 14.2.1 20240801 (Red Hat 14.2.1-1)) #1 ${SMP} ${DAY}`,
    'fedora/40',
  ],
  [
    '6.9.3-403.asahi.fc40.aarch64+16k',
    `(mockbuild@builder) (gcc (GCC) 14.1.1 20240522 (Red Hat 14.1.1-4)) #1 ${SMP} ${DAY}`,
    'fedora-asahi-remix/40',
  ],
  [
    '6.1.62-1.qubes.fc37.x86_64',
    `(user@host) (gcc (GCC) 12.3.1 20230508 (Red Hat 12.3.1-1)) #1 ${SMP} ${DAY}`,
    'qubes/?',
  ],
  // Amazon, Azure, Photon, and others that write it into the release
  [
    '4.14.336-180.562.amzn1.x86_64',
    `(mockbuild@koji-pdx-corp-builder) (gcc version 7.2.1 20170915 (Red Hat 7.2.1-2) (GCC)) #1 SMP ${DAY}`,
    'amzn/2018',
  ],
  [
    '5.10.215-203.850.amzn2.x86_64',
    `(mockbuild@ip-10-0-0-1) (gcc10-gcc (GCC) 10.5.0 20230707 (Red Hat 10.5.0-1), GNU ld version 2.35.2-9.amzn2.0.1) #1 SMP ${DAY}`,
    'amzn/2',
  ],
  [
    '6.1.79-99.164.amzn2023.x86_64',
    `(mockbuild@ip-10-0-0-1) (gcc (GCC) 11.4.1 20230605 (Red Hat 11.4.1-2), GNU ld version 2.39-6.amzn2023.0.10) #1 ${SMP} ${DAY}`,
    'amzn/2023',
  ],
  [
    '6.6.35.1-4.azl3',
    `(root@CBL-Mariner) (gcc (GCC) 13.2.0, GNU ld (GNU Binutils) 2.41) #1 SMP ${DAY}`,
    'azurelinux/3.0',
  ],
  [
    '5.15.158.2-1.cm2',
    `(root@CBL-Mariner) (gcc (GCC) 11.2.0, GNU ld (GNU Binutils) 2.37) #1 SMP ${DAY}`,
    'mariner/2.0',
  ],
  ['6.1.83-2.ph5', `(root@photon) (gcc (GCC) 12.2.0, GNU ld (GNU Binutils) 2.39) #1-photon SMP ${DAY}`, 'photon/5.0'],
  ['4.19.90-2112.8.0.0131.oe1.x86_64', `(root@build) (gcc version 7.3.0 (GCC)) #1 SMP ${DAY}`, 'openEuler/20.03'],
  ['5.10.0-4.17.0.28.oe1.x86_64', `(root@build) (gcc_old (GCC) 9.3.1) #1 SMP ${DAY}`, 'openEuler/?'],
  [
    '5.10.0-136.12.0.86.oe2203sp1.x86_64',
    `(root@dc-64g.compass-ci) (gcc_old (GCC) 10.3.1) #1 SMP ${DAY}`,
    'openEuler/22.03',
  ],
  [
    '6.6.0-28.0.0.34.oe2403.aarch64',
    `(root@dc-64g.compass-ci) (gcc_old (GCC) 12.3.1) #1 SMP ${DAY}`,
    'openEuler/24.03',
  ],
  [
    '4.19.90-52.22.v2207.ky10.x86_64',
    `(KYLINSOFT@localhost.localdomain) (gcc version 7.3.0 (GCC)) #1 SMP ${DAY}`,
    'kylin/V10',
  ],
  [
    '5.4.18-85-generic',
    `(buildd@localhost) (gcc version 9.3.0 (Ubuntu 9.3.0-10kylin2)) #74-KYLINOS SMP ${DAY}`,
    'kylin/?',
  ],
  [
    '5.10.134-16.an8.x86_64',
    `(mockbuild@anolis-build) (gcc (GCC) 8.5.0 20210514 (Anolis 8.5.0-10.0.3)) #1 SMP ${DAY}`,
    'anolis/8',
  ],
  ['6.6.25-2.an23.x86_64', `(mockbuild@anolis-build) (gcc (GCC) 12.3.0) #1 SMP ${DAY}`, 'anolis/23'],
  [
    '5.10.134-16.3.al8.x86_64',
    `(mockbuild@alibaba) (gcc (GCC) 10.2.1 20200825 (Alibaba 10.2.1-3.7 2.32)) #1 SMP ${DAY}`,
    'alinux/3',
  ],
  [
    '4.19.91-27.8.al7.x86_64',
    `(mockbuild@alibaba) (gcc version 4.8.5 20150623 (Red Hat 4.8.5-44) (GCC)) #1 SMP ${DAY}`,
    'alinux/2.1903',
  ],
  [
    '6.6.34-9.oc9.x86_64',
    `(mockbuild@opencloudos) (gcc (GCC) 12.3.1 20230912 (OpenCloudOS 12.3.1-2)) #1 SMP ${DAY}`,
    'opencloudos/9',
  ],
  [
    '5.4.241-1-tlinux4-0017.7',
    `(root@build) (gcc version 8.5.0 20210514 (Tencent 8.5.0-18) (GCC)) #1 SMP ${DAY}`,
    'tencentos/?',
  ],
  ['5.10.0-60.18.0.50.r509_2.hce2.x86_64', `(root@build) (gcc_old (GCC) 10.3.1) #1 SMP ${DAY}`, 'hce/2.0'],
  [
    '6.6.28-desktop-1.mga9',
    `(iurt@ecosse.mageia.org) (gcc (Mageia 12.3.0-3.mga9) 12.3.0) #1 ${SMP} ${DAY}`,
    'mageia/9',
  ],
  // SUSE: Leap since 15.3 runs SLE's kernels, under SLE's name
  [
    '4.12.14-122.216-default',
    `(geeko@buildhost) (gcc version 4.8.5 (SUSE Linux) ) #1 SMP ${DAY} (abcdef0)`,
    'sles/12.5',
  ],
  ...(
    [
      ['4.4.21-69-default', 'sles/12.2'],
      ['4.4.121-92.98-default', 'sles/12.2'],
      ['4.4.73-5-default', 'sles/12.3'],
      ['4.4.103-6.38-default', 'sles/12.3'],
      ['4.4.180-94.164-default', 'sles/12.3'],
      ['4.12.14-94.41-default', 'sles/12.4'],
      ['4.12.14-120-default', 'sles/12.5'],
      ['4.12.14-23-default', 'sles/15.0'],
      ['4.12.14-195-default', 'sles/15.1'],
      ['5.3.18-22-default', 'sles/15.2'],
      ['5.3.18-57-default', 'sles/15.3'],
      ['5.14.21-150400.22-azure', 'sles/15.4'],
      // Leap 42 has releases that tell nothing
      ['4.4.76-1-default', '?/?'],
      ['4.4.92-31-default', '?/?'],
      ['4.4.180-102-default', '?/?'],
    ] as const
  ).map(
    ([release, expected]) =>
      [release, `(geeko@buildhost) (gcc version 4.8.5 (SUSE Linux) ) #1 SMP ${DAY} (abcdef0)`, expected] as const,
  ),
  [
    '4.12.14-197.108-default',
    `(geeko@buildhost) (gcc version 7.5.0 (SUSE Linux) ) #1 SMP ${DAY} (abcdef0)`,
    'sles/15.1',
  ],
  [
    '5.3.18-150300.59.106-default',
    `(geeko@buildhost) (gcc version 7.5.0 (SUSE Linux)) #1 SMP ${DAY} (abcdef0)`,
    'sles/15.3',
  ],
  [
    '5.14.21-150500.55.62-default',
    `(geeko@buildhost) (gcc (SUSE Linux) 7.5.0, GNU ld (GNU Binutils; SUSE Linux Enterprise 15) 2.41) #1 ${SMP} ${DAY} (abcdef0)`,
    'sles/15.5',
  ],
  ['6.4.0-150600.23.7-default', `(geeko@buildhost) (gcc (SUSE Linux) 7.5.0) #1 ${SMP} ${DAY} (abcdef0)`, 'sles/15.6'],
  [
    '5.3.18-lp152.106-default',
    `(geeko@buildhost) (gcc version 7.5.0 (SUSE Linux)) #1 SMP ${DAY} (abcdef0)`,
    'opensuse-leap/15.2',
  ],
  [
    '6.9.3-1-default',
    `(geeko@buildhost) (gcc (SUSE Linux) 13.3.0, GNU ld (GNU Binutils; openSUSE Tumbleweed) 2.42) #1 ${SMP} ${DAY} (abcdef0)`,
    'opensuse-tumbleweed/tumbleweed',
  ],
  // Rolling
  [
    '6.9.7-arch1-1',
    `(linux@archlinux) (gcc (GCC) 14.1.1 20240522, GNU ld (GNU Binutils) 2.42.0) #1 ${SMP} ${DAY}`,
    'arch/rolling',
  ],
  [
    '6.6.35-1-lts',
    `(linux-lts@archlinux) (gcc (GCC) 14.1.1 20240522, GNU ld (GNU Binutils) 2.42.0) #1 ${SMP} ${DAY}`,
    'arch/rolling',
  ],
  ['6.9.6-2-cachyos', `(linux-cachyos@cachyos) (clang version 18.1.8, LLD 18.1.8) #1 ${SMP} ${DAY}`, 'cachyos/rolling'],
  ['6.9.5-1-MANJARO', `(builduser@fv-az) (gcc (GCC) 14.1.1 20240522) #1 ${SMP} ${DAY}`, 'manjaro/rolling'],
  ['6.6.30_1', `(voidlinux@voidlinux) (gcc (GCC) 13.2.0, GNU ld (GNU Binutils) 2.41) #1 ${SMP} ${DAY}`, 'void/rolling'],
  [
    '6.6.30-gentoo-x86_64',
    `(root@localhost) (x86_64-pc-linux-gnu-gcc (Gentoo 13.2.1_p20240210 p14) 13.2.1 20240210) #1 SMP ${DAY}`,
    'gentoo/?',
  ],
  // Systems that are made whole: the banner says whose, not which version
  ['6.6.32', `(nixbld@localhost) (gcc (GCC) 13.2.0, GNU ld (GNU Binutils) 2.41) #1-NixOS ${SMP} ${DAY}`, 'nixos/?'],
  [
    '6.6.32-0-lts',
    `(buildozer@build-3-20-x86_64) (gcc (Alpine 13.2.1_git20240309) 13.2.1 20240309) #1-Alpine ${SMP} ${DAY}`,
    'alpine/3.20',
  ],
  [
    '6.1.79',
    `(builder@buildkitsandbox) (x86_64-bottlerocket-linux-gnu-gcc (Buildroot 2022.11.1) 11.3.0) #1 SMP ${DAY}`,
    'bottlerocket/?',
  ],
  ['6.6.30-talos', `(@buildkitsandbox) (gcc (GCC) 13.2.0) #1 SMP ${DAY}`, 'talos/?'],
  [
    '6.6.30-flatcar',
    `(build@pony-truck.infra.kinvolk.io) (x86_64-cros-linux-gnu-gcc (Gentoo Hardened 13.2.1_p20240210) 13.2.1) #1 ${SMP} ${DAY}`,
    'flatcar/?',
  ],
  [
    '6.1.75+',
    `(builder@localhost) (Chromium OS 17.0_pre498229-r33 clang version 17.0.0, LLD 17.0.0) #1 ${SMP} ${DAY}`,
    'cos/?',
  ],
  [
    '5.15.148-20999-g0a1b2c3d4e5f',
    `(builder@localhost) (Chromium OS 17.0_pre498229 clang version 17.0.0) #1 SMP PREEMPT ${DAY}`,
    'chromeos/?',
  ],
  [
    '5.15.104-android13-8-00018-g0a1b2c3d4e5f-ab10234567',
    `(build-user@build-host) (Android (8508608, based on r450784e) clang version 14.0.7, LLD 14.0.7) #1 SMP PREEMPT ${DAY}`,
    'android/13',
  ],
  [
    '6.1.75-android14-11-g0a1b2c3d4e5f',
    `(kleaf@build-host) (Android (10087095) clang version 17.0.2) #1 SMP PREEMPT ${DAY}`,
    'android/14',
  ],
  [
    '5.15.150',
    `(builder@buildhost) (x86_64-openwrt-linux-musl-gcc (OpenWrt GCC 12.3.0 r23809-234f1a2efa) 12.3.0) #0 SMP ${DAY}`,
    'openwrt/?',
  ],
  ['6.1.52-valve16-1-neptune-61', `(builder@localhost) (gcc (GCC) 13.1.1 20230714) #1 ${SMP} ${DAY}`, 'steamos/?'],
  // Kernels that no distribution's name follows from
  [
    '5.15.146.1-microsoft-standard-WSL2',
    `(root@65c757a075e2) (gcc (GCC) 11.2.0, GNU ld (GNU Binutils) 2.37) #1 SMP ${DAY}`,
    '?/?',
  ],
  ['6.6.22-linuxkit', `(root@buildkitsandbox) (gcc (Alpine 13.2.1_git20231014) 13.2.1 20231014) #1 SMP ${DAY}`, '?/?'],
  ['6.9.0-xanmod1', `(xanmod@xanmod.org) ${GCC_DEB('13.2.0-13')} #0~20240513 ${SMP} ${DAY}`, '?/?'],
  ['6.9.0-rc1', `(me@home) ${GCC_DEB('12.2.0-14')} #3 SMP ${DAY}`, '?/?'],
  ['6.9.0', `(debian@home) ${GCC_DEB('12.2.0-14')} #1 SMP ${DAY}`, '?/?'],
  ['6.9.0', `(ubuntu@ip-10-0-0-1) ${GCC_UBUNTU('13.2.0-23ubuntu4')} #1 SMP ${DAY}`, '?/?'],
  [
    '5.10.104-tegra',
    `(buildbrain@mobile-u64) (aarch64-buildroot-linux-gnu-gcc.br_real (Buildroot 2020.08) 9.3.0) #1 SMP PREEMPT ${DAY}`,
    '?/?',
  ],
  ['6.1.38-yocto-standard', `(oe-user@oe-host) (x86_64-poky-linux-gcc (GCC) 12.3.0) #1 SMP ${DAY}`, '?/?'],
];
