// Words that are like another: for 'did you mean', and for searching when nothing matches better.

/** How many of two words' letters differ (insert, delete, replace, swap neighbours); above `most` it stops counting. */
export function editDistance(a: string, b: string, most: number): number {
  if (Math.abs(a.length - b.length) > most) return most + 1;
  let before: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    let least = i;
    for (let j = 1; j <= b.length; j++) {
      const same = a.charCodeAt(i - 1) === b.charCodeAt(j - 1);
      let cost = Math.min(last[j]! + 1, row[j - 1]! + 1, last[j - 1]! + (same ? 0 : 1));
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        cost = Math.min(cost, before[j - 2]! + 1);
      }
      row.push(cost);
      if (cost < least) least = cost;
    }
    if (least > most) return most + 1;
    before = last;
    last = row;
  }
  return last[b.length]!;
}

/** How many differing letters still count as near, by the length of what was asked. */
export function nearEnough(length: number): number {
  return length <= 3 ? 1 : length <= 8 ? 2 : 3;
}

/** Places before all that differs in letters. */
const BEGINS = -2;
const INSIDE = -1;

/**
 * The distinct words nearest to one, best first: those that begin with it, those that have it inside, those of which few letters
 * differ. A mistake is hardly ever a part of another name, so who asked for a part of a name left out the rest.
 */
export function nearWords(word: string, words: Iterable<string>, limit = 3): string[] {
  const lower = word.toLowerCase();
  if (lower === '') return [];
  const most = nearEnough(word.length);
  const found = new Map<string, number>();
  for (const other of words) {
    if (other === '' || found.has(other)) continue;
    const otherLower = other.toLowerCase();
    const at = lower.length >= 3 ? otherLower.indexOf(lower) : -1;
    const distance = at < 0 ? editDistance(lower, otherLower, most) : at === 0 ? BEGINS : INSIDE;
    if (distance > most) continue;
    found.set(other, distance);
  }
  return [...found]
    .sort((a, b) => a[1] - b[1] || a[0].length - b[0].length || (a[0] < b[0] ? -1 : 1))
    .slice(0, limit)
    .map(([other]) => other);
}
