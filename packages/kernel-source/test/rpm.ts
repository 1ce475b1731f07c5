// A hand-made rpm: a lead, an empty signature, the header with a package's words, and a cpio of its files packed by gzip.
// https://rpm.org/docs/latest/manual/format_v4.html
import { gzipSync } from 'node:zlib';
import { ByteWriter } from '@btfq/test-kit';
import { cpioOf } from './boot-images.ts';

export interface RpmWords {
  readonly name: string;
  /** `VERSION-RELEASE`. */
  readonly version: string;
  readonly arch?: string;
  readonly vendor?: string;
  readonly provides?: Readonly<Record<string, string>>;
}

const Type = { String: 6, StringArray: 8 } as const;

/** An rpm with these words and files. */
export function rpm(words: RpmWords, files: Readonly<Record<string, Uint8Array>>): Uint8Array {
  const { name, version, arch = 'x86_64', vendor = 'Red Hat, Inc.', provides = {} } = words;
  const [upstream = '', release = ''] = version.split('-');
  const header = headerOf([
    ...([1000, 1001, 1002, 1011, 1022] as const).map(
      (tag, index) => [tag, Type.String, [[name, upstream, release, vendor, arch][index]!]] as const,
    ),
    [1047, Type.StringArray, [name, ...Object.keys(provides)]],
    [1113, Type.StringArray, [version, ...Object.values(provides)]],
  ]);
  const payload = cpioOf(Object.fromEntries(Object.entries(files).map(([path, bytes]) => [`./${path}`, bytes])));
  return new ByteWriter(false)
    .u32(0xedabeedb)
    .raw(new Uint8Array(92))
    .raw(headerOf([]))
    .raw(header)
    .raw(gzipSync(payload))
    .bytes();
}

function headerOf(tags: readonly (readonly [tag: number, type: number, strings: readonly string[]])[]): Uint8Array {
  const data = new ByteWriter(false);
  const index = new ByteWriter(false);
  for (const [tag, type, strings] of tags) {
    index.u32(tag, type, data.length, strings.length);
    for (const one of strings) data.cString(one);
  }
  return new ByteWriter(false)
    .u32(0x8eade801, 0, tags.length, data.length)
    .raw(index.bytes())
    .raw(data.bytes())
    .bytes();
}
