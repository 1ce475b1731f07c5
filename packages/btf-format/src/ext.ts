// .BTF.ext: func_info, line_info and CO-RE relocations of a BPF object, by section. libbpf btf.c btf_ext_parse,
// btf_ext_parse_sec_info; the records are struct bpf_func_info, bpf_line_info, bpf_core_relo (uapi/linux/bpf.h).

import { BtfError } from './errors.ts';
import { BTF_VERSION, isBtf } from './header.ts';

/** Least `hdr_len`: func_info and line_info. With core_relo it is 32. */
export const EXT_HEADER_SIZE = 24;
/** Bytes of the `.BTF.ext` header that also says where the CO-RE relocations are. */
export const EXT_HEADER_SIZE_WITH_CORE_RELO = 32;

/** Where a function of the program begins. `insnOff` in bytes from the section's start. */
export interface FuncInfo {
  readonly insnOff: number;
  readonly typeId: number;
}
/** The source line of the instructions from `insnOff` (bytes) on. Names are string offsets into the object's BTF. */
export interface LineInfo {
  readonly insnOff: number;
  readonly fileNameOff: number;
  readonly lineOff: number;
  readonly line: number;
  readonly column: number;
}
/** struct bpf_core_relo. `insnOff` in bytes; `kind` is enum bpf_core_relo_kind. */
export interface CoreRelo {
  readonly insnOff: number;
  readonly typeId: number;
  readonly accessStrOff: number;
  readonly kind: number;
}

/** The records that belong to one ELF section, undecoded: `extRecords` decodes them. */
export interface ExtSection {
  /** String offset of the ELF section's name in the object's BTF. */
  readonly secNameOff: number;
  readonly count: number;
  /** In bytes from the start of `.BTF.ext`: the first record. */
  readonly offset: number;
}
/** One of the three info areas. */
export interface ExtInfo {
  /** Bytes of one record; at least the kind's minimum, more in objects from newer compilers. */
  readonly recSize: number;
  readonly sections: readonly ExtSection[];
}
/** A parsed `.BTF.ext`. */
export interface BtfExt {
  readonly bytes: Uint8Array;
  readonly littleEndian: boolean;
  readonly hdrLen: number;
  readonly funcInfo: ExtInfo;
  readonly lineInfo: ExtInfo;
  readonly coreRelo: ExtInfo;
}

const EMPTY: ExtInfo = { recSize: 0, sections: [] };
/** Bytes of a record as the format knows it; the least that one may have. */
export const EXT_RECORD_SIZE = { func_info: 8, line_info: 16, core_relo: 16 } as const;

/**
 * Reads `.BTF.ext` bytes. Throws `BtfError`: not-btf, truncated, bad-ext, unsupported.
 * Differs from libbpf: records longer than the known ones are read in either byte order; libbpf refuses them in the
 * foreign one because it swaps in place and cannot swap what it does not know.
 */
export function parseBtfExt(bytes: Uint8Array): BtfExt {
  if (!isBtf(bytes)) throw new BtfError('not-btf', 'no .BTF.ext magic', { offset: 0, expected: '0xeb9f' });
  if (bytes.length < 8)
    throw new BtfError('truncated', '.BTF.ext header too short', { offset: bytes.length, expected: '8 bytes' });
  const littleEndian = bytes[0] === 0x9f;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const u32 = (at: number) => view.getUint32(at, littleEndian);
  if (bytes[2] !== BTF_VERSION) {
    throw new BtfError('unsupported', `.BTF.ext version ${bytes[2]}`, { offset: 2, expected: `${BTF_VERSION}` });
  }
  if (bytes[3] !== 0) throw new BtfError('unsupported', `.BTF.ext flags ${bytes[3]}`, { offset: 3, expected: '0' });
  const hdrLen = u32(4);
  if (hdrLen > bytes.length) {
    throw new BtfError('truncated', `.BTF.ext hdr_len ${hdrLen}`, { offset: 4, expected: `at most ${bytes.length}` });
  }
  if (hdrLen === bytes.length)
    throw new BtfError('bad-ext', '.BTF.ext has no data', { offset: 4, expected: 'data after the header' });
  if (hdrLen < EXT_HEADER_SIZE) {
    throw new BtfError('bad-ext', `.BTF.ext hdr_len ${hdrLen}`, { offset: 4, expected: `at least ${EXT_HEADER_SIZE}` });
  }
  const info = (name: keyof typeof EXT_RECORD_SIZE, at: number) =>
    parseInfo(view, littleEndian, name, hdrLen, u32(at), u32(at + 4));
  return {
    bytes,
    littleEndian,
    hdrLen,
    funcInfo: info('func_info', 8),
    lineInfo: info('line_info', 16),
    coreRelo: hdrLen >= EXT_HEADER_SIZE_WITH_CORE_RELO ? info('core_relo', 24) : EMPTY,
  };
}

