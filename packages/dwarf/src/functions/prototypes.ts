// What all units together say of each function: its prototypes, whether they agree, and whether it can be traced with its
// arguments. dwarves' btf_encoder__save_func, saved_functions_combine, btf_encoder__add_saved_funcs.

import { Ints } from '../ints.ts';
import type { NodeTable } from '../intern/nodes.ts';
import type { Variants } from '../intern/variants.ts';
import type { ElfFunctions } from './elf-functions.ts';
import { typesMatch } from './match.ts';

/** What speaks against a function. */
export const FunctionFault = {
  UnexpectedRegister: 1,
  InconsistentPrototype: 2,
  UncertainLocation: 4,
  ReorderedParameter: 8,
} as const;

/** Why functions were left out, each with how many. */
export interface LeftOut {
  unexpectedRegister: number;
  inconsistentPrototype: number;
  uncertainLocation: number;
  reorderedParameters: number;
  optimizedParameters: number;
  ambiguousAddress: number;
}

/** One function as one unit has it. `prototype`: return type, count, then name and type of each parameter. */
export interface FunctionState {
  readonly prototype: Int32Array;
  readonly length: number;
  /** Value and component of each `btf_decl_tag`. */
  readonly tags: readonly number[];
  readonly faults: number;
  readonly addressLow: number;
  readonly addressHigh: number;
  /** A parameter is optimized away. */
  readonly optimized: boolean;
  /** The compiler says that the signature differs from the source's. */
  readonly signatureChanged: boolean;
}

/** What is known of one function. */
const S = {
  /** Where its first state's prototype is in the pool; 0: nothing is known of the function. */
  First: 0,
  /** Where the prototype to write is. */
  Chosen: 1,
  Faults: 2,
  /** How good the chosen one is: 0 has no symbol, 1 is optimized, 2 is whole. */
  Rank: 3,
  /** 1: the chosen one's parameters are optimized away in a symbol that says so. */
  Skip: 4,
  Stride: 5,
} as const;

/** Functions by their number in the symbol table. */
export class Prototypes {
  /** Rows of {@link S} by the function's number. */
  readonly #saved: Int32Array;
  /** Prototypes one after the other; the first place stays empty. */
  readonly #pool = new Ints(1 << 10);
  /** Tags of the chosen ones that have some. */
  readonly #tags = new Map<number, readonly number[]>();
  readonly #functions: ElfFunctions;
  readonly #nodes: NodeTable;
  readonly #variants: Variants;

  constructor(functions: ElfFunctions, nodes: NodeTable, variants: Variants) {
    this.#functions = functions;
    this.#saved = new Int32Array(functions.count * S.Stride);
    this.#pool.push(0);
    this.#nodes = nodes;
    this.#variants = variants;
  }

  /** Adds what a unit says of function `index`. */
  save(index: number, state: FunctionState): void {
    const hasAddress = (state.addressLow | state.addressHigh) !== 0;
    const symbol = hasAddress ? this.#functions.symbolAt(index, state.addressLow, state.addressHigh) : 0;
    const skip = state.optimized && (state.signatureChanged || symbol === 2);
    const rank = symbol === 0 ? 0 : skip ? 1 : 2;
    const saved = this.#saved;
    const at = index * S.Stride;
    if (saved[at] === 0) {
      saved[at + S.First] = this.#keep(state);
      saved[at + S.Chosen] = saved[at + S.First]!;
      saved[at + S.Faults] = state.faults;
      saved[at + S.Rank] = rank;
      saved[at + S.Skip] = skip ? 1 : 0;
      if (state.tags.length > 0) this.#tags.set(index, state.tags);
      return;
    }
    let faults = saved[at + S.Faults]! | state.faults;
    const { UnexpectedRegister, InconsistentPrototype, ReorderedParameter } = FunctionFault;
    const first = saved[at + S.First]!;
    if ((faults & (UnexpectedRegister | InconsistentPrototype | ReorderedParameter)) === 0) {
      if (!this.#match(first, state.prototype, state.length)) faults |= InconsistentPrototype;
    }
    saved[at + S.Faults] = faults;
    // the first whole one with a symbol, else the first with one, else the first
    if (rank > saved[at + S.Rank]!) {
      saved[at + S.Rank] = rank;
      saved[at + S.Skip] = skip ? 1 : 0;
      if (state.tags.length > 0) this.#tags.set(index, state.tags);
      else this.#tags.delete(index);
      saved[at + S.Chosen] = this.#isSame(first, state.prototype, state.length) ? first : this.#keep(state);
    }
  }

  /** Calls `visit` with every function that stays. Returns how many were left out, and why. */
  forEach(
    consistent: boolean,
    order: Int32Array,
    visit: (index: number, prototype: Int32Array, tags: readonly number[]) => void,
  ): LeftOut {
    const out: LeftOut = {
      unexpectedRegister: 0,
      inconsistentPrototype: 0,
      uncertainLocation: 0,
      reorderedParameters: 0,
      optimizedParameters: 0,
      ambiguousAddress: 0,
    };
    for (const index of order) {
      const at = index * S.Stride;
      if (this.#saved[at] === 0) continue;
      const faults = this.#saved[at + S.Faults]!;
      if (this.#functions.ambiguous.data[index] !== 0) out.ambiguousAddress++;
      else if (this.#saved[at + S.Skip] !== 0) out.optimizedParameters++;
      else if ((faults & FunctionFault.ReorderedParameter) !== 0) out.reorderedParameters++;
      else if ((faults & FunctionFault.UncertainLocation) !== 0) out.uncertainLocation++;
      else if (consistent && (faults & FunctionFault.InconsistentPrototype) !== 0) out.inconsistentPrototype++;
      else if ((faults & FunctionFault.UnexpectedRegister) !== 0) out.unexpectedRegister++;
      else visit(index, this.#prototype(this.#saved[at + S.Chosen]!), this.#tags.get(index) ?? []);
    }
    return out;
  }

  /** Puts a state's prototype into the pool; returns where. */
  #keep({ prototype, length }: FunctionState): number {
    const pool = this.#pool;
    pool.reserve(length);
    const at = pool.length;
    for (let i = 0; i < length; i++) pool.data[at + i] = prototype[i]!;
    pool.length = at + length;
    return at;
  }

  /** The prototype at that place of the pool: a view. */
  #prototype(at: number): Int32Array {
    const { data } = this.#pool;
    return data.subarray(at, at + 2 + data[at + 1]! * 2);
  }

  #match(at: number, second: Int32Array, length: number): boolean {
    const first = this.#pool.data;
    // the second number is how many parameters there are
    if (first[at + 1] !== second[1]) return false;
    for (let i = 0; i < length; i += i === 0 ? 3 : 2) {
      const a = this.#variants.nodeOf(first[at + i]!);
      const b = this.#variants.nodeOf(second[i]!);
      if (a !== b && !typesMatch(this.#nodes, a, b)) return false;
    }
    return true;
  }

  #isSame(at: number, second: Int32Array, length: number): boolean {
    const first = this.#pool.data;
    for (let i = 0; i < length; i++) if (first[at + i] !== second[i]) return false;
    return true;
  }
}
