import { createHash } from 'node:crypto';
import { deflateRawSync, gunzipSync, gzipSync, zstdCompressSync } from 'node:zlib';
import { bytesSource } from '@btfq/dwarf';
import { makeTar, seededRandom, type TarMember } from '@btfq/test-kit';
import { describe, expect, test } from 'vitest';
import { ext4Members } from '../src/archive/ext4.ts';
import { isoMembers } from '../src/archive/iso.ts';
import { squashfsMembers } from '../src/archive/squashfs.ts';
import { zipMembers } from '../src/archive/zip.ts';
import { KernelSourceError } from '../src/errors.ts';
import { folderOf, kernelsOf, name, readPaths, sample, skippedOf } from './support.ts';
import { apk3 } from './apk3.ts';
import { bzImage, kernelBtf, kernelModule, moduleBtf, RELEASE, vmlinux } from './synthetic.ts';

const text = (value: string) => new TextEncoder().encode(value);
const image = bzImage(gzipSync(vmlinux({ banner: `Linux version ${RELEASE} (builder@host) (gcc) #1 SMP 2026` })));
const module = kernelModule({ name: 'plain', btf: moduleBtf(kernelBtf(), 'plain_state') });
const file = (path: string, bytes: Uint8Array): TarMember => ({ name: path, bytes });
const VMLINUZ = file(`boot/vmlinuz-${RELEASE}`, image);
const MODULE = file(`usr/lib/modules/${RELEASE}/kernel/net/plain.ko`, module);
const OS_RELEASE = file('usr/lib/os-release', text('ID=debian\nVERSION_ID="12"\n'));
const DEBIAN = `debian/12/x86_64/${RELEASE}`;

const gunzipped = (path: string) => (path.endsWith('.gz') ? new Uint8Array(gunzipSync(sample(path))) : sample(path));

describe('a root file system', () => {
  for (const path of [
    ...['gzip', 'lzma', 'lzo', 'xz', 'zstd', 'lz4', 'blocks'].map((how) => `root.${how}.squashfs`),
    ...['rock.iso.gz', 'joliet.iso.gz', 'ext4.img.gz', 'ext2.img.gz', 'inline.img.gz', 'root.zip', 'stored.zip'],
  ]) {
    test(`as ${path}`, async () => {
      const items = await readPaths([folderOf({ [path]: sample(path) })]);
      expect(skippedOf(items)).toEqual([]);
      expect(kernelsOf(items).map(name)).toEqual([DEBIAN]);
      expect(kernelsOf(items)[0]!.modules.map((one) => one.name)).toEqual(['plain']);
    });
  }
});

describe('damage ends in a typed error', () => {
  const readers = {
    'root.gzip.squashfs': squashfsMembers,
    'root.zstd.squashfs': squashfsMembers,
    'root.lzo.squashfs': squashfsMembers,
    'rock.iso.gz': isoMembers,
    'joliet.iso.gz': isoMembers,
    'ext4.img.gz': ext4Members,
    'ext2.img.gz': ext4Members,
    'root.zip': zipMembers,
  };
  for (const [path, members] of Object.entries(readers)) {
    test(path, async () => {
      const whole = gunzipped(path);
      // Where the bytes are that mean something: images are mostly zeros.
      const places = [...whole.keys()].filter((at) => whole[at] !== 0);
      const { below } = seededRandom(17);
      let read = 0;
      for (let round = 0; round < 60; round++) {
        const bytes = Uint8Array.from(whole);
        for (let change = 0; change <= below(4); change++) bytes[places[below(places.length)]!] = below(256);
        const input = round % 8 === 0 ? bytes.subarray(0, below(bytes.length)) : bytes;
        try {
          for await (const { chunks } of members(bytesSource(input)))
            for await (const chunk of chunks) read += chunk.length;
        } catch (error) {
          expect(error).toBeInstanceOf(KernelSourceError);
        }
      }
      expect(read).toBeGreaterThan(0);
    });
  }
});

test('a squashfs folder that is in itself has an end', async () => {
  // root.lzo.squashfs with a byte changed: found by scripts/fuzz-containers.ts, seed 1020
  const paths: string[] = [];
  const read = async () => {
    for await (const { path } of squashfsMembers(bytesSource(sample('cycle.squashfs')))) paths.push(path);
  };
  await expect(read()).rejects.toMatchObject({ code: 'bad-archive' });
  expect(paths.length).toBeLessThan(20);
});

