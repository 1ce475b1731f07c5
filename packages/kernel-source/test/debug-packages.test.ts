// Debug packages: a kernel without BTF gets it from its vmlinux's debug information, and its modules where they are asked for.
// The packages are made here, of the quirk programs, with the names of sections that only kernels and modules have.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { parseBtf } from '@btfq/btf-format';
import { bytesSource, encodeBtf, ModuleBase } from '@btfq/dwarf';
import { ByteWriter, fixturesFolder, makeTar, type TarMember } from '@btfq/test-kit';
import { describe, expect, test } from 'vitest';
import { folderOf, kernelsOf, name, readPaths, skippedOf } from './support.ts';

const RELEASE = '6.1.0-47-686';
const VMLINUX = `./usr/lib/debug/boot/vmlinux-${RELEASE}`;
const MODULES = `./usr/lib/debug/lib/modules/${RELEASE}/kernel`;
const text = (value: string) => new TextEncoder().encode(value);

/** A quirk program whose section `from` is called `to`: that makes it a kernel or a module. */
function renamed(file: string, from: string, to: string): Uint8Array {
  const bytes = readFileSync(join(fixturesFolder, 'dwarf', file));
  bytes.write(`${to}\0`.padEnd(from.length + 1, '\0'), bytes.indexOf(`${from}\0`), 'latin1');
  return new Uint8Array(bytes);
}

const kernel = renamed('gcc-5.elf', '.debug_aranges', '.init.text');
const module = renamed('object.o', '.comment', '.modinfo');
const kernelOnly = encodeBtf(bytesSource(kernel)).bytes;
const moduleOnly = encodeBtf(bytesSource(module), { base: parseBtf(kernelOnly) }).bytes;

function deb(packageName: string, members: readonly TarMember[], pack: (bytes: Uint8Array) => Uint8Array): Uint8Array {
  const control = `Package: ${packageName}\nVersion: 6.1.170-3\nArchitecture: i386\nMaintainer: Debian Kernel Team <debian-kernel@lists.debian.org>\n`;
  const writer = new ByteWriter().text('!<arch>\n');
  for (const [path, bytes] of [
    ['debian-binary', text('2.0\n')],
    ['control.tar.gz', gzipSync(makeTar([{ name: './control', bytes: text(control) }]))],
    ['data.tar', pack(makeTar(members))],
  ] as const) {
    writer.text(path.padEnd(48)).text(`${bytes.length}`.padEnd(10)).text('`\n').raw(bytes).pad(2);
  }
  return writer.bytes();
}

const member = (path: string, bytes: Uint8Array): TarMember => ({ name: path, bytes });
const NAME = `linux-image-${RELEASE}-dbg`;
const kernelMember = member(VMLINUX, kernel);
const moduleMembers = ['net/quirks.ko', 'fs/other-quirks.ko'].map((path) => member(`${MODULES}/${path}`, module));
const readDeb = async (
  members: readonly TarMember[],
  options = {},
  pack = zstdCompressSync as (bytes: Uint8Array) => Uint8Array,
) => {
  const folder = folderOf({ [`${NAME}_6.1.170-3_i386.deb`]: deb(NAME, members, pack) });
  return readPaths([folder], options);
};

