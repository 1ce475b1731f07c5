// The time by which questions are measured: the machine's own clock that nobody sets, the same in all threads.

/** Milliseconds since some moment; never goes back, also where the time of day does. */
export function clock(): number {
  return Number(process.hrtime.bigint() / 1_000_000n);
}