describe('packages', () => {
  const release = '6.6.30-0-lts';
  const alpine = bzImage(
    gzipSync(vmlinux({ banner: `Linux version ${release} (buildozer@build-3-20-x86_64) (gcc) #1-Alpine SMP 2026` })),
    { release },
  );
  const files = [
    file('boot/vmlinuz-lts', alpine),
    file(
      `lib/modules/${release}/kernel/plain.ko`,
      kernelModule({ name: 'plain', release, btf: moduleBtf(kernelBtf(), 'plain_state') }),
    ),
  ];
  const read = async (path: string, bytes: Uint8Array) => readPaths([folderOf({ [path]: bytes })]);

  test('apk v2: three gzip streams, the first two tars without an end', async () => {
    const open = (members: TarMember[]) => gzipSync(makeTar(members).slice(0, -1024));
    const info = file('.PKGINFO', text('pkgname = linux-lts\npkgver = 6.6.30-r0\narch = x86_64\n'));
    const bytes = Buffer.concat([open([file('.SIGN.RSA.key', text('x'))]), open([info]), gzipSync(makeTar(files))]);
    const items = await read('linux-lts-6.6.30-r0.apk', bytes);
    expect(items.map((item) => (item.kind === 'kernel' ? name(item) : item))).toEqual([
      `alpine/3.20/x86_64/${release}`,
    ]);
    expect(kernelsOf(items)[0]!.modules).toHaveLength(1);
  });

  for (const [how, pack] of Object.entries({
    plain: (bytes: Uint8Array) => bytes,
    deflate: (bytes: Uint8Array) => new Uint8Array(Buffer.concat([text('ADBd'), deflateRawSync(bytes)])),
    zstd: (bytes: Uint8Array) => new Uint8Array(Buffer.concat([text('ADBc\x02\x03'), zstdCompressSync(bytes)])),
  })) {
    test(`apk v3, ${how}`, async () => {
      const bytes = pack(
        apk3(
          { name: 'linux-lts', version: '6.6.30-r0', arch: 'x86_64' },
          files.map(({ name: path, bytes: content }) => ({ path, content: content! })),
        ),
      );
      const items = await read('linux-lts-6.6.30-r0.apk', bytes);
      expect(items.map((item) => (item.kind === 'kernel' ? name(item) : item))).toEqual([
        `alpine/3.20/x86_64/${release}`,
      ]);
      expect(kernelsOf(items)[0]!.modules).toHaveLength(1);
    });
  }

  for (const how of ['none', 'deflate', 'zstd']) {
    test(`apk v3 of its own tool, ${how}`, async () => {
      const items = await read('linux-lts-6.18.12-r0.apk', sample(`image.${how}.apk`));
      expect(items.map((item) => (item.kind === 'kernel' ? name(item) : item))).toEqual([
        'alpine/3.23/x86_64/6.18.12-0-lts',
      ]);
      expect(kernelsOf(items)[0]!.modules.map((one) => one.name)).toEqual(['plain']);
    });
  }

  test('pkg.tar.zst of Arch, xbps of Void', async () => {
    const arch = '6.9.1-arch1-1';
    const vmlinuz = (named: string, builder: string) =>
      bzImage(gzipSync(vmlinux({ banner: `Linux version ${named} (${builder}) (gcc) #1 SMP 2026` })), {
        release: named,
      });
    const pkg = zstdCompressSync(
      makeTar([
        file('.PKGINFO', text('pkgname = linux\npkgver = 6.9.1.arch1-1\narch = x86_64\n')),
        file(`usr/lib/modules/${arch}/vmlinuz`, vmlinuz(arch, 'linux@archlinux')),
      ]),
    );
    const xbps = zstdCompressSync(
      makeTar([
        file(
          './props.plist',
          text('<?xml version="1.0"?><plist><dict><key>architecture</key><string>x86_64</string></dict></plist>'),
        ),
        file('./boot/vmlinuz-6.6.30_1', vmlinuz('6.6.30_1', 'voidlinux@void')),
      ]),
    );
    const items = [
      ...(await read('linux-6.9.1.arch1-1-x86_64.pkg.tar.zst', pkg)),
      ...(await read('linux6.6-6.6.30_1.x86_64.xbps', xbps)),
    ];
    expect(items.map((item) => (item.kind === 'kernel' ? name(item) : item))).toEqual([
      `arch/rolling/x86_64/${arch}`,
      'void/rolling/x86_64/6.6.30_1',
    ]);
  });
});

