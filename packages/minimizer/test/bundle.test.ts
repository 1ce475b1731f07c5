// Bundles: every layout read back by its container's rules, reproducible to the byte, conflicts and failures as data.

import { gunzipSync, gzipSync } from 'node:zlib';
import { parseBtf } from '@btfq/btf-format';
import { parseBpfObject } from '@btfq/core-reloc';
import {
  BUNDLE_FORMATS,
  type BundleEntry,
  type BundleFormat,
  type BundleSource,
  checkBundle,
  type KernelId,
  lookupMember,
  makeBundle,
  MANIFEST_NAME,
  type PackedBundle,
  parseManifest,
  planBundle,
  readUstar,
  sha256,
} from '@btfq/minimizer';
import { fixtureObject, kernelBtf } from '@btfq/test-kit';
import { describe, expect, test } from 'vitest';
import { findInBcc } from './bcc-reader.ts';

// xz is only a wrapper to this package: any reversible function serves
const compress = { gzip: (bytes: Uint8Array) => gzipSync(bytes), xz: (bytes: Uint8Array) => gzipSync(bytes) };
const bytes = fixtureObject('opensnoop');
const objects = [{ object: parseBpfObject(bytes, { name: 'opensnoop.bpf.o' }), bytes }];

const id = (distro: string, version: string, arch: string, release: string): KernelId => ({
  distro,
  version,
  arch,
  release,
});
const debian11 = id('debian', 'bullseye', 'x86_64', '5.10.0-32-cloud-amd64');
const debian12 = id('debian', '12', 'x86_64', '6.1.0-50-cloud-amd64');
const arm = id('debian', '13', 'arm64', '6.12.107+deb13-cloud-arm64');
const rhel = id('rhel', '7', 'x86_64', '3.10.0-1160.el7.x86_64');
const fedora = id('fedora', '33', 'x86_64', '5.8.15-301.fc33.x86_64');
const ubuntu = id('ubuntu', 'focal', 'x86_64', '5.4.0-42-generic');
// what some of them are here is a stand-in: only the names matter
const source = (kernel: KernelId, file: string) => ({ kernel, target: () => parseBtf(kernelBtf(file)) });
const sources: readonly BundleSource[] = [
  source(debian11, '5.10.0-32-cloud-amd64'),
  source(debian12, '6.1.0-50-cloud-amd64'),
  source(arm, '6.12.107+deb13-cloud-arm64'),
  source(rhel, '5.10.0-32-cloud-amd64'),
  source(fedora, '5.10.0-32-cloud-amd64'),
  source(ubuntu, '5.10.0-32-cloud-amd64'),
];

const OS_RELEASE: Readonly<Record<string, string>> = {
  debian11: 'PRETTY_NAME="Debian GNU/Linux 11"\nNAME="Debian GNU/Linux"\nVERSION_ID="11"\nID=debian\n',
  debian12: 'ID=debian\nVERSION_ID="12"\n',
  debian13: 'VERSION_ID="13"\nID=debian\n',
  rhel: 'NAME="Red Hat Enterprise Linux Server"\nID="rhel"\nID_LIKE="fedora"\nVERSION_ID="7.9"\n',
  fedora: 'NAME=Fedora\nID=fedora\nVERSION_ID=33\n',
  ubuntu: 'ID=ubuntu\nID_LIKE=debian\nVERSION_ID="20.04"\n',
};

/** The member paths and bytes of a packed bundle, by its container's own rules. */
function contentsOf(packed: PackedBundle): Map<string, Uint8Array> {
  if (packed.kind === 'directory') return new Map(packed.files.map((file) => [file.path, file.bytes]));
  return new Map(readUstar(new Uint8Array(gunzipSync(packed.bytes))).map(({ name, bytes: own }) => [name, own]));
}

