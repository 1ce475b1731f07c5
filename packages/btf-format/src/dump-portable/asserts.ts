// `_Static_assert` of every size and offset: what makes the compiler the judge of a header.

import { BtfKind } from '../kinds.ts';
import type { BtfComposite } from '../types.ts';
import { NameSpace } from './c-names.ts';
import { type CTypes, MAX_NESTING, type PlacedBtfMember } from './c-types.ts';
import { compositeWord } from './declarator.ts';

/** The assertions of one type by its own record in BTF. Bitfields have no offset that C could say. */
export function assertText(types: CTypes, id: number): string {
  const type = types.type(id);
  const name = types.name(id);
  if (!types.written.has(id) || name === '') return '';
  switch (type.kind) {
    case BtfKind.Struct:
    case BtfKind.Union: {
      const tag = `${compositeWord(types, type)} ${name}`;
      const lines = [`_Static_assert(sizeof(${tag}) == ${type.size}, "size of ${tag}");\n`];
      offsets(types, type, tag, 0, new NameSpace(), lines, 0);
      return lines.join('');
    }
    case BtfKind.Enum:
    case BtfKind.Enum64:
      if (types.layout(id) === undefined) return ''; // listed as what C cannot express
      return `_Static_assert(sizeof(enum ${name}) == ${type.size}, "size of enum ${name}");\n`;
    case BtfKind.Typedef: {
      const layout = types.layout(id);
      // of a few types and what they need, a typedef of a struct may be there and the struct only declared
      if (layout === undefined || !types.isComplete(id)) return '';
      return `_Static_assert(sizeof(${name}) == ${layout.size}, "size of ${name}");\n`;
    }
    default:
      return '';
  }
}

/** In the order in which the members were named, so that a name given twice reads here as it does there. */
function offsets(
  types: CTypes,
  type: BtfComposite,
  tag: string,
  base: number,
  names: NameSpace,
  lines: string[],
  depth: number,
): void {
  if (depth > MAX_NESTING) return;
  const { members, placement } = types.plan(type);
  const visit = (member: PlacedBtfMember) => {
    const at = base + member.bitOffset;
    if (member.isInline) {
      offsets(types, types.resolve(member.type) as BtfComposite, tag, at, names, lines, depth + 1);
      return;
    }
    const name = names.take(member.name);
    if (member.bitfieldSize > 0) return;
    lines.push(`_Static_assert(__builtin_offsetof(${tag}, ${name}) == ${at / 8}, "offset of ${tag}.${name}");\n`);
  };
  for (const item of placement.items) {
    if ('member' in item) visit(members[item.member] as PlacedBtfMember);
    else if ('padBytes' in item && item.padBytes > 0) names.take('__pad');
    else if ('overlay' in item) {
      for (const inner of item.overlay) {
        if ('member' in inner) visit(members[inner.member] as PlacedBtfMember);
        else if ('padBytes' in inner && inner.padBytes > 0) names.take('__pad');
      }
    }
  }
}
