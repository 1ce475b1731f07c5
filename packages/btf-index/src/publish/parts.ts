// What a published file has besides its tables: see published-parts.ts.

import { holders } from '../query/declarations.ts';
import type { BtfIndex } from '../store/btf-index.ts';
import { rowsOf } from '../store/row-cache.ts';
import {
  type CatalogColumns,
  encodeCatalog,
  encodeHolders,
  encodeMembers,
  type SetMembers,
} from '../store/published-parts.ts';
import { pack } from './pack.ts';

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
