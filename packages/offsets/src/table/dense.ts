// The denser form of variants and kernels that C tables have, since they may be for thousands of kernels.
//
//   variants   `~ 5 11` names the slots; each text after it is what changes from the variant before, of the first from the
//              usual values: `8*3 -16` is 8 for three slots and -16 for one, and nothing for those that are left
//   kernels    a step of neither dropped nor added characters is followed by a digit: which numbers of the head count up by
//              one, the last number first; 0, and then come digits for dropped and added, which may be more than 3 and 7
//
// What simulated kernels need is measured in docs/guide-offsets.md.

import { DIGITS } from './digits.ts';

/** Numbers of a head that a step can count up. */
const MAX_NUMBERS = 6;
const MAX_LONG = 63;

/** Slots ordered so that those that move together stand together, and what each variant changes. */
export function denseGroup(
  slots: readonly number[],
  variants: readonly (readonly bigint[])[],
  usual: readonly bigint[],
): string[] {
  const first = variants[0] ?? [];
  // Sizes, bits and alternatives first, then offsets by their value: a new member moves all that stand behind it.
  const isSmall = (i: number) => variants.every((values) => values[i]! >= 0n && values[i]! < 64n);
  const small = new Map(slots.map((_, i) => [i, isSmall(i)]));
  const order = slots
    .map((_, i) => i)
    .sort((a, b) => Number(small.get(b)) - Number(small.get(a)) || compare(first[a], first[b]) || a - b);
  let before = order.map((i) => usual[slots[i]!]!);
  const texts = variants.map((values) => {
    const now = order.map((i) => values[i]!);
    const changes = now.map((value, at) => BigInt.asIntN(64, value - before[at]!));
    before = now;
    return runs(changes);
  });
  return [`~ ${order.map((i) => slots[i]).join(' ')}`, ...texts];
}

function compare(a = 0n, b = 0n): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function runs(changes: readonly bigint[]): string {
  const end = changes.findLastIndex((one) => one !== 0n) + 1;
  const words: string[] = [];
  for (let at = 0; at < end; ) {
    let to = at + 1;
    while (to < end && changes[to] === changes[at]) to++;
    words.push(to - at === 1 ? `${changes[at]}` : `${changes[at]}*${to - at}`);
    at = to;
  }
  return words.join(' ');
}

/** What turns one head into the next where the plain step cannot, or is longer; without the digit for the new row. */
export function denseStep(before: string, head: string, plain: string | undefined): string | undefined {
  const mask = countedUp(before, head);
  if (mask !== undefined) return plain !== undefined && plain.length <= 2 ? undefined : `0${DIGITS[mask]}`;
  if (plain !== undefined) return undefined;
  let same = 0;
  while (same < head.length && head[same] === before[same]) same++;
  const dropped = before.length - same;
  const added = head.slice(same);
  return dropped > MAX_LONG || added.length > MAX_LONG
    ? undefined
    : `00${DIGITS[dropped]}${DIGITS[added.length]}${added}`;
}

/** Which numbers of a head count up by one to make the other, a bit for each, the last number's lowest. */
function countedUp(before: string, head: string): number | undefined {
  const numbers = before.match(/\d+/g)?.length ?? 0;
  for (let mask = 1; mask < 1 << Math.min(numbers, MAX_NUMBERS); mask++)
    if (countUp(before, mask) === head) return mask;
  return undefined;
}

/** Counts numbers of a head up by one; each keeps at least as many digits as it has. */
export function countUp(head: string, mask: number): string {
  const count = head.match(/\d+/g)?.length ?? 0;
  let at = count;
  return head.replace(/\d+/g, (number) => {
    at--;
    return at < MAX_NUMBERS && (mask >> at) & 1 ? `${BigInt(number) + 1n}`.padStart(number.length, '0') : number;
  });
}
