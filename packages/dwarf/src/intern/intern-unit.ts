// From a unit's rows to nodes: first what is not a named struct, union or enum, bottom-up; then the contents of the named
// ones; and where a name has another content than elsewhere, the variants of all that leads to it.

import { DwarfError } from '../errors.ts';
import { Ints } from '../ints.ts';
import { FIRST_SIGNATURE } from '../read/entry-reader.ts';
import type { OffsetMap } from '../unit/offset-map.ts';
import { E, type Records, T, TypeKind } from '../unit/records.ts';
import { CONTENT_FLAG, type NodeTable } from './nodes.ts';
import { TupleWriter, type TupleOptions } from './tuples.ts';
import type { Variants } from './variants.ts';

/** Types without a name that contain each other, one in the other, are deeper than this only in damage. */
const MAX_NESTING = 2000;
const UNSET = -1;
const OPEN = -2;

/** Interns units one after the other. */
export class UnitInterner {
  readonly nodes: NodeTable;
  readonly variants: Variants;
  /** For each type's row the node that stands for it: its name's where it has one. */
  refs = new Int32Array(0);
  /** For each row the node with its content; for a declaration its name's. */
  own = new Int32Array(0);
  /** For each row its variant plus one, or 0; only valid where {@link hasVariants}. */
  variantOf = new Int32Array(0);
  hasVariants = false;
  readonly #records: Records;
  readonly #map: OffsetMap;
  readonly #tuples: TupleWriter;
  #signatures: ReadonlyMap<number, number> | undefined;

  constructor(records: Records, map: OffsetMap, nodes: NodeTable, variants: Variants, options: TupleOptions) {
    this.#records = records;
    this.#map = map;
    this.nodes = nodes;
    this.variants = variants;
    this.#tuples = new TupleWriter(records, options, (ref) => this.rowOf(ref));
  }

  /**
   * Interns all types of the rows. `signatures`: where the types of type units are, by reference. `tags`: the type tags of
   * pointers by row, the outermost first.
   */
  run(signatures?: ReadonlyMap<number, number>, tags?: ReadonlyMap<number, readonly number[]>): void {
    const count = this.#records.typeCount;
    this.#signatures = signatures;
    this.#tuples.tags = tags;
    if (this.refs.length < count) {
      this.refs = new Int32Array(count * 2);
      this.own = new Int32Array(count * 2);
    }
    this.refs.fill(UNSET, 0, count);
    for (let row = 1; row < count; row++) if (this.refs[row] === UNSET) this.#resolve(row, 0);
    const overrides = this.#contents(count);
    this.hasVariants = overrides.length > 0;
    if (this.hasVariants) this.#vary(count, overrides);
  }

  /** The row that a reference leads to; 0 for void. Throws `bad-reference`. */
  rowOf(ref: number): number {
    if (ref === 0) return 0;
    const offset = ref <= FIRST_SIGNATURE ? this.#signatures?.get(ref) : ref;
    const row = offset === undefined ? 0 : this.#map.type(offset);
    if (row === 0) {
      throw new DwarfError('bad-reference', 'a reference to an entry that is not a type', {
        section: '.debug_info',
        offset: offset ?? 0,
        expected: 'the offset of a type',
      });
    }
    return row;
  }

  /** What a reference stands for among all units: a node, or -(variant + 1). */
  refOf(ref: number): number {
    const row = this.rowOf(ref);
    if (row === 0) return 0;
    if (this.hasVariants && this.variantOf[row]! > 0) return -this.variantOf[row]!;
    return this.refs[row]!;
  }

