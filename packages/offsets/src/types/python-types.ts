// Definitions for Python: ctypes structures of the kernel's byte order, packed, with padding written out. Big-endian unions
// need Python 3.11.

import { layoutParts, type CompositeDefinition, type PlannedField, type Shape, type TypePlan } from './type-plan.ts';

const KEYWORDS = new Set(
  'and as assert async await break class continue def del elif else except False finally for from global if import in is lambda None nonlocal not or pass raise return True try while with yield'.split(
    ' ',
  ),
);

export function pythonTypes(plan: TypePlan, head: readonly string[]): string {
  const order = plan.littleEndian ? 'Little' : 'Big';
  const definitions = plan.definitions.map((definition) => {
    if (definition.kind === 'enum') {
      return definition.values.map(({ name: value, value: number }) => `${value} = ${number}\n`).join('');
    }
    return compositeText(definition, plan.littleEndian);
  });
  return `#!/usr/bin/env python3
# Made by btfq types: do not edit.
${head.map((line) => `# ${line}\n`).join('')}import ctypes
from ctypes import ${order}EndianStructure as Structure${plan.littleEndian ? '' : ', BigEndianUnion as Union'}
${plan.littleEndian ? 'from ctypes import Union\n' : ''}

def _bits(data: bytes, start: int, size: int, signed: bool) -> int:
    """size bits from bit start on, as the kernel's compiler counts them."""
    first, last = start // 8, (start + size + 7) // 8
    value = int.from_bytes(data[first:last], "${plan.littleEndian ? 'little' : 'big'}")
    shift = ${plan.littleEndian ? 'start - first * 8' : 'last * 8 - start - size'}
    value = value >> shift & (1 << size) - 1
    return value - (1 << size) if signed and value >> size - 1 else value


${definitions.filter((one) => one !== '').join('\n\n')}`;
}

function compositeText(definition: CompositeDefinition, littleEndian: boolean): string {
  const { name, size, kind } = definition;
  const className = typeName(name);
  const anonymous: string[] = [];
  const properties: string[] = [];
  const fieldLine = (field: PlannedField, place: number) => {
    const { shape } = field;
    const own = field.name === '' ? `_anon${place}` : fieldName(field.name);
    if (!littleEndian && shape.shape === 'composite' && shape.definition.kind === 'union') {
      // ctypes takes no union into a structure of the other byte order: its bytes are there, and read when asked for
      const union = (member: string) =>
        `${typeName(shape.definition.name)}.from_buffer_copy(bytes(self._union${place}))${member}`;
      const members =
        field.name === '' ? memberNames(shape.definition).map((name) => [name, union(`.${name}`)]) : [[own, union('')]];
      for (const [name, value] of members) properties.push(`${className}.${name} = property(lambda self: ${value})\n`);
      return `        ("_union${place}", ctypes.c_ubyte * ${shape.size}),\n`;
    }
    if (field.name === '') anonymous.push(own);
    return `        ("${own}", ${ctype(shape, littleEndian)}),\n`;
  };
  const bitProperty = (field: PlannedField, holder: string, offset: number) => {
    const signed = 'signed' in field.shape && field.shape.signed ? 'True' : 'False';
    const start = field.bitOffset - offset * 8;
    properties.push(
      `${className}.${fieldName(field.name)} = property(lambda self: _bits(bytes(self.${holder}), ${start}, ${field.bitSize}, ${signed}))\n`,
    );
  };
  let lines: string[];
  if (kind === 'union') {
    lines = definition.fields
      .filter(({ bitSize, shape }) => bitSize === 0 && shape.size > 0)
      .map((field, i) => fieldLine(field, i));
    lines.push(`        ("_bytes", ctypes.c_ubyte * ${size}),\n`);
    for (const field of definition.fields) if (field.bitSize > 0) bitProperty(field, '_bytes', 0);
  } else {
    lines = layoutParts(definition).map((part) => {
      if (part.part === 'padding') return `        ("_padding${part.offset}", ctypes.c_ubyte * ${part.size}),\n`;
      if (part.part === 'bits') {
        for (const field of part.fields) bitProperty(field, `_bits${part.offset}`, part.offset);
        return `        ("_bits${part.offset}", ctypes.c_ubyte * ${part.size}),\n`;
      }
      return fieldLine(part.field, part.offset);
    });
  }
  const names = anonymous.length === 0 ? '' : `    _anonymous_ = (${anonymous.map((one) => `"${one}", `).join('')})\n`;
  return `class ${className}(${kind === 'union' ? 'Union' : 'Structure'}):
    _pack_ = 1
    _layout_ = "ms"
${names}    _fields_ = [
${lines.join('')}    ]


${properties.join('')}assert ctypes.sizeof(${className}) == ${size}
`;
}

/** Names that begin with two underscores would be others inside a class. */
const typeName = (name: string): string => name.replace(/^__+/, '_');

/** Names of members, and of those of unnamed ones. */
function memberNames({ fields }: CompositeDefinition): string[] {
  return fields.flatMap(({ name, shape }) => {
    if (name !== '') return [fieldName(name)];
    return shape.shape === 'composite' ? memberNames(shape.definition) : [];
  });
}

const fieldName = (name: string): string => {
  const clean = name.replace(/\W+/g, '_');
  return KEYWORDS.has(clean) ? `${clean}_` : clean;
};

function ctype(shape: Shape, littleEndian: boolean): string {
  switch (shape.shape) {
    case 'int':
      if (shape.use === 'bool') return littleEndian ? 'ctypes.c_bool' : 'ctypes.c_ubyte'; // ctypes has no swapped bool
      return shape.use === 'char' ? 'ctypes.c_char' : integer(shape.size, shape.signed);
    case 'float':
      return shape.size === 4 ? 'ctypes.c_float' : 'ctypes.c_double';
    case 'pointer':
      return integer(shape.size, false);
    case 'array':
      return `${ctype(shape.element, littleEndian)} * ${shape.count}`;
    case 'enum':
      return integer(shape.size, shape.signed);
    case 'composite':
      return typeName(shape.definition.name);
    case 'bytes':
      return `ctypes.c_ubyte * ${shape.size}`;
  }
}

const integer = (size: number, signed: boolean): string => `ctypes.c_${signed ? '' : 'u'}int${size * 8}`;
