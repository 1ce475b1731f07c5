// Damaged images, packages and archives through the reader: a typed error or a kernel, and nothing else. Seeded, so that what
// one run finds the next finds again. Used by a test with a few inputs, and by scripts/fuzz-containers.ts with many.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync, gzipSync, zstdCompressSync } from 'node:zlib';
import { loadTargetBytes } from '@btfq/kernel-source';
import { ByteWriter, makeTar } from '@btfq/test-kit';
import { androidBoot, cpio, fit, pe, text } from './boot-images.ts';
import { bzImage, flatImage, kernelBtf, kernelModule, RELEASE, vmlinux, zboot } from './synthetic.ts';

/** What a run came to. */
export interface MutationRun {
  /** Inputs that were read all the same. */
  valid: number;
  /** How often each code of error came. */
  readonly codes: Map<string, number>;
  slowest: { milliseconds: number; index: number };
}

const SAMPLES = [
  'vmlinux.gz',
  'vmlinux.xz',
  'vmlinux.lzma',
  'vmlinux.bz2',
  'vmlinux.lzo',
  'vmlinux.lz4',
  'vmlinux.legacy.lz4',
  'vmlinux.frames.zst',
  'image.xz.deb',
  'image.zst.deb',
  'image.gz.deb',
  'image.xz.rpm',
  'image.zst.rpm',
  'image.gz.rpm',
  'root.cpio.gz',
  'root.tar.bz2',
  'hub.btf.tar.xz',
  'root.gzip.squashfs',
  'root.lzma.squashfs',
  'root.lzo.squashfs',
  'root.xz.squashfs',
  'root.zstd.squashfs',
  'root.lz4.squashfs',
  'root.zip',
  'stored.zip',
  'image.none.apk',
  'image.deflate.apk',
  'image.zstd.apk',
];

/** Images of file systems, which are mostly zeros. */
const PACKED = ['rock.iso.gz', 'joliet.iso.gz', 'ext4.img.gz', 'ext2.img.gz', 'inline.img.gz'];

/** What kind of thing holds a kernel. */
export type SeedKind = 'compressed' | 'package' | 'archive' | 'file-system' | 'image';

function kindOf(sample: string): SeedKind {
  if (sample.startsWith('vmlinux')) return 'compressed';
  if (sample.startsWith('image')) return 'package';
  return sample.endsWith('.squashfs') ? 'file-system' : 'archive';
}

/** Every format once, as small as it gets; or those of one kind. */
export function mutationSeeds(kind?: SeedKind): readonly Uint8Array[] {
  const of = (one: SeedKind, make: () => readonly Uint8Array[]) => (kind === undefined || kind === one ? make() : []);
  const btf = kernelBtf();
  const arm64 = flatImage('arm64', btf);
  const bz = bzImage(gzipSync(vmlinux()), { trailer: false });
  const gzDtb = new ByteWriter().raw(gzipSync(arm64)).raw(new Uint8Array(64).fill(0xd0)).bytes();
  const early = cpio('kernel/x86/microcode/GenuineIntel.bin', text('microcode'));
  const main = cpio('boot/vmlinuz', bz);
  const manifest = {
    name: 'manifest.json',
    bytes: text('[{"Config":"c.json","RepoTags":["a:b"],"Layers":["a/layer.tar"]}]'),
  };
  const osrel = text('ID=debian\nVERSION_ID="12"\n');
  const sample = (name: string) => readFileSync(join(import.meta.dirname, 'samples', name));
  return [
    ...SAMPLES.filter((name) => kind === undefined || kindOf(name) === kind).map(
      (name) => new Uint8Array(sample(name)),
    ),
    ...of('file-system', () => PACKED.map((name) => new Uint8Array(gunzipSync(sample(name))))),
    ...of('archive', () => [
      makeTar([{ name: 'a/layer.tar', bytes: makeTar([{ name: 'boot/vmlinuz', bytes: bz }]) }, manifest]),
      makeTar([manifest, { name: 'a/layer.tar', bytes: makeTar([{ name: 'boot/vmlinuz', bytes: bz }]) }]),
    ]),
    ...of('image', () => [
      ...[vmlinux(), kernelModule(), bz, arm64, flatImage('riscv', btf), zboot(gzipSync(arm64)), gzDtb],
      ...[0, 2, 4].map((version) => androidBoot(version, gzDtb)),
      ...[fit(gzDtb), fit(arm64, false)],
      new ByteWriter().text('CHROMEOS').raw(new Uint8Array(65_528)).raw(fit(gzDtb)).bytes(),
      pe({ '.osrel': osrel, '.uname': text(RELEASE), '.initrd': main, '.linux': bz }),
    ]),
    ...of('archive', () => [
      new ByteWriter().raw(early).raw(new Uint8Array(512)).raw(main).bytes(),
      new ByteWriter().raw(early).raw(zstdCompressSync(main)).bytes(),
    ]),
  ];
}

