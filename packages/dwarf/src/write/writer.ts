// Nodes, variables and functions as the type and string sections of BTF.

import { BtfKind, encodeBtf as encodeSections, MAX_STRING_OFFSET } from '@btfq/btf-format';
import { DwarfError } from '../errors.ts';
import { Ints } from '../ints.ts';
import { eachReference, KIND_FLAG, KIND_MASK, NAME_FLAG, type NodeTable } from '../intern/nodes.ts';
import type { ModuleBase } from '../intern/module-base.ts';
import type { Variants } from '../intern/variants.ts';
import type { NameTable } from '../read/names.ts';
import { Item, type Order } from './order.ts';

const FUNC_STATIC = 0;

/** What types are written over, and how. */
export interface WriterOptions {
  readonly base: ModuleBase | undefined;
  readonly littleEndian: boolean;
  readonly layout: boolean;
}

/** Writes records one after the other; ids and strings continue the base's. */
export class BtfWriter {
  readonly #nodes: NodeTable;
  readonly #variants: Variants;
  readonly #names: NameTable;
  readonly #options: WriterOptions;
  readonly #words = new Ints(1 << 12);
  #strings = new Uint8Array(1 << 12);
  #stringsUsed = 0;
  readonly #stringStart: number;
  /** Offset plus one of each name, 0 where it is not written yet. */
  #offsets: Int32Array;
  /** The id of each node, 0 where it has none yet. */
  #ids = new Int32Array(0);
  /** For each class of variants its node: its tuple with references to classes. */
  #classNodes: readonly number[] = [];
  #nextId: number;
  #arrayIndex = 0;
  readonly #variableIds = new Map<number, number>();

  constructor(nodes: NodeTable, variants: Variants, names: NameTable, options: WriterOptions) {
    this.#nodes = nodes;
    this.#variants = variants;
    this.#names = names;
    this.#options = options;
    this.#nextId = options.base?.btf.typeCount ?? 1;
    this.#stringStart = options.base?.btf.stringEnd ?? 0;
    this.#offsets = new Int32Array(names.count + 64);
    if (options.base !== undefined) this.#offsets.set(options.base.strings);
    if (options.base === undefined) this.#stringsUsed = 1; // the empty name is at 0
  }

  /** The number of types so far, void and the base's included. */
  get typeCount(): number {
    return this.#nextId;
  }

