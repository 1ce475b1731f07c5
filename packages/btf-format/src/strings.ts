// The string section: NUL-terminated names at offsets, continuing after the base's in split BTF.
// libbpf btf.c: btf_parse_str_sec, btf__str_by_offset.

import { BtfError } from './errors.ts';

/** libbpf's BTF_MAX_STR_OFFSET. */
export const MAX_STRING_OFFSET = 0x7fffffff;

const utf8 = new TextDecoder();

/**
 * One section of strings over the bytes it was given. Offsets here are local to the section: `Btf.string` adds and
 * subtracts the base's length.
 */
export class StringTable {
  readonly bytes: Uint8Array;
  /** The whole section as one ASCII string, so that a name is a slice of it; null where some byte is not ASCII. */
  private text: string | null | undefined;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
  }

  /** Length in bytes. */
  get length(): number {
    return this.bytes.length;
  }

  /** The string at a local offset, which must be below `length`. Bytes that are no UTF-8 become U+FFFD. */
  get(offset: number): string {
    this.text ??= asciiText(this.bytes);
    if (this.text !== null) return this.text.slice(offset, this.text.indexOf('\0', offset));
    return utf8.decode(this.bytes.subarray(offset, this.end(offset)));
  }

  /** The offset of the NUL that ends the string at `offset`. */
  end(offset: number): number {
    const at = this.bytes.indexOf(0, offset);
    return at < 0 ? this.bytes.length : at;
  }

  /** Whether the string at `offset` is exactly these bytes (given without NUL). */
  equals(offset: number, key: Uint8Array): boolean {
    const { bytes } = this;
    const length = key.length;
    if (bytes[offset + length] !== 0) return false;
    for (let i = 0; i < length; i++) if (bytes[offset + i] !== key[i]) return false;
    return true;
  }
}

/** Checks a string section as libbpf does and wraps it. `split`: may be empty and need not begin with NUL. */
export function parseStringSection(bytes: Uint8Array, offset: number, length: number, split: boolean): StringTable {
  const section = bytes.subarray(offset, offset + length);
  if (split && length === 0) return new StringTable(section);
  if (length === 0)
    throw new BtfError('bad-strings', 'the string section is empty', { offset, expected: 'at least one NUL' });
  if (length - 1 > MAX_STRING_OFFSET) {
    throw new BtfError('limit', `${length} bytes of strings`, { offset, expected: `at most ${MAX_STRING_OFFSET + 1}` });
  }
  if (section[length - 1] !== 0) {
    throw new BtfError('bad-strings', 'the last string is not terminated', {
      offset: offset + length - 1,
      expected: 'NUL',
    });
  }
  if (!split && section[0] !== 0) {
    throw new BtfError('bad-strings', 'the first string is not empty: split BTF without its base?', {
      offset,
      expected: 'NUL',
    });
  }
  return new StringTable(section);
}

function asciiText(bytes: Uint8Array): string | null {
  for (let i = 0; i < bytes.length; i++) if (bytes[i]! >= 0x80) return null;
  return utf8.decode(bytes);
}
