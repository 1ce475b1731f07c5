// Walks the entries of one unit and writes rows (records.ts) of what matters: types wherever they stand, functions with
// their parameters, variables at the top. Bodies are walked too, because types may be declared there; inlined calls and
// call sites are stepped over.
//
// Long because it is one walk over one stack of open entries, with a case for each tag.

import { DwarfError } from '../errors.ts';
import type { AbbreviationTable } from '../read/abbreviations.ts';
import { CALLING_CONVENTION_NOCALL, Tag } from '../read/constants.ts';
import type { EntryReader, UnitContext } from '../read/entry-reader.ts';
import type { NameTable } from '../read/names.ts';
import type { SectionData } from '../read/section-data.ts';
import { Has, Slot } from '../read/shapes.ts';
import type { UnitHeader } from '../read/unit-header.ts';
import type { LocationReader } from './locations.ts';
import {
  A,
  AnnotationTarget,
  F,
  FunctionFlag,
  P,
  ParamFlag,
  type Records,
  T,
  TypeKind,
  V,
  VariableFlag,
} from './records.ts';

/** Entries nested deeper than this are damage; compilers stay below a hundred. */
const MAX_DEPTH = 4096;

/** What the children of an entry belong to. */
const Owner = { None: 0, Type: 1, Function: 2, Param: 3, Variable: 4, Body: 5 } as const;

/** What the walk needs besides the unit. */
export interface WalkTools {
  readonly reader: EntryReader;
  readonly records: Records;
  readonly locations: LocationReader;
  readonly names: NameTable;
  /** Whether the symbol table has a function of that name. */
  isFunctionName(name: number): boolean;
  readonly excludedLanguages: ReadonlySet<number>;
}

/** What was learned of the unit itself. */
export interface UnitFacts {
  /** False where the unit was left out for its language. */
  readonly included: boolean;
}

