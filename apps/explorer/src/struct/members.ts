// The members of a layout as they are drawn: those of anonymous members in their place, nested ones where they are
// unfolded, and the bits that nobody has.

/** A member as the schema gives it. */
export interface LayoutField {
  readonly name: string;
  readonly type: string;
  readonly offset: number;
  readonly bitOffset: number;
  readonly bitSize: number | null;
  readonly size: number | null;
  readonly depth: number;
}

/** What is drawn as one block. Places are in bits from the start of the struct. */
export interface Member {
  /** `se.vruntime`; empty for what is no member: a hole, padding. */
  readonly path: string;
  readonly type: string;
  readonly start: number;
  readonly bits: number;
  readonly bitfield: boolean;
  readonly kind: MemberKind;
  /** How many of the unfolded members it is inside of. */
  readonly nesting: number;
}
export type MemberKind = 'integer' | 'pointer' | 'array' | 'composite' | 'enum' | 'named' | 'hole' | 'padding';

/** The fields of unfolded members, by their paths. */
export type Unfolded = ReadonlyMap<string, readonly LayoutField[]>;

/** The blocks of a layout in order of place; what has no size (flexible arrays) is left out. */
export function membersOf(fields: readonly LayoutField[], unfolded: Unfolded = new Map()): Member[] {
  return place(fields, unfolded, '', 0, 0).sort((a, b) => a.start - b.start || b.bits - a.bits);
}

function place(
  fields: readonly LayoutField[],
  unfolded: Unfolded,
  prefix: string,
  base: number,
  nesting: number,
): Member[] {
  return fields.flatMap((field) => {
    if (field.name === '') return []; // its members follow; a nameless bitfield is padding
    const path = prefix + field.name;
    const inner = unfolded.get(path);
    const start = base + field.bitOffset;
    if (inner !== undefined) {
      // Elements stand behind their array without a dot: `pid_links[1].next`.
      const joint = inner[0]?.name.startsWith('[') ? '' : '.';
      return place(inner, unfolded, path + joint, start, nesting + 1);
    }
    const bits = field.bitSize ?? (field.size ?? 0) * 8;
    if (bits === 0) return [];
    return [
      { path, type: field.type, start, bits, bitfield: field.bitSize !== null, kind: kindOf(field.type), nesting },
    ];
  });
}

const INTEGER =
  /^(const |volatile )*((unsigned |signed |long |short )*(int|char|long|short|unsigned|__int128)|(__)?[us](8|16|32|64)|(__)?(le|be)(16|32|64)|_?[Bb]ool|u?int\d+_t|s?size_t|atomic(64|_long)?_t|umode_t|gfp_t|pid_t|dev_t|loff_t|sector_t|refcount_t|long unsigned int|long long unsigned int|short unsigned int)$/;

/** What kind of thing a type is, by how C writes it. */
export function kindOf(type: string): MemberKind {
  if (/\]$/.test(type)) return 'array';
  if (/\*(const|volatile|restrict| )*$|\(\*/.test(type)) return 'pointer';
  if (/^(const |volatile )*(struct|union)\b/.test(type)) return 'composite';
  if (/^(const |volatile )*enum\b/.test(type)) return 'enum';
  return INTEGER.test(type) ? 'integer' : 'named';
}

/** What lies between members and behind the last, as blocks of their own. */
export function holesOf(members: readonly Member[], size: number): Member[] {
  const holes: Member[] = [];
  let end = 0;
  const gap = (until: number, kind: 'hole' | 'padding') => {
    if (until > end) {
      holes.push({ path: '', type: '', start: end, bits: until - end, bitfield: false, kind, nesting: 0 });
    }
  };
  for (const member of members) {
    gap(member.start, 'hole');
    end = Math.max(end, member.start + member.bits);
  }
  gap(size * 8, 'padding');
  return holes;
}

/** The struct or union that a type is: `struct sched_entity`; undefined for pointers, arrays and typedefs. */
export function nestedType(type: string): { kind: 'struct' | 'union'; name: string } | undefined {
  const found = /^(?:const |volatile )*(struct|union) (\w+)$/.exec(type);
  return found === null ? undefined : { kind: found[1] as 'struct' | 'union', name: found[2]! };
}

/** What a member's type may unfold to. Only the kernel knows whether a typedef is of a struct. */
export type Unfolding =
  | { readonly kind: 'struct' | 'union' | 'typedef'; readonly name: string }
  | { readonly kind: 'array'; readonly element: string; readonly count: number };

/** Arrays of more elements stay one block. */
const MOST_ELEMENTS = 256;

export function unfoldingOf(type: string): Unfolding | undefined {
  const array = /^(.*[^\s[\]])\s*\[(\d+)\]((?:\[\d+\])*)$/.exec(type);
  if (array !== null) {
    const [, base, count, rest] = array;
    const elements = Number(count);
    return elements === 0 || elements > MOST_ELEMENTS
      ? undefined
      : { kind: 'array', element: `${base}${rest}`, count: elements };
  }
  const nested = nestedType(type);
  if (nested !== undefined) return nested;
  const word = /^(?:const |volatile )*(\w+)$/.exec(type)?.[1];
  return word === undefined || kindOf(type) === 'integer' ? undefined : { kind: 'typedef', name: word };
}

/** The elements of an array of so many bytes, as fields. */
export function elementsOf(element: string, count: number, bytes: number): LayoutField[] {
  const size = bytes / count;
  return Array.from({ length: count }, (_, i) => ({
    name: `[${i}]`,
    type: element,
    offset: i * size,
    bitOffset: i * size * 8,
    bitSize: null,
    size,
    depth: 0,
  }));
}

/** A path without its last step, and that step: `a.b[1]` is `a.b` and `[1]`. */
export function splitPath(path: string): readonly [owner: string, name: string] {
  const cut = Math.max(path.lastIndexOf('.'), path.lastIndexOf('['));
  if (cut < 0) return ['', path];
  return [path.slice(0, cut), path[cut] === '[' ? path.slice(cut) : path.slice(cut + 1)];
}

/** A member's own name, as a block shows it; of an element, its index. */
export function shortName(path: string): string {
  const [, name] = splitPath(path);
  return name;
}
