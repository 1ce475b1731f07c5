// The functions of a unit: names and types from where they originate, what is known of each parameter's place, and what
// follows for the function. dwarves' ftype__recode_dwarf_types, function__analyze_parameter_locations.

import type { UnitInterner } from '../intern/intern-unit.ts';
import type { OffsetMap } from '../unit/offset-map.ts';
import { F, FunctionFlag, P, ParamFlag, type Records, T, TypeKind, E } from '../unit/records.ts';
import type { ElfFunctions } from './elf-functions.ts';
import { FunctionFault, type Prototypes } from './prototypes.ts';
import type { RegisterParams } from './register-params.ts';

/** Origins of origins are followed this far. */
const MAX_ORIGINS = 16;
const MAX_TYPE_STEPS = 64;
const SKIP = -1;

/** Collects the functions of units, one after the other. */
export class FunctionCollector {
  readonly #records: Records;
  readonly #map: OffsetMap;
  readonly #interner: UnitInterner;
  readonly #functions: ElfFunctions;
  readonly #prototypes: Prototypes;
  readonly #convention: RegisterParams;
  readonly #addressSize: number;
  /** For each function of the unit its number in the symbol table, or -1. */
  #numbers = new Int32Array(0);
  #prototype = new Int32Array(256);
  #reordered = new Uint8Array(0);
  readonly #alignments = new Map<number, number>();

  constructor(
    records: Records,
    map: OffsetMap,
    interner: UnitInterner,
    functions: ElfFunctions,
    prototypes: Prototypes,
    convention: RegisterParams,
    addressSize: number,
  ) {
    this.#records = records;
    this.#map = map;
    this.#interner = interner;
    this.#functions = functions;
    this.#prototypes = prototypes;
    this.#convention = convention;
    this.#addressSize = addressSize;
  }

  /** Saves every function of the rows that the symbol table has. `tags`: decl tags by row. */
  run(tags: ReadonlyMap<number, readonly number[]> | undefined): void {
    const count = this.#records.functionCount;
    if (this.#numbers.length < count) {
      this.#numbers = new Int32Array(count * 2);
      this.#reordered = new Uint8Array(count * 2);
    }
    this.#reordered.fill(0, 0, count);
    this.#alignments.clear();
    for (let row = 1; row < count; row++) this.#numbers[row] = this.#number(row);
    for (let row = 1; row < count; row++) if (this.#numbers[row] !== SKIP) this.#inherit(row);
    for (let row = 1; row < count; row++) if (this.#numbers[row] !== SKIP) this.#save(row, tags?.get(row) ?? []);
  }

  /** The function's number, by its own name or that of what it is an instance of. */
  #number(row: number): number {
    const functions = this.#records.functions.data;
    if ((functions[row * F.Stride + F.Flags]! & FunctionFlag.Declaration) !== 0) return SKIP;
    let current = row;
    for (let steps = 0; steps < MAX_ORIGINS; steps++) {
      const at = current * F.Stride;
      const name = functions[at + F.Name]!;
      if (name !== 0) return this.#functions.find(name);
      const origin = functions[at + F.Origin]! || functions[at + F.Specification]!;
      if (origin === 0) return SKIP;
      current = this.#map.function(origin);
      if (current === 0) return SKIP;
    }
    return SKIP;
  }

  /** Parameters of an instance take name and type from their origin, and add where they are. */
  #inherit(row: number): void {
    const params = this.#records.params.data;
    const functions = this.#records.functions.data;
    for (let p = functions[row * F.Stride + F.FirstParam]!; p !== 0; p = params[p * P.Stride + P.Next]!) {
      const at = p * P.Stride;
      const own = params[at + P.Origin]!;
      const origin = own === 0 ? 0 : this.#map.param(own);
      const sized = origin === 0 ? params[at + P.Ref]! : params[origin * P.Stride + P.Ref]!;
      params[at + P.Size] = this.#sizeOf(sized);
      if (params[at + P.Size]! > (this.#convention.twoRegisters ? 2 : 1) * this.#addressSize) {
        params[at + P.Flags]! |= ParamFlag.InMemory;
      }
      if (params[at + P.Ref] !== 0 || origin === 0) continue;
      const from = origin * P.Stride;
      params[at + P.Name] = params[from + P.Name]!;
      params[at + P.Ref] = params[from + P.Ref]!;
      if (params[at + P.Index] !== params[from + P.Index]) this.#reordered[row] = 1;
      params[from + P.Flags]! |= params[at + P.Flags]!;
      const register = this.#register(at);
      if (register !== 0) {
        params[from + P.Register] = register;
        params[from + P.WideRegister] = register;
      }
      if (params[at + P.Size] !== 0) params[from + P.Size] = params[at + P.Size]!;
    }
  }

  #register(at: number): number {
    const params = this.#records.params.data;
    const wide = params[at + P.Size]! > this.#addressSize && this.#convention.twoRegisters;
    return params[at + (wide ? P.WideRegister : P.Register)]!;
  }

