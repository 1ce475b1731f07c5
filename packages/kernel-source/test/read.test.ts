import { closeSync, openSync, symlinkSync, writeSync } from 'node:fs';
import { basename, join } from 'node:path';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { BtfBuilder, parseBtf } from '@btfq/btf-format';
import { type KernelIdentity, loadTarget, loadTargetBytes } from '@btfq/kernel-source';
import { makeTar, mutations } from '@btfq/test-kit';
import { describe, expect, it } from 'vitest';
import { kernelOfPackage } from '../src/discover.ts';
import { codeOf, folderOf, kernelsOf, name, readPaths, sample, samplePath, skippedOf } from './support.ts';
import { BANNER, bzImage, flatImage, kernelBtf, kernelModule, moduleBtf, RELEASE, vmlinux } from './synthetic.ts';

const btf = kernelBtf();
const identity: KernelIdentity = { distro: 'debian', version: '12', arch: 'x86_64', release: RELEASE };
const hub = (file: string) => `debian/12/x86_64/${file}`;

describe('packages', () => {
  it.each(['image.xz.deb', 'image.zst.deb', 'image.gz.deb', 'root.cpio.gz', 'root.tar.bz2'])(
    '%s: the image and its modules in one go',
    async (file) => {
      const [kernel, ...others] = await readPaths([samplePath(file)]);
      expect(others).toEqual([]);
      if (kernel?.kind !== 'kernel') throw new Error('no kernel');
      expect(kernel).toMatchObject({ identity, banner: BANNER, kernelVersion: '6.1.0' });
      expect(kernel.btf).toEqual(btf);
      expect(kernel.provenance).toMatch(/: boot\/vmlinuz-6\.1\.0-99-amd64: bzImage, xz at 2112, ELF \.BTF$/);
      expect(kernel.modules.map((module) => module.name)).toEqual(['packed_gz', 'packed_xz', 'packed_zst', 'plain']);
      for (const module of kernel.modules) expect(module.btf).toEqual(moduleBtf(btf, `${module.name}_state`));
      expect(kernel.problems).toMatchObject([{ code: 'no-btf', message: 'module without has no BTF' }]);
    },
  );

  it.each(['image.xz.rpm', 'image.zst.rpm', 'image.gz.rpm'])('%s', async (file) => {
    const kernels = kernelsOf(await readPaths([samplePath(file)]));
    expect(kernels.map(name)).toEqual(['fedora/40/x86_64/6.8.5-301.fc40.x86_64']);
    expect(kernels[0]!.modules).toMatchObject([{ name: 'sample' }]);
  });

  it('leaves modules alone when asked to', async () => {
    const [kernel] = kernelsOf(await readPaths([samplePath('image.xz.deb')], { modules: false }));
    expect(kernel).toMatchObject({ modules: [], identity });
  });

  it('joins an image with its modules from another package', async () => {
    const control = (part: string) =>
      makeTar([
        {
          name: './control',
          bytes: Buffer.from(
            `Package: linux-${part}-${RELEASE}\nVersion: 1\nArchitecture: amd64\nMaintainer: Debian\n`,
          ),
        },
      ]);
    const deb = (part: string, data: Uint8Array) => {
      const member = (path: string, bytes: Uint8Array) => [
        Buffer.from(`${path.padEnd(48)}${`${bytes.length}`.padEnd(10)}\`\n`),
        bytes,
        Buffer.alloc(bytes.length % 2),
      ];
      return Buffer.concat([
        Buffer.from('!<arch>\n'),
        ...member('debian-binary', Buffer.from('2.0\n')),
        ...member('control.tar', control(part)),
        ...member('data.tar', data),
      ]);
    };
    const folder = folderOf({
      'a-modules.deb': deb('modules', makeTar([{ name: `./lib/modules/${RELEASE}/sample.ko`, bytes: kernelModule() }])),
      'b-image.deb': deb('image-unsigned', makeTar([{ name: `./boot/vmlinuz-${RELEASE}`, bytes: vmlinux() }])),
      'c-other.deb': deb(
        'modules',
        makeTar([{ name: './lib/modules/5.0.0/x.ko', bytes: kernelModule({ release: '5.0.0' }) }]),
      ),
    });
    for (const paths of [
      [folder],
      ['b-image.deb', 'a-modules.deb', 'a-modules.deb'].map((file) => join(folder, file)),
    ]) {
      expect(kernelsOf(await readPaths(paths))).toMatchObject([{ modules: [{ name: 'sample' }] }]);
    }
  });

  it.each([
    ['linux-image-6.8.0-31-generic', 'linux-modules-extra-6.8.0-31-generic'],
    ['linux-image-unsigned-6.8.0-31-generic', 'linux-modules-6.8.0-31-generic'],
    ['linux-image-6.1.0-50-amd64-unsigned', 'linux-image-6.1.0-50-amd64'],
    ['linux-binary-7.2.13+deb14-amd64', 'linux-modules-7.2.13+deb14-amd64'],
    ['kernel-core', 'kernel-modules-core'],
    ['kernel-rt-core', 'kernel-rt-modules-extra'],
    ['kernel', 'kernel-modules'],
  ])('%s and %s are of one kernel', (image, modules) => {
    expect(kernelOfPackage(image)).toBe(kernelOfPackage(modules));
  });

  it('of different flavours are of different kernels', () => {
    const names = ['linux-image-6.1.0-50-amd64', 'linux-image-6.1.0-50-rt-amd64', 'kernel-core', 'kernel-rt-core'];
    expect(new Set(names.map(kernelOfPackage)).size).toBe(names.length);
  });

  it('reports a kernel without BTF once, not each of its modules', async () => {
    const release = `lib/modules/${RELEASE}`;
    const modules = ['a', 'b'].map((module) => ({
      name: `${release}/${module}.ko`,
      bytes: kernelModule({ name: module, btf: undefined }),
    }));
    const kernel = { name: `boot/vmlinux-${RELEASE}`, bytes: vmlinux({ btf: undefined }) };
    const folder = folderOf({ 'all.tar': makeTar([...modules, kernel]), 'modules.tar': makeTar(modules) });
    const found = skippedOf(await readPaths([folder])).map(({ path, code, message }) => [
      basename(path),
      code,
      message,
    ]);
    expect(found).toEqual([
      [
        `all.tar: boot/vmlinux-${RELEASE}`.split('/').at(-1),
        'no-btf',
        'the kernel has no BTF: CONFIG_DEBUG_INFO_BTF was off',
      ],
      ['modules.tar', 'no-btf', '2 modules without BTF'],
    ]);
  });

  it('reports modules that have no kernel, once', async () => {
    const members = ['a', 'b', 'c'].map((module) => ({
      name: `lib/modules/${RELEASE}/${module}.ko`,
      bytes: kernelModule({ name: module }),
    }));
    const folder = folderOf({ 'modules.tar': makeTar(members) });
    expect(await readPaths([folder])).toMatchObject([
      { kind: 'skipped', code: 'module-without-kernel', found: `3 modules for ${RELEASE}` },
    ]);
  });
});

