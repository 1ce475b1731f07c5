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
  /** The base's, and by blocks of it how far all of the block is moved, or MIXED: for loops that ask for hundreds of thousands. */
  readonly section: Uint8Array;
  private readonly moved: MovedStrings;
  readonly blocks: Int32Array;
  /** By offset, where runs overlap: then the last one counts. */
  private readonly table: Uint32Array | undefined;

  /** `section` is the base's. The blocks lie in memory that the next map takes: one map is asked at a time. */
  constructor(section: Uint8Array, moved: MovedStrings) {
    this.section = section;
    const count = (section.length >> BLOCK) + 1;
    if (blockMemory.length < count) blockMemory = new Int32Array(Math.ceil(count * 1.25));
    this.blocks = blockMemory.subarray(0, count).fill(MIXED);
    const inOrder = ordered(moved);
    if (inOrder === undefined) {
      this.moved = moved;
      this.table = tableOf(section, moved);
      return;
    }
    this.moved = inOrder;
    const { from, end, shift } = inOrder;
    for (let r = 0; r < from.length; r++) {
      const first = (from[r]! + (1 << BLOCK) - 1) >> BLOCK;
      const last = end[r]! >> BLOCK;
      if (last > first) this.blocks.fill(shift[r]!, first, last);
    }
  }

  /**
   * Where the string that begins at an offset of the base is now: 0 where it is gone, and for the tail of a string. What lies
   * outside the section stays as it is.
   */
  of(offset: number): number {
    const { blocks, section } = this;
    const block = offset >>> BLOCK;
    if (block < blocks.length) {
      const shift = blocks[block]!;
      if (shift !== MIXED) return offset === 0 || section[offset - 1] === 0 ? offset + shift : 0;
    }
    return this.search(offset);
  }

  private search(offset: number): number {
    if (offset >= this.section.length) return offset;
    if (this.table !== undefined) return this.table[offset]!;
    if (offset > 0 && this.section[offset - 1] !== 0) return 0;
    const { from, end, shift } = this.moved;
    let low = 0;
    let high = from.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (from[middle]! <= offset) low = middle + 1;
      else high = middle;
    }
    const run = low - 1;
    return run >= 0 && offset < end[run]! ? offset + shift[run]! : 0;
  }
}

let blockMemory = new Int32Array(0);

/** The runs by where they begin; undefined where some overlap. */
function ordered(moved: MovedStrings): MovedStrings | undefined {
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