/** Walks a unit that lies in the section's window. Throws `DwarfError`. */
export function walkUnit(
  header: UnitHeader,
  section: SectionData,
  context: UnitContext,
  table: AbbreviationTable,
  tools: WalkTools,
): UnitFacts {
  const { reader, records, locations } = tools;
  const { values } = reader;
  const shift = context.unitOrigin - header.start + section.start; // from a place in the window to an entry's offset
  const end = header.end - section.start;
  const owners = new Int32Array(64);
  const rows = new Int32Array(64);
  const components = new Int32Array(64);
  const members = new Int32Array(64);
  const stack: Stack = { owners, rows, components, members };
  components[0] = -1;
  let depth = 0;
  reader.enter(section, context);
  reader.at = header.entries - section.start;

  const first = readUnitEntry(header, section, context, table, tools);
  if (!first.included || !first.hasChildren) return { included: first.included };
  const clang = first.clang;
  locations.enter(context, first.loclistsBase);

  while (reader.at < end) {
    const start = reader.at;
    const code = reader.uleb();
    if (code === 0) {
      if (depth === 0) return { included: true };
      depth--;
      continue;
    }
    const shape = table[code];
    if (shape === undefined) throw badCode(code, section, start);
    const owner = stack.owners[depth]!;
    const ownerRow = stack.rows[depth]!;
    const { tag, mask } = shape;
    let childOwner: number = Owner.None;
    let childRow = 0;
    let childComponent = -1;
    const offset = start + shift;

    // a variable in a body says nothing; nor does what its children might
    if (tag === Tag.Variable && (owner === Owner.Body || owner === Owner.Function)) reader.run(shape.skip);
    else reader.run(shape.program);

    switch (tag) {
      case Tag.Member: {
        if (owner === Owner.Type) {
          addMember(records, ownerRow, mask, values);
          childOwner = Owner.Type;
          childRow = ownerRow;
          childComponent = stack.members[depth]!++;
          if ((mask & Has.Annotation) !== 0) {
            addReferredAnnotation(records, AnnotationTarget.Type, ownerRow, childComponent, values, offset);
          }
        }
        break;
      }
      case Tag.FormalParameter: {
        if (owner === Owner.Function) {
          const param = addParam(records, ownerRow, mask, values, offset, tools);
          childOwner = Owner.Param;
          childRow = ownerRow;
          childComponent = records.params.data[param * P.Stride + P.Index]!;
          if ((mask & Has.Annotation) !== 0) {
            addReferredAnnotation(records, AnnotationTarget.Function, ownerRow, childComponent, values, offset);
          }
        } else if (owner === Owner.Type) {
          const name = (mask & Has.Name) !== 0 ? values[Slot.Name]! : 0;
          records.addElement(ownerRow, name, (mask & Has.Type) !== 0 ? values[Slot.Type]! : 0, 0, 0, 0);
        }
        break;
      }
      case Tag.Enumerator:
        if (owner === Owner.Type) {
          const has = (mask & Has.ConstValue) !== 0;
          records.addElement(
            ownerRow,
            (mask & Has.Name) !== 0 ? values[Slot.Name]! : 0,
            0,
            has ? values[Slot.ConstValue]! : 0,
            has ? values[Slot.ConstValue + 1]! : 0,
            0,
          );
        }
        break;
      case Tag.SubrangeType:
        if (owner === Owner.Type && records.types.data[ownerRow * T.Stride] === TypeKind.Array) {
          records.addElement(ownerRow, 0, dimension(mask, values), 0, 0, 0);
        }
        break;
      case Tag.UnspecifiedParameters:
        if (owner === Owner.Type) records.types.data[ownerRow * T.Stride + T.Flags] = 1;
        else if (owner === Owner.Function) {
          records.functions.data[ownerRow * F.Stride + F.Flags]! |= FunctionFlag.Variadic;
        }
        break;
      case Tag.Subprogram:
        childRow = addFunction(records, mask, values, offset, clang);
        childOwner = Owner.Function;
        break;
      case Tag.LexicalBlock:
        childOwner = Owner.Body;
        break;
      case Tag.InlinedSubroutine:
      case Tag.CallSite:
      case Tag.GnuCallSite:
        if (shape.hasChildren) {
          if ((mask & Has.Sibling) !== 0) {
            const next = values[Slot.Sibling]! - shift;
            if (!(next >= reader.at && next <= end)) throw badSibling(section, start);
            reader.at = next;
          } else skipChildren(reader, table, end, section);
        }
        continue;
      case Tag.Variable:
        if (owner === Owner.None) {
          childRow = addVariable(records, mask, values, offset, tools);
          childOwner = Owner.Variable;
        }
        break;
      case Tag.LlvmAnnotation:
      case Tag.GnuAnnotation:
        addAnnotation(records, owner, ownerRow, stack.components[depth]!, mask, values, offset);
        break;
      case Tag.Namespace:
        break;
      default:
        childRow = addType(records, tag, mask, values, offset);
        if (childRow > 0) childOwner = Owner.Type;
        // a type inside of a body leaves the body's other entries what they are
        else if (owner === Owner.Function || owner === Owner.Body) childOwner = Owner.Body;
    }
    if (shape.hasChildren) {
      if (++depth >= MAX_DEPTH) {
        throw new DwarfError('limit', `entries nested ${depth} deep`, {
          section: section.name,
          expected: `${MAX_DEPTH}`,
        });
      }
      if (depth + 1 >= stack.owners.length) growStack(stack);
      stack.owners[depth] = childOwner;
      stack.rows[depth] = childRow;
      stack.components[depth] = childComponent;
      stack.members[depth] = 0;
    }
  }
  if (reader.at > end)
    throw new DwarfError('truncated', 'a unit ends within an entry', { section: section.name, offset: header.start });
  return { included: true };
}

