// The bytes of a stored content: its chain of deltas, from one that needs no base, applied in turn.

import { sameBytes } from '../bytes.ts';
import { decodeDelta, EMPTY_RAW } from '../delta/btf-delta.ts';
import type { RawBtf } from '../delta/delta-side.ts';
import { IndexError } from '../errors.ts';
import type { BtfIndex } from './btf-index.ts';
import { sqliteError } from './sqlite-errors.ts';

/** What is known of a content's storage. */
export interface ContentRow {
  readonly id: number;
  readonly sha256: Uint8Array;
  readonly parent: number | null;
  readonly base: number | null;
  readonly steps: number;
  readonly place: number;
}

export function contentRow(index: BtfIndex, id: number): ContentRow {
  const row = index.statement('SELECT id, sha256, parent, base, steps, place FROM content WHERE id = ?').get(id) as
    | [number, Uint8Array, number | null, number | null, number, number]
    | undefined;
  if (row === undefined) throw new IndexError('damaged', `content ${id} is missing`, { path: index.path });
  return { id: row[0], sha256: row[1], parent: row[2], base: row[3], steps: row[4], place: row[5] };
}

/** How many rebuilt contents are kept: about 10 MB each. Neighbours share most of their chain. */
const KEPT = 4;
const RECENT = Symbol('recently rebuilt');

/**
 * Rebuilds a content and checks its SHA-256. `known` may have contents of the chain already, `passed` is told of those that were rebuilt on the way. The result is shared: not to
 * be written to. Throws `damaged`.
 */
export function contentBytes(
  index: BtfIndex,
  id: number,
  known?: (id: number) => RawBtf | undefined,
  passed?: (id: number, raw: RawBtf) => void,
): RawBtf {
  try {
    const recent = index.cached(RECENT, () => new Map<number, RawBtf>());
    const chain: { id: number; data: Uint8Array }[] = [];
    let raw: RawBtf | undefined;
    let at: number | null = id;
    while (at !== null && raw === undefined) {
      raw = known?.(at) ?? recent.get(at);
      if (raw !== undefined) break;
      const row = index
        .statement('SELECT c.base, d.data FROM content c JOIN content_data d ON d.content = c.id WHERE c.id = ?')
        .get(at) as [number | null, Uint8Array] | undefined;
      if (row === undefined || chain.length > 10_000) throw new RangeError(`content ${at} is missing`);
      chain.push({ id: at, data: row[1] });
      at = row[0];
    }
    raw ??= EMPTY_RAW;
    for (let link = chain.pop(); link !== undefined; link = chain.pop()) {
      raw = decodeDelta(raw, link.data, index.codec);
      passed?.(link.id, raw);
      if (chain.length < KEPT - 1) keep(recent, link.id, raw);
    }
    const { sha256: expected } = contentRow(index, id);
    if (!sameBytes(index.codec.sha256(raw.bytes), expected)) {
      recent.clear();
      throw new RangeError('its SHA-256 is another');
    }
    return raw;
  } catch (error) {
    const known = sqliteError(error, index.path);
    if (known instanceof IndexError) throw known;
    throw new IndexError('damaged', `content ${id} of ${index.path} cannot be rebuilt: ${(error as Error).message}`, {
      path: index.path,
      cause: error,
    });
  }
}

function keep(recent: Map<number, RawBtf>, id: number, raw: RawBtf): void {
  recent.delete(id);
  recent.set(id, raw);
  for (const oldest of recent.keys()) {
    if (recent.size <= KEPT) break;
    recent.delete(oldest);
  }
}
