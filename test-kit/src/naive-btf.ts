// A reader of BTF that does the obvious and nothing else: every type decoded to an object, every question answered by
// walking all of them. It shares no code with the packages that it judges, and is slow and short on purpose.

/** A member, parameter or enumerator as the record has it. */
interface NaiveMember {
  readonly name: string;
  readonly type: number;
  readonly bitOffset: number;
  readonly bitSize: number;
}

interface NaiveType {
  readonly kind: number;
  readonly name: string;
  readonly flag: boolean;
  readonly vlen: number;
  /** `size` or `type` of `struct btf_type`. */
  readonly third: number;
  /** The 32-bit words behind it. */
  readonly rest: readonly number[];
}

/** A field of a flattened struct. An unnamed member has the name '' and is followed by what it gives, one `depth` more. */
export interface NaiveField {
  readonly name: string;
  readonly type: string;
  readonly bitOffset: number;
  readonly bitSize: number | null;
  readonly size: number | null;
  readonly depth: number;
  /** With what anonymous types hold; equal to `type` where there are none. */
  readonly full: string;
  /** The type's id. */
  readonly id: number;
}

/** A declaration that a name finds. */
export interface NaiveDeclaration {
  readonly kind: 'struct' | 'union' | 'enum' | 'typedef' | 'func' | 'var';
  readonly name: string;
  readonly id: number;
}

const WORDS_BEHIND: Readonly<Record<number, (vlen: number) => number>> = {
  1: () => 1, // int
  3: () => 3, // array
  4: (vlen) => 3 * vlen, // struct
  5: (vlen) => 3 * vlen, // union
  6: (vlen) => 2 * vlen, // enum
  13: (vlen) => 2 * vlen, // func_proto
  14: () => 1, // var
  15: (vlen) => 3 * vlen, // datasec
  17: () => 1, // decl_tag
  19: (vlen) => 3 * vlen, // enum64
};

const TYPEDEF = 8;
const MODIFIERS = new Set([9, 10, 11, 18]); // volatile, const, restrict, type_tag
const VOID: NaiveType = { kind: 0, name: '', flag: false, vlen: 0, third: 0, rest: [] };

/** A record; its name and the words behind it are read when they are asked for: thousands of modules have very many. */
class Naive implements NaiveType {
  readonly kind: number;
  readonly flag: boolean;
  readonly vlen: number;
  readonly third: number;
  readonly #u32: (at: number) => number;
  readonly #text: (offset: number) => string;
  readonly #at: number;
  readonly #words: number;

