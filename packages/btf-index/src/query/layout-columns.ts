// Two versions of a struct or union compared by numbers: names and types are rows, so most members are told apart or found equal
// without a text or an object for any. What numbers do not tell is left to layout-diff.ts.

import {
  addedLine,
  changed,
  moveLines,
  type Move,
  type Place,
  removedLine,
  sizeLine,
  typeLine,
  widthLine,
} from './field-lines.ts';
import { hiddenIn } from './composite-layout.ts';
import { typeDifferences } from './layout-diff.ts';
import { hasHiddenContent, typeText, withoutModifiers } from './type-text.ts';
import { MAX_UNNAMED_DEPTH } from './unnamed.ts';
import { type CompositeBody, TypeTag } from '../encoding/type-code.ts';
import type { Rows } from '../store/row-cache.ts';
import { VarintReader } from '../varints.ts';

/** All members in order, those of unnamed ones behind them, as `flatMembers` has them. Used again for one after the other. */
export class LayoutColumns {
  size = 0;
  count = 0;
  readonly names: number[] = [];
  readonly types: number[] = [];
  /** In bits, from the start of the outermost. */
  readonly offsets: number[] = [];
  readonly widths: number[] = [];
  readonly sizes: number[] = [];
  readonly depths: number[] = [];
  /** By name, the first member of it; not those without one. */
  readonly byName = new Map<number, number>();
  /** Whether a name occurs more than once. */
  repeatsName = false;

  /** Reads a body. False where a type is met by its name in an unnamed member: what that has depends on the kernel. */
  read(rows: Rows, body: Uint8Array): boolean {
    this.byName.clear();
    this.repeatsName = false;
    const input = new VarintReader(body);
    this.size = input.next();
    this.count = 0;
    let end = 0;
    for (let left = input.next(); left > 0; left--) {
      const name = input.next();
      const type = input.next();
      const word = input.next();
      const isBitfield = word % 2 === 1;
      const turned = (word - (isBitfield ? 1 : 0)) / 2;
      const bitOffset = end + (turned % 2 === 1 ? -(turned + 1) / 2 : turned / 2);
      const bitSize = isBitfield ? input.next() : 0;
      const size = input.next() - 1;
      if (!this.add(rows, name, type, bitOffset, bitSize, size, 0)) return false;
      end = bitOffset + (isBitfield ? bitSize : Math.max(size, 0) * 8);
    }
    return true;
  }

  private add(
    rows: Rows,
    name: number,
    type: number,
    bitOffset: number,
    bitSize: number,
    size: number,
    depth: number,
  ): boolean {
    const at = this.count++;
    this.names[at] = name;
    this.types[at] = type;
    this.offsets[at] = bitOffset;
    this.widths[at] = bitSize;
    this.sizes[at] = size;
    this.depths[at] = depth;
    if (name !== 0) {
      if (this.byName.has(name)) this.repeatsName = true;
      else this.byName.set(name, at);
      return true;
    }
    const code = withoutModifiers(rows, type);
    switch (code.tag) {
      case TypeTag.Struct:
      case TypeTag.Union:
      case TypeTag.Typedef:
        return false;
      case TypeTag.AnonymousStruct:
      case TypeTag.AnonymousUnion:
        return depth < MAX_UNNAMED_DEPTH && this.addAll(rows, code.body, bitOffset, depth + 1);
      default:
        return true;
    }
  }

  private addAll(rows: Rows, { members }: CompositeBody, from: number, depth: number): boolean {
    for (const { name, type, bitOffset, bitSize, size } of members) {
      if (!this.add(rows, name, type, from + bitOffset, bitSize, size, depth)) return false;
    }
    return true;
  }

  place(at: number): Place {
    const bitOffset = this.offsets[at]!;
    return { offset: Math.floor(bitOffset / 8), bitOffset, bitSize: this.widths[at]! || null };
  }

  sizeAt(at: number): number | null {
    const size = this.sizes[at]!;
    return size < 0 ? null : size;
  }
}

/** Texts of types, each made once. */
export class TypeTexts {
  private readonly rows: Rows;
  private readonly texts = new Map<number, string>();
  private readonly hidden = new Map<number, boolean>();

  constructor(rows: Rows) {
    this.rows = rows;
  }

  of(type: number): string {
    let text = this.texts.get(type);
    if (text === undefined) this.texts.set(type, (text = typeText(this.rows, type)));
    return text;
  }

  /** Whether it says something that its text does not show. */
  hides(type: number): boolean {
    let hides = this.hidden.get(type);
    if (hides === undefined) this.hidden.set(type, (hides = hasHiddenContent(this.rows, type)));
    return hides;
  }
}

