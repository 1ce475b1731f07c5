// The layout of a struct or union from its body: its members with those of unnamed ones, and what anonymous types hide.
import type { LayoutField } from '../answer-types.ts';
import { type CompositeBody, TypeTag } from '../encoding/type-code.ts';
import type { Ranges } from '../store/content-tree.ts';
import type { Rows } from '../store/row-cache.ts';
import type { ContentInKernels } from './declarations.ts';
import { fullTypeText, hasHiddenContent, typeText, withoutModifiers } from './type-text.ts';
import { type FlatMember, flatMembers } from './unnamed.ts';

/** The layouts of a composite's body under a name. */
export function layoutsOf(
  rows: Rows,
  kind: 'struct' | 'union',
  name: string,
  body: CompositeBody,
  ranges: Ranges,
  typedef = false,
): ContentInKernels[] {
  const parts = uniformRanges(rows, body, ranges).flatMap((part) => flatMembers(rows, body, part));
  return parts.map(({ members, ranges: own }) => ({
    content: {
      kind,
      name,
      ...(typedef ? { typedef: true as const } : {}),
      size: body.size,
      fields: members.map((member) => fieldOf(rows, member, own)),
    },
    ranges: own,
  }));
}

function fieldOf(rows: Rows, member: FlatMember, ranges: Ranges, nesting = 0): LayoutField {
  return {
    name: rows.text(member.name),
    type: typeText(rows, member.type),
    offset: Math.floor(member.bitOffset / 8),
    bitOffset: member.bitOffset,
    bitSize: member.bitSize || null,
    size: member.size < 0 ? null : member.size,
    depth: member.depth,
    // an unnamed member's content follows in the list itself
    ...(isUnnamedComposite(rows, member) ? {} : hiddenIn(rows, member.type, ranges, nesting)),
  };
}

/** Whether a member gives its own members to its parent, which lists them. */
function isUnnamedComposite(rows: Rows, { name, type }: { readonly name: number; readonly type: number }): boolean {
  if (name !== 0) return false;
  const { tag } = withoutModifiers(rows, type);
  return tag === TypeTag.AnonymousStruct || tag === TypeTag.AnonymousUnion;
}

/** `full` and `inner` of a type, where its text hides something. */
export function hiddenIn(
  rows: Rows,
  type: number,
  ranges: Ranges,
  nesting = 0,
): { full?: string; inner?: LayoutField[] } {
  if (!hasHiddenContent(rows, type)) return {};
  const full = fullTypeText(rows, type);
  const body = nesting < MAX_INNER_DEPTH ? anonymousBodyOf(rows, type) : undefined;
  if (body === undefined) return { full };
  const found = flatMembers(rows, body, ranges);
  const [only] = found; // `uniformRanges` leaves one
  if (only === undefined) return { full };
  return { full, inner: only.members.map((member) => fieldOf(rows, member, ranges, nesting + 1)) };
}

/** How deep named members of anonymous types are taken apart. */
export const MAX_INNER_DEPTH = 16;

/** The anonymous composite below modifiers and arrays. */
export function anonymousBodyOf(rows: Rows, type: number): CompositeBody | undefined {
  let code = rows.type(type);
  for (let depth = 0; depth < MAX_INNER_DEPTH; depth++) {
    switch (code.tag) {
      case TypeTag.Const:
      case TypeTag.Volatile:
      case TypeTag.Restrict:
      case TypeTag.TypeTag:
      case TypeTag.Array:
        code = rows.type(code.type);
        continue;
      case TypeTag.AnonymousStruct:
      case TypeTag.AnonymousUnion:
        return code.body;
      default:
        return undefined;
    }
  }
  return undefined;
}

/** Kernels in groups: in each, all unnamed members, those of named members' anonymous types too, are the same. */
export function uniformRanges(rows: Rows, body: CompositeBody, ranges: Ranges, depth = 0): Ranges[] {
  return flatMembers(rows, body, ranges).flatMap(({ members, ranges: own }) => {
    let parts = [own];
    for (const member of depth < MAX_INNER_DEPTH ? members : []) {
      const inner = isUnnamedComposite(rows, member) ? undefined : anonymousBodyOf(rows, member.type);
      if (inner !== undefined) parts = parts.flatMap((part) => uniformRanges(rows, inner, part, depth + 1));
    }
    return parts;
  });
}
