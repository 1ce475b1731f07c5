import { ByteWriter, makeTar, mutations } from '@btfq/test-kit';
import { describe, expect, it } from 'vitest';
import { arMembers } from '../src/archive/ar.ts';
import { ByteStream, readAll } from '../src/io/byte-stream.ts';
import { cpioMembers } from '../src/archive/cpio.ts';
import { openDeb, parseControl } from '../src/archive/deb.ts';
import type { Member } from '../src/archive/member.ts';
import { openRpm } from '../src/archive/rpm.ts';
import { tarMembers } from '../src/archive/tar.ts';
import { chunksOf, codeOf, sample } from './support.ts';

const MAX = 1 << 20;
const text = (value: string) => new TextEncoder().encode(value);
const stream = (bytes: Uint8Array) => new ByteStream(chunksOf(bytes, 100));

async function contents(members: AsyncIterable<Member>): Promise<[string, string][]> {
  const found: [string, string][] = [];
  for await (const { path, chunks } of members) {
    found.push([path, new TextDecoder().decode(await readAll(chunks, MAX, path))]);
  }
  return found;
}

async function namesOf(members: AsyncIterable<Member>): Promise<string[]> {
  const found: string[] = [];
  for await (const { path } of members) found.push(path);
  return found;
}

function ar(members: readonly (readonly [string, Uint8Array, string?])[]): Uint8Array {
  const writer = new ByteWriter().text('!<arch>\n');
  for (const [name, bytes, size] of members) {
    writer
      .text(name.padEnd(48))
      .text((size ?? `${bytes.length}`).padEnd(10))
      .text('`\n')
      .raw(bytes)
      .pad(2);
  }
  return writer.bytes();
}

interface CpioEntry {
  readonly name: string;
  readonly bytes?: Uint8Array;
  readonly mode?: number;
  readonly size?: number;
  readonly nameSize?: number;
}

function cpio(entries: readonly CpioEntry[]): Uint8Array {
  const writer = new ByteWriter();
  const hex = (value: number) => value.toString(16).padStart(8, '0');
  for (const { name, bytes = new Uint8Array(), mode = 0o100644, size = bytes.length, nameSize = name.length + 1 } of [
    ...entries,
    { name: 'TRAILER!!!', mode: 0 },
  ]) {
    writer.text('070701').text([1, mode, 0, 0, 1, 0, size, 0, 0, 0, 0, nameSize, 0].map(hex).join(''));
    writer.cString(name).pad(4).raw(bytes).pad(4);
  }
  return writer.bytes();
}

describe('tar', () => {
  it('gives regular files and what links say, and no folders or devices', async () => {
    const bytes = makeTar([
      { name: 'folder/', type: '5' },
      { name: 'folder/a', bytes: text('alpha') },
      { name: 'link', type: '2', link: '/etc/passwd' },
      { name: 'hard', type: '1', link: 'folder/a' },
      { name: 'device', type: '3' },
      { name: 'b', bytes: text('b'.repeat(5000)) },
    ]);
    expect(await contents(tarMembers(chunksOf(bytes)))).toEqual([
      ['folder/a', 'alpha'],
      ['link', ''],
      ['hard', ''],
      ['b', 'b'.repeat(5000)],
    ]);
  });

  it('passes over what nobody reads, wholly or in part', async () => {
    const names = Array.from({ length: 300 }, (_, at) => `${at}`);
    const bytes = makeTar(names.map((name) => ({ name, bytes: new Uint8Array(Number(name) * 40) })));
    expect(await namesOf(tarMembers(chunksOf(bytes, 777)))).toEqual(names);
    const found: string[] = [];
    for await (const { path, chunks } of tarMembers(chunksOf(bytes, 777))) {
      const reader = new ByteStream(chunks);
      await reader.peek(1500);
      await reader.close();
      found.push(path);
    }
    expect(found).toEqual(names);
  });

  it.each<[string, Uint8Array, string]>([
    ['a size beyond the end', makeTar([{ name: 'a', bytes: text('x'), size: 8_000_000_000 }]), 'truncated'],
    ['a cut in the content', makeTar([{ name: 'a', bytes: new Uint8Array(4000) }]).slice(0, 1500), 'truncated'],
    ['a cut in a header', makeTar([{ name: 'a' }, { name: 'b' }]).slice(0, 700), 'truncated'],
    ['a wrong checksum', makeTar([{ name: 'a' }]).fill(0x39, 150, 152), 'bad-archive'],
  ])('%s ends in an error', async (_, bytes, code) => {
    expect(await codeOf(() => contents(tarMembers(chunksOf(bytes))))).toBe(code);
    expect(await codeOf(() => namesOf(tarMembers(chunksOf(bytes))))).toBe(code);
  });
});