describe.each(BUNDLE_FORMATS)('%s', (format) => {
  test('the consumer finds every kernel, and takes a BTF that serves it', async () => {
    const { packed, manifest } = await makeBundle(sources, objects, compress, { format });
    const contents = contentsOf(packed);
    const hosts = [
      [debian11, 'debian11', 'x86_64'],
      [debian12, 'debian12', 'x86_64'],
      [arm, 'debian13', 'aarch64'],
      [rhel, 'rhel', 'x86_64'],
      [fedora, 'fedora', 'x86_64'],
      [ubuntu, 'ubuntu', 'x86_64'],
    ] as const;
    for (const [kernel, os, machine] of hosts) {
      const host = { osRelease: OS_RELEASE[os]!, machine, release: kernel.release };
      const found = lookupMember(format, contents.keys(), host);
      expect(found, `${os}: ${found.notes.join('; ')}`).toMatchObject({ hit: true });
      const row = manifest.kernels.find((one) => one.release === kernel.release);
      const member = contents.get(found.member as string) as Uint8Array;
      const btf = found.member?.endsWith('.tar.xz') ? onlyMember(member, `${kernel.release}.btf`) : member;
      expect(await sha256(btf)).toBe(row?.sha256);
      expect([row?.member, ...(row?.aliases ?? [])]).toContain(found.member);
    }
    const elsewhere = { osRelease: OS_RELEASE['debian12']!, machine: 'x86_64', release: '9.9.9' };
    expect(lookupMember(format, contents.keys(), elsewhere).hit).toBe(false);
  });

  test('the same bytes in any order, with nothing of this machine or this hour', async () => {
    const one = await makeBundle(sources, objects, compress, { format });
    const other = await makeBundle([...sources].reverse(), objects, compress, { format });
    expect(other.packed).toEqual(one.packed);
    if (one.packed.kind === 'directory') return;
    const tar = new Uint8Array(gunzipSync(one.packed.bytes));
    for (let at = 0; at + 1024 < tar.length; ) {
      const field = (from: number, to: number) => Buffer.from(tar.subarray(at + from, at + to)).toString('latin1');
      expect([field(100, 108), field(108, 116), field(116, 124), field(136, 148)]).toEqual([
        '0000644\0',
        '0000000\0',
        '0000000\0',
        '00000000000\0',
      ]);
      expect([field(265, 297), field(297, 329), field(345, 500)].join('')).toMatch(/^\0+$/);
      at += 512 + Math.ceil(Number.parseInt(field(124, 135), 8) / 512) * 512;
    }
  });

  test('identical contents stand together', async () => {
    const { members } = planBundle(format, entriesOf(format));
    const order = members.map((member) => member.content);
    expect(order.filter((content, i) => content !== order[i - 1]).length).toBe(new Set(order).size);
  });
});

function onlyMember(wrapped: Uint8Array, name: string): Uint8Array {
  const [member, ...others] = readUstar(new Uint8Array(gunzipSync(wrapped)));
  expect([member?.name, others.length]).toEqual([name, 0]);
  return member?.bytes as Uint8Array;
}

function entriesOf(_: BundleFormat): BundleEntry[] {
  const kernels = [debian11, debian12, arm, rhel, fedora, ubuntu];
  return kernels.map((kernel, i) => ({ kernel, btf: Uint8Array.of(i % 2) }));
}

