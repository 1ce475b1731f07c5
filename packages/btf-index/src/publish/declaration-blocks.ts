// The blocks of declarations of a published file: see store/declaration-blocks.ts.

import { bodyMentions, type Mentions, mentionsOf } from '../encoding/references.ts';
import { decodeTypeCode } from '../encoding/type-code.ts';
import type { BtfIndex } from '../store/btf-index.ts';
import {
  type BlockRow,
  type DeclarationBlock,
  declarationKey,
  encodeBlockDirectory,
  encodeDeclarationBlock,
  PIECE_BYTES,
} from '../store/declaration-blocks.ts';
import { VarintReader } from '../varints.ts';
import { pack } from './pack.ts';

/**
 * Bytes of a block before it is packed, about: 28 KB packed on average. Larger ones make the file smaller and each question larger (of
 * 10,008 simulated kernels 14.7 MB of blocks with 24,000 bytes, 14.0 with 32,000, 13.5 with 40,000, 13.1 with these).
 */
const BLOCK_BYTES = 48_000;

type SetRow = readonly [id: number, changes: Uint8Array, moduleChanges: Uint8Array | null];

/** What the blocks are made of, whole. */
interface Tables {
  readonly texts: ReadonlyMap<number, string>;
  readonly codes: ReadonlyMap<number, Uint8Array>;
  readonly sets: ReadonlyMap<number, SetRow>;
  mentionsOfType(type: number): Mentions;
}

function tablesOf(index: BtfIndex): Tables {
  const all = <T>(sql: string) => index.statement(sql).all() as T[];
  const codes = new Map(all<[number, Uint8Array]>('SELECT id, code FROM type'));
  const known = new Map<number, Mentions>();
  return {
    codes,
    texts: new Map(all<[number, string]>('SELECT id, text FROM name')),
    sets: new Map(
      all<SetRow>('SELECT id, membership_changes, module_membership_changes FROM declaration_set').map((row) => [
        row[0],
        row,
      ]),
    ),
    mentionsOfType(type) {
      let found = known.get(type);
      if (found === undefined) {
        found = mentionsOf(decodeTypeCode(new VarintReader(codes.get(type) as Uint8Array)));
        known.set(type, found);
      }
      return found;
    },
  };
}

/** A block that grows by one group of declarations after the other. */
class GrowingBlock {
  private readonly tables: Tables;
  private readonly groups: (readonly [key: number, rows: readonly BlockRow[]])[] = [];
  readonly names = new Set<number>();
  readonly types = new Set<number>();
  readonly sets = new Set<number>();
  size = 0;

  constructor(tables: Tables) {
    this.tables = tables;
  }

  add(kind: number, name: number, rows: readonly BlockRow[]): void {
    this.groups.push([declarationKey(kind, name), rows]);
    for (const [, , set, body] of rows) {
      this.size += body.length + 6;
      if (!this.sets.has(set)) {
        this.sets.add(set);
        this.size += 4 + (this.tables.sets.get(set) as SetRow)[1].length;
      }
      const { names, types } = bodyMentions(kind, body);
      for (const one of names) this.name(one);
      for (const one of types) this.type(one);
    }
  }

  private name(id: number): void {
    if (this.names.has(id)) return;
    this.names.add(id);
    this.size += 2 + (this.tables.texts.get(id) as string).length;
  }

  /** A type, and all that it speaks of. */
  private type(first: number): void {
    const waiting = [first];
    for (let type = waiting.pop(); type !== undefined; type = waiting.pop()) {
      if (this.types.has(type)) continue;
      this.types.add(type);
      this.size += 3 + (this.tables.codes.get(type) as Uint8Array).length;
      const { names, types } = this.tables.mentionsOfType(type);
      for (const one of names) this.name(one);
      waiting.push(...types);
    }
  }

  get isEmpty(): boolean {
    return this.groups.length === 0;
  }

  get first(): number {
    return (this.groups[0] as readonly [number, unknown])[0];
  }

  /** Without what all readers have already. */
  finish(common?: Common): Uint8Array {
    const own = (ids: ReadonlySet<number>, known: ReadonlySet<number> | undefined) =>
      sorted(ids).filter((id) => !known?.has(id));
    return encodeParts(
      this.tables,
      this.groups,
      own(this.names, common?.names),
      own(this.types, common?.types),
      own(this.sets, common?.sets),
    );
  }
}

