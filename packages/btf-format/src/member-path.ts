// Finding a member by path, as C finds it: `pid`, `se.vruntime`, `rlim[3].rlim_cur`; members of anonymous structs and
// unions count as those of the struct around them. Offsets are in bits, from the start of the outermost struct.

import { BtfError } from './errors.ts';
import { BtfKind } from './kinds.ts';
import { MAX_NESTING_DEPTH, resolveSize, skipModifiersAndTypedefs } from './layout.ts';
import type { Btf } from './btf.ts';
import { infoKindFlag, infoVlen } from './info.ts';

/** Where a member is, and what. */
export interface MemberPlace {
  /** From the start of the struct that was asked. */
  readonly bitOffset: number;
  /** Its width where it is a bitfield, else eight times its size; undefined where its type has no size. */
  readonly bitSize: number | undefined;
  readonly isBitfield: boolean;
  /** The type as declared, with its qualifiers and typedefs; of an element for a path that ends in `[n]`. */
  readonly type: number;
}

type Step = { readonly name: string } | { readonly index: number };

/**
 * The member that `path` names inside of a struct or union (or a typedef of one); undefined where there is none. An
 * index may exceed the array, as in C. Throws `invalid-argument` for what is no path, `bad-type-id`,
 * and `limit` where anonymous members nest too deep.
 *
 * ```ts
 * const id = findByName(btf, 'task_struct', BtfKind.Struct);
 * const { bitOffset } = findMember(btf, id, 'se.vruntime');
 * ```
 */
export function findMember(btf: Btf, id: number, path: string): MemberPlace | undefined {
  let place: MemberPlace = { bitOffset: 0, bitSize: undefined, isBitfield: false, type: id };
  for (const step of parsePath(path)) {
    const container = skipModifiersAndTypedefs(btf, place.type);
    const inner = 'name' in step ? memberOf(btf, container, step.name) : elementOf(btf, container, step.index);
    if (inner === undefined) return undefined;
    place = { ...inner, bitOffset: place.bitOffset + inner.bitOffset };
  }
  return place;
}

/** `a.b[3].c` as steps; the first is a name. */
function parsePath(path: string): Step[] {
  const steps: Step[] = [];
  const token = /\.?([A-Za-z_$][\w$]*)|\[(\d+)\]/y;
  while (token.lastIndex < path.length) {
    const at = token.lastIndex;
    const match = token.exec(path);
    const startsRight = match && (match[2] !== undefined ? at > 0 : match[0].startsWith('.') === at > 0);
    if (!match || !startsRight) {
      throw new BtfError('invalid-argument', `'${path}' is not a path of members`, {
        offset: at,
        expected: 'a.b[0].c',
      });
    }
    steps.push(match[2] === undefined ? { name: match[1]! } : { index: Number(match[2]) });
  }
  if (steps.length === 0) throw new BtfError('invalid-argument', 'an empty path', { expected: 'a.b[0].c' });
  return steps;
}

function elementOf(btf: Btf, id: number, index: number): MemberPlace | undefined {
  if (btf.kind(id) !== BtfKind.Array) return undefined;
  const layer = btf.layerOf(id);
  const type = layer.words[layer.wordAt(id) + 3]!;
  const size = resolveSize(btf, type);
  if (size === undefined) return undefined;
  return { bitOffset: index * size * 8, bitSize: size * 8, isBitfield: false, type };
}

/** The first member of this name; those of anonymous members are looked through where they stand. */
function memberOf(btf: Btf, id: number, name: string): MemberPlace | undefined {
  const without = new Set<number>(); // composites searched in vain
  const search = (composite: number, depth: number): MemberPlace | undefined => {
    if (depth > MAX_NESTING_DEPTH)
      throw new BtfError('limit', 'anonymous members nest too deep', { typeId: composite });
    const kind = btf.kind(composite);
    if ((kind !== BtfKind.Struct && kind !== BtfKind.Union) || without.has(composite)) return undefined;
    without.add(composite); // before its members: one that contains itself ends here
    const { words, at, flag, vlen } = recordOf(btf, composite);
    for (let i = 0, w = at + 3; i < vlen; i++, w += 3) {
      const [nameOff, type, offset] = [words[w]!, words[w + 1]!, words[w + 2]!];
      const bitOffset = flag ? offset & 0xffffff : offset;
      if (nameOff !== 0) {
        if (btf.string(nameOff) === name) return placeOf(btf, type, bitOffset, flag ? offset >>> 24 : 0);
        continue;
      }
      const inner = search(skipModifiersAndTypedefs(btf, type), depth + 1);
      if (inner) return { ...inner, bitOffset: bitOffset + inner.bitOffset };
    }
    return undefined;
  };
  return search(id, 0);
}

function recordOf(btf: Btf, id: number) {
  const layer = btf.layerOf(id);
  const { words } = layer;
  const at = layer.wordAt(id);
  const info = words[at + 1]!;
  return { words, at, flag: infoKindFlag(info), vlen: infoVlen(info) };
}

/** Before kflag existed (5.0), a bitfield was a member whose INT had fewer bits than its bytes, or began later. */
function placeOf(btf: Btf, type: number, bitOffset: number, width: number): MemberPlace {
  if (width > 0) return { bitOffset, bitSize: width, isBitfield: true, type };
  const size = resolveSize(btf, type);
  if (btf.kind(type) === BtfKind.Int && size !== undefined) {
    const { words, at } = recordOf(btf, type);
    const data = words[at + 3]!;
    const [bits, shift] = [data & 0xff, (data >>> 16) & 0xff];
    if (shift !== 0 || (bits !== 0 && bits !== size * 8)) {
      return { bitOffset: bitOffset + shift, bitSize: bits, isBitfield: true, type };
    }
  }
  return { bitOffset, bitSize: size === undefined ? undefined : size * 8, isBitfield: false, type };
}