interface UnitEntry {
  readonly included: boolean;
  readonly hasChildren: boolean;
  readonly clang: boolean;
  readonly loclistsBase: number;
}

/** The unit's own entry: language, producer, and the bases of what is found by index. */
function readUnitEntry(
  header: UnitHeader,
  section: SectionData,
  context: UnitContext,
  table: AbbreviationTable,
  { reader, names, excludedLanguages }: WalkTools,
): UnitEntry {
  const none = { included: false, hasChildren: false, clang: false, loclistsBase: -1 };
  if (header.entries >= header.end) return none;
  const start = reader.at;
  const code = reader.uleb();
  if (code === 0) return none;
  const shape = table[code];
  if (shape === undefined) throw badCode(code, section, start);
  const { values } = reader;
  // names by index need the base, which may stand behind them
  const at = reader.at;
  context.stringOffsetsBase = -1;
  context.addressBase = -1;
  if ((shape.mask & (Has.StrOffsetsBase | Has.AddrBase)) !== 0) {
    reader.runBases(shape.program);
    if ((shape.mask & Has.StrOffsetsBase) !== 0) context.stringOffsetsBase = values[Slot.StrOffsetsBase]! >>> 0;
    if ((shape.mask & Has.AddrBase) !== 0) context.addressBase = values[Slot.AddrBase]! >>> 0;
    reader.at = at;
  }
  reader.run(shape.program);
  if (shape.tag === Tag.SkeletonUnit || (shape.mask & Has.DwoName) !== 0) {
    const name = (shape.mask & Has.DwoName) !== 0 ? names.text(values[Slot.DwoName]!) : 'a .dwo file';
    throw new DwarfError('split-debug', `the types are in ${name}`, {
      section: section.name,
      offset: header.start,
      expected: 'debug information that is not split (-gno-split-dwarf)',
    });
  }
  const language = (shape.mask & Has.Language) !== 0 ? values[Slot.Language]! : 0;
  const producer = (shape.mask & Has.Producer) !== 0 ? names.text(values[Slot.Producer]!) : '';
  return {
    included: !excludedLanguages.has(language),
    hasChildren: shape.hasChildren,
    clang: producer.includes('clang'),
    loclistsBase: (shape.mask & Has.LoclistsBase) !== 0 ? values[Slot.LoclistsBase]! >>> 0 : -1,
  };
}

/** Steps over the children of an entry that has no DW_AT_sibling. */
function skipChildren(reader: EntryReader, table: AbbreviationTable, end: number, section: SectionData): void {
  let depth = 1;
  while (depth > 0) {
    if (reader.at >= end) throw new DwarfError('truncated', 'a unit ends within an entry', { section: section.name });
    const start = reader.at;
    const code = reader.uleb();
    if (code === 0) {
      depth--;
      continue;
    }
    const shape = table[code];
    if (shape === undefined) throw badCode(code, section, start);
    reader.run(shape.skip);
    if (shape.hasChildren) depth++;
  }
}

/** Adds the row of a type; 0 for entries that are none. */
function addType(records: Records, tag: number, mask: number, values: Int32Array, offset: number): number {
  const kind = kindOf(tag);
  if (kind === 0) return 0;
  const name = (mask & Has.Name) !== 0 ? values[Slot.Name]! : 0;
  let ref = (mask & Has.Type) !== 0 ? values[Slot.Type]! : 0;
  const size = (mask & Has.ByteSize) !== 0 ? values[Slot.ByteSize]! : 0;
  let flags = 0;
  if (kind === TypeKind.Base) {
    flags = (mask & Has.Encoding) !== 0 ? values[Slot.Encoding]! : 0;
    if ((mask & Has.ByteSize) === 0 && (mask & Has.BitSize) !== 0) {
      return records.addType(kind, name, 0, (values[Slot.BitSize]! + 7) >>> 3, flags, offset);
    }
  } else if (kind === TypeKind.Struct || kind === TypeKind.Union || kind === TypeKind.Enum) {
    if ((mask & Has.Declaration) !== 0 && values[Slot.Declaration] !== 0) {
      if ((mask & Has.Signature) !== 0)
        return records.addType(TypeKind.Alias, 0, values[Slot.Signature]!, 0, 0, offset);
      flags = 1;
    } else if (kind !== TypeKind.Enum) ref = 0;
  } else if (kind === TypeKind.Pointer && (mask & Has.Annotation) !== 0) flags = values[Slot.Annotation]!;
  const row = records.addType(kind, name, ref, size, flags, offset);
  if ((mask & Has.Annotation) !== 0 && kind !== TypeKind.Pointer) {
    addReferredAnnotation(records, AnnotationTarget.Type, row, -1, values, offset);
  }
  return row;
}

