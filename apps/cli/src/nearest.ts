// 'Did you mean': the known words that are at most two typing errors away from the one that was given.

/** Edit distance with swaps of neighbours (optimal string alignment); stops counting past `limit`. */
export function editDistance(a: string, b: string, limit: number): number {
  if (Math.abs(a.length - b.length) > limit) return limit + 1;
  let before: number[] = [];
  let above = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let row = 1; row <= a.length; row++) {
    const current = [row];
    for (let column = 1; column <= b.length; column++) {
      const same = a[row - 1] === b[column - 1];
      let cost = Math.min(above[column]! + 1, current[column - 1]! + 1, above[column - 1]! + (same ? 0 : 1));
      if (row > 1 && column > 1 && a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1]) {
        cost = Math.min(cost, before[column - 2]! + 1);
      }
      current.push(cost);
    }
    if (Math.min(...current) > limit) return limit + 1;
    before = above;
    above = current;
  }
  return above[b.length]!;
}

/** The known words near to `word`, nearest first, at most `count`. A word that `word` begins counts as near. */
export function nearest(word: string, known: Iterable<string>, count = 3): string[] {
  const limit = Math.max(1, Math.floor(word.length / 3));
  const lower = word.toLowerCase();
  const ranked: [number, string][] = [];
  for (const candidate of known) {
    let distance = editDistance(lower, candidate.toLowerCase(), limit);
    if (distance > limit && lower.length > 1 && candidate.toLowerCase().startsWith(lower)) distance = limit;
    if (distance <= limit) ranked.push([distance, candidate]);
  }
  return ranked
    .sort((x, y) => x[0] - y[0] || (x[1] < y[1] ? -1 : 1))
    .slice(0, count)
    .map(([, candidate]) => candidate);
}