describe('bcc', () => {
  test('its C reader finds each kernel in the decompressed archive', async () => {
    const { packed } = await makeBundle(sources, objects, compress, { format: 'bcc' });
    if (packed.kind !== 'archive') throw new Error('bcc reads an archive');
    const tar = new Uint8Array(gunzipSync(packed.bytes));
    const ask = (os: string, machine: string, release: string) =>
      findInBcc(tar, { osRelease: OS_RELEASE[os]!, machine, release });
    expect(ask('debian11', 'x86_64', debian11.release)).toMatchObject({
      path: './debian/11/x86_64/5.10.0-32-cloud-amd64.btf',
    });
    expect(ask('debian13', 'aarch64', arm.release)?.path).toBe(`./debian/13/aarch64/${arm.release}.btf`);
    expect(ask('rhel', 'x86_64', rhel.release)?.path).toBe(`./"rhel"/7.9/x86_64/${rhel.release}.btf`);
    expect(ask('fedora', 'x86_64', fedora.release)?.path).toBe(`./fedora//x86_64/${fedora.release}.btf`);
    const found = ask('debian12', 'x86_64', debian12.release);
    expect(parseBtf(found?.bytes as Uint8Array).typeCount).toBeGreaterThan(1);
    expect(ask('debian12', 'x86_64', '6.1.0-99-amd64')).toBeUndefined();
  });

  test('a name that its 100 bytes cannot hold is a problem of that kernel alone', () => {
    const long = id('debian', '12', 'x86_64', `6.1.0-${'x'.repeat(80)}`);
    const entries = [debian12, long].map((kernel) => ({ kernel, btf: Uint8Array.of(1) }));
    const { members, problems } = planBundle('bcc', entries);
    const machines = ['debian/12', 'devuan/5', 'linuxmint/6'];
    expect(members.map((member) => member.path)).toEqual(
      machines.map((machine) => `./${machine}/x86_64/6.1.0-50-cloud-amd64.btf`),
    );
    expect(problems).toMatchObject(machines.map(() => ({ kernel: long, code: 'name-too-long' })));
    const exact = id('debian', '12', 'x86_64', 'r'.repeat(99 - './debian/12/x86_64/.btf'.length));
    const fits = planBundle('bcc', [{ kernel: exact, btf: Uint8Array.of(1) }]);
    expect(fits.members.map(({ path }) => path.split('/')[1])).toEqual(['debian', 'devuan']);
    expect(fits.problems.map(({ path }) => path.split('/')[1])).toEqual(['linuxmint']); // two characters longer
  });
});

describe('kernels that a format cannot tell apart', () => {
  const amd = id('ubuntu', '20.04', 'x86_64', '5.4.0-42-generic');
  const armed = id('ubuntu', '20.04', 'arm64', '5.4.0-42-generic');

  test.each(['datadog', 'flat'] as const)('%s: neither is written where they differ', (format) => {
    const { members, problems } = planBundle(format, [
      { kernel: amd, btf: Uint8Array.of(1) },
      { kernel: armed, btf: Uint8Array.of(2) },
      { kernel: debian12, btf: Uint8Array.of(2) },
    ]);
    expect(members.map((member) => member.kernel)).toEqual([debian12]);
    expect(problems.map(({ code, kernel }) => [code, kernel.arch])).toEqual([
      ['conflicting-entries', 'arm64'],
      ['conflicting-entries', 'x86_64'],
    ]);
  });

  test('no trouble where they are the same', () => {
    const entries = [amd, armed].map((kernel) => ({ kernel, btf: Uint8Array.of(7) }));
    expect(planBundle('flat', entries)).toMatchObject({ members: [{ path: '5.4.0-42-generic.btf' }], problems: [] });
  });

  test('an alias never takes a real kernel’s place', () => {
    const real = id('debian', '11', 'x86_64', debian11.release);
    const { members, problems } = planBundle('dir', [
      { kernel: debian11, btf: Uint8Array.of(1) },
      { kernel: real, btf: Uint8Array.of(2) },
    ]);
    // what both are aliases for is neither's, and said
    expect(problems.map(({ code, path, kernel }) => [code, path.split('/', 2).join('/'), kernel.version])).toEqual([
      ['conflicting-entries', 'devuan/4', '11'],
      ['conflicting-entries', 'devuan/4', 'bullseye'],
      ['conflicting-entries', 'linuxmint/5', '11'],
      ['conflicting-entries', 'linuxmint/5', 'bullseye'],
    ]);
    expect(members.find((member) => member.path === 'debian/11/x86_64/5.10.0-32-cloud-amd64.btf')?.kernel).toEqual(
      real,
    );
  });
});

