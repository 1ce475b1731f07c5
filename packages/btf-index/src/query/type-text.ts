// Types as C writes them, from their codes.

import type { Rows } from '../store/row-cache.ts';
import { type TypeCode, TypeTag } from '../encoding/type-code.ts';

/** Nesting beyond this is no C declaration of a kernel's. */
const MAX_DEPTH = 64;

/** `type` declaring `declarator` ('' for the type alone): `struct mm_struct *`, `char comm[16]`, `int (*)(void)`. */
export function typeText(rows: Rows, type: number, declarator = '', depth = 0): string {
  if (depth > MAX_DEPTH) return join('...', declarator);
  const code = rows.type(type);
  const text = (id: number, inner: string) => typeText(rows, id, inner, depth + 1);
  switch (code.tag) {
    case TypeTag.Void:
      return join('void', declarator);
    case TypeTag.Int:
    case TypeTag.Float:
    case TypeTag.Typedef:
    case TypeTag.Func:
    case TypeTag.Var:
      return join(rows.text(code.name), declarator);
    case TypeTag.Struct:
      return join(`struct ${rows.text(code.name)}`, declarator);
    case TypeTag.Union:
      return join(`union ${rows.text(code.name)}`, declarator);
    case TypeTag.Enum:
      return join(`enum ${rows.text(code.name)}`, declarator);
    case TypeTag.AnonymousStruct:
      return join('struct {...}', declarator);
    case TypeTag.AnonymousUnion:
      return join('union {...}', declarator);
    case TypeTag.AnonymousEnum:
      return join('enum {...}', declarator);
    case TypeTag.Ptr: {
      const { tag } = withoutModifiers(rows, code.type);
      const wrapped = tag === TypeTag.Array || tag === TypeTag.FuncProto;
      return text(code.type, wrapped ? `(*${declarator})` : `*${declarator}`);
    }
    case TypeTag.Array:
      return text(code.type, `${declarator}[${code.nelems}]`);
    case TypeTag.FuncProto:
      return text(code.returns, `${declarator}(${paramsText(rows, code.params, depth + 1)})`);
    case TypeTag.Const:
      return qualified(rows, code.type, 'const', declarator, depth);
    case TypeTag.Volatile:
      return qualified(rows, code.type, 'volatile', declarator, depth);
    case TypeTag.Restrict:
      return qualified(rows, code.type, 'restrict', declarator, depth);
    case TypeTag.TypeTag:
      return qualified(rows, code.type, tagText(rows.text(code.name), code.attribute), declarator, depth);
    case TypeTag.Other:
      return join('...', declarator);
  }
}

/** Parameters of a prototype with their names: `struct path *path, ...`; `void` for none. */
export function paramsText(
  rows: Rows,
  params: readonly { readonly name: number; readonly type: number }[],
  depth = 0,
): string {
  if (params.length === 0) return 'void';
  return params
    .map(({ name, type }, i) =>
      isEllipsis(rows, params, i) ? '...' : typeText(rows, type, name === 0 ? '' : rows.text(name), depth + 1),
    )
    .join(', ');
}

/** Whether a parameter is the final `...`: no name and no type. */
export function isEllipsis(
  rows: Rows,
  params: readonly { readonly name: number; readonly type: number }[],
  i: number,
): boolean {
  const param = params[i] as { name: number; type: number };
  return i === params.length - 1 && param.name === 0 && rows.type(param.type).tag === TypeTag.Void;
}

/** The type below const, volatile, restrict and type tags. */
export function withoutModifiers(rows: Rows, type: number): TypeCode {
  let code = rows.type(type);
  for (let depth = 0; depth < MAX_DEPTH; depth++) {
    switch (code.tag) {
      case TypeTag.Const:
      case TypeTag.Volatile:
      case TypeTag.Restrict:
      case TypeTag.TypeTag:
        code = rows.type(code.type);
        continue;
      default:
        return code;
    }
  }
  return code;
}

/** A qualifier stands before the type, but after the star of a pointer that it qualifies. */
function qualified(rows: Rows, type: number, word: string, declarator: string, depth: number): string {
  if (withoutModifiers(rows, type).tag === TypeTag.Ptr) {
    const spaced = declarator === '' || declarator.startsWith('[') ? `${word}${declarator}` : `${word} ${declarator}`;
    return typeText(rows, type, spaced, depth + 1);
  }
  return `${word} ${typeText(rows, type, declarator, depth + 1)}`;
}

function tagText(tag: string, attribute: boolean): string {
  if (attribute) return `__attribute__((${tag}))`;
  return tag === 'user' || tag === 'rcu' || tag === 'percpu' ? `__${tag}` : `__attribute__((btf_type_tag("${tag}")))`;
}

function join(base: string, declarator: string): string {
  if (declarator === '') return base;
  return declarator.startsWith('[') ? base + declarator : `${base} ${declarator}`;
}
