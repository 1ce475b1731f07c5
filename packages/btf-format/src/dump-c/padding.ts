// Unnamed bitfields that put the next member where the BTF says it is. btf_dump_emit_bit_padding of libbpf's
// btf_dump.c. Numbers are C ints there, so they wrap here too.

import { ascii } from '../byte-output.ts';
import { writeIndent } from './indent.ts';
import type { CDump } from './state.ts';

const NAMES = ['long', 'int', 'short', 'char'].map((name) => ascii(`${name}: `));
const SEMICOLON = ascii(';');

/**
 * Fills the gap from bit `from` to bit `to`. `nextAlign` is the alignment in bytes of what comes there (0: unknown):
 * where the compiler will leave the gap by itself, nothing is written. `inBitfield`: both neighbours are bitfields.
 */
export function emitPadding(
  d: CDump,
  from: number,
  to: number,
  nextAlign: number,
  inBitfield: boolean,
  level: number,
): void {
  if (from >= to) return;
  // the largest of long, int, short and char whose next boundary is not beyond the gap
  let pad = 0;
  let boundary = 0;
  for (; pad < NAMES.length; pad++) {
    boundary = roundUp(from, padBits(d, pad));
    if (boundary <= to) break;
  }
  if (pad === NAMES.length) pad--;
  if (boundary > from && boundary <= to) {
    // `long: 0` moves to the boundary; needless where the next member's own alignment leads there
    const needed =
      inBitfield ||
      (boundary === to && roundUp(from, nextAlign * 8) !== boundary) ||
      (boundary !== to && to - boundary <= boundary - from);
    if (needed) emitField(d, pad, inBitfield ? boundary - from : 0, level);
    from = boundary;
  }
  const bits = padBits(d, pad);
  for (; to - from >= bits; from += bits) emitField(d, pad, bits, level);
  if (from === to) return;
  const rest = to - from;
  for (pad = NAMES.length - 1; padBits(d, pad) < rest; ) pad--;
  emitField(d, pad, rest, level);
}

function padBits(d: CDump, pad: number): number {
  return pad === 0 ? d.pointerBytes * 8 : 64 >> pad;
}

/** libbpf divides by zero where the alignment is 0, a member of no known size: here the gap is then filled. */
function roundUp(value: number, multiple: number): number {
  return multiple === 0 ? value : Math.imul(Math.trunc(((value + multiple - 1) | 0) / multiple), multiple);
}

function emitField(d: CDump, pad: number, bits: number, level: number): void {
  writeIndent(d.out, level);
  d.out.write(NAMES[pad] as Uint8Array);
  d.out.unsigned(bits);
  d.out.write(SEMICOLON);
}