describe('modules', () => {
  const release = 'lib/modules/6.1.0-99-amd64';

  it('in a folder, plain and packed, with a distilled base, and with what is wrong with them', async () => {
    const base = kernelBtf();
    const folder = folderOf({
      [`boot/vmlinuz-${RELEASE}`]: bzImage(sample('vmlinux.xz')),
      'etc/os-release': 'ID=debian\nVERSION_ID="12"\n',
      [`${release}/kernel/plain.ko`]: kernelModule({ name: 'plain' }),
      [`${release}/kernel/packed.ko.zst`]: zstdCompressSync(kernelModule({ name: 'packed' })),
      [`${release}/kernel/distilled.ko.gz`]: gzipSync(kernelModule({ name: 'distilled', base })),
      [`${release}/kernel/foreign.ko`]: kernelModule({ name: 'foreign', release: '6.1.0-98-amd64' }),
      [`${release}/kernel/empty.ko`]: kernelModule({ name: 'empty', btf: new Uint8Array() }),
      [`${release}/kernel/broken.ko`]: kernelModule({ name: 'broken', btf: moduleBtf(btf).fill(0xff, 24, 40) }),
      [`${release}/kernel/cut.ko`]: kernelModule({ name: 'cut' }).slice(0, 200),
      [`${release}/modules.dep`]: 'nothing to see',
    });
    const [kernel, ...others] = await readPaths([folder]);
    expect(others).toEqual([]);
    if (kernel?.kind !== 'kernel') throw new Error('no kernel');
    expect(kernel.identity).toEqual(identity);
    expect(kernel.modules.map((module) => [module.name, module.base !== undefined])).toEqual([
      ['distilled', true],
      ['packed', false],
      ['plain', false],
    ]);
    const problems = kernel.problems.map(({ code, path }) => [path.split('/').at(-1), code]);
    expect(problems.sort()).toEqual([
      ['broken.ko', 'bad-btf'],
      ['cut.ko', 'bad-elf'],
      ['empty.ko', 'no-btf'],
      ['foreign.ko', 'foreign-module'],
    ]);
  });

  it('of two of one name that differ neither is taken, of two that are alike one; and none of another build', async () => {
    const folder = folderOf({
      [`boot/vmlinuz-${RELEASE}`]: vmlinux(),
      [`${release}/kernel/twice.ko`]: kernelModule({ name: 'twice' }),
      [`${release}/updates/twice.ko`]: kernelModule({ name: 'twice', btf: moduleBtf(kernelBtf(), 'another') }),
      [`${release}/kernel/alike.ko`]: kernelModule({ name: 'alike' }),
      [`${release}/extra/alike.ko`]: kernelModule({ name: 'alike' }),
      [`${release}/kernel/foreign.ko`]: kernelModule({ name: 'foreign', btf: foreignModule() }),
    });
    const [kernel] = kernelsOf(await readPaths([folder]));
    expect(kernel?.modules.map(({ name }) => name)).toEqual(['alike']);
    expect(kernel?.problems.map(({ code, path }) => [basename(path), code]).sort()).toEqual([
      ['foreign.ko', 'foreign-module'],
      ['twice.ko', 'duplicate-module'],
    ]);
  });

  it("beside a raw vmlinux, as in /sys/kernel/btf; vmlinux.inline is the kernel's own", async () => {
    const folder = folderOf({
      vmlinux: btf,
      xfs: moduleBtf(btf, 'xfs'),
      'dm-raid.ko': moduleBtf(btf, 'dm'),
      'vmlinux.inline': moduleBtf(btf, 'inline'),
      ext4: moduleBtf(btf, 'ext4'),
    });
    const items = await readPaths([folder], { identity });
    expect(items).toMatchObject([
      { kind: 'kernel', identity, modules: [{ name: 'dm_raid' }, { name: 'ext4' }, { name: 'xfs' }], problems: [] },
    ]);
  });

  it("in DataDog's tars", async () => {
    const folder = folderOf({ [hub(`${RELEASE}.btf.tar.xz`)]: sample('datadog.btf.tar.xz') });
    expect(await readPaths([folder])).toMatchObject([
      { kind: 'kernel', identity, modules: [{ name: 'sample' }], problems: [{ code: 'bad-btf' }] },
    ]);
  });
});