describe('a debug package', () => {
  test.each([
    ['zstd', zstdCompressSync],
    ['gzip', gzipSync],
    ['nothing', (bytes: Uint8Array) => bytes],
  ])('packed with %s gives its kernel, from DWARF', async (_, pack) => {
    const items = await readDeb([kernelMember, ...moduleMembers], {}, pack as (bytes: Uint8Array) => Uint8Array);
    const [found] = kernelsOf(items);
    expect(items).toHaveLength(1);
    expect(name(found!)).toBe(`debian/12/x86_64/${RELEASE}`);
    expect(found!.provenance).toContain('from DWARF');
    expect(found).toMatchObject({ fromDwarf: true, modulesPassedOver: true, modules: [], problems: [] });
    expect(found!.btf).toEqual(kernelOnly);
  });

  // Debian has the kernel before its modules, rpms have it behind them
  for (const [order, members] of [
    ['before', [kernelMember, ...moduleMembers]],
    ['behind', [...moduleMembers, kernelMember]],
  ] as const) {
    test(`with its kernel ${order} its modules gives both`, async () => {
      const [found] = kernelsOf(await readDeb(members, { modulesFromDwarf: true }));
      expect(found!.modules.map((one) => one.name)).toEqual(['other_quirks', 'quirks']);
      for (const one of found!.modules) expect(one.btf).toEqual(moduleOnly);
      expect(found!.modulesPassedOver).toBeUndefined();
      expect(found!.problems).toEqual([]);
    });
  }

  test('is read no further than its kernel', async () => {
    const [found, ...others] = await readDeb([kernelMember, member(`${MODULES}/damaged`, text('\x7fELF damaged'))]);
    expect(found).toMatchObject({ kind: 'kernel' });
    expect(others).toEqual([]);
  });

  test('with damaged debug information of one module keeps the others', async () => {
    const damaged = Uint8Array.from(module);
    damaged.fill(0xff, damaged.length >> 2, damaged.length >> 1);
    const members = [kernelMember, ...moduleMembers, member(`${MODULES}/x/bad.ko`, damaged)];
    const [found] = kernelsOf(await readDeb(members, { modulesFromDwarf: true }));
    expect(found!.modules).toHaveLength(2);
    expect(found!.problems).toMatchObject([{ kind: 'skipped' }]);
    expect(found!.problems[0]!.code).toMatch(/^bad-/);
  });

  test('beside the package of a kernel without BTF is one kernel, and nothing is missing', async () => {
    const bare = renamed('gcc-5.elf', '.debug_aranges', '.init.text');
    const info = Buffer.from(bare).indexOf('.debug_info\0');
    bare.set(text('.nothing___'), info);
    const folder = folderOf({
      'dbg.deb': deb(NAME, [kernelMember], gzipSync),
      'image.deb': deb(`linux-image-${RELEASE}`, [member(`./boot/vmlinux-${RELEASE}`, bare)], gzipSync),
    });
    const items = await readPaths([folder]);
    expect(skippedOf(items)).toEqual([]);
    expect(kernelsOf(items).map(({ fromDwarf }) => fromDwarf)).toEqual([true]);
  });
});

// made by dpkg-deb and rpmbuild (fixtures/dwarf/packages.sh)
describe.each([
  ['kernel.ddeb', 'ubuntu/22.04/x86_64/5.15.0-100-generic'],
  ['kernel-debuginfo.rpm', 'centos/9/x86_64/5.14.0-503.el9.x86_64'],
])('%s, as the tools of distributions make it,', (file, kernelName) => {
  const path = join(fixturesFolder, 'dwarf', file);

  test('gives its kernel', async () => {
    const items = await readPaths([path]);
    expect(skippedOf(items)).toEqual([]);
    expect(kernelsOf(items).map(name)).toEqual([kernelName]);
    expect(kernelsOf(items)[0]).toMatchObject({ fromDwarf: true, modulesPassedOver: true, modules: [], problems: [] });
    expect(kernelsOf(items)[0]!.btf).toEqual(kernelOnly);
  });

  test('gives its module where that is asked for', async () => {
    const [found] = kernelsOf(await readPaths([path], { modulesFromDwarf: true }));
    expect(found!.modules).toEqual([expect.objectContaining({ name: 'quirks', btf: moduleOnly })]);
    expect(found!.problems).toEqual([]);
  });
});

test('a base for many modules is after each as it was before', () => {
  const base = new ModuleBase(parseBtf(kernelOnly));
  for (const file of ['object.o', 'gcc-4.elf', 'gcc-types.elf', 'object.o', 'clang-5.elf', 'object.o']) {
    const source = bytesSource(new Uint8Array(readFileSync(join(fixturesFolder, 'dwarf', file))));
    expect(encodeBtf(source, { base }).bytes).toEqual(encodeBtf(source, { base: parseBtf(kernelOnly) }).bytes);
  }
});
