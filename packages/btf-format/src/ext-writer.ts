// Writing .BTF.ext: from records, from one that was read with its strings or types renumbered, or in the other byte
// order. libbpf btf.c: btf_ext_visit_type_ids, btf_ext_visit_str_offs, btf_ext_bswap_info.

import { BtfError } from './errors.ts';
import {
  type BtfExt,
  type CoreRelo,
  EXT_HEADER_SIZE,
  EXT_HEADER_SIZE_WITH_CORE_RELO,
  EXT_RECORD_SIZE,
  type ExtInfo,
  type FuncInfo,
  type LineInfo,
} from './ext.ts';
import { BTF_MAGIC, BTF_VERSION } from './header.ts';

/** The records of one ELF section, by the string offset of its name. */
export interface ExtSectionRecords<T> {
  readonly secNameOff: number;
  readonly records: readonly T[];
}

/** What to write. An area without sections is left out. */
export interface BtfExtParts {
  /** Default: little-endian. */
  readonly littleEndian?: boolean | undefined;
  readonly funcInfo?: readonly ExtSectionRecords<FuncInfo>[] | undefined;
  readonly lineInfo?: readonly ExtSectionRecords<LineInfo>[] | undefined;
  readonly coreRelo?: readonly ExtSectionRecords<CoreRelo>[] | undefined;
  /** Bytes of a record where they shall be more than the format's; the rest is zeros. */
  readonly recSize?: { readonly funcInfo?: number; readonly lineInfo?: number; readonly coreRelo?: number } | undefined;
}

/**
 * Writes `.BTF.ext` as compilers do: a 32-byte header, then func_info, line_info and core_relo. Throws
 * `invalid-argument` for a section without records, an odd record size, a line or column that the format cannot hold.
 */
export function encodeBtfExt(parts: BtfExtParts): Uint8Array {
  const { littleEndian = true, recSize = {} } = parts;
  const areas = [
    area(parts.funcInfo ?? [], recSize.funcInfo ?? EXT_RECORD_SIZE.func_info, EXT_RECORD_SIZE.func_info, (r) => [
      r.insnOff,
      r.typeId,
    ]),
    area(parts.lineInfo ?? [], recSize.lineInfo ?? EXT_RECORD_SIZE.line_info, EXT_RECORD_SIZE.line_info, (r) => [
      r.insnOff,
      r.fileNameOff,
      r.lineOff,
      lineAndColumn(r),
    ]),
    area(parts.coreRelo ?? [], recSize.coreRelo ?? EXT_RECORD_SIZE.core_relo, EXT_RECORD_SIZE.core_relo, (r) => [
      r.insnOff,
      r.typeId,
      r.accessStrOff,
      r.kind,
    ]),
  ];
  const header = [EXT_HEADER_SIZE_WITH_CORE_RELO];
  let offset = 0;
  for (const words of areas) {
    header.push(offset, words.length * 4);
    offset += words.length * 4;
  }
  const words = [...header, ...areas.flat()];
  const bytes = new Uint8Array(4 + words.length * 4);
  const view = new DataView(bytes.buffer);
  view.setUint16(0, BTF_MAGIC, littleEndian);
  view.setUint8(2, BTF_VERSION);
  words.forEach((word, i) => {
    view.setUint32(4 + i * 4, word, littleEndian);
  });
  return bytes;
}

function area<T>(
  sections: readonly ExtSectionRecords<T>[],
  recSize: number,
  least: number,
  wordsOf: (record: T) => number[],
): number[] {
  if (recSize < least || recSize % 4 !== 0) {
    throw new BtfError('invalid-argument', `record size ${recSize}`, {
      expected: `at least ${least}, a multiple of 4`,
    });
  }
  if (sections.length === 0) return [];
  const words = [recSize];
  const padding = new Array<number>((recSize - least) / 4).fill(0);
  for (const { secNameOff, records } of sections) {
    if (records.length === 0) throw new BtfError('invalid-argument', 'a section without records', { expected: 'one' });
    words.push(secNameOff, records.length);
    for (const record of records) words.push(...wordsOf(record), ...padding);
  }
  return words;
}

function lineAndColumn({ line, column }: LineInfo): number {
  if (line < 0 || line > 0x3fffff || column < 0 || column > 0x3ff) {
    throw new BtfError('invalid-argument', `line ${line}, column ${column}`, { expected: 'at most 4194303 and 1023' });
  }
  return ((line << 10) | column) >>> 0;
}

/** What becomes of string offsets and type ids; what is left out stays. */
export interface ExtMapping {
  readonly string?: ((offset: number) => number) | undefined;
  readonly typeId?: ((id: number) => number) | undefined;
}

/** A copy with its strings and types renumbered, visited in libbpf's order: func_info, line_info, core_relo. */
export function mapBtfExt(ext: BtfExt, mapping: ExtMapping): Uint8Array {
  const { string, typeId } = mapping;
  const bytes = Uint8Array.from(ext.bytes); // never `slice`: that of a Node Buffer is a view
  const view = new DataView(bytes.buffer);
  const map = (at: number, by: ((value: number) => number) | undefined) => {
    if (by !== undefined) view.setUint32(at, by(view.getUint32(at, ext.littleEndian)), ext.littleEndian);
  };
  const visit = (info: ExtInfo, record: (at: number) => void) => {
    for (const { offset, count } of info.sections) {
      map(offset - 8, string); // sec_name_off
      for (let i = 0; i < count; i++) record(offset + i * info.recSize);
    }
  };
  visit(ext.funcInfo, (at) => map(at + 4, typeId));
  visit(ext.lineInfo, (at) => {
    map(at + 4, string); // file_name_off
    map(at + 8, string); // line_off
  });
  visit(ext.coreRelo, (at) => {
    map(at + 4, typeId);
    map(at + 8, string); // access_str_off
  });
  return bytes;
}

/**
 * The same `.BTF.ext` in the given byte order; everything but magic, version and flags is u32 words. Throws
 * `unsupported` where records are longer than what is known of them, or the header is.
 */
export function convertBtfExt(ext: BtfExt, littleEndian: boolean): Uint8Array {
  const bytes = Uint8Array.from(ext.bytes); // never `slice`: that of a Node Buffer is a view
  if (littleEndian === ext.littleEndian) return bytes;
  const unknown = (what: string, expected: number) =>
    new BtfError('unsupported', `${what} has parts that nobody here knows`, { expected: `${expected} bytes` });
  if (ext.hdrLen !== EXT_HEADER_SIZE && ext.hdrLen !== EXT_HEADER_SIZE_WITH_CORE_RELO) {
    throw unknown('the header', EXT_HEADER_SIZE_WITH_CORE_RELO);
  }
  const areas = [
    ['func_info', ext.funcInfo],
    ['line_info', ext.lineInfo],
    ['core_relo', ext.coreRelo],
  ] as const;
  const view = new DataView(bytes.buffer);
  const swap = (from: number, to: number) => {
    for (let at = from; at < to; at += 4) view.setUint32(at, view.getUint32(at, true), false);
  };
  bytes.set([bytes[1]!, bytes[0]!]);
  swap(4, ext.hdrLen);
  for (const [name, info] of areas) {
    if (info.sections.length === 0) continue;
    if (info.recSize !== EXT_RECORD_SIZE[name]) throw unknown(name, EXT_RECORD_SIZE[name]);
    const [first, last] = [info.sections[0] as ExtInfo['sections'][0], info.sections.at(-1) as ExtInfo['sections'][0]];
    swap(first.offset - 12, last.offset + last.count * info.recSize); // record size and section header come before
  }
  return bytes;
}