function kindOf(tag: number): number {
  switch (tag) {
    case Tag.BaseType:
      return TypeKind.Base;
    case Tag.PointerType:
    case Tag.ReferenceType:
    case Tag.RvalueReferenceType:
      return TypeKind.Pointer;
    case Tag.ConstType:
      return TypeKind.Const;
    case Tag.VolatileType:
      return TypeKind.Volatile;
    case Tag.RestrictType:
      return TypeKind.Restrict;
    case Tag.Typedef:
      return TypeKind.Typedef;
    case Tag.StructureType:
    case Tag.ClassType:
    case Tag.InterfaceType:
      return TypeKind.Struct;
    case Tag.UnionType:
      return TypeKind.Union;
    case Tag.EnumerationType:
      return TypeKind.Enum;
    case Tag.ArrayType:
      return TypeKind.Array;
    case Tag.SubroutineType:
      return TypeKind.Proto;
    case Tag.UnspecifiedType:
      return TypeKind.Void;
    // Differs from pahole: it fails on DW_TAG_atomic_type. An _Atomic type has the layout of the type it qualifies
    case Tag.AtomicType:
    case Tag.ImmutableType:
      return TypeKind.Alias;
    default:
      return 0;
  }
}

function addMember(records: Records, type: number, mask: number, values: Int32Array): void {
  const name = (mask & Has.Name) !== 0 ? values[Slot.Name]! : 0;
  const ref = (mask & Has.Type) !== 0 ? values[Slot.Type]! : 0;
  const isUnion = records.types.data[type * T.Stride] === TypeKind.Union;
  const bitSize = (mask & Has.BitSize) !== 0 ? values[Slot.BitSize]! : 0;
  if ((mask & Has.DataBitOffset) !== 0) {
    records.addElement(type, name, ref, values[Slot.DataBitOffset]!, bitSize, 0);
    return;
  }
  // neither place nor union: a static member of C++
  if ((mask & Has.MemberLocation) === 0 && !isUnion) return;
  const bytes = (mask & Has.MemberLocation) !== 0 ? values[Slot.MemberLocation]! : 0;
  const storage = (mask & Has.ByteSize) !== 0 ? values[Slot.ByteSize]! : 0;
  const bitOffset = (mask & Has.BitOffset) !== 0 ? values[Slot.BitOffset]! : 0;
  const old = bitSize === 0 ? 0 : 1 + ((storage & 0x7f) << 16) + (bitOffset & 0x7fff) + (bitOffset < 0 ? 0x8000 : 0);
  records.addElement(type, name, ref, bytes * 8, bitSize, old);
}

/** The number of elements, modulo 2^32; 0 where it is not known. */
function dimension(mask: number, values: Int32Array): number {
  if ((mask & Has.UpperBound) !== 0) return (values[Slot.UpperBound]! + 1) | 0;
  return (mask & Has.Count) !== 0 ? values[Slot.Count]! : 0;
}

