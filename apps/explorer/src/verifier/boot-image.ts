// The kernel inside a boot image, unpacked in the page: where the headers of a bzImage (x86) or an EFI zboot image (arm64) say that it
// is. Documentation/arch/x86/boot.rst, drivers/firmware/efi/libstub/zboot-header.S
import { decompressLz4 } from '@btfq/kernel-source/lz4';
import { XzReadableStream } from 'xz-decompress';
import { ZSTDDecoder } from 'zstddec';
import { withoutX86Filter } from './xz-x86.ts';

/** More than any kernel unpacks to: 64 MB is usual, with debug information several hundred. */
const MOST_BYTES = 2 ** 29;
const BZIMAGE = { magic: 0x202, setupSectors: 0x1f1, payloadOffset: 0x248, payloadLength: 0x24c } as const;
const SECTOR = 512;
/** Bytes of the unpacked size, which the build writes behind every payload but gzip's. */
const SIZE = 4;
const ZBOOT = { magic: 4, payloadOffset: 8, payloadSize: 12 } as const;

/** What the page cannot unpack. */
export class BootImageError extends Error {
  override readonly name = 'BootImageError';
  readonly code: 'truncated' | 'bad-compression' | 'too-large';

  constructor(code: BootImageError['code'], message: string, cause?: unknown) {
    super(message, { cause });
    this.code = code;
  }
}

/** The unpacked kernel of a boot image; what is none, such as a vmlinux or a flat Image, is given back as it is. */
export async function unpackKernel(image: Uint8Array): Promise<Uint8Array> {
  const view = new DataView(image.buffer, image.byteOffset, image.byteLength);
  if (startsWith(image, 'HdrS', BZIMAGE.magic) && image.length > BZIMAGE.payloadLength + 4) {
    const setup = ((image[BZIMAGE.setupSectors] || 4) + 1) * SECTOR;
    const payload = part(
      image,
      setup + view.getUint32(BZIMAGE.payloadOffset, true),
      view.getUint32(BZIMAGE.payloadLength, true),
    );
    return startsWith(payload, GZIP)
      ? unpack(payload, undefined)
      : unpack(payload.subarray(0, -SIZE), payload.subarray(-SIZE));
  }
  if (startsWith(image, 'MZ') && startsWith(image, 'zimg', ZBOOT.magic)) {
    const [offset, length] = [view.getUint32(ZBOOT.payloadOffset, true), view.getUint32(ZBOOT.payloadSize, true)];
    const behind = image.subarray(offset + length, offset + length + SIZE);
    return unpack(part(image, offset, length), behind.length === SIZE ? behind : undefined);
  }
  // Image.gz and its like
  return isPacked(image) ? unpack(image, undefined) : image;
}

function part(image: Uint8Array, offset: number, length: number): Uint8Array {
  if (length === 0 || offset + length > image.length) {
    throw new BootImageError('truncated', `The kernel of ${length} bytes at ${offset} goes past the end of the image`);
  }
  return image.subarray(offset, offset + length);
}

const GZIP = '\u001f\u008b';
const XZ = '\u00fd7zXZ\0';
const ZSTD = '\u0028\u00b5\u002f\u00fd';

const LZ4_LEGACY = '\u0002\u0021\u004c\u0018';

const isPacked = (bytes: Uint8Array) => [GZIP, XZ, ZSTD, LZ4_LEGACY].some((magic) => startsWith(bytes, magic));

/** `size`: the bytes behind the packed data that say the unpacked size. */
async function unpack(packed: Uint8Array, size: Uint8Array | undefined): Promise<Uint8Array> {
  try {
    if (startsWith(packed, GZIP)) {
      return await collect(streamOf(packed).pipeThrough(new DecompressionStream('gzip')));
    }
    if (startsWith(packed, XZ)) return await unpackXz(packed);
    if (startsWith(packed, LZ4_LEGACY)) return decompressLz4(packed, MOST_BYTES);
    if (startsWith(packed, ZSTD)) return await unpackZstd(packed, size);
  } catch (error) {
    if (error instanceof BootImageError) throw error;
    throw new BootImageError(
      'bad-compression',
      `The kernel in the image is damaged: ${(error as Error).message}`,
      error,
    );
  }
  throw new BootImageError(
    'bad-compression',
    'The kernel is packed in a way that the page does not know (it knows gzip, xz, zstd and LZ4)',
  );
}

/** The build's zstd frames do not say how much is in them: the bytes behind them do. */
async function unpackZstd(packed: Uint8Array, size: Uint8Array | undefined): Promise<Uint8Array> {
  const expected = size && new DataView(size.buffer, size.byteOffset, SIZE).getUint32(0, true);
  if (expected !== undefined && expected > MOST_BYTES) throw tooLarge();
  const decoder = new ZSTDDecoder();
  await decoder.init();
  const content = decoder.decode(packed, expected);
  if (content.length !== (expected ?? content.length) || content.length === 0) throw new Error('its end is missing');
  return content;
}

const tooLarge = () => new BootImageError('too-large', 'The image unpacks to more than any kernel has');

async function unpackXz(packed: Uint8Array): Promise<Uint8Array> {
  const plain = withoutX86Filter(packed);
  const content = await collect(new XzReadableStream(streamOf(plain?.stream ?? packed)));
  if (plain !== undefined && !plain.finish(content)) {
    throw new BootImageError('bad-compression', 'The kernel in the image is damaged: its checksum is another one');
  }
  return content;
}

function streamOf(bytes: Uint8Array): ReadableStream<Uint8Array<ArrayBuffer>> {
  return new Blob([bytes as Uint8Array<ArrayBuffer>]).stream();
}

async function collect(stream: ReadableStream<Uint8Array>): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  let length = 0;
  const reader = stream.getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    parts.push(value);
    length += value.length;
    if (length > MOST_BYTES) throw tooLarge();
  }
  const whole = new Uint8Array(length);
  let at = 0;
  for (const bytes of parts.splice(0)) {
    whole.set(bytes, at);
    at += bytes.length;
  }
  return whole;
}

function startsWith(bytes: Uint8Array, text: string, at = 0): boolean {
  for (let i = 0; i < text.length; i++) if (bytes[at + i] !== text.charCodeAt(i)) return false;
  return true;
}
