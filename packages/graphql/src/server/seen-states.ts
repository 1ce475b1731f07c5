// The states of the index that a server saw, and when: while an ingest writes, many a second, a kept answer of the state
// before may be given until the one of the newest is worked out.

/** Milliseconds for which a kept answer may be given after its state was last seen to be the newest. */
const LATEST = 1_000;
/** Milliseconds of these in which it is not worked out again yet: an ingest may write fifty kernels a second. */
const UNRENEWED = 200;
/** Milliseconds between two changes that follow each other as those of an ingest do. What changes once is told at once. */
const APART = 2_000;

interface Seen {
  /** When it was seen to be the newest for the last time. */
  last: number;
}

/** What may be done with an answer of another state than the newest. */
export type Standing = 'given' | 'renewed' | 'over';

export class SeenStates {
  private readonly now: () => number;
  private readonly seen = new Map<string, Seen>();
  private newest: string | undefined;
  /** When the last two changes were seen. */
  private changes: readonly [number, number] = [Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY];

  constructor(now: () => number = () => performance.now()) {
    this.now = now;
  }

  /** The file is in this state now. */
  see(generation: string): void {
    const now = this.now();
    if (generation === this.newest) {
      (this.seen.get(generation) as Seen).last = now;
      return;
    }
    if (this.newest !== undefined) this.changes = [this.changes[1], now];
    this.newest = generation;
    for (const [old, { last }] of this.seen) if (now - last > LATEST) this.seen.delete(old);
    this.seen.set(generation, { last: now });
  }

  /**
   * What becomes of an answer of `generation` where that is not the newest: it is given as it is, or given while it is worked out anew, or
   * it is over. Over it is also where the newest state is not one of many that follow each other.
   */
  standing(generation: string): Standing {
    const [before, change] = this.changes;
    const state = this.seen.get(generation);
    if (state === undefined || change - before > APART) return 'over';
    const age = this.now() - state.last;
    return age > LATEST ? 'over' : age > UNRENEWED ? 'renewed' : 'given';
  }
}
