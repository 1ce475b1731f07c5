// What of the sources inputs ran, by V8's own coverage: every block of every function of the packages, through node:inspector.
// V8 reports the blocks that ran since it was last asked. Asking takes ten milliseconds, so many inputs run between two questions,
// and are run again one by one only where some block was new (guided.ts).

import { type Profiler, Session } from 'node:inspector';

/** A block: its script's number, and where it begins and ends. */
type Block = string;

/** Coverage of this thread; there may be one at a time. */
export class Coverage {
  private readonly session = new Session();
  private readonly seen = new Set<Block>();

  constructor() {
    this.session.connect();
    this.session.post('Profiler.enable');
    this.session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: true });
  }

  /** How many blocks are known. */
  get count(): number {
    return this.seen.size;
  }

  /** Blocks that ran since the last question and are not known yet. */
  news(): Block[] {
    return [...this.taken()].filter((block) => !this.seen.has(block));
  }

  /** Which of these ran since the last question. */
  again(blocks: ReadonlySet<Block>): Block[] {
    return [...this.taken()].filter((block) => blocks.has(block));
  }

  private *taken(): Generator<Block> {
    let found: Profiler.ScriptCoverage[] = [];
    this.session.post('Profiler.takePreciseCoverage', (error, params) => {
      if (error) throw error;
      found = params.result; // asked of the own thread: the answer is there when `post` returns
    });
    for (const { scriptId, url, functions } of found) {
      if (!url.includes('/packages/') || url.includes('/node_modules/') || url.includes('/test/')) continue;
      for (const { ranges } of functions) {
        for (const { startOffset, endOffset, count } of ranges) {
          if (count > 0) yield `${scriptId}:${startOffset}-${endOffset}`;
        }
      }
    }
  }

  /** These are known from now on. */
  know(blocks: Iterable<Block>): void {
    for (const block of blocks) this.seen.add(block);
  }

  close(): void {
    this.session.disconnect();
  }
}