describe('ar', () => {
  it('gives its members, also odd ones and the last without padding', async () => {
    const bytes = ar([
      ['debian-binary', text('2.0\n')],
      ['odd/', text('abc')],
      ['last', text('x')],
    ]);
    expect(await contents(arMembers(stream(bytes.slice(0, -1))))).toEqual([
      ['debian-binary', '2.0\n'],
      ['odd', 'abc'],
      ['last', 'x'],
    ]);
  });

  it.each<[string, Uint8Array, string]>([
    ['no magic', text('!<arch>_________'), 'bad-archive'],
    ['a size that is not a number', ar([['a', text('x'), '12a']]), 'bad-archive'],
    ['a size beyond the end', ar([['a', text('x'), '9999999999']]), 'truncated'],
    ['a header that is cut off', ar([['a', text('xx')]]).slice(0, 40), 'truncated'],
  ])('%s ends in an error', async (_, bytes, code) => {
    expect(await codeOf(() => contents(arMembers(stream(bytes))))).toBe(code);
  });
});

describe('cpio', () => {
  it('gives regular files and links', async () => {
    const bytes = cpio([
      { name: './lib', mode: 0o40755 },
      { name: './lib/a', bytes: text('alpha') },
      { name: 'link', mode: 0o120777, bytes: text('/etc/passwd') },
      { name: 'b', bytes: text('beta') },
    ]);
    expect(await contents(cpioMembers(stream(bytes)))).toEqual([
      ['./lib/a', 'alpha'],
      ['link', ''],
      ['b', 'beta'],
    ]);
  });

  it("reads rpm's stripped headers by the package's file list", async () => {
    const writer = new ByteWriter().text('07070X00000001').pad(4).text('hello').pad(4);
    writer.raw(cpio([]));
    const files = [
      { path: '/a', mode: 0o40755, size: 0 },
      { path: '/lib/b', mode: 0o100644, size: 5 },
    ];
    expect(await contents(cpioMembers(stream(writer.bytes()), files))).toEqual([['/lib/b', 'hello']]);
    const beyond = () => contents(cpioMembers(stream(writer.bytes()), files.slice(0, 1)));
    expect(await codeOf(beyond)).toBe('bad-archive');
  });

  it.each<[string, Uint8Array, string]>([
    ['another magic', text('070707'.padEnd(200, '0')), 'bad-archive'],
    ['digits that are none', text(`070701${'0000000g'.repeat(13)}`), 'bad-archive'],
    ['a size beyond the end', cpio([{ name: 'a', size: 0xffffffff }]), 'truncated'],
    ['a name of four gigabytes', cpio([{ name: 'a', nameSize: 0xfffffff0 }]), 'bad-archive'],
    ['no trailer', cpio([{ name: 'a', bytes: text('abcd') }]).slice(0, 116), 'truncated'],
  ])('%s ends in an error', async (_, bytes, code) => {
    expect(await codeOf(() => contents(cpioMembers(stream(bytes))))).toBe(code);
  });
});

