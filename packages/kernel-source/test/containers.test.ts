// Boot images of firmware and phones, unified kernel images, and archives in pieces: the kernel in them and nothing else.

import { gzipSync, zstdCompressSync } from 'node:zlib';
import { BtfBuilder } from '@btfq/btf-format';
import { buildElf, ByteWriter } from '@btfq/test-kit';
import { describe, expect, it } from 'vitest';
import { HEAD_SIZE, type Image, identify } from '../src/identify.ts';
import { readKernelImage } from '../src/image/image.ts';
import { folderOf, kernelsOf, name, readPaths, skippedOf } from './support.ts';
import { BANNER, bzImage, flatImage, kernelBtf, RELEASE, vmlinux } from './synthetic.ts';

const btf = kernelBtf();
const text = (word: string) => new TextEncoder().encode(word);

function read(bytes: Uint8Array) {
  return readKernelImage(bytes, identify(bytes.subarray(0, HEAD_SIZE)) as Image, 1 << 22);
}

async function errorOf(bytes: Uint8Array): Promise<{ code: string; message?: string; found?: string }> {
  return read(bytes).then(
    () => ({ code: 'no error' }),
    (error) => error,
  );
}

/** A BPF object's BTF: it has task_struct too, as its programs see it. */
function objectBtf(): Uint8Array {
  const builder = new BtfBuilder();
  const int = builder.addInt('int', 4, 1);
  builder.addStruct('task_struct', 64);
  for (let field = 0; field < 100; field++) builder.addField(`field${field}`, int, 0);
  const variable = builder.addVar('LICENSE', int, 1);
  builder.addDatasec('license', 4);
  builder.addDatasecVar(variable, 0, 4);
  return builder.build();
}

/** A PE file with these sections. */
function pe(sections: Readonly<Record<string, Uint8Array>>, machine = 0x8664): Uint8Array {
  const rows = Object.entries(sections);
  const writer = new ByteWriter().text('MZ').raw(new Uint8Array(58)).u32(64).text('PE\0\0');
  writer.u16(machine, rows.length).u32(0, 0, 0).u16(0, 0x22e);
  let at = 1024;
  for (const [section, bytes] of rows) {
    writer.text(section.padEnd(8, '\0')).u32(bytes.length, 0x1000, Math.ceil(bytes.length / 512) * 512, at);
    writer.raw(new Uint8Array(16));
    at += Math.ceil(bytes.length / 512) * 512;
  }
  writer.raw(new Uint8Array(1024 - writer.bytes().length));
  for (const [, bytes] of rows) writer.raw(bytes).raw(new Uint8Array(-bytes.length & 511));
  return writer.bytes();
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
});

/** An Android boot image. */
function androidBoot(version: number, kernel: Uint8Array): Uint8Array {
  const fixed = version >= 3;
  const page = fixed ? 4096 : 2048;
  const writer = new ByteWriter().text('ANDROID!').u32(kernel.length);
  if (fixed) writer.u32(6, 0, 1580).raw(new Uint8Array(16)).u32(version);
  else writer.u32(0, 6, 0, 0, 0, 0, page, version);
  return writer
    .raw(new Uint8Array(page - writer.bytes().length))
    .raw(kernel)
    .raw(new Uint8Array(4096))
    .bytes();
}

/** A flattened device tree of /images/kernel with its data inside, or behind the tree. */
function fit(kernel: Uint8Array, inside = true): Uint8Array {
  const strings = 'data\0type\0data-offset\0data-size\0';
  const at = { data: 0, type: 5, offset: 10, size: 22 };
  const tree = new ByteWriter(false);
  const begin = (node: string) => tree.u32(1).cString(node).pad(4);
  const property = (name: number, bytes: Uint8Array) => tree.u32(3, bytes.length, name).raw(bytes).pad(4);
  const word = (value: number) => new ByteWriter(false).u32(value).bytes();
  begin('');
  begin('images');
  begin('kernel-1');
  property(at.type, text('kernel\0'));
  if (inside) property(at.data, kernel);
  else {
    property(at.offset, word(0));
    property(at.size, word(kernel.length));
  }
  tree.u32(2, 2, 2, 9);
  const structure = tree.bytes();
  const total = 40 + structure.length + strings.length;
  const header = [0xd00dfeed, total, 40, 40 + structure.length, 40, 17, 16, 0, strings.length, structure.length];
  const writer = new ByteWriter(false)
    .u32(...header)
    .raw(structure)
    .text(strings);
  return inside ? writer.bytes() : writer.pad(4).raw(kernel).bytes();
}

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
  const hex = (value: number) => value.toString(16).padStart(8, '0');
  const cpio = (path: string, bytes: Uint8Array) => {
    const writer = new ByteWriter();
    for (const [member, content] of [
      [path, bytes],
      ['TRAILER!!!', new Uint8Array()],
    ] as const) {
      const mode = member === path ? 0o100644 : 0;
      writer
        .text('070701')
        .text([1, mode, 0, 0, 1, 0, content.length, 0, 0, 0, 0, member.length + 1, 0].map(hex).join(''));
      writer.cString(member).pad(4).raw(content).pad(4);
    }
    return writer.bytes();
  };
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
