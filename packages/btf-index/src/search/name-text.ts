// The names of an index as one text, for whoever searches once or twice: one row of the database brings them all, and they are
// looked through as they stand.

import { editDistance } from '../query/did-you-mean.ts';
import type { BtfIndex } from '../store/btf-index.ts';
import { firstLetters, isShort } from './like.ts';

const TEXT = Symbol('names as one text');

/** The names of all that has one, declared or not. Undefined where they cannot be written so. */
export function nameText(index: BtfIndex): NameText | undefined {
  return index.cached(TEXT, () => {
    const [joined, count] = index
      .statement('SELECT group_concat(text, char(10)), count(*) FROM name NOT INDEXED')
      .get() as [string | null, number];
    const text = `\n${joined ?? ''}\n`;
    const lower = text.toLowerCase();
    let newlines = 0;
    for (let at = 0; at >= 0; at = text.indexOf('\n', at + 1)) newlines++;
    return newlines !== count + 1 || lower.length !== text.length ? undefined : new NameText(text, lower);
  });
}

/** Each name between newlines, and the same in lower case. What is asked for has no newline. */
export class NameText {
  private readonly text: string;
  private readonly lower: string;

  constructor(text: string, lower: string) {
    this.text = text;
    this.lower = lower;
  }

  /** All names, in the order of their ids. */
  all(): string[] {
    return this.text.slice(1, -1).split('\n');
  }

  /** Names that have `part` inside. */
  containing(part: string): string[] {
    const { lower, text } = this;
    const found: string[] = [];
    for (let at = lower.indexOf(part); at >= 0; ) {
      const end = lower.indexOf('\n', at);
      found.push(text.slice(lower.lastIndexOf('\n', at) + 1, end));
      at = lower.indexOf(part, end);
    }
    return found;
  }

  /** Names that are `alike` a text at one end, and of which at most so many letters differ from it. */
  like(asked: string, most: number): string[] {
    const { lower, text } = this;
    const places = new Set<number>();
    if (isShort(asked)) for (let at = 0; at < lower.length - 1; at = lower.indexOf('\n', at + 1)) places.add(at + 1);
    else {
      const begin = `\n${firstLetters(asked)}`;
      for (let at = lower.indexOf(begin); at >= 0; at = lower.indexOf(begin, at + 1)) places.add(at + 1);
      const end = `${asked.slice(-firstLetters(asked).length)}\n`;
      for (let at = lower.indexOf(end); at >= 0; at = lower.indexOf(end, at + 1)) {
        places.add(lower.lastIndexOf('\n', at) + 1);
      }
    }
    const found: string[] = [];
    for (const start of places) {
      const end = lower.indexOf('\n', start);
      if (Math.abs(end - start - asked.length) > most) continue;
      if (editDistance(lower.slice(start, end), asked, most) <= most) found.push(text.slice(start, end));
    }
    return found;
  }
}
