// The rows of all declarations of an index by their hashes, in three numbers each: an index that one process makes from the start is
// asked for tens of thousands with every kernel that is like no other, and most are not there.

/** With more declarations than this, the index itself is asked. */
const MOST = 1_000_000;

export class DeclaredRows {
  private lo = new Int32Array(1 << 12);
  private hi = new Int32Array(1 << 12);
  private rows = new Int32Array(1 << 12);
  private count = 0;

  /** False once there are too many to keep. */
  get hasRoom(): boolean {
    return this.count < MOST;
  }

  /** The row of the first declaration with this hash; 0 where there is none. */
  find(lo: number, hi: number): number {
    const mask = this.rows.length - 1;
    for (let slot = lo & mask; ; slot = (slot + 1) & mask) {
      const row = this.rows[slot]!;
      if (row === 0 || (this.lo[slot] === lo && this.hi[slot] === hi)) return row;
    }
  }

  add(lo: number, hi: number, row: number): void {
    if (this.count * 2 >= this.rows.length) this.grow();
    const mask = this.rows.length - 1;
    let slot = lo & mask;
    while (this.rows[slot] !== 0) {
      if (this.lo[slot] === lo && this.hi[slot] === hi) return;
      slot = (slot + 1) & mask;
    }
    this.lo[slot] = lo;
    this.hi[slot] = hi;
    this.rows[slot] = row;
    this.count++;
  }

  private grow(): void {
    const { lo, hi, rows } = this;
    this.lo = new Int32Array(rows.length * 2);
    this.hi = new Int32Array(rows.length * 2);
    this.rows = new Int32Array(rows.length * 2);
    this.count = 0;
    for (let i = 0; i < rows.length; i++) if (rows[i] !== 0) this.add(lo[i]!, hi[i]!, rows[i]!);
  }
}
