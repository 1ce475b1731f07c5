// Every reader on every distribution: a kernel filed in an archive's words, the machine's own os-release, and whether the
// reader finds it. What a reader cannot find, by its own rules, is said so in the row.

import {
  BUNDLE_FORMATS,
  type BundleFormat,
  type KernelId,
  lookupMember,
  planBundle,
  writeUstar,
} from '@btfq/minimizer';
import { describe, expect, test } from 'vitest';
import { DISTRIBUTIONS } from '../src/bundle/distributions.ts';
import { findInBcc } from './bcc-reader.ts';

interface Row {
  /** As it is filed: distro/version. */
  readonly filed: string;
  readonly release: string;
  readonly osRelease: string;
  /** Readers that cannot find it by their own rules. */
  readonly misses?: readonly BundleFormat[];
}

/** Readers of folders, and Inspektor Gadget, cannot ask without a VERSION_ID; the agent knows nine platforms. */
const NO_VERSION: readonly BundleFormat[] = ['dir', 'tracee', 'kyanos', 'inspektor-gadget'];
const NO_PLATFORM: readonly BundleFormat[] = ['datadog'];
const os = (id: string, version?: string) =>
  `NAME=x\nID=${id}\n${version === undefined ? '' : `VERSION_ID=${version}\n`}`;
const el = (id: string, major: string, minor: string, release: string, misses?: readonly BundleFormat[]): Row => ({
  filed: `${id}/${major}`,
  release,
  osRelease: os(`"${id}"`, `"${minor}"`),
  ...(misses && { misses }),
});