  /** Writes the types of the order, and what they lead to. `writeVariable` is asked for each variable. */
  writeOrder(order: Order, intName: number, variable: (number: number) => readonly [number, number, number]): void {
    const nodes = this.#nodes;
    const classes = this.#variants.join();
    this.#classNodes = classes.map((tuple) => nodes.intern(tuple, tuple.length));
    this.#ids = new Int32Array(nodes.count * 2 + 1024);
    if (this.#options.base !== undefined) this.#ids.set(this.#options.base.ids);
    const plan = this.#plan(order);
    this.#arrayIndex = this.#findInt(intName);
    const needed =
      this.#arrayIndex === 0 && plan.some(([item, node]) => item === Item.Node && nodes.kind(node) === BtfKind.Array);
    if (needed) {
      const int = nodes.intern(Int32Array.of(BtfKind.Int, intName, 4, 1), 4);
      this.#arrayIndex = this.#assign(int);
      plan.push([Item.Node, int]);
    }
    for (const [item, number] of plan) {
      if (item === Item.Node) this.#writeNode(number);
      else if (item === Item.Variable) this.#writeVariable(...variable(number));
      else this.#writeTag(order, number);
    }
  }

  /** Writes a function with the prototype of that tuple (without head) and returns its id: the base's where that has it. */
  writeFunction(name: number, prototype: Int32Array): number {
    const tuple = new Int32Array(prototype.length + 1);
    tuple[0] = BtfKind.FuncProto;
    tuple.set(prototype, 1);
    for (let i = 1; i < tuple.length; i += i === 1 ? 3 : 2) tuple[i] = this.#variants.joined(tuple[i]!);
    const proto = this.#written(this.#nodes.intern(tuple, tuple.length));
    const known = this.#options.base?.functionId(name, proto) ?? 0;
    if (known !== 0) return known;
    const id = this.#nextId++;
    this.#record(name, BtfKind.Func, FUNC_STATIC, false, proto);
    return id;
  }

  /** A pointer to what `ref` points to, with an attribute in between; `ref` itself where it is no pointer. */
  pointerWithAttribute(ref: number, attribute: number): number {
    const nodes = this.#nodes;
    const joined = this.#variants.joined(ref);
    const node = joined < 0 ? this.#classNodes[-joined - 1]! : joined;
    if (node === 0 || nodes.kind(node) !== BtfKind.Ptr) return ref;
    const target = nodes.pool.data[nodes.starts.data[node]! + 1]!;
    const tag = nodes.intern(Int32Array.of(BtfKind.TypeTag | KIND_FLAG, attribute, target), 3);
    this.#written(tag);
    const pointer = nodes.intern(Int32Array.of(BtfKind.Ptr, tag), 2);
    this.#written(pointer);
    return pointer;
  }

  writeDeclTag(value: number, target: number, component: number): void {
    this.#nextId++;
    this.#record(value, BtfKind.DeclTag, 0, false, target);
    this.#words.push(component);
  }

  /** Writes a section of variables, given as type id, offset and size of each. */
  writeDatasec(name: number, size: number, entries: readonly (readonly [number, number, number])[]): void {
    this.#nextId++;
    this.#record(name, BtfKind.Datasec, entries.length, false, size);
    for (const entry of entries) for (const word of entry) this.#words.push(word);
  }

  /** The id of a variable that {@link writeOrder} has written. */
  variableId(number: number): number {
    return this.#variableIds.get(number)!;
  }

  /** The BTF. */
  finish(): Uint8Array {
    const { data, length } = this.#words;
    return encodeSections({
      words: new Uint32Array(data.buffer, 0, length),
      strings: this.#strings.subarray(0, this.#stringsUsed),
      littleEndian: this.#options.littleEndian,
      layout: this.#options.layout,
    });
  }

  /** Items with ids given to them: what has content elsewhere is left out, what is only referred to is added. */
  #plan(order: Order): [number, number][] {
    const nodes = this.#nodes;
    const plan: [number, number][] = [];
    const pending: number[] = [];
    const take = (node: number) => {
      if (node === 0 || this.#ids[node] !== 0) return;
      this.#assign(node);
      plan.push([Item.Node, node]);
      pending.push(node);
    };
    const { data, length } = order.items;
    for (let i = 0; i < length; i += 2) {
      const item = data[i]!;
      const number = data[i + 1]!;
      if (item === Item.Node) {
        if ((nodes.head(number) & NAME_FLAG) === 0 || nodes.content.data[number] === 0) take(number);
      } else if (item === Item.Variant) take(this.#classNodes[-this.#variants.joined(-number - 1) - 1]!);
      else {
        if (item === Item.Variable) this.#variableIds.set(number, this.#nextId);
        this.#nextId++;
        plan.push([item, number]);
      }
    }
    for (const node of pending) this.#eachTarget(node, take);
    return plan;
  }

  /** Calls `visit` with the nodes that a node refers to, contents in place of names. */
  #eachTarget(node: number, visit: (node: number) => void): void {
    const { pool, starts } = this.#nodes;
    eachReference(pool.data, starts.data[node]!, (place) => visit(this.#target(this.#nodes.pool.data[place]!)));
  }

  /** The node that a reference is written as. */
  #target(ref: number): number {
    if (ref < 0) return this.#classNodes[-ref - 1]!;
    const content = this.#nodes.content.data[ref]!;
    return content !== 0 ? content : ref;
  }

  #assign(node: number): number {
    if (node >= this.#ids.length) {
      const grown = new Int32Array(node * 2);
      grown.set(this.#ids);
      this.#ids = grown;
    }
    this.#ids[node] = this.#nextId;
    return this.#nextId++;
  }

  /** The id of a node that is made late; written now where it has none. */
  #written(node: number): number {
    const known = this.#ids[node] ?? 0;
    if (known !== 0) return known;
    this.#eachTarget(node, (target) => {
      if (target !== 0) this.#written(target);
    });
    const id = this.#assign(node);
    this.#writeNode(node);
    return id;
  }

  #findInt(name: number): number {
    const node = this.#nodes.intern(Int32Array.of(BtfKind.Int, name, 4, 1), 4);
    return this.#ids[node] ?? 0;
  }

  #id(ref: number): number {
    return ref === 0 ? 0 : this.#ids[this.#target(ref)]!;
  }

  #writeNode(node: number): void {
    const { pool, starts } = this.#nodes;
    const tuple = pool.data;
    const at = starts.data[node]!;
    const head = tuple[at]!;
    const kind = head & KIND_MASK;
    const flag = (head & KIND_FLAG) !== 0;
    const words = this.#words;
    if ((head & NAME_FLAG) !== 0) {
      // declared only: an enum without values has a size, and no forward declaration of its own
      if (kind === BtfKind.Enum) this.#record(tuple[at + 1]!, BtfKind.Enum, 0, false, 4);
      else this.#record(tuple[at + 1]!, BtfKind.Fwd, 0, kind === BtfKind.Union, 0);
      return;
    }
    switch (kind) {
      case BtfKind.Int:
        this.#record(tuple[at + 1]!, kind, 0, false, tuple[at + 2]!);
        words.push((tuple[at + 3]! << 24) | (tuple[at + 2]! * 8));
        break;
      case BtfKind.Float:
        this.#record(tuple[at + 1]!, kind, 0, false, tuple[at + 2]!);
        break;
      case BtfKind.Typedef:
      case BtfKind.TypeTag:
        this.#record(tuple[at + 1]!, kind, 0, flag, this.#id(tuple[at + 2]!));
        break;
      case BtfKind.Array:
        this.#record(0, kind, 0, false, 0);
        words.push(this.#id(tuple[at + 1]!));
        words.push(this.#arrayIndex);
        words.push(tuple[at + 2]!);
        break;
      case BtfKind.FuncProto: {
        const count = tuple[at + 2]!;
        this.#record(0, kind, count, false, this.#id(tuple[at + 1]!));
        for (let p = at + 3; p < at + 3 + count * 2; p += 2) {
          words.push(this.#name(tuple[p]!));
          words.push(this.#id(tuple[p + 1]!));
        }
        break;
      }
      case BtfKind.Struct:
      case BtfKind.Union: {
        const count = tuple[at + 3]!;
        this.#record(tuple[at + 1]!, kind, count, flag, tuple[at + 2]!);
        for (let m = at + 4; m < at + 4 + count * 3; m += 3) {
          words.push(this.#name(tuple[m]!));
          words.push(this.#id(tuple[m + 1]!));
          words.push(tuple[m + 2]!);
        }
        break;
      }
      case BtfKind.Enum:
      case BtfKind.Enum64: {
        const count = tuple[at + 3]!;
        const stride = kind === BtfKind.Enum64 ? 3 : 2;
        this.#record(tuple[at + 1]!, kind, count, flag, tuple[at + 2]!);
        for (let v = at + 4; v < at + 4 + count * stride; v += stride) {
          words.push(this.#name(tuple[v]!));
          words.push(tuple[v + 1]!);
          if (stride === 3) words.push(tuple[v + 2]!);
        }
        break;
      }
      default:
        this.#record(0, kind, 0, false, this.#id(tuple[at + 1]!));
    }
  }

  #writeVariable(name: number, type: number, linkage: number): void {
    this.#record(name, BtfKind.Var, 0, false, this.#id(this.#variants.joined(type)));
    this.#words.push(linkage);
  }

  #writeTag(order: Order, number: number): void {
    const { target, isVariable, value, component } = order.tags[number]!;
    const id = isVariable ? this.#variableIds.get(target)! : this.#id(this.#variants.joined(target));
    this.#record(value, BtfKind.DeclTag, 0, false, id);
    this.#words.push(component);
  }

  #record(name: number, kind: number, vlen: number, flag: boolean, sizeOrType: number): void {
    const words = this.#words;
    words.push(this.#name(name));
    words.push((flag ? 0x80000000 : 0) | (kind << 24) | vlen);
    words.push(sizeOrType);
  }

  /** The offset of a name, written on first use. Throws `limit`. */
  #name(name: number): number {
    if (name === 0) return 0;
    if (name >= this.#offsets.length) {
      const grown = new Int32Array(name * 2);
      grown.set(this.#offsets);
      this.#offsets = grown;
    }
    const known = this.#offsets[name]!;
    if (known !== 0) return known - 1;
    const bytes = this.#names.bytes(name);
    const at = this.#stringsUsed;
    const end = at + bytes.length + 1;
    if (this.#stringStart + end > MAX_STRING_OFFSET) {
      throw new DwarfError('limit', 'more strings than BTF can hold', { expected: `${MAX_STRING_OFFSET} bytes` });
    }
    if (end > this.#strings.length) {
      const grown = new Uint8Array(Math.max(end, this.#strings.length * 2));
      grown.set(this.#strings.subarray(0, at));
      this.#strings = grown;
    }
    this.#strings.set(bytes, at);
    this.#strings[end - 1] = 0;
    this.#stringsUsed = end;
    this.#offsets[name] = this.#stringStart + at + 1;
    return this.#stringStart + at;
  }
}
