// Which members of a struct are fields that the kernel itself looks after: locks, list heads, nodes of trees, kptrs.
// kernel/bpf/btf.c: btf_get_field_type, btf_find_field_one, btf_find_nested_struct, btf_repeat_fields and what they call.
// They are searched for in the structs that a program may allocate, through arrays and structs inside.

import { BtfKind } from '../kinds.ts';
import type { Btf } from '../btf.ts';
import { isModifierOrTypedef } from './kernel-kinds.ts';
import { isBelow } from './release-rules.ts';
import { type Violation, violation } from './problem.ts';

/** A kind of special field. */
export type SpecialField =
  | 'bpf_spin_lock'
  | 'bpf_res_spin_lock'
  | 'bpf_list_head'
  | 'bpf_list_node'
  | 'bpf_rb_root'
  | 'bpf_rb_node'
  | 'bpf_refcount'
  | 'kptr_untrusted'
  | 'kptr'
  | 'percpu_kptr';

/** One special field of a struct. */
export interface FoundField {
  readonly type: SpecialField;
  readonly offset: number;
  readonly size: number;
  /** Of a list head or tree: the struct that it holds, and the member there by which it does. */
  readonly holds?: { readonly typeId: number; readonly node: string };
}

interface StructRow {
  readonly type: SpecialField;
  readonly size: number;
  readonly align: number;
  /** Only one of them in a struct. */
  readonly unique: boolean;
  /** The first release in which structs that programs allocate are searched for it. */
  readonly since: string;
}

/** The structs by whose names fields are known, in the kernel's order. include/linux/bpf.h, btf_field_type_size and _align */
const STRUCTS: readonly StructRow[] = [
  { type: 'bpf_spin_lock', size: 4, align: 4, unique: true, since: '6.2' },
  { type: 'bpf_res_spin_lock', size: 4, align: 4, unique: true, since: '6.15' },
  { type: 'bpf_list_head', size: 16, align: 8, unique: false, since: '6.2' },
  { type: 'bpf_list_node', size: 24, align: 8, unique: false, since: '6.2' },
  { type: 'bpf_rb_root', size: 16, align: 8, unique: false, since: '6.3' },
  { type: 'bpf_rb_node', size: 32, align: 8, unique: false, since: '6.3' },
  { type: 'bpf_refcount', size: 4, align: 4, unique: true, since: '6.4' },
];
/** What makes a struct one that is searched: alloc_obj_fields. bpf_res_spin_lock is not among them. */
const MARKS = STRUCTS.filter(({ type }) => type !== 'bpf_res_spin_lock');
const KPTR_TAGS: readonly SpecialField[] = ['kptr_untrusted', 'kptr', 'percpu_kptr'];
const KPTR = { size: 8, align: 8 };
/** Fields that an array may repeat. */
const REPEATABLE: ReadonlySet<SpecialField> = new Set([...KPTR_TAGS, 'bpf_list_head', 'bpf_rb_root']);
/** BTF_FIELDS_MAX. */
const MAX_FIELDS = 11;
/** MAX_RESOLVE_DEPTH. */
const MAX_DEPTH = 32;

const wrong = (message: string, element?: number) => violation('special-field', message, element);
const tooMany = (element?: number) => wrong(`More than ${MAX_FIELDS} special fields`, element);

/** Searches the structs of one BTF by the rules of a release; without one, of the newest kernel that is known. */
export class SpecialFields {
  readonly #btf: Btf;
  readonly #structs: ReadonlyMap<string, StructRow>;
  /** From 6.11 on arrays and structs inside are looked into, from 6.12 on kptrs are searched for. */
  readonly #isDeep: boolean;
  readonly #hasKptrs: boolean;
  /** From 6.13 on there are uptrs too, which no struct that a program allocates may have. */
  readonly #hasUptr: boolean;
  /**
   * 7.2, unlike 6.18: what a struct may have once is counted with the structs inside, a bpf_refcount too (stable releases of
   * older kernels may have got that later); tags of pointers are looked for behind other modifiers, and others than these
   * are passed over.
   */
  readonly #isNew: boolean;
  /** The first struct of each name. */
  readonly #byName = new Map<string, number>();
  /** Values of `contains:` by type and member, in order of ids. */
  readonly #contains = new Map<string, string[]>();
  /** Structs without special fields, with how deep they nest. */
  readonly #empty = new Map<number, number>();

