// The texts of all names at once, for questions that tell so many of them that looking each up would take longer.

import type { BtfIndex } from './btf-index.ts';
import { numbersOf } from './columns.ts';
import { isPublished } from './published-parts.ts';

/** From so many names on it is worth while to ask how many there are. */
const MANY_NAMES = 5_000;
/** Reading so many names one after the other costs what looking one up does. */
const NAMES_FOR_ONE = 10;

export class EveryText {
  /** All names between newlines, and by id where each is: `ends` is one behind it, 0 for none. */
  private readonly joined: string;
  private readonly starts: Uint32Array;
  private readonly ends: Uint32Array;

  private constructor(joined: string, starts: Uint32Array, ends: Uint32Array) {
    this.joined = joined;
    this.starts = starts;
    this.ends = ends;
  }

  /** Reads all names, where so many are wanted that this is quicker than looking each up; else undefined. */
  static forMany(index: BtfIndex, wanted: number): EveryText | undefined {
    if (wanted < MANY_NAMES) return undefined;
    const [last] = index.statement('SELECT max(id) FROM name').get() as [number];
    if (last > wanted * NAMES_FOR_ONE || isPublished(index)) return undefined;
    const [count, joined] = index
      .statement('SELECT count(*), group_concat(text, char(10)) FROM name NOT INDEXED')
      .get() as [number, string];
    const ids = count === last + 1 ? undefined : idsOfNames(index); // from 0 on, where none was removed
    const starts = new Uint32Array(last + 1);
    const ends = new Uint32Array(last + 1);
    let start = 0;
    for (let i = 0; i < count; i++) {
      const newline = joined.indexOf('\n', start);
      const end = newline < 0 ? joined.length : newline;
      const id = ids === undefined ? i : ids[i]!;
      starts[id] = start;
      ends[id] = end + 1;
      start = end + 1;
    }
    // else there is a name with a newline in it
    return start === joined.length + 1 ? new EveryText(joined, starts, ends) : undefined;
  }

  /** The text of a name; undefined where there is none. */
  of(name: number): string | undefined {
    const end = this.ends[name] ?? 0;
    return end > 0 ? this.joined.slice(this.starts[name]!, end - 1) : undefined;
  }
}

function idsOfNames(index: BtfIndex): readonly number[] {
  const [list] = index.statement('SELECT json_group_array(id) FROM name NOT INDEXED').get() as [string];
  return numbersOf(list);
}
