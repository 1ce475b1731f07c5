// The letter by which tables name one of several forms: A to Z, then numbers.
export const formName = (i: number): string => (i < 0 ? '' : i < 26 ? String.fromCharCode(65 + i) : String(i + 1));
