// Colours, by meaning. Commands say what a piece of text is; how that looks is decided here.

import { stripVTControlCharacters, styleText } from 'node:util';

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

/** Whether colours are wanted at all is decided by `wantsColour`, so `styleText` is not to ask the stream again. */
const paint =
  (format: Parameters<typeof styleText>[0]) =>
  (text: string): string =>
    text === '' ? text : styleText(format, text, { validateStream: false });
const same = (text: string): string => text;

export const COLOURED: Style = {
  head: paint('bold'),
  name: paint('cyan'),
  dim: paint('dim'),
  good: paint('green'),
  bad: paint('red'),
  warn: paint('yellow'),
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
  return stripVTControlCharacters(text).length;
}
