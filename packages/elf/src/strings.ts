// String tables: NUL-terminated names, found by their offset, decoded only when somebody asks.

import { ElfError } from './errors.ts';

const utf8 = new TextDecoder();
const SHORT = 64;

/** The bytes of one string table inside a file. */
export class ElfStrings {
  private readonly bytes: Uint8Array;
  /** Where the table is in the file: for error messages only. */
  private readonly start: number;

  constructor(bytes: Uint8Array, start: number) {
    this.bytes = bytes;
    this.start = start;
  }

  /** The string at `offset` of this table. @throws ElfError `bad-string` */
  at(offset: number): string {
    const { bytes } = this;
    const end = bytes.length;
    if (offset >= end) {
      // Offset 0 is the empty name even where there is no table at all.
      if (offset === 0) return '';
      throw new ElfError('bad-string', `string offset ${offset} is outside of its table`, {
        offset: this.start,
        expected: `less than ${end}`,
      });
    }
    let to = offset;
    let ascii = true;
    for (; to < end; to++) {
      const byte = bytes[to]!;
      if (byte === 0) break;
      if (byte >= 0x80) ascii = false;
    }
    if (to === end) {
      throw new ElfError('bad-string', `string at ${offset} has no end in its table`, {
        offset: this.start + offset,
        expected: `a zero byte before ${end}`,
      });
    }
    // A loop beats TextDecoder for names as short as symbols have.
    if (!ascii || to - offset > SHORT) return utf8.decode(bytes.subarray(offset, to));
    let text = '';
    for (let at = offset; at < to; at++) text += String.fromCharCode(bytes[at]!);
    return text;
  }

  /** Whether the string at `offset` is `name`, without decoding it; false for an offset outside of the table. */
  is(offset: number, name: Uint8Array): boolean {
    const { bytes } = this;
    if (offset + name.length >= bytes.length) return false;
    for (let at = 0; at < name.length; at++) if (bytes[offset + at] !== name[at]) return false;
    return bytes[offset + name.length] === 0;
  }
}
