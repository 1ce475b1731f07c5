// Fewer types: one that nobody saw by name is left out where another type has all that was seen of it. What the other
// has beyond that may bring back something that must be absent, which the proof would find.

import { BtfKind } from '@btfq/btf-format';
import { recordSize, type MemberRecord, type TypeRecord } from './record.ts';

/** Replaces types by others that cover them, in the roots and all that they refer to. */
export function coverTypes(roots: readonly TypeRecord[], pointerBytes: number): void {
  const all = reachable(roots);
  const named = new Set(roots);
  const order = new Map(all.map((record, i) => [record, i]));
  const before = (a: TypeRecord, b: TypeRecord) => order.get(a)! < order.get(b)!;
  const replaced = new Map<TypeRecord, TypeRecord>();
  const resolve = (record: TypeRecord): TypeRecord => replaced.get(record) ?? record;
  // scalars first: structs are compared by their members' types
  for (const scalar of [true, false]) {
    for (const record of all) {
      if (named.has(record) || isScalar(record) !== scalar) continue;
      const by = all.find(
        (other) =>
          resolve(other) === other &&
          other !== record &&
          covers(other, record, resolve, pointerBytes) &&
          (named.has(other) || !covers(record, other, resolve, pointerBytes) || before(other, record)) &&
          !contains(other, record, resolve),
      );
      if (by !== undefined) replaced.set(record, by);
    }
  }
  const end = (record: TypeRecord): TypeRecord => {
    const by = replaced.get(record);
    return by === undefined ? record : end(by);
  };
  for (const record of all) {
    record.to = record.to && end(record.to);
    record.members = record.members.map((member) => ({ ...member, type: end(member.type) }));
    record.params = record.params.map((param) => param && end(param));
  }
}

function isScalar({ kind }: TypeRecord): boolean {
  return kind === BtfKind.Int || kind === BtfKind.Ptr;
}

/** Whether `other` gives all that was seen of `record`. */
function covers(
  other: TypeRecord,
  record: TypeRecord,
  resolve: (record: TypeRecord) => TypeRecord,
  pointerBytes: number,
): boolean {
  if (other === record) return true;
  switch (record.kind) {
    case BtfKind.Int:
      return (
        other.kind === BtfKind.Int &&
        record.name === '' &&
        other.size === record.size &&
        (record.anySign || other.flag === record.flag)
      );
    case BtfKind.Ptr:
      return other.kind === BtfKind.Ptr && (record.to === undefined || record.to === other.to);
    case BtfKind.Struct:
    case BtfKind.Union: {
      const fits = other.kind === record.kind || (record.anyComposite && isComposite(other));
      if (!fits || record.name !== '') return false;
      if (record.size !== undefined && recordSize(other, pointerBytes) !== record.size) return false;
      return record.members.every((member) => {
        const found = other.members.find((candidate) => candidate.name === member.name);
        return found !== undefined && sameMember(found, member, resolve, pointerBytes);
      });
    }
    default:
      return false;
  }
}

function isComposite({ kind }: TypeRecord): boolean {
  return kind === BtfKind.Struct || kind === BtfKind.Union;
}

function sameMember(
  found: MemberRecord,
  member: MemberRecord,
  resolve: (record: TypeRecord) => TypeRecord,
  pointerBytes: number,
): boolean {
  if (member.name === '' || found.bitOffset !== member.bitOffset || found.bitfieldSize !== member.bitfieldSize) {
    return false;
  }
  const [a, b] = [resolve(found.type), resolve(member.type)];
  return a === b || covers(a, b, resolve, pointerBytes);
}

/** Whether a type has another one in it by value: it cannot take that one's place. */
function contains(outer: TypeRecord, inner: TypeRecord, resolve: (record: TypeRecord) => TypeRecord): boolean {
  if (outer === inner) return true;
  if (outer.kind === BtfKind.Ptr || outer.kind === BtfKind.FuncProto) return false;
  const parts = [...outer.members.map((member) => member.type), ...(outer.to === undefined ? [] : [outer.to])];
  return parts.some((part) => contains(resolve(part), inner, resolve));
}

/** All records, the roots first, then in the order in which they are met. */
function reachable(roots: readonly TypeRecord[]): TypeRecord[] {
  const all = new Set<TypeRecord>(roots);
  for (const record of all) {
    if (record.to !== undefined) all.add(record.to);
    for (const { type } of record.members) all.add(type);
    for (const param of record.params) if (param !== undefined) all.add(param);
  }
  return [...all];
}
