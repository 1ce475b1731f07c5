// One type on one line, as C would write it: `struct task_struct *`, `int (*)(struct sock *, int)`, `const char[16]`.

import { BtfError } from './errors.ts';
import { BtfKind } from './kinds.ts';
import { isModifier } from './layout.ts';
import type { Btf } from './btf.ts';

/** How many types one line may name before it is no line any more, and how deep prototypes may nest in it. */
const MAX_PARTS = 10_000;
const MAX_DEPTH = 64;

/** What to write beside the type. */
export interface FormatTypeOptions {
  /** The name that is declared: `formatType(btf, id, { name: 'argv' })` may give `char *argv[4]`. */
  readonly name?: string | undefined;
  /** Whether type tags are written, as `__attribute__((btf_type_tag("user")))`. Off by default. */
  readonly tags?: boolean | undefined;
  /** How an array without elements is written: `[]`, as the last member of a struct may be, or `[0]`. */
  readonly emptyArray?: '[]' | '[0]' | undefined;
}

/**
 * A type in C, in one line. Anonymous structs, unions and enums are `struct {...}`. A FUNC or VAR is declared with its
 * own name. Throws `bad-type-id`, and `limit` where the type has no end.
 *
 * ```ts
 * formatType(btf, member.type) // struct mm_struct *
 * formatType(btf, member.type, { name: member.name }) // struct mm_struct *mm
 * ```
 */
export function formatType(btf: Btf, id: number, options: FormatTypeOptions = {}): string {
  return new TypeFormatter(btf, options).declare(id, options.name ?? '', 0);
}

class TypeFormatter {
  private readonly btf: Btf;
  private readonly tags: boolean;
  private readonly emptyArray: string;
  private parts = 0;

  constructor(btf: Btf, options: FormatTypeOptions) {
    this.btf = btf;
    this.tags = options.tags === true;
    this.emptyArray = options.emptyArray ?? '[]';
  }

  /** Works from the type as BTF has it, outside in: `declarator` is what C writes around the name so far. */
  declare(id: number, declarator: string, depth: number): string {
    const { btf } = this;
    for (;;) {
      this.count(id, depth);
      const kind = btf.kind(id);
      switch (kind) {
        case BtfKind.Ptr:
          declarator = `*${declarator}`;
          id = btf.sizeOrType(id);
          break;
        case BtfKind.Const:
        case BtfKind.Volatile:
        case BtfKind.Restrict:
        case BtfKind.TypeTag: {
          const [words, modified] = this.modifiers(id, depth);
          const target = btf.kind(modified);
          // after a star modifiers belong to the pointer; an array has them on what it is made of
          if (target === BtfKind.Ptr) {
            declarator = words === '' ? declarator : `${words}${declarator === '' ? '' : ' '}${declarator}`;
            id = modified;
          } else if (target === BtfKind.Array) {
            return prefixed(words, this.declare(modified, declarator, depth + 1));
          } else if (target === BtfKind.FuncProto) {
            id = modified; // GCC calls a function that does not return volatile
          } else {
            return prefixed(words, joined(this.base(modified, depth), declarator));
          }
          break;
        }
        case BtfKind.Array: {
          const layer = btf.layerOf(id);
          const at = layer.wordAt(id);
          const count = layer.words[at + 5]!;
          declarator = wrapped(declarator) + (count === 0 ? this.emptyArray : `[${count}]`);
          id = layer.words[at + 3]!;
          break;
        }
        case BtfKind.FuncProto:
          declarator = `${wrapped(declarator)}(${this.parameters(id, depth)})`;
          id = btf.sizeOrType(id);
          break;
        case BtfKind.Func:
        case BtfKind.Var:
          declarator = declarator === '' ? btf.name(id) : declarator;
          id = btf.sizeOrType(id);
          break;
        default:
          return joined(this.base(id, depth), declarator);
      }
    }
  }

  /** `const volatile`, and what they modify. */
  private modifiers(id: number, depth: number): [words: string, modified: number] {
    const { btf } = this;
    const words: string[] = [];
    while (isModifier(btf.kind(id))) {
      this.count(id, depth);
      const word = this.modifier(id);
      if (word !== '') words.push(word);
      id = btf.sizeOrType(id);
    }
    return [words.join(' '), id];
  }

  private modifier(id: number): string {
    const { btf } = this;
    switch (btf.kind(id)) {
      case BtfKind.Const:
        return 'const';
      case BtfKind.Volatile:
        return 'volatile';
      case BtfKind.Restrict:
        return 'restrict';
      default: {
        if (!this.tags) return '';
        const name = btf.name(id);
        return `__attribute__((${btf.kindFlag(id) ? name : `btf_type_tag("${name}")`}))`;
      }
    }
  }

  private parameters(id: number, depth: number): string {
    const { btf } = this;
    const layer = btf.layerOf(id);
    const first = layer.wordAt(id) + 3;
    const vlen = btf.vlen(id);
    if (vlen === 0 || (vlen === 1 && layer.words[first + 1] === 0)) return 'void';
    const parameters: string[] = [];
    for (let i = 0, w = first; i < vlen; i++, w += 2) {
      const type = layer.words[w + 1]!;
      const isRest = i === vlen - 1 && type === 0;
      parameters.push(isRest ? '...' : this.declare(type, btf.string(layer.words[w]!), depth + 1));
    }
    return parameters.join(', ');
  }

  /** The end of a chain: a type with a name, or the place of one. */
  private base(id: number, depth: number): string {
    const { btf } = this;
    this.count(id, depth);
    const kind = btf.kind(id);
    const name = btf.name(id);
    switch (kind) {
      case BtfKind.Unknown:
        return 'void';
      case BtfKind.Struct:
        return `struct ${name || '{...}'}`;
      case BtfKind.Union:
        return `union ${name || '{...}'}`;
      case BtfKind.Enum:
      case BtfKind.Enum64:
        return `enum ${name || '{...}'}`;
      case BtfKind.Fwd:
        return `${btf.kindFlag(id) ? 'union' : 'struct'} ${name}`;
      default:
        return name; // integers, floats, typedefs; sections and tags by their names alone
    }
  }

  private count(id: number, depth: number): void {
    if (++this.parts <= MAX_PARTS && depth <= MAX_DEPTH) return;
    throw new BtfError('limit', 'a type that is too long to write', {
      typeId: id,
      expected: `at most ${MAX_PARTS} parts and ${MAX_DEPTH} levels`,
    });
  }
}

/** A pointer binds weaker than what follows it. */
function wrapped(declarator: string): string {
  return /^[*]|^(?:const|volatile|restrict|__attribute__)\b/.test(declarator) ? `(${declarator})` : declarator;
}

/** Modifiers before a type; GCC gives an array those of its elements once more. */
function prefixed(words: string, rest: string): string {
  return words === '' || rest.startsWith(`${words} `) ? rest : `${words} ${rest}`;
}

/** `char` and `[16]` are written together, `char` and `*` or a name apart. */
function joined(base: string, declarator: string): string {
  return declarator === '' || declarator.startsWith('[') ? base + declarator : `${base} ${declarator}`;
}
