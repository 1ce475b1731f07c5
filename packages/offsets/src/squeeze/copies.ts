// Which bytes of a text are said as copies: the cheapest way through it by given odds.

import {
  type BitCoder,
  codeByte,
  codeDistance,
  codeTree,
  LONGEST,
  PLACE,
  SCALE_BITS,
  SHORTEST,
  type Step,
} from './steps.ts';

/** How many earlier places are looked at for each byte. */
const MOST_TRIED = 48;
/** Prices are in sixteenths of a bit, whole numbers, so that every machine chooses alike. */
const PRICES = Uint16Array.from({ length: (1 << SCALE_BITS) + 1 }, (_, odds) =>
  Math.round(-16 * Math.log2(Math.max(odds, 1) / (1 << SCALE_BITS))),
);

/** Sums up what bits cost. */
class Price implements BitCoder {
  private readonly odds: Uint16Array;
  sum = 0;

  constructor(odds: Uint16Array) {
    this.odds = odds;
  }

  bit(place: number, value: number): number {
    const odds = this.odds[place]!;
    this.sum += PRICES[value === 0 ? odds : (1 << SCALE_BITS) - odds]!;
    return value;
  }

  of(code: () => void): number {
    this.sum = 0;
    code();
    return this.sum;
  }
}

/** The steps that make a text. */
export function cheapestSteps(bytes: Uint8Array, odds: Uint16Array): Step[] {
  const price = new Price(odds);
  const flag = (place: number, value: number) => price.of(() => void price.bit(place, value));
  const lengths = (place: number) =>
    Float64Array.from({ length: LONGEST + 1 }, (_, length) =>
      length < SHORTEST ? Infinity : price.of(() => void codeTree(price, place, 8, length - SHORTEST)),
    );
  // by the flags after a byte and a byte: which flags it will be is not known yet
  const [asByte, asCopy] = [flag(PLACE.flag, 0), flag(PLACE.flag, 1)];
  const newLengths = lengths(PLACE.length).map((one) => one + asCopy + flag(PLACE.repeat, 0));
  const sameLengths = lengths(PLACE.repeatLength).map((one) => one + asCopy + flag(PLACE.repeat, 1));
  const cost = new Float64Array(bytes.length + 1).fill(Infinity);
  const length = new Uint16Array(bytes.length + 1);
  const distance = new Int32Array(bytes.length + 1);
  /** The distance of the last copy on the cheapest way to a place. */
  const last = new Int32Array(bytes.length + 1);
  const earlier = new EarlierPlaces(bytes);
  cost[0] = 0;
  const reach = (to: number, at: number, price: number, how: number, from: number) => {
    const sum = cost[at]! + price;
    if (sum >= cost[to]!) return;
    cost[to] = sum;
    length[to] = how;
    distance[to] = from;
    last[to] = how === 0 ? last[at]! : from;
  };
  for (let at = 0; at < bytes.length; at++) {
    const byte = price.of(() => void codeByte(price, bytes[at - 1] ?? 0, bytes[at]!));
    reach(at + 1, at, asByte + byte, 0, 0);
    const same = last[at]!;
    const most = same > 0 ? earlier.alike(at, at - same) : 0;
    for (let n = SHORTEST; n <= most; n++) reach(at + n, at, sameLengths[n]!, n, same);
    for (const { place, shorter, longest } of earlier.longer(at)) {
      if (most === LONGEST) break; // nothing is cheaper
      const back = at - place;
      const far = price.of(() => void codeDistance(price, back));
      for (let n = shorter + 1; n <= longest; n++) reach(at + n, at, far + newLengths[n]!, n, back);
    }
  }
  const steps: Step[] = [];
  for (let at = bytes.length; at > 0; at -= Math.max(1, length[at]!))
    steps.push({ byte: bytes[at - 1]!, length: length[at]!, distance: distance[at]! });
  return steps.reverse();
}

/** Earlier places where a text has the same three bytes, the nearest first. */
class EarlierPlaces {
  private readonly bytes: Uint8Array;
  private readonly nearest = new Map<number, number>();
  private readonly next: Int32Array;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
    this.next = new Int32Array(bytes.length).fill(-1);
  }

  /** How many bytes at a place are those of an earlier one. */
  alike(at: number, place: number): number {
    let n = 0;
    while (n < LONGEST && at + n < this.bytes.length && this.bytes[at + n] === this.bytes[place + n]) n++;
    return n;
  }

  /** Places with ever longer copies. Every place of the text is to be asked for once, in order. */
  *longer(at: number): Generator<{ place: number; shorter: number; longest: number }, void> {
    const { bytes } = this;
    if (at + SHORTEST >= bytes.length) return;
    const key = (bytes[at]! << 16) | (bytes[at + 1]! << 8) | bytes[at + 2]!;
    const first = this.nearest.get(key) ?? -1;
    this.next[at] = first;
    this.nearest.set(key, at);
    let shorter = SHORTEST;
    for (let place = first, tried = 0; place >= 0 && tried < MOST_TRIED; place = this.next[place]!, tried++) {
      if (bytes[place + shorter] !== bytes[at + shorter]) continue;
      const longest = this.alike(at, place);
      if (longest <= shorter) continue;
      yield { place, shorter, longest };
      shorter = longest;
      if (longest === LONGEST) return;
    }
  }
}
