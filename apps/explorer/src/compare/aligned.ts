// Aligns two layouts of a struct member by member: unchanged, moved, changed, added, removed. Runs of members with the same
// outcome are folded, because a reader looks for the differences.
import { type LayoutField, type Member, membersOf, type Unfolded } from '../struct/members.ts';

/** What became of a member. */
export type Fate = 'same' | 'moved' | 'changed' | 'added' | 'removed';

/** A member on either side; both where both layouts have it. */
export interface Pair {
  readonly path: string;
  readonly fate: Fate;
  readonly before: Member | undefined;
  readonly after: Member | undefined;
  /** In bits. */
  readonly shift: number;
}

/** A line on one side: a member, or a run of members that fared alike. */
export interface SideRow {
  readonly key: string;
  readonly fate: Fate;
  readonly pairs: readonly Pair[];
  readonly shift: number;
}

/** A layout with what is unfolded of it. */
export interface Side {
  readonly fields: readonly LayoutField[];
  readonly unfolded?: Unfolded;
}

/** All members of both layouts. What is unfolded on one side only (it was no struct before) comes and goes. */
export function pairsOf(before: Side, after: Side): Pair[] {
  const [old, now] = [membersOf(before.fields, before.unfolded), membersOf(after.fields, after.unfolded)];
  const newByPath = new Map(now.map((member) => [member.path, member]));
  const oldPaths = new Set(old.map(({ path }) => path));
  const common = old.map((member): Pair => {
    const later = newByPath.get(member.path);
    if (later === undefined) return { path: member.path, fate: 'removed', before: member, after: undefined, shift: 0 };
    const shift = later.start - member.start;
    const fate = later.type !== member.type || later.bits !== member.bits ? 'changed' : shift === 0 ? 'same' : 'moved';
    return { path: member.path, fate, before: member, after: later, shift };
  });
  const added = now.flatMap((member): Pair[] =>
    oldPaths.has(member.path) ? [] : [{ path: member.path, fate: 'added', before: undefined, after: member, shift: 0 }],
  );
  return [...common, ...added];
}

/** So many members that fared alike are drawn one by one; more are folded. */
const UNFOLDED_RUN = 3;

/**
 * The rows of both sides. Members that follow each other on both sides and moved by the same distance (or not at all)
 * are one row where they are many; `open` has the keys of those that are to be shown one by one.
 */
export function sideRows(
  pairs: readonly Pair[],
  open: ReadonlySet<string>,
): { readonly before: readonly SideRow[]; readonly after: readonly SideRow[] } {
  const byBefore = pairs.filter(({ before }) => before).sort((a, b) => a.before!.start - b.before!.start);
  const byAfter = pairs.filter(({ after }) => after).sort((a, b) => a.after!.start - b.after!.start);
  const place = new Map(byAfter.map((pair, i) => [pair, i]));
  const runOf = new Map<Pair, SideRow>();
  for (let i = 0; i < byBefore.length; ) {
    const first = byBefore[i]!;
    let end = i + 1;
    while (end < byBefore.length && follows(byBefore[end - 1]!, byBefore[end]!)) end++;
    const run = byBefore.slice(i, end);
    const key = `run ${first.path}`;
    if (run.length > UNFOLDED_RUN && !open.has(key)) {
      const row: SideRow = { key, fate: first.fate, pairs: run, shift: first.shift };
      for (const pair of run) runOf.set(pair, row);
    }
    i = end;
  }
  const rowsOf = (side: readonly Pair[]): SideRow[] => {
    const rows: SideRow[] = [];
    for (const pair of side) {
      const row = runOf.get(pair) ?? { key: pair.path, fate: pair.fate, pairs: [pair], shift: pair.shift };
      if (rows.at(-1) !== row && !(runOf.has(pair) && rows.includes(row))) rows.push(row);
    }
    return rows;
  };
  return { before: rowsOf(byBefore), after: rowsOf(byAfter) };

  function follows(a: Pair, b: Pair): boolean {
    const foldable = a.fate === 'same' || a.fate === 'moved';
    if (!foldable || a.fate !== b.fate || a.shift !== b.shift) return false;
    return place.get(b) === place.get(a)! + 1;
  }
}
