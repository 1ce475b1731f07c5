// Types as C writes them, from their codes.

import type { Rows } from '../store/row-cache.ts';
import { type TypeCode, TypeTag } from '../encoding/type-code.ts';

/** Nesting beyond this is no C declaration of a kernel's. */
const MAX_DEPTH = 64;

/** Beyond this many characters a full text is cut, and the rows that it would go on with stand in it. */
const MAX_FULL_TEXT = 100_000;

/** Whether a type says something in an anonymous type that its text does not show. */
export function hasHiddenContent(rows: Rows, type: number, depth = 0): boolean {
  if (depth > MAX_DEPTH) return false;
  const code = rows.type(type);
  switch (code.tag) {
    case TypeTag.AnonymousStruct:
    case TypeTag.AnonymousUnion:
    case TypeTag.AnonymousEnum:
      return true;
    case TypeTag.Ptr:
    case TypeTag.Array:
    case TypeTag.Const:
    case TypeTag.Volatile:
    case TypeTag.Restrict:
    case TypeTag.TypeTag:
      return hasHiddenContent(rows, code.type, depth + 1);
    case TypeTag.FuncProto:
      return [code.returns, ...code.params.map((param) => param.type)].some((one) =>
        hasHiddenContent(rows, one, depth + 1),
      );
    default:
      return false;
  }
}

/**
 * As `typeText`, with all that anonymous types hold written out: `struct { int a; int b: 3; } *`. Members that do not
 * follow each other as C lays them out have their offset beside them, so that equal texts mean equal contents.
 */
export function fullTypeText(rows: Rows, type: number, declarator = ''): string {
  return typeText(rows, type, declarator, 0, { left: MAX_FULL_TEXT });
}

function bodyText(rows: Rows, code: TypeCode, row: number, depth: number, full: { left: number }): string {
  if ((full.left -= 16) < 0 || depth > MAX_DEPTH) return `{... ${row}}`;
  if (code.tag === TypeTag.AnonymousEnum) {
    const values = code.body.values.map(({ name, value }) => `${rows.text(name)} = ${value}`);
    return `{ ${values.join(', ')} }`;
  }
  if (code.tag !== TypeTag.AnonymousStruct && code.tag !== TypeTag.AnonymousUnion) return '{...}';
  const lines = code.body.members.map(({ name, type, bitOffset, bitSize }) => {
    full.left -= 16;
    const text = typeText(rows, type, rows.text(name), depth + 1, full);
    return `${text}${bitSize > 0 ? `:${bitSize}` : ''}; /* ${bitOffset / 8} */`;
  });
  return `{ ${lines.map((line) => `${line} `).join('')}} /* size ${code.body.size} */`;
}

/** `type` declaring `declarator` ('' for the type alone): `struct mm_struct *`, `char comm[16]`, `int (*)(void)`. */
export function typeText(rows: Rows, type: number, declarator = '', depth = 0, full?: { left: number }): string {
  if (depth > MAX_DEPTH) return join('...', declarator);
  const code = rows.type(type);
  const text = (id: number, inner: string) => typeText(rows, id, inner, depth + 1, full);
  const body = full === undefined ? '{...}' : bodyText(rows, code, type, depth, full);
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
      return join(`struct ${body}`, declarator);
    case TypeTag.AnonymousUnion:
      return join(`union ${body}`, declarator);
    case TypeTag.AnonymousEnum:
      return join(`enum ${body}`, declarator);
    case TypeTag.Ptr: {
      const { tag } = withoutModifiers(rows, code.type);
      const wrapped = tag === TypeTag.Array || tag === TypeTag.FuncProto;
      return text(code.type, wrapped ? `(*${declarator})` : `*${declarator}`);
    }
    case TypeTag.Array:
      return text(code.type, `${declarator}[${code.nelems}]`);
    case TypeTag.FuncProto:
      return text(code.returns, `${declarator}(${paramsText(rows, code.params, depth + 1, full)})`);
    case TypeTag.Const:
      return qualified(rows, code.type, 'const', declarator, depth, full);
    case TypeTag.Volatile:
      return qualified(rows, code.type, 'volatile', declarator, depth, full);
    case TypeTag.Restrict:
      return qualified(rows, code.type, 'restrict', declarator, depth, full);
    case TypeTag.TypeTag:
      return qualified(rows, code.type, tagText(rows.text(code.name), code.attribute), declarator, depth, full);
    case TypeTag.Other:
      return join('...', declarator);
  }
}

/** Parameters of a prototype with their names: `struct path *path, ...`; `void` for none. */
export function paramsText(
  rows: Rows,
  params: readonly { readonly name: number; readonly type: number }[],
  depth = 0,
  full?: { left: number },
): string {
  if (params.length === 0) return 'void';
  return params
    .map(({ name, type }, i) =>
      isEllipsis(rows, params, i) ? '...' : typeText(rows, type, name === 0 ? '' : rows.text(name), depth + 1, full),
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
function qualified(
  rows: Rows,
  type: number,
  word: string,
  declarator: string,
  depth: number,
  full?: { left: number },
): string {
  if (withoutModifiers(rows, type).tag === TypeTag.Ptr) {
    const spaced = declarator === '' || declarator.startsWith('[') ? `${word}${declarator}` : `${word} ${declarator}`;
    return typeText(rows, type, spaced, depth + 1, full);
  }
  return `${word} ${typeText(rows, type, declarator, depth + 1, full)}`;
}

function tagText(tag: string, attribute: boolean): string {
  if (attribute) return `__attribute__((${tag}))`;
  return tag === 'user' || tag === 'rcu' || tag === 'percpu' ? `__${tag}` : `__attribute__((btf_type_tag("${tag}")))`;
}

function join(base: string, declarator: string): string {
  if (declarator === '') return base;
  return declarator.startsWith('[') ? base + declarator : `${base} ${declarator}`;
}

/** A type's text without the spaces that C does not need: how texts of types are compared. */
export function squeeze(text: string): string {
  return text
    .trim()
    .replace(/\s+/g, ' ')
    .replace(/ ?([*()[\],]) ?/g, '$1');
}
