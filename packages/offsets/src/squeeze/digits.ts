// Bytes as printable text: six bits a digit, the digits of packed tables.

import { OffsetsError } from '../errors.ts';
import { DIGITS } from '../table/digits.ts';

/** As many digits as there are bits for; what is left of the last one's bits is zero. */
export function digitsOfBytes(bytes: Uint8Array): string {
  let text = '';
  let bits = 0;
  let count = 0;
  for (const byte of bytes) {
    bits = ((bits << 8) | byte) & 0xffff;
    for (count += 8; count >= 6; count -= 6) text += DIGITS[(bits >> (count - 6)) & 63];
  }
  return count === 0 ? text : text + DIGITS[(bits << (6 - count)) & 63];
}

/** The bytes of digits. Throws `bad-offsets-table`. */
export function bytesOfDigits(text: string): Uint8Array {
  const bytes = new Uint8Array(Math.floor((text.length * 6) / 8));
  let bits = 0;
  let count = 0;
  let at = 0;
  for (const digit of text) {
    const value = DIGITS.indexOf(digit);
    if (value < 0) {
      throw new OffsetsError('bad-offsets-table', "the table's squeezed texts cannot be read", {
        hint: 'was the file changed by hand? Make it again with btfq offsets',
      });
    }
    bits = ((bits << 6) | value) & 0xffff;
    count += 6;
    if (count < 8) continue;
    count -= 8;
    bytes[at++] = (bits >> count) & 255;
  }
  return bytes;
}
