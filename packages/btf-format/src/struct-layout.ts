// Where the members of a struct lie and what lies between them: holes, bit holes, padding, cache lines. What pahole of
// dwarves computes (class__find_holes, and its guess of alignments for BTF), as data.

import { BtfError } from './errors.ts';
import { formatType } from './format-type.ts';
import { BtfKind } from './kinds.ts';
import { alignOf, isModifier, pointerSize, resolveSize, skipModifiersAndTypedefs } from './layout.ts';
import type { Btf } from './btf.ts';
import { infoKindFlag, infoVlen } from './info.ts';

/** One member. Offsets count from the start of the outermost struct. */
export interface LayoutMember {
  /** '' for an anonymous struct or union. */
  readonly name: string;
  readonly typeId: number;
  /** In C, with the name in its place: `char comm[16]`. */
  readonly declaration: string;
  /** In bytes; for a bitfield that of the unit of its type that holds its first bit. */
  readonly offset: number;
  /** In bytes; for a bitfield that of its type. */
  readonly size: number;
  /** Bits from `offset` to the first; 0 for what is no bitfield. */
  readonly bitOffset: number;
  /** Width of a bitfield. */
  readonly bitSize: number | undefined;
  /** Bytes between this member and the next that hold nothing. */
  readonly hole: number;
  /** Bits between this bitfield and the next member, or the end of its unit, that hold nothing. */
  readonly bitHole: number;
  /** Bytes at the end of the member's own type, a struct, that hold nothing. */
  readonly padding: number;
  /** The alignment that the member must have been given, where its offset shows one beyond that of its type. */
  readonly alignment: number | undefined;
  /** The members of an anonymous struct or union, with their offsets in the outermost. */
  readonly inner: StructLayout | undefined;
}

/** A struct or union. Bytes, except where the name says bits. */
export interface StructLayout {
  readonly id: number;
  readonly kind: 'struct' | 'union';
  readonly name: string;
  /** Where it begins in the outermost. */
  readonly offset: number;
  readonly size: number;
  readonly members: readonly LayoutMember[];
  /** Bytes before the first member. */
  readonly holeBefore: number;
  /** Bytes after the last member, and bits after the last bitfield in its unit. */
  readonly padding: number;
  readonly bitPadding: number;
  /** The alignment that the struct must have been given, where its size shows one beyond that of its members. */
  readonly alignment: number | undefined;
  /** Whether a member lies off its natural place, or the size is no multiple of the strictest alignment. */
  readonly packed: boolean;
  readonly cacheLine: number;
}

/** What the target is like, where its types do not say. */
/** What a layout takes from the machine rather than from the BTF. */
export interface StructLayoutOptions {
  /** 64 by default. */
  readonly cacheLine?: number | undefined;
  /** Where the BTF does not say; 8 by default. */
  readonly pointerBytes?: 4 | 8 | undefined;
}

/** How deep anonymous structs may nest. */
const MAX_DEPTH = 64;
/** How many members a layout may have, those of anonymous structs included. */
const MAX_MEMBERS = 1 << 20;

interface Context {
  readonly btf: Btf;
  readonly pointerBytes: 4 | 8;
  readonly cacheLine: number;
  members: number;
}

/**
 * The layout of a struct or union, through modifiers and typedefs. Throws `bad-type-id`, `unsupported` (not a struct or
 * union), and `limit` (anonymous structs nested too deep).
 *
 * ```ts
 * const layout = structLayout(btf, findByName(btf, 'task_struct', BtfKind.Struct));
 * console.log(formatStructLayout(layout));
 * ```
 */
export function structLayout(btf: Btf, id: number, options: StructLayoutOptions = {}): StructLayout {
  const pointerBytes = options.pointerBytes ?? pointerSize(btf) ?? 8;
  const context = { btf, pointerBytes, cacheLine: options.cacheLine ?? 64, members: 0 };
  const composite = skipModifiersAndTypedefs(btf, id);
  const kind = btf.kind(composite);
  if (kind !== BtfKind.Struct && kind !== BtfKind.Union) {
    throw new BtfError('unsupported', 'only structs and unions have a layout', { typeId: id });
  }
  return layoutOf(context, composite, 0, 0);
}