  constructor(
    u32: (at: number) => number,
    text: (offset: number) => string,
    at: number,
    words: number,
    { kind, flag, vlen, third }: Pick<NaiveType, 'kind' | 'flag' | 'vlen' | 'third'>,
  ) {
    [this.kind, this.flag, this.vlen, this.third] = [kind, flag, vlen, third];
    [this.#u32, this.#text, this.#at, this.#words] = [u32, text, at, words];
  }

  #name: string | undefined;
  #rest: number[] | undefined;

  get name(): string {
    return (this.#name ??= this.#text(this.#u32(this.#at)));
  }

  get rest(): number[] {
    if (this.#rest !== undefined) return this.#rest;
    const rest: number[] = [];
    for (let i = 0; i < this.#words; i++) rest.push(this.#u32(this.#at + 12 + 4 * i));
    return (this.#rest = rest);
  }
}

/** BTF, or a module's over its kernel's, read naively. */
export class NaiveBtf {
  /** Its own types; without a base type 0 is void. */
  readonly types: NaiveType[] = [VOID];
  readonly #pointer: number;
  readonly #base: NaiveBtf | undefined;
  readonly #firstId: number = 0;
  readonly #endOfStrings: number;

  constructor(bytes: Uint8Array, base?: NaiveBtf) {
    this.#base = base;
    if (base !== undefined) {
      this.types = [];
      this.#firstId = base.#firstId + base.types.length;
    }
    const below = base === undefined ? 0 : base.#endOfStrings;
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const little = view.getUint16(0, true) === 0xeb9f;
    const u32 = (at: number): number => view.getUint32(at, little);
    const header = u32(4);
    const strings = header + u32(16);
    const decoder = new TextDecoder();
    const text = (offset: number): string => {
      if (base !== undefined && offset < below) return base.#text(offset);
      const start = strings + offset - below;
      let end = start;
      while (bytes[end] !== 0) end++;
      return decoder.decode(bytes.subarray(start, end));
    };
    this.#endOfStrings = below + u32(20);
    for (let at = header + u32(8), end = at + u32(12); at < end; ) {
      const info = u32(at + 4);
      const kind = (info >>> 24) & 0x7f;
      const vlen = info & 0xffffff;
      const words = WORDS_BEHIND[kind]?.(vlen) ?? 0;
      this.types.push(new Naive(u32, text, at, words, { kind, flag: info >>> 31 === 1, vlen, third: u32(at + 8) }));
      at += 12 + 4 * words;
    }
    this.#text = text;
    const long = this.types.find(
      ({ kind, name }) => kind === 1 && /^(long|long unsigned int|long int|unsigned long)$/.test(name),
    );
    this.#pointer = base === undefined ? (long?.third ?? 8) : base.#pointer;
  }

  readonly #text: (offset: number) => string;

  at(id: number): NaiveType {
    if (this.#base !== undefined && id < this.#firstId) return this.#base.at(id);
    return this.types[id - this.#firstId] ?? VOID;
  }

  /** Below const, volatile, restrict, type tags and, where asked, typedefs. */
  peel(id: number, typedefs = true): number {
    while (MODIFIERS.has(this.at(id).kind) || (typedefs && this.at(id).kind === TYPEDEF)) id = this.at(id).third;
    return id;
  }

  isComposite(id: number): boolean {
    return this.at(id).kind === 4 || this.at(id).kind === 5;
  }

  /** Bytes, or null. */
  size(id: number): number | null {
    const { kind, third, rest } = this.at(this.peel(id));
    if ([1, 4, 5, 6, 16, 19].includes(kind)) return third;
    if (kind === 2) return this.#pointer;
    if (kind !== 3) return null;
    const one = this.size(rest[0]!);
    return one === null || one * rest[2]! > 0xffffffff ? null : one * rest[2]!;
  }

  members(id: number): NaiveMember[] {
    const { flag, vlen, rest } = this.at(id);
    return Array.from({ length: vlen }, (_, i) => {
      const [name, type, word] = rest.slice(3 * i, 3 * i + 3) as [number, number, number];
      const below = this.at(this.peel(type));
      let [bitOffset, bitSize] = flag ? [word & 0xffffff, word >>> 24] : [word, 0];
      if (!flag && below.kind === 1) {
        // before 5.0 a bitfield's type was an int of that many bits
        const [bits, shift] = [below.rest[0]! & 0xff, (below.rest[0]! >>> 16) & 0xff];
        if (bits !== below.third * 8 || shift !== 0) [bitOffset, bitSize] = [bitOffset + shift, bits];
      }
      return { name: this.#text(name), type, bitOffset, bitSize };
    });
  }

  parameters(id: number): { name: string; type: number }[] {
    const { vlen, rest } = this.at(id);
    return Array.from({ length: vlen }, (_, i) => ({ name: this.#text(rest[2 * i]!), type: rest[2 * i + 1]! }));
  }

  enumerators(id: number): { name: string; value: bigint }[] {
    const { kind, flag, vlen, rest } = this.at(id);
    return Array.from({ length: vlen }, (_, i) => {
      const stride = kind === 6 ? 2 : 3;
      const low = BigInt(rest[stride * i + 1]!);
      const all = kind === 6 ? low : low | (BigInt(rest[stride * i + 2]!) << 32n);
      const bits = kind === 6 ? 32 : 64;
      return { name: this.#text(rest[stride * i]!), value: flag ? BigInt.asIntN(bits, all) : all };
    });
  }

  /** Every field of a struct or union, those that unnamed members give among them. */
  flatten(id: number, start = 0, depth = 0): NaiveField[] {
    return this.members(id).flatMap(({ name, type, bitOffset, bitSize }) => {
      const field = {
        name,
        type: this.text(type),
        bitOffset: start + bitOffset,
        bitSize: bitSize || null,
        size: this.size(type),
        depth,
        full: this.text(type, '', true),
        id: type,
      };
      const inner = this.peel(type);
      if (name !== '' || !this.isComposite(inner)) return [field];
      return [field, ...this.flatten(inner, start + bitOffset, depth + 1)];
    });
  }

  /** The fields that C means by a name: the struct's own, or else those that unnamed members give. */
  fieldsNamed(id: number, name: string, start = 0): NaiveMember[] {
    const all = this.members(id).map((one) => ({ ...one, bitOffset: one.bitOffset + start }));
    const own = all.find((one) => one.name === name);
    if (own !== undefined) return [own];
    return all.flatMap((one) => {
      const inner = this.peel(one.type);
      return one.name === '' && this.isComposite(inner) ? this.fieldsNamed(inner, name, one.bitOffset) : [];
    });
  }

  /** Where a path of names leads. */
  follow(id: number, path: readonly string[], start = 0): NaiveMember[] {
    const [name, ...rest] = path as [string, ...string[]];
    const found = this.isComposite(id) ? this.fieldsNamed(id, name, start) : [];
    if (rest.length === 0) return found;
    return found.flatMap(({ type, bitOffset }) => this.follow(this.peel(type), rest, bitOffset));
  }

  /** What a name finds: the kinds of declarations, and structs and unions by the names of their typedefs. */
  declarations(): NaiveDeclaration[] {
    const words = { 4: 'struct', 5: 'union', 6: 'enum', 8: 'typedef', 12: 'func', 14: 'var', 19: 'enum' } as const;
    return this.types.flatMap(({ kind, name }, i) => {
      const id = this.#firstId + i;
      const word = (words as Readonly<Record<number, NaiveDeclaration['kind']>>)[kind];
      return word === undefined || (name === '' && word !== 'enum') ? [] : [{ kind: word, name, id }];
    });
  }

  /** Structs and unions by the names that find them: their tags, or a typedef's of one without a tag. */
  composites(): { name: string; id: number; typedef: boolean }[] {
    type Found = { name: string; id: number; typedef: boolean }[];
    return this.types.flatMap(({ kind, name }, i): Found => {
      const id = this.#firstId + i;
      if (this.isComposite(id)) return name === '' ? [] : [{ name, id, typedef: false }];
      const target = this.peel(id);
      if (kind !== TYPEDEF || !this.isComposite(target) || this.at(target).name !== '') return [];
      return [{ name, id: target, typedef: true }];
    });
  }

  /** A type as C declares `inner` with it; `full` writes out what anonymous types hold. */
  text(id: number, inner = '', full = false): string {
    const { kind, name, flag, third, rest } = this.at(id);
    const put = (base: string): string => (inner === '' ? base : inner[0] === '[' ? base + inner : `${base} ${inner}`);
    const qualify = (word: string): string => {
      if (this.at(this.peel(id, false)).kind !== 2) return `${word} ${this.text(third, inner, full)}`;
      return this.text(third, inner === '' || inner[0] === '[' ? word + inner : `${word} ${inner}`, full);
    };
    switch (kind) {
      case 0:
        return put('void');
      case 2: {
        const below = this.at(this.peel(third, false)).kind;
        return this.text(third, below === 3 || below === 13 ? `(*${inner})` : `*${inner}`, full);
      }
      case 3:
        return this.text(rest[0]!, `${inner}[${rest[2]}]`, full);
      case 4:
      case 5:
        return put(`${kind === 4 ? 'struct' : 'union'} ${name || (full ? this.#body(id) : '{...}')}`);
      case 6:
      case 19:
        return put(`enum ${name || (full ? this.#values(id) : '{...}')}`);
      case 7:
        return put(`${flag ? 'union' : 'struct'} ${name}`);
      case 9:
        return qualify('volatile');
      case 10:
        return qualify('const');
      case 11:
        return qualify('restrict');
      case 13:
        return this.text(third, `${inner}(${this.#parameters(id, full)})`, full);
      case 18:
        if (flag) return qualify(`__attribute__((${name}))`);
        return qualify(/^(user|rcu|percpu)$/.test(name) ? `__${name}` : `__attribute__((btf_type_tag("${name}")))`);
      default:
        return put(name);
    }
  }

  #body(id: number): string {
    const lines = this.members(id).map(({ name, type, bitOffset, bitSize }) => {
      return `${this.text(type, name, true)}${bitSize > 0 ? `:${bitSize}` : ''}; /* ${bitOffset / 8} */ `;
    });
    return `{ ${lines.join('')}} /* size ${this.at(id).third} */`;
  }

  #values(id: number): string {
    const values = this.enumerators(id).map(({ name, value }) => `${name} = ${value}`);
    return `{ ${values.join(', ')} }`;
  }

  #parameters(id: number, full: boolean): string {
    const all = this.parameters(id);
    const texts = all.map(({ name, type }, i) =>
      i === all.length - 1 && name === '' && type === 0 ? '...' : this.text(type, name, full),
    );
    return texts.join(', ') || 'void';
  }

  /** What a declaration says in full, in one text: equal texts say the same. */
  say(id: number, sizes = true): string {
    const { kind, name, third, flag, vlen, rest } = this.at(id);
    switch (kind) {
      case 4:
      case 5:
        return JSON.stringify([kind, third, this.#sayFields(id, sizes)]);
      case 6:
      case 19:
        return `${third} ${flag} ${this.#values(id)}`;
      case 8:
        return JSON.stringify([this.text(third, '', true), this.#sayInner(third, sizes)]);
      case 12:
        return `${vlen} ${this.text(third, name, true)}`;
      default:
        return JSON.stringify([rest[0], this.text(third, '', true), this.#sayInner(third, sizes)]);
    }
  }

  #sayFields(id: number, sizes: boolean): unknown[] {
    return this.flatten(id).map((one) => [
      ...[one.name, one.full, one.bitOffset, one.bitSize, sizes ? one.size : null, one.depth],
      one.name === '' && this.isComposite(this.peel(one.id)) ? null : this.#sayInner(one.id, sizes),
    ]);
  }

  /** The fields of an anonymous struct, or of an array of them. */
  #sayInner(type: number, sizes: boolean): unknown[] | null {
    let below = this.peel(type, false);
    while (this.at(below).kind === 3) below = this.peel(this.at(below).rest[0]!, false);
    return this.isComposite(below) && this.at(below).name === '' ? this.#sayFields(below, sizes) : null;
  }
}
