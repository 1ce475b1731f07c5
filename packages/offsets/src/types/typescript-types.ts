// Decoders for TypeScript: an interface for each struct, and a function that reads it from a DataView. Numbers of 64 bits and
// 64-bit addresses are bigint; arrays of char are bytes, which `cString` turns into a text.

import { camelCase, pascalCase } from '../languages/names.ts';
import type { CompositeDefinition, PlannedField, Shape, TypePlan } from './type-plan.ts';

export function typeScriptTypes(plan: TypePlan, head: readonly string[]): string {
  const definitions = plan.definitions.map((definition) => {
    const name = pascalCase(definition.name);
    if (definition.kind === 'enum') {
      const n = definition.size === 8 ? 'n' : '';
      const values = definition.values.map(({ name: value, value: number }) => `  ${value}: ${number}${n},\n`);
      return `export const ${name} = {\n${values.join('')}} as const;\n/** One of ${name}, or another number that the kernel writes. */\nexport type ${name} = ${definition.size === 8 ? 'bigint' : 'number'};\n`;
    }
    return compositeText(definition, name, plan.littleEndian);
  });
  return `// Made by btfq types: do not edit.
${head.map((line) => `// ${line}\n`).join('')}
/** The text of an array of char: up to the first NUL. */
export function cString(bytes: Uint8Array): string {
  const end = bytes.indexOf(0);
  return new TextDecoder().decode(end < 0 ? bytes : bytes.subarray(0, end));
}

function bitsAt(view: DataView, offset: number, start: number, size: number, signed: boolean, littleEndian: boolean): bigint {
  const first = Math.floor(start / 8);
  const last = Math.ceil((start + size) / 8);
  let value = 0n;
  for (let i = first; i < last; i++) {
    const byte = BigInt(view.getUint8(offset + (littleEndian ? last - 1 - (i - first) : i)));
    value = (value << 8n) | byte;
  }
  value >>= BigInt(littleEndian ? start - first * 8 : last * 8 - start - size);
  return signed ? BigInt.asIntN(size, value) : BigInt.asUintN(size, value);
}

function bytesAt(view: DataView, offset: number, size: number): Uint8Array {
  return new Uint8Array(view.buffer, view.byteOffset + offset, size);
}

function arrayAt<T>(count: number, size: number, offset: number, read: (offset: number) => T): T[] {
  return Array.from({ length: count }, (_, i) => read(offset + i * size));
}

${definitions.join('\n')}
/** What is used in no decoder above is used here, so that strict compilers are content. */
export const readers: readonly unknown[] = [bitsAt, bytesAt, arrayAt];
`;
}

function compositeText(definition: CompositeDefinition, name: string, littleEndian: boolean): string {
  const used = new Set<string>();
  const members: string[] = [];
  const reads: string[] = [];
  const add = ({ fields }: CompositeDefinition, base: number): void => {
    for (const field of fields) {
      if (field.name === '' && field.shape.shape === 'composite') {
        add(field.shape.definition, base + field.bitOffset);
        continue;
      }
      const own = fieldName(field.name);
      if (used.has(own)) continue;
      used.add(own);
      members.push(`  readonly ${own}: ${fieldType(field)};\n`);
      reads.push(`    ${own}: ${fieldRead(field, base)},\n`);
    }
  };
  add(definition, 0);
  return `/** ${definition.kind} ${definition.name} */
export interface ${name} {
${members.join('')}}

/** Bytes of a ${name}. */
export const sizeOf${name} = ${definition.size};

/** Reads a ${name} from a view, at an offset in it. Throws RangeError where the view ends before. */
export function decode${name}(view: DataView, offset = 0, littleEndian = ${littleEndian}): ${name} {
  if (offset + ${definition.size} > view.byteLength) throw new RangeError("${definition.name} needs ${definition.size} bytes");
  return {
${reads.join('')}  };
}
`.replace(
    'littleEndian = ',
    reads.some((read) => read.includes('littleEndian')) ? 'littleEndian = ' : '_littleEndian = ',
  );
}

/** Names stay as C has them: they are the program's own. */
function fieldName(name: string): string {
  const clean = name.replace(/\W+/g, '_');
  return clean === '' ? camelCase('anon') : clean;
}

function fieldType({ shape, bitSize }: PlannedField): string {
  if (bitSize === 0) return typeOf(shape);
  if (shape.shape === 'int' && shape.use === 'bool') return 'boolean';
  return shape.size === 8 ? 'bigint' : 'number';
}

function typeOf(shape: Shape): string {
  switch (shape.shape) {
    case 'int':
      return shape.use === 'bool' ? 'boolean' : shape.size === 8 ? 'bigint' : 'number';
    case 'float':
      return 'number';
    case 'pointer':
      return shape.size === 8 ? 'bigint' : 'number';
    case 'array':
      return isBytes(shape) ? 'Uint8Array' : `readonly ${wrapped(typeOf(shape.element))}[]`;
    case 'enum':
      return shape.definition === undefined
        ? shape.size === 8
          ? 'bigint'
          : 'number'
        : pascalCase(shape.definition.name);
    case 'composite':
      return pascalCase(shape.definition.name);
    case 'bytes':
      return 'Uint8Array';
  }
}

const wrapped = (type: string): string => (type.includes(' ') ? `(${type})` : type);
const isBytes = (shape: Extract<Shape, { shape: 'array' }>): boolean =>
  shape.element.shape === 'int' &&
  shape.element.size === 1 &&
  shape.element.use !== 'bool' &&
  (shape.element.use === 'char' || !shape.element.signed);

function fieldRead({ shape, bitOffset, bitSize }: PlannedField, base: number): string {
  if (bitSize === 0) return readOf(shape, `offset + ${(base + bitOffset) / 8}`);
  const signed = 'signed' in shape && shape.signed;
  const value = `bitsAt(view, offset, ${base + bitOffset}, ${bitSize}, ${signed}, littleEndian)`;
  if (shape.shape === 'int' && shape.use === 'bool') return `${value} !== 0n`;
  return shape.size === 8 ? value : `Number(${value})`;
}

function readOf(shape: Shape, at: string): string {
  switch (shape.shape) {
    case 'int':
      if (shape.use === 'bool') return `view.getUint8(${at}) !== 0`;
      return integer(shape.size, shape.signed, at);
    case 'float':
      return `view.getFloat${shape.size * 8}(${at}, littleEndian)`;
    case 'pointer':
      return integer(shape.size, false, at);
    case 'array':
      if (isBytes(shape)) return `bytesAt(view, ${at}, ${shape.size})`;
      return `arrayAt(${shape.count}, ${shape.element.size}, ${at}, (at) => ${readOf(shape.element, 'at')})`;
    case 'enum':
      return integer(shape.size, shape.signed, at);
    case 'composite':
      return `decode${pascalCase(shape.definition.name)}(view, ${at}, littleEndian)`;
    case 'bytes':
      return `bytesAt(view, ${at}, ${shape.size})`;
  }
}

function integer(size: number, signed: boolean, at: string): string {
  const word = `${size === 8 ? 'Big' : ''}${signed ? 'Int' : 'Uint'}${size * 8}`;
  return `view.get${word}(${at}${size === 1 ? '' : ', littleEndian'})`;
}