describe('a vmlinux of 3 GB on disk', () => {
  /** The sections of a small one, its section headers behind three gigabytes of nothing. */
  function hugeFile(): string {
    const small = vmlinux();
    const view = new DataView(small.buffer);
    const table = Number(view.getBigUint64(40, true));
    const far = 3 * 1024 ** 3;
    view.setBigUint64(40, BigInt(far), true);
    const path = join(folderOf({ vmlinux: small.slice(0, table) }), 'vmlinux');
    const file = openSync(path, 'r+');
    writeSync(file, small, table, small.length - table, far);
    closeSync(file);
    return path;
  }

  it('is read where it matters, and nowhere else', async () => {
    const path = hugeFile();
    const before = process.memoryUsage().rss;
    expect(await loadTarget(path)).toMatchObject({ btf, banner: BANNER });
    expect(kernelsOf(await readPaths([path]))).toMatchObject([{ identity, btf, banner: BANNER }]);
    expect(process.memoryUsage().rss - before).toBeLessThan(500e6);
  });
});

describe('trees and folders', () => {
  it('gives the kernels of a BTFHub tree in order, whatever else lies there', async () => {
    const folder = folderOf({
      [hub('6.1.0-9-amd64.btf.tar.xz')]: sample('hub.btf.tar.xz'),
      [hub('6.1.0-8-amd64.btf')]: btf,
      [hub('6.1.0-7-amd64.btf.gz')]: gzipSync(btf),
      [hub('6.1.0-6-amd64.failed')]: '',
      'README.md': '# an archive',
    });
    const items = await readPaths([folder]);
    expect(skippedOf(items)).toEqual([]);
    expect(kernelsOf(items).map(name)).toEqual([
      'debian/12/x86_64/6.1.0-7-amd64',
      'debian/12/x86_64/6.1.0-8-amd64',
      'debian/12/x86_64/6.1.0-9-amd64',
    ]);
  });

  it('reports a damaged file by name, and keeps the rest', async () => {
    const folder = folderOf({
      [hub('6.1.0-1-amd64.btf.tar.xz')]: sample('hub.btf.tar.xz').slice(0, 150),
      [hub('6.1.0-2-amd64.btf')]: btf.slice(0, 100),
      [hub('6.1.0-3-amd64.btf')]: btf,
      [hub('6.1.0-4-amd64.btf')]: 'no BTF at all',
      [hub('6.1.0-5-amd64.btf.tar.xz')]: '',
    });
    const items = await readPaths([folder, join(folder, 'missing')]);
    expect(kernelsOf(items).map(name)).toEqual(['debian/12/x86_64/6.1.0-3-amd64']);
    expect(skippedOf(items).map(({ path, code }) => [path.split('/').at(-1), code])).toEqual([
      ['missing', 'not-found'],
      ['6.1.0-1-amd64.btf.tar.xz', 'bad-compression'],
      ['6.1.0-2-amd64.btf', 'bad-btf'],
      ['6.1.0-4-amd64.btf', 'unknown-format'],
      ['6.1.0-5-amd64.btf.tar.xz', 'unknown-format'],
    ]);
  });

  it('gives every kernel of a tar of a whole tree', async () => {
    const tar = makeTar([
      { name: hub('6.1.0-1-amd64.btf.tar.xz'), bytes: sample('hub.btf.tar.xz') },
      { name: hub('6.1.0-2-amd64.btf'), bytes: btf },
      { name: `image.deb`, bytes: sample('image.xz.deb') },
    ]);
    const folder = folderOf({ 'all.tar.gz': gzipSync(tar) });
    expect(
      kernelsOf(await readPaths([join(folder, 'all.tar.gz')]))
        .map(name)
        .sort(),
    ).toEqual(['debian/12/x86_64/6.1.0-1-amd64', 'debian/12/x86_64/6.1.0-2-amd64', `debian/12/x86_64/${RELEASE}`]);
  });

  it('follows links of folders, each content once, and opens no member that would leave its archive', async () => {
    const folder = folderOf({
      'tree/debian/12/x86_64/6.1.0-1-amd64.btf': btf,
      'outside/debian/12/x86_64/6.1.0-2-amd64.btf': btf,
      'evil.tar': makeTar([
        { name: '../../etc/debian/12/x86_64/6.1.0-3-amd64.btf', bytes: btf },
        { name: '/abs/debian/12/x86_64/6.1.0-4-amd64.btf', bytes: btf },
        { name: 'debian/12/x86_64/6.1.0-5-amd64.btf', type: '2', link: '/etc/passwd' },
      ]),
    });
    const tree = join(folder, 'tree');
    const links = {
      link: join(folder, 'outside'),
      again: join(folder, 'outside'),
      loop: tree,
      'debian/13': join(tree, 'debian/12'),
      system: '/proc/self',
      broken: join(folder, 'gone'),
    };
    for (const [link, target] of Object.entries(links)) symlinkSync(target, join(tree, link));
    const passed = new Map<string, string>();
    const onPassedOver = (path: string, reason: string) => passed.set(path.slice(tree.length + 1), reason);
    expect(kernelsOf(await readPaths([tree], { onPassedOver })).map(name)).toEqual([
      'debian/12/x86_64/6.1.0-1-amd64',
      'debian/12/x86_64/6.1.0-2-amd64',
    ]);
    expect(Object.fromEntries(passed)).toEqual({
      broken: 'a link that leads nowhere',
      'debian/13': 'a link to what is read where it is',
      link: 'a link to what is read where it is',
      loop: 'a link to what is read where it is',
      system: 'a link into the running system',
    });
    const items = await readPaths([join(folder, 'evil.tar')]);
    expect(skippedOf(items)).toMatchObject([{ code: 'unsafe-path', path: join(folder, 'evil.tar') }]);
    expect(kernelsOf(items).map(name)).toEqual(['debian/12/x86_64/6.1.0-4-amd64']);
  });

  it('stops in archives that are nested too deep', async () => {
    let nested = gzipSync(makeTar([{ name: 'x.btf', bytes: btf }]));
    for (let depth = 0; depth < 12; depth++) nested = gzipSync(nested);
    const folder = folderOf({ 'deep.tar.gz': nested });
    expect(await readPaths([folder])).toMatchObject([{ code: 'too-deep' }]);
  });

  it('says which flag settles an identity, and takes it', async () => {
    const folder = folderOf({ vmlinuz: bzImage(sample('vmlinux.xz')), 'my.btf': btf });
    const items = await readPaths([join(folder, 'my.btf')]);
    expect(items).toMatchObject([
      { code: 'unknown-identity', expected: '--distro, --distro-version, --arch and --release' },
    ]);
    const given = await readPaths([join(folder, 'my.btf')], { identity: { ...identity, arch: 'aarch64' } });
    expect(kernelsOf(given).map(name)).toEqual([`debian/12/arm64/${RELEASE}`]);
    expect(kernelsOf(await readPaths([join(folder, 'vmlinuz')])).map(name)).toEqual([`debian/12/x86_64/${RELEASE}`]);
  });

  it('stops when the caller says so', async () => {
    const controller = new AbortController();
    controller.abort();
    expect(await codeOf(() => readPaths([samplePath('image.xz.deb')], { signal: controller.signal }))).toBe('aborted');
  });

  it('keeps to the limit', async () => {
    const folder = folderOf({ [hub('6.1.0-1-amd64.btf.gz')]: gzipSync(new Uint8Array(100_000)) });
    expect(await readPaths([folder], { maxBytes: 50_000 })).toMatchObject([{ code: 'too-large' }]);
  });
});