  #save(row: number, tags: readonly number[]): void {
    const functions = this.#records.functions.data;
    const params = this.#records.params.data;
    const at = row * F.Stride;
    const count = functions[at + F.ParamCount]!;
    if (this.#prototype.length < 4 + count * 2) this.#prototype = new Int32Array(8 + count * 4);
    const prototype = this.#prototype;
    let length = 2;
    for (let p = functions[at + F.FirstParam]!; p !== 0; p = params[p * P.Stride + P.Next]!) {
      const name = params[p * P.Stride + P.Name]!;
      if (name === 0) return; // without a name nothing says what it is
      prototype[length++] = name;
      prototype[length++] = this.#interner.refOf(params[p * P.Stride + P.Ref]!);
    }
    const flags = functions[at + F.Flags]!;
    if ((flags & FunctionFlag.Variadic) !== 0) {
      prototype[length++] = 0;
      prototype[length++] = 0;
    }
    prototype[0] = this.#interner.refOf(this.#returnType(row));
    prototype[1] = (length - 2) / 2;
    const signatureChanged = this.#signatureChanged(row);
    const { optimized, unexpected } = this.#analyze(row, signatureChanged);
    let faults = unexpected ? FunctionFault.UnexpectedRegister : 0;
    if (this.#reordered[row] !== 0) faults |= FunctionFault.ReorderedParameter;
    if (this.#isUncertain(row)) faults |= FunctionFault.UncertainLocation;
    this.#prototypes.save(this.#numbers[row]!, {
      prototype,
      length,
      tags,
      faults,
      addressLow: functions[at + F.LowPcLow]!,
      addressHigh: functions[at + F.LowPcHigh]!,
      optimized,
      signatureChanged,
    });
  }