/** The types and names that the lines of two versions may speak of, and types of members that have the same in both. */
export function wordsOf(
  old: LayoutColumns,
  young: LayoutColumns,
  types: Set<number>,
  names: Set<number>,
  same: Set<number>,
): void {
  for (const [name, at] of old.byName) {
    const to = young.byName.get(name);
    if (to !== undefined && old.types[at] === young.types[to]) same.add(old.types[at]!);
    if (to === undefined || old.types[at] !== young.types[to]) {
      types.add(old.types[at]!);
      if (to !== undefined) types.add(young.types[to]!);
    } else if (
      old.offsets[at] === young.offsets[to] &&
      old.sizes[at] === young.sizes[to] &&
      old.widths[at] === young.widths[to]
    ) {
      continue;
    }
    names.add(name);
  }
  for (const [name, at] of young.byName) {
    if (old.byName.has(name)) continue;
    types.add(young.types[at]!);
    names.add(name);
  }
}

/** What `DiffEntry` says of two versions. */
export interface Said {
  readonly details: readonly string[];
  readonly indirect: boolean;
}

/** Nothing differs but rows of types that C writes alike. */
export const ALIKE = 'alike';

/**
 * What differs between two versions, as layout-diff.ts says it; `from` and `to` are the positions of the kernels that have them.
 * `inUnnamed`: types without names may say something else where they are the same row. undefined where this does not tell.
 */
export function columnDifferences(
  rows: Rows,
  texts: TypeTexts,
  [old, from]: readonly [LayoutColumns, number],
  [young, to]: readonly [LayoutColumns, number],
  inUnnamed: boolean,
): Said | typeof ALIKE | undefined {
  if (old.repeatsName || young.repeatsName) return undefined; // of these, only what comes first has a line
  const details = changed('size', old.size, young.size);
  const moves: Move[] = [];
  let areTold = true;
  for (const [name, at] of old.byName) {
    const then = young.byName.get(name);
    if (then === undefined) {
      details.push(removedLine(rows.text(name), texts.of(old.types[at]!), old.place(at)));
      continue;
    }
    if (old.offsets[at] !== young.offsets[then]) {
      moves.push({ name: rows.text(name), before: old.place(at), after: young.place(then) });
    }
    const was = old.types[at]!;
    const is = young.types[then]!;
    if (was !== is || (inUnnamed && texts.hides(was))) {
      const [before, after] = [texts.of(was), texts.of(is)];
      if (before !== after) details.push(typeLine(rows.text(name), before, after));
      else if (texts.hides(was) || texts.hides(is)) {
        areTold = false;
        const text = rows.text(name);
        details.push(
          ...typeDifferences(
            `field ${text}`,
            `${text}.`,
            { type: before, ...hiddenIn(rows, was, [from, from + 1]) },
            { type: after, ...hiddenIn(rows, is, [to, to + 1]) },
          ),
        );
      }
    }
    if (old.sizes[at] !== young.sizes[then]) {
      details.push(sizeLine(rows.text(name), old.sizeAt(at), young.sizeAt(then)));
    }
    if (old.widths[at] !== young.widths[then]) {
      details.push(widthLine(rows.text(name), old.widths[at]! || null, young.widths[then]! || null));
    }
  }
  for (const [name, at] of young.byName) {
    if (old.byName.has(name)) continue;
    details.push(addedLine(rows.text(name), texts.of(young.types[at]!), young.place(at)));
  }
  details.push(...moveLines(moves));
  const isAlike = areEqualButSizes(texts, old, young);
  if (isAlike && !areTold) return undefined;
  if (details.length > 0) return { details, indirect: isAlike };
  return isAlike && old.sizes.every((size, i) => i >= old.count || size === young.sizes[i]) ? ALIKE : undefined;
}

/** Whether all is equal but the sizes of what members name by name: those of unnamed members without a tag are their own. */
function areEqualButSizes(texts: TypeTexts, old: LayoutColumns, young: LayoutColumns): boolean {
  if (old.size !== young.size || old.count !== young.count) return false;
  for (let i = 0; i < old.count; i++) {
    if (
      old.names[i] !== young.names[i] ||
      old.offsets[i] !== young.offsets[i] ||
      old.widths[i] !== young.widths[i] ||
      old.depths[i] !== young.depths[i]
    ) {
      return false;
    }
    const [was, is] = [old.types[i]!, young.types[i]!];
    if (was !== is && texts.of(was) !== texts.of(is)) return false;
    if (was !== is && old.names[i] === 0 && texts.hides(was) && !IS_UNNAMED_COMPOSITE.test(texts.of(was))) return false;
    if (old.names[i] === 0 && old.sizes[i] !== young.sizes[i] && UNNAMED_COMPOSITE.test(texts.of(was))) return false;
  }
  return true;
}

/** The text of a struct or union without a tag. */
export const UNNAMED_COMPOSITE = /^(?:const |volatile )*(?:struct|union) \{/;
/** Such a text alone: neither an array of them nor a pointer. Its members are compared as its parent's. */
const IS_UNNAMED_COMPOSITE = /^(?:const |volatile )*(?:struct|union) \{[^}]*\}$/;
