// Caches what was read from a source with expensive reads, and reads ahead: each request fetches at least one step, and a
// request that continues where another ended fetches twice as much as that one.

import type { ByteSource } from './byte-source.ts';

/** Bytes that are kept and asked for together. */
export const BLOCK_BYTES = 8192;
const BLOCK = BLOCK_BYTES;
/** A request that goes on and on brings this much at most. */
const MOST = 1 << 17;
/** What the first request brings where the source does not say what is worth it. */
const HEAD = 1 << 16;
/** The first request, and one for an extent, never brings more than this. */
const MOST_HEAD = 1 << 20;
/** Bytes that are kept in memory. */
const KEPT = 96 << 20;
/** Runs of requests that are distinguished. */
const RUNS = 8;

/** Blocks of one file that outlive the process or the page. Best effort: neither call throws. */
export interface BlockStore {
  /** Whether a block is there; cheap. */
  has(block: number): boolean;
  get(block: number): Uint8Array | undefined;
  /** Blocks from this one on, the last perhaps shorter; the store keeps no reference. */
  put(block: number, bytes: Uint8Array): void;
}

/** A source that keeps what it has read. Sources without a step come back as they are. */
export function cachedSource(source: ByteSource, kept?: BlockStore): ByteSource {
  return source.step === undefined ? source : new PageCache(source, source.step, kept);
}

class PageCache implements ByteSource {
  readonly name: string;
  readonly size: number;
  private readonly source: ByteSource;
  private readonly stepBlocks: number;
  private readonly headBlocks: number;
  /** First block and the one behind the last, of what is worth one request. */
  private readonly together: readonly (readonly [first: number, end: number])[];
  private readonly blocks = new Map<number, Uint8Array>();
  /** Where requests ended, and how much they brought: the latest last. */
  private readonly runs: { end: number; blocks: number }[] = [];

  private readonly kept: BlockStore | undefined;
  private expectedBlocks = 0;

  constructor(source: ByteSource, step: number, kept: BlockStore | undefined) {
    this.source = source;
    this.kept = kept;
    this.name = source.name;
    this.size = source.size;
    this.stepBlocks = Math.max(1, Math.ceil(step / BLOCK));
    this.together = (source.extents ?? []).map(([offset, length]) => [
      Math.floor(offset / BLOCK),
      Math.ceil((offset + Math.min(length, MOST_HEAD)) / BLOCK),
    ]);
    this.headBlocks = Math.ceil(Math.min(source.head ?? HEAD, MOST_HEAD) / BLOCK);
  }

  expect(bytes: number): void {
    this.expectedBlocks = Math.ceil(bytes / BLOCK);
  }

  read(offset: number, length: number): Uint8Array {
    const first = Math.floor(offset / BLOCK);
    const last = Math.floor((offset + length - 1) / BLOCK);
    for (let at = first; at <= last; at++) if (!this.blocks.has(at)) this.fetch(at, last);
    if (first === last) {
      const from = offset - first * BLOCK;
      return this.block(first).subarray(from, from + length);
    }
    const all = new Uint8Array(length);
    for (let at = first; at <= last; at++) {
      const from = Math.max(0, offset - at * BLOCK);
      const to = Math.min(BLOCK, offset + length - at * BLOCK);
      all.set(this.block(at).subarray(from, to), at * BLOCK + from - offset);
    }
    return all;
  }

  private block(at: number): Uint8Array {
    const block = this.blocks.get(at) as Uint8Array;
    this.blocks.delete(at); // the one that was used last is the last to go
    this.blocks.set(at, block);
    return block;
  }

  /** Asks for blocks from `wantedAt` on, at least to `last`; what is there already ends the request. */
  private fetch(wantedAt: number, last: number): void {
    const before = this.kept?.get(wantedAt);
    if (before !== undefined) {
      this.blocks.set(wantedAt, before);
      this.makeRoom(wantedAt, last);
      return;
    }
    const extent = this.together.find(([first, end]) => wantedAt >= first && wantedAt < end);
    const expected = extent === undefined && this.expectedBlocks > 0;
    const follows = ({ end, blocks }: { end: number; blocks: number }) =>
      !expected && wantedAt >= end && wantedAt - end <= blocks / 2;
    const run = this.runs.findIndex(follows);
    const known = this.runs[run];
    // what is passed over by a run comes along, so that readers that leave out some get whole stretches
    const from = extent?.[0] ?? known?.end ?? wantedAt;
    const at = this.hasNone(from, wantedAt) ? from : wantedAt;
    if (known !== undefined) this.runs.splice(run, 1);
    const together = extent === undefined ? undefined : extent[1] - at;
    const goingOn = known === undefined ? undefined : Math.min(known.blocks * 2, MOST / BLOCK) + wantedAt - at;
    const usual = expected
      ? Math.min(this.expectedBlocks, MOST / BLOCK)
      : (goingOn ?? (at === 0 ? this.headBlocks : this.stepBlocks));
    const wanted = Math.max(last - at + 1, together ?? usual);
    let end = at + 1;
    while (end < at + wanted && !this.has(end) && end * BLOCK < this.size) end++;
    const bytes = this.source.read(at * BLOCK, Math.min(end * BLOCK, this.size) - at * BLOCK);
    this.kept?.put(at, bytes);
    for (let i = 0; i < end - at; i++) this.blocks.set(at + i, bytes.slice(i * BLOCK, (i + 1) * BLOCK));
    if (together === undefined) this.runs.push({ end, blocks: end - at });
    if (this.runs.length > RUNS) this.runs.shift();
    this.makeRoom(at, last);
  }

  private hasNone(from: number, to: number): boolean {
    for (let at = from; at < to; at++) if (this.has(at)) return false;
    return true;
  }

  private has(at: number): boolean {
    return this.blocks.has(at) || this.kept?.has(at) === true;
  }

  /** Lets go of what was used longest ago, but not of what is being read. */
  private makeRoom(at: number, last: number): void {
    for (const oldest of this.blocks.keys()) {
      if (this.blocks.size * BLOCK <= KEPT || (oldest >= at && oldest <= last)) break;
      this.blocks.delete(oldest);
    }
  }
}
