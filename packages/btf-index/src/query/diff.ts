// What differs between two kernels. Their contents are in different sets: only declarations of those sets are read.
//
// 1. Which sets one of the two has and the other not (diff-sets.ts).
// 2. Their declarations, by kind and name (diff-rows.ts).
// 3. Declarations that both have, and that say something else in each (diff-within.ts).
// 4. What is said of each name (diff-entries.ts).

import { decoded } from '../store/sqlite-errors.ts';
import type { DeclarationKind, DiffEntry, KernelDiff } from '../answer-types.ts';
import { parseTypeName } from './composites.ts';
import { holders, holdsByName, KIND_CODE, kindWord } from './declarations.ts';
import { apartOf, apartOfName } from './diff-rows.ts';
import { DiffEntries, distinct, wordOf } from './diff-entries.ts';
import { BOTH, setsOfTwo, TwoSides } from './diff-sets.ts';
import { holdersOfBoth, unnamedTypesHold } from './diff-within.ts';
import { kernelById } from './kernels.ts';
import type { BtfIndex } from '../store/btf-index.ts';
import { isPublished } from '../store/published-parts.ts';
import { type DeclarationRow, type Rows, rowsOf } from '../store/row-cache.ts';

interface DiffOptions {
  readonly name?: string | undefined;
  readonly kinds?: readonly DeclarationKind[] | undefined;
}

/** So many whole differences are kept: a page of one is asked for after the other. */
const KEPT_DIFFS = 4;
const DIFFS = Symbol('whole differences');

/** The difference of two kernels, whole or of the declarations of one name. Throws `unknown-kernel`. */
export function diffKernels(index: BtfIndex, fromId: number, toId: number, options: DiffOptions = {}): KernelDiff {
  return decoded(index.path, () => {
    if (options.name !== undefined || options.kinds !== undefined) return differenceOf(index, fromId, toId, options);
    const kept = index.cached(DIFFS, () => new Map<string, KernelDiff>());
    const key = `${fromId} ${toId}`;
    const diff = kept.get(key) ?? differenceOf(index, fromId, toId, options);
    kept.delete(key);
    kept.set(key, diff);
    for (const oldest of kept.keys()) {
      if (kept.size <= KEPT_DIFFS) break;
      kept.delete(oldest);
    }
    return diff;
  });
}

function differenceOf(index: BtfIndex, fromId: number, toId: number, { name, kinds }: DiffOptions): KernelDiff {
  const rows = rowsOf(index);
  const catalog = index.catalog();
  const [from, to] = [fromId, toId].map((id) => catalog.positionOf(kernelById(index, id).id)) as [number, number];
  const two = new TwoSides(index, rows, from, to);
  const isMeant = (code: number) => {
    const kind = wordOf(code);
    return kind !== undefined && (kinds?.includes(kind) ?? true);
  };
  const sets = name === undefined ? setsOfTwo(index, rows, two) : undefined;
  const apart = sets === undefined ? apartOfName(rows, two, name!, isMeant) : apartOf(index, rows, two, sets, isMeant);
  const heldByBoth =
    sets === undefined || isPublished(index) ? holdersKept(index, rows, name) : holdersOfBoth(index, rows, sets);
  const within = heldByBoth.filter(
    (row) => isMeant(row.kind) && two.ofKernels(row.set) === BOTH && saysOtherwise(rows, two, row),
  );
  const found = new DiffEntries(rows, two, apart, within, sets && unnamedTypesHold(index, rows)).all();
  const count = (change: DiffEntry['change']) => found.reduce((n, entry) => n + (entry.change === change ? 1 : 0), 0);
  return {
    fromId,
    toId,
    modulesCompared: two.modulesCompared,
    added: count('added'),
    removed: count('removed'),
    changed: count('changed'),
    entries: found,
  };
}

/** Declarations with an unnamed member of a type with a name: those of a name, or all that were published. */
function holdersKept(index: BtfIndex, rows: Rows, name: string | undefined): readonly DeclarationRow[] {
  if (name === undefined) return holders(index, rows);
  const asked = parseTypeName(name);
  const id = rows.name(asked.name) ?? 0;
  return Object.values(KIND_CODE)
    .filter((code) => asked.kind === undefined || kindWord(code) === asked.kind)
    .flatMap((code) => [...rows.declared(code, id)])
    .filter((row) => holdsByName(rows, row));
}

/** Whether a declaration that both have says something in the first kernel that it does not say in the second. */
function saysOtherwise(rows: Rows, { from, to }: TwoSides, row: DeclarationRow): boolean {
  const [before, after] = [distinct(rows, [row], from), distinct(rows, [row], to)];
  return [...before.keys()].some((text) => !after.has(text));
}
