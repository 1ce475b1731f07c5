// Which names and types a type code or a declaration's body speaks of.

import { ANONYMOUS_ENUM, decodeFunc, decodeTypedef, decodeVar } from './declaration-body.ts';
import { type CompositeBody, decodeComposite, decodeEnum, type EnumBody, type TypeCode, TypeTag } from './type-code.ts';
import { VarintReader } from '../varints.ts';

export interface Mentions {
  readonly types: readonly number[];
  readonly names: readonly number[];
}

const NONE: Mentions = { types: [], names: [] };

/** What a code speaks of. */
export function mentionsOf(code: TypeCode): Mentions {
  switch (code.tag) {
    case TypeTag.Ptr:
    case TypeTag.Volatile:
    case TypeTag.Const:
    case TypeTag.Restrict:
    case TypeTag.Array:
      return { types: [code.type], names: [] };
    case TypeTag.TypeTag:
      return { types: [code.type], names: [code.name] };
    case TypeTag.FuncProto:
      return {
        types: [code.returns, ...code.params.map(({ type }) => type)],
        names: code.params.map(({ name }) => name),
      };
    case TypeTag.AnonymousStruct:
    case TypeTag.AnonymousUnion:
      return ofMembers(code.body);
    case TypeTag.AnonymousEnum:
      return ofValues(code.body);
    case TypeTag.Void:
    case TypeTag.Other:
      return NONE;
    default:
      return { types: [], names: [code.name] };
  }
}

/** What the body of a declaration of this kind speaks of. */
export function bodyMentions(kind: number, body: Uint8Array): Mentions {
  switch (kind) {
    case TypeTag.Struct:
    case TypeTag.Union:
      return ofMembers(decodeComposite(new VarintReader(body)));
    case TypeTag.Enum:
    case ANONYMOUS_ENUM:
      return ofValues(decodeEnum(new VarintReader(body)));
    case TypeTag.Typedef:
      return { types: [decodeTypedef(body).type], names: [] };
    case TypeTag.Func:
      return { types: [decodeFunc(body).proto], names: [] };
    case TypeTag.Var:
      return { types: [decodeVar(body).type], names: [] };
    default:
      return NONE;
  }
}

function ofMembers({ members }: CompositeBody): Mentions {
  return { types: members.map(({ type }) => type), names: members.map(({ name }) => name) };
}

function ofValues({ values }: EnumBody): Mentions {
  return { types: [], names: values.map(({ name }) => name) };
}
