// A struct or union with its members, as its placement says.

import { BtfKind } from '../kinds.ts';
import type { BtfComposite } from '../types.ts';
import { NameSpace } from './c-names.ts';
import { type CompositePlan, type CTypes, MAX_NESTING, type PlacedBtfMember } from './c-types.ts';
import { compositeWord, declareC } from './declarator.ts';
import type { PlacementItem } from './placement.ts';

/** `struct name {...} __attribute__((packed))` without a semicolon. `name` may be empty. */
export function compositeText(types: CTypes, type: BtfComposite, name: string, depth = 0): string {
  return text(types, type, name, new NameSpace(), depth);
}

/** `names`: those that the outermost composite has already; what anonymous ones declare joins them. */
function text(types: CTypes, type: BtfComposite, name: string, names: NameSpace, depth: number): string {
  const plan = types.plan(type);
  const { placement } = plan;
  const indent = '\t'.repeat(depth + 1);
  const lines = placement.items.map((item) => itemText(types, plan, item, names, indent, depth));
  const align = placement.packed && placement.align > 1 ? `, aligned(${placement.align})` : '';
  const attribute = placement.packed ? ` __attribute__((packed${align}))` : '';
  const head = name === '' ? compositeWord(types, type) : `${compositeWord(types, type)} ${name}`;
  if (lines.length === 0) return `${head} {}${attribute}`;
  return `${head} {\n${lines.join('')}${'\t'.repeat(depth)}}${attribute}`;
}

function itemText(
  types: CTypes,
  plan: CompositePlan,
  item: PlacementItem,
  names: NameSpace,
  indent: string,
  depth: number,
): string {
  types.step();
  if ('padBytes' in item) {
    // a union's size is written as one more member; an empty array has none to add
    return item.padBytes === 0 ? '' : `${indent}unsigned char ${names.take('__pad')}[${item.padBytes}];\n`;
  }
  if ('padBits' in item) {
    let left = item.padBits;
    let out = '';
    for (; left > 0; left -= 32) out += `${indent}unsigned int : ${Math.min(left, 32)};\n`;
    return out;
  }
  if ('overlay' in item) {
    const inner = item.overlay.map((one) => itemText(types, plan, one, names, `${indent}\t`, depth + 1)).join('');
    return `${indent}struct {\n${inner}${indent}} __attribute__((packed));\n`;
  }
  return memberText(types, plan.members[item.member] as PlacedBtfMember, names, indent, depth);
}

function memberText(types: CTypes, member: PlacedBtfMember, names: NameSpace, indent: string, depth: number): string {
  const nested = depth + 1;
  if (member.isInline) {
    const type = types.resolve(member.type) as BtfComposite;
    const qualifiers = qualifiersOf(types, member.type);
    // written out even where the type has a tag: without -fms-extensions C would declare nothing
    const inner =
      nested > MAX_NESTING
        ? `struct { unsigned char ${names.take('__deep')}[${type.size}]; }`
        : text(types, type, '', names, nested);
    return `${indent}${qualifiers}${inner};\n`;
  }
  const body = (type: BtfComposite) => (nested > MAX_NESTING ? 'void' : text(types, type, '', new NameSpace(), nested));
  const declared = declareC(types, member.type, names.take(member.name), body);
  return `${indent}${declared}${member.bitfieldSize > 0 ? ` : ${member.bitfieldSize}` : ''};\n`;
}

/** `const`, `volatile`: an unnamed member gives them to all that it holds. */
function qualifiersOf(types: CTypes, id: number): string {
  const found = new Set<string>();
  for (;;) {
    const type = types.type(id);
    if (type.kind === BtfKind.Const) found.add('const ');
    else if (type.kind === BtfKind.Volatile) found.add('volatile ');
    else if (type.kind !== BtfKind.Typedef && type.kind !== BtfKind.TypeTag && type.kind !== BtfKind.Restrict) break;
    id = type.type;
  }
  return [...found].sort().join('');
}
