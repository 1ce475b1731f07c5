// The base of modules: a kernel's BTF interned once, so that each of its thousands of modules only adds what is new in it,
// and leaves the tables as it found them.

import { type Btf, BtfKind, decodeType, idsByName } from '@btfq/btf-format';
import { NameTable } from '../read/names.ts';
import { OffsetMap } from '../unit/offset-map.ts';
import { Records, T } from '../unit/records.ts';
import { addBase } from './base.ts';
import { UnitInterner } from './intern-unit.ts';
import { type NodeMark, NodeTable } from './nodes.ts';
import { Variants } from './variants.ts';

/** `BTF_FUNC_STATIC`: what pahole says of every function. */
const FUNC_STATIC = 0;

/** A kernel's BTF, ready for `encodeBtf` of many of its modules, one at a time. */
export class ModuleBase {
  readonly btf: Btf;
  /** What follows is of use to `encodeBtf` only. @internal */
  readonly names = new NameTable();
  /** @internal */
  readonly nodes = new NodeTable();
  /** @internal */
  readonly variants = new Variants();
  /** The base's id of each node, 0 where it has none. @internal */
  readonly ids: Int32Array;
  /** The offset plus one of each name in the base's strings, 0 where it is not there. @internal */
  readonly strings: Int32Array;
  readonly #nodeMark: NodeMark;
  readonly #nameCount: number;
  readonly #variantCount: number;

  /** Takes 100 ms for a whole kernel. Throws `DwarfError` where unnamed types of the base contain each other. */
  constructor(btf: Btf) {
    this.btf = btf;
    const { names, nodes, variants } = this;
    const records = new Records();
    const map = new OffsetMap(records);
    const interner = new UnitInterner(records, map, nodes, variants, {
      littleEndian: btf.littleEndian,
      addressSize: 8,
      floats: true,
      enum64: true,
      flatArrays: false,
      fakeInt: names.internText('__SANITIZED_FAKE_INT__'),
    });
    const strings = addBase(btf, records, names);
    map.index(0, btf.typeCount);
    interner.run();
    this.ids = new Int32Array(nodes.count);
    const { data } = records.types;
    for (let row = records.typeCount - 1; row >= 1; row--) {
      // a second content of a name is a variant, which the module's types cannot meet
      if (interner.hasVariants && interner.variantOf[row]! > 0) continue;
      this.ids[interner.own[row]!] = data[row * T.Stride + T.Offset]!;
    }
    this.strings = new Int32Array(names.count);
    for (const [name, offset] of strings) this.strings[name] = offset + 1;
    this.#nodeMark = nodes.mark();
    this.#nameCount = names.count;
    this.#variantCount = variants.count;
  }

  /** The base's function of that name and prototype, 0 where it has none: a module that has it too says nothing new. @internal */
  functionId(name: number, prototype: number): number {
    if (prototype >= this.btf.typeCount) return 0;
    const ids = idsByName(this.btf, new TextDecoder().decode(this.names.bytes(name)));
    return ids.find((id) => this.btf.kind(id) === BtfKind.Func && this.#isStatic(id, prototype)) ?? 0;
  }

  #isStatic(id: number, prototype: number): boolean {
    const type = decodeType(this.btf, id);
    return type.kind === BtfKind.Func && type.type === prototype && type.linkage === FUNC_STATIC;
  }

  /** Forgets what a module has added. @internal */
  release(): void {
    this.names.release(this.#nameCount);
    this.nodes.release(this.#nodeMark);
    this.variants.release(this.#variantCount);
  }
}
