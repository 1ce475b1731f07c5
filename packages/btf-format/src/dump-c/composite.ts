// Structs and unions as C. btf_dump_emit_struct_def and btf_is_struct_packed of libbpf's btf_dump.c.

import { ascii } from '../byte-output.ts';
import { BtfKind } from '../kinds.ts';
import { emitTypeDeclaration } from './declaration.ts';
import { writeIndent } from './indent.ts';
import { typeName, writeName } from './names.ts';
import { emitPadding } from './padding.ts';
import type { CDump } from './state.ts';
import { infoKind, infoKindFlag, infoVlen } from '../info.ts';

const STRUCT = ascii('struct');
const UNION = ascii('union');
const SPACE = ascii(' ');
const OPEN = ascii(' {');
const CLOSE = ascii('}');
const COLON = ascii(': ');
const SEMICOLON = ascii(';');
const PACKED = ascii(' __attribute__((packed))');

/** `struct foo`, and `struct` alone where it has no name. */
export function emitCompositeTag(d: CDump, id: number): void {
  const at = d.at(id);
  d.out.write(d.kind(id) === BtfKind.Struct ? STRUCT : UNION);
  if (d.word(at) === 0) return;
  d.out.write(SPACE);
  writeName(d, typeName(d, id));
}

/** `struct foo { ... }` with its members, padding and, where the layout asks for it, `packed`. */
export function emitCompositeDefinition(d: CDump, id: number, level: number): void {
  const at = d.at(id);
  const info = d.word(at + 1);
  const isStruct = infoKind(info) === BtfKind.Struct;
  const hasBitfields = infoKindFlag(info);
  const vlen = infoVlen(info);
  const size = d.word(at + 2);
  const packed = isStruct && isPacked(d, at);
  emitCompositeTag(d, id);
  d.out.write(OPEN);

  let end = 0;
  let afterBitfield = false;
  for (let i = 0, w = at + 3; i < vlen; i++, w += 3) {
    const name = d.word(w);
    const type = d.word(w + 1);
    const offset = d.word(w + 2);
    const bitfieldSize = hasBitfields ? offset >>> 24 : 0;
    const bit = hasBitfields ? offset & 0xffffff : offset | 0;
    const align = packed ? 1 : d.sizes.alignOf(type);
    emitPadding(d, end, bit, align, afterBitfield && bitfieldSize !== 0, level + 1);
    writeIndent(d.out, level + 1);
    emitTypeDeclaration(d, type, name, level + 1);
    afterBitfield = bitfieldSize !== 0;
    if (afterBitfield) {
      d.out.write(COLON);
      d.out.unsigned(bitfieldSize);
      end = bit + bitfieldSize;
    } else {
      end = (bit + Math.imul(d.sizes.sizeOf(type), 8)) | 0;
    }
    d.out.write(SEMICOLON);
  }
  if (isStruct) emitPadding(d, end, Math.imul(size, 8), d.sizes.alignOf(id), false, level + 1);

  if (vlen !== 0 || size !== 0) writeIndent(d.out, level);
  d.out.write(CLOSE);
  if (packed) d.out.write(PACKED);
}

/** A member off its natural place, or a size that is no multiple of the strictest alignment, means a packed struct. */
function isPacked(d: CDump, at: number): boolean {
  const info = d.word(at + 1);
  const hasBitfields = infoKindFlag(info);
  const vlen = infoVlen(info);
  let strictest = 1;
  for (let i = 0, w = at + 3; i < vlen; i++, w += 3) {
    const align = d.sizes.alignOf(d.word(w + 1));
    const offset = d.word(w + 2);
    const isBitfield = hasBitfields && offset >>> 24 !== 0;
    if (align !== 0 && !isBitfield && offset % (8 * align) !== 0) return true;
    if (align > strictest) strictest = align;
  }
  return d.word(at + 2) % strictest !== 0;
}