function layoutOf(context: Context, id: number, base: number, depth: number): StructLayout {
  if (depth > MAX_DEPTH) {
    throw new BtfError('limit', 'structs nest too deep', { typeId: id, expected: `at most ${MAX_DEPTH} levels` });
  }
  const { btf, pointerBytes, cacheLine } = context;
  const isStruct = btf.kind(id) === BtfKind.Struct;
  const size = btf.sizeOrType(id);
  const fields = fieldsOf(context, id);
  const holes = isStruct ? findHoles(fields, size) : undefined;
  let end = 0; // of the members so far: what an alignment is guessed from
  const members = fields.map((field, i): LayoutMember => {
    const inner = anonymousComposite(btf, field.type);
    const alignment = isStruct && field.bits === 0 && field.size > 0 ? guessAlignment(context, field, end) : undefined;
    if (field.size > 0) end = field.byte + field.size;
    return {
      name: field.name,
      typeId: field.type,
      declaration: formatType(btf, field.type, {
        name: field.name,
        emptyArray: depth === 0 && i > 0 && i === fields.length - 1 ? '[]' : '[0]', // C allows [] only at the very end
      }),
      offset: base + field.byte,
      size: field.size,
      bitOffset: field.bits === 0 ? 0 : field.bit - field.byte * 8,
      bitSize: field.bits === 0 ? undefined : field.bits,
      hole: holes?.after[i]?.bytes ?? 0,
      bitHole: holes?.after[i]?.bits ?? 0,
      padding: paddingOf(context, field.type),
      alignment,
      inner: inner === undefined ? undefined : layoutOf(context, inner, base + field.byte, depth + 1),
    };
  });
  return {
    id,
    kind: isStruct ? 'struct' : 'union',
    name: btf.name(id),
    offset: base,
    size,
    members,
    holeBefore: holes?.before ?? 0,
    padding: holes?.padding ?? 0,
    bitPadding: holes?.bitPadding ?? 0,
    alignment:
      isStruct && fields.length > 0 ? beyond(alignOf(btf, id, pointerBytes) ?? 1, size, end, cacheLine) : undefined,
    packed: isStruct && isPacked(context, fields, size),
    cacheLine,
  };
}

/** A member as it is placed: `bit` and `bits` in bits, `byte` and `size` in bytes of its unit. */
interface Field {
  readonly name: string;
  readonly type: number;
  readonly bit: number;
  readonly bits: number;
  readonly byte: number;
  readonly size: number;
}

function fieldsOf(context: Context, id: number): Field[] {
  const { btf, pointerBytes } = context;
  const layer = btf.layerOf(id);
  const { words } = layer;
  const at = layer.wordAt(id);
  const info = words[at + 1]!;
  const hasBitfields = infoKindFlag(info);
  const vlen = infoVlen(info);
  context.members += vlen;
  if (context.members > MAX_MEMBERS) {
    throw new BtfError('limit', 'too many members', { typeId: id, expected: `at most ${MAX_MEMBERS}` });
  }
  return Array.from({ length: vlen }, (_, i) => {
    const w = at + 3 + i * 3;
    const type = words[w + 1]!;
    const offset = words[w + 2]!;
    const bit = hasBitfields ? offset & 0xffffff : offset;
    const bits = hasBitfields ? offset >>> 24 : 0;
    const size = resolveSize(btf, type, pointerBytes) ?? 0;
    // a bitfield is counted from the start of the unit of its type that holds its first bit
    const unit = bits === 0 || size === 0 ? 1 : size;
    return { name: btf.string(words[w]!), type, bit, bits, byte: Math.floor(bit / 8 / unit) * unit, size };
  });
}

interface Holes {
  readonly before: number;
  readonly after: readonly { readonly bytes: number; readonly bits: number }[];
  readonly padding: number;
  readonly bitPadding: number;
}

