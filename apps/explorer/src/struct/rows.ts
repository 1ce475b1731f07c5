// Where blocks stand: rows of so many bytes, and lanes within a row where members overlap (unions).
import type { Member } from './members.ts';

/** A part of a block within one row, in parts of the row's width. */
export interface Segment {
  readonly member: Member;
  /** 0 for the part where the member begins. */
  readonly part: number;
  readonly last: boolean;
  readonly row: number;
  readonly lane: number;
  readonly lanes: number;
  /** Of the row's width: 0 to 1. */
  readonly left: number;
  readonly width: number;
}

/** A row, or many rows that one member fills, drawn as one. */
export interface Row {
  /** First byte of the row. */
  readonly offset: number;
  /** How many rows it stands for. */
  readonly stands: number;
  readonly lanes: number;
}

/** A drawing: rows from the top, and the parts of blocks in them. */
export interface Drawing {
  readonly rows: readonly Row[];
  readonly segments: readonly Segment[];
}

/** From so many rows on that one member fills, they are drawn as one. */
const LONG_RUN = 4;

/** Draws members and holes (in order of place) in rows of `rowBytes`. */
export function draw(blocks: readonly Member[], size: number, rowBytes: number): Drawing {
  const rowBits = rowBytes * 8;
  const count = Math.max(1, Math.ceil((size * 8) / rowBits));
  const laned = lanesOf(blocks);
  const rows: Row[] = [];
  const rowAt = new Map<number, number>();
  const perRow: { member: Member; lane: number; lanes: number }[][] = Array.from({ length: count }, () => []);
  for (const one of laned) {
    const last = Math.min(count - 1, Math.floor((one.member.start + one.member.bits - 1) / rowBits));
    for (let row = Math.floor(one.member.start / rowBits); row <= last; row++) perRow[row]!.push(one);
  }
  for (let row = 0; row < count; ) {
    const run = runOf(perRow, row);
    const stands = run >= LONG_RUN ? run : 1;
    for (let i = 0; i < stands; i++) rowAt.set(row + i, rows.length);
    rows.push({ offset: row * rowBytes, stands, lanes: Math.max(1, ...perRow[row]!.map(({ lanes }) => lanes)) });
    row += stands;
  }
  return { rows, segments: laned.flatMap((one) => segmentsOf(one, rowBits, count, rowAt)) };
}

/** How many rows from this one on are filled by the same member alone. */
function runOf(perRow: readonly (readonly { member: Member }[])[], from: number): number {
  const [only, second] = perRow[from]!;
  if (only === undefined || second !== undefined) return 1;
  let run = 1;
  while (perRow[from + run]?.length === 1 && perRow[from + run]![0]!.member === only.member) run++;
  return run;
}

function segmentsOf(
  { member, lane, lanes }: { member: Member; lane: number; lanes: number },
  rowBits: number,
  count: number,
  rowAt: ReadonlyMap<number, number>,
): Segment[] {
  const end = member.start + member.bits;
  const found: Segment[] = [];
  let drawn = -1;
  for (let row = Math.floor(member.start / rowBits); row < count && row * rowBits < end; row++) {
    const at = rowAt.get(row)!;
    if (at === drawn) continue; // a run of rows is drawn once
    drawn = at;
    const left = Math.max(member.start, row * rowBits) - row * rowBits;
    const right = Math.min(end, (row + 1) * rowBits) - row * rowBits;
    found.push({
      member,
      part: found.length,
      last: false,
      row: at,
      lane,
      lanes,
      left: left / rowBits,
      width: (right - left) / rowBits,
    });
  }
  return found.map((segment, i) => ({ ...segment, last: i === found.length - 1 }));
}

/** Members that share bits get lanes of their own; all that overlap, by way of others too, share the count of lanes. */
function lanesOf(blocks: readonly Member[]): { member: Member; lane: number; lanes: number }[] {
  const sorted = [...blocks].sort((a, b) => a.start - b.start || b.bits - a.bits);
  const done: { member: Member; lane: number; lanes: number }[] = [];
  let cluster: { member: Member; lane: number }[] = [];
  let ends: number[] = [];
  const close = () => {
    for (const one of cluster) done.push({ ...one, lanes: ends.length });
    [cluster, ends] = [[], []];
  };
  for (const member of sorted) {
    if (ends.every((end) => end <= member.start)) close();
    const free = ends.findIndex((end) => end <= member.start);
    const lane = free < 0 ? ends.length : free;
    ends[lane] = member.start + member.bits;
    cluster.push({ member, lane });
  }
  close();
  return done;
}
