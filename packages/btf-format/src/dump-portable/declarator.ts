// Declarations in C's own order: what a name is, from the name outwards.

import { BtfKind } from '../kinds.ts';
import type { BtfComposite, BtfFuncProto, BtfFwd } from '../types.ts';
import { type CTypes, MAX_NESTING } from './c-types.ts';

/** Writes the body of a composite that has no name, where it stands. */
export type InlineBody = (type: BtfComposite) => string;

/**
 * `type` declaring `name`: `int (*name)(struct file *)`. What C cannot have at that place (an array of functions, types
 * that lead to themselves without a name) reads `void`.
 */
export function declareC(types: CTypes, id: number, name: string, body: InlineBody, depth = 0): string {
  let qualifiers = '';
  for (;;) {
    const type = depth > MAX_NESTING ? undefined : types.type(id);
    switch (type?.kind) {
      case BtfKind.Const:
        if (!qualifiers.includes('const')) qualifiers += 'const ';
        id = type.type;
        break;
      case BtfKind.Volatile:
        if (!qualifiers.includes('volatile')) qualifiers += 'volatile ';
        id = type.type;
        break;
      case BtfKind.Restrict:
      case BtfKind.TypeTag:
        id = type.type; // `restrict` means nothing to a layout; tags are clang's alone
        break;
      case BtfKind.Ptr: {
        const inner = `*${qualifiers}${name}`.trimEnd();
        return declareC(types, type.type, isDerived(types, type.type) ? `(${inner})` : inner, body, depth + 1);
      }
      case BtfKind.Array: {
        const element = `${name}[${type.nelems}]`;
        if (!types.isComplete(type.type)) return join(`${qualifiers}void`, name);
        const declared = declareC(types, type.type, element, body, depth + 1);
        return qualifiers === '' || declared.startsWith(qualifiers) ? declared : `${qualifiers}${declared}`;
      }
      case BtfKind.FuncProto:
        return declareFunction(types, type, name, body, depth);
      default:
        return join(`${qualifiers}${type === undefined ? 'void' : wordOf(types, id, body)}`, name);
    }
  }
}

function join(words: string, name: string): string {
  return name === '' ? words : `${words} ${name}`;
}

/** Whether a pointer to it needs parentheses. */
function isDerived(types: CTypes, id: number): boolean {
  for (let left = MAX_NESTING; left > 0; left--) {
    const type = types.type(id);
    switch (type.kind) {
      case BtfKind.Const:
      case BtfKind.Volatile:
      case BtfKind.Restrict:
      case BtfKind.TypeTag:
        id = type.type;
        break;
      case BtfKind.Array:
        return types.isComplete(type.type);
      default:
        return type.kind === BtfKind.FuncProto;
    }
  }
  return false;
}

function declareFunction(types: CTypes, type: BtfFuncProto, name: string, body: InlineBody, depth: number): string {
  const { params } = type;
  const last = params.length - 1;
  const words = params.map((param, i) => {
    if (param.type === 0 && i === last) return '...';
    return declareC(types, param.type, '', body, depth + 1);
  });
  // void and functions can be no parameters, and `...` needs one before it
  const list = words[0] === '...' ? '' : words.map((word) => (word === 'void' ? 'void *' : word)).join(', ') || 'void';
  const resolved = types.resolve(type.returnType).kind;
  const returnsObject = resolved !== BtfKind.Array && resolved !== BtfKind.FuncProto;
  return declareC(types, returnsObject ? type.returnType : 0, `${name}(${list})`, body, depth + 1);
}

/** `struct` or `union`, as the header writes it. */
export function compositeWord(types: CTypes, type: BtfComposite | BtfFwd): 'struct' | 'union' {
  if (type.kind === BtfKind.Fwd) {
    const definition = types.definitions.get(type.id);
    if (definition === undefined) return type.union ? 'union' : 'struct';
    return compositeWord(types, types.type(definition) as BtfComposite);
  }
  return types.plan(type).placement.asUnion ? 'union' : 'struct';
}

/** The word for a type that is no pointer, array or function. */
function wordOf(types: CTypes, id: number, body: InlineBody): string {
  const type = types.type(id);
  const name = types.name(id);
  switch (type.kind) {
    case BtfKind.Int:
    case BtfKind.Float:
      return types.scalar(type)?.spelling ?? (type.size === 0 ? 'void' : bytesWord(type.size));
    case BtfKind.Typedef:
      return types.written.has(id) ? name : 'void';
    case BtfKind.Struct:
    case BtfKind.Union:
      if (name === '') return types.isComplete(id) ? body(type) : 'void';
      return `${compositeWord(types, type)} ${name}`;
    case BtfKind.Enum:
    case BtfKind.Enum64:
      if (name !== '') return `enum ${name}`;
      return types.enumTypedefs.get(id) ?? sizedWord(type.size, type.signed);
    case BtfKind.Fwd:
      return `${compositeWord(types, type)} ${name}`;
    default:
      return 'void';
  }
}

/** An enum without a name stands at file scope; where it is used, an integer of its size does. */
function sizedWord(size: number, signed: boolean): string {
  const word = { 1: 'char', 2: 'short', 4: 'int', 8: 'long long' }[size] ?? 'void';
  return word === 'void' ? word : `${signed ? 'signed' : 'unsigned'} ${word}`;
}

/** A number for which C has no word: its bytes. */
function bytesWord(size: number): string {
  return `struct { unsigned char bytes[${size}]; }`;
}
