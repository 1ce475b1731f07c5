// Boot images of firmware and phones, unified kernel images, and archives in pieces: the kernel in them and nothing else.

import { gzipSync, zstdCompressSync } from 'node:zlib';
import { loadBtf } from '@btfq/btf-format';
import { buildElf, ByteWriter, makeTar } from '@btfq/test-kit';
import { describe, expect, it } from 'vitest';
import { HEAD_SIZE, type Image, identify } from '../src/identify.ts';
import { readKernelImage } from '../src/image/image.ts';
import { folderOf, kernelsOf, name, readPaths, skippedOf } from './support.ts';
import { androidBoot, cpio, fit, objectBtf, pe, text } from './boot-images.ts';
import { BANNER, bzImage, flatImage, kernelBtf, RELEASE, vmlinux } from './synthetic.ts';

const btf = kernelBtf();

function read(bytes: Uint8Array) {
  return readKernelImage(bytes, identify(bytes.subarray(0, HEAD_SIZE)) as Image, 1 << 22);
}

async function errorOf(bytes: Uint8Array): Promise<{ code: string; message?: string; found?: string }> {
  return read(bytes).then(
    () => ({ code: 'no error' }),
    (error) => error,
  );
}

describe('unified kernel images', () => {
  const initrd = buildElf({ machine: 247, type: 1, sections: [{ name: '.BTF', bytes: objectBtf() }] });
  const sections = {
    '.osrel': text('ID=debian\nVERSION_ID="12"\n'),
    '.uname': text(RELEASE),
    '.initrd': initrd,
    '.linux': bzImage(gzipSync(vmlinux()), { trailer: false }),
  };

  it('give the BTF of .linux, whatever the initrd holds', async () => {
    const image = await read(pe(sections));
    expect(image.btf).toEqual(btf);
    expect(image).toMatchObject({ release: RELEASE, arch: 'x86_64', system: { distro: 'debian', version: '12' } });
    expect(image.trail[0]).toBe('UKI');
  });

  it('whose kernel has no BTF say so, and take none from the initrd', async () => {
    const without = { ...sections, '.linux': bzImage(gzipSync(vmlinux({ btf: undefined })), { trailer: false }) };
    expect((await errorOf(pe(without))).code).toBe('no-btf');
  });

  it('without a kernel are add-ons', async () => {
    expect((await errorOf(pe({ '.cmdline': text('quiet'), '.initrd': initrd }))).code).toBe('no-kernel');
  });

  it('name their kernel by os-release where the banner does not', async () => {
    const banner = `Linux version ${RELEASE} (me@home) (gcc) #1 SMP`;
    const linux = bzImage(gzipSync(vmlinux({ banner })), { trailer: false });
    const folder = folderOf({ 'a.efi': pe({ ...sections, '.linux': linux }) });
    const [kernel] = kernelsOf(await readPaths([folder]));
    expect(kernel?.identified).toBe('distro: os-release, version: os-release, arch: image, release: banner');
    expect(name(kernel!)).toBe(`debian/12/x86_64/${RELEASE}`);
  });
});

describe('BTF that is found by its header alone', () => {
  it("is not taken from a BPF object in the kernel's initramfs", async () => {
    const foreign = await errorOf(flatImage('arm64', objectBtf()));
    expect(foreign).toMatchObject({ code: 'no-btf' });
    expect(foreign.found).toContain('has the section license of a BPF object');
  });

  it('must have functions by the thousand in a kernel of real size', async () => {
    const large = new ByteWriter().raw(flatImage('arm64', btf)).raw(new Uint8Array(3 << 20));
    expect((await errorOf(large.bytes())).found).toContain('it has 0 functions');
  });

  it('must have the banner beside it', async () => {
    expect((await errorOf(flatImage('arm64', btf, 'nothing'))).code).toBe('no-kernel');
  });

  it("is not an ELF program's or a BPF object's own", async () => {
    expect((await errorOf(buildElf({ machine: 247, type: 1, sections: [{ name: '.BTF', bytes: btf }] }))).code).toBe(
      'no-kernel',
    );
    const program = buildElf({
      machine: 62,
      type: 3,
      sections: [{ name: '.text' }, { name: '.BTF', bytes: objectBtf() }],
    });
    expect((await errorOf(program)).code).toBe('no-kernel');
  });
});

describe('debug files', () => {
  it('are said to be that where their .BTF is NOBITS', async () => {
    const sections = [
      { name: '.init.text', flags: 6 },
      { name: '.BTF', type: 8, flags: 2 },
    ];
    expect(await errorOf(buildElf({ machine: 62, type: 2, sections }))).toMatchObject({
      code: 'no-btf',
      message: 'the .BTF section has no content in this file: it is a debug file',
    });
  });

  it('are said to be that by commands that take one file', () => {
    const sections = [{ name: '.BTF', type: 8, flags: 2 }];
    expect(() => loadBtf(buildElf({ machine: 62, type: 2, sections }))).toThrow(
      expect.objectContaining({
        code: 'no-btf',
        message: 'the .BTF section has no content in this file: it is a debug file',
      }),
    );
  });
});

