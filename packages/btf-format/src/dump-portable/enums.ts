// Enums with their sizes. `true` and `false` are the kernel's enumerators up to C17 and the language's own from C23 on.

import type { BtfEnum } from '../types.ts';
import type { CTypes } from './c-types.ts';

/** Set by the preamble where `bool`, `true` and `false` are keywords. */
export const C23_MACRO = '__VMLINUX_HAS_BOOL';

const MODES: Readonly<Record<number, string>> = { 1: 'byte', 2: 'HI', 4: 'SI', 8: 'DI' };

/** The definition without a semicolon, or '' where there is nothing to define. `guard`: it is for editions before C23. */
export function enumText(types: CTypes, type: BtfEnum, tag: string): { text: string; guard: boolean } {
  const head = tag === '' ? 'enum' : `enum ${tag}`;
  const mode = MODES[type.size];
  if (mode === undefined) {
    types.notes.push({ what: head, why: `C has no enum of ${type.size} bytes` });
  }
  const attribute = mode === undefined || isNatural(type) ? '' : ` __attribute__((mode(${mode})))`;
  const lines = type.values.map(({ name, value }) => {
    const builtin = (name === 'true' && value === 1n) || (name === 'false' && value === 0n);
    const isOwn = builtin && types.idents.reserve(name);
    return { isOwn, text: `\t${isOwn ? name : types.idents.take(name || 'unnamed')} = ${literal(value)},\n` };
  });
  const fits = type.values.every(({ value }) => fitsIn(value, type.size));
  if (lines.length === 0 || !fits) {
    const outside = fits ? '' : `enum {\n${lines.map(({ text }) => text).join('')}};\n\n`;
    if (!fits) types.notes.push({ what: head, why: 'values larger than its size: they stand in an enum of their own' });
    const filler = types.idents.take(`${tag || 'enum'}___size`);
    return { text: `${outside}${head} {\n\t${filler} = 0,\n}${attribute}`, guard: false };
  }
  const own = lines.filter(({ isOwn }) => isOwn);
  if (own.length === lines.length && tag === '') return { text: definition(head, lines, attribute), guard: true };
  const rest = lines.filter(({ isOwn }) => !isOwn);
  if (own.length > 0 && rest.length === 0) {
    rest.push({ isOwn: false, text: `\t${types.idents.take(`${tag}___size`)} = 1,\n` });
  }
  const guarded = own.length === 0 ? '' : `#ifndef ${C23_MACRO}\n${own.map(({ text }) => text).join('')}#endif\n`;
  return { text: `${head} {\n${guarded}${rest.map(({ text }) => text).join('')}}${attribute}`, guard: false };
}

function definition(head: string, lines: readonly { text: string }[], attribute: string): string {
  return `${head} {\n${lines.map(({ text }) => text).join('')}}${attribute}`;
}

/** Whether compilers give it its size without an attribute: 4 bytes where all values are ints. */
function isNatural({ size, values }: BtfEnum): boolean {
  if (size === 4) return true;
  return size === 8 && values.some(({ value }) => value < -(2n ** 31n) || value >= 2n ** 32n);
}

function fitsIn(value: bigint, size: number): boolean {
  const bits = BigInt(size * 8);
  return value >= -(1n << (bits - 1n)) && value < 1n << bits;
}

/** As C reads it: the least value of 64 bits has no literal of its own. */
function literal(value: bigint): string {
  if (value === -(2n ** 63n)) return '-9223372036854775807LL - 1';
  if (value >= 2n ** 63n) return `${value}ULL`;
  return value >= 2n ** 31n || value < -(2n ** 31n) ? `${value}LL` : `${value}`;
}
