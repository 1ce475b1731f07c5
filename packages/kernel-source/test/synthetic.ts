// Kernels, modules and boot images of a few types and a few kilobytes, laid out by hand, for tests and for samples/build.ts.

import { BtfBuilder, parseBtf } from '@btfq/btf-format';
import { buildElf, ByteWriter } from '@btfq/test-kit';

export const RELEASE = '6.1.0-99-amd64';
export const BANNER =
  `Linux version ${RELEASE} (debian-kernel@lists.debian.org) (gcc-12 (Debian 12.2.0-14) 12.2.0, GNU ld 2.40) ` +
  '#1 SMP PREEMPT_DYNAMIC Debian 6.1.199-1 (2026-07-01)';

/** A kernel's BTF: a handful of types, enough for split BTF to refer to. */
export function kernelBtf({ littleEndian = true, pid = 0 } = {}): Uint8Array {
  const builder = new BtfBuilder({ littleEndian });
  const int = builder.addInt('int', 4, 1);
  const long = builder.addInt('long unsigned int', 8, 0);
  builder.addStruct('task_struct', 16);
  builder.addField('pid', int, pid);
  builder.addField('state', long, 64);
  builder.addTypedef('pid_t', int);
  return builder.build();
}

/** A module's BTF, split over its kernel's. */
export function moduleBtf(base: Uint8Array, name = 'sample_state'): Uint8Array {
  const builder = new BtfBuilder({ base: parseBtf(base) });
  const pointer = builder.addPtr(3);
  builder.addStruct(name, 8);
  builder.addField('task', pointer, 0);
  return builder.build();
}

export interface VmlinuxOptions {
  readonly is64?: boolean;
  readonly littleEndian?: boolean;
  readonly machine?: number;
  readonly banner?: string;
  /** Left out: a kernel without BTF. */
  readonly btf?: Uint8Array | undefined;
  /** SHF_COMPRESSED content for .BTF, header included. */
  readonly compressed?: boolean;
  /** What CONFIG_IKCONFIG puts into the read-only data. */
  readonly config?: Uint8Array;
}

/** An ELF vmlinux. */
export function vmlinux(options: VmlinuxOptions = {}): Uint8Array {
  const { is64 = true, littleEndian = true, machine = 62, banner = BANNER, compressed = false } = options;
  const btf = 'btf' in options ? options.btf : kernelBtf({ littleEndian });
  return buildElf({
    is64,
    littleEndian,
    machine,
    type: 2,
    sections: [
      { name: '.text', flags: 6, addr: 0xffffffff81000000n, bytes: new Uint8Array(512).fill(0x90) },
      {
        name: '.rodata',
        flags: 2,
        bytes: new ByteWriter()
          .text('Linux version %s (%s)\n\0')
          .text(`${banner}\n\0`)
          .raw(options.config ?? new Uint8Array())
          .bytes(),
      },
      { name: '.init.text', flags: 6, bytes: new Uint8Array(64).fill(0xcc) },
      ...(btf ? [{ name: '.BTF', flags: compressed ? 0x800 : 2, bytes: btf }] : []),
    ],
  });
}

export interface ModuleOptions {
  readonly name?: string;
  readonly release?: string;
  readonly btf?: Uint8Array | undefined;
  readonly base?: Uint8Array;
}

/** A module (.ko). */
export function kernelModule(options: ModuleOptions = {}): Uint8Array {
  const { name = 'sample', release = RELEASE, base } = options;
  const btf = 'btf' in options ? options.btf : moduleBtf(kernelBtf());
  const info = `license=GPL\0name=${name}\0vermagic=${release} SMP preempt mod_unload modversions \0`;
  return buildElf({
    machine: 62,
    type: 1,
    sections: [
      { name: '.text', flags: 6, bytes: new Uint8Array(32).fill(0x90) },
      { name: '.modinfo', flags: 2, bytes: new TextEncoder().encode(info) },
      { name: '.gnu.linkonce.this_module', flags: 3, bytes: new Uint8Array(64) },
      ...(btf ? [{ name: '.BTF', bytes: btf }] : []),
      ...(base ? [{ name: '.BTF.base', bytes: base }] : []),
    ],
  });
}

/** An x86 bzImage around a packed payload. `trailer`: the unpacked size that the kernel's build appends. */
export function bzImage(
  payload: Uint8Array,
  { trailer = true, release = RELEASE, protocol = 0x020f } = {},
): Uint8Array {
  const setupSectors = 3;
  const image = new Uint8Array((setupSectors + 1) * 512 + 64 + payload.length + (trailer ? 4 : 0) + 32);
  const view = new DataView(image.buffer);
  image.set(new TextEncoder().encode('MZ'), 0);
  image[0x1f1] = setupSectors;
  view.setUint16(0x1fe, 0xaa55, true);
  image.set(new TextEncoder().encode('HdrS'), 0x202);
  view.setUint16(0x206, protocol, true);
  view.setUint16(0x20e, 0x300, true);
  image.set(new TextEncoder().encode(`${release} (builder@host) #1 SMP\0`), 0x500);
  view.setUint16(0x236, 1, true);
  view.setUint32(0x248, 64, true);
  view.setUint32(0x24c, payload.length + (trailer ? 4 : 0), true);
  const at = (setupSectors + 1) * 512 + 64;
  image.set(payload, at);
  if (trailer) view.setUint32(at + payload.length, 0x12345, true);
  return image;
}

/** An EFI zboot image around a packed payload. */
export function zboot(payload: Uint8Array, compression = 'gzip'): Uint8Array {
  const image = new Uint8Array(128 + payload.length + 16);
  const view = new DataView(image.buffer);
  image.set(new TextEncoder().encode('MZ\0\0zimg'), 0);
  view.setUint32(8, 128, true);
  view.setUint32(12, payload.length, true);
  image.set(new TextEncoder().encode(compression), 24);
  image.set(payload, 128);
  return image;
}

/** A flat image with a header of its architecture, a banner, and BTF somewhere behind it. */
export function flatImage(kind: 'arm64' | 'riscv' | 's390', btf: Uint8Array | undefined, banner = BANNER): Uint8Array {
  const writer = new ByteWriter(kind !== 's390');
  if (kind === 's390') writer.raw(new Uint8Array(0x10008)).text('S390EP\0\u0001');
  else
    writer
      .text('MZ')
      .raw(new Uint8Array(0x36))
      .text(kind === 'arm64' ? 'ARMd' : 'RSC\u0005');
  writer.pad(64).raw(new Uint8Array(1000).fill(0x5a)).text(`\0${banner}\n\0`).pad(8);
  // A BPF program's own BTF comes before the kernel's: the larger one is meant.
  if (btf) writer.raw(smallBtf()).pad(8).raw(btf).raw(new Uint8Array(100).fill(0x11));
  return writer.bytes();
}

function smallBtf(): Uint8Array {
  const builder = new BtfBuilder();
  builder.addInt('int', 4, 1);
  return builder.build();
}
