import { deflateSync, gzipSync, zstdCompressSync } from 'node:zlib';
import { ByteWriter, buildElf } from '@btfq/test-kit';
import { describe, expect, it } from 'vitest';
import { HEAD_SIZE, type Image, identify } from '../src/identify.ts';
import { readKernelImage } from '../src/image/image.ts';
import { codeOf, sample } from './support.ts';
import { BANNER, bzImage, flatImage, kernelBtf, RELEASE, vmlinux, zboot } from './synthetic.ts';

const MAX = 1 << 22;
const btf = kernelBtf();

function read(bytes: Uint8Array, maxBytes = MAX) {
  return readKernelImage(bytes, identify(bytes.subarray(0, HEAD_SIZE)) as Image, maxBytes);
}

async function errorOf(bytes: Uint8Array): Promise<{ code: string; found?: string; offset?: number }> {
  return read(bytes).then(
    () => ({ code: 'no error' }),
    (error) => error,
  );
}

describe('ELF vmlinux', () => {
  it.each([
    { is64: true, littleEndian: true, machine: 62, arch: 'x86_64' },
    { is64: true, littleEndian: true, machine: 183, arch: 'arm64' },
    { is64: true, littleEndian: true, machine: 243, arch: 'riscv64' },
    { is64: true, littleEndian: true, machine: 21, arch: 'ppc64le' },
    { is64: true, littleEndian: false, machine: 21, arch: 'ppc64' },
    { is64: true, littleEndian: false, machine: 22, arch: 's390x' },
    { is64: true, littleEndian: true, machine: 258, arch: 'loongarch64' },
    { is64: false, littleEndian: true, machine: 40, arch: 'armv7l' },
    { is64: false, littleEndian: true, machine: 3, arch: 'i686' },
    { is64: false, littleEndian: false, machine: 20, arch: 'ppc' },
  ])('of $arch gives BTF, banner and arch', async ({ arch, ...options }) => {
    const image = await read(vmlinux(options));
    expect(image).toMatchObject({ arch, banner: BANNER, trail: ['ELF .BTF'] });
    expect(image.btf).toEqual(kernelBtf(options));
    expect(image.btf.buffer.byteLength).toBe(image.btf.length);
  });

  it.each<[string, number, Uint8Array]>([
    ['zlib', 1, deflateSync(btf)],
    ['zstd', 2, zstdCompressSync(btf)],
  ])('reads a .BTF that is compressed with %s', async (_, type, packed) => {
    const section = (size: number) => new ByteWriter().u32(type, 0).u64(size, 1).raw(packed).bytes();
    expect((await read(vmlinux({ btf: section(btf.length), compressed: true }))).btf).toEqual(btf);
    const lying = vmlinux({ btf: section(btf.length + 1), compressed: true });
    expect((await errorOf(lying)).code).toMatch(/bad-compression|bad-elf/);
    const bomb = vmlinux({ btf: section(MAX + 1), compressed: true });
    expect((await errorOf(bomb)).code).toBe('too-large');
  });

  it('without BTF is told apart from one with damaged BTF, and from a program', async () => {
    expect(await errorOf(vmlinux({ btf: undefined }))).toMatchObject({
      code: 'no-btf',
      message: 'the kernel has no BTF: CONFIG_DEBUG_INFO_BTF was off',
      found: `ELF vmlinux, x86_64, Linux version ${RELEASE}: 5 sections, no .BTF section`,
    });
    const damaged = Uint8Array.from(btf).fill(0xff, 30, 34);
    expect(await errorOf(vmlinux({ btf: damaged }))).toMatchObject({ code: 'bad-btf', cause: { name: 'BtfError' } });
    const program = buildElf({ machine: 62, type: 3, sections: [{ name: '.text' }, { name: '.interp' }] });
    expect((await errorOf(program)).code).toBe('no-kernel');
    expect((await errorOf(vmlinux().slice(0, 100))).code).toBe('bad-elf');
  });
});

