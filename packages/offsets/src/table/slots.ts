// A row as a list of numbers: which slots each entry has. Signatures are numbers too, places in a list of texts.

import type { SpecEntry } from '../spec/spec.ts';
import type { Cell, OffsetTable } from './offset-table.ts';

/** What an entry becomes in a program. */
export type SlotShape = 'field' | 'number' | 'function';

/** The slots of one entry: from `first` on. */
export interface EntrySlots {
  readonly entry: SpecEntry;
  readonly shape: SlotShape;
  readonly first: number;
  readonly count: number;
  /** Of a field: how many offsets there may be, the last one's included. */
  readonly depth: number;
}

/** Slots of a field before its offsets: alternative (0 for none), size, bit offset, bit size, number of offsets. */
export const FIELD_HEAD = 5;

export function shapeOf(entry: SpecEntry): SlotShape {
  switch (entry.kind) {
    case 'offset':
    case 'container_of':
      return 'field';
    case 'function':
      return 'function';
    default:
      return 'number';
  }
}

/** The slots of all entries, one after the other. */
export function planSlots(entries: readonly SpecEntry[]): EntrySlots[] {
  let first = 0;
  return entries.map((entry) => {
    const shape = shapeOf(entry);
    const depth = shape === 'field' ? Math.max(...entry.alternatives.map(({ segments }) => segments.length)) : 0;
    const count = shape === 'field' ? FIELD_HEAD + depth : shape === 'function' ? 3 : 2;
    const slots = { entry, shape, first, count, depth };
    first += count;
    return slots;
  });
}

/** All slots of a row; `signatures` grows by those that are new. */
export function slotsOfRow(plan: readonly EntrySlots[], row: readonly (Cell | null)[], signatures: string[]): bigint[] {
  return plan.flatMap(({ count }, e): bigint[] => {
    const cell = row[e];
    const found = new Array<bigint>(count).fill(0n);
    if (cell === null || cell === undefined) return found;
    found[0] = BigInt(cell.alternative + 1);
    if (cell.kind === 'field') {
      found[1] = BigInt(cell.size ?? 0);
      found[2] = BigInt(cell.bitOffset);
      found[3] = BigInt(cell.bitSize ?? 0);
      found[4] = BigInt(cell.offsets.length);
      cell.offsets.forEach((offset, i) => void (found[FIELD_HEAD + i] = BigInt(offset)));
    } else if (cell.kind === 'number') found[1] = BigInt.asIntN(64, cell.value);
    else {
      let at = signatures.indexOf(cell.signature);
      if (at < 0) at = signatures.push(cell.signature) - 1;
      found[1] = BigInt(cell.parameters);
      found[2] = BigInt(at);
    }
    return found;
  });
}

/** One entry's cell as `cellText` writes it, from the slots of a row. */
export function slotsText(
  { shape, first }: Pick<EntrySlots, 'shape' | 'first'>,
  slots: readonly bigint[],
  signatures: readonly string[],
): string {
  const at = (i: number) => slots[first + i]!;
  if (at(0) === 0n) return '-';
  switch (shape) {
    case 'number':
      return `${at(0)}:${at(1)}`;
    case 'function':
      return `${at(0)}:${at(1)}:${signatures[Number(at(2))]}`;
    case 'field': {
      const offsets = slots.slice(first + FIELD_HEAD, first + FIELD_HEAD + Number(at(4)));
      return `${at(0)}:${offsets.join(',')}:${at(1)}:${at(2)}:${at(3)}`;
    }
  }
}

/** The table's rows as slots, with the signatures that they speak of. */
export function slotRows(table: OffsetTable): { plan: EntrySlots[]; rows: bigint[][]; signatures: string[] } {
  const plan = planSlots(table.spec.entries);
  const signatures: string[] = [];
  const rows = table.rows.map((row) => slotsOfRow(plan, row, signatures));
  return { plan, rows, signatures };
}
