// Enums as C. btf_dump_emit_enum_def of libbpf's btf_dump.c.

import { ascii } from '../byte-output.ts';
import { formatEnum64 } from '../dump-raw.ts';
import { BtfKind } from '../kinds.ts';
import { writeIndent } from './indent.ts';
import { typeName, writeName } from './names.ts';
import type { CDump } from './state.ts';
import { infoKind, infoKindFlag, infoVlen } from '../info.ts';

const ENUM = ascii('enum');
const SPACE = ascii(' ');
const OPEN = ascii(' {');
const CLOSE = ascii('}');
const COUNT = ascii('___');
const EQUALS = ascii(' = ');
const COMMA = ascii(',');
const MODE_BYTE = ascii(' __attribute__((mode(byte)))');
const MODE_WORD = ascii(' __attribute__((mode(word)))');

/** `enum foo`. */
export function emitEnumTag(d: CDump, id: number): void {
  d.out.write(ENUM);
  d.out.write(SPACE);
  writeName(d, typeName(d, id));
}

/** `enum foo { ... }`, or `enum foo` alone where it has no values. `level`: how far to indent. */
export function emitEnumDefinition(d: CDump, id: number, level: number): void {
  const at = d.at(id);
  const info = d.word(at + 1);
  const vlen = infoVlen(info);
  const wide = infoKind(info) === BtfKind.Enum64;
  d.out.write(ENUM);
  if (d.word(at) !== 0) d.out.write(SPACE);
  writeName(d, typeName(d, id));
  if (vlen === 0) return;
  d.out.write(OPEN);
  emitValues(d, at, level + 1, wide);
  writeIndent(d.out, level);
  d.out.write(CLOSE);

  const size = d.word(at + 2);
  if (size === 1) d.out.write(MODE_BYTE);
  else if (size === 8 && d.pointerBytes === 8 && !(wide && hasHighBits(d, at, vlen))) d.out.write(MODE_WORD);
}

function emitValues(d: CDump, at: number, level: number, wide: boolean): void {
  const info = d.word(at + 1);
  const signed = infoKindFlag(info);
  const vlen = infoVlen(info);
  for (let i = 0, w = at + 3; i < vlen; i++, w += wide ? 3 : 2) {
    const name = d.word(w);
    const count = d.identNames.add(name);
    writeIndent(d.out, level);
    writeName(d, name);
    if (count > 1) {
      d.out.write(COUNT);
      d.out.unsigned(count);
    }
    d.out.write(EQUALS);
    const low = d.word(w + 1);
    if (wide) d.out.write(ascii(formatEnum64(low, d.word(w + 2), signed)));
    else if (signed) d.out.signed(low | 0);
    else d.out.unsigned(low);
    d.out.write(COMMA);
  }
}

/** Whether some value needs more than 32 bits, so that the compiler makes the enum 8 bytes without an attribute. */
function hasHighBits(d: CDump, at: number, vlen: number): boolean {
  for (let i = 0; i < vlen; i++) if (d.word(at + 3 + i * 3 + 2) !== 0) return true;
  return false;
}
