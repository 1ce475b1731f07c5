// The rows of functions, their parameters, and variables.

import { CALLING_CONVENTION_NOCALL } from '../read/constants.ts';
import { Has, Slot } from '../read/shapes.ts';
import { addReferredAnnotation } from './annotation-rows.ts';
import { AnnotationTarget, F, FunctionFlag, P, ParamFlag, type Records, V, VariableFlag } from './records.ts';
import type { WalkTools } from './walk-tools.ts';

export function addFunction(
  records: Records,
  mask: number,
  values: Int32Array,
  offset: number,
  clang: boolean,
): number {
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

export function addParam(
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

export function addVariable(
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
