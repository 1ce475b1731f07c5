// Where the strings of one section begin in another: long runs of strings that were only moved, so that a block of the section
// mostly has one distance. A table of every offset says the same in four times as many bytes as the section has, and
// filling it took longer than all that was asked of it.

/** A block of offsets in bytes, as a shift. */
export const BLOCK = 6;
/** Of a block that has no one distance. */
export const MIXED = 0x7fffffff;

/** Runs of strings: where each begins in the base and where it ends, in bytes, and how far it is moved. */
export interface MovedStrings {
  readonly from: number[];
  readonly end: number[];
  readonly shift: number[];
}

export class StringMap {
  /** The base's. */
  readonly section: Uint8Array;
  /** In order of where runs begin; undefined where some overlap. */
  readonly moved: MovedStrings | undefined;
  /** By offset, where runs overlap: then the last one counts. */
  private readonly table: Uint32Array | undefined;
  private readonly number = ++lastNumber;

  /** `section` is the base's. */
  constructor(section: Uint8Array, moved: MovedStrings) {
    this.section = section;
    this.moved = ordered(moved);
    if (this.moved === undefined) this.table = tableOf(section, moved);
  }

  /**
   * By blocks of the base's section how far all of the block is moved, or MIXED: for loops that ask for hundreds of thousands. They lie in
   * memory that the next map takes when it is asked for its own.
   */
  get blocks(): Int32Array {
    const count = (this.section.length >> BLOCK) + 1;
    if (blocksOf === this.number) return blockMemory.subarray(0, count);
    blocksOf = this.number;
    if (blockMemory.length < count) blockMemory = new Int32Array(Math.ceil(count * 1.25));
    const blocks = blockMemory.subarray(0, count).fill(MIXED);
    return this.moved === undefined ? blocks : fillShifts(blocks, this.moved);
  }

  /**
   * Where the string that begins at an offset of the base is now: 0 where it is gone, and for the tail of a string. What lies
   * outside the section stays as it is.
   */
  of(offset: number): number {
    if (offset >= this.section.length) return offset;
    if (this.moved === undefined) return this.table![offset]!;
    if (offset > 0 && this.section[offset - 1] !== 0) return 0;
    const { from, end, shift } = this.moved;
    const run = begunAt(from, offset) - 1;
    return run >= 0 && offset < end[run]! ? offset + shift[run]! : 0;
  }

  /** This map and then the next one; undefined where one of them has runs that overlap. */
  and(next: StringMap): StringMap | undefined {
    if (this.moved === undefined || next.moved === undefined) return undefined;
    return new StringMap(this.section, joinedMoves(this.moved, next.moved));
  }
}

/** Strings that are moved twice; those that are moved a second time in order of where they begin then. */
export function joinedMoves({ from, end, shift }: MovedStrings, next: MovedStrings): MovedStrings {
  const all: MovedStrings = { from: [], end: [], shift: [] };
  for (let r = 0; r < from.length; r++) {
    const by = shift[r]!;
    const [first, last] = [from[r]! + by, end[r]! + by];
    for (let n = Math.max(begunAt(next.from, first) - 1, 0); n < next.from.length && next.from[n]! < last; n++) {
      const begin = Math.max(first, next.from[n]!);
      const stop = Math.min(last, next.end[n]!);
      if (begin >= stop) continue;
      all.from.push(begin - by);
      all.end.push(stop - by);
      all.shift.push(by + next.shift[n]!);
    }
  }
  return all;
}

/** Writes how far whole blocks are moved. */
export function fillShifts(blocks: Int32Array, { from, end, shift }: MovedStrings): Int32Array {
  for (let r = 0; r < from.length; r++) {
    const first = (from[r]! + (1 << BLOCK) - 1) >> BLOCK;
    const last = end[r]! >> BLOCK;
    if (last > first) blocks.fill(shift[r]!, first, last);
  }
  return blocks;
}

/** How many runs of `from` begin at or before `offset`. */
export function begunAt(from: readonly number[], offset: number): number {
  let low = 0;
  let high = from.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (from[middle]! <= offset) low = middle + 1;
    else high = middle;
  }
  return low;
}

let blockMemory = new Int32Array(0);
/** The number of the map whose blocks are there, and of the last that was made. */
let blocksOf = 0;
let lastNumber = 0;

/** The runs by where they begin; undefined where some overlap. */
export function ordered(moved: MovedStrings): MovedStrings | undefined {
  const overlap = ({ from, end }: MovedStrings) => from.some((start, r) => r > 0 && start < end[r - 1]!);
  if (!overlap(moved)) return moved;
  const order = Array.from(moved.from, (_, r) => r).sort((a, b) => moved.from[a]! - moved.from[b]!);
  const sorted = {
    from: order.map((r) => moved.from[r]!),
    end: order.map((r) => moved.end[r]!),
    shift: order.map((r) => moved.shift[r]!),
  };
  return overlap(sorted) ? undefined : sorted;
}

function tableOf(section: Uint8Array, { from, end, shift }: MovedStrings): Uint32Array {
  const table = new Uint32Array(section.length);
  for (let r = 0; r < from.length; r++) {
    for (let at = from[r]!; at < end[r]!; at++) {
      if (at === 0 || section[at - 1] === 0) table[at] = at + shift[r]!;
    }
  }
  return table;
}
