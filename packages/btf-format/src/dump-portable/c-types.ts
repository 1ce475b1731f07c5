// What each type of a BTF is in C: its size and alignment, whether C has it complete, its name. One instance a header.

import { BtfError } from '../errors.ts';
import { BtfKind } from '../kinds.ts';
import { isModifier, pointerSize } from '../layout.ts';
import type { Btf } from '../btf.ts';
import { type BtfComposite, type BtfMember, type BtfType, decodeType } from '../types.ts';
import { NameSpace } from './c-names.ts';
import { type PlacedMember, type Placement, placeMembers } from './placement.ts';
import { type Scalar, scalarOfFloat, scalarOfInt } from './scalars.ts';

/** How deep anonymous types and declarators are followed. */
export const MAX_NESTING = 64;
/** Steps and members after which a header is given up: a kernel's takes two million. */
const MAX_STEPS = 20_000_000;
/** The most bytes of an object that a compiler takes: gcc and clang count them in a signed `ptrdiff_t`. */
const MAX_C_SIZE = 2 ** 31;

/** Size and alignment in bytes, as the compiler has them. */
export interface CLayout {
  readonly size: number;
  readonly align: number;
}

/** A composite as it will be written: its members, those that are bitfields, and where each has to stand. */
export interface CompositePlan extends CLayout {
  readonly type: BtfComposite;
  readonly members: readonly PlacedBtfMember[];
  readonly placement: Placement;
}

/** A member with the width that C needs, which for an INT narrower than its size is a bitfield's. */
export interface PlacedBtfMember extends BtfMember {
  /** Whether it has no name and its type is a composite, whose members C sees as the parent's. */
  readonly isInline: boolean;
}

/** Something that C cannot say. */
export interface PortableNote {
  /** The type as C names it, with the member where it is one: `struct foo.bar`. */
  readonly what: string;
  readonly why: string;
}

/** Sizes, plans and names of the types of one BTF. */
export class CTypes {
  readonly btf: Btf;
  readonly pointerBytes: 4 | 8;
  readonly notes: PortableNote[] = [];
  readonly idents = new NameSpace();
  /** Types whose definition is written already: only these can stand where C wants a complete type. */
  readonly written = new Set<number>();
  /** For an enum without a name the typedef that it was written with. */
  readonly enumTypedefs = new Map<number, string>();
  /** For a forward declaration the definition of that name, where there is one. */
  readonly definitions = new Map<number, number>();
  #steps = 0;
  readonly #tags = new NameSpace();
  readonly #names = new Map<number, string>();
  readonly #layouts = new Map<number, CLayout | undefined>();
  readonly #plans = new Map<number, CompositePlan>();
  readonly #decoded = new Map<number, BtfType>();

  constructor(btf: Btf) {
    this.btf = btf;
    this.pointerBytes = pointerSize(btf) ?? 8;
    this.#nameAll();
  }

  /** The decoded type. Composites are looked at several times, so they are kept. */
  type(id: number): BtfType {
    let type = this.#decoded.get(id);
    if (type === undefined) {
      type = decodeType(this.btf, id);
      this.#decoded.set(id, type);
    }
    return type;
  }

  /** The name of a typedef, or the tag of a struct, union or enum; '' where it has none. */
  name(id: number): string {
    return this.#names.get(id) ?? '';
  }

  /** Follows modifiers and typedefs to what gives the type its size. */
  resolve(id: number): BtfType {
    for (let left = this.btf.typeCount; left > 0; left--) {
      const kind = this.btf.kind(id);
      if (!isModifier(kind) && kind !== BtfKind.Typedef) break;
      id = this.btf.sizeOrType(id);
    }
    return this.type(id);
  }

  /** The scalar of an INT or FLOAT; undefined for all other kinds and where C has no word for it. */
  scalar(type: BtfType): Scalar | undefined {
    if (type.kind === BtfKind.Int) return scalarOfInt(type, this.pointerBytes);
    return type.kind === BtfKind.Float ? scalarOfFloat(type) : undefined;
  }

  /** Size and alignment; undefined for what C cannot have as an object: void, functions, types without definition. */
  layout(id: number): CLayout | undefined {
    if (this.#layouts.has(id)) return this.#layouts.get(id);
    this.#layouts.set(id, undefined); // a type that holds itself has no size
    const layout = this.#layoutOf(this.resolve(id));
    this.#layouts.set(id, layout);
    return layout;
  }

  #layoutOf(type: BtfType): CLayout | undefined {
    switch (type.kind) {
      case BtfKind.Int:
      case BtfKind.Float: {
        if (type.size === 0) return undefined;
        return { size: type.size, align: this.scalar(type)?.align ?? 1 };
      }
      case BtfKind.Ptr:
        return { size: this.pointerBytes, align: this.pointerBytes };
      case BtfKind.Enum:
      case BtfKind.Enum64:
        return [1, 2, 4, 8].includes(type.size) ? { size: type.size, align: type.size } : undefined;
      case BtfKind.Array: {
        const element = this.layout(type.type);
        if (element === undefined) return undefined;
        const size = element.size * type.nelems;
        return size < MAX_C_SIZE ? { size, align: element.align } : undefined;
      }
      case BtfKind.Struct:
      case BtfKind.Union: {
        const { size, align } = this.plan(type);
        return size < MAX_C_SIZE ? { size, align } : undefined;
      }
      default:
        return undefined;
    }
  }

  /** Counts what is done, so that types that double at each level end. Throws `limit`. */
  step(): void {
    if (++this.#steps > MAX_STEPS) {
      throw new BtfError('limit', 'the types lead to too large a header', { expected: `at most ${MAX_STEPS} steps` });
    }
  }