/** class__find_holes: what lies between the end of one member and the start of the next, bits and bytes apart. */
function findHoles(fields: readonly Field[], size: number): Holes {
  const gaps: { bytes: number; bits: number }[] = [];
  let seen = 0; // bits up to here are covered
  let unitEnd = 0;
  let unitBits = 0;
  let inBitfield = false;
  for (const field of fields) {
    let bits = 0;
    let bytes = 0;
    if (inBitfield) {
      const end = Math.min(field.bit, unitEnd);
      bits = Math.max(0, end - seen);
      seen = Math.max(seen, end);
    }
    const end = field.bit + (field.bits === 0 ? field.size * 8 : field.bits);
    if (field.bits === 0) {
      bytes = Math.floor(field.bit / 8) - Math.floor(seen / 8);
      inBitfield = false;
    } else {
      const start = field.byte * 8;
      if (seen < start && start <= field.bit) {
        bytes = field.byte - Math.floor(seen / 8);
        seen = start;
      }
      bits += field.bit - seen;
      if (!inBitfield || end > unitEnd || field.size * 8 > unitBits) {
        unitBits = field.size * 8;
        unitEnd = Math.max(field.byte * 8 + unitBits, end);
      }
      inBitfield = true;
    }
    gaps.push({ bytes: Math.max(0, bytes), bits: Math.max(0, bits) });
    seen = Math.max(seen, end);
  }
  let bitPadding = 0;
  if (inBitfield) {
    const end = Math.max(seen, Math.min(size * 8, unitEnd));
    bitPadding = end - seen;
    seen = end;
  }
  return {
    before: gaps[0]?.bytes ?? 0,
    after: fields.map((_, i) => gaps[i + 1] ?? { bytes: 0, bits: 0 }),
    padding: Math.max(0, size - Math.floor(seen / 8)),
    bitPadding,
  };
}

function isPacked({ btf, pointerBytes }: Context, fields: readonly Field[], size: number): boolean {
  let strictest = 1;
  for (const field of fields) {
    const natural = alignOf(btf, field.type, pointerBytes) || 1;
    if (field.byte % natural !== 0) return true;
    strictest = Math.max(strictest, natural);
  }
  return size % strictest !== 0;
}

/** The bytes of padding at the end of a member that is a struct. */
function paddingOf(context: Context, type: number): number {
  const { btf } = context;
  const id = skipModifiersAndTypedefs(btf, type);
  if (btf.kind(id) !== BtfKind.Struct) return 0;
  return findHoles(fieldsOf(context, id), btf.sizeOrType(id)).padding;
}

/** The anonymous struct or union that a member's declaration has within it, also as an array. */
function anonymousComposite(btf: Btf, id: number): number | undefined {
  for (let left = btf.typeCount; left > 0; left--) {
    const kind = btf.kind(id);
    if (isModifier(kind)) id = btf.sizeOrType(id);
    else if (kind === BtfKind.Array) {
      const layer = btf.layerOf(id);
      id = layer.words[layer.wordAt(id) + 3]!;
    } else {
      const isAnonymous = (kind === BtfKind.Struct || kind === BtfKind.Union) && btf.nameOff(id) === 0;
      return isAnonymous ? id : undefined;
    }
  }
  return undefined;
}

/** BTF does not keep `__attribute__((aligned))`: a gap that the type's own alignment does not explain mentions one. */
function guessAlignment(context: Context, field: Field, end: number): number | undefined {
  const { btf, pointerBytes, cacheLine } = context;
  return beyond(alignOf(btf, field.type, pointerBytes) ?? 1, field.byte, end, cacheLine);
}

/** The power of two above the gap, where it is more than `natural`; the cache line where that explains it as well. */
function beyond(natural: number, offset: number, end: number, cacheLine: number): number | undefined {
  const gap = offset - end;
  if (gap <= 0 || offset % 2 !== 0) return undefined;
  const alignment = 2 ** (32 - Math.clz32(gap));
  if (alignment <= natural || alignment === 1) return undefined;
  return alignment < cacheLine && cacheLine % alignment === 0 && offset % cacheLine === 0 ? cacheLine : alignment;
}
