// What a published file has besides its tables: see published-parts.ts.

import { bodyMentions, mentionsOf } from '../encoding/references.ts';
import { decodeTypeCode, TypeTag } from '../encoding/type-code.ts';
import { holders } from '../query/declarations.ts';
import type { BtfIndex } from '../store/btf-index.ts';
import { rowsOf } from '../store/row-cache.ts';
import {
  type CatalogColumns,
  COMPANION_KINDS,
  companionKey,
  encodeCatalog,
  encodeCompanion,
  encodeHolders,
  encodeMembers,
  type SetMembers,
} from '../store/published-parts.ts';
import { VarintReader } from '../varints.ts';
import { pack } from './pack.ts';

/** Declarations that speak of fewer names and types are read as fast without a companion. */
const FEWEST = 12;
/** Of functions, which are many. */
const FEWEST_OF_FUNC = 48;
/** Bytes of bodies from which on the declarations are in the companion as well: alike as they are, they pack well. */
const MANY = 8_192;

/** The catalog as one blob. */
export function catalogPart(index: BtfIndex): Uint8Array {
  const { kernels, contentOf } = index.catalog();
  const contents = index
    .statement('SELECT id, parent, modules, config, little_endian, pointer_size FROM content ORDER BY id')
    .all() as [number, number | null, number | null, number | null, number, number | null][];
  const columns: CatalogColumns = {
    contents: {
      id: contents.map((row) => row[0]),
      parent: contents.map((row) => row[1] ?? 0),
      modules: contents.map((row) => row[2]),
      config: contents.map((row) => row[3]),
      littleEndian: contents.map((row) => row[4]),
      pointerSize: contents.map((row) => row[5]),
    },
    kernels: {
      id: kernels.map(({ id }) => id),
      content: [...contentOf],
      distro: kernels.map(({ distro }) => distro),
      version: kernels.map(({ version }) => version),
      arch: kernels.map(({ arch }) => arch),
      release: kernels.map(({ release }) => release),
    },
  };
  return pack(encodeCatalog(columns));
}

/** Declarations whose content is not in their rows alone: every difference of kernels asks for all of them. */
export function holdersPart(index: BtfIndex): Uint8Array {
  return pack(encodeHolders(holders(index, rowsOf(index))));
}

/** Declarations to a part of `set_members`. */
const MEMBERS = 3_000;

/** Which declarations are of each set, in parts by the first set. */
export function* setMembers(index: BtfIndex): Generator<{ first: number; data: Uint8Array }> {
  const rows = index.statement(
    'SELECT declaration_set, kind, name FROM declaration ORDER BY declaration_set, name, kind',
  );
  let sets: SetMembers[] = [];
  let count = 0;
  for (const [set, kind, name] of rows.iterate() as Iterable<[number, number, number]>) {
    if (sets.at(-1)?.set !== set) {
      if (count > MEMBERS) {
        yield { first: sets[0]?.set as number, data: pack(encodeMembers(sets)) };
        [sets, count] = [[], 0];
      }
      sets.push({ set, members: [] });
    }
    sets.at(-1)?.members.push([kind, name]);
    count++;
  }
  if (sets.length > 0) yield { first: sets[0]?.set as number, data: pack(encodeMembers(sets)) };
}

/** The companions of structs, unions, enums, typedefs and functions, in the order of their key. */
export function* companions(index: BtfIndex): Generator<{ key: number; data: Uint8Array }> {
  const all = <T>(sql: string) => index.statement(sql).all() as T[];
  const texts = new Map(all<[number, string]>('SELECT id, text FROM name'));
  const codes = new Map(all<[number, Uint8Array]>('SELECT id, code FROM type'));
  const mentioned = new Map<number, ReturnType<typeof mentionsOf>>();
  const ofType = (id: number) => {
    let found = mentioned.get(id);
    if (found === undefined) {
      found = mentionsOf(decodeTypeCode(new VarintReader(codes.get(id) as Uint8Array)));
      mentioned.set(id, found);
    }
    return found;
  };
  const kinds = COMPANION_KINDS.join(', ');
  const kindsOf = new Map<number, number[]>();
  for (const [name, kind] of all<[number, number]>('SELECT DISTINCT name, kind FROM declaration ORDER BY name, kind')) {
    const own = kindsOf.get(name);
    if (own) own.push(kind);
    else kindsOf.set(name, [kind]);
  }
  const groups = index
    .statement(`SELECT DISTINCT name, kind FROM declaration WHERE kind IN (${kinds}) ORDER BY name, kind`)
    .all() as [number, number][];
  const bodies = index.statement(
    'SELECT id, discriminator, declaration_set, body FROM declaration WHERE name = ? AND kind = ? ORDER BY id',
  );
  const set = index.statement(
    'SELECT id, membership_changes, module_membership_changes FROM declaration_set WHERE id = ?',
  );
  for (const [name, kind] of groups) {
    const names = new Set<number>();
    const types = new Set<number>();
    const sets = new Set<number>();
    const waiting: number[] = [];
    const rows = bodies.all(name, kind) as [number, number, number, Uint8Array][];
    for (const [, , own, body] of rows) {
      sets.add(own);
      const { names: some, types: others } = bodyMentions(kind, body);
      for (const one of some) names.add(one);
      waiting.push(...others);
    }
    for (let type = waiting.pop(); type !== undefined; type = waiting.pop()) {
      if (types.has(type)) continue;
      types.add(type);
      const { names: some, types: others } = ofType(type);
      for (const one of some) names.add(one);
      waiting.push(...others);
    }
    const isFunc = kind === TypeTag.Func;
    if (names.size + types.size + sets.size < (isFunc ? FEWEST_OF_FUNC : FEWEST)) continue;
    const many = isFunc || (rows.length > 1 && rows.reduce((sum, [, , , body]) => sum + body.length, 0) >= MANY);
    const data = encodeCompanion({
      kinds: kindsOf.get(name) ?? [],
      rows: many ? rows : [],
      names: [...names].map((id) => [id, texts.get(id)!] as const),
      types: [...types].map((id) => [id, codes.get(id) as Uint8Array] as const),
      sets: [...sets].map((id) => set.get(id) as [number, Uint8Array, Uint8Array | null]),
    });
    yield { key: companionKey(kind, name), data: pack(data) };
  }
}