  /** Whether C can have an object of this type at this place of the header: all it holds by value is written. */
  isComplete(id: number, depth = 0): boolean {
    this.step();
    const type = this.type(id);
    if (depth > MAX_NESTING) return false;
    switch (type.kind) {
      case BtfKind.Const:
      case BtfKind.Volatile:
      case BtfKind.Restrict:
      case BtfKind.TypeTag:
        return this.isComplete(type.type, depth + 1);
      case BtfKind.Typedef:
        return this.written.has(id) && this.isComplete(type.type, depth + 1);
      case BtfKind.Array:
        return this.layout(id) !== undefined && this.isComplete(type.type, depth + 1);
      case BtfKind.Struct:
      case BtfKind.Union:
        if (this.name(id) !== '') return this.written.has(id);
        return this.canWrite(type, depth + 1);
      case BtfKind.Enum:
      case BtfKind.Enum64:
        return true;
      default:
        return this.layout(id) !== undefined;
    }
  }

  /** Whether all that a composite holds by value is written, so that it can be. */
  canWrite(type: BtfComposite, depth = 0): boolean {
    return this.plan(type).members.every((member) =>
      member.isInline
        ? depth <= MAX_NESTING && this.canWrite(this.resolve(member.type) as BtfComposite, depth + 1)
        : this.isComplete(member.type, depth + 1),
    );
  }

  /** How a composite has to be written. */
  plan(type: BtfComposite): CompositePlan {
    const known = this.#plans.get(type.id);
    if (known !== undefined) return known;
    const members: PlacedBtfMember[] = [];
    const placed: PlacedMember[] = [];
    let unsure = false;
    for (const member of type.members) {
      const resolved = this.resolve(member.type);
      const isComposite = resolved.kind === BtfKind.Struct || resolved.kind === BtfKind.Union;
      const isInline = member.name === '' && isComposite;
      if (member.name === '' && !isInline) continue; // C has no member without a name: what it takes is a hole
      const layout = this.layout(member.type);
      if (layout === undefined) {
        this.#note(type, member, this.#whyIncomplete(resolved));
        continue;
      }
      const withBits = withIntBits(member, resolved);
      unsure ||= layout.align > this.pointerBytes;
      members.push({ ...withBits, isInline });
      placed.push({ ...withBits, ...layout });
    }
    const placement = placeMembers(placed, type.size, type.kind === BtfKind.Union, unsure);
    for (const i of placement.dropped) {
      this.#note(type, members[i] as BtfMember, 'C has no member at that place with that width');
    }
    const plan: CompositePlan = { type, members, placement, size: type.size, align: placement.align };
    this.#plans.set(type.id, plan);
    return plan;
  }

  #whyIncomplete(type: BtfType): string {
    if (type.kind === BtfKind.Array) return 'an array of something without a size, or larger than compilers take';
    if (type.kind === BtfKind.Struct || type.kind === BtfKind.Union) return 'it holds itself, or is too large';
    return 'its type has no size';
  }

  #note(type: BtfComposite, member: BtfMember, why: string): void {
    const word = type.kind === BtfKind.Union ? 'union' : 'struct';
    const owner = `${word} ${this.name(type.id) || `(anonymous, type ${type.id})`}`;
    this.notes.push({ what: `${owner}.${member.name || '(unnamed)'}`, why });
  }

  /** Tags share one name space, typedefs, enumerators and functions another. In the order of ids. */
  #nameAll(): void {
    const { btf } = this;
    const defined = new Map<string, number>();
    const forwards: number[] = [];
    for (let id = 1; id < btf.typeCount; id++) {
      const kind = btf.kind(id);
      if (btf.nameOff(id) === 0) continue;
      switch (kind) {
        case BtfKind.Struct:
        case BtfKind.Union:
        case BtfKind.Enum:
        case BtfKind.Enum64: {
          const name = btf.name(id);
          const tag = this.#tags.take(name);
          this.#names.set(id, tag);
          const key = `${kind} ${name}`;
          if (!defined.has(key)) defined.set(key, id);
          break;
        }
        case BtfKind.Fwd:
          forwards.push(id);
          break;
        case BtfKind.Typedef: {
          const name = btf.name(id);
          this.#names.set(id, this.isBool(id) && this.idents.reserve(name) ? name : this.idents.take(name));
          break;
        }
        default:
      }
    }
    for (const id of forwards) {
      const key = `${btf.kindFlag(id) ? BtfKind.Union : BtfKind.Struct} ${btf.name(id)}`;
      const definition = defined.get(key);
      this.#names.set(id, definition === undefined ? this.#tags.take(btf.name(id)) : this.name(definition));
      if (definition === undefined) defined.set(key, id);
      else if (btf.kind(definition) !== BtfKind.Fwd) this.definitions.set(id, definition);
    }
  }

  /** Whether this is `typedef _Bool bool`, which C23 has built in. */
  isBool(id: number): boolean {
    const type = this.type(id);
    if (type.kind !== BtfKind.Typedef || type.name !== 'bool') return false;
    const target = this.type(type.type);
    return target.kind === BtfKind.Int && this.scalar(target)?.spelling === '_Bool';
  }
}

/** Before BTF had bitfields of its own, an INT of fewer bits than its size was one. */
function withIntBits(member: BtfMember, type: BtfType): BtfMember {
  if (member.bitfieldSize !== 0 || type.kind !== BtfKind.Int || type.bits === 0) return member;
  if (type.bits === type.size * 8 && type.bitOffset === 0) return member;
  return { ...member, bitOffset: member.bitOffset + type.bitOffset, bitfieldSize: type.bits };
}
