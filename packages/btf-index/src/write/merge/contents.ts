// Contents of another index into this one's forest. One keeps its parent where that comes too or is here; the first of its
// kind gets the content here that it is most like. Its bytes stay as they are stored where many come with it.

import { contentBytes } from '../../store/content-bytes.ts';
import type { BtfIndex } from '../../store/btf-index.ts';
import { prepareKernel } from '../../prepare/prepare.ts';
import { earlierOf } from '../../prepare/earlier.ts';
import { encodeContent, type EncodedContent } from '../store-bytes.ts';
import { writerOf } from '../writer-cache.ts';
import type { MergePlan } from './plan.ts';

/** A content that was copied. */
export interface PlacedContent {
  /** Its number there, and here. */
  readonly from: number;
  readonly id: number;
  /** Its parent, by the number there, where that was copied too: the parent there, or the nearest ancestor that was. */
  readonly copied: number | undefined;
  /** Its parent by the number here, where that was here before. */
  readonly here: number | undefined;
}

/** Where contents of the other index are. */
export interface Places {
  /** New ones, ascending. */
  readonly added: readonly PlacedContent[];
  /** By number there, the number here: new ones and those that were here. */
  readonly idOf: ReadonlyMap<number, number>;
}

const LONGEST_CHAIN = 32;
/**
 * The first content of a forest of at least so many stays a whole BTF, about 1.2 MB: to work out its difference from a relative here
 * takes as long as all else that merging does. With fewer, the bytes would count more than the time.
 */
const MANY = 16;

interface ContentColumns {
  readonly parent: number | null;
  readonly base: number | null;
  readonly steps: number;
  readonly place: number;
  readonly rest: readonly unknown[];
}

export function addContents(into: BtfIndex, from: BtfIndex, plan: MergePlan): Places {
  const idOf = new Map(plan.here);
  const added: PlacedContent[] = [];
  if (plan.contents.length === 0) return { added, idOf };
  const writer = writerOf(into);
  const read = from.statement(
    `SELECT parent, base, steps, place, bytes, types, little_endian, pointer_size, modules, config, sha256
       FROM content WHERE id = ?`,
  );
  const sketchOf = from.statement('SELECT sketch FROM content_sketch WHERE content = ?');
  const dataOf = from.statement('SELECT data FROM content_data WHERE content = ?');
  const insert = into.statement(
    `INSERT INTO content
       (id, parent, base, steps, place, bytes, types, little_endian, pointer_size, modules, config, sha256)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  const insertSketch = into.statement('INSERT INTO content_sketch (content, sketch) VALUES (?, ?)');
  const insertData = into.statement('INSERT INTO content_data (content, data) VALUES (?, ?)');
  const here = into.statement('SELECT steps, place FROM content WHERE id = ?');
  const columnsOf = (id: number): ContentColumns => {
    const [parent, base, steps, place, ...rest] = read.get(id) as [number | null, number | null, number, number];
    return { parent, base, steps, place, rest };
  };
  let [next] = into.statement('SELECT coalesce(max(id), 0) + 1 FROM content').get() as [number];
  for (const content of plan.contents) {
    const columns = columnsOf(content);
    const [sketch] = sketchOf.get(content) as [Uint8Array];
    let ancestor = columns.parent;
    while (ancestor !== null && !idOf.has(ancestor)) ancestor = columnsOf(ancestor).parent;
    const nearest = ancestor === null ? writer.nearest(sketch)?.id : undefined;
    const parent = ancestor === null ? nearest : idOf.get(ancestor);
    const base = columns.base === null ? null : idOf.get(columns.base);
    const steps = base === null || base === undefined ? 1 : (here.get(base) as [number])[0] + 1;
    const whole = nearest === undefined || plan.contents.length >= MANY;
    const asItIs = base !== undefined && steps <= LONGEST_CHAIN && (base !== null || whole);
    const stored = asItIs
      ? { data: (dataOf.get(content) as [Uint8Array])[0], base, steps, place: placeOf(columns.place, parent) }
      : encodeAnew(into, from, content, parent);
    insert.run(next, parent ?? null, stored.base, stored.steps, stored.place, ...(columns.rest as number[]));
    insertSketch.run(next, sketch);
    insertData.run(next, stored.data);
    added.push({
      from: content,
      id: next,
      // facts that a content lacks here may be known there, so its children are not stored as differences from it
      copied: ancestor === null || plan.here.has(ancestor) ? undefined : ancestor,
      here: ancestor === null ? nearest : plan.here.get(ancestor),
    });
    idOf.set(content, next++);
  }
  into.changed();
  return { added, idOf };

  /** A series goes on from the parent that the content has here. */
  function placeOf(place: number, parent: number | undefined): number {
    return place === 0 || parent === undefined ? 0 : (here.get(parent) as [number, number])[1] + 1;
  }
}

/** The bytes of a content, as a difference from another that is here. */
function encodeAnew(into: BtfIndex, from: BtfIndex, content: number, parent: number | undefined): EncodedContent {
  const writer = writerOf(into);
  const view = parent === undefined ? undefined : writer.view(parent);
  const prepared = prepareKernel(contentBytes(from, content).bytes, [], undefined, view && earlierOf(view.prepared));
  return encodeContent(into, writer, view, prepared).finish();
}