const ROWS: readonly Row[] = [
  el('rhel', '7', '7.9', '3.10.0-1160.el7.x86_64'),
  el('rhel', '7', '7.4', '3.10.0-693.11.6.el7.x86_64'),
  el('rhel', '8', '8.10', '4.18.0-553.5.1.el8_10.x86_64'),
  el('rhel', '8', '8.2', '4.18.0-193.el8.x86_64'),
  el('rhel', '9', '9.7', '5.14.0-611.5.1.el9_7.x86_64'),
  el('rhel', '9', '9.9', '5.14.0-700.el9.x86_64'),
  el('rhel', '10', '10.0', '6.12.0-55.9.1.el10_0.x86_64'),
  el('rhel', '11', '11.3', '7.4.0-100.1.1.el11_3.x86_64'),
  el('rocky', '9', '9.3', '5.14.0-362.8.1.el9_3.x86_64', NO_PLATFORM),
  el('rocky', '9.3', '9.3', '5.14.0-362.8.1.el9_3.x86_64', NO_PLATFORM),
  el('almalinux', '8', '8.9', '4.18.0-513.5.1.el8_9.x86_64', NO_PLATFORM),
  el('ol', '8', '8.9', '4.18.0-513.5.1.el8_9.x86_64'),
  el('ol', '8', '8.4', '5.4.17-2136.331.7.el8uek.x86_64'),
  el('ol', '9', '9.10', '5.15.0-206.153.7.1.el9uek.x86_64'),
  el('ol', '7', '7.9', '4.14.35-1902.300.11.el7uek.x86_64'),
  el('centos', '7', '7', '3.10.0-1160.el7.x86_64'),
  el('centos', '9', '9', '5.14.0-427.el9.x86_64'),
  el('scientific', '7', '7.9', '3.10.0-1160.el7.x86_64', NO_PLATFORM),
  el('eurolinux', '9', '9.4', '5.14.0-427.13.1.el9_4.x86_64', NO_PLATFORM),
  el('cloudlinux', '8', '8.9', '4.18.0-513.11.1.lve.el8.x86_64', NO_PLATFORM),
  el('anolis', '8', '8.8', '5.10.134-16.an8.x86_64', NO_PLATFORM),
  el('opencloudos', '9', '9.2', '6.6.34-9.oc9.x86_64', NO_PLATFORM),
  el('tencentos', '3', '3.1', '5.4.241-1-tlinux4-0017.7', NO_PLATFORM),
  { filed: 'fedora/40', release: '6.8.5-301.fc40.x86_64', osRelease: os('fedora', '40') },
  {
    filed: 'fedora-asahi-remix/40',
    release: '6.9.3-403.asahi.fc40.aarch64+16k',
    osRelease: os('fedora-asahi-remix', '40'),
    misses: NO_PLATFORM,
  },
  { filed: 'amzn/2018', release: '4.14.336-180.562.amzn1.x86_64', osRelease: os('"amzn"', '"2018.03"') },
  { filed: 'amzn/2', release: '5.10.215-203.850.amzn2.x86_64', osRelease: os('"amzn"', '"2"') },
  { filed: 'amzn/2023', release: '6.1.79-99.164.amzn2023.x86_64', osRelease: os('"amzn"', '"2023"') },
  { filed: 'azurelinux/3.0', release: '6.6.35.1-4.azl3', osRelease: os('azurelinux', '"3.0"'), misses: NO_PLATFORM },
  { filed: 'mariner/2.0', release: '5.15.158.2-1.cm2', osRelease: os('mariner', '"2.0"'), misses: NO_PLATFORM },
  { filed: 'photon/5.0', release: '6.1.83-2.ph5', osRelease: os('photon', '5.0'), misses: NO_PLATFORM },
  {
    filed: 'openEuler/22.03',
    release: '5.10.0-136.oe2203sp1.x86_64',
    osRelease: os('"openEuler"', '"22.03"'),
    misses: NO_PLATFORM,
  },
  { filed: 'hce/2.0', release: '5.10.0-60.hce2.x86_64', osRelease: os('"hce"', '"2.0"'), misses: NO_PLATFORM },
  {
    filed: 'euleros/2.0',
    release: '4.18.0-147.eulerosv2r9.x86_64',
    osRelease: os('"euleros"', '"2.0"'),
    misses: NO_PLATFORM,
  },
  {
    filed: 'kylin/V10',
    release: '4.19.90-52.22.v2207.ky10.x86_64',
    osRelease: os('"kylin"', '"V10"'),
    misses: NO_PLATFORM,
  },
  { filed: 'uos/20', release: '4.19.90-2403.uel20.x86_64', osRelease: os('"uos"', '"20"'), misses: NO_PLATFORM },
  { filed: 'alinux/3', release: '5.10.134-16.3.al8.x86_64', osRelease: os('"alinux"', '"3"'), misses: NO_PLATFORM },
  { filed: 'mageia/9', release: '6.6.28-desktop-1.mga9', osRelease: os('mageia', '9'), misses: NO_PLATFORM },
  { filed: 'debian/bullseye', release: '5.10.0-32-amd64', osRelease: os('debian', '"11"') },
  { filed: 'debian/12', release: '6.1.0-53-amd64', osRelease: os('debian', '"12"') },
  { filed: 'debian/14', release: '7.2.13+deb14-amd64', osRelease: os('debian'), misses: NO_VERSION },
  { filed: 'debian/14', release: '7.2.13+deb14-amd64', osRelease: os('debian', '"14"') },
  { filed: 'debian/sid', release: '6.6.15-amd64', osRelease: os('debian'), misses: NO_VERSION },
  { filed: 'raspbian/11', release: '6.1.21-v7+', osRelease: os('raspbian', '"11"'), misses: NO_PLATFORM },
  { filed: 'kali/2024.2', release: '6.8.11-amd64', osRelease: os('kali', '"2024.2"'), misses: NO_PLATFORM },
  ...(
    [
      ['buster', 'devuan', '3', '4.19.0-27-amd64'],
      ['12', 'devuan', '5', '6.1.0-53-amd64'],
      ['trixie', 'devuan', '6', '6.12.107+deb13-amd64'],
      ['bullseye', 'linuxmint', '5', '5.10.0-32-amd64'],
      ['13', 'linuxmint', '7', '6.12.107+deb13-amd64'],
      ['12', 'raspbian', '12', '6.6.31+rpt-rpi-v7'],
    ] as const
  ).map(([version, id, own, release]) => ({
    filed: `debian/${version}`,
    release,
    osRelease: os(id, `"${own}"`),
    misses: NO_PLATFORM,
  })),
  { filed: 'devuan/5', release: '6.1.0-53-amd64', osRelease: os('devuan', '"5"'), misses: NO_PLATFORM },
  { filed: 'ubuntu/focal', release: '5.4.0-150-generic', osRelease: os('ubuntu', '"20.04"') },
  { filed: 'ubuntu/24.04', release: '6.8.0-31-generic', osRelease: os('ubuntu', '"24.04"') },
  ...(
    [
      ['20.04', 'linuxmint', '20.3', '5.4.0-150-generic'],
      ['jammy', 'linuxmint', '21.2', '5.15.0-91-generic'],
      ['24.04', 'linuxmint', '22', '6.8.0-31-generic'],
      ['26.04', 'linuxmint', '23.1', '7.0.0-12-generic'],
      ['22.04', 'zorin', '17', '5.15.0-91-generic'],
      ['22.04', 'elementary', '7.1', '5.15.0-91-generic'],
      ['24.04', 'neon', '24.04', '6.8.0-31-generic'],
      ['24.04', 'tuxedo', '24.04', '6.8.0-31-generic'],
    ] as const
  ).map(([version, id, own, release]) => ({
    filed: `ubuntu/${version}`,
    release,
    osRelease: os(id, `"${own}"`),
    misses: NO_PLATFORM,
  })),
  { filed: 'pop/22.04', release: '6.9.3-76060903-generic', osRelease: os('pop', '"22.04"'), misses: NO_PLATFORM },
  ...(['zorin/17', 'elementary/7.1', 'neon/22.04', 'tuxedo/22.04'] as const).map((filed) => ({
    filed,
    release: '5.15.0-91-generic',
    osRelease: os(filed.split('/')[0]!, `"${filed.split('/')[1]}"`),
    misses: NO_PLATFORM,
  })),
  { filed: 'linuxmint/21.3', release: '5.15.0-91-generic', osRelease: os('linuxmint', '"21.3"'), misses: NO_PLATFORM },
  { filed: 'sles/12.5', release: '4.12.14-122.216-default', osRelease: os('"sles"', '"12.5"') },
  { filed: 'sles/15.5', release: '5.14.21-150500.55.62-default', osRelease: os('"sles"', '"15.5"') },
  { filed: 'sles/15.5', release: '5.14.21-150500.55.62-default', osRelease: os('"opensuse-leap"', '"15.5"') },
  { filed: 'sles/16.0', release: '6.12.0-160000.5-default', osRelease: os('"opensuse-leap"', '"16.0"') },
  { filed: 'opensuse-leap/15.3', release: '5.3.18-150300.59.106-default', osRelease: os('"sles"', '"15.3"') },
  { filed: 'opensuse-leap/15.2', release: '5.3.18-lp152.106-default', osRelease: os('"opensuse-leap"', '"15.2"') },
  {
    filed: 'sles_sap/15.5',
    release: '5.14.21-150500.55.62-default',
    osRelease: os('"sles_sap"', '"15.5"'),
    misses: NO_PLATFORM,
  },
  {
    filed: 'sles/15.5',
    release: '5.14.21-150500.55.62-default',
    osRelease: os('"sled"', '"15.5"'),
    misses: NO_PLATFORM,
  },
  {
    filed: 'sled/15.5',
    release: '5.14.21-150500.55.62-default',
    osRelease: os('"sled"', '"15.5"'),
    misses: NO_PLATFORM,
  },
  // the day of a snapshot, which no kernel says
  {
    filed: 'opensuse-tumbleweed/tumbleweed',
    release: '6.9.3-1-default',
    osRelease: os('"opensuse-tumbleweed"', '"20240530"'),
    misses: BUNDLE_FORMATS.filter((format) => format !== 'flat'),
  },
  { filed: 'arch/rolling', release: '6.9.7-arch1-1', osRelease: os('arch'), misses: [...NO_VERSION, ...NO_PLATFORM] },
  {
    filed: 'cachyos/rolling',
    release: '6.9.6-2-cachyos',
    osRelease: os('cachyos'),
    misses: [...NO_VERSION, ...NO_PLATFORM],
  },
  {
    filed: 'manjaro/rolling',
    release: '6.9.5-1-MANJARO',
    osRelease: os('manjaro'),
    misses: [...NO_VERSION, ...NO_PLATFORM],
  },
  { filed: 'void/rolling', release: '6.6.30_1', osRelease: os('"void"'), misses: [...NO_VERSION, ...NO_PLATFORM] },
  { filed: 'alpine/3.20', release: '6.6.32-0-lts', osRelease: os('alpine', '3.20.3'), misses: NO_PLATFORM },
  { filed: 'gentoo/2.15', release: '6.6.30-gentoo', osRelease: os('gentoo', '"2.15"'), misses: NO_PLATFORM },
  { filed: 'nixos/24.05', release: '6.6.32', osRelease: os('nixos', '"24.05"'), misses: NO_PLATFORM },
  { filed: 'bottlerocket/1.19.1', release: '6.1.79', osRelease: os('bottlerocket', '1.19.1'), misses: NO_PLATFORM },
  { filed: 'talos/v1.7.0', release: '6.6.30-talos', osRelease: os('talos', 'v1.7.0'), misses: NO_PLATFORM },
  { filed: 'flatcar/3815.2.2', release: '6.1.85-flatcar', osRelease: os('flatcar', '3815.2.2'), misses: NO_PLATFORM },
  { filed: 'coreos/2512.3.0', release: '4.19.124-coreos', osRelease: os('coreos', '2512.3.0'), misses: NO_PLATFORM },
  { filed: 'cos/113', release: '6.1.75+', osRelease: os('cos', '113'), misses: NO_PLATFORM },
  {
    filed: 'chromeos/120',
    release: '5.15.148-20999-g0a1b2c3d4e5f',
    osRelease: os('chromeos', '120'),
    misses: NO_PLATFORM,
  },
  {
    filed: 'steamos/3.5.7',
    release: '6.1.52-valve16-1-neptune-61',
    osRelease: os('steamos', '3.5.7'),
    misses: NO_PLATFORM,
  },
  { filed: 'openwrt/23.05.3', release: '5.15.150', osRelease: os('"openwrt"', '"23.05.3"'), misses: NO_PLATFORM },
  // not in the table: whatever its os-release looks like
  { filed: 'mine/1', release: '6.9.0-mine', osRelease: os('"mine"', '"1"'), misses: NO_PLATFORM },
  { filed: 'mine/1', release: '6.9.0-mine', osRelease: os('mine', '1'), misses: NO_PLATFORM },
];