describe('loadTarget', () => {
  it.each<[string, Uint8Array]>([
    ['raw BTF', btf],
    ['an ELF vmlinux', vmlinux()],
    ['a bzImage', bzImage(sample('vmlinux.zst'))],
    ['a flat image', flatImage('arm64', btf)],
    ['packed BTF', gzipSync(btf)],
    ['a BTFHub file', sample('hub.btf.tar.xz')],
    ['a .deb', sample('image.xz.deb')],
    ['an .rpm', sample('image.zst.rpm')],
  ])('%s', async (_, bytes) => {
    const loaded = await loadTargetBytes(bytes);
    expect(loaded.btf).toEqual(btf);
    expect(parseBtf(loaded.btf).typeCount).toBeGreaterThan(3);
  });

  it('gives a module with its base, and a package with its modules', async () => {
    const module = kernelModule({ base: btf });
    expect(await loadTargetBytes(module)).toMatchObject({ btf: moduleBtf(btf), base: btf, modules: [] });
    const packed = gzipSync(module);
    expect(await loadTargetBytes(packed, { path: 'x.ko.gz' })).toMatchObject({
      btf: moduleBtf(btf),
      base: btf,
      provenance: 'x.ko.gz: gzip, ELF .BTF',
    });
    const target = await loadTarget(samplePath('image.xz.deb'));
    expect(target).toMatchObject({ identity, banner: BANNER });
    expect(target.modules).toHaveLength(4);
  });

  it('tells as much of the identity as there is', async () => {
    expect((await loadTargetBytes(btf)).identity).toEqual({});
    expect((await loadTargetBytes(btf, { path: `/x/${RELEASE}.btf` })).identity).toEqual({
      arch: 'x86_64',
      release: RELEASE,
    });
    expect((await loadTargetBytes(gzipSync(btf))).identity).toEqual({});
  });

  it('fails with a code and the path', async () => {
    expect(await codeOf(() => loadTarget('/nowhere/at/all'))).toBe('not-found');
    expect(await codeOf(() => loadTargetBytes(new Uint8Array(50)))).toBe('unknown-format');
    expect(await codeOf(() => loadTargetBytes(vmlinux({ btf: undefined })))).toBe('no-btf');
    const two = makeTar([
      { name: hub('6.1.0-1-amd64.btf'), bytes: btf },
      { name: hub('6.1.0-2-amd64.btf'), bytes: kernelBtf({ pid: 32 }) },
    ]);
    await expect(loadTargetBytes(two, { path: 'two.tar' })).rejects.toMatchObject({
      code: 'no-kernel',
      path: 'two.tar',
      found: 'debian/12/x86_64/6.1.0-1-amd64, debian/12/x86_64/6.1.0-2-amd64',
    });
  });
});