  #returnType(row: number): number {
    const functions = this.#records.functions.data;
    let current = row;
    for (let steps = 0; steps < MAX_ORIGINS && current !== 0; steps++) {
      const at = current * F.Stride;
      if (functions[at + F.Return] !== 0) return functions[at + F.Return]!;
      const origin = functions[at + F.Origin]! || functions[at + F.Specification]!;
      if (origin === 0) return 0;
      current = this.#map.function(origin);
    }
    return 0;
  }

  #signatureChanged(row: number): boolean {
    const functions = this.#records.functions.data;
    const at = row * F.Stride;
    const flags = functions[at + F.Flags]!;
    if ((flags & FunctionFlag.Clang) === 0 || (flags & FunctionFlag.Inlined) !== 0) return false;
    const origin = functions[at + F.Origin]!;
    if (origin === 0) return (flags & FunctionFlag.NoCall) !== 0;
    const from = this.#map.function(origin);
    return from !== 0 && (functions[from * F.Stride + F.Flags]! & FunctionFlag.NoCall) !== 0;
  }

  /** Whether a parameter is optimized away, and whether one is in another register than the convention says. */
  #analyze(row: number, signatureChanged: boolean): { optimized: boolean; unexpected: boolean } {
    const functions = this.#records.functions.data;
    const params = this.#records.params.data;
    const at = row * F.Stride;
    const { count, registers, twoRegisters } = this.#convention;
    const clang = (functions[at + F.Flags]! & FunctionFlag.Clang) !== 0;
    const window = clang && !signatureChanged;
    let optimized = false;
    let unexpected = false;
    let index = 0;
    for (let p = functions[at + F.FirstParam]!; p !== 0; p = params[p * P.Stride + P.Next]!) {
      const from = p * P.Stride;
      const size = params[from + P.Size]!;
      const flags = params[from + P.Flags]!;
      const inMemory = (flags & ParamFlag.InMemory) !== 0;
      const slots = twoRegisters && size > this.#addressSize ? Math.ceil(size / this.#addressSize) : 1;
      const register = this.#register(from);
      const located = (flags & ParamFlag.Located) !== 0;
      if (!located) optimized = true;
      if (window) {
        // clang left the signature as it is: the register must be one of those that the parameter takes
        if (inMemory) continue;
        if (index < count) {
          if (register !== 0 && registers.length > 0) {
            const expected = registers.slice(index, index + slots);
            if (!expected.includes(register - 1)) unexpected = true;
          } else if (register !== 0) unexpected = true;
        }
        index += slots;
        continue;
      }
      let takes = true;
      if (located) {
        if (index >= count) takes = false;
        else if (register === 0) optimized = true;
        else if (registers.length > 0 && registers[index] !== register - 1) unexpected = true;
      } else if ((flags & ParamFlag.Constant) !== 0 && !clang) optimized = true;
      if (takes) index += inMemory ? 1 : slots;
    }
    return { optimized, unexpected: unexpected && !this.#hasStructParam(row) };
  }

  /** A structure by value takes several registers, so that those of others say nothing. */
  #hasStructParam(row: number): boolean {
    const functions = this.#records.functions.data;
    const params = this.#records.params.data;
    const types = this.#records.types.data;
    for (let p = functions[row * F.Stride + F.FirstParam]!; p !== 0; p = params[p * P.Stride + P.Next]!) {
      let type = this.#interner.rowOf(params[p * P.Stride + P.Ref]!);
      for (let steps = 0; steps < MAX_TYPE_STEPS && type !== 0; steps++) {
        const kind = types[type * T.Stride]!;
        if (kind === TypeKind.Struct) return true;
        if (kind !== TypeKind.Const && kind !== TypeKind.Typedef) break;
        type = this.#interner.rowOf(types[type * T.Stride + T.Ref]!);
      }
    }
    return false;
  }

  /** A packed structure on the stack is not where the convention says: ftype__has_uncertain_arg_loc. */
  #isUncertain(row: number): boolean {
    const functions = this.#records.functions.data;
    const params = this.#records.params.data;
    const types = this.#records.types.data;
    const at = row * F.Stride;
    const { count } = this.#convention;
    if (functions[at + F.ParamCount]! < count) return false;
    let index = 0;
    for (let p = functions[at + F.FirstParam]!; p !== 0; p = params[p * P.Stride + P.Next]!) {
      if (index++ < count) continue;
      const type = this.#interner.rowOf(params[p * P.Stride + P.Ref]!);
      const kind = types[type * T.Stride]!;
      if (type === 0 || kind !== TypeKind.Struct || types[type * T.Stride + T.Name] === 0) continue;
      if (this.#isPacked(type)) return true;
    }
    return false;
  }

  /** class__infer_packed_attributes: a member that is not at a multiple of its own alignment, or such a size. */
  #isPacked(type: number): boolean {
    const types = this.#records.types.data;
    const elements = this.#records.elements.data;
    let largest = 1;
    for (let e = types[type * T.Stride + T.First]!; e !== 0; e = elements[e + E.Next]!) {
      const alignment = this.#alignment(this.#interner.rowOf(elements[e + E.Ref]!), 0);
      if (alignment > 1 && elements[e + E.BitSize] === 0 && (elements[e + E.Bits]! >>> 3) % alignment !== 0)
        return true;
      largest = Math.max(largest, alignment);
    }
    return types[type * T.Stride + T.Size]! % largest !== 0;
  }

  /** Each type is looked at once a unit: damaged ones may contain themselves many times. */
  #alignment(type: number, depth: number): number {
    if (type === 0 || depth > MAX_TYPE_STEPS) return 1;
    const known = this.#alignments.get(type);
    if (known !== undefined) return known;
    this.#alignments.set(type, 1);
    const alignment = this.#alignmentOf(type, depth);
    this.#alignments.set(type, alignment);
    return alignment;
  }

  #alignmentOf(type: number, depth: number): number {
    const types = this.#records.types.data;
    const elements = this.#records.elements.data;
    const at = type * T.Stride;
    switch (types[at]!) {
      case TypeKind.Pointer:
        return this.#addressSize;
      case TypeKind.Base:
      case TypeKind.Enum:
        return types[at + T.Size]! || 1;
      case TypeKind.Struct:
      case TypeKind.Union: {
        let largest = 1;
        for (let e = types[at + T.First]!; e !== 0; e = elements[e + E.Next]!) {
          largest = Math.max(largest, this.#alignment(this.#interner.rowOf(elements[e + E.Ref]!), depth + 1));
        }
        return largest;
      }
      case TypeKind.Proto:
      case TypeKind.Void:
        return 1;
      default:
        return this.#alignment(this.#interner.rowOf(types[at + T.Ref]!), depth + 1);
    }
  }

  /** Bytes of a parameter's type: the first size on the way, a pointer's is the machine's. */
  #sizeOf(ref: number): number {
    const types = this.#records.types.data;
    let row = ref === 0 ? 0 : this.#interner.rowOf(ref);
    for (let steps = 0; steps < MAX_TYPE_STEPS && row !== 0; steps++) {
      const at = row * T.Stride;
      if (types[at] === TypeKind.Pointer) return this.#addressSize;
      if (types[at + T.Size] !== 0) return types[at + T.Size]!;
      row = this.#interner.rowOf(types[at + T.Ref]!);
    }
    return 0;
  }
}