  constructor(btf: Btf, release: string | undefined) {
    const has = (since: string) => release === undefined || !isBelow(release, since);
    this.#btf = btf;
    this.#structs = new Map(STRUCTS.filter(({ since }) => has(since)).map((row) => [row.type, row]));
    this.#isDeep = has('6.11');
    this.#hasKptrs = has('6.12');
    this.#hasUptr = has('6.13');
    this.#isNew = has('7.2');
    for (let id = 1; id < btf.typeCount; id++) {
      const kind = btf.kind(id);
      if (kind === BtfKind.Struct && !this.#byName.has(btf.name(id))) this.#byName.set(btf.name(id), id);
      if (kind !== BtfKind.DeclTag || !btf.name(id).startsWith('contains:')) continue;
      const key = `${btf.sizeOrType(id)} ${word(btf, id, 0) | 0}`;
      const values = this.#contains.get(key) ?? [];
      values.push(btf.name(id).slice('contains:'.length));
      this.#contains.set(key, values);
    }
  }

  /** Structs with a member that marks them: btf_parse_struct_metas. */
  marked(): number[] {
    const btf = this.#btf;
    const marks = new Set<number>();
    for (const { type } of MARKS) {
      const id = this.#structs.has(type) ? this.#byName.get(type) : undefined;
      if (id !== undefined) marks.add(id);
    }
    if (this.#hasKptrs) {
      for (let id = 1; id < btf.typeCount; id++) {
        const found = this.#kptr(id, 0);
        if (found !== undefined && 'offset' in found) marks.add(id);
      }
    }
    if (marks.size === 0) return [];
    const found: number[] = [];
    for (let id = 1; id < btf.typeCount; id++) {
      if (btf.kind(id) !== BtfKind.Struct) continue;
      for (let i = 0; i < btf.vlen(id); i++) {
        if (!marks.has(word(btf, id, i * 3 + 1))) continue;
        found.push(id);
        break;
      }
    }
    return found;
  }

  /** The special fields of a struct, in the order in which they are found. */
  of(id: number): FoundField[] | Violation {
    return this.#struct(id, MAX_FIELDS, 0, new Set());
  }

  /** The first struct of a name: btf_find_by_name_kind. */
  structNamed(name: string): number | undefined {
    return this.#byName.get(name);
  }

  /** btf_find_struct_field. */
  #struct(id: number, room: number, level: number, seen: Set<SpecialField>): FoundField[] | Violation {
    const btf = this.#btf;
    const fields: FoundField[] = [];
    const seenBefore = seen.size;
    let height = 0;
    for (let i = 0; i < btf.vlen(id); i++) {
      const type = word(btf, id, i * 3 + 1);
      const bits = memberBits(btf.kindFlag(id), word(btf, id, i * 3 + 2));
      if (bits % 8 !== 0) {
        if (this.#isDeep || this.#structs.has(btf.name(type))) return wrong('A special field at a bit offset', i);
        continue;
      }
      const found = this.#one(id, type, i, bits / 8, room - fields.length, level, seen);
      if ('code' in found) return found.element === undefined ? { ...found, element: i } : found;
      fields.push(...found);
      height = Math.max(height, this.#heightOf(type));
    }
    // a name that may be there once counts even where it turns out to be no field: such a struct is walked each time
    if (fields.length === 0 && (!this.#isNew || seen.size === seenBefore)) this.#empty.set(id, height);
    return fields;
  }

  #heightOf(type: number): number {
    let id = type;
    while (this.#btf.kind(id) === BtfKind.Array) id = word(this.#btf, id, 0);
    return this.#btf.kind(id) === BtfKind.Struct ? (this.#empty.get(id) ?? 0) + 1 : 0;
  }

  /** btf_find_field_one, for a member of a struct. */
  #one(
    owner: number,
    type: number,
    index: number,
    offset: number,
    room: number,
    level: number,
    seen: Set<SpecialField>,
  ): FoundField[] | Violation {
    const btf = this.#btf;
    let id = type;
    let count = 1;
    if (this.#isDeep) {
      let depth = 0;
      for (; depth < MAX_DEPTH && btf.kind(id) === BtfKind.Array; depth++) {
        count = Math.imul(count, word(btf, id, 2)) >>> 0;
        id = word(btf, id, 0);
      }
      if (depth === MAX_DEPTH) return wrong('Arrays in arrays, 32 deep');
    }
    if (count === 0) return [];
    const row = this.#structs.get(btf.name(id));
    if (row?.unique && (this.#isNew || row.type !== 'bpf_refcount')) {
      if (seen.has(row.type)) return wrong(`More than one ${row.type}`);
      seen.add(row.type);
    }
    if (row === undefined) {
      if (btf.kind(id) === BtfKind.Struct) return this.#nested(id, offset, count, room, level, seen);
      if (!this.#hasKptrs || offset % KPTR.align !== 0) return [];
    } else if (offset % row.align !== 0) return [];
    const found = row === undefined ? this.#kptr(id, offset) : this.#named(row, owner, id, index, offset);
    if (found === undefined) return [];
    if ('code' in found) return found;
    if (room === 0) return tooMany();
    return count > 1 ? repeat([found], count, row?.size ?? KPTR.size, room) : [found];
  }

  /** btf_find_nested_struct. */
  #nested(
    id: number,
    offset: number,
    count: number,
    room: number,
    level: number,
    seen: Set<SpecialField>,
  ): FoundField[] | Violation {
    if (!this.#isDeep) return [];
    const height = this.#empty.get(id);
    if (level + 1 + (height ?? 0) >= MAX_DEPTH) return wrong('Structs in structs, 32 deep');
    if (height !== undefined) return [];
    const found = this.#struct(id, room, level + 1, this.#isNew ? seen : new Set());
    if ('code' in found) return { code: found.code, message: found.message };
    const shifted = found.map((field) => ({ ...field, offset: (field.offset + offset) >>> 0 }));
    return count > 1 && found.length > 0 ? repeat(shifted, count, this.#btf.sizeOrType(id), room) : shifted;
  }

  /** A field that is known by the name of its struct; undefined where it only has the name. */
  #named(
    { type, size }: StructRow,
    owner: number,
    id: number,
    index: number,
    offset: number,
  ): FoundField | Violation | undefined {
    const btf = this.#btf;
    if (btf.kind(id) !== BtfKind.Struct || btf.sizeOrType(id) !== size) return undefined;
    if (type !== 'bpf_list_head' && type !== 'bpf_rb_root') return { type, offset, size };
    // btf_find_graph_root
    const [value, another] = this.#contains.get(`${owner} ${index}`) ?? [];
    if (value === undefined) return wrong(`A ${type} without a tag contains:STRUCT:MEMBER`);
    if (another !== undefined) return wrong(`A ${type} with several tags contains:`);
    const colon = value.indexOf(':');
    if (colon < 0 || colon === value.length - 1) return wrong(`contains:${value} names no member`);
    const held = this.structNamed(value.slice(0, colon));
    if (held === undefined) return wrong(`contains:${value} names no struct`);
    return { type, offset, size, holds: { typeId: held, node: value.slice(colon + 1) } };
  }

  /** btf_find_kptr: a pointer, volatile or not, to a struct behind one of the tags; undefined for any other type. */
  #kptr(type: number, offset: number): FoundField | Violation | undefined {
    const btf = this.#btf;
    let id = btf.kind(type) === BtfKind.Volatile ? btf.sizeOrType(type) : type;
    if (btf.kind(id) !== BtfKind.Ptr) return undefined;
    if (!this.#isNew) return this.#olderKptr(btf.sizeOrType(id), offset);
    const tags = new Set<SpecialField>();
    for (id = btf.sizeOrType(id); isModifierOrTypedef(btf.kind(id)); id = btf.sizeOrType(id)) {
      const name = btf.name(id) as SpecialField;
      if (btf.kind(id) === BtfKind.TypeTag && !btf.kindFlag(id) && KPTR_TAGS.includes(name)) tags.add(name);
      // counted with the kptrs: only one tag of them all
      if (btf.kind(id) === BtfKind.TypeTag && !btf.kindFlag(id) && btf.name(id) === 'uptr') tags.add(name);
    }
    if (tags.size > 1) return wrong('A pointer with several kptr tags');
    const [tag] = tags;
    if (tag === undefined || !KPTR_TAGS.includes(tag)) return undefined;
    if (btf.kind(id) !== BtfKind.Struct) return wrong(`A ${tag} to what is not a struct`);
    return { type: tag, offset, size: KPTR.size };
  }

  /** The same before 7.2: the tag is the first thing behind the pointer, and the only one. */
  #olderKptr(type: number, offset: number): FoundField | Violation | undefined {
    const btf = this.#btf;
    if (btf.kind(type) !== BtfKind.TypeTag || btf.kindFlag(type)) return undefined;
    const tag = btf.name(type) as SpecialField;
    let id = btf.sizeOrType(type);
    if (btf.kind(id) === BtfKind.TypeTag) return wrong('A pointer with several tags');
    if (btf.name(type) === 'uptr' && this.#hasUptr) return undefined;
    if (!KPTR_TAGS.includes(tag)) return wrong(`A pointer with the tag ${tag}, which is not a kptr`);
    while (isModifierOrTypedef(btf.kind(id))) id = btf.sizeOrType(id);
    if (btf.kind(id) !== BtfKind.Struct) return wrong(`A ${tag} to what is not a struct`);
    return { type: tag, offset, size: KPTR.size };
  }
}

/** btf_repeat_fields: an array's elements, each with the fields of the first. */
function repeat(
  fields: readonly FoundField[],
  count: number,
  elementSize: number,
  room: number,
): FoundField[] | Violation {
  const single = fields.find(({ type }) => !REPEATABLE.has(type));
  if (single !== undefined) return wrong(`An array repeats a ${single.type}`);
  if (fields.length * count > room) return tooMany();
  return Array.from({ length: count }, (_, i) =>
    fields.map((field) => ({ ...field, offset: (field.offset + i * elementSize) >>> 0 })),
  ).flat();
}

/** Where a member begins, in bits; the upper eight bits of the word are its width where the struct has the flag. */
export function memberBits(flag: boolean, offsetWord: number): number {
  return flag ? offsetWord & 0xffffff : offsetWord;
}

/** The nth word after `struct btf_type`. */
export function word(btf: Btf, id: number, n: number): number {
  return btf.words[btf.wordAt(id) + 3 + n]!;
}
