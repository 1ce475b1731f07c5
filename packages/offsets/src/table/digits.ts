// Numbers in packed tables: digits of six bits each, the most significant first.

/** The digits, by value. */
export const DIGITS = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz-_';

/** How many digits a number below `count` takes. */
export function widthOf(count: number): number {
  return count <= 64 ? 1 : count <= 4096 ? 2 : 3;
}

export function digits(value: number, width: number): string {
  let text = '';
  for (let i = width - 1; i >= 0; i--) text += DIGITS[(value >>> (6 * i)) & 63];
  return text;
}
