// Numbers as little-endian bytes, for tests that build images by hand.

/** `width` bytes of a number, two's complement. */
export function bytesOf(value: bigint, width: number): number[] {
  return Array.from({ length: width }, (_, i) => Number((BigInt.asUintN(64, value) >> BigInt(8 * i)) & 0xffn));
}

/** Writes a number into bytes. */
export function poke(bytes: Uint8Array, at: number, value: bigint, width = 8): void {
  bytes.set(bytesOf(value, width), at);
}