function addFunction(records: Records, mask: number, values: Int32Array, offset: number, clang: boolean): number {
  const { functions } = records;
  functions.reserve(F.Stride);
  const at = functions.length;
  const { data } = functions;
  let flags = clang ? FunctionFlag.Clang : 0;
  if ((mask & Has.Declaration) !== 0 && values[Slot.Declaration] !== 0) flags |= FunctionFlag.Declaration;
  if ((mask & Has.External) !== 0 && values[Slot.External] !== 0) flags |= FunctionFlag.External;
  if ((mask & Has.Inline) !== 0 && values[Slot.Inline] !== 0) flags |= FunctionFlag.Inlined;
  if ((mask & Has.CallingConvention) !== 0 && values[Slot.CallingConvention] === CALLING_CONVENTION_NOCALL) {
    flags |= FunctionFlag.NoCall;
  }
  data[at + F.Name] = (mask & Has.Name) !== 0 ? values[Slot.Name]! : 0;
  data[at + F.Origin] = (mask & Has.Origin) !== 0 ? values[Slot.Origin]! : 0;
  data[at + F.Specification] = (mask & Has.Specification) !== 0 ? values[Slot.Specification]! : 0;
  data[at + F.Flags] = flags;
  data[at + F.Return] = (mask & Has.Type) !== 0 ? values[Slot.Type]! : 0;
  data[at + F.LowPcLow] = (mask & Has.LowPc) !== 0 ? values[Slot.LowPc]! : 0;
  data[at + F.LowPcHigh] = (mask & Has.LowPc) !== 0 ? values[Slot.LowPc + 1]! : 0;
  data[at + F.FirstParam] = 0;
  data[at + F.LastParam] = 0;
  data[at + F.ParamCount] = 0;
  data[at + F.Offset] = offset;
  functions.length = at + F.Stride;
  const row = at / F.Stride;
  if ((mask & Has.Annotation) !== 0) addReferredAnnotation(records, AnnotationTarget.Function, row, -1, values, offset);
  return row;
}

function addParam(
  records: Records,
  owner: number,
  mask: number,
  values: Int32Array,
  offset: number,
  { locations, isFunctionName, reader }: WalkTools,
): number {
  const { params, functions } = records;
  params.reserve(P.Stride);
  const at = params.length;
  const { data } = params;
  const row = owner * F.Stride;
  data[at + P.Next] = 0;
  data[at + P.Name] = (mask & Has.Name) !== 0 ? values[Slot.Name]! : 0;
  data[at + P.Ref] = (mask & Has.Type) !== 0 ? values[Slot.Type]! : 0;
  data[at + P.Origin] = (mask & Has.Origin) !== 0 ? values[Slot.Origin]! : 0;
  data[at + P.Index] = functions.data[row + F.ParamCount]!;
  data[at + P.Offset] = offset;
  data[at + P.Size] = 0;
  let flags = (mask & Has.ConstValue) !== 0 ? ParamFlag.Constant : 0;
  let register = 0;
  let wide = 0;
  if ((mask & Has.Location) !== 0) {
    flags |= ParamFlag.Located;
    const name = functions.data[row + F.Name]!;
    const concerned = name === 0 || isFunctionName(name);
    if (concerned && (functions.data[row + F.Flags]! & FunctionFlag.Declaration) === 0) {
      locations.read(reader, values[Slot.Location]!, values[Slot.Location + 1]!);
      register = locations.register;
      wide = locations.wideRegister;
    }
  }
  data[at + P.Flags] = flags;
  data[at + P.Register] = register;
  data[at + P.WideRegister] = wide;
  params.length = at + P.Stride;
  const param = at / P.Stride;
  const last = functions.data[row + F.LastParam]!;
  if (last === 0) functions.data[row + F.FirstParam] = param;
  else data[last * P.Stride + P.Next] = param;
  functions.data[row + F.LastParam] = param;
  functions.data[row + F.ParamCount]!++;
  return param;
}

