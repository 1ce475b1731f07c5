// How the members of a struct or union have to be written so that every compiler puts them where the kernel has them.
// First as C lays them out by itself, with padding written out where the kernel has holes; where that does not lead to
// the kernel's offsets, packed, with every hole written out; where members overlap, as a union of packed structs, one
// for each member. Units are bits for offsets, bytes for sizes and alignments.

/** A member as far as its place matters. */
export interface PlacedMember {
  /** In bits from the start of the composite. */
  readonly bitOffset: number;
  /** Width in bits of a bitfield, else 0. */
  readonly bitfieldSize: number;
  /** Of its type as C has it, in bytes. */
  readonly size: number;
  readonly align: number;
}

/** What to write, in order. `member` is an index into the members that were given. */
export type PlacementItem =
  | { readonly member: number }
  | { readonly padBytes: number }
  | { readonly padBits: number }
  | { readonly overlay: readonly PlacementItem[] };

/** The composite as it is to be written. */
export interface Placement {
  readonly items: readonly PlacementItem[];
  /** Needs `__attribute__((packed))`, with `aligned(align)` where `align` is above 1. */
  readonly packed: boolean;
  /** To be written as a union, whatever BTF calls it. */
  readonly asUnion: boolean;
  readonly align: number;
  /** Members that have no place in C: behind the end, or bits that no bitfield can have. */
  readonly dropped: readonly number[];
}

/** Places the members of a composite of `size` bytes. `unsure`: alignments differ between targets, so pack it. */
export function placeMembers(
  members: readonly PlacedMember[],
  size: number,
  isUnion: boolean,
  unsure = false,
): Placement {
  const all = members.map((_, i) => i);
  const dropped = all.filter((i) => !fits(members[i] as PlacedMember, size));
  const kept = all.filter((i) => !dropped.includes(i));
  const natural = unsure ? undefined : isUnion ? naturalUnion(members, kept, size) : naturalStruct(members, kept, size);
  if (natural !== undefined) return { ...natural, packed: false, asUnion: isUnion, dropped };
  const align = packedAlign(members, kept, size);
  const inOrder = isUnion ? undefined : packedStruct(members, kept, size);
  if (inOrder !== undefined) return { items: inOrder, packed: true, asUnion: false, align, dropped };
  const items: PlacementItem[] = kept.map((i) => {
    const overlay = packedStruct(members, [i], undefined) as readonly PlacementItem[];
    return overlay.length === 1 ? { member: i } : { overlay };
  });
  items.push({ padBytes: size });
  return { items, packed: true, asUnion: true, align, dropped };
}

/** Whether C can say it at all: whole bytes but for bitfields, no wider than the type, inside the composite. */
function fits({ bitOffset, bitfieldSize, size }: PlacedMember, total: number): boolean {
  if (bitfieldSize === 0) return bitOffset % 8 === 0 && bitOffset / 8 + size <= total;
  return bitfieldSize <= size * 8 && bitOffset + bitfieldSize <= total * 8;
}

const bytesOf = (bits: number) => Math.ceil(bits / 8);
const roundUp = (value: number, to: number) => Math.ceil(value / to) * to;

function naturalStruct(
  members: readonly PlacedMember[],
  kept: readonly number[],
  size: number,
): { items: PlacementItem[]; align: number } | undefined {
  const items: PlacementItem[] = [];
  let at = 0;
  let align = 1;
  for (const i of kept) {
    const member = members[i] as PlacedMember;
    const { bitOffset } = member;
    if (bitOffset < at) return undefined;
    let start = naturalStart(member, at);
    if (start !== bitOffset) {
      // a hole of the kernel's that C would not leave by itself; bits of it can only be packed
      if (bitOffset % 8 !== 0 || bitOffset < roundUp(at, 8)) return undefined;
      const hole = bitOffset / 8 - bytesOf(at);
      if (hole === 0) return undefined;
      items.push({ padBytes: hole });
      start = naturalStart(member, bitOffset);
      if (start !== bitOffset) return undefined;
    }
    items.push({ member: i });
    align = Math.max(align, member.align);
    at = bitOffset + (member.bitfieldSize || member.size * 8);
  }
  return closed(items, bytesOf(at), align, size);
}