function encodeParts(
  { texts, codes, sets }: Tables,
  groups: DeclarationBlock['groups'],
  names: readonly number[],
  types: readonly number[],
  ofSets: readonly number[],
): Uint8Array {
  return pack(
    encodeDeclarationBlock({
      groups,
      names: names.map((id) => [id, texts.get(id) as string] as const),
      types: types.map((id) => [id, codes.get(id) as Uint8Array] as const),
      sets: ofSets.map((id) => sets.get(id) as SetRow),
    }),
  );
}

/** What many blocks speak of, which readers read once instead. */
interface Common {
  readonly names: ReadonlySet<number>;
  readonly types: ReadonlySet<number>;
  readonly sets: ReadonlySet<number>;
}

/** Bytes of what is common, before it is packed: every question reads it. */
const COMMON_BYTES = 32_000;
/** In fewer blocks something is not common. */
const FEWEST_BLOCKS = 8;

/** What the most blocks speak of, as far as it is worth its place. */
function commonOf(blocks: readonly GrowingBlock[], { texts, codes, sets }: Tables): Common {
  const common = { names: new Set<number>(), types: new Set<number>(), sets: new Set<number>() };
  const size = {
    names: (id: number) => 3 + (texts.get(id) as string).length,
    types: (id: number) => 3 + (codes.get(id) as Uint8Array).length,
    sets: (id: number) => 3 + (sets.get(id) as SetRow)[1].length,
  };
  const all = (['names', 'types', 'sets'] as const).flatMap((part) => {
    const counts = new Map<number, number>();
    for (const block of blocks) for (const id of block[part]) counts.set(id, (counts.get(id) ?? 0) + 1);
    return [...counts].filter(([, count]) => count >= FEWEST_BLOCKS).map(([id, count]) => ({ part, id, count }));
  });
  all.sort((a, b) => b.count - a.count || a.part.localeCompare(b.part) || a.id - b.id);
  let left = COMMON_BYTES;
  for (const { part, id } of all) {
    left -= size[part](id);
    if (left < 0) break;
    common[part].add(id);
  }
  return common;
}

function sorted(ids: ReadonlySet<number>): number[] {
  return [...ids].sort((a, b) => a - b);
}

/** All declarations in blocks, as pieces that each fill a page; where the blocks are in them, and what many of them speak of. */
export function declarationBlocks(index: BtfIndex): {
  directory: Uint8Array;
  common: Uint8Array;
  pieces: readonly Uint8Array[];
} {
  const tables = tablesOf(index);
  const blocks = [...blocksOf(index, tables)];
  const common = commonOf(blocks, tables);
  const packed = blocks.map((block) => block.finish(common));
  const length = packed.reduce((sum, data) => sum + data.length, 0);
  const whole = new Uint8Array(length);
  let at = 0;
  for (const data of packed) {
    whole.set(data, at);
    at += data.length;
  }
  const pieces: Uint8Array[] = [];
  for (let from = 0; from < length; from += PIECE_BYTES) pieces.push(whole.subarray(from, from + PIECE_BYTES));
  return {
    directory: pack(encodeBlockDirectory(blocks.map(({ first }, i) => ({ first, length: packed[i]!.length })))),
    common: encodeParts(tables, [], sorted(common.names), sorted(common.types), sorted(common.sets)),
    pieces,
  };
}

/** In the order of their keys. A name with many versions has a block of its own. */
function* blocksOf(index: BtfIndex, tables: Tables): Generator<GrowingBlock> {
  let block = new GrowingBlock(tables);
  for (const { kind, name, rows } of groupsOf(index)) {
    const own = rows.reduce((sum, [, , , body]) => sum + body.length, 0);
    if (own > BLOCK_BYTES && !block.isEmpty) {
      yield block;
      block = new GrowingBlock(tables);
    }
    block.add(kind, name, rows);
    if (block.size <= BLOCK_BYTES) continue;
    yield block;
    block = new GrowingBlock(tables);
  }
  if (!block.isEmpty) yield block;
}

function* groupsOf(index: BtfIndex): Generator<{ kind: number; name: number; rows: BlockRow[] }> {
  const all = index
    .statement('SELECT name, kind, id, discriminator, declaration_set, body FROM declaration ORDER BY name, kind, id')
    .iterate() as Iterable<[number, number, ...BlockRow]>;
  let group: { kind: number; name: number; rows: BlockRow[] } | undefined;
  for (const [name, kind, ...row] of all) {
    if (group?.kind !== kind || group.name !== name) {
      if (group !== undefined) yield group;
      group = { kind, name, rows: [] };
    }
    group.rows.push(row);
  }
  if (group !== undefined) yield group;
}
