// What all units together say of each function: its prototypes, whether they agree, and whether it can be traced with its
// arguments. dwarves' btf_encoder__save_func, saved_functions_combine, btf_encoder__add_saved_funcs.

import type { Ints } from '../ints.ts';
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
interface Saved {
  faults: number;
  states: number;
  /** The first state's prototype, and the one to write. */
  first: Int32Array;
  chosen: Int32Array;
  chosenTags: readonly number[];
  /** How good the chosen one is: 0 has no symbol, 1 is optimized, 2 is whole. */
  rank: number;
  /** Whether the chosen one's parameters are optimized away in a symbol that says so. */
  skip: boolean;
}

/** Functions by their number in the symbol table. */
export class Prototypes {
  readonly #saved: (Saved | undefined)[] = [];
  readonly #functions: ElfFunctions;
  readonly #nodes: NodeTable;
  readonly #variants: Variants;

  constructor(functions: ElfFunctions, nodes: NodeTable, variants: Variants) {
    this.#functions = functions;
    this.#nodes = nodes;
    this.#variants = variants;
  }

  /** Adds what a unit says of function `index`. */
  save(index: number, state: FunctionState): void {
    const hasAddress = (state.addressLow | state.addressHigh) !== 0;
    const symbol = hasAddress ? this.#functions.symbolAt(index, state.addressLow, state.addressHigh) : 0;
    const skip = state.optimized && (state.signatureChanged || symbol === 2);
    const rank = symbol === 0 ? 0 : skip ? 1 : 2;
    const saved = this.#saved[index];
    if (saved === undefined) {
      while (this.#saved.length <= index) this.#saved.push(undefined);
      const prototype = state.prototype.slice(0, state.length);
      this.#saved[index] = {
        faults: state.faults,
        states: 1,
        first: prototype,
        chosen: prototype,
        chosenTags: state.tags,
        rank,
        skip,
      };
      return;
    }
    const faults = saved.faults | state.faults;
    const { UnexpectedRegister, InconsistentPrototype, ReorderedParameter } = FunctionFault;
    saved.faults = faults;
    if ((faults & (UnexpectedRegister | InconsistentPrototype | ReorderedParameter)) === 0) {
      if (!this.#match(saved.first, state.prototype, state.length)) saved.faults |= InconsistentPrototype;
    }
    saved.states++;
    // the first whole one with a symbol, else the first with one, else the first
    if (rank > saved.rank) {
      saved.rank = rank;
      saved.skip = skip;
      saved.chosenTags = state.tags;
      saved.chosen = samePrototype(saved.first, state.prototype, state.length)
        ? saved.first
        : state.prototype.slice(0, state.length);
    }
  }

  /** Calls `visit` with every function that stays. Returns how many were left out, and why. */
  forEach(
    consistent: boolean,
    order: Ints,
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
    for (let i = 0; i < order.length; i++) {
      const index = order.data[i]!;
      const saved = this.#saved[index];
      if (saved === undefined) continue;
      const { faults } = saved;
      if (this.#functions.ambiguous.data[index] !== 0) out.ambiguousAddress++;
      else if (saved.skip) out.optimizedParameters++;
      else if ((faults & FunctionFault.ReorderedParameter) !== 0) out.reorderedParameters++;
      else if ((faults & FunctionFault.UncertainLocation) !== 0) out.uncertainLocation++;
      else if (consistent && (faults & FunctionFault.InconsistentPrototype) !== 0) out.inconsistentPrototype++;
      else if ((faults & FunctionFault.UnexpectedRegister) !== 0) out.unexpectedRegister++;
      else visit(index, saved.chosen, saved.chosenTags);
    }
    return out;
  }

  #match(first: Int32Array, second: Int32Array, length: number): boolean {
    if (first.length !== length) return false;
    for (let i = 0; i < length; i += i === 0 ? 3 : 2) {
      const a = this.#variants.nodeOf(first[i]!);
      const b = this.#variants.nodeOf(second[i]!);
      if (a !== b && !typesMatch(this.#nodes, a, b)) return false;
    }
    return true;
  }
}

function samePrototype(first: Int32Array, second: Int32Array, length: number): boolean {
  if (first.length !== length) return false;
  for (let i = 0; i < length; i++) if (first[i] !== second[i]) return false;
  return true;
}