const BTF = new Uint8Array([0x9f, 0xeb, 1, 0]);

function kernelOf({ filed, release }: Row, arch: string): KernelId {
  const [distro = '', version = ''] = filed.split('/');
  return { distro, version, arch, release };
}

describe.each(BUNDLE_FORMATS)('%s', (format) => {
  test.each(ROWS.map((row) => ({ ...row, line: row.osRelease.split('\n').slice(1).join(' ') })))(
    '$filed, $release, on $line',
    (row) => {
      for (const [arch, machine] of [
        ['x86_64', 'x86_64'],
        ['arm64', 'aarch64'],
      ] as const) {
        const plan = planBundle(format, [{ kernel: kernelOf(row, arch), btf: BTF }]);
        expect(plan.problems).toEqual([]);
        const paths = plan.members.map((member) => member.path);
        const { osRelease, release } = row;
        const found = lookupMember(format, paths, { osRelease, machine, release });
        expect(found.hit, `${machine}: ${found.notes.join('; ')}`).toBe(!row.misses?.includes(format));
        if (!found.hit) expect(found.notes.length).toBeGreaterThan(0);
      }
    },
  );
});

test('every distribution of the table has a row', () => {
  const filed = new Set(ROWS.map((row) => row.filed.split('/')[0]));
  expect(Object.keys(DISTRIBUTIONS).filter((id) => !filed.has(id))).toEqual([]);
});

