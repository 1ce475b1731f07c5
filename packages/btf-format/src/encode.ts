// Types and strings to BTF bytes: header, types, optional layout section, strings, in either byte order.
// libbpf btf.c: btf_new_empty, btf_get_raw_data; include/uapi/linux/btf.h struct btf_header, struct btf_layout.

import { BtfError } from './errors.ts';
import { BTF_MAGIC, BTF_VERSION, HEADER_SIZE, HEADER_SIZE_WITH_LAYOUT } from './header.ts';
import { BtfKind, KINDS } from './kinds.ts';
import type { Btf } from './btf.ts';
import { hostLittleEndian } from './word-buffer.ts';
import { infoKind, infoVlen } from './info.ts';

/** How BTF bytes are laid out. */
export interface EncodeOptions {
  /** Default: little-endian. */
  readonly littleEndian?: boolean | undefined;
  /**
   * true: the 32-byte header and a layout section for every kind up to ENUM64, as libbpf's `add_layout` writes it (up
   * to LOCSEC where the types have such kinds). Bytes: these rows as they are. Default: no layout section.
   */
  readonly layout?: boolean | Uint8Array | undefined;
  /** Bytes of the header where there is no layout section: 24 (default), or 32 as libbpf 1.8 writes it. */
  readonly headerSize?: 24 | 32 | undefined;
}

/** The two sections that make a BTF. */
export interface BtfParts extends EncodeOptions {
  /** The type section in the machine's byte order. */
  readonly words: Uint32Array;
  /** The string section. */
  readonly strings: Uint8Array;
}

/**
 * Puts sections together as they are: nothing is validated, so that it is quick and can make what a test needs. Throws
 * `invalid-argument` for layout rows that are no multiple of 4 bytes.
 */
export function encodeBtf(parts: BtfParts): Uint8Array {
  const { words, strings, littleEndian = true } = parts;
  const layout = layoutRows(parts);
  if (layout.length % 4 !== 0) {
    throw new BtfError('invalid-argument', `${layout.length} bytes of layout`, { expected: 'a multiple of 4' });
  }
  const hdrLen = layout.length > 0 || parts.headerSize === 32 ? HEADER_SIZE_WITH_LAYOUT : HEADER_SIZE;
  const typeLen = words.length * 4;
  const layoutOff = hdrLen + typeLen;
  const strOff = layoutOff + layout.length;
  const bytes = new Uint8Array(strOff + strings.length);
  const view = new DataView(bytes.buffer);
  view.setUint16(0, BTF_MAGIC, littleEndian);
  view.setUint8(2, BTF_VERSION);
  const header = [hdrLen, 0, typeLen, strOff - hdrLen, strings.length];
  if (hdrLen === HEADER_SIZE_WITH_LAYOUT && layout.length > 0) header.push(typeLen, layout.length);
  header.forEach((value, i) => {
    view.setUint32(4 + i * 4, value, littleEndian);
  });
  putWords(bytes, hdrLen, words, littleEndian);
  bytes.set(layout, layoutOff);
  bytes.set(strings, strOff);
  return bytes;
}

/**
 * The options that write a BTF as it was read: byte order, header size and layout rows, but no room between sections
 * and no header beyond 32 bytes. Throws `unsupported` where the header has fields that nobody here knows (libbpf:
 * EOPNOTSUPP).
 */
export function encodeOptionsOf(btf: Pick<Btf, 'littleEndian' | 'header' | 'bytes'>): EncodeOptions {
  const { littleEndian, header, bytes } = btf;
  if (header.unknownTail) {
    throw new BtfError('unsupported', 'the header has unknown fields that are not zero', {
      offset: HEADER_SIZE_WITH_LAYOUT,
      expected: 'zeros after the known fields',
    });
  }
  const layout = header.layoutLen > 0 && bytes.subarray(header.layoutOff, header.layoutOff + header.layoutLen);
  return { littleEndian, layout, headerSize: header.hdrLen >= HEADER_SIZE_WITH_LAYOUT ? 32 : 24 };
}

/** `wanted` where it says something, else `otherwise`. */
export function withDefaults(wanted: EncodeOptions, otherwise: EncodeOptions): EncodeOptions {
  return {
    littleEndian: wanted.littleEndian ?? otherwise.littleEndian,
    layout: wanted.layout ?? otherwise.layout,
    headerSize: wanted.headerSize ?? otherwise.headerSize,
  };
}

/** Writes words at a 4-aligned place in the given byte order. */
export function putWords(bytes: Uint8Array, at: number, words: Uint32Array, littleEndian: boolean): void {
  if (littleEndian === hostLittleEndian) {
    bytes.set(new Uint8Array(words.buffer, words.byteOffset, words.byteLength), at);
    return;
  }
  const out = new DataView(bytes.buffer, bytes.byteOffset + at, words.byteLength);
  for (let i = 0; i < words.length; i++) out.setUint32(i * 4, words[i]!, littleEndian);
}

/** The layout section's bytes: one `struct btf_layout` {u8 info_sz, u8 elem_sz, u16 flags} a kind; no flags so far. */
function layoutRows({ layout, words }: BtfParts): Uint8Array {
  if (layout instanceof Uint8Array) return layout;
  if (layout !== true) return new Uint8Array(0);
  const last = hasLocationKinds(words) ? BtfKind.LocSec : BtfKind.Enum64;
  const rows = new Uint8Array((last + 1) * 4);
  for (const [kind, row] of Object.entries(KINDS)) {
    if (Number(kind) > last) continue;
    rows[Number(kind) * 4] = row.infoWords * 4;
    rows[Number(kind) * 4 + 1] = row.elemWords * 4;
  }
  return rows;
}

/** Whether LOC_PARAM, LOC_PROTO or LOCSEC occur: kinds younger than libbpf 1.8's table. */
function hasLocationKinds(words: Uint32Array): boolean {
  for (let at = 0; at + 1 < words.length; ) {
    const info = words[at + 1]!;
    const kind = infoKind(info);
    const row = KINDS[kind] as (typeof KINDS)[BtfKind] | undefined;
    if (row === undefined) return false;
    if (kind >= BtfKind.LocParam) return true;
    at += 3 + row.infoWords + row.elemWords * infoVlen(info);
  }
  return false;
}
