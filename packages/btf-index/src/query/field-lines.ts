// The lines that say what became of a field, one difference each.

/** Where a field is. */
export interface Place {
  readonly offset: number;
  readonly bitOffset: number;
  readonly bitSize: number | null;
}

/** A field that is elsewhere. */
export interface Move {
  readonly name: string;
  readonly before: Place;
  readonly after: Place;
}

export function changed(what: string, from: string | number, to: string | number): string[] {
  return from === to ? [] : [`${what} changed from ${from} to ${to}`];
}

export function removedLine(name: string, type: string, was: Place): string {
  return `field ${name} removed, was ${type} at ${place(was)}`;
}

export function addedLine(name: string, type: string, is: Place): string {
  return `field ${name} added, ${type} at ${place(is)}`;
}

export function typeLine(name: string, from: string, to: string): string {
  return `field ${name} changed type from ${from} to ${to}`;
}

export function sizeLine(name: string, from: number | null, to: number | null): string {
  return `field ${name} changed size from ${from ?? 'none'} to ${to ?? 'none'}`;
}

export function widthLine(name: string, from: number | null, to: number | null): string {
  return `field ${name} changed width from ${from ?? 'none'} to ${to ?? 'none'} bits`;
}

/** Moves in the old order; fields that go together by the same distance are one line. */
export function moveLines(moves: readonly Move[]): string[] {
  const distance = (move: Move | undefined) => (move ? move.after.bitOffset - move.before.bitOffset : Number.NaN);
  const lines: string[] = [];
  for (let from = 0; from < moves.length; ) {
    const first = moves[from] as Move;
    let to = from + 1;
    while (distance(moves[to]) === distance(first)) to++;
    const last = moves[to - 1] as Move;
    const bits = distance(first);
    const by = bits % 8 === 0 ? `${Math.abs(bits / 8)} bytes` : `${Math.abs(bits)} bits`;
    if (to - from === 1) lines.push(`field ${first.name} moved from ${place(first.before)} to ${place(first.after)}`);
    else {
      lines.push(
        `${to - from} fields from ${first.name} to ${last.name} moved ${bits > 0 ? 'back' : 'forward'} by ${by}`,
      );
    }
    from = to;
  }
  return lines;
}

export function place({ offset, bitOffset, bitSize }: Place): string {
  return bitSize === null ? String(offset) : `${offset}:${bitOffset % 8}`;
}