/** Where a compiler puts the next member: aligned, and a bitfield inside one unit of its type. */
function naturalStart({ bitfieldSize, size, align }: PlacedMember, at: number): number {
  if (bitfieldSize === 0) return roundUp(at, align * 8);
  const unit = size * 8;
  const crosses = Math.floor(at / unit) !== Math.floor((at + bitfieldSize - 1) / unit);
  return crosses ? roundUp(at, align * 8) : at;
}

function naturalUnion(
  members: readonly PlacedMember[],
  kept: readonly number[],
  size: number,
): { items: PlacementItem[]; align: number } | undefined {
  let end = 0;
  let align = 1;
  for (const i of kept) {
    const member = members[i] as PlacedMember;
    if (member.bitOffset !== 0) return undefined;
    end = Math.max(end, member.bitfieldSize > 0 ? bytesOf(member.bitfieldSize) : member.size);
    align = Math.max(align, member.align);
  }
  const items: PlacementItem[] = kept.map((i) => ({ member: i }));
  if (roundUp(end, align) < size) {
    if (size % align !== 0) return undefined;
    items.push({ padBytes: size });
    return { items, align };
  }
  return roundUp(end, align) === size ? { items, align } : undefined;
}

/** The end of a struct: as C ends it, or with the rest written out. */
function closed(
  items: PlacementItem[],
  end: number,
  align: number,
  size: number,
): { items: PlacementItem[]; align: number } | undefined {
  if (roundUp(end, align) === size) return { items, align };
  if (end > size || size % align !== 0) return undefined;
  items.push({ padBytes: size - end });
  return { items, align };
}

/** Members one behind the other with every hole written out; undefined where they overlap or go backwards. */
function packedStruct(
  members: readonly PlacedMember[],
  kept: readonly number[],
  size: number | undefined,
): PlacementItem[] | undefined {
  const items: PlacementItem[] = [];
  let at = 0;
  for (const i of kept) {
    const { bitOffset, bitfieldSize, size: bytes } = members[i] as PlacedMember;
    const from = bitfieldSize === 0 ? roundUp(at, 8) : at;
    if (bitOffset < from) return undefined;
    pad(items, at, bitOffset);
    items.push({ member: i });
    at = bitOffset + (bitfieldSize || bytes * 8);
  }
  if (size !== undefined) pad(items, roundUp(at, 8), size * 8);
  return items;
}

/** Fills from one bit to another: bits up to a byte, bytes, bits. */
function pad(items: PlacementItem[], from: number, to: number): void {
  if (to <= from) return;
  const bits = Math.min(to, roundUp(from, 8)) - from;
  if (bits > 0 && to < roundUp(from, 8) + 8) {
    // the hole ends in this byte or the next one: bits all the way
    items.push({ padBits: to - from });
    return;
  }
  const bytes = Math.floor(to / 8) - bytesOf(from);
  if (bytes > 0) items.push({ padBytes: bytes });
  else if (bits > 0) items.push({ padBits: bits });
  if (to % 8 > 0) items.push({ padBits: to % 8 });
}

/**
 * What a packed composite is aligned to: as its members are, so that compilers for machines without unaligned access do
 * not read its fields byte by byte, as far as its size allows.
 */
function packedAlign(members: readonly PlacedMember[], kept: readonly number[], size: number): number {
  let align = 1;
  for (const i of kept) align = Math.max(align, (members[i] as PlacedMember).align);
  align = Math.min(align, 8);
  while (align > 1 && size % align !== 0) align /= 2;
  return align;
}
