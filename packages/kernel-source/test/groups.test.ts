// Which files are one kernel: packages by what they provide, initrds by their place, whatever their names end in.

import { gzipSync, zstdCompressSync } from 'node:zlib';
import { ByteWriter } from '@btfq/test-kit';
import { describe, expect, it } from 'vitest';
import { cpio, text } from './boot-images.ts';
import { rpm, type RpmWords } from './rpm.ts';
import { folderOf, kernelsOf, name, readPaths, skippedOf } from './support.ts';
import { bzImage, kernelBtf, kernelModule, moduleBtf, vmlinux } from './synthetic.ts';

const VERSION = '5.14.0-611.5.1.el9_7';
const RELEASE = `${VERSION}.x86_64`;
const BUILDER = '(mockbuild@x86-vm-07.build.eng.rdu2.redhat.com)';
const kernelOf = (release: string, btf = kernelBtf()) =>
  vmlinux({ btf, banner: `Linux version ${release} ${BUILDER} (gcc) #1 SMP PREEMPT_DYNAMIC 2026` });
const imageOf = (release: string) => bzImage(gzipSync(kernelOf(release)), { release });
const moduleOf = (module: string, release: string) =>
  kernelModule({ name: module, release, btf: moduleBtf(kernelBtf(), `${module}_state`) });

/** Kernels with the names of their modules. */
async function found(files: Readonly<Record<string, Uint8Array>>): Promise<Record<string, string[]>> {
  const items = await readPaths([folderOf(files)]);
  expect(skippedOf(items)).toEqual([]);
  return Object.fromEntries(kernelsOf(items).map((one) => [name(one), one.modules.map((module) => module.name)]));
}

describe('rpms of one kernel', () => {
  const core = (release = RELEASE, flavour = '') =>
    rpm(
      {
        name: `kernel${flavour}-core`,
        version: VERSION,
        provides: { 'kernel-uname-r': release, 'installonlypkg(kernel)': '' },
      },
      { [`lib/modules/${release}/vmlinuz`]: imageOf(release) },
    );
  const modules = (suffix: string, module: string, release = RELEASE, provides?: RpmWords['provides']) =>
    rpm(
      { name: `kernel-${suffix}`, version: VERSION, provides: provides ?? { [`kernel-${suffix}-uname-r`]: release } },
      { [`lib/modules/${release}/kernel/${module}.ko`]: moduleOf(module, release) },
    );

  it('go by Provides, whatever they are called', async () => {
    const suffixes = ['modules', 'modules-core', 'modules-extra', 'modules-internal', 'modules-partner', 'modules-x-y'];
    const files = Object.fromEntries(
      suffixes.map((suffix, index) => [`kernel-${suffix}-${RELEASE}.rpm`, modules(suffix, `m${index}`)]),
    );
    expect(await found({ ...files, [`z-kernel-core-${RELEASE}.rpm`]: core() })).toEqual({
      [`rhel/9/x86_64/${RELEASE}`]: ['m0', 'm1', 'm2', 'm3', 'm4', 'm5'],
    });
  });

  it('of flavours stay apart', async () => {
    const rt = `${RELEASE}+rt`;
    expect(
      await found({
        'a.rpm': core(),
        'b.rpm': core(rt, '-rt'),
        'c.rpm': modules('modules-core', 'plain'),
        'd.rpm': modules('rt-modules-core', 'real_time', rt),
      }),
    ).toEqual({ [`rhel/9/x86_64/${RELEASE}`]: ['plain'], [`rhel/9/x86_64/${rt}`]: ['real_time'] });
  });

  it.each([
    ['kernel-debuginfo', RELEASE, ''],
    ['kernel-rt-debuginfo', `${RELEASE}+rt`, '-rt'],
    ['kernel-uek-debuginfo', RELEASE, '-uek'],
  ])('%s provides no release, and goes with its kernel', async (debug, release, flavour) => {
    const path = `usr/lib/debug/lib/modules/${release}/vmlinux`;
    const debuginfo = rpm({ name: debug, version: VERSION }, { [path]: kernelOf(release) });
    const files = { 'a.rpm': debuginfo, 'b.rpm': core(release, flavour), 'c.rpm': modules('modules', 'one', release) };
    expect(await found(files)).toEqual({ [`rhel/9/x86_64/${release}`]: ['one'] });
  });

  it('that provide no release go by the shorter name: kernel-default-extra', async () => {
    const release = '6.4.0-150700.51-default';
    const suse = { version: '6.4.0-150700.51.1', vendor: 'SUSE LLC <https://www.suse.com/>' };
    const image = bzImage(
      gzipSync(vmlinux({ banner: `Linux version ${release} (geeko@buildhost) (gcc) #1 SMP 2026` })),
      { release },
    );
    const extra = rpm(
      { name: 'kernel-default-extra', ...suse },
      { [`lib/modules/${release}/kernel/one.ko`]: moduleOf('one', release) },
    );
    const files = { 'a.rpm': extra, 'b.rpm': rpm({ name: 'kernel-default', ...suse }, { 'boot/vmlinuz': image }) };
    expect(await found(files)).toEqual({ [`sles/15.7/x86_64/${release}`]: ['one'] });
  });

  it('without their kernel are one line', async () => {
    const items = await readPaths([folderOf({ 'a.rpm': modules('modules-extra', 'one') })]);
    expect(items).toMatchObject([{ code: 'module-without-kernel', found: `1 module for ${RELEASE}` }]);
  });
});

describe('an initrd beside its kernel', () => {
  const release = '6.1.0-99-amd64';
  const debian = `debian/12/x86_64/${release}`;
  const image = bzImage(gzipSync(vmlinux()), { release });
  const module = cpio(`usr/lib/modules/${release}/kernel/one.ko`, moduleOf('one', release));
  const early = new ByteWriter()
    .raw(cpio('kernel/x86/microcode/AuthenticAMD.bin', text('microcode')))
    .raw(new Uint8Array(512))
    .raw(zstdCompressSync(module))
    .bytes();
  it.each([
    ['packed', `boot/vmlinuz-${release}`, `boot/initrd.img-${release}`, zstdCompressSync(module)],
    ['as it is', `boot/vmlinuz-${release}`, `boot/initrd.img-${release}`, module],
    ['behind microcode', `boot/vmlinuz-${release}`, `boot/initramfs-${release}.img`, early],
    ['without a release in its name', 'boot/vmlinuz-linux', 'boot/initramfs-linux.img', early],
    ['of a boot loader entry', `efi/0a1b2c/${release}/linux`, `efi/0a1b2c/${release}/initrd`, early],
  ])('gives its modules: %s', async (_, kernel, initrd, bytes) => {
    expect(await found({ [kernel]: image, [initrd]: bytes })).toEqual({ [debian]: ['one'] });
  });

  it('is not a reason to take modules of another release', async () => {
    const other = cpio('usr/lib/modules/6.1.0-98-amd64/kernel/one.ko', moduleOf('one', '6.1.0-98-amd64'));
    const items = await readPaths([folderOf({ 'boot/vmlinuz-linux': image, 'boot/initramfs-linux.img': other })]);
    expect(kernelsOf(items).map(({ modules }) => modules)).toEqual([[]]);
    expect([...skippedOf(items), ...kernelsOf(items).flatMap(({ problems }) => problems)]).toMatchObject([
      { code: expect.stringMatching(/foreign-module|module-without-kernel/) },
    ]);
  });
});
