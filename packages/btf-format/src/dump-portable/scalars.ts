// Integers and floating-point numbers in C: the spelling whose size is the kernel's, whatever the type is called in BTF.

import type { BtfFloat, BtfInt } from '../types.ts';
import { IntEncoding } from '../types.ts';

/** A type that C has a word for; `undefined` where there is none of that size. `align`: in bytes, as compilers place it. */
export interface Scalar {
  readonly spelling: string;
  readonly align: number;
}

const WORDS = new Set(['signed', 'unsigned', 'char', 'short', 'int', 'long', '_Bool', '__int128']);

/** The size in bytes that a compiler gives to these words; `long` is as wide as a pointer. */
function sizeOfWords(words: readonly string[], pointerBytes: number): number | undefined {
  const has = (word: string) => words.includes(word);
  const longs = words.filter((word) => word === 'long').length;
  if (has('_Bool')) return words.length === 1 ? 1 : undefined;
  if (has('__int128')) return 16;
  if (has('char')) return 1;
  if (has('short')) return 2;
  if (longs === 1) return pointerBytes;
  return longs === 2 ? 8 : 4;
}

function sizedInteger(size: number, signed: boolean): string | undefined {
  const sign = signed ? '' : 'unsigned ';
  switch (size) {
    case 1:
      return signed ? 'signed char' : 'unsigned char';
    case 2:
      return `${sign}short`;
    case 4:
      return `${sign}int`;
    case 8:
      return `${sign}long long`;
    case 16:
      return `${sign}__int128`;
    default:
      return undefined;
  }
}

/** The C spelling of an INT. Its own name where that has its size, else the integer of that size and sign. */
export function scalarOfInt(type: BtfInt, pointerBytes: number): Scalar | undefined {
  const words = type.name.split(' ');
  const own = words.every((word) => WORDS.has(word)) && sizeOfWords(words, pointerBytes) === type.size;
  const bool = (type.encoding & IntEncoding.Bool) !== 0 && type.size === 1;
  const spelling = own
    ? type.name
    : bool
      ? '_Bool'
      : sizedInteger(type.size, (type.encoding & IntEncoding.Signed) !== 0);
  return spelling === undefined ? undefined : { spelling, align: type.size };
}

/** `float` and `double`. Others (half, `long double`) have no size that all compilers agree on. */
export function scalarOfFloat(type: BtfFloat): Scalar | undefined {
  if (type.size === 4) return { spelling: 'float', align: 4 };
  return type.size === 8 ? { spelling: 'double', align: 8 } : undefined;
}
