// Items of one content (strings, types) as pieces of a base's items and of items that deltas brought, so that a content on the way to another
// need not be made.

/** All items that contents of a chain are made of: those of the base, and behind them what deltas brought. */
export class Items {
  /** How many the base has. */
  readonly own: number;
  private readonly starts: Uint32Array;
  /** Where those that deltas brought begin, one behind the other, and where the last one ends. */
  private readonly added: number[] = [0];

  /** `starts`: where the base's begin, and where the last one ends. */
  constructor(starts: Uint32Array) {
    this.starts = starts;
    this.own = starts.length - 1;
  }

  /** The number of the next item that a delta brings. */
  get next(): number {
    return this.own + this.added.length - 1;
  }

  /** Where all that deltas brought ends. */
  get end(): number {
    return this.added.at(-1)!;
  }

  add(size: number): void {
    this.added.push(this.end + size);
  }

  /** How far item `to` begins behind item `from`, both of the same side; `to` may be the end of it. */
  distance(from: number, to: number): number {
    const { own, starts, added } = this;
    return from < own ? starts[to]! - starts[from]! : added[to - own]! - added[from - own]!;
  }

  /** Where an item begins: in the base, or in what deltas brought. */
  start(item: number): number {
    return item < this.own ? this.starts[item]! : this.added[item - this.own]!;
  }

  /** The last item of a piece that begins at most `distance` behind its first. */
  last(first: number, length: number, distance: number): number {
    let low = first;
    let high = first + length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (this.distance(first, middle) <= distance) low = middle;
      else high = middle - 1;
    }
    return low;
  }
}

export class Pieces {
  readonly items: Items;
  /** By piece: its first item, the number of that here, and where it begins here. */
  readonly item: number[] = [];
  readonly first: number[] = [];
  readonly at: number[] = [];
  /** How many items there are, and where the last one ends. */
  count = 0;
  end = 0;

  constructor(items: Items) {
    this.items = items;
  }

  /** Items that come next; they are all the base's or all of deltas. */
  add(item: number, length: number): void {
    if (length === 0) return;
    const { items } = this;
    const last = this.item.length - 1;
    const goesOn = last >= 0 && this.item[last]! + this.count - this.first[last]! === item && item !== items.own;
    if (!goesOn) {
      this.item.push(item);
      this.first.push(this.count);
      this.at.push(this.end);
    }
    this.count += length;
    this.end += items.distance(item, item + length);
  }

  /** The number of the first item behind a piece. */
  stop(piece: number): number {
    return this.first[piece + 1] ?? this.count;
  }

  /** Where an item begins; for the number behind the last one, where all ends. */
  start(number: number): number {
    if (number >= this.count) return this.end;
    const piece = lastAtMost(this.first, number);
    const item = this.item[piece]!;
    return this.at[piece]! + this.items.distance(item, item + number - this.first[piece]!);
  }

  /** The item that a number is. */
  itemOf(number: number): number {
    const piece = lastAtMost(this.first, number);
    return this.item[piece]! + number - this.first[piece]!;
  }

  /** The number of the item that a place lies in. */
  numberAt(place: number): number {
    const piece = lastAtMost(this.at, place);
    const [item, first] = [this.item[piece]!, this.first[piece]!];
    return first + this.items.last(item, this.stop(piece) - first, place - this.at[piece]!) - item;
  }

  /** Adds items of this content to another one. */
  copy(from: number, length: number, to: Pieces): void {
    if (length === 0) return;
    const { item, first } = this;
    for (let piece = lastAtMost(first, from); ; piece++) {
      const begin = Math.max(first[piece]!, from);
      const stop = Math.min(this.stop(piece), from + length);
      to.add(item[piece]! + begin - first[piece]!, stop - begin);
      if (stop === from + length) return;
    }
  }

  /** The same with some items replaced, given in order of their numbers. */
  replaced(others: readonly { readonly number: number; readonly item: number }[]): Pieces {
    if (others.length === 0) return this;
    const all = new Pieces(this.items);
    for (const { number, item } of others) {
      this.copy(all.count, number - all.count, all);
      all.add(item, 1);
    }
    this.copy(all.count, this.count - all.count, all);
    return all;
  }
}

/** The index of the last of ascending numbers that is at most this. */
export function lastAtMost(numbers: readonly number[], most: number): number {
  let low = 0;
  let high = numbers.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (numbers[middle]! <= most) low = middle;
    else high = middle - 1;
  }
  return low;
}
