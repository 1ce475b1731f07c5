// A hand-made apk v3: the database with its values, then a block for each file. apk-tools: src/adb.h, src/apk_adb.h
import { ByteWriter } from '@btfq/test-kit';

const Tag = { Int32: 0x20000000, Blob8: 0x80000000, Array: 0xd0000000, Object: 0xe0000000 } as const;

/** Values one behind the other; each is identified by its type and where it is. */
class Values {
  readonly writer = new ByteWriter().u8(0).u8(0).u16(0).u32(0);

  blob(value: string): number {
    const at = this.writer.length;
    const bytes = new TextEncoder().encode(value);
    this.writer.u8(bytes.length).raw(bytes);
    return (Tag.Blob8 | at) >>> 0;
  }

  int(value: number): number {
    this.writer.pad(4);
    const at = this.writer.length;
    this.writer.u32(value);
    return (Tag.Int32 | at) >>> 0;
  }

  list(tag: number, values: readonly number[]): number {
    this.writer.pad(4);
    const at = this.writer.length;
    this.writer.u32(values.length + 1);
    for (const value of values) this.writer.u32(value);
    return (tag | at) >>> 0;
  }
}

/** An apk v3 of these files. */
export function apk3(
  info: { name: string; version: string; arch: string },
  files: readonly { path: string; content: Uint8Array }[],
): Uint8Array {
  const values = new Values();
  const { name, version, arch } = info;
  const about = values.list(Tag.Object, [values.blob(name), values.blob(version), 0, 0, values.blob(arch)]);
  const folders = files.map(({ path, content }) => {
    const slash = path.lastIndexOf('/');
    const file = values.list(Tag.Object, [values.blob(path.slice(slash + 1)), 0, values.int(content.length)]);
    return values.list(Tag.Object, [values.blob(path.slice(0, slash)), 0, values.list(Tag.Array, [file])]);
  });
  const root = values.list(Tag.Object, [about, values.list(Tag.Array, folders)]);
  const database = values.writer.bytes();
  new DataView(database.buffer, database.byteOffset).setUint32(4, root, true);
  const out = new ByteWriter().text('ADB.pckg');
  const block = (type: number, content: Uint8Array) =>
    out
      .u32(((type << 30) | (content.length + 4)) >>> 0)
      .raw(content)
      .pad(8);
  block(0, database);
  block(1, new Uint8Array(21)); // a signature, which nobody checks
  for (const [index, { content }] of files.entries()) {
    block(
      2,
      new ByteWriter()
        .u32(index + 1)
        .u32(1)
        .raw(content)
        .bytes(),
    );
  }
  return out.bytes();
}
