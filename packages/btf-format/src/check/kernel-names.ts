// Which names a kernel takes. kernel/bpf/btf.c: btf_name_valid_identifier, btf_name_valid_section. Its character classes
// are Latin-1 (lib/ctype.c): letters above 191 are letters.

import type { Btf } from '../btf.ts';

/** KSYM_NAME_LEN: the most bytes of a name. */
const KSYM_NAME_LEN = 512;
/** BTF_MAX_NAME_OFFSET. */
export const MAX_NAME_OFFSET = 0xffffff;

const LETTER = 1;
const DIGIT = 2;
const PRINTABLE = 4;

const classes = new Uint8Array(256);
for (let byte = 0; byte < 256; byte++) {
  const lower = byte | 0x20;
  const isAscii = (lower >= 0x61 && lower <= 0x7a) || byte === 0x5f || byte === 0x2e; // also '_' and '.'
  if (isAscii || (byte >= 192 && byte !== 215 && byte !== 247)) classes[byte] = LETTER;
  if (byte >= 0x30 && byte <= 0x39) classes[byte] = DIGIT;
  if ((byte >= 32 && byte <= 126) || byte >= 160) classes[byte] = classes[byte]! | PRINTABLE;
}

/** A name of letters, digits, `_` and `.` that begins with no digit. */
export function isIdentifier(btf: Btf, nameOff: number): boolean {
  const { bytes, start } = bytesAt(btf, nameOff);
  if ((classes[bytes[start]!]! & LETTER) === 0) return false;
  return runsToEnd(bytes, start + 1, start + KSYM_NAME_LEN, LETTER | DIGIT);
}

/** A name of printable characters, as sections have. */
export function isSectionName(btf: Btf, nameOff: number): boolean {
  const { bytes, start } = bytesAt(btf, nameOff);
  return bytes[start] !== 0 && runsToEnd(bytes, start, start + KSYM_NAME_LEN, PRINTABLE);
}

/** Whether the string is empty, wherever it is. */
export function isEmptyName(btf: Btf, nameOff: number): boolean {
  const { bytes, start } = bytesAt(btf, nameOff);
  return bytes[start] === 0;
}

function runsToEnd(bytes: Uint8Array, from: number, limit: number, allowed: number): boolean {
  let at = from;
  for (; bytes[at] !== 0 && at < limit; at++) {
    if ((classes[bytes[at]!]! & allowed) === 0) return false;
  }
  return bytes[at] === 0;
}

function bytesAt(btf: Btf, nameOff: number): { bytes: Uint8Array; start: number } {
  const layer = btf.stringLayer(nameOff);
  return { bytes: layer.strings.bytes, start: nameOff - layer.startStringOffset };
}
