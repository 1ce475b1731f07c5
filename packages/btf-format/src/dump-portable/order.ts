// The order in which C wants types: what is held by value is defined before, what is pointed to is declared before.

import { BtfKind } from '../kinds.ts';
import type { BtfComposite, BtfEnum, BtfReference } from '../types.ts';
import { C23_MACRO, enumText } from './enums.ts';
import { type CTypes, MAX_NESTING } from './c-types.ts';
import { compositeText } from './composite.ts';
import { compositeWord, declareC } from './declarator.ts';

/** Writes definitions, each once and behind all that it needs. */
export class DefinitionOrder {
  readonly types: CTypes;
  readonly #write: (text: string) => void;
  /** Types without a name of their own that need nothing more. */
  readonly #done = new Set<number>();
  readonly #declared = new Set<string>();
  /** Under way: what comes back to one of these can only point to it. */
  readonly #open = new Set<number>();

  constructor(types: CTypes, write: (text: string) => void) {
    this.types = types;
    this.#write = write;
  }

  /** Writes all that an object of this type needs, the type itself where it has a name. */
  define(id: number, depth = 0): void {
    const { types } = this;
    const type = types.type(id);
    if (types.written.has(id) || this.#done.has(id) || this.#open.has(id) || depth > 8 * MAX_NESTING) return;
    types.step();
    this.#open.add(id);
    switch (type.kind) {
      case BtfKind.Const:
      case BtfKind.Volatile:
      case BtfKind.Restrict:
      case BtfKind.TypeTag:
      case BtfKind.Array:
        this.define(type.type, depth + 1);
        break;
      case BtfKind.Ptr:
        this.#pointTo(type.type, depth + 1);
        break;
      case BtfKind.FuncProto:
        this.#pointTo(type.returnType, depth + 1);
        for (const param of type.params) this.#pointTo(param.type, depth + 1);
        break;
      case BtfKind.Typedef:
        this.define(type.type, depth + 1);
        this.#typedef(type);
        break;
      case BtfKind.Struct:
      case BtfKind.Union:
        this.#members(type, depth);
        if (types.name(id) !== '') this.#composite(type);
        break;
      case BtfKind.Enum:
      case BtfKind.Enum64:
        this.#enum(type);
        break;
      case BtfKind.Fwd:
        this.#forward(compositeWord(types, type), types.name(id));
        break;
      default:
    }
    this.#open.delete(id);
    if (types.isComplete(id)) this.#done.add(id);
  }

  /** Writes what a pointer to this type, or a prototype with it, needs: a declaration where that is enough. */
  #pointTo(id: number, depth: number): void {
    const { types } = this;
    const type = types.type(id);
    switch (type.kind) {
      case BtfKind.Const:
      case BtfKind.Volatile:
      case BtfKind.Restrict:
      case BtfKind.TypeTag:
        if (depth <= 8 * MAX_NESTING) this.#pointTo(type.type, depth + 1);
        break;
      case BtfKind.Struct:
      case BtfKind.Union:
        if (types.name(id) === '') this.define(id, depth);
        else if (!types.written.has(id)) this.#forward(compositeWord(types, type), types.name(id));
        break;
      case BtfKind.Typedef:
        // a typedef of a struct needs no more than the struct's name
        if (types.written.has(id) || this.#open.has(id) || depth > 8 * MAX_NESTING) break;
        this.#open.add(id);
        this.#pointTo(type.type, depth + 1);
        this.#typedef(type);
        this.#open.delete(id);
        break;
      default:
        this.define(id, depth);
    }
  }

  #members(type: BtfComposite, depth: number): void {
    for (const member of this.types.plan(type).members) {
      // an unnamed member is written out: of its own type only what is inside is needed
      if (member.isInline) this.#members(this.types.resolve(member.type) as BtfComposite, depth + 1);
      else this.define(member.type, depth + 1);
    }
  }

  #composite(type: BtfComposite): void {
    const { types } = this;
    if (!types.canWrite(type)) return; // again when what it holds is written
    this.#write(`${compositeText(types, type, types.name(type.id))};\n\n`);
    types.written.add(type.id);
  }

  #typedef(type: BtfReference): void {
    const { types } = this;
    const name = types.name(type.id);
    const target = types.type(type.type);
    const isAnonymous =
      (target.kind === BtfKind.Struct || target.kind === BtfKind.Union) && types.name(target.id) === '';
    if (isAnonymous && !types.isComplete(target.id)) return; // again when what it holds is written
    if (target.kind === BtfKind.Typedef && !types.written.has(target.id)) return;
    if (types.isBool(type.id) && name === 'bool') {
      this.#write(`#ifndef ${C23_MACRO}\ntypedef _Bool bool;\n#endif\n\n`);
    } else {
      this.#write(`typedef ${declareC(types, type.type, name, (one) => compositeText(types, one, ''))};\n\n`);
    }
    types.written.add(type.id);
  }

  #enum(type: BtfEnum): void {
    const { types } = this;
    const { text, guard } = enumText(types, type, types.name(type.id));
    this.#write(guard ? `#ifndef ${C23_MACRO}\n${text};\n#endif\n\n` : `${text};\n\n`);
    types.written.add(type.id);
  }

  #forward(word: 'struct' | 'union', name: string): void {
    const text = `${word} ${name};\n\n`;
    if (this.#declared.has(text)) return;
    this.#declared.add(text);
    this.#write(text);
  }
}
