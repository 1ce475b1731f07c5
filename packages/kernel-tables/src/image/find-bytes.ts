// Looking for a text in an image.

/** Whether the bytes are there: `rare` is the place of one among them that images have seldom. */
export function hasBytes(bytes: Uint8Array, wanted: Uint8Array, rare: number): boolean {
  const pivot = wanted[rare]!;
  const last = bytes.length - wanted.length + rare;
  for (let at = bytes.indexOf(pivot, rare); at >= 0 && at <= last; at = bytes.indexOf(pivot, at + 1)) {
    const start = at - rare;
    let length = 0;
    while (length < wanted.length && bytes[start + length] === wanted[length]) length++;
    if (length === wanted.length) return true;
  }
  return false;
}
