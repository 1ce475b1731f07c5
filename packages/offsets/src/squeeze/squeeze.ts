// Squeezes bytes, and reads them back: the texts of large tables.

import { OffsetsError } from '../errors.ts';
import { cheapestSteps } from './copies.ts';
import { RangeReader, RangeWriter } from './range-coder.ts';
import { freshOdds, StepContext } from './steps.ts';

/** How often steps are chosen: first by even odds, then by those that the choice before led to. */
const ROUNDS = 3;
/** What is squeezed here is never longer: so much memory at most for what a damaged file says. */
const LONGEST_TEXT = 1 << 26;
/** A copy takes ten bits or more, each at least a hundredth of a bit when its odds are as far from even as they go. */
const MOST_FROM_A_BYTE = 257 * 100;

/** Squeezes bytes. */
export function squeeze(bytes: Uint8Array): Uint8Array {
  let odds = freshOdds();
  let best: Uint8Array | undefined;
  for (let round = 0; round < ROUNDS; round++) {
    const writer = new RangeWriter();
    const context = new StepContext();
    let at = 0;
    for (const step of cheapestSteps(bytes, odds)) {
      context.code(writer, step);
      at += Math.max(1, step.length);
      context.ends(bytes[at - 1]!);
    }
    const found = writer.finish();
    if (best === undefined || found.length < best.length) best = found;
    odds = writer.odds;
  }
  return best as Uint8Array;
}

/** Reads squeezed bytes back, of which `length` are to come. Throws `bad-offsets-table`. */
export function unsqueeze(squeezed: Uint8Array, length: number): Uint8Array {
  if (length > LONGEST_TEXT || length > squeezed.length * MOST_FROM_A_BYTE) throw bad();
  const bytes = new Uint8Array(length);
  const reader = new RangeReader(squeezed);
  const context = new StepContext();
  for (let at = 0; at < length; ) {
    const { byte, length: count, distance } = context.code(reader, { byte: 0, length: 0, distance: 0 });
    if (count === 0) bytes[at++] = byte;
    else {
      if (distance === 0 || distance > at || at + count > length) throw bad();
      for (const end = at + count; at < end; at++) bytes[at] = bytes[at - distance]!;
    }
    context.ends(bytes[at - 1]!);
  }
  return bytes;
}

function bad(): OffsetsError {
  return new OffsetsError('bad-offsets-table', "the table's squeezed texts cannot be read", {
    hint: 'was the file changed by hand? Make it again with btfq offsets',
  });
}
