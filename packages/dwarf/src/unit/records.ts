// What one unit says of types, functions and variables, as rows of numbers. Rows refer to each other by the offsets of
// entries; elements of a row (members, enumerators, parameters) are chained, because types may be nested between them.

import { Ints } from '../ints.ts';

/** What a type's row is. */
export const TypeKind = {
  Base: 1,
  Pointer: 2,
  Const: 3,
  Volatile: 4,
  Restrict: 5,
  Typedef: 6,
  Struct: 7,
  Union: 8,
  Enum: 9,
  Array: 10,
  Proto: 11,
  /** DW_TAG_unspecified_type, and what has no counterpart: as void. */
  Void: 12,
  /** Says the same as the type it refers to: DW_TAG_atomic_type, a declaration that stands for a type unit. */
  Alias: 13,
  /** `btf_type_tag`; only base BTF has it as a type of its own. */
  TypeTag: 14,
} as const;

/** Flags of an enum that comes from base BTF, where the kind and the sign are said. */
export const EnumFlag = { Declaration: 1, FromBtf: 2, Wide: 4, Signed: 8 } as const;

/** Fields of a type's row. */
export const T = {
  Kind: 0,
  Name: 1,
  /** The type it refers to, or 0 (NO_REFERENCE): void. */
  Ref: 2,
  /** Bytes. */
  Size: 3,
  /** Base: DW_ATE. Composite: 1 for a declaration. Proto: 1 where `...` follows. Pointer: annotation of gcc, or 0. */
  Flags: 4,
  /** Where the first element is in `elements`, 0 for none. */
  First: 5,
  Last: 6,
  Count: 7,
  Offset: 8,
  Stride: 9,
} as const;

/** Fields of an element. Enumerator: Name, value's halves. Dimension: Ref is the count. */
export const E = {
  Next: 0,
  Name: 1,
  Ref: 2,
  /** Member: bit offset. Enumerator: low half. */
  Bits: 3,
  /** Member: bits of a bitfield. Enumerator: high half. */
  BitSize: 4,
  /** Member of DWARF 2 to 4: 1 + bytes of the storage unit * 65536 + DW_AT_bit_offset, else 0. */
  Old: 5,
  Stride: 6,
} as const;

/** Fields of a function's row. */
export const F = {
  Name: 0,
  Origin: 1,
  Specification: 2,
  Flags: 3,
  Return: 4,
  LowPcLow: 5,
  LowPcHigh: 6,
  FirstParam: 7,
  LastParam: 8,
  ParamCount: 9,
  Offset: 10,
  Stride: 11,
} as const;

export const FunctionFlag = {
  Declaration: 1,
  External: 2,
  Variadic: 4,
  /** Made by clang. */
  Clang: 8,
  /** DW_CC_nocall: clang changed the signature. */
  NoCall: 16,
  Inlined: 32,
} as const;

/** Fields of a function's parameter. Registers are DW_OP_reg numbers plus one, 0 where not known. */
export const P = {
  Next: 0,
  Name: 1,
  Ref: 2,
  Origin: 3,
  Flags: 4,
  Index: 5,
  /** Register where the parameter fits into one. */
  Register: 6,
  /** Register where it takes several. */
  WideRegister: 7,
  Offset: 8,
  /** Bytes of its type, filled in when the unit is complete. */
  Size: 9,
  Stride: 10,
} as const;

export const ParamFlag = { Located: 1, Constant: 2, InMemory: 4 } as const;

/** Fields of a variable. */
export const V = { Name: 0, Ref: 1, Specification: 2, Flags: 3, Low: 4, High: 5, Offset: 6, Stride: 7 } as const;

export const VariableFlag = { Declaration: 1, External: 2, Addressed: 4 } as const;

/** Fields of an annotation: clang's, a child of what it is about, or gcc's, referred to. */
export const A = { Target: 0, Owner: 1, Component: 2, Name: 3, Value: 4, Next: 5, Offset: 6, Stride: 7 } as const;

export const AnnotationTarget = { None: 0, Type: 1, Function: 2, Variable: 3 } as const;

/** The rows of one unit, or of all units where they refer to each other. Row 0 of each kind is empty. */
export class Records {
  readonly types = new Ints(T.Stride * 64);
  readonly elements = new Ints(E.Stride * 128);
  readonly functions = new Ints(F.Stride * 32);
  readonly params = new Ints(P.Stride * 64);
  readonly variables = new Ints(V.Stride * 32);
  readonly annotations = new Ints(A.Stride * 16);

  constructor() {
    this.clear();
  }

  /** One more than the last row of each kind. */
  get typeCount(): number {
    return this.types.length / T.Stride;
  }
  get functionCount(): number {
    return this.functions.length / F.Stride;
  }
  get paramCount(): number {
    return this.params.length / P.Stride;
  }
  get variableCount(): number {
    return this.variables.length / V.Stride;
  }
  get annotationCount(): number {
    return this.annotations.length / A.Stride;
  }

  clear(): void {
    for (const [rows, stride] of [
      [this.types, T.Stride],
      [this.elements, E.Stride],
      [this.functions, F.Stride],
      [this.params, P.Stride],
      [this.variables, V.Stride],
      [this.annotations, A.Stride],
    ] as const) {
      rows.data.fill(0, 0, stride);
      rows.length = stride;
    }
  }

  addType(kind: number, name: number, ref: number, size: number, flags: number, offset: number): number {
    const { types } = this;
    types.reserve(T.Stride);
    const at = types.length;
    const data = types.data;
    data[at] = kind;
    data[at + T.Name] = name;
    data[at + T.Ref] = ref;
    data[at + T.Size] = size;
    data[at + T.Flags] = flags;
    data[at + T.First] = 0;
    data[at + T.Last] = 0;
    data[at + T.Count] = 0;
    data[at + T.Offset] = offset;
    types.length = at + T.Stride;
    return at / T.Stride;
  }

  /** Adds an element at the end of a type's chain; at its front with `first`. */
  addElement(type: number, name: number, ref: number, bits: number, bitSize: number, old: number, first = false): void {
    const { elements } = this;
    elements.reserve(E.Stride);
    const at = elements.length;
    const data = elements.data;
    data[at + E.Next] = 0;
    data[at + E.Name] = name;
    data[at + E.Ref] = ref;
    data[at + E.Bits] = bits;
    data[at + E.BitSize] = bitSize;
    data[at + E.Old] = old;
    elements.length = at + E.Stride;
    const types = this.types.data;
    const row = type * T.Stride;
    const last = types[row + T.Last]!;
    if (first) {
      data[at + E.Next] = types[row + T.First]!;
      types[row + T.First] = at;
      if (last === 0) types[row + T.Last] = at;
    } else {
      if (last === 0) types[row + T.First] = at;
      else data[last + E.Next] = at;
      types[row + T.Last] = at;
    }
    types[row + T.Count]!++;
  }
}
