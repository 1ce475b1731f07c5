// Types of one BTF as definitions in a language.

import {
  type Btf,
  BtfKind,
  collectBytes,
  decodeType,
  dumpPortableC,
  findByName,
  idsByName,
  skipModifiers,
} from '@btfq/btf-format';
import { OffsetsError } from '../errors.ts';
import { goTypes } from './go-types.ts';
import { pythonTypes } from './python-types.ts';
import { rustTypes } from './rust-types.ts';
import { planTypes } from './type-plan.ts';
import { typeScriptTypes } from './typescript-types.ts';

/** What definitions can be written in; the words of `--lang`. */
export const TYPE_LANGUAGES = ['go', 'rust', 'c', 'ts', 'python', 'isf'] as const;
/** One of `TYPE_LANGUAGES`. */
export type TypeLanguage = (typeof TYPE_LANGUAGES)[number];

/** What stands around definitions. */
export interface TypesOptions {
  /** Lines for the head of the file. */
  readonly madeFrom?: readonly string[] | undefined;
  /** Go's package. */
  readonly packageName?: string | undefined;
}

/**
 * Definitions of these types and of all that they hold by value, with padding written out and sizes asserted.
 *
 * ```ts
 * const text = generateTypes(btf, typeIds(btf, ['event']), 'rust');
 * ```
 *
 * Throws `bad-type-request`.
 */
export function generateTypes(
  btf: Btf,
  ids: readonly number[],
  language: Exclude<TypeLanguage, 'isf'>,
  options: TypesOptions = {},
): string {
  const head = options.madeFrom ?? [];
  switch (language) {
    case 'c': {
      const bytes = collectBytes((sink) => void dumpPortableC(btf, sink, { ids, asserts: true }));
      return `${head.map((line) => `/* ${line.replaceAll('*/', '* /')} */\n`).join('')}${new TextDecoder().decode(bytes)}`;
    }
    case 'go':
      return goTypes(planTypes(btf, ids), head, options.packageName ?? 'types');
    case 'rust':
      return rustTypes(planTypes(btf, ids), head);
    case 'python':
      return pythonTypes(planTypes(btf, ids), head);
    case 'ts':
      return typeScriptTypes(planTypes(btf, ids), head);
  }
}

const KINDS: Readonly<Record<string, readonly BtfKind[]>> = {
  struct: [BtfKind.Struct],
  union: [BtfKind.Union],
  enum: [BtfKind.Enum, BtfKind.Enum64],
  typedef: [BtfKind.Typedef],
};

/** Ids of structs, unions, enums and typedefs of them by name, the kind's word before it or not. Throws `bad-type-request`. */
export function typeIds(btf: Btf, names: readonly string[]): number[] {
  return names.map((text) => {
    const [, word, name = text] = /^(?:(struct|union|enum|typedef) )?(\w+)$/.exec(text) ?? [];
    const kinds = word === undefined ? Object.values(KINDS).flat() : (KINDS[word] ?? []);
    const found = kinds.map((kind) => findByName(btf, name, kind)).find((id) => id !== undefined);
    if (found === undefined) {
      const forward = idsByName(btf, name).some((id) => btf.kind(id) === BtfKind.Fwd);
      throw new OffsetsError('bad-type-request', `no type is named ${text}`, {
        hint: forward ? 'it is only declared there, not defined' : undefined,
      });
    }
    return found;
  });
}

/** Ids of the types that an object's own maps and events are made of: keys and values of maps, and types of variables. */
export function ownTypeIds(btf: Btf): number[] {
  const found = new Set<number>();
  const add = (id: number) => {
    const bare = skipModifiers(btf, id);
    const kind = btf.kind(bare);
    if (kind === BtfKind.Ptr || kind === BtfKind.Array) return;
    let target = bare;
    for (let depth = 0; btf.kind(target) === BtfKind.Typedef && depth < 64; depth++)
      target = skipModifiers(btf, btf.sizeOrType(target));
    const composite = btf.kind(target) === BtfKind.Struct || btf.kind(target) === BtfKind.Union;
    if (composite && (btf.name(bare) !== '' || btf.name(target) !== '')) found.add(bare);
  };
  for (let id = 1; id < btf.typeCount; id++) {
    if (btf.kind(id) !== BtfKind.Var) continue;
    const type = skipModifiers(btf, btf.sizeOrType(id));
    const members = btf.kind(type) === BtfKind.Struct ? mapMembers(btf, type) : undefined;
    if (members === undefined) add(type);
    else for (const member of members) add(member);
  }
  return [...found];
}

/** Types that a map's `key` and `value` point to; undefined for what is no definition of a map. */
function mapMembers(btf: Btf, id: number): number[] | undefined {
  const type = decodeType(btf, id);
  if (type.kind !== BtfKind.Struct || !type.members.some(({ name }) => name === 'type' || name === 'max_entries'))
    return undefined;
  return type.members
    .filter(
      ({ name, type: member }) =>
        (name === 'key' || name === 'value') && btf.kind(skipModifiers(btf, member)) === BtfKind.Ptr,
    )
    .map(({ type: member }) => btf.sizeOrType(skipModifiers(btf, member)));
}
