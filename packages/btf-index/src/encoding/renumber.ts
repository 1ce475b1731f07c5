// Codes of types and bodies of declarations as another index has them: the same, with its own rows of names and types.

import { VarintReader, VarintWriter } from '../varints.ts';
import { ANONYMOUS_ENUM } from './declaration-body.ts';
import { TypeTag } from './type-code.ts';

/** From rows of one index to those of another. */
export interface Renumbering {
  name(row: number): number;
  type(row: number): number;
}

/** Throws RangeError. */
export function renumberType(code: Uint8Array, rows: Renumbering): Uint8Array {
  const input = new VarintReader(code);
  const out = new VarintWriter(code.length + 8);
  const tag = input.next();
  out.add(tag);
  switch (tag) {
    case TypeTag.Int:
    case TypeTag.Float:
    case TypeTag.Struct:
    case TypeTag.Union:
    case TypeTag.Enum:
    case TypeTag.Typedef:
    case TypeTag.Func:
    case TypeTag.Var:
      out.add(rows.name(input.next()));
      break;
    case TypeTag.Ptr:
    case TypeTag.Volatile:
    case TypeTag.Const:
    case TypeTag.Restrict:
    case TypeTag.Array:
      out.add(rows.type(input.next()));
      break;
    case TypeTag.FuncProto: {
      out.add(rows.type(input.next()));
      const count = copied(input, out);
      for (let i = 0; i < count; i++) {
        out.add(rows.name(input.next()));
        out.add(rows.type(input.next()));
      }
      break;
    }
    case TypeTag.TypeTag:
      out.add(rows.name(input.next()));
      copied(input, out);
      out.add(rows.type(input.next()));
      break;
    case TypeTag.AnonymousStruct:
    case TypeTag.AnonymousUnion:
      composite(input, out, rows);
      break;
    case TypeTag.AnonymousEnum:
      enumeration(input, out, rows);
      break;
    case TypeTag.Void:
    case TypeTag.Other:
      break;
    default:
      throw new RangeError(`no type has the tag ${tag}`);
  }
  return rest(input, out);
}

/** Throws RangeError. */
export function renumberBody(kind: number, body: Uint8Array, rows: Renumbering): Uint8Array {
  const input = new VarintReader(body);
  const out = new VarintWriter(body.length + 8);
  switch (kind) {
    case TypeTag.Struct:
    case TypeTag.Union:
      composite(input, out, rows);
      break;
    case TypeTag.Enum:
    case ANONYMOUS_ENUM:
      enumeration(input, out, rows);
      break;
    case TypeTag.Typedef:
      out.add(rows.type(input.next()));
      break;
    case TypeTag.Func:
    case TypeTag.Var:
      copied(input, out);
      out.add(rows.type(input.next()));
      break;
    default:
      return body; // it speaks of neither names nor types
  }
  return rest(input, out);
}

function copied(input: VarintReader, out: VarintWriter): number {
  const value = input.next();
  out.add(value);
  return value;
}

/** What follows is the same in both. */
function rest(input: VarintReader, out: VarintWriter): Uint8Array {
  while (!input.done) copied(input, out);
  return out.finish();
}

function composite(input: VarintReader, out: VarintWriter, rows: Renumbering): void {
  copied(input, out);
  const count = copied(input, out);
  for (let i = 0; i < count; i++) {
    out.add(rows.name(input.next()));
    out.add(rows.type(input.next()));
    if (copied(input, out) % 2 === 1) copied(input, out); // a bitfield has its width here
    copied(input, out);
  }
}

function enumeration(input: VarintReader, out: VarintWriter, rows: Renumbering): void {
  copied(input, out);
  const wide = (copied(input, out) & 2) === 2;
  const count = copied(input, out);
  for (let i = 0; i < count; i++) {
    out.add(rows.name(input.next()));
    copied(input, out);
    if (wide) copied(input, out);
  }
}
