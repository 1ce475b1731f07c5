// Definitions for Rust: #[repr(C)], padding written out, sizes and offsets asserted when they are compiled.

import { pascalCase, snakeCase } from '../languages/names.ts';
import { NativeAlign } from './native-align.ts';
import { type CompositeDefinition, layoutParts, type PlannedField, type Shape, type TypePlan } from './type-plan.ts';

const KEYWORDS = new Set(
  'abstract as async await become box break const continue crate do dyn else enum extern false final fn for gen if impl in let loop macro match mod move mut override priv pub ref return self static struct super trait true try type typeof unsafe unsized use virtual where while yield'.split(
    ' ',
  ),
);

export function rustTypes(plan: TypePlan, head: readonly string[]): string {
  const align = new NativeAlign();
  const definitions = plan.definitions.map((definition) => {
    const name = pascalCase(definition.name);
    if (definition.kind === 'enum') {
      const type = integer(definition.size, definition.signed);
      const values = definition.values.map(
        ({ name: value, value: number }) =>
          `#[allow(non_upper_case_globals)]\npub const ${value}: ${name} = ${number};\n`,
      );
      return `#[allow(dead_code)]\npub type ${name} = ${type};\n${values.map((one) => `#[allow(dead_code)]\n${one}`).join('')}`;
    }
    return definition.kind === 'union'
      ? unionText(definition, name, align)
      : structText(definition, name, align, plan.littleEndian);
  });
  const bits = plan.definitions.some((one) => one.kind === 'struct' && one.fields.some(({ bitSize }) => bitSize > 0));
  return `// Made by btfq types: do not edit.\n${head.map((line) => `// ${line}\n`).join('')}\n${definitions.join('\n')}${bits ? BITS : ''}`;
}

const BITS = `
/// \`size\` bits from bit \`from\` on, as the kernel's compiler counts them.
#[allow(dead_code)]
fn bits(bytes: &[u8], from: usize, size: usize, signed: bool, little_endian: bool) -> i64 {
    let mut value: u64 = 0;
    for i in 0..size {
        let bit = from + i;
        let set = if little_endian { bytes[bit / 8] >> (bit % 8) & 1 } else { bytes[bit / 8] >> (7 - bit % 8) & 1 };
        let place = if little_endian { i } else { size - 1 - i };
        value |= u64::from(set) << place;
    }
    if signed && size < 64 && value >> (size - 1) & 1 == 1 {
        value |= u64::MAX << size;
    }
    value as i64
}
`;

function structText(definition: CompositeDefinition, name: string, align: NativeAlign, littleEndian: boolean): string {
  const { size } = definition;
  const used = new Set<string>();
  const fresh = (field: PlannedField, offset: number) => {
    let own = fieldName(field, offset);
    while (used.has(own)) own += '_';
    used.add(own);
    return own;
  };
  const accessors: string[] = [];
  const asserts = [`const _: () = assert!(core::mem::size_of::<${name}>() == ${size});\n`];
  const lines = layoutParts(definition).map((part): string => {
    if (part.part === 'padding') return `    pub _padding${part.offset}: [u8; ${part.size}],\n`;
    if (part.part === 'bits') {
      for (const field of part.fields) {
        const signed = 'signed' in field.shape && field.shape.signed;
        accessors.push(
          `    #[allow(dead_code)]\n    pub fn ${fresh(field, part.offset)}(&self) -> i64 {\n        bits(&self._bits${part.offset}, ${field.bitOffset - part.offset * 8}, ${field.bitSize}, ${signed}, ${littleEndian})\n    }\n`,
        );
      }
      return `    pub _bits${part.offset}: [u8; ${part.size}],\n`;
    }
    const own = fresh(part.field, part.offset);
    asserts.push(`const _: () = assert!(core::mem::offset_of!(${name}, ${own}) == ${part.offset});\n`);
    const { shape } = part.field;
    return `    pub ${own}: ${align.fits(shape, part.offset, size) ? rustType(shape) : `[u8; ${shape.size}]`},\n`;
  });
  const body = `#[allow(dead_code)]\n#[repr(C)]\n#[derive(Clone, Copy)]\npub struct ${name} {\n${lines.join('')}}\n`;
  return `${body}${accessors.length === 0 ? '' : `\nimpl ${name} {\n${accessors.join('\n')}}\n`}${asserts.join('')}`;
}

function unionText({ fields, size }: CompositeDefinition, name: string, align: NativeAlign): string {
  const lines = fields
    .filter(({ bitSize, shape }) => bitSize === 0 && shape.size > 0)
    .map(
      (field, i) =>
        `    pub ${fieldName(field, i)}: ${align.fits(field.shape, 0, size) ? rustType(field.shape) : `[u8; ${field.shape.size}]`},\n`,
    );
  const body = `#[allow(dead_code)]\n#[repr(C)]\n#[derive(Clone, Copy)]\npub union ${name} {\n${lines.join('')}    pub _bytes: [u8; ${size}],\n}\n`;
  return `${body}const _: () = assert!(core::mem::size_of::<${name}>() == ${size});\n`;
}

function fieldName({ name }: PlannedField, offset: number): string {
  if (name === '') return `anon${offset}`;
  const clean = name.replace(/\W+/g, '_');
  const snake = /[a-z][A-Z]/.test(clean) ? snakeCase(clean) : clean.toLowerCase();
  return KEYWORDS.has(snake) ? `${snake}_` : snake;
}

const integer = (size: number, signed: boolean): string => `${signed ? 'i' : 'u'}${size * 8}`;

function rustType(shape: Shape): string {
  switch (shape.shape) {
    case 'int':
      return integer(shape.size, shape.signed && shape.use !== 'char');
    case 'float':
      return `f${shape.size * 8}`;
    case 'pointer':
      return integer(shape.size, false);
    case 'array':
      return `[${rustType(shape.element)}; ${shape.count}]`;
    case 'enum':
      return shape.definition === undefined ? integer(shape.size, shape.signed) : pascalCase(shape.definition.name);
    case 'composite':
      return pascalCase(shape.definition.name);
    case 'bytes':
      return `[u8; ${shape.size}]`;
  }
}
