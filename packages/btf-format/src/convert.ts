// The same BTF in other bytes: the other byte order, another header, with or without a layout section. Types, ids and
// strings stay as they are. libbpf btf.c: btf__set_endianness, btf_get_raw_data.

import { type EncodeOptions, encodeBtf, encodeOptionsOf, putWords, withDefaults } from './encode.ts';
import { BtfError } from './errors.ts';
import { HEADER_SIZE_WITH_LAYOUT } from './header.ts';
import { BtfKind } from './kinds.ts';
import type { Btf } from './btf.ts';

/** What shall be different; what is left out stays as it is. */
export interface ConvertOptions extends EncodeOptions {
  /** Write the known fields only where the header has others that are not zero; otherwise these are refused. */
  readonly dropUnknownHeader?: boolean | undefined;
}

/**
 * Writes a BTF anew. Without options the bytes are the very same; in the other byte order and back they are again.
 * Throws `unsupported` for unknown header fields that are not zero, and for kinds that nobody here knows where the byte
 * order changes (libbpf: EOPNOTSUPP, EINVAL).
 */
export function convertBtf(btf: Btf, options: ConvertOptions = {}): Uint8Array {
  const { dropUnknownHeader = false, ...wanted } = options;
  const { littleEndian = btf.littleEndian } = wanted;
  if (littleEndian !== btf.littleEndian) refuseUnknownKinds(btf);
  const drops = btf.header.unknownTail && dropUnknownHeader;
  if (!drops && wanted.layout === undefined && wanted.headerSize === undefined) {
    return inByteOrder(btf, littleEndian);
  }
  const asItWas = encodeOptionsOf(drops ? withoutTail(btf) : btf);
  return encodeBtf({ ...withDefaults(wanted, asItWas), words: btf.words, strings: btf.strings.bytes });
}

/** A copy, structure and all, whatever is between sections. */
function inByteOrder(btf: Btf, littleEndian: boolean): Uint8Array {
  const bytes = Uint8Array.from(btf.bytes);
  if (littleEndian === btf.littleEndian) return bytes;
  encodeOptionsOf(btf); // refuses an unknown header
  const { header } = btf;
  const view = new DataView(bytes.buffer);
  bytes.set([bytes[1]!, bytes[0]!]);
  const known = header.hdrLen >= HEADER_SIZE_WITH_LAYOUT ? HEADER_SIZE_WITH_LAYOUT : 24;
  for (let at = 4; at < known; at += 4) view.setUint32(at, view.getUint32(at, true), false);
  for (let at = header.layoutOff; at < header.layoutOff + header.layoutLen; at += 4) {
    view.setUint16(at + 2, view.getUint16(at + 2, true), false); // {u8 info_sz, u8 elem_sz, u16 flags}
  }
  putWords(bytes, header.typeOff, btf.words, littleEndian);
  return bytes;
}

/** Kinds that only a layout section sizes may hold what is no u32. */
function refuseUnknownKinds(btf: Btf): void {
  for (let id = btf.startId; id < btf.typeCount; id++) {
    if (btf.kind(id) <= BtfKind.LocSec) continue;
    const what = `kind ${btf.kind(id)} cannot be written in the other byte order`;
    throw new BtfError('unsupported', what, { typeId: id, expected: 'known kinds' });
  }
}

function withoutTail(btf: Btf): Pick<Btf, 'littleEndian' | 'header' | 'bytes'> {
  return { littleEndian: btf.littleEndian, bytes: btf.bytes, header: { ...btf.header, unknownTail: false } };
}
