// What one dump to C keeps track of: which types are ordered, emitted and named. struct btf_dump of libbpf's btf_dump.c.

import { ByteOutput, type ByteSink } from '../byte-output.ts';
import { BtfError } from '../errors.ts';
import { type FlatBtf, flatten } from '../flatten.ts';
import { BtfKind } from '../kinds.ts';
import { pointerSize } from '../layout.ts';
import type { Btf } from '../btf.ts';
import { IdList } from './id-list.ts';
import { NameCounts } from './name-counts.ts';
import { Sizes } from './sizes.ts';
import { infoKind, infoVlen } from '../info.ts';

/** How deep types may nest before a dump gives up. Kernels stay below 20; libbpf goes on until its stack ends. */
export const MAX_DUMP_DEPTH = 512;
/** How many visits of types one dump may take: so many, and so many more for each type. Kernels take two for each. */
const DUMP_STEPS = { any: 2 ** 20, perType: 64 } as const;
/** How many characters may be looked at to sort; a kernel takes some millions. */
export const MAX_SORT_STEPS = 2 ** 28;

export const OrderState = { none: 0, ordering: 1, ordered: 2 } as const;
export const EmitState = { none: 0, emitting: 1, emitted: 2 } as const;

/** Bits of `CDump.flags`. */
export const TypeFlag = {
  /** A forward declaration was emitted. */
  forward: 1,
  /** It has its final name. */
  named: 2,
  /** Some type refers to it. */
  referenced: 4,
} as const;

/** How to dump; see `DumpCOptions`. */
export interface CDumpOptions {
  readonly pointerBytes?: 4 | 8 | undefined;
  readonly maxBytes?: number | undefined;
}

/** The state of one dump. Arrays are by type id. */
export class CDump {
  readonly flat: FlatBtf;
  /** `flat.words` and `flat.starts`, which everything reads. */
  readonly words: Uint32Array;
  readonly starts: Uint32Array;
  readonly out: ByteOutput;
  readonly pointerBytes: 4 | 8;
  readonly orderState: Uint8Array;
  readonly emitState: Uint8Array;
  readonly flags: Uint8Array;
  /** Names that had to be changed, `foo___2`, as bytes. */
  readonly renamed = new Map<number, Uint8Array>();
  /** How often each tag of a struct, union or enum was used. */
  readonly typeNames: NameCounts;
  /** The same for typedefs and enumerators, which share C's other namespace. */
  readonly identNames: NameCounts;
  readonly sizes: Sizes;
  /** Definitions to emit, in order, for the type at hand. */
  readonly queue = new IdList();
  /** Types of the declarations being written, innermost last; a declaration works on its own end of it. */
  readonly stack = new IdList();
  private depth = 0;
  private stepsLeft: number;

  constructor(btf: Btf, sink: ByteSink, options: CDumpOptions) {
    const { typeCount } = btf;
    this.flat = flatten(btf);
    this.words = this.flat.words;
    this.starts = this.flat.starts;
    this.out = new ByteOutput(sink, options.maxBytes);
    this.pointerBytes = options.pointerBytes ?? pointerSize(btf) ?? 8;
    this.stepsLeft = DUMP_STEPS.any + DUMP_STEPS.perType * typeCount;
    this.orderState = new Uint8Array(typeCount);
    this.emitState = new Uint8Array(typeCount);
    this.flags = new Uint8Array(typeCount);
    this.orderState[0] = OrderState.ordered;
    this.emitState[0] = EmitState.emitted;
    this.typeNames = new NameCounts(this.flat.strings, typeCount);
    this.identNames = new NameCounts(this.flat.strings, typeCount);
    this.sizes = new Sizes(this.flat, this.pointerBytes, MAX_DUMP_DEPTH);
    markReferenced(this.flat, this.flags);
  }

  /** The word where a type begins. */
  at(id: number): number {
    return this.starts[id]!;
  }

  word(at: number): number {
    return this.words[at]!;
  }

  kind(id: number): BtfKind {
    return infoKind(this.words[this.starts[id]! + 1]!);
  }

  hasFlag(id: number, flag: number): boolean {
    return (this.flags[id]! & flag) !== 0;
  }

  setFlag(id: number, flag: number): void {
    this.flags[id] = this.flags[id]! | flag;
  }

  /** Begins a visit of a type within visits of others; `leave` ends it. Throws `limit` where they are too many. */
  enter(id: number): void {
    if (++this.depth > MAX_DUMP_DEPTH) {
      throw new BtfError('limit', 'types nest too deep', { typeId: id, expected: `at most ${MAX_DUMP_DEPTH} levels` });
    }
    if (--this.stepsLeft < 0) {
      throw new BtfError('limit', 'types refer to each other too often', {
        typeId: id,
        expected: `at most ${DUMP_STEPS.perType} visits for each type`,
      });
    }
  }

  leave(): void {
    this.depth--;
  }
}

/**
 * Marks what any type refers to. An anonymous enum that nothing refers to declares constants and is emitted on its
 * own; any other is part of a member's declaration. FUNC_PROTO's return type is not looked at, as in libbpf.
 */
function markReferenced(flat: FlatBtf, flags: Uint8Array): void {
  const { words, starts, typeCount } = flat;
  const mark = (id: number) => {
    flags[id] = flags[id]! | TypeFlag.referenced;
  };
  for (let id = 1; id < typeCount; id++) {
    const at = starts[id]!;
    const info = words[at + 1]!;
    const vlen = infoVlen(info);
    switch (infoKind(info)) {
      case BtfKind.Volatile:
      case BtfKind.Const:
      case BtfKind.Restrict:
      case BtfKind.Ptr:
      case BtfKind.Typedef:
      case BtfKind.Func:
      case BtfKind.Var:
      case BtfKind.DeclTag:
      case BtfKind.TypeTag:
        mark(words[at + 2]!);
        break;
      case BtfKind.Array:
        mark(words[at + 3]!);
        mark(words[at + 4]!);
        break;
      case BtfKind.Struct:
      case BtfKind.Union:
        for (let i = 0, w = at + 4; i < vlen; i++, w += 3) mark(words[w]!);
        break;
      case BtfKind.FuncProto:
        for (let i = 0, w = at + 4; i < vlen; i++, w += 2) mark(words[w]!);
        break;
      case BtfKind.Datasec:
        for (let i = 0, w = at + 3; i < vlen; i++, w += 3) mark(words[w]!);
        break;
      default: // Differs from libbpf: kinds after ENUM64 are passed over; 1.8 refuses to dump any BTF that has them
    }
  }
}
