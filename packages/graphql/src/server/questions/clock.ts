// The clock by which questions are measured: monotonic, and the same in all threads.

/** Milliseconds since some moment; never goes back, also where the time of day does. */
export function clock(): number {
  return Number(process.hrtime.bigint() / 1_000_000n);
}

/**
 * Milliseconds that this thread worked, where Node says it: on a machine that is busy otherwise a short question takes long, and is short
 * all the same. Else as `clock`.
 */
export function threadClock(): number {
  if (typeof process.threadCpuUsage !== 'function') return clock();
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1000;
}