function parseInfo(
  view: DataView,
  littleEndian: boolean,
  name: keyof typeof EXT_RECORD_SIZE,
  hdrLen: number,
  off: number,
  len: number,
): ExtInfo {
  if (len === 0) return EMPTY;
  const fail = (what: string, offset: number, expected: string) =>
    new BtfError('bad-ext', `.BTF.ext ${name}: ${what}`, { offset, expected });
  if (off % 4 !== 0) throw fail(`offset ${off} is not aligned`, hdrLen + off, 'a multiple of 4');
  const end = hdrLen + off + len;
  if (end > view.byteLength) throw fail(`ends at ${end}`, hdrLen + off, `at most ${view.byteLength}`);
  if (len < 4) throw fail('no record size', hdrLen + off, 'at least 4 bytes');
  const recSize = view.getUint32(hdrLen + off, littleEndian);
  const least = EXT_RECORD_SIZE[name];
  if (recSize < least || recSize % 4 !== 0) {
    throw fail(`record size ${recSize}`, hdrLen + off, `at least ${least}, a multiple of 4`);
  }
  const sections: ExtSection[] = [];
  let at = hdrLen + off + 4;
  if (at === end) throw fail('no records', at, 'at least one section');
  while (at < end) {
    if (end - at < 8) throw fail('a section header is cut off', at, '8 bytes');
    const secNameOff = view.getUint32(at, littleEndian);
    const count = view.getUint32(at + 4, littleEndian);
    if (count === 0) throw fail('a section without records', at + 4, 'at least one');
    if (count * recSize > end - at - 8) {
      throw fail(`${count} records of ${recSize} bytes`, at + 4, `at most ${end - at - 8} bytes`);
    }
    sections.push({ secNameOff, count, offset: at + 8 });
    at += 8 + count * recSize;
  }
  return { recSize, sections };
}

function records<T>(
  ext: BtfExt,
  info: ExtInfo,
  section: ExtSection,
  decode: (u32: (word: number) => number) => T,
): T[] {
  const view = new DataView(ext.bytes.buffer, ext.bytes.byteOffset, ext.bytes.byteLength);
  const out = new Array<T>(section.count);
  for (let i = 0; i < section.count; i++) {
    const at = section.offset + i * info.recSize;
    out[i] = decode((word) => view.getUint32(at + word * 4, ext.littleEndian));
  }
  return out;
}

/** The func_info records of a section. */
export function funcInfos(ext: BtfExt, section: ExtSection): FuncInfo[] {
  return records(ext, ext.funcInfo, section, (u32) => ({ insnOff: u32(0), typeId: u32(1) }));
}

/** The line_info records of a section; line and column are unpacked from `line_col`. */
export function lineInfos(ext: BtfExt, section: ExtSection): LineInfo[] {
  return records(ext, ext.lineInfo, section, (u32) => ({
    insnOff: u32(0),
    fileNameOff: u32(1),
    lineOff: u32(2),
    line: u32(3) >>> 10,
    column: u32(3) & 0x3ff,
  }));
}

/** The CO-RE relocation records of a section. */
export function coreRelos(ext: BtfExt, section: ExtSection): CoreRelo[] {
  return records(ext, ext.coreRelo, section, (u32) => ({
    insnOff: u32(0),
    typeId: u32(1),
    accessStrOff: u32(2),
    kind: u32(3),
  }));
}
