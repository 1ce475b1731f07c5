// struct btf_header: 24 bytes since 4.18, 32 with the optional layout section since 7.1, and open-ended beyond.
// include/uapi/linux/btf.h; the checks are libbpf's btf_parse_hdr and btf_parse_layout_sec (btf.c).

import { BtfError } from './errors.ts';
import { type KindSizes, KNOWN_SIZES, MAX_KIND, NO_SIZE } from './kinds.ts';

/** `magic` of raw BTF and of `.BTF.ext`, in the byte order of the rest. */
export const BTF_MAGIC = 0xeb9f;
/** The only `version` there is. */
export const BTF_VERSION = 1;
/** The least `hdr_len`: up to and including str_len. */
export const HEADER_SIZE = 24;
/** `hdr_len` of a header that has layout_off and layout_len. */
export const HEADER_SIZE_WITH_LAYOUT = 32;

/** A decoded header. Offsets are in bytes and, unlike on the wire, from the start of the file. */
export interface BtfHeader {
  readonly littleEndian: boolean;
  readonly version: number;
  readonly flags: number;
  readonly hdrLen: number;
  readonly typeOff: number;
  readonly typeLen: number;
  readonly strOff: number;
  readonly strLen: number;
  /** 0 and 0 where the header has no layout section. */
  readonly layoutOff: number;
  readonly layoutLen: number;
  /** True where bytes after the known 32 are not zero: readable, but not to be re-encoded (libbpf: EOPNOTSUPP). */
  readonly unknownTail: boolean;
}

/** Whether these bytes begin with BTF's magic, in either byte order. */
export function isBtf(bytes: Uint8Array): boolean {
  return (bytes[0] === 0x9f && bytes[1] === 0xeb) || (bytes[0] === 0xeb && bytes[1] === 0x9f);
}

/**
 * Reads and checks a BTF header by its own `hdr_len`. Throws `BtfError`: not-btf, truncated, prerelease-header,
 * bad-header.
 */
export function parseHeader(bytes: Uint8Array): BtfHeader {
  if (!isBtf(bytes)) throw new BtfError('not-btf', 'no BTF magic', { offset: 0, expected: '0xeb9f' });
  const littleEndian = bytes[0] === 0x9f;
  if (bytes.length < HEADER_SIZE) {
    throw new BtfError('truncated', `${bytes.length} bytes are too few for a BTF header`, {
      offset: bytes.length,
      expected: `${HEADER_SIZE} bytes`,
    });
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const u32 = (at: number) => view.getUint32(at, littleEndian);
  const hdrLen = u32(4);
  const bad = (code: 'bad-header' | 'truncated', what: string, offset: number, expected: string): BtfError =>
    isPrereleaseHeader(view, littleEndian)
      ? new BtfError('prerelease-header', 'the BTF header of the first 4.18 patches, which no release ever used', {
          offset: 4,
          expected: 'hdr_len; found parent_label, parent_name, label_off, ...',
        })
      : new BtfError(code, what, { offset, expected });

  if (hdrLen < HEADER_SIZE) throw bad('bad-header', `hdr_len ${hdrLen}`, 4, `at least ${HEADER_SIZE}`);
  if (hdrLen > bytes.length) throw bad('truncated', `hdr_len ${hdrLen} exceeds the file`, 4, `at most ${bytes.length}`);
  const [typeOff, typeLen, strOff, strLen] = [u32(8), u32(12), u32(16), u32(20)];
  if (hdrLen + strOff + strLen > bytes.length) {
    const end = hdrLen + strOff + strLen;
    throw bad('truncated', 'the string section exceeds the file', 16, `${end} bytes; found ${bytes.length}`);
  }
  if (typeOff + typeLen > strOff)
    throw bad('bad-header', 'the type section runs into the strings', 8, `end <= ${strOff}`);
  if (typeOff % 4 !== 0) throw bad('bad-header', `type_off ${typeOff} is not aligned`, 8, 'a multiple of 4');

  const hasLayout = hdrLen >= HEADER_SIZE_WITH_LAYOUT;
  const layoutOff = hasLayout ? u32(24) : 0;
  const layoutLen = hasLayout ? u32(28) : 0;
  if (layoutLen > 0) {
    if (layoutOff % 4 !== 0) throw bad('bad-header', `layout_off ${layoutOff} is not aligned`, 24, 'a multiple of 4');
    if (layoutOff < typeOff + typeLen || layoutOff + layoutLen > strOff) {
      throw bad(
        'bad-header',
        'the layout section is not between types and strings',
        24,
        `${typeOff + typeLen} to ${strOff}`,
      );
    }
  }
  return {
    littleEndian,
    version: view.getUint8(2),
    flags: view.getUint8(3),
    hdrLen,
    typeOff: hdrLen + typeOff,
    typeLen,
    strOff: hdrLen + strOff,
    strLen,
    layoutOff: layoutLen > 0 ? hdrLen + layoutOff : 0,
    layoutLen,
    unknownTail: bytes.subarray(HEADER_SIZE_WITH_LAYOUT, hdrLen).some((byte) => byte !== 0),
  };
}

/**
 * The header of the first 4.18 patches: magic, version, flags, then parent_label, parent_name, label_off, object_off,
 * func_off, type_off, str_off, str_len, 36 bytes in all. Its offsets ascend and its strings end inside the file.
 */
function isPrereleaseHeader(view: DataView, littleEndian: boolean): boolean {
  const size = 36;
  if (view.byteLength < size) return false;
  const u32 = (at: number) => view.getUint32(at, littleEndian);
  const [label, object, func, type, str, strLen] = [u32(12), u32(16), u32(20), u32(24), u32(28), u32(32)];
  const ascends = label <= object && object <= func && func <= type && type < str;
  return ascends && strLen > 0 && size + str + strLen <= view.byteLength;
}

/**
 * The word counts that hold in this file: the table's, and for kinds beyond it the file's own layout section or else
 * the base's (`inherited`). `struct btf_layout` is {u8 info_sz, u8 elem_sz, u16 flags}, one entry a kind. Throws `bad-layout`.
 */
export function parseLayoutSection(
  bytes: Uint8Array,
  header: BtfHeader,
  inherited: KindSizes = KNOWN_SIZES,
): KindSizes {
  if (header.layoutLen === 0) return inherited;
  if (header.layoutLen % 4 !== 0) {
    throw new BtfError('bad-layout', `layout_len ${header.layoutLen} is not a multiple of an entry`, {
      offset: 28,
      expected: 'a multiple of 4',
    });
  }
  const count = Math.min(header.layoutLen / 4, MAX_KIND + 1);
  // a file with a layout of its own never asks its base's (libbpf: btf_type_size_unknown)
  const info = KNOWN_SIZES.info.slice();
  const elem = KNOWN_SIZES.elem.slice();
  for (let kind = 0; kind < count; kind++) {
    if (KNOWN_SIZES.info[kind] !== NO_SIZE) continue; // the format's own sizes stand, as in libbpf
    const infoBytes = bytes[header.layoutOff + kind * 4]!;
    const elemBytes = bytes[header.layoutOff + kind * 4 + 1]!;
    // an unaligned row is only an error where a type of that kind is met (libbpf: btf_type_size_unknown)
    if (infoBytes % 4 !== 0 || elemBytes % 4 !== 0) continue;
    info[kind] = infoBytes / 4;
    elem[kind] = elemBytes / 4;
  }
  return { info, elem };
}