  #resolve(row: number, depth: number): number {
    const known = this.refs[row]!;
    if (known >= 0) return known;
    const types = this.#records.types.data;
    const at = row * T.Stride;
    if (known === OPEN || depth > MAX_NESTING) {
      throw new DwarfError('type-cycle', 'types without a name contain each other', {
        section: '.debug_info',
        offset: types[at + T.Offset]!,
        expected: 'a name where types refer back',
      });
    }
    const kind = types[at]!;
    const name = types[at + T.Name]!;
    const composite = kind === TypeKind.Struct || kind === TypeKind.Union || kind === TypeKind.Enum;
    let node: number;
    if (composite && name !== 0) {
      node = this.#tuples.name(kind, name, this.nodes);
    } else {
      this.refs[row] = OPEN;
      const ref = types[at + T.Ref]!;
      let target = 0;
      if (ref !== 0 && kind !== TypeKind.Enum) target = this.#resolve(this.rowOf(ref), depth + 1);
      if (kind === TypeKind.Struct || kind === TypeKind.Union || kind === TypeKind.Proto) {
        const elements = this.#records.elements.data;
        for (let e = types[at + T.First]!; e !== 0; e = elements[e + E.Next]!) {
          if (elements[e + E.Ref] !== 0) this.#resolve(this.rowOf(elements[e + E.Ref]!), depth + 1);
        }
      }
      node = this.#node(row, kind, target);
    }
    this.refs[row] = node;
    this.own[row] = node;
    return node;
  }

  #node(row: number, kind: number, target: number): number {
    const types = this.#records.types.data;
    if (kind === TypeKind.Void) return 0;
    if (kind === TypeKind.Alias) return target;
    // Differs from pahole: it fails on a declaration without a name. Nothing is known of it, as of void
    if (types[row * T.Stride + T.Flags] === 1 && (kind === TypeKind.Struct || kind === TypeKind.Union)) return 0;
    this.#tuples.write(row, target, this.#ref, this.#intern);
    return this.#intern();
  }

  // Made once: a closure for each of millions of types would be most of what the collector has to clear away.
  readonly #ref = (row: number): number => (row === 0 ? 0 : this.refs[row]!);
  readonly #intern = (): number => this.nodes.intern(this.#tuples.words, this.#tuples.length);

  /** Interns what names stand for; returns the rows whose name has another content already. */
  #contents(count: number): number[] {
    const overrides: number[] = [];
    const types = this.#records.types.data;
    const { nodes } = this;
    const tuples = this.#tuples;
    for (let row = 1, at = T.Stride; row < count; row++, at += T.Stride) {
      const kind = types[at]!;
      if (kind !== TypeKind.Struct && kind !== TypeKind.Union && kind !== TypeKind.Enum) continue;
      if (types[at + T.Name] === 0 || (types[at + T.Flags]! & 1) !== 0) continue;
      tuples.write(row, 0, this.#ref, this.#intern);
      tuples.words[0]! |= CONTENT_FLAG;
      const content = nodes.intern(tuples.words, tuples.length);
      this.own[row] = content;
      const name = this.refs[row]!;
      const first = nodes.content.data[name]!;
      if (first === 0) nodes.content.data[name] = content;
      else if (first !== content) overrides.push(row);
    }
    return overrides;
  }

  /** Makes variants of the given rows and of all rows of the unit that lead to them. */
  #vary(count: number, overrides: readonly number[]): void {
    if (this.variantOf.length < count) this.variantOf = new Int32Array(count * 2);
    const { variantOf, variants } = this;
    variantOf.fill(0, 0, count);
    const rows = [...overrides];
    for (const row of rows) variantOf[row] = 1;
    const users = this.#users(count);
    for (let i = 0; i < rows.length; i++) {
      for (let u = users.first[rows[i]!]!; u !== 0; u = users.links.data[u + 1]!) {
        const user = users.links.data[u]!;
        if (variantOf[user] !== 0) continue;
        variantOf[user] = 1;
        rows.push(user);
      }
    }
    rows.sort((a, b) => a - b);
    const types = this.#records.types.data;
    const kindOf = (row: number) => types[row * T.Stride]!;
    for (const row of rows) if (kindOf(row) !== TypeKind.Alias) variantOf[row] = variants.add(this.own[row]!) + 1;
    // an alias has no node of its own: it is what it refers to
    for (const row of rows) {
      if (kindOf(row) === TypeKind.Alias) variantOf[row] = variantOf[this.#unaliased(row)]!;
    }
    const ref = (row: number) => (row === 0 ? 0 : variantOf[row]! > 0 ? -variantOf[row]! : this.refs[row]!);
    const tuples = this.#tuples;
    const between = () => {
      const inner = variants.add(0);
      variants.set(inner, tuples.words, tuples.length);
      return -(inner + 1);
    };
    for (const row of rows) {
      if (kindOf(row) === TypeKind.Alias) continue;
      const target = types[row * T.Stride + T.Ref]!;
      const targetRef = kindOf(row) === TypeKind.Enum || target === 0 ? 0 : ref(this.rowOf(target));
      tuples.write(row, targetRef, ref, between);
      if ((this.nodes.head(this.own[row]!) & CONTENT_FLAG) !== 0) tuples.words[0]! |= CONTENT_FLAG;
      variants.set(variantOf[row]! - 1, tuples.words, tuples.length);
    }
  }

  #unaliased(row: number): number {
    const types = this.#records.types.data;
    let current = row;
    for (let steps = 0; types[current * T.Stride] === TypeKind.Alias && steps < MAX_NESTING; steps++) {
      current = this.rowOf(types[current * T.Stride + T.Ref]!);
    }
    return current;
  }

  /** For each row the rows that refer to it, as chains. */
  #users(count: number): { first: Int32Array; links: Ints } {
    const first = new Int32Array(count);
    const links = new Ints(count * 2);
    links.push(0);
    const types = this.#records.types.data;
    const elements = this.#records.elements.data;
    const add = (ref: number, user: number) => {
      if (ref === 0) return;
      const row = this.rowOf(ref);
      if (row === 0) return;
      const at = links.length;
      links.push(user);
      links.push(first[row]!);
      first[row] = at;
    };
    for (let row = 1; row < count; row++) {
      const at = row * T.Stride;
      const kind = types[at]!;
      if (kind === TypeKind.Enum || kind === TypeKind.Base) continue;
      add(types[at + T.Ref]!, row);
      if (kind === TypeKind.Array) continue;
      for (let e = types[at + T.First]!; e !== 0; e = elements[e + E.Next]!) add(elements[e + E.Ref]!, row);
    }
    return { first, links };
  }
}
