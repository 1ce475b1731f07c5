// Which names may be like a text that none begins with: those that differ from it in few letters, and not at both ends. So there
// are two neighbourhoods of a text to look in, whatever lists the names are read from.

/** Texts up to this length are like any name in which few of their letters differ. */
const SHORT = 5;
/** Letters at either end. */
const LETTERS = 3;

/** How long a name can be that is like a short text. */
export const LONGEST_LIKE_SHORT = SHORT + 2;

export function isShort(lower: string): boolean {
  return lower.length <= SHORT;
}

export function firstLetters(lower: string): string {
  return lower.slice(0, LETTERS);
}

/** The last letters, from the last to the first. */
export function lastLetters(lower: string): string {
  return [...lower.slice(-LETTERS)].reverse().join('');
}

/** Whether a name in lower case has the same letters as a text at one of its ends. */
export function alike(name: string, lower: string): boolean {
  return isShort(lower) || name.startsWith(firstLetters(lower)) || name.endsWith(lower.slice(-LETTERS));
}
