// Which types of a BTF say the same as types of an earlier, similar one, as passes in wasm over records that lie beside each
// other in one memory: src/prepare/same-types.ts tells what for. Types are first lined up by kind, name and references back;
// then each is compared word by word, with names and ids as they were moved.

import { count, flags, hi, IS_DECLARED, lo } from './state';

export { contentIsSame, forget, refIsSame, remember, sameRun, setChanged, tooDeep } from './contents';
export { intCount, lineUp, sharedCount } from './line-up';
export { gone, namedLike, newNames } from './names';
export { setEarlier, setMoves, setNow, setWork } from './state';

/** What src/prepare/similarity-sketch.ts says of it: `sums` has 256 bytes, 0 at first, and `minima` 64 times two, all 0xff. */
export function sketch(sums: usize, minima: usize): void {
  for (let i = 0; i < count; i++) {
    if ((load<u8>(flags + i + 1) & IS_DECLARED) == 0) continue;
    const low = load<u32>(lo + ((<usize>i) << 2));
    const high = load<u32>(hi + ((<usize>i) << 2));
    const sum = sums + (low & 0xff);
    store<u8>(sum, load<u8>(sum) + <u8>high);
    const slot = minima + (((low >>> 8) & 0x3f) << 1);
    if (high >>> 16 < <u32>load<u16>(slot)) store<u16>(slot, <u16>(high >>> 16));
  }
}
