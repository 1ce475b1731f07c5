// Names as one text give what going through them one by one does.
import { expect, test } from 'vitest';
import { editDistance } from '../src/query/did-you-mean.ts';
import { alike } from '../src/search/like.ts';
import { NameText } from '../src/search/name-text.ts';

const LETTERS = 'abB_';
let seed = 7;
const random = (below: number) => (seed = (seed * 1103515245 + 12345) % 2147483648) % below;
const word = (most: number) => Array.from({ length: random(most) }, () => LETTERS[random(LETTERS.length)]).join('');
const names = ['', ...new Set(Array.from({ length: 3000 }, () => word(12)))];
const joined = `\n${names.join('\n')}\n`;
const text = new NameText(joined, joined.toLowerCase());

test('all names, in their order', () => {
  expect(text.all()).toEqual(names);
});

test.each([1, 2, 3, 5, 6, 8, 11])('what has a text of %i letters inside, and what is like it', (length) => {
  for (let i = 0; i < 20; i++) {
    const asked = Array.from({ length }, () => LETTERS[random(LETTERS.length)]?.toLowerCase()).join('');
    const most = 1 + random(3);
    const lower = names.map((name) => name.toLowerCase());
    expect(text.containing(asked)).toEqual(names.filter((_, at) => lower[at]!.includes(asked)));
    const like = names.filter((_, at) => alike(lower[at]!, asked) && editDistance(asked, lower[at]!, most) <= most);
    expect(text.like(asked, most).sort()).toEqual(like.sort());
  }
});