describe('a container image', () => {
  const layers = [
    // What the last layers take away or put in its place must not be seen.
    [
      VMLINUZ,
      MODULE,
      file('usr/lib/os-release', text('ID=ubuntu\nVERSION_ID="22.04"\n')),
      file('boot/vmlinuz-6.1.0-1-amd64', image),
      file('old/boot/vmlinuz-6.1.0-2-amd64', image),
    ],
    [
      OS_RELEASE,
      file('boot/.wh.vmlinuz-6.1.0-1-amd64', text('')),
      { name: 'etc/os-release', type: '2', link: '../usr/lib/os-release' },
    ],
    [file('old/.wh..wh..opq', text('')), file('new/.wh.gone', text(''))],
  ] satisfies TarMember[][];
  const packed = layers.map((layer, index) =>
    index === 1 ? zstdCompressSync(makeTar(layer)) : gzipSync(makeTar(layer)),
  );
  const digest = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');
  const blob = (bytes: Uint8Array): [string, Uint8Array] => [`blobs/sha256/${digest(bytes)}`, bytes];
  const descriptor = (bytes: Uint8Array) => ({ mediaType: 'x', digest: `sha256:${digest(bytes)}`, size: bytes.length });
  const manifest = text(JSON.stringify({ schemaVersion: 2, layers: packed.map(descriptor) }));
  const inner = text(JSON.stringify({ schemaVersion: 2, manifests: [descriptor(manifest)] }));
  const layout: [string, Uint8Array][] = [
    ['oci-layout', text('{"imageLayoutVersion":"1.0.0"}')],
    ...packed.map(blob),
    blob(manifest),
    blob(inner),
    ['index.json', text(JSON.stringify({ schemaVersion: 2, manifests: [descriptor(inner)] }))],
  ];
  const docker: [string, Uint8Array][] = [
    ...packed.map((bytes, index): [string, Uint8Array] => [`${String(index).repeat(64)}/layer.tar`, bytes]),
    [
      'manifest.json',
      text(
        JSON.stringify([
          {
            Config: 'c.json',
            RepoTags: ['a:b'],
            Layers: packed.map((_, index) => `${String(index).repeat(64)}/layer.tar`),
          },
        ]),
      ),
    ],
  ];
  const tarOf = (files: [string, Uint8Array][]) => makeTar(files.map(([path, bytes]) => file(path, bytes)));
  const inFolder = (files: [string, Uint8Array][]) =>
    Object.fromEntries(files.map(([path, bytes]) => [`image/${path}`, bytes]));

  for (const [how, files] of Object.entries({
    'OCI layout as a folder': inFolder(layout),
    'OCI layout as a tar': { 'image.tar': tarOf(layout) },
    'docker save': { 'image.tar.gz': gzipSync(tarOf(docker)) },
    'docker save, unpacked': inFolder(docker),
  })) {
    test(`${how}: its layers are one root`, async () => {
      const items = await readPaths([folderOf(files)]);
      expect(items.map((item) => (item.kind === 'kernel' ? name(item) : item))).toEqual([DEBIAN]);
      expect(kernelsOf(items)[0]!.modules.map((one) => one.name)).toEqual(['plain']);
    });
  }

  test('a layer that is not there is said to be missing', async () => {
    const files = layout.filter(([, bytes]) => bytes !== packed[1]);
    const items = await readPaths([folderOf({ 'image.tar': tarOf(files) })]);
    expect(items).toMatchObject([{ kind: 'skipped', code: 'bad-archive' }]);
  });

  test('a tar that only looks like one is read as it is', async () => {
    const files: [string, Uint8Array][] = [
      ['blobs/readme', text('no image')],
      ['index.jsonl', text('')],
      [VMLINUZ.name, image],
      ['usr/lib/os-release', OS_RELEASE.bytes!],
    ];
    expect(
      (await readPaths([folderOf({ 'x.tar': tarOf(files) })])).map((item) =>
        item.kind === 'kernel' ? name(item) : item,
      ),
    ).toEqual([DEBIAN]);
  });
});
