// The pieces of a published file's names, by which it is known where names with a text inside are listed: see
// ../publish/pieces.ts, which chooses them.

import { VarintReader, VarintWriter } from '../varints.ts';

/** Pieces in lower case, by what they say. Every part of a frequent piece is frequent, too. */
export interface PieceTable {
  /** How many names are listed as the first of a frequent piece; the lists follow each other in this order. */
  readonly frequent: ReadonlyMap<string, number>;
  /** The number of the list that has all names of a rare piece. */
  readonly rare: ReadonlyMap<string, number>;
}

/** As a tree in preorder, by columns: of each frequent piece the characters that make one a character longer. */
export function encodePieces({ frequent, rare }: PieceTable): Uint8Array {
  const children = new Map<string, string[]>([['', []]]);
  for (const piece of frequent.keys()) children.set(piece, []);
  for (const piece of [...frequent.keys(), ...rare.keys()]) children.get(piece.slice(0, -1))?.push(piece);
  const [counts, characters, lists] = [new VarintWriter(), new VarintWriter(), new VarintWriter()];
  const visit = (piece: string): void => {
    const own = (children.get(piece) as string[]).sort();
    counts.add(own.length);
    for (const child of own) {
      characters.add(child.charCodeAt(child.length - 1));
      const list = rare.get(child);
      lists.add(list === undefined ? 0 : list + 1);
      if (list !== undefined) continue;
      counts.add(frequent.get(child)!);
      visit(child);
    }
  };
  visit('');
  const out = new VarintWriter();
  for (const column of [counts, characters, lists]) out.add(column.length);
  for (const column of [counts, characters, lists]) out.addBytes(column.view());
  return out.finish();
}

/** Throws RangeError. */
export function decodePieces(bytes: Uint8Array): PieceTable {
  const input = new VarintReader(bytes);
  const lengths = [input.next(), input.next(), input.next()];
  const [counts, characters, lists] = lengths.map((length) => new VarintReader(input.nextBytes(length)));
  const frequent = new Map<string, number>();
  const rare = new Map<string, number>();
  const next = (column: VarintReader | undefined) => (column as VarintReader).next();
  const visit = (piece: string): void => {
    for (let left = next(counts); left > 0; left--) {
      const child = piece + String.fromCharCode(next(characters));
      const list = next(lists);
      if (list > 0) rare.set(child, list - 1);
      else {
        frequent.set(child, next(counts));
        visit(child);
      }
    }
  };
  visit('');
  return { frequent, rare };
}

/** The rare pieces inside of a text that is no frequent one; undefined where it has one that no name has. */
export function rarePieces(text: string, { frequent, rare }: PieceTable): string[] | undefined {
  const found: string[] = [];
  for (let at = 0; at < text.length; at++) {
    let end = at + 1;
    while (end <= text.length && frequent.has(text.slice(at, end))) end++;
    if (end > text.length) break;
    const piece = text.slice(at, end);
    if (rare.has(piece)) found.push(piece);
    else if (piece.length === 1 || frequent.has(piece.slice(1))) return undefined;
  }
  return found;
}