test.each(ROWS)("bcc's own reader finds $filed, $release", (row) => {
  const { osRelease, release } = row;
  const plan = planBundle('bcc', [{ kernel: kernelOf(row, 'arm64'), btf: BTF }]);
  const tar = writeUstar(plan.members.map(({ path, bytes }) => ({ name: path, bytes })));
  const found = findInBcc(tar, { osRelease, machine: 'aarch64', release });
  expect(found !== undefined).toBe(!row.misses?.includes('bcc'));
});

describe('readers at their limits', () => {
  const host = { machine: 'x86_64', release: '6.1.0' };
  test.each<[BundleFormat, string, string[]]>([
    ['bcc', 'ID=a\nVERSION_ID="15 SP4"\n', ['./a/1/x86_64/6.1.0.btf']],
    [
      'bcc',
      `ID=${'a'.repeat(60)}\nVERSION_ID="${'1'.repeat(60)}"\n`,
      [`./${'a'.repeat(60)}/${'1'.repeat(60)}`.slice(0, 99)],
    ],
    ['bcc', "ID='a'\nVERSION_ID='1'\n", ["./'a'//x86_64/6.1.0.btf"]],
    ['tracee', 'ID="a"\nVERSION_ID="1"\nX=a=b\n', ['dist/btfhub/a/1/x86_64/6.1.0.btf']],
    ['tracee', "ID='a'\nVERSION_ID='1'\n", ["dist/btfhub/'a'/'1'/x86_64/6.1.0.btf"]],
    ['kyanos', 'ID=a\nVERSION_ID=1\n', ['custom-archive/a/1/x86_64/6.1.0.btf']],
    ['inspektor-gadget', 'ID=a\n', []],
    ['inspektor-gadget', 'ID="a"\nVERSION_ID="1"\n', ['"a"/1/x86_64/6.1.0.btf']],
    ['eunomia', 'ID="a"\n', ['./btfhub-archive/a//x86_64/6.1.0.btf']],
    ['datadog', 'ID=rocky\nVERSION_ID=9\n', []],
    ['datadog', 'ID=suse\nVERSION_ID=9\n', ['sles/6.1.0.btf.tar.xz', 'sles/6.1.0.btf']],
  ])('%s asks, of %j, for %j', (format, osRelease, asked) => {
    expect(lookupMember(format, [], { ...host, osRelease }).asked).toEqual(asked);
  });

  test('kyanos takes what starts most alike, which is not a hit', () => {
    const members = ['custom-archive/a/1/x86_64/6.1.1.btf', 'custom-archive/a/1/x86_64/5.9.0.btf'];
    const found = lookupMember('kyanos', members, { ...host, osRelease: 'ID=a\nVERSION_ID=1\n' });
    expect(found.hit).toBe(false);
    expect(found.notes[0]).toContain('kyanos takes custom-archive/a/1/x86_64/6.1.1.btf');
  });

  test.each<[string, string[], string | undefined]>([
    ['3.10.0-1160.el7.x86_64', ['centos', 'rhel'], undefined],
    ['3.10.0-1160.el7.x86_64', ['centos', 'fedora'], 'centos'],
    ['4.18.0-513.5.1.el8_9.x86_64', ['rhel', 'rocky'], 'rhel'],
    ['4.18.0-513.5.1.el8_9.x86_64', ['rocky'], undefined],
    ['5.3.18-150300.59.106-default', ['sles', 'opensuse-leap'], 'opensuse-leap'],
    ['6.1.0', ['debian', 'fedora'], undefined],
    ['5.4.17-2136.el8uek.x86_64', ['ol', 'rhel'], 'ol'],
  ])('datadog on a machine that says Ubuntu, %s in %j: %s', (release, folders, platform) => {
    const members = folders.map((folder) => `${folder}/${release}.btf.tar.xz`);
    const found = lookupMember('datadog', members, {
      machine: 'x86_64',
      release,
      osRelease: 'ID=ubuntu\nVERSION_ID="22.04"\n',
    });
    expect(found.member?.split('/')[0]).toBe(platform);
  });
});
