// Numbers and lists in words.

/** `1 kernel`, `2 kernels`, `2 entries`. */
export const plural = (count: number, word: string, many = `${word}s`): string =>
  `${count.toLocaleString('en')} ${count === 1 ? word : many}`;

/** `a`, `a and b`, `a, b and c`. */
export const listed = (words: readonly string[]): string =>
  words.length < 2 ? (words[0] ?? '') : `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`;

/** `12 bytes`, `3.4 MB`. */
export function byteSize(bytes: number): string {
  if (bytes < 1000) return plural(bytes, 'byte');
  return bytes < 1e6 ? `${(bytes / 1e3).toFixed(1)} kB` : `${(bytes / 1e6).toFixed(1)} MB`;
}

/** `16 (0x10)`; small numbers are the same in both. */
export const offsetText = (offset: number): string =>
  offset < 10 ? String(offset) : `${offset} (0x${offset.toString(16)})`;

/** Where a bitfield begins: `126, bit 3`. */
export const bitPlace = (bitOffset: number, bitSize: number | null): string => {
  const [byte, bit] = [Math.floor(bitOffset / 8), bitOffset % 8];
  return bitSize === null && bit === 0 ? String(byte) : `${byte}:${bit}`;
};