describe('mutations', () => {
  const inputs: readonly [string, Uint8Array][] = [
    ['image.xz.deb', sample('image.xz.deb')],
    ['image.zst.rpm', sample('image.zst.rpm')],
    ['hub.btf.tar.xz', sample('hub.btf.tar.xz')],
    [
      'a tar',
      makeTar([
        { name: 'vmlinux', bytes: btf },
        { name: 'x.ko', bytes: kernelModule() },
      ]),
    ],
    ['vmlinux', vmlinux()],
    ['a module', kernelModule({ base: btf })],
    ['a bzImage', bzImage(sample('vmlinux.xz'))],
    ['a flat arm64 image', flatImage('arm64', btf)],
  ];

  it.each(inputs)('%s: a typed error or a target', async (_, good) => {
    for (const damaged of mutations(good, { seed: 11, count: 150 })) {
      await codeOf(() => loadTargetBytes(damaged, { maxBytes: 1 << 22 }));
    }
  });
});

/** A module's BTF over a kernel of the same size, whose names begin elsewhere. */
function foreignModule(): Uint8Array {
  const base = new BtfBuilder();
  const int = base.addInt('integer', 4, 1);
  for (const name of ['a', 'bb', 'ccc', 'task']) base.addTypedef(name, int);
  const split = new BtfBuilder({ base: parseBtf(base.build()) });
  split.addStruct('ccc', 8);
  return split.build();
}
