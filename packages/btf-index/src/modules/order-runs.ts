// Stores a sequence as a difference from another: the order in which it takes up the items of a list, and where it has new ones.
// Linkers and pahole's threads write the parts of a module in another order at each build, and what two parts share stands in the
// first of them: some items move, and those after them follow in the same order.
//
// It is a list of runs of consecutive items, in which items that came before are passed over. Each run says where it begins:
//   0 new items; 1 where the previous run ended; 2 where the run before that ended; 3 at the first item that is left; or else how
//   far from where the previous run ended.

import type { VarintReader, VarintWriter } from '../varints.ts';

const NEW = 0;
const ON = 1;
const BACK = 2;
const FIRST = 3;
const JUMP = 4;
const MAX_ITEMS = 1 << 24;

/** Which items have come, and the next that has not. */
class Left {
  readonly used: Uint8Array;
  private first = 0;

  constructor(count: number) {
    this.used = new Uint8Array(count + 1);
  }

  /** The first item from `at` on that is left; the count where none is. */
  from(at: number): number {
    const { used } = this;
    const end = used.length - 1;
    while (at < end && used[at] === 1) at++;
    return at;
  }

  get least(): number {
    this.first = this.from(this.first);
    return this.first;
  }
}

/** Writes `sequence`, of items of a list of `count`, each at most once, and -1 for new ones. */
export function encodeOrder(sequence: Int32Array, count: number, begins: VarintWriter, lengths: VarintWriter): void {
  const left = new Left(count);
  let end = 0;
  let before = 0;
  for (let i = 0; i < sequence.length; ) {
    const start = i;
    let item = sequence[i]!;
    if (item < 0) {
      while (i < sequence.length && sequence[i]! < 0) i++;
      begins.add(NEW);
      lengths.add(i - start);
      continue;
    }
    const on = left.from(end);
    if (item === on) begins.add(ON);
    else {
      if (item === left.from(before)) begins.add(BACK);
      else if (item === left.least) begins.add(FIRST);
      else begins.add(JUMP + (item < on ? 2 * (on - item) - 1 : 2 * (item - on)));
      before = end;
    }
    do {
      left.used[item] = 1;
      item = left.from(item + 1);
      i++;
    } while (i < sequence.length && sequence[i] === item);
    end = item;
    lengths.add(i - start);
  }
}

/** Reads until `begins` is done. Throws RangeError where an item is not there, or comes twice. */
export function decodeOrder(count: number, begins: VarintReader, lengths: VarintReader): Int32Array {
  const left = new Left(count);
  let sequence = new Int32Array(Math.max(count, 16));
  let size = 0;
  let end = 0;
  let before = 0;
  while (!begins.done) {
    const code = begins.next();
    const length = lengths.next();
    if (length === 0 || size + length > MAX_ITEMS) throw new RangeError('a run has no length, or too much');
    if (size + length > sequence.length) {
      const more = new Int32Array((size + length) * 2);
      more.set(sequence);
      sequence = more;
    }
    if (code === NEW) {
      sequence.fill(-1, size, size + length);
      size += length;
      continue;
    }
    let item = left.from(end);
    if (code !== ON) {
      if (code === BACK) item = left.from(before);
      else if (code === FIRST) item = left.least;
      else {
        const turned = code - JUMP;
        item += turned % 2 === 1 ? -(turned + 1) / 2 : turned / 2;
      }
      before = end;
    }
    for (let i = 0; i < length; i++) {
      if (item < 0 || item >= count || left.used[item] === 1) throw new RangeError('a run exceeds its list');
      left.used[item] = 1;
      sequence[size++] = item;
      item = left.from(item + 1);
    }
    end = item;
  }
  return sequence.subarray(0, size);
}
