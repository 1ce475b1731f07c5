// Text as bytes, handed on in chunks. Names are copied as the bytes that they are, so that what is no UTF-8 comes out
// as it went in, and a dump of any size needs no more memory than one chunk.

import { BtfError } from './errors.ts';

/** Receives output as it is made. The chunk is only valid during the call: copy what is to be kept. */
export type ByteSink = (chunk: Uint8Array) => void;

/** 1 GiB: what a dump may write unless the caller says otherwise. A kernel's dumps are 2 to 40 MB. */
export const MAX_DUMP_BYTES = 2 ** 30;

const CHUNK_BYTES = 1 << 18;
/** The longest number: 20 digits and a sign. */
const NUMBER_BYTES = 24;

const encoder = new TextEncoder();

/** What follows the backslash, by byte; 0 for bytes that stay as they are. */
const JSON_ESCAPES = new Uint8Array(256);
for (const [byte, letter] of ['\tt', '\nn', '\rr', '\ff', '\bb', '\\\\', '""']) {
  JSON_ESCAPES[(byte as string).charCodeAt(0)] = (letter as string).charCodeAt(0);
}

/** A literal, made into bytes once. */
export function ascii(text: string): Uint8Array {
  return encoder.encode(text);
}

/** Appends bytes, names and numbers to a chunk and hands full chunks to the sink. Throws `limit` beyond `maxBytes`. */
export class ByteOutput {
  private readonly sink: ByteSink;
  private readonly maxBytes: number;
  private readonly bytes = new Uint8Array(CHUNK_BYTES);
  private at = 0;
  private flushed = 0;

  constructor(sink: ByteSink, maxBytes: number = MAX_DUMP_BYTES) {
    this.sink = sink;
    this.maxBytes = maxBytes;
  }

  /** How many bytes were written so far. */
  get length(): number {
    return this.flushed + this.at;
  }

  /** Hands on what is left. Call it last. */
  flush(): void {
    if (this.at === 0) return;
    const { at } = this;
    this.flushed += at;
    this.at = 0;
    if (this.flushed > this.maxBytes) {
      throw new BtfError('limit', 'the dump is too long', { expected: `at most ${this.maxBytes} bytes` });
    }
    this.sink(this.bytes.subarray(0, at));
  }

  /** Bytes as they are. */
  write(text: Uint8Array): void {
    const { length } = text;
    if (this.at + length > CHUNK_BYTES) {
      this.writeLong(text, 0, length);
      return;
    }
    const { bytes } = this;
    let { at } = this;
    for (let i = 0; i < length; i++) bytes[at++] = text[i]!;
    this.at = at;
  }

  /** The NUL-terminated string that begins at `from`. */
  cString(text: Uint8Array, from: number): void {
    const { bytes } = this;
    let { at } = this;
    let byte: number;
    // the end of the section is a NUL (parseStringSection), so only the chunk's end needs watching
    for (let i = from; (byte = text[i]!) !== 0; i++) {
      if (at === CHUNK_BYTES) {
        this.at = at;
        this.flush();
        at = 0;
      }
      bytes[at++] = byte;
    }
    this.at = at;
  }

  /** As `cString`, with the escapes of json_writer.c: C's for quote, backslash, tab, line ends and the like. */
  jsonString(text: Uint8Array, from: number): void {
    const { bytes } = this;
    let { at } = this;
    let byte: number;
    for (let i = from; (byte = text[i]!) !== 0; i++) {
      if (at + 2 > CHUNK_BYTES) {
        this.at = at;
        this.flush();
        at = 0;
      }
      const letter = JSON_ESCAPES[byte]!;
      if (letter !== 0) {
        bytes[at++] = 0x5c;
        byte = letter;
      }
      bytes[at++] = byte;
    }
    this.at = at;
  }

  /** A number of 0 to 2^32 - 1 in decimal. */
  unsigned(value: number): void {
    if (this.at + NUMBER_BYTES > CHUNK_BYTES) this.flush();
    const { bytes } = this;
    if (value > 0x3fffffff) {
      this.write(ascii(String(value)));
      return;
    }
    let digits = 1;
    for (let limit = 10; value >= limit && digits < 10; limit *= 10) digits++;
    const end = this.at + digits;
    let at = end;
    do {
      const rest = (value / 10) | 0;
      bytes[--at] = 48 + value - rest * 10;
      value = rest;
    } while (value > 0);
    this.at = end;
  }

  /** A 32-bit number with its sign. */
  signed(value: number): void {
    if (value >= 0) {
      this.unsigned(value);
      return;
    }
    if (this.at + NUMBER_BYTES > CHUNK_BYTES) this.flush();
    this.bytes[this.at++] = 45;
    this.unsigned(-value);
  }

  /** Any integer in decimal. */
  big(value: bigint): void {
    this.write(ascii(String(value)));
  }

  private writeLong(text: Uint8Array, from: number, to: number): void {
    while (from < to) {
      if (this.at === CHUNK_BYTES) this.flush();
      const count = Math.min(to - from, CHUNK_BYTES - this.at);
      this.bytes.set(text.subarray(from, from + count), this.at);
      this.at += count;
      from += count;
    }
  }
}

/** Everything that `write` hands to its sink, as one array. */
export function collectBytes(write: (sink: ByteSink) => void): Uint8Array {
  const chunks: Uint8Array[] = [];
  let length = 0;
  write((chunk) => {
    chunks.push(chunk.slice());
    length += chunk.length;
  });
  const all = new Uint8Array(length);
  let at = 0;
  for (const chunk of chunks) {
    all.set(chunk, at);
    at += chunk.length;
  }
  return all;
}
