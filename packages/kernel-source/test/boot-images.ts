// Boot images of firmware and phones, laid out by hand around a kernel.

import { BtfBuilder } from '@btfq/btf-format';
import { ByteWriter } from '@btfq/test-kit';

export const text = (word: string) => new TextEncoder().encode(word);

/** A BPF object's BTF: it has task_struct too, as its programs see it. */
export function objectBtf(): Uint8Array {
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
export function pe(sections: Readonly<Record<string, Uint8Array>>, machine = 0x8664): Uint8Array {
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

/** An Android boot image. */
export function androidBoot(version: number, kernel: Uint8Array): Uint8Array {
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
export function fit(kernel: Uint8Array, inside = true): Uint8Array {
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

/** A cpio archive (newc) of one file. */
export function cpio(path: string, bytes: Uint8Array): Uint8Array {
  return cpioOf({ [path]: bytes });
}

/** A cpio archive (newc) of files. */
export function cpioOf(files: Readonly<Record<string, Uint8Array>>): Uint8Array {
  const hex = (value: number) => value.toString(16).padStart(8, '0');
  const writer = new ByteWriter();
  for (const [member, content] of [...Object.entries(files), ['TRAILER!!!', new Uint8Array()] as const]) {
    const mode = member in files ? 0o100644 : 0;
    writer
      .text('070701')
      .text([1, mode, 0, 0, 1, 0, content.length, 0, 0, 0, 0, member.length + 1, 0].map(hex).join(''));
    writer.cString(member).pad(4).raw(content).pad(4);
  }
  return writer.bytes();
}
