// Which kernels answer an object alike, without reading any of their BTF: those whose declarations of the object's names
// are the same rows, with all that these contain by value.

import { BtfKind } from '@btfq/btf-format';
import { type BpfObject, type CoreRelocation, RelocationKind, relocationBasis, rootNames } from '@btfq/core-reloc';
import type { Kernel } from './answers.ts';
import { decodeTypedef } from './declaration-body.ts';
import { compositeOf } from './members.ts';
import type { BtfIndex } from './open.ts';
import { type DeclarationRow, type Rows, rowsOf } from './rows.ts';
import { type CompositeBody, type TypeCode, TypeTag } from './type-code.ts';

/** Kinds of declarations that the index keeps. */
const KEPT: ReadonlySet<number> = new Set([BtfKind.Struct, BtfKind.Union, BtfKind.Enum, BtfKind.Typedef]);

/**
 * A key for each kernel: kernels with the same key give the same results for these objects. Where an object asks for
 * what the index does not keep apart (integers, forward declarations, functions by name), the key is that of the whole
 * BTF, which is always right.
 */
export function answerKeys(
  index: BtfIndex,
  objects: readonly BpfObject[],
  kernels: readonly Kernel[],
): ReadonlyMap<number, string> {
  const roots = new Map<string, readonly number[]>();
  for (const object of objects) {
    for (const { name, kinds } of rootNames(object)) roots.set(name, [...(roots.get(name) ?? []), ...kinds]);
  }
  const kept = [...roots.values()].flat().every((kind) => KEPT.has(kind) || kind === BtfKind.Enum64);
  const exact = kept && !objects.some((object) => object.relocations.some((one) => looksBehindPointers(object, one)));
  if (!exact) return new Map(kernels.map(({ id, sha256 }) => [id, sha256]));
  return new KeyMaker(index, kernels).make(roots);
}

/** Whether it matters if a type behind a pointer is defined or only declared: that the index does not tell. */
function looksBehindPointers({ btf }: BpfObject, { kind, typeId }: CoreRelocation): boolean {
  if (kind === RelocationKind.TypeMatches) return true;
  return relocationBasis(kind) === 'type' && typeId < btf.typeCount && btf.kind(typeId) === BtfKind.Typedef;
}

class KeyMaker {
  private readonly index: BtfIndex;
  private readonly rows: Rows;
  private readonly kernels: readonly Kernel[];
  private readonly seen = new Set<string>();
  private readonly queue: (readonly [kind: number, name: number])[] = [];

  constructor(index: BtfIndex, kernels: readonly Kernel[]) {
    this.index = index;
    this.rows = rowsOf(index);
    this.kernels = kernels;
  }

  make(roots: ReadonlyMap<string, readonly number[]>): Map<number, string> {
    for (const [name, kinds] of roots) {
      for (const id of this.namesOf(name)) {
        for (const kind of kinds) this.add(kind === BtfKind.Enum64 ? BtfKind.Enum : kind, id);
      }
    }
    const parts = new Map<number, number[]>(this.kernels.map(({ id }) => [id, []]));
    const catalog = this.index.catalog();
    for (const [kind, name] of this.queue) {
      for (const row of this.rows.declared(kind, name)) {
        this.follow(row);
        for (const id of catalog.kernelIdsIn(this.rows.ranges(row.set), undefined)) parts.get(id)?.push(row.id);
      }
    }
    return new Map(
      this.kernels.map(({ id, littleEndian, pointerSize }) => [
        id,
        `${littleEndian ? 'le' : 'be'}${pointerSize ?? ''} ${(parts.get(id) as number[]).join(' ')}`,
      ]),
    );
  }

  /** The name, and its flavours: candidates are searched by essential names. */
  private namesOf(essential: string): number[] {
    const found = this.index
      .statement('SELECT id FROM name WHERE text = ? OR (text >= ? AND text < ?)')
      .all(essential, `${essential}___`, `${essential}__\``) as [number][];
    return found.map(([id]) => id);
  }

  private add(kind: number, name: number): void {
    const key = `${kind} ${name}`;
    if (this.seen.has(key)) return;
    this.seen.add(key);
    this.queue.push([kind, name]);
  }

  /** Adds the named types that a declaration contains by value. */
  private follow(row: DeclarationRow): void {
    if (row.kind === BtfKind.Typedef) this.followType(decodeTypedef(row.body).type);
    else if (row.kind === BtfKind.Struct || row.kind === BtfKind.Union) this.followMembers(compositeOf(row.body));
  }

  private followMembers(body: CompositeBody): void {
    for (const { type } of body.members) this.followType(type);
  }

  private followType(id: number): void {
    const code: TypeCode = this.rows.type(id);
    switch (code.tag) {
      case TypeTag.Array:
      case TypeTag.Const:
      case TypeTag.Volatile:
      case TypeTag.Restrict:
      case TypeTag.TypeTag:
        this.followType(code.type);
        break;
      case TypeTag.Struct:
      case TypeTag.Union:
      case TypeTag.Enum:
      case TypeTag.Typedef:
        this.add(code.tag, code.name);
        break;
      case TypeTag.AnonymousStruct:
      case TypeTag.AnonymousUnion:
        this.followMembers(code.body);
        break;
      default:
        break; // pointers are compatible whatever they point to
    }
  }
}
