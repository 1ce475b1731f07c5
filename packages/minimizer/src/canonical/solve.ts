// From shapes to records: what was seen is kept, what was not is chosen so that types can be shared. Offsets were seen
// from the root's start; here each member gets its own, relative to the type that has it.

import { BtfKind } from '@btfq/btf-format';
import { findPlace, type Place } from './field-placement.ts';
import { emptyRecord, type MemberRecord, type TypeRecord } from './record.ts';
import type { Root } from './roots.ts';
import { Conflict, type Facts, observe, type Shape } from './shape.ts';

/** The solved types. */
export interface Solved {
  /** One for each root, in the roots' order. */
  readonly roots: readonly TypeRecord[];
  readonly pointerBytes: number;
}

/** Solves all roots. Throws `Conflict` where no single type gives what was seen. */
export function solve(roots: readonly Root[], littleEndian: boolean): Solved {
  const solver = new Solver(roots, littleEndian);
  const solved = roots.map((root) => solver.solveRoot(root));
  if (solver.pointerBytes === 4 && !solved.some(tellsPointers)) {
    // by the size of `long` readers say that of a pointer; 8 is what they take without it
    solved.push(emptyRecord(BtfKind.Int, { name: 'long', size: 4, flag: true }));
  }
  solver.chooseSizes();
  return { roots: solved, pointerBytes: solver.pointerBytes };
}

function tellsPointers(record: TypeRecord): boolean {
  if (record.kind !== BtfKind.Int || record.name !== 'long') return false;
  record.size ??= 4;
  return true;
}

class Solver {
  pointerBytes = 8;
  private readonly littleEndian: boolean;
  private readonly records: Map<Root, TypeRecord>;
  private readonly integers: TypeRecord[] = [];

  constructor(roots: readonly Root[], littleEndian: boolean) {
    this.littleEndian = littleEndian;
    // made first, so that types may refer to roots that are solved later
    this.records = new Map(roots.map((root) => [root, emptyRecord(root.kind)]));
  }

  solveRoot(root: Root): TypeRecord {
    const record = this.records.get(root) as TypeRecord;
    if (root.kind === BtfKind.Int) this.integers.push(record);
    const name = root.exactName ?? root.name;
    if (root.kind === BtfKind.Typedef) return Object.assign(record, { name, to: this.solveType(root.shape, 0) });
    const { size, facts } = root.shape;
    return Object.assign(record, this.make(root.shape, 0, size ?? facts.byteSize), { name });
  }

  /** Integers that nobody measured become the smallest one there is, or a byte where there is none. */
  chooseSizes(): void {
    const fixed = this.integers.filter((record) => record.size !== undefined);
    const order = ({ size = 0, flag }: TypeRecord) => size * 2 + Number(flag);
    const least = fixed.sort((a, b) => order(a) - order(b))[0];
    for (const record of this.integers) {
      if (record.size !== undefined) continue;
      record.size = least?.size ?? 1;
      record.flag = least?.flag ?? false;
    }
  }

  /** A type at a byte offset from the root's start; undefined is void. */
  private solveType(shape: Shape, offset: number, size?: number, signed?: boolean): TypeRecord | undefined {
    if (shape.sameAs !== undefined) {
      if (shape.members.size > 0 || shape.inner !== undefined) throw new Conflict('a named type with parts of its own');
      return this.records.get(shape.sameAs) as TypeRecord;
    }
    if (shape.pointsTo !== undefined) return this.solveName(shape.pointsTo, shape.kind !== undefined);
    if (shape.kind === 'void') return undefined;
    const record = this.make(shape, offset, size ?? sizeSeen(shape), signed);
    if (record.kind === BtfKind.Int) this.integers.push(record);
    return record;
  }

  /**
   * What only a pointer leads to. A forward declaration will do, and nobody takes it for the type itself, unless the
   * kind was seen too.
   */
  private solveName({ kind, name }: NonNullable<Shape['pointsTo']>, kindSeen: boolean): TypeRecord {
    const known = this.find(kind, name) ?? (kindSeen ? undefined : this.find(BtfKind.Fwd, name));
    if (known !== undefined) return known;
    return kindSeen ? emptyRecord(kind, { name }) : emptyRecord(BtfKind.Fwd, { name, flag: kind === BtfKind.Union });
  }

  private find(kind: BtfKind, name: string): TypeRecord | undefined {
    for (const [root, record] of this.records) if (root.kind === kind && root.name === name) return record;
    return undefined;
  }

  private make(shape: Shape, offset: number, size: number | undefined, signed?: boolean): TypeRecord {
    switch (shape.kind) {
      case 'ptr':
        if (size === 4) this.pointerBytes = 4;
        return emptyRecord(BtfKind.Ptr, { to: shape.inner && this.solveType(shape.inner, 0) });
      case 'float':
        return emptyRecord(BtfKind.Float, { size: size ?? 4 });
      case 'fwd':
        return emptyRecord(BtfKind.Fwd, { name: shape.name ?? '', flag: shape.isUnion });
      case 'enum':
        return makeEnum(
          shape,
          size,
          signed ?? (shape.facts.signed === undefined ? undefined : shape.facts.signed === 1),
        );
      case 'proto': {
        const [to, ...params] = (shape.params ?? []).map((param) => this.solveType(param, 0));
        return emptyRecord(BtfKind.FuncProto, { to, params });
      }
      case 'array':
        return this.makeArray(shape, offset, size);
      case 'struct':
      case 'union':
      case 'composite':
        return this.makeComposite(shape, offset, size);
      default: {
        const seen =
          signed ?? shape.signed ?? (shape.facts.signed === undefined ? undefined : shape.facts.signed === 1);
        return emptyRecord(BtfKind.Int, { size, flag: seen ?? false, anySign: seen === undefined });
      }
    }
  }