function addVariable(
  records: Records,
  mask: number,
  values: Int32Array,
  offset: number,
  { locations, reader }: WalkTools,
): number {
  let flags = 0;
  if ((mask & Has.Artificial) !== 0 && values[Slot.Artificial] !== 0) return 0;
  if ((mask & Has.Declaration) !== 0 && values[Slot.Declaration] !== 0) flags |= VariableFlag.Declaration;
  if ((mask & Has.External) !== 0 && values[Slot.External] !== 0) flags |= VariableFlag.External;
  let low = 0;
  let high = 0;
  if ((mask & Has.Location) !== 0 && locations.address(reader, values[Slot.Location]!, values[Slot.Location + 1]!)) {
    flags |= VariableFlag.Addressed;
    low = locations.addressLow;
    high = locations.addressHigh;
  }
  const { variables } = records;
  variables.reserve(V.Stride);
  const at = variables.length;
  const { data } = variables;
  data[at + V.Name] = (mask & Has.Name) !== 0 ? values[Slot.Name]! : 0;
  data[at + V.Ref] = (mask & Has.Type) !== 0 ? values[Slot.Type]! : 0;
  data[at + V.Specification] = (mask & Has.Specification) !== 0 ? values[Slot.Specification]! : 0;
  data[at + V.Flags] = flags;
  data[at + V.Low] = low;
  data[at + V.High] = high;
  data[at + V.Offset] = offset;
  variables.length = at + V.Stride;
  return at / V.Stride;
}

/** An annotation as an entry: clang's is a child of what it is about, gcc's stands anywhere and is referred to. */
function addAnnotation(
  records: Records,
  owner: number,
  row: number,
  component: number,
  mask: number,
  values: Int32Array,
  offset: number,
): void {
  const target =
    owner === Owner.Type
      ? AnnotationTarget.Type
      : owner === Owner.Function || owner === Owner.Param
        ? AnnotationTarget.Function
        : owner === Owner.Variable
          ? AnnotationTarget.Variable
          : AnnotationTarget.None;
  pushAnnotation(records, [
    target,
    row,
    component,
    (mask & Has.Name) !== 0 ? values[Slot.Name]! : 0,
    (mask & Has.ConstValue) !== 0 ? values[Slot.ConstValue]! : 0,
    (mask & Has.Annotation) !== 0 ? values[Slot.Annotation]! : 0,
    offset,
  ]);
}

/** gcc's: an attribute of what it is about refers to the first of a chain. */
function addReferredAnnotation(
  records: Records,
  target: number,
  row: number,
  component: number,
  values: Int32Array,
  offset: number,
): void {
  pushAnnotation(records, [target, row, component, 0, 0, values[Slot.Annotation]!, offset]);
}

function pushAnnotation({ annotations }: Records, row: readonly number[]): void {
  annotations.reserve(A.Stride);
  for (const value of row) annotations.push(value);
}

/** What the entries above the current one are, by depth. */
interface Stack {
  owners: Int32Array;
  rows: Int32Array;
  /** The member or parameter whose children stand there, -1 for none. */
  components: Int32Array;
  /** Members so far. */
  members: Int32Array;
}

function growStack(stack: Stack): void {
  const grow = (from: Int32Array) => {
    const grown = new Int32Array(from.length * 2);
    grown.set(from);
    return grown;
  };
  stack.owners = grow(stack.owners);
  stack.rows = grow(stack.rows);
  stack.components = grow(stack.components);
  stack.members = grow(stack.members);
}

function badCode(code: number, section: SectionData, at: number): DwarfError {
  return new DwarfError('bad-abbreviation', `an entry with code ${code}, which its table does not have`, {
    section: section.name,
    offset: section.start + at,
  });
}

function badSibling(section: SectionData, at: number): DwarfError {
  return new DwarfError('bad-reference', 'DW_AT_sibling points backwards or out of the unit', {
    section: section.name,
    offset: section.start + at,
  });
}
