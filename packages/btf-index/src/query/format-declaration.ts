// Declarations in C, for people: offsets and sizes stand in comments, as pahole writes them.

import type {
  EnumVariant,
  FuncVariant,
  LayoutField,
  StructLayout,
  TypedefVariant,
  VariableVariant,
} from '../answer-types.ts';

/** A declaration of any kind. */
export type AnyVariant = StructLayout | EnumVariant | TypedefVariant | FuncVariant | VariableVariant;

/** A declaration as C writes it. */
export function formatDeclaration(declaration: AnyVariant): string {
  switch (declaration.kind) {
    case 'struct':
    case 'union':
      return declaration.typedef
        ? `typedef ${declaration.kind} {\n${members(declaration.fields)}} ${declaration.name};`
        : `${declaration.kind} ${declaration.name} {\n${members(declaration.fields)}};`;
    case 'enum': {
      const lines = declaration.enumerators.map(({ name, value }) => `\t${name} = ${value},\n`);
      return `enum ${declaration.name === '' ? '' : `${declaration.name} `}{\n${lines.join('')}};`;
    }
    case 'typedef':
      return `typedef ${withInner(formatCDeclarator(declaration.type, declaration.name), declaration.inner)};`;
    case 'func':
      return `${declaration.linkage === 'global' ? '' : `${declaration.linkage} `}${declaration.signature};`;
    case 'var':
      return `${declaration.linkage === 'global' ? '' : `${declaration.linkage} `}${formatCDeclarator(declaration.type, declaration.name)};`;
  }
}

/** A declaration with the members of its anonymous struct in the place of the dots. */
function withInner(declared: string, inner: readonly LayoutField[] | undefined, nesting = 0, base = 0): string {
  if (inner === undefined) return declared;
  return declared.replace('{...}', () => `{\n${members(inner, nesting, base)}${'\t'.repeat(nesting)}}`);
}

/** Members, those of anonymous ones inside braces. `nesting`: how many braces are open; `base`: bits before the first. */
function members(fields: readonly LayoutField[], nesting = 0, base = 0): string {
  let text = '';
  const open: LayoutField[] = [];
  const close = (depth: number): void => {
    for (let field = open.at(-1); field !== undefined && field.depth >= depth; field = open.at(-1)) {
      open.pop();
      text += `${'\t'.repeat(nesting + field.depth + 1)}};\n`;
    }
  };
  fields.forEach((field, i) => {
    close(field.depth);
    const indent = '\t'.repeat(nesting + field.depth + 1);
    const bit = base + field.bitOffset;
    const next = fields[i + 1];
    if (field.name === '' && next !== undefined && next.depth > field.depth) {
      text += `${indent}${field.type.replace(' {...}', '')} {\n`;
      open.push(field);
      return;
    }
    const width = field.bitSize === null ? '' : `:${field.bitSize}`;
    const place = field.bitSize === null ? `${Math.floor(bit / 8)}` : `${Math.floor(bit / 8)}:${bit % 8}`;
    const size = field.size === null ? '' : ` ${field.size}`;
    const declared = withInner(formatCDeclarator(field.type, field.name), field.inner, nesting + field.depth + 1, bit);
    text += `${indent}${declared}${width};\t/* ${place}${size} */\n`;
  });
  close(0);
  return text;
}

/** Puts a name into the text of a type: before its brackets, inside a pointer's parentheses, else behind it. */
export function formatCDeclarator(type: string, name: string): string {
  const pointer = /^(.*?\(\*+(?:const |volatile )*)((?:\[\d+\])*\).*)$/s.exec(type);
  if (pointer && !type.startsWith('__attribute__')) return `${pointer[1]}${name}${pointer[2]}`;
  const array = /^([^[]*)((?:\[\d+\])+)$/.exec(type);
  const [base, brackets] = array ? [array[1]!, array[2]!] : [type, ''];
  const space = name === '' || base.endsWith('*') ? '' : ' ';
  return `${base}${space}${name}${brackets}`;
}