  private makeArray(shape: Shape, offset: number, size: number | undefined): TypeRecord {
    const element = shape.element();
    let elementSize = sizeSeen(element);
    const access = shape.facts.access;
    if (elementSize === undefined && element.kind !== 'array' && access !== undefined) {
      elementSize = 'width' in access ? access.width : access.unlike === 1 ? 2 : 1;
    }
    let count = shape.count ?? Math.max(shape.maxIndex + 1, 1);
    if (shape.count === undefined && size !== undefined) {
      const tried = elementSize !== undefined ? [elementSize] : elementSizes(element, size);
      const chosen = tried.find((one) => one > 0 && size % one === 0 && size / one > shape.maxIndex);
      if (size > 0 && chosen === undefined) throw new Conflict('no element size divides the array');
      elementSize = chosen ?? elementSize;
      count = size === 0 ? 0 : size / (chosen as number);
    }
    return emptyRecord(BtfKind.Array, { to: this.solveType(element, offset, elementSize), count });
  }

  private makeComposite(shape: Shape, offset: number, size: number | undefined): TypeRecord {
    const members = [...shape.members].map(([name, member]) => this.makeMember(name, member, offset));
    members.sort((a, b) => a.bitOffset - b.bitOffset || (a.name < b.name ? -1 : 1));
    // last, so that a name is found where its offset was seen
    for (const member of shape.anonymous) members.push(this.makeMember('', member, offset));
    if (shape.kind === 'union') return emptyRecord(BtfKind.Union, { size, members: atStart(members) });
    return emptyRecord(BtfKind.Struct, { size, members, anyComposite: shape.kind === 'composite' });
  }

  private makeMember(name: string, shape: Shape, parentOffset: number): MemberRecord {
    const scalar = shape.kind === 'int' || shape.kind === 'enum' || shape.kind === undefined;
    const place: Place = findPlace(shape.kind === 'array' ? ofWhole(shape) : shape.facts, {
      size: shape.size,
      signed: shape.signed,
      mayBeBitfield: scalar,
      isInteger: shape.kind === 'int' || shape.kind === undefined,
      openOffset: Math.max(parentOffset, firstSeen(shape) ?? 0),
      littleEndian: this.littleEndian,
    });
    const bitOffset = place.bitOffset - parentOffset * 8;
    if (bitOffset < 0) throw new Conflict(`${name} begins before what contains it`);
    const offset = Math.floor(place.bitOffset / 8);
    const signed = shape.facts.signed === undefined && !('access' in shape.facts) ? undefined : place.signed;
    const type = this.solveType(shape, offset, place.size, scalar && shape.kind !== 'enum' ? signed : undefined);
    if (type === undefined) throw new Conflict(`${name} is void`);
    return { name, type, bitOffset, bitfieldSize: place.bitfieldSize };
  }
}

/** An array's facts: it is where its first element is, and how its elements are loaded says nothing of the whole. */
function ofWhole(shape: Shape): Facts {
  const { access: _, ...facts } = shape.facts;
  const first = shape.inner && (shape.inner.kind === 'array' ? ofWhole(shape.inner) : shape.inner.facts).byteOffset;
  if (first !== undefined) observe(facts, 'byteOffset', first);
  return facts;
}

/**
 * Where the first of a type's parts was seen, in bytes from the root's start. A type that nobody saw itself begins there:
 * as far out as can be, so that what is further in is alike more often.
 */
function firstSeen(shape: Shape): number | undefined {
  const parts = [...shape.members.values(), ...shape.anonymous, ...(shape.inner === undefined ? [] : [shape.inner])];
  const seen = shape.kind === 'ptr' ? [] : parts.map((part) => part.facts.byteOffset ?? firstSeen(part));
  const known = seen.filter((offset): offset is number => offset !== undefined);
  return known.length > 0 ? Math.min(...known) : undefined;
}

/** The size that somebody saw of a type, through whichever kind of relocation. */
function sizeSeen(shape: Shape): number | undefined {
  if (shape.size !== undefined) return shape.size;
  const { byteSize, access } = shape.facts;
  if (byteSize !== undefined) return byteSize;
  if (access === undefined || shape.kind === 'array') return undefined;
  return 'width' in access ? access.width : undefined;
}

/** Sizes to try for an element of an array of that size: the local one first. */
function elementSizes(element: Shape, size: number): number[] {
  const any = element.kind === 'composite' || element.kind === 'struct' || element.kind === 'union';
  return [...(element.hint === undefined ? [] : [element.hint]), 1, 2, 4, 8, 16, ...(any ? [size] : [])];
}

/** A union's members must begin at its start: those that do not go into an anonymous struct. */
function atStart(members: readonly MemberRecord[]): MemberRecord[] {
  const off = members.filter((member) => member.bitOffset > 0);
  if (off.length === 0) return [...members];
  const inner = emptyRecord(BtfKind.Struct, { members: off });
  return [
    ...members.filter((member) => member.bitOffset === 0),
    { name: '', type: inner, bitOffset: 0, bitfieldSize: 0 },
  ];
}

function makeEnum(shape: Shape, size: number | undefined, signed: boolean | undefined): TypeRecord {
  const values = [...shape.values]
    .map(([name, value]) => [name, BigInt.asIntN(64, value ?? 0n)] as const)
    .sort(([a], [b]) => (a < b ? -1 : 1));
  const wide = shape.wide ?? values.some(([, value]) => BigInt.asIntN(32, value) !== value);
  const negative = values.some(([, value]) => value < 0n);
  return emptyRecord(wide ? BtfKind.Enum64 : BtfKind.Enum, {
    size: size ?? (wide ? 8 : 4),
    flag: signed ?? (negative && !wide),
    values,
    name: shape.name ?? '',
  });
}
