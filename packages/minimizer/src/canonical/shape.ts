// What the answers say about one type, and no more. Shapes are grown by observation (observe.ts): each relocation adds
// what it saw. What nobody saw stays open, and is then chosen so that the BTF becomes small (solve.ts).

import type { BtfKind } from '@btfq/btf-format';
import type { Root } from './roots.ts';

/** Two answers that one type cannot give both: the target has several types of that name, and answers from more than one. */
export class Conflict extends Error {}

export type ShapeKind =
  | 'void'
  | 'int'
  | 'float'
  | 'enum'
  | 'ptr'
  | 'array'
  | 'composite' // a struct or a union, nobody saw which
  | 'struct'
  | 'union'
  | 'fwd'
  | 'proto';

/**
 * How a load or store saw the field: so many bytes wide; or not as wide as the local field and not to be resized, which
 * two unsigned integers can be.
 */
export type AccessFact = { readonly width: number } | { readonly unlike: number; readonly localUnsigned: boolean };

/** What relocations saw of a field, or of an array's element. All optional; `byteOffset` from the root type's start. */
export interface Facts {
  byteOffset?: number;
  byteSize?: number;
  signed?: number;
  lshift?: number;
  rshift?: number;
  access?: AccessFact;
}

/** One type under observation. */
export class Shape {
  kind: ShapeKind | undefined;
  /** Exactly this name; undefined: nobody saw one, and the type is written without. */
  name: string | undefined;
  /** Of the whole type, in bytes. */
  size: number | undefined;
  signed: boolean | undefined;
  /** Number of elements, where it must be exact. */
  count: number | undefined;
  /** Largest index that was used, -1 where none was. */
  maxIndex = -1;
  /** Size of the local array's element: the first that is tried where nothing was seen of the target's. */
  hint: number | undefined;
  readonly facts: Facts = {};
  /** Members by name. */
  readonly members = new Map<string, Shape>();
  /** Members without a name, by the local member that needs one. */
  readonly anonymous: Shape[] = [];
  /** Enumerators; undefined where only their existence was seen. */
  readonly values = new Map<string, bigint | undefined>();
  /** Element, or what a pointer points to. */
  inner: Shape | undefined;
  /** A prototype's result and parameters. */
  params: Shape[] | undefined;
  /** The named type that this is, where a name was seen on something that is no root itself. */
  sameAs: Root | undefined;
  /** The named struct or union that a pointer points to: nothing but its name was seen. */
  pointsTo: { readonly kind: BtfKind; readonly name: string } | undefined;
  /** An enum of 64-bit values, where somebody saw which. */
  wide: boolean | undefined;
  /** A forward declaration of a union. */
  isUnion = false;

  /** Sets the kind, or confirms it. Throws `Conflict`. */
  be(kind: ShapeKind): this {
    const known = this.kind;
    if (known === kind || (kind === 'composite' && (known === 'struct' || known === 'union'))) return this;
    if (known === undefined || (known === 'composite' && (kind === 'struct' || kind === 'union'))) {
      this.kind = kind;
      return this;
    }
    throw new Conflict(`${known} and ${kind}`);
  }

  member(name: string): Shape {
    let found = this.members.get(name);
    if (found === undefined) this.members.set(name, (found = new Shape()));
    return found;
  }

  element(): Shape {
    this.inner ??= new Shape();
    return this.inner;
  }

  /** Takes over what was seen of another shape that is the same type at the same place. Throws `Conflict`. */
  merge(other: Shape): void {
    if (other.kind !== undefined) this.be(other.kind);
    for (const key of ['name', 'size', 'signed', 'count', 'sameAs', 'pointsTo', 'wide'] as const) {
      if (other[key] !== undefined) observe<Shape, typeof key>(this, key, other[key]);
    }
    this.maxIndex = Math.max(this.maxIndex, other.maxIndex);
    this.hint ??= other.hint;
    for (const [key, value] of Object.entries(other.facts)) observe(this.facts, key as keyof Facts, value);
    for (const [name, member] of other.members) this.member(name).merge(member);
    for (const [name, value] of other.values) this.sawEnumerator(name, value);
    if (other.inner !== undefined) this.element().merge(other.inner);
    this.anonymous.push(...other.anonymous);
    this.params ??= other.params;
  }

  /** An enumerator, with its value where that was seen. */
  sawEnumerator(name: string, value: bigint | undefined): void {
    if (value !== undefined || !this.values.has(name)) this.values.set(name, value);
  }
}

/** Sets one observed property, or confirms it. Throws `Conflict`. */
export function observe<T, K extends keyof T>(of: T, key: K, value: NonNullable<T[K]>): void {
  const known = of[key];
  if (known === undefined) of[key] = value;
  else if (known !== value && JSON.stringify(known) !== JSON.stringify(value)) {
    throw new Conflict(`${String(key)} ${String(known)} and ${String(value)}`);
  }
}