describe('boot images of phones and firmware', () => {
  const arm64 = flatImage('arm64', btf);
  const dtb = new ByteWriter(false).u32(0xd00dfeed, 64).raw(new Uint8Array(56)).bytes();
  const gzDtb = new ByteWriter().raw(gzipSync(arm64)).raw(dtb).bytes();

  it.each([0, 1, 2, 3, 4])('Android, header version %i', async (version) => {
    for (const kernel of [arm64, gzDtb]) {
      const image = await read(androidBoot(version, kernel));
      expect(image.btf).toEqual(btf);
      expect(image).toMatchObject({ arch: 'arm64', banner: BANNER });
    }
  });

  it('Android, without a kernel or cut off', async () => {
    expect((await errorOf(androidBoot(4, new Uint8Array()))).code).toBe('no-kernel');
    expect((await errorOf(androidBoot(2, arm64).slice(0, 3000))).code).toBe('truncated');
    expect((await errorOf(text('VNDRBOOT'.padEnd(4096)))).code).toBe('no-kernel');
  });

  it.each([true, false])('FIT, its data inside the tree: %s', async (inside) => {
    expect((await read(fit(gzDtb, inside))).btf).toEqual(btf);
    expect((await errorOf(fit(arm64, inside).slice(0, 200))).code).toBe('truncated');
  });

  it('a ChromeOS kernel partition', async () => {
    const partition = new ByteWriter().text('CHROMEOS').raw(new Uint8Array(65_528)).raw(fit(gzDtb)).bytes();
    expect((await read(partition)).btf).toEqual(btf);
    expect((await errorOf(partition.slice(0, 1000))).code).toBe('truncated');
  });

  it('a gzip file with a device tree behind it', async () => {
    const folder = folderOf({ 'Image.gz-dtb': gzDtb });
    expect(kernelsOf(await readPaths([folder])).map(name)).toEqual([`debian/12/arm64/${RELEASE}`]);
  });

  it('device trees of boards are nothing to look at', () => {
    expect(identify(dtb)).toBeUndefined();
  });
});

describe('an initramfs', () => {
  it.each([
    ['as it is', (bytes: Uint8Array) => bytes],
    ['packed', (bytes: Uint8Array) => zstdCompressSync(bytes)],
  ])('behind early microcode, %s', async (_, pack) => {
    const early = cpio('kernel/x86/microcode/GenuineIntel.bin', text('microcode'));
    const main = pack(cpio('boot/vmlinuz', bzImage(gzipSync(vmlinux()), { trailer: false })));
    const image = new ByteWriter().raw(early).raw(new Uint8Array(512)).raw(main).bytes();
    const items = await readPaths([folderOf({ 'initrd.img': image })]);
    expect(skippedOf(items)).toEqual([]);
    expect(kernelsOf(items).map(name)).toEqual([`debian/12/x86_64/${RELEASE}`]);
  });
});

describe('what is not read is named', () => {
  const marked = (at: number, mark: string | Uint8Array, size = 70_000): Uint8Array => {
    const bytes = new Uint8Array(size);
    bytes.set(typeof mark === 'string' ? text(mark) : mark, at);
    return bytes;
  };
  const mbr = marked(446, Uint8Array.of(0x80, 0, 2, 0, 0x83));
  mbr.set([0x55, 0xaa], 510);
  const fat = marked(54, 'FAT16   ');
  fat.set([0x55, 0xaa], 510);
  const gpt = marked(512, 'EFI PART');
  gpt.set(mbr.subarray(446, 512), 446);
  it.each([
    ['a qcow2 disk image', marked(0, Uint8Array.of(0x51, 0x46, 0x49, 0xfb, 0, 0, 0, 3))],
    ['a VMDK disk image', marked(0, 'KDMV')],
    ['a VHDX disk image', marked(0, 'vhdxfile')],
    ['a disk image with GPT partitions', gpt],
    ['a disk image with MBR partitions', mbr],
    ['a FAT file system', fat],
    ['a btrfs file system', marked(0x10040, '_BHRfS_M')],
    ['an xfs file system', marked(0, 'XFSB')],
    ['an erofs file system', marked(1024, Uint8Array.of(0xe2, 0xe1, 0xf5, 0xe0))],
    ['a UBI image', marked(0, 'UBI#')],
  ])('%s', async (found, bytes) => {
    const folder = folderOf({
      'debian-13.img': bytes,
      'inner.tar': makeTar([{ name: 'disk.img', bytes }]),
      disk: bytes,
    });
    const passedOver: string[] = [];
    const items = await readPaths([folder], { onPassedOver: (path, reason) => passedOver.push(`${path}: ${reason}`) });
    expect(items).toMatchObject([
      { code: 'unknown-format', message: `${found}, which btfq does not read`, found },
      { code: 'unknown-format', message: `${found}, which btfq does not read`, found },
    ]);
    expect(passedOver).toEqual([expect.stringContaining(`disk: ${found}, which btfq does not read`)]);
  });

  it('what has no partitions is nothing', async () => {
    const items = await readPaths([folderOf({ 'x.img': marked(510, Uint8Array.of(0x55, 0xaa)) })]);
    expect(items).toMatchObject([{ code: 'unknown-format', message: 'nothing that holds a kernel' }]);
  });
});