/** Damages seeds at random and reads them. @throws what is no typed error, with the input's number in its message */
export async function runContainerMutations(seed: number, count: number): Promise<MutationRun> {
  const seeds = mutationSeeds();
  const random = randomOf(seed);
  const run: MutationRun = { valid: 0, codes: new Map(), slowest: { milliseconds: 0, index: -1 } };
  for (let index = 0; index < count; index++) {
    const bytes = mutate(seeds[random(seeds.length)] as Uint8Array, random);
    const start = performance.now();
    try {
      await loadTargetBytes(bytes, { maxBytes: 1 << 21, path: 'input' });
      run.valid++;
    } catch (error) {
      const { code, name } = error as { code?: string; name?: string };
      if (name !== 'KernelSourceError' || code === undefined) {
        throw new Error(`seed ${seed}, input ${index}: ${String(error)}`, { cause: error });
      }
      run.codes.set(code, (run.codes.get(code) ?? 0) + 1);
    }
    const milliseconds = performance.now() - start;
    if (milliseconds > run.slowest.milliseconds) run.slowest = { milliseconds, index };
  }
  return run;
}

/** A number below a number; or what has such a method. */
type Random = ((below: number) => number) | { readonly below: (below: number) => number };

/** mulberry32 */
function randomOf(seed: number): (below: number) => number {
  let state = seed >>> 0;
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let word = Math.imul(state ^ (state >>> 15), state | 1);
    word = (word + Math.imul(word ^ (word >>> 7), word | 61)) ^ word;
    return ((word ^ (word >>> 14)) >>> 0) % below;
  };
}

/** Words that sizes and offsets break on. */
const EDGES = [0, 1, 0x7f, 0x80, 0xff, 0xffff, 0x7fffffff, 0x80000000, 0xfffffff0, 0xffffffff];

/** Damages a container where that means something. */
export function mutate(seed: Uint8Array, source: Random): Uint8Array {
  const random = typeof source === 'function' ? source : source.below;
  const bytes = Uint8Array.from(seed);
  // What means something in an image of a file system: another byte is a zero among zeros.
  const full = (at: number): number => {
    for (let next = at; next < Math.min(bytes.length, at + 0x8000); next++) if (bytes[next] !== 0) return next;
    return at;
  };
  // Headers are at the start: damage is more telling there than in the middle of packed data.
  const place = (): number => full(random(random(2) === 0 ? Math.min(bytes.length, 1024) : bytes.length));
  for (let times = 1 + random(4); times > 0; times--) {
    const at = place();
    const how = random(5);
    if (how === 0) bytes[at] = random(256);
    else if (how === 1) bytes[at] = bytes[at]! ^ (1 << random(8));
    else if (how === 2 && at + 4 <= bytes.length) {
      new DataView(bytes.buffer).setUint32(at, EDGES[random(EDGES.length)]!, random(2) === 0);
    } else if (how === 3) bytes.copyWithin(at, place(), Math.min(bytes.length, place() + 64));
    else if (random(4) === 0) return bytes.slice(0, at);
    else bytes.fill(random(256), at, Math.min(bytes.length, at + random(32)));
  }
  return bytes;
}