describe.each(['xz', 'zst', 'gz'])('.deb with its data in %s', (ending) => {
  it('gives its metadata and its files', async () => {
    const { metadata, members } = await openDeb(stream(sample(`image.${ending}.deb`)), MAX);
    expect(metadata).toEqual({
      type: 'deb',
      name: 'linux-image-6.1.0-99-amd64-unsigned',
      version: '6.1.199-1',
      arch: 'amd64',
      vendor: 'Debian Kernel Team <debian-kernel@lists.debian.org>',
    });
    expect(await namesOf(members)).toContain('./boot/vmlinuz-6.1.0-99-amd64');
  });
});

describe('.deb', () => {
  it('without data, or without a control file, ends in an error', async () => {
    expect(await codeOf(() => openDeb(stream(ar([['debian-binary', text('2.0\n')]])), MAX))).toBe('truncated');
    const bare = ar([['data.tar', makeTar([])]]);
    expect(await codeOf(() => openDeb(stream(bare), MAX))).toBe('bad-archive');
  });

  it('reads control files with continuation lines', () => {
    const control = 'Package: linux-image-x\nDescription: short\n Version: not this\nVersion: 1\n';
    expect(parseControl(control)).toMatchObject({ name: 'linux-image-x', version: '1', arch: '' });
  });
});

describe.each(['xz', 'zst', 'gz'])('.rpm with its payload in %s', (ending) => {
  it('gives its metadata and its files', async () => {
    const { metadata, members } = await openRpm(stream(sample(`image.${ending}.rpm`)), MAX);
    expect(metadata).toEqual({
      type: 'rpm',
      name: 'kernel-core',
      version: '6.8.5-301.fc40',
      arch: 'x86_64',
      vendor: 'Fedora Project',
      release: '6.8.5-301.fc40.x86_64',
    });
    expect(await namesOf(members)).toContain('./lib/modules/6.8.5-301.fc40.x86_64/vmlinuz');
  });
});

describe('.rpm', () => {
  it('refuses headers that claim too much, and tags that lead outside', async () => {
    const huge = new ByteWriter(false).raw(new Uint8Array(96)).u32(0x8eade801, 0, 0x10000, 0).bytes();
    expect(await codeOf(() => openRpm(stream(huge), MAX))).toBe('bad-archive');
    const cut = new ByteWriter(false).raw(new Uint8Array(96)).u32(0x8eade801, 0, 1, 0x0fffffff).bytes();
    expect(await codeOf(() => openRpm(stream(cut), MAX))).toBe('truncated');
    const empty = new ByteWriter(false).u32(0x8eade801, 0, 0, 0).bytes();
    const astray = new ByteWriter(false).u32(0x8eade801, 0, 1, 4, 1000, 6, 99, 1, 0x61620000).bytes();
    const bytes = new ByteWriter(false).raw(new Uint8Array(96)).raw(empty).raw(astray).bytes();
    expect(await codeOf(() => openRpm(stream(bytes), MAX))).toBe('bad-archive');
    expect(await codeOf(() => openRpm(stream(new Uint8Array(200)), MAX))).toBe('bad-archive');
  });
});

describe('mutations', () => {
  const tar = makeTar([
    { name: 'a', bytes: text('alpha') },
    { name: 'b', bytes: new Uint8Array(700) },
  ]);
  const archives: readonly [string, Uint8Array, (bytes: Uint8Array) => Promise<unknown>][] = [
    ['tar', tar, (bytes) => contents(tarMembers(chunksOf(bytes, 512)))],
    [
      'ar',
      ar([
        ['a', text('abc')],
        ['b', text('defg')],
      ]),
      (bytes) => contents(arMembers(stream(bytes))),
    ],
    ['cpio', cpio([{ name: 'a', bytes: text('abc') }, { name: 'b' }]), (bytes) => contents(cpioMembers(stream(bytes)))],
    ['deb', sample('image.xz.deb'), async (bytes) => contents((await openDeb(stream(bytes), MAX)).members)],
    ['rpm', sample('image.zst.rpm'), async (bytes) => contents((await openRpm(stream(bytes), MAX)).members)],
  ];

  it.each(archives)('%s: a typed error or members, and an end', async (_, good, read) => {
    for (const damaged of mutations(good, { seed: 7, count: 300 })) await codeOf(() => read(damaged));
  });
});