describe('x86 bzImage', () => {
  it.each([
    ['gzip', 'vmlinux.gz'],
    ['bzip2', 'vmlinux.bz2'],
    ['lzma', 'vmlinux.lzma'],
    ['xz', 'vmlinux.xz'],
    ['lzo', 'vmlinux.lzo'],
    ['lz4', 'vmlinux.legacy.lz4'],
    ['zstd', 'vmlinux.zst'],
  ])('with a payload in %s', async (format, file) => {
    const image = await read(bzImage(sample(file), { trailer: format !== 'gzip' }));
    expect(image).toMatchObject({ arch: 'x86_64', release: RELEASE, banner: BANNER });
    expect(image.trail).toEqual(['bzImage', `${format} at 2112`, 'ELF .BTF']);
    expect(image.btf).toEqual(btf);
  });

  it('of a protocol that does not tell where the payload is', async () => {
    const image = await read(bzImage(sample('vmlinux.xz'), { protocol: 0x0203 }));
    expect(image.trail).toEqual(['bzImage', 'xz at 2112', 'ELF .BTF']);
  });

  it('says what is wrong: no BTF, a damaged payload, a payload beyond the end', async () => {
    const plain = bzImage(gzipSync(vmlinux({ btf: undefined })), { trailer: false });
    expect(await errorOf(plain)).toMatchObject({
      code: 'no-btf',
      found: expect.stringContaining('bzImage, gzip at 2112, ELF vmlinux'),
    });
    const damaged = bzImage(sample('vmlinux.xz').fill(0x55, 200, 220));
    expect(await errorOf(damaged)).toMatchObject({
      code: 'bad-compression',
      offset: 2112,
      found: expect.stringContaining('xz at 2112'),
    });
    const cut = bzImage(sample('vmlinux.xz')).slice(0, 2200);
    expect(await errorOf(cut)).toMatchObject({ code: 'truncated', found: `bzImage, ${RELEASE}` });
    expect((await errorOf(bzImage(sample('vmlinux.xz')).slice(0, 0x240))).code).toBe('truncated');
    expect(await codeOf(() => read(bzImage(sample('vmlinux.zst')), 500))).toBe('too-large');
  });
});

describe('other boot images', () => {
  it.each([
    ['arm64', 'arm64', true],
    ['riscv', 'riscv64', true],
    ['s390', 's390x', false],
  ] as const)("%s, flat: the largest BTF in it is the kernel's", async (kind, arch, littleEndian) => {
    const own = kernelBtf({ littleEndian });
    const image = await read(flatImage(kind, own));
    expect(image.btf).toEqual(own);
    expect(image).toMatchObject({ arch, banner: BANNER });
    expect((await errorOf(flatImage(kind, undefined))).code).toBe('no-btf');
  });

  it('EFI zboot around an arm64 Image', async () => {
    const image = await read(zboot(gzipSync(flatImage('arm64', btf))));
    expect(image.btf).toEqual(btf);
    expect(image).toMatchObject({ arch: 'arm64', banner: BANNER });
    expect(image.trail.slice(0, 3)).toEqual(['EFI zboot', 'gzip at 128', 'arm64 Image']);
    expect((await errorOf(zboot(gzipSync(flatImage('arm64', btf))).slice(0, 300))).code).toBe('truncated');
  });

  it('s390 with a packed kernel somewhere in it', async () => {
    const own = kernelBtf({ littleEndian: false });
    const writer = new ByteWriter(false).raw(new Uint8Array(0x10008)).text('S390EP\0\u0001').raw(new Uint8Array(500));
    // What decompresses without being a kernel is passed over: here a configuration comes first.
    writer.raw(gzipSync('CONFIG_DEBUG_INFO_BTF=y')).pad(8);
    writer.raw(zstdCompressSync(flatImage('s390', own).slice(0x10010))).raw(new Uint8Array(64).fill(1));
    const image = await read(writer.bytes());
    expect(image.btf).toEqual(own);
    expect(image.trail[0]).toBe('s390 image');
    expect(image.arch).toBe('s390x');
  });

  it('an EFI program that is not a kernel', async () => {
    const program = new ByteWriter().text('MZ').raw(new Uint8Array(58)).u32(64).text('PE\0\0').raw(new Uint8Array(400));
    expect((await errorOf(program.bytes())).code).toBe('no-kernel');
  });
});
