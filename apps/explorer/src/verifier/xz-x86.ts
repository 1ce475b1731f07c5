// xz as the kernel's build makes it for x86 (scripts/xz_wrap.sh): one block, LZMA2 behind the filter that makes the distances of calls
// absolute, CRC32. The page's xz library knows no such filter: it gets the same data without it, and the filter is undone here.
// https://tukaani.org/xz/xz-file-format.txt

const HEADER = 12;
const FOOTER = 12;
const CRC = 4;
const CHECK_CRC32 = 1;
/** Filters of the block header, as the build writes them: x86 without properties, then LZMA2 with one byte. */
const FILTERS = { x86: [0x04, 0x00], lzma2: [0x21, 0x01] } as const;

/** A stream without its filter, and what there is to do with its content. */
export interface PlainXz {
  readonly stream: Uint8Array;
  /** Undoes the filter in place; false where the content is not what the check says. */
  readonly finish: (content: Uint8Array) => boolean;
}

/** undefined where the stream has another form than the kernel's: the library reads what has no such filter. */
export function withoutX86Filter(stream: Uint8Array): PlainXz | undefined {
  const view = new DataView(stream.buffer, stream.byteOffset, stream.byteLength);
  if (stream.length < HEADER * 2 + FOOTER || stream[7] !== CHECK_CRC32) return undefined;
  const headerSize = (stream[HEADER]! + 1) * 4;
  const filters = [...FILTERS.x86, ...FILTERS.lzma2];
  // One more filter than none, no sizes.
  if (stream[HEADER + 1] !== 1 || filters.some((byte, i) => stream[HEADER + 2 + i] !== byte)) return undefined;
  const dictionary = stream[HEADER + 2 + filters.length]!;
  const indexSize = (view.getUint32(stream.length - FOOTER + 4, true) + 1) * 4;
  const indexAt = stream.length - FOOTER - indexSize;
  const checkAt = indexAt - CRC;
  if (checkAt <= HEADER + headerSize || stream[indexAt] !== 0 || stream[indexAt + 1] !== 1) return undefined;
  const unpadded = readNumber(stream, indexAt + 2);
  const content = readNumber(stream, unpadded.end);
  const flags = Uint8Array.of(0, 0);
  const block = new Uint8Array(headerSize);
  block.set([stream[HEADER]!, 0, ...FILTERS.lzma2, dictionary]);
  sealed(block);
  const numbers = [0, 1, ...numberBytes(unpadded.value - CRC), ...numberBytes(content.value)];
  const index = new Uint8Array(Math.ceil(numbers.length / 4) * 4 + CRC);
  index.set(numbers);
  sealed(index);
  const footer = new Uint8Array(FOOTER);
  const footerView = new DataView(footer.buffer);
  footerView.setUint32(4, index.length / 4 - 1, true);
  footer.set(flags, 8);
  footer.set([0x59, 0x5a], 10);
  footerView.setUint32(0, crc32(footer.subarray(4, 10)), true);
  const head = new Uint8Array(HEADER);
  head.set(stream.subarray(0, 6));
  head.set(flags, 6);
  new DataView(head.buffer).setUint32(8, crc32(flags), true);
  const check = view.getUint32(checkAt, true);
  return {
    stream: join([head, block, stream.subarray(HEADER + headerSize, checkAt), index, footer]),
    finish: (bytes) => {
      undoX86(bytes);
      return bytes.length === content.value && crc32(bytes) === check;
    },
  };
}

/** Writes the CRC32 of all but the last 4 bytes into them. */
function sealed(bytes: Uint8Array): void {
  new DataView(bytes.buffer).setUint32(bytes.length - CRC, crc32(bytes.subarray(0, -CRC)), true);
}

function join(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** Seven bits a byte, the lowest first. */
function readNumber(bytes: Uint8Array, at: number): { value: number; end: number } {
  let value = 0;
  for (let scale = 1; scale < 2 ** 49; scale *= 128) {
    const byte = bytes[at++] ?? 0;
    value += (byte & 0x7f) * scale;
    if (byte < 0x80) break;
  }
  return { value, end: at };
}

function numberBytes(value: number): number[] {
  return value < 128 ? [value] : [(value % 128) | 0x80, ...numberBytes(Math.floor(value / 128))];
}

const CRC_TABLE = Int32Array.from({ length: 256 }, (_, n) => {
  let value = n;
  for (let bit = 0; bit < 8; bit++) value = (value & 1) !== 0 ? (value >>> 1) ^ 0xedb88320 : value >>> 1;
  return value;
});

function crc32(bytes: Uint8Array): number {
  let value = -1;
  for (let i = 0; i < bytes.length; i++) value = CRC_TABLE[(value ^ bytes[i]!) & 255]! ^ (value >>> 8);
  return ~value >>> 0;
}

/** Which of the three bytes before a call or jump may be opcodes of their own, and how many of its address' bytes are then looked at. */
const ALLOWED = [true, true, true, false, true, false, false, false];
const BIT_NUMBER = [0, 1, 2, 2, 3, 3, 3, 3];

const isTopByte = (byte: number) => byte === 0 || byte === 0xff;

/** Makes the absolute targets of call and jmp distances again: the x86 filter of xz (x86.c of liblzma), for content at address 0. */
export function undoX86(bytes: Uint8Array): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let mask = 0;
  let last = -1;
  for (let at = 0; at + 4 < bytes.length; at++) {
    if ((bytes[at]! & 0xfe) !== 0xe8) continue;
    const gap = at - last;
    last = at;
    if (gap > 3) mask = 0;
    else {
      mask = (mask << (gap - 1)) & 7;
      if (mask !== 0) {
        const byte = bytes[at + 4 - BIT_NUMBER[mask]!]!;
        if (!ALLOWED[mask] || isTopByte(byte)) {
          mask = (mask << 1) | 1;
          continue;
        }
      }
    }
    if (!isTopByte(bytes[at + 4]!)) {
      mask = (mask << 1) | 1;
      continue;
    }
    let value = view.getUint32(at + 1, true);
    let target: number;
    for (;;) {
      target = value - (at + 5);
      if (mask === 0) break;
      const shift = BIT_NUMBER[mask]! * 8;
      if (!isTopByte((target >>> (24 - shift)) & 255)) break;
      value = target ^ ((1 << (32 - shift)) - 1);
    }
    target &= 0x01ffffff;
    if ((target & 0x01000000) !== 0) target |= 0xff000000;
    view.setUint32(at + 1, target >>> 0, true);
    at += 4;
    mask = 0;
    last = at;
  }
}