test.each(['../../etc', 'a/b', '', '..', 'a\0b', 'a\\b'])('an identity with %j is not a path', (version) => {
  expect(() => planBundle('dir', [{ kernel: { ...debian12, version }, btf: Uint8Array.of(1) }])).toThrow(
    expect.objectContaining({ code: 'bad-entry' }),
  );
});

describe('manifest', () => {
  test('what failed, what is not satisfied, what it was made from', async () => {
    const broken = { kernel: arm, target: () => parseBtf(Uint8Array.of(1, 2, 3)) };
    const skipped = { path: 'notes.txt', code: 'unknown-format', message: 'no kernel' };
    const { packed, manifest, computed } = await makeBundle(
      [sources[0] as BundleSource, broken, skipped],
      objects,
      compress,
    );
    expect(computed).toBe(2);
    expect(manifest.kernels.map(({ release, failure }) => [release, failure?.code ?? null])).toEqual([
      [arm.release, 'not-btf'],
      [debian11.release, null],
    ]);
    expect(manifest.skipped).toEqual([skipped]);
    expect(manifest.objects).toEqual([
      { name: 'opensnoop.bpf.o', sha256: await sha256(bytes), relocations: objects[0]?.object.relocations.length },
    ]);
    for (const one of manifest.unsatisfied) {
      expect(one.kernels).toEqual(['debian/bullseye/x86_64/5.10.0-32-cloud-amd64']);
      expect(one.source).toMatch(/opensnoop\.bpf\.c:\d+$/);
    }
    expect(parseManifest(contentsOf(packed).get(MANIFEST_NAME) as Uint8Array)).toEqual(manifest);
  });

  test.each([
    ['not json', '{'],
    ['another version', '{"btfqBundle": 99}'],
    ['no lists', '{"btfqBundle": 1}'],
    ['null', 'null'],
  ])('%s is refused', (_, text) => {
    expect(() => parseManifest(new TextEncoder().encode(text))).toThrow(
      expect.objectContaining({ code: 'bad-manifest' }),
    );
  });

  test('kernels that are known to be alike are computed once', async () => {
    let reads = 0;
    const alike = [debian11, debian12, rhel].map((kernel) => ({
      kernel,
      sameAs: 'one layout',
      target: () => {
        reads++;
        return parseBtf(kernelBtf('5.10.0-32-cloud-amd64'));
      },
    }));
    const { manifest, computed } = await makeBundle(alike, objects, compress, { canonical: true });
    expect([reads, computed, manifest.distinct, manifest.kernels.length]).toEqual([1, 1, 1, 3]);
  });
});

describe('check', () => {
  const host = { osRelease: OS_RELEASE['debian12']!, machine: 'x86_64', release: debian12.release };

  test('tells a stale bundle by its objects', async () => {
    const { packed } = await makeBundle(sources, objects, compress, { format: 'bcc' });
    const contents = contentsOf(packed);
    const changed = new Uint8Array(bytes);
    changed[100] = changed[100]! ^ 1;
    const state = async (name: string, now: Uint8Array) =>
      (await checkBundle(contents, host, { objects: [{ name, bytes: now }] })).objects[0]?.state;
    expect(await state('opensnoop.bpf.o', bytes)).toBe('same');
    expect(await state('build/opensnoop.bpf.o', changed)).toBe('changed');
    expect(await state('other.bpf.o', changed)).toBe('not-in-bundle');
    expect(await checkBundle(contents, host)).toMatchObject({ format: 'bcc', hit: true, intact: true, stale: false });
  });

  test('tells damaged members and other consumers’ misses', async () => {
    const { packed } = await makeBundle(sources, objects, compress, { format: 'dir' });
    const contents = contentsOf(packed);
    const path = 'debian/12/x86_64/6.1.0-50-cloud-amd64.btf';
    expect(await checkBundle(contents, host, { as: 'bcc' })).toMatchObject({ hit: false });
    contents.set(path, (contents.get(path) as Uint8Array).subarray(1));
    expect(await checkBundle(contents, host)).toMatchObject({ hit: true, intact: false, member: path });
  });
});
