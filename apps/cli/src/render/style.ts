// Colours, by meaning. Commands say what a piece of text is; how that looks is decided here.

export interface Style {
  /** A heading or a table's first line. */
  head(text: string): string;
  /** The name that was asked for. */
  name(text: string): string;
  /** What is there for completeness: units, hints, holes. */
  dim(text: string): string;
  good(text: string): string;
  bad(text: string): string;
  warn(text: string): string;
}

const paint =
  (open: number, close: number) =>
  (text: string): string =>
    text === '' ? text : `\x1b[${open}m${text}\x1b[${close}m`;
const same = (text: string): string => text;

export const COLOURED: Style = {
  head: paint(1, 22),
  name: paint(36, 39),
  dim: paint(2, 22),
  good: paint(32, 39),
  bad: paint(31, 39),
  warn: paint(33, 39),
};

export const PLAIN: Style = { head: same, name: same, dim: same, good: same, bad: same, warn: same };

/** https://no-color.org: any non-empty NO_COLOR turns colours off; FORCE_COLOR turns them on for a pipe. */
export function wantsColour(env: Readonly<Record<string, string | undefined>>, isTerminal: boolean): boolean {
  if (env['NO_COLOR']) return false;
  if (env['FORCE_COLOR'] && env['FORCE_COLOR'] !== '0') return true;
  return isTerminal && env['TERM'] !== 'dumb';
}

/** How many columns a text takes on a terminal, colours not counted. */
export function visibleWidth(text: string): number {
  // Every name and number that btfq prints is ASCII, or Latin text of one column a character.
  return text.replace(/\x1b\[[0-9;]*m/g, '').length;
}
