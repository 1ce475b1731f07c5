// The bytes of a stored content: its chain of deltas, from one that needs no base, applied in turn.

import { sameBytes } from '../bytes.ts';
import { decodeDelta, EMPTY_RAW } from '../delta/btf-delta.ts';
import { decodeDeltas } from '../delta/compose-deltas.ts';
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

/** How many rebuilt contents are kept, about 10 MB each: those that were asked for, and those that chains begin with. */
const KEPT = 4;
const RECENT = Symbol('recently rebuilt');

/** For who keeps contents of chains. */
export interface KnownContents {
  /** A content that is there. */
  readonly known: (id: number) => RawBtf | undefined;
  /** Whether a content on the way is wanted too; then it is given to `passed`. */
  readonly wanted: (id: number) => boolean;
  readonly passed: (id: number, raw: RawBtf) => void;
}

/** A content of a chain, and how it differs from the one before. */
interface Link {
  readonly id: number;
  readonly data: Uint8Array;
}

/**
 * Rebuilds a content and checks its SHA-256. The result is shared: not to be written to. Throws `damaged`.
 */
export function contentBytes(index: BtfIndex, id: number, contents?: KnownContents): RawBtf {
  try {
    const recent = index.cached(RECENT, () => new Map<number, RawBtf>());
    const chain: Link[] = [];
    let base: RawBtf | undefined;
    let at: number | null = id;
    while (at !== null) {
      base = contents?.known(at) ?? recent.get(at);
      if (base !== undefined) break;
      const row = index
        .statement('SELECT c.base, d.data FROM content c JOIN content_data d ON d.content = c.id WHERE c.id = ?')
        .get(at) as [number | null, Uint8Array] | undefined;
      if (row === undefined || chain.length > 10_000) throw new RangeError(`content ${at} is missing`);
      chain.push({ id: at, data: row[1] });
      at = row[0];
    }
    chain.reverse();
    const { sha256: expected } = contentRow(index, id);
    const isRight = ({ bytes }: RawBtf) => sameBytes(index.codec.sha256(bytes), expected);
    const pass = (one: number, raw: RawBtf) => {
      if (one !== id && contents?.wanted(one)) contents.passed(one, raw);
    };
    const composed = compose(
      index,
      base,
      chain,
      (one, raw) => {
        if (one === chain[0]?.id) keep(recent, one, raw);
        pass(one, raw);
      },
      contents,
    );
    let raw = composed ?? base ?? EMPTY_RAW;
    if (composed === undefined || !isRight(composed)) {
      recent.clear();
      raw = base ?? EMPTY_RAW;
      for (const { id: one, data } of chain) pass(one, (raw = decodeDelta(raw, data, index.codec)));
      if (!isRight(raw)) throw new RangeError('its SHA-256 is another');
    }
    if (contents === undefined) keep(recent, id, raw); // who knows contents keeps this one too, as long as it wants
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

/**
 * The content at the end of a chain. Those that are wanted on the way are rebuilt too, and the first one if it is told from nothing, for other chains begin
 * with it. undefined where deltas have to be undone one by one.
 */
function compose(
  index: BtfIndex,
  base: RawBtf | undefined,
  chain: readonly Link[],
  passed: (id: number, raw: RawBtf) => void,
  contents: KnownContents | undefined,
): RawBtf | undefined {
  let raw = base;
  let from = 0;
  try {
    for (const [i, { id, data }] of chain.entries()) {
      if (raw === undefined) raw = decodeDelta(EMPTY_RAW, data, index.codec);
      else if (i === chain.length - 1 || contents?.wanted(id)) {
        raw = decodeDeltas(
          raw,
          chain.slice(from, i + 1).map((link) => link.data),
          index.codec,
        );
        if (raw === undefined) return undefined;
      } else continue;
      passed(id, raw);
      from = i + 1;
    }
    return raw;
  } catch (error) {
    if (error instanceof RangeError) return undefined; // said where each is undone by itself
    throw error;
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
